/*
 * Modular exponentiation on eight numbers at once: with a secret exponent each, and with 65537.
 *
 * Secret exponents are read four bits at a time, from the top: four squarings, then a multiplication by one of the
 * powers 0 to 15 of the base, by the power 0 as by any other. The power is chosen in constant time, a quarter of it
 * beside each squaring.
 *
 * Window 4: the table is 20 KB and stays in a first-level cache beside the operands. Twice as much does not always, be
 * it for 5 bits (also with its digits packed into words of 64 bits, 35 KB) or for a second form of each power that
 * would shorten the reduction after it: all were measured to lose.
 */

#include "power.h"

SK_INLINE void keep_power(sk_power_table *t, int exponent, const sk_v8 *power, int digits)
{
    for (int i = 0; i < digits; i++) {
        t->powers[i][exponent] = power[i];
    }
}

/* The power whose number is in bits bit, bit + 1, ... of the exponent. */
SK_INLINE void begin_choice(sk_choice *choice, const sk_v8 *exponent, int bit)
{
    for (int b = 0; b < SK_CHOICE_BITS; b++) {
        choice->bits[b] = v8_bit(exponent[bit / 64], (unsigned)(bit % 64 + b));
    }
    choice->next = 0;
}

SK_INLINE void choose_until(sk_choice *choice, int end)
{
    choice->end = end;
    while (choice->next < end) {
        sk_choose_unit(choice);
    }
}

/* x = x^16 times the power that is chosen meanwhile. */
SK_INLINE void do_window(sk_v8 *x, sk_modulus *m, sk_choice *choice)
{
    if (m->digits == 2 * SK_BLOCK) {
        sk_mont_window20(x, m, choice);
        return;
    }
    for (int b = 1; b <= SK_CHOICE_BITS; b++) {
        sk_mont_square(x, x, m);
        choose_until(choice, m->digits * b / SK_CHOICE_BITS);
    }
    sk_mont_mul(x, x, choice->chosen, m);
}

/*
 * x = x^exponent in Montgomery form, in each lane                                   (left-to-right fixed window)
 *
 * Sizes: x and one D <= 40 digits; exponent bits / 64 vectors; bits a multiple of 64. The table is secret afterwards.
 * Constant time in x, exponent and modulus; D and bits are public.
 */
SK_LANES void sk_power_secret(sk_v8 *x, const sk_v8 *exponent, int bits, const sk_v8 *one, sk_modulus *m,
                              sk_power_table *t)
{
    const int D = m->digits;
    sk_choice choice = {.table = (const sk_v8 (*)[SK_CHOICES])t->powers, .chosen = t->chosen};

    keep_power(t, 0, one, D);
    keep_power(t, 1, x, D);
    for (int e = 2; e < SK_CHOICES; e += 2) {
        sk_v8 *power = t->chosen;

        for (int i = 0; i < D; i++) {
            power[i] = t->powers[i][e / 2];
        }
        sk_mont_square(power, power, m);
        keep_power(t, e, power, D);
        sk_mont_mul(power, power, x, m);
        keep_power(t, e + 1, power, D);
    }
    begin_choice(&choice, exponent, bits - SK_CHOICE_BITS);
    choose_until(&choice, D);
    for (int i = 0; i < D; i++) {
        x[i] = t->chosen[i];
    }
    for (int bit = bits - 2 * SK_CHOICE_BITS; bit >= 0; bit -= SK_CHOICE_BITS) {
        begin_choice(&choice, exponent, bit);
        do_window(x, m, &choice);
    }
}

/* r = x^65537 / R^65536 mod m, in each lane. Constant time in x and m. */
SK_LANES void sk_power_f4(sk_v8 *r, const sk_v8 *x, sk_modulus *m)
{
    sk_mont_square(r, x, m);
    for (int i = 1; i < 16; i++) {
        sk_mont_square(r, r, m);
    }
    sk_mont_mul(r, r, x, m);
}
