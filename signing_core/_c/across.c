/*
 * Montgomery products of numbers that lie across the lanes, in radix 2^52.
 *
 * Row i of a product adds a b_i and the multiple u_i m that makes the lowest column 0 mod 2^52, and moves all down by a
 * digit. u_i waits for the rows before it; what does not wait fills the time:
 *
 * - a b and u m are summed up apart, so that the former need not wait for the latter, and go two rows ahead.
 * - Rows come in pairs, and their two factors are computed without m's other digits: column 1 lacks lo(u_0 m_1) and
 *   hi(u_0 m_0) when u_1 is begun. The inverse times the former is u_0 times a constant, `second`.
 *
 * As in montgomery.c, whose banner derives it, the lowest column stands here less 1 and hands on an arithmetic shift.
 *
 * Bounds. A word gets at most 4 products below 2^52 in each of 40 rows, and carries: less than 162 2^52 < 2^60, so the
 * sign bit stays free for the -1. Values: U m < R m, so a result is below m + a b / R; for residues, below 8m, and
 * m <= R / 2^16 that is 1.001m.
 *
 * Time depends on `numbers` alone.
 */

#include "across.h"

#include "across_lanes.h"

enum {
    AHEAD = 2,          /* how many digits of b are fetched at once, and how far ahead */
    TURN = 2 * SK_ACROSS /* rows after which the vectors stand as before, and pairs come out even */
};

#define UNROLL SK_UNROLL(5)

static int place(int i, int numbers, int j) { return i % SK_ACROSS * SK_LANE_COUNT + i / SK_ACROSS * numbers + j; }

/* Constant time in the digits. */
void sk_across_put(sk_v8 *a, const uint64_t *digits, int numbers, int j)
{
    for (int i = 0; i < SK_ACROSS_DIGITS / numbers; i++) {
        ((uint64_t *)a)[place(i, numbers, j)] = digits[i];
    }
}

/* Constant time in the digits. */
void sk_across_get(uint64_t *digits, const sk_v8 *a, int numbers, int j)
{
    for (int i = 0; i < SK_ACROSS_DIGITS / numbers; i++) {
        digits[i] = ((const uint64_t *)a)[place(i, numbers, j)];
    }
}

/* Constant time in the moduli. */
SK_LANES void sk_across_load(sk_across_modulus *m, const sk_lane_modulus *const of[], int numbers)
{
    for (int j = 0; j < numbers; j++) {
        const sk_lane_modulus *one = of[j];
        sk_across_put(m->m, one->m, numbers, j);
        for (int l = j; l < SK_LANE_COUNT; l += numbers) {
            ((uint64_t *)&m->inverse)[l] = one->inverse;
            ((uint64_t *)&m->lowest)[l] = one->m[0];
            ((uint64_t *)&m->second)[l] = one->m[1] * one->inverse & SK_DIGIT_MASK;
        }
    }
}

/* Carry within each lane, from its first digit to its fifth: digits below 2^52, and what is left over. */
SK_INLINE sk_v8 settle(sk_v8 a[SK_ACROSS])
{
    sk_v8 carry = v8_zero();

    UNROLL for (int k = 0; k < SK_ACROSS; k++) {
        a[k] = v8_add(a[k], carry);
        carry = v8_carry(a[k]);
        a[k] = v8_and(a[k], v8_all(SK_DIGIT_MASK));
    }
    return carry;
}

/*
 * Carry from lane to lane as well, for columns of at most 2^60 whose number is below R.
 *
 * A lane's carry is below 2^9. Added to the next lane it makes a further one, of 1, only where four digits are full
 * already and the first becomes more than full; and that one passes on where all five are full. Both kinds of lanes are
 * found by comparison.
 */
