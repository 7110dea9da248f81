#include "admin/value.h"

#include <stdio.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "base/clock.h"
#include "harness/suite.h"

static struct err err;
static struct arena *arena;

static int set_up(void)
{
    arena = arena_new(1024 * 1024);
    return !arena;
}

static int tear_down(void)
{
    arena_free(&arena);
    return 0;
}

static void check_refused(const char *row, enum status s, const char *text)
{
    CHECK_INT(row, s, STATUS_BAD_INPUT);
    CHECK_STR(row, err.text, text);
}

static void test_text(void)
{
    static const struct {
        const char *name, *text;
        bool good;
    } rows[] = {
        {"plain", "Bank Sulut", true},
        {"five code points", "\xc3\xa9\xc3\xa9\xc3\xa9\xf0\x9f\x98\x80x", true},
        {"ten", "0123456789", true},
        {"eleven", "0123456789a", false},
        {"empty", "", false},
        {"blank", " \t ", false},
        {"no-break spaces", "\xc2\xa0\xe2\x80\x83", false},
        {"newline", "a\nb", false},
        {"escape", "\x1b[2J", false},
        {"DEL", "a\x7f", false},
        {"C1", "a\xc2\x9b", false},
        {"after C1", "a\xc2\xa1", true},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        err_init(&err);
        enum status s = admin_value_text(sv_from(rows[i].text), "--name", 10, &err);
        if (rows[i].good)
            CHECK_INT(rows[i].name, s, STATUS_OK);
        else
            check_refused(rows[i].name, s, "--name: must be 1 to 10 characters, not blank, without control characters");
    }
}

static void test_number(void)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } rows[] = {{"2", true, 2},
                {"10", true, 10},
                {"1", false, 0},
                {"11", false, 0},
                {"", false, 0},
                {"02", false, 0},
                {"+2", false, 0},
                {"-2", false, 0},
                {" 2", false, 0},
                {"2x", false, 0},
                {"99999999999999999999999", false, 0}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        uint64_t v = 77;
        char want[128];
        err_init(&err);
        enum status s = admin_value_number(sv_from(rows[i].text), "N", 2, 10, &v, &err);
        snprintf(want, sizeof want, "N: must be a whole number from 2 to 10, not %s", rows[i].text);
        CHECK_INT(rows[i].text, v, rows[i].good ? rows[i].value : 77);
        if (rows[i].good)
            CHECK_INT(rows[i].text, s, STATUS_OK);
        else
            check_refused(rows[i].text, s, want);
    }
}

static void test_code(void)
{
    char long_code[65];
    memset(long_code, 'x', sizeof long_code);
    long_code[64] = '\0';
    const struct {
        const char *text;
        bool good;
    } rows[] = {{"PARTNER001", true}, {"a.b_c-9", true}, {".", true},    {long_code + 1, true},
                {long_code, false},   {"", false},       {"a b", false}, {"a/b", false},
                {"\xc3\xa9", false},  {"a\n", false},    {"a,b", false}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        err_init(&err);
        enum status s = admin_value_code(sv_from(rows[i].text), "CODE", &err);
        if (rows[i].good)
            CHECK_INT(rows[i].text, s, STATUS_OK);
        else
            check_refused(rows[i].text, s, "CODE: must be 1 to 63 of A-Z a-z 0-9 . _ -");
    }
}

