#include "api/internal.h"

#include <stdlib.h>
#include <string.h>

#include "wire/writer.h"

#define ERROR_ROOM 512                /* [bytes] set aside before anything can run out of memory */
#define BODY_TOGETHER_MAX (16 * 1024) /* [bytes] */

enum status api_new(struct gate *gate, struct desk *desk, const struct ticket_rules *rules, struct api **a_r)
{
    struct api *a = calloc(1, sizeof *a);
    if (!a)
        return STATUS_NO_MEMORY;
    a->gate = gate;
    a->desk = desk;
    a->rules = rules;
    a->arena = arena_new(API_ARENA_MAX);
    if (!a->arena) {
        free(a);
        return STATUS_NO_MEMORY;
    }
    *a_r = a;
    return STATUS_OK;
}

void api_free(struct api **a)
{
    if (!*a)
        return;
    api_done(*a);
    arena_free(&(*a)->arena);
    free(*a);
    *a = NULL;
}

void api_rules(struct api *a, const struct ticket_rules *rules)
{
    a->rules = rules;
}

void api_done(struct api *a)
{
    wire_free(&a->doc);
    arena_reset(a->arena);
}

struct api_trace api_trace(const struct api *a)
{
    return (struct api_trace){.key_id = a->key_id, .status = a->fault, .text = a->err.text};
}

static bool find_verb(struct api_call *c)
{
    const struct api_route *route = api_route_find(c->req->path, &c->path);
    if (!route) {
        api_refuse(c, 404, "Not found", NULL);
        return false;
    }
    c->verb = api_verb_find(route, c->req->method);
    if (!c->verb) {
        http_header(c->resp, "Allow", "%s", route->allow);
        api_refuse(c, 405, "Method not allowed", NULL);
        return false;
    }
    c->resp->route = c->verb->name;
    return true;
}

static void too_many(struct api_call *c, uint32_t retry_s)
{
    http_header(c->resp, "Retry-After", "%u", retry_s);
    api_refuse(c, 429, "Rate limit exceeded", NULL);
}

/* Who is calling. */
static bool enter(struct api_call *c)
{
    const struct http_request *q = c->req;
    const struct gate_times at = {.now_us = q->now_us, .budget_us = q->mono_us, .admit_us = q->admit_us};
    uint32_t retry_s = 1;
    if (q->n_api_key > 1) {
        api_refuse_field(c, 400, "Bad request", "X-API-Key", "X-API-Key may be sent only once");
        return false;
    }
    enum status s = gate_enter(c->a->gate, q->api_key, q->remote_addr, &at, &c->caller, &retry_s, &c->a->err);
    if (s == STATUS_DENIED)
        api_refuse(c, 401, "Invalid API key", NULL);
    else if (s == STATUS_LIMITED)
        too_many(c, retry_s);
    else if (s != STATUS_OK)
        api_fail(c, s);
    return s == STATUS_OK;
}

/* The caller as the desk and the log know it: copied, as the gate keeps a caller until the next enters. */
static bool introduce(struct api_call *c)
{
    const struct gate_caller *k = &c->caller;
    struct api *a = c->a;
    err_init(&a->err);
    char *who = arena_printf(a->arena, "key:%llu", (unsigned long long)k->key_id);
    struct sv code = SV_NONE, url = SV_NONE;
    enum status s = arena_dup(a->arena, k->partner_code, &code);
    if (s == STATUS_OK && k->webhook_url.p)
        s = arena_dup(a->arena, k->webhook_url, &url);
    a->key_id = k->key_id;
    size_t n = k->partner_code.n < sizeof c->resp->partner ? k->partner_code.n : sizeof c->resp->partner - 1;
    memcpy(c->resp->partner, k->partner_code.p, n);
    c->resp->partner[n] = '\0';
    if (!who || s != STATUS_OK) {
        api_fail(c, STATUS_NO_MEMORY);
        return false;
    }
    c->desk.actor = (struct desk_actor){.partner_id = k->partner_id,
                                        .partner_code = code,
                                        .webhook_url = url,
                                        .agent = (k->permissions & STORE_MAY_AGENT) != 0,
                                        .who = sv_from(who)};
    return true;
}

