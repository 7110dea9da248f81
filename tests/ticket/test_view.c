/* CONTRACT §§3, 6, 7: answers beyond the reference's examples (see examples). */
#include <stdlib.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"
#include "ticket/view.h"

#define NOW "2024-01-15T12:00:00Z"
#define STATE                                                                                                          \
    "'status':'OPEN','priority':'LOW','createdAt':'2024-01-15T10:30:00Z','updatedAt':'2024-01-15T10:30:00Z',"          \
    "'resolvedAt':null,'closedAt':null,'currentAssignee':null"
#define SLA                                                                                                            \
    "'sla':{'responseDeadline':'2024-01-15T13:30:00Z','resolutionDeadline':'2024-01-16T10:30:00Z','isBreached':false}"

/* A ticket with as little as there can be. */
static struct ticket bare(uint64_t number)
{
    int64_t at = iso("2024-01-15T10:30:00Z") + 999999; /* parts of a second are cut */
    return (struct ticket){
        .number = number,
        .id = "c0123456789abcdefghijklmn",
        .partner_code = SV("PARTNER001"),
        .title = SV("A \"title\""),
        .status = TICKET_OPEN,
        .priority = TICKET_LOW,
        .service_type = TICKET_INQUIRY,
        .service_name = SV("General Inquiry"),
        .support_group = SV("Customer Care"),
        .sla_hours = 24,
        .tracking_url_base = SV("https://desk.example"),
        .created_at = at,
        .updated_at = at,
        .resolved_at = CLOCK_NONE,
        .closed_at = CLOCK_NONE,
        .first_response_at = CLOCK_NONE,
        .estimated_at = iso("2024-01-16T10:30:00Z"),
        .response_deadline = iso("2024-01-15T13:30:00Z"),
        .resolution_deadline = iso("2024-01-16T10:30:00Z"),
    };
}

static void check_body(const char *name, struct buf *b, enum status status, const char *quoted)
{
    char *want = quote(quoted);
    CHECK_INT(name, status, STATUS_OK);
    CHECK_STR(name, b->p ? b->p : "", want);
    free(want);
    buf_free(b);
}

static struct buf new_buf(void)
{
    struct buf b;
    buf_init(&b, 65536);
    return b;
}

/* Nothing that changes later shows in create's answer: a replay is the same. */
static void test_created(void)
{
    struct buf b = new_buf();
    struct ticket t = bare(INT64_MAX);
    t.status = TICKET_CLOSED;
    t.assignee = SV("Jane Tech");
    enum status s = ticket_view_created(&b, &t);
    check_body(
        "created", &b, s,
        "{'success':true,'ticketNumber':'9223372036854775807','ticketId':'c0123456789abcdefghijklmn','status':'OPEN',"
        "'estimatedResolution':'2024-01-16T10:30:00Z',"
        "'trackingUrl':'https://desk.example/tickets/9223372036854775807',"
        "'message':'Ticket created successfully','metadata':{'createdAt':'2024-01-15T10:30:00Z',"
        "'assignedTo':'Support Team','supportGroup':'Customer Care','slaHours':24}}");
}

static void test_created_url_too_long(void)
{
    struct buf b = new_buf();
    struct ticket t = bare(1);
    char *base = repeat("x", 1024);
    t.tracking_url_base = sv_from(base);
    CHECK_INT("refused", ticket_view_created(&b, &t), STATUS_TOO_LARGE);
    free(base);
    buf_free(&b);
}

static void test_details_bare(void)
{
    struct buf b = new_buf();
    struct ticket_details d = {.ticket = bare(7)};
    enum status s = ticket_view_details(&b, &d, false, iso(NOW));
    check_body("bare", &b, s,
               "{'ticketNumber':'7'," STATE ",'service':{'name':'General Inquiry','supportGroup':'Customer Care'},"
               "'branch':null,'lastComment':null," SLA ",'comments':[],'attachments':[],"
               "'metadata':{'omnichannelType':'INQUIRY','omnichannelData':{}}}");
}

