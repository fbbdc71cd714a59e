/*
 * Numbers in radix 2^52: conversions, and the few operations that need a number's true size.
 *
 * Everything here takes a time that depends on sizes alone. Borrows travel as the sign of a word, by the same
 * arithmetic shift as carries: a digit less a digit less a borrow is at least -2^52.
 */

#include "digits.h"

#include "big_endian.h"
#include "runtime.h"

#include <string.h>

enum {
    /* The longest number in bytes, and room before it for what a store of eight bytes may reach. */
    BUFFER = SK_DIGITS_MAX * SK_DIGIT_BITS / 8 + 8
};

/* The eight bytes of a number that begin `skip` bytes above its end; what lies above its top is zero. */
static uint64_t window(const uint8_t *bytes, size_t size, size_t skip)
{
    uint64_t word = 0;

    if (skip + 8 <= size) {
        return sk_load_big(bytes + size - skip - 8);
    }
    for (size_t i = skip; i < size; i++) {
        word |= (uint64_t)bytes[size - 1 - i] << 8 * (i - skip);
    }
    return word;
}

/*
 * Digit i of number l to words[i numbers + l]. Two digits are thirteen bytes, and lie in the eight bytes from the first
 * and from the seventh on, the upper one after 4 bits. The numbers take turns, since their words lie side by side: two
 * stores to one line are done at once.
 */
static inline void put_digits(uint64_t *words, int numbers, int count, const uint8_t *const *bytes, size_t size)
{
    size_t left = size;
    int i = 0;

    for (; left >= 14 && i + 2 <= count; left -= 13, i += 2) {
        SK_UNROLL(8) for (int l = 0; l < numbers; l++) {
            words[i * numbers + l] = sk_load_big(bytes[l] + left - 8) & SK_DIGIT_MASK;
        }
        SK_UNROLL(8) for (int l = 0; l < numbers; l++) {
            words[(i + 1) * numbers + l] = sk_load_big(bytes[l] + left - 14) >> 4 & SK_DIGIT_MASK;
        }
    }
    for (; i < count; i++) {
        const unsigned bit = SK_DIGIT_BITS * (unsigned)i;
        for (int l = 0; l < numbers; l++) {
            words[i * numbers + l] = window(bytes[l], size, bit / 8) >> bit % 8 & SK_DIGIT_MASK;
        }
    }
}

void sk_digits_from_bytes(uint64_t *digits, int count, const uint8_t *bytes, size_t size)
{
    put_digits(digits, 1, count, &bytes, size);
}

void sk_lanes_put_bytes(sk_v8 *a, int count, const uint8_t *const bytes[SK_LANE_COUNT], size_t size)
{
    put_digits((uint64_t *)a, SK_LANE_COUNT, count, bytes, size);
}

/* Two digits are thirteen bytes: eight of the lower 64 bits, and five before them. The upper ones are written first, as
 * eight, whose three zeros the next two digits replace. */
void sk_digits_to_bytes(uint8_t *bytes, size_t size, const uint64_t *digits, int count)
{
    uint8_t big[BUFFER] = {0};
    uint8_t *at = big + sizeof big;

    for (int i = 0; i < count; i += 2) {
        const uint64_t upper = i + 1 < count ? digits[i + 1] : 0;
        at -= 13;
        sk_store_big(at - 3, upper >> 12);
        sk_store_big(at + 5, digits[i] | upper << SK_DIGIT_BITS);
    }
    memcpy(bytes, big + sizeof big - size, size);
    sk_wipe(big, sizeof big);
}

/* The same as `settle` below, for one number. The sign is copied by hand, as in lanes.h. */
static uint64_t settle_word(uint64_t column, uint64_t *carry)
{
    *carry = column >> SK_DIGIT_BITS | (0 - (column >> 63)) << 12;
    return column & SK_DIGIT_MASK;
}

void sk_digits_add(uint64_t *r, const uint64_t *a, const uint64_t *b, int count)
{
    uint64_t carry = 0;

    for (int i = 0; i < count; i++) {
        r[i] = settle_word(a[i] + b[i] + carry, &carry);
    }
}

