/*
 * Runs the eight-lane kernel's functions one by one on records (records.h) from standard input.
 *
 * A vector of digits is a field of 64 bytes a digit: eight words of 64 bits, lane 0 first, as in memory. `m` and
 * `inverse` are a modulus of D digits and its constant; `r=` is a byte: which operand the result overwrites, 0 for
 * none. Results are vectors in hexadecimal, several of them apart by blanks.
 *
 *   *  m, inverse, r=, a, b             sk_mont_mul
 *   M  m, inverse, r=, a, b             sk_mont_mul20
 *   2  m, inverse, r=, a                sk_mont_square, of 20 digits sk_mont_square20
 *   w  m, inverse, r=, x, c             sk_mont_window20
 *   ?  entries (32 vectors), number, bit (2 bytes)
 *                                       sk_choice_keep of all eights, and sk_choose: eight vectors
 *   /  m, inverse, r=, x                sk_mont_reduce
 *   1  m, inverse, r=, a                sk_mont_leave
 *   -  m, inverse, r=, a, b             sk_lanes_subtract
 *   d  m, inverse, r=, a                sk_lanes_double
 *   c  m, inverse, r=, a                sk_lanes_canonical
 *   ^  m, inverse, r=, x, one, exponent sk_power_secret
 *   4  m, inverse, r=, x                sk_power_f4
 *   s  m, inverse, r=, a, b, x, y, c    sk_mont_mul_add
 *   +  a, b, c                          sk_lanes_mul_add
 *   =  a, b                             sk_lanes_difference
 *   D  digits (1 byte), bytes           sk_digits_from_bytes: one number's words
 *   b  digits (1 byte), bytes of eight  sk_lanes_put_bytes
 *   B  words, k bytes of anything       sk_digits_to_bytes: k bytes
 *   h  any number of messages           sk_sha256_lanes: a digest each
 *   H  the same                         sk_sha256
 *   k  a private key in DER             sk_lanes_sign of eight messages in a working set: how many bytes of it are
 *                                       not 0 before it is given back and after, four bytes each as in memory
 *   i  a, lane (1 byte), words          sk_lane_put, then sk_lane_get of that lane; then sk_lanes_fill of the words
 *
 * A modulus ends where its struct does, not where its digits do: what lies beyond them is garbage here, and so is the
 * scratch. A change of the modulus itself is told and ends the program.
 */

#include "records.h"

#include "digits.h"
#include "montgomery.h"
#include "power.h"
#include "rsa_key_internal.h"
#include "sha256.h"
#include "rsa_lanes.h"
#include "runtime.h"

#include <malloc.h> /* malloc_usable_size */
#include <string.h>

enum { VECTOR = sizeof(sk_v8), GARBAGE = 0xa5, SIGNATURE_MAX = 512 };

static int digits_in(const record *r, size_t field) { return (int)(r->bytes[field] / VECTOR); }

static sk_v8 *vectors(const record *r, size_t field)
{
    if (field >= r->count || r->bytes[field] % VECTOR != 0) {
        fprintf(stderr, "field %zu is no vector\n", field);
        exit(2);
    }
    return (sk_v8 *)r->data[field];
}

static sk_v8 *room(int digits)
{
    const size_t size = (size_t)digits * VECTOR;
    return memset(block(size), GARBAGE, size);
}

static void print_vectors(const sk_v8 *a, int digits) { print_hex((const uint8_t *)a, (size_t)digits * VECTOR); }

static void choose(const record *r)
{
    sk_choice_table *t = (sk_choice_table *)block(sizeof *t);
    const int D = digits_in(r, 0) / SK_CHOICES;

    memset(t, GARBAGE, sizeof *t);
    for (int entry = 0; entry < SK_CHOICES; entry++) {
        memcpy(t->chosen[entry % SK_CHOICE_COUNT], vectors(r, 0) + entry * D, (size_t)D * VECTOR);
        if (entry % SK_CHOICE_COUNT == SK_CHOICE_COUNT - 1) {
            sk_choice_keep(t, entry / SK_CHOICE_COUNT, D);
        }
    }
    sk_choose(t, vectors(r, 1), digits_in(r, 1), r->data[2][0] + 256 * r->data[2][1], D);
    for (int c = 0; c < SK_CHOICE_COUNT; c++) {
        print_vectors(t->chosen[c], D);
        putchar(' ');
    }
    free(t);
}

static void power(const record *r, sk_v8 *x, sk_modulus *m)
{
    sk_choice_table *table = (sk_choice_table *)block(sizeof *table);

    sk_power_secret(x, vectors(r, 5), 64 * digits_in(r, 5), vectors(r, 4), m, table);
    print_vectors(x, m->digits);
    free(table);
}