SK_INLINE void normalize(sk_v8 a[SK_ACROSS], int numbers)
{
    const sk_v8 full = v8_all(SK_DIGIT_MASK), carry = settle(a);
    const sk_mask8 upper = v8_equal(v8_and(v8_and(a[1], a[2]), v8_and(a[3], a[4])), full);

    a[0] = v8_add(a[0], v8_up(carry, numbers));
    const sk_mask8 made = v8_both(upper, v8_bit(a[0], SK_DIGIT_BITS)), passed = v8_both(upper, v8_equal(a[0], full));
    a[0] = v8_select(v8_reached(made, passed, numbers), v8_add(a[0], v8_all(1)), a[0]);
    settle(a);
}

/* Sums that stand for a number in the making: vector k of p and q together is its digits k, k + 5, ... */
typedef struct {
    sk_v8 p[SK_ACROSS], q[SK_ACROSS]; /* products a b, but for those in q[0], a row ahead; products u m */
} sums;

/* Complete a row of p, moved down, and begin the next: + a b, + the lowest product with the digit `next`. */
SK_INLINE void product_row(sk_v8 p[SK_ACROSS], const sk_v8 a[SK_ACROSS], sk_v8 b, sk_v8 next)
{
    UNROLL for (int k = 0; k + 1 < SK_ACROSS; k++) {
        p[k] = v8_hi(v8_lo(p[k + 1], a[k + 1], b), a[k], b);
    }
    p[0] = v8_lo(p[0], a[0], next);
    p[4] = v8_hi(v8_zero(), a[4], b);
}

/* A row of q, moved down: all but its lowest vector. `lowest` is the whole lowest column, q's and p's. */
SK_INLINE void upper_reduction_row(sk_v8 q[SK_ACROSS], sk_v8 lowest, const sk_v8 m[SK_ACROSS], sk_v8 u, int numbers)
{
    UNROLL for (int k = 1; k + 1 < SK_ACROSS; k++) {
        q[k] = v8_hi(v8_lo(q[k + 1], m[k + 1], u), m[k], u);
    }
    q[4] = v8_hi(v8_down(v8_lo(lowest, m[0], u), numbers), m[4], u);
}

/* Two rows: b[0] and b[1] are the digits two and three rows on, `now` the digit one row on. */
SK_INLINE void pair_of_rows(sums *s, const sk_v8 a[SK_ACROSS], sk_v8 now, const sk_v8 b[AHEAD],
                            const sk_v8 m[SK_ACROSS], const sk_across_modulus *of, int numbers)
{
    const sk_v8 inverse = of->inverse;
    const sk_v8 lowest = s->q[0];
    sk_v8 second = v8_add(v8_add(s->p[0], s->q[1]), v8_lowest(v8_carry(lowest), numbers));
    const sk_v8 u0 = v8_lo(inverse, v8_first(lowest, numbers), inverse);
    const sk_v8 begun = v8_lo(v8_lo(inverse, v8_first(second, numbers), inverse), u0, of->second);
    const sk_v8 u1 = v8_lo(begun, v8_hi(v8_zero(), u0, of->lowest), inverse);

    second = v8_hi(v8_lo(second, m[1], u0), m[0], u0);
    upper_reduction_row(s->q, lowest, m, u0, numbers);
    product_row(s->p, a, now, b[0]);
    const sk_v8 given = v8_add(s->p[0], v8_lowest(v8_carry(second), numbers));
    s->q[0] = v8_add(v8_lo(s->q[1], m[1], u1), v8_hi(given, m[0], u1));
    upper_reduction_row(s->q, second, m, u1, numbers);
    product_row(s->p, a, b[0], b[1]);
}

