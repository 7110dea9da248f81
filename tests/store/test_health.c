/* What the doctor asks: the server's settings and clock, the queue's state. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "store/health.h"
#include "store/hook_admin.h"
#include "support.h"

#define MINUTE (60 * CLOCK_SECOND)

static struct store *s;

static void empty_queue(void)
{
    support_do("DELETE FROM webhook_job");
    support_do("DELETE FROM webhook_dead");
    support_do("DELETE FROM webhook_gone");
    support_do("DELETE FROM webhook_receiver");
}

static int set_up(void)
{
    s = support_store(STORE_ADMIN);
    empty_queue();
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    return 0;
}

static void server(void)
{
    struct store_server v;
    support_do("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    support_do("SET GLOBAL sync_binlog = 7");
    support_do("SET GLOBAL max_connections = 123");
    support_do("SET GLOBAL sql_mode = 'ANSI_QUOTES'");
    int64_t before = clock_wall_us();
    CHECK_INT("look", store_server_look(s, &v, support_err()), STATUS_OK);
    CHECK("its clock", v.now >= before - CLOCK_SECOND && v.now <= clock_wall_us() + CLOCK_SECOND);
    CHECK("version", strncmp(v.version, "10.", 3) == 0 || strncmp(v.version, "11.", 3) == 0);
    CHECK_STR("folder", v.data_directory, support_text("SELECT @@datadir"));
    CHECK_STR("its own mode", v.sql_mode, "ANSI_QUOTES");
    CHECK_STR("charset", v.server_charset, support_text("SELECT @@global.character_set_server"));
    CHECK_STR("of the database", v.database_charset, "utf8mb4");
    CHECK_INT("flush", v.flush_log, 2);
    CHECK_INT("doublewrite", v.doublewrite, support_number("SELECT @@innodb_doublewrite") != 0);
    CHECK("no binary log", !v.log_bin);
    CHECK_INT("sync", v.sync_binlog, 7);
    CHECK_INT("connections", v.max_connections, 123);
    CHECK("the most", v.most_connections >= 2 && v.most_connections < 124);
    support_do("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    support_do("SET GLOBAL sync_binlog = 0");
    support_do("SET GLOBAL max_connections = DEFAULT");
    support_do("SET GLOBAL sql_mode = DEFAULT");
}

static void add_job(unsigned receiver, const char *id, int due_minutes)
{
    support_do("INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "next_due, created_at) VALUES ('%s', 1, %u, 1, 1, 'COMMENT_ADDED', 'https://x/', '{}', "
               "NOW(6) + INTERVAL %d MINUTE, NOW(6))",
               id, receiver, due_minutes);
}

static void add_receiver(unsigned receiver, const char *probe, const char *success, const char *failure)
{
    support_do("INSERT INTO webhook_receiver (receiver, partner_id, origin, next_probe, last_success, last_failure) "
               "VALUES (%u, 1, 'https://x', %s, %s, %s)",
               receiver, probe, success, failure);
}

static struct store_queue look(void)
{
    struct store_queue q;
    CHECK_INT("look", store_queue_look(s, &q, support_err()), STATUS_OK);
    return q;
}

static void check_about(const char *row, int64_t got, int64_t want)
{
    CHECK(row, got >= want && got < want + MINUTE);
}

static void queue(void)
{
    struct store_queue q = look();
    CHECK("empty", q.pending == 0 && q.dead == 0 && q.paused == 0 && q.gone == 0 && q.overdue_us == 0);
    CHECK_INT("never tried", q.tried_us, CLOCK_NONE);
    add_job(7, "c1", 5);
    CHECK_INT("not due yet", look().overdue_us, 0);
    add_job(7, "c2", -3);
    add_job(8, "c3", -30);
    check_about("the longest", look().overdue_us, 30 * MINUTE);
    add_receiver(8, "NOW(6) + INTERVAL 1 MINUTE", "NOW(6) - INTERVAL 20 MINUTE", "NOW(6) - INTERVAL 9 MINUTE");
    q = look();
    check_about("a paused one does not count", q.overdue_us, 3 * MINUTE);
    check_about("tried", q.tried_us, 9 * MINUTE);
    CHECK_INT("paused", q.paused, 1);
    CHECK_INT("pending", q.pending, 3);
    support_do("UPDATE webhook_receiver SET next_probe = NOW(6) - INTERVAL 10 MINUTE, last_failure = NULL");
    q = look();
    check_about("its probe does", q.overdue_us, 10 * MINUTE);
    check_about("delivered", q.tried_us, 20 * MINUTE);
    CHECK_INT("not paused", q.paused, 0);
    support_do("INSERT INTO webhook_gone (partner_id, url_hash, url, receiver, webhook_id, gone_at) VALUES "
               "(1, REPEAT('x', 32), 'https://x/', 8, 'c9', NOW(6))");
    support_do("INSERT INTO webhook_dead (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "attempts, reason, created_at, died_at) SELECT CONCAT('d', seq), 1, 8, seq, 1, 'COMMENT_ADDED', 'u', "
               "'{}', 1, 'r', NOW(6), NOW(6) FROM seq_1_to_4");
    q = look();
    CHECK("gone and dead", q.gone == 1 && q.dead == 4);
    empty_queue();
}

static void history(void)
{
    unsigned dropped;
    CHECK_INT("tidy", store_hook_history(s, 30, clock_wall_us(), &dropped, support_err()), STATUS_OK);
    int64_t ahead = look().ahead_us;
    CHECK("three days and what is left of this one", ahead >= 3 * 24 * 60 * MINUTE && ahead <= 4 * 24 * 60 * MINUTE);
}

static void server_away(void)
{
    struct conf c = support_conf;
    struct store_server v;
    struct store_rights r;
    struct store_queue q;
    snprintf(c.database_socket, sizeof c.database_socket, "/nowhere/mysqld.sock");
    struct store *away = support_store_on(&c, STORE_ADMIN);
    store_begin(away, clock_mono_us());
    CHECK_INT("server", store_server_look(away, &v, support_err()), STATUS_UNAVAILABLE);
    CHECK_INT("rights", store_rights_look(away, &r, support_err()), STATUS_UNAVAILABLE);
    CHECK_INT("queue", store_queue_look(away, &q, support_err()), STATUS_UNAVAILABLE);
    store_free(&away);
}

void init_health_tests(void)
{
    static const struct suite_test tests[] = {
        {"the server's settings", server},
        {"the queue", queue},
        {"history's days", history},
        {"nobody there", server_away},
    };
    suite_add("store health", set_up, tear_down, tests, SUITE_N(tests));
}
