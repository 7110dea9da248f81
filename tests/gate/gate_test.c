#include "gate/gate.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fake_store.h"
#include "harness/suite.h"
#include "suites.h"
#include "support.h"

#define NOW (INT64_C(1705314600) * SECOND) /* 2024-01-15T10:30:00Z */
#define HOME "192.0.2.10"

static struct gate *gate;
static struct gate_caller caller;
static uint32_t retry;
static struct err err;

static int set_up(void)
{
    test_open(1);
    return 0;
}

static int tear_down(void)
{
    test_close();
    return 0;
}

/* A new gate and an empty store; the shared file stays, so addresses and times move on. */
static void begin(void)
{
    fake_reset();
    CHECK_INT("new", gate_new(NULL, shared, &gate), STATUS_OK);
}

static void end(void)
{
    gate_free(&gate);
    CHECK("nulled", gate == NULL);
    gate_free(&gate);
    gate_breaker_ok(shared);
}

static enum status enter_at(struct sv key, const char *from, int64_t at)
{
    err_init(&err);
    const struct gate_times times = {NOW + at, T0 + at, T0 + at};
    return gate_enter(gate, key, sv_from(from), &times, &caller, &retry, &err);
}

static enum status enter(const char *key, int64_t at)
{
    return enter_at(sv_from(key), HOME, at);
}

static void check_sv(const char *row, struct sv got, const char *want)
{
    char text[256];
    snprintf(text, sizeof text, "%.*s", SV_ARG(got));
    CHECK_STR(row, got.p ? text : NULL, want);
}

static void test_a_right_key(void)
{
    begin();
    struct store_key *k = fake_add("right");
    k->id = 4711;
    k->partner_id = 12;
    k->partner_code = SV("PARTNER001");
    k->partner_webhook_url = SV("https://example.com/hook");
    k->partner_webhook_hosts = SV("*.example.com hooks.example");
    k->permissions = STORE_MAY_UPDATE | STORE_MAY_AGENT;
    k->limit[STORE_CLASS_READ] = 0;
    CHECK_INT("enters", enter("right", 5), STATUS_OK);
    CHECK_INT("key", caller.key_id, 4711);
    CHECK_INT("partner", caller.partner_id, 12);
    check_sv("code", caller.partner_code, "PARTNER001");
    check_sv("hook", caller.webhook_url, "https://example.com/hook");
    check_sv("hosts", caller.webhook_hosts, "*.example.com hooks.example");
    CHECK_INT("permissions", caller.permissions, STORE_MAY_UPDATE | STORE_MAY_AGENT);
    CHECK_INT("creates", caller.limit[STORE_CLASS_CREATE], 100);
    CHECK_INT("reads", caller.limit[STORE_CLASS_READ], 0);
    CHECK_INT("updates", caller.limit[STORE_CLASS_UPDATE], 200);
    CHECK_INT("nothing to wait for", retry, 0);
    CHECK_INT("no error", err.status, STATUS_OK);
    CHECK_INT("budget runs from the arrival", fake_budget_from, T0 + 5);
    k->partner_webhook_url = SV_NONE;
    gate_generation_bump(shared);
    CHECK_INT("again", enter("right", 6), STATUS_OK);
    CHECK("no hook", caller.webhook_url.p == NULL);
    check_sv("hosts stay", caller.webhook_hosts, "*.example.com hooks.example");
    k->partner_webhook_hosts = SV("");
    gate_generation_bump(shared);
    CHECK_INT("again", enter("right", 7), STATUS_OK);
    CHECK("an empty list is a list", caller.webhook_hosts.p != NULL && caller.webhook_hosts.n == 0);
    k->partner_webhook_hosts = SV_NONE;
    gate_generation_bump(shared);
    CHECK_INT("again", enter("right", 8), STATUS_OK);
    CHECK("any host", caller.webhook_hosts.p == NULL);
    end();
}

