/* Finding a member's text in a body that scan_body has compacted. */
#ifndef WIRE_SKIM_H
#define WIRE_SKIM_H

#include "base/buf.h"
#include "base/sv.h"

/* The text of top.outer.inner, or absent. Never looks into a string that has a
 * span, so those may have been overwritten. */
struct sv skim_member(const char *body, const struct buf *spans, const char *outer, const char *inner);

#endif
