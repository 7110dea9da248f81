#include "wire/escape.h"

#include <stdlib.h>
#include <string.h>
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define RUN_MAX 70

/* A special byte is found wherever it stands, next to any neighbours. */
static void test_plain(void)
{
    static const unsigned char special[] = {'"', '\\', 0x00, 0x01, 0x1F, 0x80, 0xC3, 0xFF};
    static const char fill[] = {' ', '!', '#', '[', ']', 'a', 0x7F};
    for (size_t n = 0; n <= RUN_MAX; n++) {
        char *p = malloc(n ? n : 1);
        size_t wrong = 0;
        for (size_t f = 0; p && f < sizeof fill; f++) {
            memset(p, fill[f], n);
            wrong += escape_plain(p, n) != n;
            for (size_t at = 0; at < n; at++)
                for (size_t k = 0; k < sizeof special; k++) {
                    memset(p, fill[f], n);
                    p[at] = (char)special[k];
                    wrong += escape_plain(p, n) != at;
                }
        }
        CHECK_INT("plain", wrong, 0);
        free(p);
    }
}

static void test_decode(void)
{
    static const struct {
        const char *raw, *text;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"\\\"\\\\\\/", "\"\\/"},
        {"\\b\\f\\n\\r\\t", "\b\f\n\r\t"},
        {"\\u0041\\u004a\\u004A", "AJJ"},
        {"\\u0001", "\x01"},
        {"\\u007f\\u0080", "\x7F\xC2\x80"},
        {"\\u07ff\\u0800", "\xDF\xBF\xE0\xA0\x80"},
        {"\\ud7ff\\ue000\\uffff", "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"},
        {"\\ud800\\udc00", "\xF0\x90\x80\x80"},
        {"\\uDBFF\\uDFFF", "\xF4\x8F\xBF\xBF"},
        {"x\\ud83d\\ude00y", "x\xF0\x9F\x98\x80y"},
        {"\xC3\xA9\\u00e9", "\xC3\xA9\xC3\xA9"},
        {"\\\\u0041", "\\u0041"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[64], same[64];
        struct sv raw = sv_from(rows[i].raw);
        size_t n = escape_decode(raw, out);
        CHECK_STR(rows[i].raw, text_of((struct sv){out, n}), rows[i].text);
        memcpy(same, raw.p, raw.n);
        n = escape_decode((struct sv){same, raw.n}, same);
        CHECK_STR(rows[i].raw, text_of((struct sv){same, n}), rows[i].text);
        CHECK_INT(rows[i].raw, escape_any(raw), strchr(rows[i].raw, '\\') != NULL);
    }
}

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

static void test_compare(void)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"", "", 0},
        {"a", "", 1},
        {"a", "a", 0},
        {"a", "b", -1},
        {"a", "ab", -1},
        {"a", "\\u0061", 0},
        {"abc", "a\\u0062c", 0},
        {"abc", "a\\u0062d", -1},
        {"ab", "a\\u0062c", -1},
        {"\\u0061\\u0062", "\\u0061b", 0},
        {"/", "\\/", 0},
        {"\\n", "\\u000A", 0},
        {"\\u00e9", "\xC3\xA9", 0},
        {"\\ud83d\\ude00", "\xF0\x9F\x98\x80", 0},
        {"\\ud83d\\ude00", "\xEF\xBF\xBF", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sv a = sv_from(rows[i].a), b = sv_from(rows[i].b);
        CHECK_INT(rows[i].b, sign(escape_cmp(a, b)), rows[i].order);
        CHECK_INT(rows[i].b, sign(escape_cmp(b, a)), -rows[i].order);
        CHECK_INT(rows[i].b, escape_hash(a) == escape_hash(b), rows[i].order == 0);
    }
}

static void test_blank(void)
{
    CHECK("empty", escape_blank(sv_from("")));
    CHECK("spaces", escape_blank(sv_from("  \\u0020\\t\\n\\u00a0 \xE3\x80\x80")));
    CHECK("letter", !escape_blank(sv_from("  x")));
    CHECK("escaped letter", !escape_blank(sv_from("  \\u0078 ")));
    CHECK("slash", !escape_blank(sv_from("\\/")));
}

void init_escape_tests(void)
{
    static const struct suite_test tests[] = {
        {"plain run", test_plain}, {"decode", test_decode}, {"compare", test_compare}, {"blank", test_blank}};
    suite_add("escape", NULL, NULL, tests, SUITE_N(tests));
}
