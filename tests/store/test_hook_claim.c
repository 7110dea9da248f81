/* Claiming: order within a ticket, one lease a job, pauses, URLs that are gone. */
#include "suites.h"

#include <pthread.h>
#include <stdarg.h>
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

static void all_of_a_job(void)
{
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 1408, 3);
    support_do("UPDATE webhook_job SET attempts = 4, created_at = '2026-01-02 03:04:05.000006' WHERE id = %llu",
               (unsigned long long)id);
    support_do("UPDATE partner SET webhook_hosts = 'a.example b.example' WHERE id = 1");
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK_INT("one", c.n, 1);
    CHECK("nothing more", !c.more && !c.probe && !c.failures && !c.paused_us && !c.buried && !c.put_off);
    if (c.n != 1)
        return;
    const struct store_hook_job *j = &c.jobs[0];
    CHECK_INT("id", j->id, id);
    CHECK_STR("webhook id", j->webhook_id, "c1408-3");
    CHECK_INT("partner", j->partner_id, SUPPORT_PARTNER);
    CHECK_STR("code", j->partner_code.p, SUPPORT_CODE);
    CHECK_STR("hosts", j->hosts.p, "a.example b.example");
    CHECK("receiver", j->receiver == HOOKS_A);
    CHECK_INT("ticket", j->ticket_number, 1408);
    CHECK_INT("seq", j->seq, 3);
    CHECK_INT("event", j->event, TICKET_EVENT_STATUS_CHANGED);
    CHECK_STR("url", j->url.p, "https://a.example/hook");
    CHECK_STR("body", j->body.p, "{\"seq\":3}");
    CHECK_INT("attempts", j->attempts, 4);
    CHECK_INT("created", j->created_at, INT64_C(1767323045000006));
    CHECK_STR("secret", j->secret.p, "whsec_one");
    CHECK("no previous", j->previous_secret.p == NULL);
    CHECK("leased", hooks_is_leased(id));
    CHECK_INT("to the claim's token", support_number("SELECT COUNT(*) FROM webhook_job WHERE LENGTH(lease_token) = 16"),
              1);
    CHECK_INT("for so long",
              support_number("SELECT ABS(TIMESTAMPDIFF(SECOND, NOW(6), next_due) - 60) <= 1 FROM webhook_job"), 1);
    CHECK_INT("once", hooks_claim(s, HOOKS_A, 10).n, 0);
    CHECK_INT("nobody else's", hooks_claim(s, HOOKS_B, 10).n, 0);
    support_do("UPDATE partner SET webhook_hosts = NULL WHERE id = 1");
}

static void every_event_word(void)
{
    hooks_clear();
    for (unsigned i = 0; i < TICKET_EVENT__MAX; i++) {
        uint64_t id = hooks_job(HOOKS_A, 1500 + i, 1);
        support_do("UPDATE webhook_job SET event = '%s' WHERE id = %llu", ticket_event_name((enum ticket_event_type)i),
                   (unsigned long long)id);
    }
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK_INT("all", c.n, TICKET_EVENT__MAX);
    for (size_t i = 0; i < c.n; i++)
        CHECK_INT(c.jobs[i].webhook_id, c.jobs[i].event, c.jobs[i].ticket_number - 1500);
}

static void rotation(void)
{
    struct store *admin = support_store(STORE_ADMIN);
    struct store_secret secret;
    CHECK_INT("rotate", store_secret_rotate(admin, SV(SUPPORT_CODE), SV("whsec_new"), HOOKS_HOLD, support_err()),
              STATUS_OK);
    CHECK_INT("again", store_secret_rotate(admin, SV(SUPPORT_CODE), SV("whsec_new"), HOOKS_HOLD, support_err()),
              STATUS_OK);
    CHECK_INT("nobody's", store_secret_rotate(admin, SV("NOBODY"), SV("whsec_new"), HOOKS_HOLD, support_err()),
              STATUS_NOT_FOUND);
    CHECK_INT("find", store_secret_find(admin, support_arena, SV(SUPPORT_CODE), &secret, support_err()), STATUS_OK);
    CHECK_STR("new", secret.secret.p, "whsec_new");
    CHECK_STR("previous", secret.previous.p, "whsec_one");
    CHECK("for an hour", secret.previous_until > clock_wall_us() + HOOKS_HOLD - 60 * CLOCK_SECOND &&
                             secret.previous_until <= clock_wall_us() + HOOKS_HOLD);
    CHECK_INT("nobody's", store_secret_find(admin, support_arena, SV("NOBODY"), &secret, support_err()),
              STATUS_NOT_FOUND);
    hooks_clear();
    hooks_job(HOOKS_A, 1, 1);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 1);
    CHECK_STR("signs at once", c.n ? c.jobs[0].secret.p : "", "whsec_new");
    CHECK_STR("both do", c.n ? c.jobs[0].previous_secret.p : "", "whsec_one");
    support_do("UPDATE partner_secret SET previous_until = NOW(6) WHERE partner_id = 1");
    hooks_job(HOOKS_A, 2, 1);
    c = hooks_claim(s, HOOKS_A, 1);
    CHECK("until the overlap ends", c.n == 1 && c.jobs[0].previous_secret.p == NULL);
    CHECK_INT("find", store_secret_find(admin, support_arena, SV(SUPPORT_CODE), &secret, support_err()), STATUS_OK);
    CHECK("no previous", secret.previous.p == NULL && secret.previous_until == CLOCK_NONE);
    support_do("UPDATE partner_secret SET webhook_secret = 'whsec_one', previous_secret = NULL, previous_until = NULL "
               "WHERE partner_id = 1");
    store_free(&admin);
}

