/* History by days: made ahead, dropped whole, at any time and gap, by two at once. */
#include "suites.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "hooks.h"

#define DAY (86400 * CLOCK_SECOND)
#define NOON (INT64_C(1767268800) * CLOCK_SECOND) /* 2026-01-01T12:00:00Z */

static struct store *s;

static void reset(void)
{
    support_do("DELETE FROM webhook_attempt");
    support_do("ALTER TABLE webhook_attempt PARTITION BY RANGE COLUMNS (created_at) "
               "(PARTITION future VALUES LESS THAN (MAXVALUE))");
}

static int set_up(void)
{
    s = support_store(STORE_ADMIN);
    reset();
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    reset();
    return 0;
}

static void attempt_at(const char *when)
{
    support_do("INSERT INTO webhook_attempt (webhook_id, partner_id, receiver, ticket_number, seq, event, attempt, "
               "delivered, duration_ms, created_at) VALUES ('c1', 1, 1, 1, 1, 'TICKET_CREATED', 1, 1, 1, '%s')",
               when);
}

static const char *partitions(void)
{
    return support_text("SELECT GROUP_CONCAT(partition_name ORDER BY partition_ordinal_position SEPARATOR ' ') FROM "
                        "information_schema.partitions WHERE table_schema = DATABASE() AND table_name = "
                        "'webhook_attempt'");
}

static long long rows_in(const char *partition)
{
    return support_number("SELECT COUNT(*) FROM webhook_attempt PARTITION (%s)", partition);
}

static unsigned tidy(int64_t now, unsigned keep)
{
    unsigned dropped = 99;
    CHECK_INT("history", store_hook_history(s, keep, now, &dropped, support_err()), STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    return dropped;
}

static void from_day_to_day(void)
{
    reset();
    attempt_at("2025-12-20 10:00:00");
    attempt_at("2026-01-01 00:00:00");
    attempt_at("2026-01-01 11:00:00");
    attempt_at("2026-01-09 11:00:00");
    CHECK_INT("nothing to drop", tidy(NOON, 3), 0);
    CHECK_STR("made", partitions(), "d20251231 d20260101 d20260102 d20260103 d20260104 future");
    CHECK_INT("what came before", rows_in("d20251231"), 1);
    CHECK_INT("today", rows_in("d20260101"), 2);
    CHECK_INT("later", rows_in("future"), 1);
    CHECK_INT("again", tidy(NOON, 3), 0);
    CHECK_STR("nothing to do", partitions(), "d20251231 d20260101 d20260102 d20260103 d20260104 future");
    CHECK_INT("next day", tidy(NOON + DAY, 3), 0);
    CHECK_STR("one more", partitions(), "d20251231 d20260101 d20260102 d20260103 d20260104 d20260105 future");
    CHECK_INT("kept for three whole days", tidy(NOON + 2 * DAY + DAY / 2 - 1, 3), 0);
    CHECK_INT("then dropped", tidy(NOON + 2 * DAY + DAY / 2, 3), 1);
    CHECK_INT("with its rows", support_number("SELECT COUNT(*) FROM webhook_attempt"), 3);
    CHECK_STR("no longer there", partitions(),
              "d20260101 d20260102 d20260103 d20260104 d20260105 d20260106 d20260107 future");
}

/* Weeks without upkeep: what gathered meanwhile stands in one partition, and goes when its last day does. */
static void after_a_gap(void)
{
    reset();
    tidy(NOON, 30);
    attempt_at("2026-01-02 10:00:00");
    attempt_at("2026-01-10 10:00:00");
    attempt_at("2026-01-21 10:00:00");
    CHECK_INT("three weeks later", tidy(NOON + 20 * DAY, 30), 0);
    CHECK_STR("the gap is one", partitions(),
              "d20251231 d20260101 d20260102 d20260103 d20260104 d20260120 d20260121 d20260122 d20260123 d20260124 "
              "future");
    CHECK_INT("gathered", rows_in("d20260120"), 1);
    CHECK_INT("today's", rows_in("d20260121"), 1);
    CHECK_INT("none later", rows_in("future"), 0);
    CHECK_INT("old ones go", tidy(NOON + 20 * DAY, 17), 4);
    CHECK_STR("the rest stays", partitions(), "d20260104 d20260120 d20260121 d20260122 d20260123 d20260124 future");
    CHECK_INT("years later", tidy(NOON + 2000 * DAY, 30), 6);
    CHECK_STR("all anew", partitions(), "d20310623 d20310624 d20310625 d20310626 d20310627 future");
}

/* A clock that was ahead has made days; nothing breaks when it is set right. */
static void back_in_time(void)
{
    reset();
    tidy(NOON + 10 * DAY, 30);
    CHECK_INT("earlier", tidy(NOON, 30), 0);
    CHECK_STR("left alone", partitions(), "d20260110 d20260111 d20260112 d20260113 d20260114 future");
    attempt_at("2026-01-01 10:00:00");
    CHECK_INT("rows have their place", rows_in("d20260110"), 1);
    reset();
    CHECK_INT("leap day", tidy(INT64_C(1835438400) * CLOCK_SECOND, 30), 0);
    CHECK_STR("over it", partitions(), "d20280228 d20280229 d20280301 d20280302 d20280303 future");
}

static void *tidy_thread(void *ctx)
{
    unsigned dropped;
    enum status *st = ctx;
    struct store *mine = support_store(STORE_ADMIN);
    *st = store_hook_history(mine, 1, NOON + 5 * DAY, &dropped, support_err());
    if (*st)
        fprintf(stderr, "%s\n", support_err_text());
    store_free(&mine);
    return NULL;
}

static void at_once(void)
{
    pthread_t thread[4];
    enum status st[4];
    reset();
    tidy(NOON, 30);
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, tidy_thread, &st[i]);
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        CHECK_INT("each succeeds", st[i], STATUS_OK);
    }
    CHECK_STR("as by one", partitions(), "d20260105 d20260106 d20260107 d20260108 d20260109 future");
}

