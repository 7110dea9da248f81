#include "gate/window.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/suite.h"
#include "suites.h"
#include "support.h"

/* Chunks in a pool of 1 MiB, and what they hold. */
#define MIB_CHUNKS 4096
#define MIB_ADMISSIONS (MIB_CHUNKS * GATE_STAMPS)

static int set_up(void)
{
    test_open(16);
    return 0;
}

static int tear_down(void)
{
    test_close();
    return 0;
}

/* A new window for every table. */
static uint64_t next_id = 1000;

static struct gate_verdict ask(const char *row, uint64_t id, uint32_t limit, int64_t at)
{
    struct gate_verdict v;
    CHECK_INT(row, gate_window_admit(shared, id, 0, limit, T0 + at, &v), STATUS_OK);
    return v;
}

struct step {
    const char *row;
    int64_t at; /* [us] after T0 */
    uint32_t limit;
    int admitted;
    uint32_t remaining, reset_s;
};

static void run_steps(const struct step *steps, unsigned n)
{
    uint64_t id = next_id++;
    for (unsigned i = 0; i < n; i++) {
        struct gate_verdict v = ask(steps[i].row, id, steps[i].limit, steps[i].at);
        CHECK_INT(steps[i].row, v.admitted, steps[i].admitted);
        CHECK_INT(steps[i].row, v.limit, steps[i].limit);
        CHECK_INT(steps[i].row, v.remaining, steps[i].remaining);
        CHECK_INT(steps[i].row, v.reset_s, steps[i].reset_s);
    }
}

static void test_limit_of_one(void)
{
    static const struct step steps[] = {
        {"first", 0, 1, 1, 0, 60},
        {"same moment", 0, 1, 0, 0, 60},
        {"a microsecond later", 1, 1, 0, 0, 60},
        {"a second later", SECOND, 1, 0, 0, 59},
        {"59.000001 s", 59 * SECOND + 1, 1, 0, 0, 1},
        {"59.999999 s", 60 * SECOND - 1, 1, 0, 0, 1},
        {"60.000000 s", 60 * SECOND, 1, 1, 0, 60},
        {"119.999999 s", 120 * SECOND - 1, 1, 0, 0, 1},
        {"an hour later", 3600 * SECOND, 1, 1, 0, 60},
        {"and at once", 3600 * SECOND, 1, 0, 0, 60},
        /* 2^32 us after the last admission: the stamps are equal, the times are not. */
        {"71.6 minutes later", 3600 * SECOND + 4294967296, 1, 1, 0, 60},
    };
    run_steps(steps, SUITE_N(steps));
}

/* It slides: places come free one by one, at the microsecond. */
static void test_slides(void)
{
    static const struct step steps[] = {
        {"a", 0, 3, 1, 2, 60},
        {"b", 10 * SECOND, 3, 1, 1, 50},
        {"c", 20 * SECOND + 5, 3, 1, 0, 40},
        {"full", 59999999, 3, 0, 0, 1},
        {"a left", 60000000, 3, 1, 0, 10},
        {"full again", 60000000, 3, 0, 0, 10},
        {"b not yet", 69999999, 3, 0, 0, 1},
        {"b left", 70000000, 3, 1, 0, 11},
        {"c not yet", 80000004, 3, 0, 0, 1},
        {"c left", 80000005, 3, 1, 0, 40},
        {"all but one left", 130000000, 3, 1, 1, 11},
    };
    run_steps(steps, SUITE_N(steps));
}

static void test_refused_do_not_count(void)
{
    uint64_t id = next_id++;
    ask("first", id, 1, 0);
    for (int64_t s = 1; s < 60; s++)
        CHECK_INT("hammering", ask("hammering", id, 1, s * SECOND).admitted, 0);
    CHECK_INT("still free after 60 s", ask("60 s", id, 1, 60 * SECOND).admitted, 1);
}

/* Clocks are read before the lock is taken: a late comer counts as of now. */
static void test_time_never_runs_back(void)
{
    static const struct step steps[] = {
        {"first", 100, 2, 1, 1, 60},
        {"from before", 50, 2, 1, 0, 60},
        {"first left, second too: it counted as of the first", 60000100, 2, 1, 1, 60},
    };
    run_steps(steps, SUITE_N(steps));
}

