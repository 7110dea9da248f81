#include "net/retry_after.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "net/suites.h"

#define NOW INT64_C(1795521600) /* [s] 2026-11-24T12:00:00Z */
#define CAP (NET_RETRY_AFTER_MAX / CLOCK_SECOND)
#define BAD (-1)

/* [s], BAD as it is. */
static int64_t at(int64_t now, const char *text)
{
    int64_t us = net_retry_after(sv_from(text), now * CLOCK_SECOND);
    return us == -1 ? BAD : us / CLOCK_SECOND;
}

struct row {
    const char *text;
    int64_t s;
};

static void check_rows(int64_t now, const struct row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        CHECK_INT(rows[i].text, at(now, rows[i].text), rows[i].s);
}

static void test_seconds(void)
{
    static const struct row rows[] = {
        {"0", 0},
        {"1", 1},
        {"120", 120},
        {" 120\t", 120},
        {"0000000000000000000000000000000000000000000120", 120},
        {"31622399", 31622399},
        {"31622400", CAP},
        {"31622401", CAP},
        {"2147483648", CAP},
        {"4294967297", CAP},
        {"9223372036854775808", CAP},
        {"18446744073709551617", CAP},
        {"99999999999999999999999999999999999999999999999999", CAP},
        {"-1", BAD},
        {"+1", BAD},
        {"- 1", BAD},
        {"1.5", BAD},
        {"1s", BAD},
        {"1 2", BAD},
        {"1,2", BAD},
        {"1;", BAD},
        {"0x10", BAD},
        {"1e3", BAD},
        {"", BAD},
        {" ", BAD},
        {"soon", BAD},
        {"\xC2\xB2", BAD},
    };
    check_rows(NOW, rows, SUITE_N(rows));
    CHECK_INT("366 days", CAP, 31622400);
    CHECK_INT("absent", net_retry_after(SV_NONE, NOW * CLOCK_SECOND), -1);
    CHECK_INT("NUL", net_retry_after(SV("1\0002"), NOW * CLOCK_SECOND), -1);
    CHECK_INT("whole", net_retry_after(SV("2"), NOW * CLOCK_SECOND + 999999), 2 * CLOCK_SECOND);
}

/* The three forms of RFC 9110 §5.6.7, its own example among them. */
static void test_forms(void)
{
    static const struct row rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 0},
        {"Sun Nov  6 08:49:37 1994", 0},
        {"Tue, 24 Nov 2026 12:00:00 GMT", 0},
        {"Tue, 24 Nov 2026 11:59:59 GMT", 0},
        {"Tue, 24 Nov 2026 12:00:01 GMT", 1},
        {"Tuesday, 24-Nov-26 12:00:01 GMT", 1},
        {"Tue Nov 24 12:00:01 2026", 1},
        {"Tue, 24 Nov 2026 14:00:00 GMT", 7200},
        {"Tuesday, 24-Nov-26 14:00:00 GMT", 7200},
        {"Tue Nov 24 14:00:00 2026", 7200},
        {"  Tue, 24 Nov 2026 14:00:00 GMT ", 7200},
        {"Tue Dec  1 12:00:00 2026", 7 * 86400},
        {"Tue Dec 01 12:00:00 2026", 7 * 86400},
        {"Fri, 31 Dec 9999 23:59:59 GMT", CAP},
        {"Sat, 01 Jan 0000 00:00:00 GMT", 0},
        {"Wed, 24 Nov 2027 12:00:00 GMT", 365 * 86400},
        {"Thu, 25 Nov 2027 12:00:00 GMT", CAP},
        {"Fri, 26 Nov 2027 12:00:00 GMT", CAP},
        /* The wrong day of the week is only said besides. */
        {"Mon, 24 Nov 2026 14:00:00 GMT", 7200},
    };
    check_rows(NOW, rows, SUITE_N(rows));
    CHECK_INT("to the microsecond", net_retry_after(SV("Tue, 24 Nov 2026 12:00:01 GMT"), NOW * CLOCK_SECOND + 400000),
              600000);
    CHECK_INT("the example", at(784111777 - 10, "Sun, 06 Nov 1994 08:49:37 GMT"), 10);
    CHECK_INT("the example", at(784111777 - 10, "Sunday, 06-Nov-94 08:49:37 GMT"), 10);
    CHECK_INT("the example", at(784111777 - 10, "Sun Nov  6 08:49:37 1994"), 10);
    CHECK_INT("before 1970", at(-100, "Thu, 01 Jan 1970 00:00:00 GMT"), 100);
}

