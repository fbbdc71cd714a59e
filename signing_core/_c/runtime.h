/*
 * What the C core tells about itself and its surroundings: versions, processor, OpenSSL's errors, wiping.
 * A boundary header: read by the compiler and, without the preprocessor's lines, by cffi.
 */
#ifndef SK_RUNTIME_H
#define SK_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/* What the functions of the core return: the work is done, or OpenSSL failed and its error queue says why. */
enum sk_status { SK_OK = 0, SK_FAULT = -1 };

/* The instruction sets that decide between kernels; a bit is set if processor and system both support it. */
enum sk_cpu {
    SK_CPU_SHA = 1,
    SK_CPU_AVX2 = 2,
    SK_CPU_AVX512F = 4,
    SK_CPU_AVX512DQ = 8,
    SK_CPU_AVX512VL = 16,
    SK_CPU_AVX512IFMA = 32
};

/* Version text of the libcrypto that is loaded (not the one compiled against), static storage. */
const char *sk_openssl_version(void);

/* Bits of enum sk_cpu; 0 on processors other than x86-64. */
uint32_t sk_cpu_features(void);

/* 1 if the eight-lane kernel runs on this processor and system, else 0. */
int sk_lanes_run(void);

/* Take the oldest error off the calling thread's OpenSSL queue and write its text, at most size bytes with the final
 * NUL, to text. Returns 1, or 0 if the queue was empty. Precondition: size >= 1. */
int sk_next_error(char *text, size_t size);

/* Empty the calling thread's OpenSSL queue, so that what it holds after a fault belongs to that fault. */
void sk_clear_errors(void);

/* Overwrite size bytes at data with zeros, in a way the compiler cannot leave out. Time depends on
 * size alone. */
void sk_wipe(void *data, size_t size);

#endif
