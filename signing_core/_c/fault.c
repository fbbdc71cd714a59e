/* Faults: a counter for real ones, and the test hook that proves the check to be there. */

#include "fault_internal.h"

#include <stdatomic.h>

static atomic_uint_fast64_t caught;
static atomic_uint wanted;

uint64_t sk_fault_count(void) { return atomic_load(&caught); }

void sk_fault_set(uint32_t lanes) { atomic_store(&wanted, lanes); }

void sk_fault_caught(void) { atomic_fetch_add(&caught, 1); }

/* Constant time in a; which lanes is public. */
void sk_fault_inject(sk_v8 *a)
{
    const unsigned lanes = atomic_load_explicit(&wanted, memory_order_relaxed);

    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        ((uint64_t *)a)[lane] ^= lanes >> lane & 1;
    }
}
