#include "store/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/connect.h"
#include "store/link.h"

#define RIGHTS_MAX 256 /* of one user; more are not looked at */
#define OBJECT_SIZE 160
#define RIGHT_SIZE 64
#define BY_COUNT(TABLE) "(SELECT COUNT(*) FROM (SELECT 1 FROM " TABLE " LIMIT 100001) x)"

_Static_assert(STORE_HEALTH_COUNT_MAX == 100000, "BY_COUNT says it again");

/* One question in plain text: such are asked once in a while, not prepared. */
typedef void (*on_cells)(void *ctx, MYSQL_ROW cells);
struct question {
    const char *name, *text;
    on_cells read;
    void *ctx;
};

static enum link_result ask(struct store *s, void *ctx)
{
    const struct question *q = ctx;
    MYSQL_ROW cells;
    if (!link_may_go(s))
        return LINK_DOWN;
    s->round_trips++;
    if (mysql_real_query(s->db, q->text, (unsigned long)strlen(q->text)))
        return link_failed(s, q->name, mysql_errno(s->db));
    MYSQL_RES *res = mysql_store_result(s->db);
    if (!res)
        return link_failed(s, q->name, mysql_errno(s->db));
    while ((cells = mysql_fetch_row(res)) != NULL)
        q->read(q->ctx, cells);
    mysql_free_result(res);
    return LINK_OK;
}

static void take_text(char out[STORE_HEALTH_TEXT], const char *cell)
{
    snprintf(out, STORE_HEALTH_TEXT, "%s", cell ? cell : "");
}

static uint64_t take_number(const char *cell)
{
    return cell ? strtoull(cell, NULL, 10) : 0;
}

static int64_t take_time(const char *cell)
{
    return cell ? strtoll(cell, NULL, 10) : CLOCK_NONE;
}

/* Some versions have words for it. */
static bool take_switch(const char *cell)
{
    return cell && strcmp(cell, "0") != 0 && strcmp(cell, "OFF") != 0;
}

/* --- the server --- */

static const char server_text[] =
    "SELECT VERSION(), @@global.datadir, @@global.sql_mode, @@global.character_set_server, "
    "(SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name = DATABASE()), "
    "@@global.innodb_flush_log_at_trx_commit, @@global.innodb_doublewrite, @@global.log_bin, @@global.sync_binlog, "
    "@@global.max_connections, "
    "(SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'MAX_USED_CONNECTIONS'), "
    "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))";

static void read_server(void *ctx, MYSQL_ROW cells)
{
    struct store_server *v = ctx;
    take_text(v->version, cells[0]);
    take_text(v->data_directory, cells[1]);
    take_text(v->sql_mode, cells[2]);
    take_text(v->server_charset, cells[3]);
    take_text(v->database_charset, cells[4]);
    v->flush_log = take_number(cells[5]);
    v->doublewrite = take_switch(cells[6]);
    v->log_bin = take_switch(cells[7]);
    v->sync_binlog = take_number(cells[8]);
    v->max_connections = take_number(cells[9]);
    v->most_connections = take_number(cells[10]);
    v->now = take_time(cells[11]);
}

enum status store_server_look(struct store *s, struct store_server *out_r, struct err *err)
{
    struct question q = {.name = "server", .text = server_text, .read = read_server, .ctx = out_r};
    *out_r = (struct store_server){.now = CLOCK_NONE};
    return link_repeat(s, LINK_READ, ask, &q, err);
}

/* --- rights --- */

