/* Bad days: workers killed, the database stopped, hung and gone. */
#include <mysql.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
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

#define BODY                                                                                                           \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","    \
    "\"description\":\"d\"},\"integration\":{\"requestId\":\"%s\"}}"

enum { WRITERS = 8, EACH = 60, KILLS = 30, ROUNDS_MAX = 40 };
static atomic_bool killing;
static char stem[96];

/* Each request is repeated with its requestId until it is acknowledged. */
static void *writer(void *arg)
{
    long me = (long)arg;
    long *acknowledged = calloc(EACH, sizeof *acknowledged);
    for (int i = 0; i < EACH; i++) {
        char id[128], body[512];
        snprintf(id, sizeof id, "%s-%ld-%d", stem, me, i);
        snprintf(body, sizeof body, BODY, id);
        for (int tries = 0; tries < 50 && !acknowledged[i]; tries++) {
            struct reply r = post(keys.all, body);
            if (r.status == 200)
                acknowledged[i] = strtol(at(&r, "ticketNumber"), NULL, 10);
            else
                usleep(20000);
            reply_free(&r);
        }
    }
    return acknowledged;
}

static void *killer(void *arg)
{
    atomic_int *kills = arg;
    while (atomic_load(&killing)) {
        int pids[64], n = worker_pids(pids, 64);
        if (n > 0 && kill(pids[rand() % n], SIGKILL) == 0)
            atomic_fetch_add(kills, 1);
        usleep(10000);
    }
    return NULL;
}

/* One load of requests while workers die; how many were never acknowledged, or are not the ticket that is stored. */
static void one_load(long *lost, long *differ)
{
    pthread_t t[WRITERS];
    snprintf(stem, sizeof stem, "%s", unique("KILL"));
    for (long i = 0; i < WRITERS; i++)
        pthread_create(&t[i], NULL, writer, (void *)i);
    for (long i = 0; i < WRITERS; i++) {
        long *ack;
        pthread_join(t[i], (void **)&ack);
        for (int j = 0; j < EACH; j++) {
            *lost += !ack[j];
            *differ +=
                ack[j] && sql_int("SELECT number FROM ticket WHERE request_key='R%s-%ld-%d'", stem, i, j) != ack[j];
        }
        free(ack);
    }
    CHECK_INT("once", sql_int("SELECT COUNT(*) FROM ticket WHERE request_key LIKE 'R%s-%%'", stem), WRITERS * EACH);
    CHECK_INT("whole: with the System comment and the event",
              sql_int("SELECT COUNT(*) FROM ticket t JOIN comment c ON c.ticket_number=t.number JOIN ticket_event e ON "
                      "e.ticket_number=t.number WHERE request_key LIKE 'R%s-%%'",
                      stem),
              WRITERS * EACH);
}

static void test_workers_killed(void)
{
    pthread_t k;
    atomic_int kills = 0;
    int pool = pid_of("workers"), pids[64];
    long lost = 0, differ = 0;
    atomic_store(&killing, true);
    pthread_create(&k, NULL, killer, &kills);
    for (int round = 0; round < ROUNDS_MAX && atomic_load(&kills) < KILLS; round++)
        one_load(&lost, &differ);
    atomic_store(&killing, false);
    pthread_join(k, NULL);
    CHECK("killed often", atomic_load(&kills) >= KILLS);
    CHECK_INT("every request is acknowledged in the end", lost, 0);
    CHECK_INT("as the very ticket that is stored", differ, 0);
    CHECK_INT("the pool is the same", pid_of("workers"), pool);
    usleep(500000);
    CHECK_INT("and complete", worker_pids(pids, 64), 4);
}

static void expect_503(const char *row, const char *method, const char *path, const char *body, const char *text)
{
    struct reply r = call(method, path, keys.all, NULL, body);
    check_error(row, &r, 503, text);
    CHECK(row, header(&r, "Retry-After", NULL) != NULL);
    CHECK(row, r.seconds < 3.0);
    reply_free(&r);
}

static void all_503(const char *row)
{
    char body[512];
    snprintf(body, sizeof body, BODY, unique("DOWN"));
    expect_503(row, "POST", "/tickets", body, "Failed to create ticket");
    expect_503(row, "GET", "/tickets/1408", NULL, "Failed to get ticket");
    expect_503(row, "GET", "/tickets?ticketNumber=1408", NULL, "Failed to get ticket");
    expect_503(row, "PATCH", "/tickets/1408", "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}",
               "Failed to update ticket");
    struct reply r = get("/health", NULL);
    check_error(row, &r, 503, NULL);
    reply_free(&r);
}