/* Three events of a ticket come one after the other, whatever else is due. */
static void order_within_a_ticket(void)
{
    hooks_clear();
    uint64_t first = hooks_job(HOOKS_A, 10, 1), second = hooks_job(HOOKS_A, 10, 2), third = hooks_job(HOOKS_A, 10, 3);
    uint64_t other = hooks_job(HOOKS_A, 11, 7);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK_INT("one a ticket", c.n, 2);
    CHECK("in the order they became due", c.n == 2 && c.jobs[0].id == first && c.jobs[1].id == other);
    CHECK_INT("the rest is put off", c.put_off, 2);
    CHECK("second", hooks_is_put_off(second));
    CHECK("third", hooks_is_put_off(third));
    CHECK_INT("until a second past the lease it waits for",
              support_number("SELECT COUNT(*) FROM webhook_job j JOIN webhook_job h ON h.id = %llu WHERE "
                             "j.ticket_number = 10 AND j.seq > 1 AND "
                             "j.next_due = h.next_due + INTERVAL 1 SECOND",
                             (unsigned long long)first),
              2);
    CHECK("nothing to ask for", !c.more);
    CHECK_INT("wakes its receiver", hooks_finish(s, hooks_outcome(first, STORE_HOOK_DELIVERED)), 1);
    CHECK("that one", hooks_woken[0] == HOOKS_A);
    CHECK("second is due", hooks_is_due(second));
    CHECK("third is not", hooks_is_put_off(third));
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("second comes", c.n == 1 && c.jobs[0].id == second);
    CHECK_INT("wakes the third", hooks_finish(s, hooks_outcome(second, STORE_HOOK_DELIVERED)), 1);
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("third comes", c.n == 1 && c.jobs[0].id == third);
    CHECK_INT("none left to wake", hooks_finish(s, hooks_outcome(third, STORE_HOOK_DELIVERED)), 0);
}

static void a_failing_head_holds_for_an_hour(void)
{
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_A, 20, 1);
    CHECK_INT("claim", hooks_claim(s, HOOKS_A, 10).n, 1);
    CHECK_INT("fails", hooks_finish(s, hooks_outcome(head, STORE_HOOK_RETRY)), 0);
    uint64_t next = hooks_job(HOOKS_A, 20, 2);
    CHECK_INT("held", hooks_claim(s, HOOKS_A, 10).n, 0);
    CHECK_STR("until the head's hold ends", hooks_row("next_due", next),
              support_text("SELECT hold_until FROM webhook_job WHERE id = %llu", (unsigned long long)head));
    hooks_later(head, 10 * CLOCK_SECOND);
    hooks_later(next, 10 * CLOCK_SECOND);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK("the head's retry", c.n == 1 && c.jobs[0].id == head && c.jobs[0].attempts == 1);
    char hold[64];
    snprintf(hold, sizeof hold, "%s", hooks_row("hold_until", head));
    CHECK_INT("fails again", hooks_finish(s, hooks_outcome(head, STORE_HOOK_RETRY)), 0);
    CHECK_STR("the hold counts from the first failure", hooks_row("hold_until", head), hold);
    /* An hour later. */
    hooks_later(head, HOOKS_HOLD);
    hooks_later(next, HOOKS_HOLD);
    support_do("UPDATE webhook_job SET next_due = NOW(6) + INTERVAL 1 HOUR WHERE id = %llu", (unsigned long long)head);
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("passes it", c.n == 1 && c.jobs[0].id == next);
    uint64_t third = hooks_job(HOOKS_A, 20, 3);
    CHECK_INT("which is a head itself", hooks_claim(s, HOOKS_A, 10).n, 0);
    CHECK("third", hooks_is_put_off(third));
    support_do("UPDATE webhook_job SET next_due = NOW(6) WHERE id = %llu", (unsigned long long)head);
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("the old head goes on beside it", c.n == 1 && c.jobs[0].id == head);
}

/* What has failed once is held by nothing more: it went ahead then. */
static void the_tried_are_not_held(void)
{
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_B, 30, 1), next = hooks_job(HOOKS_A, 30, 2);
    support_do("UPDATE webhook_job SET attempts = 1, hold_until = NOW(6) + INTERVAL 1 HOUR WHERE id = %llu",
               (unsigned long long)next);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK("is claimed", c.n == 1 && c.jobs[0].id == next);
    CHECK("its head waits by itself", hooks_is_due(head));
}

