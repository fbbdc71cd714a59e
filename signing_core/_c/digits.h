/* Numbers in radix 2^52: to and from bytes, in and out of lanes, brought into range, compared. For the core's own
 * files. */
#ifndef SK_DIGITS_H
#define SK_DIGITS_H

#include "montgomery.h"

#include <stddef.h>

/* One number: count normal digits from or to big-endian bytes. The bytes hold no more than the digits can, and to_bytes
 * writes as many bytes as asked, the top ones zero. */
void sk_digits_from_bytes(uint64_t *digits, int count, const uint8_t *bytes, size_t size);
void sk_digits_to_bytes(uint8_t *bytes, size_t size, const uint64_t *digits, int count);

/* One number: r = a + b; r = a - b + 2m, if that is not negative; a = a mod m for a < 2m. All of `count` normal digits;
 * r may be an operand. */
void sk_digits_add(uint64_t *r, const uint64_t *a, const uint64_t *b, int count);
void sk_digits_subtract(uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *m, int count);
void sk_digits_canonical(uint64_t *a, const uint64_t *m, int count);

/* A word that is 0 if and only if a and b are equal; both of normal digits. */
uint64_t sk_digits_difference(const uint64_t *a, const uint64_t *b, int count);

/* From bytes for all lanes: bytes[l] are lane l's. */
void sk_lanes_put_bytes(sk_v8 *a, int count, const uint8_t *const bytes[SK_LANE_COUNT], size_t size);

/* Copy one number into a lane, into all lanes, or out of a lane (low 52 bits of each word). */
void sk_lane_put(sk_v8 *a, int lane, const uint64_t *digits, int count);
void sk_lanes_fill(sk_v8 *a, const uint64_t *digits, int count);
void sk_lane_get(uint64_t *digits, const sk_v8 *a, int lane, int count);

/* r = a - b + 2m with normal digits, for a, b of raw digits; at least 0 if a >= 0 and b <= 2m. r may be an operand. */
void sk_lanes_subtract(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_modulus *m);

/* a = a mod m with normal digits, for a < 2m. */
void sk_lanes_canonical(sk_v8 *a, const sk_modulus *m);

/* a = 2a mod m with normal digits, for a < m of normal digits. */
void sk_lanes_double(sk_v8 *a, const sk_modulus *m);

/* A word for each lane that is 0 if and only if lane l of a and b is equal, digit for digit (raw digits). */
void sk_lanes_difference(sk_v8 *difference, const sk_v8 *a, const sk_v8 *b, int count);

#endif
