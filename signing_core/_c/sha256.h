/* SHA-256 of many messages, without the way through EVP. For the core's own files. */
#ifndef SK_SHA256_H
#define SK_SHA256_H

#include "pkcs1.h"

#include <stddef.h>
#include <stdint.h>

/* digests[i] = SHA-256 of the bytes[i] bytes at data[i]. Returns 0, and does nothing of use, where OpenSSL is built
 * without these functions and the processor has none of its own. Its time depends on the lengths alone. */
int sk_sha256(const uint8_t *const *data, const size_t *bytes, size_t count, uint8_t (*digests)[SK_DIGEST_BYTES]);

/* The same by the processor's own instructions, two messages at a time; only where sk_sha256_pairs_run() is 1. */
int sk_sha256_pairs_run(void);
void sk_sha256_pairs(const uint8_t *const *data, const size_t *bytes, size_t count,
                     uint8_t (*digests)[SK_DIGEST_BYTES]);

#endif
