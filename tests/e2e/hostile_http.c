/* Requests that two readers might cut at different places, floods within one
 * request, and many requests in one write: all through nginx. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "e2e/hostile.h"
#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define ANSWERS_MAX (1u << 20) /* [bytes] */
#define PATIENCE_MS 10000      /* [ms] of silence end a conversation */
#define HEALTH "GET /api/omnichannel/health HTTP/1.1\r\nHost: x\r\n"
#define POST "POST /api/omnichannel/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
/* What is to be smuggled: if it is answered, somebody took a body for a request. */
#define HIDDEN "GET /api/omnichannel/hidden HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

/* The statuses of all answers on one connection, each with a blank before it. */
static void statuses(const char *answers, char *out, size_t size)
{
    size_t n = 0;
    out[0] = 0;
    for (const char *p = answers; (p = strstr(p, "HTTP/1.1 ")) != NULL; p += 9)
        if ((p == answers || p[-1] == '\n' || p[-1] == '}') && n + 8 < size)
            n += (size_t)snprintf(out + n, size - n, " %.3s", p + 9);
}

static void converse(const char *row, const char *bytes, size_t n, const char *want)
{
    char *out = malloc(ANSWERS_MAX), got[1024];
    raw(bytes, n, out, ANSWERS_MAX, PATIENCE_MS);
    statuses(out, got, sizeof got);
    CHECK_STR(row, got, want);
    CHECK(row, strstr(out, "<html") == NULL);
    free(out);
}

struct shape {
    const char *row, *bytes, *want; /* the status of each answer */
};

static void all_shapes(const struct shape *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        converse(rows[i].row, rows[i].bytes, strlen(rows[i].bytes), rows[i].want);
    check_serves("afterwards");
}

