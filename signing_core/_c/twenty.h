/*
 * The pieces of Montgomery arithmetic on twenty digits, which fit into registers: for montgomery20.c and
 * montgomery_twenties.c.
 *
 * The same sums as in montgomery.c, whose banner derives the reduction and its bounds, in another order. Products are
 * summed up ten columns at a time with all twenty digits of a factor in registers, so that little is loaded. The
 * reduction then goes row by row with 20 accumulators that rotate: row i cancels the column in register i mod 20, which
 * then takes over column i + 20.
 *
 * There would be time for two loads a cycle, but not power: a processor that loads a vector for every other
 * multiply-add lowers its clock by a tenth and more. So four rows go at a time and share the digits of the modulus,
 * each of which is loaded five times. A row keeps two digits behind the one before it: they wait in registers, and the
 * row's factor has the time to become known. A store takes the place of one or two multiply-adds: there are few.
 *
 * Time depends on digit counts alone.
 */
#ifndef SK_TWENTY_H
#define SK_TWENTY_H

#include "montgomery.h"

#include <stddef.h>

enum {
    SK_TWENTY = 20,
    SK_ROWS = 4,  /* at a time */
    SK_BEHIND = 2 /* digits from a row to the next */
};

#define SK_UNROLL_TWENTY SK_UNROLL(20)

/* The compiler forgets what memory holds: it would rather keep the modulus in registers and spill the accumulators. */
#define SK_FORGET_MEMORY() __asm__ volatile("" ::: "memory")

SK_INLINE void twenty_load(sk_v8 *digits, const sk_v8 *a, int count)
{
    SK_UNROLL_TWENTY for (int i = 0; i < count; i++) {
        digits[i] = v8_load(a + i);
    }
}

/* The ten columns that a sum begins with: what is given, or 0. */
SK_INLINE void twenty_begin(sk_v8 acc[SK_BLOCK], const sk_v8 *given)
{
    SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
        acc[k] = given == NULL ? v8_zero() : given[k];
    }
}

/* columns[0 .. 9] = columns c0 .. c0 + 9 of a^2 + 2 given: twice the products of i < j, and the squares of the digits.
 * given may be NULL. */
SK_INLINE void twenty_square(sk_v8 *columns, const sk_v8 *given, const sk_v8 a[SK_TWENTY], int c0)
{
    sk_v8 acc[SK_BLOCK];

    twenty_begin(acc, given);
    SK_UNROLL_TWENTY for (int i = 0; i < SK_TWENTY; i++) {
        SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
            const int j = c0 + k - i;
            if (j > i && j < SK_TWENTY) {
                acc[k] = v8_lo(acc[k], a[i], a[j]);
            }
        }
        SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
            const int j = c0 + k - 1 - i;
            if (j > i && j < SK_TWENTY) {
                acc[k] = v8_hi(acc[k], a[i], a[j]);
            }
        }
    }
    SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
        const sk_v8 digit = a[(c0 + k) / 2], twice = v8_add(acc[k], acc[k]);
        columns[k] = k % 2 == 0 ? v8_lo(twice, digit, digit) : v8_hi(twice, digit, digit);
    }
}

/* columns[0 .. 9] = columns c0 .. c0 + 9 of a b + given, which may be NULL: a of A digits, b of twenty. */
SK_INLINE void twenty_product(sk_v8 *columns, const sk_v8 *given, const sk_v8 *a, int A, const sk_v8 *b, int c0)
{
    sk_v8 acc[SK_BLOCK];

    twenty_begin(acc, given);
    SK_UNROLL_TWENTY for (int j = 0; j < SK_TWENTY; j++) {
        if (c0 + SK_BLOCK - 1 - j < 0 || c0 - 1 - j >= A) {
            continue;
        }
        const sk_v8 digit = v8_load(b + j);
        SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
            const int i = c0 + k - j;
            if (i >= 0 && i < A) {
                acc[k] = v8_lo(acc[k], a[i], digit);
            }
        }
        SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
            const int i = c0 + k - 1 - j;
            if (i >= 0 && i < A) {
                acc[k] = v8_hi(acc[k], a[i], digit);
            }
        }
    }
    SK_UNROLL_TWENTY for (int k = 0; k < SK_BLOCK; k++) {
        columns[k] = acc[k];
    }
}

