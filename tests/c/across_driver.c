/*
 * Runs the functions for numbers that lie across the lanes on records (records.h) from standard input.
 *
 * A number is a field of words of 64 bits, one digit each; where a function takes one number or two, fields come once
 * or twice in a row. Results are numbers in hexadecimal, apart by blanks.
 *
 *   1, 2  m ..., a ..., b ..., r= (a byte)   sk_across_mul of that many numbers: m, a and b of each; the operand that
 *                                            the result overwrites, 0 for none
 *   w     m, m, x, x, entries, index         sk_across_window: 32 entries of two numbers in turn, and the two words of
 *                                            index
 *   ^     m, m, x, x, exponent, exponent, R mod m, R mod m
 *                                            sk_across_power
 *   4     m, x                               sk_across_power_65536
 *   +     a, b                               sk_digits_add
 *   -     a, b, m                            sk_digits_subtract
 *   c     a, m                               sk_digits_canonical
 *   =     a, b                               sk_digits_difference: a word
 */

#include "records.h"

#include "across.h"
#include "digits.h"
#include "runtime.h"

#include <string.h>

enum { WORD = sizeof(uint64_t) };

static uint64_t *words(const record *r, size_t field)
{
    if (field >= r->count || r->bytes[field] % WORD != 0) {
        fprintf(stderr, "field %zu is no number\n", field);
        exit(2);
    }
    return (uint64_t *)r->data[field];
}

static int digits_in(const record *r, size_t field) { return (int)(r->bytes[field] / WORD); }

static void print_words(const uint64_t *digits, int count) { print_hex((const uint8_t *)digits, (size_t)count * WORD); }

/* Room for as many vectors as the numbers take, full of garbage. */
static sk_v8 *room(const sk_across_modulus *m)
{
    const size_t size = (size_t)m->vectors * sizeof(sk_v8);
    return memset(block(size), 0xa5, size);
}

/* Fields from `field` up as numbers that lie across the lanes. */
static sk_v8 *put(const record *r, size_t field, const sk_across_modulus *m)
{
    sk_v8 *a = room(m);

    for (int j = 0; j < m->numbers; j++) {
        sk_across_put(a, words(r, field + (size_t)j), m, j);
    }
    return a;
}

static void print_numbers(const sk_v8 *a, const sk_across_modulus *m)
{
    uint64_t *digits = (uint64_t *)block((size_t)m->digits * WORD);

    for (int j = 0; j < m->numbers; j++) {
        sk_across_get(digits, a, m, j);
        print_words(digits, m->digits);
        putchar(' ');
    }
    free(digits);
}

/* -m^-1 mod 2^52, by Hensel's lemma: each round doubles the bits that are right. */
static uint64_t negative_inverse(uint64_t m)
{
    uint64_t x = 1;

    for (int i = 0; i < 6; i++) {
        x *= 2 - m * x;
    }
    return (0 - x) & SK_DIGIT_MASK;
}

static sk_across_modulus *modulus(const record *r, int numbers)
{
    sk_across_modulus *m = (sk_across_modulus *)block(sizeof *m);
    sk_lane_modulus digits[2];
    const sk_lane_modulus *of[2] = {&digits[0], &digits[1]};

    for (int j = 0; j < numbers; j++) {
        memcpy(digits[j].m, r->data[j], r->bytes[j]);
        digits[j].digits = digits_in(r, (size_t)j);
        digits[j].inverse = negative_inverse(digits[j].m[0]);
    }
    sk_across_load(m, of, numbers);
    return m;
}

static void multiply(const record *r, int numbers)
{
    const size_t each = (size_t)numbers;
    sk_across_modulus *m = modulus(r, numbers);
    sk_v8 *a = put(r, each, m), *b = put(r, 2 * each, m), *own = room(m);
    sk_v8 *to[3] = {own, a, b}, *result = to[r->data[3 * each][0]];

    sk_across_mul(result, a, b, m);
    print_numbers(result, m);
    free(own);
    free(b);
    free(a);
    free(m);
}

static void window(const record *r)
{
    sk_across_modulus *m = modulus(r, 2);
    sk_v8 *x = put(r, 2, m);
    sk_across_table *t = (sk_across_table *)block(sizeof *t);
    uint64_t *index = (uint64_t *)block(2 * WORD);
    const uint64_t *entry = words(r, 4);

    memset(t, 0xa5, sizeof *t);
    for (int i = 0; i < SK_CHOICES; i++) {
        for (int j = 0; j < 2; j++) {
            sk_across_put(t->power[i], entry, m, j);
            entry += m->digits;
        }
    }
    memcpy(index, r->data[5], 2 * WORD);
    sk_across_window(x, index, t, m);
    print_numbers(x, m);
    free(index);
    free(t);
    free(x);
    free(m);
}

static void power(const record *r)
{
    sk_across_modulus *m = modulus(r, 2);
    sk_v8 *x = put(r, 2, m), *one = put(r, 6, m);
    sk_across_table *t = (sk_across_table *)block(sizeof *t);
    const uint64_t *exponents[2] = {words(r, 4), words(r, 5)};

    memset(t, 0xa5, sizeof *t);
    sk_across_power(x, exponents, 64 * digits_in(r, 4), one, m, t);
    print_numbers(x, m);
    free(t);
    free(one);
    free(x);
    free(m);
}

static void power_65536(const record *r)
{
    sk_across_modulus *m = modulus(r, 1);
    sk_v8 *x = put(r, 1, m);

    sk_across_power_65536(x, x, m);
    print_numbers(x, m);
    free(x);
    free(m);
}

/* The functions on digits alone: the result replaces the first operand. */
static void digits(int op, const record *r)
{
    uint64_t *a = words(r, 0), *b = words(r, 1), word;
    const int count = digits_in(r, 0);

    switch (op) {
    case '+': sk_digits_add(a, a, b, count); break;
    case '-': sk_digits_subtract(a, a, b, words(r, 2), count); break;
    case 'c': sk_digits_canonical(a, b, count); break;
    default:
        word = sk_digits_difference(a, b, count);
        print_words(&word, 1);
        return;
    }
    print_words(a, count);
}

int main(void)
{
    int op;

    printf("lanes %d\n", sk_lanes_run());
    while (sk_lanes_run() && (op = getchar()) != EOF) {
        record r = read_record();
        switch (op) {
        case '1': multiply(&r, 1); break;
        case '2': multiply(&r, 2); break;
        case 'w': window(&r); break;
        case '^': power(&r); break;
        case '4': power_65536(&r); break;
        default: digits(op, &r); break;
        }
        putchar('\n');
        free_record(&r);
    }
    return 0;
}
