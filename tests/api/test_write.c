#include <stdio.h>
#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

/* What every outcome of the desk becomes. */
static void test_outcomes(void)
{
    static const struct {
        enum status s;
        int status;
        const char *create, *update;
    } rows[] = {
        {STATUS_NOT_FOUND, 404, ERROR_BODY("Ticket not found", 404), ERROR_BODY("Ticket not found", 404)},
        {STATUS_CLOSED, 400, ERROR_BODY("Cannot update closed or resolved tickets", 400),
         ERROR_BODY("Cannot update closed or resolved tickets", 400)},
        {STATUS_UNAVAILABLE, 503, ERROR_BODY("Failed to create ticket", 503),
         ERROR_BODY("Failed to update ticket", 503)},
        {STATUS_UNCERTAIN, 503, ERROR_BODY("Failed to create ticket", 503), ERROR_BODY("Failed to update ticket", 503)},
        {STATUS_CONFIG, 503, ERROR_BODY("Failed to create ticket", 503), ERROR_BODY("Failed to update ticket", 503)},
        {STATUS_INTERNAL, 500, ERROR_BODY("Failed to create ticket", 500), ERROR_BODY("Failed to update ticket", 500)},
        {STATUS_NO_MEMORY, 500, ERROR_BODY("Failed to create ticket", 500), ERROR_BODY("Failed to update ticket", 500)},
        {STATUS_TOO_LARGE, 500, ERROR_BODY("Failed to create ticket", 500), ERROR_BODY("Failed to update ticket", 500)},
        {STATUS_CONFLICT, 500, ERROR_BODY("Failed to create ticket", 500), ERROR_BODY("Failed to update ticket", 500)},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < 2; m++) {
            const char *row = status_name(rows[i].s);
            ask(m ? HTTP_PATCH : HTTP_POST, m ? TICKETS "/1408" : TICKETS);
            fake.desk = rows[i].s;
            fake.replayed = true;
            run();
            CHECK_INT(row, bench.resp.status, rows[i].status);
            CHECK_STR(row, body(), m ? rows[i].update : rows[i].create);
            CHECK_STR(row, header("Retry-After"), rows[i].status == 503 ? "1" : NULL);
            CHECK_STR(row, header("Idempotent-Replayed"), NULL);
            CHECK_INT(row, api_trace(bench.api).status, rows[i].status >= 500 ? rows[i].s : STATUS_OK);
            if (rows[i].status >= 500)
                CHECK_STR(row, api_trace(bench.api).text, "statement: code 2006");
        }
}

static void test_created(void)
{
    ask(HTTP_POST, TICKETS);
    run();
    CHECK_INT("status", bench.resp.status, 200);
    CHECK_STR("the desk's body", body(), "{\"written\":true}");
    CHECK("type", sv_is(bench.resp.content_type, "application/json; charset=utf-8"));
    CHECK_STR("read", fake.title, "Balance");
    CHECK_STR("no requestId", fake.request_id, "(absent)");
    CHECK_STR("not replayed", header("Idempotent-Replayed"), NULL);
    ask(HTTP_POST, TICKETS);
    fake.replayed = true;
    run();
    CHECK_STR("replayed", header("Idempotent-Replayed"), "true");
    CHECK_INT("as the first time", bench.resp.status, 200);
}

static void test_fields(void)
{
    ask(HTTP_POST, TICKETS);
    with_body("{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\",\"email\":\"x\"},"
              "\"ticket\":{\"title\":\"T\"}}");
    run();
    CHECK_INT("status", bench.resp.status, 400);
    CHECK_STR("all at once", body(),
              ERROR_FIELDS("Validation failed",
                           "\"customer.email\":\"Invalid email format\",\"ticket.description\":\"Description is "
                           "required\"",
                           400));
    CHECK_INT("the desk was asked about a replay", fake.n_desk, 1);
    CHECK_INT("and told", fake.read, STATUS_INVALID);
}

