/*
 * SHA-256 (FIPS 180-4, section 6.2) of sixteen messages at a time.
 *
 * Lane l of every vector belongs to one message; when that is done, the lane takes the next one. Lanes that find none
 * any more repeat the work of another, and their results are dropped.
 *
 * Time depends on the lengths alone.
 */

#include "sha256.h"

#include "big_endian.h"
#include "words.h"

#include <string.h>

enum {
    BLOCK_BYTES = 64,
    LENGTH_BYTES = 8,
    STATE = 8, /* words */
    ROUNDS = 64,
    LANES = SK_WORD_COUNT,
    WORDS = SK_WORD_COUNT /* of a block */
};

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2), and of the square
 * roots of the first eight (section 5.3.3). */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const uint32_t initial[STATE] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* A message on its way: the blocks that come next, its own or, in the end, its last bytes with the padding. */
typedef struct {
    const uint8_t *next;
    size_t blocks, tail_blocks; /* from next on; after those, 0 once next is in the tail */
    uint8_t *digest;            /* NULL: no message */
    uint8_t tail[2 * BLOCK_BYTES];
} lane;

typedef struct {
    sk_w16 state[STATE];
    lane lanes[LANES];
} work;

#define UNROLL SK_UNROLL(16)

/* A to H are words of the state which take turns: every round they move on by one. */
#define NAMED(letter) s[((letter) - 'A' + WORDS - round) % STATE]

/* Sixteen rounds (section 6.2.2, step 3), and the schedule's words for the next sixteen (step 1) if there are any. */
SK_INLINE void sixteen_rounds(sk_w16 s[STATE], sk_w16 w[WORDS], const uint32_t *k, int more)
{
    UNROLL for (int round = 0; round < WORDS; round++) {
        const sk_w16 a = NAMED('A'), e = NAMED('E');
        const sk_w16 sum0 = w16_xor3(w16_rotate_right(a, 2), w16_rotate_right(a, 13), w16_rotate_right(a, 22));
        const sk_w16 sum1 = w16_xor3(w16_rotate_right(e, 6), w16_rotate_right(e, 11), w16_rotate_right(e, 25));
        const sk_w16 given = w16_add(w16_add(NAMED('H'), w16_all(k[round])), w[round]);
        const sk_w16 t1 = w16_add(w16_add(given, w16_choose(e, NAMED('F'), NAMED('G'))), sum1);

        NAMED('D') = w16_add(NAMED('D'), t1);
        NAMED('H') = w16_add(w16_add(t1, w16_majority(a, NAMED('B'), NAMED('C'))), sum0);
        if (more) {
            const sk_w16 x = w[(round + 1) % WORDS], y = w[(round + 14) % WORDS];
            const sk_w16 sigma0 = w16_xor3(w16_rotate_right(x, 7), w16_rotate_right(x, 18), w16_shift_right(x, 3));
            const sk_w16 sigma1 = w16_xor3(w16_rotate_right(y, 17), w16_rotate_right(y, 19), w16_shift_right(y, 10));
            w[round] = w16_add(w16_add(w[round], w[(round + 9) % WORDS]), w16_add(sigma0, sigma1));
        }
    }
}

/* The states after `blocks` more blocks of each message. */
static SK_LANES void compress(sk_w16 state[STATE], const uint8_t *next[LANES], size_t blocks)
{
    sk_w16 s[STATE];

    UNROLL for (int i = 0; i < STATE; i++) {
        s[i] = state[i];
    }
    for (size_t block = 0; block < blocks; block++) {
        sk_w16 w[WORDS];

        w16_load_big(w, next);
        for (int round = 0; round < ROUNDS - WORDS; round += WORDS) {
            sixteen_rounds(s, w, constants + round, 1);
        }
        sixteen_rounds(s, w, constants + ROUNDS - WORDS, 0);
        UNROLL for (int i = 0; i < STATE; i++) {
            s[i] = w16_add(s[i], state[i]);
            state[i] = s[i];
        }
        UNROLL for (int l = 0; l < LANES; l++) {
            next[l] += BLOCK_BYTES;
        }
    }
}

