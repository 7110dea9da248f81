#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"

#define BODY_CAP ((size_t)1 << 20)

static const char doc_text[] =
    "{\"name\":\" Jane \\u00e9\\ud83d\\ude00\\/\",\"empty\":\"\",\"blank\":\" \\t\\u00a0\xE3\x80\x80\","
    "\"nothing\":null,\"amount\":500000.10,\"whole\":-0,\"yes\":true,\"no\":false,"
    "\"customer\":{\"firstName\":\"A\",\"deep\":{\"er\":1},\"marker\":\"#000000\",\"at\":\"@000000\"},"
    "\"attachments\":[{\"size\":1},null,{\"size\":\"x\"},7,\"s\",[]],\"none\":[],"
    "\"fiveEuros\":\"\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\"}";

enum op { OP_STRING, OP_TEXT, OP_NUMBER, OP_BOOL, OP_OBJECT, OP_LIST, OP_BASE64 };

static const char *const op_names[] = {"string", "text", "number", "bool", "object", "list", "base64"};

/* What a reader gives, as text: "absent", "present", "bad", or the value. */
static const char *read_as(enum op op, const struct wire_node *at, const char *name, enum wire_need need, size_t max,
                           struct err *err)
{
    static const char *const states[] = {[WIRE_ABSENT] = "absent", [WIRE_PRESENT] = "present", [WIRE_BAD] = "bad"};
    struct sv s = SV_NONE;
    switch (op) {
    case OP_STRING:
        s = wire_string(at, name, need, max, err);
        break;
    case OP_TEXT:
        s = wire_text_value(at, name, need, max, err);
        break;
    case OP_NUMBER:
        s = wire_number(at, name, need, err);
        break;
    case OP_BASE64:
        s = wire_base64(at, name, need, err);
        break;
    case OP_BOOL:
        return wire_bool(at, name, max, err) ? "true" : "false";
    case OP_OBJECT:
        return states[wire_object(at, name, err).state];
    case OP_LIST:
        return states[wire_list(at, name, err).state];
    }
    return s.p ? text_of(s) : "absent";
}

