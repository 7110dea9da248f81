/* Random identifiers and secrets. */
#ifndef CRYPTO_ID_H
#define CRYPTO_ID_H

#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

enum status crypto_random(void *p, size_t n) MUST_USE;

#define CRYPTO_CUID_SIZE 26 /*!< 'c' + 24 of [a-z0-9] + NUL */
/* Time first (8 base-36 digits of milliseconds), then 16 random ones (82 bits):
 * unique without asking anyone, and near each other in an index. */
enum status crypto_cuid(int64_t wall_us, char out[CRYPTO_CUID_SIZE]) MUST_USE;
/* Random bytes are kept for the next ones, a thread its own. To be called after
 * a fork, or parent and child would make the same ids. */
void crypto_id_forget(void);

#define CRYPTO_API_KEY_SIZE 48 /*!< "omk_" + 43 base64url characters (256 bits) + NUL */
enum status crypto_api_key(char out[CRYPTO_API_KEY_SIZE]) MUST_USE;

#define CRYPTO_WEBHOOK_SECRET_SIZE 51 /*!< "whsec_" + base64 of 32 bytes (44) + NUL */
enum status crypto_webhook_secret(char out[CRYPTO_WEBHOOK_SECRET_SIZE]) MUST_USE;

#endif
