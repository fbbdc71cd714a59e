/*
 * Signs with the eight-lane kernel while valgrind's memcheck holds all secrets for uninitialised: see ct_policy.c.
 *
 *   ct_driver sign COUNT LANES KEY...  sign COUNT messages, message i ("message 0", ...) with key i mod their number;
 *                                      LANES: a bit for each lane in which a fault is made first (0: none)
 *   ct_driver leak KEY                 the negative controls: one leaky function for each kind of secret
 *
 * KEY is a file with a private key in DER. Output: a line "signature HEX" each; a line "control NAME ERRORS" each, with
 * the reports of memcheck that the control has caused; at the end "passed ..." (ct_policy.h) and "errors N", all
 * reports so far.
 */

#include "blinding.h"
#include "ct_policy.h"
#include "fault.h"
#include "pkcs1.h"
#include "rsa_batch.h"
#include "rsa_key_internal.h"
#include "rsa_openssl.h"
#include "runtime.h"
#include "sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

enum { KEYS_MAX = 4, DER_MAX = 8192, TEXT = 32 };

static void die(const char *what)
{
    fprintf(stderr, "ct_driver: %s\n", what);
    exit(2);
}

static sk_key *load(const char *path)
{
    static uint8_t der[DER_MAX];
    FILE *file = fopen(path, "rb");
    const size_t size = file == NULL ? 0 : fread(der, 1, sizeof der, file);
    sk_key *key = sk_key_private(der, size);

    if (file != NULL) {
        fclose(file);
    }
    if (key == NULL) {
        die("a key cannot be read");
    }
    return key;
}

static void sign(size_t count, unsigned lanes, char **paths, size_t key_count)
{
    char(*texts)[TEXT] = calloc(count, TEXT);
    const uint8_t **data = calloc(count, sizeof *data);
    size_t *bytes = calloc(count, sizeof *bytes), stride = 0;
    uint32_t *which = calloc(count, sizeof *which);
    sk_key *keys[KEYS_MAX];
    const sk_keyring ring = {keys, key_count, which};
    const sk_strings messages = {data, bytes};
    uint8_t *out;
    int status;

    for (size_t j = 0; j < key_count; j++) {
        keys[j] = load(paths[j]);
        stride = sk_key_bytes(keys[j]) > stride ? sk_key_bytes(keys[j]) : stride;
    }
    for (size_t i = 0; i < count; i++) {
        bytes[i] = (size_t)snprintf(texts[i], TEXT, "message %zu", i);
        data[i] = (const uint8_t *)texts[i];
        which[i] = (uint32_t)(i % key_count);
    }
    out = calloc(count, stride);
    sk_fault_set(lanes);
    if (out == NULL) {
        die("no memory");
    }
    if (count == 1) { /* as an errand, which is a batch of one */
        sk_signing one = {&ring, SK_KERNEL_LANES, data[0], bytes[0], out, SK_FAULT};

        sk_sign_one(&one);
        status = one.status;
    } else {
        status = sk_sign_batch(&ring, &messages, count, SK_KERNEL_LANES, out, stride);
    }
    if (status != SK_OK) {
        die("signing failed");
    }
    ct_publish(out, count * stride);
    for (size_t i = 0; i < count; i++) {
        printf("signature ");
        for (size_t b = 0; b < sk_key_bytes(keys[which[i]]); b++) {
            printf("%02x", out[i * stride + b]);
        }
        putchar('\n');
    }
    for (size_t j = 0; j < key_count; j++) {
        sk_key_free(keys[j]);
    }
    free(texts);
    free(data);
    free(bytes);
    free(which);
    free(out);
}