static const struct {
    enum op op;
    const char *name;
    enum wire_need need;
    size_t max; /*!< a bool's default */
    const char *want, *error;
} reads[] = {
    {OP_STRING, "name", WIRE_REQUIRED, 9, " Jane \xC3\xA9\xF0\x9F\x98\x80/", ""},
    {OP_STRING, "name", WIRE_OPTIONAL, 8, "absent", "Name must be at most 8 characters"},
    {OP_STRING, "fiveEuros", WIRE_OPTIONAL, 5, "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", ""},
    {OP_STRING, "fiveEuros", WIRE_OPTIONAL, 4, "absent", "Five euros must be at most 4 characters"},
    {OP_STRING, "empty", WIRE_OPTIONAL, 5, "absent", ""},
    {OP_STRING, "empty", WIRE_REQUIRED, 5, "absent", "Empty is required"},
    {OP_STRING, "blank", WIRE_OPTIONAL, 5, "absent", ""},
    {OP_STRING, "blank", WIRE_REQUIRED, 1, "absent", "Blank is required"},
    {OP_STRING, "nothing", WIRE_OPTIONAL, 5, "absent", ""},
    {OP_STRING, "nothing", WIRE_REQUIRED, 5, "absent", "Nothing is required"},
    {OP_STRING, "serviceType", WIRE_OPTIONAL, 5, "absent", ""},
    {OP_STRING, "serviceType", WIRE_REQUIRED, 5, "absent", "Service type is required"},
    {OP_STRING, "amount", WIRE_OPTIONAL, 5, "absent", "Amount must be a string"},
    {OP_STRING, "amount", WIRE_REQUIRED, 5, "absent", "Amount must be a string"},
    {OP_STRING, "yes", WIRE_REQUIRED, 5, "absent", "Yes must be a string"},
    {OP_STRING, "customer", WIRE_REQUIRED, 5, "absent", "Customer must be a string"},
    {OP_STRING, "none", WIRE_REQUIRED, 5, "absent", "None must be a string"},
    {OP_TEXT, "name", WIRE_REQUIRED, 9, " Jane \xC3\xA9\xF0\x9F\x98\x80/", ""},
    {OP_TEXT, "name", WIRE_REQUIRED, 8, "absent", "Name must be at most 8 characters"},
    {OP_TEXT, "empty", WIRE_REQUIRED, 5, "", ""},
    {OP_TEXT, "blank", WIRE_REQUIRED, 5, " \t\xC2\xA0\xE3\x80\x80", ""},
    {OP_TEXT, "blank", WIRE_REQUIRED, 3, "absent", "Blank must be at most 3 characters"},
    {OP_TEXT, "nothing", WIRE_OPTIONAL, 5, "absent", ""},
    {OP_TEXT, "nothing", WIRE_REQUIRED, 5, "absent", "Nothing is required"},
    {OP_TEXT, "webhookUrl", WIRE_REQUIRED, 5, "absent", "Webhook url is required"},
    {OP_TEXT, "yes", WIRE_REQUIRED, 5, "absent", "Yes must be a string"},
    {OP_NUMBER, "amount", WIRE_REQUIRED, 0, "500000.10", ""},
    {OP_NUMBER, "whole", WIRE_REQUIRED, 0, "-0", ""},
    {OP_NUMBER, "nothing", WIRE_OPTIONAL, 0, "absent", ""},
    {OP_NUMBER, "claimAmount", WIRE_REQUIRED, 0, "absent", "Claim amount is required"},
    {OP_NUMBER, "name", WIRE_REQUIRED, 0, "absent", "Name must be a number"},
    {OP_NUMBER, "empty", WIRE_REQUIRED, 0, "absent", "Empty must be a number"},
    {OP_NUMBER, "no", WIRE_OPTIONAL, 0, "absent", "No must be a number"},
    {OP_BOOL, "yes", WIRE_OPTIONAL, false, "true", ""},
    {OP_BOOL, "no", WIRE_OPTIONAL, true, "false", ""},
    {OP_BOOL, "internal", WIRE_OPTIONAL, true, "true", ""},
    {OP_BOOL, "internal", WIRE_OPTIONAL, false, "false", ""},
    {OP_BOOL, "nothing", WIRE_OPTIONAL, true, "true", ""},
    {OP_BOOL, "name", WIRE_OPTIONAL, false, "false", "Name must be true or false"},
    {OP_BOOL, "amount", WIRE_OPTIONAL, true, "true", "Amount must be true or false"},
    {OP_OBJECT, "customer", WIRE_OPTIONAL, 0, "present", ""},
    {OP_OBJECT, "ticket", WIRE_OPTIONAL, 0, "absent", ""},
    {OP_OBJECT, "nothing", WIRE_OPTIONAL, 0, "absent", ""},
    {OP_OBJECT, "none", WIRE_OPTIONAL, 0, "bad", "None must be an object"},
    {OP_OBJECT, "amount", WIRE_OPTIONAL, 0, "bad", "Amount must be an object"},
    {OP_LIST, "attachments", WIRE_OPTIONAL, 0, "present", ""},
    {OP_LIST, "none", WIRE_OPTIONAL, 0, "present", ""},
    {OP_LIST, "nothing", WIRE_OPTIONAL, 0, "absent", ""},
    {OP_LIST, "tags", WIRE_OPTIONAL, 0, "absent", ""},
    {OP_LIST, "customer", WIRE_OPTIONAL, 0, "bad", "Customer must be a list"},
    {OP_BASE64, "amount", WIRE_OPTIONAL, 0, "absent", "Amount must be a string"},
    {OP_BASE64, "nothing", WIRE_OPTIONAL, 0, "absent", ""},
    {OP_BASE64, "content", WIRE_REQUIRED, 0, "absent", "Content is required"},
};

static void test_values(void)
{
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct opened o;
        char row[64];
        snprintf(row, sizeof row, "%zu %s %s", i, op_names[reads[i].op], reads[i].name);
        open_text(&o, doc_text);
        CHECK_STR(row, status_name(o.status), "ok");
        CHECK_STR(row, read_as(reads[i].op, &o.top, reads[i].name, reads[i].need, reads[i].max, &o.err), reads[i].want);
        CHECK_STR(row, open_error(&o, reads[i].name), reads[i].error);
        CHECK_INT(row, o.err.n_fields, *reads[i].error != '\0');
        open_close(&o);
    }
}

static void test_presence(void)
{
    static const struct {
        const char *name;
        bool has, null;
    } rows[] = {{"name", true, false},   {"empty", true, false}, {"nothing", false, true},  {"missing", false, false},
                {"amount", true, false}, {"no", true, false},    {"customer", true, false}, {"none", true, false}};
    struct opened o;
    open_text(&o, doc_text);
    struct wire_node absent = wire_object(&o.top, "ticket", &o.err), bad = wire_object(&o.top, "name", &o.err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_INT(rows[i].name, wire_has(&o.top, rows[i].name), rows[i].has);
        CHECK_INT(rows[i].name, wire_is_null(&o.top, rows[i].name), rows[i].null);
        CHECK(rows[i].name, !wire_has(&absent, rows[i].name) && !wire_is_null(&absent, rows[i].name));
        CHECK(rows[i].name, !wire_has(&bad, rows[i].name) && !wire_is_null(&bad, rows[i].name));
    }
    open_close(&o);
}