/* a = a b / R, normal. */
SK_INLINE void multiply(sk_v8 a[SK_ACROSS], const sk_v8 *b, const sk_across_modulus *of, int numbers)
{
    static const sk_v8 zeros[AHEAD];
    const uint64_t *digits = (const uint64_t *)b;
    sk_v8 m[SK_ACROSS], now = v8_repeat(digits + SK_LANE_COUNT, numbers);
    const sk_v8 first = v8_repeat(digits, numbers);
    sums s;

    UNROLL for (int k = 0; k < SK_ACROSS; k++) {
        m[k] = v8_load(&of->m[k]);
        s.p[k] = s.q[k] = v8_zero();
    }
    s.q[0] = v8_lo(v8_lowest(v8_all(UINT64_MAX), numbers), a[0], first);
    product_row(s.p, a, first, now);
    for (int left = SK_ACROSS_DIGITS / numbers - TURN; left >= 0; left -= TURN) {
        const uint64_t *next = left > 0 ? digits + TURN / SK_ACROSS * numbers : (const uint64_t *)zeros;
        UNROLL for (int i = 0; i < TURN; i += 2) {
            sk_v8 b[AHEAD];
            SK_UNROLL(2) for (int j = 0; j < AHEAD; j++) {
                const int row = i + AHEAD + j;
                b[j] = v8_repeat(row < TURN ? digits + place(row, numbers, 0) : next + place(row - TURN, numbers, 0),
                                 numbers);
            }
            pair_of_rows(&s, a, now, b, m, of, numbers);
            now = b[1];
        }
        digits = next;
    }
    a[0] = v8_add(s.q[0], v8_lowest(v8_all(1), numbers));
    UNROLL for (int k = 1; k < SK_ACROSS; k++) {
        a[k] = v8_add(s.q[k], s.p[k - 1]);
    }
    normalize(a, numbers);
}

SK_INLINE void load(sk_v8 held[SK_ACROSS], const sk_v8 *a)
{
    UNROLL for (int k = 0; k < SK_ACROSS; k++) {
        held[k] = v8_load(a + k);
    }
}

SK_INLINE void store(sk_v8 *a, const sk_v8 held[SK_ACROSS])
{
    UNROLL for (int k = 0; k < SK_ACROSS; k++) {
        a[k] = held[k];
    }
}

/* Constant time in a, b and m. */
SK_LANES void sk_across_mul(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_across_modulus *m, int numbers)
{
    sk_v8 held[SK_ACROSS];

    load(held, a);
    if (numbers == 1) {
        multiply(held, b, m, 1);
    } else {
        multiply(held, b, m, 2);
    }
    store(r, held);
}

/* Eight of the powers looked at, from `from` up: t->chosen becomes the one that is wanted, if it is among them. */
SK_INLINE void look_at_eight(sk_across_table *t, uint64_t from, sk_v8 wanted)
{
    sk_v8 chosen[SK_ACROSS];

    load(chosen, t->chosen);
    SK_UNROLL(8) for (uint64_t i = 0; i < 8; i++) {
        const sk_mask8 here = v8_equal(wanted, v8_all(from + i));
        UNROLL for (int k = 0; k < SK_ACROSS; k++) {
            chosen[k] = v8_select(here, t->power[from + i][k], chosen[k]);
        }
    }
    store(t->chosen, chosen);
}

/* A quarter of the powers is looked at after each of the first four squares, whose carries leave time for it. Constant
 * time in x, index, the table and m. */
SK_LANES void sk_across_window(sk_v8 *x, const uint64_t index[2], sk_across_table *t, const sk_across_modulus *m)
{
    const sk_v8 wanted = v8_repeat(index, 2);
    sk_v8 held[SK_ACROSS];

    load(held, x);
    for (int i = 0; i <= SK_CHOICE_BITS; i++) {
        multiply(held, i < SK_CHOICE_BITS ? x : t->chosen, m, 2);
        store(x, held);
        if (i < SK_CHOICES / 8) {
            look_at_eight(t, 8 * (uint64_t)i, wanted);
        }
    }
}

/* Constant time in x and m. */
SK_LANES void sk_across_power_65536(sk_v8 *r, const sk_v8 *x, const sk_across_modulus *m)
{
    sk_v8 held[SK_ACROSS];

    load(held, x);
    for (int i = 0; i < 16; i++) {
        multiply(held, i == 0 ? x : r, m, 1);
        store(r, held);
    }
}
