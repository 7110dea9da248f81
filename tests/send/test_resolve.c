#include "send/resolve.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "send/fake_dns.h"
#include "send/suites.h"

#define SOON_MS 5000
#define MANY 10100u /* names, more than are kept */

static struct net_url_rules rules; /* the fake's documentation addresses */

static struct resolver *resolver(const struct net_url_rules *of)
{
    struct resolver *r = NULL;
    struct err err;
    err_init(&err);
    fake_dns_reset();
    CHECK_INT(err.text, resolver_new(of, &r, &err), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    return r;
}

static bool is_readable(const struct resolver *r, int ms)
{
    struct pollfd fd = {.fd = resolver_fd(r), .events = POLLIN};
    return poll(&fd, 1, ms) == 1;
}

static bool next_soon(struct resolver *r, void **ctx, struct resolve_answer *a)
{
    return is_readable(r, SOON_MS) && resolver_next(r, ctx, a);
}

/* Whether it is asked for, not known at once. */
static bool asked(struct resolver *r, const char *host, uint32_t partner, void *ctx, struct resolve_answer *a)
{
    memset(a, 0x5A, sizeof *a);
    return !resolver_ask(r, sv_from(host), partner, clock_mono_us(), ctx, a);
}

static void answer(struct resolver *r, const char *host, struct resolve_answer *a)
{
    int here;
    void *ctx = NULL;
    if (!asked(r, host, 1, &here, a))
        return;
    CHECK(host, next_soon(r, &ctx, a));
    CHECK(host, ctx == &here);
}

static void check_addrs(const char *row, const struct resolve_answer *a, const char *want)
{
    char got[512] = "", text[NET_ADDR_TEXT_MAX];
    size_t n = 0;
    for (unsigned i = 0; i < a->n; i++) {
        net_addr_text(&a->addrs[i], text);
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%s", i ? " " : "", text);
    }
    CHECK_STR(row, got, want);
}

/* --- answers --- */

static void test_answers(void)
{
    static const char bad[] = "its name has an address that is not allowed";
    static const struct {
        const char *host, *addrs, *why;
        bool forbidden;
    } rows[] = {
        {"a.ok.fake", "192.0.2.1 192.0.2.2", "", false},
        {"A.OK.Fake", "192.0.2.1 192.0.2.2", "", false},
        {"a.twice.fake", "192.0.2.1", "", false},
        {"a.many.fake", "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8", "", false},
        {"a.loopback.fake", "", bad, true},
        {"a.both.fake", "", bad, true},
        {"a.mixed.fake", "", bad, true},
        {"a.mapped.fake", "", bad, true},
        {"a.unix.fake", "", bad, true},
        {"a.nowhere.fake", "", "its name has no address", false},
        {"a.err2.fake", "", "its name has no address", false},
        {"a.err5.fake", "", "its name has no address", false},
        {"a.err3.fake", "", "no name server answers for its name", false},
        {"a.err4.fake", "", "the name server fails for its name", false},
        {"a.err11.fake", "", "its name could not be looked up", false},
    };
    struct resolver *r = resolver(&rules);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct resolve_answer a;
        answer(r, rows[i].host, &a);
        check_addrs(rows[i].host, &a, rows[i].addrs);
        CHECK_STR(rows[i].host, a.why, rows[i].why);
        CHECK_INT(rows[i].host, a.forbidden, rows[i].forbidden);
    }
    CHECK_INT("both families, whatever this host has", fake_dns_bad_hints(), 0);
    resolver_free(&r);
    CU_ASSERT_PTR_NULL(r);
    resolver_free(&r);
}

/* One of two families is allowed: that is not enough. */
static void test_one_family(void)
{
    static const char *const v4[] = {"127.0.0.0/8"}, *const all[] = {"127.0.0.0/8", "::1"};
    struct net_url_rules half, whole;
    struct resolve_answer a;
    CU_ASSERT_PTR_NULL_FATAL(net_url_rules_set(&half, true, SV("any"), v4, 1));
    CU_ASSERT_PTR_NULL_FATAL(net_url_rules_set(&whole, true, SV("any"), all, 2));
    struct resolver *r = resolver(&half);
    answer(r, "a.both.fake", &a);
    CHECK("one family", a.forbidden && a.n == 0);
    resolver_free(&r);
    r = resolver(&whole);
    answer(r, "a.both.fake", &a);
    check_addrs("both", &a, "::1 127.0.0.1");
    resolver_free(&r);
}