static void test_limit_changes(void)
{
    static const struct step grow[] = {
        {"two", 0, 2, 1, 1, 60},           {"of two", 1, 2, 1, 0, 60},       {"no third", 2, 2, 0, 0, 60},
        {"grown to five", 3, 5, 1, 2, 60}, {"history kept", 4, 5, 1, 1, 60}, {"last of five", 5, 5, 1, 0, 60},
        {"no sixth", 6, 5, 0, 0, 60},
    };
    static const struct step shrink[] = {
        {"one", 0, 3, 1, 2, 60},
        {"two", 10 * SECOND, 3, 1, 1, 50},
        {"three", 20 * SECOND, 3, 1, 0, 40},
        {"shrunk to one", 30 * SECOND, 1, 0, 0, 30},
        {"two left", 60 * SECOND, 1, 0, 0, 10},
        {"one left", 70 * SECOND, 1, 0, 0, 10},
        {"none left", 80 * SECOND, 1, 1, 0, 60},
        {"back to three", 80 * SECOND, 3, 1, 1, 60},
    };
    run_steps(grow, SUITE_N(grow));
    run_steps(shrink, SUITE_N(shrink));
}

static void test_unlimited(void)
{
    uint32_t slots = shared->windows.pool->slots_used;
    for (unsigned i = 0; i < 10; i++) {
        struct gate_verdict v = ask("unlimited", 7, 0, 0);
        CHECK_INT("admitted", v.admitted, 1);
        CHECK_INT("limit", v.limit, 0);
        CHECK_INT("remaining", v.remaining, 0);
    }
    CHECK_INT("touches nothing", shared->windows.pool->slots_used, slots);
}

static void test_windows_are_apart(void)
{
    struct gate_verdict v;
    static const struct {
        const char *row;
        uint64_t id;
        unsigned class;
    } windows[] = {
        {"a", 1, 0},          {"another class", 1, 1}, {"a third", 1, 2},
        {"another id", 2, 0}, {"far", UINT64_MAX, 0},  {"low half alike", UINT64_C(1) << 32 | 1, 0},
    };
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < SUITE_N(windows); i++) {
            CHECK_INT(windows[i].row, gate_window_admit(shared, windows[i].id, windows[i].class, 1, T0, &v), STATUS_OK);
            CHECK_INT(windows[i].row, v.admitted, round == 0);
        }
}

/* Against the definition: keep all admissions ever, count those in (t − 60 s, t]. */

#define MODEL_MAX 20000

struct model {
    int64_t admitted[MODEL_MAX];
    unsigned n, first; /* first: oldest in the window */
    int64_t now;
};

static unsigned model_count(struct model *m, int64_t t)
{
    m->now = t > m->now ? t : m->now;
    while (m->first < m->n && m->admitted[m->first] <= m->now - 60 * SECOND)
        m->first++;
    return m->n - m->first;
}

static void compare_once(struct model *m, uint64_t id, uint32_t limit, int64_t t)
{
    char row[96];
    unsigned before = model_count(m, t);
    int want = before < limit;
    if (want)
        m->admitted[m->n++] = m->now;
    unsigned after = m->n - m->first;
    int64_t left = m->admitted[m->first] + 60 * SECOND - m->now;
    snprintf(row, sizeof row, "id %llu limit %u at %lld", (unsigned long long)id, limit, (long long)t);
    struct gate_verdict v = ask(row, id, limit, t);
    if (v.admitted != want || v.remaining != (after < limit ? limit - after : 0) ||
        v.reset_s != (left + 999999) / SECOND) {
        CHECK_INT(row, v.admitted, want);
        CHECK_INT(row, v.remaining, after < limit ? limit - after : 0);
        CHECK_INT(row, v.reset_s, (left + 999999) / SECOND);
    }
}

