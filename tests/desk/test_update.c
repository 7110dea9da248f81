#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

#define COMMENT "{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\"}"
#define CANCEL "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"}"
#define ATTACH                                                                                                         \
    "{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"a.pdf\",\"size\":9,\"content\":\"QUJD\"}]}"

static void test_partner_comment(void)
{
    desk_again();
    CHECK_INT("ok", desk_patch(COMMENT), STATUS_OK);
    CHECK_STR("content", text(fake.comment.content), "[Via Omnichannel] hello");
    CHECK_STR("author", text(fake.comment.author), "Customer");
    CHECK("public, not support's", !fake.comment.from_support && !fake.comment.internal);
    CHECK_INT("at", fake.comment.at, NOW);
    CHECK_STR("kind", text(fake.updated.kind), "COMMENT");
    CHECK_STR("actor", text(fake.updated.actor), "key:17");
    CHECK_INT("counted", fake.after.n_comments, 2);
    CHECK_STR("the newest", fake.after.last_comment.id, fake.comment.id);
    CHECK("no first response", fake.after.first_response_at == CLOCK_NONE);
    CHECK_INT("updatedAt", fake.after.updated_at, NOW);
    CHECK_INT("before as read", fake.before.version, 3);
    char want[512], detail[128];
    snprintf(detail, sizeof detail, "{\"comment\":\"%s\",\"internal\":false}", fake.comment.id);
    CHECK_STR("detail", text(fake.updated.detail), detail);
    snprintf(want, sizeof want,
             "{\"success\":true,\"ticketNumber\":\"1408\",\"action\":\"ADD_COMMENT\",\"result\":{\"comment\":{\"id\":"
             "\"%s\",\"content\":\"[Via Omnichannel] hello\",\"author\":\"Customer\",\"timestamp\":"
             "\"1970-01-01T00:33:20Z\"}},\"message\":\"Ticket updated successfully\"}",
             fake.comment.id);
    CHECK_STR("answer", bench.out.p, want);
    CHECK_INT("one event", fake.updated.n_jobs, 1);
    CHECK_INT("its type", fake.jobs[0].event, TICKET_EVENT_COMMENT_ADDED);
    snprintf(want, sizeof want,
             "{\"event\":\"COMMENT_ADDED\",\"ticketNumber\":\"1408\",\"channelReferenceId\":\"WA-1\",\"timestamp\":"
             "\"1970-01-01T00:33:20Z\",\"data\":{\"comment\":{\"id\":\"%s\",\"content\":\"[Via Omnichannel] hello\","
             "\"author\":\"Customer\",\"timestamp\":\"1970-01-01T00:33:20Z\",\"isFromSupport\":false}}}",
             fake.comment.id);
    CHECK_STR("its body", text(fake.jobs[0].head), want);
    CHECK_STR("whole in head", text(fake.jobs[0].tail), "");
    CHECK_INT("sequence", fake.after.hook_seq, 2);
}

