#include "base/utf8.h"

#include <string.h>

#include "base/suites.h"
#include "harness/suite.h"

struct row {
    const char *row;
    struct sv in;
    size_t valid_to;
};

/* RFC 3629 §4's table, at its edges. */
static const struct row rows[] = {
    {"empty", {"", 0}, 0},
    {"ASCII", {"abc", 3}, 3},
    {"NUL is valid", {"a\0b", 3}, 3},
    {"U+007F", {"\x7F", 1}, 1},
    {"U+0080", {"\xC2\x80", 2}, 2},
    {"U+07FF", {"\xDF\xBF", 2}, 2},
    {"U+0800", {"\xE0\xA0\x80", 3}, 3},
    {"U+D7FF", {"\xED\x9F\xBF", 3}, 3},
    {"U+E000", {"\xEE\x80\x80", 3}, 3},
    {"U+FFFF", {"\xEF\xBF\xBF", 3}, 3},
    {"U+10000", {"\xF0\x90\x80\x80", 4}, 4},
    {"U+10FFFF", {"\xF4\x8F\xBF\xBF", 4}, 4},
    {"eight ASCII", {"abcdefgh", 8}, 8},
    {"eight ASCII, then one", {"abcdefgh\xC3\xA9", 10}, 10},
    {"lone continuation", {"\x80", 1}, 0},
    {"overlong of 2, C0", {"\xC0\x80", 2}, 0},
    {"overlong of 2, C1", {"\xC1\xBF", 2}, 0},
    {"overlong of 3", {"\xE0\x9F\xBF", 3}, 0},
    {"overlong of 4", {"\xF0\x8F\xBF\xBF", 4}, 0},
    {"surrogate U+D800", {"\xED\xA0\x80", 3}, 0},
    {"surrogate U+DFFF", {"\xED\xBF\xBF", 3}, 0},
    {"U+110000", {"\xF4\x90\x80\x80", 4}, 0},
    {"lead F5", {"\xF5\x80\x80\x80", 4}, 0},
    {"lead FF", {"a\xFF", 2}, 1},
    {"cut after 1 of 2", {"a\xC3", 2}, 1},
    {"cut after 1 of 3", {"\xE2", 1}, 0},
    {"cut after 2 of 3", {"ab\xE2\x82", 4}, 2},
    {"cut after 3 of 4", {"\xF0\x9F\x98", 3}, 0},
    {"second byte ASCII", {"\xC3(", 2}, 0},
    {"third byte ASCII", {"\xE2\x82(", 3}, 0},
    {"third byte a lead", {"\xE2\x82\xC2", 3}, 0},
    {"fourth byte ASCII", {"\xF0\x9F\x98(", 4}, 0},
    {"bad in the second word", {"abcdefghijklm\xFFopq", 17}, 13},
    {"bad after a good one", {"\xC3\xA9\xC3", 3}, 2},
};

static void test_valid(void)
{
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK_INT(rows[i].row, utf8_valid_to(rows[i].in), rows[i].valid_to);
        CHECK_INT(rows[i].row, utf8_valid(rows[i].in), rows[i].valid_to == rows[i].in.n);
    }
    CHECK("absent", utf8_valid(SV_NONE));
}

/* The word-wise way over ASCII must see a bad byte wherever it stands. */
static void test_every_place(void)
{
    char text[40];
    unsigned wrong = 0;
    for (size_t n = 0; n < sizeof text; n++)
        for (size_t at = 0; at < n; at++) {
            memset(text, 'x', sizeof text);
            text[at] = '\xBF';
            wrong += utf8_valid_to((struct sv){text, n}) != at;
        }
    CHECK_INT("places", wrong, 0);
}

