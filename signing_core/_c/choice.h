/*
 * The choice of a table entry by a secret index, in steps that hide behind multiply-adds. For the core's own files.
 *
 * A table has a row of sixteen entries for each unit (a digit of the number wanted). A step reads all sixteen and
 * keeps, in each lane, the one whose number the masks spell: a tree of fifteen blends, with no address and no branch
 * that depends on the index. Spread evenly over the rows of four squarings a choice takes a twentieth of a window; a
 * whole one at once costs half a squaring, and in pairs of steps it takes 2 % more of a signature. Masked stores in place
 * of the blends are no faster.
 */
#ifndef SK_CHOICE_H
#define SK_CHOICE_H

#include "lanes.h"

enum { SK_CHOICE_BITS = 4, SK_CHOICES = 1 << SK_CHOICE_BITS };

typedef struct {
    const sk_v8 (*table)[SK_CHOICES]; /* table[unit] */
    sk_v8 *chosen;                    /* chosen[unit] */
    sk_mask8 bits[SK_CHOICE_BITS];    /* bits[b]: the lanes whose index has bit b; secret */
    int next, end;                    /* the units still to be chosen; public */
} sk_choice;

/* Among eight entries, by bits 0 to 2. */
SK_INLINE sk_v8 sk_choose_eight(const sk_v8 *entry, const sk_mask8 *bits)
{
    const sk_v8 a = v8_select(bits[0], entry[1], entry[0]), b = v8_select(bits[0], entry[3], entry[2]);
    const sk_v8 low = v8_select(bits[1], b, a);
    const sk_v8 c = v8_select(bits[0], entry[5], entry[4]), d = v8_select(bits[0], entry[7], entry[6]);

    return v8_select(bits[2], v8_select(bits[1], d, c), low);
}

/* Choose one unit, if one is left. */
SK_INLINE void sk_choose_unit(sk_choice *c)
{
    if (c->next < c->end) {
        const sk_v8 *entry = c->table[c->next];
        const sk_v8 low = sk_choose_eight(entry, c->bits), high = sk_choose_eight(entry + 8, c->bits);
        c->chosen[c->next] = v8_select(c->bits[3], high, low);
        c->next++;
    }
}

#endif
