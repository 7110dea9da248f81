#include "base/num.h"

#include <stdio.h>
#include <string.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

static struct arena *arena;

static int set_up(void)
{
    arena = arena_new((size_t)4 * 1024 * 1024);
    return arena ? 0 : 1;
}

static int tear_down(void)
{
    arena_free(&arena);
    return 0;
}

static void test_u64(void)
{
    static const struct {
        const char *text;
        bool leading_zero;
        uint64_t max;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", false, 0, true, 0},
        {"1408", false, UINT64_MAX, true, 1408},
        {"18446744073709551615", false, UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", false, UINT64_MAX, false, 0},
        {"18446744073709551620", false, UINT64_MAX, false, 0},
        {"99999999999999999999999", false, UINT64_MAX, false, 0},
        {"100", false, 100, true, 100},
        {"101", false, 100, false, 0},
        {"1", false, 0, false, 0},
        {"9", false, 8, false, 0},
        {"19", false, 18, false, 0},
        {"01408", false, UINT64_MAX, false, 0},
        {"01408", true, UINT64_MAX, true, 1408},
        {"00", false, UINT64_MAX, false, 0},
        {"00000000000000000000000000007", true, 9, true, 7},
        {"", false, UINT64_MAX, false, 0},
        {"+1", false, UINT64_MAX, false, 0},
        {"-1", false, UINT64_MAX, false, 0},
        {" 1", false, UINT64_MAX, false, 0},
        {"1 ", false, UINT64_MAX, false, 0},
        {"1x", false, UINT64_MAX, false, 0},
        {"x", false, UINT64_MAX, false, 0},
        {"0x10", false, UINT64_MAX, false, 0},
        {"1.0", false, UINT64_MAX, false, 0},
        {"/", false, UINT64_MAX, false, 0},
        {":", false, UINT64_MAX, false, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        uint64_t v = 7777;
        CHECK_INT(rows[i].text, num_u64(sv_from(rows[i].text), rows[i].leading_zero, rows[i].max, &v), rows[i].ok);
        CHECK_INT(rows[i].text, v, rows[i].ok ? rows[i].value : 7777);
    }
    uint64_t v;
    CHECK("absent", !num_u64(SV_NONE, true, 9, &v));
    CHECK("NUL", !num_u64(SV("1\0"), true, 9, &v));
}

static void test_dec_parse(void)
{
    static const struct {
        const char *text, *digits;
        int64_t exp;
        bool negative;
    } rows[] = {
        {"0", "", 0, false},
        {"-0", "", 0, false},
        {"0.000", "", 0, false},
        {"0e5", "", 0, false},
        {"-0.0e-7", "", 0, false},
        {"7", "7", 1, false},
        {"-7", "7", 1, true},
        {"500000", "5", 6, false},
        {"500000.10", "5000001", 6, false},
        {"0.001", "1", -2, false},
        {"0.5", "5", 0, false},
        {"1e400", "1", 401, false},
        {"1E+400", "1", 401, false},
        {"1e-400", "1", -399, false},
        {"1e007", "1", 8, false},
        {"12.34e2", "1234", 4, false},
        {"0.00012e5", "12", 2, false},
        {"100e-2", "1", 1, false},
        {"1e99999999999999999999", "1", 1000000000, false},
        {"-1e-99999999999999999999", "1", -1000000000, true},
        {"1e1000000000", "1", 1000000000, false},
        {"1e999999999", "1", 1000000000, false},
        {"1e999999998", "1", 999999999, false},
        {"123456789012345678901234567890", "12345678901234567890123456789", 30, false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct num_dec d;
        CHECK_INT(rows[i].text, num_dec_parse(arena, sv_from(rows[i].text), &d), STATUS_OK);
        CHECK(rows[i].text, sv_is((struct sv){d.digits, d.n}, rows[i].digits));
        CHECK_INT(rows[i].text, d.exp, rows[i].exp);
        CHECK_INT(rows[i].text, d.negative, rows[i].negative);
    }
}

static void test_dec_refused(void)
{
    static const struct sv bad[] = {
        {NULL, 0},    {"", 0},    {"-", 1},    {"+1", 2},   {"-012", 4},     {"00", 2},    {"01", 2},
        {".5", 2},    {"1.", 2},  {"1.e2", 4}, {"1e", 2},   {"1e+", 3},      {"1e-", 3},   {"1e+-2", 5},
        {"1e2.5", 5}, {" 1", 2},  {"1 ", 2},   {"NaN", 3},  {"Infinity", 8}, {"0x10", 4},  {"1,5", 3},
        {"--1", 3},   {"1\0", 2}, {"\0", 1},   {"1.\0", 3}, {"1e\0", 3},     {"1.5.5", 5}, {"-e1", 3},
    };
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        struct num_dec d;
        char row[32];
        snprintf(row, sizeof row, "%u: %.*s", i, SV_ARG(bad[i]));
        CHECK_INT(row, num_dec_parse(arena, bad[i], &d), STATUS_BAD_INPUT);
    }
}

static struct num_dec dec(const char *text)
{
    struct num_dec d = {.digits = ""};
    CHECK_INT(text, num_dec_parse(arena, sv_from(text), &d), STATUS_OK);
    return d;
}

/* In ascending order; each is compared with each. */
static void test_dec_order(void)
{
    static const char *const sorted[] = {
        "-1e400",
        "-100000000",
        "-2",
        "-1.5",
        "-1",
        "-0.1",
        "-1e-400",
        "0",
        "1e-400",
        "0.09",
        "0.1",
        "0.10000000001",
        "1",
        "1.5",
        "2",
        "9.999",
        "10",
        "99999999.99",
        "100000000",
        "100000000.000000000000000000000001",
        "1e9",
        "123456789012345678901234567889",
        "123456789012345678901234567890",
        "1e400",
        "1.1e400",
        "1e99999999999999999999",
    };
    for (int i = 0; i < (int)SUITE_N(sorted); i++)
        for (int j = 0; j < (int)SUITE_N(sorted); j++) {
            struct num_dec x = dec(sorted[i]), y = dec(sorted[j]);
            int c = num_dec_cmp(&x, &y);
            CHECK_INT(sorted[i], (c > 0) - (c < 0), (i > j) - (i < j));
        }
}

static void test_dec_equal(void)
{
    static const char *const rows[][2] = {
        {"0", "-0"},         {"0", "0.000e9"},       {"100", "1e2"},    {"1.50", "1.5"},
        {"-1.50", "-15e-1"}, {"100000000", "1.0e8"}, {"0.001", "1e-3"}, {"123.456", "0.0123456E4"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct num_dec x = dec(rows[i][0]), y = dec(rows[i][1]);
        CHECK_INT(rows[i][0], num_dec_cmp(&x, &y), 0);
    }
}

static void test_dec_mul(void)
{
    static const struct {
        const char *x, *y, *product;
    } rows[] = {
        {"0", "5", "0"},
        {"-3", "0", "0"},
        {"0", "0", "0"},
        {"2", "5", "10"},
        {"99", "99", "9801"},
        {"-2", "3", "-6"},
        {"-2", "-3", "6"},
        {"0.1", "0.1", "0.01"},
        {"15600.5", "6410.25", "100003105.125"},
        {"1e400", "1e-400", "1"},
        {"1e999999999", "1e999999999", "1e99999999999999999999"},
        {"123456789012345678901234567890", "1000", "123456789012345678901234567890000"},
        {"12345678901234567890", "98765432109876543210", "1219326311370217952237463801111263526900"},
        {"999999999999999999", "999999999999999999", "999999999999999998000000000000000001"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct num_dec x = dec(rows[i].x), y = dec(rows[i].y), want = dec(rows[i].product), got;
        CHECK_INT(rows[i].x, num_dec_mul(arena, &x, &y, &got), STATUS_OK);
        CHECK_INT(rows[i].product, num_dec_cmp(&got, &want), 0);
        CHECK_INT(rows[i].product, got.n, want.n);
        CHECK_INT("commutes", num_dec_mul(arena, &y, &x, &got), STATUS_OK);
        CHECK_INT(rows[i].product, num_dec_cmp(&got, &want), 0);
    }
}

static void print128(unsigned __int128 v, char *out)
{
    char digits[40];
    unsigned n = 0;
    do
        digits[n++] = (char)('0' + (int)(v % 10));
    while ((v /= 10) > 0);
    while (n > 0)
        *out++ = digits[--n];
    *out = '\0';
}

/* Against the machine's own 128 bits. */
static void test_dec_mul_random(void)
{
    uint64_t seed = 1;
    for (unsigned i = 0; i < 500; i++) {
        uint64_t v[2];
        char text[3][48];
        for (unsigned k = 0; k < 2; k++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            v[k] = seed >> (seed >> 58);
            print128(v[k], text[k]);
        }
        print128((unsigned __int128)v[0] * v[1], text[2]);
        struct num_dec x = dec(text[0]), y = dec(text[1]), want = dec(text[2]), got;
        CHECK_INT(text[0], num_dec_mul(arena, &x, &y, &got), STATUS_OK);
        CHECK_INT(text[2], num_dec_cmp(&got, &want), 0);
        CHECK_INT(text[1], num_dec_cmp(&x, &y) > 0, v[0] > v[1]);
    }
}

static void test_dec_mul_bound(void)
{
    static char nines[NUM_DEC_DIGITS_MAX + 1];
    memset(nines, '9', NUM_DEC_DIGITS_MAX);
    struct num_dec x, one = dec("1"), got;
    CHECK_INT("all but one", num_dec_parse(arena, (struct sv){nines, NUM_DEC_DIGITS_MAX - 1}, &x), STATUS_OK);
    CHECK_INT("at the bound", num_dec_mul(arena, &x, &one, &got), STATUS_OK);
    CHECK_INT("exact", num_dec_cmp(&x, &got), 0);
    CHECK_INT("all", num_dec_parse(arena, (struct sv){nines, NUM_DEC_DIGITS_MAX}, &x), STATUS_OK);
    CHECK_INT("past it", num_dec_mul(arena, &x, &one, &got), STATUS_TOO_LARGE);
    CHECK_INT("past it", num_dec_mul(arena, &one, &x, &got), STATUS_TOO_LARGE);
    arena_reset(arena);
}

static void test_dec_u64(void)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", 0, true, 0},
        {"-0", 0, true, 0},
        {"0.0", 9, true, 0},
        {"1e2", UINT64_MAX, true, 100},
        {"5.0", UINT64_MAX, true, 5},
        {"1.5e1", UINT64_MAX, true, 15},
        {"9007199254740991", UINT64_C(9007199254740991), true, UINT64_C(9007199254740991)},
        {"9007199254740992", UINT64_C(9007199254740991), false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"1e20", UINT64_MAX, false, 0},
        {"1e19", UINT64_MAX, true, UINT64_C(10000000000000000000)},
        {"1e400", UINT64_MAX, false, 0},
        {"1e99999999999999999999", UINT64_MAX, false, 0},
        {"1e-400", UINT64_MAX, false, 0},
        {"0.5", UINT64_MAX, false, 0},
        {"1.5", UINT64_MAX, false, 0},
        {"1000.0001", UINT64_MAX, false, 0},
        {"-1", UINT64_MAX, false, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct num_dec x = dec(rows[i].text);
        uint64_t v = 7777;
        CHECK_INT(rows[i].text, num_dec_u64(&x, rows[i].max, &v), rows[i].ok);
        CHECK_INT(rows[i].text, v, rows[i].ok ? rows[i].value : 7777);
    }
}

static void test_no_memory(void)
{
    struct num_dec x = dec("3"), got;
    struct arena *small = arena_new(16);
    CHECK_INT("no room to parse", num_dec_parse(small, SV("12345678901234567890"), &got), STATUS_NO_MEMORY);
    refuse_from(0);
    CHECK_INT("no memory to parse", num_dec_parse(small, SV("1"), &got), STATUS_NO_MEMORY);
    CHECK_INT("no memory to multiply", num_dec_mul(small, &x, &x, &got), STATUS_NO_MEMORY);
    refuse_off();
    arena_free(&small);
}

void init_num_tests(void)
{
    static const struct suite_test tests[] = {
        {"u64", test_u64},
        {"decimal parse", test_dec_parse},
        {"decimal refused", test_dec_refused},
        {"decimal order", test_dec_order},
        {"decimal equal", test_dec_equal},
        {"decimal product", test_dec_mul},
        {"decimal product, random", test_dec_mul_random},
        {"decimal product, bound", test_dec_mul_bound},
        {"decimal to u64", test_dec_u64},
        {"no memory", test_no_memory},
    };
    suite_add("base/num", set_up, tear_down, tests, SUITE_N(tests));
}
