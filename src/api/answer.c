#include "api/internal.h"

#include "wire/writer.h"

void api_refuse(struct api_call *c, int http_status, const char *text, const struct err *fields)
{
    struct http_response *r = c->resp;
    r->status = http_status;
    buf_clear(&r->body);
    if (wire_error_body(&r->body, text, fields, c->req->now_us, http_status) != STATUS_OK)
        buf_clear(&r->body); /* api_seal sees an empty body */
}

void api_refuse_field(struct api_call *c, int http_status, const char *text, const char *field, const char *why)
{
    err_init(&c->a->err);
    err_field(&c->a->err, field, "%s", why);
    api_refuse(c, http_status, text, &c->a->err);
}

void api_fail(struct api_call *c, enum status s)
{
    bool may_pass = s == STATUS_UNAVAILABLE || s == STATUS_UNCERTAIN || s == STATUS_CONFIG;
    c->a->fault = s;
    if (may_pass)
        http_header(c->resp, "Retry-After", "%d", API_RETRY_AFTER);
    api_refuse(c, may_pass ? 503 : 500, c->verb->failed, NULL);
}

/* A requestId names itself; for the header it is said which of the two was meant. */
static void refuse_other_payload(struct api_call *c, bool by_header)
{
    err_init(&c->a->err);
    if (by_header)
        err_field(&c->a->err, "Idempotency-Key", "Idempotency-Key was already used with a different payload");
    api_refuse(c, 409, "requestId was already used with a different payload", by_header ? &c->a->err : NULL);
}

void api_answer(struct api_call *c, enum status s)
{
    struct api *a = c->a;
    switch (s) {
    case STATUS_OK:
        break;
    case STATUS_INVALID:
        api_refuse(c, 400, a->err.text, &a->err);
        break;
    case STATUS_CLOSED:
        api_refuse(c, 400, "Cannot update closed or resolved tickets", NULL);
        break;
    case STATUS_NOT_FOUND:
        api_refuse(c, 404, "Ticket not found", NULL);
        break;
    case STATUS_EXISTS:
        refuse_other_payload(c, !c->request_id.p);
        break;
    case STATUS_NO_MEMORY:
    case STATUS_TOO_LARGE:
    case STATUS_BAD_INPUT:
    case STATUS_CONFLICT:
    case STATUS_DENIED:
    case STATUS_LIMITED:
    case STATUS_UNAVAILABLE:
    case STATUS_UNCERTAIN:
    case STATUS_IO:
    case STATUS_CONFIG:
    case STATUS_INTERNAL:
    case STATUS__MAX:
        api_fail(c, s);
        break;
    }
}

void api_answered(struct api_call *c)
{
    api_seal(c);
    c->is_answered = true;
}

void api_seal(struct api_call *c)
{
    struct http_response *r = c->resp;
    bool has_body = r->stream || (r->body.status == STATUS_OK && r->body.n > 0);
    if (has_body && r->headers.status == STATUS_OK)
        return;
    if (c->a->fault == STATUS_OK)
        c->a->fault = r->headers.status != STATUS_OK ? r->headers.status : STATUS_NO_MEMORY;
    r->stream = NULL;
    r->content_type = SV(API_JSON);
    buf_clear(&r->headers);
    api_refuse(c, 500, c->verb ? c->verb->failed : "Internal server error", NULL);
}
