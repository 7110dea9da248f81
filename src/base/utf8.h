/* UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/sv.h"

bool utf8_valid(struct sv s);
/* Offset of the first byte that is not valid UTF-8, or n. */
size_t utf8_valid_to(struct sv s);
size_t utf8_count(struct sv s); /* code points of valid UTF-8 */
/* Only white space (Unicode White_Space, U+200B and U+FEFF too), or empty. */
bool utf8_blank(struct sv s);
/* Writes 1–4 bytes, returns how many; cp must be a Unicode scalar value. */
size_t utf8_put(uint32_t cp, char out[4]);
/* One code point from s (valid UTF-8, n > 0); returns its length in bytes. */
size_t utf8_get(struct sv s, uint32_t *cp_r);
/* Length of s without a character that was cut off at its end. */
size_t utf8_whole(struct sv s);

#endif
