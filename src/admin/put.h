/* Members of JSON objects. */
#ifndef ADMIN_PUT_H
#define ADMIN_PUT_H

#include "wire/writer.h"

void admin_put_text(struct wire_writer *w, const char *name, struct sv value); /* absent: null */
void admin_put_str(struct wire_writer *w, const char *name, const char *value);
void admin_put_number(struct wire_writer *w, const char *name, uint64_t value);
void admin_put_bool(struct wire_writer *w, const char *name, bool value);
void admin_put_time(struct wire_writer *w, const char *name, int64_t wall_us); /* CLOCK_NONE: null */

#endif
