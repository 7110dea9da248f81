/* Plans of webhooks on a large backlog: a look costs a dive a receiver, a claim
 * what it claims, whatever else waits, is held, is dead or was delivered. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "hooks.h"
#include "plan.h"
#include "store/hook_admin_sql.h"
#include "store/hook_sql.h"
#include "store/link.h"

#define BACKLOG 60000 /* jobs of receiver 7: of tickets 1…BACKLOG, every tenth held by another of receiver 8 */
#define RECEIVERS 500 /* others, with RECEIVER_JOBS each */
#define RECEIVER_JOBS 40
#define LONG_TICKET "900001" /* with a thousand events */

/* clang-format off */
#define JOB "INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, next_due, created_at) "
#define REST "'COMMENT_ADDED', 'https://x.example/hook', REPEAT('b', 300), NOW(6) - INTERVAL 1 HOUR + INTERVAL seq MICROSECOND, NOW(6) "
static const char *const fill[] = {
    "DELETE FROM webhook_job",
    JOB "SELECT CONCAT('ca', seq), 1, 7, seq, 2, " REST "FROM seq_1_to_60000",
    JOB "SELECT CONCAT('cb', seq), 1, 8, seq, 1, " REST "FROM seq_10_to_60000_step_10",
    JOB "SELECT CONCAT('cc', seq), 2, 1000 + seq MOD 500, 100000 + seq, 1, " REST "FROM seq_1_to_20000",
    JOB "SELECT CONCAT('cd', seq), 2, 9, " LONG_TICKET ", seq, " REST "FROM seq_1_to_1000",
    "INSERT INTO webhook_dead SELECT CONCAT('ce', seq), 1 + seq MOD 30, seq MOD 500, seq DIV 4, seq MOD 4, "
    "'COMMENT_ADDED', 'https://x', '{}', 10, 'status 500', NOW(6), NOW(6) - INTERVAL seq SECOND FROM seq_1_to_20000",
    "INSERT INTO webhook_attempt (webhook_id, partner_id, receiver, ticket_number, seq, event, attempt, delivered, "
    "duration_ms, created_at) SELECT CONCAT('cf', seq DIV 2), 1 + seq MOD 30, seq MOD 500, seq DIV 4, seq MOD 4, "
    "'COMMENT_ADDED', 1 + seq MOD 2, seq MOD 2, 5, NOW(6) - INTERVAL 100000 - seq SECOND FROM seq_1_to_100000",
    "INSERT INTO webhook_receiver (receiver, partner_id, origin) SELECT 1000 + seq, 2, 'https://x' FROM seq_0_to_499",
    "ANALYZE TABLE webhook_job, webhook_dead, webhook_attempt, webhook_receiver",
};
/* clang-format on */

static struct store *s, *admin;

/* Along this index, without sorting. */
static void uses(const char *name, const char *sql, const char *table, const char *type_and_key)
{
    const char *plan = plan_of(sql, table);
    char what[600];
    snprintf(what, sizeof what, "%s: %s", name, plan);
    CHECK(what, strncmp(plan, type_and_key, strlen(type_and_key)) == 0);
    CHECK(what, strstr(plan, "filesort") == NULL && strstr(plan, "temporary") == NULL);
}

static int set_up(void)
{
    hooks_clear();
    plan_start();
    for (size_t i = 0; i < sizeof fill / sizeof *fill; i++)
        plan_run(fill[i]);
    s = support_store(STORE_SENDER);
    admin = support_store(STORE_ADMIN);
    return 0;
}

static int tear_down(void)
{
    plan_stop();
    store_free(&s);
    store_free(&admin);
    hooks_clear();
    arena_reset(support_arena);
    return 0;
}

/* Looks at them all for a few rows each. */
static void the_look(void)
{
    struct store_hook_due *due;
    size_t n;
    CHECK_STR("plan", plan_of(HOOK_LOOK("0", "10000"), "webhook_job"),
              "range webhook_job_due: Using where; Using index for group-by");
    (void)plan_touched_by(s->db);
    CHECK_INT("look", store_hook_due(s, support_arena, 0, STORE_HOOK_DUE_MAX, &due, &n, support_err()), STATUS_OK);
    CHECK_INT("all", n, RECEIVERS + 3);
    CHECK("a few rows each", plan_touched_by(s->db) < 4 * (RECEIVERS + 3) + 100);
}

