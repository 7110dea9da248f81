/* CONTRACT §7: what a PATCH may say, to partners and to the desk. */
#include <stdlib.h>

#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define PARTNER_ACTIONS "action: Action must be one of ADD_COMMENT, UPDATE_STATUS, ADD_ATTACHMENT"
#define ALL_ACTIONS PARTNER_ACTIONS ", ASSIGN"
#define PARTNER_STATUSES "status: Status must be one of PENDING, CANCELLED"
#define ALL_STATUSES "status: Status must be one of OPEN, IN_PROGRESS, PENDING, RESOLVED, CLOSED, CANCELLED"

struct row {
    const char *body;
    const char *partner, *agent; /* errors */
};

static void check_errors(const struct row *row, bool agent)
{
    static struct sent s;
    const char *errors = agent ? row->agent : row->partner;
    send_change(&s, row->body, agent);
    CHECK_STR(row->body, errors_of(&s.err), errors);
    CHECK_INT(row->body, s.status, errors[0] ? STATUS_INVALID : STATUS_OK);
    CHECK_STR(row->body, s.err.text, errors[0] ? "Invalid update data" : "");
    sent_close(&s);
}

static void check_rows(const struct row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        check_errors(&rows[i], false);
        check_errors(&rows[i], true);
    }
}

