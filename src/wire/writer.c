#include "wire/writer.h"

#include <inttypes.h>
#include <string.h>
#include "base/clock.h"
#include "base/utf8.h"
#include "wire/escape.h"

void wire_writer_init(struct wire_writer *w, struct buf *out)
{
    *w = (struct wire_writer){.out = out, .first = true};
}

static bool refuse(struct wire_writer *w, enum status status)
{
    if (w->status == STATUS_OK)
        w->status = status;
    return false;
}

static bool in_object(const struct wire_writer *w)
{
    return w->depth > 0 && w->scope[w->depth - 1] == '{';
}

/* Whether a value may stand here; puts the comma before a list's. */
static bool begin_value(struct wire_writer *w)
{
    if (w->status != STATUS_OK)
        return false;
    if (in_object(w) ? !w->named : w->depth == 0 && !w->first)
        return refuse(w, STATUS_INTERNAL);
    if (!w->first && !w->named)
        buf_char(w->out, ',');
    w->first = false;
    w->named = false;
    return true;
}

static void open_scope(struct wire_writer *w, char scope)
{
    if (!begin_value(w))
        return;
    if (w->depth == WIRE_WRITER_DEPTH_MAX) {
        refuse(w, STATUS_INTERNAL);
        return;
    }
    w->scope[w->depth++] = scope;
    w->first = true;
    buf_char(w->out, scope);
}

static void close_scope(struct wire_writer *w, char scope, char end)
{
    if (w->status != STATUS_OK)
        return;
    if (w->depth == 0 || w->scope[w->depth - 1] != scope || w->named) {
        refuse(w, STATUS_INTERNAL);
        return;
    }
    w->depth--;
    w->first = false;
    buf_char(w->out, end);
}

void wire_open(struct wire_writer *w)
{
    open_scope(w, '{');
}

void wire_close(struct wire_writer *w)
{
    close_scope(w, '{', '}');
}

void wire_open_list(struct wire_writer *w)
{
    open_scope(w, '[');
}

void wire_close_list(struct wire_writer *w)
{
    close_scope(w, '[', ']');
}

/* The escape for a byte, or NULL when it stands for itself. */
static const char *escape_of(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

static void put_control(struct buf *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', hex[(unsigned char)c >> 4], hex[c & 15]};
    buf_add(out, text, sizeof text);
}

/* Most are: ASCII that stands for itself, and so is UTF-8. */
static void put_plain(struct buf *out, struct sv s)
{
    char *to = buf_room(out, s.n + 2);
    if (!to)
        return;
    to[0] = '"';
    if (s.n > 0)
        memcpy(to + 1, s.p, s.n);
    to[s.n + 1] = '"';
    buf_claim(out, s.n + 2);
}

static void put_escaped(struct buf *out, struct sv s)
{
    size_t from = 0;
    buf_char(out, '"');
    for (size_t i = escape_plain(s.p, s.n); i < s.n; i += 1 + escape_plain(s.p + i + 1, s.n - i - 1)) {
        const char *escape = escape_of(s.p[i]);
        bool control = (unsigned char)s.p[i] < 0x20;
        if (!escape && !control)
            continue;
        buf_add(out, s.p + from, i - from);
        if (escape)
            buf_str(out, escape);
        else
            put_control(out, s.p[i]);
        from = i + 1;
    }
    buf_add(out, s.p + from, s.n - from);
    buf_char(out, '"');
}

static void put_string(struct wire_writer *w, struct sv s)
{
    if (escape_plain(s.p, s.n) == s.n)
        put_plain(w->out, s);
    else if (utf8_valid(s))
        put_escaped(w->out, s);
    else
        refuse(w, STATUS_INTERNAL);
}

void wire_name(struct wire_writer *w, const char *name)
{
    if (w->status != STATUS_OK)
        return;
    if (!in_object(w) || w->named) {
        refuse(w, STATUS_INTERNAL);
        return;
    }
    if (!w->first)
        buf_char(w->out, ',');
    put_string(w, sv_from(name));
    buf_char(w->out, ':');
    w->first = false;
    w->named = true;
}

void wire_put_sv(struct wire_writer *w, struct sv s)
{
    if (!s.p)
        wire_put_null(w);
    else if (begin_value(w))
        put_string(w, s);
}

void wire_put_str(struct wire_writer *w, const char *s)
{
    wire_put_sv(w, sv_from(s));
}

void wire_put_u64(struct wire_writer *w, uint64_t v)
{
    if (begin_value(w))
        buf_printf(w->out, "%" PRIu64, v);
}

void wire_put_bool(struct wire_writer *w, bool v)
{
    if (begin_value(w))
        buf_str(w->out, v ? "true" : "false");
}

void wire_put_null(struct wire_writer *w)
{
    if (begin_value(w))
        buf_str(w->out, "null");
}

void wire_put_time(struct wire_writer *w, int64_t wall_us)
{
    char iso[CLOCK_ISO_SIZE];
    if (wall_us == CLOCK_NONE) {
        wire_put_null(w);
        return;
    }
    clock_iso(wall_us, iso);
    wire_put_str(w, iso);
}

void wire_put_raw(struct wire_writer *w, struct sv json)
{
    if (json.n == 0)
        refuse(w, STATUS_INTERNAL);
    else if (begin_value(w))
        buf_sv(w->out, json);
}

enum status wire_finish(const struct wire_writer *w)
{
    if (w->status != STATUS_OK)
        return w->status;
    if (w->out->status != STATUS_OK)
        return w->out->status;
    return w->depth == 0 && !w->first ? STATUS_OK : STATUS_INTERNAL;
}

enum status wire_error_body(struct buf *out, const char *text, const struct err *fields, int64_t wall_us,
                            int http_status)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    wire_name(&w, "error");
    wire_put_str(&w, text);
    if (fields && fields->n_fields > 0) {
        wire_name(&w, "errors");
        wire_open(&w);
        for (unsigned i = 0; i < fields->n_fields; i++) {
            wire_name(&w, fields->fields[i].path);
            wire_put_str(&w, fields->fields[i].text);
        }
        wire_close(&w);
    }
    wire_name(&w, "timestamp");
    wire_put_time(&w, wall_us);
    wire_name(&w, "status");
    wire_put_u64(&w, (uint64_t)http_status);
    wire_close(&w);
    return wire_finish(&w);
}
