/* sql/users.sql and sql/grants.sql: enough for each program, and no more. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store/health.h"
#include "store/hook_admin.h"
#include "support.h"

static struct conf conf;

static bool run_file(const char *name)
{
    char path[256];
    char text[16384];
    snprintf(path, sizeof path, SRC_TOP "/sql/%s", name);
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return mariadb_sql(support_server, conf.database_name, text);
}

static void set_password(const char *user, char file[CONF_STRING_MAX])
{
    support_do("ALTER USER %s@localhost IDENTIFIED BY 'pw-%s' ACCOUNT UNLOCK", user, user);
    snprintf(file, CONF_STRING_MAX, "%s/%s", support_server->dir, user);
    FILE *f = fopen(file, "w");
    fprintf(f, "pw-%s\n", user);
    fclose(f);
    chmod(file, 0600);
}

/* The way an installation goes: users, migrate by the admin user, grants. */
static int set_up(void)
{
    unsigned from, to;
    conf_defaults(&conf);
    snprintf(conf.database_socket, sizeof conf.database_socket, "%s", support_server->socket);
    snprintf(conf.database_name, sizeof conf.database_name, "granted");
    support_do("CREATE DATABASE granted");
    bool ok = run_file("users.sql") && run_file("users.sql");
    struct store *locked = support_store_on(&conf, STORE_ADMIN);
    ok = ok && store_ready(locked, support_err()) == STATUS_CONFIG;
    store_free(&locked);
    set_password("omni_worker", conf.worker_database_password_file);
    set_password("omni_sender", conf.sender_database_password_file);
    set_password("omni_admin", conf.admin_database_password_file);
    struct store *s = support_store_on(&conf, STORE_ADMIN);
    enum status st = store_migrate(s, SRC_TOP "/sql", NULL, NULL, &from, &to, support_err());
    if (st)
        fprintf(stderr, "%s\n", support_err_text());
    ok = ok && !st && store_migrate(s, SRC_TOP "/sql", NULL, NULL, &from, &to, support_err()) == STATUS_OK;
    store_free(&s);
    return ok && run_file("grants.sql") && run_file("grants.sql") ? 0 : 1;
}

