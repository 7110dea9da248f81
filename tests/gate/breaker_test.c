#include "gate/breaker.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "harness/suite.h"
#include "suites.h"
#include "support.h"

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

static void test_closed(void)
{
    CHECK("closed", !gate_breaker_open(shared));
    for (unsigned i = 0; i < 10; i++)
        CHECK("all may", gate_breaker_allow(shared, T0));
    gate_breaker_ok(shared);
    CHECK("still closed", !gate_breaker_open(shared));
}

static void test_one_probe_a_second(void)
{
    gate_breaker_fail(shared, T0);
    CHECK("open", gate_breaker_open(shared));
    CHECK("at once", !gate_breaker_allow(shared, T0));
    CHECK("not yet", !gate_breaker_allow(shared, T0 + SECOND - 1));
    CHECK("the second's probe", gate_breaker_allow(shared, T0 + SECOND));
    CHECK("only one", !gate_breaker_allow(shared, T0 + SECOND));
    CHECK("open while probing", gate_breaker_open(shared));
    CHECK("not yet again", !gate_breaker_allow(shared, T0 + 2 * SECOND - 1));
    CHECK("the first's prober says nothing: the next second has another", gate_breaker_allow(shared, T0 + 2 * SECOND));
    gate_breaker_fail(shared, T0 + 2 * SECOND);
    CHECK("failed", !gate_breaker_allow(shared, T0 + 3 * SECOND - 1));
    CHECK("long after", gate_breaker_allow(shared, T0 + 9 * SECOND + 5));
    CHECK("counts from then", !gate_breaker_allow(shared, T0 + 10 * SECOND + 4));
    gate_breaker_ok(shared);
    CHECK("closed", !gate_breaker_open(shared) && gate_breaker_allow(shared, T0 + 9 * SECOND + 6));
}

/* A request that arrived before and failed late must not bring the next probe forward. */
static void test_late_failure(void)
{
    gate_breaker_fail(shared, T0 + 10 * SECOND);
    gate_breaker_fail(shared, T0 + 8 * SECOND);
    CHECK("not earlier", !gate_breaker_allow(shared, T0 + 11 * SECOND - 1));
    CHECK("as it stood", gate_breaker_allow(shared, T0 + 11 * SECOND));
    gate_breaker_ok(shared);
    gate_breaker_fail(shared, 0);
    CHECK("a failure at zero opens too", gate_breaker_open(shared));
    gate_breaker_ok(shared);
}

/* Two processes ask at the same moment, over and over: one may, the other may not. */

#define ROUNDS 5000

struct race {
    _Atomic unsigned arrived, allowed;
};

static void meet(struct race *r, unsigned n)
{
    r->arrived++;
    while (r->arrived < n)
        sched_yield();
}

static int racer(void *arg)
{
    struct race *r = arg;
    for (unsigned i = 1; i <= ROUNDS; i++) {
        meet(r, 4 * i - 2);
        r->allowed += gate_breaker_allow(shared, T0 + i * SECOND);
        meet(r, 4 * i);
    }
    return 0;
}

static void test_two_at_once(void)
{
    struct race *r = test_share(sizeof *r);
    gate_breaker_fail(shared, T0);
    pid_t one = test_fork(racer, r), other = test_fork(racer, r);
    CHECK_INT("racer", test_wait(one), 0);
    CHECK_INT("racer", test_wait(other), 0);
    CHECK_INT("one probe a second", r->allowed, ROUNDS);
    CHECK("still open", gate_breaker_open(shared));
    gate_breaker_ok(shared);
    test_unshare(r, sizeof *r);
}

static int prober(void *arg)
{
    (void)arg;
    if (gate_breaker_allow(shared, T0 + SECOND))
        raise(SIGKILL);
    return 0;
}

static void test_killed_prober(void)
{
    gate_breaker_fail(shared, T0);
    CHECK_INT("killed while probing", test_wait(test_fork(prober, NULL)), SIGKILL);
    CHECK("nobody else this second", !gate_breaker_allow(shared, T0 + 2 * SECOND - 1));
    CHECK("the next second another", gate_breaker_allow(shared, T0 + 2 * SECOND));
    gate_breaker_ok(shared);
}

void init_breaker_tests(void)
{
    static const struct suite_test tests[] = {
        {"closed", test_closed},
        {"one probe a second", test_one_probe_a_second},
        {"late failure", test_late_failure},
        {"two at once", test_two_at_once},
        {"killed prober", test_killed_prober},
    };
    suite_add("gate breaker", set_up, tear_down, tests, SUITE_N(tests));
}