static void test_action(void)
{
    static const struct row rows[] = {
        {"{}", "action: Action is required", "action: Action is required"},
        {"{'action':null}", "action: Action is required", "action: Action is required"},
        {"{'action':' ','comment':'x'}", "action: Action is required", "action: Action is required"},
        {"{'action':5}", "action: Action must be a string", "action: Action must be a string"},
        {"{'action':'add_comment','comment':5}", PARTNER_ACTIONS, ALL_ACTIONS},
        {"{'action':'DELETE'}", PARTNER_ACTIONS, ALL_ACTIONS},
        /* Without `agent`, ASSIGN is an unknown action. */
        {"{'action':'ASSIGN','assignee':'A'}", PARTNER_ACTIONS, ""},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_comment(void)
{
    static const struct row rows[] = {
        {"{'action':'ADD_COMMENT','comment':'x'}", "", ""},
        {"{'action':'ADD_COMMENT'}", "comment: Comment is required", "comment: Comment is required"},
        {"{'action':'ADD_COMMENT','comment':null}", "comment: Comment is required", "comment: Comment is required"},
        {"{'action':'ADD_COMMENT','comment':' \\n'}", "comment: Comment is required", "comment: Comment is required"},
        {"{'action':'ADD_COMMENT','comment':['x']}", "comment: Comment must be a string",
         "comment: Comment must be a string"},
        /* author and internal are the desk's. */
        {"{'action':'ADD_COMMENT','comment':'x','author':7,'internal':'yes'}", "",
         "author: Author must be a string\ninternal: Internal must be true or false"},
        {"{'action':'ADD_COMMENT','author':7}", "comment: Comment is required",
         "comment: Comment is required\nauthor: Author must be a string"},
        /* Other actions' fields are unknown. */
        {"{'action':'ADD_COMMENT','comment':'x','status':7,'attachments':7,'assignee':7}", "", ""},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_status(void)
{
    static const struct row rows[] = {
        {"{'action':'UPDATE_STATUS','status':'CANCELLED'}", "", ""},
        {"{'action':'UPDATE_STATUS','status':'PENDING'}", "", ""},
        {"{'action':'UPDATE_STATUS','status':'OPEN'}", PARTNER_STATUSES, ""},
        {"{'action':'UPDATE_STATUS','status':'IN_PROGRESS'}", PARTNER_STATUSES, ""},
        {"{'action':'UPDATE_STATUS','status':'RESOLVED'}", PARTNER_STATUSES, ""},
        {"{'action':'UPDATE_STATUS','status':'CLOSED'}", PARTNER_STATUSES, ""},
        {"{'action':'UPDATE_STATUS','status':'cancelled'}", PARTNER_STATUSES, ALL_STATUSES},
        {"{'action':'UPDATE_STATUS','status':'CANCELED'}", PARTNER_STATUSES, ALL_STATUSES},
        {"{'action':'UPDATE_STATUS'}", "status: Status is required", "status: Status is required"},
        {"{'action':'UPDATE_STATUS','status':3}", "status: Status must be a string", "status: Status must be a string"},
        {"{'action':'UPDATE_STATUS','status':'PENDING','comment':3}", "", "comment: Comment must be a string"},
        {"{'action':'UPDATE_STATUS','status':'PENDING','comment':' ','author':7,'internal':7}", "", ""},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_attachments(void)
{
    static const struct row rows[] = {
        {"{'action':'ADD_ATTACHMENT','attachments':[{'filename':'a','content':'YQ'}]}", "", ""},
        {"{'action':'ADD_ATTACHMENT'}", "attachments: Attachments is required", "attachments: Attachments is required"},
        {"{'action':'ADD_ATTACHMENT','attachments':[]}", "attachments: Attachments is required",
         "attachments: Attachments is required"},
        {"{'action':'ADD_ATTACHMENT','attachments':'a'}", "attachments: Attachments must be a list",
         "attachments: Attachments must be a list"},
        {"{'action':'ADD_ATTACHMENT','attachments':[{'filename':'a','content':'*'}]}",
         "attachments[0].content: Invalid content format", "attachments[0].content: Invalid content format"},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_assign(void)
{
    static const struct row rows[] = {
        {"{'action':'ASSIGN'}", PARTNER_ACTIONS, "assignee: Assignee is required"},
        {"{'action':'ASSIGN','assignee':' '}", PARTNER_ACTIONS, "assignee: Assignee is required"},
        {"{'action':'ASSIGN','assignee':5}", PARTNER_ACTIONS, "assignee: Assignee must be a string"},
        {"{'action':'ASSIGN','assignee':null}", PARTNER_ACTIONS, ""},
    };
    check_rows(rows, SUITE_N(rows));
    static struct sent s;
    send_change(&s, "{'action':'ASSIGN','assignee':'Jane Tech '}", true);
    CHECK_STR("as sent", text_of(s.change.assignee), "Jane Tech ");
    sent_close(&s);
    send_change(&s, "{'action':'ASSIGN','assignee':null}", true);
    CHECK("unassigned", s.status == STATUS_OK && !s.change.assignee.p);
    sent_close(&s);
}

static void test_limits(void)
{
    static const struct {
        const char *format, *error;
        size_t max;
    } rows[] = {
        {"{'action':'ADD_COMMENT','comment':'%s'}", "comment: Comment must be at most 10000 characters", 10000},
        {"{'action':'UPDATE_STATUS','status':'PENDING','comment':'%s'}",
         "comment: Comment must be at most 10000 characters", 10000},
        {"{'action':'ADD_COMMENT','comment':'x','author':'%s'}", "author: Author must be at most 200 characters", 200},
        {"{'action':'ASSIGN','assignee':'%s'}", "assignee: Assignee must be at most 200 characters", 200},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (size_t n = rows[i].max; n <= rows[i].max + 1; n++) {
            char *fill = repeat("\xf0\x9f\x92\xb3", n), *body = filled(rows[i].format, fill);
            send_change(&s, body, true);
            CHECK_STR(rows[i].format, errors_of(&s.err), n <= rows[i].max ? "" : rows[i].error);
            sent_close(&s);
            free(body);
            free(fill);
        }
}

/* --- the comment that a change carries --------------------------------- */

static void test_comment_make(void)
{
    static const struct {
        const char *name, *body;
        bool agent;
        const char *content, *author;
        bool internal;
    } rows[] = {
        {"partner", "{'action':'ADD_COMMENT','comment':' x ','author':'Me','internal':true}", false,
         "[Via Omnichannel]  x ", "Customer", false},
        {"desk", "{'action':'ADD_COMMENT','comment':' x '}", true, " x ", "Support Agent", false},
        {"desk, named", "{'action':'ADD_COMMENT','comment':'x','author':'Jane Tech','internal':false}", true, "x",
         "Jane Tech", false},
        {"desk, blank author", "{'action':'ADD_COMMENT','comment':'x','author':' '}", true, "x", "Support Agent",
         false},
        {"desk, internal", "{'action':'ADD_COMMENT','comment':'x','internal':true}", true, "x", "Support Agent", true},
        {"desk, of a status",
         "{'action':'UPDATE_STATUS','status':'PENDING','comment':'x','author':'Me','internal':true}", true, "x",
         "Support Agent", false},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct ticket_comment c;
        send_change(&s, rows[i].body, rows[i].agent);
        CHECK_INT(rows[i].name, s.status, STATUS_OK);
        CHECK_INT(rows[i].name, ticket_comment_make(s.arena, &s.change, rows[i].agent, &c), STATUS_OK);
        CHECK_STR(rows[i].name, text_of(c.content), rows[i].content);
        CHECK_STR(rows[i].name, text_of(c.author), rows[i].author);
        CHECK_INT(rows[i].name, c.from_support, rows[i].agent);
        CHECK_INT(rows[i].name, c.internal, rows[i].internal);
        sent_close(&s);
    }
}

/* The length limit is on what was sent, not on what is stored. */
static void test_comment_longest(void)
{
    static struct sent s;
    struct ticket_comment c;
    char *fill = repeat("x", TICKET_TEXT_MAX), *body = filled("{'action':'ADD_COMMENT','comment':'%s'}", fill);
    send_change(&s, body, false);
    CHECK_INT("make", ticket_comment_make(s.arena, &s.change, false, &c), STATUS_OK);
    CHECK_INT("length", c.content.n, TICKET_TEXT_MAX + 18);
    sent_close(&s);
    free(body);
    free(fill);
}

void init_change_tests(void)
{
    static const struct suite_test tests[] = {
        {"action", test_action},
        {"comment", test_comment},
        {"status", test_status},
        {"attachments", test_attachments},
        {"assign", test_assign},
        {"limits", test_limits},
        {"comment made", test_comment_make},
        {"longest comment", test_comment_longest},
    };
    suite_add("ticket change", NULL, NULL, tests, SUITE_N(tests));
}
