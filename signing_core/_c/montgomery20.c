/*
 * The Montgomery square and product of 20 digits, eight at once: 1020 squares and 255 products are nearly all of the
 * exponentiation in an RSA-2048 signature.
 *
 * The same sums as in montgomery.c, whose banner derives the reduction and its bounds, in an order made for this one
 * size. The products are summed up ten columns at a time with all 20 digits in registers, so that nothing is loaded.
 * The reduction then goes row by row with 20 accumulators that rotate: row i cancels the column in register i mod 20,
 * which then takes over column i + 20. Each digit of the modulus is loaded once a row. A square is 420 + 800
 * multiply-adds, a product 800 + 800; processors do two a cycle.
 *
 * Between two rows of a square a unit of a choice may be made: the loads and blends find the ports idle.
 */

#include "montgomery.h"

#include <stddef.h>

enum { DIGITS = 20 };

#define UNROLL SK_UNROLL(20)

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

/* r = columns / R mod m, raw digits. */
SK_INLINE void reduce(sk_v8 *r, const sk_v8 columns[2 * DIGITS], const sk_v8 m[DIGITS], sk_v8 inverse,
                      sk_choice *choice)
{
    sk_v8 acc[DIGITS], carry = v8_all(1);

    UNROLL for (int k = 0; k < DIGITS; k++) {
        acc[k] = columns[k];
    }
    acc[0] = v8_sub(acc[0], carry);
    sk_v8 u = v8_lo(inverse, acc[0], inverse);
    UNROLL for (int i = 0; i < DIGITS; i++) {
        FORGET_MEMORY();
        const sk_v8 column = acc[i], factor = u;

        acc[i] = columns[DIGITS + i];
        acc[(i + 1) % DIGITS] = v8_hi(v8_add(acc[(i + 1) % DIGITS], v8_carry(column)), factor, v8_load(m));
        UNROLL for (int j = 1; j < DIGITS; j++) {
            const sk_v8 digit = v8_load(m + j);
            acc[(i + j) % DIGITS] = v8_lo(acc[(i + j) % DIGITS], factor, digit);
            acc[(i + j + 1) % DIGITS] = v8_hi(acc[(i + j + 1) % DIGITS], factor, digit);
            if (j == 1 && i + 1 < DIGITS) {
                u = v8_lo(inverse, acc[i + 1], inverse); /* the next row's, in the shadow of this one */
            }
        }
        if (choice != NULL && i % 2 == 1) {
            sk_choose_unit(choice);
        }
    }
    UNROLL for (int k = 0; k < DIGITS; k++) {
        const sk_v8 column = v8_add(acc[k], carry);
        r[k] = column;
        carry = v8_carry(column);
    }
}

SK_INLINE void load(sk_v8 digits[DIGITS], const sk_v8 *a)
{
    UNROLL for (int i = 0; i < DIGITS; i++) {
        digits[i] = v8_load(a + i);
    }
}

/*
 * r = a^2 / R mod m, in each lane, below m (1 + 2^-10) for a < 8m                    (montgomery.c derives the bounds)
 *
 * 20 digits; r may be a. The columns pass through m->u. Constant time in all but the choice's counters.
 */
SK_LANES void sk_mont_square20(sk_v8 *r, const sk_v8 *a, sk_modulus *m, sk_choice *choice)
{
    sk_v8 digits[DIGITS];

    load(digits, a);
    square_columns(m->u, digits, 0);
    square_columns(m->u, digits, 10);
    square_columns(m->u, digits, 20);
    square_columns(m->u, digits, 30);
    FORGET_MEMORY();
    reduce(r, m->u, m->m, m->inverse, choice);
}

/* r = a b / R mod m, in each lane, as above; r may be an operand. Constant time. */
SK_LANES void sk_mont_mul20(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m)
{
    sk_v8 digits[DIGITS];

    load(digits, a);
    product_columns(m->u, digits, b, 0);
    product_columns(m->u, digits, b, 10);
    product_columns(m->u, digits, b, 20);
    product_columns(m->u, digits, b, 30);
    FORGET_MEMORY();
    reduce(r, m->u, m->m, m->inverse, NULL);
}
