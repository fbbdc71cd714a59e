/* A pushdown automaton over the bytes of a JSON text; its stack is one byte for each open bracket. */
#include "json_minify.h"

#include <assert.h>
#include <string.h>

enum { MAX_DEPTH = 100 };

/* What may come next. VALUE, ITEM and FIRST_ITEM want a value; ITEM stands after a comma, FIRST_ITEM after '['. */
enum state { VALUE, ITEM, FIRST_ITEM, NAME, FIRST_NAME, COLON, NEXT };

/* Everything before `at` has been accepted; 0 <= at <= len holds throughout. */
struct cursor {
    const uint8_t *in;
    size_t len;
    size_t at;
};

static int is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

static int is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

static int is_hex(uint8_t byte) { return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f'); }

/* True for a byte that stands for itself in a string and needs no second look. */
static int is_plain(uint8_t byte) { return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\'; }

static int digit_here(const struct cursor *c) { return c->at < c->len && is_digit(c->in[c->at]); }

/*
 * True if p[0..8) are all plain. Of the bytes whose subtraction borrows, the lowest is too small itself (those above
 * may only have lent): so each of the three tests is exact about "any", which is all that is asked.
 */
static int all_plain(const uint8_t *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word, quote, escape, odd;
    memcpy(&word, p, sizeof word);
    quote = word ^ (ones * '"');
    escape = word ^ (ones * '\\');
    odd = word | ((word - ones * 0x20) & ~word);
    odd |= ((quote - ones) & ~quote) | ((escape - ones) & ~escape);
    return (odd & (ones * 0x80)) == 0;
}

/* Length of the UTF-8 sequence at p (RFC 3629, section 4: no overlong form, no surrogate, at most U+10FFFF), or 0.
 * p[0] >= 0x80; left >= 1 bytes may be read. */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
    uint8_t low = 0x80, high = 0xBF; /* the range of the second byte */
    size_t length, i;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        length = 2;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        length = 3;
        if (p[0] == 0xE0) low = 0xA0;
        if (p[0] == 0xED) high = 0x9F;
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        length = 4;
        if (p[0] == 0xF0) low = 0x90;
        if (p[0] == 0xF4) high = 0x8F;
    } else {
        return 0;
    }
    if (left < length || p[1] < low || p[1] > high) return 0;
    for (i = 2; i < length; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) return 0;
    }
    return length;
}

/* Length of the escape at p, or 0. p[0] is a backslash; left >= 1 bytes may be read. */
static size_t escape_sequence(const uint8_t *p, size_t left)
{
    if (left < 2) return 0;
    switch (p[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        return 2;
    case 'u':
        return left >= 6 && is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5]) ? 6 : 0;
    default:
        return 0;
    }
}

/* Each function below moves the cursor past what it is named for, or leaves it at the fault's place. */

static enum json_fault pass_string(struct cursor *c)
{
    const uint8_t *in = c->in;
    const size_t len = c->len;
    size_t at = c->at + 1; /* past the opening quote, which the caller has seen: at <= len */
    enum json_fault fault = JSON_OK;
    while (fault == JSON_OK) {
        size_t step;
        while (len - at >= 8 && all_plain(in + at)) at += 8;
        while (at < len && is_plain(in[at])) at++;
        if (at == len) {
            fault = JSON_OPEN_STRING;
        } else if (in[at] == '"') {
            at++;
            break;
        } else if (in[at] < 0x20) {
            fault = JSON_CONTROL;
        } else if (in[at] == '\\') {
            step = escape_sequence(in + at, len - at);
            at += step;
            if (step == 0) fault = JSON_ESCAPE;
        } else {
            step = utf8_sequence(in + at, len - at);
            at += step;
            if (step == 0) fault = JSON_UTF8;
        }
        assert(at <= len);
    }
    c->at = at;
    return fault;
}

static enum json_fault pass_digits(struct cursor *c)
{
    if (!digit_here(c)) return JSON_DIGIT;
    while (digit_here(c)) c->at++;
    return JSON_OK;
}

