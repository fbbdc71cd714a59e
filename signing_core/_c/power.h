/* Modular exponentiation on eight numbers at once. For the core's own files. */
#ifndef SK_POWER_H
#define SK_POWER_H

#include "choice.h"
#include "montgomery.h"

enum { SK_SECRET_WORDS_MAX = 32 /* an exponent of 2048 bits */ };

/* x = x^exponent in Montgomery form; exponent in words of 64 bits, least first, bits a multiple of 64; one is R mod m.
 * */
void sk_power_secret(sk_v8 *x, const sk_v8 *exponent, int bits, const sk_v8 *one, sk_modulus *m, sk_choice_table *t);

/* r = x^65536 / R^65535, below 1.001m; r may be x. */
void sk_power_65536(sk_v8 *r, const sk_v8 *x, sk_modulus *m);

/* r = x^65537 in Montgomery form, which is x^65537 / R^65536, below 1.001m; r does not overlap x. */
void sk_power_f4(sk_v8 *r, const sk_v8 *x, sk_modulus *m);

#endif