/* What sql/users.sql and sql/grants.sql give. "*": all tables of our database. */
static const struct {
    enum store_role role;
    const char *object, *rights;
} given[] = {
    {STORE_WORKER, "schema_version", "SELECT"},
    {STORE_WORKER, "partner", "SELECT"},
    {STORE_WORKER, "api_key", "SELECT"},
    {STORE_WORKER, "service", "SELECT"},
    {STORE_WORKER, "branch", "SELECT"},
    {STORE_WORKER, "ticket", "SELECT,INSERT,UPDATE"},
    {STORE_WORKER, "comment", "SELECT,INSERT"},
    {STORE_WORKER, "ticket_event", "SELECT,INSERT"},
    {STORE_WORKER, "attachment", "SELECT,INSERT"},
    {STORE_WORKER, "attachment_chunk", "SELECT,INSERT"},
    {STORE_WORKER, "idempotency", "SELECT,INSERT"},
    {STORE_WORKER, "webhook_job", "INSERT"},
    {STORE_SENDER, "schema_version", "SELECT"},
    {STORE_SENDER, "partner", "SELECT"},
    {STORE_SENDER, "partner_secret", "SELECT"},
    {STORE_SENDER, "webhook_job", "SELECT,UPDATE,DELETE"},
    {STORE_SENDER, "webhook_receiver", "SELECT,INSERT,UPDATE"},
    {STORE_SENDER, "webhook_attempt", "INSERT"},
    {STORE_SENDER, "webhook_dead", "INSERT"},
    {STORE_SENDER, "webhook_dead.receiver", "SELECT"},
    {STORE_SENDER, "webhook_dead.partner_id", "SELECT"},
    {STORE_SENDER, "webhook_gone", "SELECT,INSERT"},
    {STORE_ADMIN, "*", "SELECT,INSERT,UPDATE,DELETE,CREATE,ALTER,INDEX"},
    {STORE_ADMIN, "webhook_attempt", "DROP"},
};
#define GIVEN_N (sizeof given / sizeof given[0])

#define MINE "grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')"
#define HERE(NAME) "CONCAT(IF(table_schema = DATABASE(), '', CONCAT(table_schema, '.')), " NAME ")"
static const char rights_text[] =
    "SELECT '*.*', privilege_type FROM information_schema.user_privileges WHERE " MINE " AND privilege_type <> 'USAGE' "
    "UNION ALL SELECT IF(DATABASE() LIKE table_schema, '*', CONCAT(table_schema, '.*')), privilege_type "
    "FROM information_schema.schema_privileges WHERE " MINE " "
    "UNION ALL SELECT " HERE(
        "table_name") ", privilege_type FROM information_schema.table_privileges WHERE " MINE " "
                      "UNION ALL SELECT " HERE(
                          "CONCAT(table_name, '.', column_name)") ", privilege_type "
                                                                  "FROM information_schema.column_privileges "
                                                                  "WHERE " MINE;

struct right {
    char object[OBJECT_SIZE], right[RIGHT_SIZE];
};
struct rights {
    enum store_role role;
    unsigned n;
    struct right row[RIGHTS_MAX];
};

static void read_right(void *ctx, MYSQL_ROW cells)
{
    struct rights *r = ctx;
    if (r->n == RIGHTS_MAX || !cells[0] || !cells[1])
        return;
    struct right *row = &r->row[r->n++];
    snprintf(row->object, sizeof row->object, "%s", cells[0]);
    snprintf(row->right, sizeof row->right, "%s", cells[1]);
}

/* Whether a list such as "SELECT,INSERT" has that word. */
static bool names(const char *list, const char *word)
{
    struct sv rest = sv_from(list), item;
    while (sv_cut(&rest, ',', &item))
        if (sv_is(item, word))
            return true;
    return false;
}

static bool is_given(const struct rights *r, const struct right *row)
{
    for (size_t i = 0; i < GIVEN_N; i++)
        if (given[i].role == r->role && !strcmp(given[i].object, row->object) && names(given[i].rights, row->right))
            return true;
    return false;
}

/* On the object itself or on all that it belongs to. */
static bool has(const struct rights *r, const char *object, struct sv right)
{
    size_t table = strcspn(object, ".");
    for (unsigned i = 0; i < r->n; i++) {
        const char *on = r->row[i].object;
        bool covers = !strcmp(on, object) || !strcmp(on, "*") || !strcmp(on, "*.*") ||
                      (strlen(on) == table && !strncmp(on, object, table));
        if (covers && sv_is(right, r->row[i].right))
            return true;
    }
    return false;
}

