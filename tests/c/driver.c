/*
 * Runs the C core on records from standard input, so that sanitizers can watch it; one line of output a record.
 *
 * record  = op (1 byte) || count (u32, little-endian) || count fields, each size (u32) || bytes
 *   s  key, key, message ...             signatures in hexadecimal, joined by commas; message i by key i mod 2
 *   v  key, key, (message, signature)... a digit 0 or 1 for each pair
 *   k  der                               "private" and "public" with their k, or "-"
 *   e  digest, k bytes of anything       the encoded message of k bytes in hexadecimal, or "-"
 *   m  text                              fault code, place, minified text in hexadecimal
 *
 * Every field lies in a heap block of exactly its size, so that a read or write one byte too far is seen.
 */

#include "json_minify.h"
#include "pkcs1.h"
#include "rsa_batch.h"
#include "rsa_key.h"
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    uint8_t **data;
    size_t *bytes;
    size_t count;
} record;

static uint8_t *block(size_t size)
{
    uint8_t *data = malloc(size);
    if (data == NULL && size > 0) {
        abort();
    }
    return data;
}

static size_t u32(void)
{
    uint8_t b[4];
    if (fread(b, 1, 4, stdin) != 4) {
        fputs("the input ends inside a record\n", stderr);
        exit(2);
    }
    return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

static record read_record(void)
{
    record r = {.count = u32()};
    r.data = calloc(r.count + 1, sizeof *r.data);
    r.bytes = calloc(r.count + 1, sizeof *r.bytes);
    for (size_t i = 0; i < r.count; i++) {
        r.bytes[i] = u32();
        r.data[i] = block(r.bytes[i]);
        if (r.bytes[i] > 0 && fread(r.data[i], 1, r.bytes[i], stdin) != r.bytes[i]) {
            exit(2);
        }
    }
    return r;
}

static void free_record(record *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->data[i]);
    }
    free(r->data);
    free(r->bytes);
}

static void print_hex(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        printf("%02x", data[i]);
    }
}

static void print_faults(void)
{
    char text[40]; /* shorter than OpenSSL's texts, which are to be cut */
    while (sk_next_error(text, sizeof text)) {
        fprintf(stderr, "%s\n", text);
    }
}

static void sign(const record *r)
{
    sk_key *keys[2] = {sk_key_private(r->data[0], r->bytes[0]), sk_key_private(r->data[1], r->bytes[1])};
    const size_t count = r->count - 2, k0 = sk_key_bytes(keys[0]), k1 = sk_key_bytes(keys[1]);
    const size_t stride = k0 > k1 ? k0 : k1;
    uint8_t *out = block(count * stride);
    uint32_t *which = calloc(count + 1, sizeof *which);
    const sk_strings messages = {(const uint8_t *const *)r->data + 2, r->bytes + 2};
    const sk_keyring ring = {keys, 2, which};

    for (size_t i = 0; i < count; i++) {
        which[i] = i % 2;
    }
    if (sk_sign_batch(&ring, &messages, count, out, stride) != SK_OK) {
        print_faults();
        fputs("-", stdout);
    } else {
        for (size_t i = 0; i < count; i++) {
            fputs(i > 0 ? "," : "", stdout);
            print_hex(out + i * stride, i % 2 ? k1 : k0);
        }
    }
    sk_wipe(out, count * stride);
    free(out);
    free(which);
    sk_key_free(keys[0]);
    sk_key_free(keys[1]);
}

static void verify(const record *r)
{
    sk_key *keys[2] = {sk_key_public(r->data[0], r->bytes[0]), sk_key_public(r->data[1], r->bytes[1])};
    const size_t count = (r->count - 2) / 2;
    const uint8_t **data = calloc(2 * count + 1, sizeof *data);
    size_t *bytes = calloc(2 * count + 1, sizeof *bytes);
    uint32_t *which = calloc(count + 1, sizeof *which);
    uint8_t *verdicts = block(count);
    const sk_strings messages = {data, bytes}, signatures = {data + count, bytes + count};
    const sk_keyring ring = {keys, 2, which};

    for (size_t i = 0; i < count; i++) {
        which[i] = i % 2;
        for (size_t part = 0; part < 2; part++) {
            data[part * count + i] = r->data[2 + 2 * i + part];
            bytes[part * count + i] = r->bytes[2 + 2 * i + part];
        }
    }
    if (sk_verify_batch(&ring, &messages, &signatures, count, verdicts) != SK_OK) {
        print_faults();
        fputs("-", stdout);
    } else {
        for (size_t i = 0; i < count; i++) {
            putchar('0' + verdicts[i]);
        }
    }
    free(data);
    free(bytes);
    free(which);
    free(verdicts);
    sk_key_free(keys[0]);
    sk_key_free(keys[1]);
}

static void load(const record *r)
{
    sk_key *key = sk_key_private(r->data[0], r->bytes[0]), *public = sk_key_public(r->data[0], r->bytes[0]);

    sk_clear_errors();
    if (key != NULL) {
        printf("private %zu", sk_key_bytes(key));
    }
    if (public != NULL) {
        printf("public %zu", sk_key_bytes(public));
    }
    if (key == NULL && public == NULL) {
        fputs("-", stdout);
    }
    sk_key_free(key);
    sk_key_free(public);
}

static void encode(const record *r)
{
    if (sk_pkcs1_encode(r->data[1], r->bytes[1], r->data[0]) == SK_OK) {
        print_hex(r->data[1], r->bytes[1]);
    } else {
        fputs("-", stdout);
    }
}

static void minify(const record *r)
{
    uint8_t *out = block(r->bytes[0]);
    size_t size = 0, place = 0;
    const enum json_fault fault = json_minify(r->data[0], r->bytes[0], out, &size, &place);

    printf("%d %zu ", fault, place);
    print_hex(out, fault == JSON_OK ? size : 0);
    free(out);
}

int main(void)
{
    int op;

    printf("%s, processor features %u\n", sk_openssl_version(), (unsigned)sk_cpu_features());
    while ((op = getchar()) != EOF) {
        record r = read_record();
        switch (op) {
        case 's': sign(&r); break;
        case 'v': verify(&r); break;
        case 'k': load(&r); break;
        case 'e': encode(&r); break;
        case 'm': minify(&r); break;
        default: return 2;
        }
        putchar('\n');
        free_record(&r);
    }
    return 0;
}
