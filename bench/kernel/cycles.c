/*
 * The parts of the eight-lane kernel, each repeated and timed by the processor's time-stamp counter: for cycles.py.
 *
 * The counter runs at a rate of its own, and the processor's clock changes: many lower it for 512-bit code, by more the
 * more power that draws. CHAIN is a chain of additions each of which waits for the one before, a cycle each on every
 * x86-64 processor: right after a part it tells how many ticks a cycle had just then. MULTIPLY_ADDS is a dozen such
 * chains of vpmadd52 at once, as many as the processor takes in: fewer a cycle than usual means that somebody else
 * works on the same core, which no figure of the system shows.
 */

#include "across.h"
#include "blinding.h"
#include "crt.h"
#include "digits.h"
#include "rsa_across.h"
#include "rsa_key_internal.h"
#include "rsa_lanes.h"

#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#define EXPORTED __attribute__((visibility("default")))

enum part { ADDS, MULTIPLY_ADDS, SQUARE_PRIME, SQUARE_MODULUS, CHECK, BLINDING, SIGN, VERIFY,
            TWO_ACROSS, ONE_ACROSS, SIGN_ALONE, VERIFY_ALONE };

enum { CHAIN = 1000, CHAINS = 12, SECRET_BYTES = 512 };

typedef struct {
    sk_modulus prime, n;
    sk_v8 a[SK_DIGITS_MAX], r2[SK_DIGITS_MAX], r[SK_DIGITS_MAX], other[SK_DIGITS_MAX];
    sk_across_modulus half, whole;
    sk_v8 x[SK_ACROSS_MAX], y[SK_ACROSS_MAX];
    sk_key *key;
    sk_lanes_work *lanes;
    sk_lanes_item items[SK_LANE_COUNT];
    uint8_t signatures[SK_LANE_COUNT][SECRET_BYTES];
} subject;

static int same_in_all_lanes(sk_modulus *to, const sk_lane_modulus *from)
{
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        sk_lane_load(to, lane, from);
    }
    return to->digits;
}

EXPORTED void subject_close(subject *s)
{
    if (s != NULL) {
        sk_key_free(s->key);
        sk_lanes_close(s->lanes);
        free(s);
    }
}

/* One private key, and a group of eight messages that it signs; NULL if the kernel does not take the key. */
EXPORTED subject *subject_open(const uint8_t *der, size_t size)
{
    subject *s = aligned_alloc(4096, (sizeof *s + 4095) / 4096 * 4096);
    unsigned faulty;

    if (s == NULL) {
        return NULL;
    }
    memset(s, 0, sizeof *s);
    s->key = sk_key_private(der, size);
    s->lanes = sk_lanes_open();
    if (s->key == NULL || s->lanes == NULL || sk_lanes_sign_class(s->key) == 0) {
        subject_close(s);
        return NULL;
    }
    same_in_all_lanes(&s->prime, &sk_lane_private_of(s->key)->prime[0].modulus);
    same_in_all_lanes(&s->n, &sk_lane_public_of(s->key)->modulus);
    const sk_lane_modulus *moduli[] = {&sk_lane_private_of(s->key)->prime[0].modulus,
                                       &sk_lane_private_of(s->key)->prime[1].modulus,
                                       &sk_lane_public_of(s->key)->modulus};
    sk_across_load(&s->half, moduli, 2);
    sk_across_load(&s->whole, moduli + 2, 1);
    sk_across_put(s->x, moduli[0]->r2, &s->half, 0);
    sk_across_put(s->x, moduli[1]->r2, &s->half, 1);
    sk_across_put(s->y, moduli[2]->r2, &s->whole, 0);
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        const sk_lane_modulus *n = &sk_lane_public_of(s->key)->modulus;

        sk_lane_put(s->a, lane, n->one, n->digits);
        sk_lane_put(s->r2, lane, n->r2, n->digits);
        s->items[lane] = (sk_lanes_item){.key = s->key, .signature = s->signatures[lane], .proof = s->signatures[lane]};
        s->items[lane].digest[0] = (uint8_t)lane;
    }
    if (!sk_lanes_sign(s->items, SK_LANE_COUNT, &faulty, s->lanes) || faulty != 0) {
        subject_close(s);
        return NULL;
    }
    return s;
}