/* The functions that have a modulus. */
static void modular(int op, const record *r)
{
    const int D = digits_in(r, 0), overwritten = r->data[2][0];
    sk_modulus *m = (sk_modulus *)block(sizeof *m);
    sk_v8 *own = room(D), *to = overwritten == 0 ? own : vectors(r, 2 + (size_t)overwritten);
    sk_v8 *a = vectors(r, 3), *b = r->count > 4 ? vectors(r, 4) : NULL;

    memset(m, GARBAGE, sizeof *m);
    m->digits = D;
    memcpy(&m->inverse, r->data[1], VECTOR);
    memcpy(m->m, r->data[0], r->bytes[0]);
    switch (op) {
    case '*': sk_mont_mul(to, a, b, m); break;
    case 'M': sk_mont_mul20(to, a, b, m); break;
    case '2': sk_mont_square(to, a, m); break;
    case 'w': sk_mont_window20(to = a, b, m); break;
    case '/': sk_mont_reduce(to, a, m); break;
    case '1': sk_mont_leave(to, a, m); break;
    case '-': sk_lanes_subtract(to, a, b, m); break;
    case 'd': sk_lanes_double(to = a, m); break;
    case 'c': sk_lanes_canonical(to = a, m); break;
    case '4': sk_power_f4(to, a, m); break;
    case 's': sk_mont_mul_add(to, a, b, vectors(r, 5), vectors(r, 6), vectors(r, 7), m); break;
    default: power(r, a, m); break;
    }
    if (op != '^') {
        print_vectors(to, D);
    }
    if (memcmp(m->m, r->data[0], r->bytes[0]) != 0 || memcmp(&m->inverse, r->data[1], VECTOR) != 0) {
        fputs("the modulus has changed\n", stderr);
        exit(3);
    }
    free(own);
    free(m);
}

static void mul_add(const record *r)
{
    const int D = digits_in(r, 0);
    sk_v8 *to = room(2 * D);

    sk_lanes_mul_add(to, vectors(r, 0), vectors(r, 1), vectors(r, 2), D);
    print_vectors(to, 2 * D);
    free(to);
}

static void difference(const record *r)
{
    sk_v8 *to = room(1);

    sk_lanes_difference(to, vectors(r, 0), vectors(r, 1), digits_in(r, 0));
    print_vectors(to, 1);
    free(to);
}

static void from_bytes(const record *r)
{
    const size_t size = r->data[0][0] * sizeof(uint64_t);
    uint8_t *words = block(size);

    sk_digits_from_bytes((uint64_t *)words, r->data[0][0], r->data[1], r->bytes[1]);
    print_hex(words, size);
    free(words);
}

static void bytes_to_lanes(const record *r)
{
    const int D = r->data[0][0];
    const uint8_t *bytes[SK_LANE_COUNT];
    sk_v8 *to = room(D);

    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        bytes[lane] = r->data[1 + lane];
    }
    sk_lanes_put_bytes(to, D, bytes, r->bytes[1]);
    print_vectors(to, D);
    free(to);
}

static void to_bytes(const record *r)
{
    sk_digits_to_bytes(r->data[1], r->bytes[1], (const uint64_t *)r->data[0], (int)(r->bytes[0] / sizeof(uint64_t)));
    print_hex(r->data[1], r->bytes[1]);
}

static void lanes(const record *r)
{
    const int D = digits_in(r, 0), lane = r->data[1][0];
    uint64_t *words = (uint64_t *)r->data[2];
    sk_v8 *filled = room(D);

    sk_lanes_fill(filled, words, D);
    sk_lane_put(vectors(r, 0), lane, words, D);
    print_vectors(vectors(r, 0), D);
    sk_lane_get(words, vectors(r, 0), lane, D);
    putchar(' ');
    print_hex((const uint8_t *)words, r->bytes[2]);
    putchar(' ');
    print_vectors(filled, D);
    free(filled);
}

static void hash(int op, const record *r)
{
    uint8_t(*digests)[SK_DIGEST_BYTES] = (void *)block(r->count * SK_DIGEST_BYTES);

    if (op == 'h') {
        sk_sha256_lanes((const uint8_t *const *)r->data, r->bytes, r->count, digests);
    } else if (!sk_sha256((const uint8_t *const *)r->data, r->bytes, r->count, digests)) {
        exit(3);
    }
    for (size_t i = 0; i < r->count; i++) {
        print_hex(digests[i], SK_DIGEST_BYTES);
    }
    free(digests);
}

static void print_what_is_left(const void *memory, size_t size)
{
    uint32_t found = 0;

    for (size_t i = 0; i < size; i++) {
        found += ((const uint8_t *)memory)[i] != 0;
    }
    print_hex((const uint8_t *)&found, sizeof found);
}

static void sign(const record *r)
{
    static uint8_t signatures[SK_LANE_COUNT][SIGNATURE_MAX];
    sk_key *key = sk_key_private(r->data[0], r->bytes[0]);
    sk_lanes_work *work = sk_lanes_open();
    const size_t size = malloc_usable_size(work);
    sk_lanes_item items[SK_LANE_COUNT];
    unsigned faulty = 0;

    memset(work, 0, size);
    memset(items, 0, sizeof items);
    for (int i = 0; i < SK_LANE_COUNT; i++) {
        items[i].key = key;
        items[i].signature = signatures[i];
    }
    if (!sk_lanes_sign(items, SK_LANE_COUNT, &faulty, work) || faulty != 0) {
        exit(3);
    }
    print_what_is_left(work, size);
    putchar(' ');
    sk_lanes_close(work); /* keeps it for the next one */
    print_what_is_left(work, size);
    sk_key_free(key);
}

int main(void)
{
    int op;

    printf("lanes %d\n", sk_lanes_run());
    while (sk_lanes_run() && (op = getchar()) != EOF) {
        record r = read_record();
        switch (op) {
        case '+': mul_add(&r); break;
        case '=': difference(&r); break;
        case '?': choose(&r); break;
        case 'D': from_bytes(&r); break;
        case 'b': bytes_to_lanes(&r); break;
        case 'B': to_bytes(&r); break;
        case 'i': lanes(&r); break;
        case 'h': case 'H': hash(op, &r); break;
        case 'k': sign(&r); break;
        default: modular(op, &r); break;
        }
        putchar('\n');
        free_record(&r);
    }
    return 0;
}
