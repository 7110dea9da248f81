/* Webhooks as people look at them and put them right. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "hooks.h"

static struct store *s, *sender;

static int set_up(void)
{
    s = support_store(STORE_ADMIN);
    sender = support_store(STORE_SENDER);
    hooks_clear();
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    store_free(&sender);
    hooks_clear();
    arena_reset(support_arena);
    return 0;
}

/* A dead event of a partner, that died `ago`. */
static void dead(unsigned partner, uint64_t ticket, unsigned seq, unsigned ago)
{
    support_do(
        "INSERT INTO webhook_dead VALUES ('c%llu-%u', %u, %llu, %llu, %u, 'COMMENT_ADDED', 'https://a.example/d', "
        "'{\"dead\":%u}', 10, 'status 500', '2026-01-02 03:04:05.000006', NOW(6) - INTERVAL %u SECOND)",
        (unsigned long long)ticket, seq, partner, (unsigned long long)(partner == 1 ? HOOKS_A : HOOKS_B),
        (unsigned long long)ticket, seq, seq, ago);
}

static void attempt(unsigned partner, uint64_t ticket, unsigned seq, unsigned n, bool delivered, unsigned ago)
{
    support_do(
        "INSERT INTO webhook_attempt (webhook_id, partner_id, receiver, ticket_number, seq, event, attempt, "
        "delivered, http_status, error, answer, duration_ms, created_at) VALUES ('c%llu-%u', %u, %llu, %llu, %u, "
        "'TICKET_CREATED', %u, %d, %s, %s, 'text', 34, NOW(6) - INTERVAL %u SECOND)",
        (unsigned long long)ticket, seq, partner, (unsigned long long)HOOKS_A, (unsigned long long)ticket, seq, n,
        delivered, delivered ? "200" : "NULL", delivered ? "NULL" : "'timed out'", ago);
}