/* Who is let in. The key is "right" throughout; each row changes one thing. */
static void test_judgement(void)
{
    static const struct {
        const char *row, *key, *cidrs, *from;
        int64_t expires, revoked; /* [us] after NOW; CLOCK_NONE: never */
        int suspended;
        enum status want;
    } rows[] = {
        {"plain", "right", NULL, HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_OK},
        {"absent", NULL, NULL, HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"empty", "", NULL, HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"unknown", "wrong", NULL, HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"case counts", "RIGHT", NULL, HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"space counts", "right ", NULL, HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"expires in a microsecond", "right", NULL, HOME, 1, CLOCK_NONE, 0, STATUS_OK},
        {"expires now", "right", NULL, HOME, 0, CLOCK_NONE, 0, STATUS_DENIED},
        {"expired", "right", NULL, HOME, -SECOND, CLOCK_NONE, 0, STATUS_DENIED},
        {"revoked", "right", NULL, HOME, CLOCK_NONE, -SECOND, 0, STATUS_DENIED},
        {"revoked by a host whose clock is ahead", "right", NULL, HOME, CLOCK_NONE, SECOND, 0, STATUS_DENIED},
        {"suspended", "right", NULL, HOME, CLOCK_NONE, CLOCK_NONE, 1, STATUS_DENIED},
        {"in its range", "right", "192.0.2.0/24", HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_OK},
        {"outside", "right", "192.0.3.0/24", HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"in the third", "right", "10.0.0.0/8 2001:db8::/32 192.0.2.10", HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_OK},
        {"in none of three", "right", "10.0.0.0/8 2001:db8::/32 192.0.2.11", HOME, CLOCK_NONE, CLOCK_NONE, 0,
         STATUS_DENIED},
        {"IPv6", "right", "10.0.0.0/8 2001:db8::/32", "2001:db8::5", CLOCK_NONE, CLOCK_NONE, 0, STATUS_OK},
        {"IPv6 outside", "right", "10.0.0.0/8 2001:db8::/32", "2001:db9::5", CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"all of IPv4", "right", "0.0.0.0/0", HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_OK},
        {"no ranges at all", "right", "", HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"ranges that do not parse", "right", "192.0.2.0/33 nonsense", HOME, CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"unreadable address", "right", "0.0.0.0/0 ::/0", "unix:", CLOCK_NONE, CLOCK_NONE, 0, STATUS_DENIED},
        {"unreadable address, no ranges", "right", NULL, "unix:", CLOCK_NONE, CLOCK_NONE, 0, STATUS_OK},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        begin();
        struct store_key *k = fake_add("right");
        k->expires_at = rows[i].expires == CLOCK_NONE ? CLOCK_NONE : NOW + rows[i].expires;
        k->revoked_at = rows[i].revoked == CLOCK_NONE ? CLOCK_NONE : NOW + rows[i].revoked;
        k->partner_suspended = rows[i].suspended;
        k->cidrs = sv_from(rows[i].cidrs);
        for (unsigned again = 0; again < 2; again++) { /* by the store, by the cache */
            CHECK_INT(rows[i].row, enter_at(sv_from(rows[i].key), rows[i].from, 0), rows[i].want);
            CHECK_INT(rows[i].row, err.status, rows[i].want);
            CHECK(rows[i].row, (caller.key_id != 0) == (rows[i].want == STATUS_OK));
        }
        CHECK(rows[i].row, fake_questions <= 1);
        end();
    }
}

static void test_key_length(void)
{
    char text[GATE_KEY_TEXT_MAX + 2];
    begin();
    memset(text, 'k', sizeof text);
    text[GATE_KEY_TEXT_MAX] = '\0';
    fake_add(text);
    CHECK_INT("as long as may be", enter(text, 0), STATUS_OK);
    CHECK_INT("one longer", enter_at((struct sv){text, GATE_KEY_TEXT_MAX + 1}, HOME, 0), STATUS_DENIED);
    CHECK_INT("empty", enter("", 0), STATUS_DENIED);
    CHECK_INT("absent", enter(NULL, 0), STATUS_DENIED);
    CHECK_INT("only the first was looked up", fake_questions, 1);
    end();
}

/* The cache: 4 s or a generation. */

static void test_cache_age(void)
{
    begin();
    fake_add("right");
    CHECK_INT("looked up", enter("right", 0), STATUS_OK);
    CHECK_INT("cached", enter("right", 4 * SECOND - 1), STATUS_OK);
    CHECK_INT("one question", fake_questions, 1);
    CHECK_INT("4 s old", enter("right", 4 * SECOND), STATUS_OK);
    CHECK_INT("asked again", fake_questions, 2);
    CHECK_INT("wrong", enter("wrong", 4 * SECOND), STATUS_DENIED);
    CHECK_INT("wrong again", enter("wrong", 8 * SECOND - 1), STATUS_DENIED);
    CHECK_INT("asked once", fake_questions, 3);
    CHECK_INT("wrong, 4 s old", enter("wrong", 8 * SECOND), STATUS_DENIED);
    CHECK_INT("asked again", fake_questions, 4);
    end();
}

