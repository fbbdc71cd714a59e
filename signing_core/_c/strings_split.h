/* Pointers to strings that lie one after the other. A boundary header. */
#ifndef SK_STRINGS_SPLIT_H
#define SK_STRINGS_SPLIT_H

#include <stddef.h>
#include <stdint.h>

/* data[i] = joined + bytes[0] + ... + bytes[i - 1] for i = 0 ... count - 1; joined is not read. */
void sk_strings_split(const uint8_t **data, const uint8_t *joined, const size_t *bytes, size_t count);

#endif