static uint32_t *word_of(sk_w16 *vector, int l) { return (uint32_t *)vector + l; }

SK_INLINE void enter_tail(lane *one)
{
    one->next = one->tail;
    one->blocks = one->tail_blocks;
    one->tail_blocks = 0;
}

/* Begin with a message: the padding of section 5.1.1. */
static SK_LANES void begin(work *w, int l, const uint8_t *data, size_t bytes, uint8_t *digest)
{
    const size_t rest = bytes % BLOCK_BYTES;
    lane *one = &w->lanes[l];

    for (int i = 0; i < STATE; i++) {
        *word_of(&w->state[i], l) = initial[i];
    }
    one->digest = digest;
    one->next = data;
    one->blocks = bytes / BLOCK_BYTES;
    one->tail_blocks = rest + 1 + LENGTH_BYTES <= BLOCK_BYTES ? 1 : 2;
    memset(one->tail, 0, sizeof one->tail);
    if (rest > 0) {
        memcpy(one->tail, data + (bytes - rest), rest);
    }
    one->tail[rest] = 0x80;
    sk_store_big(one->tail + one->tail_blocks * BLOCK_BYTES - LENGTH_BYTES, (uint64_t)bytes << 3);
    if (one->blocks == 0) {
        enter_tail(one);
    }
}

static SK_LANES void finish(work *w, int l)
{
    lane *one = &w->lanes[l];

    for (int i = 0; i < STATE; i += 2) {
        const uint64_t upper = *word_of(&w->state[i], l);
        sk_store_big(one->digest + 4 * i, upper << 32 | *word_of(&w->state[i + 1], l));
    }
    one->digest = NULL;
}

/* Go on to the end of a part of some message; returns how many messages have ended. At least one lane has one. */
static SK_LANES size_t advance(work *w)
{
    const uint8_t *next[LANES];
    size_t blocks = SIZE_MAX, ended = 0;
    int busy = 0;

    for (int l = 0; l < LANES; l++) {
        if (w->lanes[l].digest != NULL) {
            busy = l;
            blocks = w->lanes[l].blocks < blocks ? w->lanes[l].blocks : blocks;
        }
    }
    for (int l = 0; l < LANES; l++) {
        next[l] = w->lanes[w->lanes[l].digest != NULL ? l : busy].next;
    }
    compress(w->state, next, blocks);
    for (int l = 0; l < LANES; l++) {
        lane *one = &w->lanes[l];

        if (one->digest == NULL) {
            continue;
        }
        one->next = next[l];
        one->blocks -= blocks;
        if (one->blocks == 0 && one->tail_blocks > 0) {
            enter_tail(one);
        } else if (one->blocks == 0) {
            finish(w, l);
            ended++;
        }
    }
    return ended;
}

/* The order in which messages begin: those as long as the mean or longer, then the others, so that the lanes end at
 * nearly one time. */
typedef struct {
    const size_t *bytes;
    size_t count, mean, next;
    int is_short;
} order;

static order order_of(const size_t *bytes, size_t count)
{
    order o = {.bytes = bytes, .count = count};

    for (size_t i = 0; i < count; i++) {
        o.mean += bytes[i];
    }
    o.mean /= count > 0 ? count : 1;
    return o;
}

/* Which message begins next; 0 if all have begun. */
static int next_of(order *o, size_t *place)
{
    for (; o->is_short < 2; o->is_short++, o->next = 0) {
        while (o->next < o->count) {
            *place = o->next++;
            if ((o->bytes[*place] < o->mean) == o->is_short) {
                return 1;
            }
        }
    }
    return 0;
}

SK_LANES void sk_sha256_lanes(const uint8_t *const *data, const size_t *bytes, size_t count,
                     uint8_t (*digests)[SK_DIGEST_BYTES])
{
    order o = order_of(bytes, count);
    size_t place, ended = 0;
    work w;

    memset(&w, 0, sizeof w);
    while (ended < count) {
        for (int l = 0; l < LANES; l++) {
            if (w.lanes[l].digest == NULL && next_of(&o, &place)) {
                begin(&w, l, data[place], bytes[place], digests[place]);
            }
        }
        ended += advance(&w);
    }
}
