#include <string.h>

#include "base/clock.h"
#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

static enum status post(void)
{
    struct ticket_draft f = desk_draft();
    return desk_post(&f, "r", STATUS_OK);
}

static enum status patch(void)
{
    return desk_patch("{\"action\":\"ADD_COMMENT\",\"comment\":\"x\"}");
}

static enum status details(void)
{
    struct ticket_details d;
    return desk_details(bench.desk, &bench.call, 1408, &d);
}

static enum status status(void)
{
    struct desk_question q = {true, SV("W")};
    struct ticket_asked asked;
    return desk_status(bench.desk, &bench.call, &q, 1, &asked);
}

static enum status list(void)
{
    struct store_list q = {.limit = 1};
    struct ticket *t;
    size_t n;
    uint64_t next;
    return desk_list(bench.desk, &bench.call, &q, &t, &n, &next);
}

static enum status attachment(void)
{
    struct ticket_attachment t;
    return desk_attachment(bench.desk, &bench.call, 2, SV("cbbbbbbbbbbbbbbbbbbbbbbbb"), &t);
}

static enum status health(void)
{
    return desk_health(bench.desk, MONO, &bench.err);
}

static const struct {
    const char *name;
    enum status (*run)(void);
} cases[] = {
    {"open", post}, {"update", patch},          {"details", details}, {"status", status},
    {"list", list}, {"attachment", attachment}, {"health", health},
};

static void test_open(void)
{
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        desk_again();
        fake.is_open = true;
        CHECK_INT(cases[i].name, cases[i].run(), STATUS_UNAVAILABLE);
        CHECK_STR(cases[i].name, fake.log, "");
        CHECK_STR(cases[i].name, bench.err.text, "database breaker is open");
    }
}

static void fail_all(enum status s)
{
    fake.service_list = fake.open = fake.details = fake.statuses = fake.references = fake.list = fake.for_update =
        fake.attachment = fake.ping = s;
}

/* How a store call ended decides what the breaker is told. */
static void test_told(void)
{
    static const struct {
        enum status s;
        char mark; /*!< '+' fine, '-' failed, ' ' nothing */
    } rows[] = {
        {STATUS_UNAVAILABLE, '-'}, {STATUS_UNCERTAIN, '-'}, {STATUS_CONFIG, ' '},
        {STATUS_INTERNAL, ' '},    {STATUS_NO_MEMORY, ' '},
    };
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        desk_again();
        CHECK_INT(cases[i].name, cases[i].run(), STATUS_OK);
        CHECK(cases[i].name, strchr(fake.log, '+') && !strchr(fake.log, '-'));
        CHECK_INT(cases[i].name, fake.begun_us, MONO);
        for (unsigned k = 0; k < SUITE_N(rows); k++) {
            desk_again();
            fail_all(rows[k].s);
            int64_t before = clock_mono_us();
            CHECK_INT(cases[i].name, cases[i].run(), rows[k].s);
            CHECK_INT(cases[i].name, strlen(fake.log), rows[k].mark == ' ' ? 1 : 2);
            CHECK_INT(cases[i].name, fake.log[1], rows[k].mark == ' ' ? '\0' : rows[k].mark);
            CHECK_INT(cases[i].name, fake.failed_us >= before, rows[k].mark == '-');
        }
    }
}

/* Refused before the database is asked. */
static void test_bad_draft(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    fake.is_open = true;
    CHECK_INT("bad, no key", desk_post(&f, NULL, STATUS_INVALID), STATUS_INVALID);
    err_field(&bench.err, "customer.name", "Name is required");
    CHECK_INT("bad, with a key", desk_post(&f, "r", STATUS_INVALID), STATUS_UNAVAILABLE);
    CHECK_STR("says why", bench.err.text, "database breaker is open");
}

/* A statement that was cut short must not stop the pool. */
static void test_not_lost(void)
{
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        desk_again();
        fail_all(STATUS_UNAVAILABLE);
        fake.lost = false;
        CHECK_INT(cases[i].name, cases[i].run(), STATUS_UNAVAILABLE);
        CHECK(cases[i].name, !strchr(fake.log, '-') && !strchr(fake.log, '+'));
    }
}

static void test_probe(void)
{
    desk_again();
    CHECK("closed", !desk_probe(bench.desk, MONO));
    CHECK_STR("nothing to try", fake.log, "");
    fake.is_open = true;
    fake.due = false;
    CHECK("open", desk_probe(bench.desk, MONO));
    CHECK_STR("another's turn", fake.log, "");
    fake.due = true;
    fake.ping = STATUS_UNAVAILABLE;
    CHECK("still open", desk_probe(bench.desk, MONO));
    CHECK_STR("tried", fake.log, "P-");
    CHECK_INT("within a budget", fake.begun_us, MONO);
    fake.ping = STATUS_OK;
    CHECK("closed again", !desk_probe(bench.desk, MONO));
    CHECK_STR("answered", fake.log, "P-P+");
}

void init_breaker_tests(void)
{
    static const struct suite_test tests[] = {{"open", test_open},
                                              {"told", test_told},
                                              {"a bad draft", test_bad_draft},
                                              {"a statement's own failure", test_not_lost},
                                              {"the probe", test_probe}};
    suite_add("breaker", desk_up, desk_down, tests, SUITE_N(tests));
}
