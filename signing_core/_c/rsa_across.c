/*
 * RSASSA-PKCS1-v1_5 on one message (RFC 8017, sections 8.2.1 and 8.2.2), its numbers lying across the lanes.
 *
 * The eight-lane kernel takes as long for one message as for four. Here the halves mod p and mod q are computed beside
 * each other, in half that time or less. Blinded and checked as in rsa_lanes.c.
 */

#include "rsa_across.h"

#include "across.h"
#include "blinding.h"
#include "digits.h"
#include "fault_internal.h"
#include "rsa_key_internal.h"
#include "runtime.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

/* A public key as it is needed here. */
typedef struct {
    sk_across_modulus n;
    sk_v8 r2[SK_ACROSS_MAX];
    const sk_lane_modulus *constants;
    size_t k;
} public_part;

static void open_public(public_part *public, sk_key *key)
{
    public->constants = &sk_lane_public_of(key)->modulus;
    public->k = key->k;
    sk_across_load(&public->n, &public->constants, 1);
    sk_across_put(public->r2, public->constants->r2, &public->n, 0);
}

/* r = a b / R mod n, of normal digits, below 1.001n for residues. Constant time in all. */
static SK_LANES void multiply(uint64_t *r, const uint64_t *a, const sk_v8 *b, const public_part *public)
{
    sk_v8 x[SK_ACROSS_MAX];

    sk_across_put(x, a, &public->n, 0);
    sk_across_mul(x, x, b, &public->n);
    sk_across_get(r, x, &public->n, 0);
    sk_wipe(x, sizeof x);
}

/* Whether s^65537 mod n is the encoded message em; both of normal digits. Constant time in all. Leaves nothing of s
 * behind: with a fault in it, it would give away a prime. */
static SK_LANES int opens_to(const uint64_t *s, const uint64_t *em, const public_part *public)
{
    uint64_t opened[SK_DIGITS_MAX];
    sk_v8 x[SK_ACROSS_MAX];
    const int D = public->n.digits;

    sk_across_put(x, s, &public->n, 0);
    sk_across_mul(x, x, public->r2, &public->n);
    sk_across_power_65536(x, x, &public->n);
    multiply(opened, s, x, public);
    sk_digits_canonical(opened, public->constants->m, D);
    sk_wipe(x, sizeof x);
    const uint64_t difference = sk_digits_difference(opened, em, D);
    sk_wipe(opened, sizeof opened);
    return (int)((difference | (0 - difference)) >> 63 ^ 1);
}

/* em = the encoded message of a digest. Constant time in it. */
static void encode(uint64_t *em, const uint8_t *digest, const public_part *public)
{
    uint8_t bytes[SK_DIGITS_MAX * SK_DIGIT_BITS / 8];

    sk_pkcs1_encode(bytes, public->k, digest);
    sk_digits_from_bytes(em, public->n.digits, bytes, public->k);
}

/* What a signature is made of; secret. */
typedef struct {
    sk_across_modulus half; /* p, and q beside it, as in all vectors here */
    sk_v8 one[SK_ACROSS_MAX], r2[SK_ACROSS_MAX], r3[SK_ACROSS_MAX];
    sk_v8 low[SK_ACROSS_MAX], high[SK_ACROSS_MAX], factor[SK_ACROSS_MAX];
    uint64_t s[SK_DIGITS_MAX] __attribute__((aligned(sizeof(sk_v8))));
    uint64_t blind[SK_DIGITS_MAX], unblind[SK_DIGITS_MAX], em[SK_DIGITS_MAX], addend[SK_DIGITS_MAX];
    uint64_t mod[2][SK_SECRET_DIGITS_MAX];
    sk_across_table table;
} private_work;

/*
 * w->mod = c^d mod p and mod q, at most p and q, for c = w->s < 1.001n            (RFC 8017, section 5.2.1, step 2.b.i)
 *
 * c is c_1 R + c_0, so c R is c_1 R^3 / R + c_0 R^2 / R. The former is below 1.001m, the latter below 2m, as c_0 < R.
 * Constant time in all.
 */