/* What is given for the ten columns after these, if anything is. */
SK_INLINE const sk_v8 *twenty_next(const sk_v8 *given) { return given == NULL ? NULL : given + SK_BLOCK; }

/* columns[0 .. 39] = a^2 + 2 (low + high 2^(52 20)): low and high are twenty columns each, or NULL. */
SK_INLINE void twenty_whole_square(sk_v8 *columns, const sk_v8 *low, const sk_v8 *high, const sk_v8 a[SK_TWENTY])
{
    twenty_square(columns, low, a, 0);
    twenty_square(columns + 10, twenty_next(low), a, 10);
    twenty_square(columns + 20, high, a, 20);
    twenty_square(columns + 30, twenty_next(high), a, 30);
}

/* columns[0 .. 39] = a b + low + high 2^(52 20), in the same way. */
SK_INLINE void twenty_whole_product(sk_v8 *columns, const sk_v8 *low, const sk_v8 *high, const sk_v8 a[SK_TWENTY],
                                    const sk_v8 *b)
{
    twenty_product(columns, low, a, SK_TWENTY, b, 0);
    twenty_product(columns + 10, twenty_next(low), a, SK_TWENTY, b, 10);
    twenty_product(columns + 20, high, a, SK_TWENTY, b, 20);
    twenty_product(columns + 30, twenty_next(high), a, SK_TWENTY, b, 30);
}

/*
 * Cancel columns 0 .. 19 by u m, of which m has the lowest twenty digits, and carry: acc = columns 20 .. 39
 *
 * Column 0 stands less 1 then, as does the first of acc. Row i cancels column i: it adds u_i m, at that column and the
 * next ones. factors, which may be NULL or columns itself, gets u.
 */
SK_INLINE void twenty_cancel(sk_v8 acc[SK_TWENTY], const sk_v8 columns[2 * SK_TWENTY], const sk_v8 m[SK_TWENTY],
                             sk_v8 inverse, sk_v8 *factors)
{
    sk_v8 u[SK_ROWS + 1], cancelled[SK_ROWS + 1];

#define ACC(column) acc[(column) % SK_TWENTY]
    SK_UNROLL_TWENTY for (int k = 0; k < SK_TWENTY; k++) {
        acc[k] = columns[k];
    }
    cancelled[SK_ROWS] = acc[0];
    u[SK_ROWS] = v8_lo(inverse, cancelled[SK_ROWS], inverse);
    acc[0] = columns[SK_TWENTY];
    SK_UNROLL_TWENTY for (int i = 0; i < SK_TWENTY; i += SK_ROWS) {
        sk_v8 digits[SK_TWENTY];

        SK_FORGET_MEMORY();
        u[0] = u[SK_ROWS]; /* found beside the rows before */
        cancelled[0] = cancelled[SK_ROWS];
        SK_UNROLL(26) for (int j = 0; j < SK_TWENTY + SK_BEHIND * (SK_ROWS - 1); j++) {
            if (j < SK_TWENTY) {
                digits[j] = v8_load(m + j);
            }
            SK_UNROLL(4) for (int row = 0; row < SK_ROWS; row++) {
                const int c = i + row, at = j - SK_BEHIND * row;

                if (at < 0 || at >= SK_TWENTY) {
                    continue;
                }
                if (at == 0) {
                    if (factors != NULL) {
                        factors[c] = u[row];
                    }
                    ACC(c + 1) = v8_add(ACC(c + 1), v8_carry(cancelled[row]));
                } else {
                    ACC(c + at) = v8_lo(ACC(c + at), u[row], digits[at]);
                }
                ACC(c + at + 1) = v8_hi(ACC(c + at + 1), u[row], digits[at]);
                if (at == 1 && c + 1 < SK_TWENTY) { /* the next column is complete */
                    cancelled[row + 1] = ACC(c + 1);
                    u[row + 1] = v8_lo(inverse, cancelled[row + 1], inverse);
                    ACC(c + 1) = columns[SK_TWENTY + c + 1];
                }
            }
        }
    }
#undef ACC
}

#endif
