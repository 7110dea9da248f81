#include "crypto/hash.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "crypto/context.h"

enum status crypto_sha256(const void *p, size_t n, unsigned char out[CRYPTO_SHA256_SIZE])
{
    EVP_MD_CTX *md = context_sha256();
    bool ok = md && EVP_DigestInit_ex2(md, NULL, NULL) == 1 && EVP_DigestUpdate(md, n > 0 ? p : "", n) == 1 &&
              EVP_DigestFinal_ex(md, out, NULL) == 1;
    return ok ? STATUS_OK : STATUS_INTERNAL;
}

enum status crypto_hmac_sha256(struct sv key, struct sv text, unsigned char out[CRYPTO_SHA256_SIZE])
{
    if (key.n > INT_MAX)
        return STATUS_TOO_LARGE;
    const unsigned char *data = (const unsigned char *)(text.n > 0 ? text.p : "");
    unsigned size = 0;
    /* What a null key means, OpenSSL does not say for the one-shot HMAC. */
    if (!HMAC(EVP_sha256(), key.n > 0 ? key.p : "", (int)key.n, data, text.n, out, &size))
        return STATUS_INTERNAL;
    return STATUS_OK;
}

void crypto_hex(const unsigned char *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 0xF];
    }
    *out = '\0';
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void crypto_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
