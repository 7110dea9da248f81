#include "bin/fcgi.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/num.h"
#include "crypto/id.h"

#define LISTENER 0                     /* where spawn-fcgi puts the socket */
#define PIECE_MAX (1 << 20)            /* [bytes] one call of libfcgi takes an int */
#define HEAD_MAX 1024                  /* [bytes] the headers every answer has */
#define WAITED_MAX (60 * CLOCK_SECOND) /* [us] more is a clock that was set */

static int waiting = -1; /* an epoll that watches the socket */

static int owed = -1; /* a connection that was accepted and is not served yet */

enum status fcgi_open(void)
{
    /* Of all that wait, one is woken for a connection. Were it killed then, its successor asks before it waits. */
    struct epoll_event e = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    waiting = epoll_create1(EPOLL_CLOEXEC);
    return waiting >= 0 && epoll_ctl(waiting, EPOLL_CTL_ADD, LISTENER, &e) == 0 ? STATUS_OK : STATUS_IO;
}

enum status fcgi_init(FCGX_Request *r)
{
    return FCGX_InitRequest(r, -1, 0) == 0 ? STATUS_OK : STATUS_IO;
}

/* Until somebody knocks, a signal comes, or the time is over. */
static enum status wait_for_one(const sigset_t *open, int64_t wait_us)
{
    struct epoll_event e;
    int n = epoll_pwait(waiting, &e, 1, wait_us < 0 ? -1 : (int)((wait_us + 999) / 1000), open);
    return n < 0 && errno != EINTR ? STATUS_IO : STATUS_CONFLICT;
}

static int accept_one(void)
{
    int fd = owed;
    owed = -1;
    return fd >= 0 ? fd : accept4(LISTENER, NULL, NULL, SOCK_CLOEXEC);
}

static enum status read_request(FCGX_Request *r, int fd)
{
    /* libfcgi only reads, through peer.c: its own accept would wait for the first byte by another call. */
    r->ipcFd = fd;
    r->keepConnection = 1; /* it is not the last request's, to be closed with it */
    if (FCGX_Accept_r(r) != 0)
        return STATUS_CONFLICT;
    if (FCGX_GetError(r->in) == 0)
        return STATUS_OK;
    fcgi_finish(r); /* its parameters broke off: libfcgi would have it served without the rest */
    return STATUS_CONFLICT;
}

enum status fcgi_accept(FCGX_Request *r, const sigset_t *open, int64_t wait_us)
{
    /* First: under load somebody is waiting already. */
    int fd = accept_one();
    if (fd >= 0)
        return read_request(r, fd);
    if (errno == EAGAIN)
        return wait_for_one(open, wait_us);
    return errno == EINTR || errno == ECONNABORTED ? STATUS_CONFLICT : STATUS_IO;
}

