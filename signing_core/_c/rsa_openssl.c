/*
 * RSASSA-PKCS1-v1_5 with SHA-256 by OpenSSL, one message after the other (RFC 8017, section 8.2).
 *
 * An operation's context (EVP_PKEY_CTX) costs OpenSSL 3 several fetches and locks, a fiftieth of a signature. A call
 * takes one when it first meets a key, or makes it, uses it for all the key's messages, and leaves it with the key for
 * the next call. Nothing else is shared between calls but the SHA-256 method, so calls may run on any number of
 * threads.
 */

#include "rsa_openssl.h"

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

/* contexts[j] belongs to keys[j], NULL until its first message. em holds two encoded messages of the longest modulus:
 * the expected one and the one a signature opens to. */
struct sk_openssl_work {
    const sk_keyring *ring;
    int signs;
    EVP_MD_CTX *hash;
    EVP_PKEY_CTX **contexts;
    uint8_t *em;
    size_t em_bytes;
};

sk_openssl_work *sk_openssl_open(const sk_keyring *ring, int signs)
{
    sk_openssl_work *w;

    if (!CRYPTO_THREAD_run_once(&once, fetch_sha256) || sha256_method == NULL) {
        return NULL;
    }
    w = OPENSSL_zalloc(sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    w->ring = ring;
    w->signs = signs;
    for (size_t j = 0; j < ring->count; j++) {
        w->em_bytes = ring->keys[j]->k > w->em_bytes ? ring->keys[j]->k : w->em_bytes;
    }
    w->hash = EVP_MD_CTX_new();
    w->contexts = OPENSSL_zalloc(ring->count * sizeof *w->contexts);
    w->em = OPENSSL_malloc(2 * w->em_bytes);
    if (w->hash == NULL || w->contexts == NULL || w->em == NULL) {
        sk_openssl_close(w);
        return NULL;
    }
    return w;
}

/* Where key j keeps a context between calls. */
static _Atomic(EVP_PKEY_CTX *) *spare(const sk_openssl_work *w, size_t j)
{
    sk_key *key = w->ring->keys[j];
    return w->signs ? &key->signing : &key->opening;
}

void sk_openssl_close(sk_openssl_work *w)
{
    if (w == NULL) {
        return;
    }
    for (size_t j = 0; w->contexts != NULL && j < w->ring->count; j++) {
        EVP_PKEY_CTX *none = NULL;
        if (w->contexts[j] != NULL && !atomic_compare_exchange_strong(spare(w, j), &none, w->contexts[j])) {
            EVP_PKEY_CTX_free(w->contexts[j]);
        }
    }
    OPENSSL_free(w->contexts);
    EVP_MD_CTX_free(w->hash);
    OPENSSL_free(w->em);
    OPENSSL_free(w);
}

/* A context for what w does, with this key; NULL on a fault. */
static EVP_PKEY_CTX *new_context(const sk_openssl_work *w, EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    int ready = ctx != NULL;

    if (w->signs) {
        ready = ready && EVP_PKEY_sign_init(ctx) > 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
                EVP_PKEY_CTX_set_signature_md(ctx, sha256_method) > 0;
    } else {
        ready = ready && EVP_PKEY_verify_recover_init(ctx) > 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0;
    }
    if (!ready) {
        EVP_PKEY_CTX_free(ctx);
        ctx = NULL;
    }
    return ctx;
}

/* The context of key j; NULL on a fault. */
static EVP_PKEY_CTX *context(sk_openssl_work *w, size_t j)
{
    if (w->contexts[j] == NULL) {
        w->contexts[j] = atomic_exchange(spare(w, j), NULL);
    }
    if (w->contexts[j] == NULL) {
        w->contexts[j] = new_context(w, w->ring->keys[j]->pkey);
    }
    return w->contexts[j];
}

/* After a fault: whatever state it is in, nobody uses this context any more. */
static void drop_context(sk_openssl_work *w, size_t j)
{
    EVP_PKEY_CTX_free(w->contexts[j]);
    w->contexts[j] = NULL;
}

int sk_openssl_digest(sk_openssl_work *w, const uint8_t *data, size_t bytes, uint8_t *digest)
{
    return EVP_DigestInit_ex2(w->hash, sha256_method, NULL) && EVP_DigestUpdate(w->hash, data, bytes) &&
           EVP_DigestFinal_ex(w->hash, digest, NULL);
}

/*
 * signature = EMSA-PKCS1-v1_5(digest) ^ d mod n, with key j of the ring, which is private; k bytes
 *
 * Constant time in the key: OpenSSL's, which blinds, and which recomputes without the CRT if its result ^ e is not the
 * encoded message, so that a fault in one half of the CRT never leaves as a signature.
 */
int sk_openssl_sign(sk_openssl_work *w, size_t j, const uint8_t *digest, uint8_t *signature)
{
    EVP_PKEY_CTX *ctx = context(w, j);
    size_t bytes = w->ring->keys[j]->k;

    if (ctx == NULL || EVP_PKEY_sign(ctx, signature, &bytes, digest, SK_DIGEST_BYTES) <= 0 ||
        bytes != w->ring->keys[j]->k) {
        drop_context(w, j);
        return 0;
    }
    return 1;
}

/*
 * *verdict = 1 if signature ^ e mod n is, as a whole, the encoded message of the digest, else 0
 *
 * The signature has k bytes and is less than n. What it opens to is compared, never parsed. All is public; the
 * comparison is constant-time in the digest all the same.
 */
int sk_openssl_verify(sk_openssl_work *w, size_t j, const uint8_t *digest, const uint8_t *signature, uint8_t *verdict)
{
    const size_t k = w->ring->keys[j]->k;
    uint8_t *expected = w->em, *opened = w->em + w->em_bytes;
    size_t bytes = k;
    EVP_PKEY_CTX *ctx = context(w, j);

    if (ctx == NULL || sk_pkcs1_encode(expected, k, digest) != SK_OK ||
        EVP_PKEY_verify_recover(ctx, opened, &bytes, signature, k) <= 0 || bytes != k) {
        drop_context(w, j);
        return 0;
    }
    *verdict = CRYPTO_memcmp(opened, expected, k) == 0;
    return 1;
}
