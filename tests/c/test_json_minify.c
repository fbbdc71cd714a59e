/* Drives json_minify under the sanitizers: every buffer is as small as the contract allows, so that a byte read or
 * written beyond it is seen. Prints the first failure and exits 1. */
#include "json_minify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct result {
    enum json_fault fault;
    size_t length; /* of the output */
    size_t place;  /* of the fault */
    uint8_t *out;  /* to be freed */
};

static struct result run(const void *text, size_t len)
{
    struct result r = {JSON_OK, 0, 0, NULL};
    uint8_t *in = malloc(len ? len : 1);
    r.out = malloc(len ? len : 1);
    if (!in || !r.out) abort();
    if (len) memcpy(in, text, len);
    r.fault = json_minify(in, len, r.out, &r.length, &r.place);
    free(in);
    return r;
}

static void fail(const char *what, const void *text, size_t len)
{
    printf("%s: ", what);
    fwrite(text, 1, len, stdout);
    printf("\n");
    exit(1);
}

/* What holds for every text: results within bounds, and a minified text is its own minified text. */
static void check_invariants(const void *text, size_t len)
{
    struct result first = run(text, len), second;
    if (first.fault != JSON_OK) {
        if (first.place > len) fail("a fault beyond the text", text, len);
        if (first.fault < JSON_EMPTY || first.fault > JSON_DEPTH) fail("an unknown fault", text, len);
    } else {
        if (first.length == 0 || first.length > len) fail("an impossible length", text, len);
        second = run(first.out, first.length);
        if (second.fault != JSON_OK || second.length != first.length
            || memcmp(first.out, second.out, first.length) != 0)
            fail("not idempotent", text, len);
        free(second.out);
    }
    free(first.out);
}

static void check_accepted(const char *text, const char *minified)
{
    struct result r = run(text, strlen(text));
    if (r.fault != JSON_OK || r.length != strlen(minified) || memcmp(r.out, minified, r.length) != 0)
        fail("not minified as expected", text, strlen(text));
    free(r.out);
}

static void check_refused(const char *text, enum json_fault fault, size_t place)
{
    struct result r = run(text, strlen(text));
    if (r.fault != fault || r.place != place) fail("not refused as expected", text, strlen(text));
    free(r.out);
}

static void check_depths(void)
{
    static char text[200000];
    struct result r;
    size_t depth;
    for (depth = 100; depth <= 101; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        r = run(text, 2 * depth);
        if ((r.fault == JSON_OK) != (depth == 100)) fail("the wrong limit of depth", text, 2 * depth);
        free(r.out);
    }
    memset(text, '[', sizeof text);
    r = run(text, sizeof text);
    if (r.fault != JSON_DEPTH || r.place != 100) fail("deep nesting", text, 10);
    free(r.out);
}

int main(void)
{
    static const char sample[] = " {\"name\" : \"O'Br\\u00e9ien \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 and more\",\r\n\t"
                                 "\"n\":[ -0.5e+10 , 150.20,true , false,null,{ }, [ ] ] } \n";
    char text[sizeof sample];
    size_t i, cut;
    int byte;

    check_accepted(" [ 1 , \"a b\" ] ", "[1,\"a b\"]");
    check_accepted("{\"a\" : 1e400, \"a\" : \"\\ud800\\/\" }", "{\"a\":1e400,\"a\":\"\\ud800\\/\"}");
    check_accepted("\n0\n", "0");
    check_refused("", JSON_EMPTY, 0);
    check_refused(" \n", JSON_EMPTY, 2);
    check_refused("\xEF\xBB\xBF{}", JSON_BOM, 0);
    check_refused("\"\xC0\xAF\"", JSON_UTF8, 1);
    check_refused("\"\xED\xA0\x80\"", JSON_UTF8, 1);
    check_refused("[\xFF", JSON_UTF8, 1);
    check_refused("[1", JSON_TRUNCATED, 2);
    check_refused("\"abc", JSON_OPEN_STRING, 4);
    check_refused("\"a\tb\"", JSON_CONTROL, 2);
    check_refused("\"a\\x\"", JSON_ESCAPE, 2);
    check_refused("[NaN]", JSON_VALUE, 1);
    check_refused("-", JSON_DIGIT, 1);
    check_refused("-01", JSON_LEADING_ZERO, 1);
    check_refused("{a:1}", JSON_NAME, 1);
    check_refused("{\"a\" 1}", JSON_COLON, 5);
    check_refused("[1 2]", JSON_COMMA, 3);
    check_refused("[1,]", JSON_TRAILING_COMMA, 3);
    check_refused("1 2", JSON_SURPLUS, 2);
    check_depths();

    /* Every prefix of a text that has a bit of everything, then every byte of it replaced by every other. */
    for (cut = 0; cut < sizeof sample; cut++) check_invariants(sample, cut);
    for (i = 0; i + 1 < sizeof sample; i++) {
        memcpy(text, sample, sizeof sample);
        for (byte = 0; byte < 256; byte++) {
            text[i] = (char)byte;
            check_invariants(text, sizeof sample - 1);
        }
    }
    return 0;
}
