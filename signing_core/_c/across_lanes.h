/*
 * The operations on lanes that a number needs which lies across them (across.h): lanes.h with a sense of left and
 * right. Built for AVX-512 IFMA or in portable C, as lanes.h says.
 *
 * Lanes belong to `numbers` numbers in turn, 1 or 2, a constant after inlining. No operation has a branch or an address
 * that depends on a lane's value.
 */
#ifndef SK_ACROSS_LANES_H
#define SK_ACROSS_LANES_H

#include "lanes.h"

#if defined(__x86_64__) && !defined(SK_LANES_PORTABLE)

/* One word for each number, from memory on a boundary of 16 bytes, in all lanes of the number. */
SK_INLINE sk_v8 v8_repeat(const uint64_t *words, int numbers)
{
    return numbers == 1 ? v8_all(*words) : _mm512_broadcast_i64x2(_mm_load_si128((const __m128i *)words));
}

/* The same from a's lowest lanes. */
SK_INLINE sk_v8 v8_first(sk_v8 a, int numbers)
{
    return numbers == 1 ? _mm512_broadcastq_epi64(_mm512_castsi512_si128(a)) : _mm512_shuffle_i64x2(a, a, 0);
}

/* a's lanes moved to the next lower, or the next higher, of the same number; zeros come in. */
SK_INLINE sk_v8 v8_down(sk_v8 a, int numbers)
{
    return numbers == 1 ? _mm512_alignr_epi64(v8_zero(), a, 1) : _mm512_alignr_epi64(v8_zero(), a, 2);
}
SK_INLINE sk_v8 v8_up(sk_v8 a, int numbers)
{
    return numbers == 1 ? _mm512_alignr_epi64(a, v8_zero(), 7) : _mm512_alignr_epi64(a, v8_zero(), 6);
}

/* a's lowest lanes, one for each number, and zeros. */
SK_INLINE sk_v8 v8_lowest(sk_v8 a, int numbers) { return _mm512_maskz_mov_epi64(numbers == 1 ? 1 : 3, a); }

SK_INLINE sk_mask8 v8_equal(sk_v8 a, sk_v8 b) { return _mm512_cmpeq_epi64_mask(a, b); }
SK_INLINE sk_mask8 v8_both(sk_mask8 a, sk_mask8 b) { return a & b; }

/* The lanes that a carry reaches: lanes in `made` send one to the next lane of their number, lanes in `passed` send on
 * one that reaches them. No lane is in both, and a number's lowest lane not in `made`. */
SK_INLINE sk_mask8 v8_reached(sk_mask8 made, sk_mask8 passed, int numbers)
{
    const unsigned next = (unsigned)made << numbers;

    return (sk_mask8)(numbers == 1 ? (next + passed) ^ passed : next | (next & passed) << 2);
}

#else

SK_INLINE sk_v8 v8_repeat(const uint64_t *words, int numbers)
{
    sk_v8 r;
    for (int l = 0; l < SK_LANE_COUNT; l++) {
        r.lane[l] = words[l % numbers];
    }
    return r;
}
SK_INLINE sk_v8 v8_first(sk_v8 a, int numbers) { return v8_repeat(a.lane, numbers); }
SK_INLINE sk_v8 v8_down(sk_v8 a, int numbers)
{
    sk_v8 r = v8_zero();
    for (int l = numbers; l < SK_LANE_COUNT; l++) {
        r.lane[l - numbers] = a.lane[l];
    }
    return r;
}
SK_INLINE sk_v8 v8_up(sk_v8 a, int numbers)
{
    sk_v8 r = v8_zero();
    for (int l = numbers; l < SK_LANE_COUNT; l++) {
        r.lane[l] = a.lane[l - numbers];
    }
    return r;
}
SK_INLINE sk_v8 v8_lowest(sk_v8 a, int numbers)
{
    for (int l = numbers; l < SK_LANE_COUNT; l++) {
        a.lane[l] = 0;
    }
    return a;
}
SK_INLINE sk_mask8 v8_equal(sk_v8 a, sk_v8 b)
{
    sk_mask8 r;
    for (int l = 0; l < SK_LANE_COUNT; l++) {
        const uint64_t other = a.lane[l] ^ b.lane[l];
        r.lane[l] = ((other | (0 - other)) >> 63) - 1;
    }
    return r;
}
SK_INLINE sk_mask8 v8_both(sk_mask8 a, sk_mask8 b) { return v8_and(a, b); }
SK_INLINE sk_mask8 v8_reached(sk_mask8 made, sk_mask8 passed, int numbers)
{
    sk_mask8 reached = v8_zero();
    for (int l = numbers; l < SK_LANE_COUNT; l++) {
        reached.lane[l] = made.lane[l - numbers] | (passed.lane[l - numbers] & reached.lane[l - numbers]);
    }
    return reached;
}

#endif

#endif
