#include "store/link.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "crypto/id.h"
#include "store/connect.h"

#define GRACE (300 * INT64_C(1000)) /* [us] an answer may take beyond the budget's end: CONTRACT's 3 s in all */
#define PAUSE_FIRST 4u              /* [ms] mean pause before the first repetition; doubles */
#define PAUSE_DOUBLINGS 4u          /* so often: to 64 ms */
#define PAUSE_UNCERTAIN 100         /* [ms] between tries to reach a server that a write hangs on */
#define FRESH (20 * INT64_C(1000))  /* [us] after an answer the server is not asked for again */

/* --- what went wrong --- */

static const struct {
    unsigned code;
    enum link_result result;
    enum status status;
} codes[] = {
    {ER_LOCK_DEADLOCK, LINK_AGAIN, STATUS_UNAVAILABLE},
    {ER_LOCK_WAIT_TIMEOUT, LINK_AGAIN, STATUS_UNAVAILABLE},
    {ER_CHECKREAD, LINK_AGAIN, STATUS_UNAVAILABLE},
    {ER_DUP_ENTRY, LINK_DUPLICATE, STATUS_EXISTS},
    /* The server cut the statement short, or the connection is no more: what
     * came of a write is only known by repeating it on a new one. */
    {ER_STATEMENT_TIMEOUT, LINK_LOST, STATUS_UNAVAILABLE},
    {ER_QUERY_INTERRUPTED, LINK_LOST, STATUS_UNAVAILABLE},
    {ER_CONNECTION_KILLED, LINK_LOST, STATUS_UNAVAILABLE},
    {ER_SERVER_SHUTDOWN, LINK_LOST, STATUS_UNAVAILABLE},
    {ER_ERROR_DURING_COMMIT, LINK_LOST, STATUS_UNAVAILABLE},
    {ER_UNKNOWN_STMT_HANDLER, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_SERVER_GONE_ERROR, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_SERVER_LOST, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_SERVER_LOST_EXTENDED, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_COMMANDS_OUT_OF_SYNC, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_MALFORMED_PACKET, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_NEW_STMT_METADATA, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_SSL_CONNECTION_ERROR, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_ERR_NET_READ, LINK_LOST, STATUS_UNAVAILABLE},
    {CR_ERR_NET_WRITE, LINK_LOST, STATUS_UNAVAILABLE},
    /* Refused for now. */
    {ER_UNKNOWN_COM_ERROR, LINK_DOWN, STATUS_UNAVAILABLE},         /* Galera: the node is not ready */
    {ER_OPTION_PREVENTS_STATEMENT, LINK_DOWN, STATUS_UNAVAILABLE}, /* --read-only */
    {ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, LINK_DOWN, STATUS_UNAVAILABLE},
    {ER_DISK_FULL, LINK_DOWN, STATUS_UNAVAILABLE},
    {ER_RECORD_FILE_FULL, LINK_DOWN, STATUS_UNAVAILABLE},
    {ER_OUTOFMEMORY, LINK_DOWN, STATUS_UNAVAILABLE},
    {ER_OUT_OF_RESOURCES, LINK_DOWN, STATUS_UNAVAILABLE},
    {ER_MAX_PREPARED_STMT_COUNT_REACHED, LINK_DOWN, STATUS_UNAVAILABLE},
    /* Waiting cannot help. */
    {ER_TABLEACCESS_DENIED_ERROR, LINK_REFUSED, STATUS_CONFIG},
    {ER_COLUMNACCESS_DENIED_ERROR, LINK_REFUSED, STATUS_CONFIG},
    {ER_DBACCESS_DENIED_ERROR, LINK_REFUSED, STATUS_CONFIG},
    {ER_SPECIFIC_ACCESS_DENIED_ERROR, LINK_REFUSED, STATUS_CONFIG},
    {ER_NO_SUCH_TABLE, LINK_REFUSED, STATUS_CONFIG},
    {ER_BAD_FIELD_ERROR, LINK_REFUSED, STATUS_CONFIG},
    {ER_KEY_DOES_NOT_EXISTS, LINK_REFUSED, STATUS_CONFIG},
    {ER_NO_DEFAULT_FOR_FIELD, LINK_REFUSED, STATUS_CONFIG},
    {ER_PARSE_ERROR, LINK_REFUSED, STATUS_CONFIG}, /* a server without BEGIN NOT ATOMIC */
    {CR_OUT_OF_MEMORY, LINK_REFUSED, STATUS_NO_MEMORY},
};

