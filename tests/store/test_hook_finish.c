/* Finishing: what becomes of jobs, their history and their receivers. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "hooks.h"

static struct store *s;

static int set_up(void)
{
    s = support_store(STORE_SENDER);
    hooks_clear();
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    hooks_clear();
    arena_reset(support_arena);
    return 0;
}

/* A fresh job, claimed. */
static uint64_t claimed(uint64_t ticket)
{
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, ticket, 4);
    CHECK_INT("claim", hooks_claim(s, HOOKS_A, 1).n, 1);
    return id;
}

#define ATTEMPT                                                                                                        \
    "SELECT CONCAT_WS('|', webhook_id, partner_id, receiver, ticket_number, seq, event, attempt, delivered, "          \
    "IFNULL(http_status, 'none'), IFNULL(error, 'none'), IFNULL(answer, 'none'), duration_ms, "                        \
    "ABS(TIMESTAMPDIFF(SECOND, created_at, NOW(6))) <= 1) FROM webhook_attempt ORDER BY id DESC LIMIT 1"

static void delivered(void)
{
    uint64_t id = claimed(200);
    struct store_hook_outcome o = hooks_outcome(id, STORE_HOOK_DELIVERED);
    snprintf(o.answer, sizeof o.answer, "{\"ok\": true}");
    CHECK_INT("nobody woken", hooks_finish(s, o), 0);
    CHECK_STR("left the table", hooks_row("id", id), "(none)");
    CHECK_STR("history", support_text(ATTEMPT),
              "c200-4|1|18364758544493064720|200|4|STATUS_CHANGED|1|1|200|none|{\"ok\": true}|12|1");
    CHECK_INT("again", hooks_finish(s, o), 0);
    CHECK_INT("once", support_number("SELECT COUNT(*) FROM webhook_attempt"), 1);
}

static void retried(void)
{
    uint64_t id = claimed(201);
    struct store_hook_outcome o = hooks_outcome(id, STORE_HOOK_RETRY);
    o.http_status = 0;
    snprintf(o.error, sizeof o.error, "timed out");
    CHECK_INT("finish", hooks_finish(s, o), 0);
    CHECK_STR("history", support_text(ATTEMPT),
              "c201-4|1|18364758544493064720|201|4|STATUS_CHANGED|1|0|none|timed out|none|12|1");
    CHECK_STR("one attempt, no lease", hooks_row("attempts, lease_token IS NULL", id), "1|1");
    CHECK_STR("due again", hooks_row("ABS(TIMESTAMPDIFF(SECOND, NOW(6), next_due) - 5) <= 1", id), "1");
    CHECK_STR("holds for an hour", hooks_row("ABS(TIMESTAMPDIFF(SECOND, NOW(6), hold_until) - 3600) <= 1", id), "1");
    CHECK_INT("again", hooks_finish(s, o), 0);
    CHECK_STR("counts once", hooks_row("attempts", id), "1");
    CHECK_INT("history too", support_number("SELECT COUNT(*) FROM webhook_attempt"), 1);
    hooks_later(id, 6 * CLOCK_SECOND);
    CHECK_INT("claim", hooks_claim(s, HOOKS_A, 1).n, 1);
    CHECK_INT("finish", hooks_finish(s, hooks_outcome(id, STORE_HOOK_RETRY)), 0);
    CHECK_STR("second", hooks_row("attempts", id), "2");
    CHECK_INT("attempt 2", support_number("SELECT MAX(attempt) FROM webhook_attempt"), 2);
}

static void dead(void)
{
    uint64_t id = claimed(202);
    uint64_t next = hooks_job(HOOKS_A, 202, 5);
    CHECK_INT("held", hooks_claim(s, HOOKS_A, 1).n, 0);
    support_do("UPDATE webhook_job SET attempts = 8, lease_token = REPEAT('t', 16), next_due = NOW(6) + INTERVAL 1 "
               "MINUTE WHERE id = %llu",
               (unsigned long long)id);
    memset(hooks_last.token, 't', sizeof hooks_last.token);
    CHECK_INT("wakes", hooks_finish(s, hooks_outcome(id, STORE_HOOK_DEAD)), 1);
    CHECK("next", hooks_is_due(next));
    CHECK_STR("left the table", hooks_row("id", id), "(none)");
    CHECK_STR(
        "kept",
        support_text("SELECT CONCAT_WS('|', webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
                     "attempts, reason, created_at < NOW(6), ABS(TIMESTAMPDIFF(SECOND, died_at, NOW(6))) <= 1) "
                     "FROM webhook_dead"),
        "c202-4|1|18364758544493064720|202|4|STATUS_CHANGED|https://a.example/hook|{\"seq\":4}|9|status 500|1|1");
    CHECK_INT("nothing gone", support_number("SELECT COUNT(*) FROM webhook_gone"), 0);
    CHECK_INT("again", hooks_finish(s, hooks_outcome(id, STORE_HOOK_DEAD)), 0);
    CHECK_INT("once", support_number("SELECT COUNT(*) FROM webhook_dead"), 1);
    CHECK_INT("history", support_number("SELECT attempt FROM webhook_attempt WHERE NOT delivered"), 9);
}