enum status fcgi_accept_more(FCGX_Request *r)
{
    char c;
    int fd = accept_one();
    if (fd < 0)
        return STATUS_CONFLICT;
    if (recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
        return read_request(r, fd);
    owed = fd; /* others would wait for it */
    return STATUS_CONFLICT;
}

bool fcgi_owes(void)
{
    return owed >= 0;
}

static enum status read_body(void *ctx, char *dst, size_t n)
{
    FCGX_Request *r = ctx;
    for (size_t done = 0; done < n;) {
        int piece = n - done < PIECE_MAX ? (int)(n - done) : PIECE_MAX;
        int got = FCGX_GetStr(dst + done, piece, r->in);
        if (got != piece)
            return STATUS_IO;
        done += (size_t)got;
    }
    return FCGX_GetError(r->in) == 0 && FCGX_GetChar(r->in) == EOF ? STATUS_OK : STATUS_IO;
}

enum param {
    P_METHOD,
    P_PATH,
    P_QUERY,
    P_LENGTH,
    P_TYPE,
    P_ENCODING,
    P_KEY,
    P_IDEMPOTENCY,
    P_ID,
    P_ADDR,
    P_TIME,
    P__MAX
};
#define NAME(lit)                                                                                                      \
    {                                                                                                                  \
        (lit), sizeof(lit) - 1                                                                                         \
    }
static const struct sv names[P__MAX] = {
    [P_METHOD] = NAME("REQUEST_METHOD"), [P_PATH] = NAME("DOCUMENT_URI"),
    [P_QUERY] = NAME("QUERY_STRING"),    [P_LENGTH] = NAME("CONTENT_LENGTH"),
    [P_TYPE] = NAME("CONTENT_TYPE"),     [P_ENCODING] = NAME("HTTP_CONTENT_ENCODING"),
    [P_KEY] = NAME("HTTP_X_API_KEY"),    [P_IDEMPOTENCY] = NAME("HTTP_IDEMPOTENCY_KEY"),
    [P_ID] = NAME("REQUEST_ID"),         [P_ADDR] = NAME("REMOTE_ADDR"),
    [P_TIME] = NAME("REQUEST_TIME"),
};

/* A header sent twice comes as two parameters. */
static void read_params(char **envp, struct sv value[P__MAX], unsigned times[P__MAX])
{
    for (; *envp; envp++) {
        struct sv rest = sv_from(*envp), name;
        if (!sv_cut(&rest, '=', &name) || !rest.p)
            continue;
        for (unsigned i = 0; i < P__MAX; i++)
            if (sv_eq(name, names[i]) && times[i]++ == 0)
                value[i] = rest;
    }
}

static enum http_method method(struct sv s)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_HEAD}, {"POST", HTTP_POST}, {"PATCH", HTTP_PATCH}};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (sv_is(s, methods[i].name))
            return methods[i].method;
    return HTTP_OTHER;
}

static int64_t length(struct sv s)
{
    uint64_t n;
    if (s.n == 0)
        return 0;
    return num_u64(s, true, INT64_MAX, &n) ? (int64_t)n : -1;
}

static bool is_id(struct sv s)
{
    if (s.n == 0 || s.n > HTTP_REQUEST_ID_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_alnum = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_alnum && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

static void request_id(struct sv given, int64_t now_us, char id[HTTP_REQUEST_ID_MAX + 1])
{
    if (is_id(given)) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): an id is not empty */
        memcpy(id, given.p, given.n);
        id[given.n] = '\0';
    } else if (crypto_cuid(now_us, id) != STATUS_OK) {
        id[0] = '-';
        id[1] = '\0';
    }
}

/* How long it waited for a worker: nginx says when it passed it on ("seconds.milliseconds"). */
static int64_t waited_us(struct sv passed_on, int64_t now_us)
{
    uint64_t s, ms;
    struct sv seconds;
    if (!sv_cut(&passed_on, '.', &seconds) || passed_on.n != 3 || !num_u64(seconds, false, UINT32_MAX, &s) ||
        !num_u64(passed_on, true, 999, &ms))
        return 0;
    int64_t waited = now_us - ((int64_t)s * CLOCK_SECOND + (int64_t)ms * 1000);
    return waited < 0 ? 0 : waited < WAITED_MAX ? waited : WAITED_MAX;
}

/* nginx's fastcgi_params pass an empty CONTENT_TYPE when none was sent. */
static struct sv unless_empty(struct sv s)
{
    return s.n > 0 ? s : SV_NONE;
}

void fcgi_request(FCGX_Request *r, struct http_request *q, char id[HTTP_REQUEST_ID_MAX + 1])
{
    struct sv v[P__MAX] = {SV_NONE};
    unsigned times[P__MAX] = {0};
    read_params(r->envp, v, times);
    *q = (struct http_request){
        .method = method(v[P_METHOD]),
        .path = v[P_PATH].p ? v[P_PATH] : SV(""),
        .query = v[P_QUERY],
        .remote_addr = v[P_ADDR],
        .content_type = unless_empty(v[P_TYPE]),
        .content_encoding = v[P_ENCODING],
        .api_key = v[P_KEY],
        .n_api_key = times[P_KEY],
        .idempotency_key = v[P_IDEMPOTENCY],
        .n_idempotency_key = times[P_IDEMPOTENCY],
        .content_length = length(v[P_LENGTH]),
        .read_body = read_body,
        .body_ctx = r,
        .now_us = clock_wall_us(),
        .admit_us = clock_mono_us(),
    };
    q->mono_us = q->admit_us - waited_us(v[P_TIME], q->now_us);
    request_id(v[P_ID], q->now_us, id);
    q->request_id = sv_from(id);
}

