#include <stdio.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define MINUTE (60 * CLOCK_SECOND)
#define NONE CLOCK_NONE

/* --- configuration ----------------------------------------------------- */

static enum status set_rules(const struct conf *conf, struct ticket_rules *r, struct err *err)
{
    struct arena *a = arena_new(65536);
    err_init(err);
    enum status s = ticket_rules_set(a, conf, r, err);
    arena_free(&a);
    return s;
}

static void test_conf_good(void)
{
    static struct conf conf;
    static struct ticket_rules r;
    static struct err err;
    conf_defaults(&conf);
    snprintf(conf.tracking_url_base, sizeof conf.tracking_url_base, "https://desk.example/x//");
    conf.currency_rate.n = 1;
    snprintf(conf.currency_rate.item[0], CONF_STRING_MAX, "SGD  11500.75 ");
    conf.webhook_allow_http = true;
    snprintf(conf.webhook_ports, sizeof conf.webhook_ports, "any");
    conf.webhook_allow_cidr.n = 1;
    snprintf(conf.webhook_allow_cidr.item[0], CONF_STRING_MAX, "127.0.0.0/8");
    CHECK_INT("status", set_rules(&conf, &r, &err), STATUS_OK);
    CHECK_INT("rates", r.n_rates, 1);
    CHECK_STR("currency", r.rates[0].currency, "SGD");
    CHECK_STR("base without slashes", text_of(r.tracking_url_base), "https://desk.example/x");
    CHECK("http", r.webhook.allow_http && r.webhook.any_port && r.webhook.n_cidrs == 1);
}

static void test_conf_bad(void)
{
    static const struct {
        const char *high, *urgent, *critical, *rate, *rate2, *text;
    } rows[] = {
        {"x", "2", "3", NULL, NULL, "priority_high_amount: must be a decimal number of at least 0"},
        {"-1", "2", "3", NULL, NULL, "priority_high_amount: must be a decimal number of at least 0"},
        {"1", "", "3", NULL, NULL, "priority_urgent_amount: must be a decimal number of at least 0"},
        {"1", "2", "3,0", NULL, NULL, "priority_critical_amount: must be a decimal number of at least 0"},
        {"3", "2", "3", NULL, NULL, "priority_urgent_amount: must not be below priority_high_amount"},
        {"1", "3", "2", NULL, NULL, "priority_critical_amount: must not be below priority_urgent_amount"},
        {"1", "2", "3", "usd 1", NULL,
         "currency_rate: must start with a foreign currency's three letters, as in USD 15600"},
        {"1", "2", "3", "IDR 1", NULL,
         "currency_rate: must start with a foreign currency's three letters, as in USD 15600"},
        {"1", "2", "3", "", NULL, "currency_rate: must start with a foreign currency's three letters, as in USD 15600"},
        {"1", "2", "3", "USD", NULL, "currency_rate: the rate of USD must be a decimal number above 0"},
        {"1", "2", "3", "USD 0", NULL, "currency_rate: the rate of USD must be a decimal number above 0"},
        {"1", "2", "3", "USD -1", NULL, "currency_rate: the rate of USD must be a decimal number above 0"},
        {"1", "2", "3", "USD 1 2", NULL, "currency_rate: the rate of USD must be a decimal number above 0"},
        {"1", "2", "3", "USD 1", "USD 2", "currency_rate: USD stands twice"},
    };
    static struct conf conf;
    static struct ticket_rules r;
    static struct err err;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        conf_defaults(&conf);
        snprintf(conf.priority_high_amount, CONF_STRING_MAX, "%s", rows[i].high);
        snprintf(conf.priority_urgent_amount, CONF_STRING_MAX, "%s", rows[i].urgent);
        snprintf(conf.priority_critical_amount, CONF_STRING_MAX, "%s", rows[i].critical);
        conf.currency_rate.n = rows[i].rate2 ? 2 : rows[i].rate ? 1 : 0;
        snprintf(conf.currency_rate.item[0], CONF_STRING_MAX, "%s", rows[i].rate ? rows[i].rate : "");
        snprintf(conf.currency_rate.item[1], CONF_STRING_MAX, "%s", rows[i].rate2 ? rows[i].rate2 : "");
        CHECK_INT(rows[i].text, set_rules(&conf, &r, &err), STATUS_CONFIG);
        CHECK_STR(rows[i].text, err.text, rows[i].text);
    }
}

