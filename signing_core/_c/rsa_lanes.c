/*
 * RSASSA-PKCS1-v1_5 on up to eight messages at once, each with a key of its own (RFC 8017, sections 8.2.1 and 8.2.2).
 *
 * Lanes that a short group leaves over repeat the group's work, so that no lane computes on zeros, and their results
 * are dropped. Signing is blinded, and each signature is raised to e and compared with its encoded message before it
 * leaves: a fault in one half of the CRT would otherwise give away a prime.
 */

#include "rsa_lanes.h"

#include "blinding.h"
#include "digits.h"
#include "fault_internal.h"
#include "rsa_key_internal.h"
#include "runtime.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SPARES = 16 };

_Static_assert(SK_DIGIT_BITS * SK_SHORT >= 8 * SK_DIGEST_BYTES, "a digest is a short number");

struct sk_lanes_work {
    sk_modulus n;
    sk_v8 scale[SK_DIGITS_MAX], frame[SK_DIGITS_MAX];
    sk_v8 digest[SK_SHORT], em[SK_DIGITS_MAX], s[SK_DIGITS_MAX];
    sk_v8 opened[SK_DIGITS_MAX];
    sk_v8 blind[SK_DIGITS_MAX], unblind[SK_DIGITS_MAX];
    sk_v8 fresh[2][SK_DIGITS_MAX];
    const sk_lane_public *loaded[SK_LANE_COUNT]; /* whose constants n, scale and frame hold, lane by lane */
    int secret_digits; /* of the longest primes that have signed, 0 if none: verifying leaves no secrets */
    sk_crt_work crt;   /* its table, and so the work, ends with what only long primes use */
};

/*
 * Working sets that no call uses at the moment, without secrets. Each is some 220 KB: fetching and touching fresh pages
 * for every call costs a tenth of a small batch.
 */
static _Atomic(sk_lanes_work *) spare[SPARES];

sk_lanes_work *sk_lanes_open(void)
{
    sk_lanes_work *w = NULL;

    for (int i = 0; i < SPARES && w == NULL; i++) {
        w = atomic_exchange(&spare[i], NULL);
    }
    if (w == NULL) {
        w = aligned_alloc(4096, (sizeof *w + 4095) / 4096 * 4096);
    }
    if (w != NULL) {
        memset(w->loaded, 0, sizeof w->loaded);
        w->secret_digits = 0;
    }
    return w;
}

void sk_lanes_close(sk_lanes_work *w)
{
    if (w == NULL) {
        return;
    }
    if (w->secret_digits > 0) {
        sk_wipe(w, (size_t)((uint8_t *)w->crt.table.entries[w->secret_digits] - (uint8_t *)w));
    }
    for (int i = 0; i < SPARES; i++) {
        sk_lanes_work *none = NULL;
        if (atomic_compare_exchange_strong(&spare[i], &none, w)) {
            return;
        }
    }
    free(w);
}

int sk_lanes_verify_class(sk_key *key)
{
    const sk_lane_public *public = sk_lane_public_of(key);
    return public == NULL ? 0 : public->modulus.digits;
}

int sk_lanes_sign_class(sk_key *key)
{
    return sk_lane_private_of(key) == NULL ? 0 : sk_lanes_verify_class(key);
}

/* Which item lane l works on, for groups of one to eight. Up to four lie in lanes 0 to 3 and again in 4 to 7, as
 * sk_crt_power asks. */
static int item_of(int lane, int count)
{
    static const uint8_t items[SK_LANE_COUNT][SK_LANE_COUNT] = {
        {0, 0, 0, 0, 0, 0, 0, 0}, {0, 1, 0, 1, 0, 1, 0, 1}, {0, 1, 2, 0, 0, 1, 2, 0}, {0, 1, 2, 3, 0, 1, 2, 3},
        {0, 1, 2, 3, 4, 0, 1, 2}, {0, 1, 2, 3, 4, 5, 0, 1}, {0, 1, 2, 3, 4, 5, 6, 0}, {0, 1, 2, 3, 4, 5, 6, 7},
    };
    return items[count - 1][lane];
}

/* Put one public key's numbers into all lanes. */
static SK_LANES void load_key(const sk_lane_public *public, sk_lanes_work *w)
{
    const int D = public->modulus.digits;

    w->n.digits = D;
    sk_lanes_fill(&w->n.inverse, &public->modulus.inverse, 1);
    sk_lanes_fill(w->n.m, public->modulus.m, D);
    sk_lanes_fill(w->scale, public->scale, D);
    sk_lanes_fill(w->frame, public->frame, D);
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        w->loaded[lane] = public;
    }
}

/* Put the public keys' numbers into the lanes, where they are not there already; returns D. */
static int load_keys(const sk_lanes_item *items, int count, sk_lanes_work *w)
{
    int same = 1;

    for (int i = 1; i < count; i++) {
        same = same && items[i].key == items[0].key;
    }
    if (same && w->loaded[0] != sk_lane_public_of(items[0].key)) {
        load_key(sk_lane_public_of(items[0].key), w);
    }
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        const sk_lane_public *public = sk_lane_public_of(items[item_of(lane, count)].key);
        const int D = public->modulus.digits;
        if (public != w->loaded[lane]) {
            sk_lane_load(&w->n, lane, &public->modulus);
            sk_lane_put(w->scale, lane, public->scale, D);
            sk_lane_put(w->frame, lane, public->frame, D);
            w->loaded[lane] = public;
        }
    }
    return w->n.digits;
}

