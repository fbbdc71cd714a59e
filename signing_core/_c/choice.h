/* The choice of table entries by secret indexes. For the core's own files. */
#ifndef SK_CHOICE_H
#define SK_CHOICE_H

#include "lanes.h"

enum {
    SK_CHOICE_BITS = 5,
    SK_CHOICES = 1 << SK_CHOICE_BITS,
    SK_CHOICE_COUNT = SK_LANE_COUNT, /* choices, and entries kept, at once: what a transposition gives */
    SK_SECRET_DIGITS_MAX = 40        /* a prime of 2048 bits */
};

/* The entries of each lane, and what was chosen of them: chosen[c][digit] is the c-th choice of all lanes,
 * entries[digit][lane] that digit of all of a lane's. */
typedef struct {
    sk_v8 chosen[SK_CHOICE_COUNT][SK_SECRET_DIGITS_MAX];
    sk_v8 entries[SK_SECRET_DIGITS_MAX][SK_LANE_COUNT][SK_CHOICES / SK_CHOICE_COUNT];
} sk_choice_table;

/* Entries 8 eight, 8 eight + 1, ... are what stands in t->chosen. */
void sk_choice_keep(sk_choice_table *t, int eight, int digits);

/* Eight choices by 40 bits of each lane's number, five for each, the highest first. The bits are those from `bit` up;
 * the number has so many words of 64 bits, and zeros above. */
void sk_choose(sk_choice_table *t, const sk_v8 *number, int words, int bit, int digits);

#endif
