/* SHA-256 of many messages. For the core's own files. */
#ifndef SK_SHA256_H
#define SK_SHA256_H

#include "pkcs1.h"

#include <stddef.h>
#include <stdint.h>

/* digests[i] = SHA-256 of the bytes[i] bytes at data[i]; only where sk_lanes_run() is 1. Returns 0, and digests are of
 * no use, where OpenSSL is needed and is built without a way around EVP. Its time depends on the lengths alone. */
int sk_sha256(const uint8_t *const *data, const size_t *bytes, size_t count, uint8_t (*digests)[SK_DIGEST_BYTES]);

/* The same in sixteen lanes, however many and long the messages are. */
void sk_sha256_lanes(const uint8_t *const *data, const size_t *bytes, size_t count,
                     uint8_t (*digests)[SK_DIGEST_BYTES]);

#endif
