#include <stdio.h>
#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

#define BIT(s) (1u << TICKET_##s)

static unsigned statuses(void)
{
    unsigned set = 0;
    for (unsigned i = 0; i < TICKET_STATUS__MAX; i++)
        set |= fake.list.status[i] ? 1u << i : 0;
    return set;
}

static void test_good(void)
{
    static const struct {
        const char *query;
        unsigned status;
        const char *assignee, *partner;
        uint64_t before;
        unsigned limit;
    } rows[] = {
        {NULL, 0, "(absent)", "(absent)", 0, 50},
        {"", 0, "(absent)", "(absent)", 0, 50},
        {"x=1", 0, "(absent)", "(absent)", 0, 50},
        {"status=OPEN", BIT(OPEN), "(absent)", "(absent)", 0, 50},
        {"status=OPEN,IN_PROGRESS", BIT(OPEN) | BIT(IN_PROGRESS), "(absent)", "(absent)", 0, 50},
        {"status=CLOSED&status=CANCELLED,CLOSED", BIT(CLOSED) | BIT(CANCELLED), "(absent)", "(absent)", 0, 50},
        {"status=OPEN,IN_PROGRESS,PENDING,RESOLVED,CLOSED,CANCELLED", 63, "(absent)", "(absent)", 0, 50},
        {"assignee=Jane+Tech", 0, "Jane Tech", "(absent)", 0, 50},
        {"partner=PARTNER001", 0, "(absent)", "PARTNER001", 0, 50},
        {"limit=1", 0, "(absent)", "(absent)", 0, 1},
        {"limit=200", 0, "(absent)", "(absent)", 0, 200},
        {"after=1408", 0, "(absent)", "(absent)", 1408, 50},
        {"status=OPEN&assignee=J&partner=P&limit=2&after=3", BIT(OPEN), "J", "P", 3, 2},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *row = rows[i].query ? rows[i].query : "none";
        ask(HTTP_GET, TICKETS);
        as_agent();
        with_query(rows[i].query);
        run();
        CHECK_INT(row, bench.resp.status, 200);
        CHECK_INT(row, statuses(), rows[i].status);
        CHECK_STR(row, fake.assignee, rows[i].assignee);
        CHECK_STR(row, fake.list_partner, rows[i].partner);
        CHECK_INT(row, fake.list.before, rows[i].before);
        CHECK_INT(row, fake.list.limit, rows[i].limit);
        CHECK_STR(row, body(), "{\"success\":true,\"tickets\":[],\"next\":null,\"timestamp\":\"" AT "\"}");
    }
}

static void test_answer(void)
{
    ask(HTTP_GET, TICKETS);
    as_agent();
    fake.n_list = 1;
    fake.next = 1408;
    run();
    CHECK("a ticket", begins("{\"success\":true,\"tickets\":[{\"ticketNumber\":\"1408\","));
    CHECK("next", strstr(body(), "\"next\":\"1408\"") != NULL);
    ask(HTTP_GET, TICKETS);
    as_agent();
    fake.desk = STATUS_UNAVAILABLE;
    run();
    CHECK_INT("down", bench.resp.status, 503);
    CHECK_STR("down", body(), ERROR_BODY("Failed to get ticket", 503));
}

#define STATUS_WHY "Status must be one or more of OPEN, IN_PROGRESS, PENDING, RESOLVED, CLOSED, CANCELLED"
#define LIMIT_WHY "Limit must be a whole number from 1 to 200"
#define AFTER_WHY "After must be the next of an earlier answer"
#define ASSIGNEE_WHY "Assignee must be 1 to 200 characters"
#define PARTNER_WHY "Partner must be 1 to 63 characters"

