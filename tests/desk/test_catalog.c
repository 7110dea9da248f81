#include <string.h>

#include "base/clock.h"
#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

static void test_choice(void)
{
    static const struct {
        const char *row;
        enum ticket_service_type type;
        const char *sub_type, *want;
    } rows[] = {
        {"exact", TICKET_CLAIM, "ATM_CARD_RETAINED", "ATM Card Services"},
        {"other sub-type", TICKET_CLAIM, "LOST_CARD", "Claims"},
        {"case counts", TICKET_CLAIM, "atm_card_retained", "Claims"},
        {"none sent", TICKET_CLAIM, NULL, "Claims"},
        {"another type's", TICKET_INQUIRY, "ATM_CARD_RETAINED", "Inquiries"},
        {"its own", TICKET_INQUIRY, "BALANCE", "Balances"},
    };
    desk_again();
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct ticket_draft f = desk_draft();
        f.service_type = rows[i].type;
        f.sub_type = sv_from(rows[i].sub_type);
        CHECK_INT(rows[i].row, desk_post(&f, NULL, STATUS_OK), STATUS_OK);
        CHECK_STR(rows[i].row, text(fake.opened_ticket.service_name), rows[i].want);
    }
    CHECK_STR("read once", fake.log, "S+O+O+O+O+O+O+");
}

static void test_missing(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    f.service_type = TICKET_OTHER;
    CHECK_INT("no default row", desk_post(&f, NULL, STATUS_OK), STATUS_INTERNAL);
    CHECK_STR("which", bench.err.text, "service catalogue has no default row for OTHER");
    CHECK_STR("nothing written", fake.log, "S+");
}

static void test_age(void)
{
    static const struct {
        const char *row;
        int64_t later_us;
        uint64_t generation;
        const char *log;
    } rows[] = {
        {"at once", 0, 0, "S+O+O+"},
        {"just young enough", DESK_CATALOG_AGE_US - 1, 0, "S+O+O+"},
        {"too old", DESK_CATALOG_AGE_US, 0, "S+O+S+O+"},
        {"changed on this host", 1, 1, "S+O+S+O+"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        desk_again();
        struct ticket_draft f = desk_draft();
        CHECK_INT(rows[i].row, desk_post(&f, NULL, STATUS_OK), STATUS_OK);
        bench.call.mono_us = MONO + rows[i].later_us;
        fake.generation = rows[i].generation;
        fake.services[2].name = SV("Renamed");
        CHECK_INT(rows[i].row, desk_post(&f, NULL, STATUS_OK), STATUS_OK);
        CHECK_STR(rows[i].row, fake.log, rows[i].log);
        CHECK_STR(rows[i].row, text(fake.opened_ticket.service_name),
                  strlen(rows[i].log) > 6 ? "Renamed" : "Inquiries");
    }
}

/* The generation is taken before the rows: a change in between is seen next time. */
static void test_race(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    fake.generation_moves = true;
    CHECK_INT("first", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    fake.generation_moves = false;
    CHECK_INT("second", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    CHECK_INT("third", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    CHECK_STR("read again, once", fake.log, "S+O+S+O+O+");
}

static void test_unreachable(void)
{
    desk_again();
    struct ticket_draft f = desk_draft();
    fake.service_list = STATUS_UNAVAILABLE;
    CHECK_INT("503", desk_post(&f, NULL, STATUS_OK), STATUS_UNAVAILABLE);
    CHECK_STR("not written", fake.log, "S-");
    fake.service_list = STATUS_OK;
    CHECK_INT("back", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
}

/* The admin program without a running pool: neither breaker nor generation. */
static void test_no_pool(void)
{
    struct desk *d = NULL;
    char some_store;
    bool replayed;
    desk_again();
    struct ticket_draft f = desk_draft();
    fake.is_open = true;
    fake.generation = 9;
    CHECK_INT("new", desk_new((struct store *)&some_store, NULL, &bench.rules, &d), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        buf_clear(&bench.out);
        CHECK_INT("open", desk_open(d, &bench.call, &f, SV_NONE, STATUS_OK, &bench.out, &replayed), STATUS_OK);
    }
    CHECK_STR("calls", fake.log, "SOO");
    desk_free(&d);
    CHECK("nulls", !d);
    desk_free(&d);
}

static void test_rules(void)
{
    desk_again();
    struct ticket_rules other = {.tracking_url_base = SV("https://new.example")};
    struct ticket_draft f = desk_draft();
    desk_rules(bench.desk, &other);
    CHECK_INT("open", desk_post(&f, NULL, STATUS_OK), STATUS_OK);
    CHECK_STR("the new ones", text(fake.opened_ticket.tracking_url_base), "https://new.example");
}

void init_catalog_tests(void)
{
    static const struct suite_test tests[] = {
        {"choice", test_choice}, {"missing row", test_missing},     {"age and generation", test_age},
        {"race", test_race},     {"unreachable", test_unreachable}, {"without a pool", test_no_pool},
        {"rules", test_rules},
    };
    suite_add("catalog", desk_up, desk_down, tests, SUITE_N(tests));
}
