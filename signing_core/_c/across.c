/*
 * Montgomery products of numbers that lie across the lanes, in radix 2^52.
 *
 * Row i of a product adds a b_i and the multiple u_i m that makes the lowest column 0 mod 2^52, and moves all down by a
 * digit. u_i waits for the rows before it; what does not wait fills the time:
 *
 * - a b and u m are summed up apart, so that the former need not wait for the latter, and are a row ahead.
 * - Rows come in pairs, and their two factors are computed without m's other digits: column 1 lacks lo(u_0 m_1) and
 *   hi(u_0 m_0) when u_1 is begun. The inverse times the former is u_0 times a constant, `second`.
 *
 * As in montgomery.c, whose banner derives it, the lowest column stands here less 1 and hands on an arithmetic shift.
 *
 * Bounds. A word gets at most 4 products below 2^52 in each of 80 rows, and carries: less than 324 2^52 < 2^61, so the
 * sign bit stays free for the -1. Values: U m < R m, so a result is below m + a b / R; for residues, below 8m, and
 * m <= R / 2^16 that is 1.001m.
 *
 * Time depends on numbers and digits alone. How many numbers and vectors is a constant in each copy of the code that
 * the compiler makes.
 */

#include "across.h"

#include "across_lanes.h"

enum {
    AHEAD = 2, /* how many digits of b are fetched at once, and how far ahead */
    TURN = 10, /* rows after which the vectors stand as before, and pairs come out even; digit counts are multiples */
    EIGHT = 8
};

#define UNROLL SK_UNROLL(10)

static inline int place(int i, int numbers, int V, int j) { return i % V * SK_LANE_COUNT + i / V * numbers + j; }

/* Constant time in the digits. */
void sk_across_put(sk_v8 *a, const uint64_t *digits, const sk_across_modulus *m, int j)
{
    for (int i = 0; i < m->vectors * SK_LANE_COUNT / m->numbers; i++) {
        ((uint64_t *)a)[place(i, m->numbers, m->vectors, j)] = i < m->digits ? digits[i] : 0;
    }
}

/* Constant time in the digits. */
void sk_across_get(uint64_t *digits, const sk_v8 *a, const sk_across_modulus *m, int j)
{
    for (int i = 0; i < m->digits; i++) {
        digits[i] = ((const uint64_t *)a)[place(i, m->numbers, m->vectors, j)];
    }
}

/* Constant time in the moduli. */
SK_LANES void sk_across_load(sk_across_modulus *m, const sk_lane_modulus *const of[], int numbers)
{
    m->numbers = numbers;
    m->digits = of[0]->digits;
    m->vectors = numbers * m->digits <= SK_ACROSS_MAX / 2 * SK_LANE_COUNT ? SK_ACROSS_MAX / 2 : SK_ACROSS_MAX;
    for (int j = 0; j < numbers; j++) {
        const sk_lane_modulus *one = of[j];
        sk_across_put(m->m, one->m, m, j);
        for (int l = j; l < SK_LANE_COUNT; l += numbers) {
            ((uint64_t *)&m->inverse)[l] = one->inverse;
            ((uint64_t *)&m->lowest)[l] = one->m[0];
            ((uint64_t *)&m->second)[l] = one->m[1] * one->inverse & SK_DIGIT_MASK;
        }
    }
}

/* Carry within each lane, from its first digit to its last: digits below 2^52, and what is left over. */
SK_INLINE sk_v8 settle(sk_v8 *a, int V)
{
    sk_v8 carry = v8_zero();

    UNROLL for (int k = 0; k < V; k++) {
        a[k] = v8_add(a[k], carry);
        carry = v8_carry(a[k]);
        a[k] = v8_and(a[k], v8_all(SK_DIGIT_MASK));
    }
    return carry;
}

/*
 * Carry from lane to lane as well, for columns of at most 2^61 whose number is below R.
 *
 * A lane's carry is below 2^10. Added to the next lane it makes a further one, of 1, only where all digits above are
 * full already and the first becomes more than full; and that one passes on where all are full. Both kinds of lanes are
 * found by comparison.
 */
