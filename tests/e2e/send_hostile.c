/* The sender and receivers that misbehave: each costs only its own events. */
#include <signal.h>
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

enum {
    ARRIVE_MS = 10000,
    PROMPT_MS = 1500, /* a poll late at worst; who waited for another's time-out would be later */
    GROWTH_KB = 24 * 1024
};

static struct partner good, bad;
static struct receiver *fine;                                  /* the good one's */
static char impatient[SENDING_PATH], no_retries[SENDING_PATH]; /* none within a test's time */

static int set_up(void)
{
    partner_new(&good, "GOOD");
    partner_new(&bad, "BAD");
    fine = listening();
    conf_write(impatient, "webhook_timeout = 2\n");
    conf_write(no_retries, "webhook_timeout = 2\nwebhook_retries = 1h\n");
    hooks_clear();
    return 0;
}

static int tear_down(void)
{
    senders_end();
    hooks_clear();
    receiver_stop(&fine);
    return 0;
}

static void check_prompt(const char *row)
{
    CHECK(row, trip_ms(&good, fine, "/good") < PROMPT_MS);
}

/* ---- One event each to all kinds at once ---- */

static const struct kind {
    const char *path, *says; /* says: a word of the error in history, NULL: delivered */
    int status;              /* that history has, 0: none */
} kinds[] = {
    {"/hang", "time", 0}, {"/deaf", "time", 0},   {"/drip", "time", 0},        {"/dripbody", NULL, 200},
    {"/continue", "", 0}, {"/continue/0", "", 0}, {"/headers", "header", 200}, {"/redirect/%d", "redirect", 307},
    {"/reset", "", 0},    {"/close", "", 0},      {"/garbage", "", 0},         {"/endless", NULL, 200},
    {"/gzip", NULL, 200},
};
enum { KINDS = SUITE_N(kinds) };

static void check_kind(const struct kind *k, const char *number)
{
    char error[1024];
    sql(error, "SELECT LOWER(IFNULL(error, '')) FROM webhook_attempt WHERE ticket_number=%s", number);
    CHECK_INT(k->path, sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s", number), 1);
    CHECK_INT(k->path,
              sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s AND attempt=1 AND delivered=%d AND "
                      "IFNULL(http_status,0) IN (0,%d)",
                      number, k->says == NULL, k->status),
              1);
    CHECK_INT(k->path, jobs_of(number), k->says != NULL);
    if (!k->says) {
        CHECK_STR(k->path, error, "");
        return;
    }
    CHECK(k->path, error[0] && strstr(error, k->says) != NULL);
    CHECK(k->path, strstr(error, "127.0.0.1") == NULL);
    CHECK_INT(
        k->path,
        sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND attempts=1 AND lease_token IS NULL AND "
                "next_due BETWEEN NOW(6) + INTERVAL 47 MINUTE AND NOW(6) + INTERVAL 72 MINUTE",
                number),
        1);
}

static void test_every_kind_at_once(void)
{
    static struct receiver *r[KINDS];
    char numbers[KINDS][32], path[64];
    struct receiver *stolen = listening();
    pid_t s = sender_living(no_retries);
    check_prompt("alone");
    long before = sender_peak_kb(s);
    for (unsigned i = 0; i < KINDS; i++) {
        r[i] = listening();
        if (strcmp(kinds[i].path, "/deaf") == 0)
            receiver_rule(r[i], "/deaf");
        snprintf(path, sizeof path, "%s", kinds[i].path);
        if (strchr(path, '%'))
            snprintf(path, sizeof path, "/redirect/%d", receiver_port(stolen));
        snprintf(numbers[i], sizeof numbers[i], "%s", event_to(&bad, r[i], path));
    }
    for (int i = 0; i < 5; i++)
        check_prompt("while all misbehave");
    CHECK("each has ended in time",
          until(8000, KINDS,
                "SELECT COUNT(*) FROM webhook_attempt a JOIN partner p ON p.id=a.partner_id WHERE p.code='%s'",
                bad.code));
    for (unsigned i = 0; i < KINDS; i++)
        check_kind(&kinds[i], numbers[i]);
    CHECK_INT("redirects are not followed", receiver_connections(stolen), 0);
    CHECK("memory is bounded", sender_peak_kb(s) - before < GROWTH_KB);
    CHECK_INT("the sender lives", sender_stop(s), 0);
    for (unsigned i = 0; i < KINDS; i++)
        receiver_stop(&r[i]);
    receiver_stop(&stolen);
}

