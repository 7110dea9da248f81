/* A process is killed at every point inside where it matters; the next one must
 * neither wait nor miscount nor lose memory. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gate/guess.h"
#include "harness/suite.h"
#include "suites.h"
#include "support.h"

#define MIB_CHUNKS 4096
#define PROMPT (5 * SECOND) /* [us] for all that follows a kill: a dead holder is noticed, not waited for */

static unsigned steps_left;

static void step(void)
{
    if (steps_left > 0 && --steps_left == 0)
        raise(SIGKILL);
}

static bool admit(uint64_t id, uint32_t limit, int64_t at)
{
    struct gate_verdict v;
    return gate_window_admit(shared, id, 0, limit, T0 + at, &v) == STATUS_OK && v.admitted;
}

static bool guess(uint32_t address, int64_t at)
{
    uint32_t reset;
    struct net_addr a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)(address >> 24), (uint8_t)(address >> 16),
                          (uint8_t)(address >> 8), (uint8_t)address}};
    return gate_guess(shared, &a, T0 + at, &reset);
}

struct scenario {
    const char *row;
    unsigned mib;
    void (*prepare)(void);
    bool (*act)(void); /* what the process is killed in: one admission */
    uint64_t id;       /* whose window is judged afterwards */
    uint32_t limit;
    int64_t at;
    uint32_t left; /* admissions left in it had nobody been killed */
};

static int run_act(void *arg)
{
    const struct scenario *s = arg;
    gate_step_hook = step;
    return s->act() ? 0 : 1;
}

/* True: it was killed at step k; false: it came through. */
static bool kill_at(const struct scenario *s, unsigned k)
{
    steps_left = k;
    int status = test_wait(test_fork(run_act, (void *)(uintptr_t)s));
    steps_left = 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return true;
    CHECK_INT(s->row, status, 0);
    return false;
}

/* The killed admission may count or not; nothing else may have changed. */
static void judge(const struct scenario *s, const char *row, bool killed)
{
    int64_t began = test_mono();
    uint32_t left = 0;
    while (left <= s->left + 2 && admit(s->id, s->limit, s->at))
        left++;
    CHECK(row, left == s->left || (killed && left == s->left + 1));
    CHECK(row, admit(9001, 1, s->at) && !admit(9001, 1, s->at));
    CHECK(row, guess(9001, s->at)); /* both pools' locks have been taken and mended now */
    CHECK(row, test_mono() - began < PROMPT);
    test_audit(row, &shared->windows);
    test_audit(row, &shared->guesses);
}

static void run(const struct scenario *s)
{
    unsigned killed = 0;
    bool more = true;
    for (unsigned k = 1; more; k += 1 + k / 16) {
        char row[96];
        snprintf(row, sizeof row, "%s, killed at %u", s->row, k);
        test_open(s->mib);
        s->prepare();
        more = kill_at(s, k);
        killed += more;
        judge(s, row, more);
        test_close();
    }
    CHECK(s->row, killed > 2);
}

static void nothing(void)
{
}

static bool act_first(void)
{
    return admit(1, 3, 0);
}

/* The first chunk is full. */
static void fill_chunk(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < GATE_STAMPS; i++)
        n += admit(1, 1000, 0);
    CHECK_INT("fill", n, GATE_STAMPS);
}

static bool act_next_chunk(void)
{
    return admit(1, GATE_STAMPS + 3, 0);
}

/* The first chunk is full, and all of it has expired. */
static bool act_drained_chunk(void)
{
    return admit(1, 3, 60 * SECOND);
}

/* 200 admissions 1 ms apart, in four chunks. */
static void fill_four(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < 200; i++)
        n += admit(1, 1000, i * 1000);
    CHECK_INT("fill", n, 200);
}

/* 0…150 ms have left, 49 stay: two chunks are given back. */
static bool act_expire_some(void)
{
    return admit(1, 200, 60 * SECOND + 150 * 1000);
}

static bool act_expire_all(void)
{
    return admit(1, 200, 200 * SECOND);
}

/* At a time when a stamp that was never written would look expired. */
static void fill_late(void)
{
    unsigned n = 0;
    for (unsigned i = 0; i < 20; i++)
        n += admit(1, 1000, 100 * SECOND + i);
    CHECK_INT("fill", n, 20);
}

static bool act_late(void)
{
    return admit(1, 23, 101 * SECOND);
}

/* Every chunk of the pool belongs to a window that is idle a minute later. */
static void fill_pool(void)
{
    unsigned n = 0;
    for (uint64_t id = 1; id <= MIB_CHUNKS; id++)
        n += admit(id, 10, 0);
    CHECK_INT("fill", n, MIB_CHUNKS);
}

static bool act_reclaim(void)
{
    return admit(5000, 10, 60 * SECOND);
}

static bool act_reclaim_own_bucket(void)
{
    bool all = true;
    for (uint64_t id = 5000; id < 5010; id++)
        all &= admit(id, 10, 60 * SECOND);
    return all;
}

/* One window has all of the pool but two chunks, which two idle windows have. */
#define ALMOST_ALL ((MIB_CHUNKS - 2) * GATE_STAMPS)