/* Errors stand under dotted paths; below a missing object required members are
 * missed, below a wrong one nothing more is said. */
static void test_paths(void)
{
    struct opened o;
    open_text(&o, doc_text);
    struct wire_node customer = wire_object(&o.top, "customer", &o.err);
    struct wire_node deep = wire_object(&customer, "deep", &o.err);
    struct wire_node ticket = wire_object(&o.top, "ticket", &o.err);
    struct wire_node metadata = wire_object(&ticket, "metadata", &o.err);
    struct wire_node bad = wire_object(&o.top, "name", &o.err);
    struct wire_node below = wire_object(&bad, "below", &o.err), lost = wire_list(&bad, "list", &o.err);
    CHECK_STR("customer", customer.path, "customer");
    CHECK_STR("deep", deep.path, "customer.deep");
    CHECK_STR("metadata", metadata.path, "ticket.metadata");
    CHECK_STR("found", text_of(wire_number(&deep, "er", WIRE_REQUIRED, &o.err)), "1");
    CHECK_STR("found", text_of(wire_string(&customer, "firstName", WIRE_REQUIRED, 1, &o.err)), "A");
    wire_number(&customer, "firstName", WIRE_REQUIRED, &o.err);
    CHECK_STR("wrong", open_error(&o, "customer.firstName"), "First name must be a number");
    wire_string(&deep, "claimType", WIRE_REQUIRED, 5, &o.err);
    CHECK_STR("missing", open_error(&o, "customer.deep.claimType"), "Claim type is required");
    wire_number(&metadata, "claimAmount", WIRE_REQUIRED, &o.err);
    CHECK_STR("below missing", open_error(&o, "ticket.metadata.claimAmount"), "Claim amount is required");
    wire_string(&metadata, "atmId", WIRE_OPTIONAL, 5, &o.err);
    unsigned before = o.err.n_fields;
    CHECK_INT("bad", below.state, WIRE_BAD);
    CHECK_INT("bad", lost.state, WIRE_BAD);
    wire_string(&bad, "a", WIRE_REQUIRED, 5, &o.err);
    wire_base64(&below, "b", WIRE_REQUIRED, &o.err);
    wire_number(&below, "c", WIRE_REQUIRED, &o.err);
    wire_fail(&bad, "d", &o.err, "no");
    wire_fail_format(&below, "e", &o.err);
    CHECK("bad", wire_bool(&below, "f", true, &o.err));
    struct wire_node item = wire_item(&lost, 0, &o.err);
    CHECK_INT("item of a bad list", item.state, WIRE_BAD);
    CHECK_INT("silent below a bad one", o.err.n_fields, before);
    CHECK_STR("all told", o.err.text, "Validation failed");
    open_close(&o);
}

static void test_items(void)
{
    static const struct {
        const char *path;
        enum wire_state state;
        const char *error;
    } rows[] = {
        {"attachments[0]", WIRE_PRESENT, ""},
        {"attachments[1]", WIRE_ABSENT, ""},
        {"attachments[2]", WIRE_PRESENT, ""},
        {"attachments[3]", WIRE_BAD, "Attachments[3] must be an object"},
        {"attachments[4]", WIRE_BAD, "Attachments[4] must be an object"},
        {"attachments[5]", WIRE_BAD, "Attachments[5] must be an object"},
        {"attachments[6]", WIRE_ABSENT, ""},
    };
    struct opened o;
    open_text(&o, doc_text);
    struct wire_node list = wire_list(&o.top, "attachments", &o.err), none = wire_list(&o.top, "none", &o.err);
    struct wire_node gone = wire_list(&o.top, "gone", &o.err);
    CHECK_INT("n", wire_list_n(&list), 6);
    CHECK_INT("none", wire_list_n(&none), 0);
    CHECK_INT("gone", wire_list_n(&gone), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_node item = wire_item(&list, i, &o.err);
        CHECK_STR(rows[i].path, item.path, rows[i].path);
        CHECK_INT(rows[i].path, item.state, rows[i].state);
        CHECK_STR(rows[i].path, open_error(&o, rows[i].path), rows[i].error);
    }
    struct wire_node first = wire_item(&list, 0, &o.err), third = wire_item(&list, 2, &o.err);
    struct wire_node null = wire_item(&list, 1, &o.err);
    CHECK_STR("first", text_of(wire_number(&first, "size", WIRE_REQUIRED, &o.err)), "1");
    wire_number(&third, "size", WIRE_REQUIRED, &o.err);
    CHECK_STR("third", open_error(&o, "attachments[2].size"), "Size must be a number");
    wire_string(&null, "filename", WIRE_REQUIRED, 5, &o.err);
    CHECK_STR("null", open_error(&o, "attachments[1].filename"), "Filename is required");
    open_close(&o);
}