/* Many at a time, and a good partner beside them. */
static void test_many_hang(void)
{
    enum { MANY = 60 };
    struct receiver *r = listening();
    hooks_clear();
    pid_t s = sender_living(impatient);
    for (int i = 0; i < MANY; i++)
        event_to(&bad, r, "/hang");
    for (int i = 0; i < 5; i++)
        check_prompt("beside sixty that hang");
    CHECK("a failing receiver is paused", until(ARRIVE_MS, 1,
                                                "SELECT COUNT(*) FROM webhook_receiver WHERE next_probe > "
                                                "NOW(6)"));
    CHECK("long before all were tried", receiver_count(r, "") < MANY);
    check_prompt("beside one that is paused");
    sender_stop(s);
    receiver_stop(&r);
}

static void test_gone(void)
{
    char number[32], next[32], url[SENDING_PATH], out[1024];
    struct receiver *r = listening();
    hooks_clear();
    pid_t s = sender_living(NULL);
    url_of(url, r, "/status/410");
    snprintf(number, sizeof number, "%s", event_to(&bad, r, "/status/410"));
    CHECK("dead", until(ARRIVE_MS, 1,
                        "SELECT COUNT(*) FROM webhook_dead WHERE ticket_number=%s AND reason LIKE '%%410%%'", number));
    CHECK_INT("its URL is off", sql_int("SELECT COUNT(*) FROM webhook_gone WHERE url='%s'", url), 1);
    CHECK_INT("no job left", jobs_of(number), 0);
    snprintf(next, sizeof next, "%s", event_to(&bad, r, "/status/410"));
    CHECK("the next one is dead at once",
          until(3000, 1, "SELECT COUNT(*) FROM webhook_dead WHERE ticket_number=%s", next));
    comment_on(number, &bad);
    CHECK("a later one of the same ticket, too",
          until(3000, 2, "SELECT COUNT(*) FROM webhook_dead WHERE ticket_number=%s", number));
    CHECK_INT("without a request", receiver_count(r, "/status/410"), 1);
    CHECK("another URL of that origin goes on", trip_ms(&bad, r, "/else") < PROMPT_MS);
    CHECK("the same URL of another partner is asked itself", trip_ms(&good, r, "/status/410") < PROMPT_MS);
    CHECK_INT("the receiver is not paused",
              sql_int("SELECT COUNT(*) FROM webhook_receiver WHERE next_probe IS NOT NULL"), 0);
    CHECK_INT("switched on again", admin(out, sizeof out, "webhook enable --partner %s '%s'", bad.code, url), 0);
    CHECK("it is asked again", trip_ms(&bad, r, "/status/410") < PROMPT_MS);
    sender_stop(s);
    receiver_stop(&r);
}

/* ---- Retry-After ---- */

static void check_wait(const char *row, const char *number, int least, int most)
{
    CHECK(row, until(ARRIVE_MS, 1, "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND attempts=1", number));
    long long s = sql_int("SELECT TIMESTAMPDIFF(SECOND, (SELECT MAX(created_at) FROM webhook_attempt WHERE "
                          "ticket_number=%s), next_due) FROM webhook_job WHERE ticket_number=%s",
                          number, number);
    if (s < least || s > most)
        CHECK_INT(row, s, least);
}

