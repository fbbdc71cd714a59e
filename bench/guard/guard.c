/*
 * One fixed run of the C core, for valgrind to count: see workloads.py.
 *
 *   guard WORKLOAD FILE...   FILE: private keys in DER; for minify, JSON texts, the first compact, the second the same indented
 *   guard processor          what OpenSSL makes its choices by, and its version
 *
 * Linked with the portable build of the core (SK_LANES_PORTABLE). Each workload runs once uncounted, so that what a
 * process does only once - algorithms that are fetched, working sets, blinding factors - is not taken for its cost, and once
 * inside guard_measured; then its result is checked. Exit code: 0, 1 for a result that is wrong, 2 for other faults.
 */

#include "measured.h"

#include "json_minify.h"
#include "pkcs1.h"
#include "rsa_batch.h"
#include "rsa_openssl.h"
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 8, FILE_MAX = 1 << 16, COUNT = 64, TEXT = 256, K_MAX = 512, LENGTHS = 200, TIMES = 16 };

typedef struct {
    const char *name;
    void (*run)(void);
    int count;              /* messages */
    enum sk_kernel kernel;
    int signs;              /* what is verified must have been signed, what is signed is verified */
} workload;

static const workload *now;
static uint8_t file[FILES][FILE_MAX], minified[FILE_MAX];
static size_t file_bytes[FILES];
static int files;

static sk_key *keys[FILES];
static uint32_t which[COUNT];
static uint8_t text[COUNT][TEXT], signatures[COUNT][K_MAX], verdicts[COUNT];
static const uint8_t *text_at[COUNT], *signature_at[COUNT];
static size_t text_bytes[COUNT], signature_bytes[COUNT];

static void die(int code, const char *what)
{
    fprintf(stderr, "guard: %s\n", what);
    exit(code);
}

static void read_files(char **paths)
{
    for (files = 0; paths[files] != NULL; files++) {
        FILE *from = files < FILES ? fopen(paths[files], "rb") : NULL;

        if (from == NULL || (file_bytes[files] = fread(file[files], 1, FILE_MAX, from)) == 0) {
            die(2, "a file cannot be read");
        }
        fclose(from);
    }
}

static void load_keys(void)
{
    for (int j = 0; j < files; j++) {
        keys[j] = sk_key_private(file[j], file_bytes[j]);
        if (keys[j] == NULL) {
            die(2, "a key cannot be read");
        }
    }
}

static void free_keys(void)
{
    for (int j = 0; j < files; j++) {
        sk_key_free(keys[j]);
        keys[j] = NULL;
    }
}

/* Messages of many lengths, key by key in turns. */
static void make_messages(void)
{
    for (int i = 0; i < COUNT; i++) {
        text_bytes[i] = 36 + (size_t)i * 37 % LENGTHS;
        for (size_t b = 0; b < text_bytes[i]; b++) {
            text[i][b] = (uint8_t)(' ' + (i * 7 + (int)b * 3) % 90);
        }
        which[i] = (uint32_t)(i % (files > 0 ? files : 1));
        text_at[i] = text[i];
        signature_at[i] = signatures[i];
    }
}

static sk_keyring ring(void) { return (sk_keyring){keys, (size_t)files, which}; }

static void sign(void)
{
    const sk_keyring all = ring();
    const sk_strings messages = {text_at, text_bytes};

    if (sk_sign_batch(&all, &messages, (size_t)now->count, now->kernel, signatures[0], K_MAX) != SK_OK) {
        die(1, "signing failed");
    }
    for (int i = 0; i < now->count; i++) {
        signature_bytes[i] = sk_key_bytes(keys[which[i]]);
    }
}

static void verify_by(enum sk_kernel kernel)
{
    const sk_keyring all = ring();
    const sk_strings messages = {text_at, text_bytes}, proofs = {signature_at, signature_bytes};

    if (sk_verify_batch(&all, &messages, &proofs, (size_t)now->count, kernel, verdicts) != SK_OK) {
        die(1, "verifying failed");
    }
}

