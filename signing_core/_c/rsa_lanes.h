/* Signing and verifying up to eight messages at once. For the core's own files. */
#ifndef SK_RSA_LANES_H
#define SK_RSA_LANES_H

#include "pkcs1.h"
#include "rsa_key.h"

typedef struct sk_lanes_work sk_lanes_work;

/* The working set of one call to the batch; NULL if memory is short. Wiped when closed, if it has signed. */
sk_lanes_work *sk_lanes_open(void);
void sk_lanes_close(sk_lanes_work *w);

/* The number of digits of the groups that the key can be in, 0 if the kernel does not take it. */
int sk_lanes_sign_class(sk_key *key);
int sk_lanes_verify_class(sk_key *key);

/* One message of a group: its key, the digest, and where the signature is written or read. */
typedef struct {
    sk_key *key;
    uint8_t digest[SK_DIGEST_BYTES];
    uint8_t *signature;
    const uint8_t *proof;
} sk_lanes_item;

/*
 * Sign items 0 ... count - 1, 1 <= count <= 8, all keys of one class. Every signature is checked with the public
 * exponent before it is written; bit i of *faulty is set, and nothing written, if that of item i was wrong. Returns 0,
 * with OpenSSL's error queue set, if no random numbers can be had. Constant time in keys, blinding factors and digests;
 * the mask itself is public.
 */
int sk_lanes_sign(const sk_lanes_item *items, int count, unsigned *faulty, sk_lanes_work *w);

/* Bit i of the result is set if items[i].proof, of k bytes and below n, is the signature of its digest. */
unsigned sk_lanes_verify(const sk_lanes_item *items, int count, sk_lanes_work *w);

#endif
