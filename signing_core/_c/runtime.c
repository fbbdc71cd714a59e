/* Versions, OpenSSL's errors and wiping: the small change of the core. */

#include "runtime.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

const char *sk_openssl_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}

int sk_next_error(char *text, size_t size)
{
    unsigned long code = ERR_get_error();
    if (code == 0) {
        return 0;
    }
    ERR_error_string_n(code, text, size);
    return 1;
}

void sk_clear_errors(void)
{
    ERR_clear_error();
}

void sk_wipe(void *data, size_t size)
{
    OPENSSL_cleanse(data, size);
}