/* A request near its end gave up before the server's own limits would have ended a slow statement or a wait for a lock:
 * that says nothing about the server. */
static bool was_impatient(const struct store *s)
{
    return clock_mono_us() >= s->until && s->until - s->asked < s->conf->database_timeout * CLOCK_SECOND;
}

enum link_result link_failed(struct store *s, const char *what, unsigned code)
{
    size_t i = 0;
    size_t n = sizeof codes / sizeof *codes;
    while (i < n && codes[i].code != code)
        i++;
    enum link_result result = i < n ? codes[i].result : LINK_REFUSED;
    s->status = i < n ? codes[i].status : STATUS_INTERNAL;
    /* A read-only or full server still answers reads. */
    s->lost = code == ER_SERVER_SHUTDOWN || code == ER_UNKNOWN_COM_ERROR ||
              (code >= CR_MIN_ERROR && code <= CR_MAX_ERROR && !was_impatient(s));
    /* The server's own text may quote values: the code has to do. */
    snprintf(s->why, sizeof s->why, "database: %s: error %u", what, code);
    if (result == LINK_LOST || result == LINK_DOWN)
        link_close(s);
    else
        link_rollback(s);
    return result;
}

enum link_result link_refuse(struct store *s, enum status status, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->why, sizeof s->why, fmt, ap);
    va_end(ap);
    s->status = status;
    return LINK_REFUSED;
}

/* --- the connection --- */

void link_close(struct store *s)
{
    if (s->db)
        mysql_close(s->db);
    s->db = NULL;
    /* After the connection, so that nothing is sent for each. */
    for (unsigned i = 0; i < STORE_STMT__MAX; i++) {
        if (s->stmt[i])
            mysql_stmt_close(s->stmt[i]);
        s->stmt[i] = NULL;
    }
}

void link_rollback(struct store *s)
{
    if (!s->db || !(s->db->server_status & SERVER_STATUS_IN_TRANS))
        return;
    s->round_trips++;
    if (mysql_rollback(s->db))
        link_close(s);
}

void link_renew(struct store *s)
{
    int64_t end = clock_mono_us() + STORE_REQUEST_BUDGET;
    if (s->end != INT64_MAX && end > s->end)
        s->end = end < s->limit ? end : s->limit;
}

bool link_may_go(struct store *s)
{
    int64_t now = clock_mono_us();
    if (now >= s->end) {
        s->status = STATUS_UNAVAILABLE;
        snprintf(s->why, sizeof s->why, "database: the request's time is over");
        return false;
    }
    int64_t wait = now + s->conf->database_timeout * CLOCK_SECOND;
    s->asked = now;
    s->until = s->end != INT64_MAX && s->end + GRACE < wait ? s->end + GRACE : wait;
    connect_deadline(s->until);
    return true;
}

/* The server speaks only when asked: anything to read is its farewell. Seen
 * here, nothing was sent, and a write's outcome stays certain; one that came
 * within FRESH is found by sending, and the write is repeated like any lost one. */