static void gone(void)
{
    uint64_t id = claimed(203);
    CHECK_INT("finish", hooks_finish(s, hooks_outcome(id, STORE_HOOK_GONE)), 0);
    CHECK_STR("dead", support_text("SELECT CONCAT_WS('|', webhook_id, attempts, reason) FROM webhook_dead"),
              "c203-4|1|status 410");
    CHECK_STR(
        "and its URL",
        support_text("SELECT CONCAT_WS('|', partner_id, url, receiver, webhook_id, url_hash = UNHEX(SHA2(url, 256))) "
                     "FROM webhook_gone"),
        "1|https://a.example/hook|18364758544493064720|c203-4|1");
    hooks_job(HOOKS_A, 204, 1);
    CHECK_INT("nothing is sent to it", hooks_claim(s, HOOKS_A, 5).n, 0);
    CHECK_INT("buried", support_number("SELECT COUNT(*) FROM webhook_dead"), 2);
    id = hooks_job_to(HOOKS_A, 205, 1, "https://a.example/other");
    CHECK_INT("another URL is in use", hooks_claim(s, HOOKS_A, 5).n, 1);
    support_do("UPDATE webhook_job SET url = 'https://a.example/hook'");
    CHECK_INT("a second 410", hooks_finish(s, hooks_outcome(id, STORE_HOOK_GONE)), 0);
    CHECK_STR("the first stands", support_text("SELECT webhook_id FROM webhook_gone"), "c203-4");
}

static void returned(void)
{
    uint64_t id = claimed(206);
    CHECK_INT("finish", hooks_finish(s, hooks_outcome(id, STORE_HOOK_RETURNED)), 0);
    CHECK("due", hooks_is_due(id));
    CHECK_STR("as if never claimed", hooks_row("attempts, lease_token IS NULL, hold_until IS NULL", id), "0|1|1");
    CHECK_INT("no history", support_number("SELECT COUNT(*) FROM webhook_attempt"), 0);
    CHECK_INT("anybody's", hooks_claim(s, HOOKS_A, 5).n, 1);
}

