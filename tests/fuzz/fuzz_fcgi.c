/* A request as it comes from nginx, through libfcgi itself on a socket: its
 * parameters become the request struct, and an answer in FastCGI's form leaves.
 * The input's lines: letters for the fakes; after how many bytes the client goes
 * away (empty: it stays); how many bytes a record has at most, and how many a read
 * gets; parameters, up to an empty line; then the body. */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "fuzz/socket.h"
#include "fuzz/target.h"

#define RECORDS_MAX 512 /* of a stream */

/* What the client means to say. */
struct client {
    struct sv letters, params, body;
    size_t cut, piece, read; /* [bytes] */
    struct buf wire;
    size_t n_head; /* [bytes] up to the parameters' end */
};

/* ---- The client's side ---- */

static size_t number(struct sv s, size_t other)
{
    uint64_t n;
    return num_u64(s, true, UINT32_MAX, &n) ? (size_t)n : other;
}

static void put_record(struct buf *out, unsigned type, const char *p, size_t n)
{
    unsigned char head[SOCKET_HEADER] = {1, (unsigned char)type, 0, 1, (unsigned char)(n >> 8), (unsigned char)n, 0, 0};
    buf_sv(out, (struct sv){(const char *)head, sizeof head});
    buf_sv(out, (struct sv){p, n});
}

/* In pieces, the empty one that ends it too. */
static void put_stream(struct client *c, unsigned type, struct sv s)
{
    size_t piece = c->piece > s.n / RECORDS_MAX ? c->piece : s.n / RECORDS_MAX + 1;
    for (size_t done = 0; done < s.n; done += piece)
        put_record(&c->wire, type, s.p + done, s.n - done < piece ? s.n - done : piece);
    put_record(&c->wire, type, "", 0);
}

static void put_length(struct buf *out, size_t n)
{
    if (n > 127)
        for (unsigned shift = 24; shift > 0; shift -= 8)
            buf_char(out, (char)((n >> shift & 0xFF) | (shift == 24 ? 0x80 : 0)));
    buf_char(out, (char)n);
}

static void put_params(struct client *c)
{
    struct buf pairs;
    struct sv rest = c->params, line;
    buf_init(&pairs, SOCKET_WIRE_MAX);
    while (rest.n > 0 && sv_cut(&rest, '\n', &line)) {
        struct sv value = line, name = SV("");
        sv_cut(&value, '=', &name);
        value = value.p ? value : SV("");
        put_length(&pairs, name.n);
        put_length(&pairs, value.n);
        buf_sv(&pairs, name);
        buf_sv(&pairs, value);
    }
    put_stream(c, SOCKET_PARAMS, buf_view(&pairs));
    buf_free(&pairs);
}

static void read_input(struct sv in, struct client *c)
{
    *c = (struct client){.letters = answer_line(&in)};
    c->cut = number(answer_line(&in), SIZE_MAX);
    c->piece = number(answer_line(&in), 8192);
    c->piece = c->piece < 1 ? 1 : c->piece < UINT16_MAX ? c->piece : UINT16_MAX;
    c->read = number(answer_line(&in), 8192);
    c->read = c->read < 1 ? 1 : c->read < 8192 ? c->read : 8192;
    const char *from = in.p;
    while (in.n > 0 && answer_line(&in).n > 0)
        ;
    c->body = in.p ? in : SV("");
    c->params = from ? (struct sv){from, (size_t)((in.p ? in.p : from) - from)} : SV("");
    buf_init(&c->wire, SOCKET_WIRE_MAX);
    put_record(&c->wire, SOCKET_BEGIN, "\0\1\0\0\0\0\0", SOCKET_HEADER); /* a responder, not kept */
    put_params(c);
    c->n_head = c->wire.n;
    put_stream(c, SOCKET_STDIN, c->body);
    MUST(c->wire.status == STATUS_OK);
}

/* ---- What must have been understood ---- */

/* The first value of a parameter, and how often it stands there; a NUL ends a
 * parameter. */
static struct sv param(const struct client *c, const char *name, unsigned *times_r)
{
    struct sv rest = c->params, line, found = SV_NONE;
    size_t n = strlen(name);
    *times_r = 0;
    while (rest.n > 0 && sv_cut(&rest, '\n', &line)) {
        struct sv text = {line.p, strnlen(line.p, line.n)};
        bool is_bare = line.n == n && text.n == n, has_value = text.n > n && text.p[n] == '=';
        if ((is_bare || has_value) && memcmp(text.p, name, n) == 0 && (*times_r)++ == 0)
            found = has_value ? (struct sv){text.p + n + 1, text.n - n - 1} : SV("");
    }
    return found;
}

