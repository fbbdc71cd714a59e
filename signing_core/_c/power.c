/*
 * Modular exponentiation on eight numbers at once: with a secret exponent each, and with 65537.
 *
 * Secret exponents are read five bits at a time, from the top: five squarings, then a multiplication by one of the
 * powers 0 to 31 of the base, by the power 0 as by any other. The powers are chosen in constant time, those for eight
 * windows at once.
 *
 * Five bits: 234 products for an exponent of 1024 bits; four would take 269, six no fewer. The table has 40 KB then, as
 * much as a first-level cache, but is only passed through once in eight windows. A second form of each power that would
 * shorten the reduction after it was measured to lose.
 */

#include "power.h"

enum { EIGHT_WINDOWS = SK_CHOICE_COUNT * SK_CHOICE_BITS };

_Static_assert(SK_CHOICE_BITS == 5, "sk_mont_window20 squares five times");

static SK_LANES void copy(sk_v8 *r, const sk_v8 *a, int digits)
{
    for (int i = 0; i < digits; i++) {
        r[i] = a[i];
    }
}

/* The powers 0 to 31 of x. */
static SK_LANES void fill(sk_choice_table *t, const sk_v8 *x, const sk_v8 *one, sk_modulus *m)
{
    const int D = m->digits;

    copy(t->chosen[0], one, D);
    copy(t->chosen[1], x, D);
    for (int power = 2; power < SK_CHOICES; power++) {
        sk_mont_mul(t->chosen[power % SK_CHOICE_COUNT], t->chosen[(power - 1) % SK_CHOICE_COUNT], x, m);
        if (power % SK_CHOICE_COUNT == SK_CHOICE_COUNT - 1) {
            sk_choice_keep(t, power / SK_CHOICE_COUNT, D);
        }
    }
}

/* x = x^32 c / R^32 */
static SK_LANES void do_window(sk_v8 *x, const sk_v8 *c, sk_modulus *m)
{
    if (m->digits == 2 * SK_BLOCK) {
        sk_mont_window20(x, c, m);
        return;
    }
    for (int i = 0; i < SK_CHOICE_BITS; i++) {
        sk_mont_square(x, x, m);
    }
    sk_mont_mul(x, x, c, m);
}

/*
 * x = x^exponent in Montgomery form, in each lane                                   (left-to-right fixed window)
 *
 * Sizes: x and one D <= 40 digits; exponent bits / 64 vectors; bits a multiple of 64. The table is secret afterwards.
 * Constant time in x, exponent and modulus; D and bits are public.
 */
SK_LANES void sk_power_secret(sk_v8 *x, const sk_v8 *exponent, int bits, const sk_v8 *one, sk_modulus *m,
                              sk_choice_table *t)
{
    const int D = m->digits, first = (bits + SK_CHOICE_BITS - 1) / SK_CHOICE_BITS - 1;

    fill(t, x, one, m);
    for (int window = first; window >= 0; window--) {
        const int eight = window / SK_CHOICE_COUNT, c = SK_CHOICE_COUNT - 1 - window % SK_CHOICE_COUNT;

        if (window == first || c == 0) {
            sk_choose(t, exponent, bits / 64, eight * EIGHT_WINDOWS, D);
        }
        if (window == first) {
            copy(x, t->chosen[c], D);
        } else {
            do_window(x, t->chosen[c], m);
        }
    }
}

/* r = x^65536 / R^65535 mod m, in each lane. Constant time in x and m. */
SK_LANES void sk_power_65536(sk_v8 *r, const sk_v8 *x, sk_modulus *m)
{
    sk_mont_square(r, x, m);
    for (int i = 1; i < 16; i++) {
        sk_mont_square(r, r, m);
    }
}

/* r = x^65537 / R^65536 mod m, in each lane. Constant time in x and m. */
SK_LANES void sk_power_f4(sk_v8 *r, const sk_v8 *x, sk_modulus *m)
{
    sk_power_65536(r, x, m);
    sk_mont_mul(r, r, x, m);
}