/* Messages are no secrets, but their time must not be told by more than their lengths either. */
static void hash(void)
{
    enum { MESSAGES = 20, LONGEST = 200 };
    static uint8_t texts[MESSAGES][LONGEST], digests[MESSAGES][SK_DIGEST_BYTES];
    const uint8_t *data[MESSAGES];
    size_t bytes[MESSAGES];

    for (size_t i = 0; i < MESSAGES; i++) {
        data[i] = texts[i];
        bytes[i] = i * (LONGEST / MESSAGES);
    }
    (void)VALGRIND_MAKE_MEM_UNDEFINED(texts, sizeof texts);
    sk_sha256_lanes(data, bytes, MESSAGES, digests);
    ct_publish(digests, sizeof digests);
}

/* What no function of the core may do. The volatile keeps the compiler from making them harmless. */
static volatile unsigned sink;
static const volatile uint8_t table[16] = {1};

static void branch_on(uint64_t secret)
{
    if (secret & 2) {
        sink++;
    }
}

static void look_up(uint64_t secret) { sink += table[secret & 15]; }

static void compare_until_different(const uint8_t *a, const uint8_t *b, size_t size)
{
    for (size_t i = 0; i < size && a[i] == b[i]; i++) {
        sink++;
    }
}

static void control(const char *name, unsigned before)
{
    printf("control %s %u\n", name, (unsigned)VALGRIND_COUNT_ERRORS - before);
}

#define CONTROL(name, leak)                                                                                            \
    do {                                                                                                               \
        const unsigned before = (unsigned)VALGRIND_COUNT_ERRORS;                                                       \
        leak;                                                                                                          \
        control(name, before);                                                                                         \
    } while (0)

/* Each control reads one kind of secret where the core has it, so it also shows that the mark arrives there. */
static void leak(const char *path)
{
    static sk_v8 blind[SK_DIGITS_MAX], unblind[SK_DIGITS_MAX];
    sk_key *keys[1] = {load(path)};
    const sk_keyring ring = {keys, 1, NULL};
    const sk_lane_private *key = sk_lane_private_of(keys[0]);
    const sk_lane_prime *p = &key->prime[0];
    sk_openssl_work *openssl = sk_openssl_open(&ring, 1);
    uint8_t digest[SK_DIGEST_BYTES], other[SK_DIGEST_BYTES] = {0};

    if (openssl == NULL || !sk_openssl_digest(openssl, digest, 0, digest) ||
        !sk_blinding_take(key->blinding, &sk_lane_public_of(keys[0])->modulus, key, blind, unblind)) {
        die("no working set");
    }
    CONTROL("nothing", branch_on(sk_lane_public_of(keys[0])->scale[1]));
    CONTROL("prime-branch", branch_on(p->modulus.m[0]));
    CONTROL("prime-table", look_up(key->prime[1].modulus.m[1]));
    CONTROL("constant-branch", branch_on(p->modulus.r2[1]));
    CONTROL("exponent-table", look_up(p->exponent[SK_PRIVATE][0]));
    CONTROL("coefficient-branch", branch_on(key->q_inverse[1]));
    CONTROL("blinding-table", look_up(((const uint64_t *)blind)[0]));
    CONTROL("unblinding-branch", branch_on(((const uint64_t *)unblind)[0]));
    CONTROL("message-comparison", compare_until_different(digest, other, sizeof digest));
    sk_openssl_close(openssl);
    sk_key_free(keys[0]);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    const ct_counts *c = &ct_passed;

    if (strcmp(mode, "sign") == 0 && argc > 4 && argc - 4 <= KEYS_MAX) {
        hash();
        sign(strtoul(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10), argv + 4, (size_t)argc - 4);
    } else if (strcmp(mode, "leak") == 0 && argc == 3) {
        leak(argv[2]);
    } else {
        die("arguments: sign COUNT LANES KEY... | leak KEY");
    }
    printf("passed primes=%u exponents=%u coefficients=%u random=%u digests=%u faults_told=%u untainted=%u "
           "handed_over=%u\n",
           c->primes, c->exponents, c->coefficients, c->random, c->digests, c->faults_told, c->untainted,
           c->handed_over);
    printf("errors %u\n", (unsigned)VALGRIND_COUNT_ERRORS);
    return 0;
}
