/* Base blinding for eight lanes at once. For the core's own files. */
#ifndef SK_BLINDING_H
#define SK_BLINDING_H

#include "crt.h"

/* The factors of one key, shared by all threads. */
sk_blinding *sk_blinding_new(void);
void sk_blinding_free(sk_blinding *b);

/*
 * blind = r^65537 R mod n and unblind = r^-1 R mod n, each lane with an r of its own that nobody had before
 *
 * Both of D digits, residues; n is key's public modulus. Returns 0, with OpenSSL's error queue set, if no random
 * numbers can be had or memory is short. May be called by many threads, and after fork.
 */
int sk_blinding_take(sk_blinding *b, const sk_lane_modulus *n, const sk_lane_private *key, sk_v8 *blind,
                     sk_v8 *unblind);

/* The same for a message that is alone, from one lane: numbers of normal digits. */
int sk_blinding_take_one(sk_blinding *b, const sk_lane_modulus *n, const sk_lane_private *key, uint64_t *blind,
                         uint64_t *unblind);

#endif