static bool is_stale(MYSQL *db)
{
    char c;
    ssize_t n = recv(mysql_get_socket(db), &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n >= 0;
}

static enum link_result prepare(struct store *s, enum store_stmt id)
{
    const struct store_statement *def = &store_statements[id];
    if (s->stmt[id])
        return LINK_OK;
    if (!(def->roles & (1u << s->role)))
        return link_refuse(s, STATUS_INTERNAL, "database: %s is not this program's", def->name);
    if (!link_may_go(s))
        return LINK_DOWN;
    MYSQL_STMT *stmt = mysql_stmt_init(s->db);
    if (!stmt)
        return link_refuse(s, STATUS_NO_MEMORY, "database: out of memory");
    s->round_trips++;
    if (mysql_stmt_prepare(stmt, def->text, (unsigned long)strlen(def->text))) {
        unsigned code = mysql_stmt_errno(stmt);
        mysql_stmt_close(stmt);
        return link_failed(s, def->name, code);
    }
    bool compound = strchr(def->columns, '|') || mysql_stmt_field_count(stmt) == 0;
    if (mysql_stmt_param_count(stmt) != strlen(def->params) ||
        (!compound && mysql_stmt_field_count(stmt) != strlen(def->columns))) {
        mysql_stmt_close(stmt);
        return link_refuse(s, STATUS_INTERNAL, "database: %s: counts differ", def->name);
    }
    s->stmt[id] = stmt;
    return LINK_OK;
}

static enum link_result prepare_all(struct store *s)
{
    for (unsigned i = 0; i < STORE_STMT__MAX; i++) {
        unsigned roles = store_statements[i].roles;
        if (!(roles & (1u << s->role)) || (roles & STORE_LAZY))
            continue;
        enum link_result r = prepare(s, (enum store_stmt)i);
        if (r)
            return r;
    }
    return LINK_OK;
}

static enum link_result connect_now(struct store *s)
{
    if (!link_may_go(s))
        return LINK_DOWN;
    /* The library's connect over TCP waits whole seconds, out of our hook's reach. */
    if (s->conf->database_host[0] && s->end != INT64_MAX &&
        clock_mono_us() + s->conf->database_timeout * CLOCK_SECOND > s->end + GRACE)
        return LINK_DOWN;
    s->lost = true; /* until it stands, whatever is wrong is the server's absence */
    s->db = connect_open(s, s->conf->database_name, false);
    if (!s->db)
        return s->status == STATUS_UNAVAILABLE ? LINK_DOWN : LINK_REFUSED;
    enum status st = connect_check(s, s->db);
    if (st) {
        link_close(s);
        return st == STATUS_UNAVAILABLE ? LINK_DOWN : LINK_REFUSED;
    }
    enum link_result r = prepare_all(s);
    if (r)
        link_close(s);
    /* Nothing but preparing was under way: a lost link is only a failed connect. */
    return r == LINK_LOST || r == LINK_AGAIN ? LINK_DOWN : r;
}

enum link_result link_ready(struct store *s)
{
    int64_t now = clock_mono_us();
    if (s->db && now - s->answered > FRESH && is_stale(s->db))
        link_close(s);
    link_rollback(s);
    return s->db ? LINK_OK : connect_now(s);
}

/* --- running statements --- */

/* Letters of result set `set` in "uu|sst|…". */
static bool letters_of(const char *columns, unsigned set, const char **letters_r, unsigned *n_r)
{
    for (; set > 0; set--) {
        columns = strchr(columns, '|');
        if (!columns)
            return false;
        columns++;
    }
    *letters_r = columns;
    *n_r = (unsigned)strcspn(columns, "|");
    return *n_r > 0;
}

/* Reads one result set to its end; what the reader refuses is still drained. */
static enum link_result read_set(struct store *s, const struct store_statement *def, MYSQL_STMT *stmt, unsigned set,
                                 link_row on_row, void *ctx, enum status *bad)
{
    const char *letters;
    unsigned n;
    if (!letters_of(def->columns, set, &letters, &n) || row_out_bind(&s->row, stmt, set, letters, n))
        *bad = STATUS_INTERNAL;
    int r;
    while ((r = mysql_stmt_fetch(stmt)) == 0 || r == MYSQL_DATA_TRUNCATED) {
        if (*bad || !on_row)
            continue;
        *bad = on_row(ctx, &s->row);
        if (!*bad)
            *bad = s->row.status;
    }
    unsigned code = r == MYSQL_NO_DATA ? 0 : mysql_stmt_errno(stmt);
    mysql_stmt_free_result(stmt);
    return r == MYSQL_NO_DATA ? LINK_OK : link_failed(s, def->name, code);
}

static enum link_result read_results(struct store *s, const struct store_statement *def, MYSQL_STMT *stmt,
                                     link_row on_row, void *ctx)
{
    enum status bad = STATUS_OK;
    int more = 0;
    for (unsigned set = 0; more == 0;) {
        if (mysql_stmt_field_count(stmt)) {
            enum link_result r = read_set(s, def, stmt, set++, on_row, ctx, &bad);
            if (r)
                return r;
        }
        more = mysql_stmt_next_result(stmt);
    }
    if (more > 0)
        return link_failed(s, def->name, mysql_stmt_errno(stmt));
    if (!bad)
        return LINK_OK;
    link_rollback(s);
    return link_refuse(s, bad, "database: %s: its answer cannot be read: %s", def->name, status_name(bad));
}

enum link_result link_run(struct store *s, struct row_in *in, link_row on_row, void *ctx)
{
    const struct store_statement *def = &store_statements[in->id];
    if (!row_in_fits(in))
        return link_refuse(s, STATUS_INTERNAL, "database: %s: its parameters do not fit", def->name);
    enum link_result r = prepare(s, in->id);
    if (r)
        return r;
    if (!link_may_go(s)) {
        link_rollback(s);
        return LINK_DOWN;
    }
    if (def->roles & STORE_SLOW)
        connect_deadline(clock_mono_us() + LINK_SLOW_WAIT);
    MYSQL_STMT *stmt = s->stmt[in->id];
    s->round_trips++;
    if ((in->n && mysql_stmt_bind_param(stmt, in->bind)) || mysql_stmt_execute(stmt))
        return link_failed(s, def->name, mysql_stmt_errno(stmt));
    s->affected = mysql_stmt_field_count(stmt) ? 0 : mysql_stmt_affected_rows(stmt);
    return read_results(s, def, stmt, on_row, ctx);
}

/* --- repeating --- */

static void pause_ms(unsigned ms)
{
    struct timespec t = {.tv_sec = 0, .tv_nsec = (long)ms * 1000000};
    nanosleep(&t, NULL);
}

/* Those who collided must not meet again: a random part of a growing time. */
static void pause_jitter(unsigned tries)
{
    unsigned char r = 128;
    if (crypto_random(&r, 1))
        r = 128;
    pause_ms(1 + (PAUSE_FIRST << (tries < PAUSE_DOUBLINGS ? tries : PAUSE_DOUBLINGS)) * r / 128);
}

static enum status give_up(const struct store *s, enum status status, struct err *err)
{
    return err_set(err, status, "%s", s->why);
}

static bool is_write(enum link_kind kind)
{
    return kind == LINK_WRITE || kind == LINK_WRITE_TOGETHER;
}

/* How a use case has fared so far. */
struct course {
    enum link_kind kind;
    unsigned tries;  /*!< attempts that had a connection */
    unsigned knocks; /*!< attempts that found none */
    bool uncertain;  /*!< a write's answer was lost */
};

/* Whether to try again after r, `took` microseconds spent on it; pauses first. */
static bool once_more(const struct store *s, const struct course *c, enum link_result r, int64_t took)
{
    int64_t now = clock_mono_us();
    if (c->tries > STORE_RETRIES_MAX || now >= s->end)
        return false;
    if (r == LINK_AGAIN) {
        if (c->kind == LINK_READ_TOGETHER || c->kind == LINK_WRITE_TOGETHER)
            return false;
        /* It may have waited for a lock: a try cut off by our own clock would leave a write uncertain. */
        if (s->end != INT64_MAX && now + took > s->end)
            return false;
        pause_jitter(c->tries);
        return true;
    }
    if (r == LINK_LOST) /* a read that timed out once would only time out again */
        return is_write(c->kind) || took < s->conf->database_timeout * CLOCK_SECOND;
    if (!c->uncertain || (s->end == INT64_MAX && c->knocks > STORE_RETRIES_MAX))
        return false;
    pause_ms(PAUSE_UNCERTAIN);
    return true;
}

enum status link_repeat(struct store *s, enum link_kind kind, link_attempt attempt, void *ctx, struct err *err)
{
    struct course c = {.kind = kind};
    s->lost = false;
    for (;;) {
        int64_t start = clock_mono_us();
        enum link_result r = link_ready(s);
        if (r == LINK_OK) {
            c.tries++;
            r = attempt(s, ctx);
        } else {
            c.knocks++;
        }
        if (r == LINK_OK) {
            s->answered = clock_mono_us();
            return STATUS_OK;
        }
        c.uncertain = c.uncertain || (is_write(kind) && r == LINK_LOST);
        if (r == LINK_REFUSED || r == LINK_DUPLICATE)
            return give_up(s, c.uncertain ? STATUS_UNCERTAIN : s->status, err);
        if (!once_more(s, &c, r, clock_mono_us() - start))
            return give_up(s, c.uncertain ? STATUS_UNCERTAIN : STATUS_UNAVAILABLE, err);
    }
}

static enum link_result attempt_one(struct store *s, void *ctx)
{
    struct link_one *one = ctx;
    if (one->again)
        one->again(one->ctx);
    return link_run(s, one->in, one->on_row, one->ctx);
}

enum status link_one(struct store *s, enum link_kind kind, struct link_one one, struct err *err)
{
    return link_repeat(s, kind, attempt_one, &one, err);
}