static void find_pending(void)
{
    struct store_hook h;
    hooks_clear();
    hooks_job(HOOKS_A, 400, 1);
    hooks_job(HOOKS_A, 400, 2);
    support_do("UPDATE webhook_job SET created_at = '2026-01-02 03:04:05.000006', attempts = 3 WHERE seq = 1");
    CHECK_INT("find", store_hook_find(s, support_arena, SV("c400-1"), &h, support_err()), STATUS_OK);
    CHECK_INT("state", h.state, STORE_HOOK_IS_PENDING);
    CHECK_STR("id", h.webhook_id, "c400-1");
    CHECK_INT("partner", h.partner_id, SUPPORT_PARTNER);
    CHECK_STR("code", h.partner_code.p, SUPPORT_CODE);
    CHECK("receiver", h.receiver == HOOKS_A);
    CHECK_INT("ticket", h.ticket_number, 400);
    CHECK_INT("seq", h.seq, 1);
    CHECK_INT("event", h.event, TICKET_EVENT_STATUS_CHANGED);
    CHECK_STR("url", h.url.p, "https://a.example/hook");
    CHECK_STR("body", h.body.p, "{\"seq\":1}");
    CHECK_INT("attempts", h.attempts, 3);
    CHECK_INT("created", h.created_at, INT64_C(1767323045000006));
    CHECK("due", h.next_due < clock_wall_us() && h.next_due > clock_wall_us() - 60 * CLOCK_SECOND);
    CHECK("no more", h.settled_at == CLOCK_NONE && !h.leased && !h.held && h.reason.p == NULL);
    CHECK_INT("next", store_hook_find(s, support_arena, SV("c400-2"), &h, support_err()), STATUS_OK);
    CHECK("is held", h.held && !h.leased);
    CHECK_INT("claim", hooks_claim(sender, HOOKS_A, 5).n, 1);
    CHECK_INT("find", store_hook_find(s, support_arena, SV("c400-1"), &h, support_err()), STATUS_OK);
    CHECK("a sender has it", h.leased && !h.held);
    support_do("UPDATE webhook_job SET next_due = NOW(6), hold_until = NOW(6) WHERE seq = 1");
    CHECK_INT("find", store_hook_find(s, support_arena, SV("c400-1"), &h, support_err()), STATUS_OK);
    CHECK("no longer", !h.leased);
    CHECK_INT("next", store_hook_find(s, support_arena, SV("c400-2"), &h, support_err()), STATUS_OK);
    CHECK("is held no more", !h.held);
    CHECK_INT("no such", store_hook_find(s, support_arena, SV("c400-3"), &h, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("byte for byte", store_hook_find(s, support_arena, SV("C400-1"), &h, support_err()), STATUS_NOT_FOUND);
}

static void find_the_others(void)
{
    struct store_hook h;
    hooks_clear();
    dead(1, 410, 1, 5);
    attempt(1, 411, 1, 1, false, 30);
    attempt(1, 411, 1, 2, true, 20);
    attempt(1, 412, 1, 1, false, 10);
    CHECK_INT("dead", store_hook_find(s, support_arena, SV("c410-1"), &h, support_err()), STATUS_OK);
    CHECK_INT("state", h.state, STORE_HOOK_IS_DEAD);
    CHECK_STR("reason", h.reason.p, "status 500");
    CHECK_STR("body", h.body.p, "{\"dead\":1}");
    CHECK("settled", h.settled_at < clock_wall_us() && h.next_due == CLOCK_NONE);
    CHECK_INT("event", h.event, TICKET_EVENT_COMMENT_ADDED);
    CHECK_INT("attempts", h.attempts, 10);
    CHECK_INT("delivered", store_hook_find(s, support_arena, SV("c411-1"), &h, support_err()), STATUS_OK);
    CHECK_INT("state", h.state, STORE_HOOK_IS_DELIVERED);
    CHECK_INT("attempts", h.attempts, 2);
    CHECK_INT("event", h.event, TICKET_EVENT_CREATED);
    CHECK("no body, no url", h.body.p == NULL && h.url.p == NULL && h.created_at == CLOCK_NONE);
    CHECK("settled", h.settled_at < clock_wall_us() - 18 * CLOCK_SECOND);
    CHECK_INT("only tried", store_hook_find(s, support_arena, SV("c412-1"), &h, support_err()), STATUS_NOT_FOUND);
}

static void attempts(void)
{
    struct store_hook_attempt *list;
    size_t n;
    hooks_clear();
    attempt(1, 420, 1, 2, true, 20);
    attempt(1, 420, 1, 1, false, 30);
    attempt(1, 421, 1, 1, true, 30);
    CHECK_INT("attempts", store_hook_attempts(s, support_arena, SV("c420-1"), &list, &n, support_err()), STATUS_OK);
    CHECK_INT("two", n, 2);
    if (n != 2)
        return;
    CHECK("in order", list[0].attempt == 1 && list[1].attempt == 2 && list[0].at < list[1].at);
    CHECK("failed", !list[0].delivered && list[0].http_status == 0 && list[0].duration_ms == 34);
    CHECK_STR("why", list[0].error.p, "timed out");
    CHECK("delivered", list[1].delivered && list[1].http_status == 200 && list[1].error.p == NULL);
    CHECK_STR("answer", list[1].answer.p, "text");
    CHECK_INT("none", store_hook_attempts(s, support_arena, SV("c422-1"), &list, &n, support_err()), STATUS_OK);
    CHECK_INT("at all", n, 0);
}

/* --- lists --- */

/* "TICKET-SEQ TICKET-SEQ …+" of a list; + when there are more. */
static const char *listed(struct store_hook_filter f)
{
    static char text[1024];
    struct store_hook *list;
    size_t n, len = 0;
    bool more;
    f.limit = f.limit ? f.limit : 10;
    CHECK_INT("list", store_hook_list(s, support_arena, &f, &list, &n, &more, support_err()), STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%llu-%u", i ? " " : "",
                                (unsigned long long)list[i].ticket_number, list[i].seq);
        CHECK_INT("state", list[i].state, f.state);
    }
    snprintf(text + len, sizeof text - len, "%s", more ? " +" : "");
    return text;
}

#define ANY .since = CLOCK_NONE, .until = CLOCK_NONE
#define LIST(STATE, ...) listed((struct store_hook_filter){.state = STORE_HOOK_IS_##STATE, __VA_ARGS__})

static void list_pending(void)
{
    hooks_clear();
    hooks_job(HOOKS_A, 430, 1);
    hooks_later(hooks_job(HOOKS_A, 431, 1), 100 * CLOCK_SECOND);
    hooks_job(HOOKS_A, 430, 2);
    support_do("UPDATE webhook_job SET partner_id = 2 WHERE ticket_number = 431");
    CHECK_STR("newest first", LIST(PENDING, ANY), "430-2 431-1 430-1");
    CHECK_STR("a page", LIST(PENDING, ANY, .limit = 2), "430-2 431-1 +");
    CHECK_STR("all on one page", LIST(PENDING, ANY, .limit = 3), "430-2 431-1 430-1");
    CHECK_STR("of a partner", LIST(PENDING, ANY, .partner_code = SV(SUPPORT_CODE)), "430-2 430-1");
    CHECK_STR("of nobody", LIST(PENDING, ANY, .partner_code = SV("NOBODY")), "");
    CHECK_STR("of a ticket", LIST(PENDING, ANY, .ticket_number = 430), "430-2 430-1");
    CHECK_STR("of another's ticket", LIST(PENDING, ANY, .ticket_number = 430, .partner_code = SV("PARTNER002")), "");
    CHECK_STR("since", LIST(PENDING, .since = clock_wall_us() - 50 * CLOCK_SECOND, .until = CLOCK_NONE), "430-2 430-1");
    CHECK_STR("until", LIST(PENDING, .since = CLOCK_NONE, .until = clock_wall_us() - 50 * CLOCK_SECOND), "431-1");
}

static void list_dead(void)
{
    hooks_clear();
    dead(1, 440, 1, 50);
    dead(1, 440, 2, 10);
    dead(2, 441, 1, 30);
    CHECK_STR("newest first", LIST(DEAD, ANY), "440-2 441-1 440-1");
    CHECK_STR("a page", LIST(DEAD, ANY, .limit = 1), "440-2 +");
    CHECK_STR("of a partner", LIST(DEAD, ANY, .partner_code = SV(SUPPORT_CODE)), "440-2 440-1");
    CHECK_STR("of nobody", LIST(DEAD, ANY, .partner_code = SV("NOBODY")), "");
    CHECK_STR("of a ticket", LIST(DEAD, ANY, .ticket_number = 441), "441-1");
    CHECK_STR("of another's ticket", LIST(DEAD, ANY, .ticket_number = 441, .partner_code = SV(SUPPORT_CODE)), "");
    int64_t now = clock_wall_us();
    CHECK_STR("within", LIST(DEAD, .since = now - 40 * CLOCK_SECOND, .until = now - 20 * CLOCK_SECOND), "441-1");
}

static void list_delivered(void)
{
    hooks_clear();
    attempt(1, 450, 1, 1, false, 60);
    attempt(1, 450, 1, 2, true, 50);
    attempt(2, 451, 1, 1, true, 30);
    attempt(1, 450, 2, 1, true, 10);
    CHECK_STR("newest first", LIST(DELIVERED, ANY), "450-2 451-1 450-1");
    CHECK_STR("a page", LIST(DELIVERED, ANY, .limit = 2), "450-2 451-1 +");
    CHECK_STR("of a partner", LIST(DELIVERED, ANY, .partner_code = SV(SUPPORT_CODE)), "450-2 450-1");
    CHECK_STR("of a ticket", LIST(DELIVERED, ANY, .ticket_number = 450), "450-2 450-1");
    CHECK_STR("of another's", LIST(DELIVERED, ANY, .ticket_number = 450, .partner_code = SV("PARTNER002")), "");
    int64_t now = clock_wall_us();
    CHECK_STR("within", LIST(DELIVERED, .since = now - 40 * CLOCK_SECOND, .until = now - 20 * CLOCK_SECOND), "451-1");
}

/* --- putting right --- */

static enum status replay_one(struct sv id)
{
    uint64_t receiver = 0;
    enum status st = store_hook_replay_one(s, id, 2 * HOOKS_HOLD, &receiver, support_err());
    CHECK_STR("no text", support_err_text(), "");
    CHECK("whom to poke", st || receiver == HOOKS_A);
    return st;
}

static void replay_a_dead_one(void)
{
    hooks_clear();
    dead(1, 460, 1, 50);
    uint64_t later = hooks_job(HOOKS_A, 460, 2);
    CHECK_INT("replay", replay_one(SV("c460-1")), STATUS_OK);
    CHECK_INT("dead no more", support_number("SELECT COUNT(*) FROM webhook_dead"), 0);
    CHECK_STR(
        "the same id and bytes, all attempts before it",
        support_text("SELECT CONCAT_WS('|', webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
                     "attempts, HEX(lease_token) = REPEAT(0, 32), created_at, hold_until <= NOW(6), "
                     "ABS(TIMESTAMPDIFF(SECOND, NOW(6), expires_at) - 7200) <= 1) FROM webhook_job WHERE seq = 1"),
        "c460-1|1|18364758544493064720|460|1|COMMENT_ADDED|https://a.example/d|{\"dead\":1}|0|1|2026-01-02 "
        "03:04:05.000006|1|1");
    struct store_hook_claimed c = hooks_claim(sender, HOOKS_A, 5);
    CHECK_INT("holds nothing back", c.n, 2);
    CHECK("later one", hooks_is_leased(later));
    CHECK_INT("being sent", replay_one(SV("c460-1")), STATUS_CONFLICT);
    hooks_finish(sender, hooks_outcome(c.n ? c.jobs[c.jobs[0].seq == 1 ? 0 : 1].id : 0, STORE_HOOK_DELIVERED));
    CHECK_INT("delivered", replay_one(SV("c460-1")), STATUS_CONFLICT);
    CHECK_INT("no such", replay_one(SV("c460-9")), STATUS_NOT_FOUND);
}

static void replay_a_pending_one(void)
{
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 470, 1);
    support_do("UPDATE webhook_job SET attempts = 3, next_due = NOW(6) + INTERVAL 5 HOUR, hold_until = NOW(6)");
    CHECK_INT("replay", replay_one(SV("c470-1")), STATUS_OK);
    CHECK("due", hooks_is_due(id));
    CHECK_STR("counts on", hooks_row("attempts", id), "3");
    CHECK_INT("claim", hooks_claim(sender, HOOKS_A, 5).n, 1);
    CHECK_INT("being sent", replay_one(SV("c470-1")), STATUS_CONFLICT);
    CHECK("still is", hooks_is_leased(id));
    hooks_later(id, HOOKS_LEASE + CLOCK_SECOND);
    CHECK_INT("its lease is over", replay_one(SV("c470-1")), STATUS_OK);
}

