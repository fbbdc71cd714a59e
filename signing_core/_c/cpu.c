/* The one place that asks the processor what it can do. */

#include "runtime.h"

#if defined(__x86_64__)

#include <cpuid.h>

/* CPUID leaf 7, EBX bit 29. Not in gcc 12's __builtin_cpu_supports; needs no state of the system beyond SSE's. */
static int has_sha(void)
{
    unsigned int eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx >> 29 & 1);
}

/* __builtin_cpu_supports also reads XCR0, so that a set bit means the system saves those registers too. */
uint32_t sk_cpu_features(void)
{
    uint32_t bits = 0;

    __builtin_cpu_init();
    bits |= has_sha() ? SK_CPU_SHA : 0;
    bits |= __builtin_cpu_supports("avx2") ? SK_CPU_AVX2 : 0;
    bits |= __builtin_cpu_supports("avx512f") ? SK_CPU_AVX512F : 0;
    bits |= __builtin_cpu_supports("avx512dq") ? SK_CPU_AVX512DQ : 0;
    bits |= __builtin_cpu_supports("avx512vl") ? SK_CPU_AVX512VL : 0;
    bits |= __builtin_cpu_supports("avx512ifma") ? SK_CPU_AVX512IFMA : 0;
    return bits;
}

#else

uint32_t sk_cpu_features(void)
{
    return 0;
}

#endif

/* SK_LANES in lanes.h names the instruction sets that the kernel is compiled for; its portable build needs none. */
int sk_lanes_run(void)
{
#if defined(SK_LANES_PORTABLE)
    return 1;
#else
    const uint32_t needed = SK_CPU_AVX512F | SK_CPU_AVX512DQ | SK_CPU_AVX512VL | SK_CPU_AVX512IFMA;
    return (sk_cpu_features() & needed) == needed;
#endif
}
