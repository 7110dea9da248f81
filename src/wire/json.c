#include "wire/json.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include "base/base64.h"
#include "base/utf8.h"
#include "wire/escape.h"
#include "wire/scan.h"
#include "wire/skim.h"

#define LABEL_MAX 64 /*!< [bytes] with NUL, as those below */
#define SAYS_MAX 64
#define INDEX_MAX 32

struct wire_doc {
    struct arena *arena;      /*!< the caller's */
    char *body;               /*!< the caller's, compacted */
    size_t n;                 /*!< [bytes] */
    struct json_object *root; /*!< owned */
    struct buf spans;         /*!< struct scan_span */
};

enum kind { KIND_ABSENT, KIND_NULL, KIND_STRING, KIND_NUMBER, KIND_BOOL, KIND_OBJECT, KIND_LIST, KIND_SPENT };

struct member {
    enum kind kind;
    struct json_object *json;
    struct scan_span *span; /*!< its text stands in the body */
};

/* --- the document ------------------------------------------------------ */

/* Values and names in the tree. */
static size_t count_tree(struct json_object *json)
{
    size_t n = 1;
    if (json_object_is_type(json, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(json); i++)
            n += count_tree(json_object_array_get_idx(json, i));
    } else if (json_object_is_type(json, json_type_object)) {
        json_object_object_foreach(json, name, value)
        {
            (void)name;
            n += 1 + count_tree(value);
        }
    }
    return n;
}

/* json-c drops members when it runs out of memory: counting shows that the
 * tree is what the gate saw. */
static enum status parse_skeleton(const struct scan_result *scan, struct json_object **root_r)
{
    enum status status = STATUS_INTERNAL;
    /* json-c counts a level for the values in the innermost object, too. */
    struct json_tokener *tokener = json_tokener_new_ex(WIRE_DEPTH_MAX + 1);
    if (!tokener)
        return STATUS_NO_MEMORY;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *root = json_tokener_parse_ex(tokener, scan->skeleton.p, (int)scan->skeleton.n + 1);
    if (root && json_tokener_get_error(tokener) == json_tokener_success && count_tree(root) == scan->count)
        status = STATUS_OK;
    json_tokener_free(tokener);
    if (status == STATUS_OK)
        *root_r = root;
    else
        json_object_put(root);
    return status;
}

static enum status parse_failed(enum status status, const struct scan_result *scan, struct err *err)
{
    if (status == STATUS_BAD_INPUT) {
        err_set(err, status, "Invalid JSON");
        err_field(err, "body", "%s at byte %zu", scan->what, scan->at);
        return status;
    }
    return err_set(err, status, "JSON body: %s", status_name(status));
}

enum status wire_parse(struct arena *a, char *body, size_t n, struct wire_doc **doc_r, struct err *err)
{
    struct json_object *root = NULL;
    struct wire_doc *doc = NULL;
    struct scan_result scan;
    enum status status = scan_body(body, n, &scan);
    if (status == STATUS_OK)
        status = parse_skeleton(&scan, &root);
    if (status == STATUS_OK && !(doc = arena_alloc(a, sizeof *doc)))
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        json_object_put(root);
        scan_free(&scan);
        return parse_failed(status, &scan, err);
    }
    buf_free(&scan.skeleton);
    *doc = (struct wire_doc){.arena = a, .body = body, .n = scan.n, .root = root, .spans = scan.spans};
    *doc_r = doc;
    return STATUS_OK;
}

void wire_free(struct wire_doc **doc)
{
    if (!*doc)
        return;
    json_object_put((*doc)->root);
    buf_free(&(*doc)->spans);
    *doc = NULL;
}

struct sv wire_text(const struct wire_doc *doc)
{
    return (struct sv){doc->body, doc->n};
}

struct sv wire_raw(const struct wire_doc *doc, const char *outer, const char *inner)
{
    return skim_member(doc->body, &doc->spans, outer, inner);
}

/* --- paths and errors -------------------------------------------------- */

void wire_label(const char *name, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; name[i] && n + 1 < size; i++) {
        bool upper = name[i] >= 'A' && name[i] <= 'Z';
        bool lower = name[i] >= 'a' && name[i] <= 'z';
        bool word = upper && i > 0 && !(name[i - 1] >= 'A' && name[i - 1] <= 'Z');
        if (word)
            out[n++] = ' ';
        if (n + 1 < size)
            out[n++] = (char)(i == 0 && lower ? name[i] - 'a' + 'A' : i > 0 && upper ? name[i] - 'A' + 'a' : name[i]);
    }
    if (size)
        out[n] = '\0';
}

/* Cuts at the room there is: paths are made of the API's own names. */
static void append(char path[ERR_PATH_MAX], const char *part)
{
    size_t n = strlen(path);
    while (*part && n < ERR_PATH_MAX - 1)
        path[n++] = *part++;
    path[n] = '\0';
}

/* The path of a member, or with "" of the place itself. */
static void join(const struct wire_node *at, const char *name, char path[ERR_PATH_MAX])
{
    path[0] = '\0';
    append(path, at->path);
    append(path, *path && *name ? "." : "");
    append(path, name);
}

