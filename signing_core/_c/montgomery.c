/*
 * Montgomery arithmetic in radix 2^52, eight numbers at once.
 *
 * Columns. A product's column c is the sum of lo(a_i b_j) with i + j = c and of hi(a_i b_j) with i + j = c - 1. Columns are
 * summed up ten at a time in ten registers, row by row: a row is one digit times a run of ten or eleven digits of the other
 * factor, twenty multiply-adds for eleven loads. Rows that lie wholly inside the block run in a loop; those that the
 * ends of a number cut off are the triangles below, written out by the compiler.
 *
 * Reduction. After the products of a block come the multiples u_i m of earlier columns, then the block's own: u_c is chosen
 * so that column c becomes 0 mod 2^52. The ten products lo(u_c m_0) are known to cancel and are never computed: if
 * b = column - 1, what column c hands on is floor(b / 2^52) + 1 whether or not its low digit is 0 (when it is, u_c is 0, and
 * floor((2^52 q - 1) / 2^52) + 1 = q; when it is not, lo(u_c m_0) fills it up to 2^52 (q + 1)). So the -1 is put
 * into column 0, travels with the carry, and is taken back at the first column of the result.
 *
 * Bounds. A column gets at most 2D products below 2^52 of a b (a square's are half as many, doubled), 2D of u m, and a
 * carry: (4D + 1) 2^52 < 2^61 for D <= 80, so the sign bit stays free for b = -1. Values: U m + a b < R m + a b gives a result below
 * m + ab/R; for a, b < 8m and m <= R/2^16 this is below m (1 + 2^-10).
 *
 * Time depends on digit counts alone.
 */

#include "montgomery.h"

#include <stddef.h>

#define UNROLL SK_UNROLL(10)

/* acc[k] += lo(x y[k]) + hi(x y[k-1]) for all ten k. */
SK_INLINE void whole_row(sk_v8 acc[SK_BLOCK], sk_v8 x, const sk_v8 *y)
{
    sk_v8 before = v8_load(y - 1);

    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        const sk_v8 here = v8_load(y + k);
        acc[k] = v8_hi(acc[k], x, before);
        acc[k] = v8_lo(acc[k], x, here);
        before = here;
    }
}

/* Ten digits in registers: a triangle uses each of them several times, and loads would take as long as its products. */
SK_INLINE void hold(sk_v8 held[SK_BLOCK], const sk_v8 *digits)
{
    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        held[k] = v8_load(digits + k);
    }
}

/* Rows x[0..9] whose products with y[0], y[1], ... begin in this block, row e at column e. */
SK_INLINE void first_rows(sk_v8 acc[SK_BLOCK], const sk_v8 *x, const sk_v8 *digits)
{
    sk_v8 y[SK_BLOCK];

    hold(y, digits);
    UNROLL for (int e = 0; e < SK_BLOCK; e++) {
        const sk_v8 factor = v8_load(x + e);
        acc[e] = v8_lo(acc[e], factor, y[0]);
        UNROLL for (int k = e + 1; k < SK_BLOCK; k++) {
            acc[k] = v8_hi(acc[k], factor, y[k - 1 - e]);
            acc[k] = v8_lo(acc[k], factor, y[k - e]);
        }
    }
}

/* Rows x[0..rows-1] whose products end in this block, row e at column e; `end` points just past y's last digit. */
SK_INLINE void last_rows(sk_v8 acc[SK_BLOCK], const sk_v8 *x, const sk_v8 *end, int rows)
{
    sk_v8 y[SK_BLOCK];

    hold(y, end - SK_BLOCK);
    UNROLL for (int e = 0; e < rows; e++) {
        const sk_v8 factor = v8_load(x + e);
        UNROLL for (int k = 0; k < e; k++) {
            acc[k] = v8_hi(acc[k], factor, y[SK_BLOCK + k - e - 1]);
            acc[k] = v8_lo(acc[k], factor, y[SK_BLOCK + k - e]);
        }
        acc[e] = v8_hi(acc[e], factor, y[SK_BLOCK - 1]);
    }
}

/* Add to columns c0 .. c0 + 9 what x (X digits) times y (Y digits, X <= Y) puts there. */
SK_INLINE void add_product(sk_v8 acc[SK_BLOCK], const sk_v8 *x, int X, const sk_v8 *y, int Y, int c0)
{
    int from = 0;

    if (c0 >= Y) {
        last_rows(acc, x + (c0 - Y), y + Y, SK_BLOCK);
        from = c0 - Y + SK_BLOCK;
    }
    for (int i = from; i < (c0 < X ? c0 : X); i++) {
        whole_row(acc, x[i], y + (c0 - i));
    }
    if (c0 < X) {
        first_rows(acc, x + c0, y);
    }
}

/* The pairs i < j next to the diagonal of a square: i = e, j = k - e of x, which points at digit c0 / 2; j < end. */
SK_INLINE void middle_rows(sk_v8 acc[SK_BLOCK], const sk_v8 x[SK_BLOCK], int end)
{
    UNROLL for (int e = 0; e < SK_BLOCK / 2; e++) {
        UNROLL for (int k = 2 * e + 1; k < SK_BLOCK; k++) {
            if (k > 2 * e + 1 && k - 1 - e < end) {
                acc[k] = v8_hi(acc[k], x[e], x[k - 1 - e]);
            }
            if (k - e < end) {
                acc[k] = v8_lo(acc[k], x[e], x[k - e]);
            }
        }
    }
}

