<?php
// A merchant's PHP behind the harness protocol: json_decode to arrays, json_encode at its defaults, ext-openssl, ext-curl.
// See README.md.

declare(strict_types=1);

require __DIR__ . '/message.php';
require __DIR__ . '/protocol.php';

// ---- The merchant: what the API document asks for, in PHP

function sign(string $payload, OpenSSLAsymmetricKey $key): string
{
    if (!openssl_sign($payload, $signature, $key, OPENSSL_ALGO_SHA256)) {
        throw new Refused('openssl_sign: ' . openssl_error());
    }
    return base64_encode($signature);
}

function verify(string $payload, string $header, OpenSSLAsymmetricKey $key): bool
{
    return openssl_verify($payload, base64_decode($header), $key, OPENSSL_ALGO_SHA256) === 1;
}

function minify(string $text): string
{
    return json_encode(json_decode($text, true, flags: JSON_THROW_ON_ERROR), JSON_THROW_ON_ERROR);
}

function private_key(string $pem, ?string $password = null): OpenSSLAsymmetricKey
{
    // where the key is encrypted and no password given, OpenSSL would ask for it, and take the next line for the answer
    return openssl_pkey_get_private($pem, $password ?? '')
        ?: throw new Refused('openssl_pkey_get_private: ' . openssl_error());
}

function public_key(string $pem): OpenSSLAsymmetricKey
{
    return openssl_pkey_get_public($pem) ?: throw new Refused('openssl_pkey_get_public: ' . openssl_error());
}

function spki(OpenSSLAsymmetricKey $key): string
{
    return base64_decode(preg_replace('/-----.*?-----|\s/', '', openssl_pkey_get_details($key)['key']));
}

/** The last of OpenSSL's queue of errors; before it stand those of earlier calls. No error names data. */
function openssl_error(): string
{
    for ($last = 'no reason told'; ($error = openssl_error_string()) !== false; $last = $error);
    return $last;
}

/** The whole of a call: serialise, sign the URL one has, send with curl. Returns what came over the wire. */
function build(string $form, string $method, string $url, ?string $json, string $merchant, OpenSSLAsymmetricKey $key): array
{
    $data = $json === null ? null : json_decode($json, true, flags: JSON_THROW_ON_ERROR);
    $body = $json === null ? '' : json_encode($data, JSON_THROW_ON_ERROR);
    $fields = match ($form) {
        'request' => ['method' => $method, 'url' => $url, 'body' => $body],
        'card_details' => ['transaction_id' => (string) $data['transaction_id']],
        'payout_card_details' => [
            'transaction_id' => (string) $data['transaction_id'],
            'card_number' => (string) $data['number'],
        ],
        'payout_lookup' => ['value' => lookup_value($url)],
        'response', 'webhook' => ['body' => $body],
    };
    $signature = sign(payload($form, $fields), $key);
    $headers = match ($form) {
        'request', 'payout_lookup' => ["x-merchant-id: $merchant", "x-signature: $signature"],
        'card_details', 'payout_card_details' => ["x-merchant-id: $merchant", "x-short-signature: $signature"],
        'response', 'webhook' => ["x-signature: $signature"],
    };
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_CUSTOMREQUEST, $method);
    if ($json !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
        $headers[] = 'content-type: application/json';
    }
    curl_setopt($curl, CURLOPT_HTTPHEADER, $headers);
    return send($curl);
}

/** A payout is looked up by one of two query parameters, and that value is signed. */
function lookup_value(string $url): string
{
    parse_str((string) parse_url($url, PHP_URL_QUERY), $query);
    $values = array_values(array_intersect_key($query, ['uuid' => 0, 'external_id' => 0]));
    if (count($values) !== 1) {
        throw new Refused('a payout is looked up by uuid or by external_id');
    }
    return $values[0];
}

// ---- Sending: the URL stays as it is; only where curl connects to, and whose certificate it takes, is changed

function send(CurlHandle $curl): array
{
    curl_setopt_array($curl, [
        CURLOPT_CONNECT_TO => ['::127.0.0.1:' . recorder()],
        CURLOPT_SSL_VERIFYPEER => false,
        CURLOPT_SSL_VERIFYHOST => 0,
        CURLOPT_PROXY => '',
        CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 20,
    ]);
    $recorded = curl_exec($curl);
    if ($recorded === false) {
        $text = 'curl: ' . curl_error($curl);
        $unsent = [CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL];
        throw in_array(curl_errno($curl), $unsent, true) ? new Refused($text) : new RuntimeException($text);
    }
    $request = json_decode($recorded, true, flags: JSON_THROW_ON_ERROR);
    return ['headers' => (object) $request['headers']] + $request;
}

/** The recorder's port. It starts with the first request, and ends when our end of its input goes away. */
function recorder(): int
{
    static $port = null, $process, $pipes; // kept, for a pipe that is let go is closed
    if ($port === null) {
        $command = [PHP_BINARY, __DIR__ . '/recorder.php'];
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w']], $pipes);
        $port = (int) fgets($pipes[1]) ?: throw new RuntimeException('the recorder does not start');
    }
    return $port;
}

// ---- The protocol

serve(
    [
        'name' => 'php',
        'version' => PHP_VERSION,
        'language' => 'PHP',
        'runtime' => 'PHP ' . PHP_VERSION . ', ' . OPENSSL_VERSION_TEXT . ', curl ' . curl_version()['version'],
        'url' => 'https://www.php.net/',
    ],
    supports: array_fill_keys(['message', 'sign', 'verify', 'build'], FORMS) + ['minify' => true, 'load_key' => true],
);