/* Answers and errors as odd as can be: kept readable, and the batch goes through. */
static void odd_texts(void)
{
    static const struct {
        const char *in, *out;
    } texts[] = {
        {"\"quoted\" \\ back", "\"quoted\" \\ back"},
        {"tab\tline\nend", "tab?line?end"},
        {"caf\xc3\xa9 \xff\xfe", "caf?? ??"},
        {"'; DROP TABLE webhook_job; --", "'; DROP TABLE webhook_job; --"},
        {"</script>\x7f\x01", "</script>??"},
        {"\\u0000 \\\"", "\\u0000 \\\""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t id = claimed(210);
        struct store_hook_outcome o = hooks_outcome(id, STORE_HOOK_DEAD);
        snprintf(o.error, sizeof o.error, "%s", texts[i].in);
        snprintf(o.answer, sizeof o.answer, "%s", texts[i].in);
        hooks_finish(s, o);
        CHECK_STR("error", support_text("SELECT error FROM webhook_attempt"), texts[i].out);
        CHECK_STR("answer", support_text("SELECT answer FROM webhook_attempt"), texts[i].out);
        CHECK_STR("reason", support_text("SELECT reason FROM webhook_dead"), texts[i].out);
    }
    uint64_t id = claimed(211);
    struct store_hook_outcome o = hooks_outcome(id, STORE_HOOK_DEAD);
    memset(o.error, '"', STORE_HOOK_ERROR_MAX);
    memset(o.answer, '\\', STORE_HOOK_ERROR_MAX);
    o.http_status = 70000;
    hooks_finish(s, o);
    CHECK_STR("the longest",
              support_text("SELECT CONCAT_WS('|', LENGTH(error), LENGTH(answer), IFNULL(http_status, 'none')) FROM "
                           "webhook_attempt"),
              "200|200|none");
}

/* A batch of all kinds, in no order, among them one that is not ours any more. */
static void a_batch(void)
{
    struct store_hook_outcome o[6];
    struct store_hook_job *jobs;
    uint64_t *woken;
    size_t n;
    hooks_clear();
    for (unsigned i = 0; i < 6; i++)
        hooks_job(HOOKS_A, 220 + i, 1);
    uint64_t behind = hooks_job(HOOKS_A, 220, 2), waits = hooks_job(HOOKS_A, 221, 2);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 6);
    CHECK_INT("six", c.n, 6);
    CHECK_INT("the rest is held", hooks_claim(s, HOOKS_A, 6).put_off, 2);
    jobs = c.jobs;
    for (unsigned i = 0; c.n == 6 && i < 6; i++)
        o[5 - i] = hooks_outcome(jobs[i].id, (enum store_hook_verdict)(i % STORE_HOOK_VERDICT__MAX));
    for (unsigned i = 0; i < 6; i++)
        support_do("UPDATE webhook_job SET lease_token = REPEAT('%u', 16) WHERE ticket_number = %u AND seq = 1", i,
                   220 + i);
    for (unsigned i = 0; i < 6; i++)
        memset(o[5 - i].token, i == 5 ? '?' : (int)('0' + i), STORE_HOOK_TOKEN_SIZE);
    CHECK_INT("finish", store_hook_finish(s, support_arena, o, 6, NULL, 0, &woken, &n, support_err()), STATUS_OK);
    CHECK_INT("one receiver", n, 1);
    CHECK("delivered: its follower is due", hooks_is_due(behind));
    CHECK("retried: not", hooks_is_put_off(waits));
    CHECK_STR("what became of each",
              support_text("SELECT GROUP_CONCAT(ticket_number, ':', seq, ':', attempts, ':', lease_token IS NULL ORDER "
                           "BY id SEPARATOR ' ') FROM webhook_job"),
              "221:1:1:1 224:1:0:1 225:1:0:0 220:2:0:1 221:2:0:1");
    CHECK_STR("dead", support_text("SELECT GROUP_CONCAT(ticket_number ORDER BY ticket_number) FROM webhook_dead"),
              "222,223");
    CHECK_INT("attempts", support_number("SELECT COUNT(*) FROM webhook_attempt"), 4);
    CHECK_INT("nothing at all", store_hook_finish(s, support_arena, o, 0, NULL, 0, &woken, &n, support_err()),
              STATUS_OK);
    CHECK_INT("too many",
              store_hook_finish(s, support_arena, o, STORE_HOOK_OUTCOMES_MAX + 1, NULL, 0, &woken, &n, support_err()),
              STATUS_TOO_LARGE);
}

/* As many as a batch may have, as long as they may be, in one packet of the least size allowed. */
static void the_largest_batch(void)
{
    static struct store_hook_outcome o[STORE_HOOK_OUTCOMES_MAX];
    static struct store_hook_told told[STORE_HOOK_OUTCOMES_MAX];
    size_t have = 0, n;
    uint64_t *woken;
    hooks_clear();
    support_do("INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "next_due, created_at) SELECT CONCAT('c', seq), 1, %llu, 18446744073709551615 - seq, 1, "
               "'COMMENT_ADDED', 'https://x', '{}', NOW(6), NOW(6) FROM seq_1_to_%d",
               (unsigned long long)HOOKS_A, STORE_HOOK_OUTCOMES_MAX);
    memset(hooks_last.token, 'T', sizeof hooks_last.token);
    support_do("UPDATE webhook_job SET lease_token = REPEAT('T', 16)");
    uint64_t first = (uint64_t)support_number("SELECT MIN(id) FROM webhook_job");
    for (; have < STORE_HOOK_OUTCOMES_MAX; have++) {
        o[have] = hooks_outcome(first + have, STORE_HOOK_DEAD);
        memset(o[have].error, '"', STORE_HOOK_ERROR_MAX);
        memset(o[have].answer, '"', STORE_HOOK_ERROR_MAX);
        o[have].wait_us = o[have].hold_us = INT64_C(8) * 3600 * 24 * 365 * CLOCK_SECOND;
        told[have] = (struct store_hook_told){.receiver = UINT64_MAX - have, .partner_id = UINT32_MAX, .failed = true};
        memset(told[have].origin, '"', STORE_HOOK_ORIGIN_MAX);
    }
    support_do("SET GLOBAL max_allowed_packet = 1048576");
    struct store *small = support_store(STORE_SENDER);
    CHECK_INT("finish", store_hook_finish(small, support_arena, o, have, told, have, &woken, &n, support_err()),
              STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    CHECK_INT("all dead", support_number("SELECT COUNT(*) FROM webhook_dead"), STORE_HOOK_OUTCOMES_MAX);
    support_do("SET GLOBAL max_allowed_packet = 16777216");
    store_free(&small);
}

