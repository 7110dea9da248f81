/* Details and status questions. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "support.h"

static struct store *s;
static struct ticket_details d;

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

static enum status details(uint32_t partner, uint64_t number, bool internal)
{
    return store_ticket_details(s, support_arena, partner, number, internal, &d, support_err());
}

static void comment_on(uint64_t number, const char *text, bool internal, bool from_support)
{
    struct support_update u;
    support_update(s, number, &u);
    u.comment.content = sv_from(text);
    u.comment.internal = internal;
    u.comment.from_support = from_support;
    u.update.comment = &u.comment;
    u.after.status = u.before.status;
    CHECK_INT(text, store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
}

/* What goes in comes out, every field. */
static void whole_ticket(void)
{
    struct support_ticket t;
    struct ticket existing;
    uint64_t number;
    bool same;
    support_ticket(&t);
    t.ticket.channel_reference_id = SV("REF whole");
    t.ticket.customer_phone = SV("+62");
    t.ticket.customer_identifier = SV("CIF");
    t.ticket.customer_department = SV("D");
    t.ticket.customer_language = SV("id");
    t.ticket.webhook_url = SV("https://w");
    t.ticket.api_version = SV("1.0");
    CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
              STATUS_OK);
    uint64_t trips = store_round_trips(s);
    CHECK_INT("details", details(SUPPORT_PARTNER, number, true), STATUS_OK);
    CHECK_INT("trips", store_round_trips(s) - trips, 1);
    const struct ticket *g = &d.ticket;
    const struct ticket *w = &t.ticket;
    CHECK_INT("number", g->number, number);
    CHECK_STR("id", g->id, w->id);
    CHECK_INT("version", g->version, 1);
    CHECK_INT("partner", g->partner_id, SUPPORT_PARTNER);
    CHECK_STR("code", g->partner_code.p, SUPPORT_CODE);
    CHECK("words", g->status == w->status && g->priority == w->priority && g->channel == w->channel &&
                       g->service_type == w->service_type);
    const struct sv pairs[][2] = {
        {g->channel_reference_id, w->channel_reference_id},
        {g->title, w->title},
        {g->description, w->description},
        {g->category, w->category},
        {g->customer_name, w->customer_name},
        {g->customer_email, w->customer_email},
        {g->customer_phone, w->customer_phone},
        {g->customer_identifier, w->customer_identifier},
        {g->customer_department, w->customer_department},
        {g->customer_language, w->customer_language},
        {g->branch_code, w->branch_code},
        {g->branch_name, SV("Cabang Utama")},
        {g->service_name, w->service_name},
        {g->support_group, w->support_group},
        {g->tracking_url_base, w->tracking_url_base},
        {g->assignee, SV_NONE},
        {g->metadata, w->metadata},
        {g->webhook_url, w->webhook_url},
        {g->api_version, w->api_version},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK(pairs[i][1].p ? pairs[i][1].p : "absent", sv_eq(pairs[i][0], pairs[i][1]));
    CHECK_INT("sla", g->sla_hours, 4);
    const int64_t times[][2] = {
        {g->created_at, w->created_at},
        {g->updated_at, w->updated_at},
        {g->estimated_at, w->estimated_at},
        {g->response_deadline, w->response_deadline},
        {g->resolution_deadline, w->resolution_deadline},
        {g->resolved_at, CLOCK_NONE},
        {g->closed_at, CLOCK_NONE},
        {g->first_response_at, CLOCK_NONE},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        CHECK_INT("time", times[i][0], times[i][1]);
    CHECK("counts", g->n_comments == 1 && g->n_attachments == 0 && g->hook_seq == 1);
    CHECK("one comment", d.n_comments == 1 && d.n_attachments == 0);
    CHECK_STR("System's", d.comments[0].author.p, "System");
    CHECK_STR("its id", d.comments[0].id, t.open.comment.id);
    CHECK_INT("its time", d.comments[0].at, t.open.comment.at);
    CHECK("it is also the last", g->has_last_comment && sv_is(g->last_comment.content, "Ticket received"));
}

static void comments_in_order(void)
{
    uint64_t number = support_open(s);
    comment_on(number, "two", false, true);
    comment_on(number, "three, a note", true, true);
    comment_on(number, "four", false, false);
    comment_on(number, "five, a note", true, true);
    CHECK_INT("partner", details(SUPPORT_PARTNER, number, false), STATUS_OK);
    CHECK_INT("three public ones", d.n_comments, 3);
    CHECK_STR("second", d.comments[1].content.p, "two");
    CHECK("flags", d.comments[1].from_support && !d.comments[1].internal && !d.comments[2].from_support);
    CHECK_STR("third", d.comments[2].content.p, "four");
    CHECK_STR("last public", d.ticket.last_comment.content.p, "four");
    CHECK_INT("desk", details(0, number, true), STATUS_OK);
    CHECK_INT("all five", d.n_comments, 5);
    CHECK_STR("in order", d.comments[2].content.p, "three, a note");
    CHECK("marked", d.comments[2].internal && d.comments[4].internal);
    CHECK_STR("last public", d.ticket.last_comment.content.p, "four");
}

static void many_comments(void)
{
    uint64_t number = support_open(s);
    unsigned long long n = (unsigned long long)number;
    support_do("INSERT INTO comment SELECT %llu, seq, CONCAT('c', seq), CONCAT('Comment ', seq), 'Jane', NOW(6), 1, 0 "
               "FROM seq_2_to_1000",
               n);
    support_do("UPDATE ticket SET n_comments = 1000, last_public_comment = 1000 WHERE number = %llu", n);
    CHECK_INT("details", details(SUPPORT_PARTNER, number, false), STATUS_OK);
    CHECK_INT("a thousand", d.n_comments, 1000);
    CHECK_STR("in order", d.comments[998].content.p, "Comment 999");
    CHECK_STR("last", d.ticket.last_comment.content.p, "Comment 1000");
    support_do("UPDATE ticket SET n_comments = 10 WHERE number = %llu", n);
    CHECK_INT("more than the ticket says", details(SUPPORT_PARTNER, number, false), STATUS_INTERNAL);
    CHECK_INT("the connection goes on", details(SUPPORT_PARTNER, support_open(s), false), STATUS_OK);
}

static void whose(void)
{
    uint64_t number = support_open(s);
    struct ticket t[3];
    bool found[3];
    CHECK_INT("another partner's", details(SUPPORT_OTHER, number, false), STATUS_NOT_FOUND);
    CHECK_INT("anybody's", details(0, number, false), STATUS_OK);
    CHECK_INT("nobody's", details(0, number + 1000000, false), STATUS_NOT_FOUND);
    CHECK_INT("the largest number", details(0, INT64_MAX, false), STATUS_NOT_FOUND);
    CHECK_INT("asked", store_ticket_statuses(s, support_arena, SUPPORT_OTHER, &number, 1, t, found, support_err()),
              STATUS_OK);
    CHECK("not found", !found[0]);
    uint64_t two[2] = {number, number};
    CHECK_INT("asked", store_ticket_statuses(s, support_arena, SUPPORT_OTHER, two, 2, t, found, support_err()),
              STATUS_OK);
    CHECK("not found", !found[0] && !found[1]);
    CHECK_INT("asked", store_ticket_statuses(s, support_arena, 0, two, 2, t, found, support_err()), STATUS_OK);
    CHECK("found twice", found[0] && found[1] && t[0].number == number && t[1].number == number);
}

static void unknown_branch(void)
{
    uint64_t number = support_open(s);
    support_do("UPDATE ticket SET branch_code = '001 ' WHERE number = %llu", (unsigned long long)number);
    CHECK_INT("details", details(0, number, false), STATUS_OK);
    CHECK_STR("kept", d.ticket.branch_code.p, "001 ");
    CHECK("no name", d.ticket.branch_name.p == NULL);
    support_do("UPDATE ticket SET branch_code = NULL WHERE number = %llu", (unsigned long long)number);
    CHECK_INT("details", details(0, number, false), STATUS_OK);
    CHECK("none", d.ticket.branch_code.p == NULL && d.ticket.branch_name.p == NULL);
}

static void statuses(void)
{
    uint64_t numbers[STORE_ASK_MAX + 1] = {0};
    struct ticket t[STORE_ASK_MAX];
    bool found[STORE_ASK_MAX];
    for (unsigned i = 0; i < STORE_ASK_MAX; i++)
        numbers[i] = i % 2 ? UINT64_C(900000000) + i : support_open(s);
    comment_on(numbers[0], "News", false, true);
    CHECK_INT("one", store_ticket_statuses(s, support_arena, SUPPORT_PARTNER, numbers, 1, t, found, support_err()),
              STATUS_OK);
    CHECK("found", found[0]);
    CHECK_STR("last comment", t[0].last_comment.content.p, "News");
    CHECK("light", t[0].description.p == NULL);
    uint64_t trips = store_round_trips(s);
    CHECK_INT("100",
              store_ticket_statuses(s, support_arena, SUPPORT_PARTNER, numbers, STORE_ASK_MAX, t, found, support_err()),
              STATUS_OK);
    CHECK("prepared and asked", store_round_trips(s) - trips <= 2);
    for (unsigned i = 0; i < STORE_ASK_MAX; i++) {
        CHECK_INT("found", found[i], i % 2 == 0);
        if (found[i])
            CHECK_INT("in its place", t[i].number, numbers[i]);
    }
    CHECK_INT("too many",
              store_ticket_statuses(s, support_arena, 0, numbers, STORE_ASK_MAX + 1, t, found, support_err()),
              STATUS_TOO_LARGE);
    CHECK_INT("none", store_ticket_statuses(s, support_arena, 0, numbers, 0, t, found, support_err()), STATUS_OK);
}

static uint64_t open_reference(const char *reference, uint32_t partner, int64_t created_at)
{
    struct support_ticket t;
    struct ticket existing;
    uint64_t number = 0;
    bool same;
    support_ticket(&t);
    t.ticket.channel_reference_id = sv_from(reference);
    t.ticket.partner_id = partner;
    t.ticket.created_at = t.ticket.updated_at = created_at;
    CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
              STATUS_OK);
    return number;
}