static void a_paused_receiver_holds_only_its_own(void)
{
    hooks_clear();
    hooks_job(HOOKS_B, 40, 1);
    uint64_t next = hooks_job(HOOKS_A, 40, 2);
    CHECK_INT("held", hooks_claim(s, HOOKS_A, 10).n, 0);
    support_do("UPDATE webhook_job SET next_due = NOW(6) WHERE id = %llu", (unsigned long long)next);
    support_do("INSERT INTO webhook_receiver (receiver, partner_id, origin, next_probe) VALUES (%llu, 1, 'x', NOW(6))",
               (unsigned long long)HOOKS_B);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK("not by a paused one", c.n == 1 && c.jobs[0].id == next);
    hooks_clear();
    hooks_job(HOOKS_A, 40, 1);
    hooks_job(HOOKS_A, 40, 2);
    support_do("INSERT INTO webhook_receiver (receiver, partner_id, origin, next_probe) VALUES (%llu, 1, 'x', NOW(6))",
               (unsigned long long)HOOKS_A);
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("but by its own", c.n == 1 && c.jobs[0].seq == 1);
}

/* A ticket whose events go to two receivers: each one's lowest is woken. */
static void wakes_across_receivers(void)
{
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_A, 50, 1), next = hooks_job(HOOKS_B, 50, 2), last = hooks_job(HOOKS_A, 50, 3);
    CHECK_INT("head", hooks_claim(s, HOOKS_A, 10).n, 1);
    struct store_hook_claim mine = hooks_last;
    CHECK_INT("next is held", hooks_claim(s, HOOKS_B, 10).n, 0);
    CHECK("put off", hooks_is_put_off(next) && hooks_is_put_off(last));
    hooks_last = mine;
    CHECK_INT("two receivers", hooks_finish(s, hooks_outcome(head, STORE_HOOK_DELIVERED)), 2);
    CHECK("due", hooks_is_due(next) && hooks_is_due(last));
    CHECK_INT("last is held by the next", hooks_claim(s, HOOKS_A, 10).n, 0);
    CHECK_INT("which comes", hooks_claim(s, HOOKS_B, 10).n, 1);
    CHECK_INT("and wakes", hooks_finish(s, hooks_outcome(next, STORE_HOOK_DEAD)), 1);
    CHECK("the other receiver", hooks_woken[0] == HOOKS_A && hooks_is_due(last));
}

static void bounded(void)
{
    hooks_clear();
    for (unsigned i = 0; i < 8; i++)
        hooks_job(HOOKS_A, 60 + i, 1);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 5);
    CHECK_INT("no more than wanted", c.n, 5);
    CHECK("there is more", c.more);
    CHECK("the oldest first", c.jobs[0].ticket_number == 60 && c.jobs[4].ticket_number == 64);
    c = hooks_claim(s, HOOKS_A, 3);
    CHECK_INT("the rest", c.n, 3);
    CHECK("that was all", !c.more);
    CHECK_INT("nothing wanted", hooks_claim(s, HOOKS_A, 0).n, 0);
}

/* Held ones in front do not hide what is behind them. */
static void past_the_held(void)
{
    hooks_clear();
    for (unsigned i = 1; i <= 30; i++)
        hooks_job(HOOKS_A, 70, i);
    uint64_t behind = hooks_job(HOOKS_A, 71, 40);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 2);
    CHECK("the head and the one behind", c.n == 2 && c.jobs[0].seq == 1 && c.jobs[1].id == behind);
    CHECK_INT("all between are put off", c.put_off, 29);
}

static void more_than_examined(void)
{
    hooks_clear();
    support_do("INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "next_due, created_at) SELECT CONCAT('c', seq), 1, %llu, 80, seq, 'COMMENT_ADDED', 'https://x', '{}', "
               "NOW(6) - INTERVAL 1 SECOND + INTERVAL seq MICROSECOND, NOW(6) FROM seq_1_to_500",
               (unsigned long long)HOOKS_A);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK_INT("one", c.n, 1);
    CHECK("so many looked at, to the end of a batch",
          c.put_off >= STORE_HOOK_EXAMINE_MAX && c.put_off < STORE_HOOK_EXAMINE_MAX + 40);
    CHECK("worth asking again", c.more);
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("none free", c.n == 0 && c.more);
    c = hooks_claim(s, HOOKS_A, 10);
    CHECK("all put off", c.n == 0 && !c.more);
    CHECK_INT("the look finds none", support_number("SELECT COUNT(*) FROM webhook_job WHERE next_due <= NOW(6)"), 0);
}

static void first_attempts_only(void)
{
    hooks_clear();
    uint64_t tried = hooks_job(HOOKS_A, 90, 1), fresh = hooks_job(HOOKS_A, 91, 2);
    hooks_job(HOOKS_A, 91, 3);
    support_do("UPDATE webhook_job SET attempts = 1, hold_until = NOW(6) WHERE id = %llu", (unsigned long long)tried);
    struct store_hook_claim claim = {
        .receiver = HOOKS_A, .want = 5, .lease_us = HOOKS_LEASE, .hold_us = HOOKS_HOLD, .token = {1}};
    struct store_hook_claimed c;
    CHECK_INT("claim", store_hook_claim(s, support_arena, &claim, &c, support_err()), STATUS_OK);
    CHECK("only what is new", c.n == 1 && c.jobs[0].id == fresh);
    CHECK("the other stays due", hooks_is_due(tried));
    CHECK_INT("claim", store_hook_claim(s, support_arena, &claim, &c, support_err()), STATUS_OK);
    CHECK("and is no reason to ask again", c.n == 0 && !c.more);
}

