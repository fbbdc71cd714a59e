/*
 * SHA-256 (FIPS 180-4, section 6.2) by x86's SHA instructions, two messages at a time.
 *
 * Two rounds are one instruction, which waits four cycles for the one before it and keeps its port busy for two: one
 * message alone leaves the port idle half of the time. So two messages go side by side, block by block; one that is
 * done gives its place to the next. At the end, when a message is left alone, its neighbour's work is thrown away.
 *
 * The instructions want the state as two vectors, least word first: FEBA and HGDC.
 *
 * Time depends on the lengths alone.
 */

#include "sha256.h"

#include "runtime.h"

#include <string.h>

#if defined(__x86_64__) && !defined(SK_LANES_PORTABLE)

#include <immintrin.h>

enum { BLOCK_BYTES = 64, LENGTH_BYTES = 8, ROUNDS = 64, SIDES = 2, LINE_BYTES = 64, FETCHED_LINES = 16 };

#define WITH_SHA __attribute__((target("sha,sse4.1")))

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
static const uint32_t constants[ROUNDS] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

typedef struct {
    __m128i feba, hgdc;
} state;

/* A message on its way: the blocks that come next, which are its own or, in the end, its last bytes with the padding. */
typedef struct {
    state state;
    const uint8_t *next;
    size_t blocks, tail_blocks; /* from next on; after those, 0 once next is in the tail */
    uint8_t *digest;            /* NULL: no message */
    uint8_t tail[2 * BLOCK_BYTES];
} side;

/* Both states, with `blocks` blocks of either message. */
static WITH_SHA void compress(side sides[SIDES], const uint8_t *const data[SIDES], size_t blocks)
{
    const __m128i reverse = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203); /* the bytes of each word */
    state s[SIDES] = {sides[0].state, sides[1].state};

    for (size_t block = 0; block < blocks; block++) {
        const state before[SIDES] = {s[0], s[1]};
        __m128i w[SIDES][4]; /* the last sixteen words of the schedule */

#pragma GCC unroll 16
        for (int four = 0; four < ROUNDS / 4; four++) {
            const __m128i k = _mm_load_si128((const __m128i *)constants + four);
#pragma GCC unroll 2
            for (int i = 0; i < SIDES; i++) {
                __m128i *const words = &w[i][four % 4];
                __m128i sum;

                if (four < 4) {
                    const uint8_t *const from = data[i] + BLOCK_BYTES * block + 16 * (size_t)four;
                    *words = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)from), reverse);
                } else {
                    const __m128i last = w[i][(four + 3) % 4];
                    sum = _mm_add_epi32(_mm_sha256msg1_epu32(*words, w[i][(four + 1) % 4]),
                                        _mm_alignr_epi8(last, w[i][(four + 2) % 4], 4));
                    *words = _mm_sha256msg2_epu32(sum, last);
                }
                sum = _mm_add_epi32(*words, k);
                s[i].hgdc = _mm_sha256rnds2_epu32(s[i].hgdc, s[i].feba, sum);
                s[i].feba = _mm_sha256rnds2_epu32(s[i].feba, s[i].hgdc, _mm_shuffle_epi32(sum, 0x0e));
            }
        }
#pragma GCC unroll 2
        for (int i = 0; i < SIDES; i++) {
            s[i].feba = _mm_add_epi32(s[i].feba, before[i].feba);
            s[i].hgdc = _mm_add_epi32(s[i].hgdc, before[i].hgdc);
        }
    }
    sides[0].state = s[0];
    sides[1].state = s[1];
}

static void enter_tail(side *s)
{
    s->next = s->tail;
    s->blocks = s->tail_blocks;
    s->tail_blocks = 0;
}

/* Begin with a message: the padding of section 5.1.1, the first state of section 5.3.3. */
static WITH_SHA void begin(side *s, const uint8_t *data, size_t bytes, uint8_t *digest)
{
    const size_t rest = bytes % BLOCK_BYTES;
    uint8_t *end;

    s->state.feba = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
    s->state.hgdc = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
    s->digest = digest;
    s->next = data;
    s->blocks = bytes / BLOCK_BYTES;
    s->tail_blocks = rest + 1 + LENGTH_BYTES <= BLOCK_BYTES ? 1 : 2;
    memset(s->tail, 0, sizeof s->tail);
    if (rest > 0) {
        memcpy(s->tail, data + (bytes - rest), rest);
    }
    s->tail[rest] = 0x80;
    end = s->tail + s->tail_blocks * BLOCK_BYTES;
    for (int i = 0; i < LENGTH_BYTES; i++) {
        end[-1 - i] = (uint8_t)((uint64_t)bytes << 3 >> 8 * i);
    }
    if (s->blocks == 0) {
        enter_tail(s);
    }
}

/* The state as bytes: words A to H, each with its most significant byte first. */
static WITH_SHA void end(const side *s)
{
    const __m128i reverse = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f); /* all sixteen bytes */
    const __m128i abef = _mm_shuffle_epi8(s->state.feba, reverse), cdgh = _mm_shuffle_epi8(s->state.hgdc, reverse);

    _mm_storeu_si128((__m128i *)(void *)s->digest, _mm_unpacklo_epi64(abef, cdgh));
    _mm_storeu_si128((__m128i *)(void *)(s->digest + 16), _mm_unpackhi_epi64(abef, cdgh));
}

/* Go on with both messages, or with the only one on both sides, to the end of a part of one; how many have ended. */
static WITH_SHA size_t advance(side sides[SIDES])
{
    const side *const a = &sides[sides[0].digest == NULL], *const b = &sides[sides[1].digest != NULL];
    const size_t blocks = a->blocks < b->blocks ? a->blocks : b->blocks;
    const uint8_t *const next[SIDES] = {a->next, b->next};
    size_t ended = 0;

    compress(sides, next, blocks);
    for (int i = 0; i < SIDES; i++) {
        side *const s = &sides[i];

        if (s->digest == NULL) {
            continue;
        }
        s->next += BLOCK_BYTES * blocks;
        s->blocks -= blocks;
        if (s->blocks == 0 && s->tail_blocks > 0) {
            enter_tail(s);
        } else if (s->blocks == 0) {
            end(s);
            s->digest = NULL;
            ended++;
        }
    }
    return ended;
}

int sk_sha256_pairs_run(void)
{
    return (sk_cpu_features() & SK_CPU_SHA) != 0;
}

WITH_SHA void sk_sha256_pairs(const uint8_t *const *data, const size_t *bytes, size_t count,
                              uint8_t (*digests)[SK_DIGEST_BYTES])
{
    side sides[SIDES];
    size_t begun = 0, ended = 0;

    memset(sides, 0, sizeof sides);
    while (ended < count) {
        for (int i = 0; i < SIDES; i++) {
            if (sides[i].digest == NULL && begun < count) {
                begin(&sides[i], data[begun], bytes[begun], digests[begun]);
                begun++;
            }
        }
        ended += advance(sides);
    }
}

#else

int sk_sha256_pairs_run(void)
{
    return 0;
}

void sk_sha256_pairs(const uint8_t *const *data, const size_t *bytes, size_t count,
                     uint8_t (*digests)[SK_DIGEST_BYTES])
{
    (void)data;
    (void)bytes;
    (void)count;
    (void)digests;
}

#endif
