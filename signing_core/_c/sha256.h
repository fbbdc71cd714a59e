/* SHA-256 without the way through EVP. For the core's own files. */
#ifndef SK_SHA256_H
#define SK_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* digest = SHA-256(data), 32 bytes. Returns 0, and does nothing, where OpenSSL is built without these functions. Its
 * time depends on bytes alone. */
int sk_sha256(const uint8_t *data, size_t bytes, uint8_t *digest);

#endif
