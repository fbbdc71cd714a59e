/* What both sides of the guard are counted by: guard.c, and Python through ctypes. */
#ifndef GUARD_MEASURED_H
#define GUARD_MEASURED_H

/* Calls work(), and has callgrind count what happens in it. */
void guard_measured(void (*work)(void));

/* From here on OpenSSL's random numbers, which blinding is made of, are the same in every run. Returns 1, or 0 on failure. */
int guard_fix_random(void);

/* What OpenSSL makes its choices by, as OpenSSL tells it; static storage, or NULL. */
const char *guard_processor(void);

#endif
