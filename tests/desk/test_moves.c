#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

#define THEN (1500 * CLOCK_SECOND)

/* CONTRACT §7: every move the desk may make, and what it sets; §8: its events.
 * Times: '-' not set, '=' as before, '+' now. */
static const struct {
    enum ticket_status from, to;
    char resolved, closed;
    unsigned n_jobs;
    enum ticket_event_type second;
} moves[] = {
    {TICKET_OPEN, TICKET_IN_PROGRESS, '-', '-', 1, TICKET_EVENT__MAX},
    {TICKET_OPEN, TICKET_PENDING, '-', '-', 1, TICKET_EVENT__MAX},
    {TICKET_OPEN, TICKET_RESOLVED, '+', '-', 2, TICKET_EVENT_RESOLVED},
    {TICKET_OPEN, TICKET_CANCELLED, '-', '+', 1, TICKET_EVENT__MAX},
    {TICKET_IN_PROGRESS, TICKET_PENDING, '-', '-', 1, TICKET_EVENT__MAX},
    {TICKET_IN_PROGRESS, TICKET_RESOLVED, '+', '-', 2, TICKET_EVENT_RESOLVED},
    {TICKET_IN_PROGRESS, TICKET_CANCELLED, '-', '+', 1, TICKET_EVENT__MAX},
    {TICKET_PENDING, TICKET_IN_PROGRESS, '-', '-', 1, TICKET_EVENT__MAX},
    {TICKET_PENDING, TICKET_RESOLVED, '+', '-', 2, TICKET_EVENT_RESOLVED},
    {TICKET_PENDING, TICKET_CANCELLED, '-', '+', 1, TICKET_EVENT__MAX},
    {TICKET_RESOLVED, TICKET_CLOSED, '=', '+', 2, TICKET_EVENT_CLOSED},
    {TICKET_RESOLVED, TICKET_IN_PROGRESS, '-', '-', 1, TICKET_EVENT__MAX},
};

static int64_t meant(char c)
{
    return c == '+' ? NOW : c == '=' ? THEN : CLOCK_NONE;
}

static void set_from(enum ticket_status from)
{
    fake.ticket.status = from;
    fake.ticket.resolved_at = from == TICKET_RESOLVED || from == TICKET_CLOSED ? THEN : CLOCK_NONE;
    fake.ticket.closed_at = from == TICKET_CLOSED || from == TICKET_CANCELLED ? THEN : CLOCK_NONE;
}

static enum status move(enum ticket_status to, const char *comment)
{
    char json[256];
    snprintf(json, sizeof json, "{\"action\":\"UPDATE_STATUS\",\"status\":\"%s\"%s%s%s}", ticket_status_name(to),
             comment ? ",\"comment\":\"" : "", comment ? comment : "", comment ? "\"" : "");
    return desk_patch(json);
}

static void check_job(const char *row, unsigned i, enum ticket_event_type event, enum ticket_status from,
                      enum ticket_status to, const char *comment)
{
    char want[512];
    CHECK_INT(row, fake.jobs[i].event, event);
    snprintf(want, sizeof want,
             "{\"event\":\"%s\",\"ticketNumber\":\"1408\",\"channelReferenceId\":\"WA-1\",\"timestamp\":"
             "\"1970-01-01T00:33:20Z\",\"data\":{\"oldStatus\":\"%s\",\"newStatus\":\"%s\",\"comment\":%s%s%s}}",
             ticket_event_name(event), ticket_status_name(from), ticket_status_name(to), comment ? "\"" : "",
             comment ? comment : "null", comment ? "\"" : "");
    CHECK_STR(row, text(fake.jobs[i].head), want);
}

static void test_moves(void)
{
    for (unsigned i = 0; i < SUITE_N(moves); i++) {
        char row[64];
        snprintf(row, sizeof row, "%s to %s", ticket_status_name(moves[i].from), ticket_status_name(moves[i].to));
        desk_again();
        desk_as_agent();
        set_from(moves[i].from);
        CHECK_INT(row, move(moves[i].to, NULL), STATUS_OK);
        CHECK_INT(row, fake.after.status, moves[i].to);
        CHECK_INT(row, fake.after.resolved_at, meant(moves[i].resolved));
        CHECK_INT(row, fake.after.closed_at, meant(moves[i].closed));
        CHECK_INT(row, fake.after.updated_at, NOW);
        CHECK(row, !fake.has_comment && fake.after.first_response_at == CLOCK_NONE);
        CHECK_STR(row, text(fake.updated.kind), "STATUS");
        CHECK_INT(row, fake.updated.n_jobs, moves[i].n_jobs);
        CHECK_INT(row, fake.after.hook_seq, 1 + moves[i].n_jobs);
        check_job(row, 0, TICKET_EVENT_STATUS_CHANGED, moves[i].from, moves[i].to, NULL);
        if (moves[i].n_jobs == 2) {
            check_job(row, 1, moves[i].second, moves[i].from, moves[i].to, NULL);
            CHECK(row, strcmp(fake.jobs[0].id, fake.jobs[1].id) != 0);
            CHECK(row, fake.jobs[0].receiver == fake.jobs[1].receiver);
        }
    }
}

