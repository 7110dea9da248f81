#include "send/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"
#include "send/suites.h"

#define SECOND INT64_C(1000000)
#define T0 (1000 * SECOND)
#define JOBS_MAX 4096

static struct pool *pool;
static struct pool_job jobs[JOBS_MAX];
static unsigned n_jobs;

static void make(unsigned total, unsigned partner, unsigned receiver)
{
    struct pool_limits limits = {total, partner, receiver, 1000000};
    pool_free(&pool);
    n_jobs = 0;
    if (pool_new(&limits, &pool) != STATUS_OK)
        abort();
}

static int tear_down(void)
{
    pool_free(&pool);
    return 0;
}

/* n jobs, the last `retries` of them tried before. */
static struct pool_job *some_jobs(unsigned n, unsigned retries)
{
    struct pool_job *first = NULL, **last = &first;
    for (unsigned i = 0; i < n; i++) {
        struct pool_job *j = &jobs[n_jobs++ % JOBS_MAX];
        *j = (struct pool_job){.bytes = 100, .is_retry = i >= n - retries};
        *last = j;
        last = &j->next;
    }
    return first;
}

/* "receiver x want" of the next order, "-" when there is none. */
static char said[64];
static struct pool_order order;

static const char *ask(int64_t now)
{
    if (!pool_order(pool, now, &order))
        return "-";
    snprintf(said, sizeof said, "%llu x %u%s", (unsigned long long)order.receiver, order.want,
             order.retries ? "" : " first");
    return said;
}

static void give(uint64_t receiver, uint32_t partner, unsigned n, bool more, int64_t now)
{
    struct pool_claimed c = {.jobs = some_jobs(n, 0), .partner_id = partner, .more = more};
    pool_claimed(pool, receiver, &c, now);
}

/* A receiver becomes known: its first claim brings n jobs, and it has no more. */
static void meet(uint64_t receiver, uint32_t partner, unsigned n, int64_t now)
{
    pool_poke(pool, receiver, now);
    if (!pool_order(pool, now, &order) || order.receiver != receiver)
        abort();
    give(receiver, partner, n, false, now);
}

static unsigned start_all(struct pool_job **started_r, unsigned max)
{
    unsigned n = 0;
    for (struct pool_job *j = pool_start(pool); j; j = pool_start(pool))
        if (n < max)
            started_r[n++] = j;
    return n;
}

static unsigned drop_all(void)
{
    unsigned n = 0;
    while (pool_drop(pool))
        n++;
    return n;
}

static struct pool_state end(struct pool_job *j, enum pool_end how, int64_t now)
{
    struct pool_state s;
    pool_end(pool, j, how, now, &s);
    return s;
}

/* One claim of a receiver that always has more, all started, all ended the same way. Returns how many. */
static unsigned round_of(uint64_t receiver, enum pool_end how, int64_t now)
{
    struct pool_job *started[JOBS_MAX];
    pool_poke(pool, receiver, now);
    if (!pool_order(pool, now, &order))
        return 0;
    give(receiver, 1, order.want, true, now);
    unsigned all = 0;
    for (unsigned n = start_all(started, JOBS_MAX); n > 0; n = start_all(started, JOBS_MAX)) {
        for (unsigned i = 0; i < n; i++)
            end(started[i], how, now);
        all += n;
    }
    return all;
}

static void test_window(void)
{
    make(1000, 1000, 20);
    static const struct {
        const char *row;
        enum pool_end how;
        unsigned n;
    } rows[] = {
        {"slow start", POOL_SUCCEEDED, 4},
        {"4 more", POOL_SUCCEEDED, 8},
        {"8 more", POOL_SUCCEEDED, 16},
        {"the cap", POOL_SUCCEEDED, 20},
        {"still", POOL_ANSWERED, 20},
        {"a refusal changes nothing", POOL_UNKNOWN, 20},
        {"nor does nothing", POOL_SUCCEEDED, 20},
        {"full", POOL_FAILED, 20},
        {"halved again and again", POOL_FAILED, 1},
        {"one at least", POOL_SUCCEEDED, 1},
        {"up again", POOL_SUCCEEDED, 2},
        {"and up", POOL_UNKNOWN, 4},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) /* a period apart: nothing is leased ahead */
        CHECK_INT(rows[i].row, round_of(7, rows[i].how, T0 + i * SECOND), rows[i].n);
}

