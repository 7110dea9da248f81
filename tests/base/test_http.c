#include "base/http.h"

#include <string.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

static void test_init(void)
{
    struct http_response r;
    memset(&r, 0xFF, sizeof r);
    http_response_init(&r);
    CHECK_INT("status", r.status, 200);
    CHECK("type", sv_is(r.content_type, "application/json; charset=utf-8"));
    CHECK("no stream", !r.stream && !r.stream_ctx);
    CHECK_STR("no partner", r.partner, "");
    CHECK("a route", r.route != NULL);
    CHECK_INT("body cap", r.body.cap, HTTP_ANSWER_MAX);
    CHECK_INT("headers cap", r.headers.cap, HTTP_HEADERS_MAX);
    CHECK("empty", buf_view(&r.body).n == 0 && buf_view(&r.headers).n == 0);
    http_response_free(&r);
}

static void test_header(void)
{
    struct http_response r;
    http_response_init(&r);
    http_header(&r, "Retry-After", "%d", 5);
    http_header(&r, "X-Text", "%s", "a \xC3\xA9 b");
    CHECK_STR("lines", r.headers.p, "Retry-After: 5\r\nX-Text: a \xC3\xA9 b\r\n");
    CHECK_INT("status", r.headers.status, STATUS_OK);
    http_response_free(&r);
    CHECK("freed", !r.headers.p);
}

static void test_injection(void)
{
    static const char *const rows[] = {"a\r\nSet-Cookie: x", "a\nb", "a\rb", "tab\t", "\x7F", "\x01"};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct http_response r;
        http_response_init(&r);
        http_header(&r, "X-Good", "1");
        http_header(&r, "X-Bad", "%s", rows[i]);
        http_header(&r, "X-After", "2");
        CHECK_INT("refused, for good", r.headers.status, STATUS_INTERNAL);
        CHECK_STR("nothing came in", r.headers.p, "X-Good: 1\r\n");
        http_response_free(&r);
    }
}

static void test_too_large(void)
{
    struct http_response r;
    http_response_init(&r);
    http_header(&r, "X", "%4096s", "");
    CHECK_INT("one value", r.headers.status, STATUS_TOO_LARGE);
    http_response_free(&r);
    http_header(&r, "X", "%3000s", "");
    CHECK_INT("one", r.headers.status, STATUS_OK);
    http_header(&r, "X", "%3000s", "");
    CHECK_INT("all together", r.headers.status, STATUS_TOO_LARGE);
    http_response_free(&r);
}

static void test_no_memory(void)
{
    struct http_response r;
    http_response_init(&r);
    refuse_from(0);
    http_header(&r, "X", "1");
    refuse_off();
    CHECK_INT("no memory", r.headers.status, STATUS_NO_MEMORY);
    http_response_free(&r);
}

void init_http_tests(void)
{
    static const struct suite_test tests[] = {
        {"init", test_init},           {"header", test_header},       {"injection", test_injection},
        {"too large", test_too_large}, {"no memory", test_no_memory},
    };
    suite_add("base/http", NULL, NULL, tests, SUITE_N(tests));
}
