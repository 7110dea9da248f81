/* The frozen bodies of webhooks from customers' words. The input's lines: a
 * letter for the kind, the ticket's reference ("-": none), author; then the
 * comment. What is not UTF-8 never gets so far. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "fuzz/target.h"
#include "ticket/view.h"
#include "wire/json.h"

#define ROOM ((size_t)4 * 1024 * 1024) /* [bytes] */
#define TEXT_MAX 10000                 /* [code points] */
#define AT (INT64_C(1705314600) * CLOCK_SECOND)

static struct sv line(struct sv *rest)
{
    struct sv part = SV("");
    return sv_cut(rest, '\n', &part) ? part : SV("");
}

static struct ticket ticket_of(struct sv reference)
{
    return (struct ticket){
        .number = 1408, .created_at = AT, .channel_reference_id = sv_is(reference, "-") ? SV_NONE : reference};
}

static enum status render(struct sv kind, const struct ticket *t, const struct ticket_comment *c, struct buf *out)
{
    static const enum ticket_event_type types[] = {TICKET_EVENT_STATUS_CHANGED, TICKET_EVENT_RESOLVED,
                                                   TICKET_EVENT_CLOSED};
    struct buf tail;
    enum status s;
    char letter = kind.n > 0 ? kind.p[0] : 'o';
    if (letter >= '0' && letter <= '2')
        return ticket_event_status(out, types[letter - '0'], t, TICKET_OPEN, TICKET_RESOLVED, c->content, AT);
    if (letter == 'c')
        return ticket_event_comment(out, t, c);
    buf_init(&tail, ROOM);
    s = ticket_event_created(out, &tail, t);
    buf_str(out, "1408");
    buf_sv(out, buf_view(&tail));
    buf_free(&tail);
    return s == STATUS_OK ? out->status : s;
}

static void check_same(const struct wire_node *at, const char *name, struct sv want, struct err *err)
{
    struct sv got = wire_text_value(at, name, WIRE_OPTIONAL, TEXT_MAX, err);
    MUST(want.p ? sv_eq(got, want) : wire_is_null(at, name));
}

/* Strict JSON, compact, with the same words in it. */
static void check(struct sv body, struct sv kind, const struct ticket *t, const struct ticket_comment *c)
{
    static struct err err;
    struct wire_doc *doc = NULL;
    struct arena *a = arena_new(ROOM);
    char *copy = malloc(body.n + 1);
    MUST(a && copy && body.n > 0);
    memcpy(copy, body.p, body.n);
    err_init(&err);
    MUST(wire_parse(a, copy, body.n, &doc, &err) == STATUS_OK && sv_eq(wire_text(doc), body));
    struct wire_node top = wire_top(doc);
    check_same(&top, "channelReferenceId", t->channel_reference_id, &err);
    check_same(&top, "ticketNumber", SV("1408"), &err);
    struct wire_node data = wire_object(&top, "data", &err), comment = wire_object(&data, "comment", &err);
    if (sv_is(kind, "c")) {
        check_same(&comment, "content", c->content, &err);
        check_same(&comment, "author", c->author, &err);
    } else if (kind.n > 0 && kind.p[0] >= '0' && kind.p[0] <= '2') {
        check_same(&data, "comment", c->content, &err);
    }
    wire_free(&doc);
    arena_free(&a);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv rest = {(const char *)data, n};
    if (n > TEXT_MAX || !utf8_valid(rest) || (n > 0 && memchr(data, '\0', n)))
        return 0;
    struct sv kind = line(&rest);
    struct ticket t = ticket_of(line(&rest));
    struct ticket_comment c = {.id = "caaaaaaaaaaaaaaaaaaaaaaaa", .author = line(&rest), .at = AT};
    c.content = rest.p ? rest : SV("");
    struct buf out;
    buf_init(&out, ROOM);
    MUST(render(kind, &t, &c, &out) == STATUS_OK);
    check(buf_view(&out), kind, &t, &c);
    buf_free(&out);
    return 0;
}
