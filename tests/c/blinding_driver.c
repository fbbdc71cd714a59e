/*
 * Takes blinding factors of a key, forks, and takes more in both processes; records as in records.h.
 *
 *   b  key, takes (2 bytes)   blind and unblind of each take, as vectors in hexadecimal apart by blanks: so many by the
 *                            parent, then by the child, then by the parent again
 *   m  key, steps            the factors of each step, one after the other: of all lanes where it is 'a', of one
 *                            message by itself where it is 'o', as words
 */

#include "records.h"

#include "blinding.h"
#include "rsa_key_internal.h"
#include "runtime.h"

#include <sys/wait.h>
#include <unistd.h>

enum { VECTOR = sizeof(sk_v8) };

static void take(sk_key *key, int takes)
{
    const sk_lane_modulus *n = &sk_lane_public_of(key)->modulus;
    const sk_lane_private *secret = sk_lane_private_of(key);
    const size_t size = (size_t)n->digits * VECTOR;
    sk_v8 *blind = (sk_v8 *)block(size), *unblind = (sk_v8 *)block(size);

    for (int i = 0; i < takes; i++) {
        if (!sk_blinding_take(secret->blinding, n, secret, blind, unblind)) {
            exit(3);
        }
        print_hex((const uint8_t *)blind, size);
        putchar(' ');
        print_hex((const uint8_t *)unblind, size);
        putchar(' ');
    }
    free(blind);
    free(unblind);
}

static void take_one(sk_key *key)
{
    const sk_lane_modulus *n = &sk_lane_public_of(key)->modulus;
    const sk_lane_private *secret = sk_lane_private_of(key);
    const size_t size = (size_t)n->digits * sizeof(uint64_t);
    uint8_t *blind = block(size), *unblind = block(size);

    if (!sk_blinding_take_one(secret->blinding, n, secret, (uint64_t *)blind, (uint64_t *)unblind)) {
        exit(3);
    }
    print_hex(blind, size);
    putchar(' ');
    print_hex(unblind, size);
    putchar(' ');
    free(blind);
    free(unblind);
}

static void mixed(const record *r)
{
    sk_key *key = sk_key_private(r->data[0], r->bytes[0]);

    for (size_t i = 0; i < r->bytes[1]; i++) {
        if (r->data[1][i] == 'a') {
            take(key, 1);
        } else {
            take_one(key);
        }
    }
    sk_key_free(key);
}

static void fork_between(const record *r)
{
    sk_key *key = sk_key_private(r->data[0], r->bytes[0]);
    const int takes = r->data[1][0] << 8 | r->data[1][1];
    pid_t child;
    int status;

    take(key, takes);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        take(key, takes);
        fflush(stdout);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        exit(4);
    }
    take(key, takes);
    sk_key_free(key);
}

int main(void)
{
    int op;

    printf("lanes %d\n", sk_lanes_run());
    while (sk_lanes_run() && (op = getchar()) != EOF) {
        record r = read_record();
        if (op == 'm') {
            mixed(&r);
        } else {
            fork_between(&r);
        }
        putchar('\n');
        free_record(&r);
    }
    return 0;
}
