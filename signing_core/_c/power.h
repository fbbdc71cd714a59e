/* Modular exponentiation on eight numbers at once. For the core's own files. */
#ifndef SK_POWER_H
#define SK_POWER_H

#include "montgomery.h"

enum {
    SK_SECRET_DIGITS_MAX = 40, /* a prime of 2048 bits */
    SK_SECRET_WORDS_MAX = 32   /* an exponent of 2048 bits */
};

/* The powers 0 to 15 of a base, a unit for each digit, and the power that was chosen. */
typedef struct {
    sk_v8 powers[SK_SECRET_DIGITS_MAX][SK_CHOICES];
    sk_v8 chosen[SK_SECRET_DIGITS_MAX];
} sk_power_table;

/* x = x^exponent in Montgomery form; exponent in words of 64 bits, least first, bits a multiple of 64; one is R mod m.
 * */
void sk_power_secret(sk_v8 *x, const sk_v8 *exponent, int bits, const sk_v8 *one, sk_modulus *m, sk_power_table *t);

/* r = x^65537 in Montgomery form, which is x^65537 / R^65536, below 1.001m; r does not overlap x. */
void sk_power_f4(sk_v8 *r, const sk_v8 *x, sk_modulus *m);

#endif
