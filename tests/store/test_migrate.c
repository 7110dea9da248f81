/* Applying migrations: fresh, again, at once, and when they cannot be. */
#include "suites.h"

#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "support.h"

#define SHIPPED SRC_TOP "/sql"

static struct conf conf;
static char dir[64];

/* A database name and an SQL folder of the test's own. */
static struct store *fresh(const char *name)
{
    conf = support_conf;
    snprintf(conf.database_name, sizeof conf.database_name, "%s", name);
    return support_store_on(&conf, STORE_ADMIN);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int make_dir(void)
{
    snprintf(dir, sizeof dir, "/tmp/omsql-XXXXXX");
    return mkdtemp(dir) ? 0 : 1;
}

static int remove_dir(void)
{
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct steps {
    unsigned n, last;
    char file[64];
};

static void on_step(void *ctx, unsigned version, const char *file)
{
    struct steps *s = ctx;
    s->n++;
    s->last = version;
    snprintf(s->file, sizeof s->file, "%s", file);
}

static void fresh_then_again(void)
{
    unsigned from = 9, to = 9, version = 9, oldest = 9;
    struct steps steps = {0};
    struct store *s = fresh("migrate_fresh");
    CHECK_INT("no database yet", store_schema(s, &version, &oldest, support_err()), STATUS_OK);
    CHECK_INT("version 0", version, 0);
    CHECK_INT("works not yet", store_ready(s, support_err()), STATUS_CONFIG);
    CHECK_INT("first", store_migrate(s, SHIPPED, on_step, &steps, &from, &to, support_err()), STATUS_OK);
    CHECK_INT("from nothing", from, 0);
    CHECK_INT("to this program's", to, STORE_SCHEMA_VERSION);
    CHECK_INT("each told", steps.n, STORE_SCHEMA_VERSION);
    CHECK_STR("by its file", steps.file, "003-webhooks.sql");
    CHECK_INT("works now", store_ready(s, support_err()), STATUS_OK);
    CHECK_INT("schema", store_schema(s, &version, &oldest, support_err()), STATUS_OK);
    CHECK_INT("version", version, STORE_SCHEMA_VERSION);
    CHECK_INT("oldest program", oldest, 2);
    CHECK_INT("recorded", support_number("SELECT COUNT(*) FROM migrate_fresh.schema_migration"), STORE_SCHEMA_VERSION);
    CHECK_INT("first ticket number",
              support_number("SELECT auto_increment FROM information_schema.tables WHERE table_schema = "
                             "'migrate_fresh' AND table_name = 'ticket'"),
              1408);
    steps.n = 0;
    CHECK_INT("again", store_migrate(s, SHIPPED, on_step, &steps, &from, &to, support_err()), STATUS_OK);
    CHECK_INT("nothing to do", steps.n, 0);
    CHECK_INT("from where it is", from, STORE_SCHEMA_VERSION);
    store_free(&s);
}

/* A migration that broke in the middle is done again from its beginning; rows
 * that a sysadmin has edited since stay. */
static void files_bear_repetition(void)
{
    unsigned from, to;
    struct store *s = fresh("migrate_repeat");
    CHECK_INT("first", store_migrate(s, SHIPPED, NULL, NULL, &from, &to, support_err()), STATUS_OK);
    support_do("UPDATE migrate_repeat.service SET name = 'Edited', sla_hours = 99 WHERE type = 'CLAIM'");
    support_do("UPDATE migrate_repeat.branch SET name = 'Edited' WHERE code = '001'");
    support_do("UPDATE migrate_repeat.schema_version SET version = 0");
    CHECK_INT("again from 0", store_migrate(s, SHIPPED, NULL, NULL, &from, &to, support_err()), STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    CHECK_INT("from", from, 0);
    CHECK_INT("edits survive",
              support_number("SELECT COUNT(*) FROM migrate_repeat.service WHERE name = 'Edited' AND sla_hours = 99"),
              2);
    CHECK_STR("branch too", support_text("SELECT name FROM migrate_repeat.branch WHERE code = '001'"), "Edited");
    store_free(&s);
}

/* One file of the shipped ones, into the test's own folder. */
static void copy_file(const char *name)
{
    char path[256];
    static char text[65536];
    snprintf(path, sizeof path, SHIPPED "/%s", name);
    FILE *f = fopen(path, "r");
    if (!f)
        return;
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    write_file(name, text);
}

/* An installation of schema 2 at work: its tickets and pending jobs stay, and
 * its programs go on. */
static void from_schema_2(void)
{
    unsigned from, to, version, oldest;
    struct store *s = fresh("migrate_two");
    copy_file("001-schema.sql");
    copy_file("002-catalogue.sql");
    CHECK_INT("as far as 2", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK_INT("there", to, 2);
    support_do("INSERT INTO migrate_two.partner (code, name, created_at) VALUES ('P', 'P', NOW(6))");
    support_do("INSERT INTO migrate_two.webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, "
               "body, attempts, next_due, created_at) VALUES ('cpending', 1, 18364758544493064720, 1408, 1, "
               "'TICKET_CREATED', 'https://p.example/h', '{}', 0, '2026-01-02 03:04:05.000006', NOW(6))");
    CHECK_INT("on to this", store_migrate(s, SHIPPED, NULL, NULL, &from, &to, support_err()), STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    CHECK_INT("from", from, 2);
    CHECK_STR("pending as before",
              support_text("SELECT CONCAT_WS('|', webhook_id, receiver, attempts, next_due, body, hold_until IS NULL, "
                           "expires_at IS NULL) FROM migrate_two.webhook_job"),
              "cpending|18364758544493064720|0|2026-01-02 03:04:05.000006|{}|1|1");
    CHECK_STR("any host", support_text("SELECT webhook_hosts FROM migrate_two.partner"), "(null)");
    CHECK_INT("schema", store_schema(s, &version, &oldest, support_err()), STATUS_OK);
    CHECK("programs of schema 2 go on", oldest <= 2);
    support_do("INSERT INTO migrate_two.webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, "
               "body, next_due, created_at) VALUES ('clater', 1, 7, 1408, 2, 'STATUS_CHANGED', 'https://p.example/h', "
               "'{}', NOW(6), NOW(6))");
    CHECK_INT("both there", support_number("SELECT COUNT(*) FROM migrate_two.webhook_job WHERE hold_until IS NULL"), 2);
    store_free(&s);
    support_do("DROP DATABASE migrate_two");
}

static void newer_schema(void)
{
    unsigned from, to;
    struct store *s = fresh("migrate_newer");
    CHECK_INT("first", store_migrate(s, SHIPPED, NULL, NULL, &from, &to, support_err()), STATUS_OK);
    support_do("UPDATE migrate_newer.schema_version SET version = 1000");
    CHECK_INT("not ours to migrate", store_migrate(s, SHIPPED, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK("says so", strstr(support_err_text(), "1000") != NULL);
    CHECK_INT("but an expanded schema works", store_ready(s, support_err()), STATUS_OK);
    store_free(&s);
    s = support_store_on(&conf, STORE_WORKER);
    support_do("UPDATE migrate_newer.schema_version SET oldest = %d", STORE_SCHEMA_VERSION);
    CHECK_INT("oldest that works is this", store_ready(s, support_err()), STATUS_OK);
    store_free(&s);
    s = support_store_on(&conf, STORE_WORKER);
    support_do("UPDATE migrate_newer.schema_version SET oldest = %d", STORE_SCHEMA_VERSION + 1);
    CHECK_INT("unless it says no", store_ready(s, support_err()), STATUS_CONFIG);
    support_do("UPDATE migrate_newer.schema_version SET oldest = 1, version = %d", STORE_SCHEMA_VERSION - 1);
    CHECK_INT("an older one does not", store_ready(s, support_err()), STATUS_CONFIG);
    CHECK("says what to do", strstr(support_err_text(), "omnichannel-admin migrate") != NULL);
    store_free(&s);
}

static void bad_files(void)
{
    unsigned from, to;
    struct store *s = fresh("migrate_bad");
    remove_dir();
    make_dir();
    CHECK_INT("no folder", store_migrate(s, "/nonexistent", NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK_INT("no file", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK("named", strstr(support_err_text(), "001-") != NULL);
    write_file("001-a.sql", "CREATE TABLE a (n INT PRIMARY KEY); INSERT INTO nowhere VALUES (';');");
    CHECK_INT("wrong SQL", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK("where", strstr(support_err_text(), "001-a.sql: statement 2") != NULL);
    CHECK_INT("not recorded", support_number("SELECT version FROM migrate_bad.schema_version"), 0);
    write_file("001-a.sql", "CREATE TABLE IF NOT EXISTS a (n INT PRIMARY KEY)");
    CHECK_INT("no semicolon", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK("said", strstr(support_err_text(), "has no end") != NULL);
    write_file("001-a.sql", "-- oldest program: 1\nCREATE TABLE IF NOT EXISTS a (n INT PRIMARY KEY);\n");
    write_file("001-b.sql", "");
    CHECK_INT("two of a number", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    write_file("001-b.txt", "");
    char path[128];
    snprintf(path, sizeof path, "%s/001-b.sql", dir);
    unlink(path);
    CHECK_INT("second is missing", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    CHECK_INT("the first stays done", support_number("SELECT version FROM migrate_bad.schema_version"), 1);
    CHECK_INT("as far as it came", to, 1);
    write_file("002-c.sql", "-- nothing to do\n-- oldest program: 2\n");
    write_file("003-d.sql", "-- nothing to do\n");
    CHECK_INT("an empty one will do", store_migrate(s, dir, NULL, NULL, &from, &to, support_err()), STATUS_OK);
    CHECK_INT("oldest follows the file", support_number("SELECT oldest FROM migrate_bad.schema_version"), 2);
    store_free(&s);
    conf = support_conf;
    snprintf(conf.database_name, sizeof conf.database_name, "a`b");
    s = support_store_on(&conf, STORE_ADMIN);
    CHECK_INT("no name", store_migrate(s, SHIPPED, NULL, NULL, &from, &to, support_err()), STATUS_CONFIG);
    store_free(&s);
}

static void *migrate_thread(void *ctx)
{
    unsigned from, to;
    struct steps *steps = ctx;
    struct store *s = support_store_on(&conf, STORE_ADMIN);
    steps->last = store_migrate(s, SHIPPED, on_step, steps, &from, &to, support_err());
    steps->n += to == STORE_SCHEMA_VERSION ? 0 : 1000;
    if (steps->last)
        fprintf(stderr, "%s\n", support_err_text());
    store_free(&s);
    return NULL;
}

static void two_at_once(void)
{
    pthread_t thread[4];
    struct steps steps[4] = {{0}};
    unsigned applied = 0;
    struct store *s = fresh("migrate_race");
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, migrate_thread, &steps[i]);
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        applied += steps[i].n;
        CHECK_INT("each succeeds", steps[i].last, STATUS_OK);
    }
    CHECK_INT("each file once", applied, STORE_SCHEMA_VERSION);
    CHECK_INT("works", store_ready(s, support_err()), STATUS_OK);
    store_free(&s);
}

void init_migrate_tests(void)
{
    static const struct suite_test tests[] = {
        {"fresh, then again", fresh_then_again},
        {"files bear repetition", files_bear_repetition},
        {"from schema 2", from_schema_2},
        {"newer and older schemas", newer_schema},
        {"bad files", bad_files},
        {"four at once", two_at_once},
    };
    suite_add("store migrate", make_dir, remove_dir, tests, SUITE_N(tests));
}