static void test_window_halves_once(void)
{
    struct pool_job *j[64];
    make(1000, 1000, 32);
    round_of(7, POOL_SUCCEEDED, T0);
    round_of(7, POOL_SUCCEEDED, T0 + SECOND); /* 16 */
    pool_poke(pool, 7, T0 + 2 * SECOND);
    CHECK_STR("16", ask(T0 + 2 * SECOND), "7 x 16");
    give(7, 1, 16, true, T0 + 2 * SECOND);
    CHECK_INT("started", start_all(j, 64), 16);
    end(j[0], POOL_FAILED, T0 + 2 * SECOND);
    for (unsigned i = 1; i < 16; i++)
        end(j[i], POOL_UNKNOWN, T0 + 2 * SECOND);
    CHECK_STR("half", ask(T0 + 3 * SECOND), "7 x 8");
}

static void test_turns(void)
{
    make(100, 100, 32);
    /* Partner 1 has receivers 11, 12, 13; partner 2 has 21. */
    static const uint64_t ids[] = {11, 12, 13, 21};
    for (unsigned i = 0; i < 4; i++)
        meet(ids[i], ids[i] < 20 ? 1 : 2, 1, T0);
    for (unsigned i = 0; i < 4; i++)
        pool_poke(pool, ids[i], T0 + SECOND);
    CHECK_STR("partner 1", ask(T0 + SECOND), "11 x 3");
    CHECK_STR("partner 2", ask(T0 + SECOND), "21 x 3");
    CHECK_STR("its next", ask(T0 + SECOND), "12 x 3");
    CHECK_STR("2 has no other", ask(T0 + SECOND), "13 x 3");
    CHECK_STR("all asked for", ask(T0 + SECOND), "-");
    give(11, 1, 0, false, T0 + SECOND);
    CHECK_STR("nothing more", ask(T0 + SECOND), "-");
}

/* Of two receivers that always have more, each gets every second claim. */
static void test_fair(void)
{
    unsigned n[2] = {0};
    struct pool_job *j[64];
    make(8, 8, 4);
    pool_poke(pool, 0, T0);
    pool_poke(pool, 1, T0);
    for (int64_t now = T0; now < T0 + 100 * SECOND; now += SECOND) {
        while (pool_order(pool, now, &order)) {
            n[order.receiver] += order.want;
            give(order.receiver, 1, order.want, true, now);
        }
        unsigned k = start_all(j, 64);
        for (unsigned i = 0; i < k; i++)
            end(j[i], POOL_UNKNOWN, now);
    }
    CHECK_INT("the same", n[0], n[1]);
    CHECK_INT("all slots", n[0] + n[1], 800);
}

static void test_caps(void)
{
    make(10, 6, 32);
    for (uint64_t id = 1; id <= 4; id++)
        pool_poke(pool, id, T0);
    CHECK_STR("first", ask(T0), "1 x 4");
    CHECK_STR("not more than for one partner", ask(T0), "2 x 2");
    CHECK_STR("full", ask(T0), "-");
    give(1, 1, 4, true, T0);
    CHECK_STR("one is known", ask(T0), "3 x 4");
    give(2, 1, 2, true, T0);
    give(3, 1, 4, true, T0);
    CHECK_INT("of the partner with too many", drop_all(), 4);
    CHECK_INT("taken", pool_leased(pool), 6);
    CHECK_STR("of another, perhaps", ask(T0), "4 x 4");
    give(4, 2, 4, true, T0);
    CHECK_INT("taken", pool_leased(pool), 10);
    CHECK_STR("all slots", ask(T0), "-");
}

static void test_partner_cap_frees(void)
{
    struct pool_job *j[16];
    make(100, 6, 4);
    for (uint64_t id = 1; id <= 2; id++)
        meet(id, 1, 1, T0);
    for (uint64_t id = 1; id <= 2; id++)
        pool_poke(pool, id, T0);
    CHECK_STR("to the receiver's cap", ask(T0), "1 x 3");
    CHECK_STR("to the partner's", ask(T0), "2 x 1");
    give(1, 1, 3, true, T0);
    give(2, 1, 1, true, T0);
    CHECK_STR("none left", ask(T0), "-");
    unsigned n = start_all(j, 16);
    CHECK_INT("all", n, 6);
    end(j[0], POOL_UNKNOWN, T0);
    CHECK_INT("one left", pool_leased(pool), 5);
    CHECK("there is a claim", pool_order(pool, T0, &order));
    CHECK_INT("for the one slot", order.want, 1);
}

