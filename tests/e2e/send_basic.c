/* The sender on good days: what it sends, when, in which order, and its options. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

enum { SOON_MS = 700, POLL_MS = 3000, ARRIVE_MS = 10000 };

static struct partner p;

static int set_up(void)
{
    partner_new(&p, "BASIC");
    hooks_clear();
    return 0;
}

static int tear_down(void)
{
    senders_end();
    hooks_clear();
    return 0;
}

static void check_headers(const struct receiver_request *q, const char *webhook_id)
{
    static const char *const once[] = {
        "Host",       "Content-Type",      "Content-Length",     "X-Webhook-Signature", "X-Webhook-Event",
        "webhook-id", "webhook-timestamp", "X-Webhook-Sequence", "webhook-signature",   "User-Agent",
    };
    static const char *const never[] = {"Expect", "Transfer-Encoding", "X-API-Key", "Cookie", "Authorization"};
    for (unsigned i = 0; i < SUITE_N(once); i++)
        CHECK_INT(once[i], header_count(q, once[i]), 1);
    for (unsigned i = 0; i < SUITE_N(never); i++)
        CHECK_INT(never[i], header_count(q, never[i]), 0);
    CHECK_STR("type", receiver_header(q, "Content-Type"), "application/json");
    CHECK_STR("agent", receiver_header(q, "User-Agent"), "Omnichannel-Webhook/" PACKAGE_VERSION);
    CHECK_STR("event", receiver_header(q, "X-Webhook-Event"), "TICKET_CREATED");
    CHECK_STR("sequence", receiver_header(q, "X-Webhook-Sequence"), "1");
    CHECK_STR("id", receiver_header(q, "webhook-id"), webhook_id);
    const char *at = receiver_header(q, "webhook-timestamp");
    long long age = (long long)time(NULL) - (at ? strtoll(at, NULL, 10) : 0);
    CHECK("timestamp: the attempt's", age >= 0 && age <= 30);
}

static void test_bytes_and_headers(void)
{
    char body[1024], id[1024], url[SENDING_PATH], more[1024], number[32];
    struct receiver *r = listening();
    url_of(url, r, "/a%20b/../hook?x=1&y=%2F");
    snprintf(
        more, sizeof more,
        ",\"channelReferenceId\":\"\\u00e9 \\\"q\\\" \\\\ 1 \\ud83d\\ude00\",\"integration\":{\"webhookUrl\":\"%s\"}",
        url);
    snprintf(number, sizeof number, "%s", open_ticket_with(p.key, more));
    job_text(body, number, 1, "body");
    job_text(id, number, 1, "webhook_id");
    CHECK("a job stands there", strstr(body, "\"event\":\"TICKET_CREATED\"") != NULL);
    CHECK_INT("sender", sender_ended(sender_start(NULL, NULL, "--once"), ARRIVE_MS), 0);
    CHECK_INT("once", receiver_count(r, ""), 1);
    const struct receiver_request *q = receiver_get(r, "", 0);
    if (q) {
        CHECK_STR("line", q->line, "POST /a%20b/../hook?x=1&y=%2F HTTP/1.1");
        CHECK_STR("the stored bytes", q->body, body);
        CHECK_INT("all of them", q->n_body, strlen(body));
        check_headers(q, id);
        check_signed("signatures", q, p.secret, NULL);
    }
    CHECK_INT("the job has left", jobs_of(number), 0);
    CHECK_INT("into history",
              sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE webhook_id='%s' AND attempt=1 AND delivered=1 AND "
                      "http_status=200 AND error IS NULL AND ticket_number=%s AND seq=1 AND event='TICKET_CREATED'",
                      id, number),
              1);
    receiver_stop(&r);
}

static void check_same(const struct receiver_request *a, const struct receiver_request *b)
{
    static const char *const same[] = {"webhook-id", "X-Webhook-Sequence", "X-Webhook-Event", "X-Webhook-Signature"};
    CHECK_STR("body", a->body, b->body);
    for (unsigned i = 0; i < SUITE_N(same); i++)
        CHECK_STR(same[i], receiver_header(a, same[i]), receiver_header(b, same[i]));
}

static void test_retries_keep_the_id(void)
{
    char number[32];
    struct receiver *r = listening();
    pid_t s = sender_living(NULL);
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/first/503/2"));
    for (unsigned i = 1; i <= 3; i++) {
        CHECK("arrives", receiver_wait(r, "", i, ARRIVE_MS));
        if (i == 3)
            break;
        CHECK(
            "waits for its retry",
            until(3000, 1,
                  "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND attempts=%u AND lease_token IS NULL AND "
                  "next_due > NOW(6) + INTERVAL 3 SECOND AND hold_until > NOW(6) + INTERVAL 50 MINUTE",
                  number, i));
        due_now(number);
    }
    CHECK("delivered", until(3000, 0, "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number));
    for (unsigned i = 1; i < 3 && receiver_get(r, "", i); i++) {
        check_same(receiver_get(r, "", i), receiver_get(r, "", 0));
        check_signed("each attempt", receiver_get(r, "", i), p.secret, NULL);
    }
    CHECK_INT("history",
              sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s AND ((attempt<3 AND http_status=503 "
                      "AND delivered=0 AND error<>'') OR (attempt=3 AND http_status=200 AND delivered=1))",
                      number),
              3);
    CHECK_INT("and no more", sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s", number), 3);
    sender_stop(s);
    receiver_stop(&r);
}

#define LIFE "/slow/60" /* each is answered so late that a second one would overtake it */
enum { LIFE_US = 60000 };