static uint64_t newest(uint32_t partner, const char *reference)
{
    struct ticket t;
    bool found;
    struct sv r = sv_from(reference);
    enum status st = store_ticket_statuses_by_reference(s, support_arena, partner, &r, 1, &t, &found, support_err());
    CHECK_INT(reference, st, STATUS_OK);
    return found ? t.number : 0;
}

static void references(void)
{
    int64_t now = clock_wall_us();
    uint64_t late = open_reference("REF-A", SUPPORT_PARTNER, now + 50);
    uint64_t early = open_reference("REF-A", SUPPORT_PARTNER, now);
    uint64_t other = open_reference("REF-A", SUPPORT_OTHER, now + 20);
    CHECK("higher number, earlier time", early > late);
    CHECK_INT("newest by time", newest(SUPPORT_PARTNER, "REF-A"), late);
    CHECK_INT("other partner's own", newest(SUPPORT_OTHER, "REF-A"), other);
    CHECK_INT("anybody's newest", newest(0, "REF-A"), late);
    uint64_t tie = open_reference("REF-A", SUPPORT_PARTNER, now + 50);
    CHECK_INT("same time: higher number", newest(SUPPORT_PARTNER, "REF-A"), tie);
    open_reference("REF-A", SUPPORT_OTHER, now + 60);
    CHECK("anybody's newest moves", newest(0, "REF-A") > tie);
    CHECK_INT("none", newest(SUPPORT_PARTNER, "REF-B"), 0);
    CHECK_INT("none for anybody", newest(0, "REF-B"), 0);
    struct sv asked[3] = {SV("REF-B"), SV("REF-A"), SV("REF-A")};
    struct ticket t[3];
    bool found[3];
    CHECK_INT("several",
              store_ticket_statuses_by_reference(s, support_arena, SUPPORT_PARTNER, asked, 3, t, found, support_err()),
              STATUS_OK);
    CHECK("each in its place", !found[0] && found[1] && found[2] && t[1].number == tie && t[2].number == tie);
    CHECK_INT(
        "too many",
        store_ticket_statuses_by_reference(s, support_arena, 0, asked, STORE_ASK_MAX + 1, t, found, support_err()),
        STATUS_TOO_LARGE);
    uint64_t trips = store_round_trips(s);
    newest(SUPPORT_PARTNER, "REF-A");
    CHECK_INT("one trip", store_round_trips(s) - trips, 1);
}

void init_read_tests(void)
{
    static const struct suite_test tests[] = {
        {"a whole ticket", whole_ticket},
        {"comments in order", comments_in_order},
        {"a thousand comments", many_comments},
        {"whose", whose},
        {"unknown branch", unknown_branch},
        {"statuses", statuses},
        {"references", references},
    };
    suite_add("store read", set_up, tear_down, tests, SUITE_N(tests));
}