static void test_desk_comment(void)
{
    static const struct {
        const char *row, *json, *author;
        bool internal, first;
        unsigned n_jobs;
    } rows[] = {
        {"public", COMMENT, "Support Agent", false, true, 1},
        {"named", "{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\",\"author\":\"Jane\"}", "Jane", false, true, 1},
        {"note", "{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\",\"internal\":true}", "Support Agent", true, false,
         0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        desk_as_agent();
        CHECK_INT(rows[i].row, desk_patch(rows[i].json), STATUS_OK);
        CHECK_STR(rows[i].row, text(fake.comment.content), "hello");
        CHECK_STR(rows[i].row, text(fake.comment.author), rows[i].author);
        CHECK(rows[i].row, fake.comment.from_support);
        CHECK_INT(rows[i].row, fake.comment.internal, rows[i].internal);
        CHECK_INT(rows[i].row, fake.after.first_response_at, rows[i].first ? NOW : CLOCK_NONE);
        CHECK_INT(rows[i].row, fake.after.has_last_comment, rows[i].first);
        CHECK_INT(rows[i].row, fake.after.n_comments, 2);
        CHECK_INT(rows[i].row, fake.updated.n_jobs, rows[i].n_jobs);
        CHECK_INT(rows[i].row, fake.partner_id, 0);
        CHECK_INT(rows[i].row, fake.key_partner, 1);
    }
}

static void test_first_response_stays(void)
{
    desk_again();
    desk_as_agent();
    fake.ticket.first_response_at = 1500 * CLOCK_SECOND;
    CHECK_INT("ok", desk_patch(COMMENT), STATUS_OK);
    CHECK_INT("the first", fake.after.first_response_at, 1500 * CLOCK_SECOND);
}

static void test_attachments(void)
{
    desk_again();
    CHECK_INT("ok", desk_patch(ATTACH), STATUS_OK);
    CHECK_INT("one", fake.updated.n_attachments, 1);
    CHECK_INT("counted", fake.after.n_attachments, 2);
    CHECK_STR("name", text(fake.uploads[0].filename), "a.pdf");
    CHECK_INT("at", fake.uploads[0].at, NOW);
    CHECK_INT("id", strlen(fake.uploads[0].id), 25);
    CHECK_STR("kind", text(fake.updated.kind), "ATTACHMENT");
    CHECK_STR("detail", text(fake.updated.detail), "{\"attachments\":1}");
    CHECK_INT("no event", fake.updated.n_jobs, 0);
    CHECK("no comment", !fake.has_comment);
    CHECK_STR("answer", bench.out.p,
              "{\"success\":true,\"ticketNumber\":\"1408\",\"action\":\"ADD_ATTACHMENT\",\"result\":{\"attachments\":"
              "[{\"filename\":\"a.pdf\",\"size\":9}]},\"message\":\"Ticket updated successfully\"}");
}

static void test_assign(void)
{
    static const struct {
        const char *json, *assignee, *detail, *result;
    } rows[] = {
        {"{\"action\":\"ASSIGN\",\"assignee\":\"Jane \\\"T\\\"\"}", "Jane \"T\"", "{\"assignee\":\"Jane \\\"T\\\"\"}",
         "\"result\":{\"assignee\":\"Jane \\\"T\\\"\"}"},
        {"{\"action\":\"ASSIGN\",\"assignee\":null}", "(absent)", "{\"assignee\":null}",
         "\"result\":{\"assignee\":null}"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        desk_as_agent();
        fake.ticket.assignee = SV("Bob");
        CHECK_INT(rows[i].json, desk_patch(rows[i].json), STATUS_OK);
        CHECK_STR(rows[i].json, text(fake.after.assignee), rows[i].assignee);
        CHECK_STR(rows[i].json, text(fake.updated.detail), rows[i].detail);
        CHECK_STR(rows[i].json, text(fake.updated.kind), "ASSIGN");
        CHECK(rows[i].json, strstr(bench.out.p, rows[i].result) != NULL);
        CHECK_INT(rows[i].json, fake.updated.n_jobs, 0);
        CHECK_INT(rows[i].json, fake.after.status, TICKET_OPEN);
        CHECK_INT(rows[i].json, fake.after.updated_at, NOW);
    }
}

/* CONTRACT §1: replay → missing → same status → closed → fields. */
static void test_order(void)
{
    static const char bad[] = "{\"action\":\"ADD_COMMENT\"}";
    static const struct {
        const char *row, *json;
        bool replay, same;
        enum status read;
        enum ticket_status status;
        enum status want;
        const char *log;
    } rows[] = {
        {"replay outranks all", bad, 1, 1, STATUS_NOT_FOUND, TICKET_CLOSED, STATUS_OK, "G+"},
        {"other body outranks all", bad, 1, 0, STATUS_NOT_FOUND, TICKET_CLOSED, STATUS_EXISTS, "G+"},
        {"replay of a closed one's", COMMENT, 1, 1, STATUS_OK, TICKET_CANCELLED, STATUS_OK, "G+"},
        {"missing outranks fields", bad, 0, 0, STATUS_NOT_FOUND, TICKET_CLOSED, STATUS_NOT_FOUND, "G+"},
        {"same outranks closed", CANCEL, 0, 0, STATUS_OK, TICKET_CANCELLED, STATUS_OK, "G+U+"},
        {"closed outranks fields", bad, 0, 0, STATUS_OK, TICKET_RESOLVED, STATUS_CLOSED, "G+"},
        {"fields", bad, 0, 0, STATUS_OK, TICKET_OPEN, STATUS_INVALID, "G+"},
        {"all well", COMMENT, 0, 0, STATUS_OK, TICKET_OPEN, STATUS_OK, "G+U+"},
        {"down", COMMENT, 0, 0, STATUS_UNAVAILABLE, TICKET_OPEN, STATUS_UNAVAILABLE, "G-"},
        {"down outranks fields", bad, 0, 0, STATUS_UNAVAILABLE, TICKET_OPEN, STATUS_UNAVAILABLE, "G-"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        bench.call.key = SV("K-1");
        fake.replay = (struct store_replay){rows[i].replay, rows[i].same, SV("{\"first\":1}")};
        fake.for_update = rows[i].read;
        fake.ticket.status = rows[i].status;
        CHECK_INT(rows[i].row, desk_patch(rows[i].json), rows[i].want);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK_INT(rows[i].row, bench.replayed, rows[i].replay && rows[i].same);
        CHECK_STR(rows[i].row, text(fake.key), "K-1");
        if (bench.replayed)
            CHECK_STR(rows[i].row, bench.out.p, "{\"first\":1}");
        if (rows[i].want == STATUS_UNAVAILABLE)
            CHECK_STR(rows[i].row, bench.err.text, "statement: code 2006");
        if (rows[i].want == STATUS_INVALID)
            CHECK_STR(rows[i].row, bench.err.text, "Invalid update data");
    }
}

/* The answer is kept under the key, in the same transaction. */
static void test_key(void)
{
    desk_again();
    bench.call.key = SV("K-1");
    CHECK_INT("ok", desk_patch(COMMENT), STATUS_OK);
    CHECK_STR("key", text(fake.updated.key), "K-1");
    CHECK_INT("whose", fake.updated.key_partner, 7);
    CHECK("hash", memcmp(fake.updated.body_hash, bench.call.body_hash, CRYPTO_SHA256_SIZE) == 0);
    CHECK_STR("answer", text(fake.updated.answer), bench.out.p);
    desk_again();
    CHECK_INT("ok", desk_patch(COMMENT), STATUS_OK);
    CHECK("none", !fake.updated.key.p);
}

/* The status it already has. */
static void test_same(void)
{
    static const char with_comment[] =
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\",\"comment\":\"still so\"}";
    static const struct {
        const char *row, *json;
        bool agent, key;
        const char *log, *kind;
    } rows[] = {
        {"nothing", CANCEL, false, false, "G+", NULL},
        {"kept", CANCEL, false, true, "G+U+", "SAME"},
        {"a partner's comment is no field", with_comment, false, false, "G+", NULL},
        {"the desk's nothing", CANCEL, true, false, "G+", NULL},
        {"the desk's comment", with_comment, true, false, "G+U+", "COMMENT"},
        {"the desk's, kept", with_comment, true, true, "G+U+", "COMMENT"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        if (rows[i].agent)
            desk_as_agent();
        bench.call.key = rows[i].key ? SV("K") : SV_NONE;
        fake.ticket.status = TICKET_CANCELLED;
        fake.ticket.closed_at = 1900 * CLOCK_SECOND;
        CHECK_INT(rows[i].row, desk_patch(rows[i].json), STATUS_OK);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK(rows[i].row, strstr(bench.out.p, "\"result\":{\"status\":\"CANCELLED\"}") != NULL);
        if (!rows[i].kind)
            continue;
        bool commented = strcmp(rows[i].kind, "COMMENT") == 0;
        CHECK_STR(rows[i].row, text(fake.updated.kind), rows[i].kind);
        CHECK_INT(rows[i].row, fake.has_comment, commented);
        CHECK_INT(rows[i].row, fake.updated.n_jobs, commented); /* a public comment like any: COMMENT_ADDED */
        CHECK_INT(rows[i].row, fake.after.hook_seq, commented ? 2 : 1);
        CHECK_INT(rows[i].row, fake.after.status, TICKET_CANCELLED);
        CHECK_INT(rows[i].row, fake.after.closed_at, 1900 * CLOCK_SECOND);
        CHECK_INT(rows[i].row, fake.after.updated_at, commented ? NOW : 1000 * CLOCK_SECOND);
        CHECK_INT(rows[i].row, fake.after.first_response_at, commented ? NOW : CLOCK_NONE);
        CHECK_INT(rows[i].row, fake.after.n_comments, commented ? 2 : 1);
    }
}

/* Another's change in between: read again, decide anew, under the same ids. */
static void test_conflicts(void)
{
    desk_again();
    desk_patch(COMMENT);
    for (unsigned n = 1; n <= 3; n++) {
        desk_again();
        for (unsigned i = 0; i < n; i++)
            fake.update[i] = STATUS_CONFLICT;
        CHECK_INT("in the end", desk_patch(COMMENT), STATUS_OK);
        CHECK_INT("tries", fake.n_updates, n + 1);
        CHECK_STR("one event", fake.event_ids[0], fake.event_ids[n]);
        CHECK_INT("counted once", fake.after.n_comments, 2);
        CHECK_INT("one job", fake.updated.n_jobs, 1);
        CHECK_INT("one sequence", fake.after.hook_seq, 2);
        CHECK("one answer", bench.out.p[0] == '{' && strstr(bench.out.p + 1, "{\"success\"") == NULL);
    }
    desk_again();
    for (unsigned i = 0; i < FAKE_CALLS; i++)
        fake.update[i] = STATUS_CONFLICT;
    CHECK_INT("not for ever", desk_patch(COMMENT), STATUS_UNAVAILABLE);
    CHECK_INT("bounded", fake.n_updates, DESK_UPDATE_TRIES);
    CHECK("the database is not to blame", strchr(fake.log, '-') == NULL);
    CHECK_STR("says why", bench.err.text, "version conflict 20 times in a row");
}

static void test_store_fails(void)
{
    static const enum status rows[] = {STATUS_UNAVAILABLE, STATUS_UNCERTAIN, STATUS_CONFIG, STATUS_INTERNAL,
                                       STATUS_NO_MEMORY};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        fake.update[0] = rows[i];
        CHECK_INT("as the store says", desk_patch(COMMENT), rows[i]);
        CHECK_STR("and why", bench.err.text, "statement: code 2006");
    }
    desk_again();
    struct ticket_change none = {0};
    CHECK_INT("not read", desk_update(bench.desk, &bench.call, 1, &none, STATUS_NO_MEMORY, &bench.out, &bench.replayed),
              STATUS_NO_MEMORY);
    CHECK_STR("nothing asked", fake.log, "");
}

/* updatedAt moves even when another host's clock is ahead. */
static void test_clock_behind(void)
{
    desk_again();
    fake.ticket.updated_at = NOW + 5;
    CHECK_INT("ok", desk_patch(CANCEL), STATUS_OK);
    CHECK_INT("moves", fake.after.updated_at, NOW + 6);
    CHECK_INT("with it", fake.after.closed_at, NOW + 6);
    desk_again();
    fake.ticket.updated_at = NOW;
    CHECK_INT("ok", desk_patch(CANCEL), STATUS_OK);
    CHECK_INT("the same instant", fake.after.updated_at, NOW + 1);
}

/* Where an event goes. */
static void test_target(void)
{
    static const struct {
        const char *row;
        bool agent;
        const char *own, *callers, *partners, *want;
        enum status partner, end;
        const char *log;
    } rows[] = {
        {"the ticket's", 0, "https://t.example/", "https://c.example/", NULL, "https://t.example/", 0, 0, "G+U+"},
        {"the partner's default", 0, NULL, "https://c.example/", NULL, "https://c.example/", 0, 0, "G+U+"},
        {"none", 0, NULL, NULL, NULL, NULL, 0, 0, "G+U+"},
        {"desk: the ticket's", 1, "https://t.example/", NULL, "https://p.example/", "https://t.example/", 0, 0, "G+U+"},
        {"desk: its partner's", 1, NULL, "https://c.example/", "https://p.example/", "https://p.example/", 0, 0,
         "G+W+U+"},
        {"desk: none", 1, NULL, "https://c.example/", NULL, NULL, 0, 0, "G+W+U+"},
        {"desk: no partner", 1, NULL, NULL, NULL, NULL, STATUS_NOT_FOUND, 0, "G+W+U+"},
        {"desk: down", 1, NULL, NULL, NULL, NULL, STATUS_UNAVAILABLE, STATUS_UNAVAILABLE, "G+W-"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        if (rows[i].agent)
            desk_as_agent();
        fake.ticket.webhook_url = sv_from(rows[i].own);
        bench.call.actor.webhook_url = sv_from(rows[i].callers);
        fake.partner_url = sv_from(rows[i].partners);
        fake.partner = rows[i].partner;
        CHECK_INT(rows[i].row, desk_patch(COMMENT), rows[i].end);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK_INT(rows[i].row, fake.updated.n_jobs, rows[i].want != NULL);
        if (rows[i].want)
            CHECK_STR(rows[i].row, text(fake.jobs[0].url), rows[i].want);
        if (strchr(rows[i].log, 'W'))
            CHECK_STR(rows[i].row, fake.partner_asked, "PARTNER001");
    }
}

void init_update_tests(void)
{
    static const struct suite_test tests[] = {
        {"a partner's comment", test_partner_comment},
        {"the desk's comments", test_desk_comment},
        {"first response", test_first_response_stays},
        {"attachments", test_attachments},
        {"assign", test_assign},
        {"order of judgement", test_order},
        {"Idempotency-Key", test_key},
        {"same status", test_same},
        {"conflicts", test_conflicts},
        {"the store fails", test_store_fails},
        {"a clock behind", test_clock_behind},
        {"webhook target", test_target},
    };
    suite_add("update", desk_up, desk_down, tests, SUITE_N(tests));
}
