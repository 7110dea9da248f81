#include "send/clerk.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "send/fake_store.h"
#include "send/suites.h"

#define SECOND CLOCK_SECOND
#define SOON 3000 /* [ms] far longer than it takes */
#define HEARD_MAX 2000

static struct clerk *clerk;
static struct store *claims, *outcomes;
static struct err err;
static struct clerk_result *heard[HEARD_MAX];
static unsigned n_heard;

static int set_up(void)
{
    err_init(&err);
    fake_reset();
    return store_new(NULL, STORE_SENDER, &claims, &err) != STATUS_OK ||
           store_new(NULL, STORE_SENDER, &outcomes, &err) != STATUS_OK;
}

static void start(void)
{
    struct clerk_options o = {.claims = claims,
                              .outcomes = outcomes,
                              .lease_us = 60 * SECOND,
                              .hold_us = 3600 * SECOND,
                              .age_us = 4 * SECOND};
    if (clerk_start(&o, &clerk, &err) != STATUS_OK)
        abort();
}

static void finish(void)
{
    clerk_end(&clerk);
    for (unsigned i = 0; i < n_heard; i++) {
        for (struct pool_job *j = heard[i]->claimed.jobs, *next; j; j = next) {
            next = j->next;
            struct send_job *job = job_of(j);
            job_free(&job);
        }
        clerk_result_free(&heard[i]);
    }
    n_heard = 0;
    fake_reset();
}

static void hear(void)
{
    for (struct clerk_result *r = clerk_take(clerk); r && n_heard < HEARD_MAX; r = r->next)
        heard[n_heard++] = r;
}

static unsigned count(enum clerk_what what)
{
    unsigned n = 0;
    for (unsigned i = 0; i < n_heard; i++)
        n += heard[i]->what == what;
    return n;
}

/* The n-th of its kind, from 1; NULL if it does not come. */
static struct clerk_result *wait_for(enum clerk_what what, unsigned n)
{
    int64_t until = clock_mono_us() + SOON * INT64_C(1000);
    for (hear(); count(what) < n && clock_mono_us() < until; hear()) {
        struct pollfd p = {.fd = clerk_fd(clerk), .events = POLLIN};
        poll(&p, 1, 100);
    }
    for (unsigned i = 0; i < n_heard; i++)
        if (heard[i]->what == what && --n == 0)
            return heard[i];
    return NULL;
}

static bool wait_settled(void)
{
    int64_t until = clock_mono_us() + SOON * INT64_C(1000);
    while (clerk_unsettled(clerk) > 0 && clock_mono_us() < until)
        usleep(2000);
    return clerk_unsettled(clerk) == 0;
}

static void set(enum status *what, enum status s, bool lost)
{
    fake_lock();
    *what = s;
    fake.lost = lost;
    fake_unlock();
}

static void slow(int64_t us)
{
    fake_lock();
    fake.slow_us = us;
    fake_unlock();
}

static unsigned number(const unsigned *n)
{
    fake_lock();
    unsigned v = *n;
    fake_unlock();
    return v;
}

static struct clerk_outcome *outcome(uint64_t id, enum store_hook_verdict v)
{
    struct clerk_outcome *o = calloc(1, sizeof *o);
    if (!o)
        abort();
    o->outcome.id = id;
    o->outcome.verdict = v;
    fake_lock();
    memcpy(o->outcome.token, fake.jobs[id - 1].token, sizeof o->outcome.token);
    fake_unlock();
    return o;
}

static void claim(uint64_t receiver, unsigned want)
{
    clerk_claim(clerk, &(struct pool_order){receiver, want, true, 0});
}

/* n jobs, leased by nobody in particular. */
static void leased_jobs(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        fake_add(7, 1, i, "http://127.0.0.1/")->is_leased = true;
}

static void test_looks(void)
{
    fake_add(9, 1, 1, "http://127.0.0.1/");
    fake_add(7, 1, 2, "http://127.0.0.1/");
    int64_t began = clock_mono_us();
    start();
    struct clerk_result *due = wait_for(CLERK_DUE, 1), *looked = wait_for(CLERK_LOOKED, 1);
    CHECK("at once", due && looked && clock_mono_us() - began < SECOND / 2);
    CHECK_INT("two receivers", due->n, 2);
    CHECK_INT("in order", due->due[0].receiver, 7);
    CHECK("its clock, a year ahead", llabs(looked->db_us - clock_wall_us() - 365 * 86400 * SECOND) < SECOND);
    CHECK_INT("the first", looked->look, 1);
    looked = wait_for(CLERK_LOOKED, 2);
    CHECK("a second later", looked && clock_mono_us() - began >= SECOND && clock_mono_us() - began < 2 * SECOND);
    uint64_t wanted = clerk_look(clerk);
    CHECK_INT("the third", wanted, 3);
    CHECK("by request at once", wait_for(CLERK_LOOKED, 3) && clock_mono_us() - began < 2 * SECOND);
    finish();
}

