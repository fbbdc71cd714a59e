/*
 * The Montgomery square and product of 20 digits, eight at once: 1020 squares and 234 products are nearly all of the
 * exponentiation in an RSA-2048 signature.
 *
 * A square is 420 + 800 multiply-adds, a product 800 + 800; processors do two a cycle. An exponentiation hands the
 * result of one step to the next in registers.
 */

#include "twenty.h"

SK_INLINE void store(sk_v8 *r, const sk_v8 digits[SK_TWENTY])
{
    SK_UNROLL_TWENTY for (int i = 0; i < SK_TWENTY; i++) {
        r[i] = digits[i];
    }
}

/* m->u = the columns of digits^2. */
SK_INLINE void square(const sk_v8 digits[SK_TWENTY], sk_modulus *m)
{
    twenty_whole_square(m->u, NULL, NULL, digits);
    SK_FORGET_MEMORY();
}

/* m->u = the columns of digits b. */
SK_INLINE void multiply(const sk_v8 digits[SK_TWENTY], const sk_v8 *b, sk_modulus *m)
{
    twenty_whole_product(m->u, NULL, NULL, digits, b);
    SK_FORGET_MEMORY();
}

/* r = m->u / R mod m, raw digits. */
SK_INLINE void reduce(sk_v8 r[SK_TWENTY], sk_modulus *m)
{
    sk_v8 carry = v8_all(1);

    m->u[0] = v8_sub(m->u[0], carry);
    twenty_cancel(r, m->u, m->m, m->inverse, NULL);
    SK_UNROLL_TWENTY for (int k = 0; k < SK_TWENTY; k++) {
        r[k] = v8_add(r[k], carry);
        carry = v8_carry(r[k]);
    }
}

/*
 * r = a^2 / R mod m, in each lane, below m (1 + 2^-10) for a < 8m                    (montgomery.c derives the bounds)
 *
 * 20 digits; r may be a. The columns pass through m->u. Constant time.
 */
SK_LANES void sk_mont_square20(sk_v8 *r, const sk_v8 *a, sk_modulus *m)
{
    sk_v8 digits[SK_TWENTY];

    twenty_load(digits, a, SK_TWENTY);
    square(digits, m);
    reduce(digits, m);
    store(r, digits);
}

/* r = a b / R mod m, in each lane, as above; r may be an operand. Constant time. */
SK_LANES void sk_mont_mul20(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m)
{
    sk_v8 digits[SK_TWENTY];

    twenty_load(digits, a, SK_TWENTY);
    multiply(digits, b, m);
    reduce(digits, m);
    store(r, digits);
}

/* x = x^32 c / R^32 mod m, in each lane, as above; c does not overlap x. Constant time. */
SK_LANES void sk_mont_window20(sk_v8 *x, const sk_v8 *c, sk_modulus *m)
{
    sk_v8 digits[SK_TWENTY];

    twenty_load(digits, x, SK_TWENTY);
    for (int step = 0; step < 6; step++) {
        if (step < 5) {
            square(digits, m);
        } else {
            multiply(digits, c, m);
        }
        reduce(digits, m);
    }
    store(x, digits);
}