/* Seven events of one ticket's life. */
static void live_through(char number[32], struct receiver *r)
{
    static const char *const bodies[] = {
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\"}",
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"shown\"}",
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\"}",
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"CLOSED\"}",
    };
    snprintf(number, 32, "%s", event_to(&p, r, LIFE));
    for (unsigned i = 0; i < SUITE_N(bodies); i++) {
        struct reply a = patch(number, keys.agent, bodies[i]);
        CHECK_INT(bodies[i], a.status, 200);
        reply_free(&a);
    }
}

static void check_life(struct receiver *r)
{
    static const char *const events[] = {"TICKET_CREATED",  "STATUS_CHANGED", "COMMENT_ADDED", "STATUS_CHANGED",
                                         "TICKET_RESOLVED", "STATUS_CHANGED", "TICKET_CLOSED"};
    CHECK("all arrive", receiver_wait(r, "", SUITE_N(events), ARRIVE_MS));
    CHECK_INT("and no more", receiver_count(r, ""), SUITE_N(events));
    for (unsigned i = 0; i < SUITE_N(events) && receiver_get(r, "", i); i++) {
        char seq[16];
        snprintf(seq, sizeof seq, "%u", i + 1);
        CHECK_STR("in order", receiver_header(receiver_get(r, "", i), "X-Webhook-Sequence"), seq);
        CHECK_STR("each", receiver_header(receiver_get(r, "", i), "X-Webhook-Event"), events[i]);
        if (i > 0)
            CHECK("each after the one before was answered",
                  receiver_get(r, "", i)->at_us - receiver_get(r, "", i - 1)->at_us >= LIFE_US);
    }
}

