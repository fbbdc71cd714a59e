/* Minify a JSON text without changing a token (P4, P42). */
#ifndef SIGNKIT_JSON_MINIFY_H
#define SIGNKIT_JSON_MINIFY_H

#include <stddef.h>
#include <stdint.h>

/* What is wrong with a text. signing_core/_json_text.py has the sentences, and the same codes for its Python twin. */
enum json_fault {
    JSON_OK = 0,
    JSON_EMPTY = 1,           /* nothing but whitespace; place: the length */
    JSON_BOM = 2,             /* begins with a byte order mark; place: 0 */
    JSON_UTF8 = 3,            /* not UTF-8; place: first byte of the bad sequence */
    JSON_TRUNCATED = 4,       /* ends before its value does; place: the length */
    JSON_OPEN_STRING = 5,     /* ends inside a string; place: the length */
    JSON_CONTROL = 6,         /* byte below 0x20 in a string; place: that byte */
    JSON_ESCAPE = 7,          /* no escape of RFC 8259; place: the backslash */
    JSON_VALUE = 8,           /* no value begins here */
    JSON_DIGIT = 9,           /* a number needs a digit here */
    JSON_LEADING_ZERO = 10,   /* a number begins with this zero, and digits follow */
    JSON_NAME = 11,           /* a member's name is wanted here */
    JSON_COLON = 12,          /* ':' is wanted here */
    JSON_COMMA = 13,          /* ',' or the closing bracket is wanted here */
    JSON_TRAILING_COMMA = 14, /* a closing bracket right after a comma; place: the bracket */
    JSON_SURPLUS = 15,        /* something follows the value */
    JSON_DEPTH = 16           /* this bracket opens level 101 */
};

/*
 * out[0 .. *out_len) = in[0 .. in_len) without the whitespace outside strings, provided that `in` is one RFC 8259 JSON
 * text in UTF-8 without a byte order mark, nested at most 100 deep.
 *
 * Operands:      in_len any; `out` has room for in_len bytes; the buffers do not overlap; no pointer is NULL.
 * Result:        JSON_OK with *out_len set (0 < *out_len <= in_len), or a fault with *fault_at set (<= in_len), and
 *                nothing promised of `out`. Bytes are looked at from left to right, so the first fault is told.
 * Cost:          one pass, no recursion, no allocation. Not constant-time: the time tells the shape of the text.
 */
enum json_fault json_minify(const uint8_t *in, size_t in_len, uint8_t *out, size_t *out_len, size_t *fault_at);

#endif