static bool admit(struct api_call *c)
{
    struct gate_verdict v = {0};
    enum status s = gate_admit(c->a->gate, &c->caller, c->verb->class, c->req->admit_us, &v);
    if (s != STATUS_OK) {
        api_fail(c, s);
        return false;
    }
    if (v.limit > 0) {
        http_header(c->resp, "RateLimit-Limit", "%u", v.limit);
        http_header(c->resp, "RateLimit-Remaining", "%u", v.remaining);
        http_header(c->resp, "RateLimit-Reset", "%u", v.reset_s);
    }
    if (!v.admitted)
        too_many(c, v.reset_s);
    return v.admitted;
}

static bool may(struct api_call *c)
{
    bool is_allowed = (c->caller.permissions & c->verb->permission) == c->verb->permission;
    if (!is_allowed)
        api_refuse(c, 403, c->verb->forbidden, NULL);
    return is_allowed;
}

/* On every route: what cannot be read cannot be ignored either. */
static bool reads_query(struct api_call *c)
{
    enum status s = api_query_read(c->a->arena, c->req->query, &c->params, &c->n_params);
    if (s == STATUS_BAD_INPUT)
        api_refuse_field(c, 400, "Bad request", "query", "Invalid query format: percent-encoded UTF-8 is allowed");
    else if (s != STATUS_OK)
        api_fail(c, s);
    return s == STATUS_OK;
}

static bool is_open(const struct api_call *c)
{
    return c->verb->permission == 0;
}

/* Who may, and what does not depend on the body. */
static bool judge(struct api_call *c)
{
    if (!find_verb(c))
        return false;
    if (!is_open(c) && !(enter(c) && introduce(c) && admit(c) && may(c)))
        return false;
    return reads_query(c);
}

static bool takes_body(const struct api_call *c)
{
    return c->verb->method != HTTP_GET;
}

/* The rest of the request, once. */
static bool load(struct api_call *c)
{
    if (c->is_loaded)
        return true;
    c->is_loaded = true;
    if (takes_body(c) && !api_body(c))
        return false;
    if (!is_open(c) && !api_idempotency_key(c))
        return false;
    return !c->verb->prepare || c->verb->prepare(c);
}

/* Those that wait for it would wait for a large body, too. */
static bool may_join(const struct api_call *c)
{
    return c->verb->prepare && c->req->content_length <= BODY_TOGETHER_MAX;
}

enum api_turn api_begin(struct api *a, const struct http_request *req, struct http_response *resp)
{
    struct api_call *c = &a->call;
    *c = (struct api_call){.a = a, .req = req, .resp = resp};
    err_init(&a->err);
    a->key_id = 0;
    a->fault = STATUS_OK;
    c->desk = (struct desk_call){.arena = a->arena, .now_us = req->now_us, .mono_us = req->mono_us, .err = &a->err};
    if (!buf_room(&resp->body, ERROR_ROOM))
        buf_clear(&resp->body);
    if (!judge(c) || (may_join(c) && !load(c))) {
        api_answered(c);
        return API_ANSWERED;
    }
    return c->wish == API_WISH_NONE ? API_ALONE : API_JOINS;
}

void api_go(struct api *a)
{
    struct api_call *c = &a->call;
    if (load(c))
        c->verb->handle(c);
    api_answered(c);
}

bool api_is_answered(const struct api *a)
{
    return a->call.is_answered;
}

void api_handle(struct api *a, const struct http_request *req, struct http_response *resp)
{
    if (api_begin(a, req, resp) != API_ANSWERED)
        api_go(a);
}

void api_health(struct api_call *c)
{
    struct wire_writer w;
    enum status s = desk_health(c->a->desk, c->req->mono_us, &c->a->err);
    if (s != STATUS_OK) {
        api_fail(c, s);
        return;
    }
    wire_writer_init(&w, &c->resp->body);
    wire_open(&w);
    wire_name(&w, "status");
    wire_put_str(&w, "ok");
    wire_name(&w, "timestamp");
    wire_put_time(&w, c->req->now_us);
    wire_close(&w);
    api_answer(c, wire_finish(&w));
}