/* An unknown branch, exact metadata, and notes for the desk's eyes only. */
static void test_details(void)
{
    struct ticket_comment comments[] = {
        {.content = SV("one\n\"two\""), .author = SV("System"), .at = iso(NOW), .from_support = true},
        {.content = SV("secret"), .author = SV("Jane"), .at = iso(NOW), .from_support = true, .internal = true},
        {.content = SV("[Via Omnichannel] x"), .author = SV("Customer"), .at = iso(NOW)},
    };
    struct ticket_attachment files[] = {
        {.id = "cfile",
         .filename = SV("a.txt"),
         .mime_type = SV("text/plain"),
         .size = 9007199254740991u,
         .true_size = 1,
         .description = SV("not shown"),
         .at = iso(NOW)},
    };
    struct ticket_details d = {
        .ticket = bare(7), .comments = comments, .n_comments = 3, .attachments = files, .n_attachments = 1};
    d.ticket.branch_code = SV("999");
    d.ticket.metadata = SV("{\"b\":500000.10,\"a\":123456789012345678901234567890}");
    static const char *const bodies[] = {
        "{'ticketNumber':'7'," STATE ",'service':{'name':'General Inquiry','supportGroup':'Customer Care'},"
        "'branch':{'name':null,'code':'999'},'lastComment':null," SLA ",'comments':["
        "{'content':'one\\n\\'two\\'','author':'System','timestamp':'2024-01-15T12:00:00Z','isFromSupport':true},",
        "{'content':'secret','author':'Jane','timestamp':'2024-01-15T12:00:00Z','isFromSupport':true,'internal':true},",
        "{'content':'[Via Omnichannel] "
        "x','author':'Customer','timestamp':'2024-01-15T12:00:00Z','isFromSupport':false}],"
        "'attachments':[{'filename':'a.txt','size':9007199254740991,'uploadedAt':'2024-01-15T12:00:00Z','id':'cfile',"
        "'mimeType':'text/plain'}],'metadata':{'omnichannelType':'INQUIRY',"
        "'omnichannelData':{'b':500000.10,'a':123456789012345678901234567890}}}",
    };
    for (unsigned agent = 0; agent <= 1; agent++) {
        struct buf b = new_buf(), want = new_buf();
        enum status s = ticket_view_details(&b, &d, agent == 1, iso(NOW));
        buf_str(&want, bodies[0]);
        buf_str(&want, agent ? bodies[1] : "");
        buf_str(&want, bodies[2]);
        check_body(agent ? "desk" : "partner", &b, s, want.p);
        buf_free(&want);
    }
}

static void test_status_closed(void)
{
    struct buf b = new_buf();
    struct ticket t = bare(7);
    t.status = TICKET_CLOSED;
    t.resolved_at = iso("2024-01-15T11:00:00Z");
    t.closed_at = iso("2024-01-15T11:30:00Z");
    t.assignee = SV("Jane Tech");
    enum status s = ticket_view_status(&b, &t, iso("2025-01-01T00:00:00Z"));
    check_body(
        "closed", &b, s,
        "{'success':true,'ticketNumber':'7','status':'CLOSED','priority':'LOW','createdAt':'2024-01-15T10:30:00Z',"
        "'updatedAt':'2024-01-15T10:30:00Z','resolvedAt':'2024-01-15T11:00:00Z','closedAt':'2024-01-15T11:30:00Z',"
        "'currentAssignee':'Jane Tech','lastComment':null," SLA ",'timestamp':'2025-01-01T00:00:00Z'}");
}

/* In the order asked, duplicates each time, what is not found as asked. */
static void test_statuses(void)
{
    struct buf b = new_buf();
    struct ticket one = bare(1), two = bare(2);
    two.channel_reference_id = SV("WA-2");
    struct ticket_asked asked[] = {{SV("WA-2"), &two}, {SV("01"), NULL}, {SV("1"), &one},
                                   {SV("WA-2"), &two}, {SV(""), NULL},   {SV("01"), NULL}};
    enum status s = ticket_view_statuses(&b, asked, 6, iso(NOW));
#define ONE "{'ticketNumber':'1','channelReferenceId':null," STATE ",'lastComment':null," SLA "}"
#define TWO "{'ticketNumber':'2','channelReferenceId':'WA-2'," STATE ",'lastComment':null," SLA "}"
    check_body("many", &b, s,
               "{'success':true,'tickets':[" TWO "," ONE "," TWO "],'notFound':['01','','01'],'timestamp':'" NOW "'}");
    s = ticket_view_statuses(&b, &asked[1], 1, iso(NOW));
    check_body("none", &b, s, "{'success':true,'tickets':[],'notFound':['01'],'timestamp':'" NOW "'}");
}