/* 100 ms of a second is what looks may take: they come less often when they are slow. */
static void test_slow_looks(void)
{
    slow(200000);
    start();
    wait_for(CLERK_LOOKED, 1);
    usleep(1500000);
    hear();
    CHECK_INT("not yet", count(CLERK_LOOKED), 1);
    CHECK("in two seconds", wait_for(CLERK_LOOKED, 2));
    finish();
}

static void test_claim(void)
{
    for (unsigned i = 0; i < 5; i++)
        fake_add(7, 1, i, "http://127.0.0.1/%u", i)->attempts = i;
    start();
    int64_t before = job_boot_us();
    claim(7, 4);
    struct clerk_result *r = wait_for(CLERK_CLAIMED, 1);
    CHECK("claimed", r && r->receiver == 7 && r->claimed.more && r->claimed.partner_id == 1);
    unsigned n = 0;
    for (struct pool_job *j = r->claimed.jobs; j; j = j->next, n++) {
        struct send_job *job = job_of(j);
        CHECK_INT("in order", job->hook.id, n + 1);
        CHECK("its URL", sv_is(job->hook.url, fake.jobs[n].url));
        CHECK("its body", sv_is(job->hook.body, fake.jobs[n].body));
        CHECK("its secret", sv_is(job->hook.secret, fake.jobs[n].secret));
        CHECK("no other", !job->hook.previous_secret.p && !job->hook.hosts.p);
        CHECK_INT("tried", j->is_retry, n > 0);
        CHECK("its size", j->bytes > job->hook.body.n);
        CHECK("its lease", job->lease_end >= before + 60 * SECOND && job->lease_end <= job_boot_us() + 60 * SECOND);
        CHECK("its token", memcmp(job->token, fake.jobs[n].token, sizeof job->token) == 0);
    }
    CHECK_INT("four", n, 4);
    finish();
}

static void test_groups(void)
{
    leased_jobs(300);
    start();
    wait_for(CLERK_LOOKED, 1);
    slow(30000);
    for (unsigned i = 1; i <= 300; i++)
        clerk_settle(clerk, outcome(i, STORE_HOOK_DELIVERED));
    CHECK("all", wait_settled());
    CHECK("few transactions", fake.finishes <= 5);
    CHECK_INT("all recorded", fake_count(FAKE_DELIVERED), 300);
    finish();
    leased_jobs(1200);
    slow(30000);
    start();
    struct clerk_outcome *list = NULL;
    for (unsigned i = 1; i <= 1200; i++) {
        struct clerk_outcome *o = outcome(i, STORE_HOOK_DELIVERED);
        o->next = list;
        list = o;
    }
    clerk_settle(clerk, list);
    CHECK("all", wait_settled());
    CHECK_INT("bounded", fake.most_outcomes, STORE_HOOK_OUTCOMES_MAX);
    CHECK_INT("three", fake.finishes, 3);
    CHECK_INT("all recorded", fake_count(FAKE_DELIVERED), 1200);
    finish();
}

/* One at once, those that follow on its heels together. */
static void test_apart(void)
{
    leased_jobs(60);
    start();
    wait_for(CLERK_LOOKED, 1);
    int64_t began = clock_mono_us();
    clerk_settle(clerk, outcome(1, STORE_HOOK_DELIVERED));
    CHECK("the first", wait_settled());
    for (unsigned i = 2; i <= 60; i++) {
        clerk_settle(clerk, outcome(i, STORE_HOOK_DELIVERED));
        usleep(1000);
    }
    CHECK("all", wait_settled());
    int64_t took = clock_mono_us() - began;
    CHECK("not one by one", number(&fake.finishes) <= 2 + took / CLERK_SETTLE_US);
    CHECK_INT("all recorded", fake_count(FAKE_DELIVERED), 60);
    finish();
}