static void wait_for_service(const char *row)
{
    long status = 0;
    for (int i = 0; i < 50 && status != 200; i++) {
        struct reply r = get("/health", NULL);
        status = r.status;
        reply_free(&r);
        usleep(100000);
    }
    CHECK_INT(row, status, 200);
    for (int i = 0; i < 20; i++)
        CHECK(row, strcmp(open_ticket(), "0") != 0);
}

static void test_database_stopped(void)
{
    int pid = pid_of("mariadb"), pids[64];
    char out[256];
    run(out, sizeof out, "kill -TERM %d; while kill -0 %d 2>/dev/null; do sleep 0.1; done", pid, pid);
    for (int i = 0; i < 3; i++)
        all_503("stopped");
    for (int i = 0, n = worker_pids(pids, 64); i < n; i++)
        kill(pids[i], SIGKILL);
    usleep(500000);
    CHECK_INT("workers start without a database", worker_pids(pids, 64), 4);
    for (int i = 0; i < 3; i++)
        all_503("stopped, workers killed");
    CHECK_INT("up", stack_up_again(), 0);
    wait_for_service("back");
}

static void test_database_hung(void)
{
    int pid = pid_of("mariadb");
    freeze(pid);
    all_503("hung");
    /* The pool has learnt: now nobody waits, but for one probe a second. */
    int slow = 0;
    for (int i = 0; i < 30; i++) {
        struct reply r = get("/tickets/1408", keys.all);
        CHECK_INT("503", r.status, 503);
        slow += r.seconds > 0.5;
        reply_free(&r);
        usleep(20000);
    }
    CHECK_INT("503 at once", slow, 0);
    thaw(pid);
    wait_for_service("awake");
}

static void test_connections_killed(void)
{
    char out[1024];
    sql(out, "SELECT GROUP_CONCAT(id) FROM information_schema.processlist WHERE user='omni_worker'");
    for (char *save, *p = strtok_r(out, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
        char gone[1024];
        sql(gone, "KILL %s", p);
    }
    for (int i = 0; i < 20; i++)
        CHECK("nobody notices", strcmp(open_ticket(), "0") != 0);
}

/* A server that answers but can write nothing: whoever waits for a worker meanwhile is told in time, too. */
static void test_writes_blocked(void)
{
    enum { N = 40 };
    static struct reply r[N];
    MYSQL *m = mysql_init(NULL);
    CHECK("connect", mysql_real_connect(m, NULL, "root", NULL, stack.db, 0, stack.socket, 0) != NULL);
    CHECK_INT("lock", mysql_query(m, "FLUSH TABLES WITH READ LOCK"), 0);
    storm(N, r, "POST", "/tickets", keys.all, NULL,
          "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":"
          "\"t\",\"description\":\"d\"}}");
    for (int i = 0; i < N; i++) {
        CHECK_INT("503", r[i].status, 503);
        CHECK("in time", r[i].seconds < 3.5);
        reply_free(&r[i]);
    }
    mysql_close(m);
    wait_for_service("unlocked");
}

static void *steady(void *arg)
{
    long *bad = arg;
    while (atomic_load(&killing)) {
        struct reply r = get("/tickets/0", keys.all);
        *bad += r.status != 404;
        reply_free(&r);
    }
    return NULL;
}

static void test_reload_and_term_lose_nothing(void)
{
    pthread_t t[4];
    long bad[4] = {0};
    int pool = pid_of("workers"), before[64], n = worker_pids(before, 64);
    atomic_store(&killing, true);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, steady, &bad[i]);
    for (int round = 0; round < 5; round++) {
        kill(pool, SIGUSR2); /* reload: multiwatch forwards it */
        usleep(100000);
    }
    int after[64], m = worker_pids(after, 64);
    CHECK_INT("reload keeps the workers", m, n);
    for (int i = 0; i < n && i < m; i++)
        CHECK_INT("same pids", after[i], before[i]);
    for (int round = 0; round < 10; round++) {
        int pids[64], k = worker_pids(pids, 64);
        if (k > 0)
            kill(pids[round % k], SIGTERM);
        usleep(60000);
    }
    atomic_store(&killing, false);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        CHECK_INT("no request lost", bad[i], 0);
    }
    CHECK_INT("pool", pid_of("workers"), pool);
}

void init_fault_tests(void)
{
    static const struct suite_test tests[] = {
        {"workers killed -9 under load", test_workers_killed},
        {"connections killed", test_connections_killed},
        {"reload and TERM lose no request", test_reload_and_term_lose_nothing},
        {"writes are blocked", test_writes_blocked},
        {"the database hangs", test_database_hung},
        {"the database is stopped", test_database_stopped},
    };
    suite_add("e2e faults", NULL, NULL, tests, SUITE_N(tests));
}
