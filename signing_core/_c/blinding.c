/*
 * Base blinding: what is raised to the secret exponent is c r^e for a random r, and r^-1 takes the result back to c^d.
 *
 * An attacker who chooses messages then knows nothing about the numbers that the exponentiation works on. Each lane has
 * its own r. After use, by a group or by eight messages alone, the factors are squared, which makes them those of r^2;
 * after REFRESH squarings, and in a child process after fork, they are made of new random numbers. The inverse comes
 * from the exponentiation itself, r^(p-2) mod p and r^(q-2) mod q, in constant time and eight at once: a refresh costs
 * as much as eight signatures.
 */

#include "blinding.h"

#include "digits.h"
#include "runtime.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { REFRESH = 512 };

struct sk_blinding {
    sk_modulus n;
    sk_v8 blind[SK_DIGITS_MAX], unblind[SK_DIGITS_MAX];
    sk_v8 r2[SK_DIGITS_MAX];
    atomic_int holder; /* the generation whose thread is at work here; 0: none */
    int owner;         /* the generation that made the factors */
    int left;          /* squarings before the next refresh */
    int used;          /* lanes whose factors have been taken one by one since the last */
};

/* How many forks lie between the first process and this one, and 1. Not the process's number: in a PID namespace of its
 * own a child can have its parent's. */
static atomic_int generation = 1;
static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;

static void in_child(void) { atomic_fetch_add(&generation, 1); }

static void watch_forks(void) { pthread_atfork(NULL, NULL, in_child); }

sk_blinding *sk_blinding_new(void)
{
    sk_blinding *b = CRYPTO_THREAD_run_once(&once, watch_forks) ? aligned_alloc(64, sizeof *b) : NULL;

    if (b != NULL) {
        memset(b, 0, sizeof *b);
    }
    return b;
}

void sk_blinding_free(sk_blinding *b)
{
    if (b != NULL) {
        sk_wipe(b, sizeof *b);
        free(b);
    }
}

/* A lock that survives fork: a holder of another generation was copied with the memory and will never let go. */
static void enter(sk_blinding *b)
{
    const int self = atomic_load(&generation);
    int found = 0;

    while (!atomic_compare_exchange_weak(&b->holder, &found, self)) {
        if (found != 0 && found != self) {
            b->left = 0; /* what it was doing is half done */
            if (atomic_compare_exchange_strong(&b->holder, &found, self)) {
                return;
            }
        }
        found = 0;
        sched_yield();
    }
}

static void leave(sk_blinding *b) { atomic_store(&b->holder, 0); }

/* New random r in each lane: one bit shorter than n, so below it. A multiple of p or q has no inverse, but does not
 * occur. */
static SK_LANES int refresh(sk_blinding *b, const sk_lane_modulus *n, const sk_lane_private *key)
{
    const int D = n->digits;
    const size_t bytes = (size_t)n->bits / 8;
    const sk_lane_private *keys[SK_LANE_COUNT];
    uint8_t random[SK_DIGITS_MAX * SK_DIGIT_BITS / 8];
    uint64_t r[SK_DIGITS_MAX];
    sk_v8 base[SK_DIGITS_MAX];
    sk_crt_work *w = aligned_alloc(4096, (sizeof *w + 4095) / 4096 * 4096);
    int ready = w != NULL;

    if (w == NULL) {
        ERR_raise(ERR_LIB_RSA, ERR_R_MALLOC_FAILURE);
    }
    for (int lane = 0; lane < SK_LANE_COUNT && ready; lane++) {
        ready = RAND_priv_bytes(random, (int)bytes) > 0;
        random[0] &= 0x7f;
        sk_digits_from_bytes(r, D, random, bytes);
        sk_lane_put(base, lane, r, D);
        sk_lane_load(&b->n, lane, n);
        sk_lane_put(b->r2, lane, n->r2, D);
        keys[lane] = key;
    }
    if (ready) {
        sk_crt_power(b->unblind, base, keys, SK_INVERTING, SK_LANE_COUNT, w);
        sk_mont_mul(b->unblind, b->unblind, b->r2, &b->n);
        sk_mont_mul(base, base, b->r2, &b->n);
        sk_power_f4(b->blind, base, &b->n);
        sk_wipe(w, sizeof *w);
    }
    free(w);
    sk_wipe(random, sizeof random);
    sk_wipe(r, sizeof r);
    sk_wipe(base, sizeof base);
    return ready;
}

/* Go on to factors that nobody has had. */
static SK_LANES void step(sk_blinding *b)
{
    sk_mont_square(b->blind, b->blind, &b->n);
    sk_mont_square(b->unblind, b->unblind, &b->n);
    b->left--;
    b->used = 0;
}

/* Have factors that this process may use. */
static int prepare(sk_blinding *b, const sk_lane_modulus *n, const sk_lane_private *key)
{
    int ready = 1;

    if (b->left == 0 || b->owner != atomic_load(&generation)) {
        ready = refresh(b, n, key);
        b->left = ready ? REFRESH : 0;
        b->owner = atomic_load(&generation);
        b->used = 0;
    }
    return ready;
}

SK_LANES int sk_blinding_take(sk_blinding *b, const sk_lane_modulus *n, const sk_lane_private *key, sk_v8 *blind,
                              sk_v8 *unblind)
{
    int ready;

    enter(b);
    if (b->used > 0 && b->left > 0) {
        step(b);
    }
    ready = prepare(b, n, key);
    if (ready) {
        memcpy(blind, b->blind, (size_t)n->digits * sizeof *blind);
        memcpy(unblind, b->unblind, (size_t)n->digits * sizeof *unblind);
        step(b);
    }
    leave(b);
    return ready;
}

SK_LANES int sk_blinding_take_one(sk_blinding *b, const sk_lane_modulus *n, const sk_lane_private *key,
                                  uint64_t *blind, uint64_t *unblind)
{
    int ready;

    enter(b);
    ready = prepare(b, n, key);
    if (ready) {
        sk_lane_get(blind, b->blind, b->used, n->digits);
        sk_lane_get(unblind, b->unblind, b->used, n->digits);
        b->used++;
        if (b->used == SK_LANE_COUNT) {
            step(b);
        }
    }
    leave(b);
    return ready;
}