static void test_retry_after(void)
{
    char paths[5][128], date[64], numbers[5][32];
    static const int bounds[5][2] = {{3, 7}, {3, 7}, {7195, 7205}, {3590, 3610}, {86395, 86405}};
    time_t in_an_hour = time(NULL) + 3600;
    strftime(date, sizeof date, "%a,%%20%d%%20%b%%20%Y%%20%H:%M:%S%%20GMT", gmtime(&in_an_hour));
    snprintf(paths[0], sizeof paths[0], "/retry/503/1");
    snprintf(paths[1], sizeof paths[1], "/retry/503/Thu,%%2001%%20Jan%%201970%%2000:00:00%%20GMT");
    snprintf(paths[2], sizeof paths[2], "/retry/503/7200");
    snprintf(paths[3], sizeof paths[3], "/retry/429/%s", date);
    snprintf(paths[4], sizeof paths[4], "/retry/429/999999999");
    hooks_clear();
    pid_t s = sender_living(NULL);
    struct receiver *r[5];
    for (unsigned i = 0; i < 5; i++) {
        r[i] = listening();
        snprintf(numbers[i], sizeof numbers[i], "%s", event_to(&bad, r[i], paths[i]));
    }
    for (unsigned i = 0; i < 5; i++)
        check_wait(paths[i], numbers[i], bounds[i][0], bounds[i][1]);
    sender_stop(s);
    for (unsigned i = 0; i < 5; i++)
        receiver_stop(&r[i]);
}

/* ---- What fails an event, and what fails a receiver ---- */

static void test_refusals_fail_the_event_only(void)
{
    enum { N = 8 };
    struct receiver *r = listening();
    hooks_clear();
    pid_t s = sender_living(no_retries);
    for (int i = 0; i < N; i++)
        event_to(&bad, r, "/status/404");
    CHECK("all are tried", receiver_wait(r, "", N, ARRIVE_MS));
    CHECK("all wait for their retries",
          until(3000, N,
                "SELECT COUNT(*) FROM webhook_job WHERE attempts=1 AND lease_token IS NULL AND next_due > NOW(6)"));
    CHECK_INT("the receiver is not paused",
              sql_int("SELECT COUNT(*) FROM webhook_receiver WHERE next_probe IS NOT NULL"), 0);
    CHECK("and gets what it takes", trip_ms(&bad, r, "/else") < PROMPT_MS);
    sender_stop(s);
    receiver_stop(&r);
}

/* How many requests come in addition to those so far while a sender lives so long. */
static unsigned more_with_a_sender(struct receiver *r, int ms)
{
    unsigned before = receiver_count(r, "");
    pid_t s = sender_living(impatient);
    receiver_wait(r, "", 1000, ms);
    sender_stop(s);
    return receiver_count(r, "") - before;
}

static void test_pause_and_probe(void)
{
    enum { N = 30 };
    char out[1024];
    struct receiver *r = listening();
    hooks_clear();
    receiver_rule(r, "/status/500");
    pid_t s = sender_living(impatient);
    for (int i = 0; i < N; i++)
        event_to(&bad, r, "/x");
    CHECK("paused after five failures",
          until(ARRIVE_MS, 1, "SELECT COUNT(*) FROM webhook_receiver WHERE failures >= 5 AND next_probe > NOW(6)"));
    check_prompt("others go on");
    unsigned tried = receiver_count(r, "");
    CHECK("few were tried", tried >= 5 && tried < N / 2);
    sender_stop(s);
    sql(out, "UPDATE webhook_receiver SET next_probe = NOW(6) + INTERVAL 1 HOUR WHERE next_probe IS NOT NULL");
    sql(out, "UPDATE webhook_job SET next_due = NOW(6)");
    CHECK_INT("the pause outlives the process", more_with_a_sender(r, 1500), 0);
    sql(out, "UPDATE webhook_receiver SET next_probe = NOW(6) WHERE next_probe IS NOT NULL");
    CHECK_INT("one probe", more_with_a_sender(r, 2500), 1);
    CHECK_INT("a longer pause",
              sql_int("SELECT COUNT(*) FROM webhook_receiver WHERE next_probe > NOW(6) + INTERVAL 5 SECOND"), 1);
    receiver_rule(r, NULL);
    sql(out, "UPDATE webhook_receiver SET next_probe = NOW(6) WHERE next_probe IS NOT NULL");
    sql(out, "UPDATE webhook_job SET next_due = NOW(6)");
    s = sender_living(impatient);
    CHECK("a good probe brings all", until(ARRIVE_MS, 0, "SELECT COUNT(*) FROM webhook_job"));
    CHECK_INT("and forgets the failures",
              sql_int("SELECT COUNT(*) FROM webhook_receiver WHERE failures > 0 OR next_probe IS NOT NULL"), 0);
    sender_stop(s);
    receiver_stop(&r);
}

