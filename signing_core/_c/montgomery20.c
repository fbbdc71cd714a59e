/*
 * The Montgomery square and product of 20 digits, eight at once: 1020 squares and 234 products are nearly all of the
 * exponentiation in an RSA-2048 signature.
 *
 * The same sums as in montgomery.c, whose banner derives the reduction and its bounds, in an order made for this one
 * size. The products are summed up ten columns at a time with all 20 digits in registers, so that nothing is loaded.
 * The reduction then goes row by row with 20 accumulators that rotate: row i cancels the column in register i mod 20,
 * which then takes over column i + 20. A square is 420 + 800 multiply-adds, a product 800 + 800; processors do two a
 * cycle.
 *
 * There would be time for two loads a cycle, but not power: a processor that loads a vector for every other
 * multiply-add lowers its clock by a tenth and more. So four rows go at a time and share the digits of the modulus,
 * each of which is loaded five times. A row keeps two digits behind the one before it: they wait in registers, and the
 * row's factor has the time to become known. And an exponentiation hands the result of one step to the next in
 * registers.
 */

#include "montgomery.h"

enum {
    DIGITS = 20,
    ROWS = 4,  /* at a time */
    BEHIND = 2 /* digits from a row to the next */
};

#define UNROLL SK_UNROLL(20)

/* The accumulator of a column. */
#define ACC(column) acc[(column) % DIGITS]

/* The compiler forgets what memory holds: it would rather keep the modulus in registers and spill the accumulators. */
#define FORGET_MEMORY() __asm__ volatile("" ::: "memory")

/* columns[c0 .. c0 + 9] of a^2: twice the products of i < j, then the squares of the digits. */
SK_INLINE void square_columns(sk_v8 *columns, const sk_v8 a[DIGITS], int c0)
{
    sk_v8 acc[SK_BLOCK];

    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        acc[k] = v8_zero();
    }
    UNROLL for (int i = 0; i < DIGITS; i++) {
        UNROLL for (int k = 0; k < SK_BLOCK; k++) {
            const int j = c0 + k - i;
            if (j > i && j < DIGITS) {
                acc[k] = v8_lo(acc[k], a[i], a[j]);
            }
        }
        UNROLL for (int k = 0; k < SK_BLOCK; k++) {
            const int j = c0 + k - 1 - i;
            if (j > i && j < DIGITS) {
                acc[k] = v8_hi(acc[k], a[i], a[j]);
            }
        }
    }
    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        const sk_v8 digit = a[(c0 + k) / 2], twice = v8_add(acc[k], acc[k]);
        columns[c0 + k] = k % 2 == 0 ? v8_lo(twice, digit, digit) : v8_hi(twice, digit, digit);
    }
}

/* columns[c0 .. c0 + 9] of a b. */
SK_INLINE void product_columns(sk_v8 *columns, const sk_v8 a[DIGITS], const sk_v8 *b, int c0)
{
    sk_v8 acc[SK_BLOCK];

    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        acc[k] = v8_zero();
    }
    UNROLL for (int j = 0; j < DIGITS; j++) {
        if (c0 + SK_BLOCK - 1 - j < 0 || c0 - 1 - j >= DIGITS) {
            continue;
        }
        const sk_v8 digit = v8_load(b + j);
        UNROLL for (int k = 0; k < SK_BLOCK; k++) {
            const int i = c0 + k - j;
            if (i >= 0 && i < DIGITS) {
                acc[k] = v8_lo(acc[k], a[i], digit);
            }
        }
        UNROLL for (int k = 0; k < SK_BLOCK; k++) {
            const int i = c0 + k - 1 - j;
            if (i >= 0 && i < DIGITS) {
                acc[k] = v8_hi(acc[k], a[i], digit);
            }
        }
    }
    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        columns[c0 + k] = acc[k];
    }
}