static void from_the_floor_on(void)
{
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 95, 1);
    struct store_hook_claim claim = {.receiver = HOOKS_A,
                                     .want = 5,
                                     .floor = clock_wall_us(),
                                     .lease_us = HOOKS_LEASE,
                                     .hold_us = HOOKS_HOLD,
                                     .token = {2}};
    struct store_hook_claimed c;
    CHECK_INT("claim", store_hook_claim(s, support_arena, &claim, &c, support_err()), STATUS_OK);
    CHECK("nothing before the floor", c.n == 0 && hooks_is_due(id));
    c = hooks_claim(s, HOOKS_A, 5);
    CHECK("the next floor is late enough", c.floor > clock_wall_us() - 12 * CLOCK_SECOND);
    CHECK("and leaves out nobody whose COMMIT comes late", c.floor <= clock_wall_us() - 9 * CLOCK_SECOND);
    for (unsigned i = 0; i < 3; i++)
        hooks_later(hooks_job(HOOKS_A, 96 + i, 1), HOOKS_HOLD);
    c = hooks_claim(s, HOOKS_A, 2);
    CHECK_INT("not past what is still due",
              support_number("SELECT COUNT(*) FROM webhook_job WHERE next_due <= NOW(6) AND "
                             "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', next_due) = %lld",
                             (long long)c.floor),
              1);
}

static void looks(void)
{
    struct store_hook_due *due;
    size_t n;
    hooks_clear();
    CHECK_INT("look", store_hook_due(s, support_arena, 0, 10, &due, &n, support_err()), STATUS_OK);
    CHECK_INT("nobody", n, 0);
    hooks_later(hooks_job(HOOKS_A, 1, 1), 5 * CLOCK_SECOND);
    hooks_job(HOOKS_A, 2, 1);
    hooks_later(hooks_job(HOOKS_B, 3, 1), -7 * CLOCK_SECOND);
    CHECK_INT("look", store_hook_due(s, support_arena, 0, 10, &due, &n, support_err()), STATUS_OK);
    CHECK_INT("both", n, 2);
    CHECK("in order", n == 2 && due[0].receiver == HOOKS_B && due[1].receiver == HOOKS_A);
    CHECK("not yet", due[0].wait_us > 5 * CLOCK_SECOND && due[0].wait_us < 7 * CLOCK_SECOND);
    CHECK("for a while", due[1].wait_us < -5 * CLOCK_SECOND && due[1].wait_us > -8 * CLOCK_SECOND);
    CHECK_INT("since then", due[1].first_due,
              support_number("SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', MIN(next_due)) FROM webhook_job"));
    CHECK_INT("a page", store_hook_due(s, support_arena, 0, 1, &due, &n, support_err()), STATUS_OK);
    CHECK("the first", n == 1 && due[0].receiver == HOOKS_B);
    CHECK_INT("next page", store_hook_due(s, support_arena, HOOKS_B, 1, &due, &n, support_err()), STATUS_OK);
    CHECK("the second", n == 1 && due[0].receiver == HOOKS_A);
    CHECK_INT("the end", store_hook_due(s, support_arena, HOOKS_A, 1, &due, &n, support_err()), STATUS_OK);
    CHECK_INT("nobody", n, 0);
}

/* --- leases --- */

static void leases_end(void)
{
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 100, 1), next = hooks_job(HOOKS_A, 100, 2);
    CHECK_INT("claim", hooks_claim(s, HOOKS_A, 1).n, 1);
    struct store_hook_claim late = hooks_last;
    CHECK_INT("put off", hooks_claim(s, HOOKS_A, 1).n, 0);
    hooks_later(id, HOOKS_LEASE + CLOCK_SECOND);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 1);
    CHECK("another sender's turn", c.n == 1 && c.jobs[0].id == id && c.jobs[0].attempts == 0);
    struct store_hook_claim mine = hooks_last;
    char before[256];
    const char *all = "attempts, next_due, HEX(lease_token), IFNULL(hold_until, 'never')";
    snprintf(before, sizeof before, "%s", hooks_row(all, id));
    hooks_last = late;
    struct store_hook_told told = {
        .receiver = HOOKS_A, .partner_id = 1, .origin = HOOKS_ORIGIN, .failures = 9, .failed = true, .pause_us = 1};
    for (unsigned v = 0; v < STORE_HOOK_VERDICT__MAX; v++) {
        CHECK_INT("wakes nobody", hooks_finish_told(s, hooks_outcome(id, (enum store_hook_verdict)v), &told), 0);
        CHECK_STR("changes nothing", hooks_row(all, id), before);
    }
    CHECK_INT("no history", support_number("SELECT COUNT(*) FROM webhook_attempt"), 0);
    CHECK_INT("nobody dead", support_number("SELECT COUNT(*) FROM webhook_dead"), 0);
    CHECK_INT("nothing gone", support_number("SELECT COUNT(*) FROM webhook_gone"), 0);
    CHECK_INT("nothing told", support_number("SELECT COUNT(*) FROM webhook_receiver"), 0);
    hooks_last = mine;
    CHECK_INT("its owner's counts", hooks_finish(s, hooks_outcome(id, STORE_HOOK_DELIVERED)), 1);
    CHECK("next", hooks_is_due(next));
    hooks_last = late;
    CHECK_INT("too late again", hooks_finish(s, hooks_outcome(id, STORE_HOOK_DELIVERED)), 0);
    CHECK_INT("delivered once", support_number("SELECT COUNT(*) FROM webhook_attempt WHERE delivered"), 1);
}

