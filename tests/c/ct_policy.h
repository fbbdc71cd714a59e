/* What check-ct holds to be secret, and what it lets go: the whole of it, and why, stands in ct_policy.c. */
#ifndef CT_POLICY_H
#define CT_POLICY_H

#include <stddef.h>

/* How often each place was passed; the driver tells it, so that a place that has moved away is noticed. */
typedef struct {
    unsigned primes, exponents, coefficients; /* numbers of keys that became secret */
    unsigned random;                          /* blinding factors */
    unsigned digests;                         /* hashed messages */
    unsigned faults_told;                     /* groups, and messages alone, whose fault mask was let go */
    unsigned untainted;                       /* of these groups: lanes whose check did not depend on a secret */
    unsigned handed_over;                     /* digests that went on to OpenSSL */
} ct_counts;

extern ct_counts ct_passed;

/* A finished signature, checked by its maker: public. */
void ct_publish(void *signature, size_t size);

#endif