/* r = columns / R mod m, raw digits. Row i cancels column i: it adds u_i m, at that column and the next ones. */
SK_INLINE void reduce(sk_v8 *r, const sk_v8 columns[2 * DIGITS], const sk_v8 m[DIGITS], sk_v8 inverse)
{
    sk_v8 acc[DIGITS], u[ROWS + 1], cancelled[ROWS + 1], carry = v8_all(1);

    UNROLL for (int k = 0; k < DIGITS; k++) {
        acc[k] = columns[k];
    }
    cancelled[ROWS] = v8_sub(acc[0], carry);
    u[ROWS] = v8_lo(inverse, cancelled[ROWS], inverse);
    acc[0] = columns[DIGITS];
    UNROLL for (int i = 0; i < DIGITS; i += ROWS) {
        sk_v8 digits[DIGITS];

        FORGET_MEMORY();
        u[0] = u[ROWS]; /* found beside the rows before */
        cancelled[0] = cancelled[ROWS];
        SK_UNROLL(26) for (int j = 0; j < DIGITS + BEHIND * (ROWS - 1); j++) {
            if (j < DIGITS) {
                digits[j] = v8_load(m + j);
            }
            SK_UNROLL(4) for (int row = 0; row < ROWS; row++) {
                const int c = i + row, at = j - BEHIND * row;

                if (at < 0 || at >= DIGITS) {
                    continue;
                }
                if (at == 0) {
                    ACC(c + 1) = v8_add(ACC(c + 1), v8_carry(cancelled[row]));
                } else {
                    ACC(c + at) = v8_lo(ACC(c + at), u[row], digits[at]);
                }
                ACC(c + at + 1) = v8_hi(ACC(c + at + 1), u[row], digits[at]);
                if (at == 1 && c + 1 < DIGITS) { /* the next column is complete */
                    cancelled[row + 1] = ACC(c + 1);
                    u[row + 1] = v8_lo(inverse, cancelled[row + 1], inverse);
                    ACC(c + 1) = columns[DIGITS + c + 1];
                }
            }
        }
    }
    UNROLL for (int k = 0; k < DIGITS; k++) {
        acc[k] = v8_add(acc[k], carry);
        r[k] = acc[k];
        carry = v8_carry(acc[k]);
    }
}

SK_INLINE void load(sk_v8 digits[DIGITS], const sk_v8 *a)
{
    UNROLL for (int i = 0; i < DIGITS; i++) {
        digits[i] = v8_load(a + i);
    }
}

SK_INLINE void store(sk_v8 *r, const sk_v8 digits[DIGITS])
{
    UNROLL for (int i = 0; i < DIGITS; i++) {
        r[i] = digits[i];
    }
}

/* m->u = the columns of digits^2. */
SK_INLINE void square(const sk_v8 digits[DIGITS], sk_modulus *m)
{
    square_columns(m->u, digits, 0);
    square_columns(m->u, digits, 10);
    square_columns(m->u, digits, 20);
    square_columns(m->u, digits, 30);
    FORGET_MEMORY();
}

/* m->u = the columns of digits b. */
SK_INLINE void multiply(const sk_v8 digits[DIGITS], const sk_v8 *b, sk_modulus *m)
{
    product_columns(m->u, digits, b, 0);
    product_columns(m->u, digits, b, 10);
    product_columns(m->u, digits, b, 20);
    product_columns(m->u, digits, b, 30);
    FORGET_MEMORY();
}

/*
 * r = a^2 / R mod m, in each lane, below m (1 + 2^-10) for a < 8m                    (montgomery.c derives the bounds)
 *
 * 20 digits; r may be a. The columns pass through m->u. Constant time.
 */
SK_LANES void sk_mont_square20(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    sk_v8 digits[DIGITS];

    load(digits, a);
    square(digits, m);
    reduce(digits, m->u, m->m, m->inverse);
    store(r, digits);
}

/* r = a b / R mod m, in each lane, as above; r may be an operand. Constant time. */
SK_LANES void sk_mont_mul20(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m)
{
    sk_v8 digits[DIGITS];

    load(digits, a);
    multiply(digits, b, m);
    reduce(digits, m->u, m->m, m->inverse);
    store(r, digits);
}

/* x = x^32 c / R^32 mod m, in each lane, as above; c does not overlap x. Constant time. */
SK_LANES void sk_mont_window20(sk_v8 *x, const sk_v8 *c, sk_modulus *m)
{
    sk_v8 digits[DIGITS];

    load(digits, x);
    for (int step = 0; step < 6; step++) {
        if (step < 5) {
            square(digits, m);
        } else {
            multiply(digits, c, m);
        }
        reduce(digits, m->u, m->m, m->inverse);
    }
    store(x, digits);
}
