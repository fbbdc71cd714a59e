/*
 * The choice of table entries by secret indexes, eight at a time.
 *
 * A table is kept by lanes: for each digit and lane, two vectors with that digit of the lane's sixteen entries. One
 * permutation in registers picks from them by eight indexes: the lane's next eight choices. What is picked for the eight
 * lanes is transposed, and so becomes a digit of eight choices, each a vector like any other. There is no address and
 * no branch that depends on an index.
 *
 * To read all entries for every choice, and to keep one by fifteen blends a digit, took a twelfth of an exponentiation;
 * this takes a fiftieth.
 */

#include "choice.h"

#define UNROLL SK_UNROLL(8)

SK_LANES void sk_choice_keep(sk_choice_table *t, int half, int digits)
{
    for (int digit = 0; digit < digits; digit++) {
        sk_v8 rows[SK_LANE_COUNT];

        UNROLL for (int entry = 0; entry < SK_LANE_COUNT; entry++) {
            rows[entry] = t->chosen[entry][digit];
        }
        v8_transpose(rows);
        UNROLL for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
            t->entries[digit][lane][half] = rows[lane];
        }
    }
}

SK_LANES void sk_choose(sk_choice_table *t, const sk_v8 *words, int half, int digits)
{
    sk_v8 index[SK_LANE_COUNT], counts;
    const uint64_t *word = (const uint64_t *)words;

    for (int c = 0; c < SK_CHOICE_COUNT; c++) {
        ((uint64_t *)&counts)[c] = (uint64_t)(32 * half + 32 - SK_CHOICE_BITS * (c + 1));
    }
    UNROLL for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        index[lane] = v8_shift_right(v8_all(word[lane]), counts);
    }
    for (int digit = 0; digit < digits; digit++) {
        sk_v8 rows[SK_LANE_COUNT];

        UNROLL for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
            rows[lane] = v8_pick(t->entries[digit][lane][0], t->entries[digit][lane][1], index[lane]);
        }
        v8_transpose(rows);
        UNROLL for (int c = 0; c < SK_CHOICE_COUNT; c++) {
            t->chosen[c][digit] = rows[c];
        }
    }
}
