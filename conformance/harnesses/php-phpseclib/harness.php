<?php
// A merchant's PHP with phpseclib 3 behind the harness protocol: signing, verifying and loading keys. See README.md.
// With the argument "relaxed" it verifies in phpseclib's relaxed mode, and does nothing else.

declare(strict_types=1);

use phpseclib3\Crypt\Common\AsymmetricKey;
use phpseclib3\Crypt\RSA;

require __DIR__ . '/../php/message.php';
require __DIR__ . '/../php/protocol.php';
$version = require __DIR__ . '/library.php';

define('RELAXED', ($argv[1] ?? '') === 'relaxed');

// ---- The merchant, as phpseclib's documentation signs and verifies; SHA-256 is its default, and PSS, which is replaced

function sign(string $payload, RSA\PrivateKey $key): string
{
    return base64_encode($key->withPadding(RSA::SIGNATURE_PKCS1)->sign($payload));
}

function verify(string $payload, string $header, RSA\PublicKey $key): bool
{
    $mode = RELAXED ? RSA::SIGNATURE_RELAXED_PKCS1 : RSA::SIGNATURE_PKCS1;
    return $key->withPadding($mode)->verify($payload, base64_decode($header));
}

function private_key(string $file, ?string $password = null): AsymmetricKey
{
    return refusing(fn () => RSA::loadPrivateKey($file, $password ?? false));
}

function public_key(string $file): AsymmetricKey
{
    return refusing(fn () => RSA::loadPublicKey($file));
}

/** Reads a key: every exception of the library's is its clean no. */
function refusing(callable $load): AsymmetricKey
{
    try {
        return $load();
    } catch (RuntimeException $refusal) {
        throw new Refused($refusal->getMessage());
    }
}

function spki(AsymmetricKey $key): string
{
    $half = $key instanceof RSA\PrivateKey ? $key->getPublicKey() : $key;
    return base64_decode(preg_replace('/-----.*?-----|\s/', '', $half->toString('PKCS8')));
}

// ---- The protocol

serve(
    [
        'name' => RELAXED ? 'php-phpseclib-relaxed' : 'php-phpseclib',
        'version' => $version,
        'language' => 'PHP',
        'runtime' => "phpseclib $version, PHP " . PHP_VERSION . ', ' . OPENSSL_VERSION_TEXT,
        'url' => 'https://phpseclib.com/',
    ],
    supports: RELAXED ? ['verify' => FORMS] : ['sign' => FORMS, 'verify' => FORMS, 'load_key' => true],
);
