/* Many processes at one window, by an injected clock. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate/guess.h"
#include "harness/suite.h"
#include "suites.h"
#include "support.h"

#define PROCESSES 8

struct race {
    _Atomic int go;
    _Atomic int64_t clock; /* [us] after T0 */
    int64_t tick;          /* [us] each request moves the clock by */
    int64_t end;           /* [us] after T0; 0: until refused for the thousandth time */
    uint32_t limit;
    unsigned ids; /* windows asked in turn */
    _Atomic unsigned admitted, refused, failed;
};

static void ask(struct race *r, uint64_t id, int64_t at)
{
    struct gate_verdict v;
    /* Closed for once is no error: eight on two cores may wait for each other. */
    if (gate_window_admit(shared, id, 0, r->limit, T0 + at, &v) != STATUS_OK)
        r->failed++;
    else if (v.admitted)
        r->admitted++;
    else
        r->refused++;
}

static int racer(void *arg)
{
    struct race *r = arg;
    while (!r->go)
        continue;
    for (unsigned i = 0; r->end ? r->clock < r->end : r->refused < 1000; i++)
        ask(r, 1 + i % r->ids, atomic_fetch_add(&r->clock, r->tick));
    return 0;
}

static struct race *run_race(struct race how)
{
    pid_t pid[PROCESSES];
    struct race *r = test_share(sizeof *r);
    *r = how;
    for (unsigned i = 0; i < PROCESSES; i++)
        pid[i] = test_fork(racer, r);
    r->go = 1;
    for (unsigned i = 0; i < PROCESSES; i++)
        CHECK_INT("racer", test_wait(pid[i]), 0);
    return r;
}

static void test_exactly_n(void)
{
    static const uint32_t limits[] = {1, 100, 20000, 1000000};
    for (unsigned i = 0; i < SUITE_N(limits); i++) {
        char row[64];
        snprintf(row, sizeof row, "limit %u", limits[i]);
        test_open(16);
        struct race *r = run_race((struct race){.limit = limits[i], .ids = 1});
        CHECK_INT(row, r->admitted, limits[i]);
        CHECK(row, r->refused >= 1000);
        test_audit(row, &shared->windows);
        test_unshare(r, sizeof *r);
        test_close();
    }
}

/* 250 s, a request a millisecond, of which each minute takes the first N. */
static void test_exactly_n_a_minute(void)
{
    test_open(16);
    struct race *r = run_race((struct race){.limit = 100, .ids = 1, .tick = 1000, .end = 250 * SECOND});
    CHECK_INT("five minutes' worth", r->admitted, 500);
    test_unshare(r, sizeof *r);
    test_close();
}

/* More windows than there is room for: they come and go under the racers' hands,
 * a minute or more apart, and each admission is right or closed. */
static void test_reclaiming_under_load(void)
{
    test_open(1);
    struct race *r = run_race((struct race){.limit = 3, .ids = 6000, .tick = 2000, .end = 400 * SECOND});
    CHECK("many were admitted", r->admitted > 4096);
    test_audit("after", &shared->windows);
    test_unshare(r, sizeof *r);
    test_close();
}

static int guesser(void *arg)
{
    struct race *r = arg;
    uint32_t reset;
    while (!r->go)
        continue;
    for (uint32_t i = 0; i < 30000; i++) {
        uint32_t a = (i * 7919 + (uint32_t)getpid()) % 20000;
        struct net_addr from = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, (uint8_t)(a >> 8), (uint8_t)a}};
        gate_guess(shared, &from, T0 + i, &reset) ? r->admitted++ : r->refused++;
    }
    return 0;
}

/* Twenty thousand addresses in a table of 4,096. */
static void test_evicting_under_load(void)
{
    pid_t pid[PROCESSES];
    struct race *r = test_share(sizeof *r);
    test_open(16);
    for (unsigned i = 0; i < PROCESSES; i++)
        pid[i] = test_fork(guesser, r);
    r->go = 1;
    for (unsigned i = 0; i < PROCESSES; i++)
        CHECK_INT("guesser", test_wait(pid[i]), 0);
    CHECK("almost all found room", r->refused < 30000 * PROCESSES / 100);
    test_audit("guesses", &shared->guesses);
    CHECK_INT("keys' windows untouched", shared->windows.pool->slots_used, 0);
    test_unshare(r, sizeof *r);
    test_close();
}

