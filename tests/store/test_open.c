/* Opening tickets: what is written, request keys, repeating oneself. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "support.h"

static struct store *s;
static struct ticket existing;
static bool same;
static uint64_t number;

static int set_up(void)
{
    s = support_store(STORE_WORKER);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

static enum status open_it(struct support_ticket *t)
{
    number = 0;
    memset(&existing, 0, sizeof existing);
    return store_ticket_open(s, support_arena, &t->open, &number, &existing, &same, support_err());
}

static void one_round_trip(void)
{
    struct support_ticket t;
    support_ticket(&t);
    CHECK_INT("warm", open_it(&t), STATUS_OK);
    support_ticket(&t);
    t.open.request_key = SV("Rone-trip");
    uint64_t before = store_round_trips(s);
    CHECK_INT("open", open_it(&t), STATUS_OK);
    CHECK_INT("trips", store_round_trips(s) - before, 1);
    support_new_ids(&t);
    CHECK_INT("its replay", open_it(&t), STATUS_EXISTS);
    CHECK_INT("trips", store_round_trips(s) - before, 2);
    CHECK("numbers begin at 1408", number == 0 && existing.number >= 1408);
}

/* Every column of every row that an opening writes. */
static void what_is_written(void)
{
    struct support_ticket t;
    support_ticket(&t);
    struct ticket *k = &t.ticket;
    k->status = TICKET_OPEN;
    k->priority = TICKET_URGENT;
    k->channel = TICKET_TELEGRAM;
    k->service_type = TICKET_INTERNET_BANKING;
    k->channel_reference_id = SV("TG-1");
    k->customer_phone = SV("+62 81");
    k->customer_identifier = SV("CIF1");
    k->customer_department = SV("Retail");
    k->customer_language = SV("id");
    k->webhook_url = SV("https://t.example/h");
    k->api_version = SV("1.0");
    k->assignee = SV("Jane");
    k->created_at = k->updated_at = INT64_C(1705314600123456);
    k->estimated_at = INT64_C(1705401000000000);
    k->response_deadline = INT64_C(1705318200000001);
    k->resolution_deadline = INT64_C(1705329000000002);
    t.open.comment.at = INT64_C(1705314600123457);
    t.open.request_key = SV("Rwritten");
    CHECK_INT("open", open_it(&t), STATUS_OK);
    unsigned long long n = (unsigned long long)number;
    CHECK_STR("words",
              support_text("SELECT CONCAT_WS('|', status, priority, channel, service_type, version, partner_id, "
                           "request_key, sla_hours) FROM ticket WHERE number = %llu",
                           n),
              "OPEN|URGENT|TELEGRAM|INTERNET_BANKING|1|1|Rwritten|4");
    CHECK_STR("texts",
              support_text("SELECT CONCAT_WS('|', channel_reference_id, title, description, category, customer_name, "
                           "customer_email, customer_phone, customer_identifier, customer_department, "
                           "customer_language, branch_code) FROM ticket WHERE number = %llu",
                           n),
              "TG-1|ATM Card Claim Request|Card retained|SERVICE_REQUEST|John Doe|john.doe@email.com|+62 "
              "81|CIF1|Retail|id|001");
    CHECK_STR("service",
              support_text("SELECT CONCAT_WS('|', service_name, support_group, tracking_url_base, assignee, metadata, "
                           "webhook_url, api_version) FROM ticket WHERE number = %llu",
                           n),
              "ATM Card Services|Transaction Claims Support|https://desk.example|Jane|"
              "{\"claimType\":\"ATM_CARD_RETAINED\",\"claimAmount\":500000.10}|https://t.example/h|1.0");
    CHECK_STR("times",
              support_text("SELECT CONCAT_WS('|', created_at, updated_at, estimated_at, response_deadline, "
                           "resolution_deadline, IFNULL(resolved_at, '-'), IFNULL(closed_at, '-'), "
                           "IFNULL(first_response_at, '-')) FROM ticket WHERE number = %llu",
                           n),
              "2024-01-15 10:30:00.123456|2024-01-15 10:30:00.123456|2024-01-16 10:30:00.000000|"
              "2024-01-15 11:30:00.000001|2024-01-15 14:30:00.000002|-|-|-");
    CHECK_STR("counts",
              support_text("SELECT CONCAT_WS('|', n_comments, n_attachments, last_public_comment, hook_seq) "
                           "FROM ticket WHERE number = %llu",
                           n),
              "1|0|1|1");
    CHECK_STR("comment",
              support_text("SELECT CONCAT_WS('|', seq, content, author, created_at, from_support, internal, id = '%s') "
                           "FROM comment WHERE ticket_number = %llu",
                           t.open.comment.id, n),
              "1|Ticket received|System|2024-01-15 10:30:00.123457|1|0|1");
    CHECK_STR("event",
              support_text("SELECT CONCAT_WS('|', seq, kind, actor, IFNULL(detail, '-'), created_at, event_id = '%s') "
                           "FROM ticket_event WHERE ticket_number = %llu",
                           t.open.event_id, n),
              "1|OPEN|key:17|-|2024-01-15 10:30:00.123456|1");
    char want[256];
    snprintf(want, sizeof want,
             "1|18364758544493064720|1|TICKET_CREATED|https://partner.example/hook|"
             "{\"ticketNumber\":\"%llu\",\"data\":1}|0|1|1|1",
             n);
    CHECK_STR("job",
              support_text("SELECT CONCAT_WS('|', partner_id, receiver, seq, event, url, body, attempts, "
                           "HEX(lease_token) = REPEAT(0, 32), "
                           "ABS(TIMESTAMPDIFF(SECOND, next_due, NOW())) < 60, webhook_id = '%s') FROM webhook_job "
                           "WHERE ticket_number = %llu",
                           t.job.id, n),
              want);
}

