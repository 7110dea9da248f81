/* What the gate refuses, and the offset it names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define FIXTURE_MAX 8192
#define BODY_CAP ((size_t)1 << 20)

struct refused {
    const char *body, *error;
};

static void check_refused(const char *row, const struct opened *o, const char *error)
{
    CHECK_STR(row, status_name(o->status), "bad-input");
    CHECK_STR(row, o->err.text, "Invalid JSON");
    CHECK_INT(row, o->err.n_fields, 1);
    CHECK(row, o->doc == NULL);
    if (error)
        CHECK_STR(row, open_error(o, "body"), error);
    else
        CHECK(row, strstr(open_error(o, "body"), " at byte ") != NULL);
}

static void refuse_rows(const struct refused *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct opened o;
        open_text(&o, rows[i].body);
        check_refused(rows[i].body, &o, rows[i].error);
        open_close(&o);
    }
}

static const struct refused structure[] = {
    {"", "Unexpected end at byte 0"},
    {" \n\t\r", "Unexpected end at byte 4"},
    {"\xEF\xBB\xBF{}", "Byte order mark at byte 0"},
    {"\xEF\xBB\xBF", "Byte order mark at byte 0"},
    {"\xEF\xBB", "No object at byte 0"},
    {" \xEF\xBB\xBF{}", "No object at byte 1"},
    {"[]", "No object at byte 0"},
    {"  null", "No object at byte 2"},
    {"true", "No object at byte 0"},
    {"12", "No object at byte 0"},
    {"\"a\"", "No object at byte 0"},
    {"x", "No object at byte 0"},
    {"\x0C{}", "No object at byte 0"},
    {"\xC2\xA0{}", "No object at byte 0"},
    {"{} x", "Unexpected character after the object at byte 3"},
    {"{}{}", "Unexpected character after the object at byte 2"},
    {"{},", "Unexpected character after the object at byte 2"},
    {"{}}", "Unexpected character after the object at byte 2"},
    {"{}\x0B", "Unexpected character after the object at byte 2"},
    {"{}//c", "Unexpected character after the object at byte 2"},
    {"{}#", "Unexpected character after the object at byte 2"},
    {"{", "Unexpected end at byte 1"},
    {"{\"a\"", "Unexpected end at byte 4"},
    {"{\"a\":", "Unexpected end at byte 5"},
    {"{\"a\":1", "Unexpected end at byte 6"},
    {"{\"a\":1,", "Unexpected end at byte 7"},
    {"{\"a\":[", "Unexpected end at byte 6"},
    {"{\"a\":[1", "Unexpected end at byte 7"},
    {"{\"a\":[1,", "Unexpected end at byte 8"},
    {"{\"a\":[1}", "Unexpected character at byte 7"},
    {"{\"a\":1]", "Unexpected character at byte 6"},
    {"{\"a\":{]", "Unexpected character at byte 6"},
    {"{,}", "Unexpected character at byte 1"},
    {"{\"a\"}", "Unexpected character at byte 4"},
    {"{\"a\" 1}", "Unexpected character at byte 5"},
    {"{\"a\"::1}", "Unexpected character at byte 5"},
    {"{\"a\":}", "Unexpected character at byte 5"},
    {"{\"a\":1,}", "Unexpected character at byte 7"},
    {"{\"a\":1,,\"b\":2}", "Unexpected character at byte 7"},
    {"{\"a\":1 \"b\":2}", "Unexpected character at byte 7"},
    {"{\"a\":1;\"b\":2}", "Unexpected character at byte 6"},
    {"{\"a\",\"b\"}", "Unexpected character at byte 4"},
    {"{\"a\":1:2}", "Unexpected character at byte 6"},
    {"{'a':1}", "Unexpected character at byte 1"},
    {"{\"a\":'b'}", "Unexpected character at byte 5"},
    {"{a:1}", "Unexpected character at byte 1"},
    {"{1:1}", "Unexpected character at byte 1"},
    {"{null:1}", "Unexpected character at byte 1"},
    {"{[]:1}", "Unexpected character at byte 1"},
    {"{/*c*/\"a\":1}", "Unexpected character at byte 1"},
    {"{\"a\":/*c*/1}", "Unexpected character at byte 5"},
    {"{\"a\":1//c\n}", "Unexpected character at byte 6"},
    {"{\"a\":1#c\n}", "Unexpected character at byte 6"},
    {"{\"a\":(1)}", "Unexpected character at byte 5"},
    {"{\"a\":\xC3\xA9}", "Unexpected character at byte 5"},
    {"{\"a\":1\xC2\xA0}", "Unexpected character at byte 6"},
    {"{\"a\":\xE2\x81\xA0 1}", "Unexpected character at byte 5"},
    {"{\"a\":\x0C 1}", "Unexpected character at byte 5"},
    {"{\"a\":b}", "Unexpected character at byte 5"},
    {"{\"a\":&}", "Unexpected character at byte 5"},
    {"{\"a\":<.>}", "Unexpected character at byte 5"},
    {"{\"a\":[,1]}", "Unexpected character at byte 6"},
    {"{\"a\":[1,]}", "Unexpected character at byte 8"},
    {"{\"a\":[1,,2]}", "Unexpected character at byte 8"},
    {"{\"a\":[1 2]}", "Unexpected character at byte 8"},
    {"{\"a\":[\"x\":1]}", "Unexpected character at byte 9"},
    {"{\"a\":[*]}", "Unexpected character at byte 6"},
    {"{\"a\":\"b\"\"c\"}", "Unexpected character at byte 8"},
    {"{\"a\":\"b\"c}", "Unexpected character at byte 8"},
};