static void test_count(void)
{
    CHECK_INT("empty", utf8_count(SV("")), 0);
    CHECK_INT("ASCII", utf8_count(SV("abc")), 3);
    CHECK_INT("one of each length", utf8_count(SV("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
    CHECK_INT("combining marks count", utf8_count(SV("e\xCC\x81")), 2);
}

/* Unicode's White_Space (PropList.txt), and the two that look like it. */
static bool is_white(uint32_t cp)
{
    static const uint32_t white[] = {
        0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x20,   0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
        0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x200B, 0xFEFF,
    };
    for (unsigned i = 0; i < SUITE_N(white); i++)
        if (white[i] == cp)
            return true;
    return false;
}

/* Every scalar value: put, get, validity, and whether it is blank. */
static void test_every_scalar(void)
{
    unsigned wrong = 0;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        char out[4];
        uint32_t back;
        struct sv s = {out, utf8_put(cp, out)};
        wrong += !utf8_valid(s) || utf8_get(s, &back) != s.n || back != cp || utf8_blank(s) != is_white(cp);
    }
    CHECK_INT("scalars", wrong, 0);
}

static void test_put(void)
{
    char out[4];
    CHECK_INT("U+24", utf8_put(0x24, out), 1);
    CHECK_INT("U+20AC", utf8_put(0x20AC, out), 3);
    CHECK("U+20AC", memcmp(out, "\xE2\x82\xAC", 3) == 0);
    CHECK_INT("U+1F600", utf8_put(0x1F600, out), 4);
    CHECK("U+1F600", memcmp(out, "\xF0\x9F\x98\x80", 4) == 0);
}

static void test_get_bad(void)
{
    uint32_t cp = 0;
    CHECK_INT("a bad byte is one byte", utf8_get(SV("\xFF\x80"), &cp), 1);
    CHECK_INT("and reads as U+FFFD", cp, 0xFFFD);
    CHECK_INT("a cut character too", utf8_get(SV("\xE2\x82"), &cp), 1);
    CHECK_INT("and reads as U+FFFD", cp, 0xFFFD);
}

static void test_blank(void)
{
    CHECK("empty", utf8_blank(SV("")));
    CHECK("absent", utf8_blank(SV_NONE));
    CHECK("mixed", utf8_blank(SV(" \t\xC2\xA0\xE3\x80\x80\xEF\xBB\xBF\xE2\x80\x8B")));
    CHECK("a letter at the end", !utf8_blank(SV(" \xC2\xA0x")));
    CHECK("U+200C is not", !utf8_blank(SV("\xE2\x80\x8C")));
    CHECK("NUL is not", !utf8_blank(SV("\0")));
}

static void test_whole(void)
{
    static const struct row cuts[] = {
        {"empty", {"", 0}, 0},
        {"ASCII", {"ab", 2}, 2},
        {"whole of 2", {"a\xC3\xA9", 3}, 3},
        {"1 of 2", {"a\xC3", 2}, 1},
        {"whole of 3", {"a\xE2\x82\xAC", 4}, 4},
        {"2 of 3", {"a\xE2\x82", 3}, 1},
        {"1 of 3", {"a\xE2", 2}, 1},
        {"whole of 4", {"\xF0\x9F\x98\x80", 4}, 4},
        {"3 of 4", {"\xF0\x9F\x98", 3}, 0},
        {"2 of 4", {"\xF0\x9F", 2}, 0},
        {"1 of 4", {"\xF0", 1}, 0},
        {"continuations alone", {"\x80\x80\x80\x80", 4}, 4},
        {"one continuation", {"\x80", 1}, 1},
    };
    for (unsigned i = 0; i < SUITE_N(cuts); i++)
        CHECK_INT(cuts[i].row, utf8_whole(cuts[i].in), cuts[i].valid_to);
}

void init_utf8_tests(void)
{
    static const struct suite_test tests[] = {
        {"valid", test_valid},
        {"bad byte at every place", test_every_place},
        {"count", test_count},
        {"put", test_put},
        {"every scalar value", test_every_scalar},
        {"get of bad bytes", test_get_bad},
        {"blank", test_blank},
        {"whole", test_whole},
    };
    suite_add("base/utf8", NULL, NULL, tests, SUITE_N(tests));
}
