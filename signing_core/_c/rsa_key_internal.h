/* What is inside an sk_key; for the core's own files. */
#ifndef SK_RSA_KEY_INTERNAL_H
#define SK_RSA_KEY_INTERNAL_H

#include "lane_key.h"
#include "rsa_key.h"

#include <openssl/evp.h>
#include <stdatomic.h>

struct sk_key {
    EVP_PKEY *pkey;
    size_t k;
    uint8_t *modulus; /* n, big-endian, k bytes, first byte not 0 */
    int bits;         /* length of n */
    int is_f4;        /* the public exponent is 65537 */
    int is_private;
    _Atomic(sk_lane_public *) lane_public; /* NULL until lane_key.c is first asked */
    _Atomic(sk_lane_private *) lane_private;
    atomic_int lane_refused; /* the primes are not of the kernel's kind */
    _Atomic(EVP_PKEY_CTX *) signing, opening; /* contexts of rsa_openssl.c that no call uses at the moment, or NULL */
};

#endif
