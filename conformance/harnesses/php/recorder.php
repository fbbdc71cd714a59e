<?php
// An HTTP/1.1 server on a loopback port that answers each request with what it received:
// {"method", "url": scheme + Host + request target, "body": base64 or null, "headers": {name: octets as code points}}.
// It speaks TLS to whoever begins so, under a certificate made for this run. It prints its port, and ends with its input.

declare(strict_types=1);

ini_set('display_errors', 'stderr');
ini_set('memory_limit', '1G');

/** A self-signed certificate with its key, as a PEM file that goes when we go. */
function certificate(): string
{
    $key = openssl_pkey_new(['private_key_type' => OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1']);
    $request = openssl_csr_new(['commonName' => 'recorder'], $key, ['digest_alg' => 'sha256']);
    openssl_x509_export(openssl_csr_sign($request, null, $key, 1, ['digest_alg' => 'sha256']), $certificate);
    openssl_pkey_export($key, $private);
    $file = tempnam(sys_get_temp_dir(), 'recorder');
    register_shutdown_function('unlink', $file);
    file_put_contents($file, $certificate . $private);
    return $file;
}

/** Octets as text of one code point each, which is how the protocol carries header values. */
function text(string $octets): string
{
    return iconv('ISO-8859-1', 'UTF-8', $octets);
}

/** @param resource $client */
function record($client): array
{
    $secure = stream_socket_recvfrom($client, 1, STREAM_PEEK) === "\x16"; // a TLS record
    if ($secure && !stream_socket_enable_crypto($client, true, STREAM_CRYPTO_METHOD_TLS_SERVER)) {
        throw new RuntimeException('no TLS session');
    }
    [$method, $target] = explode(' ', rtrim((string) fgets($client), "\r\n"));
    $headers = [];
    while (($line = rtrim((string) fgets($client), "\r\n")) !== '') {
        [$name, $value] = explode(':', $line, 2);
        $name = strtolower($name);
        $headers[$name] = (isset($headers[$name]) ? $headers[$name] . ', ' : '') . text(trim($value, " \t"));
    }
    if (isset($headers['expect'])) {
        fwrite($client, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    $length = (int) ($headers['content-length'] ?? 0);
    $body = $length ? stream_get_contents($client, $length) : '';
    return [
        'method' => $method,
        'url' => ($secure ? 'https' : 'http') . '://' . $headers['host'] . text($target),
        'body' => $body === '' ? null : base64_encode($body),
        'headers' => $headers,
    ];
}

$context = stream_context_create(['ssl' => ['local_cert' => certificate()]]);
$flags = STREAM_SERVER_BIND | STREAM_SERVER_LISTEN;
$server = stream_socket_server('tcp://127.0.0.1:0', $code, $text, $flags, $context);
echo explode(':', stream_socket_get_name($server, false))[1], "\n";
while (true) {
    $readable = [$server, STDIN];
    $none = null;
    if (!stream_select($readable, $none, $none, null) || in_array(STDIN, $readable, true)) {
        break;
    }
    $client = stream_socket_accept($server);
    try {
        $answer = json_encode(record($client));
        fwrite($client, "HTTP/1.1 200 OK\r\ncontent-length: " . strlen($answer) . "\r\nconnection: close\r\n\r\n$answer");
    } catch (Throwable) {
        // no whole request: the client learns it from the closed connection
    }
    fclose($client);
}