/* While one is at it, the next waits: it must not act on what it read before. */
static void one_after_the_other(void)
{
    pthread_t thread;
    enum status st;
    MYSQL *db = support_connect(NULL);
    reset();
    CHECK_INT("locked",
              mysql_query(db, "START TRANSACTION") ||
                  mysql_query(db, "SELECT version FROM schema_version WHERE id = 1 FOR UPDATE"),
              0);
    mysql_free_result(mysql_store_result(db));
    pthread_create(&thread, NULL, tidy_thread, &st);
    hooks_wait_for_locks(1);
    CHECK_STR("meanwhile", partitions(), "future");
    CHECK_INT("done", mysql_query(db, "COMMIT"), 0);
    pthread_join(thread, NULL);
    CHECK_INT("then goes on", st, STATUS_OK);
    CHECK_STR("made", partitions(), "d20260105 d20260106 d20260107 d20260108 d20260109 future");
    mysql_close(db);
}

/* Partitions that somebody else made are not ours to touch. */
static void foreign_names(void)
{
    reset();
    support_do("ALTER TABLE webhook_attempt REORGANIZE PARTITION future INTO (PARTITION archive VALUES LESS THAN "
               "('2020-01-01'), PARTITION d20200132 VALUES LESS THAN ('2020-02-02'), PARTITION future VALUES LESS THAN "
               "(MAXVALUE))");
    CHECK_INT("none dropped", tidy(NOON, 1), 0);
    CHECK_STR("left", partitions(), "archive d20200132 d20251231 d20260101 d20260102 d20260103 d20260104 future");
}

/* A sender goes on while days are made and dropped. */
static void beside_a_sender(void)
{
    static const struct {
        unsigned days, keep, left;
    } steps[] = {{0, 30, 1}, {1, 30, 2}, {9, 30, 3}, {40, 30, 1}, {41, 90, 2}};
    struct store *sender = support_store(STORE_SENDER);
    reset();
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) {
        uint64_t id = hooks_job(HOOKS_A, 600 + i, 1);
        CHECK_INT("claim", hooks_claim(sender, HOOKS_A, 1).n, 1);
        tidy(clock_wall_us() + steps[i].days * DAY, steps[i].keep);
        hooks_finish(sender, hooks_outcome(id, STORE_HOOK_DELIVERED));
        CHECK_INT("history", support_number("SELECT COUNT(*) FROM webhook_attempt"), steps[i].left);
    }
    store_free(&sender);
}

void init_hook_history_tests(void)
{
    static const struct suite_test tests[] = {
        {"from day to day", from_day_to_day},
        {"after a gap", after_a_gap},
        {"back in time", back_in_time},
        {"four at once", at_once},
        {"one after the other", one_after_the_other},
        {"foreign names", foreign_names},
        {"beside a sender", beside_a_sender},
    };
    suite_add("store hook history", set_up, tear_down, tests, SUITE_N(tests));
}
