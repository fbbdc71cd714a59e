/* Signing and verifying one message by itself. For the core's own files. */
#ifndef SK_RSA_ACROSS_H
#define SK_RSA_ACROSS_H

#include "rsa_lanes.h"

/*
 * Sign the item's digest with its key, which the kernel takes, or set *faulty and write nothing if the signature,
 * checked with the public exponent, was wrong. Returns 0, with OpenSSL's error queue set, if no random numbers can be
 * had or memory is short. Constant time in key, blinding factor and digest; *faulty is public.
 */
int sk_across_sign(const sk_lanes_item *item, int *faulty);

/* Whether item->proof, of k bytes and below n, is the signature of its digest. */
int sk_across_verify(const sk_lanes_item *item);

#endif
