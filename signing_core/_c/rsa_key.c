/* RSA keys: from DER to OpenSSL's form, and out of memory again. */

#include "rsa_key.h"
#include "rsa_key_internal.h"

#include "pkcs1.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* Wrap pkey, which passes into the key or is freed. Refuses what is not RSA or too short for an encoded message. */
static sk_key *wrap(EVP_PKEY *pkey, int is_private)
{
    sk_key *key = OPENSSL_zalloc(sizeof *key);
    BIGNUM *n = NULL, *e = NULL;

    if (key == NULL) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    key->pkey = pkey;
    if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA) {
        ERR_raise(ERR_LIB_EVP, EVP_R_EXPECTING_AN_RSA_KEY);
        goto fail;
    }
    if (!EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) ||
        !EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e)) {
        goto fail;
    }
    key->is_private = is_private;
    key->bits = BN_num_bits(n);
    key->is_f4 = BN_is_word(e, RSA_F4);
    key->k = (size_t)BN_num_bytes(n);
    if (key->k < SK_EM_MIN_BYTES) {
        ERR_raise(ERR_LIB_RSA, RSA_R_KEY_SIZE_TOO_SMALL);
        goto fail;
    }
    key->modulus = OPENSSL_malloc(key->k);
    if (key->modulus == NULL) {
        goto fail;
    }
    BN_bn2bin(n, key->modulus);
    BN_free(n);
    BN_free(e);
    return key;

fail:
    BN_free(n);
    BN_free(e);
    sk_key_free(key);
    return NULL;
}

sk_key *sk_key_private(const uint8_t *der, size_t size)
{
    EVP_PKEY *pkey = size <= LONG_MAX ? d2i_AutoPrivateKey(NULL, &der, (long)size) : NULL;
    return pkey == NULL ? NULL : wrap(pkey, 1);
}

sk_key *sk_key_public(const uint8_t *der, size_t size)
{
    EVP_PKEY *pkey = size <= LONG_MAX ? d2i_PUBKEY(NULL, &der, (long)size) : NULL;
    return pkey == NULL ? NULL : wrap(pkey, 0);
}

/* OpenSSL itself wipes d, p, q and the CRT numbers (BN_clear_free) when the last reference to the EVP_PKEY goes. */
void sk_key_free(sk_key *key)
{
    if (key == NULL) {
        return;
    }
    sk_lane_forget(key);
    EVP_PKEY_CTX_free(atomic_load(&key->signing));
    EVP_PKEY_CTX_free(atomic_load(&key->opening));
    EVP_PKEY_free(key->pkey);
    OPENSSL_free(key->modulus);
    OPENSSL_free(key);
}

size_t sk_key_bytes(const sk_key *key)
{
    return key->k;
}
