/* Webhooks when requests, answers and COMMITs are lost: every change bears repetition. */
#include "suites.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "harness/cutproxy.h"
#include "hooks.h"

static struct cutproxy *proxy;
static struct conf conf; /* through the proxy */
static struct store *s, *admin;

static int set_up(void)
{
    char path[108];
    snprintf(path, sizeof path, "%s/cut", support_server->dir);
    proxy = cutproxy_start(path, support_server->socket);
    conf = support_conf;
    snprintf(conf.database_socket, sizeof conf.database_socket, "%s", path);
    s = support_store_on(&conf, STORE_SENDER);
    admin = support_store_on(&conf, STORE_ADMIN);
    hooks_clear();
    return proxy && !store_ready(s, support_err()) && !store_ready(admin, support_err()) ? 0 : 1;
}

static int tear_down(void)
{
    store_free(&s);
    store_free(&admin);
    cutproxy_stop(&proxy);
    hooks_clear();
    arena_reset(support_arena);
    return 0;
}

static const struct {
    const char *name;
    enum cut cut;
} cuts[] = {
    {"request lost", CUT_REQUEST},
    {"broken in flight", CUT_IN_FLIGHT},
    {"answer lost", CUT_ANSWER},
};

static struct store_hook_claimed claim_as(const char token[STORE_HOOK_TOKEN_SIZE + 1], unsigned want)
{
    struct store_hook_claimed out;
    hooks_last = (struct store_hook_claim){
        .receiver = HOOKS_A, .want = want, .retries = true, .lease_us = HOOKS_LEASE, .hold_us = HOOKS_HOLD};
    memcpy(hooks_last.token, token, STORE_HOOK_TOKEN_SIZE);
    store_begin(s, clock_mono_us());
    CHECK_INT(token, store_hook_claim(s, support_arena, &hooks_last, &out, support_err()), STATUS_OK);
    return out;
}

/* What the first try leased is what the second one answers, no more, no less. */
static void claims(void)
{
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        hooks_clear();
        for (unsigned k = 0; k < 9; k++)
            hooks_job(HOOKS_A, 300 + k, 1);
        hooks_job(HOOKS_A, 300, 2);
        cutproxy_arm(proxy, cuts[i].cut, "claim-is-lost--1", 1);
        struct store_hook_claimed c = claim_as("claim-is-lost--1", 4);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_INT(cuts[i].name, c.n, 4);
        for (size_t k = 0; k < c.n; k++)
            CHECK_INT("in order", c.jobs[k].ticket_number, 300 + k);
        CHECK_INT(
            "no others are leased",
            support_number("SELECT COUNT(*) FROM webhook_job WHERE lease_token IS NOT NULL AND next_due > NOW(6)"), 4);
        CHECK_INT("the next ones", claim_as("claim-goes-on--2", 9).n, 5);
    }
}

/* Asked again by the caller, after an end that was not known. */
static void claim_asked_again(void)
{
    struct store_hook_claimed out;
    hooks_clear();
    for (unsigned k = 0; k < 9; k++)
        hooks_job(HOOKS_A, 300 + k, 1);
    CHECK_INT("claim", claim_as("claim-uncertain1", 4).n, 4);
    hooks_last.again = true;
    CHECK_INT("again", store_hook_claim(s, support_arena, &hooks_last, &out, support_err()), STATUS_OK);
    CHECK("the same", out.n == 4 && out.jobs[0].ticket_number == 300 && out.jobs[3].ticket_number == 303);
    CHECK_INT("no others",
              support_number("SELECT COUNT(*) FROM webhook_job WHERE lease_token IS NOT NULL AND next_due > NOW(6)"),
              4);
    memcpy(hooks_last.token, "claim-uncertain2", STORE_HOOK_TOKEN_SIZE);
    CHECK_INT("one that never came", store_hook_claim(s, support_arena, &hooks_last, &out, support_err()), STATUS_OK);
    CHECK("is made now", out.n == 4 && out.jobs[0].ticket_number == 304);
}

static void *claim_thread(void *ctx)
{
    *(struct store_hook_claimed *)ctx = claim_as("claim-in-flight1", 10);
    return NULL;
}

/* The first try goes on in the server after its connection broke, amid its
 * work: the second waits for what comes of it. */
