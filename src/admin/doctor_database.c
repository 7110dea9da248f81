/* The database: reachable, of our version, durable, and no more open than need be. */
#include <string.h>

#include "admin/doctor.h"
#include "base/clock.h"
#include "store/migrate.h"

#define SENDER_CONNECTIONS 4u /* of a host's senders, two of which may overlap */
#define SPARE_CONNECTIONS 4u  /* the admin program's, root's, monitoring's */
#define APART_WARN (2 * CLOCK_SECOND)
#define APART_FAIL (30 * CLOCK_SECOND)
#define OVERDUE_WARN (2 * 60 * CLOCK_SECOND)
#define OVERDUE_FAIL (15 * 60 * CLOCK_SECOND)
#define AHEAD_WARN (24 * 3600 * CLOCK_SECOND) /* of the three days that tidy makes */

static void look_at_schema(struct doctor *d, unsigned version, unsigned oldest)
{
    d->has_schema = version >= STORE_SCHEMA_VERSION && oldest <= STORE_SCHEMA_VERSION;
    if (version < STORE_SCHEMA_VERSION)
        doctor_say(d, DOCTOR_SCHEMA, DOCTOR_FAIL,
                   "version %u, this program needs %u; omnichannel-admin migrate, then grants.sql", version,
                   STORE_SCHEMA_VERSION);
    else if (oldest > STORE_SCHEMA_VERSION)
        doctor_say(d, DOCTOR_SCHEMA, DOCTOR_FAIL,
                   "it needs programs of version %u or newer, this one knows %u; install the newer ones", oldest,
                   STORE_SCHEMA_VERSION);
    else if (version > STORE_SCHEMA_VERSION)
        doctor_say(d, DOCTOR_SCHEMA, DOCTOR_WARN,
                   "version %u, this program knows %u: an upgrade is under way, or was not finished", version,
                   STORE_SCHEMA_VERSION);
    else
        doctor_say(d, DOCTOR_SCHEMA, DOCTOR_OK, "version %u", version);
}

static void look_at_connection(struct doctor *d, struct store *s)
{
    unsigned version = 0, oldest = 0;
    if (store_schema(s, &version, &oldest, doctor_err(d)) != STATUS_OK) {
        doctor_say(d, DOCTOR_DATABASE, DOCTOR_FAIL, "%s; see README, Troubleshoot", d->a->err.text);
        return;
    }
    d->has_database = true;
    doctor_say(d, DOCTOR_DATABASE, DOCTOR_OK, "%s answers %s", d->a->conf.database_name,
               d->a->conf.admin_database_user);
    look_at_schema(d, version, oldest);
}

/* --- rights --- */

static void look_at_rights(struct doctor *d, enum doctor_check check, enum store_role role, const char *user)
{
    struct store_rights r;
    struct store *s = doctor_store(d, role);
    if (!s)
        return; /* the password's line has said why */
    if (store_rights_look(s, &r, doctor_err(d)) != STATUS_OK)
        doctor_say(d, check, DOCTOR_FAIL, "%s; the password in its file, or ALTER USER ... ACCOUNT UNLOCK",
                   d->a->err.text);
    else if (r.missing[0])
        doctor_say(d, check, DOCTOR_FAIL, "%s lacks %s; apply grants.sql", user, r.missing);
    else if (r.excess[0])
        doctor_say(d, check, DOCTOR_WARN, "%s needs no %s; REVOKE it", user, r.excess);
    else
        doctor_say(d, check, DOCTOR_OK, "%s has what it needs, and no more", user);
    store_free(&s);
}

/* --- settings --- */

