/*
 * Eight 64-bit lanes, and the few operations on them that the kernels are made of.
 *
 * Lane l of every vector belongs to computation l alone, so one piece of code does eight computations with eight moduli
 * at once; only the last operations move data across lanes, for choice.c. On x86-64 a vector is a zmm register and a
 * function that uses one is marked SK_LANES; whether it may be called is asked of the processor once, in cpu.c. With
 * SK_LANES_PORTABLE, and on other processors, a vector is eight words in plain C, for valgrind, sanitizers and machines
 * without AVX-512: the control flow is the very same.
 *
 * No operation has a branch, a division or an address that depends on a lane's value.
 */
#ifndef SK_LANES_H
#define SK_LANES_H

#include <stdint.h>

enum {
    SK_LANE_COUNT = 8,
    SK_DIGIT_BITS = 52 /* radix 2^52: what vpmadd52 multiplies */
};

#define SK_DIGIT_MASK ((UINT64_C(1) << SK_DIGIT_BITS) - 1)

#if defined(__x86_64__) && !defined(SK_LANES_PORTABLE)

#include <immintrin.h>

#define SK_LANES __attribute__((target("avx512f,avx512dq,avx512vl,avx512ifma")))
#define SK_INLINE static inline __attribute__((always_inline)) SK_LANES

/* Loops over registers are written out; over memory that would only be long to compile. */
#define SK_PRAGMA(text) _Pragma(#text)
#define SK_UNROLL(times) SK_PRAGMA(GCC unroll times)

typedef __m512i sk_v8;
typedef __mmask8 sk_mask8; /* bit l: lane l */

SK_INLINE sk_v8 v8_zero(void) { return _mm512_setzero_si512(); }
SK_INLINE sk_v8 v8_all(uint64_t word) { return _mm512_set1_epi64((long long)word); }
SK_INLINE sk_v8 v8_add(sk_v8 a, sk_v8 b) { return _mm512_add_epi64(a, b); }
SK_INLINE sk_v8 v8_sub(sk_v8 a, sk_v8 b) { return _mm512_sub_epi64(a, b); }
SK_INLINE sk_v8 v8_and(sk_v8 a, sk_v8 b) { return _mm512_and_si512(a, b); }
SK_INLINE sk_v8 v8_or(sk_v8 a, sk_v8 b) { return _mm512_or_si512(a, b); }
SK_INLINE sk_v8 v8_xor(sk_v8 a, sk_v8 b) { return _mm512_xor_si512(a, b); }

/* The signed word a / 2^52, rounded down: what a column hands to the next. */
SK_INLINE sk_v8 v8_carry(sk_v8 a) { return _mm512_srai_epi64(a, SK_DIGIT_BITS); }

/* *a in a register, for several uses: left to itself the compiler makes each use a load of its own, and there are two
 * loads a cycle for two multiply-adds. */
SK_INLINE sk_v8 v8_load(const sk_v8 *a)
{
    sk_v8 loaded = *a;
    __asm__("" : "+v"(loaded));
    return loaded;
}

/* acc + the low, or the high, 52 bits of the 104-bit product of the low 52 bits of a and of b. */
SK_INLINE sk_v8 v8_lo(sk_v8 acc, sk_v8 a, sk_v8 b) { return _mm512_madd52lo_epu64(acc, a, b); }
SK_INLINE sk_v8 v8_hi(sk_v8 acc, sk_v8 a, sk_v8 b) { return _mm512_madd52hi_epu64(acc, a, b); }

/* Lanes where bit `bit` of a is set; and no's lanes with yes's where the mask is set. */
SK_INLINE sk_mask8 v8_bit(sk_v8 a, unsigned bit) { return _mm512_test_epi64_mask(a, v8_all(UINT64_C(1) << bit)); }
SK_INLINE sk_v8 v8_select(sk_mask8 mask, sk_v8 yes, sk_v8 no) { return _mm512_mask_mov_epi64(no, mask, yes); }

/* a's lanes shifted right by counts below 64. */
SK_INLINE sk_v8 v8_shift_right(sk_v8 a, sk_v8 counts) { return _mm512_srlv_epi64(a, counts); }

/* In each lane the word of the sixteen in low and high that the lowest four bits of index name. In registers: no
 * address depends on the index. */
SK_INLINE sk_v8 v8_pick(sk_v8 low, sk_v8 high, sk_v8 index) { return _mm512_permutex2var_epi64(low, index, high); }

