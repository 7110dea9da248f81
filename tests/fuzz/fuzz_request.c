/* A whole request through the api, on fakes of gate and desk: whatever comes,
 * a complete answer in the contract's form leaves. The input's lines: method,
 * outcome of the desk, path, query, Content-Type, Content-Encoding,
 * Idempotency-Key ("-": not sent); then the body. */
#include "fuzz/target.h"

#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "api/fake.h"
#include "base/clock.h"
#include "wire/json.h"

#define ARENA_CAP ((size_t)256 * 1024 * 1024)

struct bytes {
    struct sv body;
};

static enum status read_body(void *ctx, char *dst, size_t n)
{
    const struct bytes *b = ctx;
    MUST(n == b->body.n);
    if (n > 0)
        memcpy(dst, b->body.p, n);
    return STATUS_OK;
}

static struct sv line(struct sv *rest)
{
    struct sv part = SV("");
    if (!sv_cut(rest, '\n', &part))
        return SV("");
    return part;
}

static struct sv optional(struct sv s)
{
    return sv_is(s, "-") ? SV_NONE : s;
}

static enum http_method method_of(struct sv s)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PATCH"};
    for (unsigned i = 0; i < 4; i++)
        if (sv_is(s, names[i]))
            return (enum http_method)i;
    return HTTP_OTHER;
}

/* "a" is the agent's key; a letter more is how the desk's calls end. */
static void set_fakes(struct sv s)
{
    fake_reset();
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == 'a')
            fake.caller.permissions |= STORE_MAY_AGENT;
        else if (s.p[i] == 'n')
            fake.found = false;
        else if (s.p[i] == 'r')
            fake.replayed = true;
        else
            fake.desk = (enum status)((unsigned char)s.p[i] % STATUS__MAX);
    fake.ticket.metadata = SV("{}");
}

/* A known status, headers a line each, a body that is JSON, its status the line's. */
static void check_json(const struct http_response *r)
{
    static struct err err;
    struct wire_doc *doc = NULL;
    struct arena *a = arena_new(ARENA_CAP);
    struct sv body = buf_view(&r->body);
    char *copy = malloc(body.n + 1), status[16];
    MUST(a && copy && body.n > 0 && r->body.status == STATUS_OK);
    memcpy(copy, body.p, body.n);
    err_init(&err);
    MUST(wire_parse(a, copy, body.n, &doc, &err) == STATUS_OK);
    MUST(sv_eq(wire_text(doc), body));
    struct wire_node top = wire_top(doc);
    if (r->status != 200) {
        snprintf(status, sizeof status, "%d", r->status);
        MUST(sv_is(wire_number(&top, "status", WIRE_REQUIRED, &err), status));
        MUST(wire_string(&top, "error", WIRE_REQUIRED, 1000, &err).p);
        MUST(wire_string(&top, "timestamp", WIRE_REQUIRED, 20, &err).n == CLOCK_ISO_SIZE - 1);
    }
    wire_free(&doc);
    arena_free(&a);
    free(copy);
}

static void check(const struct http_response *r)
{
    static const int known[] = {200, 400, 404, 405, 409, 413, 415, 500, 503, 403};
    bool is_known = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        is_known |= r->status == known[i];
    MUST(is_known && r->route && r->headers.status == STATUS_OK);
    struct sv rest = buf_view(&r->headers), head;
    while (sv_cut(&rest, '\n', &head) && head.n > 0)
        MUST(head.n > 3 && head.p[head.n - 1] == '\r' && memchr(head.p, ':', head.n));
    if (r->stream)
        MUST(r->status == 200 && r->content_length >= 0);
    else
        check_json(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char some_gate, some_desk;
    static struct ticket_rules rules;
    static struct api *api;
    struct http_response resp;
    struct sv rest = {(const char *)data, n};
    if (!api && api_new((struct gate *)&some_gate, (struct desk *)&some_desk, &rules, &api) != STATUS_OK)
        abort();
    struct http_request req = {.method = method_of(line(&rest))};
    set_fakes(line(&rest));
    req.path = line(&rest);
    req.query = optional(line(&rest));
    req.content_type = optional(line(&rest));
    req.content_encoding = optional(line(&rest));
    req.idempotency_key = optional(line(&rest));
    req.n_idempotency_key = req.idempotency_key.p ? 1 : 0;
    req.api_key = SV("omk");
    req.n_api_key = 1;
    req.now_us = INT64_C(1705314600) * CLOCK_SECOND;
    struct bytes b = {rest.p ? rest : SV("")};
    req.content_length = (int64_t)b.body.n;
    req.read_body = read_body;
    req.body_ctx = &b;
    http_response_init(&resp);
    api_handle(api, &req, &resp);
    check(&resp);
    api_done(api);
    http_response_free(&resp);
    return 0;
}
