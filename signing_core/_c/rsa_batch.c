/*
 * RSASSA-PKCS1-v1_5 with SHA-256 over many messages in one call (RFC 8017, section 8.2).
 *
 * With the eight-lane kernel, messages gather in groups of eight by the size of their keys, in the order they come,
 * whatever their keys are. What the kernel does not take goes to OpenSSL, and a group that is short at the end may take
 * less time as messages one by one. Results stand in the order of the messages either way.
 *
 * Nothing is shared between calls but the keys, so calls may run on any number of threads.
 */

#include "rsa_batch.h"

#include "fault_internal.h"
#include "rsa_across.h"
#include "rsa_key_internal.h"
#include "rsa_lanes.h"
#include "rsa_openssl.h"
#include "runtime.h"
#include "sha256.h"

#include <string.h>

enum {
    CLASSES = 3, /* 2048, 3072 and 4096 bits */
    AHEAD = 2,   /* items that are fetched before their turn */
    HASHED = 128 /* messages that are hashed in a row, by lanes that each take one after the other */
};

/* So many messages of a class take less time one after the other than in lanes: to sign, to verify. */
static const int few[CLASSES][2] = {{2, 3}, {1, 2}, {2, 2}};

/* The messages of one key size that wait for a full group. */
typedef struct {
    sk_lanes_item items[SK_LANE_COUNT];
    size_t places[SK_LANE_COUNT]; /* their numbers in the batch */
    int count;
} group;

typedef struct {
    const sk_keyring *ring;
    enum sk_kernel kernel;
    sk_openssl_work *openssl; /* these two are NULL until an item needs them */
    sk_lanes_work *lanes;
    group groups[CLASSES];
    uint8_t *verdicts; /* NULL: signing */
    uint8_t digests[HASHED][SK_DIGEST_BYTES]; /* of the messages about the one at hand */
} batch;

static void batch_open(batch *b, const sk_keyring *ring, enum sk_kernel kernel, uint8_t *verdicts)
{
    memset(b, 0, offsetof(batch, digests));
    b->ring = ring;
    b->kernel = kernel;
    b->verdicts = verdicts;
    sk_clear_errors(); /* so that what the queue holds after a fault belongs to that fault */
}

static int openssl_is_open(batch *b)
{
    if (b->openssl == NULL) {
        b->openssl = sk_openssl_open(b->ring, b->verdicts == NULL);
    }
    return b->openssl != NULL;
}

static void batch_close(batch *b)
{
    sk_openssl_close(b->openssl);
    sk_lanes_close(b->lanes);
}

static size_t key_of(const sk_keyring *ring, size_t place)
{
    return ring->which == NULL ? 0 : ring->which[place];
}

/* Bring what will be read soon nearer: the lines of a string that a batch of many may have pushed out of the cache. */
static void fetch(const sk_strings *strings, size_t place, size_t count)
{
    enum { LINE = 64, MOST = 1024 };

    if (place < count) {
        const size_t bytes = strings->bytes[place] < MOST ? strings->bytes[place] : MOST;
        for (size_t i = 0; i < bytes; i += LINE) {
            __builtin_prefetch(strings->data[place] + i);
        }
    }
}

/* Put the digest of message `place` of so many into the item. */
static int digest(batch *b, const sk_strings *messages, size_t place, size_t count, sk_lanes_item *item)
{
    const uint8_t *const *data = messages->data + place;
    const size_t *bytes = messages->bytes + place, some = count - place < HASHED ? count - place : HASHED;
    int done = 1;

    if (place % HASHED == 0 && !(b->kernel == SK_KERNEL_LANES && sk_sha256(data, bytes, some, b->digests))) {
        done = openssl_is_open(b);
        for (size_t i = 0; i < some && done; i++) {
            done = sk_openssl_digest(b->openssl, data[i], bytes[i], b->digests[i]);
        }
    }
    memcpy(item->digest, b->digests[place % HASHED], SK_DIGEST_BYTES);
    return done;
}

static int by_openssl(batch *b, const sk_lanes_item *item, size_t place)
{
    const size_t j = key_of(b->ring, place);

    if (!openssl_is_open(b)) {
        return 0;
    }
    return b->verdicts == NULL ? sk_openssl_sign(b->openssl, j, item->digest, item->signature)
                               : sk_openssl_verify(b->openssl, j, item->digest, item->proof, &b->verdicts[place]);
}

/* A signature that was wrong, and has not left, is made anew. */
static int after_fault(batch *b, const sk_lanes_item *item, size_t place)
{
    sk_fault_caught();
    return by_openssl(b, item, place);
}

static int by_itself(batch *b, const sk_lanes_item *item, size_t place)
{
    int faulty;

    if (b->verdicts != NULL) {
        b->verdicts[place] = (uint8_t)sk_across_verify(item);
        return 1;
    }
    return sk_across_sign(item, &faulty) && (!faulty || after_fault(b, item, place));
}

