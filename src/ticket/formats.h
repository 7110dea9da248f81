/* Inside this layer only: the contract's text formats, each on its own. All
 * take valid UTF-8. */
#ifndef TICKET_FORMATS_H
#define TICKET_FORMATS_H

#include <stdbool.h>
#include "base/arena.h"
#include "base/sv.h"

/* One `@`, no white space or control characters, a dot inside the domain. */
bool ticket_format_email(struct sv s);
/* Optional `+`, then digits, spaces and -.()/ with at least one digit. */
bool ticket_format_phone(struct sv s);
/* [A-Z][A-Z0-9_]{0,63} */
bool ticket_format_category(struct sv s);
/* [A-Z]{3} */
bool ticket_format_currency(struct sv s);
/* type/subtype of RFC 9110 token characters. */
bool ticket_format_mime_type(struct sv s);
/* Keeps the last path component, without control characters: a view of s, or
 * of `a` when something had to be cut out. STATUS_BAD_INPUT: blank, "." or ".."
 * after that. STATUS_NO_MEMORY. */
enum status ticket_format_filename(struct arena *a, struct sv s, struct sv *out_r) MUST_USE;

#endif