static void look_at_durability(struct doctor *d, const struct store_server *v)
{
    if (v->flush_log == 1)
        doctor_say(d, DOCTOR_FLUSH_LOG, DOCTOR_OK, "each COMMIT is on the disk before it is answered");
    else
        doctor_say(d, DOCTOR_FLUSH_LOG, DOCTOR_FAIL,
                   "innodb_flush_log_at_trx_commit is %llu: a crash loses tickets that were acknowledged; set it to 1",
                   (unsigned long long)v->flush_log);
    if (v->doublewrite)
        doctor_say(d, DOCTOR_DOUBLEWRITE, DOCTOR_OK, "a page half written is repaired");
    else
        doctor_say(d, DOCTOR_DOUBLEWRITE, DOCTOR_FAIL,
                   "innodb_doublewrite is off: a power cut may break tables; set it to ON");
    if (!v->log_bin)
        doctor_say(d, DOCTOR_BINARY_LOG, DOCTOR_OK, "there is none");
    else if (v->sync_binlog == 1)
        doctor_say(d, DOCTOR_BINARY_LOG, DOCTOR_OK, "it is on the disk with each COMMIT");
    else
        doctor_say(d, DOCTOR_BINARY_LOG, DOCTOR_FAIL,
                   "sync_binlog is %llu: with a binary log a crash loses tickets that were acknowledged; set it to 1",
                   (unsigned long long)v->sync_binlog);
}

static void look_at_texts(struct doctor *d, const struct store_server *v)
{
    if (strstr(v->sql_mode, "STRICT_TRANS_TABLES") || strstr(v->sql_mode, "STRICT_ALL_TABLES"))
        doctor_say(d, DOCTOR_SQL_MODE, DOCTOR_OK, "strict");
    else
        doctor_say(d, DOCTOR_SQL_MODE, DOCTOR_WARN,
                   "the server is not strict: our programs are by themselves, but whatever else writes is not; "
                   "sql_mode = STRICT_TRANS_TABLES");
    if (strcmp(v->database_charset, "utf8mb4") != 0)
        doctor_say(d, DOCTOR_CHARSET, DOCTOR_FAIL,
                   "the database is %s: tables to come would lose characters; ALTER DATABASE %s CHARACTER SET utf8mb4",
                   v->database_charset, d->a->conf.database_name);
    else if (strcmp(v->server_charset, "utf8mb4") != 0)
        doctor_say(d, DOCTOR_CHARSET, DOCTOR_WARN, "the server's is %s; character_set_server = utf8mb4",
                   v->server_charset);
    else
        doctor_say(d, DOCTOR_CHARSET, DOCTOR_OK, "utf8mb4");
}

enum doctor_level doctor_judge_connections(uint64_t max, uint64_t most, uint64_t workers)
{
    if (max < workers + SENDER_CONNECTIONS + SPARE_CONNECTIONS)
        return DOCTOR_FAIL;
    return most >= max - max / 10 ? DOCTOR_WARN : DOCTOR_OK;
}

static void look_at_connections(struct doctor *d, const struct store_server *v)
{
    enum doctor_level level = doctor_judge_connections(v->max_connections, v->most_connections, d->n_workers);
    doctor_say(d, DOCTOR_CONNECTIONS, level, "max_connections is %llu, up to %llu were in use, %u workers run here%s",
               (unsigned long long)v->max_connections, (unsigned long long)v->most_connections, d->n_workers,
               level == DOCTOR_OK ? "" : "; raise it above all workers and senders of all hosts");
}

enum doctor_level doctor_judge_clocks(int64_t apart_us)
{
    if (apart_us < 0)
        apart_us = -apart_us;
    return apart_us > APART_FAIL ? DOCTOR_FAIL : apart_us > APART_WARN ? DOCTOR_WARN : DOCTOR_OK;
}

static void look_at_clock(struct doctor *d, int64_t server_us, int64_t here_us)
{
    char span[DOCTOR_SPAN_SIZE];
    int64_t apart = server_us - here_us;
    enum doctor_level level = doctor_judge_clocks(apart);
    if (level == DOCTOR_OK)
        doctor_say(d, DOCTOR_DATABASE_CLOCK, level, "as ours");
    else
        doctor_say(d, DOCTOR_DATABASE_CLOCK, level, "%s %s ours; let NTP set both hosts' clocks",
                   doctor_span(apart < 0 ? -apart : apart, span), apart < 0 ? "behind" : "before");
}

static void look_at_server(struct doctor *d, struct store *s)
{
    struct store_server v;
    int64_t before = clock_wall_us();
    store_begin(s, clock_mono_us());
    if (store_server_look(s, &v, doctor_err(d)) != STATUS_OK) {
        doctor_say(d, DOCTOR_FLUSH_LOG, DOCTOR_FAIL, "the server's settings cannot be read: %s", d->a->err.text);
        return;
    }
    int64_t after = clock_wall_us();
    look_at_durability(d, &v);
    look_at_texts(d, &v);
    look_at_connections(d, &v);
    look_at_clock(d, v.now, before + (after - before) / 2);
    d->is_local = d->a->conf.database_host[0] == '\0';
    snprintf(d->data_directory, sizeof d->data_directory, "%s", v.data_directory);
}

