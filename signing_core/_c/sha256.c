/*
 * SHA-256 (FIPS 180-4): by the processor's own instructions where it has them, else by OpenSSL's own function, without
 * EVP around it.
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

static int by_openssl(const uint8_t *data, size_t bytes, uint8_t *digest)
{
    SHA256_CTX state;

    return SHA256_Init(&state) && SHA256_Update(&state, data, bytes) && SHA256_Final(digest, &state);
}

#else

static int by_openssl(const uint8_t *data, size_t bytes, uint8_t *digest)
{
    (void)data;
    (void)bytes;
    (void)digest;
    return 0;
}

#endif

int sk_sha256(const uint8_t *const *data, const size_t *bytes, size_t count, uint8_t (*digests)[SK_DIGEST_BYTES])
{
    int done = 1;

    if (sk_sha256_pairs_run()) {
        sk_sha256_pairs(data, bytes, count, digests);
        return 1;
    }
    for (size_t i = 0; i < count && done; i++) {
        done = by_openssl(data[i], bytes[i], digests[i]);
    }
    return done;
}
