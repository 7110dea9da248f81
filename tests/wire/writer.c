#include "wire/writer.h"

#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define OUT_CAP ((size_t)1 << 20)

/* A line of steps: { } [ ] open and close, n a name, v a value, others see do_step. */
static void do_step(struct wire_writer *w, char step)
{
    switch (step) {
    case '{':
        wire_open(w);
        break;
    case '}':
        wire_close(w);
        break;
    case '[':
        wire_open_list(w);
        break;
    case ']':
        wire_close_list(w);
        break;
    case 'n':
        wire_name(w, "n");
        break;
    case 's':
        wire_put_str(w, "s");
        break;
    case 'S':
        wire_put_str(w, NULL);
        break;
    case '1':
        wire_put_u64(w, 1);
        break;
    case 't':
        wire_put_bool(w, true);
        break;
    case 'f':
        wire_put_bool(w, false);
        break;
    case '0':
        wire_put_null(w);
        break;
    case 'T':
        wire_put_time(w, 0);
        break;
    case 'r':
        wire_put_raw(w, SV("{\"r\":[]}"));
        break;
    case 'R':
        wire_put_raw(w, SV(""));
        break;
    case 'b':
        wire_put_sv(w, SV("\xFF"));
        break;
    default:
        wire_name(w, "\xFF");
        break;
    }
}

static const char *write_steps(const char *steps, enum status *status_r)
{
    static char text[1024];
    struct wire_writer w;
    struct buf out;
    buf_init(&out, OUT_CAP);
    wire_writer_init(&w, &out);
    for (; *steps; steps++)
        do_step(&w, *steps);
    *status_r = wire_finish(&w);
    snprintf(text, sizeof text, "%s", out.p ? out.p : "");
    buf_free(&out);
    return text;
}

static void test_forms(void)
{
    static const struct {
        const char *steps, *text;
    } rows[] = {
        {"{}", "{}"},
        {"[]", "[]"},
        {"s", "\"s\""},
        {"0", "null"},
        {"{ns}", "{\"n\":\"s\"}"},
        {"{nsn1nt}", "{\"n\":\"s\",\"n\":1,\"n\":true}"},
        {"[s1tf0]", "[\"s\",1,true,false,null]"},
        {"[{}{}[][]]", "[{},{},[],[]]"},
        {"{n{ns}n[1]ns}", "{\"n\":{\"n\":\"s\"},\"n\":[1],\"n\":\"s\"}"},
        {"[[[1]1]1]", "[[[1],1],1]"},
        {"{nS}", "{\"n\":null}"},
        {"{nrnr}", "{\"n\":{\"r\":[]},\"n\":{\"r\":[]}}"},
        {"[rr]", "[{\"r\":[]},{\"r\":[]}]"},
        {"{nT}", "{\"n\":\"1970-01-01T00:00:00Z\"}"},
        {"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum status status;
        CHECK_STR(rows[i].steps, write_steps(rows[i].steps, &status), rows[i].text);
        CHECK_STR(rows[i].steps, status_name(status), "ok");
    }
}

/* Misuse is an error that stays, whatever follows. */
static void test_misuse(void)
{
    static const char *const rows[] = {
        "",    "{",     "[",    "}",     "]",     "{]",   "[}",
        "{}}", "{}{}",  "{}1",  "11",    "n",     "[n",   "{nn",
        "{n}", "{1}",   "{s",   "{nss}", "{n1n}", "[n1]", "R",
        "[R]", "b",     "{b}",  "?",     "{?1}",  "{nb}", "{}]",
        "[[]", "{n[}]", "{n{}", "s}",    "{[]}",  "{{}}", "[[[[[[[[[[[[[[[[[",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum status status;
        char more[64];
        write_steps(rows[i], &status);
        CHECK_STR(rows[i], status_name(status), "internal");
        if (!*rows[i] || strspn(rows[i], "[{") == strlen(rows[i]) || strcmp(rows[i], "[[]") == 0 ||
            strcmp(rows[i], "{n{}") == 0)
            continue; /* only not finished yet */
        snprintf(more, sizeof more, "%s]}]}{}nR", rows[i]);
        write_steps(more, &status);
        CHECK_STR(more, status_name(status), "internal");
    }
}

static void test_strings(void)
{
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"", "\"\""},
        {"plain text", "\"plain text\""},
        {"\"", "\"\\\"\""},
        {"\\", "\"\\\\\""},
        {"a/b", "\"a/b\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x0B\x1F", "\"\\u0001\\u000b\\u001f\""},
        {"\x7F", "\"\x7F\""},
        {"a\nb\nc", "\"a\\nb\\nc\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"\xE2\x80\xA8<>&'", "\"\xE2\x80\xA8<>&'\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_writer w;
        struct buf out;
        buf_init(&out, OUT_CAP);
        wire_writer_init(&w, &out);
        wire_put_str(&w, rows[i].text);
        CHECK_STR(rows[i].json, status_name(wire_finish(&w)), "ok");
        CHECK_STR(rows[i].json, out.p, rows[i].json);
        buf_free(&out);
    }
}

static void test_nul_byte(void)
{
    struct wire_writer w;
    struct buf out;
    buf_init(&out, OUT_CAP);
    wire_writer_init(&w, &out);
    wire_put_sv(&w, SV("a\0b"));
    CHECK_STR("NUL", status_name(wire_finish(&w)), "ok");
    CHECK_STR("NUL", out.p, "\"a\\u0000b\"");
    buf_free(&out);
}

