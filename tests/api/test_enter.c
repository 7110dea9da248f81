#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

static const struct {
    enum http_method method;
    const char *path;
    enum store_class class;
    unsigned permission;
    const char *forbidden, *failed;
} verbs[] = {
    {HTTP_POST, TICKETS, STORE_CLASS_CREATE, STORE_MAY_CREATE,
     ERROR_BODY("Insufficient permissions to create omnichannel tickets", 403), "Failed to create ticket"},
    {HTTP_GET, TICKETS, STORE_CLASS_READ, STORE_MAY_READ,
     ERROR_BODY("Insufficient permissions to read omnichannel tickets", 403), "Failed to get ticket"},
    {HTTP_HEAD, TICKETS, STORE_CLASS_READ, STORE_MAY_READ,
     ERROR_BODY("Insufficient permissions to read omnichannel tickets", 403), "Failed to get ticket"},
    {HTTP_GET, TICKETS "/1408", STORE_CLASS_READ, STORE_MAY_READ,
     ERROR_BODY("Insufficient permissions to read omnichannel tickets", 403), "Failed to get ticket"},
    {HTTP_GET, TICKETS "/1408/attachments/c", STORE_CLASS_READ, STORE_MAY_READ,
     ERROR_BODY("Insufficient permissions to read omnichannel tickets", 403), "Failed to get ticket"},
    {HTTP_PATCH, TICKETS "/1408", STORE_CLASS_UPDATE, STORE_MAY_UPDATE,
     ERROR_BODY("Insufficient permissions to update omnichannel tickets", 403), "Failed to update ticket"},
};

static void start(unsigned i)
{
    ask(verbs[i].method, verbs[i].path);
    with_query("ticketNumber=1408");
}

static void test_gate(void)
{
    start(0);
    run();
    CHECK_STR("key", fake.key, "omk_good");
    CHECK_STR("address", fake.addr, "192.0.2.1");
    CHECK_INT("once", fake.n_enter, 1);
    CHECK_STR("partner for the log", bench.resp.partner, "PARTNER001");
    CHECK_INT("key for the log", api_trace(bench.api).key_id, 17);
    start(0);
    bench.req.api_key = SV_NONE;
    bench.req.n_api_key = 0;
    fake.enter = STATUS_DENIED;
    run();
    CHECK_STR("none", fake.key, "(absent)");
    CHECK_INT("none", bench.resp.status, 401);
    CHECK_STR("the reference's body", body(), ERROR_BODY("Invalid API key", 401));
    CHECK_STR("no partner", bench.resp.partner, "");
    CHECK_INT("no key", api_trace(bench.api).key_id, 0);
    CHECK_STR("no limit before it is known who asks", header("RateLimit-Limit"), NULL);
    CHECK_INT("not counted", fake.n_admit, 0);
}

static void test_doubled_key(void)
{
    start(0);
    bench.req.n_api_key = 2;
    run();
    CHECK_INT("status", bench.resp.status, 400);
    CHECK_STR("body", body(), ERROR_FIELDS("Bad request", "\"X-API-Key\":\"X-API-Key may be sent only once\"", 400));
    CHECK_INT("no guess", fake.n_enter, 0);
}

static void test_guessing(void)
{
    start(0);
    fake.enter = STATUS_LIMITED;
    run();
    CHECK_INT("status", bench.resp.status, 429);
    CHECK_STR("body", body(), ERROR_BODY("Rate limit exceeded", 429));
    CHECK_STR("when", header("Retry-After"), "30");
    CHECK_STR("nobody's limit", header("RateLimit-Limit"), NULL);
}

static void test_gate_fails(void)
{
    static const struct {
        enum status s;
        int status;
    } rows[] = {{STATUS_UNAVAILABLE, 503}, {STATUS_CONFIG, 503}, {STATUS_INTERNAL, 500}, {STATUS_NO_MEMORY, 500}};
    for (unsigned i = 0; i < SUITE_N(verbs); i++)
        for (unsigned k = 0; k < SUITE_N(rows); k++)
            for (unsigned where = 0; where < 2; where++) {
                start(i);
                fake.enter = where == 0 ? rows[k].s : STATUS_OK;
                fake.admit = where == 1 ? rows[k].s : STATUS_OK;
                run();
                CHECK_INT(verbs[i].failed, bench.resp.status, rows[k].status);
                CHECK(verbs[i].failed, strstr(body(), verbs[i].failed) != NULL);
                CHECK_STR(verbs[i].failed, header("Retry-After"), rows[k].status == 503 ? "1" : NULL);
                CHECK_INT(verbs[i].failed, fake.n_desk, 0);
                CHECK_INT(verbs[i].failed, api_trace(bench.api).status, rows[k].s);
                if (where == 0)
                    CHECK_STR(verbs[i].failed, api_trace(bench.api).text, "gate says no");
            }
}