/* The option is named; the wording is net's. */
static void test_conf_bad_webhook(void)
{
    static struct conf conf;
    static struct ticket_rules r;
    static struct err err;
    conf_defaults(&conf);
    snprintf(conf.webhook_ports, CONF_STRING_MAX, "https");
    CHECK_INT("ports", set_rules(&conf, &r, &err), STATUS_CONFIG);
    CHECK("ports", sv_has_prefix(sv_from(err.text), SV("webhook_ports: ")));
    conf_defaults(&conf);
    conf.webhook_allow_cidr.n = 1;
    snprintf(conf.webhook_allow_cidr.item[0], CONF_STRING_MAX, "10.0.0.1/8");
    CHECK_INT("cidr", set_rules(&conf, &r, &err), STATUS_CONFIG);
    CHECK("cidr", sv_has_prefix(sv_from(err.text), SV("webhook_allow_cidr: ")));
}

/* --- amounts ----------------------------------------------------------- */

static void test_amounts(void)
{
    static const struct {
        const char *amount, *currency;
        enum ticket_priority priority;
    } rows[] = {
        {NULL, NULL, TICKET_MEDIUM},
        {NULL, "XYZ", TICKET_MEDIUM},
        {"0", NULL, TICKET_MEDIUM},
        {"500000", "IDR", TICKET_MEDIUM},
        {"9999999.999999999999999999999999", NULL, TICKET_MEDIUM},
        {"10000000", NULL, TICKET_HIGH},
        {"10000000.000000000000000000000001", "", TICKET_HIGH},
        {"49999999.99", NULL, TICKET_HIGH},
        {"50000000", NULL, TICKET_URGENT},
        {"5e7", NULL, TICKET_URGENT},
        {"99999999", NULL, TICKET_URGENT},
        {"100000000", NULL, TICKET_CRITICAL},
        {"0.1e9", NULL, TICKET_CRITICAL},
        {"1e400", NULL, TICKET_CRITICAL},
        {"1e-400", NULL, TICKET_MEDIUM},
        {"123456789012345678901234567890", NULL, TICKET_CRITICAL},
        {"641.02", "USD", TICKET_MEDIUM},    /* × 15600 = 9,999,912 */
        {"641.03", "USD", TICKET_HIGH},      /* 10,000,068 */
        {"6410.25", "USD", TICKET_URGENT},   /* 99,999,900 */
        {"6410.26", "USD", TICKET_CRITICAL}, /* 100,000,056 */
        {"200000", "JPY", TICKET_HIGH},      /* × 50 = 10,000,000 */
        {"199999.99", "JPY", TICKET_MEDIUM},
        {"1", "XYZ", TICKET_HIGH}, /* no rate */
        {"1e400", "XYZ", TICKET_HIGH},
        {"500000", "usd", TICKET_HIGH}, /* codes compare byte for byte */
    };
    struct arena *a = arena_new(65536);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct num_dec amount;
        enum ticket_priority p = TICKET_PRIORITY__MAX;
        const char *name = rows[i].amount ? rows[i].amount : "no amount";
        if (rows[i].amount)
            CHECK_INT(name, num_dec_parse(a, sv_from(rows[i].amount), &amount), STATUS_OK);
        CHECK_INT(
            name,
            ticket_amount_priority(a, shipped_rules(), rows[i].amount ? &amount : NULL, sv_from(rows[i].currency), &p),
            STATUS_OK);
        CHECK_STR(name, ticket_priority_name(p), ticket_priority_name(rows[i].priority));
    }
    arena_free(&a);
}

/* --- tables ------------------------------------------------------------ */

static void test_service_type_table(void)
{
    static const struct {
        enum ticket_service_type type;
        const char *priority, *category;
    } rows[] = {
        {TICKET_CLAIM, "MEDIUM", "SERVICE_REQUEST"},           {TICKET_REIMBURSEMENT, "MEDIUM", "SERVICE_REQUEST"},
        {TICKET_DISPUTE, "HIGH", "SERVICE_REQUEST"},           {TICKET_COMPLAINT, "MEDIUM", "COMPLAINT"},
        {TICKET_INQUIRY, "LOW", "INFORMATION_REQUEST"},        {TICKET_FEEDBACK, "LOW", "COMPLAINT"},
        {TICKET_TECHNICAL_SUPPORT, "MEDIUM", "INCIDENT"},      {TICKET_ACCOUNT_ISSUE, "HIGH", "SERVICE_REQUEST"},
        {TICKET_CARD_ISSUE, "HIGH", "SERVICE_REQUEST"},        {TICKET_ATM_ISSUE, "HIGH", "INCIDENT"},
        {TICKET_MOBILE_BANKING, "MEDIUM", "INCIDENT"},         {TICKET_INTERNET_BANKING, "MEDIUM", "INCIDENT"},
        {TICKET_GENERAL_REQUEST, "MEDIUM", "SERVICE_REQUEST"}, {TICKET_OTHER, "MEDIUM", "SERVICE_REQUEST"},
    };
    CHECK_INT("all", SUITE_N(rows), TICKET_SERVICE_TYPE__MAX);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *name = ticket_service_type_name(rows[i].type);
        CHECK_STR(name, ticket_priority_name(ticket_type_priority(rows[i].type)), rows[i].priority);
        CHECK_STR(name, ticket_type_category(rows[i].type), rows[i].category);
    }
}