static void replay_many(void)
{
    unsigned n;
    hooks_clear();
    for (unsigned i = 0; i < 5; i++)
        dead(1, 480 + i, 1, 100 - 10 * i);
    dead(2, 490, 1, 50);
    int64_t now = clock_wall_us();
    CHECK_INT("a span",
              store_hook_replay(s, SV(SUPPORT_CODE), now - 95 * CLOCK_SECOND, now - 75 * CLOCK_SECOND, HOOKS_HOLD, &n,
                                support_err()),
              STATUS_OK);
    CHECK_INT("two of them", n, 2);
    CHECK_STR("these", support_text("SELECT GROUP_CONCAT(ticket_number ORDER BY id) FROM webhook_job"), "481,482");
    CHECK_INT("the rest", store_hook_replay(s, SV(SUPPORT_CODE), CLOCK_NONE, CLOCK_NONE, HOOKS_HOLD, &n, support_err()),
              STATUS_OK);
    CHECK_INT("three", n, 3);
    CHECK_INT("no more", store_hook_replay(s, SV(SUPPORT_CODE), CLOCK_NONE, CLOCK_NONE, HOOKS_HOLD, &n, support_err()),
              STATUS_OK);
    CHECK_INT("none", n, 0);
    CHECK_INT("nobody's", store_hook_replay(s, SV("NOBODY"), CLOCK_NONE, CLOCK_NONE, HOOKS_HOLD, &n, support_err()),
              STATUS_OK);
    CHECK_INT("none", n, 0);
    CHECK_INT("another's stay", support_number("SELECT COUNT(*) FROM webhook_dead"), 1);
    hooks_clear();
    support_do("INSERT INTO webhook_dead SELECT CONCAT('c', seq), 1, 7, seq, 1, 'COMMENT_ADDED', 'https://x', "
               "REPEAT('b', 2000), 10, 'status 500', NOW(6), NOW(6) FROM seq_1_to_%d",
               STORE_HOOK_REPLAY_MAX + 5);
    CHECK_INT("at most", store_hook_replay(s, SV(SUPPORT_CODE), CLOCK_NONE, CLOCK_NONE, HOOKS_HOLD, &n, support_err()),
              STATUS_OK);
    CHECK_INT("so many", n, STORE_HOOK_REPLAY_MAX);
    CHECK_INT("again", store_hook_replay(s, SV(SUPPORT_CODE), CLOCK_NONE, CLOCK_NONE, HOOKS_HOLD, &n, support_err()),
              STATUS_OK);
    CHECK_INT("the rest", n, 5);
}

