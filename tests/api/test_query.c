#include <stdio.h>
#include <string.h>

#include "api/internal.h"
#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

/* Parameters as "name=value;" each; '!' at the end: refused. */
static void test_pairs(void)
{
    static const struct {
        const char *query, *want;
    } rows[] = {
        {"", ""},
        {"a", "a=;"},
        {"a=", "a=;"},
        {"=b", "=b;"},
        {"=", "=;"},
        {"a=b", "a=b;"},
        {"a=b&c=d", "a=b;c=d;"},
        {"&&a=b&&", "a=b;"},
        {"a=b=c", "a=b=c;"},
        {"a=b+c", "a=b c;"},
        {"a+b=c", "a b=c;"},
        {"a=%2b%2B%20", "a=++ ;"},
        {"a=%26%3D", "a=&=;"},
        {"a=\xC3\xA9", "a=\xC3\xA9;"},
        {"a=%c3%A9", "a=\xC3\xA9;"},
        {"a=%F0%9F%98%80", "a=\xF0\x9F\x98\x80;"},
        {"a=%", "!"},
        {"a=%4", "!"},
        {"a=%4&b=1", "!"},
        {"a=%zz", "!"},
        {"a=%4g", "!"},
        {"a=%g4", "!"},
        {"a=%+1", "!"},
        {"%=a", "!"},
        {"a=1&b=%", "!"},
        {"a=%FF", "!"},
        {"a=\xFF", "!"},
        {"a=%C0%80", "!"},
        {"a=%ED%A0%80", "!"},
        {"a=%C3", "!"},
        {"a=%C3&b=%A9", "!"},
        {"%FF=a", "!"},
        {"a=%00", "!"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char got[256] = "";
        struct arena *a = arena_new(1u << 20);
        struct api_param *params = NULL;
        size_t n = 0;
        enum status s = api_query_read(a, sv_from(rows[i].query), &params, &n);
        for (size_t k = 0; s == STATUS_OK && k < n; k++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s=%.*s;", SV_ARG(params[k].name),
                     SV_ARG(params[k].value));
        if (s != STATUS_OK)
            snprintf(got, sizeof got, "%s", s == STATUS_BAD_INPUT ? "!" : "?");
        CHECK_STR(rows[i].query, got, rows[i].want);
        arena_free(&a);
    }
}

static void test_absent(void)
{
    struct arena *a = arena_new(1u << 20);
    struct api_param *params = NULL;
    size_t n = 7;
    CHECK_INT("none", api_query_read(a, SV_NONE, &params, &n), STATUS_OK);
    CHECK_INT("none", n, 0);
    CHECK_INT("only separators", api_query_read(a, SV("&&&"), &params, &n), STATUS_OK);
    CHECK_INT("none", n, 0);
    arena_free(&a);
}

/* However often a handler looks, the query is decoded once. */
static void test_once(void)
{
    static char text[8192];
    static const struct {
        const char *row;
        bool agent;
        const char *name;
    } rows[] = {{"question", false, "channelReferenceId"}, {"list", true, "x"}};
    size_t used[2][2];
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned big = 0; big < 2; big++) {
            ask(HTTP_GET, TICKETS);
            if (rows[i].agent)
                as_agent();
            snprintf(text, sizeof text, "%s=%0*d", rows[i].name, big ? 7000 : 3500, 1);
            with_query(text);
            run();
            used[i][big] = arena_used(bench.api->arena);
        }
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK(rows[i].row, used[i][1] - used[i][0] >= 3500 && used[i][1] - used[i][0] < 2 * 3500);
}

/* A bad parameter anywhere, known or not, list or question. */
static void test_refused(void)
{
    static const char *const rows[] = {"ticketNumber=%zz", "ticketNumber=1408&x=%",     "%FF=1&ticketNumber=1408",
                                       "x=%C0%80",         "status=OPEN&assignee=\xFF", "channelReferenceId=%ED%A0%80"};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned agent = 0; agent < 2; agent++) {
            ask(HTTP_GET, TICKETS);
            if (agent)
                as_agent();
            with_query(rows[i]);
            run();
            CHECK_INT(rows[i], bench.resp.status, 400);
            CHECK_STR(rows[i], body(),
                      ERROR_FIELDS("Bad request",
                                   "\"query\":\"Invalid query format: percent-encoded UTF-8 is allowed\"", 400));
            CHECK_INT(rows[i], fake.n_desk, 0);
        }
}

void init_query_tests(void)
{
    static const struct suite_test tests[] = {
        {"pairs", test_pairs}, {"absent", test_absent}, {"once", test_once}, {"refused", test_refused}};
    suite_add("query", api_up, api_down, tests, SUITE_N(tests));
}