/* Set columns c0 .. c0 + 9 to those of x^2: twice the products of i < j, then the squares of the digits. */
SK_INLINE void set_square(sk_v8 acc[SK_BLOCK], const sk_v8 *x, int X, int c0)
{
    const sk_v8 *middle = x + c0 / 2;
    int from = 0;

    if (c0 == 2 * X - SK_BLOCK) {
        last_rows(acc, x + (c0 - X), x + X, SK_BLOCK / 2);
        middle_rows(acc, middle, SK_BLOCK / 2);
    } else {
        if (c0 >= X) {
            last_rows(acc, x + (c0 - X), x + X, SK_BLOCK);
            from = c0 - X + SK_BLOCK;
        }
        for (int i = from; i < c0 / 2; i++) {
            whole_row(acc, x[i], x + (c0 - i));
        }
        middle_rows(acc, middle, SK_BLOCK);
    }
    UNROLL for (int e = 0; e < SK_BLOCK / 2; e++) {
        acc[2 * e] = v8_lo(v8_add(acc[2 * e], acc[2 * e]), middle[e], middle[e]);
        acc[2 * e + 1] = v8_hi(v8_add(acc[2 * e + 1], acc[2 * e + 1]), middle[e], middle[e]);
    }
}

/* Choose u for each of ten columns, add its multiple of m to the later ones of the ten, and hand on the carry. Each u waits
 * for the one before it, so it is begun as soon as its column is complete. */
SK_INLINE sk_v8 cancel(sk_v8 acc[SK_BLOCK], sk_v8 *u, const sk_v8 *digits, sk_v8 inverse, sk_v8 carry)
{
    sk_v8 m[SK_BLOCK];

    hold(m, digits);
    acc[0] = v8_add(acc[0], carry);
    /* (b + 1) inverse, since acc[e] is the column less 1 */
    sk_v8 next = v8_lo(inverse, acc[0], inverse);
    UNROLL for (int e = 0; e < SK_BLOCK; e++) {
        const sk_v8 factor = next;

        u[e] = factor;
        carry = v8_carry(acc[e]);
        UNROLL for (int k = e + 1; k < SK_BLOCK; k++) {
            if (k == e + 1) {
                acc[k] = v8_add(acc[k], carry);
            }
            acc[k] = v8_hi(acc[k], factor, m[k - 1 - e]);
            acc[k] = v8_lo(acc[k], factor, m[k - e]);
            if (k == e + 1) {
                next = v8_lo(inverse, acc[k], inverse);
            }
        }
    }
    return carry;
}

/* What is summed up before the reduction. */
enum terms { SQUARE, PRODUCT, GIVEN, PRODUCT_AND_GIVEN };

typedef struct {
    enum terms terms;
    const sk_v8 *a, *b, *given;
    int given_columns;
} source;

SK_INLINE void set_columns(sk_v8 acc[SK_BLOCK], source s, int D, int c0)
{
    const int given = (s.terms == GIVEN || s.terms == PRODUCT_AND_GIVEN) && c0 < s.given_columns;

    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        acc[k] = given ? v8_and(s.given[c0 + k], v8_all(SK_DIGIT_MASK)) : v8_zero();
    }
    if (s.terms == SQUARE) {
        set_square(acc, s.a, D, c0);
    } else if (s.terms == PRODUCT || s.terms == PRODUCT_AND_GIVEN) {
        add_product(acc, s.a, D, s.b, D, c0);
    }
}

/*
 * r = columns cancelled .. columns - 1 of (source + U m), raw digits; U cancels the first `cancelled` columns
 *
 * Both counts are multiples of ten, cancelled <= D. If D columns are cancelled, r[i] is written when no later column needs
 * digit i of an operand any more, so r may be a or b.
 */
SK_INLINE void sum_up(sk_v8 *r, source s, sk_modulus *m, int D, int cancelled, int columns)
{
    sk_v8 acc[SK_BLOCK], carry = v8_all(UINT64_MAX);

    for (int c0 = 0; c0 < cancelled; c0 += SK_BLOCK) {
        set_columns(acc, s, D, c0);
        for (int i = 0; i < c0; i++) {
            whole_row(acc, m->u[i], m->m + (c0 - i));
        }
        carry = cancel(acc, m->u + c0, m->m, m->inverse, carry);
    }
    carry = v8_add(carry, v8_all(1));
    for (int c0 = cancelled; c0 < columns; c0 += SK_BLOCK) {
        set_columns(acc, s, D, c0);
        if (cancelled > 0) {
            add_product(acc, m->u, cancelled, m->m, D, c0);
        }
        UNROLL for (int k = 0; k < SK_BLOCK; k++) {
            acc[k] = v8_add(acc[k], carry);
            r[c0 - cancelled + k] = acc[k];
            carry = v8_carry(acc[k]);
        }
    }
}

SK_LANES void sk_mont_mul(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m)
{
    if (m->digits == 2 * SK_BLOCK) {
        sk_mont_mul20(r, a, b, m);
        return;
    }
    sum_up(r, (source){.terms = PRODUCT, .a = a, .b = b}, m, m->digits, m->digits, 2 * m->digits);
}

SK_LANES void sk_mont_square(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    sum_up(r, (source){.terms = SQUARE, .a = a}, m, m->digits, m->digits, 2 * m->digits);
}

SK_LANES void sk_mont_reduce(sk_v8 *r, const sk_v8 *x, sk_modulus *m)
{
    const int D = m->digits;
    sum_up(r, (source){.terms = GIVEN, .given = x, .given_columns = 2 * D}, m, D, D, 2 * D);
}

SK_LANES void sk_mont_leave(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    const int D = m->digits;
    sum_up(r, (source){.terms = GIVEN, .given = a, .given_columns = D}, m, D, D, 2 * D);
}

SK_LANES void sk_lanes_mul_add(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_v8 *c, int digits)
{
    const source s = {.terms = PRODUCT_AND_GIVEN, .a = a, .b = b, .given = c, .given_columns = digits};
    sum_up(r, s, NULL, digits, 0, 2 * digits);
}
