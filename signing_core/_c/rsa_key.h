/* RSA keys as the core holds them. A boundary header. */
#ifndef SK_RSA_KEY_H
#define SK_RSA_KEY_H

#include <stddef.h>
#include <stdint.h>

/* One private or public RSA key; immutable but for what the kernel derives from it once, under atomics, so that threads
 * may share it. */
typedef struct sk_key sk_key;

/* Both return NULL with OpenSSL's error queue set if der is not such a key or memory is short. Whether the numbers make
 * a sound key is the caller's to have checked. der stays the caller's: it may be wiped after the call. */
sk_key *sk_key_private(const uint8_t *der, size_t size); /* PKCS#8 or PKCS#1, not encrypted */
sk_key *sk_key_public(const uint8_t *der, size_t size);  /* SubjectPublicKeyInfo */

/* Free key, wiping its secret numbers; NULL is allowed. */
void sk_key_free(sk_key *key);

/* k: length of the modulus, and of every signature, in bytes. */
size_t sk_key_bytes(const sk_key *key);

#endif