/* By the C library's own resolver. */
static void test_localhost(void)
{
    static const char *const all[] = {"127.0.0.0/8", "::1"};
    struct net_url_rules loopback;
    struct resolve_answer a;
    CU_ASSERT_PTR_NULL_FATAL(net_url_rules_set(&loopback, true, SV("any"), all, 2));
    struct resolver *r = resolver(&rules);
    answer(r, "localhost", &a);
    CHECK("not allowed", a.forbidden && a.n == 0);
    resolver_free(&r);
    r = resolver(&loopback);
    answer(r, "localhost", &a);
    CHECK("allowed", !a.forbidden && a.n >= 1);
    resolver_free(&r);
}

static void test_literals(void)
{
    static const struct {
        const char *host, *addrs, *why;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", ""},
        {"8.8.8.8", "8.8.8.8", ""},
        {"2606:4700::1111", "2606:4700::1111", ""},
        {"127.0.0.1", "", "its address is not allowed"},
        {"::1", "", "its address is not allowed"},
        {"10.0.0.1", "", "its address is not allowed"},
    };
    struct resolver *r = resolver(&rules);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct resolve_answer a;
        CHECK(rows[i].host, !asked(r, rows[i].host, 1, NULL, &a));
        check_addrs(rows[i].host, &a, rows[i].addrs);
        CHECK_STR(rows[i].host, a.why, rows[i].why);
        CHECK_INT(rows[i].host, a.forbidden, rows[i].why[0] != '\0');
    }
    CHECK_INT("nobody is asked", fake_dns_lookups(""), 0);
    resolver_free(&r);
}

static void test_no_names(void)
{
    static const char most[253] = {'a'};
    char name[254];
    struct resolver *r = resolver(&rules);
    struct resolve_answer a;
    memset(name, 'a', sizeof name);
    const struct sv rows[] = {{"", 0}, {name, sizeof name}, {"a\0b", 3}, {most, sizeof most}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK("no name", resolver_ask(r, rows[i], 1, clock_mono_us(), NULL, &a));
        CHECK("no name", a.n == 0 && !a.forbidden);
        CHECK_STR("no name", a.why, "its name is none");
    }
    memcpy(name + 253 - 8, ".ok.fake", 8);
    name[253] = '\0';
    answer(r, name, &a);
    CHECK_INT("the longest", a.n, 2);
    resolver_free(&r);
}

/* --- what is kept --- */

static bool known_at(struct resolver *r, const char *host, int64_t when)
{
    int here;
    void *ctx;
    struct resolve_answer a;
    if (resolver_ask(r, sv_from(host), 1, when, &here, &a))
        return true;
    CHECK(host, next_soon(r, &ctx, &a));
    return false;
}

static void test_kept(void)
{
    struct resolver *r = resolver(&rules);
    int64_t start = clock_mono_us();
    CHECK("asked", !known_at(r, "a.ok.fake", start));
    CHECK("asked", !known_at(r, "a.nowhere.fake", start));
    int64_t now = clock_mono_us();
    CHECK("good", known_at(r, "a.ok.fake", now));
    CHECK("in other letters", known_at(r, "A.oK.fake", now));
    CHECK("bad", known_at(r, "a.nowhere.fake", start + 900000));
    CHECK("good, 29 s later", known_at(r, "a.ok.fake", start + 29 * CLOCK_SECOND));
    CHECK_INT("once", fake_dns_lookups("a.ok.fake"), 1);
    CHECK_INT("once", fake_dns_lookups("a.nowhere.fake"), 1);
    CHECK("bad, later", !known_at(r, "a.nowhere.fake", now + CLOCK_SECOND + 1));
    CHECK("good, later", !known_at(r, "a.ok.fake", now + RESOLVE_STALE_US + 1));
    CHECK_INT("again", fake_dns_lookups("a.ok.fake"), 2);
    CHECK_INT("again", fake_dns_lookups("a.nowhere.fake"), 2);
    resolver_free(&r);
}

static bool wait_lookups(const char *ending, unsigned n)
{
    for (int ms = 0; ms < SOON_MS && fake_dns_lookups(ending) < n; ms++)
        poll(NULL, 0, 1);
    return fake_dns_lookups(ending) == n;
}