/* w->em = the encoded messages of the group. */
static void encode(const sk_lanes_item *items, int count, sk_lanes_work *w)
{
    const size_t k = items[0].key->k; /* and all the others' */
    const uint8_t *em_of[SK_LANE_COUNT];
    uint8_t em[SK_LANE_COUNT][SK_DIGITS_MAX * SK_DIGIT_BITS / 8];

    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        sk_pkcs1_encode(em[lane], k, items[item_of(lane, count)].digest);
        em_of[lane] = em[lane];
    }
    sk_lanes_put_bytes(w->em, w->n.digits, em_of, k);
}

/*
 * Bit l is set if s^e mod n is the encoded message in lane l; s < n of normal digits in w->s.
 *
 * Without a way into the Montgomery form and back: s itself, taken for a number in that form, opens to s^e / R^65536,
 * and EM / R^65536 is subtracted under the same last reduction. That costs a product with the digest alone, since the
 * rest of EM is the key's constant. R has an inverse mod n, so what remains is 0 mod n where s^e mod n = EM. It is
 * below 1.001n, and more than 0, since that constant is: so it is compared with n.
 */
static SK_LANES unsigned opens_to_em(const sk_lanes_item *items, int count, sk_lanes_work *w)
{
    const uint8_t *digests[SK_LANE_COUNT];
    sk_v8 difference;
    unsigned equal = 0;

    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        digests[lane] = items[item_of(lane, count)].digest;
    }
    sk_lanes_put_bytes(w->digest, SK_SHORT, digests, SK_DIGEST_BYTES);
    sk_power_65536(w->opened, w->s, &w->n);
    sk_mont_mul_add(w->opened, w->opened, w->s, w->digest, w->scale, w->frame, &w->n);
    sk_lanes_difference(&difference, w->opened, w->n.m, w->n.digits);
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        const uint64_t word = ((const uint64_t *)&difference)[lane];
        equal |= (unsigned)((word | (0 - word)) >> 63 ^ 1) << lane;
    }
    return equal;
}

/* Fresh blinding factors for every lane. A key that is in several lanes is asked once, and gives them different ones;
 * but lanes l and l + 4 of a short group work on the two primes of one message, and share its factor. */
static int take_blinding(const sk_lanes_item *items, int count, sk_lanes_work *w)
{
    const int D = w->n.digits;
    uint64_t number[SK_DIGITS_MAX];
    int ready = 1;

    for (int lane = 0; lane < SK_LANE_COUNT && ready; lane++) {
        sk_key *key = items[item_of(lane, count)].key;
        int first = 0;

        while (items[item_of(first, count)].key != key) {
            first++;
        }
        if (first < lane) {
            continue;
        }
        const sk_lane_private *secret = sk_lane_private_of(key);
        const sk_lane_modulus *n = &sk_lane_public_of(key)->modulus;
        ready = sk_blinding_take(secret->blinding, n, secret, w->fresh[0], w->fresh[1]);
        for (int other = lane; other < SK_LANE_COUNT && ready; other++) {
            const int from = count <= SK_LANE_COUNT / 2 ? other % (SK_LANE_COUNT / 2) : other;
            if (items[item_of(other, count)].key == key) {
                sk_lane_get(number, w->fresh[0], from, D);
                sk_lane_put(w->blind, other, number, D);
                sk_lane_get(number, w->fresh[1], from, D);
                sk_lane_put(w->unblind, other, number, D);
            }
        }
    }
    sk_wipe(number, sizeof number);
    return ready;
}

SK_LANES int sk_lanes_sign(const sk_lanes_item *items, int count, unsigned *faulty, sk_lanes_work *w)
{
    const sk_lane_private *keys[SK_LANE_COUNT];
    const int D = load_keys(items, count, w);
    uint64_t number[SK_DIGITS_MAX];

    w->secret_digits = D / 2 > w->secret_digits ? D / 2 : w->secret_digits;
    if (!take_blinding(items, count, w)) {
        return 0;
    }
    encode(items, count, w);
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        keys[lane] = sk_lane_private_of(items[item_of(lane, count)].key);
    }
    sk_mont_mul(w->s, w->em, w->blind, &w->n);
    sk_crt_power(w->s, w->s, keys, SK_PRIVATE, count, &w->crt);
    sk_mont_mul(w->s, w->s, w->unblind, &w->n);
    sk_lanes_canonical(w->s, &w->n);
    sk_fault_inject(w->s);
    *faulty = ~opens_to_em(items, count, w) & ((1u << count) - 1);
    for (int i = 0; i < count; i++) {
        if ((*faulty >> i & 1) == 0) {
            sk_lane_get(number, w->s, i, D);
            sk_digits_to_bytes(items[i].signature, items[i].key->k, number, D);
        }
    }
    return 1;
}

SK_LANES unsigned sk_lanes_verify(const sk_lanes_item *items, int count, sk_lanes_work *w)
{
    const uint8_t *proofs[SK_LANE_COUNT];
    const int D = load_keys(items, count, w);

    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        proofs[lane] = items[item_of(lane, count)].proof;
    }
    sk_lanes_put_bytes(w->s, D, proofs, items[0].key->k);
    return opens_to_em(items, count, w) & ((1u << count) - 1);
}
