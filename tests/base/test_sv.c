#include "base/sv.h"

#include <stdio.h>
#include <string.h>

#include "base/suites.h"
#include "harness/suite.h"

static void test_from(void)
{
    CHECK("null is absent", !sv_from(NULL).p);
    CHECK_INT("null", sv_from(NULL).n, 0);
    CHECK("empty is present", sv_from("").p != NULL);
    CHECK_INT("abc", sv_from("abc").n, 3);
    CHECK_INT("literal with NUL", SV("a\0b").n, 3);
}

static void test_eq(void)
{
    static const struct {
        const char *row;
        struct sv a, b;
        bool same, same_ci;
    } rows[] = {
        {"same", {"abc", 3}, {"abc", 3}, true, true},
        {"case", {"aBc", 3}, {"AbC", 3}, false, true},
        {"ends of the alphabet", {"azAZ", 4}, {"AZaz", 4}, false, true},
        {"past the alphabet", {"@[", 2}, {"`{", 2}, false, false},
        {"length", {"abc", 3}, {"abc", 2}, false, false},
        {"other", {"abc", 3}, {"abd", 3}, false, false},
        {"not ASCII", {"\xC3\x84", 2}, {"\xC3\xA4", 2}, false, false},
        {"empty", {"", 0}, {"", 0}, true, true},
        {"absent", {NULL, 0}, {NULL, 0}, true, true},
        {"absent and empty", {NULL, 0}, {"", 0}, false, false},
        {"empty and absent", {"", 0}, {NULL, 0}, false, false},
        {"trailing space", {"a ", 2}, {"a", 1}, false, false},
        {"NUL inside", {"a\0b", 3}, {"a\0c", 3}, false, false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK_INT(rows[i].row, sv_eq(rows[i].a, rows[i].b), rows[i].same);
        CHECK_INT(rows[i].row, sv_eq_ci(rows[i].a, rows[i].b), rows[i].same_ci);
    }
}

static void test_is(void)
{
    CHECK("same", sv_is(SV("abc"), "abc"));
    CHECK("longer", !sv_is(SV("abcd"), "abc"));
    CHECK("NUL inside", !sv_is(SV("abc\0"), "abc"));
    CHECK("absent", !sv_is(SV_NONE, ""));
    CHECK("both absent", sv_is(SV_NONE, NULL));
}

static void test_prefix(void)
{
    CHECK("prefix", sv_has_prefix(SV("abc"), SV("ab")));
    CHECK("all", sv_has_prefix(SV("abc"), SV("abc")));
    CHECK("empty", sv_has_prefix(SV("abc"), SV("")));
    CHECK("longer", !sv_has_prefix(SV("ab"), SV("abc")));
    CHECK("other", !sv_has_prefix(SV("abc"), SV("b")));
    CHECK("absent", !sv_has_prefix(SV_NONE, SV("")));
    CHECK("absent prefix", !sv_has_prefix(SV("a"), SV_NONE));
}

static void test_trim(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""}, {" ", ""}, {"\t\r\n ", ""}, {"a", "a"}, {" a b ", "a b"}, {"\r\na\n", "a"}, {"\va\f", "\va\f"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK(rows[i].in, sv_is(sv_trim(sv_from(rows[i].in)), rows[i].out));
    CHECK("absent", !sv_trim(SV_NONE).p);
}

/* The parts, each in brackets. */
static void cut_all(struct sv s, char *out, size_t size)
{
    struct sv part;
    size_t n = 0;
    out[0] = '\0';
    while (sv_cut(&s, ',', &part))
        n += (size_t)snprintf(out + n, size - n, "[%.*s]", SV_ARG(part));
}

static void test_cut(void)
{
    static const struct {
        struct sv in;
        const char *out;
    } rows[] = {
        {{NULL, 0}, ""},    {{"", 0}, "[]"},      {{"a", 1}, "[a]"},    {{"a,,b", 4}, "[a][][b]"},
        {{",", 1}, "[][]"}, {{"a,", 2}, "[a][]"}, {{",a", 2}, "[][a]"}, {{"ab,cd", 4}, "[ab][c]"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[64];
        cut_all(rows[i].in, out, sizeof out);
        CHECK_STR(rows[i].out, out, rows[i].out);
    }
}

static void test_arg(void)
{
    char out[16];
    snprintf(out, sizeof out, "<%.*s>", SV_ARG(SV_NONE));
    CHECK_STR("absent prints as nothing", out, "<>");
}

void init_sv_tests(void)
{
    static const struct suite_test tests[] = {
        {"from", test_from}, {"equal", test_eq}, {"is", test_is},   {"prefix", test_prefix},
        {"trim", test_trim}, {"cut", test_cut},  {"arg", test_arg},
    };
    suite_add("base/sv", NULL, NULL, tests, SUITE_N(tests));
}