static void claim_still_in_flight(void)
{
    struct store_hook_claimed c = {.n = 99};
    pthread_t thread;
    MYSQL *db = support_connect(NULL);
    char sql[128];
    hooks_clear();
    uint64_t head = hooks_job(HOOKS_B, 309, 1);
    for (unsigned k = 0; k < 9; k++)
        hooks_job(HOOKS_A, 300 + k, 1);
    hooks_job(HOOKS_A, 309, 2);
    snprintf(sql, sizeof sql, "SELECT id FROM webhook_job WHERE id = %llu FOR UPDATE", (unsigned long long)head);
    CHECK_INT("locked", mysql_query(db, "START TRANSACTION") || mysql_query(db, sql), 0);
    mysql_free_result(mysql_store_result(db));
    cutproxy_arm(proxy, CUT_IN_FLIGHT, "claim-in-flight1", 1);
    pthread_create(&thread, NULL, claim_thread, &c);
    hooks_wait_for_locks(2);
    CHECK_INT("on", mysql_query(db, "COMMIT"), 0);
    pthread_join(thread, NULL);
    CHECK_INT("cut", cutproxy_cuts(proxy), 1);
    CHECK_INT("what the first leased", c.n, 9);
    CHECK_INT("no others are",
              support_number("SELECT COUNT(*) FROM webhook_job WHERE lease_token IS NOT NULL AND next_due > NOW(6)"),
              9);
    mysql_close(db);
}

static void probes(void)
{
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        hooks_clear();
        uint64_t id = hooks_job(HOOKS_A, 310, 1);
        support_do("REPLACE INTO webhook_receiver (receiver, partner_id, origin, failures, next_probe) VALUES (%llu, "
                   "1, 'x', 6, NOW(6))",
                   (unsigned long long)HOOKS_A);
        cutproxy_arm(proxy, cuts[i].cut, "probe-is-lost--1", 1);
        struct store_hook_claimed c = claim_as("probe-is-lost--1", 4);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK(cuts[i].name, c.n == 1 && c.probe && c.jobs[0].id == id && c.failures == 6 && !c.paused_us);
    }
}

static void finishes(void)
{
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        hooks_clear();
        uint64_t ids[3];
        struct store_hook_outcome o[3];
        uint64_t *woken;
        size_t n;
        for (unsigned k = 0; k < 3; k++)
            ids[k] = hooks_job(HOOKS_A, 320 + k, 1);
        CHECK_INT("claim", claim_as("finish-is-lost-1", 3).n, 3);
        uint64_t next = hooks_job(HOOKS_A, 320, 2);
        CHECK_INT("held", claim_as("finish-is-lost-2", 3).n, 0);
        memcpy(hooks_last.token, "finish-is-lost-1", STORE_HOOK_TOKEN_SIZE);
        o[0] = hooks_outcome(ids[0], STORE_HOOK_DELIVERED);
        o[1] = hooks_outcome(ids[1], STORE_HOOK_RETRY);
        o[2] = hooks_outcome(ids[2], STORE_HOOK_DEAD);
        snprintf(o[0].answer, sizeof o[0].answer, "the needle");
        struct store_hook_told told = {
            .receiver = HOOKS_A, .partner_id = 1, .origin = HOOKS_ORIGIN, .failures = 1, .failed = true};
        cutproxy_arm(proxy, cuts[i].cut, "the needle", 1);
        store_begin(s, clock_mono_us());
        CHECK_INT(cuts[i].name, store_hook_finish(s, support_arena, o, 3, &told, 1, &woken, &n, support_err()),
                  STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_INT("history once", support_number("SELECT COUNT(*) FROM webhook_attempt"), 3);
        CHECK_STR("delivered", hooks_row("id", ids[0]), "(none)");
        CHECK_STR("retried once", hooks_row("attempts, lease_token IS NULL", ids[1]), "1|1");
        CHECK_INT("dead once", support_number("SELECT COUNT(*) FROM webhook_dead"), 1);
        CHECK("woken", hooks_is_due(next));
        CHECK_INT("told once", support_number("SELECT failures FROM webhook_receiver"), 1);
    }
}

static void kill_one(uint64_t id, const char *reason)
{
    support_do("INSERT INTO webhook_dead (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "attempts, reason, created_at, died_at) SELECT webhook_id, partner_id, receiver, ticket_number, seq, "
               "event, url, body, 10, '%s', created_at, NOW(6) FROM webhook_job WHERE id = %llu",
               reason, (unsigned long long)id);
    support_do("DELETE FROM webhook_job WHERE id = %llu", (unsigned long long)id);
}

