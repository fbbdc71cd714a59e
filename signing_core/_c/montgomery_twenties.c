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

    twenty_load(digits, a, SK_TWENTY);
    twenty_whole_product(columns, low, high, digits, b);
}

/* columns[0 .. 29] = low + high 2^(52 20) + x b: x of five digits, high ten columns. */
NOT_INLINE void add_short_product(sk_v8 *columns, const sk_v8 *low, const sk_v8 *high, const sk_v8 *x, const sk_v8 *b)
{
    sk_v8 digits[SK_SHORT];

    twenty_load(digits, x, SK_SHORT);
    twenty_product(columns, low, digits, SK_SHORT, b, 0);
    twenty_product(columns + 10, low + 10, digits, SK_SHORT, b, 10);
    twenty_product(columns + 20, high, digits, SK_SHORT, b, 20);
}

/* columns[0 .. 39] = 2 (low + high 2^(52 20)) + a^2 */
NOT_INLINE void complete_square(sk_v8 *columns, const sk_v8 *low, const sk_v8 *high, const sk_v8 *a)
{
    sk_v8 digits[SK_TWENTY];

    twenty_load(digits, a, SK_TWENTY);
    twenty_whole_square(columns, low, high, digits);
}

/* to[0 .. 9] = the columns, and the carry added and handed on if they are the result's. */
SK_INLINE void put(sk_v8 *to, sk_v8 columns[SK_BLOCK], int are_result, sk_v8 *carry)
{
    if (are_result) {
        SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
            columns[k] = v8_add(columns[k], *carry);
            *carry = v8_carry(columns[k]);
        }
    }
    SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
        to[k] = columns[k];
    }
}

/*
 * columns[0 .. 19] = u, which cancels them; to[0 .. 39] = columns[20 .. 59] and what is carried, and u times the digits
 * 20 .. 39 of m
 *
 * The columns that are carried to are in registers still; beside them there is room for those ten digits of u that the
 * first ten of them need.
 */
NOT_INLINE void cancel(sk_v8 *to, sk_v8 *columns, const sk_modulus *m, int is_result)
{
    sk_v8 acc[SK_TWENTY], u[SK_TWENTY], block[SK_BLOCK], carry = v8_all(1);

    twenty_cancel(acc, columns, m->m, m->inverse, columns);
    SK_FORGET_MEMORY();
    twenty_load(u, columns, 10);
    twenty_product(block, acc, u, SK_TWENTY, m->m + 20, 0);
    put(to, block, is_result, &carry);
    SK_FORGET_MEMORY();
    twenty_load(u + 10, columns + 10, 10);
    twenty_product(block, acc + 10, u, SK_TWENTY, m->m + 20, 10);
    put(to + 10, block, is_result, &carry);
    twenty_product(block, columns + 40, u, SK_TWENTY, m->m + 20, 20);
    put(to + 20, block, is_result, &carry);
    twenty_product(block, columns + 50, u, SK_TWENTY, m->m + 20, 30);
    put(to + 30, block, is_result, &carry);
}

/* r = m->u / R mod m, raw digits. */
static SK_LANES void reduce(sk_v8 *r, sk_modulus *m)
{
    const int D = m->digits, last = D - SK_TWENTY;
    sk_v8 carry = v8_all(1);

    m->u[0] = v8_sub(m->u[0], carry);
    for (int i = 0; i < D; i += SK_TWENTY) {
        const int gives_result = D == 2 * SK_TWENTY && i == last;
        cancel(gives_result ? r : m->u + i + SK_TWENTY, m->u + i, m, gives_result);
        for (int j = 2 * SK_TWENTY; j < D; j += SK_TWENTY) {
            sk_v8 *at = m->u + i + j;
            add_product(at, at, at + SK_TWENTY, m->u + i, m->m + j);
        }
    }
    for (int k = 0; k < D && D > 2 * SK_TWENTY; k++) {
        r[k] = v8_add(m->u[D + k], carry);
        carry = v8_carry(r[k]);
    }
}

/* m->u = a b, and what the first `have` columns of it hold already. */
static SK_LANES void multiply(const sk_v8 *a, const sk_v8 *b, int have, sk_modulus *m)
{
    const int D = m->digits, last = D - SK_TWENTY;

    for (int i = 0; i < D; i += SK_TWENTY) {
        for (int j = 0; j < D; j += SK_TWENTY) {
            sk_v8 *at = m->u + i + j, *next = at + SK_TWENTY;
            const int low_is_new = i + j == 0 && have == 0;
            const int high_is_new = (i == 0 || j == last) && i + j + SK_TWENTY >= have;
            add_product(at, low_is_new ? zeros : at, high_is_new ? zeros : next, a + i, b + j);
        }
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
            sk_v8 *at = m->u + i + j, *next = at + SK_TWENTY;
            const int low_is_new = i + j == SK_TWENTY, high_is_new = i == 0 || j == last;
            add_product(at, low_is_new ? zeros : at, high_is_new ? zeros : next, a + i, a + j);
        }
    }
    for (int i = 0; i < D; i += SK_TWENTY) {
        sk_v8 *at = m->u + 2 * i, *next = at + SK_TWENTY;
        complete_square(at, i == 0 ? zeros : at, i == last ? zeros : next, a + i);
    }
    reduce(r, m);
}

/* r = a b / R mod m, in each lane, as above; r may be an operand. Constant time. */
SK_LANES void sk_mont_mul_twenties(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m)
{
    multiply(a, b, 0, m);
    reduce(r, m);
}

/* r = (a b + x y + c) / R mod m, in each lane, as above: x of five digits, y and c below m. r may be a or b. Constant
 * time. */
SK_LANES void sk_mont_mul_add(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_v8 *x, const sk_v8 *y, const sk_v8 *c,
                              sk_modulus *m)
{
    const int D = m->digits;

    for (int k = 0; k < D + SK_TWENTY; k++) {
        m->u[k] = k < D ? c[k] : v8_zero();
    }
    for (int j = 0; j < D; j += SK_TWENTY) {
        sk_v8 *at = m->u + j;
        add_short_product(at, at, at + SK_TWENTY, x, y + j);
    }
    multiply(a, b, D + SK_TWENTY, m);
    reduce(r, m);
}
