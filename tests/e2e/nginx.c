/* What nginx answers by itself is JSON too; TLS, request ids, methods, the log. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

/* A raw answer split into a reply. */
static struct reply raw_reply(const char *bytes, size_t n)
{
    static char out[1 << 20];
    struct reply r = {0};
    size_t got = raw(bytes, n, out, sizeof out, 3000);
    char *end = strstr(out, "\r\n\r\n");
    r.head = strdup(out);
    r.body = strdup(end ? end + 4 : "");
    r.n = strlen(r.body);
    r.n_head = got;
    if (end)
        r.head[end + 2 - out] = 0;
    sscanf(out, "HTTP/1.%*d %ld", &r.status);
    return r;
}

static void test_raw_nonsense(void)
{
    static char long_line[70000], long_header[70000];
    int n = snprintf(long_line, sizeof long_line, "GET /api/omnichannel/");
    memset(long_line + n, 'a', 60000);
    snprintf(long_line + n + 60000, 100, " HTTP/1.1\r\nHost: x\r\n\r\n");
    n = snprintf(long_header, sizeof long_header, "GET /api/omnichannel/health HTTP/1.1\r\nHost: x\r\nX-Big: ");
    memset(long_header + n, 'a', 60000);
    snprintf(long_header + n + 60000, 100, "\r\n\r\n");
    static const struct {
        const char *name, *bytes;
        long status;
    } rows[] = {
        {"garbage", "\x01\x02garbage\r\n\r\n", 400},
        {"no version", "GET /x FOO/1\r\n\r\n", 400},
        {"HTTP/3.0", "GET /api/omnichannel/health HTTP/3.0\r\nHost: x\r\n\r\n", 505},
        {"no host", "GET /api/omnichannel/health HTTP/1.1\r\n\r\n", 400},
        {"two hosts", "GET /api/omnichannel/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"bad length", "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400},
        {"negative length", "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
        {"two lengths",
         "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
        {"length and chunked",
         "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"unknown coding", "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"too large", "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413},
        {"bad percent", "GET /api/omnichannel/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"above the root", "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"NUL in path", "GET /api/omnichannel/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"TRACE", "TRACE /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        {"long line", long_line, 414},
        {"long header", long_header, 400},
        {"elsewhere", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404},
        {"a page nginx has", "GET /index.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404},
        {"plain HTTP/1.0", "GET /api/omnichannel/nope HTTP/1.0\r\n\r\n", 404},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r = raw_reply(rows[i].bytes, strlen(rows[i].bytes));
        CHECK(rows[i].name, strstr(r.head, "html") == NULL && strstr(r.body, "<") == NULL);
        check_error(rows[i].name, &r, rows[i].status, NULL);
        const char *server = header(&r, "Server", NULL);
        CHECK(rows[i].name, !server || !strchr(server, '/'));
        reply_free(&r);
    }
}

static void test_routes_and_methods(void)
{
    static const struct {
        const char *method, *path;
        long status;
        const char *allow;
    } rows[] = {
        {"GET", "/", 404, NULL},
        {"GET", "/ticket", 404, NULL},
        {"GET", "/tickets/", 404, NULL},
        {"GET", "/tickets/1/", 404, NULL},
        {"GET", "/tickets/1/attachments", 404, NULL},
        {"GET", "/tickets/1/attachments/", 404, NULL},
        {"GET", "/tickets/1/attachments/c/x", 404, NULL},
        {"GET", "/Tickets", 404, NULL},
        {"DELETE", "/tickets", 405, "GET, HEAD, POST"},
        {"PATCH", "/tickets", 405, "GET, HEAD, POST"},
        {"PUT", "/tickets/1", 405, "GET, HEAD, PATCH"},
        {"POST", "/tickets/1", 405, "GET, HEAD, PATCH"},
        {"OPTIONS", "/tickets/1", 405, "GET, HEAD, PATCH"},
        {"POST", "/tickets/1/attachments/c", 405, "GET, HEAD"},
        {"POST", "/health", 405, "GET, HEAD"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r = call(rows[i].method, rows[i].path, NULL, NULL, NULL);
        check_error(rows[i].path, &r, rows[i].status, rows[i].status == 404 ? "Not found" : "Method not allowed");
        if (rows[i].allow)
            CHECK_STR(rows[i].path, header(&r, "Allow", NULL), rows[i].allow);
        reply_free(&r);
    }
}

static void test_request_ids(void)
{
    static const struct {
        const char *sent;
        bool kept;
    } rows[] = {{"abc.DEF_1-2", true},
                {"0123456789012345678901234567890123456789012345678901234567890123", true},
                {"01234567890123456789012345678901234567890123456789012345678901234", false},
                {"a b", false},
                {"a\"b", false},
                {"\xc3\xa9", false}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char line[128];
        snprintf(line, sizeof line, "X-Request-ID: %s", rows[i].sent);
        const char *extra[] = {line, NULL};
        struct reply r = call("GET", "/tickets/0", keys.all, extra, NULL),
                     e = call("GET", "http://localhost/", NULL, extra, NULL);
        check_common(rows[i].sent, &r);
        const char *id = header(&r, "X-Request-ID", NULL);
        CHECK(rows[i].sent, id && (strcmp(id, rows[i].sent) == 0) == rows[i].kept);
        reply_free(&r), reply_free(&e);
    }
}

static void test_tls(void)
{
    char url[512];
    snprintf(url, sizeof url, "%s/health", stack.tls_url);
    struct reply r = get(url, NULL);
    CHECK_INT("https", r.status, 200);
    CHECK("HSTS", header(&r, "Strict-Transport-Security", NULL) != NULL);
    check_common("https", &r);
    reply_free(&r);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/nowhere", stack.https_port);
    r = get(url, NULL);
    check_error("error page", &r, 404, NULL);
    CHECK("HSTS on errors", header(&r, "Strict-Transport-Security", NULL) != NULL);
    reply_free(&r);
    char out[4096];
    run(out, sizeof out, "curl -s -o /dev/null -w '%%{http_version}' --cacert '%s' --http2 %s/health", stack.ca,
        stack.tls_url);
    CHECK_STR("HTTP/2", out, "2");
    CHECK("TLS 1.1 is refused",
          run(out, sizeof out,
              "curl -s -o /dev/null --cacert '%s' --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 %s/health", stack.ca,
              stack.tls_url) != 0);
    CHECK_INT("TLS 1.2",
              run(out, sizeof out, "curl -s -o /dev/null --cacert '%s' --tlsv1.2 --tls-max 1.2 %s/health", stack.ca,
                  stack.tls_url),
              0);
    CHECK_INT("TLS 1.3",
              run(out, sizeof out, "curl -s -o /dev/null --cacert '%s' --tlsv1.3 %s/health", stack.ca, stack.tls_url),
              0);
    r = call("GET", "http://localhost/", NULL, NULL, NULL);
    reply_free(&r);
    run(out, sizeof out, "curl -s http://127.0.0.1:%d/", stack.https_port);
    CHECK("plain HTTP on the TLS port is JSON", out[0] == '{');
}

static void test_bad_query_everywhere(void)
{
    char path[128];
    snprintf(path, sizeof path, "/tickets/%s?x=%%zz", open_ticket());
    struct reply r = get(path, keys.all);
    check_error("details", &r, 400, NULL);
    check_field("details", &r, "query", NULL);
    reply_free(&r);
    r = call("PATCH", path, keys.all, NULL, "{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}");
    check_error("update", &r, 400, NULL);
    reply_free(&r);
    r = call("POST", "/tickets?x=%ff", keys.all, NULL, "{}");
    check_error("create", &r, 400, NULL);
    check_field("create", &r, "query", NULL);
    reply_free(&r);
    r = get("/tickets/0?x=%C3%A9&y=a+b", keys.all);
    CHECK_INT("a good one", r.status, 404);
    reply_free(&r);
}

static void test_status_line(void)
{
    char out[4096];
    const char *ask = "GET /api/omnichannel/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    raw(ask, strlen(ask), out, sizeof out, 3000);
    CHECK("reason phrase", strncmp(out, "HTTP/1.1 200 OK\r\n", 17) == 0);
}

static void test_chunked(void)
{
    const char *body = "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{"
                       "\"title\":\"t\",\"description\":\"d\"}}";
    static const char *const extra[] = {"Transfer-Encoding: chunked", NULL};
    struct reply r = call("POST", "/tickets", keys.all, extra, body);
    CHECK_INT("chunked", r.status, 200);
    reply_free(&r);
}

static void test_early_goodbye(void)
{
    char head[512], out[64];
    long long before = sql_int("SELECT COUNT(*) FROM ticket");
    int n = snprintf(head, sizeof head,
                     "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\nContent-Type: "
                     "application/json\r\nContent-Length: 1000\r\n\r\n{\"channel\":",
                     keys.all);
    for (int i = 0; i < 20; i++)
        raw(head, (size_t)n, out, sizeof out, 1);
    CHECK_INT("nothing stored", sql_int("SELECT COUNT(*) FROM ticket"), before);
    struct reply r = get("/health", NULL);
    CHECK_INT("still there", r.status, 200);
    reply_free(&r);
}

/* By nginx and by a worker, within ten seconds. */
static bool is_logged(const char *id)
{
    char out[256];
    for (unsigned i = 0; i < 100; i++) {
        if (run(out, sizeof out, "test $(grep -rla -e '%s' '%s'/log | wc -l) -ge 2", id, stack.var) == 0)
            return true;
        usleep(100000);
    }
    return false;
}

static void test_logs_hold_no_customer_data(void)
{
    static const char *const secrets[] = {"SECRETNAME", "secret.mail@x.id", "SECRETTITLE", "SECRETREF"};
    struct reply r =
        post(keys.all,
             "{\"channel\":\"EMAIL\",\"channelReferenceId\":\"SECRETREF\",\"serviceType\":\"INQUIRY\",\"customer\":"
             "{\"name\":\"SECRETNAME\",\"email\":\"secret.mail@x.id\"},\"ticket\":{\"title\":\"SECRETTITLE\","
             "\"description\":\"d\"}}");
    CHECK_INT("post", r.status, 200);
    const char *id = header(&r, "X-Request-ID", NULL);
    char out[256], kept[128], last[128];
    snprintf(kept, sizeof kept, "%s", id);
    reply_free(&r);
    r = get("/tickets?channelReferenceId=SECRETREF", keys.all);
    reply_free(&r);
    r = post(
        keys.all,
        "{\"channel\":\"SECRETTITLE\",\"serviceType\":\"SECRETNAME\",\"customer\":{\"email\":\"secret.mail@x.id@\"}}");
    reply_free(&r);
    r = get("/tickets/SECRETNAME", keys.all);
    snprintf(last, sizeof last, "%s", header(&r, "X-Request-ID", NULL));
    reply_free(&r);
    CHECK("nginx writes by the second", is_logged(last));
    for (unsigned i = 0; i < SUITE_N(secrets); i++)
        CHECK(secrets[i], run(out, sizeof out, "grep -rqa -e '%s' '%s'/log", secrets[i], stack.var) == 1);
    CHECK("no key either", run(out, sizeof out, "grep -rqa -e '%s' '%s'/log", keys.all, stack.var) == 1);
    CHECK("the id stands in nginx's log and the worker's", is_logged(kept));
}

void init_nginx_tests(void)
{
    static const struct suite_test tests[] = {
        {"nonsense on the wire", test_raw_nonsense},
        {"unknown paths, wrong methods", test_routes_and_methods},
        {"request ids", test_request_ids},
        {"TLS", test_tls},
        {"a query that cannot be read", test_bad_query_everywhere},
        {"the status line", test_status_line},
        {"a chunked body", test_chunked},
        {"clients that leave early", test_early_goodbye},
        {"logs hold ids only", test_logs_hold_no_customer_data},
    };
    suite_add("e2e nginx", NULL, NULL, tests, SUITE_N(tests));
}
