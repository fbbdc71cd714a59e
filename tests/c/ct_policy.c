/*
 * The policy of check-ct: which numbers memcheck takes for uninitialised (secret), and where they become public again.
 *
 * The core's sources know nothing of it. The linker puts the functions below in the place of those they are named after
 * (--wrap); each calls the real one and then marks what came out. From there memcheck follows every bit: what is
 * computed of a secret is secret, and a jump or an address that depends on it is reported.
 *
 * Secret
 *   p, q, d mod p-1, d mod q-1, q^-1 mod p   as they leave OpenSSL's form, in lane_key.c. All that derives from them is
 *                                            secret by descent: Montgomery constants, p-2, q-2, tables, both halves
 *   r                                        random numbers of the blinding, and so its factors, the blinded message
 *   SHA-256(message)                         not secret in most uses, but nothing may depend on it, so it is one here
 *
 * Public, because everybody knows it
 *   n, e, sizes, which item has which key, how many items: they were never marked
 *   the lowest bit of p and q: primes are odd. derive_prime looks at it
 *   the length in bits of the five numbers: OpenSSL computes it, on its own copies
 *
 * Let go (declassified), three places
 *   the fault mask       whether s^e is the encoded message, lane by lane, or of a message that is alone. A signature
 *                        that is right leaves, one that is wrong is made again: the difference shows in the time, and
 *                        may. Before it is let go the place makes sure that it still depended on a secret: else the
 *                        marks were lost on the way, and the check is void
 *   a digest for OpenSSL what follows a caught fault is OpenSSL's own computation, which is not checked here
 *   the signature        when sk_sign_batch has returned it: it is the result
 */

#include "ct_policy.h"

#include "digits.h"
#include "pkcs1.h"
#include "rsa_openssl.h"
#include "sha256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <valgrind/memcheck.h>

ct_counts ct_passed;

static void secret(void *data, size_t size) { (void)VALGRIND_MAKE_MEM_UNDEFINED(data, size); }
static void public(void *data, size_t size) { (void)VALGRIND_MAKE_MEM_DEFINED(data, size); }

int __real_EVP_PKEY_get_bn_param(const EVP_PKEY *pkey, const char *name, BIGNUM **number);
int __real_BN_bn2binpad(const BIGNUM *number, unsigned char *to, int size);
int __real_RAND_priv_bytes(unsigned char *to, int size);
int __real_sk_openssl_digest(sk_openssl_work *w, const uint8_t *data, size_t bytes, uint8_t *digest);
int __real_sk_sha256(const uint8_t *const *data, const size_t *bytes, size_t count,
                     uint8_t (*digests)[SK_DIGEST_BYTES]);
int __real_sk_openssl_sign(sk_openssl_work *w, size_t j, const uint8_t *digest, uint8_t *signature);
void __real_sk_lanes_difference(sk_v8 *difference, const sk_v8 *a, const sk_v8 *b, int count);
uint64_t __real_sk_digits_difference(const uint64_t *a, const uint64_t *b, int count);

static const char *asked = ""; /* the number that was last taken from a key */

int __wrap_EVP_PKEY_get_bn_param(const EVP_PKEY *pkey, const char *name, BIGNUM **number)
{
    asked = name;
    return __real_EVP_PKEY_get_bn_param(pkey, name, number);
}

static int was_asked(const char *name) { return strcmp(asked, name) == 0; }

int __wrap_BN_bn2binpad(const BIGNUM *number, unsigned char *to, int size)
{
    const int written = __real_BN_bn2binpad(number, to, size);

    secret(to, (size_t)size);
    if (was_asked(OSSL_PKEY_PARAM_RSA_FACTOR1) || was_asked(OSSL_PKEY_PARAM_RSA_FACTOR2)) {
        unsigned char all_but_lowest = 0xfe;
        (void)VALGRIND_SET_VBITS(to + size - 1, &all_but_lowest, 1);
        ct_passed.primes++;
    } else if (was_asked(OSSL_PKEY_PARAM_RSA_COEFFICIENT1)) {
        ct_passed.coefficients++;
    } else {
        ct_passed.exponents++;
    }
    return written;
}

int __wrap_RAND_priv_bytes(unsigned char *to, int size)
{
    const int done = __real_RAND_priv_bytes(to, size);

    secret(to, (size_t)size);
    ct_passed.random++;
    return done;
}

int __wrap_sk_openssl_digest(sk_openssl_work *w, const uint8_t *data, size_t bytes, uint8_t *digest)
{
    const int done = __real_sk_openssl_digest(w, data, bytes, digest);

    secret(digest, SK_DIGEST_BYTES);
    ct_passed.digests++;
    return done;
}

int __wrap_sk_sha256(const uint8_t *const *data, const size_t *bytes, size_t count,
                     uint8_t (*digests)[SK_DIGEST_BYTES])
{
    const int done = __real_sk_sha256(data, bytes, count, digests);

    if (done) {
        secret(digests, count * SK_DIGEST_BYTES);
        ct_passed.digests += (unsigned)count;
    }
    return done;
}

int __wrap_sk_openssl_sign(sk_openssl_work *w, size_t j, const uint8_t *digest, uint8_t *signature)
{
    uint8_t let_go[SK_DIGEST_BYTES];

    memcpy(let_go, digest, sizeof let_go);
    public(let_go, sizeof let_go);
    ct_passed.handed_over++;
    return __real_sk_openssl_sign(w, j, let_go, signature);
}

/* The word of a lane, whose being 0 is the mask's bit. */
void __wrap_sk_lanes_difference(sk_v8 *difference, const sk_v8 *a, const sk_v8 *b, int count)
{
    __real_sk_lanes_difference(difference, a, b, count);
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        uint64_t *word = (uint64_t *)difference + lane, marks = 0;

        (void)VALGRIND_GET_VBITS(word, &marks, sizeof marks);
        ct_passed.untainted += marks == 0;
        public(word, sizeof *word);
    }
    ct_passed.faults_told++;
}

/* The same of a message that is alone. */
uint64_t __wrap_sk_digits_difference(const uint64_t *a, const uint64_t *b, int count)
{
    uint64_t word = __real_sk_digits_difference(a, b, count), marks = 0;

    (void)VALGRIND_GET_VBITS(&word, &marks, sizeof marks);
    ct_passed.untainted += marks == 0;
    public(&word, sizeof word);
    ct_passed.faults_told++;
    return word;
}

void ct_publish(void *signature, size_t size) { public(signature, size); }
