/* What a claim costs with millions of delivered events behind it, and what it
 * costs to drop a day of them: on a private server, with a month of history made
 * for the purpose, in turns with a database that has none. `history [ROWS]`,
 * 10,000,000 if not said; by hand, as `make bench-history`. */
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "crypto/id.h"
#include "harness/mariadb.h"
#include "store/hook_admin.h"
#include "store/hook_sql.h"
#include "store/migrate.h"
#include "store/partner_store.h"

#define ROWS 10000000u
#define DAYS 30
#define JOBS 10000
#define BATCH 64
#define TURNS 4
#define DAY (86400 * CLOCK_SECOND)
#define RECEIVER 7

/* One of the two databases. */
struct side {
    const char *name;
    struct conf conf;
    struct store *admin, *sender;
    MYSQL *db;
    int64_t claim, finish; /*!< [us] median of the best turn */
};

static struct mariadb *server;
static struct err err;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "history: %s: %s\n", what, why);
    mariadb_stop(&server);
    exit(1);
}

static void must(enum status st, const char *what)
{
    if (st)
        die(what, err.text);
}

static void run(MYSQL *db, const char *sql)
{
    if (mysql_query(db, sql))
        die(sql, mysql_error(db));
    mysql_free_result(mysql_store_result(db));
}

static void show(MYSQL *db, const char *sql)
{
    if (mysql_query(db, sql))
        die(sql, mysql_error(db));
    MYSQL_RES *res = mysql_store_result(db);
    for (MYSQL_ROW row; res && (row = mysql_fetch_row(res)) != NULL; putchar('\n'))
        for (unsigned i = 0; i < mysql_num_fields(res); i++)
            printf("%s%s", i ? " | " : "    ", row[i] ? row[i] : "-");
    mysql_free_result(res);
}

/* --- making it --- */

static void make(struct side *d, const char *name)
{
    struct store_partner p = {.code = SV("BENCH"), .name = SV("Bench")};
    unsigned from, to;
    d->name = name;
    d->claim = d->finish = INT64_MAX;
    mariadb_conf(server, &d->conf);
    snprintf(d->conf.database_name, sizeof d->conf.database_name, "%s", name);
    must(store_new(&d->conf, STORE_ADMIN, &d->admin, &err), "store");
    must(store_migrate(d->admin, SRC_TOP "/sql", NULL, NULL, &from, &to, &err), "migrate");
    must(store_partner_add(d->admin, &p, SV("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), clock_wall_us(), &err),
         "partner");
    must(store_new(&d->conf, STORE_SENDER, &d->sender, &err), "store");
    d->db = mysql_init(NULL);
    if (!mysql_real_connect(d->db, NULL, MARIADB_ROOT, "", name, 0, server->socket, 0))
        die("connect", mysql_error(d->db));
    int64_t now = clock_wall_us();
    for (int day = DAYS; day >= 0; day--)
        must(store_hook_history(d->admin, 365, now - day * DAY, &from, &err), "days");
}

static void unmake(struct side *d)
{
    store_free(&d->sender);
    store_free(&d->admin);
    mysql_close(d->db);
}

/* One attempt an event, as a busy month would leave them; then all of it on disk. */
static void fill(const struct side *d, unsigned rows)
{
    char sql[1024];
    run(d->db, "SET unique_checks = 0, foreign_key_checks = 0");
    for (unsigned day = 1; day <= DAYS; day++) {
        snprintf(sql, sizeof sql,
                 "INSERT INTO webhook_attempt (webhook_id, partner_id, receiver, ticket_number, seq, event, attempt, "
                 "delivered, http_status, answer, duration_ms, created_at) SELECT CONCAT('c%02u', LPAD(seq, 22, '0')), "
                 "1, %d, 1000000 + seq, 1, 'STATUS_CHANGED', 1, 1, 200, '{\"ok\":true}', 40, "
                 "CURDATE() - INTERVAL %u DAY + INTERVAL FLOOR(seq * 86399 / %u) SECOND FROM seq_1_to_%u",
                 day, RECEIVER, day, rows / DAYS, rows / DAYS);
        run(d->db, sql);
    }
    run(d->db, "ANALYZE TABLE webhook_attempt");
    run(d->db, "SET GLOBAL innodb_max_dirty_pages_pct = 0");
    run(d->db, "BEGIN NOT ATOMIC REPEAT DO SLEEP(0.5); UNTIL (SELECT variable_value FROM "
               "information_schema.global_status WHERE variable_name = 'INNODB_BUFFER_POOL_PAGES_DIRTY') < 100 "
               "END REPEAT; END");
    run(d->db, "SET GLOBAL innodb_max_dirty_pages_pct = 90");
}

/* --- measuring it --- */

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int64_t median(int64_t *list, unsigned n)
{
    qsort(list, n, sizeof *list, by_size);
    return list[n / 2];
}

static void queue(const struct side *d)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
             "next_due, created_at) SELECT CONCAT('cq', LPAD(seq, 23, '0')), 1, %d, seq, 1, 'STATUS_CHANGED', "
             "'https://bench.example/hook', REPEAT('b', 400), NOW(6) - INTERVAL 1 HOUR + INTERVAL seq MICROSECOND, "
             "NOW(6) FROM seq_1_to_%d",
             RECEIVER, JOBS);
    run(d->db, sql);
    run(d->db, "ANALYZE TABLE webhook_job");
}

