/*
 * Montgomery arithmetic in radix 2^52, eight numbers at once.
 *
 * Columns. A product's column c is the sum of lo(a_i b_j) with i + j = c and of hi(a_i b_j) with i + j = c - 1. Columns
 * are summed up ten at a time in ten registers, row by row: a row is one digit times a run of ten or eleven digits of
 * the other factor, twenty multiply-adds for eleven loads. Rows that lie wholly inside the block run in a loop; those
 * that the ends of a number cut off are the triangles below, written out by the compiler.
 *
 * Reduction. After the products of a block come the multiples u_i m of earlier columns, then the block's own: u_c is
 * chosen so that column c becomes 0 mod 2^52. The ten products lo(u_c m_0) are known to cancel and are never computed:
 * if b = column - 1, what column c hands on is floor(b / 2^52) + 1 whether or not its low digit is 0 (when it is, u_c
 * is 0, and floor((2^52 q - 1) / 2^52) + 1 = q; when it is not, lo(u_c m_0) fills it up to 2^52 (q + 1)). So the -1 is
 * put into column 0, travels with the carry, and is taken back at the first column of the result.
 *
 * Bounds. A column gets at most 2D products below 2^52 of a b (a square's are half as many, doubled), 2D of u m, ten of
 * x y (montgomery_twenties.c), a digit and a carry: (4D + 12) 2^52 < 2^61 for D <= 80, so the sign bit stays free for
 * b = -1. Values: with U m < R m the result is below m + (a b + x y + c)/R; for a, b < 8m, x y + c < 2^261 m and
 * m <= R/2^16 this is below m (1 + 2^-10).
 *
 * Time depends on digit counts alone.
 */

#include "montgomery.h"

#include <stddef.h>

enum { ROWS = 5 }; /* whole rows come by fives */

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

/*
 * A fifth of five rows x[0] y, x[1] (y - 1), ...: part 0 to 4
 *
 * By digits of y, each of which all rows use in turn: fifteen loads for the five rows instead of eleven for each.
 */
SK_INLINE void fifth_of_five_rows(sk_v8 acc[SK_BLOCK], const sk_v8 x[ROWS], const sk_v8 *y, int part)
{
    const int from = part == 0 ? -ROWS : 2 * part - 3, end = part == ROWS - 1 ? SK_BLOCK : 2 * part - 1;

    SK_UNROLL(5) for (int d = from; d < end; d++) {
        const sk_v8 digit = v8_load(y + d);
        SK_UNROLL(5) for (int row = 0; row < ROWS; row++) {
            const int k = d + row;
            if (k >= -1 && k + 1 < SK_BLOCK) {
                acc[k + 1] = v8_hi(acc[k + 1], x[row], digit);
            }
            if (k >= 0 && k < SK_BLOCK) {
                acc[k] = v8_lo(acc[k], x[row], digit);
            }
        }
    }
}