static void fill_but_idle(void)
{
    unsigned n = 0;
    CHECK("idle ones", admit(2, 10, 0) && admit(3, 10, 0));
    for (unsigned i = 0; i < ALMOST_ALL; i++)
        n += admit(1, GATE_LIMIT_MAX, 40 * SECOND);
    CHECK_INT("fill", n, ALMOST_ALL);
}

static bool act_extend_reclaims(void)
{
    return admit(1, ALMOST_ALL + 30, 60 * SECOND);
}

static bool act_guess(void)
{
    return guess(1, 0);
}

static void fill_guesses(void)
{
    unsigned n = 0;
    for (uint32_t a = 0; a < GATE_GUESS_SLOTS; a++)
        n += guess(a, a);
    CHECK_INT("fill", n, GATE_GUESS_SLOTS);
}

static bool act_evict(void)
{
    return guess(70000, SECOND);
}

static const struct scenario reclaim = {"reclaiming", 1, fill_pool, act_reclaim, 5000, 10, 60 * SECOND, 9};

/* Somebody was killed while making room; now whoever mends that is killed, too. */
static void die_reclaiming(void)
{
    fill_pool();
    CHECK("first one is killed", kill_at(&reclaim, 1000));
}

static const struct scenario scenarios[] = {
    {"first admission", 16, nothing, act_first, 1, 3, 0, 2},
    {"next chunk", 16, fill_chunk, act_next_chunk, 1, GATE_STAMPS + 3, 0, 2},
    {"drained chunk", 16, fill_chunk, act_drained_chunk, 1, 3, 60 * SECOND, 2},
    {"some expire", 16, fill_four, act_expire_some, 1, 200, 60 * SECOND + 150 * 1000, 150},
    {"all expire", 16, fill_four, act_expire_all, 1, 200, 200 * SECOND, 199},
    {"within a chunk", 16, fill_late, act_late, 1, 23, 101 * SECOND, 2},
    {"reclaiming for a chunk", 1, fill_but_idle, act_extend_reclaims, 1, ALMOST_ALL + 30, 60 * SECOND, 29},
    {"guessing", 16, nothing, act_guess, 1, 3, 0, 3},
    {"evicting", 16, fill_guesses, act_evict, 1, 3, 0, 3},
};

static void test_small_steps(void)
{
    for (unsigned i = 0; i < SUITE_N(scenarios); i++)
        run(&scenarios[i]);
}

static void test_reclaiming(void)
{
    static const struct scenario own = {"reclaiming for ten", 1, fill_pool, act_reclaim_own_bucket, 5009, 10,
                                        60 * SECOND,          9};
    run(&reclaim);
    run(&own);
}

static void test_mending(void)
{
    static const struct scenario mend = {"mending", 1, die_reclaiming, act_reclaim, 5000, 10, 60 * SECOND, 9};
    run(&mend);
}

/* Killed anywhere at all, many times over: the count of what was answered never
 * passes the limit, and nobody ever waits. */

#define STORM_LIMIT 20000
#define STORM_KILLS 200

struct storm {
    _Atomic int64_t at;
    _Atomic unsigned answered, refused;
};

static int storm_worker(void *arg)
{
    struct storm *s = arg;
    for (unsigned other = 0;; other++) {
        if (admit(1, STORM_LIMIT, s->at))
            s->answered++;
        else
            s->refused++;
        admit(100 + other % 50, 100, s->at);
    }
    return 0;
}

static void kill_some(struct storm *s, unsigned *seed)
{
    pid_t pid[2];
    for (unsigned i = 0; i < 2; i++)
        pid[i] = test_fork(storm_worker, s);
    usleep((unsigned)rand_r(seed) % 2000 + 200);
    for (unsigned i = 0; i < 2; i++) {
        kill(pid[i], SIGKILL);
        int status = test_wait(pid[i]);
        CHECK("killed", WIFSIGNALED(status));
    }
}

static void test_storm(void)
{
    struct storm *s = test_share(sizeof *s);
    unsigned seed = 7, kills = 0;
    test_open(16);
    for (int64_t minute = 0; kills < STORM_KILLS; minute++) {
        s->at = minute * 60 * SECOND;
        s->answered = s->refused = 0;
        unsigned before = kills;
        while (s->refused == 0 && kills < STORM_KILLS) {
            kill_some(s, &seed);
            kills += 2;
            int64_t began = test_mono();
            admit(55, 1, s->at);
            CHECK("prompt", test_mono() - began < PROMPT);
        }
        CHECK("never more", s->answered <= STORM_LIMIT);
        if (s->refused > 0)
            CHECK("each kill costs one at most", s->answered + (kills - before) >= STORM_LIMIT);
    }
    admit(9001, 1, s->at);
    test_audit("after the storm", &shared->windows);
    test_close();
    test_unshare(s, sizeof *s);
}

void init_kill_tests(void)
{
    static const struct suite_test tests[] = {
        {"killed at each step", test_small_steps},
        {"killed while reclaiming", test_reclaiming},
        {"killed while mending", test_mending},
        {"killed anywhere", test_storm},
    };
    suite_add("gate kill", NULL, NULL, tests, SUITE_N(tests));
}