/* A lease that ran out, then held: put off like any other, and its late sender is fenced. */
static void an_old_lease_is_put_off(void)
{
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_B, 101, 1), next = hooks_job(HOOKS_A, 101, 2);
    support_do("UPDATE webhook_job SET lease_token = REPEAT('o', 16) WHERE id = %llu", (unsigned long long)next);
    CHECK_INT("held", hooks_claim(s, HOOKS_A, 5).put_off, 1);
    CHECK("put off", hooks_is_put_off(next));
    memset(hooks_last.token, 'o', sizeof hooks_last.token);
    hooks_finish(s, hooks_outcome(next, STORE_HOOK_DELIVERED));
    CHECK("fenced", hooks_is_put_off(next));
    CHECK_INT("head", hooks_claim(s, HOOKS_B, 5).n, 1);
    CHECK_INT("wakes it", hooks_finish(s, hooks_outcome(head, STORE_HOOK_DELIVERED)), 1);
}

/* --- pauses --- */

static void set_pause(int64_t us)
{
    support_do("REPLACE INTO webhook_receiver (receiver, partner_id, origin, failures, next_probe) VALUES (%llu, 1, "
               "'%s', 6, NOW(6) + INTERVAL %lld MICROSECOND)",
               (unsigned long long)HOOKS_A, HOOKS_ORIGIN, (long long)us);
}

static void paused(void)
{
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 110, 1);
    set_pause(30 * CLOCK_SECOND);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK("nothing", c.n == 0 && !c.probe && !c.more);
    CHECK("for so long", c.paused_us > 28 * CLOCK_SECOND && c.paused_us <= 30 * CLOCK_SECOND);
    CHECK_INT("failures", c.failures, 6);
    CHECK("stays due", hooks_is_due(id));
}

static void one_probe(void)
{
    struct store *other = support_store(STORE_SENDER);
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 120, 1);
    hooks_job(HOOKS_A, 121, 1);
    set_pause(-CLOCK_SECOND);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK("one try", c.n == 1 && c.probe && c.jobs[0].id == id && !c.more);
    CHECK_INT("failures so far", c.failures, 6);
    struct store_hook_claim mine = hooks_last;
    c = hooks_claim(other, HOOKS_A, 10);
    CHECK("not the other's", c.n == 0 && !c.probe);
    CHECK("who waits for the lease", c.paused_us > HOOKS_LEASE - 2 * CLOCK_SECOND && c.paused_us <= HOOKS_LEASE);
    hooks_last = mine;
    struct store_hook_told told = {.receiver = HOOKS_A,
                                   .partner_id = 1,
                                   .origin = HOOKS_ORIGIN,
                                   .failures = 7,
                                   .failed = true,
                                   .pause_us = 20 * CLOCK_SECOND};
    hooks_finish_told(s, hooks_outcome(id, STORE_HOOK_RETRY), &told);
    c = hooks_claim(other, HOOKS_A, 10);
    CHECK("a failed one prolongs", c.n == 0 && c.failures == 7 && c.paused_us > 18 * CLOCK_SECOND);
    support_do("UPDATE webhook_receiver SET next_probe = NOW(6)");
    c = hooks_claim(other, HOOKS_A, 10);
    CHECK("the other's turn", c.n == 1 && c.probe && c.jobs[0].ticket_number == 121);
    told = (struct store_hook_told){.receiver = HOOKS_A, .partner_id = 1, .origin = HOOKS_ORIGIN, .succeeded = true};
    hooks_finish_told(other, hooks_outcome(c.n ? c.jobs[0].id : 0, STORE_HOOK_DELIVERED), &told);
    CHECK_STR("a success ends it",
              support_text("SELECT CONCAT_WS('|', failures, IFNULL(next_probe, 'in use')) FROM "
                           "webhook_receiver"),
              "0|in use");
    store_free(&other);
}

/* A probe that finds nothing to send leaves the receiver as it was. */
static void a_probe_without_a_job(void)
{
    hooks_clear();
    set_pause(-CLOCK_SECOND);
    char before[64];
    snprintf(before, sizeof before, "%s", support_text("SELECT next_probe FROM webhook_receiver"));
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK("none", c.n == 0 && !c.probe);
    CHECK_STR("not used up", support_text("SELECT next_probe FROM webhook_receiver"), before);
}

/* --- gone --- */