static void test_partner_id(void)
{
    static const struct {
        const char *integration;
        bool agent;
        int status;
    } rows[] = {
        {"{\"partnerId\":\"PARTNER001\"}", false, 200},
        {"{\"partnerId\":\"OTHER\"}", false, 403},
        {"{\"partnerId\":\"OTHER\"}", true, 403},
        {"{\"partnerId\":\"partner001\"}", false, 403},
        {"{\"partnerId\":\"PARTNER001 \"}", false, 403},
        {"{\"partnerId\":null}", false, 200},
        {"{\"partnerId\":7}", false, 400},
        {"null", false, 200},
        {"{}", false, 200},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char text[512];
        snprintf(text, sizeof text, "%.*s,\"integration\":%s}", (int)sizeof CREATE - 2, CREATE, rows[i].integration);
        ask(HTTP_POST, TICKETS);
        if (rows[i].agent)
            as_agent();
        with_body(text);
        run();
        CHECK_INT(rows[i].integration, bench.resp.status, rows[i].status);
        CHECK_INT(rows[i].integration, fake.n_desk, rows[i].status != 403);
        if (rows[i].status == 403)
            CHECK_STR(rows[i].integration, body(), ERROR_BODY("partnerId does not match the API key", 403));
    }
}

/* The caller's partner may have a list of hosts. */
static void test_host(void)
{
    static const struct {
        const char *url, *hosts; /* NULL: absent */
        const char *field;       /* NULL: taken */
    } rows[] = {
        {"https://a.example/x", NULL, NULL},
        {"https://a.example/x", "a.example", NULL},
        {"https://A.Example:8443/x", "b.example a.example", NULL},
        {"https://x.a.example/", "*.a.example", NULL},
        {"https://8.8.8.8/", "8.8.8.8", NULL},
        {NULL, "b.example", NULL},
        {"https://a.example/x", "b.example", "Webhook url host is not allowed for this partner"},
        {"https://a.example/b.example", "b.example", "Webhook url host is not allowed for this partner"},
        {"https://a.example/x", "", "Webhook url host is not allowed for this partner"},
        {"https://a.example/x", "*.a.example", "Webhook url host is not allowed for this partner"},
        /* What is wrong anyway is said first. */
        {"https://a.example:1/x", "b.example", "Webhook url has a port that is not allowed"},
        {"nothing", "b.example", "Webhook url must be an absolute https URL"},
    };
    bench.rules.webhook = (struct net_url_rules){.n_ports = 2, .ports = {443, 8443}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char text[512], want[512];
        snprintf(text, sizeof text, "%.*s,\"integration\":{\"webhookUrl\":%s%s%s}}", (int)sizeof CREATE - 2, CREATE,
                 rows[i].url ? "\"" : "", rows[i].url ? rows[i].url : "null", rows[i].url ? "\"" : "");
        ask(HTTP_POST, TICKETS);
        fake.caller.webhook_hosts = sv_from(rows[i].hosts);
        with_body(text);
        run();
        snprintf(want, sizeof want,
                 "{\"error\":\"Validation failed\",\"errors\":{\"integration.webhookUrl\":\"%s\"},\"timestamp\":\"" AT
                 "\",\"status\":400}",
                 rows[i].field ? rows[i].field : "");
        CHECK_INT(rows[i].url, bench.resp.status, rows[i].field ? 400 : 200);
        CHECK_STR(rows[i].url, body(), rows[i].field ? want : "{\"written\":true}");
        CHECK_INT("told to the desk", fake.read, rows[i].field ? STATUS_INVALID : STATUS_OK);
    }
}

static void test_host_among_others(void)
{
    bench.rules.webhook = (struct net_url_rules){.n_ports = 1, .ports = {443}};
    ask(HTTP_POST, TICKETS);
    fake.caller.webhook_hosts = SV("b.example");
    with_body("{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\",\"email\":\"x\"},"
              "\"ticket\":{\"title\":\"T\"},\"integration\":{\"webhookUrl\":\"https://a.example/\",\"apiVersion\":7}}");
    run();
    CHECK_STR("all at once", body(),
              ERROR_FIELDS("Validation failed",
                           "\"customer.email\":\"Invalid email format\",\"ticket.description\":\"Description is "
                           "required\",\"integration.apiVersion\":\"Api version must be a string\","
                           "\"integration.webhookUrl\":\"Webhook url host is not allowed for this partner\"",
                           400));
}

