/* The choice of table entries by secret indexes. For the core's own files. */
#ifndef SK_CHOICE_H
#define SK_CHOICE_H

#include "lanes.h"

enum {
    SK_CHOICE_BITS = 4,
    SK_CHOICES = 1 << SK_CHOICE_BITS,
    SK_CHOICE_COUNT = SK_LANE_COUNT, /* choices at once: what a transposition gives */
    SK_CHOICE_DIGITS_MAX = 40 /* a prime of 2048 bits */
};

/* Sixteen entries of each lane, and what was chosen of them: chosen[c][digit] is the c-th choice of all lanes. */
typedef struct {
    sk_v8 entries[SK_CHOICE_DIGITS_MAX][SK_LANE_COUNT][2]; /* [digit][lane]: that digit of all entries */
    sk_v8 chosen[SK_CHOICE_COUNT][SK_CHOICE_DIGITS_MAX];
} sk_choice_table;

/* Entries 0 to 7, or with half = 1 the other eight, are what stands in t->chosen. */
void sk_choice_keep(sk_choice_table *t, int half, int digits);

/* Eight choices by 32 bits of each lane's word, four bits for each, the highest first: those from bit 32, or with
 * half = 0 those below. */
void sk_choose(sk_choice_table *t, const sk_v8 *words, int half, int digits);

#endif
