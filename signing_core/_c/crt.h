/* The private operation on eight numbers at once, by the Chinese remainder theorem. For the core's own files. */
#ifndef SK_CRT_H
#define SK_CRT_H

#include "lane_key.h"

/* The working set of one call; secret afterwards, the table only as far as primes have digits. */
typedef struct {
    sk_modulus half; /* a prime in each lane */
    sk_v8 exponent[SK_SECRET_WORDS_MAX];
    sk_v8 one[SK_SECRET_DIGITS_MAX], r2[SK_SECRET_DIGITS_MAX];
    sk_v8 power[2][SK_SECRET_DIGITS_MAX];
    sk_v8 q[SK_SECRET_DIGITS_MAX], h[SK_SECRET_DIGITS_MAX];
    sk_choice_table table;
} sk_crt_work;

/*
 * s = c^d mod n in lane l with the exponent d that `which` means for keys[l]; s < 1.01n, raw digits
 *
 * All keys have primes of D digits; c and s have 2D digits, c < 2^8 n. Only lanes 0 .. count - 1 of s are of use; lanes
 * that are not in use hold a key and a number too: real work repeated. With count <= 4 lanes l and l + 4 are the same
 * on entry.
 */
void sk_crt_power(sk_v8 *s, const sk_v8 *c, const sk_lane_private *const keys[SK_LANE_COUNT], enum sk_exponent which,
                  int count, sk_crt_work *w);

#endif
