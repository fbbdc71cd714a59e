/*
 * How a thread rests until it is called, and what it can do meanwhile for one who waits awake.
 *
 * To sleep and be woken takes some 50 us where the processor sleeps too, and to come by the interpreter's lock, which
 * the one who wakes it holds, as much again: together a signature's time. So a thread rests here, without that lock. It
 * can be given an errand, which it does without ever taking it; whoever gave it looks out for the end, awake, and so
 * does the thread for the next errand, for a while. All this is for errands of less than a millisecond.
 *
 * Everything between the two is in the bits of one number, changed by atomic operations alone:
 *
 *     ASKED    owner -> thread    there is an errand                  thread: done, with DONE set in the same step
 *     DONE     thread -> owner    it is done                          owner, who leaves
 *     LEFT     owner -> thread    nobody listens any more             owner, if it sees DONE in the same step
 *     CALLED   anyone -> thread   the rest is over
 *     ASLEEP   thread -> anyone   must be woken                       who wakes it
 *
 * ASLEEP is set only in a step that sees neither ASKED nor CALLED, and who sets one of these sees ASLEEP in the
 * same step: so nobody is left sleeping. Of DONE and LEFT, which are set in such steps too, the later one sees the
 * earlier: so either the owner takes what is done, or the thread tells.
 */

#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "rest.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

enum { ASKED = 1, DONE = 2, LEFT = 4, CALLED = 8, ASLEEP = 16 };

enum {
    LOOKS = 16,           /* between two looks at the clock: some 0.5 us */
    DISTURBANCE = 500000, /* ns in which none of the process runs: more than interrupts take, less than a turn */
    LINGER = 200000       /* ns awake after an errand which came as soon after the last one */
};

struct sk_rest {
    uint32_t state;
    uint32_t disturbed; /* whether one of the two was, while it looked out */
    sk_errand *errand;
    void *of;
    pthread_mutex_t mutex; /* held by who changes ASLEEP */
    pthread_cond_t woken;
};

static void pause_a_little(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory"); /* yield is no pause at all on most processors */
#endif
}

static uint64_t now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint32_t seen(const sk_rest *rest) { return __atomic_load_n(&rest->state, __ATOMIC_ACQUIRE); }

/* All three return what was there before. */
static uint32_t set(sk_rest *rest, uint32_t bits) { return __atomic_fetch_or(&rest->state, bits, __ATOMIC_ACQ_REL); }
static uint32_t drop(sk_rest *rest, uint32_t bits) { return __atomic_fetch_and(&rest->state, ~bits, __ATOMIC_ACQ_REL); }
static uint32_t flip(sk_rest *rest, uint32_t bits) { return __atomic_fetch_xor(&rest->state, bits, __ATOMIC_ACQ_REL); }

/*
 * Look until one of bits is there, for at most nanoseconds; those of them that are.
 *
 * Yields, since the one who is waited for may be waiting for this very processor, also where another is idle: a virtual
 * machine takes a processor that has gone to sleep for one that its host has taken away, and leaves who is woken here.
 * A yield to others who are busy costs as long as the system gives each; that is what disturbed is set for. Time in
 * which threads of this process ran instead is no disturbance: it is most likely the very one who is waited for.
 */
static uint32_t look_out(sk_rest *rest, uint32_t bits, uint64_t nanoseconds)
{
    const uint64_t begun = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t last, time = begun;

    do {
        for (int i = 0; i < LOOKS; i++) {
            const uint32_t found = seen(rest) & bits;
            if (found) {
                return found;
            }
            pause_a_little();
        }
        sched_yield();
        last = time;
        time = now(CLOCK_MONOTONIC);
        if (time - last > DISTURBANCE && time - begun > now(CLOCK_PROCESS_CPUTIME_ID) - used + DISTURBANCE) {
            __atomic_store_n(&rest->disturbed, 1, __ATOMIC_RELAXED);
        }
    } while (time - begun < nanoseconds);
    return seen(rest) & bits; /* it may have been done while this thread had yielded */
}

sk_rest *sk_rest_new(void)
{
    sk_rest *rest = calloc(1, sizeof *rest);

    if (rest == NULL || pthread_mutex_init(&rest->mutex, NULL) != 0) {
        free(rest);
        return NULL;
    }
    if (pthread_cond_init(&rest->woken, NULL) != 0) {
        pthread_mutex_destroy(&rest->mutex);
        free(rest);
        return NULL;
    }
    return rest;
}

/* What a forked child has of its parent's looks as if somebody slept: to destroy the condition would wait for them for
 * ever. Neither mutex nor condition holds memory of its own. */
void sk_rest_free(sk_rest *rest) { free(rest); }

static void let_know(sk_rest *rest, uint32_t bits)
{
    if (set(rest, bits) & ASLEEP) {
        pthread_mutex_lock(&rest->mutex);
        drop(rest, ASLEEP);
        pthread_mutex_unlock(&rest->mutex); /* first, since who is woken takes it */
        pthread_cond_signal(&rest->woken);
    }
}

static void sleep_until_woken(sk_rest *rest)
{
    uint32_t state = seen(rest);

    pthread_mutex_lock(&rest->mutex);
    while (!(state & (ASKED | CALLED)) &&
           !__atomic_compare_exchange_n(&rest->state, &state, state | ASLEEP, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    while (seen(rest) & ASLEEP) {
        pthread_cond_wait(&rest->woken, &rest->mutex);
    }
    pthread_mutex_unlock(&rest->mutex);
}

void sk_rest_lie_down(sk_rest *rest) { __atomic_store_n(&rest->state, 0, __ATOMIC_RELEASE); }

int sk_rest_until_called(sk_rest *rest)
{
    uint64_t since = now(CLOCK_MONOTONIC), awake = 0;

    for (;;) {
        const uint32_t bits = ASKED | CALLED, found = awake ? look_out(rest, bits, awake) : seen(rest) & bits;

        awake = 0;
        if (found & ASKED) {
            awake = now(CLOCK_MONOTONIC) - since < LINGER ? LINGER : 0;
            rest->errand(rest->of);
            if (flip(rest, ASKED | DONE) & LEFT) {
                return SK_REST_LEFT;
            }
            since = now(CLOCK_MONOTONIC);
        } else if (found & CALLED) {
            return SK_REST_CALLED;
        } else {
            sleep_until_woken(rest);
        }
    }
}

void sk_rest_call(sk_rest *rest) { let_know(rest, CALLED); }

void sk_rest_ask(sk_rest *rest, sk_errand *errand, void *of)
{
    rest->errand = errand;
    rest->of = of;
    let_know(rest, ASKED);
}

int sk_rest_listen(sk_rest *rest, uint64_t nanoseconds) { return look_out(rest, DONE, nanoseconds) != 0; }

int sk_rest_leave(sk_rest *rest)
{
    int found = 0;

    if (set(rest, LEFT) & DONE) {
        drop(rest, LEFT | DONE);
        found = SK_REST_DONE;
    }
    if (__atomic_exchange_n(&rest->disturbed, 0, __ATOMIC_RELAXED)) {
        found |= SK_REST_DISTURBED;
    }
    return found;
}
