#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

#include "base/suites.h"
#include "harness/suite.h"

static const struct {
    const char *text;
    int64_t s;
} rows[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2001-09-09T01:46:40Z", 1000000000},
    {"2024-01-15T10:30:00Z", 1705314600},
    {"2024-02-29T23:59:59Z", 1709251199},
    {"2000-02-29T00:00:00Z", 951782400},
    {"2038-01-19T03:14:08Z", INT64_C(2147483648)},
    {"1969-12-31T23:59:59Z", -1},
    {"0001-01-01T00:00:00Z", INT64_C(-62135596800)},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
};

static void test_iso(void)
{
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[CLOCK_ISO_SIZE];
        clock_iso(rows[i].s * CLOCK_SECOND, out);
        CHECK_STR(rows[i].text, out, rows[i].text);
        clock_iso(rows[i].s * CLOCK_SECOND + 999999, out);
        CHECK_STR("cut, not rounded", out, rows[i].text);
        int64_t us = 0;
        CHECK(rows[i].text, clock_parse_iso(sv_from(rows[i].text), &us));
        CHECK_INT(rows[i].text, us, rows[i].s * CLOCK_SECOND);
    }
}

static void test_out_of_range(void)
{
    char out[CLOCK_ISO_SIZE];
    clock_iso(INT64_MAX, out);
    CHECK_STR("the end of time", out, "9999-12-31T23:59:59Z");
    clock_iso(CLOCK_NONE, out);
    CHECK_STR("its beginning", out, "0001-01-01T00:00:00Z");
}

static void test_zone(void)
{
    char out[CLOCK_ISO_SIZE];
    int64_t us = 0;
    setenv("TZ", "Asia/Makassar", 1);
    tzset();
    clock_iso(INT64_C(1705314600) * CLOCK_SECOND, out);
    CHECK_STR("written in UTC", out, "2024-01-15T10:30:00Z");
    CHECK("read in UTC", clock_parse_iso(SV("2024-01-15T10:30:00Z"), &us) && us == INT64_C(1705314600) * CLOCK_SECOND);
    unsetenv("TZ");
    tzset();
}

static void test_refused(void)
{
    static const char *const bad[] = {
        "",
        "2024-01-15T10:30:00",
        "2024-01-15T10:30:00ZZ",
        "2024-01-15T10:30:00z",
        "2024-01-15t10:30:00Z",
        "2024-01-15 10:30:00Z",
        "2024/01-15T10:30:00Z",
        "2024-01/15T10:30:00Z",
        "2024-01-15T10-30:00Z",
        "2024-01-15T10:30-00Z",
        "0000-01-01T00:00:00Z",
        "2024-00-15T10:30:00Z",
        "2024-13-15T10:30:00Z",
        "2024-01-00T10:30:00Z",
        "2024-01-32T10:30:00Z",
        "2023-02-29T10:30:00Z",
        "1900-02-29T10:30:00Z",
        "2024-04-31T10:30:00Z",
        "2024-01-15T24:00:00Z",
        "2024-01-15T10:60:00Z",
        "2024-01-15T10:30:60Z",
        "2024-01-15T10:30:0xZ",
        "+024-01-15T10:30:00Z",
        "2024-1 -15T10:30:00Z",
        "2024-01-15T10:30:00+0",
    };
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        int64_t us = 7;
        CHECK(bad[i], !clock_parse_iso(sv_from(bad[i]), &us));
        CHECK_INT("untouched", us, 7);
    }
    int64_t us;
    CHECK("absent", !clock_parse_iso(SV_NONE, &us));
}

static void test_clocks(void)
{
    int64_t first = clock_mono_us(), wall = clock_wall_us();
    CHECK("monotonic", clock_mono_us() >= first);
    CHECK("in this century", wall > INT64_C(1700000000) * CLOCK_SECOND && wall < INT64_C(4102444800) * CLOCK_SECOND);
    struct timespec ts = {0, 2000000};
    nanosleep(&ts, NULL);
    CHECK("two milliseconds later", clock_mono_us() - first >= 2000);
}

void init_clock_tests(void)
{
    static const struct suite_test tests[] = {
        {"iso", test_iso},        {"out of range", test_out_of_range},
        {"time zone", test_zone}, {"refused", test_refused},
        {"clocks", test_clocks},
    };
    suite_add("base/clock", NULL, NULL, tests, SUITE_N(tests));
}
