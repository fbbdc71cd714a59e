/*
 * Runs the C core on records (records.h) from standard input, so that sanitizers can watch it.
 *
 *   s  lanes, key, key, message ...             signatures in hexadecimal, joined by commas; message i by key i mod 2
 *   v  lanes, key, key, (message, signature)... a digit 0 or 1 for each pair
 *   f  bits                                     faults caught so far; from now on one in each of these lanes
 *   k  der                                      "private" and "public" with their k, or "-"
 *   e  digest, k bytes of anything              the encoded message of k bytes in hexadecimal, or "-"
 *   m  text                                     fault code, place, minified text in hexadecimal
 *
 * `lanes` is a byte: 1 for the eight-lane kernel, 0 for OpenSSL alone.
 */

#include "records.h"

#include "fault.h"
#include "json_minify.h"
#include "pkcs1.h"
#include "rsa_batch.h"
#include "rsa_key.h"
#include "runtime.h"

static void print_faults(void)
{
    char text[40]; /* shorter than OpenSSL's texts, which are to be cut */
    while (sk_next_error(text, sizeof text)) {
        fprintf(stderr, "%s\n", text);
    }
}

static enum sk_kernel kernel_of(const record *r)
{
    return r->data[0][0] ? SK_KERNEL_LANES : SK_KERNEL_OPENSSL;
}

static void sign(const record *r)
{
    sk_key *keys[2] = {sk_key_private(r->data[1], r->bytes[1]), sk_key_private(r->data[2], r->bytes[2])};
    const size_t count = r->count - 3, k0 = sk_key_bytes(keys[0]), k1 = sk_key_bytes(keys[1]);
    const size_t stride = k0 > k1 ? k0 : k1;
    uint8_t *out = block(count * stride);
    uint32_t *which = calloc(count + 1, sizeof *which);
    const sk_strings messages = {(const uint8_t *const *)r->data + 3, r->bytes + 3};
    const sk_keyring ring = {keys, 2, which};

    for (size_t i = 0; i < count; i++) {
        which[i] = i % 2;
    }
    if (sk_sign_batch(&ring, &messages, count, kernel_of(r), out, stride) != SK_OK) {
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
    sk_key *keys[2] = {sk_key_public(r->data[1], r->bytes[1]), sk_key_public(r->data[2], r->bytes[2])};
    const size_t count = (r->count - 3) / 2;
    const uint8_t **data = calloc(2 * count + 1, sizeof *data);
    size_t *bytes = calloc(2 * count + 1, sizeof *bytes);
    uint32_t *which = calloc(count + 1, sizeof *which);
    uint8_t *verdicts = block(count);
    const sk_strings messages = {data, bytes}, signatures = {data + count, bytes + count};
    const sk_keyring ring = {keys, 2, which};

    for (size_t i = 0; i < count; i++) {
        which[i] = i % 2;
        for (size_t part = 0; part < 2; part++) {
            data[part * count + i] = r->data[3 + 2 * i + part];
            bytes[part * count + i] = r->bytes[3 + 2 * i + part];
        }
    }
    if (sk_verify_batch(&ring, &messages, &signatures, count, kernel_of(r), verdicts) != SK_OK) {
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

static void inject(const record *r)
{
    printf("%llu", (unsigned long long)sk_fault_count());
    sk_fault_set(r->data[0][0]);
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

    printf("%s, lanes %d\n", sk_openssl_version(), sk_lanes_run());
    while ((op = getchar()) != EOF) {
        record r = read_record();
        switch (op) {
        case 's': sign(&r); break;
        case 'v': verify(&r); break;
        case 'f': inject(&r); break;
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
