/* Signing and verifying by OpenSSL, one message after the other. For the core's own files. */
#ifndef SK_RSA_OPENSSL_H
#define SK_RSA_OPENSSL_H

#include "rsa_batch.h"

typedef struct sk_openssl_work sk_openssl_work;

/* The working set of one call to the batch, which signs with the keys of ring or verifies; NULL on a fault. */
sk_openssl_work *sk_openssl_open(const sk_keyring *ring, int signs);
void sk_openssl_close(sk_openssl_work *w);

/* All three return 0 on a fault, with OpenSSL's error queue set. The digest is SHA-256; j counts the keys of the ring.
 * */
int sk_openssl_digest(sk_openssl_work *w, const uint8_t *data, size_t bytes, uint8_t *digest);
int sk_openssl_sign(sk_openssl_work *w, size_t j, const uint8_t *digest, uint8_t *signature);
int sk_openssl_verify(sk_openssl_work *w, size_t j, const uint8_t *digest, const uint8_t *signature, uint8_t *verdict);

#endif