static void test_generation(void)
{
    begin();
    struct store_key *k = fake_add("right");
    CHECK_INT("valid", enter("right", 0), STATUS_OK);
    CHECK_INT("a key not made yet", enter("new", 0), STATUS_DENIED);
    k->revoked_at = NOW;
    fake_add("new");
    CHECK_INT("nobody said so", enter("right", 1), STATUS_OK);
    CHECK_INT("nobody said so", enter("new", 1), STATUS_DENIED);
    gate_generation_bump(shared);
    CHECK_INT("revoked at once", enter("right", 1), STATUS_DENIED);
    CHECK_STR("why", err.text, "revoked key");
    CHECK_INT("valid at once", enter("new", 1), STATUS_OK);
    fake_n = 0; /* the rows are gone */
    gate_generation_bump(shared);
    CHECK_INT("gone at once", enter("right", 2), STATUS_DENIED);
    CHECK_STR("why", err.text, "unknown key");
    CHECK_INT("gone at once", enter("new", 2), STATUS_DENIED);
    end();
}

/* The row was read, then changed, then the generation moved: what we cache is of
 * the generation before, and asked for again. */
static void revoke_behind_our_back(void)
{
    fake_keys[0].row.revoked_at = NOW;
    gate_generation_bump(shared);
    fake_while_asked = NULL;
}

static void test_changed_while_reading(void)
{
    begin();
    fake_add("right");
    fake_while_asked = revoke_behind_our_back;
    CHECK_INT("as it was when read", enter("right", 0), STATUS_OK);
    CHECK_INT("not kept", enter("right", 0), STATUS_DENIED);
    CHECK_INT("asked twice", fake_questions, 2);
    end();
}

static int other_process(void *arg)
{
    (void)arg;
    gate_generation_bump(shared);
    return 0;
}

static void test_bumped_elsewhere(void)
{
    begin();
    struct store_key *k = fake_add("right");
    CHECK_INT("valid", enter("right", 0), STATUS_OK);
    k->partner_suspended = true;
    CHECK_INT("another process says so", test_wait(test_fork(other_process, NULL)), 0);
    CHECK_INT("in force", enter("right", 0), STATUS_DENIED);
    end();
}

/* More keys than the cache holds: all are let in, each as itself. */
static void test_many_keys(void)
{
    static char codes[1000][32];
    char key[32];
    begin();
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "key-%u", i);
        snprintf(codes[i], sizeof codes[i], "PARTNER-%u", i);
        fake_add(key)->partner_code = sv_from(codes[i]);
    }
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 1000; i++) {
            snprintf(key, sizeof key, "key-%u", i);
            CHECK_INT(key, enter(key, 0), STATUS_OK);
            check_sv(key, caller.partner_code, codes[i]);
        }
    unsigned before = fake_questions;
    for (unsigned i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "key-%u", 999 - i % 4);
        CHECK_INT(key, enter(key, 0), STATUS_OK);
    }
    CHECK_INT("the latest are cached", fake_questions, before);
    end();
}

static void test_many_wrong_keys(void)
{
    char key[32], from[32];
    begin();
    fake_add("right");
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "wrong-%u", i);
        snprintf(from, sizeof from, "10.7.%u.%u", i / 50, i % 50);
        CHECK_INT("wrong", enter_at(sv_from(key), from, 0), STATUS_DENIED);
    }
    CHECK_INT("each asked once", fake_questions, 5000);
    CHECK_INT("the latest is remembered", enter("wrong-4999", 0), STATUS_DENIED);
    CHECK_INT("not asked", fake_questions, 5000);
    CHECK_INT("an old one is asked", enter("wrong-0", 0), STATUS_DENIED);
    CHECK_INT("asked", fake_questions, 5001);
    CHECK_INT("the right one", enter("right", 0), STATUS_OK);
    end();
}

/* Guessing */

