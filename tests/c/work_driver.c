/*
 * Signs in a working set, gives it back, and looks at what is left in it; records as in records.h.
 *
 *   w  key   how many bytes of the working set are not 0, four bytes as in memory: before it is given back, and after
 */

#define _GNU_SOURCE /* malloc_usable_size */

#include "records.h"

#include "rsa_key_internal.h"
#include "rsa_lanes.h"
#include "runtime.h"

#include <malloc.h>
#include <string.h>

enum { SIGNATURE_MAX = 512 };

static void print_what_is_left(const void *memory, size_t size)
{
    uint32_t found = 0;

    for (size_t i = 0; i < size; i++) {
        found += ((const uint8_t *)memory)[i] != 0;
    }
    print_hex((const uint8_t *)&found, sizeof found);
}

static void sign(const record *r)
{
    static uint8_t signatures[SK_LANE_COUNT][SIGNATURE_MAX];
    sk_key *key = sk_key_private(r->data[0], r->bytes[0]);
    sk_lanes_work *work = sk_lanes_open();
    const size_t size = malloc_usable_size(work);
    sk_lanes_item items[SK_LANE_COUNT];
    unsigned faulty = 0;

    memset(work, 0, size);
    memset(items, 0, sizeof items);
    for (int i = 0; i < SK_LANE_COUNT; i++) {
        items[i].key = key;
        items[i].signature = signatures[i];
    }
    if (!sk_lanes_sign(items, SK_LANE_COUNT, &faulty, work) || faulty != 0) {
        exit(3);
    }
    print_what_is_left(work, size);
    putchar(' ');
    sk_lanes_close(work); /* keeps it for the next one */
    print_what_is_left(work, size);
    sk_key_free(key);
}

int main(void)
{
    printf("lanes %d\n", sk_lanes_run());
    while (sk_lanes_run() && getchar() != EOF) {
        record r = read_record();
        sign(&r);
        putchar('\n');
        free_record(&r);
    }
    return 0;
}
