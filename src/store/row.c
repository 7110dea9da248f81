#include "store/row.h"

#include <string.h>

#define DAY INT64_C(86400)

/* Days since 1970-01-01 ↔ civil date, by counting eras of 400 years from a
 * March 1st, so that leap days end their year. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, MYSQL_TIME *out_r)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    int64_t month = m < 10 ? m + 3 : m - 9;
    out_r->year = (unsigned)(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
    out_r->month = (unsigned)month;
    out_r->day = (unsigned)(day_of_year - (153 * m + 2) / 5 + 1);
}

void row_time_from(int64_t wall_us, MYSQL_TIME *out_r)
{
    memset(out_r, 0, sizeof *out_r);
    int64_t us = wall_us % CLOCK_SECOND;
    int64_t s = wall_us / CLOCK_SECOND - (us < 0 ? 1 : 0);
    int64_t second = s % DAY;
    int64_t day = s / DAY - (second < 0 ? 1 : 0);
    second += second < 0 ? DAY : 0;
    civil_from_days(day, out_r);
    out_r->hour = (unsigned)(second / 3600);
    out_r->minute = (unsigned)(second / 60 % 60);
    out_r->second = (unsigned)(second % 60);
    out_r->second_part = (unsigned long)(us + (us < 0 ? CLOCK_SECOND : 0));
    out_r->time_type = MYSQL_TIMESTAMP_DATETIME;
}

int64_t row_time_to(const MYSQL_TIME *t)
{
    int64_t days = days_from_civil(t->year, t->month, t->day);
    int64_t s = days * DAY + (int64_t)t->hour * 3600 + (int64_t)t->minute * 60 + (int64_t)t->second;
    return s * CLOCK_SECOND + (int64_t)t->second_part;
}

/* --- in --- */

void row_in_init(struct row_in *in, enum store_stmt id)
{
    in->id = id;
    in->n = 0;
    in->bad = false;
}

/* The next bind, cleared, if the statement wants this letter there. */
static MYSQL_BIND *next_param(struct row_in *in, char letter)
{
    const char *letters = store_statements[in->id].params;
    if (in->bad || in->n >= ROW_PARAMS_MAX || letters[in->n] != letter) {
        in->bad = true;
        return NULL;
    }
    MYSQL_BIND *b = &in->bind[in->n++];
    memset(b, 0, sizeof *b);
    return b;
}

void row_in_u_or_null(struct row_in *in, bool present, uint64_t v)
{
    MYSQL_BIND *b = next_param(in, 'u');
    if (!b)
        return;
    in->value[in->n - 1].u = v;
    b->buffer = &in->value[in->n - 1].u;
    b->buffer_type = present ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_NULL;
    b->is_unsigned = 1;
}

void row_in_u(struct row_in *in, uint64_t v)
{
    row_in_u_or_null(in, true, v);
}

void row_in_t(struct row_in *in, int64_t wall_us)
{
    MYSQL_BIND *b = next_param(in, 't');
    if (!b)
        return;
    b->buffer_type = MYSQL_TYPE_NULL;
    if (wall_us == CLOCK_NONE)
        return;
    row_time_from(wall_us, &in->value[in->n - 1].t);
    b->buffer = &in->value[in->n - 1].t;
    b->buffer_type = MYSQL_TYPE_DATETIME;
}

static void bind_view(MYSQL_BIND *b, enum enum_field_types type, struct sv s)
{
    if (!b)
        return;
    /* The client only reads parameters; MYSQL_BIND is one type for both ways. */
    union {
        const char *from;
        void *to;
    } p = {.from = s.p};
    b->buffer = p.to;
    b->buffer_length = s.n;
    b->buffer_type = s.p ? type : MYSQL_TYPE_NULL;
}

void row_in_s(struct row_in *in, struct sv s)
{
    bind_view(next_param(in, 's'), MYSQL_TYPE_STRING, s);
}

void row_in_str(struct row_in *in, const char *s)
{
    row_in_s(in, sv_from(s));
}