static void pieces_of_a_claim(void)
{
    const char *due = HOOK_DUE("7", "'1970-01-01'", "NOW(6)", "64");
    uses("candidates", due, "webhook_job", "range webhook_job_due:");
    CHECK("no more than asked for", plan_touched("candidates", due) < 64 + 20);
    uses("head", HOOK_HEAD("30000", "2", "7", "NOW(6)"), "h", "range webhook_job_ticket:");
    CHECK("a row or two", plan_touched("head", HOOK_HEAD("30000", "2", "7", "NOW(6)")) < 20);
    CHECK("whatever stands behind it", plan_touched("head", HOOK_HEAD(LONG_TICKET, "900", "9", "NOW(6)")) < 20);
    const char *unheld = HOOK_FREE("7", "'1970-01-01'", "NOW(6)", "64", "TRUE", "64");
    uses("held or free", unheld, "h", "ref webhook_job_ticket:");
    CHECK("a few for each", plan_touched("free", unheld) < 64 * 10);
    uses("remaining", "SELECT next_due" HOOK_DUE_WHERE("7", "'1970-01-01'", "NOW(6)") " ORDER BY next_due LIMIT 1",
         "webhook_job", "range webhook_job_due: Using where; Using index");
    uses("next of a ticket", HOOK_NEXT("'[30000]'", "NOW(6)"), "n", "ref webhook_job_ticket:");
    const char *put_off = "SELECT f.id" HOOK_PUT_OFF("'[30000,30010]'", "NOW(6)");
    uses("put off", put_off, "f", "ref webhook_job_ticket:");
    CHECK("a few for each", plan_touched("put off", put_off) < 60);
    const char *old = EXPIRE_OLD("7", "NOW(6)", "1");
    uses("old ones", old, "j", "eq_ref PRIMARY:");
    CHECK("in reach", plan_touched("old ones", old) < 3 * 2000);
    uses("replays", REPLAY_DEAD("1", "'1970-01-01'", "NOW(6)"), "webhook_dead", "range webhook_dead_partner:");
}

/* Whole claims and finishes: 64 jobs for less than 20 rows each. */
static void claims_and_finishes(void)
{
    struct store_hook_outcome o[64];
    uint64_t *woken;
    size_t n;
    (void)plan_touched_by(s->db);
    struct store_hook_claimed c = hooks_claim(s, 1000, 1);
    CHECK_INT("one", c.n, 1);
    CHECK("for a few rows", plan_touched_by(s->db) < 60);
    c = hooks_claim(s, 7, 64);
    CHECK_INT("claimed", c.n, 64);
    CHECK("beside those held", c.put_off >= 6);
    CHECK("a few rows each", plan_touched_by(s->db) < 64 * 20 + 300);
    for (size_t i = 0; i < c.n; i++)
        o[i] = hooks_outcome(c.jobs[i].id, STORE_HOOK_DELIVERED);
    CHECK_INT("finish", store_hook_finish(s, support_arena, o, c.n, NULL, 0, &woken, &n, support_err()), STATUS_OK);
    CHECK("a few rows each", plan_touched_by(s->db) < 64 * 20 + 300);
    c = hooks_claim(s, 9, 64);
    CHECK("the long ticket's head", c.n == 1 && c.jobs[0].seq == 1);
    CHECK("for what was examined", plan_touched_by(s->db) < 15 * (STORE_HOOK_EXAMINE_MAX + 64));
}

/* --- lists --- */

static void by_key(enum store_stmt id, const char *name, const char *sql, unsigned most)
{
    const char *inner = sql;
    if (!strncmp(sql, HOOK_SLOWLY, sizeof HOOK_SLOWLY - 1))
        inner += sizeof HOOK_SLOWLY - 1;
    if (id == STORE_HOOK_PENDING || id == STORE_HOOK_DELIVERED_ONES)
        uses(name, inner, "j", "index PRIMARY:"); /* from the newest on */
    else if (id != STORE_HOOK_ATTEMPTS)           /* which sorts the few attempts of one event */
        plan_check(name, inner);
    CHECK(name, plan_touched(name, sql) < most);
}