static void compare_with_model(uint32_t limit, unsigned gap_us, unsigned *seed)
{
    static struct model m;
    m = (struct model){0};
    uint64_t id = next_id++;
    int64_t t = 0;
    uint32_t now_limit = limit;
    for (unsigned i = 0; i < MODEL_MAX - 1; i++) {
        unsigned dice = (unsigned)rand_r(seed) % 1000;
        t += rand_r(seed) % (int)(2 * gap_us);
        if (dice == 0)
            t += 60 * SECOND + rand_r(seed) % 3;
        if (dice == 1)
            now_limit = 1 + (uint32_t)rand_r(seed) % (2 * limit);
        int64_t back = dice < 20 ? rand_r(seed) % 1000 : 0;
        compare_once(&m, id, now_limit, t > back ? t - back : t);
    }
}

static void test_agrees_with_the_definition(void)
{
    static const struct {
        uint32_t limit;
        unsigned gap_us; /* mean time between requests */
    } runs[] = {{1, 500000},   {2, 20000000}, {3, 10000000},   {61, 900000},  {62, 1000000},
                {63, 1000000}, {100, 500000}, {124, 400000},   {125, 470000}, {200, 1000},
                {500, 100000}, {1000, 61000}, {10000, 5000000}};
    unsigned seed = 20240115;
    for (unsigned i = 0; i < SUITE_N(runs); i++)
        compare_with_model(runs[i].limit, runs[i].gap_us, &seed);
    test_audit("after the model", &shared->windows);
}

/* The largest limit: a million admissions a microsecond apart. */
static void test_a_million(void)
{
    uint64_t id = next_id++;
    struct gate_verdict v;
    unsigned admitted = 0;
    for (int64_t i = 0; i < GATE_LIMIT_MAX; i++) {
        if (gate_window_admit(shared, id, 0, GATE_LIMIT_MAX, T0 + i, &v) == STATUS_OK && v.admitted)
            admitted++;
    }
    CHECK_INT("all admitted", admitted, GATE_LIMIT_MAX);
    CHECK_INT("none remaining", v.remaining, 0);
    CHECK_INT("no more", ask("full", id, GATE_LIMIT_MAX, GATE_LIMIT_MAX).admitted, 0);
    CHECK_INT("edge", ask("edge", id, GATE_LIMIT_MAX, 60 * SECOND - 1).admitted, 0);
    CHECK_INT("one came free", ask("60 s", id, GATE_LIMIT_MAX, 60 * SECOND).admitted, 1);
    CHECK_INT("only one", ask("60 s", id, GATE_LIMIT_MAX, 60 * SECOND).admitted, 0);
    admitted = 0;
    while (gate_window_admit(shared, id, 0, GATE_LIMIT_MAX, T0 + 60 * SECOND + 1000, &v) == STATUS_OK && v.admitted)
        admitted++;
    CHECK_INT("a thousand more came free", admitted, 1000);
    v = ask("all gone", id, GATE_LIMIT_MAX, 200 * SECOND);
    CHECK_INT("fresh", v.remaining, GATE_LIMIT_MAX - 1);
    test_audit("after a million", &shared->windows);
    CHECK("given back", shared->windows.pool->free_chunk != GATE_NONE);
}

/* No room: closed, not open; what has its place goes on; idle windows make room. */
static void test_chunks_run_out(void)
{
    struct gate_verdict v;
    unsigned admitted = 0;
    test_close();
    test_open(1);
    ask("a small window", 1, 10, 0);
    while (gate_window_admit(shared, 2, 0, GATE_LIMIT_MAX, T0 + admitted, &v) == STATUS_OK && v.admitted)
        admitted++;
    CHECK_INT("as many as fit", admitted, MIB_ADMISSIONS - GATE_STAMPS);
    CHECK_INT("then unavailable", gate_window_admit(shared, 2, 0, GATE_LIMIT_MAX, T0 + admitted, &v),
              STATUS_UNAVAILABLE);
    CHECK_INT("refused", v.admitted, 0);
    CHECK_INT("no new window", gate_window_admit(shared, 3, 0, 10, T0 + admitted, &v), STATUS_UNAVAILABLE);
    CHECK_INT("refused", v.admitted, 0);
    CHECK_INT("a small window goes on", ask("small", 1, 10, admitted).admitted, 1);
    test_audit("full", &shared->windows);
    CHECK_INT("just not idle", gate_window_admit(shared, 3, 0, 10, T0 + admitted + 60 * SECOND - 1, &v),
              STATUS_UNAVAILABLE);
    CHECK_INT("idle for a minute", ask("room again", 3, 10, admitted + 60 * SECOND).admitted, 1);
    test_audit("reclaimed", &shared->windows);
    CHECK_INT("the large window anew", ask("anew", 2, GATE_LIMIT_MAX, admitted + 60 * SECOND).remaining,
              GATE_LIMIT_MAX - 1);
    test_close();
    test_open(16);
}