static void give_retries(uint64_t receiver, uint32_t partner, unsigned n, int64_t now)
{
    struct pool_claimed c = {.jobs = some_jobs(n, n), .partner_id = partner};
    pool_claimed(pool, receiver, &c, now);
}

/* A quarter of the slots is never a retry's. */
static void test_first_attempts(void)
{
    struct pool_job *j[64];
    make(16, 16, 16);
    for (uint64_t id = 1; id <= 4; id++)
        pool_poke(pool, id, T0);
    for (uint64_t id = 1; id <= 3; id++) {
        char want[16];
        snprintf(want, sizeof want, "%llu x 4", (unsigned long long)id);
        CHECK_STR("retries too", ask(T0), want);
        give_retries(id, (uint32_t)id, 4, T0);
    }
    CHECK_STR("12 of 16 are", ask(T0), "4 x 4 first");
    give(4, 4, 0, false, T0);
    pool_poke(pool, 5, T0);
    CHECK_STR("others still", ask(T0), "5 x 4 first");
    give(5, 5, 1, true, T0);
    CHECK_STR("and more", ask(T0), "5 x 3 first");
    give(5, 5, 0, false, T0);
    CHECK_STR("4 and 5 have no first ones", ask(T0), "-");
    pool_poke(pool, 4, T0);
    CHECK_STR("now 4 has", ask(T0), "4 x 3 first");
    give(4, 4, 0, false, T0);
    CHECK_STR("no more", ask(T0), "-");
    CHECK_INT("under way", start_all(j, 64), 13);
    end(j[0], POOL_UNKNOWN, T0); /* one of 1's retries */
    CHECK_STR("a slot for a retry: whose turn it is", ask(T0), "5 x 1");
    CHECK_INT("asked for", pool_ordered(pool), 1);
    give_retries(5, 5, 1, T0);
    end(j[1], POOL_UNKNOWN, T0);
    end(j[2], POOL_UNKNOWN, T0);
    CHECK_STR("then 4's", ask(T0), "4 x 2");
}

/* A look asks those without first attempts again, but few a second. */
static void test_dry(void)
{
    struct pool_job *j[8];
    make(4, 4, 4);
    pool_poke(pool, 1, T0);
    ask(T0);
    give_retries(1, 1, 3, T0);
    pool_poke(pool, 2, T0);
    CHECK_STR("2", ask(T0), "2 x 1 first");
    give(2, 2, 0, false, T0);
    pool_look(pool, 2, T0, 0, T0 + SECOND / 2);
    CHECK_STR("too early", ask(T0 + SECOND / 2), "-");
    pool_look(pool, 2, T0, 0, T0 + SECOND);
    CHECK_STR("a second later", ask(T0 + SECOND), "2 x 1 first");
    give(2, 2, 0, false, T0 + SECOND);
    CHECK_INT("started", start_all(j, 8), 3);
    end(j[0], POOL_UNKNOWN, T0 + SECOND);
    CHECK("a retry may", pool_order(pool, T0 + SECOND, &order) && order.retries);
}