static size_t one_round(const struct side *d, struct arena *a, struct store_hook_claim *claim, int64_t took[2])
{
    static struct store_hook_outcome o[BATCH];
    struct store_hook_claimed c;
    struct store_hook_told told = {.receiver = RECEIVER, .partner_id = 1, .origin = "https://x:443", .succeeded = true};
    uint64_t *woken;
    size_t n_woken;
    must(crypto_random(claim->token, sizeof claim->token), "random");
    int64_t begin = clock_mono_us();
    must(store_hook_claim(d->sender, a, claim, &c, &err), "claim");
    int64_t claimed = clock_mono_us();
    for (size_t i = 0; i < c.n; i++) {
        o[i] = (struct store_hook_outcome){.id = c.jobs[i].id, .http_status = 200, .answer = "{\"ok\":true}"};
        memcpy(o[i].token, claim->token, sizeof claim->token);
    }
    must(store_hook_finish(d->sender, a, o, c.n, &told, 1, &woken, &n_woken, &err), "finish");
    took[0] = claimed - begin;
    took[1] = clock_mono_us() - claimed;
    claim->floor = c.floor;
    return c.n;
}

static void turn(struct side *d)
{
    static int64_t claims[JOBS], finishes[JOBS];
    struct arena *a = arena_new(64u * 1024 * 1024);
    struct store_hook_claim claim = {.receiver = RECEIVER,
                                     .want = BATCH,
                                     .retries = true,
                                     .lease_us = 60 * CLOCK_SECOND,
                                     .hold_us = 3600 * CLOCK_SECOND};
    unsigned n = 0, jobs = 0;
    int64_t took[2];
    queue(d);
    int64_t begin = clock_mono_us();
    for (size_t got; (got = one_round(d, a, &claim, took)) > 0; jobs += (unsigned)got) {
        claims[n] = took[0];
        finishes[n++] = took[1];
        arena_reset(a);
    }
    double seconds = (double)(clock_mono_us() - begin) / (double)CLOCK_SECOND;
    int64_t claimed = median(claims, n), finished = median(finishes, n);
    printf("%s: %u jobs, %.0f/s; %d claimed in %lld us, finished in %lld us\n", d->name, jobs, jobs / seconds, BATCH,
           (long long)claimed, (long long)finished);
    d->claim = claimed < d->claim ? claimed : d->claim;
    d->finish = finished < d->finish ? finished : d->finish;
    arena_free(&a);
}

static void drop_days(const struct side *d, unsigned rows)
{
    for (unsigned keep = DAYS - 1; keep >= DAYS - 4; keep--) {
        unsigned dropped;
        int64_t begin = clock_mono_us();
        must(store_hook_history(d->admin, keep, clock_wall_us(), &dropped, &err), "drop");
        printf("%u of the days, of %u rows each, dropped in %lld ms\n", dropped, rows / DAYS,
               (long long)(clock_mono_us() - begin) / 1000);
    }
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"--innodb-buffer-pool-size=1G", "--innodb-log-file-size=1G", NULL};
    static struct side without, with;
    unsigned rows = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROWS;
    if (rows < DAYS)
        return 2;
    server = mariadb_start_with(options);
    if (!server)
        return 1;
    make(&without, "no_history");
    make(&with, "history");
    int64_t begin = clock_mono_us();
    fill(&with, rows);
    printf("%u attempts in %d days, made in %lld s\n", rows, DAYS,
           (long long)((clock_mono_us() - begin) / CLOCK_SECOND));
    show(with.db, "SELECT CONCAT(FORMAT(SUM(data_length + index_length) / 1048576, 0), ' MiB') FROM "
                  "information_schema.partitions WHERE table_schema = DATABASE() AND table_name = 'webhook_attempt'");
    queue(&with);
    printf("a claim's candidates (id | type | table | access | possible | key | length | ref | rows | extra):\n");
    show(with.db, "EXPLAIN " HOOK_FREE("7", "'1970-01-01'", "NOW(6)", "64", "TRUE", "64"));
    run(with.db, "DELETE FROM webhook_job");
    for (int i = 0; i < TURNS; i++) {
        turn(&without);
        turn(&with);
    }
    printf("best medians: claim %lld us without, %lld us with history; finish %lld and %lld us\n",
           (long long)without.claim, (long long)with.claim, (long long)without.finish, (long long)with.finish);
    drop_days(&with, rows);
    unmake(&without);
    unmake(&with);
    mariadb_stop(&server);
    return 0;
}
