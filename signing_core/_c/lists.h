/* Batches over Python's lists, as they are. A boundary header. */
#ifndef SK_LISTS_H
#define SK_LISTS_H

#include "rsa_batch.h"

#include <stddef.h>
#include <stdint.h>

/* Beside enum sk_status: an item is no bytes object, and nothing has been done. */
enum { SK_NOT_BYTES = 1 };

/* A list is told by its address, its id(), and by its length: the caller keeps it, and nobody changes it meanwhile. */

/* 1 if all items are bytes objects, else 0. */
int sk_list_only_bytes(uintptr_t list, size_t count);

/* sk_sign_batch of the messages in a list. room: two words an item. */
int sk_sign_list(const sk_keyring *ring, uintptr_t messages, size_t count, enum sk_kernel kernel, uint8_t *out,
                 size_t stride, size_t *room);

/* sk_verify_batch of the messages in a list and their signatures in another. verdicts, a third of the same length, gets
 * True and False for items. room: five words an item. */
int sk_verify_lists(const sk_keyring *ring, uintptr_t messages, uintptr_t signatures, size_t count,
                    enum sk_kernel kernel, uintptr_t verdicts, size_t *room);

#endif