static void test_item_label(void)
{
    struct opened o;
    open_text(&o, "{\"ticket\":{\"openNotes\":[1]}}");
    struct wire_node ticket = wire_object(&o.top, "ticket", &o.err), notes = wire_list(&ticket, "openNotes", &o.err);
    wire_item(&notes, 0, &o.err);
    CHECK_STR("nested", open_error(&o, "ticket.openNotes[0]"), "Open notes[0] must be an object");
    open_close(&o);
}

/* Members under the "no NUL" markers' letters are plain strings. */
static void test_marker_letters(void)
{
    struct opened o;
    open_text(&o, doc_text);
    struct wire_node customer = wire_object(&o.top, "customer", &o.err);
    CHECK_STR("#", text_of(wire_string(&customer, "marker", WIRE_REQUIRED, 9, &o.err)), "#000000");
    CHECK_STR("@", text_of(wire_string(&customer, "at", WIRE_REQUIRED, 9, &o.err)), "@000000");
    open_close(&o);
}

/* n times `part` as member "s". */
static void open_repeated(struct opened *o, const char *part, size_t n)
{
    struct buf b;
    buf_init(&b, 64 * BODY_CAP);
    buf_str(&b, "{\"s\":\"");
    for (size_t i = 0; i < n; i++)
        buf_str(&b, part);
    buf_str(&b, "\"}");
    open_bytes(o, b.p, b.n);
    buf_free(&b);
}

