#include "api/internal.h"

static bool is_json(struct sv content_type)
{
    struct sv rest = content_type, type;
    return sv_cut(&rest, ';', &type) && sv_eq_ci(sv_trim(type), SV("application/json"));
}

/* STATUS_IO: the client went away. */
static enum status read_all(struct api_call *c, char **p_r, size_t n)
{
    char *p = arena_alloc(c->a->arena, n + 1);
    if (!p)
        return STATUS_NO_MEMORY;
    *p_r = p;
    return n > 0 ? c->req->read_body(c->req->body_ctx, p, n) : STATUS_OK;
}

static bool parse(struct api_call *c, char *p, size_t n)
{
    struct api *a = c->a;
    enum status s = wire_parse(a->arena, p, n, &a->doc, &a->err);
    if (s == STATUS_BAD_INPUT) {
        api_refuse(c, 400, "Invalid JSON", &a->err);
        return false;
    }
    /* Taken now: decoding attachments overwrites them. */
    struct sv text = s == STATUS_OK ? wire_text(a->doc) : SV_NONE;
    if (s == STATUS_OK)
        s = crypto_sha256(text.p, text.n, c->desk.body_hash);
    if (s != STATUS_OK)
        api_fail(c, s);
    return s == STATUS_OK;
}

bool api_body(struct api_call *c)
{
    const struct http_request *q = c->req;
    char *p = NULL;
    if (q->content_length < 0) {
        api_refuse_field(c, 400, "Bad request", "Content-Length", "Invalid Content-Length format");
        return false;
    }
    if (q->content_length > HTTP_BODY_MAX) {
        api_refuse(c, 413, "Request body too large", NULL);
        return false;
    }
    if (!is_json(q->content_type) || q->content_encoding.p) {
        api_refuse(c, 415, "Unsupported content type", NULL);
        return false;
    }
    enum status s = read_all(c, &p, (size_t)q->content_length);
    if (s == STATUS_IO) {
        api_refuse(c, API_GONE, "Client closed request", NULL);
        return false;
    }
    if (s != STATUS_OK) {
        api_fail(c, s);
        return false;
    }
    return parse(c, p, (size_t)q->content_length);
}

static bool is_key(struct sv s)
{
    if (s.n == 0 || s.n > API_KEY_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x20 || s.p[i] > 0x7E)
            return false;
    return true;
}

bool api_idempotency_key(struct api_call *c)
{
    const struct http_request *q = c->req;
    const char *why = NULL;
    if (q->n_idempotency_key > 1)
        why = "Idempotency-Key may be sent only once";
    else if (q->idempotency_key.p && !is_key(q->idempotency_key))
        why = "Idempotency-Key must be 1 to 255 printable ASCII characters";
    if (why)
        api_refuse_field(c, 400, "Bad request", "Idempotency-Key", why);
    c->desk.key = q->idempotency_key;
    return !why;
}