static void test_structure(void)
{
    refuse_rows(structure, sizeof structure / sizeof *structure);
}

static void test_words(void)
{
    static const struct refused rows[] = {
        {"{\"a\":NaN}", "Unexpected character at byte 5"},
        {"{\"a\":nan}", "Unexpected character at byte 6"},
        {"{\"a\":-NaN}", "Invalid number at byte 6"},
        {"{\"a\":Infinity}", "Unexpected character at byte 5"},
        {"{\"a\":-Infinity}", "Invalid number at byte 6"},
        {"{\"a\":TRUE}", "Unexpected character at byte 5"},
        {"{\"a\":True}", "Unexpected character at byte 5"},
        {"{\"a\":tru}", "Unexpected character at byte 8"},
        {"{\"a\":truth}", "Unexpected character at byte 8"},
        {"{\"a\":trueish}", "Unexpected character at byte 9"},
        {"{\"a\":true1}", "Unexpected character at byte 9"},
        {"{\"a\":fals}", "Unexpected character at byte 9"},
        {"{\"a\":nul}", "Unexpected character at byte 8"},
        {"{\"a\":nulll}", "Unexpected character at byte 9"},
        {"{\"a\":undefined}", "Unexpected character at byte 5"},
        {"{\"a\":fal", "Unexpected end at byte 8"},
    };
    refuse_rows(rows, sizeof rows / sizeof *rows);
}

static const struct refused numbers[] = {
    {"{\"a\":-012}", "Invalid number at byte 7"},
    {"{\"a\":012}", "Invalid number at byte 6"},
    {"{\"a\":00}", "Invalid number at byte 6"},
    {"{\"a\":-01}", "Invalid number at byte 7"},
    {"{\"a\":1.}", "Invalid number at byte 7"},
    {"{\"a\":-1.}", "Invalid number at byte 8"},
    {"{\"a\":1.e1}", "Invalid number at byte 7"},
    {"{\"a\":0.e1}", "Invalid number at byte 7"},
    {"{\"a\":.5}", "Unexpected character at byte 5"},
    {"{\"a\":-.5}", "Invalid number at byte 6"},
    {"{\"a\":+1}", "Unexpected character at byte 5"},
    {"{\"a\":++1}", "Unexpected character at byte 5"},
    {"{\"a\":--1}", "Invalid number at byte 6"},
    {"{\"a\":- 1}", "Invalid number at byte 6"},
    {"{\"a\":-}", "Invalid number at byte 6"},
    {"{\"a\":-a}", "Invalid number at byte 6"},
    {"{\"a\":1e}", "Invalid number at byte 7"},
    {"{\"a\":1e+}", "Invalid number at byte 8"},
    {"{\"a\":1E-}", "Invalid number at byte 8"},
    {"{\"a\":0E+}", "Invalid number at byte 8"},
    {"{\"a\":1e+-2}", "Invalid number at byte 8"},
    {"{\"a\":1eE2}", "Invalid number at byte 7"},
    {"{\"a\":1.2.3}", "Unexpected character at byte 8"},
    {"{\"a\":0.1.2}", "Unexpected character at byte 8"},
    {"{\"a\":0.3e}", "Invalid number at byte 9"},
    {"{\"a\":1 000}", "Unexpected character at byte 7"},
    {"{\"a\":1_000}", "Unexpected character at byte 6"},
    {"{\"a\":1,000}", "Unexpected character at byte 7"},
    {"{\"a\":0x42}", "Unexpected character at byte 6"},
    {"{\"a\":1+2}", "Unexpected character at byte 6"},
    {"{\"a\":1-2}", "Unexpected character at byte 6"},
    {"{\"a\":1.8011670033376514H-308}", "Unexpected character at byte 23"},
    {"{\"a\":12abc}", "Unexpected character at byte 7"},
    {"{\"a\":\xEF\xBC\x91}", "Unexpected character at byte 5"},
    {"{\"a\":-", "Unexpected end at byte 6"},
    {"{\"a\":1.", "Unexpected end at byte 7"},
    {"{\"a\":1e", "Unexpected end at byte 7"},
    {"{\"a\":1e+", "Unexpected end at byte 8"},
};

