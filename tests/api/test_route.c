#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

static void test_unknown(void)
{
    static const char *const rows[] = {
        "",
        "/",
        "/api",
        "/api/omnichannel",
        "/api/omnichannel/",
        "/api/omnichannel/ticket",
        "/api/omnichannel/Tickets",
        "/api/omnichannel/tickets/",
        "/api/omnichannel/tickets//",
        "/api/omnichannel//tickets",
        "/api/omnichannelX/tickets",
        "/api/omnichannel/tickets/1408/",
        "/api/omnichannel/tickets/1408/attachments",
        "/api/omnichannel/tickets/1408/attachments/",
        "/api/omnichannel/tickets/1408/comments/x",
        "/api/omnichannel/tickets//attachments/x",
        "/api/omnichannel/tickets/1408/attachments/x/",
        "/api/omnichannel/tickets/1408/attachments/x/y",
        "/api/omnichannel/tickets/1408/attachments/x/y/z/z/z",
        "/api/omnichannel/health/",
        "/api/omnichannel/health/x",
        "/x/api/omnichannel/tickets",
        " /api/omnichannel/tickets",
    };
    static const enum http_method methods[] = {HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_OTHER};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < SUITE_N(methods); m++) {
            ask(methods[m], rows[i]);
            run();
            CHECK_INT(rows[i], bench.resp.status, 404);
            CHECK_STR(rows[i], body(), ERROR_BODY("Not found", 404));
            CHECK_INT(rows[i], fake.n_enter + fake.n_desk, 0);
            CHECK(rows[i], bench.resp.route != NULL);
        }
}

/* Every route with every method. */
static void test_methods(void)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PATCH", "other"};
    static const enum http_method methods[] = {HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_OTHER};
    static const struct {
        const char *path;
        bool allowed[5];
        const char *allow, *route[5];
    } rows[] = {
        {TICKETS, {1, 1, 1, 0, 0}, "GET, HEAD, POST", {"status", "status", "create", NULL, NULL}},
        {TICKETS "/1408", {1, 1, 0, 1, 0}, "GET, HEAD, PATCH", {"details", "details", NULL, "update", NULL}},
        {TICKETS "/1408/attachments/cbbbbbbbbbbbbbbbbbbbbbbbb",
         {1, 1, 0, 0, 0},
         "GET, HEAD",
         {"attachment", "attachment", NULL, NULL, NULL}},
        {"/api/omnichannel/health", {1, 1, 0, 0, 0}, "GET, HEAD", {"health", "health", NULL, NULL, NULL}},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < SUITE_N(methods); m++) {
            ask(methods[m], rows[i].path);
            with_query("ticketNumber=1408");
            run();
            CHECK_INT(names[m], bench.resp.status, rows[i].allowed[m] ? 200 : 405);
            CHECK_STR(names[m], header("Allow"), rows[i].allowed[m] ? NULL : rows[i].allow);
            if (rows[i].route[m])
                CHECK_STR(names[m], bench.resp.route, rows[i].route[m]);
            if (rows[i].allowed[m])
                continue;
            CHECK_STR(names[m], body(), ERROR_BODY("Method not allowed", 405));
            CHECK_INT(names[m], fake.n_enter + fake.n_desk, 0);
        }
}

static void test_health(void)
{
    static const enum status down[] = {STATUS_UNAVAILABLE, STATUS_CONFIG};
    ask(HTTP_GET, "/api/omnichannel/health");
    bench.req.n_api_key = 0;
    bench.req.api_key = SV_NONE;
    run();
    CHECK_INT("up", bench.resp.status, 200);
    CHECK_STR("body", body(), "{\"status\":\"ok\",\"timestamp\":\"" AT "\"}");
    CHECK_INT("without a key", fake.n_enter + fake.n_admit, 0);
    CHECK_INT("asked", fake.mono_us, MONO);
    CHECK_STR("no limit", header("RateLimit-Limit"), NULL);
    for (unsigned i = 0; i < SUITE_N(down); i++) {
        ask(HTTP_GET, "/api/omnichannel/health");
        fake.desk = down[i];
        run();
        CHECK_INT("down", bench.resp.status, 503);
        CHECK_STR("body", body(), ERROR_BODY("Service unavailable", 503));
        CHECK_STR("again", header("Retry-After"), "1");
        CHECK_STR("why", api_trace(bench.api).text, "statement: code 2006");
    }
    ask(HTTP_GET, "/api/omnichannel/health");
    bench.req.n_api_key = 2;
    bench.req.n_idempotency_key = 2;
    run();
    CHECK_INT("no header matters", bench.resp.status, 200);
}

void init_route_tests(void)
{
    static const struct suite_test tests[] = {
        {"unknown paths", test_unknown}, {"methods", test_methods}, {"health", test_health}};
    suite_add("route", api_up, api_down, tests, SUITE_N(tests));
}
