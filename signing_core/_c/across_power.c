/*
 * Modular exponentiation of two numbers that lie across the lanes, to a secret exponent each: p's half of a signature
 * and q's at once; and with 65537.
 *
 * Five bits at a time, as in power.c. The first window squares 1, which is not worth a case of its own.
 */

#include "across.h"

/* The five bits from `bit` up; what lies above the exponent's words is zero. */
static uint64_t window(const uint64_t *words, int count, int bit)
{
    const int word = bit / 64, shift = bit % 64;
    const uint64_t above = word + 1 < count ? words[word + 1] : 0;

    return (words[word] >> shift | above << 1 << (63 - shift)) & (SK_CHOICES - 1);
}

/* Constant time in x, exponents, one and m; bits are public. The table is secret afterwards. */
SK_LANES void sk_across_power(sk_v8 *x, const uint64_t *const exponents[2], int bits, const sk_v8 *one,
                              const sk_across_modulus *m, sk_across_table *t)
{
    for (int k = 0; k < m->vectors; k++) {
        t->power[0][k] = one[k];
        t->power[1][k] = x[k];
        x[k] = one[k];
    }
    for (int i = 2; i < SK_CHOICES; i++) {
        sk_across_mul(t->power[i], t->power[i - 1], t->power[1], m);
    }
    for (int bit = (bits - 1) / SK_CHOICE_BITS * SK_CHOICE_BITS; bit >= 0; bit -= SK_CHOICE_BITS) {
        const uint64_t index[2] __attribute__((aligned(16))) = {window(exponents[0], bits / 64, bit),
                                                                window(exponents[1], bits / 64, bit)};
        sk_across_window(x, index, t, m);
    }
}

/* Constant time in x and m. */
SK_LANES void sk_across_power_65536(sk_v8 *r, const sk_v8 *x, const sk_across_modulus *m)
{
    sk_across_mul(r, x, x, m);
    for (int i = 1; i < 16; i++) {
        sk_across_mul(r, r, r, m);
    }
}