static void test_months(void)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t start = 1798761600 - 1; /* a second before 2027-01-01 */
    int64_t day = 0;
    for (unsigned m = 0; m < 12; m++) {
        char text[3][64];
        for (int past = 0; past < 2; past++) {
            int d = days[m] + past;
            snprintf(text[0], sizeof text[0], "Mon, %02d %s 2027 00:00:00 GMT", d, months[m]);
            snprintf(text[1], sizeof text[1], "Monday, %02d-%s-27 00:00:00 GMT", d, months[m]);
            snprintf(text[2], sizeof text[2], "Mon %s %2d 00:00:00 2027", months[m], d);
            int64_t want = past ? BAD : (day + days[m] - 1) * 86400 + 1;
            for (unsigned i = 0; i < 3; i++)
                CHECK_INT(text[i], at(start, text[i]), want);
        }
        day += days[m];
    }
}

static void test_leap(void)
{
    static const struct row rows[] = {
        {"Tue, 29 Feb 2028 00:00:00 GMT", 1835395200 - 1830000000},
        {"Tuesday, 29-Feb-28 00:00:00 GMT", 1835395200 - 1830000000},
        {"Tue Feb 29 00:00:00 2028", 1835395200 - 1830000000},
        {"Wed, 30 Feb 2028 00:00:00 GMT", BAD},
        {"Tue, 29 Feb 2000 23:59:59 GMT", 0},
        {"Mon, 29 Feb 2027 00:00:00 GMT", BAD},
        {"Mon, 29 Feb 1900 00:00:00 GMT", BAD},
        {"Mon, 29 Feb 2100 00:00:00 GMT", BAD},
        {"Mon, 29 Feb 2400 00:00:00 GMT", CAP},
        {"Monday, 29-Feb-27 00:00:00 GMT", BAD},
    };
    check_rows(1830000000, rows, SUITE_N(rows));
    /* A leap second is the first of the next minute; here of the next year. */
    CHECK_INT("leap second", at(1483228800 - 5, "Sat, 31 Dec 2016 23:59:60 GMT"), 5);
    CHECK_INT("leap second", at(1483228800 - 5, "Saturday, 31-Dec-16 23:59:60 GMT"), 5);
    CHECK_INT("none", at(1483228800 - 5, "Sat, 31 Dec 2016 23:59:61 GMT"), BAD);
}