static void test_classes(void)
{
    for (unsigned i = 0; i < SUITE_N(verbs); i++) {
        start(i);
        run();
        CHECK_INT(verbs[i].path, fake.class, verbs[i].class);
        CHECK_INT(verbs[i].path, fake.n_admit, 1);
        CHECK_STR(verbs[i].path, header("RateLimit-Limit"), "100");
        CHECK_STR(verbs[i].path, header("RateLimit-Remaining"), "5");
        CHECK_STR(verbs[i].path, header("RateLimit-Reset"), "42");
        CHECK_STR(verbs[i].path, header("Retry-After"), NULL);
    }
}

static void test_limited(void)
{
    for (unsigned i = 0; i < SUITE_N(verbs); i++) {
        start(i);
        fake.verdict = (struct gate_verdict){.admitted = false, .limit = 100, .remaining = 0, .reset_s = 9};
        run();
        CHECK_INT(verbs[i].path, bench.resp.status, 429);
        CHECK_STR(verbs[i].path, body(), ERROR_BODY("Rate limit exceeded", 429));
        CHECK_STR(verbs[i].path, header("Retry-After"), "9");
        CHECK_STR(verbs[i].path, header("RateLimit-Remaining"), "0");
        CHECK_STR(verbs[i].path, header("RateLimit-Reset"), "9");
        CHECK_INT(verbs[i].path, fake.n_desk, 0);
    }
    start(0);
    fake.verdict = (struct gate_verdict){.admitted = true};
    run();
    CHECK_INT("unlimited", bench.resp.status, 200);
    CHECK_STR("unlimited", header("RateLimit-Limit"), NULL);
}

/* Errors after authentication carry the limit too, and count. */
static void test_limit_on_errors(void)
{
    static const enum status rows[] = {STATUS_NOT_FOUND, STATUS_UNAVAILABLE, STATUS_INTERNAL, STATUS_EXISTS};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        start(0);
        fake.desk = rows[i];
        run();
        CHECK("an error", bench.resp.status >= 400);
        CHECK_STR("limit", header("RateLimit-Limit"), "100");
        CHECK_INT("counted", fake.n_admit, 1);
    }
    start(0);
    fake.caller.permissions = 0;
    run();
    CHECK_INT("forbidden", bench.resp.status, 403);
    CHECK_STR("limit", header("RateLimit-Limit"), "100");
}

/* Each verb needs its own permission; agent alone gives none of them. */
static void test_permissions(void)
{
    for (unsigned i = 0; i < SUITE_N(verbs); i++)
        for (unsigned p = 0; p < 16; p++) {
            start(i);
            fake.caller.permissions = p;
            run();
            bool may = (p & verbs[i].permission) != 0;
            CHECK_INT(verbs[i].path, bench.resp.status, may ? 200 : 403);
            if (!may)
                CHECK_STR(verbs[i].path, body(), verbs[i].forbidden);
            CHECK_INT(verbs[i].path, fake.n_desk, may);
            if (may)
                CHECK_INT(verbs[i].path, fake.agent, (p & STORE_MAY_AGENT) != 0);
        }
}

static void test_actor(void)
{
    for (unsigned i = 0; i < SUITE_N(verbs); i++) {
        start(i);
        run();
        CHECK_STR("who", fake.who, "key:17");
        CHECK_INT("partner", fake.partner_id, 7);
        CHECK_STR("code", fake.partner_code, "PARTNER001");
        CHECK_STR("target", fake.webhook_url, "https://hooks.example/");
        CHECK_INT("wall", fake.now_us, NOW);
        CHECK_INT("monotonic", fake.mono_us, MONO);
    }
}

/* However long it waited for a worker, it counts from when one took it. */
static void test_times(void)
{
    for (unsigned i = 0; i < SUITE_N(verbs); i++) {
        start(i);
        run();
        CHECK_INT("keys expire by the wall", fake.times.now_us, NOW);
        CHECK_INT("the budget began before", fake.times.budget_us, MONO);
        CHECK_INT("guesses", fake.times.admit_us, ADMIT);
        CHECK_INT("admissions", fake.admit_us, ADMIT);
    }
}

static void test_long_code(void)
{
    char code[100];
    memset(code, 'A', sizeof code);
    start(0);
    fake.caller.partner_code = (struct sv){code, sizeof code};
    run();
    CHECK_INT("cut", strlen(bench.resp.partner), sizeof bench.resp.partner - 1);
}

void init_enter_tests(void)
{
    static const struct suite_test tests[] = {
        {"gate", test_gate},
        {"doubled key", test_doubled_key},
        {"guessing", test_guessing},
        {"gate fails", test_gate_fails},
        {"classes", test_classes},
        {"limited", test_limited},
        {"limit on errors", test_limit_on_errors},
        {"permissions", test_permissions},
        {"actor", test_actor},
        {"times", test_times},
        {"a long code", test_long_code},
    };
    suite_add("enter", api_up, api_down, tests, SUITE_N(tests));
}