/* Old, but good: nobody waits for the new one. */
static void test_old_answers(void)
{
    int here;
    void *ctx;
    struct resolve_answer a;
    struct resolver *r = resolver(&rules);
    answer(r, "a.ok.fake", &a);
    int64_t later = clock_mono_us() + RESOLVE_KEEP_US;
    memset(&a, 0x5A, sizeof a);
    CHECK("at once", resolver_ask(r, SV("a.ok.fake"), 1, later, &here, &a));
    check_addrs("the old one", &a, "192.0.2.1 192.0.2.2");
    CHECK("looked up again", wait_lookups("a.ok.fake", 2));
    CHECK("for nobody", !is_readable(r, 50) && !resolver_next(r, &ctx, &a));
    CHECK("and kept", known_at(r, "a.ok.fake", later - CLOCK_SECOND));
    CHECK_INT("no more", fake_dns_lookups("a.ok.fake"), 2);
    CHECK("just young enough", known_at(r, "a.ok.fake", later + 269 * CLOCK_SECOND));
    CHECK("too old", !known_at(r, "a.ok.fake", clock_mono_us() + 301 * CLOCK_SECOND));
    resolver_free(&r);
}

/* No news is no reason to give up a good answer; that there is no such name is one. */
static void test_old_answers_fail(void)
{
    struct resolve_answer a;
    struct resolver *r = resolver(&rules);
    answer(r, "a.once3.fake", &a);
    answer(r, "a.once2.fake", &a);
    int64_t later = clock_mono_us() + RESOLVE_KEEP_US;
    CHECK("at once", known_at(r, "a.once3.fake", later));
    CHECK("at once", known_at(r, "a.once2.fake", later));
    CHECK("again", wait_lookups("a.once3.fake", 2) && wait_lookups("a.once2.fake", 2));
    poll(NULL, 0, 50);
    CHECK("no news", !asked(r, "a.once3.fake", 1, NULL, &a));
    check_addrs("no news", &a, "192.0.2.1");
    CHECK("gone", !asked(r, "a.once2.fake", 1, NULL, &a));
    check_addrs("gone", &a, "");
    CHECK("no news for too long", !known_at(r, "a.once3.fake", clock_mono_us() + RESOLVE_STALE_US));
    resolver_free(&r);
}

static void test_bad_are_kept_longer(void)
{
    static const int seconds[] = {1, 2, 4, 8, 16, 32, 60, 60};
    struct resolver *r = resolver(&rules);
    int64_t when = clock_mono_us();
    for (unsigned i = 0; i < SUITE_N(seconds); i++) {
        int64_t before = clock_mono_us();
        CHECK_INT("asked", known_at(r, "a.err3.fake", when), false);
        when = clock_mono_us() + seconds[i] * CLOCK_SECOND;
        CHECK_INT("kept", known_at(r, "a.err3.fake", before + seconds[i] * CLOCK_SECOND - 1), true);
    }
    CHECK_INT("no more", fake_dns_lookups("a.err3.fake"), SUITE_N(seconds));
    resolver_free(&r);
}

static void test_kept_are_bounded(void)
{
    struct resolver *r = resolver(&rules);
    char name[32];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "n%u.ok.fake", i);
        CHECK(name, !known_at(r, name, clock_mono_us()));
    }
    int64_t now = clock_mono_us();
    snprintf(name, sizeof name, "n%u.ok.fake", MANY - RESOLVE_KNOWN_MAX);
    CHECK("the oldest kept", known_at(r, name, now));
    CHECK("the newest", known_at(r, "n10099.ok.fake", now));
    snprintf(name, sizeof name, "n%u.ok.fake", MANY - RESOLVE_KNOWN_MAX - 1);
    CHECK("the last that went", !known_at(r, name, now));
    resolver_free(&r);
}

/* --- many at a time --- */

static void test_asked_once(void)
{
    static int here[50];
    bool came[50] = {false};
    struct resolver *r = resolver(&rules);
    struct resolve_answer a;
    for (unsigned i = 0; i < 50; i++)
        CHECK("asked", asked(r, i % 2 ? "a.hang.fake" : "A.hang.FAKE", i, &here[i], &a));
    CHECK("one hangs", fake_dns_wait_hanging(1, SOON_MS));
    CHECK("nothing yet", !is_readable(r, 50));
    fake_dns_release();
    for (unsigned i = 0; i < 50; i++) {
        void *ctx = NULL;
        CHECK("answered", next_soon(r, &ctx, &a));
        CHECK_INT("answered", a.n, 1);
        for (unsigned k = 0; k < 50; k++)
            if (ctx == &here[k] && !came[k]) {
                came[k] = true;
                break;
            }
    }
    for (unsigned i = 0; i < 50; i++)
        CHECK("each", came[i]);
    CHECK("no more", !is_readable(r, 0));
    CHECK_INT("one lookup", fake_dns_lookups(".hang.fake"), 1);
    resolver_free(&r);
}

