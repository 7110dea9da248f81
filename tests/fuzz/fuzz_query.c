/* A query: decoded as a decoder written anew does it, and what the desk is asked
 * for is what stands in it. The whole input is the query. */
#include <stdio.h>
#include <string.h>

#include "api/internal.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "fuzz/answer.h"
#include "fuzz/target.h"

#define QUERY_MAX 32768 /* [bytes] nginx takes no longer request line */
#define ARENA_CAP ((size_t)16 * 1024 * 1024)

/* What stands between two separators. False: it cannot be decoded. */
static bool decode(struct sv s, struct buf *out)
{
    size_t from = out->n;
    for (size_t i = 0; i < s.n; i++) {
        char hex[3] = {0};
        if (s.p[i] == '%' && i + 2 < s.n) {
            memcpy(hex, s.p + i + 1, 2);
            if (strspn(hex, "0123456789abcdefABCDEF") != 2)
                return false;
            buf_char(out, (char)strtol(hex, NULL, 16));
            i += 2;
        } else if (s.p[i] == '%') {
            return false;
        } else {
            buf_char(out, s.p[i] == '+' ? ' ' : s.p[i]);
        }
    }
    struct sv part = {buf_view(out).p + from, out->n - from};
    return part.n == 0 || (utf8_valid(part) && !memchr(part.p, '\0', part.n));
}

/* All of it as "name\0value\0" each. */
static bool decode_all(struct sv s, struct buf *out)
{
    const char *end = s.p + s.n;
    for (const char *at = s.p; at < end;) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *mid = memchr(at, '=', (size_t)(stop - at));
        mid = mid ? mid : stop;
        if (stop > at) {
            if (!decode((struct sv){at, (size_t)(mid - at)}, out))
                return false;
            buf_char(out, '\0');
            if (mid < stop && !decode((struct sv){mid + 1, (size_t)(stop - mid - 1)}, out))
                return false;
            buf_char(out, '\0');
        }
        at = stop + 1;
    }
    return true;
}

static bool check_read(struct sv query)
{
    struct arena *a = arena_new(ARENA_CAP);
    struct api_param *params = NULL;
    struct buf want, got;
    size_t n = 0;
    MUST(a);
    buf_init(&want, ARENA_CAP);
    buf_init(&got, ARENA_CAP);
    bool is_good = decode_all(query, &want);
    enum status s = api_query_read(a, query, &params, &n);
    MUST(s == (is_good ? STATUS_OK : STATUS_BAD_INPUT));
    for (size_t i = 0; is_good && i < n; i++) {
        buf_sv(&got, params[i].name);
        buf_char(&got, '\0');
        buf_sv(&got, params[i].value);
        buf_char(&got, '\0');
    }
    MUST(!is_good || (got.n == want.n && (got.n == 0 || memcmp(got.p, want.p, got.n) == 0)));
    buf_free(&want);
    buf_free(&got);
    arena_free(&a);
    return is_good;
}

static enum status no_body(void *ctx, char *dst, size_t n)
{
    (void)ctx;
    (void)dst;
    return n == 0 ? STATUS_OK : STATUS_IO;
}

static void check_list(void)
{
    MUST(fake.list.limit >= 1 && fake.list.limit <= STORE_LIST_MAX);
    MUST(!fake.list.assignee.p || !utf8_blank(fake.list.assignee));
    MUST(fake.list.partner_code.n <= STORE_PARTNER_CODE_MAX);
}

static void ask(struct sv query, bool is_good, const char *letters)
{
    struct http_response resp;
    struct http_request req = {.method = HTTP_GET,
                               .path = SV("/api/omnichannel/tickets"),
                               .query = query,
                               .api_key = SV("omk"),
                               .n_api_key = 1,
                               .read_body = no_body,
                               .now_us = INT64_C(1705314600) * CLOCK_SECOND};
    answer_fakes(sv_from(letters));
    fake.n_list = 1;
    http_response_init(&resp);
    api_handle(answer_api(), &req, &resp);
    MUST(resp.status == 200 || resp.status == 400 || (resp.status == 404 && !fake.found));
    MUST(is_good || (resp.status == 400 && fake.n_desk == 0));
    MUST((resp.status == 400) == (fake.n_desk == 0) && fake.n_asked <= STORE_ASK_MAX);
    if (fake.n_desk > 0 && fake.n_asked == 0)
        check_list();
    MUST(!resp.stream && resp.body.status == STATUS_OK);
    answer_check(resp.status, buf_view(&resp.body));
    api_done(answer_api());
    http_response_free(&resp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv query = {(const char *)data, n};
    if (n > QUERY_MAX)
        return 0;
    bool is_good = check_read(query);
    ask(query, is_good, "");
    ask(query, is_good, "a");
    ask(query, is_good, "n");
    return 0;
}
