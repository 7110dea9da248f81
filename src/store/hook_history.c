#include <mysqld_error.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/num.h"
#include "store/connect.h"
#include "store/hook_admin.h"

#define DAYS_AHEAD 3           /* partitions made beyond today's: upkeep may fail so long before `future` fills */
#define DAYS_MAX 4000          /* partitions looked at */
#define TEXT_MAX (128u * 1024) /* [bytes] of an ALTER TABLE */
#define DAY (86400 * CLOCK_SECOND)
#define NAME_SIZE 12 /* "dYYYYMMDD" */

/* Changing partitions commits as it goes, so one connection holds the row that
 * keeps others from it, as when migrating, and another one changes. */
struct history {
    struct store *s;
    MYSQL *lock, *work;
    unsigned n;
    int64_t day[DAYS_MAX]; /*!< [days] since 1970, of the partitions that are there, rising */
    struct err *err;
};

static enum status failed(struct history *h, MYSQL *db, const char *what)
{
    unsigned code = mysql_errno(db);
    bool busy = code == ER_LOCK_WAIT_TIMEOUT || code == ER_LOCK_DEADLOCK;
    return err_set(h->err, busy ? STATUS_UNAVAILABLE : STATUS_CONFIG, "database: history: %s: error %u", what, code);
}

static enum status query(struct history *h, MYSQL *db, struct sv text, const char *what)
{
    h->s->round_trips++;
    return mysql_real_query(db, text.p, (unsigned long)text.n) ? failed(h, db, what) : STATUS_OK;
}

static enum status connection(struct history *h, MYSQL **db_r)
{
    connect_deadline(INT64_MAX);
    *db_r = connect_open(h->s, h->s->conf->database_name, true);
    return *db_r ? STATUS_OK : err_set(h->err, h->s->status, "%s", h->s->why);
}

/* --- days and their names --- */

static void day_name(int64_t day, char out[NAME_SIZE])
{
    MYSQL_TIME t;
    row_time_from(day * DAY, &t);
    snprintf(out, NAME_SIZE, "d%04u%02u%02u", t.year % 10000, t.month % 100, t.day % 100);
}

static bool day_of(struct sv name, int64_t *day_r)
{
    uint64_t n;
    char again[NAME_SIZE];
    if (name.n != NAME_SIZE - 3 || name.p[0] != 'd' || !num_u64((struct sv){name.p + 1, 8}, true, 99999999, &n))
        return false;
    MYSQL_TIME t = {.year = (unsigned)(n / 10000), .month = (unsigned)(n / 100 % 100), .day = (unsigned)(n % 100)};
    *day_r = row_time_to(&t) / DAY;
    day_name(*day_r, again);
    return sv_is(name, again);
}

/* --- what is there --- */

static enum status read_days(struct history *h)
{
    enum status st = query(h, h->lock,
                           SV("SELECT partition_name FROM information_schema.partitions WHERE table_schema = "
                              "DATABASE() AND table_name = 'webhook_attempt' ORDER BY partition_ordinal_position"),
                           "partitions");
    MYSQL_RES *res = st ? NULL : mysql_store_result(h->lock);
    if (!st && !res)
        return failed(h, h->lock, "partitions");
    MYSQL_ROW row;
    h->n = 0;
    while (res && (row = mysql_fetch_row(res)) != NULL)
        if (h->n < DAYS_MAX && day_of(sv_from(row[0]), &h->day[h->n]))
            h->n++;
    mysql_free_result(res);
    return st;
}

/* The second of two waits here. */
static enum status lock(struct history *h)
{
    enum status st = query(h, h->lock, SV("START TRANSACTION"), "lock");
    if (!st)
        st = query(h, h->lock, SV("SELECT version FROM schema_version WHERE id = 1 FOR UPDATE"), "lock");
    if (st)
        return st;
    mysql_free_result(mysql_store_result(h->lock));
    return read_days(h);
}

/* --- changing it --- */

static void add_partition(struct buf *b, int64_t day)
{
    char name[NAME_SIZE];
    MYSQL_TIME end;
    day_name(day, name);
    row_time_from((day + 1) * DAY, &end);
    buf_printf(b, "PARTITION %s VALUES LESS THAN ('%04u-%02u-%02u'), ", name, end.year, end.month, end.day);
}

static enum status alter(struct history *h, struct buf *b, const char *what)
{
    if (b->status)
        return err_set(h->err, b->status, "database: history: %s: out of room", what);
    return query(h, h->work, buf_view(b), what);
}

/* Days from today on; before them one that takes what has gathered since the
 * last one, so that no row is moved twice and none lands in the wrong day. */
static enum status add_days(struct history *h, int64_t today)
{
    struct buf b;
    int64_t last = h->n ? h->day[h->n - 1] : INT64_MIN;
    if (last >= today + DAYS_AHEAD)
        return STATUS_OK;
    buf_init(&b, TEXT_MAX);
    buf_str(&b, "ALTER TABLE webhook_attempt REORGANIZE PARTITION future INTO (");
    for (int64_t day = last >= today - 1 ? last + 1 : today - 1; day <= today + DAYS_AHEAD; day++)
        add_partition(&b, day);
    buf_str(&b, "PARTITION future VALUES LESS THAN (MAXVALUE))");
    enum status st = alter(h, &b, "new days");
    buf_free(&b);
    return st;
}

static enum status drop_days(struct history *h, int64_t before, unsigned *dropped_r)
{
    struct buf b;
    char name[NAME_SIZE];
    unsigned n = 0;
    buf_init(&b, TEXT_MAX);
    buf_str(&b, "ALTER TABLE webhook_attempt DROP PARTITION ");
    for (; n < h->n && h->day[n] < before; n++) {
        day_name(h->day[n], name);
        buf_printf(&b, "%s%s", n ? ", " : "", name);
    }
    enum status st = n ? alter(h, &b, "old days") : STATUS_OK;
    *dropped_r = st ? 0 : n;
    buf_free(&b);
    return st;
}

enum status store_hook_history(struct store *s, unsigned keep_days, int64_t now_us, unsigned *dropped_r,
                               struct err *err)
{
    struct history *h = calloc(1, sizeof *h);
    int64_t today = now_us / DAY;
    *dropped_r = 0;
    if (!h)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    h->s = s;
    h->err = err;
    enum status st = connection(h, &h->lock);
    if (!st)
        st = connection(h, &h->work);
    if (!st)
        st = lock(h);
    if (!st)
        st = add_days(h, today);
    if (!st)
        st = drop_days(h, today - (int64_t)keep_days, dropped_r);
    connect_deadline(clock_mono_us() + CLOCK_SECOND);
    if (h->work)
        mysql_close(h->work);
    if (h->lock)
        mysql_close(h->lock);
    free(h);
    return st;
}