static void test_numbers(void)
{
    refuse_rows(numbers, sizeof numbers / sizeof *numbers);
}

static const struct refused strings[] = {
    {"{\"a\":\"", "Unexpected end at byte 6"},
    {"{\"a\":\"abc", "Unexpected end at byte 9"},
    {"{\"a\":\"\\", "Unexpected end at byte 7"},
    {"{\"a\":\"\\\"", "Unexpected end at byte 8"},
    {"{\"a\":\"\\\"}", "Unexpected end at byte 9"},
    {"{\"a", "Unexpected end at byte 3"},
    {"{\"a\":\"\n\"}", "Control character in a string at byte 6"},
    {"{\"a\":\"x\ty\"}", "Control character in a string at byte 7"},
    {"{\"a\":\"\x1F\"}", "Control character in a string at byte 6"},
    {"{\"a\":\"\x01\"}", "Control character in a string at byte 6"},
    {"{\"a\n\":1}", "Control character in a string at byte 3"},
    {"{\"a\":\"\\x41\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\a\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\v\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\0\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\'\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\ \"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\U0041\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\\n\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\\t\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\\xC3\xA9\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\{[\"}", "Invalid escape at byte 7"},
    {"{\"a\":\"\\u\"}", "Invalid escape at byte 8"},
    {"{\"a\":\"\\u1\"}", "Invalid escape at byte 9"},
    {"{\"a\":\"\\u12\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u123\"}", "Invalid escape at byte 11"},
    {"{\"a\":\"\\u00G0\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u 041\"}", "Invalid escape at byte 8"},
    {"{\"a\":\"\\u+041\"}", "Invalid escape at byte 8"},
    {"{\"a\":\"\\u00@0\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u00`0\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u00:0\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u00/0\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u00g0\"}", "Invalid escape at byte 10"},
    {"{\"a\":\"\\u12", "Unexpected end at byte 10"},
    {"{\"a\":\"\\u0000\"}", "U+0000 at byte 6"},
    {"{\"a\":\"xy\\u0000z\"}", "U+0000 at byte 8"},
    {"{\"a\\u0000\":1}", "U+0000 at byte 3"},
    {"{\"a\":\"\\uD800\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uDFFF\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uDC00\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uDBFF\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uDBFFx\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD800\\n\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD800\\u0041\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD800\\uD800\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD800\\uE000\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD800\\uDBFF\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uDC00\\uDC00\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uDC00\\uD800\"}", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD83D\\uDE00\\uDE00\"}", "Lone surrogate at byte 18"},
    {"{\"a\":\"\\uD800\\uD8G0\"}", "Invalid escape at byte 16"},
    {"{\"a\":\"\\uD800\\u\"}", "Invalid escape at byte 14"},
    {"{\"\\uD800\":1}", "Lone surrogate at byte 2"},
    {"{\"a\":\"\\uD800", "Lone surrogate at byte 6"},
    {"{\"a\":\"\\uD800\\uDC", "Unexpected end at byte 16"},
};