static void label_of(const struct wire_node *at, const char *name, char label[LABEL_MAX])
{
    const char *dot = strrchr(at->path, '.');
    wire_label(*name ? name : dot ? dot + 1 : at->path, label, LABEL_MAX);
}

void wire_fail(const struct wire_node *at, const char *name, struct err *err, const char *fmt, ...)
{
    char path[ERR_PATH_MAX];
    va_list ap;
    if (at->state == WIRE_BAD)
        return;
    join(at, name, path);
    va_start(ap, fmt);
    err_vfield(err, path, fmt, ap);
    va_end(ap);
}

void wire_fail_format(const struct wire_node *at, const char *name, struct err *err)
{
    char label[LABEL_MAX];
    label_of(at, name, label);
    if (label[0] >= 'A' && label[0] <= 'Z')
        label[0] = (char)(label[0] - 'A' + 'a');
    wire_fail(at, name, err, "Invalid %s format", label);
}

/* "<Label> <says>" */
static void fail_label(const struct wire_node *at, const char *name, struct err *err, const char *says)
{
    char label[LABEL_MAX];
    label_of(at, name, label);
    wire_fail(at, name, err, "%s %s", label, says);
}

/* --- members ----------------------------------------------------------- */

static struct member classify(const struct wire_doc *doc, struct json_object *json)
{
    static const enum kind kinds[] = {
        [json_type_null] = KIND_NULL,     [json_type_boolean] = KIND_BOOL,  [json_type_double] = KIND_NUMBER,
        [json_type_int] = KIND_NUMBER,    [json_type_object] = KIND_OBJECT, [json_type_array] = KIND_LIST,
        [json_type_string] = KIND_STRING,
    };
    struct member m = {.kind = kinds[json_object_get_type(json)], .json = json};
    const char *text = m.kind == KIND_STRING ? json_object_get_string(json) : NULL;
    if (!text || text[0] || !json_object_get_string_len(json))
        return m;
    size_t index = 0;
    for (size_t i = 2; i < 2 + SCAN_INDEX_DIGITS; i++)
        index = index * 10 + (size_t)(text[i] - '0');
    m.span = scan_span_at(&doc->spans, index);
    m.kind = m.span->kind == SCAN_NUMBER ? KIND_NUMBER : m.span->kind == SCAN_STRING ? KIND_STRING : KIND_SPENT;
    return m;
}

static struct member find(const struct wire_node *at, const char *name)
{
    struct json_object *json = NULL;
    if (at->state != WIRE_PRESENT || !json_object_object_get_ex(at->value, name, &json))
        return (struct member){.kind = KIND_ABSENT};
    return classify(at->doc, json);
}

/* The state of a member that must be of a kind; a wrong one is reported. */
static enum wire_state expect(const struct wire_node *at, const char *name, enum kind kind, const struct member *m,
                              struct err *err)
{
    static const char *const says[] = {
        [KIND_STRING] = "must be a string",  [KIND_NUMBER] = "must be a number", [KIND_BOOL] = "must be true or false",
        [KIND_OBJECT] = "must be an object", [KIND_LIST] = "must be a list",
    };
    if (m->kind == kind)
        return WIRE_PRESENT;
    if (m->kind == KIND_ABSENT || m->kind == KIND_NULL)
        return at->state == WIRE_BAD ? WIRE_BAD : WIRE_ABSENT;
    fail_label(at, name, err, says[kind]);
    return WIRE_BAD;
}

static struct sv missing(const struct wire_node *at, const char *name, enum wire_need need, struct err *err)
{
    if (need == WIRE_REQUIRED)
        fail_label(at, name, err, "is required");
    return SV_NONE;
}

static struct sv no_memory(struct err *err)
{
    err_set(err, STATUS_NO_MEMORY, "Out of memory");
    return SV_NONE;
}

struct wire_node wire_top(const struct wire_doc *doc)
{
    return (struct wire_node){.doc = doc, .value = doc->root, .state = WIRE_PRESENT};
}

static struct wire_node child(const struct wire_node *at, const char *name, enum kind kind, struct err *err)
{
    struct member m = find(at, name);
    struct wire_node node = {.doc = at->doc, .value = m.json};
    join(at, name, node.path);
    node.state = expect(at, name, kind, &m, err);
    return node;
}

struct wire_node wire_object(const struct wire_node *at, const char *name, struct err *err)
{
    return child(at, name, KIND_OBJECT, err);
}

struct wire_node wire_list(const struct wire_node *at, const char *name, struct err *err)
{
    return child(at, name, KIND_LIST, err);
}

size_t wire_list_n(const struct wire_node *list)
{
    return list->state == WIRE_PRESENT ? json_object_array_length(list->value) : 0;
}