SK_INLINE void normalize(sk_v8 *a, int numbers, int V)
{
    const sk_v8 full = v8_all(SK_DIGIT_MASK), carry = settle(a, V);
    sk_v8 above = a[1];

    UNROLL for (int k = 2; k < V; k++) {
        above = v8_and(above, a[k]);
    }
    const sk_mask8 upper = v8_equal(above, full);
    a[0] = v8_add(a[0], v8_up(carry, numbers));
    const sk_mask8 made = v8_both(upper, v8_bit(a[0], SK_DIGIT_BITS)), passed = v8_both(upper, v8_equal(a[0], full));
    a[0] = v8_select(v8_reached(made, passed, numbers), v8_add(a[0], v8_all(1)), a[0]);
    settle(a, V);
}

/* Sums that stand for a number in the making: vector k of p and q together is its digits k, k + V, ... */
typedef struct {
    sk_v8 p[SK_ACROSS_MAX], q[SK_ACROSS_MAX]; /* products a b, but for those in q[0], a row ahead; products u m */
} sums;

/* Complete a row of p, moved down, and begin the next: + a b, + the lowest product with the digit `next`. */
SK_INLINE void product_row(sk_v8 *p, const sk_v8 *a, sk_v8 b, sk_v8 next, int V)
{
    UNROLL for (int k = 0; k + 1 < V; k++) {
        p[k] = v8_hi(v8_lo(p[k + 1], a[k + 1], b), a[k], b);
    }
    p[0] = v8_lo(p[0], a[0], next);
    p[V - 1] = v8_hi(v8_zero(), a[V - 1], b);
}

/* A row of q, moved down: all but its lowest vector. `lowest` is the whole lowest column, q's and p's. */
SK_INLINE void upper_reduction_row(sk_v8 *q, sk_v8 lowest, const sk_v8 *m, sk_v8 u, int numbers, int V)
{
    UNROLL for (int k = 1; k + 1 < V; k++) {
        q[k] = v8_hi(v8_lo(q[k + 1], m[k + 1], u), m[k], u);
    }
    q[V - 1] = v8_hi(v8_down(v8_lo(lowest, m[0], u), numbers), m[V - 1], u);
}

/* Two rows: b[0] and b[1] are the digits two and three rows on, `now` the digit one row on. */
SK_INLINE void pair_of_rows(sums *s, const sk_v8 *a, sk_v8 now, const sk_v8 b[AHEAD], const sk_v8 *m,
                            const sk_across_modulus *of, int numbers, int V)
{
    const sk_v8 inverse = of->inverse, lowest = s->q[0];
    sk_v8 second = v8_add(v8_add(s->p[0], s->q[1]), v8_lowest(v8_carry(lowest), numbers));
    const sk_v8 u0 = v8_lo(inverse, v8_first(lowest, numbers), inverse);
    const sk_v8 begun = v8_lo(v8_lo(inverse, v8_first(second, numbers), inverse), u0, of->second);
    const sk_v8 u1 = v8_lo(begun, v8_hi(v8_zero(), u0, of->lowest), inverse);

    second = v8_hi(v8_lo(second, m[1], u0), m[0], u0);
    upper_reduction_row(s->q, lowest, m, u0, numbers, V);
    product_row(s->p, a, now, b[0], V);
    const sk_v8 given = v8_add(s->p[0], v8_lowest(v8_carry(second), numbers));
    s->q[0] = v8_add(v8_lo(s->q[1], m[1], u1), v8_hi(given, m[0], u1));
    upper_reduction_row(s->q, second, m, u1, numbers, V);
    product_row(s->p, a, b[0], b[1], V);
}

/* r = a; with five vectors in registers, for more there would not be enough of them. */
SK_INLINE void load(sk_v8 *r, const sk_v8 *a, int V)
{
    UNROLL for (int k = 0; k < V; k++) {
        r[k] = V == SK_ACROSS_MAX ? a[k] : v8_load(a + k);
    }
}

SK_INLINE void store(sk_v8 *r, const sk_v8 *a, int V)
{
    UNROLL for (int k = 0; k < V; k++) {
        r[k] = a[k];
    }
}