/* The pause ends by itself, in the sender that began it. */
static void test_pause_ends(void)
{
    struct receiver *r = listening();
    hooks_clear();
    receiver_rule(r, "/status/500");
    pid_t s = sender_living(impatient);
    for (int i = 0; i < 6; i++)
        event_to(&bad, r, "/x");
    CHECK("paused", until(ARRIVE_MS, 1, "SELECT COUNT(*) FROM webhook_receiver WHERE next_probe > NOW(6)"));
    receiver_rule(r, NULL);
    CHECK("over after about five seconds", until(15000, 0, "SELECT COUNT(*) FROM webhook_job"));
    sender_stop(s);
    receiver_stop(&r);
}

/* ---- A failing head ---- */

/* A ticket with three events whose first has failed once. */
static void failing_head(char number[32], struct receiver *r)
{
    receiver_rule(r, "/status/500");
    snprintf(number, 32, "%s", event_to(&bad, r, "/x"));
    CHECK("head fails", receiver_wait(r, "", 1, ARRIVE_MS) &&
                            until(3000, 1, "SELECT attempts FROM webhook_job WHERE ticket_number=%s", number));
    char out[1024];
    sql(out, "UPDATE webhook_job SET next_due = NOW(6) + INTERVAL 1 HOUR WHERE ticket_number=%s", number);
    comment_on(number, &bad);
    comment_on(number, &bad);
}

static void check_sequences(const char *row, struct receiver *r, unsigned from, const char *const *want, unsigned n)
{
    CHECK(row, receiver_wait(r, "", from + n, ARRIVE_MS));
    for (unsigned i = 0; i < n && receiver_get(r, "", from + i); i++)
        CHECK_STR(row, receiver_header(receiver_get(r, "", from + i), "X-Webhook-Sequence"), want[i]);
    CHECK_INT(row, receiver_count(r, ""), from + n);
}