static void test_guessing(void)
{
    static const char *const from = "203.0.113.5";
    char key[32];
    begin();
    fake_add("right");
    for (unsigned i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "guess-%u", i % 7); /* remembered ones count, too */
        CHECK_INT(key, enter_at(sv_from(key), from, i * 1000), STATUS_DENIED);
        CHECK_INT(key, retry, 0);
    }
    CHECK_INT("the 101st", enter_at(SV("guess"), from, SECOND), STATUS_LIMITED);
    CHECK_INT("said", err.status, STATUS_LIMITED);
    CHECK_INT("until the oldest leaves", retry, 59);
    CHECK_INT("empty is a guess", enter_at(SV(""), from, SECOND), STATUS_LIMITED);
    CHECK_INT("a right key is let in", enter_at(SV("right"), from, SECOND), STATUS_OK);
    CHECK_INT("no key is no guess", enter_at(SV_NONE, from, SECOND), STATUS_DENIED);
    CHECK_INT("nothing to wait for", retry, 0);
    CHECK_INT("from elsewhere", enter_at(SV("guess"), "203.0.113.6", SECOND), STATUS_DENIED);
    CHECK_INT("just before", enter_at(SV("guess"), from, 60 * SECOND - 1), STATUS_LIMITED);
    CHECK_INT("one second", retry, 1);
    CHECK_INT("the first has left", enter_at(SV("guess"), from, 60 * SECOND), STATUS_DENIED);
    CHECK_INT("only one has", enter_at(SV("guess"), from, 60 * SECOND), STATUS_LIMITED);
    end();
}

/* A request that waited long for a worker: its budget began before, but it is counted now. */
static void test_late_guesses(void)
{
    const char *from = "203.0.113.40";
    struct gate_times times = {NOW, T0 + 141 * SECOND, T0 + 200 * SECOND};
    begin();
    for (unsigned i = 0; i < 100; i++)
        CHECK_INT("a guess", gate_enter(gate, SV("late"), sv_from(from), &times, &caller, &retry, NULL), STATUS_DENIED);
    CHECK_INT("the budget began before", fake_budget_from, T0 + 141 * SECOND);
    times.admit_us += 30 * SECOND;
    times.budget_us += 89 * SECOND;
    CHECK_INT("30 s later", gate_enter(gate, SV("late"), sv_from(from), &times, &caller, &retry, NULL), STATUS_LIMITED);
    CHECK_INT("for another 30", retry, 30);
    end();
}

static void test_what_is_no_guess(void)
{
    begin();
    fake_add("right");
    for (unsigned i = 0; i < 300; i++) {
        CHECK_INT("no key", enter_at(SV_NONE, "203.0.113.20", 0), STATUS_DENIED);
        CHECK_INT("right", enter_at(SV("right"), "203.0.113.20", 0), STATUS_OK);
    }
    CHECK_INT("the first guess", enter_at(SV("wrong"), "203.0.113.20", 0), STATUS_DENIED);
    end();
}

/* Known keys that may not enter count as wrong ones. */
static void test_refused_keys_count(void)
{
    begin();
    fake_add("old")->revoked_at = NOW;
    for (unsigned i = 0; i < 100; i++)
        CHECK_INT("revoked", enter_at(SV("old"), "203.0.113.30", 0), STATUS_DENIED);
    CHECK_INT("limited", enter_at(SV("old"), "203.0.113.30", 0), STATUS_LIMITED);
    end();
}

static void test_unreadable_addresses_are_one(void)
{
    begin();
    for (unsigned i = 0; i < 100; i++)
        CHECK_INT("unix:", enter_at(SV("wrong"), "unix:", 120 * SECOND), STATUS_DENIED);
    CHECK_INT("absent", enter_at(SV("wrong"), NULL, 120 * SECOND), STATUS_LIMITED);
    end();
}

/* The database */