static void test_permissions(void)
{
    static const struct {
        const char *text;
        unsigned may; /* 0: refused */
    } rows[] = {
        {NULL, 7},
        {"create", 1},
        {"read", 2},
        {"update,create", 5},
        {"create,read,update", 7},
        {"create,read,update,agent", 15},
        {"agent", 14},
        {"agent,read", 10},
        {"agent,create", 9},
        {"", 0},
        {"fly", 0},
        {"create,", 0},
        {"create,create", 0},
        {"Create", 0},
        {" read", 0},
        {"create read", 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *name = rows[i].text ? rows[i].text : "(none)";
        unsigned may = 99;
        err_init(&err);
        enum status s = admin_value_permissions(sv_from(rows[i].text), &may, &err);
        CHECK_INT(name, may, rows[i].may ? rows[i].may : 99);
        if (rows[i].may)
            CHECK_INT(name, s, STATUS_OK);
        else
            check_refused(name, s, "--permissions: must be some of create,read,update,agent, each once");
    }
}

static void test_limits(void)
{
    static const struct {
        const char *text;
        bool good;
        uint32_t create, read, update;
    } rows[] = {
        {NULL, true, 100, 500, 200},
        {"create=1,read=2,update=3", true, 1, 2, 3},
        {"update=1000000", true, 100, 500, 1000000},
        {"read=unlimited,create=5", true, 5, 0, 200},
        {"unlimited", true, 0, 0, 0},
        {"create=unlimited,read=unlimited,update=unlimited", true, 0, 0, 0},
        {"", false, 0, 0, 0},
        {"create=0", false, 0, 0, 0},
        {"create=1000001", false, 0, 0, 0},
        {"create=", false, 0, 0, 0},
        {"create", false, 0, 0, 0},
        {"create=-1", false, 0, 0, 0},
        {"create=1,create=2", false, 0, 0, 0},
        {"delete=1", false, 0, 0, 0},
        {"create=1,", false, 0, 0, 0},
        {"create=1=2", false, 0, 0, 0},
        {"unlimited,create=1", false, 0, 0, 0},
        {"=5", false, 0, 0, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *name = rows[i].text ? rows[i].text : "(none)";
        uint32_t limit[STORE_CLASS__MAX];
        err_init(&err);
        enum status s = admin_value_limits(sv_from(rows[i].text), limit, &err);
        if (!rows[i].good) {
            check_refused(name, s,
                          "--limit: must be create=N,read=N,update=N (some of them, each once) with N from 1 to "
                          "1000000 or unlimited, or unlimited alone");
            continue;
        }
        CHECK_INT(name, s, STATUS_OK);
        CHECK_INT(name, limit[STORE_CLASS_CREATE], rows[i].create);
        CHECK_INT(name, limit[STORE_CLASS_READ], rows[i].read);
        CHECK_INT(name, limit[STORE_CLASS_UPDATE], rows[i].update);
    }
}

static void test_cidrs(void)
{
    static const struct {
        const char *a, *b;
        const char *want; /* NULL: refused */
    } rows[] = {
        {"10.0.0.0/8", NULL, "10.0.0.0/8"}, {"10.0.0.0/8", "2001:db8::/32", "10.0.0.0/8 2001:db8::/32"},
        {"192.0.2.7", NULL, "192.0.2.7"},   {"10.0.0.1/8", NULL, NULL},
        {"10.0.0.0/33", NULL, NULL},        {"", NULL, NULL},
        {"10.0.0.0/8", "x", NULL},          {"10.0.0.0/8 10.1.0.0/16", NULL, NULL},
        {"localhost", NULL, NULL},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct admin_values v = {.n = rows[i].b ? 2 : 1, .value = {rows[i].a, rows[i].b}};
        struct sv got = SV_NONE;
        err_init(&err);
        enum status s = admin_value_cidrs(arena, &v, &got, &err);
        if (rows[i].want) {
            CHECK_INT(rows[i].a, s, STATUS_OK);
            CHECK(rows[i].a, sv_is(got, rows[i].want));
        } else {
            check_refused(rows[i].a, s,
                          "--cidr: must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32, without bits "
                          "past the prefix");
        }
    }
    struct admin_values none = {.n = 0};
    struct sv got = SV("x");
    CHECK_INT("none", admin_value_cidrs(arena, &none, &got, &err), STATUS_OK);
    CHECK("none", got.p == NULL);
}

static void test_cidrs_together(void)
{
    struct admin_values v = {.n = ADMIN_REPEATS_MAX};
    struct sv got;
    for (unsigned i = 0; i < v.n; i++)
        v.value[i] = "2001:db8:1111:2222:3333:4444:5555:6666"; /* 64 × 39 − 1 > 2047 */
    err_init(&err);
    check_refused("too long", admin_value_cidrs(arena, &v, &got, &err),
                  "--cidr: all together must be at most 2047 characters");
}

static void test_expires(void)
{
    static const struct {
        const char *text;
        bool good;
        int64_t want;
    } rows[] = {
        {NULL, true, CLOCK_NONE},           {"1970-01-01T00:00:11Z", true, 11 * CLOCK_SECOND},
        {"1970-01-01T00:00:10Z", false, 0}, {"tomorrow", false, 0},
        {"2027-01-31", false, 0},           {"2027-01-31T00:00:00+07:00", false, 0},
        {"2027-02-30T00:00:00Z", false, 0}, {"", false, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *name = rows[i].text ? rows[i].text : "(none)";
        int64_t at = 5;
        err_init(&err);
        enum status s = admin_value_expires(sv_from(rows[i].text), 10 * CLOCK_SECOND, &at, &err);
        if (rows[i].good) {
            CHECK_INT(name, s, STATUS_OK);
            CHECK_INT(name, at, rows[i].want);
        } else {
            check_refused(name, s, "--expires: must be a moment to come, UTC, such as 2027-01-31T00:00:00Z");
        }
    }
}

void init_value_tests(void)
{
    static const struct suite_test tests[] = {
        {"text", test_text},
        {"number", test_number},
        {"partner code", test_code},
        {"permissions", test_permissions},
        {"limits", test_limits},
        {"ranges", test_cidrs},
        {"ranges together", test_cidrs_together},
        {"expiry", test_expires},
    };
    suite_add("admin value", set_up, tear_down, tests, SUITE_N(tests));
}
