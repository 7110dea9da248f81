#include <stdio.h>
#include <string.h>

#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

static void test_details(void)
{
    struct ticket_details d;
    desk_again();
    CHECK_INT("ok", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_OK);
    CHECK_INT("own", fake.partner_id, 7);
    CHECK_INT("number", fake.asked_number, 1408);
    CHECK("no notes", !fake.internal);
    CHECK_INT("budget", fake.begun_us, MONO);
    desk_as_agent();
    CHECK_INT("agent", desk_details(bench.desk, &bench.call, 5, &d), STATUS_OK);
    CHECK_INT("any partner's", fake.partner_id, 0);
    CHECK("with notes", fake.internal);
    fake.details = STATUS_NOT_FOUND;
    CHECK_INT("none", desk_details(bench.desk, &bench.call, 5, &d), STATUS_NOT_FOUND);
}

/* Partners' details come without the branch's name: the worker knows the branches. */
static void test_branch(void)
{
    struct ticket_details d;
    desk_again();
    fake.branch_name = SV("Main Street");
    CHECK_INT("none", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_OK);
    CHECK("none", !d.ticket.branch_name.p);
    CHECK_STR("not asked for", fake.log, "D+");
    fake.ticket.branch_code = SV("001");
    CHECK_INT("known", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_OK);
    CHECK("its name", sv_is(d.ticket.branch_name, "Main Street"));
    fake.ticket.branch_code = SV("00");
    CHECK_INT("unknown", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_OK);
    CHECK("no name", !d.ticket.branch_name.p);
    CHECK_STR("read once", fake.log, "D+D+B+D+");
    fake.ticket.branch_code = SV("001");
    fake.branch_name = SV("Harbour");
    fake.generation++;
    CHECK_INT("renamed", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_OK);
    CHECK("its new name", sv_is(d.ticket.branch_name, "Harbour"));
    fake.branch_list = STATUS_UNAVAILABLE;
    fake.generation++;
    CHECK_INT("away", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_UNAVAILABLE);
    desk_as_agent();
    CHECK_INT("the desk's come whole", desk_details(bench.desk, &bench.call, 1408, &d), STATUS_OK);
}

static struct desk_question by_number(const char *v)
{
    return (struct desk_question){false, sv_from(v)};
}

static struct desk_question by_reference(const char *v)
{
    return (struct desk_question){true, sv_from(v)};
}

/* Even numbers and references with W exist. */
static void test_status(void)
{
    desk_again();
    struct desk_question q[] = {by_number("2"),       by_reference("W1"), by_number("3"),       by_number("02"),
                                by_reference("none"), by_number("2"),     by_reference("1408"), by_number("W1")};
    static const bool want[] = {true, true, false, false, false, true, false, false};
    struct ticket_asked asked[SUITE_N(q)];
    CHECK_INT("ok", desk_status(bench.desk, &bench.call, q, SUITE_N(q), asked), STATUS_OK);
    for (unsigned i = 0; i < SUITE_N(q); i++) {
        CHECK_STR("as asked", text(asked[i].as_asked), text(q[i].value));
        CHECK_INT(text(q[i].value), asked[i].ticket != NULL, want[i]);
    }
    CHECK_INT("its ticket", asked[0].ticket ? asked[0].ticket->number : 0, 2);
    CHECK_STR("its reference", asked[1].ticket ? text(asked[1].ticket->channel_reference_id) : "", "W1");
    CHECK_STR("two round trips", fake.log, "N+F+");
    CHECK_INT("only what can be", fake.n_numbers, 3);
    CHECK_INT("all references", fake.n_references, 3);
}

