/* EMSA-PKCS1-v1_5 with SHA-256. A boundary header. */
#ifndef SK_PKCS1_H
#define SK_PKCS1_H

#include <stddef.h>
#include <stdint.h>

enum {
    SK_DIGEST_BYTES = 32,
    /* 00 01, at least eight FF, 00, DigestInfo prefix (19), digest (32): the shortest modulus that holds it */
    SK_EM_MIN_BYTES = 62
};

int sk_pkcs1_encode(uint8_t *em, size_t k, const uint8_t *digest);

#endif
