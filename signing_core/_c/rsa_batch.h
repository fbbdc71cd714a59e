/* RSASSA-PKCS1-v1_5 with SHA-256 over many messages in one call. A boundary header. */
#ifndef SK_RSA_BATCH_H
#define SK_RSA_BATCH_H

#include "rsa_key.h"

#include <stddef.h>
#include <stdint.h>

/* count byte strings: string i is the bytes[i] bytes at data[i]; data[i] is never read if bytes[i] is 0. */
typedef struct {
    const uint8_t *const *data;
    const size_t *bytes;
} sk_strings;

/* The keys of a batch: item i uses keys[which[i]], or keys[0] for all if which is NULL. */
typedef struct {
    sk_key *const *keys;
    size_t count;
    const uint32_t *which;
} sk_keyring;

/* What does the work: OpenSSL alone, or the eight-lane kernel for the keys it takes and OpenSSL for the others. */
enum sk_kernel { SK_KERNEL_OPENSSL = 0, SK_KERNEL_LANES = 1 };

int sk_sign_batch(const sk_keyring *ring, const sk_strings *messages, size_t count, enum sk_kernel kernel, uint8_t *out,
                  size_t stride);

int sk_verify_batch(const sk_keyring *ring, const sk_strings *messages, const sk_strings *signatures, size_t count,
                    enum sk_kernel kernel, uint8_t *verdicts);

/* One message to be signed, as an errand (rest.h): with the ring's first key, status told afterwards. */
typedef struct {
    const sk_keyring *ring;
    enum sk_kernel kernel;
    const uint8_t *message;
    size_t bytes;
    uint8_t *signature;
    int status;
} sk_signing;

void sk_sign_one(void *signing);

#endif