static void test_order(void)
{
    char number[32];
    struct receiver *r = listening();
    live_through(number, r);
    CHECK_INT("one pass takes all of a ticket", sender_ended(sender_start(NULL, NULL, "--once"), ARRIVE_MS), 0);
    check_life(r);
    receiver_clear(r);
    pid_t s = sender_living(NULL);
    live_through(number, r);
    check_life(r);
    CHECK("nothing is left", until(3000, 0, "SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number));
    sender_stop(s);
    receiver_stop(&r);
}

/* Each begins when the one before has just arrived: by the poll alone each but
 * the first, which does not count, would take about a second. */
static long best_of(int n, struct receiver *r)
{
    long best = 99999;
    trip_ms(&p, r, "/soon");
    for (int i = 0; i < n; i++) {
        long ms = trip_ms(&p, r, "/soon");
        best = ms < best ? ms : best;
    }
    return best;
}

static void test_latency(void)
{
    struct receiver *r = listening();
    pid_t s = sender_living(NULL);
    CHECK("no poll is waited for", best_of(5, r) < SOON_MS);
    CHECK_INT("all on one connection", receiver_connections(r), 1);
    sender_stop(s);
    receiver_stop(&r);
}

/* A socket of ours in the sender's place. */
static int take_place(const char *path, char held[SENDING_PATH])
{
    snprintf(held, SENDING_PATH, "%.290s.test", path);
    struct sockaddr_un at = socket_at(held);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(held);
    CHECK_INT("bind", bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    chmod(held, 0660);
    CHECK_INT("rename", rename(held, path), 0);
    return fd;
}

static void test_lost_poke(void)
{
    char path[SENDING_PATH], held[SENDING_PATH], datagram[64];
    struct receiver *r = listening();
    pid_t s = sender_living(NULL);
    poke_path(path);
    int fd = take_place(path, held);
    CHECK("found by the next look", trip_ms(&p, r, "/lost") < POLL_MS);
    CHECK("the poke went to us", recv(fd, datagram, sizeof datagram, 0) > 0);
    close(fd);
    CHECK("nobody behind the name: found by the next look", trip_ms(&p, r, "/lost") < POLL_MS);
    usleep(1500000);
    CHECK("the sender has taken its name back", best_of(3, r) < SOON_MS);
    CHECK_INT("remove it", unlink(path), 0);
    CHECK("no name: found by the next look", trip_ms(&p, r, "/lost") < POLL_MS);
    sender_stop(s);
    CHECK("a sender that ended leaves no name", access(path, F_OK) != 0);
    CHECK("and nobody is needed to open a ticket", strcmp(event_to(&p, r, "/lost"), "0") != 0);
    receiver_stop(&r);
}

static void test_once(void)
{
    char path[SENDING_PATH], conf[SENDING_PATH], good[32], bad[32], later[32], out[1024];
    struct receiver *r = listening();
    hooks_clear();
    conf_write(conf, "webhook_retries = 1h\n");
    poke_path(path);
    CHECK_INT("nothing to do", sender_ended(sender_start(NULL, NULL, "--once"), 3000), 0);
    snprintf(good, sizeof good, "%s", event_to(&p, r, "/good"));
    snprintf(bad, sizeof bad, "%s", event_to(&p, r, "/status/500"));
    snprintf(later, sizeof later, "%s", event_to(&p, r, "/later"));
    sql(out, "UPDATE webhook_job SET next_due=NOW(6)+INTERVAL 1 HOUR WHERE ticket_number=%s", later);
    CHECK_INT("done", sender_ended(sender_start(conf, NULL, "--once"), ARRIVE_MS), 0);
    CHECK("it listened to nobody", access(path, F_OK) != 0);
    CHECK_INT("good", receiver_count(r, "/good"), 1);
    CHECK_INT("bad: tried once", receiver_count(r, "/status"), 1);
    CHECK_INT("later: not", receiver_count(r, "/later"), 0);
    CHECK_INT("left", sql_int("SELECT COUNT(*) FROM webhook_job WHERE lease_token IS NULL OR attempts = 0"), 2);
    CHECK_INT("rescheduled", sql_int("SELECT attempts FROM webhook_job WHERE ticket_number=%s", bad), 1);
    receiver_stop(&r);
}

static const char *checksum(char out[1024])
{
    char job[1024], receiver[1024];
    sql(job,
        "SELECT MD5(GROUP_CONCAT(CONCAT_WS('|', id, attempts, next_due, HEX(lease_token), hold_until) ORDER BY id)) "
        "FROM webhook_job");
    sql(receiver, "SELECT MD5(GROUP_CONCAT(CONCAT_WS('|', receiver, failures, next_probe) ORDER BY receiver)) "
                  "FROM webhook_receiver");
    snprintf(out, 1024, "%.100s %.100s", job, receiver);
    return out;
}

static void test_dry_run(void)
{
    char before[1024], after[1024], out[65536], url[SENDING_PATH], origin[64];
    struct receiver *r = listening();
    hooks_clear();
    event_to(&p, r, "/status/500");
    CHECK_INT("tried", sender_ended(sender_start(NULL, NULL, "--once"), ARRIVE_MS), 0);
    for (int i = 0; i < 3; i++)
        event_to(&p, r, "/status/500");
    sql(out, "UPDATE webhook_job SET next_due=NOW(6)");
    checksum(before);
    receiver_clear(r);
    CHECK_INT("dry run", run(out, sizeof out, "'%s' --dry-run 2>&1", stack.sender), 0);
    CHECK_STR("changes nothing", checksum(after), before);
    CHECK_INT("sends nothing", receiver_count(r, ""), 0);
    url_of(url, r, "");
    snprintf(origin, sizeof origin, "%.60s", url);
    CHECK("names the partner", strstr(out, p.code) != NULL);
    CHECK("and the origin", strstr(out, origin) != NULL);
    CHECK("but no path", strstr(out, "/status") == NULL);
    CHECK("and how many are due", strstr(out, " 4 ") != NULL);
    hooks_clear();
    CHECK_INT("nothing due", run(out, sizeof out, "'%s' --dry-run 2>&1", stack.sender), 0);
    CHECK("names nobody", strstr(out, p.code) == NULL);
    receiver_stop(&r);
}

static void test_options(void)
{
    static const struct {
        const char *args, *names;
        int status;
    } rows[] = {
        {"--for", "--for", 2},
        {"--for x", "--for", 2},
        {"--for -1", "--for", 2},
        {"--for 1.5", "--for", 2},
        {"--for 86401", "--for", 2},
        {"--for 99999999999999999999", "--for", 2},
        {"--once --for 5", "--for", 2},
        {"--for 5 --once", "--once", 2},
        {"--once --dry-run", "--dry-run", 2},
        {"--frobnicate", "frobnicate", 2},
        {"--once more", "argument", 2},
        {"--once -c /nonexistent/omnichannel.conf", "/nonexistent/omnichannel.conf", 2},
        {"-c", "c", 2},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[65536];
        int st = run(out, sizeof out, "timeout 10 '%s' %s 2>&1 >/dev/null </dev/null", stack.sender, rows[i].args);
        CHECK_INT(rows[i].args, st, rows[i].status);
        CHECK(rows[i].args, strstr(out, rows[i].names) != NULL);
    }
    char out[65536], conf[SENDING_PATH];
    CHECK_INT("--help", run(out, sizeof out, "'%s' --help", stack.sender), 0);
    CHECK("--help", strstr(out, "--once") && strstr(out, "--for") && strstr(out, "--dry-run"));
    CHECK_INT("--version", run(out, sizeof out, "'%s' --version", stack.sender), 0);
    CHECK("--version", strstr(out, PACKAGE_VERSION) != NULL);
    conf_write(conf, "webhook_retries = 5s soon\n");
    CHECK_INT("bad configuration", run(out, sizeof out, "'%s' -c '%s' --once 2>&1", stack.sender, conf), 2);
    CHECK("is named", strstr(out, "webhook_retries") != NULL);
    conf_write(conf, "database_socket = /nonexistent/mysqld.sock\n");
    CHECK_INT("no database", run(out, sizeof out, "timeout 20 '%s' -c '%s' --once 2>&1", stack.sender, conf), 1);
    CHECK_INT("no database", run(out, sizeof out, "timeout 20 '%s' -c '%s' --dry-run 2>&1", stack.sender, conf), 1);
}

/* Also with jobs that are due but may not be sent: behind a failing head, behind a pause, and one under way. */
static void test_idle(void)
{
    char number[32], out[1024];
    struct receiver *r = listening(), *paused = listening();
    hooks_clear();
    pid_t s = sender_living(NULL);
    usleep(500000);
    long before = sender_cpu_ms(s);
    usleep(2000000);
    CHECK("idle", sender_cpu_ms(s) - before < 100);
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/status/500"));
    CHECK("head", receiver_wait(r, "", 1, ARRIVE_MS));
    comment_on(number, &p);
    sql(out, "UPDATE webhook_job SET next_due=NOW(6)+INTERVAL 1 HOUR WHERE ticket_number=%s AND seq=1", number);
    for (int i = 0; i < 8; i++)
        event_to(&p, paused, "/status/500");
    CHECK("paused", until(ARRIVE_MS, 1, "SELECT COUNT(*) FROM webhook_receiver WHERE next_probe > NOW(6)"));
    event_to(&p, r, "/hang");
    CHECK("hangs", receiver_wait(r, "/hang", 1, ARRIVE_MS));
    usleep(300000);
    before = sender_cpu_ms(s);
    usleep(3000000);
    CHECK("due, but nothing to do", sender_cpu_ms(s) - before < 150);
    kill(s, SIGTERM);
    usleep(100000); /* two at once would be one */
    kill(s, SIGTERM);
    CHECK_INT("twice: at once", sender_ended(s, 3000), 0);
    receiver_stop(&r);
    receiver_stop(&paused);
}

/* A sender whose minute is over serves until another has come, and then goes. */
static void test_handover(void)
{
    struct receiver *r = listening();
    char path[SENDING_PATH];
    poke_path(path);
    hooks_clear();
    pid_t first = sender_start(NULL, NULL, "--for 1");
    usleep(2500000);
    CHECK_INT("past its time it still serves", sender_ended(first, 0), -1);
    CHECK("promptly", best_of(2, r) < SOON_MS);
    pid_t second = sender_living(NULL);
    CHECK_INT("until another has come", sender_ended(first, 3000), 0);
    CHECK("who serves at once", best_of(2, r) < SOON_MS);
    CHECK("by its own name", access(path, F_OK) == 0);
    sender_stop(second);
    pid_t alone = sender_start(NULL, NULL, "--for 1");
    CHECK_INT("or for a while", sender_ended(alone, 5000), -1);
    CHECK_INT("but not for ever", sender_ended(alone, 8000), 0);
    receiver_stop(&r);
}

void init_send_basic_tests(void)
{
    static const struct suite_test tests[] = {
        {"bytes, headers, signatures", test_bytes_and_headers},
        {"the id stays over retries", test_retries_keep_the_id},
        {"order over a ticket's life", test_order},
        {"a COMMIT wakes it", test_latency},
        {"a lost poke costs one look", test_lost_poke},
        {"--once", test_once},
        {"--dry-run", test_dry_run},
        {"options", test_options},
        {"it does not spin", test_idle},
        {"one hands over to the next", test_handover},
    };
    suite_add("e2e sender basic", set_up, tear_down, tests, SUITE_N(tests));
}