struct wire_node wire_item(const struct wire_node *list, size_t i, struct err *err)
{
    struct wire_node item = {.doc = list->doc, .state = list->state == WIRE_BAD ? WIRE_BAD : WIRE_ABSENT};
    char index[INDEX_MAX];
    snprintf(index, sizeof index, "[%zu]", i);
    append(item.path, list->path);
    append(item.path, index);
    if (i >= wire_list_n(list))
        return item;
    struct member m = classify(list->doc, json_object_array_get_idx(list->value, i));
    item.value = m.json;
    item.state = expect(&item, "", KIND_OBJECT, &m, err);
    return item;
}

/* --- values ------------------------------------------------------------ */

/* A string's raw text; resolved already unless it stands in the body. */
static struct sv raw_text(const struct wire_doc *doc, const struct member *m)
{
    if (m->span)
        return (struct sv){doc->body + m->span->off, m->span->n};
    return (struct sv){json_object_get_string(m->json), (size_t)json_object_get_string_len(m->json)};
}

/* The text meant: STATUS_TOO_LARGE for one that no limit would let pass. */
static enum status resolve(const struct wire_doc *doc, const struct member *m, struct sv *text_r)
{
    *text_r = raw_text(doc, m);
    if (text_r->n > WIRE_LONG_STRING)
        return STATUS_TOO_LARGE;
    if (!m->span || !escape_any(*text_r))
        return STATUS_OK;
    char *out = arena_alloc(doc->arena, text_r->n);
    if (!out)
        return STATUS_NO_MEMORY;
    *text_r = (struct sv){out, escape_decode(*text_r, out)};
    return STATUS_OK;
}

static struct sv bounded(const struct wire_node *at, const char *name, const struct member *m, size_t max,
                         struct err *err)
{
    struct sv text;
    enum status status = resolve(at->doc, m, &text);
    if (status == STATUS_NO_MEMORY)
        return no_memory(err);
    if (status == STATUS_OK && utf8_count(text) <= max)
        return text;
    char says[SAYS_MAX];
    snprintf(says, sizeof says, "must be at most %zu characters", max);
    fail_label(at, name, err, says);
    return SV_NONE;
}

static bool is_blank(const struct wire_doc *doc, const struct member *m)
{
    struct sv raw = raw_text(doc, m);
    return m->span ? escape_blank(raw) : utf8_blank(raw);
}

struct sv wire_string(const struct wire_node *at, const char *name, enum wire_need need, size_t max, struct err *err)
{
    struct member m = find(at, name);
    enum wire_state state = expect(at, name, KIND_STRING, &m, err);
    if (state == WIRE_BAD)
        return SV_NONE;
    if (state == WIRE_ABSENT || is_blank(at->doc, &m))
        return missing(at, name, need, err);
    return bounded(at, name, &m, max, err);
}

struct sv wire_text_value(const struct wire_node *at, const char *name, enum wire_need need, size_t max,
                          struct err *err)
{
    struct member m = find(at, name);
    enum wire_state state = expect(at, name, KIND_STRING, &m, err);
    if (state == WIRE_BAD)
        return SV_NONE;
    return state == WIRE_ABSENT ? missing(at, name, need, err) : bounded(at, name, &m, max, err);
}

struct sv wire_number(const struct wire_node *at, const char *name, enum wire_need need, struct err *err)
{
    struct member m = find(at, name);
    enum wire_state state = expect(at, name, KIND_NUMBER, &m, err);
    if (state == WIRE_BAD)
        return SV_NONE;
    return state == WIRE_ABSENT ? missing(at, name, need, err) : raw_text(at->doc, &m);
}

bool wire_bool(const struct wire_node *at, const char *name, bool standard, struct err *err)
{
    struct member m = find(at, name);
    if (expect(at, name, KIND_BOOL, &m, err) != WIRE_PRESENT)
        return standard;
    return json_object_get_boolean(m.json);
}

/* Where a string's bytes go: over itself in the body, else into the arena. */
static char *base64_room(const struct wire_doc *doc, const struct member *m, struct sv *text)
{
    if (!m->span)
        return arena_alloc(doc->arena, BASE64_DECODED_MAX(text->n));
    char *out = doc->body + m->span->off;
    m->span->kind = SCAN_SPENT;
    *text = (struct sv){out, escape_decode(*text, out)};
    return out;
}

struct sv wire_base64(const struct wire_node *at, const char *name, enum wire_need need, struct err *err)
{
    struct member m = find(at, name);
    enum wire_state state = expect(at, name, KIND_STRING, &m, err);
    if (state == WIRE_BAD)
        return SV_NONE;
    if (state == WIRE_ABSENT)
        return missing(at, name, need, err);
    struct sv text = raw_text(at->doc, &m);
    size_t n;
    char *out = base64_room(at->doc, &m, &text);
    if (!out)
        return no_memory(err);
    if (base64_decode(text.p, text.n, (unsigned char *)out, &n))
        return (struct sv){out, n};
    wire_fail_format(at, name, err);
    return SV_NONE;
}

bool wire_has(const struct wire_node *at, const char *name)
{
    enum kind kind = find(at, name).kind;
    return kind != KIND_ABSENT && kind != KIND_NULL;
}

bool wire_is_null(const struct wire_node *at, const char *name)
{
    return find(at, name).kind == KIND_NULL;
}
