#include <stdlib.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE(verb) " (see omnichannel-admin ticket " verb " --help)\n"
#define NUMBER(value) "omnichannel-admin: N: must be a whole number from 1 to 9223372036854775807, not " value

static void test_refusals(void)
{
    static const struct run_row rows[] = {
        {"leading zero", {"ticket", "show", "01408", NULL}, 2, NUMBER("01408") SEE("show"), ""},
        {"no number", {"ticket", "show", "abc", NULL}, 2, NUMBER("abc") SEE("show"), ""},
        {"none such",
         {"ticket", "show", "7", NULL},
         1,
         "omnichannel-admin: ticket 7: not found\n",
         "details agent 7\n"},
        {"no number to change", {"ticket", "comment", "0", "x", NULL}, 2, NUMBER("0") SEE("comment"), ""},
        {"nobody and none",
         {"ticket", "assign", "1", NULL},
         2,
         "omnichannel-admin: NAME: either a name or --none is needed" SEE("assign"),
         ""},
        {"name and none",
         {"ticket", "assign", "1", "Ann", "--none", NULL},
         2,
         "omnichannel-admin: NAME: either a name or --none is needed" SEE("assign"),
         ""},
        {"blank name",
         {"ticket", "assign", "1", " ", NULL},
         2,
         "omnichannel-admin: NAME: must not be blank" SEE("assign"),
         ""},
        {"blank comment",
         {"ticket", "comment", "1", "", NULL},
         2,
         "omnichannel-admin: TEXT: must not be blank" SEE("comment"),
         ""},
        {"blank author",
         {"ticket", "comment", "1", "x", "--author", "\t", NULL},
         2,
         "omnichannel-admin: --author: must not be blank" SEE("comment"),
         ""},
        {"blank status comment",
         {"ticket", "status", "1", "OPEN", "--comment", "\xc2\xa0", NULL},
         2,
         "omnichannel-admin: --comment: must not be blank" SEE("status"),
         ""},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

static void test_list_refusals(void)
{
    static const struct run_row rows[] = {
        {"list status",
         {"ticket", "list", "--status", "OPEN,NOPE", NULL},
         2,
         "omnichannel-admin: --status: must be some of OPEN,IN_PROGRESS,PENDING,RESOLVED,CLOSED,CANCELLED" SEE("list"),
         ""},
        {"list assignee",
         {"ticket", "list", "--assignee", "", NULL},
         2,
         "omnichannel-admin: --assignee: must be 1 to 200 characters, not blank, without control characters" SEE(
             "list"),
         ""},
        {"list partner",
         {"ticket", "list", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE("list"),
         ""},
        {"list limit",
         {"ticket", "list", "--limit", "201", NULL},
         2,
         "omnichannel-admin: --limit: must be a whole number from 1 to 200, not 201" SEE("list"),
         ""},
        {"list after",
         {"ticket", "list", "--after", "x", NULL},
         2,
         "omnichannel-admin: --after: must be a whole number from 1 to 9223372036854775807, not x" SEE("list"),
         ""},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

/* Values that only the PATCH body's own rules judge, under the names typed. */
static void test_refused_fields(void)
{
    static char name[202], text[10002];
    memset(name, 'x', sizeof name - 1);
    memset(text, 'x', sizeof text - 1);
    const struct {
        const char *row;
        const char *words[8];
        const char *start;
    } rows[] = {
        {"status", {"ticket", "status", "1", "NOPE", NULL}, "omnichannel-admin: STATUS: Status must be "},
        {"small letters", {"ticket", "status", "1", "open", NULL}, "omnichannel-admin: STATUS: Status must be "},
        {"comment",
         {"ticket", "comment", "1", text, NULL},
         "omnichannel-admin: TEXT: Comment must be at most 10000 characters"},
        {"author",
         {"ticket", "comment", "1", "x", "--author", name, NULL},
         "omnichannel-admin: --author: Author must be at most 200 characters"},
        {"assignee",
         {"ticket", "assign", "1", name, NULL},
         "omnichannel-admin: NAME: Assignee must be at most 200 characters"},
        {"status comment",
         {"ticket", "status", "1", "OPEN", "--comment", text, NULL},
         "omnichannel-admin: --comment: Comment must be at most 10000 characters"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK_INT(rows[i].row, run_words(rows[i].words), 2);
        CHECK(rows[i].row, strncmp(run_err, rows[i].start, strlen(rows[i].start)) == 0);
        CHECK(rows[i].row, strstr(fake_calls(), "update") == NULL);
    }
}

static void test_changes(void)
{
    static const struct {
        struct run_row row;
        const char *out;
    } rows[] = {
        {{"assign",
          {"ticket", "assign", "1408", "Jane \"T\" \xc3\xa9", NULL},
          0,
          "",
          "update agent 1408 ASSIGN assignee=Jane \"T\" \xc3\xa9\n"},
         "Ticket 1408: assigned.\n"},
        {{"unassign",
          {"ticket", "assign", "1408", "--none", NULL},
          0,
          "",
          "update agent 1408 ASSIGN assignee=(none)\n"},
         "Ticket 1408: assigned to nobody.\n"},
        {{"status",
          {"ticket", "status", "1408", "IN_PROGRESS", NULL},
          0,
          "",
          "update agent 1408 UPDATE_STATUS status=IN_PROGRESS\n"},
         "Ticket 1408: status IN_PROGRESS.\n"},
        {{"status and comment",
          {"ticket", "status", "1408", "CLOSED", "--comment", "Done\n\\", NULL},
          0,
          "",
          "update agent 1408 UPDATE_STATUS status=CLOSED comment='Done\n\\'\n"},
         "Ticket 1408: status CLOSED.\n"},
        {{"comment",
          {"ticket", "comment", "1408", "Hello", NULL},
          0,
          "",
          "update agent 1408 ADD_COMMENT comment='Hello' author='Support Agent'\n"},
         "Ticket 1408: comment added.\n"},
        {{"author",
          {"ticket", "comment", "1408", "Hello", "--author", "Ann", NULL},
          0,
          "",
          "update agent 1408 ADD_COMMENT comment='Hello' author='Ann'\n"},
         "Ticket 1408: comment added.\n"},
        {{"note",
          {"ticket", "comment", "1408", "--internal", "Psst", NULL},
          0,
          "",
          "update agent 1408 ADD_COMMENT comment='Psst' author='Support Agent' internal\n"},
         "Ticket 1408: internal note added.\n"},
        {{"as JSON",
          {"ticket", "status", "1408", "PENDING", "--json", NULL},
          0,
          "",
          "update agent 1408 UPDATE_STATUS status=PENDING\n"},
         "{\"success\":true}\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        run_check(&rows[i].row);
        CHECK_STR(rows[i].row.name, run_out, rows[i].out);
    }
}

static void test_desk_refuses(void)
{
    static const struct {
        enum status status;
        const char *text, *field, *field_text;
        const char *err;
    } rows[] = {
        {STATUS_NOT_FOUND, "Ticket not found", NULL, NULL, "omnichannel-admin: ticket 1408: not found\n"},
        {STATUS_CLOSED, "Cannot update closed or resolved tickets", NULL, NULL,
         "omnichannel-admin: ticket 1408: is resolved or closed and takes no such change\n"},
        {STATUS_INVALID, "Invalid update data", "status", "Cannot move from CLOSED to OPEN",
         "omnichannel-admin: ticket 1408: Cannot move from CLOSED to OPEN\n"},
        {STATUS_INVALID, "Invalid update data", NULL, NULL, "omnichannel-admin: ticket 1408: Invalid update data\n"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        fake_reset();
        fake.status = rows[i].status;
        fake.text = rows[i].text;
        fake.field = rows[i].field;
        fake.field_text = rows[i].field_text;
        CHECK_INT(rows[i].text, run_words(RUN("ticket", "status", "1408", "OPEN")), 1);
        CHECK_STR(rows[i].text, run_err, rows[i].err);
        CHECK_STR(rows[i].text, run_out, "");
    }
    fake_reset();
}

static void test_list_questions(void)
{
    static const struct run_row rows[] = {
        {"standard", {"ticket", "list", NULL}, 0, "", "list agent 000000 '' '' 0 50\n"},
        {"all",
         {"ticket", "list", "--status", "CANCELLED,OPEN", "--assignee", "Jane Tech", "--partner", "P2", "--limit",
          "200", "--after", "1408", NULL},
         0,
         "",
         "list agent 100001 'Jane Tech' 'P2' 1408 200\n"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

static void test_list(void)
{
    run_check_out("table", RUN("ticket", "list"),
                  "NUMBER  PARTNER     STATUS       PRIORITY  ASSIGNEE   BREACHED  CREATED               UPDATED       "
                  "        TITLE\n"
                  "1408    PARTNER001  IN_PROGRESS  HIGH      Jane Tech  yes       1970-01-01T00:00:00Z  "
                  "1970-01-01T00:00:00Z  Kartu "
                  "t\xc3\xa9rtelan\n"
                  "7       PARTNER001  IN_PROGRESS  HIGH      -          no        1970-01-01T00:00:00Z  "
                  "1970-01-01T00:00:00Z  Kartu "
                  "t\xc3\xa9rtelan\n"
                  "More with --after 7\n");
    CHECK_INT("json", run_words(RUN("ticket", "list", "--json")), 0);
    CHECK(
        "first",
        strstr(
            run_out,
            "[{\"id\":\"1408\",\"ticketNumber\":\"1408\",\"partnerId\":\"PARTNER001\",\"channelReferenceId\":\"WA-1\","
            "\"title\":\"Kartu "
            "t\xc3\xa9rtelan\",\"channel\":\"SMS\",\"serviceType\":\"CLAIM\",\"status\":\"IN_PROGRESS\",\"priority\":"
            "\"HIGH\","
            "\"currentAssignee\":\"Jane Tech\",\"createdAt\":\"1970-01-01T00:00:00Z\",\"updatedAt\":"
            "\"1970-01-01T00:00:00Z\",\"resolvedAt\":null,\"closedAt\":null,\"sla\":{\"responseDeadline\":"
            "\"1970-01-01T01:00:00Z\",\"resolutionDeadline\":\"1970-01-01T04:00:00Z\",\"isBreached\":true}},"
            "{\"id\":\"7\",") == run_out);
    CHECK("second", strstr(run_out, "\"currentAssignee\":null") && strstr(run_out, "\"isBreached\":false}}]\n"));
    fake.empty = true;
    run_check_out("none as JSON", RUN("ticket", "list", "--json"), "[]\n");
    run_check_out("none", RUN("ticket", "list"),
                  "NUMBER  PARTNER  STATUS  PRIORITY  ASSIGNEE  BREACHED  CREATED  UPDATED  TITLE\n");
    fake.empty = false;
}

#define RECORD                                                                                                         \
    "Ticket          1408\n"                                                                                           \
    "Partner         PARTNER001\n"                                                                                     \
    "Reference       WA-1\n"                                                                                           \
    "Channel         SMS\n"                                                                                            \
    "Title           Kartu t\xc3\xa9rtelan\n"                                                                          \
    "Status          IN_PROGRESS\n"                                                                                    \
    "Priority        HIGH\n"                                                                                           \
    "Service type    CLAIM\n"                                                                                          \
    "Service         ATM Card Services\n"                                                                              \
    "Support group   Transaction Claims Support\n"                                                                     \
    "Assignee        Jane Tech\n"                                                                                      \
    "Customer        John Doe\n"                                                                                       \
    "Email           j@doe.example\n"                                                                                  \
    "Phone           -\n"                                                                                              \
    "Identifier      -\n"                                                                                              \
    "Branch code     001\n"                                                                                            \
    "Branch          Cabang Utama\n"                                                                                   \
    "Created         1970-01-01T00:00:00Z\n"                                                                           \
    "Updated         1970-01-01T00:00:00Z\n"                                                                           \
    "Resolved        -\n"                                                                                              \
    "Closed          -\n"                                                                                              \
    "Response due    1970-01-01T01:00:00Z\n"                                                                           \
    "Resolution due  1970-01-01T04:00:00Z\n"                                                                           \
    "Breached        yes\n"                                                                                            \
    "\nDescription\n"                                                                                                  \
    "    first line\n"                                                                                                 \
    "    second ?[31mline\n"

static void test_show(void)
{
    run_check_out("text", RUN("ticket", "show", "1408"),
                  RECORD "\nComments\n"
                         "  1970-01-01T00:00:00Z System\n"
                         "    Received\n"
                         "  1970-01-01T00:00:00Z Ann (internal)\n"
                         "    a\n"
                         "    b\n"
                         "\n"
                         "ATTACHMENT  FILENAME  TYPE        SIZE  UPLOADED\n"
                         "f1          a.jpg     image/jpeg  5     1970-01-01T00:00:00Z\n");
    fake.empty = true;
    run_check_out("bare", RUN("ticket", "show", "1408"), RECORD);
    fake.empty = false;
}

static void test_show_json(void)
{
    CHECK_INT("json", run_words(RUN("--json", "ticket", "show", "1408")), 0);
    CHECK("the details' body", strncmp(run_out, "{\"ticketNumber\":\"1408\",\"status\":\"IN_PROGRESS\",", 46) == 0);
    CHECK("internal notes too", strstr(run_out, "\"internal\":true") != NULL);
    CHECK("one line", strchr(run_out, '\n') == run_out + strlen(run_out) - 1);
}

static void test_wakes_the_sender(void)
{
    fake_reset();
    CHECK_INT("done", run_words(RUN("ticket", "comment", "1408", "Hi")), 0);
    CHECK("a desk that pokes", strstr(fake_calls(), "new admin testing\ndesk\npokes /run/omnichannel-sender\nupdate "));
}

void init_ticket_tests(void)
{
    static const struct suite_test tests[] = {
        {"refusals", test_refusals},
        {"list refuses", test_list_refusals},
        {"refused fields", test_refused_fields},
        {"changes", test_changes},
        {"the desk refuses", test_desk_refuses},
        {"list asks", test_list_questions},
        {"list", test_list},
        {"show", test_show},
        {"show as JSON", test_show_json},
        {"the sender is woken", test_wakes_the_sender},
    };
    suite_add("admin ticket", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
