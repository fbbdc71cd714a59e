/* Two threads that wait for each other for less time than it takes to wake one. A boundary header. */
#ifndef SK_HAND_OVER_H
#define SK_HAND_OVER_H

#include <stdint.h>

/* What a wait has come to, as bits. */
enum sk_hand_over {
    SK_HEARD = 1,    /* the number has changed */
    SK_DISTURBED = 2 /* another process had the processor meanwhile */
};

/* Add 1 to *bell, unless it is NULL; then wait until *heard is another number than seen, without going to sleep, for at
 * most nanoseconds. Returns bits of enum sk_hand_over. */
int sk_hand_over(uint32_t *bell, const uint32_t *heard, uint32_t seen, uint64_t nanoseconds);

#endif