static void test_pause(void)
{
    struct pool_job *j[64];
    struct pool_state s;
    make(100, 100, 8);
    pool_poke(pool, 7, T0);
    ask(T0);
    give(7, 1, 4, true, T0);
    start_all(j, 64);
    s = end(j[0], POOL_FAILED, T0);
    CHECK_INT("one", s.failures, 1);
    CHECK("counts", s.counted && !s.resumed && s.paused_until == 0);
    s = end(j[1], POOL_FAILED, T0);
    CHECK_INT("two", s.failures, 2);
    pool_pause(pool, 7, T0 + 5 * SECOND);
    s = end(j[2], POOL_FAILED, T0 + SECOND);
    CHECK_INT("was under way before", s.failures, 2);
    CHECK("does not count", !s.counted && s.paused_until == T0 + 5 * SECOND);
    end(j[3], POOL_UNKNOWN, T0 + SECOND);
    CHECK_STR("paused", ask(T0 + 4 * SECOND), "-");
    pool_look(pool, 7, T0, 0, T0 + 4 * SECOND);
    CHECK_STR("still", ask(T0 + 4 * SECOND), "-");
    CHECK("nothing to do", !pool_is_due(pool, T0 + 4 * SECOND));
    CHECK("later there is", pool_is_due(pool, T0 + 5 * SECOND));
    pool_look(pool, 7, T0, 0, T0 + 5 * SECOND);
    CHECK_STR("one try", ask(T0 + 5 * SECOND), "7 x 1");
    pool_claimed(pool, 7,
                 &(struct pool_claimed){.jobs = some_jobs(1, 1), .partner_id = 1, .probe = true, .failures = 2},
                 T0 + 5 * SECOND);
    CHECK_INT("started", start_all(j, 64), 1);
    pool_poke(pool, 7, T0 + 5 * SECOND);
    CHECK_STR("no other meanwhile", ask(T0 + 5 * SECOND), "-");
    s = end(j[0], POOL_FAILED, T0 + 6 * SECOND);
    CHECK_INT("a failed probe counts", s.failures, 3);
    CHECK("it does", s.counted);
    pool_pause(pool, 7, T0 + 16 * SECOND);
    pool_look(pool, 7, T0, 0, T0 + 16 * SECOND);
    CHECK_STR("the next", ask(T0 + 16 * SECOND), "7 x 1");
    pool_claimed(pool, 7,
                 &(struct pool_claimed){.jobs = some_jobs(1, 1), .partner_id = 1, .probe = true, .failures = 3},
                 T0 + 16 * SECOND);
    start_all(j, 64);
    s = end(j[0], POOL_SUCCEEDED, T0 + 16 * SECOND);
    CHECK("works again", s.resumed && s.failures == 0 && s.paused_until == 0);
    CHECK_STR("the table does not know yet", ask(T0 + 17 * SECOND), "-");
    pool_settled(pool, 7, T0 + 17 * SECOND);
    CHECK_STR("goes on, gently", ask(T0 + 17 * SECOND), "7 x 2");
}

/* A fresh process learns of a pause only by being given its probe. */
static void test_probe_of_another(void)
{
    make(100, 100, 8);
    pool_poke(pool, 7, T0);
    ask(T0);
    pool_claimed(pool, 7,
                 &(struct pool_claimed){.jobs = some_jobs(1, 1), .partner_id = 1, .probe = true, .failures = 6}, T0);
    struct pool_state s = end(pool_start(pool), POOL_SUCCEEDED, T0);
    CHECK("works again", s.resumed && s.failures == 0);
    CHECK_STR("the table does not know yet", ask(T0 + SECOND), "-");
    pool_settled(pool, 7, T0 + SECOND);
    CHECK_STR("now it does", ask(T0 + SECOND), "7 x 2");
}

static void test_answer_ends_pause(void)
{
    struct pool_job *j[8];
    make(100, 100, 8);
    pool_poke(pool, 7, T0);
    ask(T0);
    pool_claimed(pool, 7, &(struct pool_claimed){.paused_us = 3 * SECOND, .failures = 9}, T0);
    CHECK_STR("the table says it is paused", ask(T0 + 2 * SECOND), "-");
    pool_poke(pool, 7, T0 + SECOND / 2);
    CHECK_STR("a poke too early changes nothing", ask(T0 + SECOND / 2), "-");
    pool_poke(pool, 7, T0 + 2 * SECOND);
    CHECK_STR("a later one asks again: it may have been resumed by hand", ask(T0 + 2 * SECOND), "7 x 1");
    pool_claimed(pool, 7,
                 &(struct pool_claimed){.jobs = some_jobs(1, 0), .partner_id = 1, .probe = true, .failures = 9},
                 T0 + 2 * SECOND);
    start_all(j, 8);
    struct pool_state s = end(j[0], POOL_ANSWERED, T0 + 2 * SECOND);
    CHECK("a refusal shows that it works", s.resumed && s.failures == 0);
}