static void without_extras(void)
{
    struct support_ticket t;
    support_ticket(&t);
    t.open.job = NULL;
    t.ticket.customer_email = SV_NONE;
    t.ticket.metadata = SV_NONE;
    t.ticket.branch_code = SV_NONE;
    CHECK_INT("open", open_it(&t), STATUS_OK);
    unsigned long long n = (unsigned long long)number;
    CHECK_INT("no job", support_number("SELECT COUNT(*) FROM webhook_job WHERE ticket_number = %llu", n), 0);
    CHECK_INT("no sequence", support_number("SELECT hook_seq FROM ticket WHERE number = %llu", n), 0);
    CHECK_INT("NULLs",
              support_number("SELECT (request_key IS NULL) + (body_hash IS NULL) + (customer_email IS NULL) + "
                             "(metadata IS NULL) + (branch_code IS NULL) + (assignee IS NULL) FROM ticket "
                             "WHERE number = %llu",
                             n),
              6);
    support_new_ids(&t);
    uint64_t first = number;
    CHECK_INT("the same without a key is another ticket", open_it(&t), STATUS_OK);
    CHECK("higher", number > first);
}

static void request_keys(void)
{
    struct support_ticket t;
    struct ticket found;
    support_ticket(&t);
    t.open.request_key = SV("RREQ-1");
    CHECK_INT("none yet",
              store_ticket_by_request(s, support_arena, SUPPORT_PARTNER, SV("RREQ-1"), t.open.body_hash, &found, &same,
                                      support_err()),
              STATUS_NOT_FOUND);
    CHECK_INT("open", open_it(&t), STATUS_OK);
    uint64_t first = number;
    support_new_ids(&t);
    CHECK_INT("same again", open_it(&t), STATUS_EXISTS);
    CHECK("same body", same);
    CHECK_INT("that ticket", existing.number, first);
    CHECK_STR("all of it", existing.support_group.p, "Transaction Claims Support");
    CHECK_INT("times", existing.estimated_at, t.ticket.estimated_at);
    CHECK_STR("tracking", existing.tracking_url_base.p, "https://desk.example");
    support_hash("other body", t.open.body_hash);
    support_new_ids(&t);
    CHECK_INT("other body", open_it(&t), STATUS_EXISTS);
    CHECK("not the same", !same);
    CHECK_INT("by request",
              store_ticket_by_request(s, support_arena, SUPPORT_PARTNER, SV("RREQ-1"), t.open.body_hash, &found, &same,
                                      support_err()),
              STATUS_OK);
    CHECK("not the same", !same && found.number == first);
    support_hash("body", t.open.body_hash);
    CHECK_INT("by request",
              store_ticket_by_request(s, support_arena, SUPPORT_PARTNER, SV("RREQ-1"), t.open.body_hash, &found, &same,
                                      support_err()),
              STATUS_OK);
    CHECK("the same", same);
    CHECK_INT("other partner's",
              store_ticket_by_request(s, support_arena, SUPPORT_OTHER, SV("RREQ-1"), t.open.body_hash, &found, &same,
                                      support_err()),
              STATUS_NOT_FOUND);
    t.ticket.partner_id = SUPPORT_OTHER;
    support_new_ids(&t);
    CHECK_INT("another partner's own", open_it(&t), STATUS_OK);
    CHECK_INT("one each", support_number("SELECT COUNT(*) FROM ticket WHERE request_key = 'RREQ-1'"), 2);
    t.ticket.partner_id = SUPPORT_PARTNER;
    t.open.request_key = SV("KREQ-1");
    support_new_ids(&t);
    CHECK_INT("another namespace", open_it(&t), STATUS_OK);
}