static void gone_are_buried(void)
{
    hooks_clear();
    uint64_t dead = hooks_job_to(HOOKS_A, 130, 1, "https://a.example/gone");
    uint64_t next = hooks_job(HOOKS_A, 130, 2);
    uint64_t others = hooks_job(HOOKS_A, 131, 1);
    support_do("INSERT INTO webhook_gone VALUES (1, UNHEX(SHA2('https://a.example/gone', 256)), "
               "'https://a.example/gone', %llu, 'cx', NOW(6))",
               (unsigned long long)HOOKS_A);
    support_do("INSERT INTO webhook_gone VALUES (2, UNHEX(SHA2('https://a.example/hook', 256)), "
               "'https://a.example/hook', %llu, 'cx', NOW(6))",
               (unsigned long long)HOOKS_A);
    struct store_hook_claimed c = hooks_claim(s, HOOKS_A, 10);
    CHECK_INT("buried", c.buried, 1);
    CHECK_STR("gone from the table", hooks_row("id", dead), "(none)");
    CHECK_STR("kept", support_text("SELECT CONCAT_WS('|', webhook_id, attempts, reason, body) FROM webhook_dead"),
              "c130-1|0|its URL has answered 410 before|{\"seq\":1}");
    CHECK("what it held goes on", c.n == 2 && c.jobs[0].id == next && c.jobs[1].id == others);
}

/* --- expiring --- */

static unsigned expire(int64_t age)
{
    unsigned n = 99;
    CHECK_INT("expire", store_hook_expire(s, HOOKS_A, age, &n, support_err()), STATUS_OK);
    return n;
}

/* The receiver's last success was so long ago. */
static void failing_since(int64_t us)
{
    support_do("REPLACE INTO webhook_receiver (receiver, partner_id, origin, failing_since) VALUES "
               "(%llu, 1, 'https://a.example:443', NOW(6) - INTERVAL %lld MICROSECOND)",
               (unsigned long long)HOOKS_A, (long long)us);
}

static void the_old_expire(void)
{
    hooks_clear();
    uint64_t old = hooks_job(HOOKS_A, 140, 1), follower = hooks_job(HOOKS_A, 140, 2);
    uint64_t young = hooks_job(HOOKS_A, 141, 1), replayed = hooks_job(HOOKS_A, 142, 1);
    uint64_t over = hooks_job(HOOKS_A, 143, 1), leased = hooks_job(HOOKS_A, 144, 1);
    hooks_later(old, 4 * HOOKS_HOLD);
    hooks_later(replayed, 4 * HOOKS_HOLD);
    hooks_later(leased, 4 * HOOKS_HOLD);
    support_do("UPDATE webhook_job SET next_due = NOW(6) + INTERVAL 1 MINUTE WHERE id IN (%llu, %llu)",
               (unsigned long long)leased, (unsigned long long)follower);
    support_do("UPDATE webhook_job SET expires_at = NOW(6) + INTERVAL 1 HOUR WHERE id = %llu",
               (unsigned long long)replayed);
    support_do("UPDATE webhook_job SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE id = %llu",
               (unsigned long long)over);
    CHECK_INT("old by our own fault", expire(3 * HOOKS_HOLD), 0);
    failing_since(2 * HOOKS_HOLD);
    CHECK_INT("it has not failed for so long", expire(3 * HOOKS_HOLD), 0);
    failing_since(4 * HOOKS_HOLD);
    CHECK_INT("two", expire(3 * HOOKS_HOLD), 2);
    CHECK_STR("too old", hooks_row("id", old), "(none)");
    CHECK_STR("past its time", hooks_row("id", over), "(none)");
    CHECK("young", hooks_is_due(young));
    CHECK("has a time of its own", hooks_is_due(replayed));
    CHECK("not due", !hooks_is_due(leased));
    CHECK("woken", hooks_is_due(follower));
    CHECK_INT("kept", support_number("SELECT COUNT(*) FROM webhook_dead WHERE reason LIKE 'too old%%'"), 2);
    CHECK_INT("others' stay", expire(3 * HOOKS_HOLD), 0);
    hooks_clear();
    support_do("INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "next_due, created_at) SELECT CONCAT('c', seq), 1, %llu, seq, 1, 'COMMENT_ADDED', 'https://x', '{}', "
               "NOW(6), NOW(6) - INTERVAL 9 DAY FROM seq_1_to_600",
               (unsigned long long)HOOKS_A);
    failing_since(4 * HOOKS_HOLD);
    CHECK_INT("no more than that at once", expire(HOOKS_HOLD), STORE_HOOK_EXPIRE_MAX);
    CHECK_INT("then the rest", expire(HOOKS_HOLD), 600 - STORE_HOOK_EXPIRE_MAX);
}

/* --- several senders --- */

#define SENDERS 4
#define JOBS 600

struct sender {
    pthread_t thread;
    unsigned n;
    uint64_t ids[JOBS];
    enum status status;
};

static void *claim_all(void *ctx)
{
    struct sender *me = ctx;
    struct store *mine = support_store(STORE_SENDER);
    struct arena *a = arena_new(64u * 1024 * 1024);
    struct store_hook_claim claim = {
        .receiver = HOOKS_A, .want = 7, .retries = true, .lease_us = HOOKS_LEASE, .hold_us = HOOKS_HOLD};
    struct store_hook_claimed c;
    do {
        if (crypto_random(claim.token, sizeof claim.token))
            break;
        me->status = store_hook_claim(mine, a, &claim, &c, support_err());
        for (size_t i = 0; !me->status && i < c.n && me->n < JOBS; i++)
            me->ids[me->n++] = c.jobs[i].id;
    } while (!me->status && (c.n > 0 || c.more));
    arena_free(&a);
    store_free(&mine);
    return NULL;
}