/* A claim does not wait for outcomes, nor outcomes for a claim. */
static void test_side_by_side(void)
{
    leased_jobs(3);
    start();
    wait_for(CLERK_LOOKED, 1);
    slow(300000);
    int64_t began = clock_mono_us();
    struct clerk_outcome *o = outcome(1, STORE_HOOK_DELIVERED);
    o->confirm = true;
    o->told.receiver = 77;
    clerk_settle(clerk, o);
    claim(7, 1);
    struct clerk_result *claimed = wait_for(CLERK_CLAIMED, 1), *settled = wait_for(CLERK_SETTLED, 1);
    CHECK("both", claimed && settled && settled->receiver == 77);
    CHECK("in the time of one", clock_mono_us() - began < 550000);
    finish();
}

static void test_away(void)
{
    leased_jobs(2);
    start();
    wait_for(CLERK_LOOKED, 1);
    set(&fake.finish, STATUS_UNAVAILABLE, true);
    set(&fake.claim, STATUS_UNAVAILABLE, true);
    clerk_settle(clerk, outcome(1, STORE_HOOK_DELIVERED));
    CHECK("it is said", wait_for(CLERK_AWAY, 1));
    clerk_settle(clerk, outcome(2, STORE_HOOK_DELIVERED));
    claim(8, 1);
    usleep(1300000);
    hear();
    CHECK_INT("once", count(CLERK_AWAY), 1);
    CHECK_INT("nothing is lost", clerk_unsettled(clerk), 2);
    CHECK_INT("nothing is claimed", count(CLERK_CLAIMED) + count(CLERK_UNCLAIMED), 0);
    CHECK("it is left alone", number(&fake.finishes) <= 3);
    set(&fake.claim, STATUS_OK, false);
    set(&fake.finish, STATUS_OK, false);
    CHECK("that too", wait_for(CLERK_BACK, 1));
    CHECK("the claim waited", wait_for(CLERK_CLAIMED, 1));
    CHECK("all recorded", wait_settled() && fake_count(FAKE_DELIVERED) == 2);
    finish();
}

/* A COMMIT that was lost is repeated with its token; what changed nothing begins anew. */
static void test_tokens(void)
{
    fake_add(7, 1, 1, "http://127.0.0.1/");
    start();
    wait_for(CLERK_LOOKED, 1);
    set(&fake.claim, STATUS_UNCERTAIN, false);
    claim(7, 1);
    while (number(&fake.claims) < 2)
        usleep(1000);
    set(&fake.claim, STATUS_UNAVAILABLE, false);
    /* Only its own rows keep it from being claimed: it does not stand in the others' way. */
    CHECK("given up", wait_for(CLERK_UNCLAIMED, 1));
    set(&fake.claim, STATUS_OK, false);
    claim(7, 1);
    CHECK("claimed", wait_for(CLERK_CLAIMED, 1));
    CHECK("the same", memcmp(fake.tokens[0], fake.tokens[1], sizeof fake.tokens[0]) == 0);
    CHECK("another", memcmp(fake.tokens[0], fake.jobs[0].token, sizeof fake.tokens[0]) != 0);
    CHECK_INT("not away for that", count(CLERK_AWAY), 0);
    finish();
}

static void test_poison(void)
{
    leased_jobs(20);
    fake.poison = 13;
    start();
    struct clerk_outcome *list = NULL;
    for (unsigned i = 1; i <= 20; i++) {
        struct clerk_outcome *o = outcome(i, STORE_HOOK_DELIVERED);
        o->next = list;
        list = o;
    }
    clerk_settle(clerk, list);
    CHECK("all", wait_settled());
    CHECK("it is said", wait_for(CLERK_LOST, 1));
    CHECK_INT("one", count(CLERK_LOST), 1);
    CHECK_INT("the others are recorded", fake_count(FAKE_DELIVERED), 19);
    finish();
}

static void test_unfit(void)
{
    start();
    wait_for(CLERK_LOOKED, 1);
    set(&fake.claim, STATUS_INTERNAL, false);
    claim(7, 1);
    struct clerk_result *r = wait_for(CLERK_UNCLAIMED, 1);
    CHECK("this one fails", r && r->receiver == 7 && r->status == STATUS_INTERNAL);
    set(&fake.claim, STATUS_CONFIG, false);
    claim(7, 1);
    r = wait_for(CLERK_UNFIT, 1);
    CHECK("for good", r && r->status == STATUS_CONFIG);
    unsigned n = number(&fake.claims) + number(&fake.looks);
    claim(8, 1);
    usleep(1200000);
    CHECK_INT("nothing more", number(&fake.claims) + number(&fake.looks), n);
    clerk_wind_down(clerk);
    CHECK("forgotten", wait_for(CLERK_UNCLAIMED, 2));
    finish();
}

