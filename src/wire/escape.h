/* Strings as they stand between the quotes of checked JSON text: read with
 * their escapes resolved, but without a copy unless one is asked for. */
#ifndef WIRE_ESCAPE_H
#define WIRE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/sv.h"

/* Walks raw text piece by piece: a run without escapes, or one escape's bytes
 * (which live in the walker until the next step). Pieces are never empty and
 * end at character boundaries. Start with p and end set. */
struct escape_walk {
    const char *p, *end;
    char character[4];
};
bool escape_next(struct escape_walk *walk, struct sv *piece_r);

/* Leading bytes that are plain: ASCII, no control, neither quote nor backslash. */
size_t escape_plain(const char *p, size_t n);
/* Resolves all escapes; out needs n bytes and may be where raw is. Returns the
 * length in bytes. */
size_t escape_decode(struct sv raw, char *out);
bool escape_any(struct sv raw);
/* utf8_blank of the text meant. */
bool escape_blank(struct sv raw);
/* <0, 0, >0: bytewise order of the texts meant. */
int escape_cmp(struct sv a, struct sv b);
/* Equal for texts that mean the same. Not for tables: no seed. */
uint64_t escape_hash(struct sv raw);

#endif
