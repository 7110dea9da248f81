/* What the gate lets pass, and the compacted text it makes of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define BODY_CAP ((size_t)64 * 1024 * 1024)

static const char *const values[] = {
    "0",
    "-0",
    "-1",
    "1",
    "123",
    "20e1",
    "1E22",
    "1E-2",
    "1e+2",
    "123e45",
    "123.456e78",
    "0e+1",
    "0e1",
    "-0.0",
    "123.456789",
    "500000.10",
    "123456789012345678901234567890",
    "1E400",
    "-1e-400",
    "9223372036854775808",
    "18446744073709551616",
    "0.00000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[[]]",
    "[[],[[]]]",
    "[{}]",
    "[null,1,\"1\",{}]",
    "[1,null,null,null,2]",
    "[\"a\"]",
    "{\"\":0}",
    "{\"a\":[]}",
    "{\"a\":\"b\"}",
    "\"\"",
    "\" \"",
    "\" a  b \"",
    "\"/\"",
    "\"\\/\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\\\a\"",
    "\"\\\\n\"",
    "\"\\\\u0000\"",
    "\"\\b\\f\\n\\r\\t\"",
    "\"\\u0001\"",
    "\"\\u0012\"",
    "\"\\u0060\\u012a\\u12AB\"",
    "\"\\uFFFF\"",
    "\"\\uA66D\"",
    "\"\\u2028\\u2029\"",
    "\"\\u0022\"",
    "\"\\u005C\"",
    "\"\\uD801\\udc37\"",
    "\"\\ud83d\\ude39\\ud83d\\udc8d\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"\\uDBFF\\uDFFE\"",
    "\"a/*b*/c/*d//e\"",
    "\"\x7F\"",
    "\"\xC2\x80\"",
    "\"\xDF\xBF\"",
    "\"\xE0\xA0\x80\"",
    "\"\xED\x9F\xBF\"",
    "\"\xEE\x80\x80\"",
    "\"\xEF\xBF\xBF\"",
    "\"\xEF\xBB\xBF\"",
    "\"\xE2\x80\xA8\"",
    "\"\xF0\x90\x80\x80\"",
    "\"\xF4\x8F\xBF\xBF\"",
    "\"\xEF\xBF\xBE\"",
    "\"\xF0\x9B\xBF\xBF\"",
    "\"\xE2\x82\xAC\xF0\x9D\x84\x9E\xC3\xA9 end\"",
    "\"'\"",
    "\"[{,:}]\"",
    "\"#000000\"",
    "\"@000000\"",
};

static void check_text(const char *row, const struct opened *o, const char *want)
{
    CHECK_STR(row, status_name(o->status), "ok");
    CHECK_STR(row, open_error(o, "body"), "");
    if (!o->doc)
        return;
    struct sv text = wire_text(o->doc);
    CHECK_INT(row, text.n, strlen(want));
    CHECK(row, sv_is(text, want));
}

/* Each value as it is, and with all kinds of white space around it. */
static void test_values(void)
{
    static const char *const around[][2] = {
        {"{\"a\":", "}"}, {" { \"a\" : ", " } "}, {"\t{\r\n\"a\"\r:\n", "\t}\n\r\n"}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char want[512], sent[512];
        snprintf(want, sizeof want, "{\"a\":%s}", values[i]);
        for (size_t f = 0; f < sizeof around / sizeof *around; f++) {
            struct opened o;
            snprintf(sent, sizeof sent, "%s%s%s", around[f][0], values[i], around[f][1]);
            open_text(&o, sent);
            check_text(sent, &o, want);
            open_close(&o);
        }
    }
}