void row_in_b(struct row_in *in, struct sv bytes)
{
    bind_view(next_param(in, 'b'), MYSQL_TYPE_BLOB, bytes);
}

void row_in_hash(struct row_in *in, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    row_in_b(in, (struct sv){(const char *)hash, CRYPTO_SHA256_SIZE});
}

bool row_in_fits(const struct row_in *in)
{
    return !in->bad && store_statements[in->id].params[in->n] == '\0';
}

/* --- out --- */

enum status row_out_bind(struct row_out *row, MYSQL_STMT *stmt, unsigned set, const char *letters, unsigned n)
{
    MYSQL_BIND bind[ROW_COLUMNS_MAX];
    if (n > ROW_COLUMNS_MAX || mysql_stmt_field_count(stmt) != n)
        return STATUS_INTERNAL;
    row->stmt = stmt;
    row->set = set;
    row->letters = letters;
    row->n = n;
    row->status = STATUS_OK;
    memset(bind, 0, n * sizeof *bind);
    for (unsigned i = 0; i < n; i++) {
        struct row_cell *c = &row->cell[i];
        bind[i].buffer = &c->v;
        bind[i].length = &c->length;
        bind[i].is_null = &c->null;
        bind[i].is_unsigned = 1;
        bind[i].buffer_length = ROW_INLINE;
        bind[i].buffer_type = letters[i] == 'u'   ? MYSQL_TYPE_LONGLONG
                              : letters[i] == 't' ? MYSQL_TYPE_DATETIME
                                                  : MYSQL_TYPE_BLOB;
    }
    return mysql_stmt_bind_result(stmt, bind) ? STATUS_INTERNAL : STATUS_OK;
}

static struct row_cell *cell_of(struct row_out *row, unsigned i, char letter, char other)
{
    if (i < row->n && (row->letters[i] == letter || row->letters[i] == other))
        return &row->cell[i];
    if (row->status == STATUS_OK)
        row->status = STATUS_INTERNAL;
    return NULL;
}

bool row_is_null(struct row_out *row, unsigned i)
{
    return i >= row->n || row->cell[i].null;
}

uint64_t row_u(struct row_out *row, unsigned i)
{
    struct row_cell *c = cell_of(row, i, 'u', 'u');
    return c && !c->null ? c->v.u : 0;
}

int64_t row_t(struct row_out *row, unsigned i)
{
    struct row_cell *c = cell_of(row, i, 't', 't');
    return c && !c->null ? row_time_to(&c->v.t) : CLOCK_NONE;
}

/* The text's bytes into `to`, which has room for them. */
static void copy_text(struct row_out *row, unsigned i, void *to)
{
    struct row_cell *c = &row->cell[i];
    if (c->length <= ROW_INLINE) {
        memcpy(to, c->v.text, c->length);
        return;
    }
    MYSQL_BIND b = {.buffer = to, .buffer_length = c->length, .buffer_type = MYSQL_TYPE_BLOB};
    if (mysql_stmt_fetch_column(row->stmt, &b, i, 0) && row->status == STATUS_OK)
        row->status = STATUS_INTERNAL;
}

struct sv row_s(struct row_out *row, unsigned i, struct arena *a)
{
    struct row_cell *c = cell_of(row, i, 's', 'b');
    if (!c || c->null || row->status != STATUS_OK)
        return SV_NONE;
    char *to = arena_alloc(a, c->length + 1);
    if (!to) {
        row->status = STATUS_NO_MEMORY;
        return SV_NONE;
    }
    copy_text(row, i, to);
    to[c->length] = '\0';
    return (struct sv){to, c->length};
}

size_t row_into(struct row_out *row, unsigned i, void *to, size_t size)
{
    struct row_cell *c = cell_of(row, i, 's', 'b');
    if (!c || c->null)
        return 0;
    if (c->length > size) {
        if (row->status == STATUS_OK)
            row->status = STATUS_INTERNAL;
        return 0;
    }
    copy_text(row, i, to);
    return c->length;
}

void row_str(struct row_out *row, unsigned i, char *to, size_t size)
{
    to[row_into(row, i, to, size - 1)] = '\0';
}
