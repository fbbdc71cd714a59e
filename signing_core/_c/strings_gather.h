/* Pointers to the bytes objects of a Python list. A boundary header. */
#ifndef SK_STRINGS_GATHER_H
#define SK_STRINGS_GATHER_H

#include <stddef.h>
#include <stdint.h>

/*
 * data[i], bytes[i] = where the contents of list[i] lie, and how long they are, for i = 0 ... count - 1
 *
 * list: the address of a Python list, its id(), which the caller keeps and does not change. Returns how many items of
 * it, from the first on, are bytes objects; the others' data and bytes are not written. With data NULL it only counts.
 */
size_t sk_strings_gather(uintptr_t list, const uint8_t **data, size_t *bytes, size_t count);

#endif