static void test_compact(void)
{
    static const struct {
        const char *sent, *text;
    } rows[] = {
        {"{}", "{}"},
        {" \n{ \t } \r\n", "{}"},
        {"{\"a\":[ 1 , 2,\n3 ] , \"b\" : { } }", "{\"a\":[1,2,3],\"b\":{}}"},
        {"{ \" a \" : \" b  c \" }", "{\" a \":\" b  c \"}"},
        {"{ \"n\" : [ 500000.10 , 1E400 , 123456789012345678901234567890 , -0 ] }",
         "{\"n\":[500000.10,1E400,123456789012345678901234567890,-0]}"},
        {"{ \"b\" : true , \"a\" : null , \"\\u0063\" : false }", "{\"b\":true,\"a\":null,\"\\u0063\":false}"},
        {"{\"a\" : \"\\\" , \\\\\" , \"b\" : \"\xC3\xA9 \xE2\x82\xAC\"}",
         "{\"a\":\"\\\" , \\\\\",\"b\":\"\xC3\xA9 \xE2\x82\xAC\"}"},
        {"{ \"a\" : [ { } , [ ] , [ [ ] ] ] }", "{\"a\":[{},[],[[]]]}"},
        {"{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}", "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}"},
        {"{\"a\":[{\"a\":1},{\"a\":2}],\"A\":3,\"\":4,\" a\":5}",
         "{\"a\":[{\"a\":1},{\"a\":2}],\"A\":3,\"\":4,\" a\":5}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened o;
        open_text(&o, rows[i].sent);
        check_text(rows[i].sent, &o, rows[i].text);
        open_close(&o);
    }
}

static void put_code_point(struct buf *b, uint32_t cp)
{
    char c[4];
    if (cp < 0x80) {
        buf_printf(b, cp < 0x20 || cp == '"' || cp == '\\' ? "\\u%04x" : "%c", (unsigned)cp);
        return;
    }
    buf_add(b, c, utf8_put(cp, c));
}

/* Every Unicode scalar value, raw, reads back as itself; a string a plane's row. */
static void test_all_code_points(void)
{
    size_t wrong = 0;
    for (uint32_t row = 0; row < 0x110000; row += 0x400) {
        struct buf b;
        struct opened o;
        if (row >= 0xD800 && row < 0xE000)
            continue;
        buf_init(&b, BODY_CAP);
        buf_str(&b, "{\"s\":\"");
        for (uint32_t cp = row ? row : 1; cp < row + 0x400; cp++)
            put_code_point(&b, cp);
        buf_str(&b, "\"}");
        open_bytes(&o, b.p, b.n);
        struct sv s = o.doc ? wire_string(&o.top, "s", WIRE_REQUIRED, 1024, &o.err) : SV_NONE;
        for (uint32_t cp = row ? row : 1; cp < row + 0x400; cp++) {
            uint32_t got = 0;
            size_t n = s.n ? utf8_get(s, &got) : 0;
            s = (struct sv){s.p + n, s.n - n};
            wrong += got != cp;
        }
        wrong += s.n;
        open_close(&o);
        buf_free(&b);
    }
    CHECK_INT("scalar values that differ", wrong, 0);
}

/* depth levels in all, the top object's included. */
static void open_nested(struct opened *o, size_t depth, const char *open, const char *close, const char *inside)
{
    struct buf b;
    buf_init(&b, BODY_CAP);
    buf_str(&b, "{\"a\":");
    for (size_t i = 1; i < depth; i++)
        buf_str(&b, open);
    buf_str(&b, inside);
    for (size_t i = 1; i < depth; i++)
        buf_str(&b, close);
    buf_str(&b, "}");
    open_bytes(o, b.p, b.n);
    buf_free(&b);
}

static void test_depth(void)
{
    static const struct {
        const char *open, *close;
        size_t at; /*!< of the 25th level's opening byte */
    } rows[] = {{"[", "]", 5 + 23}, {"{\"a\":", "}", 5 + 23 * 5}, {"[1,{\"b\":2,\"c\":", "}]", 5 + 11 * 14 + 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened o;
        char want[64];
        bool pairs = i == 2; /* each opens two levels */
        open_nested(&o, pairs ? 12 : 24, rows[i].open, rows[i].close, pairs ? "[1]" : "1");
        CHECK_STR(rows[i].open, status_name(o.status), "ok");
        open_close(&o);
        open_nested(&o, pairs ? 13 : 25, rows[i].open, rows[i].close, "1");
        snprintf(want, sizeof want, "Nested deeper than 24 levels at byte %zu", rows[i].at);
        CHECK_STR(rows[i].open, open_error(&o, "body"), want);
        open_close(&o);
    }
}

static void open_list_of(struct opened *o, size_t n, const char *item)
{
    struct buf b;
    buf_init(&b, BODY_CAP);
    buf_str(&b, "{\"a\":[");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? "," : "", item);
    buf_str(&b, "]}");
    open_bytes(o, b.p, b.n);
    buf_free(&b);
}

/* The object, its name and the list count, too. */
static void test_values_bound(void)
{
    struct opened o;
    open_list_of(&o, WIRE_VALUES_MAX - 3, "7");
    CHECK_STR("most", status_name(o.status), "ok");
    struct wire_node list = wire_list(&o.top, "a", &o.err);
    CHECK_INT("most", wire_list_n(&list), WIRE_VALUES_MAX - 3);
    open_close(&o);
    open_list_of(&o, WIRE_VALUES_MAX - 2, "7");
    CHECK_STR("one more", open_error(&o, "body"), "More than 100000 values at byte 200000");
    open_close(&o);
}

/* The top object and the list count, too. */
static void test_scopes_bound(void)
{
    static const char *const items[] = {"{}", "[]"};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        struct opened o;
        open_list_of(&o, WIRE_SCOPES_MAX - 2, items[i]);
        CHECK_STR(items[i], status_name(o.status), "ok");
        open_close(&o);
        open_list_of(&o, WIRE_SCOPES_MAX - 1, items[i]);
        CHECK_STR(items[i], open_error(&o, "body"), "More than 32768 objects and lists at byte 98304");
        open_close(&o);
    }
}

