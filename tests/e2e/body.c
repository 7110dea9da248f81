/* Every malformed body, header and encoding gets the contract's answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define REST                                                                                                           \
    "\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","     \
    "\"description\":\"d\"}"

static void test_not_json(void)
{
    static const struct {
        const char *name, *body;
        size_t n; /* 0: strlen */
    } rows[] = {
        {"empty", "", 0},
        {"white space", " \n", 0},
        {"array on top", "[]", 0},
        {"null on top", "null", 0},
        {"string on top", "\"a\"", 0},
        {"number on top", "12", 0},
        {"truncated", "{\"a\":1", 0},
        {"trailing bytes", "{" REST "} x", 0},
        {"two objects", "{" REST "}{}", 0},
        {"trailing comma", "{" REST ",}", 0},
        {"BOM", "\xef\xbb\xbf{" REST "}", 0},
        {"single quotes", "{'a':1}", 0},
        {"comment", "{/* */" REST "}", 0},
        {"line comment", "{//\n" REST "}", 0},
        {"NaN", "{\"a\":NaN," REST "}", 0},
        {"Infinity", "{\"a\":Infinity," REST "}", 0},
        {"-012", "{\"a\":-012," REST "}", 0},
        {"1.", "{\"a\":1.," REST "}", 0},
        {".5", "{\"a\":.5," REST "}", 0},
        {"+1", "{\"a\":+1," REST "}", 0},
        {"0x1", "{\"a\":0x1," REST "}", 0},
        {"1e", "{\"a\":1e," REST "}", 0},
        {"True", "{\"a\":True," REST "}", 0},
        {"unquoted name", "{a:1," REST "}", 0},
        {"duplicate names", "{\"a\":1,\"a\":2," REST "}", 0},
        {"duplicate by escape", "{\"a\":1,\"\\u0061\":2," REST "}", 0},
        {"duplicate deep", "{\"a\":{\"b\":[{\"c\":1,\"c\":1}]}," REST "}", 0},
        {"raw newline", "{\"a\":\"x\ny\"," REST "}", 0},
        {"raw tab", "{\"a\":\"x\ty\"," REST "}", 0},
        {"raw NUL", "{\"a\":\"x\0y\"," REST "}", 11 + sizeof REST - 1 + 2},
        {"NUL escape", "{\"a\":\"\\u0000\"," REST "}", 0},
        {"NUL escape in a name", "{\"a\\u0000b\":1," REST "}", 0},
        {"lone high surrogate", "{\"a\":\"\\ud83d\"," REST "}", 0},
        {"lone low surrogate", "{\"a\":\"\\ude00\"," REST "}", 0},
        {"high and no low", "{\"a\":\"\\ud83d\\u0041\"," REST "}", 0},
        {"bad escape", "{\"a\":\"\\x41\"," REST "}", 0},
        {"short escape", "{\"a\":\"\\u12\"," REST "}", 0},
        {"overlong", "{\"a\":\"\xc0\x80\"," REST "}", 0},
        {"overlong 3", "{\"a\":\"\xe0\x80\x80\"," REST "}", 0},
        {"surrogate bytes", "{\"a\":\"\xed\xa0\x80\"," REST "}", 0},
        {"past U+10FFFF", "{\"a\":\"\xf4\x90\x80\x80\"," REST "}", 0},
        {"F5", "{\"a\":\"\xf5\x80\x80\x80\"," REST "}", 0},
        {"cut UTF-8", "{\"a\":\"\xe2\x82\"," REST "}", 0},
        {"lone continuation", "{\"a\":\"\x80\"," REST "}", 0},
        {"form feed as white space", "{\f" REST "}", 0},
    };
    long long before = sql_int("SELECT COUNT(*) FROM ticket");
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r =
            call_n("POST", "/tickets", keys.all, NULL, rows[i].body, rows[i].n ? rows[i].n : strlen(rows[i].body));
        check_error(rows[i].name, &r, 400, "Invalid JSON");
        check_field(rows[i].name, &r, "body", NULL);
        reply_free(&r);
    }
    CHECK_INT("nothing stored", sql_int("SELECT COUNT(*) FROM ticket"), before);
}

static void test_depth(void)
{
    char body[1024];
    for (int depth = 24; depth <= 25; depth++) {
        size_t n = (size_t)snprintf(body, sizeof body, "{" REST ",\"x\":");
        for (int i = 1; i < depth; i++)
            body[n++] = '[';
        for (int i = 1; i < depth; i++)
            body[n++] = ']';
        body[n++] = '}';
        struct reply r = call_n("POST", "/tickets", keys.all, NULL, body, n);
        CHECK_INT("depth", r.status, depth == 24 ? 200 : 400);
        reply_free(&r);
    }
}