static void each_job_once(void)
{
    static struct sender senders[SENDERS];
    static unsigned char seen[JOBS];
    unsigned twice = 0, total = 0;
    hooks_clear();
    support_do("INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "next_due, created_at) SELECT CONCAT('c', seq), 1, %llu, seq, 1, 'COMMENT_ADDED', 'https://x', '{}', "
               "NOW(6) - INTERVAL 1 SECOND, NOW(6) FROM seq_1_to_%d",
               (unsigned long long)HOOKS_A, JOBS);
    uint64_t first = (uint64_t)support_number("SELECT MIN(id) FROM webhook_job");
    memset(senders, 0, sizeof senders);
    memset(seen, 0, sizeof seen);
    for (unsigned i = 0; i < SENDERS; i++)
        pthread_create(&senders[i].thread, NULL, claim_all, &senders[i]);
    for (unsigned i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
        CHECK_INT("each succeeds", senders[i].status, STATUS_OK);
        for (unsigned k = 0; k < senders[i].n; k++, total++) {
            uint64_t at = senders[i].ids[k] - first;
            CHECK("one of them", at < JOBS);
            if (at < JOBS)
                twice += seen[at]++;
        }
    }
    CHECK_INT("all", total, JOBS);
    CHECK_INT("none twice", twice, 0);
}

/* What another connection does meanwhile. */
struct racing {
    struct store *store;
    struct store_hook_claimed claimed;
    struct store_hook_outcome outcome;
    size_t n_woken;
    enum status status;
};

static void *claim_behind(void *ctx)
{
    struct racing *r = ctx;
    struct store_hook_claim claim = {
        .receiver = HOOKS_A, .want = 5, .retries = true, .lease_us = HOOKS_LEASE, .hold_us = HOOKS_HOLD, .token = {9}};
    r->status = store_hook_claim(r->store, support_arena, &claim, &r->claimed, support_err());
    return NULL;
}

static void *settle(void *ctx)
{
    struct racing *r = ctx;
    uint64_t *woken;
    r->status = store_hook_finish(r->store, support_arena, &r->outcome, 1, NULL, 0, &woken, &r->n_woken, support_err());
    return NULL;
}

static void PRINTF_LIKE(2, 3) on(MYSQL *db, const char *fmt, ...)
{
    char sql[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(sql, sizeof sql, fmt, ap);
    va_end(ap);
    CHECK_INT(sql, mysql_query(db, sql), 0);
    mysql_free_result(mysql_store_result(db));
}

/* While one sender settles a head, another one that would put its follower off
 * waits, and then finds the head gone. */
static void no_lost_wake_up(void)
{
    struct racing r = {.store = support_store(STORE_SENDER)};
    pthread_t thread;
    MYSQL *db = support_connect(NULL);
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_A, 150, 1);
    CHECK_INT("head", hooks_claim(s, HOOKS_A, 5).n, 1);
    uint64_t next = hooks_job(HOOKS_A, 150, 2);
    on(db, "START TRANSACTION");
    on(db, "DELETE FROM webhook_job WHERE id = %llu", (unsigned long long)head);
    pthread_create(&thread, NULL, claim_behind, &r);
    hooks_wait_for_locks(1);
    on(db, "COMMIT");
    pthread_join(thread, NULL);
    CHECK_INT("claim", r.status, STATUS_OK);
    CHECK("finds its head gone", r.claimed.n == 1 && r.claimed.jobs[0].id == next && r.claimed.put_off == 0);
    mysql_close(db);
    store_free(&r.store);
}

/* And while one puts it off, the one who settles waits, and then wakes it. */
static void no_lost_wake_up_either(void)
{
    struct racing r = {.store = support_store(STORE_SENDER)};
    pthread_t thread;
    MYSQL *db = support_connect(NULL);
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_A, 151, 1);
    CHECK_INT("head", hooks_claim(s, HOOKS_A, 5).n, 1);
    uint64_t next = hooks_job(HOOKS_A, 151, 2);
    r.outcome = hooks_outcome(head, STORE_HOOK_DELIVERED);
    on(db, "START TRANSACTION");
    on(db, "SELECT id FROM webhook_job WHERE id = %llu FOR UPDATE", (unsigned long long)head);
    pthread_create(&thread, NULL, settle, &r);
    hooks_wait_for_locks(1);
    on(db, "UPDATE webhook_job SET next_due = NOW(6) + INTERVAL 1 HOUR WHERE id = %llu", (unsigned long long)next);
    on(db, "COMMIT");
    pthread_join(thread, NULL);
    CHECK_INT("finish", r.status, STATUS_OK);
    CHECK_INT("woken", r.n_woken, 1);
    CHECK("due", hooks_is_due(next));
    mysql_close(db);
    store_free(&r.store);
}