/* Names and values; `again` is the last one's name. */
static void open_members(struct opened *o, size_t n, const char *again)
{
    struct buf b;
    buf_init(&b, BODY_CAP);
    for (size_t i = 0; i + 1 < n; i++)
        buf_printf(&b, "%s\"name%05zu\":%zu", i ? "," : "{", i, i);
    buf_printf(&b, ",\"%s\":0}", again);
    open_bytes(o, b.p, b.n);
    buf_free(&b);
}

static void test_many_names(void)
{
    struct opened o;
    open_members(&o, 49999, "last");
    CHECK_STR("differ", status_name(o.status), "ok");
    CHECK_STR("differ", text_of(wire_number(&o.top, "name31415", WIRE_REQUIRED, &o.err)), "31415");
    CHECK_STR("differ", text_of(wire_number(&o.top, "last", WIRE_REQUIRED, &o.err)), "0");
    open_close(&o);
    open_members(&o, 100, "name0000\\u0035");
    CHECK_STR("again", open_error(&o, "body"), "Duplicate name at byte 1476");
    open_close(&o);
    open_members(&o, 50000, "last");
    CHECK_STR("too many", status_name(o.status), "bad-input");
    open_close(&o);
}

/* Names that share their hash (FNV-1a) are told apart by what they say. */
static void test_equal_hashes(void)
{
    struct opened o;
    open_text(&o, "{\"8yn0iYCKYHlIj4-BwPqk\":1,\"GReLUrM4wMqfg9yzV3KQ\":2}");
    CHECK_STR("differ", status_name(o.status), "ok");
    CHECK_STR("first", text_of(wire_number(&o.top, "8yn0iYCKYHlIj4-BwPqk", WIRE_REQUIRED, &o.err)), "1");
    CHECK_STR("second", text_of(wire_number(&o.top, "GReLUrM4wMqfg9yzV3KQ", WIRE_REQUIRED, &o.err)), "2");
    open_close(&o);
    open_text(&o, "{\"8yn0iYCKYHlIj4-BwPqk\":1,\"GReLUrM4wMqfg9yzV3KQ\":2,\"8yn0iYCKYHlIj4-BwPqk\":3}");
    CHECK_STR("again", open_error(&o, "body"), "Duplicate name at byte 51");
    open_close(&o);
}

/* Names too long for the tree are still checked, and take no one's place. */
static void test_long_names(void)
{
    struct opened o;
    struct buf b;
    char name[300];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    buf_init(&b, BODY_CAP);
    buf_printf(&b, "{\"\":1,\"%s\":2,\"%s+\":{\"a\":3},\"a\":4}", name, name);
    open_bytes(&o, b.p, b.n);
    check_text("differ", &o, b.p);
    CHECK_STR("empty name", text_of(wire_number(&o.top, "", WIRE_REQUIRED, &o.err)), "1");
    CHECK_STR("after", text_of(wire_number(&o.top, "a", WIRE_REQUIRED, &o.err)), "4");
    CHECK("long", !wire_has(&o.top, name));
    open_close(&o);
    buf_clear(&b);
    buf_printf(&b, "{\"%s\":1,\"%s\":2}", name, name);
    open_bytes(&o, b.p, b.n);
    CHECK_STR("again", open_error(&o, "body"), "Duplicate name at byte 305");
    open_close(&o);
    buf_free(&b);
}

static void test_too_large(void)
{
    struct opened o;
    open_text(&o, "{}");
    struct wire_doc *doc = NULL;
    CHECK_STR("past 1 GiB", status_name(wire_parse(o.arena, o.body, (size_t)1 << 31, &doc, &o.err)), "too-large");
    CHECK("past 1 GiB", !doc);
    CHECK_STR("past 1 GiB", open_error(&o, "body"), "");
    open_close(&o);
}

void init_gate_tests(void)
{
    static const struct suite_test tests[] = {{"values", test_values},
                                              {"compact text", test_compact},
                                              {"all code points", test_all_code_points},
                                              {"depth", test_depth},
                                              {"number of values", test_values_bound},
                                              {"number of scopes", test_scopes_bound},
                                              {"many names", test_many_names},
                                              {"equal hashes", test_equal_hashes},
                                              {"long names", test_long_names},
                                              {"too large", test_too_large}};
    suite_add("gate", NULL, NULL, tests, SUITE_N(tests));
}
