/* The API reference's examples, verbatim: requests are taken, answers come out
 * as printed. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"
#include "ticket/view.h"
#include "wire/writer.h"

static void send_fixture(struct sent *s, const char *name)
{
    char *body = fixture(name);
    sent_open(s, body, strlen(body));
    CHECK_INT(name, s->status, STATUS_OK);
    free(body);
}

static void create_fixture(struct sent *s, const char *name)
{
    send_fixture(s, name);
    s->status = ticket_draft_read(s->arena, s->doc, shipped_rules(), &s->draft, &s->err);
    CHECK_STR(name, errors_of(&s->err), "");
    CHECK_INT(name, s->status, STATUS_OK);
}

static void change_fixture(struct sent *s, const char *name)
{
    send_fixture(s, name);
    s->status = ticket_change_read(s->arena, s->doc, false, &s->change, &s->err);
    CHECK_STR(name, errors_of(&s->err), "");
    CHECK_INT(name, s->status, STATUS_OK);
}

static void check_answer(const char *name, struct buf *b, enum status status)
{
    char *want = fixture_compact(name);
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

/* --- requests ---------------------------------------------------------- */

static void test_claim(void)
{
    static struct sent s;
    create_fixture(&s, "create_claim");
    const struct ticket_draft *d = &s.draft;
    CHECK_INT("channel", d->channel, TICKET_WHATSAPP);
    CHECK_INT("type", d->service_type, TICKET_CLAIM);
    CHECK_INT("priority", d->priority, TICKET_HIGH);
    CHECK_STR("reference", text_of(d->channel_reference_id), "WA-2024-001-XYZ");
    CHECK_STR("name", text_of(d->customer_name), "John Doe");
    CHECK_STR("email", text_of(d->customer_email), "john.doe@email.com");
    CHECK_STR("phone", text_of(d->customer_phone), "+6281234567890");
    CHECK_STR("branch", text_of(d->branch_code), "001");
    CHECK_STR("category", text_of(d->category), "SERVICE_REQUEST");
    CHECK_STR("sub type", text_of(d->sub_type), "ATM_CARD_RETAINED");
    CHECK_STR("metadata", text_of(d->metadata),
              "{\"claimType\":\"ATM_CARD_RETAINED\",\"claimAmount\":500000,\"claimCurrency\":\"IDR\","
              "\"claimDate\":\"2024-01-15T10:30:00Z\",\"claimReason\":\"Card retained by ATM\",\"atmId\":\"ATM001\","
              "\"transactionId\":\"TRX123456789\",\"referenceNumber\":\"REF-2024-001\","
              "\"customFields\":{\"retentionTime\":\"10:30 AM\",\"witnessPresent\":\"Yes\"}}");
    CHECK_INT("files", d->n_attachments, 1);
    CHECK_STR("filename", text_of(d->attachments[0].filename), "atm_receipt.jpg");
    CHECK_INT("size as declared", d->attachments[0].size, 102400);
    CHECK_INT("true size", d->attachments[0].true_size, 28 * 3 / 4); /* 28 characters of base64url */
    CHECK_STR("url", text_of(d->webhook_url), "https://yourservice.com/webhook/ticket-updates");
    CHECK_STR("partner", text_of(d->partner_id), "PARTNER001");
    CHECK_STR("request", text_of(d->request_id), "REQ-2024-001-UNIQUE");
    sent_close(&s);
}