static SK_LANES void raise_halves(private_work *w, const sk_lane_private *key)
{
    static const uint64_t unit[SK_SECRET_DIGITS_MAX] = {1};
    const sk_lane_modulus *const moduli[2] = {&key->prime[0].modulus, &key->prime[1].modulus};
    const uint64_t *const exponents[2] = {key->prime[0].exponent[SK_PRIVATE], key->prime[1].exponent[SK_PRIVATE]};
    sk_across_modulus *half = &w->half;
    const int D = moduli[0]->digits;

    sk_across_load(half, moduli, 2);
    for (int j = 0; j < 2; j++) {
        sk_across_put(w->one, moduli[j]->one, half, j);
        sk_across_put(w->r2, moduli[j]->r2, half, j);
        sk_across_put(w->low, w->s, half, j);
        sk_across_put(w->high, w->s + D, half, j);
        sk_across_put(w->factor, unit, half, j);
    }
    sk_across_mul(w->r3, w->r2, w->r2, half);
    sk_across_mul(w->low, w->low, w->r2, half);
    sk_across_mul(w->high, w->high, w->r3, half);
    for (int j = 0; j < 2; j++) {
        sk_across_get(w->mod[j], w->low, half, j);
        sk_across_get(w->addend, w->high, half, j);
        sk_digits_add(w->mod[j], w->mod[j], w->addend, D);
        sk_across_put(w->low, w->mod[j], half, j);
    }
    sk_across_power(w->low, exponents, moduli[0]->bits, w->one, half, &w->table);
    sk_across_mul(w->low, w->low, w->factor, half);
    sk_across_get(w->mod[0], w->low, half, 0);
    sk_across_get(w->mod[1], w->low, half, 1);
}

/* A number of D digits as one of 2D. */
static void extend(uint64_t *whole, const uint64_t *half, int D)
{
    memcpy(whole, half, (size_t)D * sizeof *half);
    memset(whole + D, 0, (size_t)D * sizeof *half);
}

/*
 * w->s = c^d, a residue mod n: m_q + q h with h = (m_p - m_q) q^-1 mod p                         (steps 2.b.iii and iv)
 *
 * m_q <= q < 2p, as both primes have the same length. q h is computed mod n. Constant time in all.
 */
static SK_LANES void recombine(private_work *w, const sk_lane_private *key, const public_part *public)
{
    const int D = w->half.digits;
    uint64_t *h = w->mod[0];

    sk_digits_subtract(h, w->mod[0], w->mod[1], key->prime[0].modulus.m, D);
    for (int j = 0; j < 2; j++) { /* beside p there is nothing else to do */
        sk_across_put(w->low, h, &w->half, j);
        sk_across_put(w->factor, key->q_inverse, &w->half, j);
    }
    sk_across_mul(w->low, w->low, w->factor, &w->half);
    sk_across_get(h, w->low, &w->half, 0);
    extend(w->s, key->prime[1].modulus.m, D);
    multiply(w->s, w->s, public->r2, public);
    sk_across_put(w->factor, w->s, &public->n, 0);
    extend(w->s, h, D);
    multiply(w->s, w->s, w->factor, public);
    extend(w->addend, w->mod[1], D);
    sk_digits_add(w->s, w->s, w->addend, 2 * D);
}

/* w->s = the signature of w->em. Constant time in all. */
static SK_LANES void sign_blinded(private_work *w, const sk_lane_private *key, const public_part *public)
{
    sk_across_put(w->factor, w->blind, &public->n, 0);
    multiply(w->s, w->em, w->factor, public);
    raise_halves(w, key);
    recombine(w, key, public);
    sk_across_put(w->factor, w->unblind, &public->n, 0);
    multiply(w->s, w->s, w->factor, public);
    sk_digits_canonical(w->s, public->constants->m, public->n.digits);
}

SK_LANES int sk_across_sign(const sk_lanes_item *item, int *faulty)
{
    const sk_lane_private *key = sk_lane_private_of(item->key);
    private_work *w = aligned_alloc(sizeof(sk_v8), sizeof *w); /* too much for the stack of a small thread */
    public_part public;
    int ready;

    if (w == NULL) {
        ERR_raise(ERR_LIB_RSA, ERR_R_MALLOC_FAILURE);
        return 0;
    }
    open_public(&public, item->key);
    ready = sk_blinding_take_one(key->blinding, public.constants, key, w->blind, w->unblind);
    if (ready) {
        encode(w->em, item->digest, &public);
        sign_blinded(w, key, &public);
        sk_fault_inject((sk_v8 *)(void *)w->s); /* of eight digits in place of lanes */
        *faulty = !opens_to(w->s, w->em, &public);
        if (!*faulty) {
            sk_digits_to_bytes(item->signature, public.k, w->s, public.n.digits);
        }
    }
    sk_wipe(w, sizeof *w);
    free(w);
    return ready;
}

SK_LANES int sk_across_verify(const sk_lanes_item *item)
{
    public_part public;
    uint64_t em[SK_DIGITS_MAX], s[SK_DIGITS_MAX];

    open_public(&public, item->key);
    encode(em, item->digest, &public);
    sk_digits_from_bytes(s, public.n.digits, item->proof, public.k);
    return opens_to(s, em, &public);
}
