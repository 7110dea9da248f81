/* CONTRACT §8: the frozen webhook bodies, and the System comment. */
#include <stdlib.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"
#include "ticket/view.h"

#define AT "2024-01-15T11:00:00Z"

static void check_body(const char *name, const struct buf *b, const char *quoted)
{
    char *want = quote(quoted);
    CHECK_STR(name, b->p ? b->p : "", want);
    free(want);
}

/* The number is put in between inside the transaction. */
static void test_created(void)
{
    static const char *const references[] = {NULL, "WA-\"1\""};
    static const char *const bodies[] = {
        "{'event':'TICKET_CREATED','ticketNumber':'1408','channelReferenceId':null,'timestamp':'" AT "','data':"
        "{'status':'OPEN','priority':'HIGH','serviceType':'CLAIM','createdAt':'" AT "'}}",
        "{'event':'TICKET_CREATED','ticketNumber':'1408','channelReferenceId':'WA-\\'1\\'','timestamp':'" AT "','data':"
        "{'status':'OPEN','priority':'HIGH','serviceType':'CLAIM','createdAt':'" AT "'}}",
    };
    for (unsigned i = 0; i < 2; i++) {
        struct buf head, tail;
        struct ticket t = {
            .priority = TICKET_HIGH, .created_at = iso(AT) + 5, .channel_reference_id = sv_from(references[i])};
        buf_init(&head, 4096);
        buf_init(&tail, 4096);
        CHECK_INT("status", ticket_event_created(&head, &tail, &t), STATUS_OK);
        buf_str(&head, "1408");
        buf_sv(&head, buf_view(&tail));
        check_body("created", &head, bodies[i]);
        buf_free(&head);
        buf_free(&tail);
    }
}

static void test_created_no_room(void)
{
    struct buf head, tail;
    struct ticket t = {.created_at = iso(AT)};
    buf_init(&head, 4096);
    buf_init(&tail, 8);
    CHECK_INT("tail", ticket_event_created(&head, &tail, &t), STATUS_TOO_LARGE);
    buf_free(&tail);
    buf_free(&head);
    buf_init(&head, 8);
    buf_init(&tail, 4096);
    CHECK_INT("head", ticket_event_created(&head, &tail, &t), STATUS_TOO_LARGE);
    buf_free(&tail);
    buf_free(&head);
}

static void test_status(void)
{
    static const struct {
        enum ticket_event_type type;
        const char *comment, *body;
    } rows[] = {
        {TICKET_EVENT_STATUS_CHANGED, "Done",
         "{'event':'STATUS_CHANGED','ticketNumber':'1408','channelReferenceId':null,"
         "'timestamp':'" AT "','data':{'oldStatus':'PENDING','newStatus':'RESOLVED','comment':'Done'}}"},
        {TICKET_EVENT_STATUS_CHANGED, NULL,
         "{'event':'STATUS_CHANGED','ticketNumber':'1408','channelReferenceId':null,"
         "'timestamp':'" AT "','data':{'oldStatus':'PENDING','newStatus':'RESOLVED','comment':null}}"},
        {TICKET_EVENT_RESOLVED, "Done",
         "{'event':'TICKET_RESOLVED','ticketNumber':'1408','channelReferenceId':null,"
         "'timestamp':'" AT "','data':{'oldStatus':'PENDING','newStatus':'RESOLVED','comment':'Done'}}"},
        {TICKET_EVENT_CLOSED, NULL,
         "{'event':'TICKET_CLOSED','ticketNumber':'1408','channelReferenceId':null,"
         "'timestamp':'" AT "','data':{'oldStatus':'PENDING','newStatus':'RESOLVED','comment':null}}"},
    };
    struct ticket t = {.number = 1408};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct buf b;
        buf_init(&b, 4096);
        CHECK_INT("status",
                  ticket_event_status(&b, rows[i].type, &t, TICKET_PENDING, TICKET_RESOLVED, sv_from(rows[i].comment),
                                      iso(AT)),
                  STATUS_OK);
        check_body(ticket_event_name(rows[i].type), &b, rows[i].body);
        buf_free(&b);
    }
}

static void test_comment(void)
{
    struct buf b;
    struct ticket t = {.number = 1408, .channel_reference_id = SV("WA-1")};
    struct ticket_comment c = {
        .id = "ccomment", .content = SV("[Via Omnichannel] x"), .author = SV("Customer"), .at = iso(AT)};
    buf_init(&b, 4096);
    CHECK_INT("status", ticket_event_comment(&b, &t, &c), STATUS_OK);
    check_body("comment", &b,
               "{'event':'COMMENT_ADDED','ticketNumber':'1408','channelReferenceId':'WA-1',"
               "'timestamp':'" AT "','data':{'comment':{'id':'ccomment','content':'[Via Omnichannel] x',"
               "'author':'Customer','timestamp':'" AT "','isFromSupport':false}}}");
    buf_free(&b);
}

static void test_system_comment(void)
{
    struct buf b;
    buf_init(&b, 4096);
    CHECK_INT("status", ticket_system_comment(&b, SV("Transaction Claims Support")), STATUS_OK);
    check_body("text", &b, "Ticket received and assigned to Transaction Claims Support");
    buf_free(&b);
}

void init_event_tests(void)
{
    static const struct suite_test tests[] = {
        {"created", test_created}, {"created, no room", test_created_no_room}, {"status", test_status},
        {"comment", test_comment}, {"System comment", test_system_comment},
    };
    suite_add("ticket event", NULL, NULL, tests, SUITE_N(tests));
}
