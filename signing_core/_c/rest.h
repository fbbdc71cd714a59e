/* How a thread rests until it is called, and what it can do meanwhile for one who waits awake. A boundary header. */
#ifndef SK_REST_H
#define SK_REST_H

#include <stdint.h>

/* The rest of one thread, which alone lies down and rests until it is called. Another thread, the owner, calls the
 * functions below these, each only after the thread has lain down. */
typedef struct sk_rest sk_rest;

/* An errand: of is its own. It must not fail, nor wait. */
typedef void sk_errand(void *of);

/* What a rest has come to. */
enum sk_rest_end {
    SK_REST_CALLED, /* there is other work */
    SK_REST_LEFT    /* an errand is done for which nobody listens any more */
};

/* What listening has come to. Bits. */
enum sk_rest_answer {
    SK_REST_DONE = 1,     /* the errand is done */
    SK_REST_DISTURBED = 2 /* another process had the processor of one of the two who waited awake */
};

/* A new one, to be freed with sk_rest_free; NULL without memory. */
sk_rest *sk_rest_new(void);

/* Free it; NULL is allowed. Nobody may use it, except threads that a fork has left behind in the other process. */
void sk_rest_free(sk_rest *rest);

/* The thread may be called from now on; sk_rest_until_called follows. Forgets what the last rest has come to. */
void sk_rest_lie_down(sk_rest *rest);

/* Rest, asleep, and do errands, after each of which the thread stays awake for a while if the last one was not long
 * ago. Returns one of enum sk_rest_end. */
int sk_rest_until_called(sk_rest *rest);

/* End the rest. May be done twice, by any thread, and also while nobody rests: then it is forgotten. */
void sk_rest_call(sk_rest *rest);

/* Have the thread run errand(of). Listening and leaving follow; the thread has no other errand before. */
void sk_rest_ask(sk_rest *rest, sk_errand *errand, void *of);

/* Wait until the errand is done, not asleep, for at most nanoseconds; 1 if it is, else 0. May be repeated. */
int sk_rest_listen(sk_rest *rest, uint64_t nanoseconds);

/* Listen no longer, once. Returns bits of enum sk_rest_answer; without SK_REST_DONE, the thread's rest will end with
 * SK_REST_LEFT. */
int sk_rest_leave(sk_rest *rest);

#endif
