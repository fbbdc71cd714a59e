/*
 * The choice of table entries by secret indexes, eight at a time.
 *
 * A table is kept by lanes: for each digit and lane, four vectors with that digit of the lane's 32 entries.
 * Permutations in registers pick from them by eight indexes: the lane's next eight choices. What is picked for the
 * eight lanes is transposed, and so becomes a digit of eight choices, each a vector like any other. There is no address
 * and no branch that depends on an index.
 *
 * To read all of 16 entries for every choice, and to keep one by fifteen blends a digit, took a twelfth of an
 * exponentiation; this takes a fiftieth.
 */

#include "choice.h"

#define UNROLL SK_UNROLL(8)

_Static_assert(SK_CHOICES == 4 * SK_CHOICE_COUNT, "two picks of sixteen, and the top bit between them");

SK_LANES void sk_choice_keep(sk_choice_table *t, int eight, int digits)
{
    for (int digit = 0; digit < digits; digit++) {
        sk_v8 rows[SK_LANE_COUNT];

        UNROLL for (int entry = 0; entry < SK_LANE_COUNT; entry++) {
            rows[entry] = t->chosen[entry][digit];
        }
        v8_transpose(rows);
        UNROLL for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
            t->entries[digit][lane][eight] = rows[lane];
        }
    }
}

/* The word of 64 bits from `bit` up in a lane of a number. */
static uint64_t word_at(const sk_v8 *number, int lane, int words, int bit)
{
    const int at = bit / 64, shift = bit % 64;
    uint64_t word = ((const uint64_t *)&number[at])[lane] >> shift;

    if (shift > 0 && at + 1 < words) {
        word |= ((const uint64_t *)&number[at + 1])[lane] << (64 - shift);
    }
    return word;
}

SK_LANES void sk_choose(sk_choice_table *t, const sk_v8 *number, int words, int bit, int digits)
{
    sk_v8 index[SK_LANE_COUNT], counts;

    for (int c = 0; c < SK_CHOICE_COUNT; c++) {
        ((uint64_t *)&counts)[c] = (uint64_t)(SK_CHOICE_BITS * (SK_CHOICE_COUNT - 1 - c));
    }
    UNROLL for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
        index[lane] = v8_shift_right(v8_all(word_at(number, lane, words, bit)), counts);
    }
    for (int digit = 0; digit < digits; digit++) {
        sk_v8 rows[SK_LANE_COUNT];

        UNROLL for (int lane = 0; lane < SK_LANE_COUNT; lane++) {
            const sk_v8 *entries = t->entries[digit][lane];
            const sk_v8 low = v8_pick(entries[0], entries[1], index[lane]);
            const sk_v8 high = v8_pick(entries[2], entries[3], index[lane]);
            rows[lane] = v8_select(v8_bit(index[lane], SK_CHOICE_BITS - 1), high, low);
        }
        v8_transpose(rows);
        UNROLL for (int c = 0; c < SK_CHOICE_COUNT; c++) {
            t->chosen[c][digit] = rows[c];
        }
    }
}
