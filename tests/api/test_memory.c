#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

static unsigned left;

static int hook(size_t n)
{
    (void)n;
    return left > 0 && left-- > 0;
}

static const struct {
    const char *name;
    enum http_method method;
    const char *path, *query;
    bool agent;
    enum status desk;
} cases[] = {
    {"create", HTTP_POST, TICKETS, NULL, 0, STATUS_OK},
    {"409", HTTP_POST, TICKETS, NULL, 0, STATUS_EXISTS},
    {"503", HTTP_POST, TICKETS, NULL, 0, STATUS_UNAVAILABLE},
    {"update", HTTP_PATCH, TICKETS "/1408", NULL, 0, STATUS_OK},
    {"details", HTTP_GET, TICKETS "/1408", NULL, 0, STATUS_OK},
    {"status", HTTP_GET, TICKETS, "ticketNumber=1408", 0, STATUS_OK},
    {"many", HTTP_GET, TICKETS, "ticketNumber=1,2", 0, STATUS_OK},
    {"bad query", HTTP_GET, TICKETS, "%", 0, STATUS_OK},
    {"list", HTTP_GET, TICKETS, "status=OPEN", 1, STATUS_OK},
    {"bad list", HTTP_GET, TICKETS, "status=x", 1, STATUS_OK},
    {"attachment", HTTP_GET, TICKETS "/1408/attachments/c", NULL, 0, STATUS_OK},
    {"health", HTTP_GET, "/api/omnichannel/health", NULL, 0, STATUS_OK},
    {"405", HTTP_PATCH, TICKETS, NULL, 0, STATUS_OK},
    {"404", HTTP_GET, "/", NULL, 0, STATUS_OK},
};

static void start(unsigned i)
{
    ask(cases[i].method, cases[i].path);
    with_query(cases[i].query);
    if (cases[i].agent)
        as_agent();
    fake.desk = cases[i].desk;
}

/* The nth allocation and all after it fail: the right answer, or a clean 500. */
static void test_every_allocation(void)
{
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        int right = 0;
        bool is_right = false;
        start(i);
        run();
        right = bench.resp.status;
        for (unsigned n = 0; n < 200 && !is_right; n++) {
            start(i);
            /* The arena's block of earlier requests would hide the first failures. */
            api_free(&bench.api);
            CHECK_INT(cases[i].name, api_up(), 0);
            start(i);
            left = n;
            arena_alloc_hook = hook;
            run();
            arena_alloc_hook = NULL;
            is_right = bench.resp.status == right && body()[0] != '\0';
            CHECK(cases[i].name, is_right || bench.resp.status == 500);
            CHECK(cases[i].name, bench.resp.route != NULL);
            CHECK(cases[i].name, bench.resp.headers.status == STATUS_OK);
            bool is_whole = body()[0] == '\0' || strcmp(body(), "(stream)") == 0 ||
                            (body()[0] == '{' && body()[strlen(body()) - 1] == '}');
            CHECK(cases[i].name, is_whole);
            if (!is_right)
                CHECK(cases[i].name, api_trace(bench.api).status != STATUS_OK || cases[i].desk != STATUS_OK);
        }
        CHECK(cases[i].name, is_right);
    }
}

/* The last failure: nothing at all can be had. */
static void test_nothing(void)
{
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        start(i);
        left = 0;
        arena_alloc_hook = hook;
        http_response_free(&bench.resp);
        run();
        arena_alloc_hook = NULL;
        CHECK_INT(cases[i].name, bench.resp.status, 500);
        CHECK_STR(cases[i].name, body(), "");
    }
}

static void test_new(void)
{
    struct api *a = NULL;
    left = 0;
    arena_alloc_hook = hook;
    CHECK_INT("no memory", api_new(NULL, NULL, NULL, &a), STATUS_NO_MEMORY);
    arena_alloc_hook = NULL;
    CHECK("none", !a);
    api_free(&a);
}

/* Another request's answer is not in this one's way: everything is given back. */
static void test_again(void)
{
    for (unsigned n = 0; n < 3; n++)
        for (unsigned i = 0; i < SUITE_N(cases); i++) {
            start(i);
            run();
            CHECK(cases[i].name, body()[0] != '\0');
            api_done(bench.api);
            api_done(bench.api);
        }
}

static void test_rules(void)
{
    static struct ticket_rules no_http;
    static struct ticket_rules with_http = {.webhook = {.allow_http = true, .any_port = true}};
    static const char json[] = "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},"
                               "\"ticket\":{\"title\":\"T\",\"description\":\"D\"},"
                               "\"integration\":{\"webhookUrl\":\"http://example.com/\"}}";
    for (unsigned i = 0; i < 2; i++) {
        ask(HTTP_POST, TICKETS);
        api_rules(bench.api, i ? &with_http : &no_http);
        with_body(json);
        run();
        CHECK_INT("the rules in force", bench.resp.status, i ? 200 : 400);
    }
    api_rules(bench.api, &bench.rules);
}

void init_memory_tests(void)
{
    static const struct suite_test tests[] = {
        {"every allocation", test_every_allocation},
        {"nothing", test_nothing},
        {"new", test_new},
        {"again", test_again},
        {"rules", test_rules},
    };
    suite_add("memory", api_up, api_down, tests, SUITE_N(tests));
}
