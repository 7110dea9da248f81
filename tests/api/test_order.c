#include <stdio.h>
#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

/* CONTRACT §1, generated: every set of faults, and the first one must win. */

struct fault {
    const char *name;
    void (*apply)(void);
    int status;
    const char *text;
};

static void bad_path(void)
{
    bench.req.path = SV("/api/omnichannel/nothing");
}

static void bad_method(void)
{
    bench.req.method = HTTP_OTHER;
}

static void doubled_key(void)
{
    bench.req.n_api_key = 2;
}

static void denied(void)
{
    fake.enter = STATUS_DENIED;
}

static void over_limit(void)
{
    fake.verdict.admitted = false;
    fake.verdict.remaining = 0;
}

static void may_not(void)
{
    fake.caller.permissions = 0;
}

static void too_large(void)
{
    bench.req.content_length = HTTP_BODY_MAX + 1;
}

static void bad_type(void)
{
    bench.req.content_type = SV("text/plain");
}

static void bad_encoding(void)
{
    bench.req.content_encoding = SV("identity");
}

/* Keeps the length, which may be too large. */
static void bad_json(void)
{
    bench.body = "{'channel':1}";
    if (bench.req.content_length <= HTTP_BODY_MAX)
        with_body(bench.body);
}

static void bad_idempotency(void)
{
    bench.req.idempotency_key = SV("");
    bench.req.n_idempotency_key = 1;
}

static void foreign_partner(void)
{
    if (bench.body[1] == '\'')
        return;
    bench.body = "{\"integration\":{\"partnerId\":\"OTHER\"}}";
    if (bench.req.content_length <= HTTP_BODY_MAX)
        with_body(bench.body);
}

static void other_payload(void)
{
    fake.desk = STATUS_EXISTS;
}

static void no_number(void)
{
    if (bench.req.path.n == sizeof TICKETS "/1408" - 1)
        bench.req.path = SV(TICKETS "/01408");
}

static void bad_query(void)
{
    with_query("ticketNumber=%zz");
}

static void no_parameter(void)
{
    if (!memchr(bench.req.query.p, '%', bench.req.query.n))
        with_query("other=1");
}

#define FRONT(may)                                                                                                     \
    {"path", bad_path, 404, "Not found"}, {"method", bad_method, 405, "Method not allowed"},                           \
        {"doubled key", doubled_key, 400, "Bad request"}, {"key", denied, 401, "Invalid API key"},                     \
        {"limit", over_limit, 429, "Rate limit exceeded"},                                                             \
    {                                                                                                                  \
        "permission", may_not, 403, "Insufficient permissions to " may " omnichannel tickets"                          \
    }
#define BODY                                                                                                           \
    {"size", too_large, 413, "Request body too large"}, {"type", bad_type, 415, "Unsupported content type"},           \
        {"encoding", bad_encoding, 415, "Unsupported content type"}, {"JSON", bad_json, 400, "Invalid JSON"},          \
    {                                                                                                                  \
        "Idempotency-Key", bad_idempotency, 400, "Bad request"                                                         \
    }

static void check(const struct fault *faults, unsigned n, unsigned set)
{
    char row[256] = "", want[160];
    unsigned first = n;
    for (unsigned i = n; i-- > 0;)
        if (set & 1u << i)
            first = i;
    for (unsigned i = 0; i < n; i++)
        if (set & 1u << i) {
            faults[i].apply();
            snprintf(row + strlen(row), sizeof row - strlen(row), "%s+", faults[i].name);
        }
    run();
    CHECK_INT(row, bench.resp.status, first < n ? faults[first].status : 200);
    snprintf(want, sizeof want, "{\"error\":\"%s\",", first < n ? faults[first].text : "");
    if (first < n)
        CHECK(row, begins(want));
    CHECK_INT(row, fake.n_desk, first >= n || faults[first].apply == other_payload);
}

static void check_all(enum http_method method, const char *path, const char *query, const struct fault *faults,
                      unsigned n)
{
    for (unsigned set = 0; set < 1u << n; set++) {
        ask(method, path);
        if (query)
            with_query(query);
        check(faults, n, set);
    }
}

static void test_create(void)
{
    static const struct fault faults[] = {
        FRONT("create"),
        BODY,
        {"partner", foreign_partner, 403, "partnerId does not match the API key"},
        {"payload", other_payload, 409, "requestId was already used with a different payload"}};
    check_all(HTTP_POST, TICKETS, NULL, faults, SUITE_N(faults));
}

static void test_update(void)
{
    static const struct fault faults[] = {
        FRONT("update"),
        BODY,
        {"number", no_number, 404, "Ticket not found"},
        {"payload", other_payload, 409, "requestId was already used with a different payload"}};
    check_all(HTTP_PATCH, TICKETS "/1408", NULL, faults, SUITE_N(faults));
}

static void test_details(void)
{
    static const struct fault faults[] = {FRONT("read"),
                                          {"Idempotency-Key", bad_idempotency, 400, "Bad request"},
                                          {"number", no_number, 404, "Ticket not found"}};
    check_all(HTTP_GET, TICKETS "/1408", NULL, faults, SUITE_N(faults));
}

static void test_status(void)
{
    static const struct fault faults[] = {
        FRONT("read"),
        {"Idempotency-Key", bad_idempotency, 400, "Bad request"},
        {"query", bad_query, 400, "Bad request"},
        {"parameter", no_parameter, 400, "Either ticketNumber or channelReferenceId is required"}};
    check_all(HTTP_GET, TICKETS, "ticketNumber=1408", faults, SUITE_N(faults));
}

void init_order_tests(void)
{
    static const struct suite_test tests[] = {
        {"create", test_create}, {"update", test_update}, {"details", test_details}, {"status", test_status}};
    suite_add("order", api_up, api_down, tests, SUITE_N(tests));
}