static void test_lengths(void)
{
    static const struct shape rows[] = {
        {"length, then chunked", POST "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN,
         " 400"},
        {"chunked, then length", POST "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" HIDDEN,
         " 400"},
        {"two lengths", POST "Content-Length: 0\r\nContent-Length: 90\r\n\r\n" HIDDEN, " 400"},
        {"the same length twice", POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" HIDDEN, " 400"},
        {"a list of lengths", POST "Content-Length: 2, 2\r\n\r\n{}" HIDDEN, " 400"},
        {"plus", POST "Content-Length: +2\r\n\r\n{}" HIDDEN, " 400"},
        {"minus", POST "Content-Length: -2\r\n\r\n{}" HIDDEN, " 400"},
        {"hexadecimal", POST "Content-Length: 0x2\r\n\r\n{}" HIDDEN, " 400"},
        {"a blank within", POST "Content-Length: 9 0\r\n\r\n{}" HIDDEN, " 400"},
        {"beyond 64 bits", POST "Content-Length: 18446744073709551618\r\n\r\n{}" HIDDEN, " 400"},
        {"empty", POST "Content-Length: \r\n\r\n" HIDDEN, " 400"},
        {"a blank before the colon", POST "Content-Length : 90\r\n\r\n" HIDDEN, " 400"},
        {"a tab before the colon", POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"a vertical tab before the coding", POST "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n" HIDDEN, " 501"},
        {"another coding", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" HIDDEN, " 501"},
        {"chunked twice", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" HIDDEN, " 501"},
        {"identity", POST "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}" HIDDEN, " 501"},
        {"underscores", HEALTH "Content_Length: 90\r\nTransfer_Encoding: chunked\r\n\r\n" HIDDEN, " 200 404"},
        {"chunked in HTTP/1.0",
         "POST /api/omnichannel/tickets HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN,
         " 400"},
        {"a GET with a body", HEALTH "Content-Length: 5\r\n\r\nabcde" HIDDEN, " 200 404"},
        {"a GET with chunks", HEALTH "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n" HIDDEN, " 200 404"},
        {"a HEAD, then another",
         "HEAD" /* no body in its answer */
         " /api/omnichannel/health HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN,
         " 200 404"},
    };
    all_shapes(rows, SUITE_N(rows));
}

#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void test_chunks(void)
{
    static const struct shape rows[] = {
        {"no digits", CHUNKED "x\r\n{}\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"a sign", CHUNKED "-2\r\n{}\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"a prefix", CHUNKED "0x2\r\n{}\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"beyond 64 bits", CHUNKED "10000000000000002\r\n{}\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"nearly 64 bits", CHUNKED "7fffffffffffffff\r\n{}" HIDDEN, " 400"},
        {"beyond the limit", CHUNKED "7fffffff\r\n{}", " 413"},
        {"longer than it says", CHUNKED "2\r\n{}GARBAGE\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"no line end after it", CHUNKED "2\r\n{}0\r\n\r\n" HIDDEN, " 400"},
        {"an empty line for a size", CHUNKED "\r\n2\r\n{}\r\n0\r\n\r\n" HIDDEN, " 400"},
        {"an extension", CHUNKED "2;a=\"b\"\r\n{}\r\n0\r\n\r\n" HIDDEN, " 401 404"},
        {"a trailer that would be a length", CHUNKED "2\r\n{}\r\n0\r\nContent-Length: 90\r\n\r\n" HIDDEN, " 401 404"},
        {"a trailer that would be a key", CHUNKED "2\r\n{}\r\n0\r\nX-API-Key: k\r\n\r\n" HIDDEN, " 401 404"},
    };
    all_shapes(rows, SUITE_N(rows));
}

static void test_lines(void)
{
    static const struct shape rows[] = {
        {"a folded header", HEALTH "X-A: b\r\n c: d\r\n\r\n" HIDDEN, " 400"},
        {"a folded first header", "GET /api/omnichannel/health HTTP/1.1\r\n Host: x\r\n\r\n" HIDDEN, " 400"},
        {"a return within a value", HEALTH "X-A: b\rX-B: c\r\n\r\n" HIDDEN, " 400"},
        {"a return within a name", HEALTH "X\rA: b\r\n\r\n" HIDDEN, " 400"},
        {"no name", HEALTH ": b\r\n\r\n" HIDDEN, " 400"},
        {"a blank name", HEALTH " : b\r\n\r\n" HIDDEN, " 400"},
        {"two hosts", HEALTH "Host: y\r\n\r\n" HIDDEN, " 400"},
        {"a host with a blank", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n" HIDDEN, " 400"},
        {"a host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n" HIDDEN, " 400"},
        {"line feeds only", "GET /api/omnichannel/health HTTP/1.1\nHost: x\n\n" HIDDEN, " 200 404"},
        {"empty lines first", "\r\n\r\n" HEALTH "\r\n" HIDDEN, " 200 404"},
        {"absolute form", "GET http://x/api/omnichannel/health HTTP/1.1\r\nHost: y\r\n\r\n" HIDDEN, " 200 404"},
        {"absolute form, another scheme", "GET ftp://x/api/omnichannel/health HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN,
         " 200 404"},
        {"absolute form, no host", "GET http:///api/omnichannel/health HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN, " 400"},
        {"CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN, " 400"},
        {"an asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN, " 400"},
        {"a method in small letters", "get /api/omnichannel/health HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN, " 400"},
        {"no such version", "GET /api/omnichannel/health HTTP/1.9\r\nHost: x\r\n\r\n" HIDDEN, " 200 404"},
        {"version 2", "GET /api/omnichannel/health HTTP/2.0\r\nHost: x\r\n\r\n" HIDDEN, " 505"},
        {"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", " 400"},
        {"TLS", "\x16\x03\x01\x02\x00\x01\r\n\r\n", " 400"},
        {"an upgrade to HTTP/2",
         HEALTH
         "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n" HIDDEN,
         " 200 404"},
        {"a continue never sent", POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}" HIDDEN, " 100 401 404"},
    };
    all_shapes(rows, SUITE_N(rows));
    static const char in_value[] = HEALTH "X-A: b\0c\r\n\r\n" HIDDEN, in_name[] = HEALTH "X\0A: b\r\n\r\n" HIDDEN,
                      in_line[] = "GET /api/\0 HTTP/1.1\r\nHost: x\r\n\r\n" HIDDEN;
    converse("NUL in a value", in_value, sizeof in_value - 1, " 400");
    converse("NUL in a name", in_name, sizeof in_name - 1, " 400");
    converse("NUL in the request line", in_line, sizeof in_line - 1, " 400");
}

/* No headers are asked for, none are sent; nothing can follow. */
static void test_http_09(void)
{
    char out[8192];
    const char *ask = "GET /api/omnichannel/tickets/1408\r\n" HIDDEN;
    raw(ask, strlen(ask), out, sizeof out, PATIENCE_MS);
    CHECK("nothing but a refusal", strstr(out, "HTTP/") == NULL && strstr(out, "\"status\":40") != NULL);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* `first`, then `part` as often as fits into n bytes, then `last`. */
static char *filled(const char *first, const char *part, size_t n, const char *last)
{
    char *text = malloc(strlen(first) + n + strlen(part) + strlen(last) + 1);
    size_t at = (size_t)snprintf(text, strlen(first) + 1, "%s", first), end = at + n;
    while (at + strlen(part) <= end)
        at += (size_t)snprintf(text + at, strlen(part) + 1, "%s", part);
    snprintf(text + at, strlen(last) + 1, "%s", last);
    return text;
}

static void test_header_floods(void)
{
    static const struct {
        const char *row, *part;
        size_t n;
        const char *want;
    } rows[] = {
        {"many headers", "X-Flood: 0123456789\r\n", 20000, " 200"},
        {"as large as may be", "X-Flood: 01234567890123456789012345678901234567890123456789\r\n", 40000, " 200"},
        {"too large", "X-Flood: 01234567890123456789012345678901234567890123456789\r\n", 64000, " 400"},
        {"very much too large", "X-Flood: 0123456789\r\n", 800000, " 400"},
        {"thousands of small ones", "a:\r\n", 58000, " 400"},
        {"ten thousand host names", "Host: x\r\n", 58000, " 400"},
        {"keys", "X-API-Key: k\r\n", 20000, " 400"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char *bytes = filled(HEALTH "Connection: close\r\n", rows[i].part, rows[i].n, "\r\n");
        converse(rows[i].row, bytes, strlen(bytes), rows[i].want);
        check_serves(rows[i].row);
        free(bytes);
    }
}

/* A worker is not kept busy by what one request may hold. */
static void test_parameter_floods(void)
{
    static const struct {
        const char *row, *first, *part;
        size_t n;
        const char *last;
        bool is_body;
        long status;
    } rows[] = {
        {"a query of many", "/tickets?", "a=1&", 32000, "a=1", false, 400},
        {"a query of nothing", "/tickets?", "&", 32000, "", false, 400},
        {"numbers", "/tickets?ticketNumber=", "1,", 32000, "1", false, 400},
        {"references", "/tickets?", "channelReferenceId=a&", 32000, "channelReferenceId=a", false, 400},
        {"members", "{\"a\":1", ",\"a\":1", 4000000, "}", true, 400},
        {"lists in lists", "", "[", 4000000, "", true, 400},
        {"escapes", "{\"channel\":\"", "\\u0041", 4000000, "\"}", true, 400},
        {"blanks", "", " ", 4000000, "{}", true, 400},
        {"numbers in a list", "{\"channel\":[1", ",1", 4000000, "]}", true, 400},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char *text = filled(rows[i].first, rows[i].part, rows[i].n, rows[i].last);
        double began = seconds();
        struct reply r = rows[i].is_body ? post(keys.all, text) : get(text, keys.all);
        CHECK_INT(rows[i].row, r.status, rows[i].status);
        CHECK(rows[i].row, r.n < 65536);
        CHECK(rows[i].row, seconds() - began < 20.0);
        reply_free(&r);
        free(text);
    }
    check_serves("afterwards");
}

/* Each answer is its own request's, in order. */
static void test_pipelining(void)
{
    enum { REQUESTS = 200 };
    char *bytes = malloc(REQUESTS * 256u), *out = malloc(ANSWERS_MAX);
    const char *number = open_ticket(), *p = out;
    size_t n = 0;
    int in_order = 0;
    for (int i = 0; i < REQUESTS; i++)
        n += (size_t)snprintf(bytes + n, 256,
                              "%s /api/omnichannel/%s%s HTTP/1.1\r\nHost: x\r\nX-Request-ID: pipe-%d-\r\n"
                              "X-API-Key: %s\r\n%s\r\n",
                              i % 3 == 2 ? "HEAD" : "GET", i % 2 ? "tickets/" : "health", i % 2 ? number : "", i,
                              keys.all, i + 1 == REQUESTS ? "Connection: close\r\n" : "");
    raw(bytes, n, out, ANSWERS_MAX, PATIENCE_MS);
    for (char want[64]; in_order < REQUESTS; in_order++) {
        snprintf(want, sizeof want, "X-Request-ID: pipe-%d-\r\n", in_order);
        const char *found = strstr(p, want), *any = strstr(p, "X-Request-ID: ");
        if (!found || found != any)
            break;
        p = found + 1;
    }
    CHECK_INT("answers in order", in_order, REQUESTS);
    CHECK("no more than was asked", strstr(p, "X-Request-ID: ") == NULL);
    free(bytes);
    free(out);
}

/* A body that looks like a request stays a body. */
static void test_body_like_a_request(void)
{
    char bytes[4096], got[64], *out = malloc(ANSWERS_MAX);
    int n = snprintf(bytes, sizeof bytes, POST "X-API-Key: %s\r\nContent-Length: %zu\r\n\r\n%s%s", keys.all,
                     strlen(HIDDEN), HIDDEN, HIDDEN);
    raw(bytes, (size_t)n, out, ANSWERS_MAX, PATIENCE_MS);
    statuses(out, got, sizeof got);
    CHECK_STR("one body, one request", got, " 400 404");
    free(out);
}

void init_hostile_http_tests(void)
{
    static const struct suite_test tests[] = {
        {"where a body ends", test_lengths},
        {"chunks", test_chunks},
        {"lines", test_lines},
        {"HTTP/0.9", test_http_09},
        {"floods of headers", test_header_floods},
        {"floods of parameters", test_parameter_floods},
        {"pipelining", test_pipelining},
        {"a body like a request", test_body_like_a_request},
    };
    suite_add("e2e hostile http", NULL, NULL, tests, SUITE_N(tests));
}
