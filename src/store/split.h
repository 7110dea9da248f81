/* Cutting an SQL file into statements. Private to store/ and its tests. */
#ifndef STORE_SPLIT_H
#define STORE_SPLIT_H

#include "base/status.h"
#include "base/sv.h"

/* Cuts the next statement off *rest, without its semicolon, leading white space
 * and comments. Semicolons in quotes ('…', "…", `…`, doubled or escaped by a
 * backslash), in `-- `, `#` and C comments do not count. STATUS_NOT_FOUND:
 * nothing is left. STATUS_BAD_INPUT: a quote or comment has no end, or the last
 * statement no semicolon. */
enum status split_next(struct sv *rest, struct sv *statement_r) MUST_USE;
/* N of a line "-- oldest program: N" in the file, or 0. */
unsigned split_oldest(struct sv text);

#endif