static void test_moves(void)
{
    /* Rows: from; columns: OPEN IN_PROGRESS PENDING RESOLVED CLOSED CANCELLED. */
    static const char *const allowed[TICKET_STATUS__MAX] = {
        [TICKET_OPEN] = ".xxx.x",     [TICKET_IN_PROGRESS] = "..xx.x", [TICKET_PENDING] = ".x.x.x",
        [TICKET_RESOLVED] = ".x..x.", [TICKET_CLOSED] = "......",      [TICKET_CANCELLED] = "......",
    };
    for (unsigned from = 0; from < TICKET_STATUS__MAX; from++)
        for (unsigned to = 0; to < TICKET_STATUS__MAX; to++) {
            char row[64];
            snprintf(row, sizeof row, "%s to %s", ticket_status_name((enum ticket_status)from),
                     ticket_status_name((enum ticket_status)to));
            CHECK_INT(row, ticket_may_move((enum ticket_status)from, (enum ticket_status)to), allowed[from][to] == 'x');
        }
}

/* --- time -------------------------------------------------------------- */

static void test_deadlines(void)
{
    int64_t at = iso("2024-01-15T10:30:00Z");
    CHECK_INT("response", ticket_after_minutes(at, 60), iso("2024-01-15T11:30:00Z"));
    CHECK_INT("resolution", ticket_after_hours(at, 4), iso("2024-01-15T14:30:00Z"));
    CHECK_INT("estimate", ticket_after_hours(at, 24), iso("2024-01-16T10:30:00Z"));
    CHECK_INT("fractions stay", ticket_after_minutes(at + 7, 1), at + 7 + MINUTE);
    CHECK_INT("none", ticket_after_hours(at, 0), at);
    CHECK_INT("most hours", ticket_after_hours(at, UINT32_MAX), iso("9999-12-31T23:59:59Z"));
    CHECK_INT("most minutes", ticket_after_minutes(at, UINT32_MAX), iso("9999-12-31T23:59:59Z"));
    CHECK_INT("past the end", ticket_after_minutes(INT64_MAX, 1), iso("9999-12-31T23:59:59Z"));
}

/* Response is due at minute 60, resolution at minute 240. */
static void test_breach(void)
{
    static const struct {
        const char *name;
        int64_t now, resolved, closed, answered; /* [min] */
        bool breached;
    } rows[] = {
        {"fresh", 0, NONE, NONE, NONE, false},
        {"response due now", 60, NONE, NONE, NONE, false},
        {"response late", 61, NONE, NONE, NONE, true},
        {"answered in time", 61, NONE, NONE, 30, false},
        {"answered at the deadline", 61, NONE, NONE, 60, false},
        {"answered late", 62, NONE, NONE, 61, true},
        {"resolution due now", 240, NONE, NONE, 30, false},
        {"resolution late", 241, NONE, NONE, 30, true},
        {"resolved in time, looked at later", 999, 200, NONE, 30, false},
        {"resolved late", 999, 241, NONE, 30, true},
        {"resolved in time, closed late", 999, 200, 999, 30, false},
        {"resolved without an answer, in time", 999, 50, NONE, NONE, false},
        {"resolved without an answer, late", 999, 61, NONE, NONE, true},
        {"cancelled in time", 999, NONE, 59, NONE, false},
        {"cancelled late", 999, NONE, 61, NONE, true},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct ticket t = {
            .response_deadline = 60 * MINUTE,
            .resolution_deadline = 240 * MINUTE,
            .resolved_at = rows[i].resolved == NONE ? NONE : rows[i].resolved * MINUTE,
            .closed_at = rows[i].closed == NONE ? NONE : rows[i].closed * MINUTE,
            .first_response_at = rows[i].answered == NONE ? NONE : rows[i].answered * MINUTE,
        };
        CHECK_INT(rows[i].name, ticket_is_breached(&t, rows[i].now * MINUTE), rows[i].breached);
    }
    struct ticket open = {.response_deadline = NONE,
                          .resolution_deadline = NONE,
                          .resolved_at = NONE,
                          .closed_at = NONE,
                          .first_response_at = NONE};
    CHECK("no deadlines", !ticket_is_breached(&open, iso("2024-01-15T10:30:00Z")));
}

void init_rules_tests(void)
{
    static const struct suite_test tests[] = {
        {"configuration", test_conf_good},
        {"bad configuration", test_conf_bad},
        {"bad webhook rules", test_conf_bad_webhook},
        {"amounts", test_amounts},
        {"service types", test_service_type_table},
        {"moves", test_moves},
        {"deadlines", test_deadlines},
        {"breach", test_breach},
    };
    suite_add("ticket rules", NULL, NULL, tests, SUITE_N(tests));
}
