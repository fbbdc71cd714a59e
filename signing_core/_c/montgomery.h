/* Montgomery arithmetic on eight numbers at once, each with a modulus of its own. For the core's own files. */
#ifndef SK_MONTGOMERY_H
#define SK_MONTGOMERY_H

#include "lanes.h"

enum {
    SK_SHORT = 5,          /* digits of a digest */
    SK_BLOCK = 10,         /* columns that are summed up together; digit counts are multiples of it */
    SK_DIGITS_MAX = 80,    /* a modulus of 4096 bits */
    SK_COLUMNS_MAX = 2 * SK_DIGITS_MAX
};

/*
 * A number is a vector of digits, least first: digit i is in a[i], lane l of each being computation l's. Only the low
 * 52 bits of a word count ("raw" digits, as results are); where the rest is 0 they are "normal".
 *
 * R = 2^(52 digits); every modulus m is odd and m <= R / 2^16, in each lane. A "residue" is a number below 8m, which
 * stands for its remainder mod m; the products below take residues and give one below 1.001m.
 */
typedef struct {
    int digits;                /* D: 20, 30, 40, 60 or 80 */
    sk_v8 inverse;             /* -m^-1 mod 2^52 */
    sk_v8 m[SK_DIGITS_MAX];    /* normal digits */
    sk_v8 u[SK_COLUMNS_MAX];   /* scratch: columns, and the multiples of m that cancel the low ones */
} sk_modulus;

/* r = a b / R, a^2 / R; r may be an operand. */
void sk_mont_mul(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m);
void sk_mont_square(sk_v8 *r, const sk_v8 *a, sk_modulus *m);

/* The same for 40, 60 and 80 digits, in montgomery_twenties.c, which those above call. */
void sk_mont_mul_twenties(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m);
void sk_mont_square_twenties(sk_v8 *r, const sk_v8 *a, sk_modulus *m);

/* For these sizes: r = (a b + x y + c) / R, below 1.001m, for x of five digits, y and c < m, c of normal digits; r may
 * be a or b. */
void sk_mont_mul_add(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_v8 *x, const sk_v8 *y, const sk_v8 *c,
                     sk_modulus *m);

/* The same for 20 digits, in montgomery20.c; and x = x^32 c / R^32: one window of an exponentiation. */
void sk_mont_mul20(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, sk_modulus *m);
void sk_mont_square20(sk_v8 *r, const sk_v8 *a, sk_modulus *m);
void sk_mont_window20(sk_v8 *x, const sk_v8 *c, sk_modulus *m);

/* r = x / R for a number x of 2D digits, x < 2^8 m R / 2^16: how a long number enters. r may not overlap x. */
void sk_mont_reduce(sk_v8 *r, const sk_v8 *x, sk_modulus *m);

/* r = a / R, at most m: a number leaves the Montgomery form. r may be a. */
void sk_mont_leave(sk_v8 *r, const sk_v8 *a, sk_modulus *m);

/* r = a b + c, in full: a, b and c of D digits, r of 2D digits, overlapping none of them. */
void sk_lanes_mul_add(sk_v8 *r, const sk_v8 *a, const sk_v8 *b, const sk_v8 *c, int digits);

#endif