static void check_length(struct sv given, int64_t got)
{
    size_t digits = 0;
    while (digits < given.n && given.p[digits] >= '0' && given.p[digits] <= '9')
        digits++;
    if (given.n == 0)
        MUST(got == 0);
    else if (digits < given.n)
        MUST(got == -1);
    else if (digits < 19)
        MUST(got >= 0 && (uint64_t)got == strtoull(given.p, NULL, 10));
}

static void check_id(struct sv given, struct sv got)
{
    static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t good = 0;
    while (good < given.n && memchr(word, given.p[good], sizeof word - 1))
        good++;
    if (good == given.n && given.n >= 1 && given.n <= 64)
        MUST(sv_eq(got, given));
    else
        MUST(got.n == 25 && got.p[0] == 'c');
}

static void check_request(const struct http_request *q, void *ctx)
{
    const struct client *c = ctx;
    unsigned times;
    struct sv key = param(c, "HTTP_X_API_KEY", &times);
    MUST(sv_eq(q->api_key, key) && q->n_api_key == times);
    key = param(c, "HTTP_IDEMPOTENCY_KEY", &times);
    MUST(sv_eq(q->idempotency_key, key) && q->n_idempotency_key == times);
    struct sv path = param(c, "DOCUMENT_URI", &times), type = param(c, "CONTENT_TYPE", &times);
    MUST(sv_eq(q->path, path.p ? path : SV("")));
    MUST(sv_eq(q->content_type, type.n > 0 ? type : SV_NONE));
    MUST(sv_eq(q->query, param(c, "QUERY_STRING", &times)));
    MUST(sv_eq(q->remote_addr, param(c, "REMOTE_ADDR", &times)));
    MUST(sv_eq(q->content_encoding, param(c, "HTTP_CONTENT_ENCODING", &times)));
    MUST((q->method == HTTP_PATCH) == sv_is(param(c, "REQUEST_METHOD", &times), "PATCH"));
    MUST(q->mono_us <= q->admit_us && q->method < HTTP_METHOD__MAX);
    check_length(param(c, "CONTENT_LENGTH", &times), q->content_length);
    check_id(param(c, "REQUEST_ID", &times), q->request_id);
}

/* ---- What must have come back ---- */

/* The header's value; each stands there once. */
static struct sv header(struct sv head, const char *name)
{
    struct sv line, found = SV_NONE;
    size_t n = strlen(name);
    while (head.n > 0 && sv_cut(&head, '\n', &line)) {
        MUST(line.n > 3 && line.p[line.n - 1] == '\r' && !memchr(line.p, '\r', line.n - 1) &&
             memchr(line.p, ':', line.n));
        if (line.n > n + 2 && memcmp(line.p, name, n) == 0 && line.p[n] == ':') {
            MUST(!found.p);
            found = (struct sv){line.p + n + 2, line.n - n - 3};
        }
    }
    MUST(found.p);
    return found;
}

static void check_answer(struct sv text, const struct http_request *q, const struct http_response *r)
{
    static const char end[] = "\r\n\r\n";
    const char *mid = memmem(text.p, text.n, end, 4);
    MUST(mid);
    struct sv head = {text.p, (size_t)(mid + 2 - text.p)}, body = {mid + 4, text.n - head.n - 2};
    struct sv status = header(head, "Status");
    char digits[16];
    snprintf(digits, sizeof digits, "%d ", r->status);
    MUST(sv_has_prefix(status, sv_from(digits)));
    MUST(sv_eq(header(head, "X-Request-ID"), q->request_id));
    MUST(sv_is(header(head, "Cache-Control"), "no-store") && sv_is(header(head, "X-Content-Type-Options"), "nosniff"));
    size_t length = number(header(head, "Content-Length"), SIZE_MAX);
    MUST(length != SIZE_MAX && body.n == (q->method == HTTP_HEAD ? 0 : length));
    if (!r->stream && q->method != HTTP_HEAD)
        answer_check(r->status, body);
}

static void check_end(const struct client *c, const struct socket_end *end)
{
    struct buf answer;
    MUST(end->is_accepted == (c->cut >= c->n_head));
    if (end->a.status == API_GONE)
        MUST(c->cut < c->wire.n || end->q.content_length != (int64_t)c->body.n);
    else
        MUST(end->is_sent == end->is_accepted);
    if (!end->is_sent)
        return;
    buf_init(&answer, SOCKET_WIRE_MAX * 4);
    socket_unwrap(end->back, 1, &answer);
    check_answer(buf_view(&answer), &end->q, &end->a);
    buf_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct client c;
    struct socket_end end;
    if (n > SOCKET_INPUT_MAX)
        return 0;
    read_input((struct sv){(const char *)data, n}, &c);
    struct sv sent = {c.wire.p, c.cut < c.wire.n ? c.cut : c.wire.n};
    socket_serve(sent, c.read, c.letters, check_request, &c, &end);
    if (!end.is_late)
        check_end(&c, &end);
    socket_done(&end);
    buf_free(&c.wire);
    return 0;
}