static void worker_can_work(void)
{
    struct store *s = support_store_on(&conf, STORE_WORKER);
    struct support_ticket t;
    struct support_update u;
    struct ticket existing, one;
    struct ticket_details d;
    struct ticket_attachment f;
    struct store_service *services;
    struct store_branch *branches;
    struct store_key key;
    struct store_list q = {.limit = 10, .assignee = SV("x"), .partner_code = SV("y")};
    struct sv reference = SV("r");
    unsigned char buf[16];
    uint64_t number, n;
    size_t size;
    bool same, found, more;
    CHECK_INT("ready", store_ready(s, support_err()), STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    support_ticket(&t);
    t.open.request_key = SV("Rgranted");
    t.files[0] =
        (struct ticket_attachment){.filename = SV("a"), .mime_type = SV("a/b"), .bytes = SV("hello"), .true_size = 5};
    support_cuid(t.files[0].id);
    t.open.n_attachments = 1;
    CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
              STATUS_OK);
    CHECK_INT("again", store_ticket_open(s, support_arena, &t.open, &n, &existing, &same, support_err()), STATUS_OK);
    support_update(s, number, &u);
    u.update.key = SV("k");
    u.update.n_jobs = 2;
    u.update.comment = &u.comment;
    CHECK_INT("update", store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
    CHECK_INT("details", store_ticket_details(s, support_arena, 1, number, true, &d, support_err()), STATUS_OK);
    CHECK_INT("status", store_ticket_statuses(s, support_arena, 1, &number, 1, &one, &found, support_err()), STATUS_OK);
    CHECK_INT("reference",
              store_ticket_statuses_by_reference(s, support_arena, 0, &reference, 1, &one, &found, support_err()),
              STATUS_OK);
    CHECK_INT("list", store_ticket_list(s, support_arena, &q, &one, &size, &more, support_err()), STATUS_OK);
    CHECK_INT("file", store_attachment_find(s, support_arena, 1, number, sv_from(t.files[0].id), &f, support_err()),
              STATUS_OK);
    CHECK_INT("bytes", store_attachment_chunk(s, t.files[0].id, 0, buf, &size, support_err()), STATUS_OK);
    CHECK_INT("key", store_key_by_hash(s, support_arena, t.open.body_hash, &key, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("services", store_service_list(s, support_arena, &services, &size, support_err()), STATUS_OK);
    CHECK_INT("branches", store_branch_list(s, support_arena, &branches, &size, support_err()), STATUS_OK);
    store_free(&s);
}

static void admin_can_manage(void)
{
    struct store *s = support_store_on(&conf, STORE_ADMIN);
    struct store_partner p = {.code = SV("P"), .name = SV("P")};
    struct store_key k = {.permissions = STORE_MAY_READ, .limit = {1, 1, 1}, .expires_at = CLOCK_NONE};
    unsigned char hash[CRYPTO_SHA256_SIZE];
    uint64_t id;
    support_hash("k", hash);
    CHECK_INT("partner", store_partner_add(s, &p, SV("whsec_p"), 1, support_err()), STATUS_OK);
    CHECK_INT("key", store_key_add(s, SV("P"), hash, &k, 1, &id, support_err()), STATUS_OK);
    CHECK_INT("revoke", store_key_revoke(s, id, 2, support_err()), STATUS_OK);
    CHECK_INT("suspend", store_partner_suspend(s, SV("P"), true, support_err()), STATUS_OK);
    CHECK_INT(
        "service",
        store_service_set(s,
                          &(struct store_service){
                              .type = TICKET_OTHER, .sub_type = SV("x"), .name = SV("n"), .support_group = SV("g")},
                          support_err()),
        STATUS_OK);
    CHECK("ticket", support_open(s) > 0);
    CHECK_INT("prune", store_idempotency_prune(s, clock_wall_us() + CLOCK_SECOND, &id, support_err()), STATUS_OK);
    CHECK_INT("the worker's", id, 1);
    store_free(&s);
}

/* A failing head, a delivery behind it, a 410, one that is buried, one too old,
 * a pause and its end: every statement of the sender's compounds. */
static void sender_can_send(void)
{
    struct store *s = support_store_on(&conf, STORE_SENDER);
    struct store_hook_due *due;
    struct store_hook_figures *figures;
    uint64_t *woken, ids[6];
    size_t many;
    unsigned expired;
    struct store_hook_claimed c;
    struct store_hook_outcome o[3];
    struct store_hook_claim claim = {.receiver = 7, .want = 9, .retries = true, .lease_us = 1, .hold_us = 1};
    struct store_hook_told told = {.receiver = 7, .partner_id = 1, .origin = "https://x:443", .pause_us = 1};
    CHECK_INT("ready", store_ready(s, support_err()), STATUS_OK);
    support_do("DELETE FROM granted.webhook_job");
    for (unsigned i = 0; i < 6; i++) {
        support_do("INSERT INTO granted.webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, "
                   "body, next_due, created_at) VALUES ('c%u', 1, 7, %u, %u, 'COMMENT_ADDED', 'https://x/%u', '{}', "
                   "NOW(6), NOW(6))",
                   i, 1 + i / 2, 1 + i % 2, i % 2);
        ids[i] = (uint64_t)support_number("SELECT id FROM granted.webhook_job WHERE webhook_id = 'c%u'", i);
    }
    CHECK_INT("due", store_hook_due(s, support_arena, 0, 10, &due, &many, support_err()), STATUS_OK);
    claim.lease_us = claim.hold_us = 3600 * CLOCK_SECOND;
    CHECK_INT("claim", store_hook_claim(s, support_arena, &claim, &c, support_err()), STATUS_OK);
    CHECK("three, three put off", c.n == 3 && c.put_off == 3);
    memset(o, 0, sizeof o);
    for (unsigned i = 0; i < 3; i++)
        o[i] = (struct store_hook_outcome){.id = ids[2 * i],
                                           .verdict = i == 0   ? STORE_HOOK_DELIVERED
                                                      : i == 1 ? STORE_HOOK_RETRY
                                                               : STORE_HOOK_GONE};
    CHECK_INT("finish", store_hook_finish(s, support_arena, o, 3, &told, 1, &woken, &many, support_err()), STATUS_OK);
    support_do("UPDATE granted.webhook_job SET next_due = NOW(6)");
    support_do("UPDATE granted.webhook_receiver SET next_probe = NOW(6), failing_since = NOW(6) - INTERVAL 1 SECOND");
    CHECK_INT("probe", store_hook_claim(s, support_arena, &claim, &c, support_err()), STATUS_OK);
    CHECK("one, one buried", c.probe && c.n == 1 && c.buried == 1);
    support_do("UPDATE granted.webhook_job SET next_due = NOW(6)");
    CHECK_INT("expire", store_hook_expire(s, 7, 0, &expired, support_err()), STATUS_OK);
    CHECK("some", expired > 0);
    CHECK_INT("dry run", store_hook_stats(s, support_arena, SV_NONE, &figures, &many, support_err()), STATUS_OK);
    store_free(&s);
}

/* Upkeep and everything by hand, as the admin program's user. */
static void admin_can_look_after_webhooks(void)
{
    struct store *s = support_store_on(&conf, STORE_ADMIN);
    struct store_hook_filter f = {.since = CLOCK_NONE, .until = CLOCK_NONE, .limit = 10};
    struct store_hook *hooks, hook;
    struct store_hook_attempt *attempts;
    struct store_hook_gone *gone;
    struct store_secret secret;
    size_t n;
    uint64_t receiver;
    unsigned many;
    bool more;
    for (unsigned i = 0; i < 9; i++) {
        f.state = (enum store_hook_state)(i % 3);
        f.partner_code = i >= 3 ? SV("P") : SV_NONE;
        f.ticket_number = i >= 6 ? 1408 : 0;
        CHECK_INT("list", store_hook_list(s, support_arena, &f, &hooks, &n, &more, support_err()), STATUS_OK);
    }
    CHECK_INT("find", store_hook_find(s, support_arena, SV("c0"), &hook, support_err()), STATUS_OK);
    CHECK_INT("attempts", store_hook_attempts(s, support_arena, SV("c0"), &attempts, &n, support_err()), STATUS_OK);
    CHECK_INT("gone", store_hook_gone_list(s, support_arena, SV_NONE, &gone, &n, support_err()), STATUS_OK);
    CHECK_INT("clear", store_hook_gone_clear(s, SV("P"), SV("https://x/0"), support_err()), STATUS_OK);
    CHECK_INT("replay", store_hook_replay_one(s, SV("c4"), 1, &receiver, support_err()), STATUS_OK);
    CHECK_INT("cancel", store_hook_cancel(s, SV("c4"), SV("by hand"), support_err()), STATUS_OK);
    CHECK_INT("replay all", store_hook_replay(s, SV("P"), CLOCK_NONE, CLOCK_NONE, 1, &many, support_err()), STATUS_OK);
    CHECK("some", many > 0);
    CHECK_INT("resume", store_hook_resume(s, 99, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("rotate", store_secret_rotate(s, SV("P"), SV("whsec_q"), 1, support_err()), STATUS_OK);
    CHECK_INT("secret", store_secret_find(s, support_arena, SV("P"), &secret, support_err()), STATUS_OK);
    CHECK_INT("days", store_hook_history(s, 1, clock_wall_us(), &many, support_err()), STATUS_OK);
    CHECK_INT("and their end",
              store_hook_history(s, 1, clock_wall_us() + 9 * 86400 * CLOCK_SECOND, &many, support_err()), STATUS_OK);
    CHECK("dropped", many > 0);
    store_free(&s);
}

/* Statements as a user would send them who got hold of its password. */
static const struct {
    const char *user, *sql;
    bool may;
} rights[] = {
    {"omni_worker", "SELECT * FROM ticket LIMIT 1", true},
    {"omni_worker", "SELECT * FROM partner_secret", false},
    {"omni_worker", "DELETE FROM ticket", false},
    {"omni_worker", "DELETE FROM comment", false},
    {"omni_worker", "UPDATE comment SET content = ''", false},
    {"omni_worker", "UPDATE ticket_event SET actor = ''", false},
    {"omni_worker", "DELETE FROM ticket_event", false},
    {"omni_worker", "DELETE FROM attachment", false},
    {"omni_worker", "UPDATE attachment_chunk SET bytes = ''", false},
    {"omni_worker", "SELECT * FROM webhook_job", false},
    {"omni_worker", "DELETE FROM webhook_job", false},
    {"omni_worker", "UPDATE webhook_job SET next_due = NOW(6)", false},
    {"omni_worker", "SELECT * FROM webhook_receiver", false},
    {"omni_worker", "SELECT * FROM webhook_dead", false},
    {"omni_worker", "SELECT * FROM webhook_gone", false},
    {"omni_worker", "INSERT INTO webhook_gone (partner_id) VALUES (1)", false},
    {"omni_worker", "INSERT INTO api_key (partner_id) VALUES (1)", false},
    {"omni_worker", "UPDATE api_key SET revoked_at = NULL", false},
    {"omni_worker", "UPDATE partner SET suspended = 0", false},
    {"omni_worker", "UPDATE service SET name = ''", false},
    {"omni_worker", "UPDATE schema_version SET version = 0", false},
    {"omni_worker", "ALTER TABLE ticket ADD x INT", false},
    {"omni_worker", "DROP TABLE ticket", false},
    {"omni_worker", "TRUNCATE TABLE idempotency", false},
    {"omni_worker", "DELETE FROM idempotency", false},
    {"omni_worker", "UPDATE idempotency SET answer = ''", false},
    {"omni_worker", "SELECT * FROM webhook_attempt", false},
    {"omni_worker", "SELECT * FROM schema_migration", false},
    {"omni_worker", "CREATE TABLE x (n INT)", false},
    {"omni_worker", "CREATE TEMPORARY TABLE x (n INT)", false},
    {"omni_worker", "CREATE INDEX x ON ticket (title)", false},
    {"omni_worker", "LOCK TABLES ticket WRITE", false},
    {"omni_worker", "SELECT * FROM information_schema.innodb_trx", false}, /* PROCESS */
    {"omni_worker", "SELECT LOAD_FILE('/etc/hostname') IS NULL", true},    /* NULL without FILE: no error */
    {"omni_worker", "SHUTDOWN", false},
    {"omni_worker", "SET GLOBAL max_connections = 1", false},
    {"omni_worker", "SELECT * FROM mysql.global_priv", false},
    {"omni_worker", "SELECT 1 INTO OUTFILE '/tmp/omni_worker_was_here'", false},
    {"omni_sender", "SELECT webhook_secret FROM partner_secret", true},
    {"omni_sender", "SELECT * FROM webhook_job", true},
    {"omni_sender", "SELECT * FROM ticket", false},
    {"omni_sender", "SELECT * FROM webhook_attempt", false},
    {"omni_sender", "DELETE FROM webhook_attempt", false},
    {"omni_sender", "ALTER TABLE webhook_attempt DROP PARTITION future", false},
    {"omni_sender", "SELECT receiver FROM webhook_dead", true},
    {"omni_sender", "SELECT body FROM webhook_dead", false},
    {"omni_sender", "DELETE FROM webhook_dead", false},
    {"omni_sender", "DELETE FROM webhook_gone", false},
    {"omni_sender", "DELETE FROM webhook_receiver", false},
    {"omni_sender", "UPDATE partner SET webhook_hosts = NULL", false},
    {"omni_sender", "SELECT * FROM comment", false},
    {"omni_sender", "SELECT * FROM idempotency", false},
    {"omni_sender", "DELETE FROM idempotency", false},
    {"omni_sender", "SELECT * FROM attachment", false},
    {"omni_sender", "SELECT * FROM attachment_chunk", false},
    {"omni_sender", "SELECT * FROM ticket_event", false},
    {"omni_sender", "SELECT * FROM information_schema.innodb_trx", false},
    {"omni_sender", "SELECT 1 INTO OUTFILE '/tmp/omni_sender_was_here'", false},
    {"omni_sender", "CREATE TABLE x (n INT)", false},
    {"omni_sender", "DROP TABLE webhook_job", false},
    {"omni_sender", "TRUNCATE TABLE webhook_job", false},
    {"omni_sender", "SET GLOBAL max_connections = 1", false},
    {"omni_sender", "SELECT * FROM api_key", false},
    {"omni_sender", "UPDATE partner_secret SET webhook_secret = ''", false},
    {"omni_sender", "INSERT INTO webhook_job (webhook_id) VALUES ('x')", false},
    {"omni_sender", "ALTER TABLE webhook_job ADD x INT", false},
    {"omni_admin", "SELECT * FROM partner_secret", true},
    {"omni_admin", "SELECT * FROM omnichannel.ticket", false},
    {"omni_admin", "DROP TABLE ticket", false},
    {"omni_admin", "DROP TABLE webhook_job", false},
    {"omni_admin",
     "ALTER TABLE webhook_attempt REORGANIZE PARTITION future INTO (PARTITION future VALUES LESS THAN "
     "(MAXVALUE))",
     true},
    {"omni_admin", "CREATE DATABASE more", false},
    {"omni_admin", "SELECT 1 INTO OUTFILE '/tmp/omni_admin_was_here'", false},
    {"omni_admin", "SELECT * FROM information_schema.innodb_trx", false},
    {"omni_admin", "SELECT * FROM mysql.global_priv", false},
    {"omni_admin", "CREATE USER more", false},
    {"omni_admin", "GRANT SELECT ON ticket TO omni_sender@localhost", false},
};

static void no_more_than_needed(void)
{
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
        char password[64];
        MYSQL *db = mysql_init(NULL);
        snprintf(password, sizeof password, "pw-%s", rights[i].user);
        CHECK(rights[i].user,
              mysql_real_connect(db, NULL, rights[i].user, password, "granted", 0, support_server->socket, 0));
        CHECK_INT(rights[i].sql, mysql_query(db, rights[i].sql) == 0, rights[i].may);
        mysql_close(db);
    }
}

static void check_rights(const char *row, enum store_role role, const char *missing, const char *excess)
{
    struct store *s = support_store_on(&conf, role);
    struct store_rights r;
    CHECK_INT(row, store_rights_look(s, &r, support_err()), STATUS_OK);
    CHECK_STR(row, r.missing, missing);
    CHECK_STR(row, r.excess, excess);
    store_free(&s);
}

/* What the doctor compares with is what the files give. */
static void rights_are_judged(void)
{
    check_rights("the worker's", STORE_WORKER, "", "");
    check_rights("the sender's", STORE_SENDER, "", "");
    check_rights("the admin's", STORE_ADMIN, "", "");
    support_do("GRANT SELECT (webhook_secret) ON granted.partner_secret TO omni_worker@localhost");
    support_do("GRANT DELETE ON granted.ticket TO omni_worker@localhost");
    support_do("REVOKE INSERT ON granted.comment FROM omni_worker@localhost");
    support_do("REVOKE SELECT ON granted.api_key FROM omni_worker@localhost");
    check_rights("a worker's, changed", STORE_WORKER, "SELECT on api_key, INSERT on comment",
                 "DELETE on ticket, SELECT on partner_secret.webhook_secret");
    support_do("GRANT INSERT ON granted.* TO omni_worker@localhost");
    check_rights("wider", STORE_WORKER, "SELECT on api_key",
                 "INSERT on *, DELETE on ticket, SELECT on partner_secret.webhook_secret");
    support_do("REVOKE INSERT ON granted.* FROM omni_worker@localhost");
    support_do("REVOKE DELETE ON granted.ticket FROM omni_worker@localhost");
    support_do("REVOKE SELECT (webhook_secret) ON granted.partner_secret FROM omni_worker@localhost");
    support_do("GRANT FILE ON *.* TO omni_sender@localhost");
    support_do("GRANT SELECT ON %s.ticket TO omni_sender@localhost", support_conf.database_name);
    support_do("REVOKE SELECT (receiver, partner_id) ON granted.webhook_dead FROM omni_sender@localhost");
    char excess[STORE_HEALTH_TEXT];
    snprintf(excess, sizeof excess, "FILE on *.*, SELECT on %s.ticket", support_conf.database_name);
    check_rights("the sender's, changed", STORE_SENDER,
                 "SELECT on webhook_dead.receiver, SELECT on webhook_dead.partner_id", excess);
    support_do("REVOKE FILE ON *.* FROM omni_sender@localhost");
    support_do("REVOKE SELECT ON %s.ticket FROM omni_sender@localhost", support_conf.database_name);
    CHECK("put back", run_file("grants.sql"));
    check_rights("again", STORE_WORKER, "", "");
    check_rights("again", STORE_SENDER, "", "");
}

/* What earlier versions gave and no program needs goes with an upgrade. */
static void upgrade_takes_away(void)
{
    support_do("GRANT DELETE ON granted.idempotency TO omni_worker@localhost");
    support_do("GRANT SELECT, DELETE ON granted.idempotency TO omni_sender@localhost");
    CHECK("grants", run_file("grants.sql"));
    check_rights("the worker's", STORE_WORKER, "", "");
    check_rights("the sender's", STORE_SENDER, "", "");
}

/* A privilege taken away is told apart from trouble that passes. */
static void privilege_missing(void)
{
    struct store *s = support_store_on(&conf, STORE_WORKER);
    struct support_ticket t;
    struct ticket existing;
    uint64_t number;
    bool same;
    CHECK_INT("ready", store_ready(s, support_err()), STATUS_OK);
    support_do("REVOKE INSERT ON granted.comment FROM omni_worker@localhost");
    support_do("FLUSH PRIVILEGES");
    support_ticket(&t);
    CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
              STATUS_CONFIG);
    CHECK_INT("nothing is left", support_number("SELECT COUNT(*) FROM granted.ticket WHERE id = '%s'", t.ticket.id), 0);
    support_do("REVOKE SELECT ON granted.api_key FROM omni_worker@localhost");
    store_free(&s);
    s = support_store_on(&conf, STORE_WORKER);
    CHECK_INT("at the start", store_ready(s, support_err()), STATUS_CONFIG);
    CHECK("named", strstr(support_err_text(), "key-by-hash") != NULL);
    support_do("REVOKE SELECT ON granted.schema_version FROM omni_worker@localhost");
    CHECK_INT("before the start", store_ready(s, support_err()), STATUS_CONFIG);
    store_free(&s);
}

void init_grants_tests(void)
{
    static const struct suite_test tests[] = {
        {"the worker can work", worker_can_work},
        {"the admin can manage", admin_can_manage},
        {"the sender can send", sender_can_send},
        {"the admin can look after webhooks", admin_can_look_after_webhooks},
        {"no more than needed", no_more_than_needed},
        {"rights are judged", rights_are_judged},
        {"an upgrade takes away", upgrade_takes_away},
        {"a privilege is missing", privilege_missing},
    };
    suite_add("store grants", set_up, NULL, tests, SUITE_N(tests));
}
