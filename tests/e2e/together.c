/* Requests that wait for a worker together: it takes them at once and asks the
 * database for all of them, and everybody gets what is his. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

enum {
    EACH = 5,             /* of a kind */
    WAIT_US = 300 * 1000, /* until all of them have come */
    BURSTS = 6,           /* one of them at least comes together */
    WORKERS_MAX = 64,
    PEERS_MAX = 64
};

/* One of those that come together. */
struct peer {
    char path[128], body[512];
    const char *key, *method;
    long status;    /*!< wanted */
    char where[32]; /*!< in the answer; "": not looked at */
    char want[64];
    char reference[64]; /* of the ticket that is opened */
    pthread_t thread;
    struct reply reply;
};
static struct peer peers[PEERS_MAX];
static unsigned n_peers;

static struct peer *add(const char *method, const char *key, long status, const char *where, const char *want)
{
    struct peer *p = &peers[n_peers++];
    *p = (struct peer){.method = method, .key = key, .status = status};
    snprintf(p->where, sizeof p->where, "%s", where);
    snprintf(p->want, sizeof p->want, "%s", want);
    return p;
}

static void add_read(const char *before, const char *number, const char *key, bool is_found)
{
    struct peer *p =
        is_found ? add("GET", key, 200, "ticketNumber", number) : add("GET", key, 404, "error", "Ticket not found");
    snprintf(p->path, sizeof p->path, "%s%s", before, number);
}

static struct peer *add_create(const char *key, const char *reference)
{
    struct peer *p = add("POST", key, 200, "", "");
    snprintf(p->reference, sizeof p->reference, "%s", reference);
    snprintf(p->path, sizeof p->path, "/tickets");
    snprintf(p->body, sizeof p->body,
             "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"channelReferenceId\":\"%s\",\"customer\":{\"name\":"
             "\"J\"},"
             "\"ticket\":{\"title\":\"t\",\"description\":\"d\"},\"integration\":{\"requestId\":\"%s\"}}",
             reference, reference);
    return p;
}

static void *ask(void *arg)
{
    struct peer *p = arg;
    p->reply = call(p->method, p->path, p->key, NULL, p->body[0] ? p->body : NULL);
    return NULL;
}

static void signal_all(const int *pids, int n, int sig)
{
    for (int i = 0; i < n; i++)
        kill(pids[i], sig);
}

static long long questions(void)
{
    return sql_int("SELECT SUM(variable_value) FROM information_schema.global_status WHERE variable_name IN "
                   "('QUESTIONS', 'COM_STMT_PREPARE', 'COM_STMT_RESET')");
}

/* All at once to one worker; what it asked the database. The replies stay. */
static long long burst(void)
{
    int pids[WORKERS_MAX], n = worker_pids(pids, WORKERS_MAX);
    long long asking = questions(), before = questions();
    asking = before - asking;
    signal_all(pids, n, SIGSTOP);
    for (unsigned i = 0; i < n_peers; i++)
        pthread_create(&peers[i].thread, NULL, ask, &peers[i]);
    usleep(WAIT_US);
    kill(pids[0], SIGCONT);
    for (unsigned i = 0; i < n_peers; i++)
        pthread_join(peers[i].thread, NULL);
    long long asked = questions() - before - asking;
    signal_all(pids, n, SIGCONT);
    return asked;
}

/* The number it was told is that of its own ticket. */
static void check_opened(const struct peer *p)
{
    char reference[1024];
    const char *number = at(&p->reply, "ticketNumber");
    CHECK("number", number != NULL);
    CHECK_STR("its own",
              sql(reference, "SELECT channel_reference_id FROM ticket WHERE number = %s", number ? number : "0"),
              p->reference);
}

static void check_replies(void)
{
    for (unsigned i = 0; i < n_peers; i++) {
        struct peer *p = &peers[i];
        CHECK_INT(p->path, p->reply.status, p->status);
        if (p->where[0])
            CHECK_STR(p->path, at(&p->reply, p->where), p->want);
        if (p->status == 200 && p->reference[0])
            check_opened(p);
        check_common(p->path, &p->reply);
    }
}

static void forget(void)
{
    for (unsigned i = 0; i < n_peers; i++)
        reply_free(&peers[i].reply);
    n_peers = 0;
}

/* A kind of which EACH come together: fewer round trips than requests. */
static void check_fewer(const char *name, void (*fill)(void))
{
    long long least = -1;
    for (int i = 0; i < BURSTS; i++) {
        fill();
        long long asked = burst();
        check_replies();
        least = least < 0 || asked < least ? asked : least;
        forget();
    }
    if (least > EACH / 2)
        fprintf(stderr, "together: %s: %lld round trips for %d requests\n", name, least, EACH);
    CHECK(name, least <= EACH / 2);
}