/* Every other pair is refused, and writes nothing. */
static void test_refused(void)
{
    for (unsigned from = 0; from < TICKET_STATUS__MAX; from++)
        for (unsigned to = 0; to < TICKET_STATUS__MAX; to++) {
            bool is_move = from == to;
            for (unsigned i = 0; i < SUITE_N(moves); i++)
                is_move |= moves[i].from == from && moves[i].to == to;
            if (is_move)
                continue;
            char row[64];
            snprintf(row, sizeof row, "%s to %s", ticket_status_name(from), ticket_status_name(to));
            desk_again();
            desk_as_agent();
            set_from(from);
            CHECK_INT(row, move(to, NULL), STATUS_INVALID);
            CHECK(row, err_field_text(&bench.err, "status") != NULL);
            CHECK_STR(row, fake.log, "G+");
        }
}

static void test_comment(void)
{
    desk_again();
    desk_as_agent();
    CHECK_INT("ok", move(TICKET_RESOLVED, "done"), STATUS_OK);
    CHECK("written", fake.has_comment);
    CHECK_STR("as sent", text(fake.comment.content), "done");
    CHECK_STR("author", text(fake.comment.author), "Support Agent");
    CHECK("public, support's", fake.comment.from_support && !fake.comment.internal);
    CHECK_INT("is the first response", fake.after.first_response_at, NOW);
    CHECK_INT("no COMMENT_ADDED", fake.updated.n_jobs, 2);
    check_job("first", 0, TICKET_EVENT_STATUS_CHANGED, TICKET_OPEN, TICKET_RESOLVED, "done");
    check_job("second", 1, TICKET_EVENT_RESOLVED, TICKET_OPEN, TICKET_RESOLVED, "done");
    char want[160];
    snprintf(want, sizeof want, "{\"from\":\"OPEN\",\"to\":\"RESOLVED\",\"comment\":\"%s\",\"internal\":false}",
             fake.comment.id);
    CHECK_STR("detail", text(fake.updated.detail), want);
}

/* System and status comments count but never block a status change. */
static void test_full(void)
{
    desk_again();
    desk_as_agent();
    fake.ticket.n_comments = TICKET_COMMENTS_PER_TICKET;
    CHECK_INT("moves", move(TICKET_PENDING, "one more"), STATUS_OK);
    CHECK_INT("counted", fake.after.n_comments, TICKET_COMMENTS_PER_TICKET + 1);
    CHECK_INT("no more comments", desk_patch("{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}"), STATUS_INVALID);
}

/* Partners: PENDING and CANCELLED only; their `comment` is no field. */
static void test_partner(void)
{
    desk_again();
    CHECK_INT("cancel", move(TICKET_CANCELLED, "why"), STATUS_OK);
    CHECK("no comment", !fake.has_comment);
    CHECK_INT("closed", fake.after.closed_at, NOW);
    CHECK_INT("one event", fake.updated.n_jobs, 1);
    check_job("event", 0, TICKET_EVENT_STATUS_CHANGED, TICKET_OPEN, TICKET_CANCELLED, NULL);
    CHECK_STR("answer", bench.out.p,
              "{\"success\":true,\"ticketNumber\":\"1408\",\"action\":\"UPDATE_STATUS\",\"result\":{\"status\":"
              "\"CANCELLED\"},\"message\":\"Ticket updated successfully\"}");
    CHECK_STR("detail", text(fake.updated.detail), "{\"from\":\"OPEN\",\"to\":\"CANCELLED\"}");
    desk_again();
    CHECK_INT("resolve", move(TICKET_RESOLVED, NULL), STATUS_INVALID);
    desk_again();
    set_from(TICKET_RESOLVED);
    CHECK_INT("resolve again", move(TICKET_RESOLVED, NULL), STATUS_CLOSED);
}

void init_moves_tests(void)
{
    static const struct suite_test tests[] = {
        {"moves", test_moves},        {"refused moves", test_refused}, {"with a comment", test_comment},
        {"a full ticket", test_full}, {"partners", test_partner},
    };
    suite_add("moves", desk_up, desk_down, tests, SUITE_N(tests));
}