static void test_slots_run_out(void)
{
    struct gate_verdict v;
    unsigned admitted = 0;
    test_close();
    test_open(16);
    for (uint64_t id = 0; id < GATE_WINDOW_SLOTS; id++)
        admitted += ask("slot", id, 1, 0).admitted;
    CHECK_INT("each its window", admitted, GATE_WINDOW_SLOTS);
    CHECK_INT("one too many", gate_window_admit(shared, GATE_WINDOW_SLOTS, 0, 1, T0, &v), STATUS_UNAVAILABLE);
    CHECK_INT("others stand", ask("stands", 77, 1, SECOND).admitted, 0);
    CHECK_INT("a minute later", ask("room", GATE_WINDOW_SLOTS, 1, 60 * SECOND).admitted, 1);
    test_audit("reclaimed", &shared->windows);
    /* 77's was asked for at 1 s, so it stayed; the others went. */
    CHECK_INT("all but two are free", ask("77", 77, 1, 60 * SECOND).admitted, 1);
    test_close();
    test_open(16);
}

/* A window that was let go must not come back at an earlier time, by a clock read
 * a little before: it would admit twice within 60 s. */
static void test_let_go_and_come_back(void)
{
    struct gate_verdict v;
    test_close();
    test_open(1);
    ask("first", 5, 1, 0);
    ask("another, for its room", 8, 1, 0);
    for (unsigned i = 0; gate_window_admit(shared, 6, 0, GATE_LIMIT_MAX, T0 + 30 * SECOND, &v) == STATUS_OK; i++)
        continue;
    CHECK_INT("makes the first go", ask("other", 7, 1, 60 * SECOND).admitted, 1);
    CHECK_INT("comes back, dated 2 us before that", ask("back", 5, 1, 60 * SECOND - 2).admitted, 1);
    CHECK_INT("counted as of then", ask("edge", 5, 1, 120 * SECOND - 1).admitted, 0);
    CHECK_INT("a minute after that", ask("after", 5, 1, 120 * SECOND).admitted, 1);
    test_close();
    test_open(16);
}

/* A full file system is no SIGBUS: room is taken before it is touched. */
static void test_file_system_full(void)
{
    struct gate_verdict v;
    unsigned admitted = 0;
    test_close();
    test_open(2);
    ask("takes the first MiB", 1, 10, 0);
    shared->windows.fd = -1; /* from now on the file system has no more */
    while (gate_window_admit(shared, 2, 0, GATE_LIMIT_MAX, T0, &v) == STATUS_OK && v.admitted)
        admitted++;
    CHECK_INT("what was reserved", admitted, MIB_ADMISSIONS - GATE_STAMPS);
    CHECK_INT("then closed", gate_window_admit(shared, 2, 0, GATE_LIMIT_MAX, T0, &v), STATUS_UNAVAILABLE);
    shared->windows.fd = shared->fd;
    CHECK_INT("room was made", ask("more", 2, GATE_LIMIT_MAX, 0).admitted, 1);
    test_audit("after", &shared->windows);
    test_close();
    test_open(16);
}

void init_window_tests(void)
{
    static const struct suite_test tests[] = {
        {"a limit of one", test_limit_of_one},
        {"slides", test_slides},
        {"refused do not count", test_refused_do_not_count},
        {"time never runs back", test_time_never_runs_back},
        {"limit changes", test_limit_changes},
        {"unlimited", test_unlimited},
        {"windows are apart", test_windows_are_apart},
        {"agrees with the definition", test_agrees_with_the_definition},
        {"a million", test_a_million},
        {"chunks run out", test_chunks_run_out},
        {"slots run out", test_slots_run_out},
        {"let go and come back", test_let_go_and_come_back},
        {"file system full", test_file_system_full},
    };
    suite_add("gate window", set_up, tear_down, tests, SUITE_N(tests));
}