static void verify(void) { verify_by(now->kernel); }

/* From the file to two signatures: constants of the key, factors of the blinding. */
static void first(void)
{
    free_keys();
    load_keys();
    sign();
}

static void encode(void)
{
    const sk_keyring all = ring();
    sk_openssl_work *openssl = sk_openssl_open(&all, 1);

    if (openssl == NULL) {
        die(2, "no working set");
    }
    for (int i = 0; i < now->count; i++) {
        uint8_t digest[SK_DIGEST_BYTES];

        if (!sk_openssl_digest(openssl, text[i], text_bytes[i], digest) ||
            sk_pkcs1_encode(signatures[i], sk_key_bytes(keys[which[i]]), digest) != SK_OK) {
            die(1, "encoding failed");
        }
    }
    sk_openssl_close(openssl);
}

static void minify(void)
{
    for (int times = 0; times < TIMES; times++) {
        for (int j = 0; j < files; j++) {
            size_t size, at;

            if (json_minify(file[j], file_bytes[j], minified, &size, &at) != JSON_OK) {
                die(1, "a text is no JSON");
            }
        }
    }
}

static const workload WORKLOADS[] = {
    {"first", first, 2, SK_KERNEL_LANES, 1},
    {"sign", sign, 8, SK_KERNEL_LANES, 1},
    {"sign-few", sign, 3, SK_KERNEL_LANES, 1},
    {"sign-alone", sign, 1, SK_KERNEL_LANES, 1},
    {"sign-3072", sign, 2, SK_KERNEL_LANES, 1},
    {"sign-openssl", sign, 8, SK_KERNEL_OPENSSL, 1},
    {"verify", verify, COUNT, SK_KERNEL_LANES, 0},
    {"verify-alone", verify, 1, SK_KERNEL_LANES, 0},
    {"verify-large", verify, COUNT, SK_KERNEL_LANES, 0},
    {"verify-openssl", verify, COUNT, SK_KERNEL_OPENSSL, 0},
    {"encode", encode, COUNT, SK_KERNEL_OPENSSL, 0},
    {"minify", minify, 0, SK_KERNEL_OPENSSL, 0},
};

static const workload *named(const char *name)
{
    for (size_t i = 0; i < sizeof WORKLOADS / sizeof *WORKLOADS; i++) {
        if (strcmp(WORKLOADS[i].name, name) == 0) {
            return &WORKLOADS[i];
        }
    }
    die(2, "no such workload");
    return NULL;
}

/* Right signatures to verify; made by OpenSSL, as the kernel's are what is judged. */
static void sign_by_openssl(void)
{
    const workload *wanted = now, by_openssl = {"", sign, now->count, SK_KERNEL_OPENSSL, 1};

    now = &by_openssl;
    sign();
    now = wanted;
}

static void check(void)
{
    size_t size = 0, at;

    /* the second text is the first one, indented */
    if (now->run == minify && (files < 2 || json_minify(file[1], file_bytes[1], minified, &size, &at) != JSON_OK ||
                               size != file_bytes[0] || memcmp(minified, file[0], size) != 0)) {
        die(1, "a minified text is wrong");
    }
    if (now->signs) {
        verify_by(SK_KERNEL_OPENSSL);
    }
    for (int i = 0; (now->signs || now->run == verify) && i < now->count; i++) {
        if (verdicts[i] != 1) {
            die(1, "a signature is wrong");
        }
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "processor") == 0) {
        const char *processor = guard_processor();
        printf("%s\n%s\n", processor == NULL ? "" : processor, sk_openssl_version());
        return 0;
    }
    if (argc < 3 || !guard_fix_random()) {
        die(2, "arguments: WORKLOAD FILE... | processor");
    }
    now = named(argv[1]);
    read_files(argv + 2);
    if (now->run != minify) {
        load_keys();
    }
    make_messages();
    if (now->run == verify) {
        sign_by_openssl();
    }
    now->run();
    guard_measured(now->run);
    check();
    free_keys();
    return 0;
}