static void test_content_types(void)
{
    static const struct {
        const char *line[3];
        long status;
    } rows[] = {
        {{"Content-Type: application/json"}, 200},
        {{"Content-Type: Application/JSON; charset=utf-8"}, 200},
        {{"Content-Type: application/json;charset=UTF-8"}, 200},
        {{"Content-Type: text/json"}, 415},
        {{"Content-Type: application/jsonx"}, 415},
        {{"Content-Type: application/x-www-form-urlencoded"}, 415},
        {{"Content-Type:"}, 415},
        {{"Content-Type: application/json", "Content-Encoding: gzip"}, 415},
        {{"Content-Type: application/json", "Content-Encoding: identity"}, 415},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r = call("POST", "/tickets", keys.all, rows[i].line, "{" REST "}");
        if (rows[i].status == 200)
            CHECK_INT(rows[i].line[0], r.status, 200);
        else
            check_error(rows[i].line[0], &r, 415, "Unsupported content type");
        reply_free(&r);
    }
}

static void test_field_shapes(void)
{
    static const struct {
        const char *path, *body, *text; /* text NULL: any */
    } rows[] = {
        {"channel", "{\"channel\":1}", NULL},
        {"customer", "{\"customer\":\"x\"}", NULL},
        {"customer", "{\"customer\":[]}", NULL},
        {"customer.name", "{\"customer\":{\"name\":{}}}", NULL},
        {"customer.name", "{\"customer\":{\"name\":null}}", "Name is required"},
        {"customer.name", "{\"customer\":null}", "Name is required"},
        {"customer.name", "{\"customer\":{\"name\":\" \\t \"}}", "Name is required"},
        {"customer.email", "{\"customer\":{\"email\":\"a@b\"}}", "Invalid email format"},
        {"customer.email", "{\"customer\":{\"email\":\"a@@b.c\"}}", "Invalid email format"},
        {"customer.email", "{\"customer\":{\"email\":\"a b@c.d\"}}", "Invalid email format"},
        {"customer.email", "{\"customer\":{\"email\":\"a\\u0007@c.d\"}}", "Invalid email format"},
        {"customer.phone", "{\"customer\":{\"phone\":\"12a\"}}", "Invalid phone format"},
        {"customer.phone", "{\"customer\":{\"phone\":\"1+2\"}}", "Invalid phone format"},
        {"ticket.priority", "{\"ticket\":{\"priority\":\"high\"}}", NULL},
        {"ticket.category", "{\"ticket\":{\"category\":\"lower\"}}", "Invalid category format"},
        {"ticket.metadata", "{\"ticket\":{\"metadata\":[]}}", NULL},
        {"attachments", "{\"attachments\":{}}", NULL},
        {"attachments[0]", "{\"attachments\":[1]}", NULL},
        {"attachments[0].filename", "{\"attachments\":[{}]}", "Filename is required"},
        {"attachments[0].content", "{\"attachments\":[{}]}", "Content is required"},
        {"attachments[0].filename", "{\"attachments\":[{\"filename\":\"a/..\",\"content\":\"\"}]}", NULL},
        {"attachments[0].content", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"YQ=\"}]}",
         "Invalid content format"},
        {"attachments[0].content", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"Y Q==\"}]}",
         "Invalid content format"},
        {"attachments[0].content", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"+-aa\"}]}",
         "Invalid content format"},
        {"attachments[0].content", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"data:;base64,YQ==\"}]}",
         "Invalid content format"},
        {"attachments[0].size", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"\",\"size\":-1}]}", NULL},
        {"attachments[0].size", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"\",\"size\":1.5}]}", NULL},
        {"attachments[0].size", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"\",\"size\":9007199254740992}]}",
         NULL},
        {"attachments[0].mimeType", "{\"attachments\":[{\"filename\":\"a\",\"content\":\"\",\"mimeType\":\"x\"}]}",
         "Invalid mime type format"},
        {"integration.webhookUrl", "{\"integration\":{\"webhookUrl\":\"ftp://a.b/\"}}", NULL},
        {"integration.webhookUrl", "{\"integration\":{\"webhookUrl\":\"https://u@a.b/\"}}", NULL},
        {"integration.webhookUrl", "{\"integration\":{\"webhookUrl\":\"https://10.0.0.1/\"}}", NULL},
        {"integration.webhookUrl", "{\"integration\":{\"webhookUrl\":\"/relative\"}}", NULL},
        {"ticket.metadata.claimAmount", "{\"serviceType\":\"CLAIM\",\"ticket\":{\"metadata\":{\"claimAmount\":\"5\"}}}",
         NULL},
        {"ticket.metadata.claimAmount", "{\"serviceType\":\"CLAIM\",\"ticket\":{\"metadata\":{\"claimAmount\":-1}}}",
         NULL},
        {"ticket.metadata.claimCurrency",
         "{\"serviceType\":\"CLAIM\",\"ticket\":{\"metadata\":{\"claimAmount\":1,\"claimCurrency\":\"idr\"}}}", NULL},
        {"ticket.metadata.transactionId", "{\"serviceType\":\"DISPUTE\"}", "Transaction id is required"},
        {"customer.identifier", "{\"serviceType\":\"DISPUTE\"}", "Identifier is required"},
        {"ticket.metadata.atmId", "{\"serviceType\":\"ATM_ISSUE\"}", "Atm id is required"},
        {"customer.identifier", "{\"serviceType\":\"ACCOUNT_ISSUE\"}", "Identifier is required"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r = post(keys.all, rows[i].body);
        check_error(rows[i].body, &r, 400, "Validation failed");
        check_field(rows[i].body, &r, rows[i].path, rows[i].text);
        reply_free(&r);
    }
}

static char *repeat(const char *unit, size_t n)
{
    size_t len = strlen(unit);
    char *s = malloc(len * n + 1);
    for (size_t i = 0; i < n; i++)
        memcpy(s + i * len, unit, len);
    s[len * n] = 0;
    return s;
}

static void test_length_limits(void)
{
    static const struct {
        const char *head, *tail, *path;
        size_t max;
    } rows[] = {
        {"{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"description\":"
         "\"d\",\"title\":\"",
         "\"}}", "ticket.title", 200},
        {"{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"d\","
         "\"description\":\"",
         "\"}}", "ticket.description", 10000},
        {"{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"ticket\":{\"title\":\"d\",\"description\":\"d\"},"
         "\"customer\":{\"name\":\"",
         "\"}}", "customer.name", 200},
        {"{" REST ",\"channelReferenceId\":\"", "\"}", "channelReferenceId", 128},
        {"{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"ticket\":{\"title\":\"d\",\"description\":\"d\"},"
         "\"customer\":{\"name\":\"x\",\"department\":\"",
         "\"}}", "customer.department", 100},
        {"{" REST ",\"attachments\":[{\"filename\":\"a\",\"content\":\"\",\"description\":\"", "\"}]}",
         "attachments[0].description", 1000},
        {"{" REST ",\"attachments\":[{\"content\":\"\",\"filename\":\"", "\"}]}", "attachments[0].filename", 255},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (size_t more = 0; more < 2; more++) {
            char *text = repeat("\xf0\x9f\x98\x80", rows[i].max + more), *body = NULL;
            if (asprintf(&body, "%s%s%s", rows[i].head, text, rows[i].tail) < 0)
                abort();
            struct reply r = post(keys.all, body);
            CHECK_INT(rows[i].path, r.status, more ? 400 : 200);
            if (more)
                check_field(rows[i].path, &r, rows[i].path, NULL);
            reply_free(&r);
            free(body);
            free(text);
        }
}

static void test_metadata_size(void)
{
    for (size_t more = 0; more < 2; more++) {
        char *text = repeat("m", 65536 - 8 + more), *body = NULL; /* {"a":"…"} is 8 bytes around */
        if (asprintf(&body,
                     "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{"
                     "\"title\":\"t\","
                     "\"description\":\"d\",\"metadata\":{   \"a\" : \"%s\"  }}}",
                     text) < 0)
            abort();
        struct reply r = post(keys.all, body);
        CHECK_INT("metadata", r.status, more ? 400 : 200);
        if (more)
            check_field("metadata", &r, "ticket.metadata", NULL);
        reply_free(&r);
        free(body);
        free(text);
    }
}

static void test_body_size(void)
{
    char *space = repeat(" ", (32u << 20) + 1);
    memcpy(space, "{" REST "}", sizeof "{" REST "}" - 1);
    struct reply r = call_n("POST", "/tickets", keys.all, NULL, space, 32u << 20);
    CHECK_INT("32 MiB", r.status, 200);
    reply_free(&r);
    r = call_n("POST", "/tickets", keys.all, NULL, space, (32u << 20) + 1);
    check_error("32 MiB + 1", &r, 413, "Request body too large");
    reply_free(&r);
    free(space);
}

void init_body_tests(void)
{
    static const struct suite_test tests[] = {
        {"what is not RFC 8259", test_not_json},
        {"depth", test_depth},
        {"content types", test_content_types},
        {"field shapes and formats", test_field_shapes},
        {"lengths in code points", test_length_limits},
        {"metadata of 64 KiB", test_metadata_size},
        {"body of 32 MiB", test_body_size},
    };
    suite_add("e2e body", NULL, NULL, tests, SUITE_N(tests));
}
