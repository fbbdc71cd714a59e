/*
 * Sixteen 32-bit words, and the few operations on them that SHA-256 is made of.
 *
 * As in lanes.h: word l of every vector belongs to computation l alone, and a vector is a zmm register or, with
 * SK_LANES_PORTABLE and on other processors, plain C.
 *
 * No operation has a branch or an address that depends on a word.
 */
#ifndef SK_WORDS_H
#define SK_WORDS_H

#include "lanes.h"

enum { SK_WORD_COUNT = 16 };

#if defined(__x86_64__) && !defined(SK_LANES_PORTABLE)

typedef __m512i sk_w16;

SK_INLINE sk_w16 w16_all(uint32_t word) { return _mm512_set1_epi32((int)word); }
SK_INLINE sk_w16 w16_add(sk_w16 a, sk_w16 b) { return _mm512_add_epi32(a, b); }
SK_INLINE sk_w16 w16_xor3(sk_w16 a, sk_w16 b, sk_w16 c) { return _mm512_ternarylogic_epi32(a, b, c, 0x96); }

/* The bits of b where a's are set, else c's; and the bits that two of the three have. */
SK_INLINE sk_w16 w16_choose(sk_w16 a, sk_w16 b, sk_w16 c) { return _mm512_ternarylogic_epi32(a, b, c, 0xca); }
SK_INLINE sk_w16 w16_majority(sk_w16 a, sk_w16 b, sk_w16 c) { return _mm512_ternarylogic_epi32(a, b, c, 0xe8); }

/* By 0 < bits < 32, a constant. */
#define w16_rotate_right(a, bits) _mm512_ror_epi32(a, bits)
#define w16_shift_right(a, bits) _mm512_srli_epi32(a, bits)

/* Each word's bytes in the opposite order. */
SK_INLINE sk_w16 w16_reverse(sk_w16 a)
{
    return w16_choose(w16_all(0x00ff00ff), _mm512_rol_epi32(a, 8), _mm512_ror_epi32(a, 8));
}

/* words[i], word l = the i-th of sixteen big-endian words at at[l]. */
SK_INLINE void w16_load_big(sk_w16 words[SK_WORD_COUNT], const uint8_t *const at[SK_WORD_COUNT])
{
    enum { ODD = 0xaaaa };
    sk_v8 even[SK_LANE_COUNT], odd[SK_LANE_COUNT];

    SK_UNROLL(8) for (int i = 0; i < SK_LANE_COUNT; i++) {
        even[i] = _mm512_loadu_si512(at[2 * i]);
        odd[i] = _mm512_loadu_si512(at[2 * i + 1]);
    }
    v8_transpose(even); /* by pairs of words */
    v8_transpose(odd);
    SK_UNROLL(8) for (int i = 0; i < SK_LANE_COUNT; i++) {
        words[2 * i] = w16_reverse(_mm512_mask_mov_epi32(even[i], ODD, _mm512_slli_epi64(odd[i], 32)));
        words[2 * i + 1] = w16_reverse(_mm512_mask_mov_epi32(_mm512_srli_epi64(even[i], 32), ODD, odd[i]));
    }
}

#else

/* Put into its callers, all this takes a compiler with sanitizers two minutes. */
#define SK_OUTSIDE static __attribute__((noinline, unused))

typedef struct {
    uint32_t word[SK_WORD_COUNT];
} __attribute__((aligned(64))) sk_w16;

#define SK_EACH_WORD(expression)                                                                                      \
    sk_w16 r;                                                                                                          \
    for (int l = 0; l < SK_WORD_COUNT; l++) {                                                                          \
        r.word[l] = (expression);                                                                                      \
    }                                                                                                                  \
    return r

SK_OUTSIDE sk_w16 w16_all(uint32_t word) { SK_EACH_WORD(word); }
SK_OUTSIDE sk_w16 w16_add(sk_w16 a, sk_w16 b) { SK_EACH_WORD(a.word[l] + b.word[l]); }
SK_OUTSIDE sk_w16 w16_xor3(sk_w16 a, sk_w16 b, sk_w16 c) { SK_EACH_WORD(a.word[l] ^ b.word[l] ^ c.word[l]); }
SK_OUTSIDE sk_w16 w16_choose(sk_w16 a, sk_w16 b, sk_w16 c)
{
    SK_EACH_WORD((a.word[l] & b.word[l]) | (~a.word[l] & c.word[l]));
}
SK_OUTSIDE sk_w16 w16_majority(sk_w16 a, sk_w16 b, sk_w16 c)
{
    SK_EACH_WORD((a.word[l] & b.word[l]) | (a.word[l] & c.word[l]) | (b.word[l] & c.word[l]));
}
SK_OUTSIDE sk_w16 w16_rotate_right(sk_w16 a, int bits) { SK_EACH_WORD(a.word[l] >> bits | a.word[l] << (32 - bits)); }
SK_OUTSIDE sk_w16 w16_shift_right(sk_w16 a, int bits) { SK_EACH_WORD(a.word[l] >> bits); }

SK_OUTSIDE void w16_load_big(sk_w16 words[SK_WORD_COUNT], const uint8_t *const at[SK_WORD_COUNT])
{
    for (int i = 0; i < SK_WORD_COUNT; i++) {
        for (int l = 0; l < SK_WORD_COUNT; l++) {
            const uint8_t *b = at[l] + 4 * i;
            words[i].word[l] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        }
    }
}

#undef SK_EACH_WORD
#undef SK_OUTSIDE

#endif

#endif
