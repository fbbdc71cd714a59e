/* The inner side of fault.h. For the core's own files. */
#ifndef SK_FAULT_INTERNAL_H
#define SK_FAULT_INTERNAL_H

#include "fault.h"
#include "lanes.h"

/* Flip a bit of the number a in the lanes that a test has asked for: usually none. */
void sk_fault_inject(sk_v8 *a);

/* A signature was caught. */
void sk_fault_caught(void);

#endif