static void lists(void)
{
    static const struct {
        enum store_stmt id;
        const char *operands[6];
        unsigned most;
    } rows[] = {
        {STORE_HOOK_PENDING, {"NULL", "NULL", "'1970-01-01'", "'9999-12-31'", "11"}, 11 * 8},
        {STORE_HOOK_PENDING_OF_TICKET, {"NULL", "NULL", "30000", "'1970-01-01'", "'9999-12-31'", "11"}, 40},
        {STORE_HOOK_DEAD_ONES, {"'1970-01-01'", "'9999-12-31'", "11"}, 11 * 4},
        {STORE_HOOK_DEAD_OF_PARTNER, {"'PARTNER001'", "'1970-01-01'", "'9999-12-31'", "11"}, 11 * 4},
        {STORE_HOOK_DEAD_OF_TICKET, {"NULL", "NULL", "300", "'1970-01-01'", "'9999-12-31'", "11"}, 40},
        {STORE_HOOK_DELIVERED_ONES, {"'1970-01-01'", "'9999-12-31'", "11"}, 11 * 8},
        {STORE_HOOK_DELIVERED_OF_PARTNER, {"'PARTNER001'", "'1970-01-01'", "'9999-12-31'", "11"}, 11 * 4},
        {STORE_HOOK_DELIVERED_OF_TICKET, {"NULL", "NULL", "300", "'1970-01-01'", "'9999-12-31'", "11"}, 40},
        {STORE_HOOK_ATTEMPTS, {"'cf300'"}, 20},
    };
    static char sql[8192];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_statement *d = &store_statements[rows[i].id];
        size_t n = 0;
        while (n < 6 && rows[i].operands[n])
            n++;
        plan_fill(sql, sizeof sql, d->text, rows[i].operands, n);
        by_key(rows[i].id, d->name, sql, rows[i].most);
    }
}

static void one_event(void)
{
    struct store_hook h;
    uint64_t receiver;
    static const char *const ids[] = {"ca30000", "ce300", "cf300", "cnone"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        (void)plan_touched_by(admin->db);
        CHECK_INT(ids[i], store_hook_find(admin, support_arena, sv_from(ids[i]), &h, support_err()),
                  i < 3 ? STATUS_OK : STATUS_NOT_FOUND);
        CHECK(ids[i], plan_touched_by(admin->db) < 40);
        CHECK_INT(ids[i], store_hook_replay_one(admin, sv_from(ids[i]), 1, &receiver, support_err()),
                  i < 2    ? STATUS_OK
                  : i == 2 ? STATUS_CONFLICT
                           : STATUS_NOT_FOUND);
        CHECK(ids[i], plan_touched_by(admin->db) < 40);
        CHECK_INT(ids[i], store_hook_cancel(admin, sv_from(ids[i]), SV("x"), support_err()),
                  i < 2    ? STATUS_OK
                  : i == 2 ? STATUS_CONFLICT
                           : STATUS_NOT_FOUND);
        CHECK(ids[i], plan_touched_by(admin->db) < 60);
    }
}

/* Figures count everything once, and in time. */
static void figures(void)
{
    struct store_hook_figures *f;
    size_t n;
    (void)plan_touched_by(s->db);
    CHECK_INT("stats", store_hook_stats(s, support_arena, SV_NONE, &f, &n, support_err()), STATUS_OK);
    CHECK("a few passes",
          plan_touched_by(s->db) < 3 * (BACKLOG + BACKLOG / 10 + RECEIVERS * RECEIVER_JOBS + 1000) + 60000);
}

/* An unindexed reading is found out by the same count. */
static void the_check_can_fail(void)
{
    CHECK("a scan touches everything",
          plan_touched("scan", "SELECT id FROM webhook_job WHERE body = 'x' LIMIT 64") > BACKLOG / 2);
    CHECK_STR("and is told", plan_of("SELECT id FROM webhook_job WHERE body = 'x' LIMIT 64", "webhook_job"),
              "ALL -: Using where");
}

void init_hook_explain_tests(void)
{
    static const struct suite_test tests[] = {
        {"the look", the_look},
        {"pieces of a claim", pieces_of_a_claim},
        {"lists", lists},
        {"claims and finishes", claims_and_finishes},
        {"one event", one_event},
        {"figures", figures},
        {"the check can fail", the_check_can_fail},
    };
    suite_add("store hook explain", set_up, tear_down, tests, SUITE_N(tests));
}
