/* CONTRACT §§1, 7: same status → closed → field errors and bounds. */
#include <stdio.h>

#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define CLOSED_TEXT "Cannot update closed or resolved tickets"
#define COMMENT "{'action':'ADD_COMMENT','comment':'x'}"
#define NOTE "{'action':'ADD_COMMENT','comment':'x','internal':true}"
#define ATTACH "{'action':'ADD_ATTACHMENT','attachments':[{'filename':'a','content':''}]}"
#define ASSIGN "{'action':'ASSIGN','assignee':'A'}"
#define SET(s) "{'action':'UPDATE_STATUS','status':'" s "'}"

enum want { APPLY, SAME, CLOSED, INVALID };

struct row {
    bool agent;
    enum ticket_status status;
    const char *body;
    enum want want;
    const char *errors; /* of INVALID */
};

static void check_row(const struct row *row)
{
    static struct sent s;
    struct ticket t = {.status = row->status};
    enum ticket_verdict verdict;
    char name[256];
    snprintf(name, sizeof name, "%s %s %s", row->agent ? "desk" : "partner", ticket_status_name(row->status),
             row->body);
    send_change(&s, row->body, row->agent);
    enum status got = ticket_change_judge(&t, &s.change, row->agent, &verdict, &s.err);
    switch (row->want) {
    case APPLY:
    case SAME:
        CHECK_INT(name, got, STATUS_OK);
        CHECK_INT(name, verdict, row->want == SAME ? TICKET_SAME : TICKET_APPLY);
        break;
    case CLOSED:
        CHECK_INT(name, got, STATUS_CLOSED);
        CHECK_STR(name, s.err.text, CLOSED_TEXT);
        CHECK_STR(name, errors_of(&s.err), "");
        break;
    case INVALID:
        CHECK_INT(name, got, STATUS_INVALID);
        CHECK_STR(name, s.err.text, "Invalid update data");
        CHECK_STR(name, errors_of(&s.err), row->errors);
        break;
    }
    sent_close(&s);
}