static void test_status_kinds(void)
{
    char long_ref[TICKET_ID_MAX + 2];
    memset(long_ref, 'W', sizeof long_ref);
    long_ref[TICKET_ID_MAX + 1] = '\0';
    struct ticket_asked asked;
    const struct {
        const char *row;
        struct desk_question q;
        const char *log;
        bool found;
    } rows[] = {
        {"number", by_number("1408"), "N+", true},
        {"not a number", by_number("abc"), "", false},
        {"leading zero", by_number("01408"), "", false},
        {"negative", by_number("-2"), "", false},
        {"past 2^63-1", by_number("9223372036854775808"), "", false},
        {"reference", by_reference("W"), "F+", true},
        {"as long as can be", by_reference(long_ref + 1), "F+", true},
        {"too long", by_reference(long_ref), "", false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        CHECK_INT(rows[i].row, desk_status(bench.desk, &bench.call, &rows[i].q, 1, &asked), STATUS_OK);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK_INT(rows[i].row, asked.ticket != NULL, rows[i].found);
    }
}

static void test_status_bounds(void)
{
    struct desk_question q[STORE_ASK_MAX + 1];
    struct ticket_asked asked[STORE_ASK_MAX + 1];
    desk_again();
    for (unsigned i = 0; i <= STORE_ASK_MAX; i++)
        q[i] = by_number("2");
    CHECK_INT("100", desk_status(bench.desk, &bench.call, q, STORE_ASK_MAX, asked), STATUS_OK);
    CHECK_INT("all asked", fake.n_numbers, STORE_ASK_MAX);
    CHECK_INT("101", desk_status(bench.desk, &bench.call, q, STORE_ASK_MAX + 1, asked), STATUS_TOO_LARGE);
    desk_again();
    q[1] = by_reference("W");
    fake.statuses = STATUS_UNAVAILABLE;
    CHECK_INT("numbers fail", desk_status(bench.desk, &bench.call, q, 2, asked), STATUS_UNAVAILABLE);
    CHECK_STR("then no more", fake.log, "N-");
    desk_again();
    fake.references = STATUS_UNAVAILABLE;
    CHECK_INT("references fail", desk_status(bench.desk, &bench.call, q, 2, asked), STATUS_UNAVAILABLE);
}

static void test_list(void)
{
    static const struct {
        const char *row;
        size_t n;
        bool more;
        uint64_t next;
    } rows[] = {{"empty", 0, false, 0}, {"all", 3, false, 0}, {"more", 3, true, 1998}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct store_list q = {.limit = 3, .assignee = SV("Jane")};
        struct ticket *tickets;
        size_t n;
        uint64_t next;
        desk_again();
        desk_as_agent();
        fake.n_list = rows[i].n;
        fake.more = rows[i].more;
        CHECK_INT(rows[i].row, desk_list(bench.desk, &bench.call, &q, &tickets, &n, &next), STATUS_OK);
        CHECK_INT(rows[i].row, n, rows[i].n);
        CHECK_INT(rows[i].row, next, rows[i].next);
        CHECK_STR(rows[i].row, text(fake.list_asked.assignee), "Jane");
        fake.list = STATUS_UNAVAILABLE;
        CHECK_INT(rows[i].row, desk_list(bench.desk, &bench.call, &q, &tickets, &n, &next), STATUS_UNAVAILABLE);
    }
}

static void test_attachment(void)
{
    static const struct {
        const char *row, *id;
        uint64_t number; /*!< even ones exist */
        enum status find, statuses, want;
        const char *text, *log;
    } rows[] = {
        {"there", "cbbbbbbbbbbbbbbbbbbbbbbbb", 2, STATUS_OK, STATUS_OK, STATUS_OK, "", "A+"},
        {"not there", "cbbbbbbbbbbbbbbbbbbbbbbbb", 2, STATUS_NOT_FOUND, STATUS_OK, STATUS_NOT_FOUND,
         "Attachment not found", "A+N+"},
        {"no ticket", "cbbbbbbbbbbbbbbbbbbbbbbbb", 3, STATUS_NOT_FOUND, STATUS_OK, STATUS_NOT_FOUND, "Ticket not found",
         "A+N+"},
        {"no id", "x", 2, STATUS_OK, STATUS_OK, STATUS_NOT_FOUND, "Attachment not found", "N+"},
        {"no id, no ticket", "Cbbbbbbbbbbbbbbbbbbbbbbbb", 3, STATUS_OK, STATUS_OK, STATUS_NOT_FOUND, "Ticket not found",
         "N+"},
        {"down", "cbbbbbbbbbbbbbbbbbbbbbbbb", 2, STATUS_UNAVAILABLE, STATUS_OK, STATUS_UNAVAILABLE,
         "statement: code 2006", "A-"},
        {"down then", "x", 2, STATUS_OK, STATUS_UNAVAILABLE, STATUS_UNAVAILABLE, "statement: code 2006", "N-"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct ticket_attachment t;
        desk_again();
        fake.attachment = rows[i].find;
        fake.statuses = rows[i].statuses;
        CHECK_INT(rows[i].row, desk_attachment(bench.desk, &bench.call, rows[i].number, sv_from(rows[i].id), &t),
                  rows[i].want);
        CHECK_STR(rows[i].row, bench.err.text, rows[i].text);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK_INT(rows[i].row, fake.partner_id, 7);
    }
}

struct sunk {
    char got[16];
    size_t n;
    size_t stop_at;
};

static enum status sink(void *ctx, const void *p, size_t n)
{
    struct sunk *s = ctx;
    if (s->n == s->stop_at)
        return STATUS_IO;
    memcpy(s->got + s->n, p, n);
    s->n += n;
    return STATUS_OK;
}

static void test_send(void)
{
    static const struct {
        const char *row;
        unsigned n_chunks;
        enum status chunk; /*!< of the last one */
        size_t stop_at;
        enum status want;
        const char *got, *log;
    } rows[] = {
        {"empty", 0, STATUS_OK, 9, STATUS_OK, "", "C+"},
        {"three", 3, STATUS_OK, 9, STATUS_OK, "abc", "C+C+C+C+"},
        {"client leaves", 3, STATUS_OK, 1, STATUS_IO, "a", "C+C+"},
        {"database leaves", 3, STATUS_UNAVAILABLE, 9, STATUS_UNAVAILABLE, "ab", "C+C+C-"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct sunk s = {.stop_at = rows[i].stop_at};
        desk_again();
        fake.n_chunks = rows[i].n_chunks;
        fake.chunk = rows[i].chunk;
        CHECK_INT(rows[i].row, desk_attachment_send(bench.desk, "cbbbbbbbbbbbbbbbbbbbbbbbb", sink, &s), rows[i].want);
        CHECK_STR(rows[i].row, s.got, rows[i].got);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
    }
}

void init_read_tests(void)
{
    static const struct suite_test tests[] = {
        {"details", test_details},
        {"branch", test_branch},
        {"status", test_status},
        {"status kinds", test_status_kinds},
        {"status bounds", test_status_bounds},
        {"list", test_list},
        {"attachment", test_attachment},
        {"attachment bytes", test_send},
    };
    suite_add("read", desk_up, desk_down, tests, SUITE_N(tests));
}