static void changes_by_hand(void)
{
    uint64_t receiver;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        hooks_clear();
        kill_one(hooks_job(HOOKS_A, 330, 1), "tried in vain");
        cutproxy_arm(proxy, cuts[i].cut, "c330-1", 1);
        store_begin(admin, clock_mono_us());
        CHECK_INT(cuts[i].name, store_hook_replay_one(admin, SV("c330-1"), HOOKS_HOLD, &receiver, support_err()),
                  STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK("receiver", receiver == HOOKS_A);
        CHECK_INT("back", support_number("SELECT COUNT(*) FROM webhook_job WHERE attempts = 0"), 1);
        CHECK_INT("only there", support_number("SELECT COUNT(*) FROM webhook_dead"), 0);
        cutproxy_arm(proxy, cuts[i].cut, "c330-1", 1);
        CHECK_INT("cancel", store_hook_cancel(admin, SV("c330-1"), SV("by hand"), support_err()), STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_INT("again is no repetition", store_hook_cancel(admin, SV("c330-1"), SV("by hand"), support_err()),
                  STATUS_CONFLICT);
        support_do("INSERT INTO webhook_gone VALUES (1, UNHEX(SHA2('https://needle', 256)), 'https://needle', 1, 'cx', "
                   "NOW(6))");
        cutproxy_arm(proxy, cuts[i].cut, "https://needle", 1);
        CHECK_INT("gone no more", store_hook_gone_clear(admin, SV(SUPPORT_CODE), SV("https://needle"), support_err()),
                  STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_INT("not gone", store_hook_gone_clear(admin, SV(SUPPORT_CODE), SV("https://needle"), support_err()),
                  STATUS_NOT_FOUND);
        cutproxy_arm(proxy, cuts[i].cut, "whsec_lost", 1);
        CHECK_INT("rotate", store_secret_rotate(admin, SV("PARTNER002"), SV("whsec_lost"), 1, support_err()),
                  STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_STR("one step",
                  support_text("SELECT CONCAT_WS('|', webhook_secret, previous_secret) FROM partner_secret WHERE "
                               "partner_id = 2"),
                  "whsec_lost|whsec_two");
        support_do("UPDATE partner_secret SET webhook_secret = 'whsec_two', previous_secret = NULL, previous_until = "
                   "NULL WHERE partner_id = 2");
    }
}

/* Replayed, and at once leased by a sender: the second try finds it so. */
static void replayed_and_taken(void)
{
    uint64_t receiver;
    hooks_clear();
    kill_one(hooks_job(HOOKS_A, 335, 1), "tried in vain");
    support_do("CREATE TRIGGER taken BEFORE INSERT ON webhook_job FOR EACH ROW SET NEW.lease_token = REPEAT('o', 16), "
               "NEW.next_due = NOW(6) + INTERVAL 1 MINUTE");
    cutproxy_arm(proxy, CUT_ANSWER, "c335-1", 1);
    store_begin(admin, clock_mono_us());
    CHECK_INT("replay", store_hook_replay_one(admin, SV("c335-1"), HOOKS_HOLD, &receiver, support_err()), STATUS_OK);
    CHECK_INT("cut", cutproxy_cuts(proxy), 1);
    CHECK_INT("but a new one", store_hook_replay_one(admin, SV("c335-1"), HOOKS_HOLD, &receiver, support_err()),
              STATUS_CONFLICT);
    support_do("DROP TRIGGER taken");
}

/* The database away: nothing is leased, nothing is settled, and both are said. */
static void away(void)
{
    struct store_hook_claimed c;
    struct store_hook_outcome o;
    uint64_t *woken;
    size_t n;
    hooks_clear();
    uint64_t id = hooks_job(HOOKS_A, 340, 1);
    CHECK_INT("claim", claim_as("away-is-the-db-1", 1).n, 1);
    o = hooks_outcome(id, STORE_HOOK_DELIVERED);
    cutproxy_refuse(proxy, 1);
    cutproxy_arm(proxy, CUT_REQUEST, "away-is-the-db-2", 1);
    store_begin(s, clock_mono_us() - STORE_REQUEST_BUDGET + CLOCK_SECOND);
    memcpy(hooks_last.token, "away-is-the-db-2", STORE_HOOK_TOKEN_SIZE);
    CHECK("claim", store_hook_claim(s, support_arena, &hooks_last, &c, support_err()) != STATUS_OK);
    CHECK_INT("nothing", c.n, 0);
    store_begin(s, clock_mono_us());
    CHECK_INT("finish", store_hook_finish(s, support_arena, &o, 1, NULL, 0, &woken, &n, support_err()),
              STATUS_UNAVAILABLE);
    CHECK("is the server's absence", store_lost(s));
    cutproxy_refuse(proxy, 0);
    store_begin(s, clock_mono_us());
    CHECK_INT("later", store_hook_finish(s, support_arena, &o, 1, NULL, 0, &woken, &n, support_err()), STATUS_OK);
    CHECK_INT("delivered", support_number("SELECT COUNT(*) FROM webhook_attempt WHERE delivered"), 1);
}

void init_hook_lost_tests(void)
{
    static const struct suite_test tests[] = {
        {"claims", claims},
        {"a claim asked again", claim_asked_again},
        {"a claim still in flight", claim_still_in_flight},
        {"probes", probes},
        {"finishes", finishes},
        {"changes by hand", changes_by_hand},
        {"replayed and taken", replayed_and_taken},
        {"the database away", away},
    };
    suite_add("store hook lost", set_up, tear_down, tests, SUITE_N(tests));
}