static void fill_details(void)
{
    for (int i = 0; i < EACH; i++)
        add_read("/tickets/", open_ticket(), keys.all, true);
}

static void fill_statuses(void)
{
    for (int i = 0; i < EACH; i++)
        add_read("/tickets?ticketNumber=", open_ticket(), keys.all, true);
}

static void fill_creates(void)
{
    for (int i = 0; i < EACH; i++)
        add_create(i % 2 ? keys.other : keys.all, unique("burst"));
}

static void test_fewer(void)
{
    check_fewer("details", fill_details);
    check_fewer("statuses", fill_statuses);
    check_fewer("creates", fill_creates);
}

/* Who asks for another's ticket in the same breath as its owner is told of none. */
static void test_whose(void)
{
    char theirs[32];
    struct reply r =
        post(keys.other, "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"O\"},"
                         "\"ticket\":{\"title\":\"t\",\"description\":\"d\"}}");
    CHECK_INT("opened", r.status, 200);
    snprintf(theirs, sizeof theirs, "%s", at(&r, "ticketNumber"));
    reply_free(&r);
    for (int round = 0; round < BURSTS; round++) {
        const char *mine = open_ticket();
        for (int kind = 0; kind < 2; kind++) {
            const char *before = kind ? "/tickets?ticketNumber=" : "/tickets/";
            add_read(before, theirs, keys.all, false);
            add_read(before, theirs, keys.other, true);
            add_read(before, mine, keys.other, false);
            add_read(before, mine, keys.all, true);
            add_read(before, mine, keys.all, true);
        }
        burst();
        check_replies();
        forget();
    }
}

/* What is refused, handled alone, or wrong does not touch those beside it. */
static void test_mixed(void)
{
    char reference[BURSTS][64];
    const char *with_file =
        open_ticket_with(keys.all, ",\"attachments\":[{\"filename\":\"a.txt\",\"content\":\"YQ==\"}]");
    for (int round = 0; round < BURSTS; round++) {
        snprintf(reference[round], sizeof reference[round], "%s", unique("mixed"));
        const char *number = open_ticket();
        add_create(keys.all, reference[round]);
        struct peer *again = add_create(keys.all, reference[round]); /* the same request */
        struct peer *other = add_create(keys.all, reference[round]); /* its requestId with another body */
        char *title = strstr(other->body, "\"title\":\"t\"");
        title[strlen("\"title\":\"")] = 'u';
        add_create(keys.other, unique("beside"));
        struct peer *bad = add_create(keys.all, unique("bad"));
        char *customer = strstr(bad->body, "\"customer\"");
        snprintf(customer, sizeof bad->body - (size_t)(customer - bad->body), "\"customer\":{}}");
        bad->status = 400;
        snprintf(bad->where, sizeof bad->where, "error");
        snprintf(bad->want, sizeof bad->want, "Validation failed");
        add_read("/tickets/", number, keys.all, true);
        add_read("/tickets/", with_file, keys.all, true);
        add_read("/tickets/", "999999999", keys.all, false);
        add_read("/tickets/", number, keys.agent, true);
        add_read("/tickets?ticketNumber=", number, keys.all, true);
        struct peer *denied = add("GET", "omk_none", 401, "error", "Invalid API key");
        snprintf(denied->path, sizeof denied->path, "/tickets/%s", number);
        struct peer *change = add("PATCH", keys.all, 200, "success", "true");
        snprintf(change->path, sizeof change->path, "/tickets/%s", number);
        snprintf(change->body, sizeof change->body, "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}");
        other->status = again->status = 0; /* whichever comes first */
        burst();
        long won = 0;
        for (unsigned i = 0; i < 3; i++)
            won += peers[i].reply.status == 200;
        /* The body that came first is the ticket; the other is refused. */
        CHECK("one body or the other", won == 2 || (won == 1 && other->reply.status == 200));
        CHECK_INT("the rest is refused", peers[0].reply.status + again->reply.status + other->reply.status,
                  won * 200 + (3 - won) * 409);
        reply_free(&peers[0].reply);
        reply_free(&again->reply);
        reply_free(&other->reply);
        memmove(peers, peers + 3, (n_peers - 3) * sizeof *peers);
        n_peers -= 3;
        check_replies();
        forget();
        CHECK_INT("one ticket",
                  sql_int("SELECT COUNT(*) FROM ticket WHERE channel_reference_id = '%s'", reference[round]), 1);
    }
}

void init_together_tests(void)
{
    static const struct suite_test tests[] = {
        {"fewer round trips", test_fewer},
        {"whose", test_whose},
        {"mixed", test_mixed},
    };
    suite_add("together", NULL, NULL, tests, SUITE_N(tests));
}
