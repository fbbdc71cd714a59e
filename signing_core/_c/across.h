/*
 * Numbers that lie across the eight lanes, for a message that is alone: one by itself, or two of half its length beside
 * each other, each with a modulus of its own. For the core's own files.
 *
 * Digit i of number j stands in vector i % V, lane numbers (i / V) + j, with V = 5 vectors for 40 digits in all and
 * V = 10 for up to 80. So the next digit is most often in the same lane of the next vector: a number moves down by a
 * digit when its vectors change places and one of them moves its lanes. Digits are normal, as montgomery.h has it.
 */
#ifndef SK_ACROSS_H
#define SK_ACROSS_H

#include "lane_key.h"

enum {
    SK_ACROSS_MAX = 10 /* vectors */
};

/* One modulus or two of equal length, and with them how numbers lie. R = 2^(52 digits), m odd and m <= R / 2^16. */
typedef struct {
    int numbers, digits, vectors; /* 1 or 2, each of 20, 30, 40, 60 or 80 digits; 5 or 10 */
    sk_v8 inverse;                /* -m^-1 mod 2^52, of each number in all its lanes; so are: */
    sk_v8 lowest;                 /* m's digit 0 */
    sk_v8 second;                 /* m's digit 1 times the inverse, mod 2^52 */
    sk_v8 m[SK_ACROSS_MAX];
} sk_across_modulus;

void sk_across_load(sk_across_modulus *m, const sk_lane_modulus *const of[], int numbers);

/* Put number j in its place, zeros above it, and copy it from there. */
void sk_across_put(sk_v8 *a, const uint64_t *digits, const sk_across_modulus *m, int j);
void sk_across_get(uint64_t *digits, const sk_v8 *a, const sk_across_modulus *m, int j);

/* r = a b / R, below m + a b / R, for a b + (R - 1) m < R^2; r may be an operand. */
void sk_across_mul(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_across_modulus *m);

/* Powers 0 to 31 of two numbers, and what was chosen of them last. */
typedef struct {
    sk_v8 power[SK_CHOICES][SK_ACROSS_MAX], chosen[SK_ACROSS_MAX];
} sk_across_table;

/* x = x^32 c / R^32 for two numbers, residues, with the power c of number j that index[j] names; index on a boundary of
 * 16 bytes: one window of an exponentiation. */
void sk_across_window(sk_v8 *x, const uint64_t index[2], sk_across_table *t, const sk_across_modulus *m);

/* Two numbers, each to its own exponent, in Montgomery form: x = x^exponents[j]. Exponents in words of 64 bits, least
 * first, bits a multiple of 64; one is R mod m. */
void sk_across_power(sk_v8 *x, const uint64_t *const exponents[2], int bits, const sk_v8 *one,
                     const sk_across_modulus *m, sk_across_table *t);

/* r = x^65536 in Montgomery form; r may be x. */
void sk_across_power_65536(sk_v8 *r, const sk_v8 *x, const sk_across_modulus *m);

#endif
