#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/base64.h"
#include "base/buf.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define BODY_CAP ((size_t)64 * 1024 * 1024)

static void test_short(void)
{
    static const struct {
        const char *content, *want, *error;
    } rows[] = {
        {"aGVsbG8=", "hello", ""},
        {"aGVsbG8", "hello", ""},
        {"", "", ""},
        {"Pz8\\/", "???", ""},
        {"Pz8_", "???", ""},
        {"\\u0061GVsbG8=", "hello", ""},
        {"aGVs bG8=", NULL, "Invalid content format"},
        {" ", NULL, "Invalid content format"},
        {"aGVsbG8\\n", NULL, "Invalid content format"},
        {"data:;base64,aGVsbG8=", NULL, "Invalid content format"},
        {"a", NULL, "Invalid content format"},
        {"\xC3\xA9", NULL, "Invalid content format"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened o;
        char body[128];
        snprintf(body, sizeof body, "{\"content\":\"%s\"}", rows[i].content);
        open_text(&o, body);
        struct sv s = wire_base64(&o.top, "content", WIRE_REQUIRED, &o.err);
        CHECK_STR(body, text_of(s), rows[i].want);
        CHECK_STR(body, open_error(&o, "content"), rows[i].error);
        open_close(&o);
    }
}

static unsigned char byte_at(size_t i)
{
    return (unsigned char)(i * 2654435761u >> 13);
}

/* Base64 as PHP sends it: "\/" for "/". */
static void add_content(struct buf *b, size_t n, bool php)
{
    struct buf bytes, text;
    buf_init(&bytes, BODY_CAP);
    buf_init(&text, BODY_CAP);
    for (size_t i = 0; i < n; i++)
        buf_char(&bytes, (char)byte_at(i));
    base64_encode(&text, bytes.p, bytes.n);
    for (size_t i = 0; i < text.n; i++) {
        if (php && text.p[i] == '/')
            buf_char(b, '\\');
        buf_char(b, text.p[i]);
    }
    buf_free(&bytes);
    buf_free(&text);
}

static bool same_bytes(struct sv s, size_t n)
{
    if (!s.p || s.n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s.p[i] != byte_at(i))
            return false;
    return true;
}

/* Sizes around the one from which a string is decoded where it stands. */
static void test_sizes(void)
{
    static const size_t sizes[] = {1,  2,  3,  30, 33, 34, 35, 36, 37,  38,   39,
                                   40, 90, 94, 95, 96, 97, 98, 99, 100, 4096, 300000};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i / 2];
        struct opened o;
        struct buf b;
        char row[32];
        snprintf(row, sizeof row, "%zu bytes%s", n, i % 2 ? ", PHP" : "");
        buf_init(&b, BODY_CAP);
        buf_str(&b, "{ \"a\" : \"before\", \"content\" : \"");
        add_content(&b, n, i % 2);
        buf_str(&b, "\", \"z\" : \"after\" }");
        open_bytes(&o, b.p, b.n);
        CHECK(row, same_bytes(wire_base64(&o.top, "content", WIRE_REQUIRED, &o.err), n));
        CHECK_STR(row, text_of(wire_string(&o.top, "a", WIRE_REQUIRED, 9, &o.err)), "before");
        CHECK_STR(row, text_of(wire_string(&o.top, "z", WIRE_REQUIRED, 9, &o.err)), "after");
        CHECK_INT(row, o.err.n_fields, 0);
        open_close(&o);
        buf_free(&b);
    }
}

/* A long string is there to be decoded once, and crashes nothing after that. */
static void test_twice(void)
{
    struct opened o;
    struct buf b;
    buf_init(&b, BODY_CAP);
    buf_str(&b, "{\"content\":\"");
    add_content(&b, 500, true);
    buf_str(&b, "\"}");
    open_bytes(&o, b.p, b.n);
    CHECK("first", same_bytes(wire_base64(&o.top, "content", WIRE_REQUIRED, &o.err), 500));
    CHECK("second", !wire_base64(&o.top, "content", WIRE_REQUIRED, &o.err).p);
    CHECK("as a string", !wire_string(&o.top, "content", WIRE_REQUIRED, 9999, &o.err).p);
    CHECK("still there", wire_has(&o.top, "content"));
    open_close(&o);
    buf_free(&b);
}

static void test_long_invalid(void)
{
    struct opened o;
    struct buf b;
    buf_init(&b, BODY_CAP);
    buf_str(&b, "{\"attachments\":[{\"content\":\"");
    for (size_t i = 0; i < 100; i++)
        buf_str(&b, "ab\\\\");
    buf_str(&b, "\"}]}");
    open_bytes(&o, b.p, b.n);
    struct wire_node list = wire_list(&o.top, "attachments", &o.err), item = wire_item(&list, 0, &o.err);
    CHECK("refused", !wire_base64(&item, "content", WIRE_REQUIRED, &o.err).p);
    CHECK_STR("refused", open_error(&o, "attachments[0].content"), "Invalid content format");
    open_close(&o);
    buf_free(&b);
}

void init_base64_tests(void)
{
    static const struct suite_test tests[] = {
        {"short", test_short}, {"sizes", test_sizes}, {"twice", test_twice}, {"long, not base64", test_long_invalid}};
    suite_add("base64 member", NULL, NULL, tests, SUITE_N(tests));
}