static void test_wind_down(void)
{
    leased_jobs(1);
    slow(50000);
    start();
    usleep(10000);
    claim(7, 1);
    claim(8, 1);
    clerk_settle(clerk, outcome(1, STORE_HOOK_DELIVERED));
    clerk_wind_down(clerk);
    struct clerk_result *r = wait_for(CLERK_UNCLAIMED, 2);
    CHECK("both", r && r->status == STATUS_CONFLICT && r->receiver == 8);
    CHECK("outcomes are recorded all the same", wait_settled() && fake_count(FAKE_DELIVERED) == 1);
    usleep(1200000);
    CHECK_INT("no claim", number(&fake.claims), 0);
    CHECK_INT("no other look", number(&fake.looks), 1);
    finish();
}

static struct clerk_outcome *telling(uint64_t id, uint64_t receiver, uint32_t failures, bool succeeded, int64_t until)
{
    struct clerk_outcome *o = outcome(id, succeeded ? STORE_HOOK_DELIVERED : STORE_HOOK_RETRY);
    o->tells = true;
    o->told = (struct store_hook_told){
        .receiver = receiver, .partner_id = 3, .failures = failures, .succeeded = succeeded, .failed = !succeeded};
    o->paused_until = until;
    return o;
}

static void test_told(void)
{
    leased_jobs(5);
    slow(50000);
    start();
    clerk_settle(clerk, outcome(5, STORE_HOOK_DELIVERED));
    usleep(10000);
    int64_t now = clock_mono_us();
    clerk_settle(clerk, telling(1, 7, 0, true, 0));
    clerk_settle(clerk, telling(2, 7, 5, false, now + 8 * SECOND));
    clerk_settle(clerk, telling(3, 8, 1, false, 0));
    clerk_settle(clerk, telling(4, 9, 6, false, now - SECOND));
    CHECK("all", wait_settled());
    CHECK_INT("in one, after the first", fake.finishes, 2);
    const struct store_hook_told *t = &fake_receiver(7)->told;
    CHECK("both", t->succeeded && t->failed && t->partner_id == 3);
    CHECK_INT("the newest", t->failures, 5);
    CHECK("what is left of the pause", t->pause_us > 7 * SECOND && t->pause_us <= 8 * SECOND);
    CHECK("not paused", fake_receiver(8)->told.pause_us == 0 && !fake_receiver(8)->told.succeeded);
    CHECK_INT("over, but paused", fake_receiver(9)->told.pause_us, 1);
    finish();
}

static void test_expire(void)
{
    leased_jobs(1);
    fake.expire = STORE_HOOK_EXPIRE_MAX + 3;
    start();
    struct clerk_outcome *o = telling(1, 7, 6, false, clock_mono_us() + SECOND);
    o->expire = true;
    clerk_settle(clerk, o);
    struct clerk_result *r = wait_for(CLERK_EXPIRED, 2);
    CHECK("the rest", r && r->receiver == 7 && r->n == 3);
    CHECK_INT("two calls", fake.expires, 2);
    CHECK_INT("older than that", fake.age_us, 4 * SECOND);
    finish();
}

/* Nobody waits for it: neither for what it is doing nor for what it holds. */
static void test_end(void)
{
    for (unsigned i = 0; i < 3; i++)
        fake_add(7, 1, i, "http://127.0.0.1/");
    start();
    claim(7, 3);
    while (number(&fake.claims) == 0)
        usleep(1000);
    clerk_settle(clerk, outcome(1, STORE_HOOK_DELIVERED));
    finish(); /* jobs in results that were not taken: the sanitizer sees them freed */
    CHECK("NULL is fine", (clerk_end(&clerk), !clerk));
}

void init_clerk_tests(void)
{
    static const struct suite_test tests[] = {
        {"looks", test_looks},
        {"slow looks", test_slow_looks},
        {"claims", test_claim},
        {"groups outcomes", test_groups},
        {"outcomes a little apart", test_apart},
        {"claims and outcomes side by side", test_side_by_side},
        {"the database is away", test_away},
        {"tokens", test_tokens},
        {"one outcome that cannot be recorded", test_poison},
        {"waiting cannot help", test_unfit},
        {"winds down", test_wind_down},
        {"what is told of receivers", test_told},
        {"gives up what is too old", test_expire},
        {"its end", test_end},
    };
    suite_add("send: clerk", set_up, NULL, tests, SUITE_N(tests));
}