static void test_strings(void)
{
    refuse_rows(strings, sizeof strings / sizeof *strings);
}

/* RFC 3629 §4, each bound of its table from outside. */
static const struct {
    const char *name, *bytes;
    size_t good; /*!< leading bytes that are whole characters */
} sequences[] = {
    {"lone continuation 80", "\x80", 0},
    {"lone continuation BF", "\xBF", 0},
    {"overlong C0 80", "\xC0\x80", 0},
    {"overlong C0 AF", "\xC0\xAF", 0},
    {"overlong C1 BF", "\xC1\xBF", 0},
    {"C2 alone", "\xC2", 0},
    {"C2 then ASCII", "\xC2 ", 0},
    {"C2 then 7F", "\xC2\x7F", 0},
    {"C2 then C0", "\xC2\xC0", 0},
    {"DF then E0", "\xDF\xE0\xA0\x80", 0},
    {"overlong E0 80 80", "\xE0\x80\x80", 0},
    {"overlong E0 9F BF", "\xE0\x9F\xBF", 0},
    {"E0 A0 cut", "\xE0\xA0", 0},
    {"E0 alone", "\xE0", 0},
    {"E1 80 cut by ASCII", "\xE1\x80z", 0},
    {"E1 80 C0", "\xE1\x80\xC0", 0},
    {"E2 28 A1", "\xE2(\xA1", 0},
    {"surrogate D800", "\xED\xA0\x80", 0},
    {"surrogate DFFF", "\xED\xBF\xBF", 0},
    {"surrogate pair", "\xED\xA0\xBD\xED\xB8\x80", 0},
    {"EF BF cut", "\xEF\xBF", 0},
    {"overlong F0 80 80 80", "\xF0\x80\x80\x80", 0},
    {"overlong F0 8F BF BF", "\xF0\x8F\xBF\xBF", 0},
    {"F0 90 80 cut", "\xF0\x90\x80", 0},
    {"F1 80 cut by ASCII", "\xF1\x80 ", 0},
    {"F3 80 80 C0", "\xF3\x80\x80\xC0", 0},
    {"past the last F4 90", "\xF4\x90\x80\x80", 0},
    {"past the last F4 BF", "\xF4\xBF\xBF\xBF", 0},
    {"F5", "\xF5\x80\x80\x80", 0},
    {"F8", "\xF8\x88\x80\x80\x80", 0},
    {"FC", "\xFC\x84\x80\x80\x80\x80", 0},
    {"FE", "\xFE", 0},
    {"FF", "\xFF", 0},
    {"FE FF", "\xFE\xFF", 0},
    {"Latin-1", "caf\xE9", 3},
    {"continuation after a character", "\xC3\xA9\xA9", 2},
    {"cut after characters", "\xE2\x82\xAC\xF0\x9D\x84\x9E\xE2\x82", 7},
    {"after sixteen plain bytes", "0123456789abcdef\x80", 16},
};

static void test_utf8(void)
{
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        char body[128], want[64];
        struct opened o;
        snprintf(body, sizeof body, "{\"a\":\"%s\"}", sequences[i].bytes);
        snprintf(want, sizeof want, "Invalid UTF-8 at byte %zu", 6 + sequences[i].good);
        open_text(&o, body);
        check_refused(sequences[i].name, &o, want);
        open_close(&o);
        snprintf(body, sizeof body, "{\"%s\":1}", sequences[i].bytes);
        snprintf(want, sizeof want, "Invalid UTF-8 at byte %zu", 2 + sequences[i].good);
        open_text(&o, body);
        check_refused(sequences[i].name, &o, want);
        open_close(&o);
    }
}

