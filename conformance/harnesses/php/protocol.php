<?php
// The harness protocol for PHP: lines in, lines out. What they put to the test are functions that the harness defines.
// Standard input: one command a line. Standard output: one answer a line, and nothing else.

declare(strict_types=1);

ini_set('display_errors', 'stderr');
ini_set('memory_limit', '1G'); // a line may have 16 MiB, and it lives in several forms at once
set_error_handler( // but for what a library silences with @
    fn (int $level, string $text) => error_reporting() & $level ? throw new ErrorException($text, 0, $level) : false,
    E_ALL & ~E_DEPRECATED
);

/** The input was understood and declined. */
final class Refused extends Exception
{
}

/** This one cannot be done. */
final class Skip extends Exception
{
}

const FORMS = ['request', 'card_details', 'payout_card_details', 'payout_lookup', 'response', 'webhook'];

/**
 * Answers commands until a bye or the end of the input. The harness has functions, each for the ops in $supports:
 * payload($form, $fields), sign($payload, $key), verify($payload, $header, $key), minify($text),
 * build($form, $method, $url, $json, $merchant, $key); and private_key($file, $password), public_key($file), which read a
 * key of the library's own, and spki($key), the DER of either key's public half.
 */
function serve(array $implementation, array $supports): void
{
    $hello = [
        'protocol' => 1,
        'implementation' => $implementation,
        'supports' => (object) $supports,
        'max_inflight' => 8,
    ];
    $keys = [];
    while (($line = fgets(STDIN)) !== false) {
        $command = json_decode($line, true);
        if (!is_array($command) || !isset($command['cmd'])) {
            $command = ['cmd' => null]; // no command: answered as an error
        }
        if ($command['cmd'] === 'bye') {
            break;
        }
        fwrite(STDOUT, json_encode(answer($command, $hello, $keys), JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
    }
}

function answer(array $command, array $hello, array &$keys): array
{
    try {
        $answer = match ($command['cmd']) {
            'hello' => $hello,
            'key' => take_key($command, $keys),
            'op' => operate($command, $hello['supports'], $keys),
        };
    } catch (Skip $skip) {
        $answer = ['skip' => $skip->getMessage()];
    } catch (Refused | JsonException | ValueError $refusal) { // a library's clean no
        $answer = ['refused' => $refusal->getMessage()];
    } catch (Throwable $broken) {
        $answer = ['error' => ['kind' => $broken::class, 'message' => $broken->getMessage()]];
    }
    return isset($command['id']) ? ['id' => $command['id']] + $answer : $answer;
}

/** Loads a key pair into the key ring: name => ['private' => key or null, 'public' => key]. */
function take_key(array $command, array &$keys): array
{
    $keys[$command['name']] = [
        'private' => $command['private_pem'] === null ? null : private_key($command['private_pem']),
        'public' => public_key($command['public_pem']),
    ];
    return ['ok' => true];
}

function operate(array $op, object $supports, array $keys): array
{
    if ($op['op'] !== 'noop' && !isset($supports->{$op['op']})) {
        throw new Skip('no such op');
    }
    if (isset($op['body'])) {
        $op['body'] = base64_decode($op['body']);
    }
    $key = fn (string $half): object => $keys[$op['key']][$half]
        ?? throw new RuntimeException("no $half key of that name");
    return match ($op['op']) {
        'noop' => [],
        'message' => ['value' => base64_encode(payload($op['form'], $op))],
        'sign' => ['signature' => sign(payload($op['form'], $op), $key('private'))],
        'verify' => ['valid' => verify(
            payload($op['form'], $op),
            iconv('UTF-8', 'ISO-8859-1', $op['signature']), // the header's octets
            $key('public')
        )],
        'minify' => ['value' => base64_encode(minify(base64_decode($op['text'])))],
        'load_key' => ['fingerprint' => hash('sha256', spki(
            isset($op['private'])
                ? private_key(base64_decode($op['private']), $op['password'])
                : public_key(base64_decode($op['public']))
        ))],
        'build' => ['request' => build(
            $op['form'],
            $op['method'],
            $op['url'],
            isset($op['json_text']) ? base64_decode($op['json_text']) : null,
            $op['merchant_id'],
            $key('private')
        )],
    };
}
