/* EMSA-PKCS1-v1_5 with SHA-256: the encoded message that a signature is compared with. */

#include "pkcs1.h"
#include "runtime.h"

#include <string.h>

/* DigestInfo ::= SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.1, NULL }, OCTET STRING (32) }, without the digest:
 * RFC 8017, section 9.2, note 1. */
static const uint8_t PREFIX[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

/*
 * EM = 00 || 01 || FF ... FF || 00 || DigestInfo prefix || digest          (RFC 8017, section 9.2)
 *
 * Sizes: em k bytes, digest SK_DIGEST_BYTES; k - 54 bytes of FF, since 3 + 19 + 32 are the others.
 * Precondition: k >= SK_EM_MIN_BYTES, else SK_FAULT and em is untouched. em and digest do not overlap.
 * Constant-time in digest; k is public.
 */
int sk_pkcs1_encode(uint8_t *em, size_t k, const uint8_t *digest)
{
    const size_t tail = sizeof PREFIX + SK_DIGEST_BYTES;

    if (k < SK_EM_MIN_BYTES) {
        return SK_FAULT;
    }
    em[0] = 0x00;
    em[1] = 0x01;
    memset(em + 2, 0xff, k - 3 - tail);
    em[k - tail - 1] = 0x00;
    memcpy(em + k - tail, PREFIX, sizeof PREFIX);
    memcpy(em + k - SK_DIGEST_BYTES, digest, SK_DIGEST_BYTES);
    return SK_OK;
}
