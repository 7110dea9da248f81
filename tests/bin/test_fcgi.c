#include "bin/fcgi.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "bin/suites.h"
#include "harness/suite.h"

#define PARAMS_MAX 16
#define SLACK (2 * CLOCK_SECOND) /* [us] this process may be kept waiting so long */

/* A request of these parameters, NULL-ended. */
static struct http_request read_request(char *const *params, char id[HTTP_REQUEST_ID_MAX + 1])
{
    static char *envp[PARAMS_MAX + 1];
    FCGX_Request r;
    struct http_request q;
    memset(&r, 0, sizeof r);
    memset(envp, 0, sizeof envp);
    for (unsigned i = 0; i < PARAMS_MAX && params[i]; i++)
        envp[i] = params[i];
    r.envp = envp;
    fcgi_request(&r, &q, id);
    return q;
}

/* [us] between nginx and the worker, of a request with this REQUEST_TIME. */
static int64_t waited(const char *time)
{
    char param[64], id[HTTP_REQUEST_ID_MAX + 1];
    char *params[] = {param, NULL};
    snprintf(param, sizeof param, "REQUEST_TIME=%s", time);
    int64_t before = clock_mono_us();
    struct http_request q = read_request(params, id);
    CHECK(time, q.admit_us >= before && q.admit_us <= clock_mono_us());
    return q.admit_us - q.mono_us;
}

