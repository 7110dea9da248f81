/* Times between the store's microseconds and DATETIME(6); parameter lists. */
#include "suites.h"

#include <string.h>
#include "base/sv.h"
#include "harness/suite.h"
#include "store/row.h"

static const struct {
    const char *name;
    int64_t us;
    MYSQL_TIME t; /* year, month, day, hour, minute, second, second_part */
} times[] = {
    {"the epoch", 0, {.year = 1970, .month = 1, .day = 1}},
    {"a microsecond before it",
     -1,
     {.year = 1969, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59, .second_part = 999999}},
    {"the reference's example",
     INT64_C(1705314600000000),
     {.year = 2024, .month = 1, .day = 15, .hour = 10, .minute = 30}},
    {"leap day", INT64_C(1709164800000000), {.year = 2024, .month = 2, .day = 29}},
    {"after a leap day", INT64_C(1709251200000000), {.year = 2024, .month = 3, .day = 1}},
    {"no leap day in 2100", INT64_C(4107542400000000), {.year = 2100, .month = 3, .day = 1}},
    {"leap day in 2000",
     INT64_C(951868799123456),
     {.year = 2000, .month = 2, .day = 29, .hour = 23, .minute = 59, .second = 59, .second_part = 123456}},
    {"past 2038",
     INT64_C(2147483648000001),
     {.year = 2038, .month = 1, .day = 19, .hour = 3, .minute = 14, .second = 8, .second_part = 1}},
    {"year 1", INT64_C(-62135596800000000), {.year = 1, .month = 1, .day = 1}},
    {"end of year 9999",
     INT64_C(253402300799999999),
     {.year = 9999, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59, .second_part = 999999}},
};

static void time_round_trip(void)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        MYSQL_TIME t;
        const MYSQL_TIME *want = &times[i].t;
        row_time_from(times[i].us, &t);
        CHECK_INT(times[i].name, t.year * 10000 + t.month * 100 + t.day,
                  want->year * 10000 + want->month * 100 + want->day);
        CHECK_INT(times[i].name, t.hour * 10000 + t.minute * 100 + t.second,
                  want->hour * 10000 + want->minute * 100 + want->second);
        CHECK_INT(times[i].name, t.second_part, want->second_part);
        CHECK_INT(times[i].name, row_time_to(want), times[i].us);
    }
}

static void every_day_follows(void)
{
    MYSQL_TIME before, t;
    row_time_from(-800 * INT64_C(366) * 86400 * CLOCK_SECOND, &before);
    for (int64_t day = -800 * INT64_C(366) + 1; day < 800 * INT64_C(366); day++) {
        row_time_from(day * 86400 * CLOCK_SECOND, &t);
        bool next = (t.day == before.day + 1 && t.month == before.month && t.year == before.year) ||
                    (t.day == 1 && before.day >= 28 && t.month == before.month % 12 + 1);
        if (!next || row_time_to(&t) != day * 86400 * CLOCK_SECOND) {
            CHECK_INT("day", day, -1);
            return;
        }
        before = t;
    }
    CHECK("years walked", t.year > 2700);
}

static void parameters_must_fit(void)
{
    static struct row_in in;
    row_in_init(&in, STORE_TICKET_STATUS); /* uuu */
    row_in_u(&in, 1);
    row_in_u(&in, 0);
    CHECK("one is missing", !row_in_fits(&in));
    row_in_u(&in, 0);
    CHECK("complete", row_in_fits(&in));
    row_in_u(&in, 0);
    CHECK("one too many", !row_in_fits(&in));
    row_in_init(&in, STORE_TICKET_STATUS);
    row_in_s(&in, SV("1"));
    row_in_u(&in, 0);
    row_in_u(&in, 0);
    row_in_u(&in, 0);
    CHECK("text for a number", !row_in_fits(&in));
    row_in_init(&in, STORE_IDEMPOTENCY_PRUNE); /* t */
    row_in_b(&in, SV("1"));
    CHECK("bytes for a time", !row_in_fits(&in));
    row_in_init(&in, STORE_TICKET_BY_REQUEST); /* ub */
    row_in_t(&in, 5);
    CHECK("time for a number", !row_in_fits(&in));
}

static void absent_is_null(void)
{
    static struct row_in in;
    row_in_init(&in, STORE_TICKET_UPDATE);
    row_in_u_or_null(&in, false, 5);
    CHECK_INT("number", in.bind[0].buffer_type, MYSQL_TYPE_NULL);
    row_in_init(&in, STORE_IDEMPOTENCY_PRUNE);
    row_in_t(&in, CLOCK_NONE);
    CHECK_INT("time", in.bind[0].buffer_type, MYSQL_TYPE_NULL);
    row_in_init(&in, STORE_PARTNER_FIND);
    row_in_s(&in, SV_NONE);
    CHECK_INT("absent text", in.bind[0].buffer_type, MYSQL_TYPE_NULL);
    row_in_init(&in, STORE_PARTNER_FIND);
    row_in_s(&in, SV(""));
    CHECK_INT("empty text", in.bind[0].buffer_type, MYSQL_TYPE_STRING);
}

/* The table's letters are all known ones and within the bounds. */
static void table_is_sound(void)
{
    for (unsigned i = 0; i < STORE_STMT__MAX; i++) {
        const struct store_statement *d = &store_statements[i];
        CHECK("is there", d->name && d->text && d->params && d->columns && (d->roles & 7u));
        CHECK_INT(d->name, strspn(d->params, "usbt"), strlen(d->params));
        CHECK_INT(d->name, strspn(d->columns, "usbt|"), strlen(d->columns));
        CHECK(d->name, strlen(d->params) <= ROW_PARAMS_MAX);
        for (const char *set = d->columns; *set; set += strspn(set, "|")) {
            size_t n = strcspn(set, "|");
            CHECK(d->name, n <= ROW_COLUMNS_MAX);
            set += n;
        }
        size_t marks = 0;
        for (const char *p = d->text; *p; p++)
            marks += *p == '?';
        CHECK_INT(d->name, marks, strlen(d->params));
    }
}

void init_row_tests(void)
{
    static const struct suite_test tests[] = {
        {"times there and back", time_round_trip},        {"every day follows the one before", every_day_follows},
        {"parameters must fit", parameters_must_fit},     {"absent is NULL", absent_is_null},
        {"the statement table is sound", table_is_sound},
    };
    suite_add("store row", NULL, NULL, tests, SUITE_N(tests));
}
