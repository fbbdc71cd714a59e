/*
 * SHA-256 (FIPS 180-4) of many messages: in sixteen lanes where enough of them are of use, else one by one by OpenSSL's
 * own function, without EVP around it.
 *
 * EVP takes 0.06 µs to find its way, a thirtieth of a verification by the eight-lane kernel. OpenSSL 3 calls the short
 * way deprecated and may be built without it; EVP does it then (rsa_openssl.c), as it always does for the kernel
 * "openssl", whose users may have restricted OpenSSL to certain providers.
 */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "sha256.h"

#include <openssl/opensslconf.h>

/* A block in sixteen lanes takes as long as some seven of OpenSSL's, which has instructions made for the purpose. */
enum { WORTH = 8 };

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
    size_t all = 0, most = 0;
    int done = 1;

    for (size_t i = 0; i < count; i++) {
        const size_t blocks = bytes[i] / 64 + 1;
        all += blocks;
        most = blocks > most ? blocks : most;
    }
    if (all / WORTH >= most) { /* not many lanes wait for the longest message */
        sk_sha256_lanes(data, bytes, count, digests);
        return 1;
    }
    for (size_t i = 0; i < count && done; i++) {
        done = by_openssl(data[i], bytes[i], digests[i]);
    }
    return done;
}
