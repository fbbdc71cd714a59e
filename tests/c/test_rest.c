/* Drives rest.c from two threads, for the sanitizers: the thread rests again and again, the owner calls it or gives it
 * errands at whatever moment. What an errand counts is a plain number, so that ThreadSanitizer sees whether the bits
 * order what both sides read and write. Prints the first failure and exits 1; a wait without end ends by a signal. */
#define _POSIX_C_SOURCE 200809L
#include "rest.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 6000, PATIENCE = 120 };

static sk_rest *rest;
static sem_t lying, over;  /* the thread has lain down; its rest has come to an end */
static int end;            /* of that rest: one of enum sk_rest_end */
static int last;           /* whether the thread is to end with it */
static unsigned long done; /* errands */

static void check(int holds, const char *what)
{
    if (!holds) {
        printf("%s\n", what);
        exit(1);
    }
}

static void errand(void *of) { ++*(unsigned long *)of; }

static void *thread(void *unused)
{
    (void)unused;
    do {
        sk_rest_lie_down(rest);
        sem_post(&lying);
        end = sk_rest_until_called(rest);
        sem_post(&over);
    } while (!last);
    return NULL;
}

static unsigned chance(unsigned below)
{
    static unsigned state = 2026;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

/* From no time at all to more than the thread lingers. */
static void wait_a_while(void)
{
    const struct timespec pause = {0, (long)chance(300) * 1000};

    if (chance(2)) {
        nanosleep(&pause, NULL);
    }
}

/* An errand, and whether its end was seen; else it is told of. */
static int given_and_seen(unsigned long number)
{
    int answer;

    sk_rest_ask(rest, errand, &done);
    wait_a_while();
    if (chance(3)) {
        const int heard = sk_rest_listen(rest, chance(4) ? 1000000000u : chance(3000));
        answer = sk_rest_leave(rest);
        check(!heard || (answer & SK_REST_DONE), "heard, and not done");
    } else {
        answer = sk_rest_leave(rest);
    }
    if (answer & SK_REST_DONE) {
        check(done == number, "another number of errands is done");
        return 1;
    }
    sem_wait(&over);
    check(end == SK_REST_LEFT, "an errand that was left ends no rest");
    check(done == number, "another number of errands is told of");
    return 0;
}

int main(void)
{
    pthread_t worker;
    unsigned long asked = 0, seen = 0;

    alarm(PATIENCE);
    rest = sk_rest_new();
    check(rest != NULL, "no memory");
    sem_init(&lying, 0, 0);
    sem_init(&over, 0, 0);
    pthread_create(&worker, NULL, thread, NULL);
    for (int round = 0; !last; round++) {
        int resting = 1;

        sem_wait(&lying);
        wait_a_while();
        while (resting && chance(8)) {
            resting = given_and_seen(++asked);
            seen += (unsigned long)resting;
            wait_a_while();
        }
        if (!resting) {
            continue;
        }
        last = round >= ROUNDS; /* the thread looks at it after the call */
        if (chance(4) == 0) {   /* as when all ends while an errand is under way */
            sk_rest_ask(rest, errand, &done);
            asked++;
        }
        sk_rest_call(rest);
        if (last) {
            sk_rest_call(rest);
        }
        sem_wait(&over);
        check(end == SK_REST_CALLED, "a call ends no rest");
        check(done == asked, "a call comes before an errand");
    }
    pthread_join(worker, NULL);
    sk_rest_free(rest);
    sk_rest_free(NULL);
    check(seen > ROUNDS && asked - seen > ROUNDS / 10, "too few moments were tried");
    return 0;
}
