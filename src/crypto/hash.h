/* Hashes and MACs, by OpenSSL. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"
#include "base/sv.h"

#define CRYPTO_SHA256_SIZE 32
#define CRYPTO_HEX_SIZE(n) (2 * (n) + 1)

enum status crypto_sha256(const void *p, size_t n, unsigned char out[CRYPTO_SHA256_SIZE]) MUST_USE;
enum status crypto_hmac_sha256(struct sv key, struct sv text, unsigned char out[CRYPTO_SHA256_SIZE]) MUST_USE;
void crypto_hex(const unsigned char *p, size_t n, char *out); /* lower case, NUL-terminated */
bool crypto_equal(const void *a, const void *b, size_t n);    /* constant time */
void crypto_wipe(void *p, size_t n);

#endif