struct pipe {
    FCGX_Request *r;
    fcgi_sent sent;
    void *ctx;
};

static enum status put(FCGX_Request *r, const void *p, size_t n)
{
    const char *from = p;
    while (n > 0) {
        int piece = n < PIECE_MAX ? (int)n : PIECE_MAX;
        if (FCGX_PutStr(from, piece, r->out) != piece)
            return STATUS_IO;
        from += piece;
        n -= (size_t)piece;
    }
    return STATUS_OK;
}

static enum status sink(void *ctx, const void *p, size_t n)
{
    struct pipe *pipe = ctx;
    enum status s = put(pipe->r, p, n);
    if (s == STATUS_OK)
        pipe->sent(pipe->ctx);
    return s;
}

/* nginx writes the whole body before it reads: closing early would lose the answer. */
static void drain(FCGX_Request *r)
{
    char rest[8192];
    while (FCGX_GetStr(rest, (int)sizeof rest, r->in) == (int)sizeof rest)
        ;
}

/* Without memory for an answer there is still this one. */
static void last_resort(struct http_response *a, int64_t now_us, char *out, size_t size)
{
    char at[CLOCK_ISO_SIZE];
    clock_iso(now_us, at);
    a->status = 500;
    snprintf(out, size, "{\"error\":\"Internal server error\",\"timestamp\":\"%s\",\"status\":500}", at);
}

/* RFC 9110 §15; nginx sends what it is given. */
static const char *reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "Other";
}

static enum status send_head(FCGX_Request *r, const struct http_request *q, const struct http_response *a,
                             int64_t length)
{
    char head[HEAD_MAX];
    int n = snprintf(head, sizeof head,
                     "Status: %d %s\r\nContent-Type: %.*s\r\nContent-Length: %lld\r\nCache-Control: no-store\r\n"
                     "X-Content-Type-Options: nosniff\r\nX-Request-ID: %.*s\r\n%s%s%s",
                     a->status, reason(a->status), SV_ARG(a->content_type), (long long)length, SV_ARG(q->request_id),
                     a->partner[0] ? "X-Omni-Partner: " : "", a->partner, a->partner[0] ? "\r\n" : "");
    if (n < 0 || (size_t)n >= sizeof head)
        return STATUS_INTERNAL;
    enum status s = put(r, head, (size_t)n);
    if (s == STATUS_OK)
        s = put(r, a->headers.p, a->headers.n);
    return s == STATUS_OK ? put(r, "\r\n", 2) : s;
}

enum status fcgi_send(FCGX_Request *r, const struct http_request *q, struct http_response *a, fcgi_sent sent, void *ctx)
{
    char spare[160];
    struct sv body = buf_view(&a->body);
    drain(r);
    if (!a->stream && body.n == 0) {
        last_resort(a, q->now_us, spare, sizeof spare);
        body = sv_from(spare);
    }
    struct pipe pipe = {r, sent, ctx};
    enum status s = send_head(r, q, a, a->stream ? a->content_length : (int64_t)body.n);
    if (s != STATUS_OK || q->method == HTTP_HEAD)
        return s;
    return a->stream ? a->stream(a->stream_ctx, sink, &pipe) : put(r, body.p, body.n);
}

void fcgi_finish(FCGX_Request *r)
{
    /* Also if its peer would keep the connection: a worker serves whoever comes next. */
    r->keepConnection = 0;
    FCGX_Finish_r(r);
}
