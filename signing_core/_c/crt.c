/*
 * The private operation on eight numbers at once (RFC 8017, section 5.1.2, second form, with two primes):
 *
 *     m_p = c^(d mod p-1) mod p,  m_q = c^(d mod q-1) mod q,  h = (m_p - m_q) q^-1 mod p,  s = m_q + q h
 *
 * A lane neither knows nor cares whether its modulus is a p or a q. Up to four numbers are done in one exponentiation,
 * as four p-lanes and four q-lanes; up to eight in two. Constant time in keys and numbers.
 */

#include "crt.h"

#include "digits.h"
#include "runtime.h"

enum { PAIR = SK_LANE_COUNT / 2 };

/* r = c^d mod primes[l] in lane l, at most primes[l], raw digits. */
static SK_LANES void power_of_primes(sk_v8 *r, const sk_v8 *c, const sk_lane_prime *const primes[SK_LANE_COUNT],
                                     enum sk_exponent which, sk_crt_work *w)
{
    const int D = primes[0]->modulus.digits, words = (SK_DIGIT_BITS * D - 1) / 64;

    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        const sk_lane_modulus *modulus = &primes[lane]->modulus;
        sk_lane_load(&w->half, lane, modulus);
        sk_lane_put(w->one, lane, modulus->one, D);
        sk_lane_put(w->r2, lane, modulus->r2, D);
        sk_lane_put(w->exponent, lane, primes[lane]->exponent[which], words);
    }
    sk_mont_reduce(r, c, &w->half); /* c / R */
    sk_mont_mul(r, r, w->r2, &w->half);
    sk_mont_mul(r, r, w->r2, &w->half); /* c R */
    sk_power_secret(r, w->exponent, 64 * words, w->one, &w->half, &w->table);
    sk_mont_leave(r, r, &w->half);
}

/* both[0] holds p-results in lanes 0 to 3 and q-results in lanes 4 to 7: give each prime a vector of its own. */
static void part(sk_v8 both[2][SK_SECRET_DIGITS_MAX], int digits)
{
    uint64_t number[SK_SECRET_DIGITS_MAX];

    for (int lane = 0; lane < PAIR; lane++) {
        sk_lane_get(number, both[0], lane + PAIR, digits);
        sk_lane_put(both[1], lane, number, digits);
        sk_lane_put(both[1], lane + PAIR, number, digits);
        sk_lane_get(number, both[0], lane, digits);
        sk_lane_put(both[0], lane + PAIR, number, digits);
    }
    sk_wipe(number, sizeof number);
}

SK_LANES void sk_crt_power(sk_v8 *s, const sk_v8 *c, const sk_lane_private *const keys[SK_LANE_COUNT],
                           enum sk_exponent which, int count, sk_crt_work *w)
{
    const int D = keys[0]->prime[0].modulus.digits;
    const sk_lane_prime *primes[SK_LANE_COUNT];

    if (count <= PAIR) {
        for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
            primes[lane] = &keys[lane]->prime[lane / PAIR];
        }
        power_of_primes(w->power[0], c, primes, which, w);
        part(w->power, D);
    } else {
        for (int i = 1; i >= 0; i--) {
            for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
                primes[lane] = &keys[lane]->prime[i];
            }
            power_of_primes(w->power[i], c, primes, which, w);
        }
    }
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        sk_lane_load(&w->half, lane, &keys[lane]->prime[0].modulus);
        sk_lane_put(w->q, lane, keys[lane]->prime[1].modulus.m, D);
        sk_lane_put(w->r2, lane, keys[lane]->q_inverse, D);
    }
    /* m_q <= q < 2p, as both primes have the same length */
    sk_lanes_subtract(w->h, w->power[0], w->power[1], &w->half);
    sk_mont_mul(w->h, w->h, w->r2, &w->half);
    sk_lanes_mul_add(s, w->h, w->q, w->power[1], D);
}
