#include "crypto/sign.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "crypto/context.h"
#include "crypto/hash.h"

#define SECRET_PREFIX "whsec_"
#define SECRET_TEXT_MAX 96 /* [characters] after the prefix: more is no secret */
#define KEY_MIN 24         /* [bytes] as Standard Webhooks bounds them */
#define KEY_MAX 64         /* [bytes] */
#define TIMESTAMP_SIZE 24  /* [bytes] a dot, the number, a dot and NUL */
#define SCHEME "v1,"
#define SCHEME_LENGTH (sizeof SCHEME - 1)

/* The bytes of a secret; the caller wipes them. */
static bool secret_key(struct sv secret, unsigned char key[BASE64_DECODED_MAX(SECRET_TEXT_MAX)], size_t *n_r)
{
    if (!sv_has_prefix(secret, SV(SECRET_PREFIX)))
        return false;
    struct sv text = {secret.p + sizeof SECRET_PREFIX - 1, secret.n - (sizeof SECRET_PREFIX - 1)};
    if (text.n > SECRET_TEXT_MAX || !base64_decode(text.p, text.n, key, n_r))
        return false;
    return *n_r >= KEY_MIN && *n_r <= KEY_MAX;
}

static bool add(EVP_MAC_CTX *mac, struct sv s)
{
    return s.n == 0 || EVP_MAC_update(mac, (const unsigned char *)s.p, s.n) == 1;
}

/* Of several parts: a body is not copied to be signed. */
static enum status mac_parts(struct sv key, const struct sv *parts, unsigned n_parts,
                             unsigned char out[CRYPTO_SHA256_SIZE])
{
    EVP_MAC_CTX *mac = context_hmac_sha256();
    size_t size = 0;
    /* What a null key means, OpenSSL says: the one before. */
    bool ok = mac && EVP_MAC_init(mac, (const unsigned char *)(key.p ? key.p : ""), key.n, NULL) == 1;
    for (unsigned i = 0; ok && i < n_parts; i++)
        ok = add(mac, parts[i]);
    ok = ok && EVP_MAC_final(mac, out, &size, CRYPTO_SHA256_SIZE) == 1 && size == CRYPTO_SHA256_SIZE;
    return ok ? STATUS_OK : STATUS_INTERNAL;
}

enum status sign_hex(struct sv secret, struct sv body, char out[SIGN_HEX_SIZE])
{
    unsigned char mac[CRYPTO_SHA256_SIZE];
    enum status s = secret.n <= INT_MAX ? mac_parts(secret, &body, 1, mac) : STATUS_TOO_LARGE;
    if (s == STATUS_OK)
        crypto_hex(mac, sizeof mac, out);
    return s;
}

enum status sign_standard(struct sv secret, struct sv id, int64_t timestamp, struct sv body,
                          char out[SIGN_STANDARD_SIZE])
{
    unsigned char key[BASE64_DECODED_MAX(SECRET_TEXT_MAX)], mac[CRYPTO_SHA256_SIZE];
    size_t n = 0;
    char when[TIMESTAMP_SIZE];
    enum status s = STATUS_BAD_INPUT;
    snprintf(when, sizeof when, ".%lld.", (long long)timestamp);
    if (secret_key(secret, key, &n)) {
        const struct sv parts[] = {id, sv_from(when), body};
        s = mac_parts((struct sv){(const char *)key, n}, parts, sizeof parts / sizeof parts[0], mac);
    }
    crypto_wipe(key, sizeof key);
    if (s != STATUS_OK)
        return s;
    memcpy(out, SCHEME, SCHEME_LENGTH);
    EVP_EncodeBlock((unsigned char *)out + SCHEME_LENGTH, mac, sizeof mac);
    return STATUS_OK;
}

enum status sign_standard_both(struct sv secret, struct sv previous, struct sv id, int64_t timestamp, struct sv body,
                               char out[SIGN_STANDARD_BOTH_SIZE])
{
    char *second = out + SIGN_STANDARD_SIZE;
    enum status s = sign_standard(secret, id, timestamp, body, out);
    if (s != STATUS_OK || !previous.p)
        return s;
    s = sign_standard(previous, id, timestamp, body, second);
    if (s == STATUS_OK)
        second[-1] = ' ';
    return s;
}

bool sign_standard_verify(struct sv secret, struct sv id, int64_t timestamp, struct sv body, struct sv header)
{
    char want[SIGN_STANDARD_SIZE];
    struct sv one;
    bool found = false;
    if (sign_standard(secret, id, timestamp, body, want) != STATUS_OK)
        return false;
    while (sv_cut(&header, ' ', &one)) /* all of them: which one it was is not told by the time either */
        found |= one.n == sizeof want - 1 && crypto_equal(one.p, want, one.n);
    return found;
}

bool sign_hex_verify(struct sv secret, struct sv body, struct sv header)
{
    char want[SIGN_HEX_SIZE];
    return header.n == sizeof want - 1 && sign_hex(secret, body, want) == STATUS_OK &&
           crypto_equal(header.p, want, header.n);
}
