/*
 * From an OpenSSL key to digits, and the constants of Montgomery arithmetic.
 *
 * R mod m and R^2 mod m are found by the kernel's own arithmetic, in constant time and without a division. A modulus of
 * exactly b bits has 2^(b-1) < m: from there doublings mod m lead to R = 2^(52D). With j 2^s = 52 D, j more doublings
 * give R 2^j, and s Montgomery squarings, each of which doubles the exponent of the factor beside R, give R 2^(52D) =
 * R^2.
 */

#include "lane_key.h"

#include "blinding.h"
#include "digits.h"
#include "pkcs1.h"
#include "rsa_key_internal.h"
#include "runtime.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <stdlib.h>
#include <string.h>

/* Digits of a modulus of so many bits: a multiple of ten, with R at least 2^16 m. 0: not one of the kernel's sizes. */
static int digits_of(int bits)
{
    switch (bits) {
    case 1024: return 20;
    case 1536: return 30;
    case 2048: return 40;
    case 3072: return 60;
    case 4096: return 80;
    default: return 0;
    }
}

/* -m^-1 mod 2^52 for odd m: Newton's step doubles the number of right bits, and x = m has three. */
static uint64_t negative_inverse(uint64_t m)
{
    uint64_t x = m;

    for (int bits = 3; bits < SK_DIGIT_BITS; bits *= 2) {
        x *= 2 - m * x;
    }
    return (0 - x) & SK_DIGIT_MASK;
}

void sk_lane_load(sk_modulus *to, int lane, const sk_lane_modulus *from)
{
    to->digits = from->digits;
    sk_lane_put(to->m, lane, from->m, from->digits);
    sk_lane_put(&to->inverse, lane, &from->inverse, 1);
}

/* The squarings that take R 2^j to R^2, and j itself, for 52 D = j 2^squarings. */
static int split(int digits, int *doublings)
{
    int squarings = 0;

    *doublings = SK_DIGIT_BITS * digits;
    while (*doublings % 2 == 0) {
        *doublings /= 2;
        squarings++;
    }
    return squarings;
}

/* Fill in the constants of c->m, a modulus of exactly `bits` bits. work is the caller's, secret afterwards if m is. */
static SK_LANES void derive(sk_lane_modulus *c, int bits, sk_modulus *work)
{
    const int D = digits_of(bits), top = bits - 1;
    sk_v8 x[SK_DIGITS_MAX];
    uint64_t start[SK_DIGITS_MAX] = {0};
    int doublings;
    const int squarings = split(D, &doublings);

    c->digits = D;
    c->bits = bits;
    c->inverse = negative_inverse(c->m[0]);
    start[top / SK_DIGIT_BITS] = UINT64_C(1) << top % SK_DIGIT_BITS;
    for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        sk_lane_load(work, lane, c);
        sk_lane_put(x, lane, start, D);
    }
    for (int power = top; power < SK_DIGIT_BITS * D; power++) {
        sk_lanes_double(x, work);
    }
    sk_lane_get(c->one, x, 0, D);
    for (int i = 0; i < doublings; i++) {
        sk_lanes_double(x, work);
    }
    for (int i = 0; i < squarings; i++) {
        sk_mont_square(x, x, work);
    }
    sk_lanes_canonical(x, work);
    sk_lane_get(c->r2, x, 0, D);
    sk_wipe(x, sizeof x);
}

/* Fill in what belongs to key->modulus, a modulus of k bytes. All of it is public. */
static SK_LANES void derive_public(sk_lane_public *key, size_t k, sk_modulus *work)
{
    static const uint8_t no_digest[SK_DIGEST_BYTES];
    const sk_lane_modulus *n = &key->modulus;
    const int bits = (int)(8 * k), D = digits_of(bits);
    uint8_t em[SK_DIGITS_MAX * SK_DIGIT_BITS / 8];
    uint64_t number[SK_DIGITS_MAX] = {1};
    sk_v8 x[SK_DIGITS_MAX], r2[SK_DIGITS_MAX], power[SK_DIGITS_MAX];

    derive(&key->modulus, bits, work);
    sk_lanes_fill(r2, n->r2, D);
    sk_lanes_fill(x, number, D);
    sk_power_65536(power, x, work); /* 1 / R^65535 */
    sk_lanes_canonical(power, work);
    memset(x, 0, sizeof x);
    sk_lanes_subtract(power, x, power, work); /* by 2n more */
    sk_lanes_canonical(power, work);
    sk_lane_get(key->scale, power, 0, D);

    sk_pkcs1_encode(em, k, no_digest);
    sk_digits_from_bytes(number, D, em, k);
    sk_lanes_fill(x, number, D);
    sk_mont_mul(x, x, power, work);
    sk_mont_mul(x, x, r2, work);
    sk_lanes_canonical(x, work);
    sk_lane_get(key->frame, x, 0, D);
}

/* A number of the key as `count` digits; 0 if there is none, or it is longer. */
static int digits_param(uint64_t *digits, int count, const EVP_PKEY *pkey, const char *name, int *bits)
{
    uint8_t bytes[SK_DIGITS_MAX * SK_DIGIT_BITS / 8];
    BIGNUM *number = NULL;
    int done = 0;

    if (EVP_PKEY_get_bn_param(pkey, name, &number) && BN_num_bits(number) <= 8 * (int)sizeof bytes) {
        *bits = BN_num_bits(number);
        done = BN_bn2binpad(number, bytes, sizeof bytes) == (int)sizeof bytes;
        if (done) {
            sk_digits_from_bytes(digits, count, bytes, sizeof bytes);
        }
    }
    BN_clear_free(number);
    sk_wipe(bytes, sizeof bytes);
    return done;
}

