/* Faults in the kernel: a count of those that were caught, and a hook that makes one. A boundary header. */
#ifndef SK_FAULT_H
#define SK_FAULT_H

#include <stdint.h>

/* How many signatures of this process failed the check with the public exponent and were made again by OpenSSL. */
uint64_t sk_fault_count(void);

/* For tests: flip one bit of the signatures in these lanes (bit l: lane l) of every group from now on, before the
 * check; 0 ends it. */
void sk_fault_set(uint32_t lanes);

#endif