static void test_duplicates(void)
{
    static const struct refused rows[] = {
        {"{\"a\":1,\"a\":1}", "Duplicate name at byte 7"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "Duplicate name at byte 13"},
        {"{\"a\":1,\"\\u0061\":2}", "Duplicate name at byte 7"},
        {"{\"\\u0061\":1,\"a\":2}", "Duplicate name at byte 12"},
        {"{\"\\u0061\":1,\"\\u0061\":2}", "Duplicate name at byte 12"},
        {"{\"\":1,\"\":2}", "Duplicate name at byte 6"},
        {"{ \"/\" : 1 ,\n \"\\/\" : 2 }", "Duplicate name at byte 13"},
        {"{\"\xC3\xA9\":1,\"\\u00E9\":2}", "Duplicate name at byte 8"},
        {"{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", "Duplicate name at byte 18"},
        {"{\"x\":{\"a\":1,\"a\":2}}", "Duplicate name at byte 12"},
        {"{\"x\":[{\"a\":1},{\"b\":1,\"b\":2}]}", "Duplicate name at byte 21"},
        {"{\"a\":1,\"b\":1,\"c\":1,\"c\":2,\"b\":2,\"a\":2}", "Duplicate name at byte 19"},
        {"{\"a\":1,\"a\":1,\"a\":1}", "Duplicate name at byte 7"},
        {"{\"a\":{\"b\":1},\"b\":2,\"a\":3}", "Duplicate name at byte 19"},
    };
    refuse_rows(rows, sizeof rows / sizeof *rows);
}

static char *fixture(const char *name, size_t *n_r)
{
    char path[512];
    char *text = malloc(FIXTURE_MAX);
    snprintf(path, sizeof path, "%s/fixtures/%s", TESTS_DIR, name);
    FILE *f = fopen(path, "rb");
    *n_r = text && f ? fread(text, 1, FIXTURE_MAX, f) : 0;
    if (f)
        fclose(f);
    while (*n_r && text[*n_r - 1] != '}')
        --*n_r;
    CHECK(name, *n_r > 0);
    return text;
}

/* The reference's claim, cut anywhere, ends where it was cut. */
static void test_every_prefix(void)
{
    size_t n, wrong = 0;
    char *claim = fixture("create_claim.json", &n);
    for (size_t k = 0; k < n; k++) {
        char want[64];
        struct opened o;
        open_bytes(&o, claim, k);
        snprintf(want, sizeof want, "Unexpected end at byte %zu", k);
        wrong += strcmp(open_error(&o, "body"), want) != 0;
        open_close(&o);
    }
    CHECK_INT("prefixes", wrong, 0);
    free(claim);
}

/* The claim with any byte replaced by one that stands nowhere in JSON. */
static void test_every_byte(void)
{
    static const unsigned char never[] = {0x00, 0x01, 0x1F, 0x80, 0xFF};
    size_t n, wrong = 0;
    char *claim = fixture("create_claim.json", &n);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < sizeof never; i++) {
            char want[64], was = claim[k];
            struct opened o;
            claim[k] = (char)never[i];
            open_bytes(&o, claim, n);
            snprintf(want, sizeof want, " at byte %zu", k);
            const char *error = open_error(&o, "body");
            const char *end = strstr(error, " at byte ");
            wrong += o.status != STATUS_BAD_INPUT || !end || strcmp(end, want) != 0;
            claim[k] = was;
            open_close(&o);
        }
    CHECK_INT("bytes", wrong, 0);
    free(claim);
}

/* The offset is the body's as sent, not the compacted text's. */
static void test_offset_as_sent(void)
{
    struct opened o;
    struct buf b;
    buf_init(&b, BODY_CAP);
    for (int i = 0; i < 1000; i++)
        buf_str(&b, " \n");
    buf_str(&b, "{ \"a\" : 1 , \"a\" : 2 }");
    open_bytes(&o, b.p, b.n);
    check_refused("duplicate", &o, "Duplicate name at byte 2012");
    open_close(&o);
    b.p[2002] = '\'';
    open_bytes(&o, b.p, b.n);
    check_refused("quote", &o, "Unexpected character at byte 2002");
    open_close(&o);
    buf_free(&b);
}

void init_refuse_tests(void)
{
    static const struct suite_test tests[] = {{"structure", test_structure},
                                              {"words", test_words},
                                              {"numbers", test_numbers},
                                              {"strings", test_strings},
                                              {"UTF-8", test_utf8},
                                              {"duplicates", test_duplicates},
                                              {"every prefix", test_every_prefix},
                                              {"every byte", test_every_byte},
                                              {"offset as sent", test_offset_as_sent}};
    suite_add("refuse", NULL, NULL, tests, SUITE_N(tests));
}