/* a = a b / R, normal. */
SK_INLINE void multiply(sk_v8 *a, const sk_v8 *b, const sk_across_modulus *of, int numbers, int V)
{
    static const sk_v8 zeros[AHEAD];
    const int D = V == SK_ACROSS_MAX ? of->digits : V * SK_LANE_COUNT / numbers; /* a constant where it can be one */
    const uint64_t *digits = (const uint64_t *)b;
    sk_v8 m[SK_ACROSS_MAX], now = v8_repeat(digits + place(1, numbers, V, 0), numbers);
    const sk_v8 first = v8_repeat(digits, numbers);
    sums s;

    load(m, of->m, V);
    UNROLL for (int k = 0; k < V; k++) {
        s.p[k] = s.q[k] = v8_zero();
    }
    s.q[0] = v8_lo(v8_lowest(v8_all(UINT64_MAX), numbers), a[0], first);
    product_row(s.p, a, first, now, V);
    for (int left = D - TURN; left >= 0; left -= TURN) {
        const uint64_t *next = left > 0 ? digits + TURN / V * numbers : (const uint64_t *)zeros;
        UNROLL for (int i = 0; i < TURN; i += 2) {
            sk_v8 b_ahead[AHEAD];
            SK_UNROLL(2) for (int j = 0; j < AHEAD; j++) {
                const int row = i + AHEAD + j;
                b_ahead[j] = v8_repeat(row < TURN ? digits + place(row, numbers, V, 0)
                                                  : next + place(row - TURN, numbers, V, 0), numbers);
            }
            pair_of_rows(&s, a, now, b_ahead, m, of, numbers, V);
            now = b_ahead[1];
        }
        digits = next;
    }
    a[0] = v8_add(s.q[0], v8_lowest(v8_all(1), numbers));
    UNROLL for (int k = 1; k < V; k++) {
        a[k] = v8_add(s.q[k], s.p[k - 1]);
    }
    normalize(a, numbers, V);
}

SK_INLINE void product(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_across_modulus *m, int numbers, int V)
{
    sk_v8 held[SK_ACROSS_MAX];

    load(held, a, V);
    multiply(held, b, m, numbers, V);
    store(r, held, V);
}

/* Constant time in a, b and m. */
SK_LANES void sk_across_mul(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_across_modulus *m)
{
    const int is_long = m->vectors == SK_ACROSS_MAX;

    if (m->numbers == 1 && is_long) {
        product(r, a, b, m, 1, SK_ACROSS_MAX);
    } else if (m->numbers == 1) {
        product(r, a, b, m, 1, SK_ACROSS_MAX / 2);
    } else if (is_long) {
        product(r, a, b, m, 2, SK_ACROSS_MAX);
    } else {
        product(r, a, b, m, 2, SK_ACROSS_MAX / 2);
    }
}

/* Eight of the powers looked at, from `from` up: t->chosen becomes the one that is wanted, if it is among them. */
SK_INLINE void look_at_eight(sk_across_table *t, uint64_t from, sk_v8 wanted, int V)
{
    sk_v8 chosen[SK_ACROSS_MAX];

    load(chosen, t->chosen, V);
    SK_UNROLL(8) for (uint64_t i = 0; i < EIGHT; i++) {
        const sk_mask8 here = v8_equal(wanted, v8_all(from + i));
        UNROLL for (int k = 0; k < V; k++) {
            chosen[k] = v8_select(here, t->power[from + i][k], chosen[k]);
        }
    }
    store(t->chosen, chosen, V);
}

/* A quarter of the powers is looked at after each of the first four squares, whose carries leave time for it. */
SK_INLINE void window(sk_v8 *x, sk_v8 wanted, sk_across_table *t, const sk_across_modulus *m, int V)
{
    sk_v8 held[SK_ACROSS_MAX];

    load(held, x, V);
    for (int i = 0; i <= SK_CHOICE_BITS; i++) {
        multiply(held, i < SK_CHOICE_BITS ? x : t->chosen, m, 2, V);
        store(x, held, V);
        if (i < SK_CHOICES / EIGHT) {
            look_at_eight(t, EIGHT * (uint64_t)i, wanted, V);
        }
    }
}

/* Constant time in x, index, the table and m. */
SK_LANES void sk_across_window(sk_v8 *x, const uint64_t index[2], sk_across_table *t, const sk_across_modulus *m)
{
    if (m->vectors == SK_ACROSS_MAX) {
        window(x, v8_repeat(index, 2), t, m, SK_ACROSS_MAX);
    } else {
        window(x, v8_repeat(index, 2), t, m, SK_ACROSS_MAX / 2);
    }
}