/* Another sender has paused it: it is tried once, however wide its window was. */
static void test_paused_by_another(void)
{
    make(100, 100, 8);
    round_of(7, POOL_SUCCEEDED, T0);
    pool_poke(pool, 7, T0 + SECOND);
    CHECK_STR("wide", ask(T0 + SECOND), "7 x 8");
    pool_claimed(pool, 7, &(struct pool_claimed){.paused_us = SECOND, .failures = 5}, T0 + SECOND);
    pool_look(pool, 7, T0, 0, T0 + 3 * SECOND);
    CHECK_STR("once", ask(T0 + 3 * SECOND), "7 x 1");
    give(7, 1, 1, true, T0 + 3 * SECOND); /* no probe: somebody found it working meanwhile */
    CHECK_STR("wide again", ask(T0 + 3 * SECOND), "7 x 7");
}

/* Those that wait when their receiver is paused go back, also what a claim brings then. */
static void test_pause_gives_back(void)
{
    struct pool_job *j[64];
    make(100, 100, 8);
    pool_poke(pool, 7, T0);
    ask(T0);
    give(7, 1, 4, true, T0);
    CHECK_INT("four", start_all(j, 64), 4);
    for (unsigned i = 0; i < 3; i++)
        end(j[i], POOL_FAILED, T0);
    CHECK_STR("window of one, and one is under way", ask(T0), "-");
    end(j[3], POOL_UNKNOWN, T0);
    CHECK_STR("one", ask(T0), "7 x 1");
    give(7, 1, 1, true, T0);
    start_all(j, 64);
    pool_poke(pool, 7, T0);
    end(j[0], POOL_SUCCEEDED, T0);
    CHECK_STR("two", ask(T0 + SECOND), "7 x 2");
    pool_pause(pool, 7, T0 + 5 * SECOND);
    give(7, 1, 2, true, T0 + SECOND);
    CHECK("none starts", pool_start(pool) == NULL);
    CHECK_INT("both go back", drop_all(), 2);
    CHECK_INT("no slot is taken", pool_leased(pool), 0);
}

static void test_failures_of_the_table(void)
{
    make(100, 100, 8);
    pool_poke(pool, 7, T0);
    ask(T0);
    pool_claimed(pool, 7, &(struct pool_claimed){.jobs = some_jobs(1, 0), .partner_id = 1, .failures = 4, .more = true},
                 T0);
    struct pool_job *job = pool_start(pool);
    struct pool_state s = end(job, POOL_FAILED, T0);
    CHECK_INT("counted on", s.failures, 5);
}

/* A receiver that gets through 8 every 25 ms, for half a second. */
static int64_t run_fast(uint64_t id)
{
    struct pool_job *j[64];
    int64_t now = T0;
    for (unsigned i = 0; i < 3; i++, now += SECOND)
        round_of(id, POOL_SUCCEEDED, now);
    for (unsigned i = 0; i < 20; i++, now += POOL_PACE_US / 10) {
        if (pool_order(pool, now, &order))
            give(id, 1, order.want, true, now);
        unsigned n = start_all(j, 64);
        for (unsigned k = 0; k < n; k++)
            end(j[k], POOL_SUCCEEDED, now);
    }
    return now;
}

/* Few a second need no lease ahead of time; hundreds do. */
static void test_ahead(void)
{
    struct pool_job *j[64];
    make(1000, 1000, 8);
    int64_t now = run_fast(7);
    if (pool_order(pool, now, &order))
        give(7, 1, order.want, true, now);
    unsigned leased = pool_leased(pool);
    CHECK("more than the window", leased > 8 + 30);
    CHECK("not more than it gets through in a period", leased <= 8 + 80);
    CHECK_STR("enough wait: no claim of few", ask(now), "-");
    CHECK_INT("started: the window", start_all(j, 64), 8);
    for (unsigned i = 0; i < 8; i++)
        end(j[i], POOL_SUCCEEDED, now);
    CHECK_STR("nor now", ask(now), "-");
    CHECK_INT("the next", start_all(j, 64), 8);
    for (unsigned i = 0; i < 8; i++)
        end(j[i], POOL_SUCCEEDED, now + SECOND);
    unsigned n;
    while ((n = start_all(j, 64)) > 0)
        for (unsigned i = 0; i < n; i++)
            end(j[i], POOL_UNKNOWN, now + SECOND);
    CHECK("a claim", pool_order(pool, now + SECOND, &order));
    CHECK("it did little for a period", order.want <= 8 + 8);
}