static void test_partner(void)
{
    static const struct row rows[] = {
        {false, TICKET_OPEN, COMMENT, APPLY, NULL},
        {false, TICKET_OPEN, ATTACH, APPLY, NULL},
        {false, TICKET_OPEN, SET("PENDING"), APPLY, NULL},
        {false, TICKET_OPEN, SET("CANCELLED"), APPLY, NULL},
        {false, TICKET_IN_PROGRESS, SET("PENDING"), APPLY, NULL},
        {false, TICKET_IN_PROGRESS, SET("CANCELLED"), APPLY, NULL},
        {false, TICKET_PENDING, SET("PENDING"), SAME, NULL},
        {false, TICKET_PENDING, SET("CANCELLED"), APPLY, NULL},
        {false, TICKET_PENDING, COMMENT, APPLY, NULL},
        {false, TICKET_OPEN, SET("OPEN"), INVALID, "status: Status must be one of PENDING, CANCELLED"},
        {false, TICKET_OPEN, SET("RESOLVED"), INVALID, "status: Status must be one of PENDING, CANCELLED"},
        {false, TICKET_OPEN, "{}", INVALID, "action: Action is required"},
        {false, TICKET_OPEN, ASSIGN, INVALID,
         "action: Action must be one of ADD_COMMENT, UPDATE_STATUS, ADD_ATTACHMENT"},
        /* A retried cancel is safe. */
        {false, TICKET_CANCELLED, SET("CANCELLED"), SAME, NULL},
        /* Closed: everything else, however wrong it may be besides. */
        {false, TICKET_CANCELLED, SET("PENDING"), CLOSED, NULL},
        {false, TICKET_CANCELLED, COMMENT, CLOSED, NULL},
        {false, TICKET_RESOLVED, COMMENT, CLOSED, NULL},
        {false, TICKET_RESOLVED, ATTACH, CLOSED, NULL},
        {false, TICKET_RESOLVED, SET("CANCELLED"), CLOSED, NULL},
        {false, TICKET_RESOLVED, SET("RESOLVED"), CLOSED, NULL},
        {false, TICKET_CLOSED, SET("CLOSED"), CLOSED, NULL},
        {false, TICKET_CLOSED, SET("nonsense"), CLOSED, NULL},
        {false, TICKET_CLOSED, "{}", CLOSED, NULL},
        {false, TICKET_CLOSED, ASSIGN, CLOSED, NULL},
        {false, TICKET_CLOSED, "{'action':'ADD_COMMENT'}", CLOSED, NULL},
        {false, TICKET_CLOSED, NOTE, CLOSED, NULL},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        check_row(&rows[i]);
}

static void test_desk(void)
{
    static const struct row rows[] = {
        {true, TICKET_OPEN, COMMENT, APPLY, NULL},
        {true, TICKET_OPEN, NOTE, APPLY, NULL},
        {true, TICKET_OPEN, ATTACH, APPLY, NULL},
        {true, TICKET_OPEN, ASSIGN, APPLY, NULL},
        {true, TICKET_OPEN, SET("OPEN"), SAME, NULL},
        {true, TICKET_OPEN, SET("RESOLVED"), APPLY, NULL},
        {true, TICKET_OPEN, SET("CLOSED"), INVALID,
         "status: Status must be one of IN_PROGRESS, PENDING, RESOLVED, CANCELLED"},
        {true, TICKET_IN_PROGRESS, SET("OPEN"), INVALID, "status: Status must be one of PENDING, RESOLVED, CANCELLED"},
        {true, TICKET_PENDING, SET("OPEN"), INVALID, "status: Status must be one of IN_PROGRESS, RESOLVED, CANCELLED"},
        {true, TICKET_RESOLVED, SET("CLOSED"), APPLY, NULL},
        {true, TICKET_RESOLVED, SET("IN_PROGRESS"), APPLY, NULL},
        {true, TICKET_RESOLVED, SET("RESOLVED"), SAME, NULL},
        {true, TICKET_RESOLVED, SET("PENDING"), INVALID, "status: Status must be one of IN_PROGRESS, CLOSED"},
        {true, TICKET_CLOSED, SET("IN_PROGRESS"), INVALID, "status: Status must stay CLOSED"},
        {true, TICKET_CANCELLED, SET("OPEN"), INVALID, "status: Status must stay CANCELLED"},
        {true, TICKET_CLOSED, SET("CLOSED"), SAME, NULL},
        {true, TICKET_CLOSED, NOTE, APPLY, NULL},
        {true, TICKET_CLOSED, COMMENT, CLOSED, NULL},
        {true, TICKET_RESOLVED, ATTACH, CLOSED, NULL},
        {true, TICKET_CANCELLED, ASSIGN, CLOSED, NULL},
        {true, TICKET_CLOSED, "{'action':'ADD_COMMENT'}", CLOSED, NULL},
        {true, TICKET_CLOSED, "{'action':'ADD_COMMENT','internal':true}", INVALID, "comment: Comment is required"},
        {true, TICKET_CLOSED, "{'action':'UPDATE_STATUS'}", INVALID, "status: Status is required"},
        {true, TICKET_CLOSED, "{}", INVALID, "action: Action is required"},
        /* The same status comes before the field errors. */
        {true, TICKET_OPEN, "{'action':'UPDATE_STATUS','status':'OPEN','comment':5}", SAME, NULL},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        check_row(&rows[i]);
}

/* 1,000 comments and 100 attachments a ticket. */
static void test_bounds(void)
{
    static const struct {
        const char *name, *body;
        uint32_t comments, attachments;
        const char *errors; /* "": applied */
    } rows[] = {
        {"the 1000th comment", COMMENT, 999, 0, ""},
        {"one more", COMMENT, 1000, 0, "comment: Comments must be at most 1000 on one ticket"},
        {"a note more", NOTE, 1000, 0, "comment: Comments must be at most 1000 on one ticket"},
        {"status comments are never blocked", "{'action':'UPDATE_STATUS','status':'PENDING','comment':'x'}", 1000, 0,
         ""},
        {"the 100th file", ATTACH, 1000, 99, ""},
        {"a file more", ATTACH, 0, 100, "attachments: Attachments must be at most 100 on one ticket"},
        {"comments need no room for files", COMMENT, 0, 100, ""},
        {"two over the edge",
         "{'action':'ADD_ATTACHMENT','attachments':[{'filename':'a','content':''},{'filename':'b','content':''}]}", 0,
         99, "attachments: Attachments must be at most 100 on one ticket"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct ticket t = {.status = TICKET_OPEN, .n_comments = rows[i].comments, .n_attachments = rows[i].attachments};
        enum ticket_verdict verdict;
        send_change(&s, rows[i].body, true);
        enum status got = ticket_change_judge(&t, &s.change, true, &verdict, &s.err);
        CHECK_INT(rows[i].name, got, rows[i].errors[0] ? STATUS_INVALID : STATUS_OK);
        CHECK_STR(rows[i].name, errors_of(&s.err), rows[i].errors);
        CHECK_STR(rows[i].name, s.err.text, rows[i].errors[0] ? "Invalid update data" : "");
        sent_close(&s);
    }
}

/* After a conflict the change is judged again on what the ticket is now. */
static void test_judged_anew(void)
{
    static struct sent s;
    struct ticket t = {.status = TICKET_OPEN};
    enum ticket_verdict verdict;
    send_change(&s, "{'action':'UPDATE_STATUS','status':'OPEN','comment':5}", true);
    CHECK_INT("first", ticket_change_judge(&t, &s.change, true, &verdict, &s.err), STATUS_OK);
    t.status = TICKET_IN_PROGRESS;
    CHECK_INT("then", ticket_change_judge(&t, &s.change, true, &verdict, &s.err), STATUS_INVALID);
    CHECK_STR("then", errors_of(&s.err), "comment: Comment must be a string");
    sent_close(&s);
}

void init_judge_tests(void)
{
    static const struct suite_test tests[] = {
        {"partner", test_partner}, {"desk", test_desk}, {"bounds", test_bounds}, {"judged anew", test_judged_anew}};
    suite_add("ticket judge", NULL, NULL, tests, SUITE_N(tests));
}