void sk_digits_subtract(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *m, int count)
{
    uint64_t carry = 0;

    for (int i = 0; i < count; i++) {
        r[i] = settle_word(a[i] - b[i] + 2 * m[i] + carry, &carry);
    }
}

void sk_digits_canonical(uint64_t *a, const uint64_t *m, int count)
{
    uint64_t reduced[SK_DIGITS_MAX], borrow = 0;

    for (int i = 0; i < count; i++) {
        reduced[i] = settle_word(a[i] - m[i] + borrow, &borrow);
    }
    for (int i = 0; i < count; i++) { /* borrow is 0, or -1 where a < m */
        a[i] = (a[i] & borrow) | (reduced[i] & ~borrow);
    }
    sk_wipe(reduced, sizeof reduced);
}

uint64_t sk_digits_difference(const uint64_t *a, const uint64_t *b, int count)
{
    uint64_t any = 0;

    for (int i = 0; i < count; i++) {
        any |= a[i] ^ b[i];
    }
    return any;
}

void sk_lane_put(sk_v8 *a, int lane, const uint64_t *digits, int count)
{
    uint64_t *words = (uint64_t *)a;

    for (int i = 0; i < count; i++) {
        words[i * SK_LANE_COUNT + lane] = digits[i];
    }
}

void sk_lane_get(uint64_t *digits, const sk_v8 *a, int lane, int count)
{
    const uint64_t *words = (const uint64_t *)a;

    for (int i = 0; i < count; i++) {
        digits[i] = words[i * SK_LANE_COUNT + lane] & SK_DIGIT_MASK;
    }
}

SK_LANES void sk_lanes_fill(sk_v8 *a, const uint64_t *digits, int count)
{
    for (int i = 0; i < count; i++) {
        a[i] = v8_all(digits[i]);
    }
}

/* The normal digit of a column, whose carry goes on: column = carry 2^52 + digit, also if it is negative. */
SK_INLINE sk_v8 settle(sk_v8 column, sk_v8 *carry)
{
    *carry = v8_carry(column);
    return v8_and(column, v8_all(SK_DIGIT_MASK));
}

SK_INLINE sk_v8 normal(sk_v8 raw) { return v8_and(raw, v8_all(SK_DIGIT_MASK)); }

SK_LANES void sk_lanes_subtract(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_modulus *m)
{
    sk_v8 carry = v8_zero();

    for (int i = 0; i < m->digits; i++) {
        const sk_v8 twice = v8_add(m->m[i], m->m[i]);
        r[i] = settle(v8_add(v8_add(v8_sub(normal(a[i]), normal(b[i])), twice), carry), &carry);
    }
}

/* r = a - m if that is not negative, else a; a of normal digits, a < 2m, r may be a. */
SK_INLINE void subtract_once(sk_v8 *a, const sk_modulus *m)
{
    sk_v8 reduced[SK_DIGITS_MAX], borrow = v8_zero();

    for (int i = 0; i < m->digits; i++) {
        reduced[i] = settle(v8_add(v8_sub(a[i], m->m[i]), borrow), &borrow);
    }
    /* borrow is 0, or -1 where a < m */
    const sk_mask8 smaller = v8_bit(borrow, 63);
    for (int i = 0; i < m->digits; i++) {
        a[i] = v8_select(smaller, a[i], reduced[i]);
    }
}

SK_LANES void sk_lanes_canonical(sk_v8 *a, const sk_modulus *m)
{
    for (int i = 0; i < m->digits; i++) {
        a[i] = normal(a[i]);
    }
    subtract_once(a, m);
}

SK_LANES void sk_lanes_double(sk_v8 *a, const sk_modulus *m)
{
    sk_v8 carry = v8_zero();

    for (int i = 0; i < m->digits; i++) {
        a[i] = settle(v8_add(v8_add(a[i], a[i]), carry), &carry);
    }
    subtract_once(a, m);
}

SK_LANES void sk_lanes_difference(sk_v8 *difference, const sk_v8 *a, const sk_v8 *b, int count)
{
    sk_v8 any = v8_zero();

    for (int i = 0; i < count; i++) {
        any = v8_or(any, v8_xor(a[i], b[i]));
    }
    *difference = normal(any);
}