static void add(uint64_t times)
{
    uint64_t sum = 0, one = 1;

    for (uint64_t i = 0; i < times; i += 100) {
        __asm__ volatile(".rept 100\n\tadd %1, %0\n\t.endr" : "+r"(sum) : "r"(one));
    }
}

static SK_LANES void multiply_add(uint64_t times)
{
    sk_v8 sums[CHAINS], factor = v8_all(SK_DIGIT_MASK);

    for (int k = 0; k < CHAINS; k++) {
        sums[k] = v8_zero();
    }
    for (uint64_t i = 0; i < times; i += 4 * CHAINS) {
#pragma GCC unroll 4
        for (int turn = 0; turn < 4; turn++) {
#pragma GCC unroll 12
            for (int k = 0; k < CHAINS; k++) {
                sums[k] = v8_lo(sums[k], factor, factor);
            }
        }
    }
    for (int k = 0; k < CHAINS; k++) {
        __asm__ volatile("" : : "v"(sums[k]));
    }
}

/* What sk_lanes_sign does to see that eight signatures are right. */
static SK_LANES void check(subject *s)
{
    sk_v8 difference;

    sk_power_65536(s->r, s->a, &s->n);
    sk_mont_mul_add(s->r, s->r, s->a, s->r2, s->r2, s->a, &s->n);
    sk_lanes_difference(&difference, s->r, s->n.m, s->n.digits);
}

/* What blinding adds to eight signatures: factors, fresh ones now and then, and two products. */
static SK_LANES void blind(subject *s)
{
    const sk_lane_private *secret = sk_lane_private_of(s->key);

    sk_blinding_take(secret->blinding, &sk_lane_public_of(s->key)->modulus, secret, s->r, s->other);
    sk_mont_mul(s->r, s->r, s->a, &s->n);
    sk_mont_mul(s->other, s->other, s->a, &s->n);
}

static void repeat(subject *s, enum part part, uint64_t times)
{
    unsigned faulty;
    int wrong;

    if (part == ADDS) {
        add(times);
    } else if (part == MULTIPLY_ADDS) {
        multiply_add(times);
    } else {
        for (uint64_t i = 0; i < times; i++) {
            switch (part) {
            case SQUARE_PRIME:
                sk_mont_square(s->a, s->a, &s->prime);
                break;
            case SQUARE_MODULUS:
                sk_mont_square(s->a, s->a, &s->n);
                break;
            case CHECK:
                check(s);
                break;
            case BLINDING:
                blind(s);
                break;
            case SIGN:
                sk_lanes_sign(s->items, SK_LANE_COUNT, &faulty, s->lanes);
                break;
            case TWO_ACROSS:
                sk_across_mul(s->x, s->x, s->x, &s->half);
                break;
            case ONE_ACROSS:
                sk_across_mul(s->y, s->y, s->y, &s->whole);
                break;
            case SIGN_ALONE:
                sk_across_sign(&s->items[i % SK_LANE_COUNT], &wrong);
                break;
            case VERIFY_ALONE:
                sk_across_verify(&s->items[i % SK_LANE_COUNT]);
                break;
            default:
                sk_lanes_verify(s->items, SK_LANE_COUNT, s->lanes);
            }
        }
    }
}

/* The counter, when all that stands before is done. */
EXPORTED uint64_t now(void)
{
    _mm_lfence();
    const uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
}

/*
 * ticks_of[2i], ticks_of[2i + 1] = ticks of so many repetitions of a part, and of CHAIN right after them
 *
 * ADDS and MULTIPLY_ADDS are rounded up to hundreds and to 48.
 */
EXPORTED void measure(subject *s, int part, uint64_t times, int slices, uint64_t *ticks_of)
{
    for (int i = 0; i < slices; i++) {
        const uint64_t begun = now();
        repeat(s, (enum part)part, times);
        const uint64_t ended = now();
        add(CHAIN);
        ticks_of[2 * i] = ended - begun;
        ticks_of[2 * i + 1] = now() - ended;
    }
}
