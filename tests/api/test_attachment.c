#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

#define PATH TICKETS "/1408/attachments/cbbbbbbbbbbbbbbbbbbbbbbbb"

static enum status sink(void *ctx, const void *p, size_t n)
{
    struct buf *b = ctx;
    buf_add(b, p, n);
    return b->status;
}

static void test_bytes(void)
{
    struct buf b;
    ask(HTTP_GET, PATH);
    run();
    CHECK_INT("status", bench.resp.status, 200);
    CHECK_INT("number", fake.number, 1408);
    CHECK_STR("id", fake.attachment_id, "cbbbbbbbbbbbbbbbbbbbbbbbb");
    CHECK_INT("true size, not the declared", bench.resp.content_length, 5);
    CHECK("type", sv_is(bench.resp.content_type, "text/plain"));
    CHECK_STR("disposition", header("Content-Disposition"), "attachment; filename=\"a.txt\"");
    CHECK_STR("limit", header("RateLimit-Limit"), "100");
    CHECK("a stream", bench.resp.stream);
    if (!bench.resp.stream)
        return;
    fake.attachment_id[0] = '\0';
    buf_init(&b, 100);
    CHECK_INT("sent", bench.resp.stream(bench.resp.stream_ctx, sink, &b), STATUS_OK);
    CHECK_STR("bytes", b.p, "hello");
    CHECK_STR("its own", fake.attachment_id, "cbbbbbbbbbbbbbbbbbbbbbbbb");
    buf_free(&b);
}

static void test_names(void)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"a b.txt", "attachment; filename=\"a b.txt\""},
        {"it's (1).pdf", "attachment; filename=\"it's (1).pdf\""},
        {"\xC3\xA9t\xC3\xA9.txt", "attachment; filename=\"_t_.txt\"; filename*=UTF-8''%C3%A9t%C3%A9.txt"},
        {"\xE2\x82\xAC rates", "attachment; filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates"},
        {"a\"b.txt", "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt"},
        {"a\\b", "attachment; filename=\"a_b\"; filename*=UTF-8''a%5Cb"},
        {"100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"},
        {"a\r\nSet-Cookie: x", "attachment; filename=\"a__Set-Cookie: x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"},
        {"a\x7f", "attachment; filename=\"a_\"; filename*=UTF-8''a%7F"},
        {"\"*'", "attachment; filename=\"_*'\"; filename*=UTF-8''%22%2A%27"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        ask(HTTP_GET, PATH);
        fake.attachment.filename = sv_from(rows[i].name);
        run();
        CHECK_INT(rows[i].name, bench.resp.status, 200);
        CHECK_STR(rows[i].name, header("Content-Disposition"), rows[i].want);
    }
}

/* The longest name there can be fits. */
static void test_longest_name(void)
{
    char name[TICKET_FILENAME_MAX * 4 + 1] = "";
    for (unsigned i = 0; i < TICKET_FILENAME_MAX; i++)
        memcpy(name + 4 * i, "\xF0\x9F\x98\x80", 5);
    ask(HTTP_GET, PATH);
    fake.attachment.filename = sv_from(name);
    run();
    CHECK_INT("status", bench.resp.status, 200);
    CHECK_INT("whole", strlen(header("Content-Disposition") ? header("Content-Disposition") : ""),
              strlen("attachment; filename=\"\"; filename*=UTF-8''") + TICKET_FILENAME_MAX * (1 + 12));
}

static void test_types(void)
{
    static const struct {
        const char *type, *want;
    } rows[] = {
        {"image/jpeg", "image/jpeg"},
        {"application/vnd.ms-excel.sheet+xml", "application/vnd.ms-excel.sheet+xml"},
        {"x/y\r\nSet-Cookie: a", "application/octet-stream"},
        {"text/html; charset=x", "application/octet-stream"},
        {"text", "application/octet-stream"},
        {"text/", "application/octet-stream"},
        {"/html", "application/octet-stream"},
        {"a/b/c", "application/octet-stream"},
        {"te xt/html", "application/octet-stream"},
        {"text/\xC3\xA9", "application/octet-stream"},
        {"", "application/octet-stream"},
        {NULL, "application/octet-stream"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *row = rows[i].type ? rows[i].type : "none";
        ask(HTTP_GET, PATH);
        fake.attachment.mime_type = sv_from(rows[i].type);
        run();
        CHECK_INT(row, bench.resp.status, 200);
        CHECK(row, sv_is(bench.resp.content_type, rows[i].want));
    }
}

static void test_outcomes(void)
{
    static const struct {
        enum status s;
        const char *text;
        int status;
        const char *body;
    } rows[] = {
        {STATUS_NOT_FOUND, "Ticket not found", 404, ERROR_BODY("Ticket not found", 404)},
        {STATUS_NOT_FOUND, "Attachment not found", 404, ERROR_BODY("Attachment not found", 404)},
        {STATUS_UNAVAILABLE, "x", 503, ERROR_BODY("Failed to get ticket", 503)},
        {STATUS_INTERNAL, "x", 500, ERROR_BODY("Failed to get ticket", 500)},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        ask(HTTP_GET, PATH);
        fake.desk = rows[i].s;
        fake.desk_text = rows[i].text;
        run();
        CHECK_INT(rows[i].text, bench.resp.status, rows[i].status);
        CHECK_STR(rows[i].text, body(), rows[i].body);
        CHECK("JSON", sv_is(bench.resp.content_type, "application/json; charset=utf-8"));
        CHECK_STR(rows[i].text, header("Content-Disposition"), NULL);
    }
}

void init_attachment_tests(void)
{
    static const struct suite_test tests[] = {
        {"bytes", test_bytes}, {"names", test_names},       {"the longest name", test_longest_name},
        {"types", test_types}, {"outcomes", test_outcomes},
    };
    suite_add("attachment", api_up, api_down, tests, SUITE_N(tests));
}
