/* The bytes objects of a Python list, as strings. A boundary header. */
#ifndef SK_STRINGS_GATHER_H
#define SK_STRINGS_GATHER_H

#include "rsa_batch.h"

#include <stddef.h>
#include <stdint.h>

/* Both take the address of a Python list, its id(), which the caller keeps and does not change, and how long it is. */

/* 1 if all items are bytes objects, else 0. */
int sk_strings_only_bytes(uintptr_t list, size_t count);

/* Where the items' contents lie, and how long they are: strings[0] for list and, unless second is 0, strings[1] for that
 * list, which is as long. NULL if one is no bytes object. room: 2 + 2 count words for each list, which hold the result. */
const sk_strings *sk_strings_gather(uintptr_t list, uintptr_t second, size_t count, void *room);

#endif
