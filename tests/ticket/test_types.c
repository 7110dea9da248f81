#include <stdio.h>

#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/types.h"

/* The reference's lists: "Channel Sources", "Service Types", "Priority Levels". */
static void test_channels(void)
{
    static const char *const words[] = {"WHATSAPP", "EMAIL",     "CHAT",    "PHONE",    "SMS",
                                        "FACEBOOK", "INSTAGRAM", "TWITTER", "TELEGRAM", "WEB_PORTAL"};
    CHECK_INT("all", SUITE_N(words), TICKET_CHANNEL__MAX);
    for (unsigned i = 0; i < SUITE_N(words); i++) {
        enum ticket_channel v = TICKET_CHANNEL__MAX;
        CHECK(words[i], ticket_channel_parse(sv_from(words[i]), &v));
        CHECK_STR(words[i], ticket_channel_name(v), words[i]);
    }
}

static void test_service_types(void)
{
    static const char *const words[] = {"CLAIM",           "REIMBURSEMENT", "DISPUTE",           "COMPLAINT",
                                        "INQUIRY",         "FEEDBACK",      "TECHNICAL_SUPPORT", "ACCOUNT_ISSUE",
                                        "CARD_ISSUE",      "ATM_ISSUE",     "MOBILE_BANKING",    "INTERNET_BANKING",
                                        "GENERAL_REQUEST", "OTHER"};
    CHECK_INT("all", SUITE_N(words), TICKET_SERVICE_TYPE__MAX);
    for (unsigned i = 0; i < SUITE_N(words); i++) {
        enum ticket_service_type v = TICKET_SERVICE_TYPE__MAX;
        CHECK(words[i], ticket_service_type_parse(sv_from(words[i]), &v));
        CHECK_STR(words[i], ticket_service_type_name(v), words[i]);
    }
}

static void test_priorities(void)
{
    static const char *const words[] = {"LOW", "MEDIUM", "HIGH", "URGENT", "CRITICAL"};
    CHECK_INT("all", SUITE_N(words), TICKET_PRIORITY__MAX);
    for (unsigned i = 0; i < SUITE_N(words); i++) {
        enum ticket_priority v = TICKET_PRIORITY__MAX;
        CHECK(words[i], ticket_priority_parse(sv_from(words[i]), &v));
        CHECK_STR(words[i], ticket_priority_name(v), words[i]);
        CHECK_INT("rising", v, i);
    }
}

static void test_statuses(void)
{
    static const struct {
        const char *word;
        bool closed;
    } rows[] = {{"OPEN", false},    {"IN_PROGRESS", false}, {"PENDING", false},
                {"RESOLVED", true}, {"CLOSED", true},       {"CANCELLED", true}};
    CHECK_INT("all", SUITE_N(rows), TICKET_STATUS__MAX);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        enum ticket_status v = TICKET_STATUS__MAX;
        CHECK(rows[i].word, ticket_status_parse(sv_from(rows[i].word), &v));
        CHECK_STR(rows[i].word, ticket_status_name(v), rows[i].word);
        CHECK_INT(rows[i].word, ticket_status_is_closed(v), rows[i].closed);
    }
}

static void test_actions(void)
{
    static const char *const words[] = {"ADD_COMMENT", "UPDATE_STATUS", "ADD_ATTACHMENT", "ASSIGN"};
    CHECK_INT("all", SUITE_N(words), TICKET_ACTION__MAX);
    for (unsigned i = 0; i < SUITE_N(words); i++) {
        enum ticket_action v = TICKET_ACTION__MAX;
        CHECK(words[i], ticket_action_parse(sv_from(words[i]), &v));
        CHECK_STR(words[i], ticket_action_name(v), words[i]);
    }
}

static void test_events(void)
{
    CHECK_STR("created", ticket_event_name(TICKET_EVENT_CREATED), "TICKET_CREATED");
    CHECK_STR("status", ticket_event_name(TICKET_EVENT_STATUS_CHANGED), "STATUS_CHANGED");
    CHECK_STR("comment", ticket_event_name(TICKET_EVENT_COMMENT_ADDED), "COMMENT_ADDED");
    CHECK_STR("resolved", ticket_event_name(TICKET_EVENT_RESOLVED), "TICKET_RESOLVED");
    CHECK_STR("closed", ticket_event_name(TICKET_EVENT_CLOSED), "TICKET_CLOSED");
    CHECK_STR("none", ticket_event_name(TICKET_EVENT__MAX), "UNKNOWN");
}

/* Codes compare byte for byte. */
static void test_exact_spelling(void)
{
    static const char *const no[] = {"", "open", "Open", "OPEN ", " OPEN", "OPENED", "OPE", "IN PROGRESS"};
    for (unsigned i = 0; i < SUITE_N(no); i++) {
        enum ticket_status v = TICKET_PENDING;
        CHECK(no[i], !ticket_status_parse(sv_from(no[i]), &v));
        CHECK_INT(no[i], v, TICKET_PENDING);
    }
    enum ticket_channel c = TICKET_SMS;
    enum ticket_service_type t = TICKET_OTHER;
    enum ticket_priority p = TICKET_LOW;
    enum ticket_action a = TICKET_ASSIGN;
    CHECK("absent channel", !ticket_channel_parse(SV_NONE, &c) && c == TICKET_SMS);
    CHECK("absent type", !ticket_service_type_parse(SV_NONE, &t) && t == TICKET_OTHER);
    CHECK("absent priority", !ticket_priority_parse(SV_NONE, &p) && p == TICKET_LOW);
    CHECK("absent action", !ticket_action_parse(SV_NONE, &a) && a == TICKET_ASSIGN);
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        uint64_t number; /* 0: refused */
    } rows[] = {
        {"1", 1},
        {"1408", 1408},
        {"9223372036854775807", INT64_MAX},
        {"9223372036854775808", 0},
        {"0", 0},
        {"01408", 0},
        {"abc", 0},
        {"", 0},
        {"+1", 0},
        {"-1", 0},
        {" 1", 0},
        {"1 ", 0},
        {"1.0", 0},
        {"1e3", 0},
        {"0x1", 0},
        {"99999999999999999999999", 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        uint64_t n = 0;
        CHECK_INT(rows[i].text, ticket_number_parse(sv_from(rows[i].text), &n), rows[i].number != 0);
        CHECK_INT(rows[i].text, n, rows[i].number);
    }
}

void init_types_tests(void)
{
    static const struct suite_test tests[] = {
        {"channels", test_channels},       {"service types", test_service_types},
        {"priorities", test_priorities},   {"statuses", test_statuses},
        {"actions", test_actions},         {"events", test_events},
        {"spelling", test_exact_spelling}, {"ticket numbers", test_numbers},
    };
    suite_add("ticket types", NULL, NULL, tests, SUITE_N(tests));
}