/* More than 50 years ahead is the past: judged by the second. */
static void test_two_digits(void)
{
    static const struct {
        int64_t now;
        const char *text;
        int64_t s;
    } rows[] = {
        {NOW, "Tuesday, 24-Nov-76 12:00:00 GMT", CAP}, /* 2076: 50 years to the second */
        {NOW, "Tuesday, 24-Nov-76 12:00:01 GMT", 0},   /* 1976 */
        {NOW, "Tuesday, 24-Nov-77 12:00:00 GMT", 0},
        {NOW, "Tuesday, 24-Nov-99 12:00:00 GMT", 0},
        {NOW, "Tuesday, 24-Nov-00 12:00:00 GMT", 0},
        {NOW, "Tuesday, 24-Nov-27 12:00:00 GMT", 365 * 86400},
        /* New Year's Eve of a century, and the one that begins. */
        {946684799, "Saturday, 01-Jan-00 00:00:00 GMT", 1},
        {946684799, "Friday, 31-Dec-99 23:59:59 GMT", 0},
        {4102444799, "Friday, 01-Jan-00 00:00:00 GMT", 1},
        /* In 2080, "10" is 2110, thirty years ahead, and "29-Feb-00" is 2100, which has none. */
        {3471292800, "Wednesday, 01-Jan-10 00:00:00 GMT", CAP},
        {3471292800, "Monday, 01-Jan-40 00:00:00 GMT", 0},
        {3471292800, "Monday, 29-Feb-00 00:00:00 GMT", BAD},
        /* In 2030, "80" is 2080 and its 29 February is there. */
        {1893456000, "Tuesday, 01-Jan-80 00:00:00 GMT", CAP},
        {1893456000, "Tuesday, 01-Jan-80 00:00:01 GMT", 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_INT(rows[i].text, at(rows[i].now, rows[i].text), rows[i].s);
}

static void test_garbage(void)
{
    static const char *const rows[] = {
        "Tue, 24 Nov 2026 14:00:00",
        "Tue, 24 Nov 2026 14:00:00 UTC",
        "Tue, 24 Nov 2026 14:00:00 +0000",
        "Tue, 24 Nov 2026 14:00:00 gmt",
        "Tue, 24 Nov 2026 14:00:00 GMTx",
        "Tue, 24 Nov 2026 14:00:00 GMT, 120",
        "tue, 24 Nov 2026 14:00:00 GMT",
        "Tue, 24 nov 2026 14:00:00 GMT",
        "Tue, 24 November 2026 14:00:00 GMT",
        "Tue 24 Nov 2026 14:00:00 GMT",
        "Tue,24 Nov 2026 14:00:00 GMT",
        "Tue,  24 Nov 2026 14:00:00 GMT",
        "Tue, 4 Nov 2026 14:00:00 GMT",
        "Tue, 00 Nov 2026 14:00:00 GMT",
        "Tue, 32 Dec 2026 14:00:00 GMT",
        "Tue, 31 Nov 2026 14:00:00 GMT",
        "Tue, 24 Nov 2026 24:00:00 GMT",
        "Tue, 24 Nov 2026 14:60:00 GMT",
        "Tue, 24 Nov 2026 14:00:61 GMT",
        "Tue, 24 Nov 2026 14:00 GMT",
        "Tue, 24 Nov 2026 4:00:00 GMT",
        "Tue, 24 Nov 26 14:00:00 GMT",
        "Tue, 24 Nov 12026 14:00:00 GMT",
        "Tue, 24 Nov -026 14:00:00 GMT",
        "24 Nov 2026 14:00:00 GMT",
        "Tue, 24-Nov-26 14:00:00 GMT",
        "Tue, 24-Nov-2026 14:00:00 GMT",
        "Tuesday, 24-Nov-2026 14:00:00 GMT",
        "Tuesday, 24 Nov 26 14:00:00 GMT",
        "Tuesday, 24-Nov-6 14:00:00 GMT",
        "Tuesday, 24-Nov-26 14:00:00",
        "Tuesday 24-Nov-26 14:00:00 GMT",
        "Tue Nov 24 14:00:00 2026 GMT",
        "Tue Nov 24 14:00:00 26",
        "Tue Nov  24 14:00:00 2026",
        "Tue Nov 4 14:00:00 2026",
        "Tue Nov  0 14:00:00 2026",
        "Tue Nov 31 14:00:00 2026",
        "Tue, Nov 24 14:00:00 2026",
        "Tuesday Nov 24 14:00:00 2026",
        "2026-11-24T14:00:00Z",
        "Tue",
        "Tue, ",
        "Xyz, 24 Nov 2026 14:00:00 GMT",
        "Tue, 24 Xyz 2026 14:00:00 GMT",
        "Tue, \xE2\x82\xAC Nov 2026 14:00:00 GMT",
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_INT(rows[i], at(NOW, rows[i]), BAD);
    /* Every beginning of each form. */
    static const char *const whole[] = {"Tue, 24 Nov 2026 14:00:00 GMT", "Tuesday, 24-Nov-26 14:00:00 GMT",
                                        "Tue Nov 24 14:00:00 2026"};
    for (unsigned i = 0; i < SUITE_N(whole); i++)
        for (size_t n = 0; n < strlen(whole[i]); n++)
            CHECK_INT(whole[i], net_retry_after((struct sv){whole[i], n}, NOW * CLOCK_SECOND), -1);
}

void init_retry_after_tests(void)
{
    static const struct suite_test tests[] = {
        {"seconds", test_seconds}, {"the three forms", test_forms},      {"last days of months", test_months},
        {"leap years", test_leap}, {"two-digit years", test_two_digits}, {"garbage", test_garbage},
    };
    suite_add("net/retry_after", NULL, NULL, tests, SUITE_N(tests));
}
