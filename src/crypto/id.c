#include "crypto/id.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define BASE36 36u
#define TIME_DIGITS 8
#define RANDOM_DIGITS (CRYPTO_CUID_SIZE - 2 - TIME_DIGITS)
#define SECRET_SIZE 32 /* [bytes] */
#define POOL_SIZE 512  /* [bytes] */

static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

enum status crypto_random(void *p, size_t n)
{
    if (n > INT_MAX)
        return STATUS_TOO_LARGE;
    return RAND_bytes(p, (int)n) == 1 ? STATUS_OK : STATUS_INTERNAL;
}

static void put_time(int64_t ms, char *out)
{
    uint64_t v = ms > 0 ? (uint64_t)ms : 0;
    for (unsigned i = TIME_DIGITS; i-- > 0;) {
        out[i] = base36[v % BASE36];
        v /= BASE36;
    }
}

/* OpenSSL takes longer to begin than to give so many bytes. */
static _Thread_local struct {
    unsigned char bytes[POOL_SIZE];
    unsigned left;
} pool;

void crypto_id_forget(void)
{
    pool.left = 0;
}

static enum status next_byte(unsigned char *r)
{
    if (pool.left == 0) {
        enum status s = crypto_random(pool.bytes, sizeof pool.bytes);
        if (s != STATUS_OK)
            return s;
        pool.left = sizeof pool.bytes;
    }
    *r = pool.bytes[sizeof pool.bytes - pool.left--];
    return STATUS_OK;
}

static enum status put_random(char *out)
{
    unsigned char byte;
    for (unsigned n = 0; n < RANDOM_DIGITS;) {
        enum status s = next_byte(&byte);
        if (s != STATUS_OK)
            return s;
        /* Bytes past the last multiple of 36 would favour the low digits. */
        if (byte < 256 / BASE36 * BASE36)
            out[n++] = base36[byte % BASE36];
    }
    return STATUS_OK;
}

enum status crypto_cuid(int64_t wall_us, char out[CRYPTO_CUID_SIZE])
{
    out[0] = 'c';
    put_time(wall_us / 1000, out + 1);
    out[CRYPTO_CUID_SIZE - 1] = '\0';
    return put_random(out + 1 + TIME_DIGITS);
}

/* 256 random bits in base64, after a prefix. */
static enum status put_secret(const char *prefix, char *out)
{
    unsigned char raw[SECRET_SIZE];
    enum status s = crypto_random(raw, sizeof raw);
    if (s != STATUS_OK)
        return s;
    size_t n = strlen(prefix);
    memcpy(out, prefix, n); /* NOLINT(bugprone-not-null-terminated-result): the next call ends it */
    EVP_EncodeBlock((unsigned char *)out + n, raw, sizeof raw);
    OPENSSL_cleanse(raw, sizeof raw);
    return STATUS_OK;
}

enum status crypto_api_key(char out[CRYPTO_API_KEY_SIZE])
{
    char padded[CRYPTO_API_KEY_SIZE + 1];
    enum status s = put_secret("omk_", padded);
    if (s != STATUS_OK)
        return s;
    for (unsigned i = 0; i < CRYPTO_API_KEY_SIZE - 1; i++)
        out[i] = padded[i] == '+' ? '-' : padded[i] == '/' ? '_' : padded[i];
    out[CRYPTO_API_KEY_SIZE - 1] = '\0';
    OPENSSL_cleanse(padded, sizeof padded);
    return STATUS_OK;
}

enum status crypto_webhook_secret(char out[CRYPTO_WEBHOOK_SECRET_SIZE])
{
    return put_secret("whsec_", out);
}