static void test_database_away(void)
{
    begin();
    fake_add("right");
    fake_add("other");
    CHECK_INT("cached", enter("right", 0), STATUS_OK);
    fake_status = STATUS_UNAVAILABLE;
    int64_t before = test_mono();
    CHECK_INT("finds out", enter("other", SECOND), STATUS_UNAVAILABLE);
    int64_t after = test_mono();
    CHECK_INT("said", err.status, STATUS_UNAVAILABLE);
    CHECK("breaker is open", gate_breaker_open(shared));
    CHECK_INT("at once", enter("other", SECOND + 1), STATUS_UNAVAILABLE);
    CHECK_INT("said", err.status, STATUS_UNAVAILABLE);
    CHECK_INT("wrong keys, too", enter("wrong", 2 * SECOND), STATUS_UNAVAILABLE);
    CHECK_INT("fresh ones enter", enter("right", 3 * SECOND), STATUS_OK);
    CHECK_INT("stale ones do not", enter("right", 5 * SECOND), STATUS_UNAVAILABLE);
    CHECK_INT("however long", enter("other", 500 * SECOND), STATUS_UNAVAILABLE);
    CHECK_INT("all without asking", fake_questions, 2);
    /* The pause runs from when the wait ended, not from the request's arrival. */
    CHECK("no probe yet", !gate_breaker_allow(shared, before + GATE_PROBE_US - 1));
    CHECK("then one", gate_breaker_allow(shared, after + GATE_PROBE_US));
    fake_status = STATUS_OK;
    gate_breaker_ok(shared);
    CHECK_INT("it is back", enter("other", 500 * SECOND), STATUS_OK);
    CHECK_INT("all is well", enter("right", 500 * SECOND), STATUS_OK);
    end();
}

/* A question that was cut short says nothing about the server. */
static void test_one_question_cut_short(void)
{
    begin();
    fake_add("right");
    fake_status = STATUS_UNAVAILABLE;
    fake_lost = false;
    CHECK_INT("this one", enter("right", 0), STATUS_UNAVAILABLE);
    CHECK("the others go on", !gate_breaker_open(shared));
    fake_status = STATUS_OK;
    CHECK_INT("again", enter("right", 0), STATUS_OK);
    end();
}

static void fail_meanwhile(void)
{
    gate_breaker_fail(shared, T0);
}

/* Someone else gave up on the database while it answered us; not knowing a key is an answer, too. */
static void test_an_answer_closes_the_breaker(void)
{
    begin();
    fake_add("right");
    fake_while_asked = fail_meanwhile;
    CHECK_INT("unknown", enter("wrong", 0), STATUS_DENIED);
    CHECK("closed", !gate_breaker_open(shared));
    CHECK_INT("known", enter("right", 0), STATUS_OK);
    CHECK("closed", !gate_breaker_open(shared));
    end();
}

static void test_other_failures(void)
{
    static const enum status kinds[] = {STATUS_CONFIG, STATUS_NO_MEMORY, STATUS_INTERNAL};
    for (unsigned i = 0; i < SUITE_N(kinds); i++) {
        const char *row = status_name(kinds[i]);
        begin();
        fake_add("right");
        fake_status = kinds[i];
        CHECK_INT(row, enter("right", 0), kinds[i]);
        CHECK_INT(row, err.status, kinds[i]);
        CHECK(row, !gate_breaker_open(shared));
        fake_status = STATUS_OK;
        CHECK_INT(row, enter("right", 0), STATUS_OK);
        end();
    }
}

static void test_no_err_wanted(void)
{
    const struct gate_times times = {NOW, T0, T0};
    begin();
    fake_add("right");
    CHECK_INT("wrong", gate_enter(gate, SV("wrong"), SV(HOME), &times, &caller, &retry, NULL), STATUS_DENIED);
    CHECK_INT("none", gate_enter(gate, SV_NONE, SV(HOME), &times, &caller, &retry, NULL), STATUS_DENIED);
    CHECK_INT("right", gate_enter(gate, SV("right"), SV(HOME), &times, &caller, &retry, NULL), STATUS_OK);
    end();
}

/* A row whose texts are larger than any partner's may be: refused, not cut. */
static void test_oversized_row(void)
{
    static char huge[12289], ranges[2048];
    begin();
    memset(huge, 'x', sizeof huge);
    fake_add("right")->partner_webhook_url = (struct sv){huge, sizeof huge};
    CHECK_INT("texts", enter("right", 0), STATUS_TOO_LARGE);
    CHECK_INT("not kept", enter("right", 0), STATUS_TOO_LARGE);
    fake_keys[0].row.partner_webhook_url = (struct sv){huge, 2048 * 4};
    fake_keys[0].row.partner_webhook_hosts = (struct sv){huge, STORE_HOSTS_TEXT_MAX};
    for (unsigned i = 0; i + 4 <= STORE_CIDRS_TEXT_MAX; i += 4)
        memcpy(ranges + i, "::1 ", 4);
    fake_keys[0].row.cidrs = (struct sv){ranges, STORE_CIDRS_TEXT_MAX / 4 * 4};
    CHECK_INT("the most there may be", enter_at(SV("right"), "::1", 0), STATUS_OK);
    CHECK_INT("its URL", caller.webhook_url.n, 2048 * 4);
    CHECK_INT("its hosts", caller.webhook_hosts.n, STORE_HOSTS_TEXT_MAX);
    end();
}