/* Lengths around those at which strings stay in the body, or are too long. */
static void test_lengths(void)
{
    static const struct {
        const char *part;
        size_t n, points;
        const char *error; /*!< at a limit of 10,000 */
    } rows[] = {
        {"x", 47, 47, ""},
        {"x", 48, 48, ""},
        {"x", 49, 49, ""},
        {"\\u0041", 8, 8, ""},
        {"\\u0041", 9, 9, ""},
        {"\\/", 24, 24, ""},
        {"\\/", 25, 25, ""},
        {"x", 127, 127, ""},
        {"x", 128, 128, ""},
        {"x", 129, 129, ""},
        {"\\u0041", 21, 21, ""},
        {"\\u0041", 22, 22, ""},
        {"\\/", 64, 64, ""},
        {"\\/", 65, 65, ""},
        {"\xE2\x82\xAC", 43, 43, ""},
        {"x", 10000, 10000, ""},
        {"x", 10001, 0, "S must be at most 10000 characters"},
        {"\\ud83d\\ude00", 10000, 10000, ""},
        {"\\ud83d\\ude00", 10001, 0, "S must be at most 10000 characters"},
        {"\xF0\x9F\x98\x80", 10000, 10000, ""},
        {"x", 131072, 0, "S must be at most 10000 characters"},
        {"x", 131073, 0, "S must be at most 10000 characters"},
        {"\\n\\u0078", 30000, 0, "S must be at most 10000 characters"},
        {" ", 200 * 1024, 0, "S is required"},
        {"\\u0020", 200 * 1024, 0, "S is required"},
        {" ", 10001, 0, "S is required"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened o;
        char row[64];
        snprintf(row, sizeof row, "%zu %s", i, rows[i].part);
        open_repeated(&o, rows[i].part, rows[i].n);
        struct sv s = wire_string(&o.top, "s", WIRE_REQUIRED, 10000, &o.err);
        CHECK_STR(row, open_error(&o, "s"), rows[i].error);
        CHECK_INT(row, s.p != NULL, *rows[i].error == '\0');
        CHECK_INT(row, utf8_count(s), rows[i].points);
        open_close(&o);
    }
}

/* A long string without escapes is not copied. */
static void test_not_copied(void)
{
    struct opened o;
    open_repeated(&o, "x", 5000);
    size_t used = arena_used(o.arena);
    struct sv s = wire_string(&o.top, "s", WIRE_REQUIRED, 5000, &o.err);
    CHECK("in the body", s.p == o.body + sizeof "{\"s\":\"" - 1);
    CHECK_INT("arena", arena_used(o.arena), used);
    open_close(&o);
}

static void test_long_blank_text(void)
{
    struct opened o;
    open_repeated(&o, "\\u0020", 2000);
    struct sv s = wire_text_value(&o.top, "s", WIRE_REQUIRED, 2000, &o.err);
    CHECK_INT("kept", s.n, 2000);
    CHECK("kept", s.p && s.p[0] == ' ' && s.p[1999] == ' ');
    CHECK("too long", !wire_text_value(&o.top, "s", WIRE_REQUIRED, 1999, &o.err).p);
    CHECK_STR("too long", open_error(&o, "s"), "S must be at most 1999 characters");
    open_close(&o);
}

static void test_labels(void)
{
    static const struct {
        const char *name, *label;
    } rows[] = {{"serviceType", "Service type"},
                {"webhookUrl", "Webhook url"},
                {"claimAmount", "Claim amount"},
                {"email", "Email"},
                {"channelReferenceId", "Channel reference id"},
                {"webhookURL", "Webhook url"},
                {"URL", "Url"},
                {"a", "A"},
                {"", ""},
                {"x2Y", "X2 y"},
                {"snake_case", "Snake_case"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char label[64], exact[64];
        wire_label(rows[i].name, label, sizeof label);
        CHECK_STR(rows[i].name, label, rows[i].label);
        for (size_t size = 1; size <= strlen(rows[i].label) + 1; size++) {
            memset(exact, '~', sizeof exact);
            wire_label(rows[i].name, exact, size);
            CHECK_INT(rows[i].name, strlen(exact), size - 1);
            CHECK(rows[i].name, strncmp(exact, rows[i].label, size - 1) == 0 && exact[size] == '~');
        }
    }
    char none = '~';
    wire_label("email", &none, 0);
    CHECK("no room", none == '~');
}

static void test_fail(void)
{
    struct opened o;
    open_text(&o, "{\"integration\":{}}");
    struct wire_node at = wire_object(&o.top, "integration", &o.err), gone = wire_object(&o.top, "customer", &o.err);
    wire_fail_format(&at, "webhookUrl", &o.err);
    CHECK_STR("format", open_error(&o, "integration.webhookUrl"), "Invalid webhook url format");
    wire_fail_format(&gone, "email", &o.err);
    CHECK_STR("below missing", open_error(&o, "customer.email"), "Invalid email format");
    wire_fail(&at, "requestId", &o.err, "Request id must be %d", 7);
    CHECK_STR("own text", open_error(&o, "integration.requestId"), "Request id must be 7");
    wire_fail(&at, "", &o.err, "Here");
    CHECK_STR("itself", open_error(&o, "integration"), "Here");
    wire_fail(&o.top, "top", &o.err, "There");
    CHECK_STR("top", open_error(&o, "top"), "There");
    wire_fail(&at, "requestId", &o.err, "Second");
    CHECK_STR("first wins", open_error(&o, "integration.requestId"), "Request id must be 7");
    open_close(&o);
}

/* A path longer than an error can hold is cut, not overrun. */
static void test_long_path(void)
{
    char name[101];
    struct opened o;
    memset(name, 'p', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    open_text(&o, "{}");
    struct wire_node at = wire_object(&o.top, name, &o.err), below = wire_object(&at, "x", &o.err);
    CHECK_INT("cut", strlen(at.path), ERR_PATH_MAX - 1);
    CHECK_INT("cut", strlen(below.path), ERR_PATH_MAX - 1);
    wire_string(&below, "y", WIRE_REQUIRED, 1, &o.err);
    CHECK_INT("said", o.err.n_fields, 1);
    open_close(&o);
}

static void test_free(void)
{
    struct wire_doc *none = NULL;
    wire_free(&none);
    CHECK("none", none == NULL);
    struct opened o;
    open_text(&o, "{}");
    wire_free(&o.doc);
    CHECK("nulled", o.doc == NULL);
    open_close(&o);
}

void init_read_tests(void)
{
    static const struct suite_test tests[] = {{"values", test_values},
                                              {"presence", test_presence},
                                              {"paths", test_paths},
                                              {"list items", test_items},
                                              {"item label", test_item_label},
                                              {"marker letters", test_marker_letters},
                                              {"lengths", test_lengths},
                                              {"not copied", test_not_copied},
                                              {"long blank text", test_long_blank_text},
                                              {"labels", test_labels},
                                              {"fail", test_fail},
                                              {"long path", test_long_path},
                                              {"free", test_free}};
    suite_add("read", NULL, NULL, tests, SUITE_N(tests));
}
