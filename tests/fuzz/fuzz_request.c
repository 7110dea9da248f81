/* A whole request through the api, on fakes of gate and desk: whatever comes,
 * a complete answer in the contract's form leaves. The input's lines: method,
 * outcome of the desk, path, query, Content-Type, Content-Encoding,
 * Idempotency-Key ("-": not sent); then the body. */
#include <string.h>

#include "base/clock.h"
#include "fuzz/answer.h"
#include "fuzz/target.h"

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
    else {
        MUST(r->body.status == STATUS_OK);
        answer_check(r->status, buf_view(&r->body));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct api *api = answer_api();
    struct http_response resp;
    struct sv rest = {(const char *)data, n};
    struct http_request req = {.method = method_of(answer_line(&rest))};
    answer_fakes(answer_line(&rest));
    req.path = answer_line(&rest);
    req.query = optional(answer_line(&rest));
    req.content_type = optional(answer_line(&rest));
    req.content_encoding = optional(answer_line(&rest));
    req.idempotency_key = optional(answer_line(&rest));
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