void doctor_look_at_database(struct doctor *d)
{
    const struct conf *c = &d->a->conf;
    struct store *s = doctor_store(d, STORE_ADMIN);
    if (s)
        look_at_connection(d, s);
    if (s && d->has_database) {
        look_at_rights(d, DOCTOR_GRANTS_WORKER, STORE_WORKER, c->worker_database_user);
        look_at_rights(d, DOCTOR_GRANTS_SENDER, STORE_SENDER, c->sender_database_user);
        look_at_rights(d, DOCTOR_GRANTS_ADMIN, STORE_ADMIN, c->admin_database_user);
    }
    if (s && d->has_schema)
        look_at_server(d, s);
    store_free(&s);
}

/* --- the queue --- */

static void look_at_backlog(struct doctor *d, const struct store_queue *q)
{
    char span[DOCTOR_SPAN_SIZE];
    enum doctor_level level = q->overdue_us > OVERDUE_FAIL   ? DOCTOR_FAIL
                              : q->overdue_us > OVERDUE_WARN ? DOCTOR_WARN
                                                             : DOCTOR_OK;
    const char *more = q->pending > STORE_HEALTH_COUNT_MAX ? "more than " : "";
    unsigned long long n = q->pending > STORE_HEALTH_COUNT_MAX ? STORE_HEALTH_COUNT_MAX : q->pending;
    if (level == DOCTOR_OK)
        doctor_say(d, DOCTOR_WEBHOOK_BACKLOG, level, "%s%llu wait for their time, none is late", more, n);
    else
        doctor_say(d, DOCTOR_WEBHOOK_BACKLOG, level,
                   "%s%llu wait, the first has been due for %s; the sender's log, then webhook stats", more, n,
                   doctor_span(q->overdue_us, span));
}

/* A figure that should be 0. */
static void say_count(struct doctor *d, enum doctor_check check, uint64_t n, const char *what, const char *todo)
{
    if (n == 0)
        doctor_say(d, check, DOCTOR_OK, "none");
    else
        doctor_say(d, check, DOCTOR_WARN, "%s%llu %s; %s", n > STORE_HEALTH_COUNT_MAX ? "more than " : "",
                   (unsigned long long)(n > STORE_HEALTH_COUNT_MAX ? STORE_HEALTH_COUNT_MAX : n), what, todo);
}

static void look_at_history(struct doctor *d, int64_t ahead_us)
{
    char span[DOCTOR_SPAN_SIZE];
    if (ahead_us == CLOCK_NONE || ahead_us < AHEAD_WARN)
        doctor_say(d, DOCTOR_WEBHOOK_HISTORY, DOCTOR_WARN,
                   "no room is made for the days to come; omnichannel-admin tidy now, and by cron every hour");
    else
        doctor_say(d, DOCTOR_WEBHOOK_HISTORY, DOCTOR_OK, "there is room for %s", doctor_span(ahead_us, span));
}

void doctor_look_at_queue(struct doctor *d)
{
    struct store_queue q;
    struct store *s = d->has_schema ? doctor_store(d, STORE_ADMIN) : NULL;
    if (!s)
        return;
    if (store_queue_look(s, &q, doctor_err(d)) != STATUS_OK) {
        doctor_say(d, DOCTOR_WEBHOOK_BACKLOG, DOCTOR_FAIL, "it cannot be read: %s", d->a->err.text);
    } else {
        look_at_backlog(d, &q);
        say_count(d, DOCTOR_WEBHOOK_DEAD, q.dead, "events were given up", "webhook list; webhook retry or cancel");
        say_count(d, DOCTOR_WEBHOOK_PAUSED, q.paused, "receivers fail and are paused",
                  "webhook stats; webhook show ID");
        say_count(d, DOCTOR_WEBHOOK_GONE, q.gone, "URLs answered 410 and are switched off",
                  "webhook stats; webhook enable or partner set");
        look_at_history(d, q.ahead_us);
    }
    store_free(&s);
}
