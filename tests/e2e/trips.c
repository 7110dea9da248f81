/* Round trips a request, counted by the server: no request may come to cost one
 * more unseen. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

enum {
    REQUESTS = 150,    /* of a kind: one trip more each stands far above what workers read for themselves */
    WORKERS_MAX = 64,  /* looked at */
    FRESH_SECONDS = 4, /* a worker reads its keys, services and branches anew no sooner: */
    READ_ANEW = 3,     /* as many statements */
    ROUNDS = 5,        /* on a machine that slow that a round's requests drown in those */
    WARM_UP = 10       /* requests a worker */
};

static char ticket[32], with_file[32];

/* All that a client waits for an answer to. The server's own statistics are asked
 * in one statement, which counts itself. */
static long long trips(void)
{
    return sql_int("SELECT SUM(variable_value) FROM information_schema.global_status WHERE variable_name IN "
                   "('QUESTIONS', 'COM_STMT_PREPARE', 'COM_STMT_RESET', 'COM_STMT_SEND_LONG_DATA', "
                   "'COM_STMT_FETCH', 'COM_ADMIN_COMMANDS')");
}

static struct reply ask_create(void)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{"
             "\"title\":\"t\",\"description\":\"d\"},\"integration\":{\"requestId\":\"%s\","
             "\"webhookUrl\":\"http://127.0.0.1:9/\"}}",
             unique("trips"));
    return post(keys.all, body);
}

static struct reply ask_about(const char *before, const char *number)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s", before, number);
    return get(path, keys.all);
}

static struct reply ask_details(void)
{
    return ask_about("/tickets/", ticket);
}

static struct reply ask_details_with_file(void)
{
    return ask_about("/tickets/", with_file);
}

static struct reply ask_status(void)
{
    return ask_about("/tickets?ticketNumber=", ticket);
}

static struct reply ask_comment(void)
{
    return patch(ticket, keys.all, "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}");
}

static struct reply ask_comment_once(void)
{
    char idempotency[128];
    snprintf(idempotency, sizeof idempotency, "Idempotency-Key: %s", unique("trips"));
    const char *const extra[] = {idempotency, NULL};
    char path[64];
    snprintf(path, sizeof path, "/tickets/%s", ticket);
    return call("PATCH", path, keys.all, extra, "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}");
}

/* The desk's: it may move a ticket to and fro. */
static struct reply ask_move(void)
{
    static bool forth;
    forth = !forth;
    return patch(ticket, keys.agent,
                 forth ? "{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\"}"
                       : "{\"action\":\"UPDATE_STATUS\",\"status\":\"PENDING\"}");
}

/* Judged by the key and the path alone. */
static struct reply ask_nothing(void)
{
    return get("/tickets/none", keys.all);
}

struct kind {
    const char *name;
    struct reply (*ask)(void);
    long status;
    long long most; /*!< round trips a request */
};

static void ask(const struct kind *k, int n)
{
    for (int i = 0; i < n; i++) {
        struct reply r = k->ask();
        CHECK_INT(k->name, r.status, k->status);
        reply_free(&r);
    }
}

static time_t uptime(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* What workers read anew in that many seconds, at most. */
static long long of_their_own(int workers, time_t seconds)
{
    return (seconds / FRESH_SECONDS + 1) * workers * READ_ANEW;
}

static void check_kind(const struct kind *k)
{
    int pids[WORKERS_MAX], workers = worker_pids(pids, WORKERS_MAX);
    long long seen = 0, most = 0, own = REQUESTS;
    ask(k, workers * WARM_UP);
    for (int round = 0; round < ROUNDS && own >= REQUESTS; round++) {
        long long before = trips(), asking = trips() - before;
        time_t begin = uptime();
        ask(k, REQUESTS);
        seen = trips() - before - 2 * asking;
        own = of_their_own(workers, uptime() - begin + 1);
        most = k->most * REQUESTS + own;
    }
    CHECK("quick enough to tell one trip more", own < REQUESTS);
    if (seen > most)
        fprintf(stderr, "trips: %s: %lld round trips for %d requests, %lld expected\n", k->name, seen, REQUESTS, most);
    CHECK(k->name, seen <= most);
    CHECK("they are counted", k->most == 0 || seen >= REQUESTS);
}

static void test_trips(void)
{
    static const struct kind kinds[] = {
        {"create", ask_create, 200, 1},
        {"details", ask_details, 200, 1},
        {"details with an attachment", ask_details_with_file, 200, 2},
        {"status", ask_status, 200, 1},
        {"comment", ask_comment, 200, 2},
        {"comment with an Idempotency-Key", ask_comment_once, 200, 2},
        {"status change", ask_move, 200, 2},
        {"a key from the cache", ask_nothing, 404, 0},
    };
    snprintf(ticket, sizeof ticket, "%s", open_ticket());
    snprintf(with_file, sizeof with_file, "%s",
             open_ticket_with(keys.all, ",\"attachments\":[{\"filename\":\"a.txt\",\"content\":\"YQ==\"}]"));
    for (unsigned i = 0; i < SUITE_N(kinds); i++)
        check_kind(&kinds[i]);
}

void init_trips_tests(void)
{
    static const struct suite_test tests[] = {
        {"round trips a request", test_trips},
    };
    suite_add("trips", NULL, NULL, tests, SUITE_N(tests));
}