/* Digits of 52 bits as words of 64. */
static void words_from_digits(uint64_t *words, int count, const uint64_t *digits, int digit_count)
{
    memset(words, 0, (size_t)count * sizeof *words);
    for (int i = 0; i < digit_count; i++) {
        const int bit = SK_DIGIT_BITS * i, shift = bit % 64;
        if (bit / 64 < count) {
            words[bit / 64] |= digits[i] << shift;
        }
        if (shift > 64 - SK_DIGIT_BITS && bit / 64 + 1 < count) {
            words[bit / 64 + 1] |= digits[i] >> (64 - shift);
        }
    }
}

static int derive_prime(sk_lane_prime *prime, const EVP_PKEY *pkey, int bits, const char *factor, const char *exponent,
                        sk_modulus *work)
{
    const int D = digits_of(bits), words = bits / 64;
    uint64_t digits[SK_DIGITS_MAX];
    int length, ready;

    ready = digits_param(prime->modulus.m, D, pkey, factor, &length) && length == bits &&
            (prime->modulus.m[0] & 1) != 0;
    if (ready) {
        derive(&prime->modulus, bits, work);
        words_from_digits(prime->exponent[SK_INVERTING], words, prime->modulus.m, D);
        for (int i = 0, borrow = 2; i < words; i++) {
            const uint64_t before = prime->exponent[SK_INVERTING][i];
            prime->exponent[SK_INVERTING][i] = before - (uint64_t)borrow;
            borrow = before < (uint64_t)borrow;
        }
        ready = digits_param(digits, D, pkey, exponent, &length) && length <= bits;
        words_from_digits(prime->exponent[SK_PRIVATE], words, digits, D);
    }
    sk_wipe(digits, sizeof digits);
    return ready;
}

static SK_LANES int derive_private(sk_lane_private *key, const EVP_PKEY *pkey, int bits, sk_modulus *work)
{
    const int D = digits_of(bits);
    sk_lane_modulus *p = &key->prime[0].modulus;
    sk_v8 inverse[SK_SECRET_DIGITS_MAX], r2[SK_SECRET_DIGITS_MAX];
    int length;
    const int ready =
        derive_prime(&key->prime[0], pkey, bits, OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_EXPONENT1, work) &&
        derive_prime(&key->prime[1], pkey, bits, OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT2, work) &&
        digits_param(key->q_inverse, D, pkey, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &length) && length <= bits;

    if (ready) {
        for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
            sk_lane_load(work, lane, p);
        }
        sk_lanes_fill(inverse, key->q_inverse, D);
        sk_lanes_fill(r2, p->r2, D);
        sk_mont_mul(inverse, inverse, r2, work);
        sk_lane_get(key->q_inverse, inverse, 0, D);
    }
    sk_wipe(inverse, sizeof inverse);
    sk_wipe(r2, sizeof r2);
    return ready;
}

/* Memory for vectors, zeroed, or NULL. */
static void *allocate(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);

    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

static void forget(void *memory, size_t size)
{
    if (memory != NULL) {
        sk_wipe(memory, size);
        free(memory);
    }
}

static void forget_public(sk_lane_public *key) { forget(key, sizeof *key); }

static void forget_private(sk_lane_private *key)
{
    if (key != NULL) {
        sk_blinding_free(key->blinding);
        forget(key, sizeof *key);
    }
}

const sk_lane_public *sk_lane_public_of(sk_key *key)
{
    sk_lane_public *existing = atomic_load(&key->lane_public), *made;
    sk_modulus *work;

    if (existing != NULL || !key->is_f4 || digits_of(key->bits) < 2 * 2 * SK_BLOCK) {
        return existing;
    }
    made = allocate(sizeof *made);
    work = allocate(sizeof *work);
    if (made != NULL && work != NULL) {
        sk_digits_from_bytes(made->modulus.m, digits_of(key->bits), key->modulus, key->k);
        derive_public(made, key->k, work);
        if (!atomic_compare_exchange_strong(&key->lane_public, &existing, made)) {
            forget_public(made); /* another thread was first */
            made = existing;
        }
    } else {
        forget_public(made);
        made = NULL;
    }
    forget(work, sizeof *work);
    return made;
}

sk_lane_private *sk_lane_private_of(sk_key *key)
{
    sk_lane_private *existing = atomic_load(&key->lane_private), *made;
    sk_modulus *work;

    if (existing != NULL || !key->is_private || atomic_load(&key->lane_refused) || sk_lane_public_of(key) == NULL) {
        return existing;
    }
    made = allocate(sizeof *made);
    work = allocate(sizeof *work);
    if (made != NULL && work != NULL && (made->blinding = sk_blinding_new()) != NULL) {
        if (derive_private(made, key->pkey, key->bits / 2, work)) {
            if (!atomic_compare_exchange_strong(&key->lane_private, &existing, made)) {
                forget_private(made);
                made = existing;
            }
            forget(work, sizeof *work);
            return made;
        }
        atomic_store(&key->lane_refused, 1); /* primes of unequal length: looked at once */
    }
    forget_private(made);
    forget(work, sizeof *work);
    return NULL;
}

void sk_lane_forget(sk_key *key)
{
    forget_public(atomic_exchange(&key->lane_public, NULL));
    forget_private(atomic_exchange(&key->lane_private, NULL));
}
