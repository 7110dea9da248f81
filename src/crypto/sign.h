/* Signatures of webhooks: the contract's own and Standard Webhooks'
 * (https://www.standardwebhooks.com, "symmetric"). */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "base/sv.h"

#define SIGN_HEX_SIZE 65           /*!< 64 lower-case hex digits and NUL */
#define SIGN_STANDARD_SIZE 48      /*!< "v1," + base64 of 32 bytes and NUL */
#define SIGN_STANDARD_BOTH_SIZE 96 /*!< two of them, a space between, and NUL */

/* X-Webhook-Signature: HMAC-SHA256 of the body keyed with the secret's text as issued. */
enum status sign_hex(struct sv secret, struct sv body, char out[SIGN_HEX_SIZE]) MUST_USE;
/* webhook-signature: HMAC-SHA256 of "id.timestamp.body" keyed with what follows
 * "whsec_", base64-decoded. timestamp: [s] Unix. STATUS_BAD_INPUT: not a whsec_ secret. */
enum status sign_standard(struct sv secret, struct sv id, int64_t timestamp, struct sv body,
                          char out[SIGN_STANDARD_SIZE]) MUST_USE;
/* The header as sent: signed with `secret`, and with `previous` too unless absent. */
enum status sign_standard_both(struct sv secret, struct sv previous, struct sv id, int64_t timestamp, struct sv body,
                               char out[SIGN_STANDARD_BOTH_SIZE]) MUST_USE;
/* Whether one of the header's space-separated "v1,…" is this secret's; constant
 * time in the signatures. */
bool sign_standard_verify(struct sv secret, struct sv id, int64_t timestamp, struct sv body, struct sv header);
bool sign_hex_verify(struct sv secret, struct sv body, struct sv header);

#endif