static void test_other_creates(void)
{
    static const struct {
        const char *name;
        enum ticket_service_type type;
        const char *priority, *category, *sub_type;
    } rows[] = {
        {"create_inquiry", TICKET_INQUIRY, "LOW", "INFORMATION_REQUEST", NULL},
        {"create_mobile", TICKET_MOBILE_BANKING, "HIGH", "INCIDENT", NULL},
        {"create_complaint", TICKET_COMPLAINT, "MEDIUM", "SERVICE_QUALITY", "SERVICE_QUALITY"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        create_fixture(&s, rows[i].name);
        CHECK_INT(rows[i].name, s.draft.service_type, rows[i].type);
        CHECK_STR(rows[i].name, ticket_priority_name(s.draft.priority), rows[i].priority);
        CHECK_STR(rows[i].name, text_of(s.draft.category), rows[i].category);
        CHECK_STR(rows[i].name, text_of(s.draft.sub_type), rows[i].sub_type);
        sent_close(&s);
    }
}

/* --- answers ----------------------------------------------------------- */

static struct ticket printed(void)
{
    int64_t at = iso("2024-01-15T10:30:00Z");
    return (struct ticket){
        .number = 1408,
        .id = "cuid123456",
        .status = TICKET_IN_PROGRESS,
        .priority = TICKET_HIGH,
        .service_type = TICKET_CLAIM,
        .channel_reference_id = SV("WA-2024-001-XYZ"),
        .branch_code = SV("001"),
        .branch_name = SV("Cabang Utama"),
        .service_name = SV("ATM Card Services"),
        .support_group = SV("Transaction Claims Support"),
        .sla_hours = 4,
        .tracking_url_base = SV("https://servicedesk.banksulutgo.co.id"),
        .assignee = SV("Jane Tech"),
        .metadata = SV("{\"claimType\":\"ATM_CARD_RETAINED\",\"claimAmount\":500000,\"atmId\":\"ATM001\"}"),
        .created_at = at,
        .updated_at = iso("2024-01-15T11:00:00Z"),
        .resolved_at = CLOCK_NONE,
        .closed_at = CLOCK_NONE,
        .estimated_at = ticket_after_hours(at, 24),
        .response_deadline = ticket_after_minutes(at, 60),
        .resolution_deadline = ticket_after_hours(at, 4),
        .first_response_at = iso("2024-01-15T11:00:00Z"),
        .has_last_comment = true,
        .last_comment = {.content = SV("We have retrieved your card and it will be available for pickup tomorrow"),
                         .author = SV("Support Agent"),
                         .at = iso("2024-01-15T11:00:00Z"),
                         .from_support = true},
    };
}

static void test_created(void)
{
    struct buf b = new_buf();
    struct ticket t = printed();
    enum status s = ticket_view_created(&b, &t);
    check_answer("create_answer", &b, s);
}

/* The reference's body, but that attachments also carry id and mimeType. */
static void test_details(void)
{
    struct ticket_comment comments[] = {
        {.content = SV("Ticket received and assigned to claims team"),
         .author = SV("System"),
         .at = iso("2024-01-15T10:31:00Z"),
         .from_support = true},
        {.content = SV("We have retrieved your card"),
         .author = SV("Support Agent"),
         .at = iso("2024-01-15T11:00:00Z"),
         .from_support = true},
    };
    struct ticket_attachment file = {.id = "cfile",
                                     .filename = SV("atm_receipt.jpg"),
                                     .mime_type = SV("image/jpeg"),
                                     .size = 102400,
                                     .at = iso("2024-01-15T10:30:00Z")};
    struct ticket_details d = {
        .ticket = printed(), .comments = comments, .n_comments = 2, .attachments = &file, .n_attachments = 1};
    struct buf b = new_buf(), want = new_buf();
    char *example = fixture_compact("details_answer");
    static const char uploaded[] = "\"uploadedAt\":\"2024-01-15T10:30:00Z\"";
    char *at = strstr(example, uploaded);
    CHECK("example", at != NULL);
    if (at) {
        at += strlen(uploaded);
        buf_add(&want, example, (size_t)(at - example));
        buf_str(&want, ",\"id\":\"cfile\",\"mimeType\":\"image/jpeg\"");
        buf_str(&want, at);
    }
    CHECK_INT("status", ticket_view_details(&b, &d, false, iso("2024-01-15T12:00:00Z")), STATUS_OK);
    CHECK_STR("details", b.p, want.p);
    free(example);
    buf_free(&want);
    buf_free(&b);
}

static void test_status(void)
{
    struct buf b = new_buf();
    struct ticket t = printed();
    t.status = TICKET_OPEN;
    t.last_comment.content = SV("Working on your request");
    enum status s = ticket_view_status(&b, &t, iso("2024-01-15T12:00:00Z"));
    check_answer("status_answer", &b, s);
}

static void test_patch_comment(void)
{
    static struct sent s;
    struct buf b = new_buf();
    struct ticket t = printed();
    struct ticket_comment c;
    enum ticket_verdict verdict;
    change_fixture(&s, "patch_comment");
    CHECK_INT("judge", ticket_change_judge(&t, &s.change, false, &verdict, &s.err), STATUS_OK);
    CHECK_INT("make", ticket_comment_make(s.arena, &s.change, false, &c), STATUS_OK);
    c.at = iso("2024-01-15T12:00:00Z");
    memcpy(c.id, "comment123", sizeof "comment123");
    enum status status = ticket_view_updated(&b, &t, &s.change, &c);
    check_answer("patch_comment_answer", &b, status);
    sent_close(&s);
}

static void check_patch(const char *request, const char *answer)
{
    static struct sent s;
    struct buf b = new_buf();
    struct ticket t = printed();
    enum ticket_verdict verdict;
    change_fixture(&s, request);
    CHECK_INT(request, ticket_change_judge(&t, &s.change, false, &verdict, &s.err), STATUS_OK);
    CHECK_INT(request, verdict, TICKET_APPLY);
    enum status status = ticket_view_updated(&b, &t, &s.change, NULL);
    check_answer(answer, &b, status);
    sent_close(&s);
}

static void test_patch_others(void)
{
    check_patch("patch_status", "patch_status_answer");
    check_patch("patch_attachments", "patch_attachments_answer");
}

static void test_event(void)
{
    struct buf b = new_buf();
    struct ticket t = printed();
    enum status s = ticket_event_status(&b, TICKET_EVENT_STATUS_CHANGED, &t, TICKET_OPEN, TICKET_IN_PROGRESS,
                                        SV("Ticket assigned to technician"), iso("2024-01-15T11:00:00Z"));
    check_answer("event_status", &b, s);
}

/* --- refusals ---------------------------------------------------------- */

static void check_refusal(const char *name, const struct err *err, const struct err *fields)
{
    struct buf b = new_buf();
    enum status s = wire_error_body(&b, err->text, fields, iso("2024-01-15T10:30:00Z"), 400);
    check_answer(name, &b, s);
}

static void test_refusals(void)
{
    static struct sent s;
    struct ticket t = printed();
    enum ticket_verdict verdict;
    send_create(&s, "{'channel':'SMS','serviceType':'CLAIM','customer':{'name':'N','email':'no'},"
                    "'ticket':{'title':'T','description':'D','metadata':{'claimType':'X'}}}");
    check_refusal("error_validation", &s.err, &s.err);
    sent_close(&s);
    send_change(&s, "{'action':'DELETE'}", false);
    check_refusal("error_update", &s.err, NULL);
    t.status = TICKET_RESOLVED;
    CHECK_INT("closed", ticket_change_judge(&t, &s.change, false, &verdict, &s.err), STATUS_CLOSED);
    check_refusal("error_closed", &s.err, &s.err);
    sent_close(&s);
}

void init_examples_tests(void)
{
    static const struct suite_test tests[] = {
        {"claim", test_claim},
        {"other creates", test_other_creates},
        {"created", test_created},
        {"details", test_details},
        {"status", test_status},
        {"add comment", test_patch_comment},
        {"other updates", test_patch_others},
        {"event", test_event},
        {"refusals", test_refusals},
    };
    suite_add("ticket examples", NULL, NULL, tests, SUITE_N(tests));
}