static void test_scalars(void)
{
    struct wire_writer w;
    struct buf out;
    buf_init(&out, OUT_CAP);
    wire_writer_init(&w, &out);
    wire_open_list(&w);
    wire_put_u64(&w, 0);
    wire_put_u64(&w, UINT64_MAX);
    wire_put_sv(&w, SV_NONE);
    wire_put_sv(&w, SV(""));
    wire_put_time(&w, CLOCK_NONE);
    wire_put_time(&w, INT64_C(1705314600999999));
    wire_close_list(&w);
    CHECK_STR("list", status_name(wire_finish(&w)), "ok");
    CHECK_STR("list", out.p, "[0,18446744073709551615,null,\"\",null,\"2024-01-15T10:30:00Z\"]");
    buf_free(&out);
}

/* Every size too small for the text is an error; the exact one is not. */
static void test_overflow(void)
{
    static const char want[] = "{\"a\":[\"\\n\",12,true,null],\"b\":{}}";
    for (size_t cap = 0; cap < sizeof want; cap++) {
        struct wire_writer w;
        struct buf out;
        char row[32];
        snprintf(row, sizeof row, "%zu bytes", cap);
        buf_init(&out, cap);
        wire_writer_init(&w, &out);
        wire_open(&w);
        wire_name(&w, "a");
        wire_open_list(&w);
        wire_put_str(&w, "\n");
        wire_put_u64(&w, 12);
        wire_put_bool(&w, true);
        wire_put_null(&w);
        wire_close_list(&w);
        wire_name(&w, "b");
        wire_open(&w);
        wire_close(&w);
        wire_close(&w);
        CHECK_STR(row, status_name(wire_finish(&w)), cap < sizeof want - 1 ? "too-large" : "ok");
        if (cap == sizeof want - 1)
            CHECK_STR(row, out.p, want);
        buf_free(&out);
    }
}

/* It appends: what stands in the buffer already stays. */
static void test_append(void)
{
    struct wire_writer w;
    struct buf out;
    buf_init(&out, OUT_CAP);
    buf_str(&out, "x");
    wire_writer_init(&w, &out);
    wire_open(&w);
    wire_close(&w);
    CHECK_STR("after", status_name(wire_finish(&w)), "ok");
    CHECK_STR("after", out.p, "x{}");
    buf_free(&out);
}

static void test_error_body(void)
{
    struct buf out;
    struct err fields;
    buf_init(&out, OUT_CAP);
    err_init(&fields);
    CHECK_STR("plain", status_name(wire_error_body(&out, "Invalid API key", NULL, INT64_C(1705314600000000), 401)),
              "ok");
    CHECK_STR("plain", out.p, "{\"error\":\"Invalid API key\",\"timestamp\":\"2024-01-15T10:30:00Z\",\"status\":401}");
    buf_clear(&out);
    CHECK_STR("no fields", status_name(wire_error_body(&out, "Ticket not found", &fields, 0, 404)), "ok");
    CHECK_STR("no fields", out.p,
              "{\"error\":\"Ticket not found\",\"timestamp\":\"1970-01-01T00:00:00Z\",\"status\":404}");
    buf_clear(&out);
    err_field(&fields, "customer.email", "Invalid email format");
    err_field(&fields, "ticket.metadata.claimAmount", "Claim amount is required");
    CHECK_STR("fields",
              status_name(wire_error_body(&out, "Validation failed", &fields, INT64_C(1705314600000000), 400)), "ok");
    CHECK_STR("fields", out.p,
              "{\"error\":\"Validation failed\",\"errors\":{\"customer.email\":\"Invalid email format\","
              "\"ticket.metadata.claimAmount\":\"Claim amount is required\"},"
              "\"timestamp\":\"2024-01-15T10:30:00Z\",\"status\":400}");
    buf_free(&out);
}

/* What is written reads back the same. */
static void test_read_back(void)
{
    struct wire_writer w;
    struct opened o;
    struct buf out;
    char all[256];
    for (size_t i = 0; i < 127; i++)
        all[i] = (char)(i + 1);
    buf_init(&out, OUT_CAP);
    wire_writer_init(&w, &out);
    wire_open(&w);
    wire_name(&w, "all");
    wire_put_sv(&w, (struct sv){all, 127});
    wire_close(&w);
    CHECK_STR("written", status_name(wire_finish(&w)), "ok");
    open_bytes(&o, out.p, out.n);
    CHECK_STR("read", status_name(o.status), "ok");
    CHECK("same", sv_eq(wire_string(&o.top, "all", WIRE_REQUIRED, 127, &o.err), (struct sv){all, 127}));
    open_close(&o);
    buf_free(&out);
}

void init_writer_tests(void)
{
    static const struct suite_test tests[] = {
        {"forms", test_forms},       {"misuse", test_misuse},         {"strings", test_strings},
        {"NUL byte", test_nul_byte}, {"scalars", test_scalars},       {"overflow", test_overflow},
        {"append", test_append},     {"error body", test_error_body}, {"read back", test_read_back}};
    suite_add("writer", NULL, NULL, tests, SUITE_N(tests));
}