static void test_list(void)
{
    struct buf b = new_buf();
    struct ticket t[] = {bare(2)};
    t[0].has_last_comment = true;
    t[0].last_comment = (struct ticket_comment){.content = SV("x"), .author = SV("System"), .at = iso(NOW)};
#define MEMBER                                                                                                         \
    "{'ticketNumber':'2','channelReferenceId':null,'partnerId':'PARTNER001','title':'A \\'title\\''," STATE            \
    ",'lastComment':{'content':'x','author':'System','timestamp':'" NOW "'}," SLA "}"
    enum status s = ticket_view_list(&b, t, 1, 2, iso(NOW));
    check_body("more", &b, s, "{'success':true,'tickets':[" MEMBER "],'next':'2','timestamp':'" NOW "'}");
    s = ticket_view_list(&b, t, 1, 0, iso(NOW));
    check_body("end", &b, s, "{'success':true,'tickets':[" MEMBER "],'next':null,'timestamp':'" NOW "'}");
    s = ticket_view_list(&b, NULL, 0, 0, iso(NOW));
    check_body("empty", &b, s, "{'success':true,'tickets':[],'next':null,'timestamp':'" NOW "'}");
}

static void test_updated(void)
{
    struct buf b = new_buf();
    struct ticket t = bare(7);
    struct ticket_comment note = {
        .id = "cnote", .content = SV("x"), .author = SV("Jane"), .at = iso(NOW), .internal = true};
    struct ticket_change c = {.has_action = true, .action = TICKET_ADD_COMMENT};
    enum status s = ticket_view_updated(&b, &t, &c, &note);
    check_body(
        "note", &b, s,
        "{'success':true,'ticketNumber':'7','action':'ADD_COMMENT','result':{'comment':{'id':'cnote','content':'x',"
        "'author':'Jane','timestamp':'" NOW "','internal':true}},'message':'Ticket updated successfully'}");
    c = (struct ticket_change){.has_action = true, .action = TICKET_ASSIGN, .assignee = SV("Jane")};
    s = ticket_view_updated(&b, &t, &c, NULL);
    check_body("assign", &b, s,
               "{'success':true,'ticketNumber':'7','action':'ASSIGN','result':{'assignee':'Jane'},"
               "'message':'Ticket updated successfully'}");
    c.assignee = SV_NONE;
    s = ticket_view_updated(&b, &t, &c, NULL);
    check_body("unassign", &b, s,
               "{'success':true,'ticketNumber':'7','action':'ASSIGN','result':{'assignee':null},"
               "'message':'Ticket updated successfully'}");
    /* A status change's comment is not part of its result. */
    c = (struct ticket_change){.has_action = true, .action = TICKET_UPDATE_STATUS, .status = TICKET_IN_PROGRESS};
    s = ticket_view_updated(&b, &t, &c, &note);
    check_body("status", &b, s,
               "{'success':true,'ticketNumber':'7','action':'UPDATE_STATUS','result':{'status':'IN_PROGRESS'},"
               "'message':'Ticket updated successfully'}");
}

void init_view_tests(void)
{
    static const struct suite_test tests[] = {
        {"created", test_created},
        {"tracking URL too long", test_created_url_too_long},
        {"details, bare", test_details_bare},
        {"details", test_details},
        {"status, closed", test_status_closed},
        {"statuses", test_statuses},
        {"list", test_list},
        {"updated", test_updated},
    };
    suite_add("ticket view", NULL, NULL, tests, SUITE_N(tests));
}