/* A holder that is stopped inside: closed after a moment, not for ever. */

static void stop(void)
{
    gate_step_hook = NULL;
    raise(SIGSTOP);
}

static int stopper(void *arg)
{
    struct gate_verdict v;
    (void)arg;
    gate_step_hook = stop; /* first step: the bucket's lock is held */
    return gate_window_admit(shared, 1, 0, 10, T0, &v) == STATUS_OK && v.admitted ? 0 : 1;
}

static void test_stopped_holder(void)
{
    struct gate_verdict v;
    int status;
    test_open(16);
    pid_t pid = test_fork(stopper, NULL);
    waitpid(pid, &status, WUNTRACED);
    CHECK("stopped", WIFSTOPPED(status));
    int64_t began = test_mono();
    CHECK_INT("closed", gate_window_admit(shared, 1, 0, 10, T0, &v), STATUS_UNAVAILABLE);
    int64_t waited = test_mono() - began;
    CHECK("not admitted", !v.admitted);
    CHECK("waited 50 ms", waited >= 50000);
    CHECK("and not much more", waited < 1000000);
    CHECK_INT("other windows go on", gate_window_admit(shared, 2, 0, 10, T0, &v), STATUS_OK);
    kill(pid, SIGCONT);
    CHECK_INT("goes on", test_wait(pid), 0);
    CHECK_INT("open again", gate_window_admit(shared, 1, 0, 10, T0, &v), STATUS_OK);
    CHECK_INT("both counted", v.remaining, 8);
    test_close();
}

static unsigned steps_to_stop;

static void stop_later(void)
{
    if (--steps_to_stop == 0)
        stop();
}

static int pool_stopper(void *arg)
{
    struct gate_verdict v;
    (void)arg;
    steps_to_stop = 2; /* second step: a chunk has been taken, the pool's lock is held */
    gate_step_hook = stop_later;
    return gate_window_admit(shared, 1, 0, 10, T0, &v) == STATUS_OK && v.admitted ? 0 : 1;
}

static void test_stopped_in_the_pool(void)
{
    struct gate_verdict v;
    int status;
    test_open(16);
    for (unsigned i = 0; i < GATE_STAMPS; i++)
        CHECK_INT("before", gate_window_admit(shared, 2, 0, 100, T0, &v), STATUS_OK);
    pid_t pid = test_fork(pool_stopper, NULL);
    waitpid(pid, &status, WUNTRACED);
    CHECK("stopped", WIFSTOPPED(status));
    CHECK_INT("no new window", gate_window_admit(shared, 3, 0, 100, T0, &v), STATUS_UNAVAILABLE);
    CHECK_INT("no new chunk", gate_window_admit(shared, 2, 0, 100, T0, &v), STATUS_UNAVAILABLE);
    CHECK_INT("refusing needs none", gate_window_admit(shared, 2, 0, 62, T0, &v), STATUS_OK);
    CHECK("refused", !v.admitted);
    kill(pid, SIGCONT);
    CHECK_INT("goes on", test_wait(pid), 0);
    CHECK_INT("open again", gate_window_admit(shared, 2, 0, 100, T0, &v), STATUS_OK);
    CHECK_INT("what failed did not count", v.remaining, 37);
    test_audit("after", &shared->windows);
    test_close();
}

void init_race_tests(void)
{
    static const struct suite_test tests[] = {
        {"eight processes, exactly N", test_exactly_n},
        {"exactly N a minute", test_exactly_n_a_minute},
        {"reclaiming under load", test_reclaiming_under_load},
        {"evicting under load", test_evicting_under_load},
        {"stopped holder", test_stopped_holder},
        {"stopped in the pool", test_stopped_in_the_pool},
    };
    suite_add("gate race", NULL, NULL, tests, SUITE_N(tests));
}