/* Lane l of row r becomes lane r of row l. */
SK_INLINE void v8_transpose(sk_v8 rows[SK_LANE_COUNT])
{
    sk_v8 pairs[SK_LANE_COUNT], fours[SK_LANE_COUNT];

    SK_UNROLL(4) for (int i = 0; i < 8; i += 2) {
        pairs[i] = _mm512_unpacklo_epi64(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_epi64(rows[i], rows[i + 1]);
    }
    SK_UNROLL(2) for (int i = 0; i < 8; i += 4) {
        SK_UNROLL(2) for (int j = i; j < i + 2; j++) {
            fours[j] = _mm512_shuffle_i64x2(pairs[j], pairs[j + 2], 0x88);
            fours[j + 2] = _mm512_shuffle_i64x2(pairs[j], pairs[j + 2], 0xdd);
        }
    }
    SK_UNROLL(2) for (int j = 0; j < 2; j++) {
        rows[j] = _mm512_shuffle_i64x2(fours[j], fours[j + 4], 0x88);
        rows[j + 4] = _mm512_shuffle_i64x2(fours[j], fours[j + 4], 0xdd);
        rows[j + 2] = _mm512_shuffle_i64x2(fours[j + 2], fours[j + 6], 0x88);
        rows[j + 6] = _mm512_shuffle_i64x2(fours[j + 2], fours[j + 6], 0xdd);
    }
}

#else

#define SK_LANES
#define SK_INLINE static inline __attribute__((always_inline))
#define SK_UNROLL(times)

typedef struct {
    uint64_t lane[SK_LANE_COUNT];
} __attribute__((aligned(64))) sk_v8;
typedef sk_v8 sk_mask8; /* 0 or 2^64 - 1 in each lane */

#define SK_EACH_LANE(expression)                                                                                      \
    sk_v8 r;                                                                                                           \
    for (int l = 0; l < SK_LANE_COUNT; l++) {                                                                          \
        r.lane[l] = (expression);                                                                                      \
    }                                                                                                                  \
    return r

SK_INLINE unsigned __int128 sk_digit_product(uint64_t a, uint64_t b)
{
    return (unsigned __int128)(a & SK_DIGIT_MASK) * (b & SK_DIGIT_MASK);
}

SK_INLINE sk_v8 v8_load(const sk_v8 *a) { return *a; }
SK_INLINE sk_v8 v8_zero(void) { SK_EACH_LANE(0); }
SK_INLINE sk_v8 v8_all(uint64_t word) { SK_EACH_LANE(word); }
SK_INLINE sk_v8 v8_add(sk_v8 a, sk_v8 b) { SK_EACH_LANE(a.lane[l] + b.lane[l]); }
SK_INLINE sk_v8 v8_sub(sk_v8 a, sk_v8 b) { SK_EACH_LANE(a.lane[l] - b.lane[l]); }
SK_INLINE sk_v8 v8_and(sk_v8 a, sk_v8 b) { SK_EACH_LANE(a.lane[l] & b.lane[l]); }
SK_INLINE sk_v8 v8_or(sk_v8 a, sk_v8 b) { SK_EACH_LANE(a.lane[l] | b.lane[l]); }
SK_INLINE sk_v8 v8_xor(sk_v8 a, sk_v8 b) { SK_EACH_LANE(a.lane[l] ^ b.lane[l]); }

/* The sign is copied into the top 52 bits by hand: C leaves the right shift of a negative number to the compiler. */
SK_INLINE sk_v8 v8_carry(sk_v8 a) { SK_EACH_LANE(a.lane[l] >> SK_DIGIT_BITS | (0 - (a.lane[l] >> 63)) << 12); }
SK_INLINE sk_v8 v8_lo(sk_v8 acc, sk_v8 a, sk_v8 b)
{
    SK_EACH_LANE(acc.lane[l] + ((uint64_t)sk_digit_product(a.lane[l], b.lane[l]) & SK_DIGIT_MASK));
}
SK_INLINE sk_v8 v8_hi(sk_v8 acc, sk_v8 a, sk_v8 b)
{
    SK_EACH_LANE(acc.lane[l] + (uint64_t)(sk_digit_product(a.lane[l], b.lane[l]) >> SK_DIGIT_BITS));
}
SK_INLINE sk_mask8 v8_bit(sk_v8 a, unsigned bit) { SK_EACH_LANE(0 - (a.lane[l] >> bit & 1)); }
SK_INLINE sk_v8 v8_select(sk_mask8 mask, sk_v8 yes, sk_v8 no)
{
    SK_EACH_LANE((yes.lane[l] & mask.lane[l]) | (no.lane[l] & ~mask.lane[l]));
}

SK_INLINE sk_v8 v8_shift_right(sk_v8 a, sk_v8 counts) { SK_EACH_LANE(a.lane[l] >> counts.lane[l]); }

/* All sixteen are looked at for each lane: here words are memory. */
SK_INLINE sk_v8 v8_pick(sk_v8 low, sk_v8 high, sk_v8 index)
{
    sk_v8 r = v8_zero();
    for (int l = 0; l < SK_LANE_COUNT; l++) {
        for (uint64_t i = 0; i < 2 * SK_LANE_COUNT; i++) {
            const uint64_t other = (index.lane[l] ^ i) & 15;
            const uint64_t mask = 0 - ((other - 1) >> 63);
            r.lane[l] |= mask & (i < SK_LANE_COUNT ? low.lane[i] : high.lane[i - SK_LANE_COUNT]);
        }
    }
    return r;
}
SK_INLINE void v8_transpose(sk_v8 rows[SK_LANE_COUNT])
{
    for (int i = 0; i < SK_LANE_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            const uint64_t word = rows[i].lane[j];
            rows[i].lane[j] = rows[j].lane[i];
            rows[j].lane[i] = word;
        }
    }
}

#undef SK_EACH_LANE

#endif

#endif
