#include <stdio.h>
#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

#define REQUIRED ERROR_BODY("Either ticketNumber or channelReferenceId is required", 400)

/* What ticket/ makes of a ticket is its own tests' matter: here it is only seen
 * which of its views was taken. */

static void test_details(void)
{
    ask(HTTP_GET, TICKETS "/1408");
    run();
    CHECK_INT("status", bench.resp.status, 200);
    CHECK_INT("number", fake.number, 1408);
    CHECK("details", begins("{\"ticketNumber\":\"1408\",\"status\":\"OPEN\","));
    CHECK("details", strstr(body(), "\"omnichannelData\":{}") != NULL);
    CHECK_STR("not in details", strstr(body(), "\"success\""), NULL);
}

/* HEAD is GET; bin keeps the body back. */
static void test_head(void)
{
    static const char *const rows[] = {TICKETS, TICKETS "/1408", TICKETS "/abc", TICKETS "/1408/attachments/c"};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char get[2048], headers[HTTP_HEADERS_MAX + 1];
        ask(HTTP_GET, rows[i]);
        with_query("ticketNumber=1408");
        run();
        int status = bench.resp.status;
        snprintf(get, sizeof get, "%s", body());
        snprintf(headers, sizeof headers, "%s", buf_view(&bench.resp.headers).p);
        ask(HTTP_HEAD, rows[i]);
        with_query("ticketNumber=1408");
        run();
        CHECK_INT(rows[i], bench.resp.status, status);
        CHECK_STR(rows[i], body(), get);
        CHECK_STR(rows[i], buf_view(&bench.resp.headers).p, headers);
    }
}

static void test_outcomes(void)
{
    static const struct {
        enum status s;
        int status;
        const char *body;
    } rows[] = {
        {STATUS_NOT_FOUND, 404, ERROR_BODY("Ticket not found", 404)},
        {STATUS_UNAVAILABLE, 503, ERROR_BODY("Failed to get ticket", 503)},
        {STATUS_CONFIG, 503, ERROR_BODY("Failed to get ticket", 503)},
        {STATUS_INTERNAL, 500, ERROR_BODY("Failed to get ticket", 500)},
    };
    static const char *const paths[] = {TICKETS "/1408", TICKETS};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned k = 0; k < SUITE_N(paths); k++) {
            ask(HTTP_GET, paths[k]);
            with_query("ticketNumber=1408");
            fake.desk = rows[i].s;
            run();
            CHECK_INT(paths[k], bench.resp.status, rows[i].status);
            CHECK_STR(paths[k], body(), rows[i].body);
        }
}

enum form { FLAT, MANY, BAD };

static void test_questions(void)
{
    static const struct {
        const char *query;
        enum form form;
        const char *asked;
    } rows[] = {
        {"ticketNumber=1408", FLAT, "#1408 "},
        {"channelReferenceId=WA-1", FLAT, "@WA-1 "},
        {"channelReferenceId=a,b", FLAT, "@a,b "},
        {"channelReferenceId=a%2Cb", FLAT, "@a,b "},
        {"channelReferenceId=a+b%2Bc", FLAT, "@a b+c "},
        {"channelReferenceId=%C3%A9", FLAT, "@\xC3\xA9 "},
        {"channelReferenceId=a=b", FLAT, "@a=b "},
        {"ticketNumber=abc", FLAT, "#abc "},
        {"ticketNumber=1,2", MANY, "#1 #2 "},
        {"ticketNumber=1%2C2", MANY, "#1 #2 "},
        {"ticketNumber=2,1,2", MANY, "#2 #1 #2 "},
        {"ticketNumber=1&ticketNumber=2", MANY, "#1 #2 "},
        {"channelReferenceId=a&channelReferenceId=b", MANY, "@a @b "},
        {"channelReferenceId=a&ticketNumber=1,2&channelReferenceId=b", MANY, "@a #1 #2 @b "},
        {"ticketNumber=1&channelReferenceId=a", MANY, "#1 @a "},
        {"ticketNumber=1408,", FLAT, "#1408 "},
        {"ticketNumber=,1408", FLAT, "#1408 "},
        {"ticketNumber=&channelReferenceId=a", FLAT, "@a "},
        {"&&ticketNumber=1&", FLAT, "#1 "},
        {"other=%41&ticketNumber=1&status=NONSENSE", FLAT, "#1 "},
        {"%74icketNumber=1", FLAT, "#1 "},
        {"ticketnumber=1", BAD, REQUIRED},
        {"", BAD, REQUIRED},
        {NULL, BAD, REQUIRED},
        {"&", BAD, REQUIRED},
        {"ticketNumber", BAD, REQUIRED},
        {"ticketNumber=", BAD, REQUIRED},
        {"ticketNumber=,,", BAD, REQUIRED},
        {"ticketNumber=&channelReferenceId=", BAD, REQUIRED},
        {"status=OPEN", BAD, REQUIRED},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *row = rows[i].query ? rows[i].query : "none";
        ask(HTTP_GET, TICKETS);
        with_query(rows[i].query);
        run();
        CHECK_INT(row, bench.resp.status, rows[i].form == BAD ? 400 : 200);
        if (rows[i].form == BAD) {
            CHECK_STR(row, body(), rows[i].asked);
            continue;
        }
        CHECK_STR(row, fake.asked, rows[i].asked);
        CHECK_INT(row, begins("{\"success\":true,\"tickets\":[{"), rows[i].form == MANY);
        CHECK_INT(row, begins("{\"success\":true,\"ticketNumber\":\"1408\","), rows[i].form == FLAT);
    }
}

