/* Any bytes as a request body: the gate decides, json-c must agree with it, and
 * everything that can be read is read. Broken promises abort. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "fuzz/target.h"
#include "wire/json.h"
#include "wire/writer.h"

#define ARENA_CAP ((size_t)64 * 1024 * 1024)
#define TEXT_MAX 1000 /*!< [code points] */

static const char *const names[] = {"a",       "b",           "ticket", "metadata", "customer", "attachments",
                                    "content", "filename",    "size",   "name",     "action",   "integration",
                                    "comment", "claimAmount", "",       "internal", "x",        "c"};
#define NAMES (sizeof names / sizeof *names)

static char *copy_of(const void *p, size_t n)
{
    char *copy = malloc(n ? n : 1);
    MUST(copy);
    memcpy(copy, p, n);
    return copy;
}

/* Valid text is its own compact form. */
static void require_stable(struct sv text)
{
    struct wire_doc *doc = NULL;
    struct err err;
    err_init(&err);
    struct arena *a = arena_new(ARENA_CAP);
    char *body = copy_of(text.p, text.n);
    MUST(a && wire_parse(a, body, text.n, &doc, &err) == STATUS_OK);
    MUST(sv_eq(wire_text(doc), text));
    wire_free(&doc);
    free(body);
    arena_free(&a);
}

/* A string written out is JSON that reads back the same. */
static void require_round_trip(struct sv s)
{
    struct wire_doc *doc = NULL;
    struct wire_writer w;
    struct buf out;
    struct err err;
    err_init(&err);
    buf_init(&out, ARENA_CAP);
    wire_writer_init(&w, &out);
    wire_open(&w);
    wire_name(&w, "s");
    wire_put_sv(&w, s);
    wire_close(&w);
    MUST(wire_finish(&w) == STATUS_OK);
    struct arena *a = arena_new(ARENA_CAP);
    MUST(a && wire_parse(a, out.p, out.n, &doc, &err) == STATUS_OK);
    struct wire_node top = wire_top(doc);
    MUST(sv_eq(wire_text_value(&top, "s", WIRE_REQUIRED, TEXT_MAX, &err), s));
    wire_free(&doc);
    arena_free(&a);
    buf_free(&out);
}

static void read_members(const struct wire_node *at, int depth, struct err *err);

static void read_member(const struct wire_node *at, const char *name, int depth, struct err *err)
{
    struct sv s = wire_text_value(at, name, WIRE_OPTIONAL, TEXT_MAX, err);
    MUST(utf8_valid(s));
    if (s.p)
        require_round_trip(s);
    struct sv n = wire_number(at, name, WIRE_REQUIRED, err);
    MUST(!n.p || (n.n > 0 && strchr("-0123456789", n.p[0])));
    MUST(!s.p || !n.p);
    struct sv t = wire_string(at, name, WIRE_OPTIONAL, TEXT_MAX, err);
    MUST(!t.p || (sv_eq(t, s) && !utf8_blank(t)));
    wire_bool(at, name, false, err);
    MUST(!wire_has(at, name) || !wire_is_null(at, name));
    struct wire_node object = wire_object(at, name, err), list = wire_list(at, name, err);
    if (object.state == WIRE_PRESENT && depth > 0)
        read_members(&object, depth - 1, err);
    for (size_t i = 0; i < wire_list_n(&list) && i < 4 && depth > 0; i++) {
        struct wire_node item = wire_item(&list, i, err);
        read_members(&item, depth - 1, err);
    }
}

static void read_members(const struct wire_node *at, int depth, struct err *err)
{
    for (size_t i = 0; i < NAMES; i++)
        read_member(at, names[i], depth, err);
    /* Last: what it decodes in place is gone. */
    for (size_t i = 0; i < NAMES && depth == 0; i++)
        wire_base64(at, names[i], WIRE_OPTIONAL, err);
}

/* The raw text of a member is a whole value, and decoding moves none of it. */
static struct sv require_raw(const struct wire_doc *doc)
{
    struct sv raw = wire_raw(doc, "ticket", "metadata");
    struct buf wrapped;
    if (!raw.p)
        return raw;
    buf_init(&wrapped, ARENA_CAP);
    buf_str(&wrapped, "{\"a\":");
    buf_sv(&wrapped, raw);
    buf_str(&wrapped, "}");
    require_stable(buf_view(&wrapped));
    buf_free(&wrapped);
    return raw;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct err err;
    struct wire_doc *doc = NULL;
    char *body = copy_of(data, size);
    struct arena *a = arena_new(ARENA_CAP);
    err_init(&err);
    enum status status = a ? wire_parse(a, body, size, &doc, &err) : STATUS_NO_MEMORY;
    MUST(status == STATUS_OK || (status == STATUS_BAD_INPUT && err_field_text(&err, "body")));
    if (status == STATUS_OK) {
        require_stable(wire_text(doc));
        MUST(utf8_valid((struct sv){(const char *)data, size}));
        struct sv raw = require_raw(doc);
        struct wire_node top = wire_top(doc);
        read_members(&top, 2, &err);
        for (size_t i = 0; i < NAMES; i++)
            wire_base64(&top, names[i], WIRE_OPTIONAL, &err);
        struct sv again = wire_raw(doc, "ticket", "metadata");
        MUST(raw.p == again.p && raw.n == again.n);
    }
    wire_free(&doc);
    free(body);
    arena_free(&a);
    return 0;
}