static enum status cancel(struct sv id, struct sv reason)
{
    enum status st = store_hook_cancel(s, id, reason, support_err());
    CHECK_STR("no text", support_err_text(), "");
    return st;
}

static void cancels(void)
{
    char reason[400];
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_A, 500, 1), next = hooks_job(HOOKS_A, 500, 2);
    CHECK_INT("claim", hooks_claim(sender, HOOKS_A, 5).put_off, 1);
    CHECK_INT("even while it is sent", cancel(SV("c500-1"), SV("by admin:root")), STATUS_OK);
    CHECK_STR("dead", support_text("SELECT CONCAT_WS('|', webhook_id, attempts, reason) FROM webhook_dead"),
              "c500-1|0|by admin:root");
    CHECK("what it held is woken", hooks_is_due(next));
    CHECK_INT("the sender comes too late", hooks_finish(sender, hooks_outcome(head, STORE_HOOK_DELIVERED)), 0);
    CHECK_INT("no history of it", support_number("SELECT COUNT(*) FROM webhook_attempt"), 0);
    CHECK_INT("dead already", cancel(SV("c500-1"), SV("other words")), STATUS_CONFLICT);
    attempt(1, 501, 1, 1, true, 1);
    CHECK_INT("delivered already", cancel(SV("c501-1"), SV("x")), STATUS_CONFLICT);
    CHECK_INT("no such", cancel(SV("c502-1"), SV("x")), STATUS_NOT_FOUND);
    memset(reason, 'r', sizeof reason);
    CHECK_INT("long reasons are cut", cancel(SV("c500-2"), (struct sv){reason, sizeof reason}), STATUS_OK);
    CHECK_INT("to 200", support_number("SELECT LENGTH(reason) FROM webhook_dead WHERE seq = 2"), 200);
}

