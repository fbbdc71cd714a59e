/* Counted from here to there, without chance: see measured.h. Never to be linked with anything that signs in earnest. */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_METHOD: the one way to reach the random numbers that libcrypto takes itself */

#include "measured.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <valgrind/callgrind.h>

void guard_measured(void (*work)(void))
{
    CALLGRIND_START_INSTRUMENTATION;
    work();
    CALLGRIND_STOP_INSTRUMENTATION;
}

/* xorshift64: any odd sequence will do, as long as it is always the same. */
static int fixed(unsigned char *to, int count)
{
    static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

    for (int i = 0; i < count; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        to[i] = (unsigned char)(state >> 32);
    }
    return 1;
}

static int ready(void) { return 1; }

int guard_fix_random(void)
{
    static const RAND_METHOD method = {.bytes = fixed, .pseudorand = fixed, .status = ready};

    return RAND_set_rand_method(&method);
}

const char *guard_processor(void) { return OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS); }