static int by_lanes(batch *b, const group *g)
{
    unsigned faulty, good;

    if (b->lanes == NULL && (b->lanes = sk_lanes_open()) == NULL) {
        return 0;
    }
    if (b->verdicts != NULL) {
        good = sk_lanes_verify(g->items, g->count, b->lanes);
        for (int i = 0; i < g->count; i++) {
            b->verdicts[g->places[i]] = good >> i & 1;
        }
        return 1;
    }
    if (!sk_lanes_sign(g->items, g->count, &faulty, b->lanes)) {
        return 0;
    }
    for (int i = 0; i < g->count; i++) {
        if ((faulty >> i & 1) && !after_fault(b, &g->items[i], g->places[i])) {
            return 0;
        }
    }
    return 1;
}

static int flush(batch *b, group *g)
{
    int done = 1;

    if (g->count <= few[g - b->groups][b->verdicts != NULL]) {
        for (int i = 0; i < g->count && done; i++) {
            done = by_itself(b, &g->items[i], g->places[i]);
        }
    } else {
        done = by_lanes(b, g);
    }
    g->count = 0;
    return done;
}

/* The group for keys of so many digits. */
static group *group_of(batch *b, int digits) { return &b->groups[digits / 20 - 2]; }

/* Do the item now, or let it wait for others. */
static int add(batch *b, const sk_lanes_item *item, size_t place)
{
    int digits = 0;
    group *g;

    if (b->kernel == SK_KERNEL_LANES) {
        digits = b->verdicts == NULL ? sk_lanes_sign_class(item->key) : sk_lanes_verify_class(item->key);
    }
    if (digits == 0) {
        return by_openssl(b, item, place);
    }
    g = group_of(b, digits);
    g->items[g->count] = *item;
    g->places[g->count] = place;
    g->count++;
    return g->count < SK_LANE_COUNT || flush(b, g);
}

static int flush_all(batch *b)
{
    int done = 1;

    for (int i = 0; i < CLASSES && done; i++) {
        done = flush(b, &b->groups[i]);
    }
    return done;
}

/*
 * out[i] = EMSA-PKCS1-v1_5(SHA-256(messages[i])) ^ d mod n, with the key of item i, for i = 0 ... count - 1
 *
 * Sizes: signature i is the k bytes at out + i * stride, k its key's modulus length. Preconditions: all keys private;
 * which[i] < ring->count; stride >= the longest modulus; out does not overlap an input; SK_KERNEL_LANES only where
 * sk_lanes_run() is 1. Returns SK_FAULT at the first fault, with OpenSSL's error queue set; out is then of no use.
 * Constant time in the key; messages are hashed in a time that depends on their length alone.
 */
int sk_sign_batch(const sk_keyring *ring, const sk_strings *messages, size_t count, enum sk_kernel kernel, uint8_t *out,
                  size_t stride)
{
    batch b;
    int done = 1;

    batch_open(&b, ring, kernel, NULL);
    for (size_t i = 0; i < count && done; i++) {
        sk_lanes_item item = {.key = ring->keys[key_of(ring, i)], .signature = out + i * stride};

        done = digest(&b, messages, i, count, &item) && add(&b, &item, i);
    }
    done = done && flush_all(&b);
    batch_close(&b);
    return done ? SK_OK : SK_FAULT;
}

/* What sk_sign_batch does, and in as constant a time. A fault leaves nothing in the thread's error queue: who wants to
 * know of it signs again. */
void sk_sign_one(void *signing)
{
    sk_signing *one = signing;
    const uint8_t *const data[] = {one->message};
    const size_t bytes[] = {one->bytes};

    one->status = sk_sign_batch(one->ring, &(sk_strings){data, bytes}, 1, one->kernel, one->signature, 0);
    if (one->status != SK_OK) {
        sk_clear_errors();
    }
}

/*
 * verdicts[i] = 1 if signatures[i] is the signature of messages[i] by its key, else 0  (RFC 8017, section 8.2.2)
 *
 * In the order of the RFC: the signature is as long as the modulus; its value is less than n; s ^ e mod n is, as a
 * whole, the encoded message of the digest. What the signature opens to is compared, never parsed. Preconditions:
 * which[i] < ring->count; verdicts holds count bytes and overlaps no input; kernel as in sk_sign_batch. Returns
 * SK_FAULT at the first fault, with OpenSSL's error queue set; verdicts is then of no use. A bad signature is no fault.
 */
int sk_verify_batch(const sk_keyring *ring, const sk_strings *messages, const sk_strings *signatures, size_t count,
                    enum sk_kernel kernel, uint8_t *verdicts)
{
    batch b;
    int done = 1;

    batch_open(&b, ring, kernel, verdicts);
    for (size_t i = 0; i < count && done; i++) {
        sk_lanes_item item = {.key = ring->keys[key_of(ring, i)], .proof = signatures->data[i]};
        const size_t k = item.key->k;

        verdicts[i] = 0;
        fetch(signatures, i + AHEAD, count);
        done = digest(&b, messages, i, count, &item);
        if (done && signatures->bytes[i] == k && memcmp(item.proof, item.key->modulus, k) < 0) {
            done = add(&b, &item, i);
        }
    }
    done = done && flush_all(&b);
    batch_close(&b);
    return done ? SK_OK : SK_FAULT;
}
