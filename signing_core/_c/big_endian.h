/* Words with their most significant byte first, as numbers and digests are sent. No branch depends on them. For the
 * core's own files. */
#ifndef SK_BIG_ENDIAN_H
#define SK_BIG_ENDIAN_H

#include <stdint.h>
#include <string.h>

static inline uint64_t sk_big_endian(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline uint64_t sk_load_big(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return sk_big_endian(word);
}

static inline void sk_store_big(uint8_t *at, uint64_t word)
{
    word = sk_big_endian(word);
    memcpy(at, &word, sizeof word);
}

#endif
