/* The stack as it is by default: it starts its senders itself, each minute. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

enum { ARRIVE_MS = 10000 };

static struct partner p;

static int set_up(void)
{
    partner_new(&p, "CRON");
    hooks_clear();
    return stack_sends(true);
}

static int tear_down(void)
{
    int st = stack_sends(false);
    hooks_clear();
    return st;
}

/* This stack's senders: they are in its ticker's session. */
static int sender_pids(int *pids, int max)
{
    char out[4096];
    int cron = pid_of("cron");
    if (cron < 1)
        return 0;
    run(out, sizeof out, "pgrep -s %d -x omnichannel-sen", cron);
    int n = 0;
    char *at = out, *end;
    for (long v; n < max && (v = strtol(at, &end, 10)) > 0; at = end)
        pids[n++] = (int)v;
    return n;
}

static void test_delivers_by_itself(void)
{
    int pids[8];
    struct receiver *r = listening();
    CHECK_INT("a sender runs", sender_pids(pids, 8), 1);
    CHECK("an event arrives", trip_ms(&p, r, "/x") < ARRIVE_MS);
    CHECK("at once", trip_ms(&p, r, "/x") < 700);
    receiver_stop(&r);
}

static bool is_new(int pid, const int *before, int n)
{
    for (int i = 0; i < n; i++)
        if (before[i] == pid)
            return false;
    return true;
}

/* The next minute's sender comes, and nobody waits for it. */
static void test_over_the_minute(void)
{
    int before[8], after[8];
    long worst = 0;
    bool follows = false;
    struct receiver *r = listening();
    while (time(NULL) % 60 < 57)
        usleep(100000);
    int n = sender_pids(before, 8);
    for (int i = 0; i < 24; i++) {
        long ms = trip_ms(&p, r, "/x");
        worst = ms > worst ? ms : worst;
        usleep(250000);
    }
    for (int i = 0, m = sender_pids(after, 8); i < m; i++)
        follows = follows || is_new(after[i], before, n);
    CHECK("another sender", follows);
    CHECK("no gap", worst < 2500);
    receiver_stop(&r);
}

static void test_off(void)
{
    int pids[8];
    char path[SENDING_PATH], number[32];
    struct receiver *r = listening();
    CHECK_INT("off", stack_sends(false), 0);
    CHECK_INT("no sender", sender_pids(pids, 8), 0);
    poke_path(path);
    CHECK("nor its name", access(path, F_OK) != 0);
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/x"));
    usleep(1500000);
    CHECK_INT("kept", jobs_of(number), 1);
    CHECK_INT("not sent", receiver_count(r, ""), 0);
    CHECK_INT("on", stack_sends(true), 0);
    CHECK("sent", receiver_wait(r, "", 1, ARRIVE_MS));
    receiver_stop(&r);
}

void init_send_cron_tests(void)
{
    static const struct suite_test tests[] = {
        {"the stack delivers by itself", test_delivers_by_itself},
        {"over a minute's edge", test_over_the_minute},
        {"off and on", test_off},
    };
    suite_add("e2e sender by cron", set_up, tear_down, tests, SUITE_N(tests));
}