/* Another sender leases the same job first: whoever comes second takes nothing. */
static void second_to_lease(void)
{
    struct racing r = {.store = support_store(STORE_SENDER)};
    pthread_t thread;
    MYSQL *db = support_connect(NULL);
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 152, 1);
    on(db, "START TRANSACTION");
    on(db,
       "UPDATE webhook_job SET lease_token = REPEAT('o', 16), next_due = NOW(6) + INTERVAL 1 MINUTE WHERE id = %llu",
       (unsigned long long)id);
    pthread_create(&thread, NULL, claim_behind, &r);
    hooks_wait_for_locks(1);
    on(db, "COMMIT");
    pthread_join(thread, NULL);
    CHECK_INT("claim", r.status, STATUS_OK);
    CHECK_INT("nothing", r.claimed.n, 0);
    CHECK_STR("the first has it", hooks_row("lease_token", id), "oooooooooooooooo");
    /* The same when it first waits for the job's head. */
    uint64_t head = hooks_job(HOOKS_B, 153, 1), next = hooks_job(HOOKS_A, 153, 2);
    on(db, "START TRANSACTION");
    on(db, "DELETE FROM webhook_job WHERE id = %llu", (unsigned long long)head);
    pthread_create(&thread, NULL, claim_behind, &r);
    hooks_wait_for_locks(1);
    on(db,
       "UPDATE webhook_job SET lease_token = REPEAT('p', 16), next_due = NOW(6) + INTERVAL 1 MINUTE WHERE id = %llu",
       (unsigned long long)next);
    on(db, "COMMIT");
    pthread_join(thread, NULL);
    CHECK_INT("claim", r.status, STATUS_OK);
    CHECK_INT("nothing", r.claimed.n, 0);
    CHECK_STR("the first has it", hooks_row("lease_token", next), "pppppppppppppppp");
    mysql_close(db);
    store_free(&r.store);
}

/* The same for a head that still holds: what another leased meanwhile is not put off. */
static void second_to_put_off(void)
{
    struct racing r = {.store = support_store(STORE_SENDER)};
    pthread_t thread;
    MYSQL *db = support_connect(NULL);
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_B, 154, 1), next = hooks_job(HOOKS_A, 154, 2);
    on(db, "START TRANSACTION");
    on(db, "SELECT id FROM webhook_job WHERE id = %llu FOR UPDATE", (unsigned long long)head);
    pthread_create(&thread, NULL, claim_behind, &r);
    hooks_wait_for_locks(1);
    on(db,
       "UPDATE webhook_job SET lease_token = REPEAT('q', 16), next_due = NOW(6) + INTERVAL 1 MINUTE WHERE id = %llu",
       (unsigned long long)next);
    on(db, "COMMIT");
    pthread_join(thread, NULL);
    CHECK_INT("claim", r.status, STATUS_OK);
    CHECK_INT("nothing put off", r.claimed.put_off, 0);
    CHECK_STR("its lease stands", hooks_row("lease_token", next), "qqqqqqqqqqqqqqqq");
    mysql_close(db);
    store_free(&r.store);
}

static void second_to_probe(void)
{
    struct racing r = {.store = support_store(STORE_SENDER)};
    pthread_t thread;
    MYSQL *db = support_connect(NULL);
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 155, 1);
    set_pause(-CLOCK_SECOND);
    on(db, "START TRANSACTION");
    on(db, "UPDATE webhook_receiver SET next_probe = NOW(6) + INTERVAL 1 MINUTE");
    pthread_create(&thread, NULL, claim_behind, &r);
    hooks_wait_for_locks(1);
    on(db, "COMMIT");
    pthread_join(thread, NULL);
    CHECK_INT("claim", r.status, STATUS_OK);
    CHECK("no probe", r.claimed.n == 0 && !r.claimed.probe && r.claimed.paused_us > 0);
    CHECK("stays due", hooks_is_due(id));
    mysql_close(db);
    store_free(&r.store);
}

void init_hook_claim_tests(void)
{
    static const struct suite_test tests[] = {
        {"all of a job", all_of_a_job},
        {"every event's word", every_event_word},
        {"a rotation holds at once", rotation},
        {"order within a ticket", order_within_a_ticket},
        {"a failing head holds for an hour", a_failing_head_holds_for_an_hour},
        {"the tried are not held", the_tried_are_not_held},
        {"a paused receiver holds only its own", a_paused_receiver_holds_only_its_own},
        {"wakes across receivers", wakes_across_receivers},
        {"bounded", bounded},
        {"past the held", past_the_held},
        {"more than examined", more_than_examined},
        {"first attempts only", first_attempts_only},
        {"from the floor on", from_the_floor_on},
        {"looks", looks},
        {"leases end", leases_end},
        {"an old lease is put off", an_old_lease_is_put_off},
        {"paused", paused},
        {"one probe", one_probe},
        {"a probe without a job", a_probe_without_a_job},
        {"what is gone is buried", gone_are_buried},
        {"the old expire", the_old_expire},
        {"each job once", each_job_once},
        {"no lost wake-up", no_lost_wake_up},
        {"no lost wake-up either", no_lost_wake_up_either},
        {"second to lease", second_to_lease},
        {"second to put off", second_to_put_off},
        {"second to probe", second_to_probe},
    };
    suite_add("store hook claim", set_up, tear_down, tests, SUITE_N(tests));
}
