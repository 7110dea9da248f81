/* Clients that are slow on purpose, by the hundred, and idle ones by the ten
 * thousand; good clients' times beside them. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "e2e/hostile.h"
#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define IDLE 10000
#define IDLE_ENDS 120   /* [s] nginx's own bound is 15; a slow machine closes thousands slowly */
#define DESCRIPTORS 500 /* besides the idle connections' */
#define HEAD "GET /api/omnichannel/health HTTP/1.1\r\nHost: x\r\nX-Slow: "
#define POST "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-API-Key: "

static double span(void) /* [s] of measuring beside one attack */
{
    return hostile_is_heavy() ? 40.0 : 4.0;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_calm(void)
{
    good_for("nothing (to warm up)", 1.0);
    check_good("calm", good_for("nothing", span()));
}

/* One attack: the crowd is there before the good clients, and goes on beside them. */
static void beside(const char *what, int n, const char *first, char drip)
{
    struct pool before = pool_now();
    struct crowd *c = crowd_begin(n, first, drip);
    struct good g = good_for(what, span());
    CHECK("the attack went on", crowd_open(c) > n / 2);
    printf(", %d of %d still open, %d replaced", crowd_open(c), n, crowd_replaced(c));
    crowd_end(c);
    check_good(what, g);
    check_pool(what, &before);
    check_serves(what);
}

static void test_slow_headers(void)
{
    beside("headers a byte a second", hostile_is_heavy() ? 4000 : 500, HEAD, 'a');
}

static void test_slow_bodies(void)
{
    char first[512];
    snprintf(first, sizeof first, POST "%s\r\nContent-Length: 100000\r\n\r\n{", keys.all);
    beside("bodies a byte a second", 500, first, ' ');
}

static void test_slow_chunks(void)
{
    char first[512];
    snprintf(first, sizeof first, POST "%s\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", keys.all);
    beside("chunks a byte a second", 500, first, ' ');
}

/* The answer is asked for, and never read. */
static void test_never_reading(void)
{
    enum { REQUESTS = 20 };
    static char first[REQUESTS * 320];
    size_t n = 0;
    const char *number = open_ticket();
    for (int i = 0; i < REQUESTS; i++)
        n += (size_t)snprintf(first + n, sizeof first - n,
                              "GET /api/omnichannel/tickets/%s HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n\r\n", number,
                              keys.all);
    beside("answers never read", 200, first, 0);
}

/* More requests in work than an address may have: refused at once, and workers never see them. */
static void test_address_limit(void)
{
    char first[512];
    snprintf(first, sizeof first, POST "%s\r\nContent-Length: 100000\r\n\r\n{", keys.all);
    struct crowd *c = crowd_begin(1200, first, 0);
    struct reply r = get("/health", NULL);
    CHECK_INT("one more is refused", r.status, 429);
    check_error("in the API's form", &r, 429, "Rate limit exceeded");
    reply_free(&r);
    crowd_end(c);
    double began = seconds();
    for (long status = 0; status != 200 && seconds() - began < 30.0;) {
        r = get("/health", NULL);
        status = r.status;
        reply_free(&r);
        usleep(20000);
    }
    check_serves("and taken once they have gone");
}

static void test_idle(void)
{
    struct rlimit files;
    CHECK_INT("limits", getrlimit(RLIMIT_NOFILE, &files), 0);
    rlim_t was = files.rlim_cur;
    files.rlim_cur = files.rlim_max;
    CHECK_INT("as many as may be", setrlimit(RLIMIT_NOFILE, &files), 0);
    CHECK("descriptors for ten thousand", files.rlim_cur >= IDLE + DESCRIPTORS);
    double began = seconds();
    struct crowd *c = crowd_begin(IDLE, "", 0);
    printf("\n    %d connections in %.1f s, %d of them open", IDLE, seconds() - began, crowd_open(c));
    CHECK_INT("all are taken", crowd_open(c), IDLE);
    check_good("beside idle ones", good_for("10,000 idle connections", span()));
    int open = IDLE;
    while (open > 0 && seconds() - began < IDLE_ENDS) {
        usleep(500000);
        open = crowd_open(c);
    }
    CHECK_INT("they are closed", open, 0);
    printf("\n    the last idle connection was closed after %.1f s", seconds() - began);
    crowd_end(c);
    files.rlim_cur = was;
    CHECK_INT("limits as before", setrlimit(RLIMIT_NOFILE, &files), 0);
    check_serves("afterwards");
}

void init_hostile_load_tests(void)
{
    static const struct suite_test tests[] = {
        {"calm", test_calm},
        {"slow headers", test_slow_headers},
        {"slow bodies", test_slow_bodies},
        {"slow chunks", test_slow_chunks},
        {"answers never read", test_never_reading},
        {"more than an address may", test_address_limit},
        {"ten thousand idle", test_idle},
    };
    suite_add("e2e hostile load", NULL, NULL, tests, SUITE_N(tests));
}