/* Limits */

static void test_admit(void)
{
    struct gate_verdict v;
    unsigned admitted[STORE_CLASS__MAX] = {0};
    begin();
    fake_add("right")->id = 900;
    fake_add("second")->id = 901;
    CHECK_INT("enters", enter("right", 0), STATUS_OK);
    for (unsigned i = 0; i < 600; i++)
        for (unsigned c = 0; c < STORE_CLASS__MAX; c++) {
            CHECK_INT("asks", gate_admit(gate, &caller, (enum store_class)c, T0, &v), STATUS_OK);
            admitted[c] += v.admitted;
        }
    CHECK_INT("creates", admitted[STORE_CLASS_CREATE], 100);
    CHECK_INT("reads", admitted[STORE_CLASS_READ], 500);
    CHECK_INT("updates", admitted[STORE_CLASS_UPDATE], 200);
    CHECK_INT("another key", enter("second", 0), STATUS_OK);
    CHECK_INT("asks", gate_admit(gate, &caller, STORE_CLASS_CREATE, T0, &v), STATUS_OK);
    CHECK_INT("has its own", v.remaining, 99);
    caller.limit[STORE_CLASS_READ] = 0;
    CHECK_INT("asks", gate_admit(gate, &caller, STORE_CLASS_READ, T0, &v), STATUS_OK);
    CHECK("unlimited", v.admitted && v.limit == 0);
    end();
}

/* Memory */

static unsigned allocations, refuse_at;

static int count_or_refuse(size_t n)
{
    (void)n;
    return ++allocations != refuse_at;
}

static void test_no_memory(void)
{
    enum status s = STATUS_NO_MEMORY;
    for (refuse_at = 1; s != STATUS_OK && refuse_at < 100; refuse_at++) {
        fake_reset();
        struct store_key *k = fake_add("right");
        k->cidrs = SV("192.0.2.0/24 10.0.0.0/8");
        k->partner_webhook_url = SV("https://example.com/");
        allocations = 0;
        arena_alloc_hook = count_or_refuse;
        s = gate_new(NULL, shared, &gate);
        if (s == STATUS_OK)
            s = enter("right", 0);
        arena_alloc_hook = NULL;
        CHECK("all or nothing", s == STATUS_OK || s == STATUS_NO_MEMORY);
        if (gate)
            CHECK_INT("the next one enters", enter("right", 0), STATUS_OK);
        end();
    }
    CHECK_INT("in the end", s, STATUS_OK);
    CHECK("some were refused", refuse_at > 4);
}

void init_gate_tests(void)
{
    static const struct suite_test tests[] = {
        {"a right key", test_a_right_key},
        {"judgement", test_judgement},
        {"key length", test_key_length},
        {"cache age", test_cache_age},
        {"generation", test_generation},
        {"changed while reading", test_changed_while_reading},
        {"bumped elsewhere", test_bumped_elsewhere},
        {"many keys", test_many_keys},
        {"many wrong keys", test_many_wrong_keys},
        {"guessing", test_guessing},
        {"late guesses", test_late_guesses},
        {"what is no guess", test_what_is_no_guess},
        {"refused keys count", test_refused_keys_count},
        {"unreadable addresses are one", test_unreadable_addresses_are_one},
        {"database away", test_database_away},
        {"one question cut short", test_one_question_cut_short},
        {"an answer closes the breaker", test_an_answer_closes_the_breaker},
        {"other failures", test_other_failures},
        {"no err wanted", test_no_err_wanted},
        {"oversized row", test_oversized_row},
        {"admit", test_admit},
        {"no memory", test_no_memory},
    };
    suite_add("gate gate", set_up, tear_down, tests, SUITE_N(tests));
}