/* A partner's cap is on attempts: what only waits for its turn takes nobody's place. */
static void test_ahead_is_not_under_way(void)
{
    struct pool_job *j[64];
    make(1000, 10, 8);
    int64_t now = run_fast(7);
    if (pool_order(pool, now, &order))
        give(7, 1, order.want, true, now);
    CHECK("more than the partner's cap", pool_leased(pool) > 10);
    CHECK_INT("started: the window", start_all(j, 64), 8);
    pool_poke(pool, 8, now);
    CHECK_STR("another of the partner's", ask(now), "8 x 4");
    give(8, 1, 4, true, now);
    CHECK_INT("has no place for all", drop_all(), 2);
    CHECK_INT("started: up to the cap", start_all(j + 8, 32), 2);
    for (unsigned i = 8; i < 10; i++)
        end(j[i], POOL_SUCCEEDED, now);
    give(8, 1, pool_order(pool, now, &order) ? order.want : 0, true, now);
    CHECK_INT("nor do its successes make more", start_all(j + 8, 32), 2);
    make(1000, 10, 32);
    meet(8, 1, 4, T0);
    CHECK_INT("started", start_all(j, 64), 4);
    now = run_fast(7);
    if (pool_order(pool, now, &order))
        give(7, 1, order.want, true, now);
    CHECK_INT("a window grows as far as the others leave room", start_all(j, 64), 6);
}

static void test_ahead_only_while_there_is_room(void)
{
    struct pool_job *j[64];
    make(40, 40, 8);
    int64_t now = run_fast(7);
    unsigned n;
    while ((n = start_all(j, 64)) > 0)
        for (unsigned i = 0; i < n; i++)
            end(j[i], POOL_UNKNOWN, now);
    CHECK("a claim", pool_order(pool, now, &order));
    CHECK("ahead", order.want > 8);
    give(7, 1, 0, false, now);
    for (uint64_t id = 1; id <= 5; id++)
        meet(id, 2, 4, now);
    pool_poke(pool, 7, now);
    CHECK_STR("half of the slots are taken", ask(now), "7 x 8");
}

static void test_floor(void)
{
    int64_t db = 5000 * SECOND;
    make(100, 100, 8);
    pool_poke(pool, 1, T0);
    ask(T0);
    CHECK_INT("nothing is known", order.floor, 0);
    give(1, 1, 0, false, T0);
    pool_look(pool, 1, db - 100 * SECOND, -100 * SECOND, T0); /* due for long */
    pool_look(pool, 2, db + 60 * SECOND, 60 * SECOND, T0);    /* leased */
    pool_looked(pool, db, T0);
    pool_poke(pool, 1, T0 + SECOND);
    ask(T0 + SECOND);
    CHECK_INT("its first row, and a margin", order.floor, db - 110 * SECOND);
    pool_poke(pool, 2, T0 + SECOND);
    ask(T0 + SECOND);
    CHECK_INT("what is inserted now is due before the leased one", order.floor, db - 10 * SECOND);
    pool_poke(pool, 3, T0 + SECOND);
    ask(T0 + SECOND);
    CHECK_INT("had no row then", order.floor, db - 10 * SECOND);
    for (uint64_t id = 1; id <= 3; id++)
        give(id, 1, 0, false, T0 + SECOND);
    pool_looked(pool, db + SECOND, T0 + SECOND); /* found nobody */
    for (uint64_t id = 1; id <= 3; id++) {
        pool_poke(pool, id, T0 + 2 * SECOND);
        ask(T0 + 2 * SECOND);
        CHECK_INT("no rows at the last look", order.floor, db - 9 * SECOND);
        give(id, 1, 0, false, T0 + 2 * SECOND);
    }
    pool_looked(pool, 0, T0 + 3 * SECOND); /* found nobody, so no clock either */
    pool_poke(pool, 1, T0 + 3 * SECOND);
    ask(T0 + 3 * SECOND);
    CHECK_INT("floors only rise", order.floor, db - 9 * SECOND);
    give(1, 1, 0, false, T0 + 3 * SECOND);
    pool_look(pool, 1, db - 500 * SECOND, -500 * SECOND, T0 + 4 * SECOND);
    ask(T0 + 4 * SECOND);
    CHECK_INT("unless a row shows otherwise", order.floor, db - 510 * SECOND);
    pool_claimed(pool, 1, &(struct pool_claimed){.jobs = some_jobs(1, 0), .partner_id = 1, .floor = db},
                 T0 + 4 * SECOND);
    pool_look(pool, 1, db + 5 * SECOND, 0, T0 + 5 * SECOND);
    ask(T0 + 5 * SECOND);
    CHECK_INT("a claim found no earlier one", order.floor, db);
    give(1, 1, 0, true, T0 + 5 * SECOND);
    pool_look(pool, 1, db + 50 * SECOND, 0, T0 + 6 * SECOND);
    ask(T0 + 6 * SECOND);
    CHECK_INT("until a look says a later one", order.floor, db + 40 * SECOND);
}

