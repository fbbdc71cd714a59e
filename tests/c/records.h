/*
 * What the drivers read and write.
 *
 * record  = op (1 byte) || count (u32, little-endian) || count fields, each size (u32) || bytes
 *
 * Every field lies in a heap block of exactly its size, aligned for vectors, so that a read or write one byte too far is
 * seen. Each record is answered by a line. To be included first, once a program.
 */
#define _POSIX_C_SOURCE 200112L /* posix_memalign */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    uint8_t **data;
    size_t *bytes;
    size_t count;
} record;

static uint8_t *block(size_t size)
{
    static void *data; /* static: gcc 12 would warn that an automatic one dangles, which it does not */

    data = NULL;
    if (posix_memalign(&data, 64, size) != 0 || (data == NULL && size > 0)) {
        abort();
    }
    return data;
}

static size_t u32(void)
{
    uint8_t b[4];
    if (fread(b, 1, 4, stdin) != 4) {
        fputs("the input ends inside a record\n", stderr);
        exit(2);
    }
    return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

static record read_record(void)
{
    record r = {.count = u32()};
    r.data = calloc(r.count + 1, sizeof *r.data);
    r.bytes = calloc(r.count + 1, sizeof *r.bytes);
    for (size_t i = 0; i < r.count; i++) {
        r.bytes[i] = u32();
        r.data[i] = block(r.bytes[i]);
        if (r.bytes[i] > 0 && fread(r.data[i], 1, r.bytes[i], stdin) != r.bytes[i]) {
            exit(2);
        }
    }
    return r;
}

static void free_record(record *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->data[i]);
    }
    free(r->data);
    free(r->bytes);
}

static void print_hex(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        printf("%02x", data[i]);
    }
}