/* Rows x[0], x[1], ... with y, y - 1, ...; their number is a multiple of five. */
SK_INLINE void whole_rows(sk_v8 acc[SK_BLOCK], const sk_v8 *x, const sk_v8 *y, int count)
{
    for (int i = 0; i < count; i += ROWS) {
        SK_UNROLL(5) for (int j = 0; j < ROWS; j++) {
            whole_row(acc, x[i + j], y - (i + j));
        }
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

/* The rows of x times y, of D digits, that lie wholly inside the block at column c0: from, end. */
typedef struct {
    int from, end;
} rows;

SK_INLINE rows product_rows(int D, int c0)
{
    return (rows){.from = c0 >= D ? c0 - D + SK_BLOCK : 0, .end = c0 < D ? c0 : D};
}

/* Those of x^2 above the diagonal. */
SK_INLINE rows square_rows(int D, int c0)
{
    return (rows){.from = c0 >= D ? c0 - D + SK_BLOCK : 0, .end = c0 / 2};
}

/* Complete columns c0 .. c0 + 9 of x times y, where acc has the whole rows but for `left`. */
SK_INLINE void add_product(sk_v8 acc[SK_BLOCK], const sk_v8 *x, const sk_v8 *y, int D, int c0, rows left)
{
    if (c0 >= D) {
        last_rows(acc, x + (c0 - D), y + D, SK_BLOCK);
    }
    whole_rows(acc, x + left.from, y + (c0 - left.from), left.end - left.from);
    if (c0 < D) {
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

/* Columns c0 .. c0 + 9 of x^2, where acc has the whole rows but for `left`: twice the products of i < j, and the
 * squares of the digits. */
SK_INLINE void complete_square(sk_v8 acc[SK_BLOCK], const sk_v8 *x, int D, int c0, rows left)
{
    const sk_v8 *middle = x + c0 / 2;

    whole_rows(acc, x + left.from, x + (c0 - left.from), left.end - left.from);
    if (c0 == 2 * D - SK_BLOCK) {
        last_rows(acc, x + (c0 - D), x + D, SK_BLOCK / 2);
        middle_rows(acc, middle, SK_BLOCK / 2);
    } else {
        if (c0 >= D) {
            last_rows(acc, x + (c0 - D), x + D, SK_BLOCK);
        }
        middle_rows(acc, middle, SK_BLOCK);
    }
    UNROLL for (int e = 0; e < SK_BLOCK / 2; e++) {
        acc[2 * e] = v8_lo(v8_add(acc[2 * e], acc[2 * e]), middle[e], middle[e]);
        acc[2 * e + 1] = v8_hi(v8_add(acc[2 * e + 1], acc[2 * e + 1]), middle[e], middle[e]);
    }
}

/*
 * Choose u for each of ten columns, add its multiple of m to the later ones of the ten, and hand on the carry. Beside
 * it, the rows x[0] y, x[1] (y - 1), ... go to the next block's columns: each u waits for the one before it, and they
 * fill the time.
 *
 * (column + 1) m' mod 2^52 is u, since a column stands here less 1. It is begun without u_(e-1) m_1, whose part of it
 * u_(e-1) (m_1 m') is, and a column takes the carry only where it is used: that leaves two multiply-adds and an
 * addition from one u to the next.
 */
SK_INLINE sk_v8 cancel(sk_v8 acc[SK_BLOCK], sk_modulus *m, sk_v8 *u, sk_v8 carry, sk_v8 next[SK_BLOCK], const sk_v8 *x,
                       const sk_v8 *y, int count)
{
    const sk_v8 inverse = m->inverse, second = v8_lo(v8_zero(), m->m[1], inverse), first = v8_add(acc[0], carry);
    sk_v8 factor = v8_lo(inverse, first, inverse), following = factor, five[ROWS];

    carry = v8_carry(first);
    UNROLL for (int e = 0; e < SK_BLOCK; e++) {
        sk_v8 digit = v8_load(m->m);

        u[e] = factor;
        if (e + 1 < SK_BLOCK) {
            acc[e + 1] = v8_hi(acc[e + 1], factor, digit);
            following = v8_lo(v8_lo(inverse, factor, second), v8_add(acc[e + 1], carry), inverse);
            digit = v8_load(m->m + 1);
            acc[e + 1] = v8_lo(acc[e + 1], factor, digit);
            carry = v8_carry(v8_add(acc[e + 1], carry));
        }
        UNROLL for (int k = e + 2; k < SK_BLOCK; k++) {
            acc[k] = v8_hi(acc[k], factor, digit);
            digit = v8_load(m->m + (k - e));
            acc[k] = v8_lo(acc[k], factor, digit);
        }
        if (e < count) {
            if (e % ROWS == 0) {
                UNROLL for (int row = 0; row < ROWS; row++) {
                    five[row] = v8_load(x + e + row);
                }
            }
            fifth_of_five_rows(next, five, y - (e - e % ROWS), e % ROWS);
        }
        factor = following;
    }
    return carry;
}

/* What is summed up before the reduction: a b or a^2, of D digits, and a given number. */
enum terms { SQUARE, PRODUCT, GIVEN };

typedef struct {
    enum terms terms;
    int D;
    const sk_v8 *a, *b, *given; /* given may be NULL */
    int given_columns;
} source;

/* Begin with columns c0 .. c0 + 9: what is given. */
SK_INLINE void begin_columns(sk_v8 acc[SK_BLOCK], source s, int c0)
{
    const int given = s.given != NULL && c0 < s.given_columns;

    UNROLL for (int k = 0; k < SK_BLOCK; k++) {
        acc[k] = given ? v8_and(s.given[c0 + k], v8_all(SK_DIGIT_MASK)) : v8_zero();
    }
}

SK_INLINE rows rows_of(source s, int c0)
{
    switch (s.terms) {
    case SQUARE:
        return square_rows(s.D, c0);
    case PRODUCT:
        return product_rows(s.D, c0);
    default:
        return (rows){0, 0};
    }
}

/* Complete them; of the whole rows only `left` is missing. */
SK_INLINE void complete_columns(sk_v8 acc[SK_BLOCK], source s, int c0, rows left)
{
    if (s.terms == SQUARE) {
        complete_square(acc, s.a, s.D, c0, left);
    } else if (s.terms == PRODUCT) {
        add_product(acc, s.a, s.b, s.D, c0, left);
    }
}

/* Cancel the block before c0, and begin the one at c0: as many rows as fit beside, which are no longer left. The counts
 * are constants to the compiler. */
SK_INLINE sk_v8 cancel_and_begin(sk_v8 acc[SK_BLOCK], sk_v8 next[SK_BLOCK], source s, sk_modulus *m, int c0,
                                 sk_v8 carry, rows *left)
{
    sk_v8 *u = m->u + (c0 - SK_BLOCK);

    begin_columns(next, s, c0);
    *left = rows_of(s, c0);
    if (s.terms == GIVEN) {
        return cancel(acc, m, u, carry, next, NULL, NULL, 0);
    }
    const sk_v8 *x = s.a + left->from, *y = (s.terms == SQUARE ? s.a : s.b) + (c0 - left->from);
    if (s.terms == SQUARE && left->end - left->from < SK_BLOCK) {
        left->from += SK_BLOCK / 2;
        return cancel(acc, m, u, carry, next, x, y, SK_BLOCK / 2);
    }
    left->from += SK_BLOCK;
    return cancel(acc, m, u, carry, next, x, y, SK_BLOCK);
}

/*
 * r = columns D .. 2D - 1 of (source + U m), raw digits, where U cancels the columns before; with m NULL all columns of
 * the source
 *
 * With m, r[i] is written when no later column needs digit i of an operand any more, so r may be a or b.
 */
SK_INLINE void sum_up(sk_v8 *r, source s, sk_modulus *m)
{
    const int reduced = m != NULL, cancelled = reduced ? s.D : 0;
    sk_v8 acc[SK_BLOCK], next[SK_BLOCK], carry = v8_all(reduced ? UINT64_MAX : 0);
    rows left = rows_of(s, 0);

    begin_columns(acc, s, 0);
    for (int c0 = 0; c0 < cancelled; c0 += SK_BLOCK) {
        complete_columns(acc, s, c0, left);
        whole_rows(acc, m->u, m->m + c0, c0);
        carry = cancel_and_begin(acc, next, s, m, c0 + SK_BLOCK, carry, &left);
        UNROLL for (int k = 0; k < SK_BLOCK; k++) {
            acc[k] = next[k];
        }
    }
    carry = reduced ? v8_add(carry, v8_all(1)) : carry;
    for (int c0 = cancelled; c0 < 2 * s.D; c0 += SK_BLOCK) {
        if (c0 > cancelled) {
            begin_columns(acc, s, c0);
            left = rows_of(s, c0);
        }
        complete_columns(acc, s, c0, left);
        if (reduced) {
            add_product(acc, m->u, m->m, s.D, c0, product_rows(s.D, c0));
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
    const int D = m->digits;

    if (D == 20) {
        sk_mont_mul20(r, a, b, m);
    } else if (D % 20 == 0) {
        sk_mont_mul_twenties(r, a, b, m);
    } else {
        sum_up(r, (source){.terms = PRODUCT, .D = D, .a = a, .b = b}, m);
    }
}

SK_LANES void sk_mont_square(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    const int D = m->digits;

    if (D == 20) {
        sk_mont_square20(r, a, m);
    } else if (D % 20 == 0) {
        sk_mont_square_twenties(r, a, m);
    } else {
        sum_up(r, (source){.terms = SQUARE, .D = D, .a = a}, m);
    }
}

SK_LANES void sk_mont_reduce(sk_v8 *r, const sk_v8 *x, sk_modulus *m)
{
    sum_up(r, (source){.terms = GIVEN, .D = m->digits, .given = x, .given_columns = 2 * m->digits}, m);
}

SK_LANES void sk_mont_leave(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    sum_up(r, (source){.terms = GIVEN, .D = m->digits, .given = a, .given_columns = m->digits}, m);
}

SK_LANES void sk_lanes_mul_add(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_v8 *c, int digits)
{
    sum_up(r, (source){.terms = PRODUCT, .D = digits, .a = a, .b = b, .given = c, .given_columns = digits}, NULL);
}

