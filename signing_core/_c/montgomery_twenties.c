/*
 * The Montgomery square and product of 40, 60 and 80 digits, in twenties: a verification and the check of a signature
 * are hardly anything else, and so is signing with 4096 bits.
 *
 * Products of twenty digits of one factor with twenty of the other are added up in columns in memory. Then twenty
 * columns at a time are cancelled. The functions that all this consists of fit into the processor's store of decoded
 * instructions together. The sums are those of montgomery.c, and so are their bounds.
 *
 * Time depends on digit counts alone.
 */

#include "twenty.h"

#define NOT_INLINE static __attribute__((noinline)) SK_LANES

/* What columns hold before the first product, instead of writing zeros to them. */
static const sk_v8 zeros[SK_TWENTY];

/* columns[0 .. 39] = low + high 2^(52 20) + a b: low and high are twenty columns each. */
NOT_INLINE void add_product(sk_v8 *columns, const sk_v8 *low, const sk_v8 *high, const sk_v8 *a, const sk_v8 *b)
{
    sk_v8 digits[SK_TWENTY];

    twenty_load(digits, a);
    twenty_product(columns, low, digits, b, 0);
    twenty_product(columns + 10, low + 10, digits, b, 10);
    twenty_product(columns + 20, high, digits, b, 20);
    twenty_product(columns + 30, high + 10, digits, b, 30);
}

/* columns[0 .. 39] = 2 (low + high 2^(52 20)) + a^2 */
NOT_INLINE void complete_square(sk_v8 *columns, const sk_v8 *low, const sk_v8 *high, const sk_v8 *a)
{
    sk_v8 digits[SK_TWENTY];

    twenty_load(digits, a);
    twenty_square(columns, low, digits, 0);
    twenty_square(columns + 10, low + 10, digits, 10);
    twenty_square(columns + 20, high, digits, 20);
    twenty_square(columns + 30, high + 10, digits, 30);
}

/* columns[0 .. 19] = u, which cancels them with the lowest twenty digits of m; columns[20 .. 39] get what they carry. */
NOT_INLINE void cancel(sk_v8 *columns, const sk_modulus *m)
{
    sk_v8 acc[SK_TWENTY];

    twenty_cancel(acc, columns, m->m, m->inverse, columns);
    SK_UNROLL_TWENTY for (int k = 0; k < SK_TWENTY; k++) {
        columns[SK_TWENTY + k] = acc[k];
    }
}

/* r = columns / R mod m, raw digits. */
static SK_LANES void reduce(sk_v8 *r, sk_v8 *columns, const sk_modulus *m)
{
    const int D = m->digits;
    sk_v8 carry = v8_all(1);

    columns[0] = v8_sub(columns[0], carry);
    for (int i = 0; i < D; i += SK_TWENTY) {
        cancel(columns + i, m);
        for (int j = SK_TWENTY; j < D; j += SK_TWENTY) {
            sk_v8 *at = columns + i + j;
            add_product(at, at, at + SK_TWENTY, columns + i, m->m + j);
        }
    }
    SK_UNROLL_TWENTY for (int k = 0; k < D; k++) {
        const sk_v8 column = v8_add(columns[D + k], carry);
        r[k] = column;
        carry = v8_carry(column);
    }
}

/*
 * r = a^2 / R mod m, in each lane, below m (1 + 2^-10) for a < 8m                    (montgomery.c derives the bounds)
 *
 * 40, 60 or 80 digits; r may be a. The columns pass through m->u. Constant time.
 */
SK_LANES void sk_mont_square_twenties(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    const int D = m->digits, last = D - SK_TWENTY;

    for (int i = 0; i < D; i += SK_TWENTY) {
        for (int j = i + SK_TWENTY; j < D; j += SK_TWENTY) {
            sk_v8 *at = m->u + i + j;
            const int new_low = i + j == SK_TWENTY, new_high = i == 0 || j == last;
            add_product(at, new_low ? zeros : at, new_high ? zeros : at + SK_TWENTY, a + i, a + j);
        }
    }
    for (int i = 0; i < D; i += SK_TWENTY) {
        sk_v8 *at = m->u + 2 * i;
        complete_square(at, i == 0 ? zeros : at, i == last ? zeros : at + SK_TWENTY, a + i);
    }
    reduce(r, m->u, m);
}

/* r = a b / R mod m, in each lane, as above; r may be an operand. Constant time. */
SK_LANES void sk_mont_mul_twenties(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m)
{
    const int D = m->digits, last = D - SK_TWENTY;

    for (int i = 0; i < D; i += SK_TWENTY) {
        for (int j = 0; j < D; j += SK_TWENTY) {
            sk_v8 *at = m->u + i + j;
            const int new_low = i + j == 0, new_high = i == 0 || j == last;
            add_product(at, new_low ? zeros : at, new_high ? zeros : at + SK_TWENTY, a + i, b + j);
        }
    }
    reduce(r, m->u, m);
}