/* --- receivers --- */

static void figures(void)
{
    struct store_hook_figures *f;
    size_t n;
    hooks_clear();
    CHECK_INT("stats", store_hook_stats(s, support_arena, SV_NONE, &f, &n, support_err()), STATUS_OK);
    CHECK_INT("nothing", n, 0);
    hooks_later(hooks_job(HOOKS_A, 510, 1), 100 * CLOCK_SECOND);
    hooks_job(HOOKS_A, 511, 1);
    support_do("UPDATE webhook_job SET attempts = 2, next_due = NOW(6) + INTERVAL 1 HOUR WHERE ticket_number = 511");
    dead(1, 512, 1, 5);
    dead(1, 512, 2, 5);
    dead(2, 513, 1, 5);
    support_do("INSERT INTO webhook_receiver (receiver, partner_id, origin, failures, next_probe, last_failure) VALUES "
               "(%llu, 1, '%s', 6, '2030-01-01', '2026-01-02 03:04:05.000006')",
               (unsigned long long)HOOKS_A, HOOKS_ORIGIN);
    support_do(
        "INSERT INTO webhook_receiver (receiver, partner_id, origin, last_success) VALUES (99, 2, 'https://b:443', "
        "NOW(6))");
    CHECK_INT("stats", store_hook_stats(s, support_arena, SV_NONE, &f, &n, support_err()), STATUS_OK);
    CHECK_INT("three", n, 3);
    if (n != 3)
        return;
    CHECK("by partner", f[0].receiver == HOOKS_A && f[1].receiver == HOOKS_B && f[2].receiver == 99);
    CHECK_STR("code", f[0].partner_code.p, SUPPORT_CODE);
    CHECK_STR("origin", f[0].origin.p, HOOKS_ORIGIN);
    CHECK("counts", f[0].pending == 2 && f[0].due == 1 && f[0].retrying == 1 && f[0].dead == 2);
    CHECK("oldest", f[0].oldest < clock_wall_us() - 99 * CLOCK_SECOND);
    CHECK_INT("failures", f[0].failures, 6);
    CHECK_INT("paused", f[0].paused_until, INT64_C(1893456000000000));
    CHECK("times", f[0].last_failure == INT64_C(1767323045000006) && f[0].last_success == CLOCK_NONE);
    CHECK("never tried", f[1].origin.p == NULL && f[1].dead == 1 && !f[1].pending && f[1].oldest == CLOCK_NONE &&
                             f[1].paused_until == CLOCK_NONE && f[1].partner_id == 2);
    CHECK("idle", f[2].origin.p && !f[2].pending && !f[2].dead && f[2].last_success != CLOCK_NONE);
    CHECK_INT("of one", store_hook_stats(s, support_arena, SV("PARTNER002"), &f, &n, support_err()), STATUS_OK);
    CHECK("its two", n == 2 && f[0].partner_id == 2 && f[1].partner_id == 2);
    CHECK_INT("the sender may ask, too", store_hook_stats(sender, support_arena, SV_NONE, &f, &n, support_err()),
              STATUS_OK);
}

