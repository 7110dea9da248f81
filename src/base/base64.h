/* Base64 (RFC 4648 §4) and base64url (§5). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/sv.h"

/* Decodes in[0..n) to out, which may be the same memory: out never runs ahead
 * of in. Either alphabet but not both mixed, padded fully or not at all,
 * leftover bits ignored, "" gives 0 bytes; anything else is refused: false.
 * out needs BASE64_DECODED_MAX(n) bytes. */
#define BASE64_DECODED_MAX(n) ((n) / 4 * 3 + 2)
bool base64_decode(const char *in, size_t n, unsigned char *out, size_t *n_r);
/* Appends standard base64 with padding. */
void base64_encode(struct buf *out, const void *p, size_t n);

#endif
