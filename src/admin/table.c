#include "admin/table.h"

#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"

#define GAP 2                                 /* [spaces] between columns */
#define TABLE_MAX ((size_t)256 * 1024 * 1024) /* [bytes] */

/* Controls, line separators, and marks that turn the writing direction. */
static bool steers(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Appends s, with '?' for what could steer a terminal. */
static void add_shown(struct buf *out, struct sv s)
{
    while (s.n > 0) {
        uint32_t cp;
        size_t n = utf8_get(s, &cp);
        if (steers(cp))
            buf_char(out, '?');
        else
            buf_add(out, s.p, n);
        s.p += n;
        s.n -= n;
    }
}

void admin_table_start(struct admin_table *t, const char *const *headers)
{
    memset(t, 0, sizeof *t);
    buf_init(&t->cells, TABLE_MAX);
    while (headers[t->n_columns])
        t->n_columns++;
    for (unsigned i = 0; i < t->n_columns; i++)
        admin_table_str(t, headers[i]);
}

void admin_table_start_record(struct admin_table *t)
{
    memset(t, 0, sizeof *t);
    buf_init(&t->cells, TABLE_MAX);
    t->n_columns = 2;
}

void admin_table_text(struct admin_table *t, struct sv s)
{
    if (s.n == 0)
        s = SV("-");
    size_t before = t->cells.n;
    add_shown(&t->cells, s);
    if (t->cells.status == STATUS_OK) {
        size_t width = utf8_count((struct sv){t->cells.p + before, t->cells.n - before});
        if (width > t->width[t->column])
            t->width[t->column] = width;
    }
    buf_char(&t->cells, '\0');
    t->column = (t->column + 1) % t->n_columns;
}

void admin_table_str(struct admin_table *t, const char *s)
{
    admin_table_text(t, sv_from(s));
}

void admin_table_number(struct admin_table *t, uint64_t v)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    admin_table_str(t, text);
}

void admin_table_time(struct admin_table *t, int64_t wall_us)
{
    char text[CLOCK_ISO_SIZE] = "";
    if (wall_us != CLOCK_NONE)
        clock_iso(wall_us, text);
    admin_table_str(t, text);
}

void admin_table_field(struct admin_table *t, const char *label, struct sv value)
{
    admin_table_str(t, label);
    admin_table_text(t, value);
}

void admin_table_field_number(struct admin_table *t, const char *label, uint64_t value)
{
    admin_table_str(t, label);
    admin_table_number(t, value);
}

void admin_table_field_time(struct admin_table *t, const char *label, int64_t wall_us)
{
    admin_table_str(t, label);
    admin_table_time(t, wall_us);
}

enum status admin_table_end(struct admin_table *t, FILE *out)
{
    enum status s = t->cells.status;
    size_t at = 0;
    for (unsigned column = 0; s == STATUS_OK && at < t->cells.n; column = (column + 1) % t->n_columns) {
        struct sv cell = sv_from(t->cells.p + at);
        int pad = column + 1 < t->n_columns ? (int)(t->width[column] - utf8_count(cell)) + GAP : 0;
        fprintf(out, "%s%*s%s", cell.p, pad, "", pad ? "" : "\n");
        at += cell.n + 1;
    }
    buf_free(&t->cells);
    return s;
}

enum status admin_table_print_block(FILE *out, struct sv s, int indent)
{
    struct sv line;
    struct buf shown;
    buf_init(&shown, TABLE_MAX);
    while (shown.status == STATUS_OK && sv_cut(&s, '\n', &line)) {
        if (line.n > 0 && line.p[line.n - 1] == '\r')
            line.n--;
        buf_clear(&shown);
        add_shown(&shown, line);
        if (shown.status == STATUS_OK)
            fprintf(out, "%*s%s\n", indent, "", buf_view(&shown).p);
    }
    enum status status = shown.status;
    buf_free(&shown);
    return status;
}
