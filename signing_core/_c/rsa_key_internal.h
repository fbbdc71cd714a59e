/* What is inside an sk_key; for the core's own files. */
#ifndef SK_RSA_KEY_INTERNAL_H
#define SK_RSA_KEY_INTERNAL_H

#include "rsa_key.h"

#include <openssl/evp.h>

struct sk_key {
    EVP_PKEY *pkey;
    size_t k;
    uint8_t *modulus; /* n, big-endian, k bytes, first byte not 0 */
};

#endif
