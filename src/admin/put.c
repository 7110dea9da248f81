#include "admin/put.h"

void admin_put_text(struct wire_writer *w, const char *name, struct sv value)
{
    wire_name(w, name);
    wire_put_sv(w, value);
}

void admin_put_str(struct wire_writer *w, const char *name, const char *value)
{
    wire_name(w, name);
    wire_put_str(w, value);
}

void admin_put_number(struct wire_writer *w, const char *name, uint64_t value)
{
    wire_name(w, name);
    wire_put_u64(w, value);
}

void admin_put_bool(struct wire_writer *w, const char *name, bool value)
{
    wire_name(w, name);
    wire_put_bool(w, value);
}

void admin_put_time(struct wire_writer *w, const char *name, int64_t wall_us)
{
    wire_name(w, name);
    wire_put_time(w, wall_us);
}