static enum json_fault pass_number(struct cursor *c)
{
    enum json_fault fault;
    if (c->in[c->at] == '-') c->at++;
    if (c->len - c->at >= 2 && c->in[c->at] == '0' && is_digit(c->in[c->at + 1])) return JSON_LEADING_ZERO;
    fault = pass_digits(c);
    if (fault == JSON_OK && c->at < c->len && c->in[c->at] == '.') {
        c->at++;
        fault = pass_digits(c);
    }
    if (fault == JSON_OK && c->at < c->len && (c->in[c->at] | 0x20) == 'e') {
        c->at++;
        if (c->at < c->len && (c->in[c->at] == '+' || c->in[c->at] == '-')) c->at++;
        fault = pass_digits(c);
    }
    return fault;
}

static enum json_fault pass_scalar(struct cursor *c)
{
    const uint8_t first = c->in[c->at];
    const char *literal;
    if (first == '"') return pass_string(c);
    if (first == '-' || is_digit(first)) return pass_number(c);
    literal = first == 't' ? "true" : first == 'f' ? "false" : "null";
    if (c->len - c->at < strlen(literal) || memcmp(c->in + c->at, literal, strlen(literal)) != 0) return JSON_VALUE;
    c->at += strlen(literal);
    return JSON_OK;
}

/* The fault of a text that ends where more is wanted. */
static enum json_fault end_fault(enum state state, size_t depth)
{
    return state == VALUE && depth == 0 ? JSON_EMPTY : JSON_TRUNCATED;
}

enum json_fault json_minify(const uint8_t *in, size_t in_len, uint8_t *out, size_t *out_len, size_t *fault_at)
{
    struct cursor c = {in, in_len, 0};
    uint8_t closers[MAX_DEPTH]; /* the bracket that closes each open one */
    size_t depth = 0;
    size_t run = 0;  /* in[run .. at) is accepted and not yet copied */
    size_t used = 0; /* bytes written: a copy of some of in[0 .. run), so used <= run <= at <= len fits `out` */
    enum state state = VALUE;
    enum json_fault fault = JSON_OK;

    if (in_len >= 3 && memcmp(in, "\xEF\xBB\xBF", 3) == 0) fault = JSON_BOM;
    while (fault == JSON_OK) {
        uint8_t byte;
        if (c.at < in_len && is_space(in[c.at])) {
            memcpy(out + used, in + run, c.at - run);
            used += c.at - run;
            while (c.at < in_len && is_space(in[c.at])) c.at++;
            run = c.at;
        }
        assert(used <= run && run <= c.at && c.at <= in_len && depth <= MAX_DEPTH);
        if (c.at == in_len) {
            if (state != NEXT || depth > 0) fault = end_fault(state, depth);
            break;
        }
        byte = in[c.at];
        if (depth > 0 && byte == closers[depth - 1] && (state == NEXT || state == FIRST_ITEM || state == FIRST_NAME)) {
            depth--;
            c.at++;
            state = NEXT;
            continue;
        }
        switch (state) {
        case NEXT:
            if (depth == 0) {
                fault = JSON_SURPLUS;
            } else if (byte != ',') {
                fault = JSON_COMMA;
            } else {
                c.at++;
                state = closers[depth - 1] == '}' ? NAME : ITEM;
            }
            break;
        case NAME:
        case FIRST_NAME:
            if (byte == '"') {
                fault = pass_string(&c);
                state = COLON;
            } else {
                fault = state == NAME && byte == '}' ? JSON_TRAILING_COMMA : JSON_NAME;
            }
            break;
        case COLON:
            if (byte == ':') {
                c.at++;
                state = VALUE;
            } else {
                fault = JSON_COLON;
            }
            break;
        default:
            if (byte == '{' || byte == '[') {
                if (depth == MAX_DEPTH) {
                    fault = JSON_DEPTH;
                } else {
                    closers[depth++] = byte == '{' ? '}' : ']';
                    c.at++;
                    state = byte == '{' ? FIRST_NAME : FIRST_ITEM;
                }
            } else if (state == ITEM && byte == ']') {
                fault = JSON_TRAILING_COMMA;
            } else {
                fault = pass_scalar(&c);
                state = NEXT;
            }
        }
    }
    if (fault != JSON_OK) {
        /* Whatever was wanted, bytes that are no UTF-8 are the better news. */
        if (c.at < in_len && in[c.at] >= 0x80 && utf8_sequence(in + c.at, in_len - c.at) == 0) fault = JSON_UTF8;
        *fault_at = c.at;
        return fault;
    }
    memcpy(out + used, in + run, in_len - run);
    *out_len = used + (in_len - run);
    return JSON_OK;
}
