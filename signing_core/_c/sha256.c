/*
 * SHA-256 (FIPS 180-4) of one message by OpenSSL's own function, without EVP around it.
 *
 * EVP takes 0.06 µs to find its way, a thirtieth of a verification by the eight-lane kernel. OpenSSL 3 calls the short
 * way deprecated and may be built without it; EVP does it then (rsa_openssl.c), as it always does for the kernel
 * "openssl", whose users may have restricted OpenSSL to certain providers.
 */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "sha256.h"

#include <openssl/opensslconf.h>

#ifndef OPENSSL_NO_DEPRECATED_3_0

#include <openssl/sha.h>

int sk_sha256(const uint8_t *data, size_t bytes, uint8_t *digest)
{
    SHA256_CTX state;

    return SHA256_Init(&state) && SHA256_Update(&state, data, bytes) && SHA256_Final(digest, &state);
}

#else

int sk_sha256(const uint8_t *data, size_t bytes, uint8_t *digest)
{
    (void)data;
    (void)bytes;
    (void)digest;
    return 0;
}

#endif