static void test_due(void)
{
    make(100, 100, 8);
    pool_look(pool, 7, 0, 1, T0);
    CHECK_STR("not yet due", ask(T0), "-");
    pool_look(pool, 7, 0, 0, T0);
    CHECK_STR("due", ask(T0), "7 x 4");
    pool_poke(pool, 7, T0);
    CHECK_STR("asked for already", ask(T0), "-");
    give(7, 1, 0, false, T0);
    CHECK_STR("a poke came meanwhile", ask(T0), "7 x 4");
    give(7, 1, 0, false, T0);
    CHECK_STR("nothing is left", ask(T0), "-");
    pool_look(pool, 7, 0, 0, T0 + SECOND / 2);
    CHECK_STR("it brought nothing just now", ask(T0 + SECOND / 2), "-");
    pool_poke(pool, 7, T0 + SECOND / 2);
    CHECK_STR("a poke counts more", ask(T0 + SECOND / 2), "7 x 4");
    pool_unclaimed(pool, 7, 10 * SECOND, T0 + SECOND);
    pool_look(pool, 7, 0, 0, T0 + 10 * SECOND);
    CHECK_STR("went wrong: rests", ask(T0 + 10 * SECOND), "-");
    pool_look(pool, 7, 0, 0, T0 + 11 * SECOND);
    CHECK_STR("again", ask(T0 + 11 * SECOND), "7 x 4");
    CHECK_INT("one claim", pool_ordered(pool), 1);
}

/* A look tells whose receivers are whose: one partner's thousands stand behind each other, not before the others. */
static void test_many_of_one_partner(void)
{
    make(1000, 250, 32);
    for (uint64_t id = 1; id <= 5000; id++)
        if (pool_belongs(pool, id, 1, 0, 0, T0))
            pool_look(pool, id, 0, 0, T0);
    CHECK_INT("a bounded part of the table", pool_receivers(pool), POOL_PARTNER_MAX);
    CHECK("room for another's", pool_belongs(pool, 9001, 2, 0, 0, T0));
    pool_look(pool, 9001, 0, 0, T0);
    CHECK("and a third's", pool_belongs(pool, 9002, 3, SECOND, 0, T0));
    pool_look(pool, 9002, 0, 0, T0);
    CHECK_STR("the one's turn", ask(T0), "1 x 4");
    CHECK_STR("then the other's", ask(T0), "9001 x 4");
    CHECK_STR("a paused one has none", ask(T0), "2 x 4");
}

/* What waits or is paused, however much of it there is, leaves room for what is due. */
static void test_idle_beside_due(void)
{
    make(1000, 250, 32);
    for (uint64_t id = 1; id <= 2 * POOL_PARTNER_MAX; id++)
        if (pool_belongs(pool, id, 1, id % 2 ? SECOND : 0, SECOND, T0))
            pool_look(pool, id, 0, SECOND, T0);
    CHECK_INT("half of a partner's places", pool_receivers(pool), POOL_PARTNER_MAX / 2);
    for (uint64_t id = 9001; id <= 9000 + POOL_PARTNER_MAX / 2; id++)
        CHECK("the other half is for what is due", pool_belongs(pool, id, 1, 0, 0, T0));
    CHECK("and no more", !pool_belongs(pool, 20000, 1, 0, 0, T0));
    pool_looked(pool, 0, T0);
    CHECK("paused ones made room", pool_belongs(pool, 20000, 1, 0, 0, T0));
}

