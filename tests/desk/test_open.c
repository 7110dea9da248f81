#include <string.h>

#include "base/clock.h"
#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

static void test_ticket(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    CHECK_INT("opened", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    const struct ticket *t = &fake.opened_ticket;
    CHECK_INT("partner", t->partner_id, 7);
    CHECK_STR("code", text(t->partner_code), "PARTNER001");
    CHECK_INT("status", t->status, TICKET_OPEN);
    CHECK_INT("priority", t->priority, TICKET_LOW);
    CHECK_INT("channel", t->channel, TICKET_EMAIL);
    CHECK_INT("type", t->service_type, TICKET_INQUIRY);
    CHECK_STR("reference", text(t->channel_reference_id), "EMAIL-1");
    CHECK_STR("name", text(t->customer_name), "Jane");
    CHECK_STR("email", text(t->customer_email), "j@example.com");
    CHECK_STR("phone", text(t->customer_phone), "+62 1");
    CHECK_STR("identifier", text(t->customer_identifier), "CIF1");
    CHECK_STR("department", text(t->customer_department), "Retail");
    CHECK_STR("language", text(t->customer_language), "id");
    CHECK_STR("branch", text(t->branch_code), "001");
    CHECK_STR("title", text(t->title), "Balance");
    CHECK_STR("description", text(t->description), "What is it");
    CHECK_STR("category", text(t->category), "INFORMATION_REQUEST");
    CHECK_STR("metadata", text(t->metadata), "{\"a\":1.10}");
    CHECK_STR("version", text(t->api_version), "1.0");
    CHECK_STR("service", text(t->service_name), "Inquiries");
    CHECK_STR("group", text(t->support_group), "Front Desk");
    CHECK_STR("tracking", text(t->tracking_url_base), "https://desk.example");
    CHECK("no assignee", !t->assignee.p);
    CHECK("a cuid", t->id[0] == 'c' && strlen(t->id) == 25);
    CHECK("an event id", strlen(fake.opened.event_id) == 25 && strcmp(fake.opened.event_id, t->id) != 0);
    CHECK_STR("actor", text(fake.opened.actor), "key:17");
    CHECK("no key", !fake.opened.request_key.p);
    CHECK("hash", memcmp(fake.opened.body_hash, bench.call.body_hash, CRYPTO_SHA256_SIZE) == 0);
    CHECK("not a replay", !bench.replayed);
}

static void test_times(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    CHECK_INT("opened", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    const struct ticket *t = &fake.opened_ticket;
    CHECK_INT("created", t->created_at, NOW);
    CHECK_INT("updated", t->updated_at, NOW);
    CHECK_INT("response: 240 minutes", t->response_deadline, NOW + 240 * 60 * CLOCK_SECOND);
    CHECK_INT("resolution: 48 hours", t->resolution_deadline, NOW + 48 * 3600 * CLOCK_SECOND);
    CHECK_INT("estimate: 72 hours", t->estimated_at, NOW + 72 * 3600 * CLOCK_SECOND);
    CHECK_INT("sla", t->sla_hours, 48);
    CHECK("not resolved", t->resolved_at == CLOCK_NONE && t->closed_at == CLOCK_NONE);
    CHECK("not answered", t->first_response_at == CLOCK_NONE);
}

/* The reference's own example. */
static void test_answer(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    f.service_type = TICKET_CLAIM;
    f.sub_type = SV("ATM_CARD_RETAINED");
    fake.number = 1408;
    bench.call.now_us = INT64_C(1705314600) * CLOCK_SECOND;
    CHECK_INT("opened", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    char want[1024];
    snprintf(want, sizeof want,
             "{\"success\":true,\"ticketNumber\":\"1408\",\"ticketId\":\"%s\",\"status\":\"OPEN\","
             "\"estimatedResolution\":\"2024-01-16T10:30:00Z\",\"trackingUrl\":\"https://desk.example/tickets/1408\","
             "\"message\":\"Ticket created successfully\",\"metadata\":{\"createdAt\":\"2024-01-15T10:30:00Z\","
             "\"assignedTo\":\"Support Team\",\"supportGroup\":\"Transaction Claims Support\",\"slaHours\":4}}",
             fake.opened_ticket.id);
    CHECK_STR("body", bench.out.p, want);
}

static void test_system_comment(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    CHECK_INT("opened", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    const struct ticket_comment *c = &fake.opened.comment;
    CHECK_STR("author", text(c->author), "System");
    CHECK("from support", c->from_support && !c->internal);
    CHECK("names the group", strstr(text(c->content), "Front Desk") != NULL);
    CHECK_INT("at", c->at, NOW);
    CHECK_INT("id", strlen(c->id), 25);
    CHECK_INT("counted", fake.opened_ticket.n_comments, 1);
    CHECK("the newest", fake.opened_ticket.has_last_comment);
    CHECK_STR("last", fake.opened_ticket.last_comment.id, c->id);
}

static void test_attachments(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    f.n_attachments = 2;
    f.attachments[0] =
        (struct ticket_attachment){.filename = SV("a.txt"), .size = 9, .true_size = 3, .bytes = SV("abc")};
    f.attachments[1] = (struct ticket_attachment){.filename = SV("b.txt"), .bytes = SV("")};
    CHECK_INT("opened", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    CHECK_INT("two", fake.opened.n_attachments, 2);
    CHECK_INT("counted", fake.opened_ticket.n_attachments, 2);
    CHECK_STR("first", text(fake.uploads[0].filename), "a.txt");
    CHECK_STR("bytes", text(fake.uploads[0].bytes), "abc");
    CHECK_INT("declared", fake.uploads[0].size, 9);
    CHECK_INT("at", fake.uploads[1].at, NOW);
    CHECK("ids", strlen(fake.uploads[0].id) == 25 && strcmp(fake.uploads[0].id, fake.uploads[1].id) != 0);
    CHECK_STR("no pre-check without a key", fake.log, "S+O+");
}

static void test_job(void)
{
    static const struct {
        const char *row, *own, *standard, *want;
    } rows[] = {
        {"own", "https://own.example/h", "https://std.example/", "https://own.example/h"},
        {"standard", NULL, "https://std.example/", "https://std.example/"},
        {"none", NULL, NULL, NULL},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        struct ticket_draft f = desk_draft();
        f.webhook_url = sv_from(rows[i].own);
        bench.call.actor.webhook_url = sv_from(rows[i].standard);
        CHECK_INT(rows[i].row, desk_post(&f, NULL, STATUS_OK), STATUS_OK);
        CHECK_INT(rows[i].row, fake.opened.job != NULL, rows[i].want != NULL);
        CHECK_INT(rows[i].row, fake.opened_ticket.hook_seq, rows[i].want ? 1 : 0);
        CHECK_STR(rows[i].row, text(fake.opened_ticket.webhook_url), rows[i].own ? rows[i].own : "(absent)");
        if (!rows[i].want)
            continue;
        CHECK_STR(rows[i].row, text(fake.jobs[0].url), rows[i].want);
        CHECK_INT(rows[i].row, fake.jobs[0].event, TICKET_EVENT_CREATED);
        CHECK_STR(rows[i].row, text(fake.jobs[0].head), "{\"event\":\"TICKET_CREATED\",\"ticketNumber\":\"");
        CHECK_STR(rows[i].row, text(fake.jobs[0].tail),
                  "\",\"channelReferenceId\":\"EMAIL-1\",\"timestamp\":\"1970-01-01T00:33:20Z\",\"data\":{\"status\":"
                  "\"OPEN\",\"priority\":\"LOW\",\"serviceType\":\"INQUIRY\",\"createdAt\":\"1970-01-01T00:33:20Z\"}}");
    }
}

/* What a repeated request meets, in every combination that matters. */
static void test_keys(void)
{
    static const struct {
        const char *row, *request_id, *header;
        enum status draft, by_request, open;
        bool same, attachments;
        enum status want;
        bool replayed;
        const char *key, *log;
    } rows[] = {
        {"no key", NULL, NULL, STATUS_OK, STATUS_OK, STATUS_OK, 0, 0, STATUS_OK, 0, NULL, "S+O+"},
        {"new requestId", "r", NULL, STATUS_OK, STATUS_OK, STATUS_OK, 0, 0, STATUS_OK, 0, "Rr", "S+O+"},
        {"new header", NULL, "k", STATUS_OK, STATUS_OK, STATUS_OK, 0, 0, STATUS_OK, 0, "Kk", "S+O+"},
        {"requestId outranks", "r", "k", STATUS_OK, STATUS_OK, STATUS_OK, 0, 0, STATUS_OK, 0, "Rr", "S+O+"},
        {"again", "r", NULL, STATUS_OK, STATUS_OK, STATUS_EXISTS, 1, 0, STATUS_OK, 1, "Rr", "S+O+"},
        {"other body", "r", NULL, STATUS_OK, STATUS_OK, STATUS_EXISTS, 0, 0, STATUS_EXISTS, 0, "Rr", "S+O+"},
        {"upload, new", "r", NULL, STATUS_OK, STATUS_NOT_FOUND, STATUS_OK, 0, 1, STATUS_OK, 0, "Rr", "R+S+O+"},
        {"upload, again", "r", NULL, STATUS_OK, STATUS_OK, STATUS_OK, 1, 1, STATUS_OK, 1, "Rr", "R+"},
        {"upload, other", "r", NULL, STATUS_OK, STATUS_OK, STATUS_OK, 0, 1, STATUS_EXISTS, 0, "Rr", "R+"},
        {"bad, no key", NULL, NULL, STATUS_INVALID, STATUS_OK, STATUS_OK, 0, 0, STATUS_INVALID, 0, NULL, ""},
        {"bad, new", "r", NULL, STATUS_INVALID, STATUS_NOT_FOUND, STATUS_OK, 0, 0, STATUS_INVALID, 0, "Rr", "R+"},
        {"bad, again", "r", NULL, STATUS_INVALID, STATUS_OK, STATUS_OK, 1, 0, STATUS_OK, 1, "Rr", "R+"},
        {"bad, other", "r", NULL, STATUS_INVALID, STATUS_OK, STATUS_OK, 0, 0, STATUS_EXISTS, 0, "Rr", "R+"},
        {"bad, header", NULL, "k", STATUS_INVALID, STATUS_NOT_FOUND, STATUS_OK, 0, 0, STATUS_INVALID, 0, "Kk", "R+"},
        {"no memory", "r", NULL, STATUS_NO_MEMORY, STATUS_OK, STATUS_OK, 1, 0, STATUS_NO_MEMORY, 0, NULL, ""},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        struct ticket_draft f = desk_draft();
        f.n_attachments = rows[i].attachments;
        f.attachments[0].bytes = SV("x");
        bench.call.key = sv_from(rows[i].header);
        fake.by_request = rows[i].by_request;
        fake.open = rows[i].open;
        fake.same = rows[i].same;
        bench.replayed = true;
        CHECK_INT(rows[i].row, desk_post(&f, rows[i].request_id, rows[i].draft), rows[i].want);
        CHECK_INT(rows[i].row, bench.replayed, rows[i].replayed);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        bool asked = strchr(fake.log, 'R') != NULL, opened = strchr(fake.log, 'O') != NULL;
        if (asked)
            CHECK_STR(rows[i].row, text(fake.request_key), rows[i].key);
        if (opened)
            CHECK_STR(rows[i].row, text(fake.opened.request_key), rows[i].key ? rows[i].key : "(absent)");
        if (rows[i].replayed)
            CHECK("the first answer", strstr(bench.out.p, "\"ticketNumber\":\"1408\"") != NULL &&
                                          strstr(bench.out.p, "https://old.example/tickets/1408") != NULL);
    }
}

/* Fields found wrong stay unless the database cannot be asked about a replay. */
static void test_errors(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    err_field(&bench.err, "customer.name", "Name is required");
    CHECK_INT("bad", desk_post(&f, "r", STATUS_INVALID), STATUS_INVALID);
    CHECK_STR("fields stay", err_field_text(&bench.err, "customer.name"), "Name is required");
    CHECK_STR("text stays", bench.err.text, "Validation failed");
    fake.by_request = STATUS_UNAVAILABLE;
    CHECK_INT("bad and down", desk_post(&f, "r", STATUS_INVALID), STATUS_UNAVAILABLE);
    CHECK_STR("says why", bench.err.text, "statement: code 2006");
    CHECK_INT("no fields", bench.err.n_fields, 0);
}

static void test_store_fails(void)
{
    static const enum status rows[] = {STATUS_UNAVAILABLE, STATUS_UNCERTAIN, STATUS_CONFIG, STATUS_INTERNAL,
                                       STATUS_NO_MEMORY};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        struct ticket_draft f = desk_draft();
        fake.open = rows[i];
        CHECK_INT("as the store says", desk_post(&f, "r", STATUS_OK), rows[i]);
        CHECK_STR("and why", bench.err.text, "statement: code 2006");
        CHECK("not a replay", !bench.replayed);
    }
}

void init_open_tests(void)
{
    static const struct suite_test tests[] = {
        {"the ticket", test_ticket},
        {"times", test_times},
        {"answer", test_answer},
        {"System's comment", test_system_comment},
        {"attachments", test_attachments},
        {"webhook job", test_job},
        {"keys", test_keys},
        {"errors", test_errors},
        {"the store fails", test_store_fails},
    };
    suite_add("open", desk_up, desk_down, tests, SUITE_N(tests));
}
