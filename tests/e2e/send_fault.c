/* The sender's bad days: killed, stopped, told to end, without its database,
 * beside another, under a clock that jumps. Nothing is lost, nothing settled twice. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/cutproxy.h"
#include "harness/suite.h"

enum { ARRIVE_MS = 10000, PROMPT_MS = 1500, DAY = 86400 };

static struct partner p;

static int set_up(void)
{
    partner_new(&p, "FAULT");
    hooks_clear();
    return 0;
}

static int tear_down(void)
{
    senders_end();
    hooks_clear();
    return 0;
}

/* As if so much time had passed for whoever holds it. */
static void end_lease(const char *number)
{
    char out[1024];
    sql(out, "UPDATE webhook_job SET next_due=NOW(6) WHERE ticket_number=%s AND lease_token IS NOT NULL", number);
}

static bool leased(const char *number)
{
    return until(
        ARRIVE_MS, 1,
        "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND lease_token IS NOT NULL AND next_due > NOW(6)",
        number);
}

static void check_gone(const char *row, const char *number)
{
    CHECK(row, until(ARRIVE_MS, 0, "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number));
    CHECK_INT(row, sql_int("SELECT COUNT(*) FROM webhook_dead WHERE ticket_number=%s", number), 0);
}

/* All of r's requests are of as many different events. */
static void check_exactly(const char *row, struct receiver *r, unsigned want)
{
    unsigned all, different;
    count_ids(r, "", &all, &different);
    CHECK_INT(row, different, want);
    CHECK_INT(row, all, want);
}

/* ---- A database that can be cut off ---- */

static struct cutproxy *proxy_conf(char conf[SENDING_PATH])
{
    char path[128], lines[256];
    snprintf(path, sizeof path, "%.100s/run/cut.sock", stack.var);
    struct cutproxy *x = cutproxy_start(path, stack.socket);
    CHECK("proxy", x != NULL);
    snprintf(lines, sizeof lines, "database_socket = %s\n", path);
    conf_write(conf, lines);
    return x;
}

/* What a claim of this ticket's receiver has in its bytes, as a parameter of a prepared statement. */
static void receiver_bytes(unsigned char bytes[8], const char *number)
{
    char out[1024];
    unsigned long long id = strtoull(job_text(out, number, 1, "receiver"), NULL, 10);
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(id >> 8 * i);
}

/* ---- Killed ---- */

static void test_killed_before_the_post(void)
{
    char conf[SENDING_PATH], number[32];
    unsigned char id[8];
    struct receiver *r = listening();
    struct cutproxy *x = proxy_conf(conf);
    hooks_clear();
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/x"));
    receiver_bytes(id, number);
    cutproxy_arm_bytes(x, CUT_HANG, id, sizeof id, 1);
    pid_t s = sender_start(conf, NULL, "--for 50");
    CHECK("claimed, and the sender does not know", leased(number));
    CHECK_INT("cut", cutproxy_cuts(x), 1);
    sender_kill(s);
    CHECK_INT("nothing was sent", receiver_count(r, ""), 0);
    CHECK_INT("its lease holds", sender_ended(sender_start(NULL, NULL, "--once"), ARRIVE_MS), 0);
    CHECK_INT("against others", receiver_count(r, ""), 0);
    end_lease(number);
    CHECK_INT("and ends", sender_ended(sender_start(NULL, NULL, "--once"), ARRIVE_MS), 0);
    check_exactly("delivered", r, 1);
    check_gone("and settled", number);
    cutproxy_stop(&x);
    receiver_stop(&r);
}

/* The finish never reaches the database: the answer comes when nobody can write it down any more. */
static void test_killed_before_the_finish(void)
{
    char conf[SENDING_PATH], number[32], token[1024];
    struct receiver *r = listening();
    struct cutproxy *x = proxy_conf(conf);
    hooks_clear();
    pid_t s = sender_living(conf);
    CHECK("works", trip_ms(&p, r, "/x") < PROMPT_MS);
    receiver_clear(r);
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/slow/500"));
    CHECK("posted", receiver_wait(r, "", 1, ARRIVE_MS));
    job_text(token, number, 1, "LOWER(HEX(lease_token))");
    cutproxy_arm(x, CUT_REQUEST, token, 1);
    cutproxy_refuse(x, 1);
    usleep(1500000);
    CHECK_INT("its finish was lost", cutproxy_cuts(x), 1);
    CHECK_INT("it lives and has not given up", sender_ended(s, 0), -1);
    sender_kill(s);
    CHECK("not settled", leased(number));
    end_lease(number);
    CHECK_INT("another", sender_ended(sender_start(NULL, NULL, "--once"), ARRIVE_MS), 0);
    unsigned all, different;
    count_ids(r, "", &all, &different);
    CHECK_INT("delivered again", all, 2);
    CHECK_INT("with the same id", different, 1);
    check_gone("and settled", number);
    cutproxy_stop(&x);
    receiver_stop(&r);
}

/* Again and again at any moment, with events in between: none is lost. */
static void test_killed_again_and_again(void)
{
    enum { ROUNDS = 12, EACH = 10 };
    struct receiver *r = listening();
    char out[1024];
    hooks_clear();
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (unsigned k = 0; k < EACH; k++)
            event_to(&p, r, "/slow/5");
        pid_t s = sender_start(NULL, NULL, "--for 50");
        usleep(30000 + 5000 * i);
        sender_kill(s);
        sql(out, "UPDATE webhook_job SET next_due=NOW(6)");
    }
    pid_t s = sender_living(NULL);
    CHECK("all leave", until(ARRIVE_MS, 0, "SELECT COUNT(*) FROM webhook_job"));
    unsigned all, different;
    count_ids(r, "", &all, &different);
    CHECK_INT("each has arrived", different, ROUNDS * EACH);
    CHECK_INT("none is dead", sql_int("SELECT COUNT(*) FROM webhook_dead"), 0);
    sender_stop(s);
    receiver_stop(&r);
}

/* ---- The database ---- */

static void test_database_restarts_mid_drain(void)
{
    enum { N = 100 };
    char conf[SENDING_PATH], out[1024];
    int pid = pid_of("mariadb");
    struct receiver *r = listening();
    hooks_clear();
    conf_write(conf, "webhook_receiver_concurrency = 2\n");
    for (int i = 0; i < N; i++)
        event_to(&p, r, "/slow/30");
    pid_t s = sender_living(conf);
    CHECK("begun", receiver_wait(r, "", N / 4, ARRIVE_MS));
    run(out, sizeof out, "kill -TERM %d; while kill -0 %d 2>/dev/null; do sleep 0.05; done", pid, pid);
    CHECK("in the middle", receiver_count(r, "") < N);
    CHECK_INT("the sender stays", sender_ended(s, 1000), -1);
    CHECK_INT("up", stack_up_again(), 0);
    CHECK("and goes on", until(ARRIVE_MS, 0, "SELECT COUNT(*) FROM webhook_job"));
    check_exactly("each once", r, N);
    CHECK("promptly again", trip_ms(&p, r, "/x") < PROMPT_MS);
    sender_stop(s);
    receiver_stop(&r);
}

static void test_database_hangs(void)
{
    int pid = pid_of("mariadb");
    char number[32];
    struct receiver *r = listening();
    hooks_clear();
    pid_t s = sender_living(NULL);
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/slow/200"));
    CHECK("posted", receiver_wait(r, "", 1, ARRIVE_MS));
    freeze(pid);
    usleep(4000000);
    thaw(pid);
    check_gone("what was delivered meanwhile is settled", number);
    check_exactly("once", r, 1);
    CHECK("promptly again", trip_ms(&p, r, "/x") < PROMPT_MS);
    sender_stop(s);
    receiver_stop(&r);
}

static const struct {
    const char *row;
    enum cut how;
} cuts[] = {{"never reached the server", CUT_REQUEST}, {"broke in flight", CUT_IN_FLIGHT}, {"answer lost", CUT_ANSWER}};

static void test_commit_lost(void)
{
    char conf[SENDING_PATH], number[32], token[1024];
    unsigned char id[8];
    struct receiver *r = listening();
    struct cutproxy *x = proxy_conf(conf);
    hooks_clear();
    pid_t s = sender_living(conf);
    CHECK("works", trip_ms(&p, r, "/x") < PROMPT_MS);
    for (unsigned i = 0; i < SUITE_N(cuts); i++) {
        receiver_clear(r);
        snprintf(number, sizeof number, "%s", event_to(&p, r, "/slow/400"));
        CHECK(cuts[i].row, receiver_wait(r, "", 1, ARRIVE_MS));
        receiver_bytes(id, number);
        job_text(token, number, 1, "LOWER(HEX(lease_token))");
        cutproxy_arm(x, cuts[i].how, token, 1); /* its finish */
        check_gone(cuts[i].row, number);
        CHECK_INT(cuts[i].row, cutproxy_cuts(x), 1);
        cutproxy_arm_bytes(x, cuts[i].how, id, sizeof id, 1); /* the next one's claim */
        snprintf(number, sizeof number, "%s", event_to(&p, r, "/slow/0"));
        CHECK(cuts[i].row, receiver_wait(r, "", 2, ARRIVE_MS));
        CHECK_INT(cuts[i].row, cutproxy_cuts(x), 1);
        check_gone(cuts[i].row, number);
        check_exactly(cuts[i].row, r, 2);
        CHECK_INT(cuts[i].row,
                  sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s AND delivered=1", number), 1);
    }
    sender_stop(s);
    cutproxy_stop(&x);
    receiver_stop(&r);
}

/* ---- Several ---- */

static void test_two_at_once(void)
{
    enum { N = 200, RECEIVERS = 4 };
    struct receiver *r[RECEIVERS];
    unsigned all = 0, different = 0;
    hooks_clear();
    for (unsigned i = 0; i < RECEIVERS; i++)
        r[i] = listening();
    for (unsigned i = 0; i < N; i++)
        event_to(&p, r[i % RECEIVERS], "/slow/10");
    pid_t one = sender_start(NULL, NULL, "--for 50"), two = sender_start(NULL, NULL, "--for 50");
    CHECK("all leave", until(ARRIVE_MS, 0, "SELECT COUNT(*) FROM webhook_job"));
    for (unsigned i = 0; i < RECEIVERS; i++) {
        unsigned a, d;
        count_ids(r[i], "", &a, &d);
        all += a;
        different += d;
        CHECK("both took part", receiver_connections(r[i]) >= 2);
        receiver_stop(&r[i]);
    }
    CHECK_INT("each event", different, N);
    CHECK_INT("exactly once", all, N);
    CHECK_INT("one", sender_stop(one), 0);
    CHECK_INT("two", sender_stop(two), 0);
}

/* Its event has long been another's when it comes back: what it has to say changes nothing. */
static void test_stopped_past_its_lease(void)
{
    char conf[SENDING_PATH], number[32], before[1024], after[1024];
    static const char state[] = "CONCAT_WS('|', attempts, next_due, hold_until, IFNULL(HEX(lease_token), '-'))";
    struct receiver *r = listening();
    hooks_clear();
    conf_write(conf, "webhook_retries = 1h\n");
    pid_t s = sender_living(NULL);
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/slow/500"));
    CHECK("posted", receiver_wait(r, "", 1, ARRIVE_MS));
    freeze(s);
    end_lease(number);
    receiver_rule(r, "/status/500");
    CHECK_INT("another", sender_ended(sender_start(conf, NULL, "--once"), ARRIVE_MS), 0);
    CHECK_INT("tried it in vain", receiver_count(r, ""), 2);
    job_text(before, number, 1, state);
    CHECK("and put it off", strncmp(before, "1|", 2) == 0);
    usleep(500000); /* the first one's answer, 200, waits in its socket */
    thaw(s);
    usleep(1500000);
    CHECK_STR("the late finish changes nothing", job_text(after, number, 1, state), before);
    receiver_rule(r, "/slow/1");
    due_now(number);
    check_gone("delivered by whoever comes first", number);
    sender_stop(s);
    receiver_stop(&r);
}

/* ---- Told to end ---- */

static void test_term(void)
{
    enum { N = 12, AT_ONCE = 2 };
    char conf[SENDING_PATH];
    struct receiver *r = listening();
    hooks_clear();
    conf_write(conf, "webhook_receiver_concurrency = 2\n");
    for (int i = 0; i < N; i++)
        event_to(&p, r, "/slow/800");
    pid_t s = sender_living(conf);
    CHECK("under way", receiver_wait(r, "", AT_ONCE, ARRIVE_MS));
    int64_t start = now_us();
    CHECK_INT("ends", sender_stop(s), 0);
    CHECK("soon", now_us() - start < 5000000);
    unsigned sent = receiver_count(r, "");
    CHECK_INT("nothing new was begun", sent, AT_ONCE);
    CHECK_INT("what was under way is settled", sql_int("SELECT COUNT(*) FROM webhook_job"), (long long)N - sent);
    CHECK_INT("the rest is free, due and not tried",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE next_due <= NOW(6) AND attempts=0"), (long long)N - sent);
    receiver_stop(&r);
}

/* Of a receiver that takes many a second some are leased ahead: these are given back, too. */
static void test_term_at_full_speed(void)
{
    enum { N = 400 };
    char conf[SENDING_PATH];
    unsigned all, different;
    struct receiver *r = listening();
    hooks_clear();
    conf_write(conf, "webhook_receiver_concurrency = 2\n");
    for (int i = 0; i < N; i++)
        event_to(&p, r, "/slow/10");
    pid_t s = sender_living(conf);
    CHECK("at full speed", receiver_wait(r, "", N / 4, ARRIVE_MS));
    CHECK_INT("ends", sender_stop(s), 0);
    count_ids(r, "", &all, &different);
    CHECK("in the middle", all >= N / 4 && all < N);
    CHECK_INT("once each", different, all);
    CHECK_INT("the rest is free, due and not tried",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE next_due <= NOW(6) AND attempts=0"), (long long)N - all);
    CHECK_INT("and that is all", sql_int("SELECT COUNT(*) FROM webhook_job"), (long long)N - all);
    receiver_stop(&r);
}

static void test_term_twice(void)
{
    enum { N = 3 };
    struct receiver *r = listening();
    hooks_clear();
    for (int i = 0; i < N; i++)
        event_to(&p, r, "/hang");
    pid_t s = sender_living(NULL);
    CHECK("under way", receiver_wait(r, "", N, ARRIVE_MS));
    kill(s, SIGTERM);
    CHECK_INT("waits for answers", sender_ended(s, 700), -1);
    kill(s, SIGTERM);
    CHECK_INT("ends at once", sender_ended(s, 2000), 0);
    CHECK_INT("what had no answer is given back",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE next_due <= NOW(6) AND attempts=0"), N);
    receiver_stop(&r);
}

/* ---- The wall clock ---- */

static int64_t *make_shift(char so[SENDING_PATH], char file[SENDING_PATH])
{
    char out[4096];
    const char *cc = getenv("CC");
    snprintf(so, SENDING_PATH, "%s/wallclock.so", stack.var);
    snprintf(file, SENDING_PATH, "%s/wallclock.shift", stack.var);
    CHECK_INT("compile",
              run(out, sizeof out, "%s -shared -fPIC -O1 -o '%s' '%s/e2e/shim/wallclock.c'", cc && *cc ? cc : "cc", so,
                  TESTS_DIR),
              0);
    int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK_INT("file", ftruncate(fd, sizeof(int64_t)), 0);
    int64_t *shift = mmap(NULL, sizeof *shift, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return shift;
}

static void test_clock_jumps(void)
{
    static const int64_t jumps[] = {0, DAY, -DAY, 400 * (int64_t)DAY, -400 * (int64_t)DAY};
    char so[SENDING_PATH], file[SENDING_PATH], preload[SENDING_PATH + 16], shift_env[SENDING_PATH + 32], number[32];
    volatile int64_t *shift = make_shift(so, file);
    struct receiver *r = listening();
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", so);
    snprintf(shift_env, sizeof shift_env, "WALLCLOCK_SHIFT=%s", file);
    const char *env[] = {preload, shift_env, "ASAN_OPTIONS=verify_asan_link_order=0", NULL};
    hooks_clear();
    pid_t s = sender_start(NULL, env, "--for 50");
    CHECK("first", trip_ms(&p, r, "/x") < ARRIVE_MS);
    for (unsigned i = 0; i < SUITE_N(jumps); i++) {
        *shift = jumps[i];
        receiver_clear(r);
        CHECK("delivered at any time", trip_ms(&p, r, "/x") < PROMPT_MS);
        const char *at = receiver_get(r, "", 0) ? receiver_header(receiver_get(r, "", 0), "webhook-timestamp") : NULL;
        long long off = (at ? strtoll(at, NULL, 10) : 0) - (long long)time(NULL) - jumps[i];
        CHECK("the clock has indeed jumped", off >= -5 && off <= 5);
        snprintf(number, sizeof number, "%s", event_to(&p, r, "/first/503/1"));
        CHECK(
            "retries are by the database's clock",
            until(ARRIVE_MS, 1,
                  "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND attempts=1 AND next_due BETWEEN NOW(6) "
                  "AND NOW(6) + INTERVAL 7 SECOND",
                  number));
        due_now(number);
        check_gone("and made", number);
    }
    sender_stop(s);
    munmap((void *)(uintptr_t)shift, sizeof *shift);
    receiver_stop(&r);
}

void init_send_fault_tests(void)
{
    static const struct suite_test tests[] = {
        {"killed between claim and POST", test_killed_before_the_post},
        {"killed between POST and finish", test_killed_before_the_finish},
        {"killed again and again", test_killed_again_and_again},
        {"COMMIT lost", test_commit_lost},
        {"the database hangs", test_database_hangs},
        {"the database restarts mid-drain", test_database_restarts_mid_drain},
        {"two at once", test_two_at_once},
        {"stopped past its lease", test_stopped_past_its_lease},
        {"TERM", test_term},
        {"TERM at full speed", test_term_at_full_speed},
        {"TERM twice", test_term_twice},
        {"the wall clock jumps", test_clock_jumps},
    };
    suite_add("e2e sender faults", set_up, tear_down, tests, SUITE_N(tests));
}