/* Its budget began when nginx passed it on; it is counted when a worker took it. */
static void test_waited(void)
{
    static const struct {
        const char *row;
        int64_t ago, waited; /* [s] */
    } rows[] = {
        {"five seconds", 5, 5},
        {"half a minute", 30, 30},
        {"the clock was set on", 3600, 60},
        {"the clock was set back", -3600, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char time[32];
        int64_t ms = clock_wall_us() / 1000 - rows[i].ago * 1000;
        snprintf(time, sizeof time, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
        int64_t us = waited(time);
        CHECK(rows[i].row, us >= rows[i].waited * CLOCK_SECOND && us <= rows[i].waited * CLOCK_SECOND + SLACK);
    }
}

static void test_waited_unknown(void)
{
    static const char *const rows[] = {"",       "0",    "-",      "1",     "1.",    "1.5",   "1.50",
                                       "1.5000", ".500", "-1.500", "1,500", "x.500", "1.5x0", "99999999999.500"};
    char id[HTTP_REQUEST_ID_MAX + 1];
    char *none[] = {NULL};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_INT(rows[i], waited(rows[i]), 0);
    struct http_request q = read_request(none, id);
    CHECK_INT("absent", q.admit_us - q.mono_us, 0);
    CHECK("taken now", q.admit_us > 0);
}

static void check_sv(const char *row, struct sv got, const char *want)
{
    char text[256];
    snprintf(text, sizeof text, "%.*s", SV_ARG(got));
    CHECK_STR(row, got.p ? text : NULL, want);
}

static void test_params(void)
{
    char *params[] = {"REQUEST_METHOD=PATCH",
                      "DOCUMENT_URI=/api/omnichannel/tickets/1408",
                      "QUERY_STRING=a=b&c",
                      "CONTENT_LENGTH=17",
                      "CONTENT_TYPE=application/json",
                      "HTTP_X_API_KEY=first",
                      "HTTP_X_API_KEY=second",
                      "HTTP_IDEMPOTENCY_KEY=k=1",
                      "REQUEST_ID=rid-1.a_B",
                      "REMOTE_ADDR=192.0.2.1",
                      "HTTP_X_API_KEYS=other",
                      "no equals sign",
                      NULL};
    char id[HTTP_REQUEST_ID_MAX + 1];
    struct http_request q = read_request(params, id);
    CHECK_INT("method", q.method, HTTP_PATCH);
    check_sv("path", q.path, "/api/omnichannel/tickets/1408");
    check_sv("query", q.query, "a=b&c");
    CHECK_INT("length", q.content_length, 17);
    check_sv("type", q.content_type, "application/json");
    check_sv("encoding", q.content_encoding, NULL);
    check_sv("key", q.api_key, "first");
    CHECK_INT("sent twice", q.n_api_key, 2);
    check_sv("idempotency", q.idempotency_key, "k=1");
    CHECK_INT("sent once", q.n_idempotency_key, 1);
    check_sv("id", q.request_id, "rid-1.a_B");
    check_sv("address", q.remote_addr, "192.0.2.1");
}

static void test_odd_params(void)
{
    static const struct {
        char *param;
        enum http_method method;
        int64_t length;
    } rows[] = {
        {"REQUEST_METHOD=get", HTTP_OTHER, 0}, {"REQUEST_METHOD=HEAD", HTTP_HEAD, 0},
        {"CONTENT_LENGTH=", HTTP_OTHER, 0},    {"CONTENT_LENGTH=-1", HTTP_OTHER, -1},
        {"CONTENT_LENGTH=1x", HTTP_OTHER, -1}, {"CONTENT_LENGTH=9223372036854775808", HTTP_OTHER, -1},
    };
    char id[HTTP_REQUEST_ID_MAX + 1];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char *params[] = {rows[i].param, "REQUEST_ID=not one", "CONTENT_TYPE=", NULL};
        struct http_request q = read_request(params, id);
        CHECK_INT(rows[i].param, q.method, rows[i].method);
        CHECK_INT(rows[i].param, q.content_length, rows[i].length);
        CHECK_INT("an id of its own", strlen(id), 25);
        check_sv("none sent", q.content_type, NULL);
        check_sv("path", q.path, "");
        CHECK_INT("no key", q.n_api_key, 0);
    }
}

/* A socket that takes the place of standard input. */
static void listen_anew(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    CHECK_INT("a name of the kernel's", bind(listener, (struct sockaddr *)&at, sizeof at.sun_family), 0);
    CHECK_INT("listens", listen(listener, 4), 0);
    CHECK_INT("as standard input", dup2(listener, 0), 0);
    close(listener);
}

/* A connection to it with these bytes. */
static int join(const void *bytes, size_t n)
{
    struct sockaddr_un at;
    socklen_t n_at = sizeof at;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK_INT("which", getsockname(0, (struct sockaddr *)&at, &n_at), 0);
    CHECK_INT("connects", connect(fd, (struct sockaddr *)&at, n_at), 0);
    CHECK_INT("sends", send(fd, bytes, n, 0), (ssize_t)n);
    return fd;
}

/* The same to a socket of its own, and then no more. */
static int knock(const void *bytes, size_t n)
{
    listen_anew();
    int fd = join(bytes, n);
    CHECK_INT("and no more", shutdown(fd, SHUT_WR), 0);
    return fd;
}

/* libfcgi takes parameters that break off between two of them for all there are. */
static void test_broken_off(void)
{
    static const unsigned char bytes[] = "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
                                         "\1\4\0\1\0\4\0\0\1\1ab"
                                         "\1\4\0\1\0\4\0\0\1\1cd"
                                         "\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0";
    FCGX_Request r;
    sigset_t open;
    sigemptyset(&open);
    CHECK_INT("libfcgi", FCGX_Init(), 0);
    int was = dup(0);
    for (size_t n = 1; n < sizeof bytes; n++) {
        char row[32];
        snprintf(row, sizeof row, "%zu bytes", n);
        int fd = knock(bytes, n);
        CHECK_INT(row, fcgi_open(), STATUS_OK);
        CHECK_INT(row, fcgi_init(&r), STATUS_OK);
        bool is_request = fcgi_accept(&r, &open, 0) == STATUS_OK;
        CHECK_INT(row, is_request, n >= 48);
        if (is_request)
            fcgi_finish(&r);
        close(fd);
    }
    dup2(was, 0);
    close(was);
}

/* A worker takes who is there already; who connects and says nothing is next, and nobody waits for it. */
static void test_more(void)
{
    static const unsigned char bytes[] = "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
                                         "\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0";
    static FCGX_Request r[3];
    sigset_t open;
    sigemptyset(&open);
    CHECK_INT("libfcgi", FCGX_Init(), 0);
    int was = dup(0);
    int first = knock(bytes, sizeof bytes);
    CHECK_INT("opens", fcgi_open(), STATUS_OK);
    for (unsigned i = 0; i < 3; i++)
        CHECK_INT("sets up", fcgi_init(&r[i]), STATUS_OK);
    CHECK_INT("the first", fcgi_accept(&r[0], &open, 0), STATUS_OK);
    CHECK_INT("nobody more", fcgi_accept_more(&r[1]), STATUS_CONFLICT);
    CHECK("nothing owed", !fcgi_owes());
    int second = join(bytes, sizeof bytes), silent = join(bytes, 0);
    CHECK_INT("the second", fcgi_accept_more(&r[1]), STATUS_OK);
    CHECK_INT("the silent one is not waited for", fcgi_accept_more(&r[2]), STATUS_CONFLICT);
    CHECK("but owed", fcgi_owes());
    CHECK_INT("still silent", fcgi_accept_more(&r[2]), STATUS_CONFLICT);
    CHECK("still owed", fcgi_owes());
    CHECK_INT("speaks", send(silent, bytes, sizeof bytes, 0), (ssize_t)sizeof bytes);
    CHECK_INT("and is next", fcgi_accept(&r[2], &open, 0), STATUS_OK);
    CHECK("no more owed", !fcgi_owes());
    for (unsigned i = 0; i < 3; i++)
        fcgi_finish(&r[i]);
    close(first);
    close(second);
    close(silent);
    dup2(was, 0);
    close(was);
}

void init_fcgi_tests(void)
{
    static const struct suite_test tests[] = {
        {"how long it waited", test_waited},
        {"not known how long", test_waited_unknown},
        {"parameters", test_params},
        {"odd parameters", test_odd_params},
        {"parameters that break off", test_broken_off},
        {"more than one", test_more},
    };
    suite_add("bin/fcgi", NULL, NULL, tests, SUITE_N(tests));
}
