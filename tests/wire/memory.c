/* Running out of memory, in our own allocations and in json-c's. */
#include <dlfcn.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "harness/suite.h"
#include "wire/opened.h"
#include "wire/suites.h"
#include "wire/writer.h"

#define ARENA_CAP ((size_t)16 * 1024 * 1024)
#define BODY_CAP ((size_t)1 << 20)
#define ALLOCATIONS_MAX 500

static size_t allow;

static int refuse_after(size_t n)
{
    (void)n;
    if (allow == 0)
        return 0;
    allow--;
    return 1;
}

/* Enough of everything that each of the gate's buffers grows more than once. */
static void make_body(struct buf *b)
{
    buf_init(b, BODY_CAP);
    buf_str(b, "{");
    for (int i = 0; i < 60; i++)
        buf_printf(b, "\"name%d\":%d,", i, i);
    buf_str(b, "\"content\":\"aGVsbG8=\",\"long\":\"");
    for (int i = 0; i < 200; i++)
        buf_str(b, "\\u0041");
    buf_str(b, "\"}");
}

/* Parses and reads; true when all of it worked. Anything else must be a clean
 * "no memory". */
static bool use_body(const struct buf *source, char *body, size_t arena_cap)
{
    struct wire_doc *doc = NULL;
    struct err err;
    err_init(&err);
    memcpy(body, source->p, source->n);
    struct arena *a = arena_new(arena_cap);
    enum status status = a ? wire_parse(a, body, source->n, &doc, &err) : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        struct wire_node top = wire_top(doc);
        struct sv content = wire_base64(&top, "content", WIRE_REQUIRED, &err);
        struct sv text = wire_string(&top, "long", WIRE_REQUIRED, 200, &err);
        CHECK("a value is there or an error stands", (content.n == 5 && text.n == 200) || err.status != STATUS_OK);
        status = err.status;
    } else {
        CHECK("no document", doc == NULL);
    }
    CHECK_INT("no field is blamed", err.n_fields, 0);
    CHECK("worked or out of memory", status == STATUS_OK || status == STATUS_NO_MEMORY);
    wire_free(&doc);
    arena_free(&a);
    return status == STATUS_OK;
}

static void test_every_allocation(void)
{
    struct buf source;
    make_body(&source);
    char *body = malloc(source.n);
    size_t n = 0;
    bool done = false;
    for (; body && !done && n < ALLOCATIONS_MAX; n++) {
        allow = n;
        arena_alloc_hook = refuse_after;
        done = use_body(&source, body, ARENA_CAP);
        arena_alloc_hook = NULL;
    }
    CHECK("worked in the end", done);
    CHECK("after many failures", n > 10);
    free(body);
    buf_free(&source);
}

/* An arena too small for the document, its long string or its bytes. */
static void test_every_arena(void)
{
    struct buf source;
    make_body(&source);
    char *body = malloc(source.n);
    size_t cap = 0;
    while (body && cap < ARENA_CAP && !use_body(&source, body, cap))
        cap += 8;
    CHECK("too small at first", cap > 200);
    CHECK("worked in the end", cap < 4096);
    free(body);
    buf_free(&source);
}

static void test_writer_allocations(void)
{
    static char text[3000];
    struct err fields;
    bool done = false;
    err_init(&fields);
    err_field(&fields, "a", "b");
    memset(text, 'x', sizeof text - 1);
    for (size_t n = 0; !done && n < ALLOCATIONS_MAX; n++) {
        struct buf out;
        buf_init(&out, BODY_CAP);
        allow = n;
        arena_alloc_hook = refuse_after;
        enum status status = wire_error_body(&out, text, &fields, 0, 400);
        arena_alloc_hook = NULL;
        done = status == STATUS_OK;
        CHECK("worked or out of memory", done || status == STATUS_NO_MEMORY);
        buf_free(&out);
    }
    CHECK("worked in the end", done);
}

/* Link-time fakes: they stand before json-c's own, and pass on unless told to fail. */
enum jsonc { JSONC_WORKS, JSONC_NO_TOKENER, JSONC_NO_TREE, JSONC_PART };
static enum jsonc jsonc;

static void *real(const char *name)
{
    void *f = dlsym(RTLD_NEXT, name);
    if (!f)
        abort();
    return f;
}

struct json_tokener *json_tokener_new_ex(int depth)
{
    struct json_tokener *(*f)(int);
    void *p = real("json_tokener_new_ex");
    memcpy(&f, &p, sizeof f);
    return jsonc == JSONC_NO_TOKENER ? NULL : f(depth);
}

struct json_object *json_tokener_parse_ex(struct json_tokener *tokener, const char *text, int n)
{
    struct json_object *(*f)(struct json_tokener *, const char *, int);
    void *p = real("json_tokener_parse_ex");
    memcpy(&f, &p, sizeof f);
    struct json_object *root = jsonc == JSONC_NO_TREE ? NULL : f(tokener, text, n);
    if (jsonc == JSONC_PART)
        json_object_object_del(root, "b");
    return root;
}

/* json-c 0.16 answers some failures with no tree and no error, and can drop a
 * member in silence: neither may look like a document. */
static void test_jsonc_fails(void)
{
    static const struct {
        const char *name, *status;
        enum jsonc how;
    } rows[] = {{"works", "ok", JSONC_WORKS},
                {"no tokener", "no-memory", JSONC_NO_TOKENER},
                {"no tree", "internal", JSONC_NO_TREE},
                {"a member lost", "internal", JSONC_PART}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct opened o;
        jsonc = rows[i].how;
        open_text(&o, "{\"a\":1,\"b\":[2,3]}");
        jsonc = JSONC_WORKS;
        CHECK_STR(rows[i].name, status_name(o.status), rows[i].status);
        CHECK_INT(rows[i].name, o.err.n_fields, 0);
        CHECK_INT(rows[i].name, o.err.status, o.status);
        CHECK_INT(rows[i].name, o.doc != NULL, i == 0);
        open_close(&o);
    }
}

void init_memory_tests(void)
{
    static const struct suite_test tests[] = {{"every allocation", test_every_allocation},
                                              {"every arena", test_every_arena},
                                              {"the writer's", test_writer_allocations},
                                              {"json-c fails", test_jsonc_fails}};
    suite_add("memory", NULL, NULL, tests, SUITE_N(tests));
}