/* --- receivers --- */

#define RECEIVER                                                                                                       \
    "SELECT CONCAT_WS('|', partner_id, origin, failures, IFNULL(TIMESTAMPDIFF(SECOND, NOW(6), next_probe + INTERVAL "  \
    "500000 MICROSECOND), 'in use'), last_success IS NOT NULL, last_failure IS NOT NULL) FROM webhook_receiver"

static void tell(struct store_hook_told told)
{
    hooks_job(HOOKS_A, 230, 1);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 1);
    if (c.n == 0) { /* paused: its lease is as good as another's */
        memset(hooks_last.token, 'x', sizeof hooks_last.token);
        support_do("UPDATE webhook_job SET lease_token = REPEAT('x', 16)");
    }
    told.receiver = HOOKS_A;
    told.partner_id = SUPPORT_PARTNER;
    snprintf(told.origin, sizeof told.origin, HOOKS_ORIGIN);
    uint64_t id = (uint64_t)support_number("SELECT id FROM webhook_job");
    hooks_finish_told(s, hooks_outcome(id, STORE_HOOK_DELIVERED), &told);
}

static void receivers(void)
{
    hooks_clear();
    tell((struct store_hook_told){.failed = true, .failures = 3});
    CHECK_STR("failing", support_text(RECEIVER), "1|https://a.example:443|3|in use|0|1");
    tell((struct store_hook_told){.failed = true, .failures = 5, .pause_us = 60 * CLOCK_SECOND});
    CHECK_STR("paused", support_text(RECEIVER), "1|https://a.example:443|5|60|0|1");
    tell((struct store_hook_told){.failed = true, .failures = 2});
    CHECK_STR("one that knows of fewer failures ends no pause", support_text(RECEIVER),
              "1|https://a.example:443|5|60|0|1");
    tell((struct store_hook_told){.failed = true, .failures = 6, .pause_us = 90 * CLOCK_SECOND});
    CHECK_STR("longer", support_text(RECEIVER), "1|https://a.example:443|6|90|0|1");
    tell((struct store_hook_told){.succeeded = true});
    CHECK_STR("a success ends it", support_text(RECEIVER), "1|https://a.example:443|0|in use|1|1");
    tell((struct store_hook_told){.succeeded = true, .failed = true, .failures = 1});
    CHECK_STR("a failure after a success", support_text(RECEIVER), "1|https://a.example:443|1|in use|1|1");
}

/* What is told of a receiver is as good as the outcomes it comes from. */
static void told_without_an_outcome(void)
{
    uint64_t id = claimed(231);
    struct store_hook_told told = {
        .receiver = HOOKS_B, .partner_id = 1, .origin = HOOKS_ORIGIN, .failures = 9, .failed = true, .pause_us = 1};
    hooks_finish_told(s, hooks_outcome(id, STORE_HOOK_RETRY), &told);
    CHECK_STR("counts", hooks_row("attempts", id), "1");
    CHECK_INT("not", support_number("SELECT COUNT(*) FROM webhook_receiver"), 0);
}

/* A busy receiver's row is not written with each batch. */
static void successes_are_cheap(void)
{
    char at[64];
    hooks_clear();
    tell((struct store_hook_told){.succeeded = true});
    snprintf(at, sizeof at, "%s", support_text("SELECT last_success FROM webhook_receiver"));
    tell((struct store_hook_told){.succeeded = true});
    CHECK_STR("not again", support_text("SELECT last_success FROM webhook_receiver"), at);
    support_do("UPDATE webhook_receiver SET last_success = NOW(6) - INTERVAL 11 SECOND");
    tell((struct store_hook_told){.succeeded = true});
    CHECK_INT("after a while",
              support_number("SELECT TIMESTAMPDIFF(SECOND, last_success, NOW(6)) <= 1 FROM webhook_receiver"), 1);
}

void init_hook_finish_tests(void)
{
    static const struct suite_test tests[] = {
        {"delivered", delivered},
        {"retried", retried},
        {"dead", dead},
        {"gone", gone},
        {"returned", returned},
        {"odd texts", odd_texts},
        {"a batch", a_batch},
        {"the largest batch", the_largest_batch},
        {"receivers", receivers},
        {"successes are cheap", successes_are_cheap},
        {"told without an outcome", told_without_an_outcome},
    };
    suite_add("store hook finish", set_up, tear_down, tests, SUITE_N(tests));
}
