/*
 * RSASSA-PKCS1-v1_5 with SHA-256 over many messages in one call, by OpenSSL (RFC 8017, section 8.2).
 *
 * An operation's context (EVP_PKEY_CTX) costs OpenSSL 3 several fetches and locks, so one is made per key and call, when
 * the key is first met, and used for all its messages. Nothing here is shared between calls but the keys, which are
 * immutable, and the SHA-256 method, so calls may run on any number of threads.
 */

#include "rsa_batch.h"

#include "pkcs1.h"
#include "rsa_key_internal.h"
#include "runtime.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static EVP_MD *sha256_method; /* fetched once, kept until the process ends */

static void fetch_sha256(void)
{
    sha256_method = EVP_MD_fetch(NULL, "SHA256", NULL);
}

typedef int (*init_fn)(EVP_PKEY_CTX *);

/* The working set of one call. contexts[j] belongs to keys[j], NULL until its first message. em holds two encoded
 * messages of the longest modulus: the expected one and the one a signature opens to. */
typedef struct {
    EVP_MD_CTX *hash;
    EVP_PKEY_CTX **contexts;
    size_t count;
    uint8_t *em;
    size_t em_bytes;
} work;

static int work_open(work *w, const sk_keyring *ring)
{
    memset(w, 0, sizeof *w);
    if (!CRYPTO_THREAD_run_once(&once, fetch_sha256) || sha256_method == NULL) {
        return 0;
    }
    w->count = ring->count;
    for (size_t j = 0; j < ring->count; j++) {
        w->em_bytes = ring->keys[j]->k > w->em_bytes ? ring->keys[j]->k : w->em_bytes;
    }
    w->hash = EVP_MD_CTX_new();
    w->contexts = OPENSSL_zalloc(ring->count * sizeof *w->contexts);
    w->em = OPENSSL_malloc(2 * w->em_bytes);
    return w->hash != NULL && w->contexts != NULL && w->em != NULL;
}

static void work_close(work *w)
{
    if (w->contexts != NULL) {
        for (size_t j = 0; j < w->count; j++) {
            EVP_PKEY_CTX_free(w->contexts[j]);
        }
    }
    OPENSSL_free(w->contexts);
    EVP_MD_CTX_free(w->hash);
    OPENSSL_free(w->em);
}

/* The context of key j, made ready by init with the given padding if this is its first use; NULL on a fault. */
static EVP_PKEY_CTX *context(work *w, const sk_keyring *ring, size_t j, init_fn init, int padding)
{
    EVP_PKEY_CTX *ctx = w->contexts[j];

    if (ctx != NULL) {
        return ctx;
    }
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ring->keys[j]->pkey, NULL);
    if (ctx == NULL || init(ctx) <= 0 || EVP_PKEY_CTX_set_rsa_padding(ctx, padding) <= 0 ||
        (padding == RSA_PKCS1_PADDING && EVP_PKEY_CTX_set_signature_md(ctx, sha256_method) <= 0)) {
        EVP_PKEY_CTX_free(ctx);
        return NULL;
    }
    w->contexts[j] = ctx;
    return ctx;
}

static int sha256(work *w, const uint8_t *data, size_t bytes, uint8_t digest[SK_DIGEST_BYTES])
{
    return EVP_DigestInit_ex2(w->hash, sha256_method, NULL) && EVP_DigestUpdate(w->hash, data, bytes) &&
           EVP_DigestFinal_ex(w->hash, digest, NULL);
}

static size_t key_of(const sk_keyring *ring, size_t item)
{
    return ring->which == NULL ? 0 : ring->which[item];
}

/*
 * out[i] = EMSA-PKCS1-v1_5(SHA-256(messages[i])) ^ d mod n, with the key of item i, for i = 0 ... count - 1
 *
 * Sizes: signature i is the k bytes at out + i * stride, k its key's modulus length.
 * Preconditions: all keys private; which[i] < ring->count; stride >= the longest modulus; out does not overlap an input.
 * Returns SK_FAULT at the first fault, with OpenSSL's error queue set; out is then of no use.
 * Constant time in the key: OpenSSL's, which blinds, and which recomputes without the CRT if its result ^ e is not the
 * encoded message, so that a fault in one half of the CRT never leaves as a signature. Messages are hashed in a time that
 * depends on their length alone.
 */
int sk_sign_batch(const sk_keyring *ring, const sk_strings *messages, size_t count, uint8_t *out, size_t stride)
{
    work w;
    uint8_t digest[SK_DIGEST_BYTES];
    int status = SK_FAULT;

    if (!work_open(&w, ring)) {
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        const size_t j = key_of(ring, i);
        size_t bytes = ring->keys[j]->k;
        EVP_PKEY_CTX *ctx = context(&w, ring, j, EVP_PKEY_sign_init, RSA_PKCS1_PADDING);

        if (ctx == NULL || !sha256(&w, messages->data[i], messages->bytes[i], digest) ||
            EVP_PKEY_sign(ctx, out + i * stride, &bytes, digest, sizeof digest) <= 0 || bytes != ring->keys[j]->k) {
            goto done;
        }
    }
    status = SK_OK;

done:
    work_close(&w);
    return status;
}

/*
 * verdicts[i] = 1 if signatures[i] is the signature of messages[i] by its key, else 0  (RFC 8017, section 8.2.2)
 *
 * In the order of the RFC: the signature is as long as the modulus; its value is less than n; s ^ e mod n is, as a whole,
 * the encoded message of the digest. What the signature opens to is compared, never parsed.
 * Preconditions: which[i] < ring->count; verdicts holds count bytes and overlaps no input.
 * Returns SK_FAULT at the first fault, with OpenSSL's error queue set; verdicts is then of no use. A bad signature is no
 * fault. All is public; the comparison is constant-time in the digest all the same.
 */
int sk_verify_batch(const sk_keyring *ring, const sk_strings *messages, const sk_strings *signatures, size_t count,
                    uint8_t *verdicts)
{
    work w;
    uint8_t digest[SK_DIGEST_BYTES];
    int status = SK_FAULT;

    if (!work_open(&w, ring)) {
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        const size_t j = key_of(ring, i);
        const sk_key *key = ring->keys[j];
        uint8_t *expected = w.em, *opened = w.em + w.em_bytes;
        size_t bytes = key->k;
        EVP_PKEY_CTX *ctx;

        verdicts[i] = 0;
        if (signatures->bytes[i] != key->k || memcmp(signatures->data[i], key->modulus, key->k) >= 0) {
            continue;
        }
        ctx = context(&w, ring, j, EVP_PKEY_verify_recover_init, RSA_NO_PADDING);
        if (ctx == NULL || !sha256(&w, messages->data[i], messages->bytes[i], digest) ||
            sk_pkcs1_encode(expected, key->k, digest) != SK_OK ||
            EVP_PKEY_verify_recover(ctx, opened, &bytes, signatures->data[i], key->k) <= 0 || bytes != key->k) {
            goto done;
        }
        verdicts[i] = CRYPTO_memcmp(opened, expected, key->k) == 0;
    }
    status = SK_OK;

done:
    work_close(&w);
    return status;
}