static void test_bad(void)
{
    static const struct {
        const char *query, *field, *why;
    } rows[] = {
        {"status=open", "status", STATUS_WHY},
        {"status=", "status", STATUS_WHY},
        {"status=OPEN,", "status", STATUS_WHY},
        {"status=OPEN&status=X", "status", STATUS_WHY},
        {"limit=0", "limit", LIMIT_WHY},
        {"limit=201", "limit", LIMIT_WHY},
        {"limit=", "limit", LIMIT_WHY},
        {"limit=01", "limit", LIMIT_WHY},
        {"limit=-1", "limit", LIMIT_WHY},
        {"limit=ten", "limit", LIMIT_WHY},
        {"limit=18446744073709551617", "limit", LIMIT_WHY},
        {"limit=5&limit=5", "limit", "Limit may be given only once"},
        {"after=", "after", AFTER_WHY},
        {"after=0", "after", AFTER_WHY},
        {"after=null", "after", AFTER_WHY},
        {"after=1&after=2", "after", "After may be given only once"},
        {"assignee=", "assignee", ASSIGNEE_WHY},
        {"assignee=+%20", "assignee", ASSIGNEE_WHY},
        {"assignee=a&assignee=b", "assignee", "Assignee may be given only once"},
        {"partner=", "partner", PARTNER_WHY},
        {"partner=a&partner=b", "partner", "Partner may be given only once"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char want[512];
        ask(HTTP_GET, TICKETS);
        as_agent();
        with_query(rows[i].query);
        run();
        snprintf(want, sizeof want,
                 "{\"error\":\"Validation failed\",\"errors\":{\"%s\":\"%s\"},\"timestamp\":\"" AT "\",\"status\":400}",
                 rows[i].field, rows[i].why);
        CHECK_INT(rows[i].query, bench.resp.status, 400);
        CHECK_STR(rows[i].query, body(), want);
        CHECK_INT(rows[i].query, fake.n_desk, 0);
    }
}

static void test_lengths(void)
{
    static const struct {
        const char *name;
        unsigned n;
        int status;
    } rows[] = {{"assignee", TICKET_NAME_MAX, 200},
                {"assignee", TICKET_NAME_MAX + 1, 400},
                {"partner", STORE_PARTNER_CODE_MAX, 200},
                {"partner", STORE_PARTNER_CODE_MAX + 1, 400}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char query[512];
        int n = snprintf(query, sizeof query, "%s=", rows[i].name);
        memset(query + n, 'a', rows[i].n);
        query[(unsigned)n + rows[i].n] = '\0';
        ask(HTTP_GET, TICKETS);
        as_agent();
        with_query(query);
        run();
        CHECK_INT(rows[i].name, bench.resp.status, rows[i].status);
    }
}

static void test_all_at_once(void)
{
    ask(HTTP_GET, TICKETS);
    as_agent();
    with_query("status=x&limit=x&after=x&assignee=&partner=");
    run();
    CHECK_STR("all", body(),
              ERROR_FIELDS("Validation failed",
                           "\"status\":\"" STATUS_WHY "\",\"limit\":\"" LIMIT_WHY "\",\"after\":\"" AFTER_WHY
                           "\",\"assignee\":\"" ASSIGNEE_WHY "\",\"partner\":\"" PARTNER_WHY "\"",
                           400));
}

/* A question is a question for agents too. */
static void test_questions(void)
{
    ask(HTTP_GET, TICKETS);
    as_agent();
    with_query("ticketNumber=1408&limit=nonsense");
    run();
    CHECK_INT("asked", bench.resp.status, 200);
    CHECK_STR("asked", fake.asked, "#1408 ");
    ask(HTTP_GET, TICKETS);
    as_agent();
    with_query("ticketNumber=&status=OPEN");
    run();
    CHECK_INT("named but empty", bench.resp.status, 400);
    CHECK_STR("named but empty", body(), ERROR_BODY("Either ticketNumber or channelReferenceId is required", 400));
}

void init_list_tests(void)
{
    static const struct suite_test tests[] = {
        {"good", test_good},       {"answer", test_answer},           {"bad", test_bad},
        {"lengths", test_lengths}, {"all at once", test_all_at_once}, {"questions", test_questions},
    };
    suite_add("list", api_up, api_down, tests, SUITE_N(tests));
}