static int hanging; /* the ctx of all that follow */

static unsigned hang_some(struct resolver *r, uint32_t partner, unsigned n, const char *what)
{
    char name[64];
    unsigned taken = 0;
    struct resolve_answer a;
    for (unsigned i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%s%u-%u.hang.fake", what, partner, i);
        taken += asked(r, name, partner, &hanging, &a);
    }
    return taken;
}

static void release_all(void)
{
    for (unsigned i = 0; fake_dns_hanging() > 0 && i < 100000; i++) {
        fake_dns_release();
        poll(NULL, 0, 1);
    }
}

/* A partner whose names all hang has a few threads, others their own. */
static void test_one_partner_hangs(void)
{
    struct resolver *r = resolver(&rules);
    struct resolve_answer a;
    int here;
    void *ctx = NULL;
    unsigned came = 0;
    CHECK_INT("asked", hang_some(r, 1, 10, "a"), 10);
    CHECK("its threads", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    CHECK("another's", asked(r, "a.ok.fake", 2, &here, &a));
    CHECK("another's", next_soon(r, &ctx, &a));
    CHECK("another's", ctx == &here && a.n == 2);
    while (came < 10 && fake_dns_hanging() + is_readable(r, 100) > 0) {
        fake_dns_release();
        while (resolver_next(r, &ctx, &a))
            came++;
    }
    CHECK_INT("all in the end", came, 10);
    CHECK_INT("never more", fake_dns_most_hanging(), RESOLVE_PARTNER_MAX);
    resolver_free(&r);
}

/* Who waits for the name of one whose names hang does not wait for those. */
static void test_a_name_of_both(void)
{
    struct resolver *r = resolver(&rules);
    struct resolve_answer a;
    int first, second;
    void *ctx[2] = {NULL, NULL};
    hang_some(r, 1, RESOLVE_PARTNER_MAX, "a");
    CHECK("no thread left", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    CHECK("waits", asked(r, "a.ok.fake", 1, &first, &a));
    CHECK("waits", !is_readable(r, 100));
    CHECK("has threads", asked(r, "a.ok.fake", 2, &second, &a));
    CHECK("both", next_soon(r, &ctx[0], &a) && next_soon(r, &ctx[1], &a));
    CHECK("both", ctx[0] == &first && ctx[1] == &second);
    release_all();
    resolver_free(&r);
}

/* However many partners' names hang, the last threads go to those who have none. */
static void test_many_partners_hang(void)
{
    struct resolver *r = resolver(&rules);
    unsigned most = RESOLVE_THREADS - RESOLVE_SPARE;
    for (uint32_t p = 1; p <= most / RESOLVE_PARTNER_MAX + 1; p++)
        hang_some(r, p, RESOLVE_PARTNER_MAX + 1, "a");
    CHECK("one for the last of them", fake_dns_wait_hanging(most + 1, SOON_MS));
    poll(NULL, 0, 50);
    CHECK_INT("no more", fake_dns_hanging(), most + 1);
    for (uint32_t p = 101; p < 101 + RESOLVE_SPARE - 1; p++)
        hang_some(r, p, 2, "b");
    CHECK("one each", fake_dns_wait_hanging(RESOLVE_THREADS, SOON_MS));
    release_all();
    CHECK_INT("never more", fake_dns_most_hanging(), RESOLVE_THREADS);
    resolver_free(&r);
}

static void ask_later(struct resolver *r, const char *host, int64_t later, void *ctx)
{
    struct resolve_answer a;
    CHECK(host, !resolver_ask(r, sv_from(host), 1, clock_mono_us() + later, ctx, &a));
}

/* What resolved before is asked last, and comes first; what failed, the other way round. */
static void test_order(void)
{
    static const char *const bad[] = {"a.err3.fake", "b.err3.fake", "c.err3.fake", "d.err3.fake"};
    int good, fails;
    void *ctx = NULL;
    struct resolve_answer a;
    struct resolver *r = resolver(&rules);
    answer(r, "a.ok.fake", &a);
    for (unsigned i = 0; i < SUITE_N(bad); i++)
        answer(r, bad[i], &a);
    hang_some(r, 1, RESOLVE_PARTNER_MAX, "a");
    CHECK("no thread left", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    for (unsigned i = 0; i < SUITE_N(bad); i++)
        ask_later(r, bad[i], RESOLVE_BAD_MIN_US, &fails);
    hang_some(r, 1, RESOLVE_PARTNER_MAX, "new");
    ask_later(r, "a.ok.fake", RESOLVE_STALE_US, &good);
    fake_dns_release();
    for (unsigned i = 0; i < RESOLVE_PARTNER_MAX + 1 && ctx != &good; i++)
        CHECK("one of five", next_soon(r, &ctx, &a));
    CHECK("it has resolved", ctx == &good);
    CHECK("never tried", wait_lookups(".hang.fake", 2 * RESOLVE_PARTNER_MAX));
    CHECK_INT("failed", fake_dns_lookups(".err3.fake"), SUITE_N(bad));
    release_all();
    CHECK("failed, in the end", wait_lookups(".err3.fake", 2 * SUITE_N(bad)));
    resolver_free(&r);
}

/* Slow ones go last, and leave a thread for others. */
static void test_slow(void)
{
    static const char *const slow[] = {"a1-0.hang.fake", "a1-1.hang.fake", "a1-2.hang.fake", "a1-3.hang.fake"};
    void *ctx = NULL;
    struct resolve_answer a;
    struct resolver *r = resolver(&rules);
    hang_some(r, 1, RESOLVE_PARTNER_MAX, "a");
    CHECK("all threads", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    poll(NULL, 0, RESOLVE_SLOW_US / 1000 + 10);
    fake_dns_release();
    for (unsigned i = 0; i < RESOLVE_PARTNER_MAX; i++)
        CHECK("slow", next_soon(r, &ctx, &a));
    for (unsigned i = 0; i < SUITE_N(slow); i++)
        ask_later(r, slow[i], RESOLVE_STALE_US, &hanging);
    CHECK("all but one", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX - 1, SOON_MS));
    answer(r, "a.ok.fake", &a);
    CHECK_INT("at once", a.n, 2);
    CHECK_INT("all but one", fake_dns_hanging(), RESOLVE_PARTNER_MAX - 1);
    release_all();
    resolver_free(&r);
}

/* What never had a thread is told from what does not answer, and keeps its place. */
static void test_give_up(void)
{
    int waits, runs, came;
    struct resolve_answer a;
    struct resolver *r = resolver(&rules);
    CHECK("asked", asked(r, "run.hang.fake", 1, &runs, &a));
    hang_some(r, 1, RESOLVE_PARTNER_MAX - 1, "a");
    CHECK("no thread left", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    CHECK("asked", asked(r, "came.ok.fake", 2, &came, &a));
    CHECK("answered", is_readable(r, SOON_MS));
    CHECK("answered", !resolver_give_up(r, &came));
    CHECK("asked", asked(r, "wait.ok.fake", 1, &waits, &a));
    CHECK("waits", resolver_give_up(r, &waits));
    CHECK("is being looked up", !resolver_give_up(r, &runs));
    CHECK("never asked", !resolver_give_up(r, &runs));
    release_all();
    CHECK("keeps its place", wait_lookups("wait.ok.fake", 1));
    resolver_free(&r);
}

static void test_waiting_is_bounded(void)
{
    struct resolver *r = resolver(&rules);
    struct resolve_answer a;
    unsigned each = RESOLVE_PARTNER_WAITING_MAX, all = RESOLVE_WAITING_MAX;
    for (uint32_t p = 1; p <= 3; p++)
        hang_some(r, p, RESOLVE_PARTNER_MAX, "a");
    CHECK("threads", fake_dns_wait_hanging(3 * RESOLVE_PARTNER_MAX, SOON_MS));
    for (uint32_t p = 1; p <= all / each; p++) {
        if (p > 3) /* its first ones have a thread each */
            CHECK_INT("threads", hang_some(r, p, 1, "c"), 1);
        if (p > 3)
            CHECK("threads", fake_dns_wait_hanging(3 * RESOLVE_PARTNER_MAX + 1, SOON_MS));
        CHECK_INT("a partner's bound", hang_some(r, p, each + 10, "b"), each);
        resolver_forget(r, &hanging); /* the last */
        CHECK_INT("one place is free again", hang_some(r, p, 2, "d"), 1);
    }
    CHECK("everybody's bound", !asked(r, "a.ok.fake", 99, NULL, &a));
    CHECK_STR("everybody's bound", a.why, "too many names wait to be looked up");
    CHECK("not for good", a.n == 0 && !a.forbidden);
    resolver_free(&r);
    release_all();
    CHECK_INT("waiting ones are never looked up", fake_dns_lookups(".hang.fake"), 3 * RESOLVE_PARTNER_MAX + 1);
}

/* --- forgetting, the end --- */

static void test_forget(void)
{
    struct resolver *r = resolver(&rules);
    struct resolve_answer a;
    int running, waiting, joined, answered, kept;
    void *ctx = NULL;
    CHECK("asked", asked(r, "run.hang.fake", 1, &running, &a));
    CHECK("asked", asked(r, "run.hang.fake", 1, &kept, &a));
    hang_some(r, 1, RESOLVE_PARTNER_MAX - 1, "a");
    CHECK("all hang", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    CHECK("asked", asked(r, "wait.ok.fake", 1, &waiting, &a));
    CHECK("asked", asked(r, "wait.ok.fake", 1, &joined, &a));
    CHECK("asked", asked(r, "other.ok.fake", 2, &answered, &a));
    CHECK("answered", is_readable(r, SOON_MS));
    resolver_forget(r, &answered);
    resolver_forget(r, &running);
    resolver_forget(r, &waiting);
    resolver_forget(r, &joined);
    resolver_forget(r, &joined); /* twice, or never asked: nothing happens */
    CHECK("none comes", !resolver_next(r, &ctx, &a));
    for (unsigned i = 0; i < RESOLVE_PARTNER_MAX; i++) {
        release_all();
        CHECK("only those not forgotten", next_soon(r, &ctx, &a));
        CHECK("only those not forgotten", ctx != &running && ctx != &waiting && ctx != &joined && ctx != &answered);
    }
    CHECK("no more", !is_readable(r, 50));
    CHECK_INT("no need to look it up", fake_dns_lookups("wait.ok.fake"), 0);
    CHECK("what was running is known", !asked(r, "run.hang.fake", 1, &running, &a));
    resolver_free(&r);
}

static void test_free_waits_for_nobody(void)
{
    struct resolver *r = resolver(&rules);
    int64_t start = clock_mono_us();
    hang_some(r, 1, 10, "a");
    CHECK("they hang", fake_dns_wait_hanging(RESOLVE_PARTNER_MAX, SOON_MS));
    resolver_free(&r);
    CHECK("at once", clock_mono_us() - start < SOON_MS * INT64_C(1000));
    CHECK_INT("they still hang", fake_dns_hanging(), RESOLVE_PARTNER_MAX);
    release_all();
    CHECK("they end", fake_dns_wait_hanging(0, SOON_MS));
    poll(NULL, 0, 50);
    CHECK_INT("the others are not begun", fake_dns_lookups(".hang.fake"), RESOLVE_PARTNER_MAX);
}

static void test_options(void)
{
    unsetenv("RES_OPTIONS");
    struct resolver *r = resolver(&rules);
    CHECK_STR("set", getenv("RES_OPTIONS"), "timeout:2 attempts:1");
    resolver_free(&r);
    setenv("RES_OPTIONS", "timeout:1", 1);
    r = resolver(&rules);
    CHECK_STR("kept", getenv("RES_OPTIONS"), "timeout:1");
    resolver_free(&r);
    unsetenv("RES_OPTIONS");
}

static int set_up(void)
{
    static const char *const cidrs[] = {"192.0.2.0/24"};
    return net_url_rules_set(&rules, true, SV("any"), cidrs, 1) != NULL;
}

void init_resolve_tests(void)
{
    static const struct suite_test tests[] = {
        {"answers", test_answers},
        {"one family is allowed", test_one_family},
        {"localhost", test_localhost},
        {"literals", test_literals},
        {"no names", test_no_names},
        {"answers are kept", test_kept},
        {"old answers are used", test_old_answers},
        {"old answers are not bettered", test_old_answers_fail},
        {"bad answers are kept longer", test_bad_are_kept_longer},
        {"so many are kept", test_kept_are_bounded},
        {"a name is asked once", test_asked_once},
        {"one partner's names hang", test_one_partner_hangs},
        {"a name of both", test_a_name_of_both},
        {"many partners' names hang", test_many_partners_hang},
        {"who goes first", test_order},
        {"slow ones leave a thread", test_slow},
        {"given up", test_give_up},
        {"so many wait", test_waiting_is_bounded},
        {"forgotten", test_forget},
        {"the end waits for nobody", test_free_waits_for_nobody},
        {"options of the C library's", test_options},
    };
    suite_add("send: resolve", set_up, NULL, tests, SUITE_N(tests));
}