static void test_not_found(void)
{
    ask(HTTP_GET, TICKETS);
    with_query("ticketNumber=01408");
    fake.found = false;
    run();
    CHECK_INT("flat", bench.resp.status, 404);
    CHECK_STR("flat", body(), ERROR_BODY("Ticket not found", 404));
    ask(HTTP_GET, TICKETS);
    with_query("ticketNumber=01408,abc&channelReferenceId=%22");
    fake.found = false;
    run();
    CHECK_INT("many", bench.resp.status, 200);
    CHECK_STR("many", body(),
              "{\"success\":true,\"tickets\":[],\"notFound\":[\"01408\",\"abc\",\"\\\"\"],\"timestamp\":\"" AT "\"}");
}

static void repeat(char *out, size_t size, const char *text, unsigned n)
{
    size_t used = 0;
    for (unsigned i = 0; i < n; i++)
        used += (size_t)snprintf(out + used, size - used, "%s", text);
}

static void test_bounds(void)
{
    static const struct {
        const char *text;
        unsigned n;
        const char *tail, *field;
    } rows[] = {
        {"ticketNumber=1408&", 100, "", NULL},
        {"ticketNumber=1408&", 100, "ticketNumber=&channelReferenceId=", NULL},
        {"ticketNumber=1408&", 101, "", "ticketNumber"},
        {"channelReferenceId=x&", 101, "", "channelReferenceId"},
        {"ticketNumber=1408&", 100, "channelReferenceId=x", "channelReferenceId"},
        {"ticketNumber=1408,1409&", 51, "", "ticketNumber"},
    };
    char query[4096], want[256];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        repeat(query, sizeof query, rows[i].text, rows[i].n);
        snprintf(query + strlen(query), sizeof query - strlen(query), "%s", rows[i].tail);
        ask(HTTP_GET, TICKETS);
        with_query(query);
        run();
        CHECK_INT(rows[i].text, bench.resp.status, rows[i].field ? 400 : 200);
        CHECK_INT(rows[i].text, fake.n_asked, rows[i].field ? 0 : 100);
        if (!rows[i].field)
            continue;
        snprintf(want, sizeof want,
                 "{\"error\":\"Validation failed\",\"errors\":{\"%s\":\"At most 100 values are allowed in a "
                 "request\"},\"timestamp\":\"" AT "\",\"status\":400}",
                 rows[i].field);
        CHECK_STR(rows[i].text, body(), want);
    }
}

void init_read_tests(void)
{
    static const struct suite_test tests[] = {
        {"details", test_details},     {"HEAD", test_head},           {"outcomes", test_outcomes},
        {"questions", test_questions}, {"not found", test_not_found}, {"bounds", test_bounds},
    };
    suite_add("read", api_up, api_down, tests, SUITE_N(tests));
}