/* After a lost COMMIT the very same transaction comes again. */
static void repeats_itself(void)
{
    struct support_ticket t;
    support_ticket(&t);
    t.open.request_key = SV("Ritself");
    CHECK_INT("open", open_it(&t), STATUS_OK);
    uint64_t first = number;
    CHECK_INT("with the same ids", open_it(&t), STATUS_OK);
    CHECK_INT("same number", number, first);
    support_ticket(&t);
    CHECK_INT("open, no key", open_it(&t), STATUS_OK);
    first = number;
    CHECK_INT("with the same ids", open_it(&t), STATUS_OK);
    CHECK_INT("same number", number, first);
    CHECK_INT("one job",
              support_number("SELECT COUNT(*) FROM webhook_job WHERE ticket_number = %llu", (unsigned long long)first),
              1);
}

/* What the checks upstream should have caught is an error, and leaves nothing. */
static void refused(void)
{
    static char text[300];
    struct support_ticket t;
    memset(text, 'x', sizeof text);
    support_ticket(&t);
    t.ticket.title = (struct sv){text, 201};
    long long before = support_number("SELECT COUNT(*) FROM ticket");
    CHECK_INT("too long", open_it(&t), STATUS_INTERNAL);
    CHECK_STR("names statement and code, no value", support_err_text(), "database: ticket-open: error 1406");
    support_ticket(&t);
    t.ticket.title = SV_NONE;
    CHECK_INT("required", open_it(&t), STATUS_INTERNAL);
    support_ticket(&t);
    support_cuid(t.job.id);
    char taken[CRYPTO_CUID_SIZE];
    memcpy(taken, t.job.id, sizeof taken);
    CHECK_INT("open", open_it(&t), STATUS_OK);
    support_new_ids(&t);
    memcpy(t.job.id, taken, sizeof taken);
    CHECK_INT("webhook-id of another", open_it(&t), STATUS_INTERNAL);
    CHECK_INT("nothing is left", support_number("SELECT COUNT(*) FROM ticket"), before + 1);
    CHECK_INT("and it goes on", support_open(s) > 0, 1);
}

static void numbers_are_never_reused(void)
{
    uint64_t first = support_open(s);
    struct support_ticket t;
    support_ticket(&t);
    t.ticket.title = SV_NONE;
    CHECK_INT("fails", open_it(&t), STATUS_INTERNAL);
    CHECK("rises", support_open(s) > first);
}

void init_open_tests(void)
{
    static const struct suite_test tests[] = {
        {"one round trip", one_round_trip},
        {"what is written", what_is_written},
        {"without extras", without_extras},
        {"request keys", request_keys},
        {"repeats itself", repeats_itself},
        {"refused", refused},
        {"numbers are never reused", numbers_are_never_reused},
    };
    suite_add("store open", set_up, tear_down, tests, SUITE_N(tests));
}
