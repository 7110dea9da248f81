#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define BODY_CAP ((size_t)1 << 20)

static void test_found(void)
{
    static const struct {
        const char *body, *raw;
    } rows[] = {
        {"{\"ticket\":{\"metadata\":{ \"a\" : 500000.10 , \"b\":[ 1 , \"x y\" ] }}}",
         "{\"a\":500000.10,\"b\":[1,\"x y\"]}"},
        {"{\"ticket\":{\"metadata\":null}}", "null"},
        {"{\"ticket\":{\"metadata\": true }}", "true"},
        {"{\"ticket\":{\"metadata\": false , \"x\":1}}", "false"},
        {"{\"ticket\":{\"metadata\": 1E400 }}", "1E400"},
        {"{\"ticket\":{\"metadata\":-1}}", "-1"},
        {"{\"ticket\":{\"metadata\":\" }\\\"\\\\\"}}", "\" }\\\"\\\\\""},
        {"{\"ticket\":{\"metadata\":\"\"}}", "\"\""},
        {"{\"ticket\":{\"metadata\":[ ]}}", "[]"},
        {"{\"ticket\":{\"metadata\":{ }}}", "{}"},
        {"{\"ticket\":{\"metadata\":[[{\"a\":[]}],{}]}}", "[[{\"a\":[]}],{}]"},
        {"{\"a\":1,\"b\":\"}\",\"ticket\":{\"c\":[{}],\"d\":{\"metadata\":0},\"metadata\":{\"e\":2}},\"f\":3}",
         "{\"e\":2}"},
        {"{\"metadata\":1,\"x\":{\"metadata\":2},\"ticket\":{\"metadata\":3}}", "3"},
        {"{\"tick\\u0065t\":{\"\\u006Detadata\":4}}", "4"},
        {"{\"a\":null,\"b\":true,\"c\":false,\"d\":[null,true,false,-1,2.5],\"ticket\":{\"metadata\":5}}", "5"},
        {"{\"\\\"\":\"\\\\\",\"ticket\":{\"\\\\\":\"\\\"\",\"metadata\":6}}", "6"},
        {"{\"ticket\":{\"metadata\":{\"\\u0061\":\"\\u0062\\/\"}}}", "{\"\\u0061\":\"\\u0062\\/\"}"},
        {"{}", NULL},
        {"{\"ticket\":null}", NULL},
        {"{\"ticket\":1}", NULL},
        {"{\"ticket\":\"metadata\"}", NULL},
        {"{\"ticket\":[\"metadata\"]}", NULL},
        {"{\"ticket\":{}}", NULL},
        {"{\"ticket\":{\"metadat\":1,\"metadata \":2,\"METADATA\":3}}", NULL},
        {"{\"a\":{\"metadata\":1}}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened o;
        open_text(&o, rows[i].body);
        CHECK_STR(rows[i].body, text_of(wire_raw(o.doc, "ticket", "metadata")), rows[i].raw);
        open_close(&o);
    }
}

/* Decoding in place leaves bytes that are no JSON; raw text is found past them. */
static void test_after_base64(void)
{
    struct opened o;
    struct buf b;
    buf_init(&b, BODY_CAP);
    buf_str(&b, "{\"content\":\"");
    for (size_t i = 0; i < 100; i++)
        buf_str(&b, "IiI\\/XFwi"); /* "" ? \\" */
    buf_str(&b, "\",\"ticket\":{\"long\":\"");
    for (size_t i = 0; i < 100; i++)
        buf_str(&b, "\\\"\\\\");
    buf_str(&b, "\",\"metadata\":{\"a\":[1,2]}}}");
    open_bytes(&o, b.p, b.n);
    CHECK_STR("before", text_of(wire_raw(o.doc, "ticket", "metadata")), "{\"a\":[1,2]}");
    struct sv s = wire_base64(&o.top, "content", WIRE_REQUIRED, &o.err);
    CHECK_INT("decoded", s.n, 600);
    CHECK("decoded", s.p && memcmp(s.p, "\"\"?\\\\\"", 6) == 0);
    CHECK_STR("after", text_of(wire_raw(o.doc, "ticket", "metadata")), "{\"a\":[1,2]}");
    open_close(&o);
    buf_free(&b);
}

static void test_long_names(void)
{
    struct opened o;
    struct buf b;
    buf_init(&b, BODY_CAP);
    buf_str(&b, "{\"");
    for (size_t i = 0; i < 200; i++)
        buf_str(&b, "\\\"");
    buf_str(&b, "\":1,\"ticket\":{\"metadata\":2}}");
    open_bytes(&o, b.p, b.n);
    CHECK_STR("found", text_of(wire_raw(o.doc, "ticket", "metadata")), "2");
    open_close(&o);
    buf_free(&b);
}

void init_raw_tests(void)
{
    static const struct suite_test tests[] = {
        {"found", test_found}, {"after base64", test_after_base64}, {"long names", test_long_names}};
    suite_add("raw text", NULL, NULL, tests, SUITE_N(tests));
}
