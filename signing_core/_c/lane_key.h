/* What the eight-lane kernel keeps of a key: digits, and the constants of Montgomery arithmetic. For the core's own
 * files. */
#ifndef SK_LANE_KEY_H
#define SK_LANE_KEY_H

#include "power.h"
#include "rsa_key.h"

/* A modulus and its constants, one lane's worth. */
typedef struct {
    int digits, bits;
    uint64_t inverse;              /* -m^-1 mod 2^52 */
    uint64_t m[SK_DIGITS_MAX];
    uint64_t one[SK_DIGITS_MAX];   /* R mod m */
    uint64_t r2[SK_DIGITS_MAX];    /* R^2 mod m */
} sk_lane_modulus;

/*
 * A public key. An encoded message is that of digest 0, the frame, plus the digest as a number. It is taken from an
 * opened signature, which comes as a multiple of R^-65536, before the last division by R.
 */
typedef struct {
    sk_lane_modulus modulus;
    uint64_t scale[SK_DIGITS_MAX]; /* -1 / R^65535 mod n */
    uint64_t frame[SK_DIGITS_MAX]; /* frame times scale, mod n; not 0 */
} sk_lane_public;

/* Which exponent: the private one, or m - 2, which inverts (Fermat). */
enum sk_exponent { SK_PRIVATE, SK_INVERTING, SK_EXPONENTS };

typedef struct {
    sk_lane_modulus modulus;
    uint64_t exponent[SK_EXPONENTS][SK_SECRET_WORDS_MAX];
} sk_lane_prime;

typedef struct sk_blinding sk_blinding;

typedef struct {
    sk_lane_prime prime[2];                   /* p and q */
    uint64_t q_inverse[SK_SECRET_DIGITS_MAX]; /* q^-1 R mod p */
    sk_blinding *blinding;
} sk_lane_private;

/*
 * The kernel's form of a key, made at the first call and kept with it; any number of threads may ask. NULL if the
 * kernel does not take the key: it takes 2048, 3072 and 4096 bits with exponent 65537, and for signing primes of half
 * that length. Also NULL where memory is short, and sk_lane_private_of for a public key.
 */
const sk_lane_public *sk_lane_public_of(sk_key *key);
sk_lane_private *sk_lane_private_of(sk_key *key);

/* Free what the functions above have made, wiped. */
void sk_lane_forget(sk_key *key);

/* Load a modulus into one lane; all lanes have the same digit count. */
void sk_lane_load(sk_modulus *to, int lane, const sk_lane_modulus *from);

#endif