/* 409 in the contract's words; for the header it is said what was meant. */
static void test_other_payload(void)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s,\"integration\":{\"requestId\":\"R-1\"}}", (int)sizeof CREATE - 2, CREATE);
    ask(HTTP_POST, TICKETS);
    with_body(text);
    fake.desk = STATUS_EXISTS;
    run();
    CHECK_STR("requestId", fake.request_id, "R-1");
    CHECK_INT("status", bench.resp.status, 409);
    CHECK_STR("body", body(), ERROR_BODY("requestId was already used with a different payload", 409));
    for (unsigned m = 0; m < 2; m++) {
        ask(m ? HTTP_PATCH : HTTP_POST, m ? TICKETS "/1" : TICKETS);
        bench.req.idempotency_key = SV("k");
        bench.req.n_idempotency_key = 1;
        fake.desk = STATUS_EXISTS;
        run();
        CHECK_INT("status", bench.resp.status, 409);
        CHECK_STR("body", body(),
                  ERROR_FIELDS("requestId was already used with a different payload",
                               "\"Idempotency-Key\":\"Idempotency-Key was already used with a different payload\"",
                               409));
    }
}

static void test_update(void)
{
    ask(HTTP_PATCH, TICKETS "/1408");
    run();
    CHECK_INT("status", bench.resp.status, 200);
    CHECK_INT("number", fake.number, 1408);
    CHECK_STR("read", fake.comment, "hello");
    CHECK_STR("the desk's body", body(), "{\"written\":true}");
    ask(HTTP_PATCH, TICKETS "/1408");
    with_body("{\"action\":\"NOTHING\"}");
    run();
    CHECK_INT("bad action", bench.resp.status, 400);
    CHECK("its text", begins("{\"error\":\"Invalid update data\",\"errors\":{\"action\":"));
    CHECK_INT("judged by the desk", fake.n_desk, 1);
}

/* ASSIGN exists for the desk only. */
static void test_agent(void)
{
    static const char assign[] = "{\"action\":\"ASSIGN\",\"assignee\":\"Jane\"}";
    ask(HTTP_PATCH, TICKETS "/1408");
    with_body(assign);
    run();
    CHECK_INT("partner", bench.resp.status, 400);
    ask(HTTP_PATCH, TICKETS "/1408");
    as_agent();
    with_body(assign);
    run();
    CHECK_INT("desk", bench.resp.status, 200);
    CHECK("told", fake.agent);
}

static void test_numbers(void)
{
    static const char *const rows[] = {
        "01408", "abc", "0", "-1", "+1", "1408 ", "1.0", "9223372036854775808", "99999999999999999999999", "1408\xff"};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < 3; m++) {
            char path[128];
            snprintf(path, sizeof path, TICKETS "/%s%s", rows[i], m == 2 ? "/attachments/c" : "");
            ask(m == 0 ? HTTP_PATCH : HTTP_GET, path);
            run();
            CHECK_INT(rows[i], bench.resp.status, 404);
            CHECK_STR(rows[i], body(), ERROR_BODY("Ticket not found", 404));
            CHECK_INT(rows[i], fake.n_desk, 0);
        }
}

void init_write_tests(void)
{
    static const struct suite_test tests[] = {
        {"outcomes", test_outcomes},
        {"created", test_created},
        {"fields", test_fields},
        {"partnerId", test_partner_id},
        {"webhook host", test_host},
        {"webhook host among others", test_host_among_others},
        {"another payload", test_other_payload},
        {"update", test_update},
        {"agent", test_agent},
        {"ticket numbers", test_numbers},
    };
    suite_add("write", api_up, api_down, tests, SUITE_N(tests));
}