static void test_bounds(void)
{
    make(10000, 10000, 8);
    for (uint64_t id = 1; id <= POOL_RECEIVERS_MAX + 10; id++)
        pool_poke(pool, id, T0);
    CHECK_INT("receivers", pool_receivers(pool), POOL_RECEIVERS_MAX);
    for (unsigned i = 0; i < POOL_CLAIMS_MAX; i++)
        CHECK("claim", pool_order(pool, T0, &order));
    CHECK_STR("claims at a time", ask(T0), "-");
    for (unsigned i = 1; i <= POOL_CLAIMS_MAX; i++)
        give(i, 1, 0, false, T0);
    pool_looked(pool, 0, T0);
    CHECK_INT("idle ones are forgotten", pool_receivers(pool), POOL_RECEIVERS_MAX - POOL_CLAIMS_MAX);
    CHECK_STR("those left have their turn", ask(T0), "5 x 4");
}

static void test_bytes(void)
{
    struct pool_job *j[8], *big = some_jobs(1, 0);
    make(100, 100, 8);
    pool_poke(pool, 1, T0);
    pool_poke(pool, 2, T0);
    ask(T0);
    big->bytes = 1000000;
    pool_claimed(pool, 1, &(struct pool_claimed){.jobs = big, .partner_id = 1}, T0);
    CHECK_STR("too large together", ask(T0), "-");
    start_all(j, 8);
    end(j[0], POOL_SUCCEEDED, T0);
    CHECK_STR("room again", ask(T0), "2 x 4");
}

static void test_recall(void)
{
    struct pool_job *j[64];
    make(100, 100, 8);
    for (uint64_t id = 1; id <= 3; id++) {
        pool_poke(pool, id, T0);
        ask(T0);
        give(id, 1, 4, true, T0);
    }
    CHECK_INT("two", start_all(j, 0), 0);
    CHECK_INT("all under way", pool_started(pool), 12);
    make(100, 100, 8);
    for (uint64_t id = 1; id <= 3; id++) {
        pool_poke(pool, id, T0);
        ask(T0);
        give(id, 1, 4, true, T0);
    }
    j[0] = pool_start(pool);
    j[1] = pool_start(pool);
    pool_recall(pool);
    CHECK("none starts", pool_start(pool) == NULL);
    CHECK_INT("all but two", drop_all(), 10);
    CHECK_INT("two", pool_leased(pool), 2);
    end(j[0], POOL_SUCCEEDED, T0);
    end(j[1], POOL_FAILED, T0);
    CHECK_INT("none", pool_leased(pool), 0);
    CHECK_INT("started", pool_started(pool), 0);
}

void init_pool_tests(void)
{
    static const struct suite_test tests[] = {
        {"window grows and shrinks", test_window},
        {"one failure halves it", test_window_halves_once},
        {"partners and receivers take turns", test_turns},
        {"each gets the same", test_fair},
        {"caps", test_caps},
        {"a partner's cap frees", test_partner_cap_frees},
        {"slots for first attempts", test_first_attempts},
        {"receivers without first attempts", test_dry},
        {"pause and probe", test_pause},
        {"a probe without a pause", test_probe_of_another},
        {"an answer ends a pause", test_answer_ends_pause},
        {"paused by another", test_paused_by_another},
        {"a pause gives back", test_pause_gives_back},
        {"failures the table knows of", test_failures_of_the_table},
        {"leases ahead for fast receivers", test_ahead},
        {"not as if it were under way", test_ahead_is_not_under_way},
        {"not when slots are scarce", test_ahead_only_while_there_is_room},
        {"floor of a claim", test_floor},
        {"what is due", test_due},
        {"many of one partner", test_many_of_one_partner},
        {"idle ones beside due ones", test_idle_beside_due},
        {"bounds", test_bounds},
        {"bytes", test_bytes},
        {"recall", test_recall},
    };
    suite_add("send: pool", NULL, tear_down, tests, SUITE_N(tests));
}