static void gone_and_back(void)
{
    struct store_hook_gone *g;
    size_t n;
    hooks_clear();
    support_do("INSERT INTO webhook_gone VALUES (1, UNHEX(SHA2('https://g/1', 256)), 'https://g/1', 7, 'ca', NOW(6) - "
               "INTERVAL 9 SECOND), (2, UNHEX(SHA2('https://g/1', 256)), 'https://g/1', 8, 'cb', NOW(6))");
    CHECK_INT("list", store_hook_gone_list(s, support_arena, SV_NONE, &g, &n, support_err()), STATUS_OK);
    CHECK_INT("both", n, 2);
    CHECK_STR("newest first", n == 2 ? g[0].webhook_id : "", "cb");
    CHECK_INT("list", store_hook_gone_list(s, support_arena, SV(SUPPORT_CODE), &g, &n, support_err()), STATUS_OK);
    CHECK_INT("one's", n, 1);
    CHECK_STR("url", n ? g[0].url.p : "", "https://g/1");
    CHECK_STR("code", n ? g[0].partner_code.p : "", SUPPORT_CODE);
    CHECK("when", n && g[0].at < clock_wall_us() - 8 * CLOCK_SECOND);
    CHECK_INT("back", store_hook_gone_clear(s, SV(SUPPORT_CODE), SV("https://g/1"), support_err()), STATUS_OK);
    CHECK_INT("not gone", store_hook_gone_clear(s, SV(SUPPORT_CODE), SV("https://g/1"), support_err()),
              STATUS_NOT_FOUND);
    CHECK_STR("another's stays", support_text("SELECT GROUP_CONCAT(webhook_id) FROM webhook_gone"), "cb");
}

static void resumes(void)
{
    hooks_clear();
    support_do(
        "INSERT INTO webhook_receiver (receiver, partner_id, origin, failures, next_probe) VALUES (%llu, 1, 'x', "
        "9, NOW(6) + INTERVAL 1 HOUR)",
        (unsigned long long)HOOKS_A);
    CHECK_INT("resume", store_hook_resume(s, HOOKS_A, support_err()), STATUS_OK);
    CHECK_INT("in use", support_number("SELECT failures = 0 AND next_probe IS NULL FROM webhook_receiver"), 1);
    CHECK_INT("it has no pause", store_hook_resume(s, HOOKS_A, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("nobody", store_hook_resume(s, HOOKS_B, support_err()), STATUS_NOT_FOUND);
}

void init_hook_admin_tests(void)
{
    static const struct suite_test tests[] = {
        {"find a pending one", find_pending},
        {"find the others", find_the_others},
        {"attempts", attempts},
        {"list what is pending", list_pending},
        {"list what is dead", list_dead},
        {"list what was delivered", list_delivered},
        {"replay a dead one", replay_a_dead_one},
        {"replay a pending one", replay_a_pending_one},
        {"replay many", replay_many},
        {"cancel", cancels},
        {"figures", figures},
        {"gone and back", gone_and_back},
        {"resume", resumes},
    };
    suite_add("store hook admin", set_up, tear_down, tests, SUITE_N(tests));
}
