/*
 * Two threads that wait for each other for less time than it takes to wake one.
 *
 * A thread that sleeps is woken by the system in some 50 µs where its processor sleeps too, a third of a signature. So
 * one that will be needed soon stays awake and looks at a number which the other changes. cffi has let go of the
 * interpreter's lock meanwhile, and that is the point of doing both things in one call: the bell rings when the one who
 * rings it holds the lock no more, so that the one who hears it need not sleep for the lock instead.
 *
 * The number is a hint and carries nothing: what is handed over lies where Python has put it, under Python's lock. Who
 * misses a bell is late, not wrong.
 */

#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "hand_over.h"

#include <sched.h>
#include <time.h>

enum {
    LOOKS = 16,          /* between two looks at the clock: some 0.5 us */
    DISTURBANCE = 200000 /* ns in which none of the process runs: far more than an interrupt takes */
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

/*
 * Yields, since the one who is waited for may be waiting for this very processor, also where another is idle: a virtual
 * machine takes a processor that has gone to sleep for one that its host has taken away, and leaves who is woken here.
 * A yield to others who are busy costs as long as the system gives each; that is what the caller is told of. Time in
 * which threads of this process ran instead is no disturbance: it is most likely the very one who is waited for.
 */
int sk_hand_over(uint32_t *bell, const uint32_t *heard, uint32_t seen, uint64_t nanoseconds)
{
    const uint64_t begun = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t last, time = begun;
    int disturbed = 0;

    if (bell != NULL) {
        __atomic_fetch_add(bell, 1, __ATOMIC_RELEASE);
    }
    do {
        for (int i = 0; i < LOOKS; i++) {
            if (__atomic_load_n(heard, __ATOMIC_ACQUIRE) != seen) {
                return disturbed | SK_HEARD;
            }
            pause_a_little();
        }
        sched_yield();
        last = time;
        time = now(CLOCK_MONOTONIC);
        if (time - last > DISTURBANCE && time - begun > now(CLOCK_PROCESS_CPUTIME_ID) - used + DISTURBANCE) {
            disturbed = SK_DISTURBED;
        }
    } while (time - begun < nanoseconds);
    return disturbed;
}