static void name_right(char out[STORE_HEALTH_TEXT], struct sv right, const char *object)
{
    size_t n = strlen(out);
    snprintf(out + n, STORE_HEALTH_TEXT - n, "%s%.*s on %s", n ? ", " : "", SV_ARG(right), object);
}

static void judge_rights(const struct rights *r, struct store_rights *out_r)
{
    for (unsigned i = 0; i < r->n; i++)
        if (!is_given(r, &r->row[i]))
            name_right(out_r->excess, sv_from(r->row[i].right), r->row[i].object);
    for (size_t i = 0; i < GIVEN_N; i++) {
        struct sv rest = sv_from(given[i].rights), right;
        while (given[i].role == r->role && sv_cut(&rest, ',', &right))
            if (!has(r, given[i].object, right))
                name_right(out_r->missing, right, given[i].object);
    }
}

/* On a connection as it comes: preparing this role's statements would fail at the first right that is missing. */
static enum status ask_rights(struct store *s, struct rights *r, struct err *err)
{
    struct question q = {.name = "rights", .text = rights_text, .read = read_right, .ctx = r};
    link_close(s);
    if (!link_may_go(s))
        return err_set(err, s->status, "%s", s->why);
    s->db = connect_open(s, s->conf->database_name, false);
    if (!s->db)
        return err_set(err, s->status, "%s", s->why);
    enum status st = ask(s, &q) == LINK_OK ? STATUS_OK : err_set(err, s->status, "%s", s->why);
    link_close(s);
    return st;
}

enum status store_rights_look(struct store *s, struct store_rights *out_r, struct err *err)
{
    struct rights *r = calloc(1, sizeof *r);
    *out_r = (struct store_rights){.missing = ""};
    if (!r)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    r->role = s->role;
    enum status st = ask_rights(s, r, err);
    if (st == STATUS_OK)
        judge_rights(r, out_r);
    free(r);
    return st;
}

/* --- the queue --- */

/* The first that is due of each receiver by the index alone; a paused one's not before its probe. */
static const char queue_text[] = "SELECT " BY_COUNT("webhook_job") ", " BY_COUNT(
    "webhook_dead") ", "
                    "(SELECT COUNT(*) FROM webhook_receiver WHERE next_probe > NOW(6)), " BY_COUNT(
                        "webhook_gone") ", "
                                        "(SELECT TIMESTAMPDIFF(MICROSECOND, MIN(GREATEST(j.due, COALESCE(r.next_probe, "
                                        "j.due))), NOW(6)) FROM "
                                        "(SELECT receiver, MIN(next_due) due FROM webhook_job GROUP BY receiver) j "
                                        "LEFT JOIN webhook_receiver r ON r.receiver = j.receiver), "
                                        "(SELECT TIMESTAMPDIFF(MICROSECOND, MAX(GREATEST(COALESCE(last_success, "
                                        "last_failure), "
                                        "COALESCE(last_failure, last_success))), NOW(6)) FROM webhook_receiver), "
                                        "(SELECT TIMESTAMPDIFF(MICROSECOND, NOW(6), MAX(REPLACE(partition_description, "
                                        "'''', ''))) FROM "
                                        "information_schema.partitions WHERE table_schema = DATABASE() AND table_name "
                                        "= 'webhook_attempt' "
                                        "AND partition_name <> 'future')";

static void read_queue(void *ctx, MYSQL_ROW cells)
{
    struct store_queue *q = ctx;
    int64_t overdue = take_time(cells[4]);
    q->pending = take_number(cells[0]);
    q->dead = take_number(cells[1]);
    q->paused = take_number(cells[2]);
    q->gone = take_number(cells[3]);
    q->overdue_us = overdue > 0 ? overdue : 0;
    q->tried_us = take_time(cells[5]);
    q->ahead_us = take_time(cells[6]);
}

enum status store_queue_look(struct store *s, struct store_queue *out_r, struct err *err)
{
    struct question q = {.name = "queue", .text = queue_text, .read = read_queue, .ctx = out_r};
    *out_r = (struct store_queue){.tried_us = CLOCK_NONE, .ahead_us = CLOCK_NONE};
    return link_repeat(s, LINK_READ, ask, &q, err);
}