static void test_head_holds(void)
{
    static const char *const order[] = {"1", "2", "3"};
    char number[32];
    struct receiver *r = listening();
    hooks_clear();
    pid_t s = sender_living(NULL);
    failing_head(number, r);
    receiver_rule(r, NULL);
    usleep(2500000);
    CHECK_INT("what follows is not sent", receiver_count(r, ""), 1);
    CHECK_INT("nor counted as tried",
              sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND seq>1 AND attempts=0", number), 2);
    CHECK("another ticket is not held", trip_ms(&bad, r, "/other") < PROMPT_MS);
    receiver_clear(r);
    char out[1024];
    sql(out, "UPDATE webhook_job SET next_due=NOW(6) WHERE ticket_number=%s AND seq=1", number);
    check_sequences("all, in order", r, 0, order, 3);
    sender_stop(s);
    receiver_stop(&r);
}

static void test_hold_ends(void)
{
    static const char *const rest[] = {"2", "3"}, *const late[] = {"1"};
    char number[32], out[1024];
    struct receiver *r = listening();
    hooks_clear();
    pid_t s = sender_living(NULL);
    failing_head(number, r);
    receiver_rule(r, NULL);
    CHECK("held, and put off to the hold's end",
          until(3000, 2,
                "SELECT COUNT(*) FROM webhook_job f JOIN webhook_job h ON h.ticket_number=f.ticket_number AND h.seq=1 "
                "WHERE f.ticket_number=%s AND f.seq>1 AND f.next_due=h.hold_until",
                number));
    sql(out, "UPDATE webhook_job SET hold_until=NOW(6)-INTERVAL 1 SECOND WHERE ticket_number=%s AND seq=1", number);
    sql(out, "UPDATE webhook_job SET next_due=NOW(6) WHERE ticket_number=%s AND seq>1", number);
    check_sequences("the later ones pass", r, 1, rest, 2);
    CHECK("the head is kept", until(3000, 1, "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number));
    due_now(number);
    check_sequences("and comes when it can", r, 3, late, 1);
    sender_stop(s);
    receiver_stop(&r);
}

/* ---- The end of all retries ---- */

static void test_exhausted(void)
{
    char number[32], id[1024], body[1024], conf[SENDING_PATH], out[65536];
    struct receiver *r = listening();
    hooks_clear();
    conf_write(conf, "webhook_retries = 1s 1s\n");
    receiver_rule(r, "/status/500");
    snprintf(number, sizeof number, "%s", event_to(&bad, r, "/x"));
    job_text(id, number, 1, "webhook_id");
    job_text(body, number, 1, "body");
    comment_on(number, &bad);
    pid_t s = sender_living(conf);
    CHECK("tried three times", receiver_wait(r, "", 3, ARRIVE_MS));
    receiver_rule(r, NULL);
    CHECK("dead",
          until(3000, 1, "SELECT COUNT(*) FROM webhook_dead WHERE webhook_id='%s' AND attempts=3 AND reason<>''", id));
    CHECK("what it held is woken", receiver_wait(r, "", 4, 3000));
    if (receiver_get(r, "", 3))
        CHECK_STR("and sent", receiver_header(receiver_get(r, "", 3), "X-Webhook-Sequence"), "2");
    CHECK_INT("list", run(out, sizeof out, "'%s' webhook list --state dead --partner %s", stack.admin, bad.code), 0);
    CHECK("listed", strstr(out, id) != NULL && strstr(out, number) != NULL);
    CHECK_INT("show", run(out, sizeof out, "'%s' webhook show %s", stack.admin, id), 0);
    CHECK("with its attempts", strstr(out, "500") != NULL);
    CHECK_INT("retry", admin(out, sizeof out, "webhook retry %s", id), 0);
    CHECK("back at once", receiver_wait(r, "", 5, PROMPT_MS));
    const struct receiver_request *q = receiver_get(r, "", 4);
    if (q) {
        CHECK_STR("the same id", receiver_header(q, "webhook-id"), id);
        CHECK_STR("the same bytes", q->body, body);
    }
    CHECK("and gone from the jobs", until(3000, 0, "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number));
    CHECK_INT("and from the dead", sql_int("SELECT COUNT(*) FROM webhook_dead WHERE webhook_id='%s'", id), 0);
    sender_stop(s);
    receiver_stop(&r);
}

/* ---- A hundred thousand ---- */

static void test_a_dead_partners_backlog(void)
{
    char number[32], out[1024];
    struct receiver *r = listening();
    hooks_clear();
    snprintf(number, sizeof number, "%s", event_to(&bad, r, "/hang"));
    sql(out,
        "INSERT INTO webhook_job (webhook_id,partner_id,receiver,ticket_number,seq,event,url,body,next_due,created_at) "
        "SELECT CONCAT('c',LPAD(s.seq,24,'0')),j.partner_id,j.receiver,100000000+s.seq,1,j.event,j.url,j.body,NOW(6),"
        "NOW(6) FROM webhook_job j JOIN seq_1_to_100000 s WHERE j.ticket_number=%s",
        number);
    CHECK_INT("written", sql_int("SELECT COUNT(*) FROM webhook_job"), 100001);
    pid_t s = sender_living(impatient);
    CHECK("the dead one is asked", receiver_wait(r, "", 1, ARRIVE_MS));
    for (int i = 0; i < 20; i++)
        CHECK("another partner's event arrives", trip_ms(&good, fine, "/good") < 3000);
    CHECK("and it costs no memory", sender_peak_kb(s) < 100 * 1024);
    sender_stop(s);
    sql(out, "TRUNCATE webhook_job");
    receiver_stop(&r);
}

void init_send_hostile_tests(void)
{
    static const struct suite_test tests[] = {
        {"every kind at once", test_every_kind_at_once},
        {"many that hang", test_many_hang},
        {"410", test_gone},
        {"Retry-After", test_retry_after},
        {"4xx fails an event, not its receiver", test_refusals_fail_the_event_only},
        {"pause and probe", test_pause_and_probe},
        {"a pause ends", test_pause_ends},
        {"a failing head holds", test_head_holds},
        {"until its hold ends", test_hold_ends},
        {"exhausted, and brought back", test_exhausted},
        {"a dead partner's 100,000 events", test_a_dead_partners_backlog},
    };
    suite_add("e2e sender hostile", set_up, tear_down, tests, SUITE_N(tests));
}
