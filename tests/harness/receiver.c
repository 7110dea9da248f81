/* One thread, one epoll descriptor.
 *
 * The log, for whoever judges what arrived: a line for each whole request,
 * appended by one write() before the answer's first byte, so what a sender saw
 * answered stands in it:
 *
 *   MONO_US STATUS PATH WEBHOOK-ID SEQUENCE EVENT TICKET HASH CONNECTION
 *
 * MONO_US     CLOCK_MONOTONIC when the request's last byte was read
 * STATUS      it is answered with, 0: no (whole) answer
 * PATH        as requested, query and all
 * WEBHOOK-ID  header webhook-id
 * SEQUENCE    header X-Webhook-Sequence
 * EVENT       header X-Webhook-Event
 * TICKET      the body's "ticketNumber"
 * HASH        64-bit FNV-1a of the body, 16 hexadecimal digits
 * CONNECTION  1, 2, … in the order of accept
 *
 * Fields are parted by one space; what is missing is "-", and so is any byte of
 * a field that is not printable ASCII. */
#include "harness/receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "harness/receiver_rules.h"

#define HEAD_MAX (64u * 1024)        /* [bytes] of a request */
#define BODY_MAX (16u * 1024 * 1024) /* [bytes] of a request */
#define IN_FIRST (8u * 1024)         /* [bytes] a connection's buffer begins with */
#define LOG_LINE 4096                /* [bytes] */
#define RULE_MAX 2400                /* [bytes] of a path */
#define EVENTS 256
#define WRITES_AT_A_TIME 8 /* then others have their turn */
#define RING 16            /* header values that are valid at a time */
#define VALUE_MAX 1024

struct conn {
    TAILQ_ENTRY(conn) all, timed;
    int fd;
    unsigned id;
    SSL *ssl;
    char *in;
    size_t n_in, size_in;
    bool answering, waits, deaf;
    uint32_t events; /*!< epoll watches for */
    int64_t due_us;  /*!< when waits */
    struct answer answer;
    size_t sent, granted; /*!< [bytes] of the answer */
};
TAILQ_HEAD(conns, conn);

struct receiver {
    int listener, epoll, wake, log, port;
    SSL_CTX *tls;
    pthread_t thread;
    atomic_bool stop;
    atomic_uint accepted, total;
    bool forget;
    struct conns conns, waiting; /*!< the thread's own */
    pthread_mutex_t lock;        /*!< guards what follows */
    pthread_cond_t news;
    struct rules *rules;
    char rule[RULE_MAX];
    struct receiver_request **requests;
    size_t n, size;
    unsigned cleared; /*!< how often */
};

static int64_t mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- connections --- */

static void watch(struct receiver *r, struct conn *c, uint32_t events)
{
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (c->events != events)
        epoll_ctl(r->epoll, EPOLL_CTL_MOD, c->fd, &e);
    c->events = events;
}

static void wait_until(struct receiver *r, struct conn *c, int64_t due_us)
{
    if (!c->waits)
        TAILQ_INSERT_TAIL(&r->waiting, c, timed);
    c->waits = true;
    c->due_us = due_us;
}

static void wait_no_more(struct receiver *r, struct conn *c)
{
    if (c->waits)
        TAILQ_REMOVE(&r->waiting, c, timed);
    c->waits = false;
}

static void drop(struct receiver *r, struct conn *c, bool reset)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    wait_no_more(r, c);
    TAILQ_REMOVE(&r->conns, c, all);
    if (reset)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    else if (c->ssl)
        SSL_shutdown(c->ssl);
    SSL_free(c->ssl);
    epoll_ctl(r->epoll, EPOLL_CTL_DEL, c->fd, NULL); /* a child just forked may still have it open */
    close(c->fd);
    free(c->in);
    free(c);
}

static bool set_up_tls(struct receiver *r, struct conn *c)
{
    if (!r->tls)
        return true;
    c->ssl = SSL_new(r->tls);
    if (!c->ssl || !SSL_set_fd(c->ssl, c->fd))
        return false;
    SSL_set_accept_state(c->ssl);
    return true;
}

static bool rule_is_deaf(struct receiver *r)
{
    pthread_mutex_lock(&r->lock);
    bool deaf = strcmp(r->rule, "/deaf") == 0;
    pthread_mutex_unlock(&r->lock);
    return deaf;
}

static void take(struct receiver *r)
{
    int fd, on = 1;
    while ((fd = accept4(r->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct conn *c = calloc(1, sizeof *c);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        if (!c) {
            close(fd);
            continue;
        }
        c->fd = fd;
        c->id = atomic_fetch_add(&r->accepted, 1) + 1;
        TAILQ_INSERT_TAIL(&r->conns, c, all);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        c->deaf = rule_is_deaf(r);
        c->events = e.events = c->deaf ? 0 : EPOLLIN;
        if (!set_up_tls(r, c) || epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &e))
            drop(r, c, true);
    }
    if (errno == EMFILE || errno == ENFILE)
        usleep(10000); /* the listener stays readable */
}

/* Bytes, 0: not now, -1: the connection is done with. */
static ssize_t tls_result(struct conn *c, int n, uint32_t *more)
{
    if (n > 0)
        return n;
    int why = SSL_get_error(c->ssl, n);
    if (why == SSL_ERROR_WANT_WRITE)
        *more = EPOLLOUT;
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

static ssize_t get(struct conn *c, char *p, size_t n, uint32_t *more)
{
    ERR_clear_error(); /* SSL_get_error() looks at what stands there */
    if (c->ssl)
        return tls_result(c, SSL_read(c->ssl, p, (int)n), more);
    ssize_t got = recv(c->fd, p, n, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    return got > 0 ? got : -1;
}

static ssize_t put(struct conn *c, const char *p, size_t n, uint32_t *more)
{
    ERR_clear_error();
    if (c->ssl)
        return tls_result(c, SSL_write(c->ssl, p, n > 16384 ? 16384 : (int)n), more);
    ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL);
    if (done >= 0)
        return done;
    *more = EPOLLOUT;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

/* --- requests --- */

struct parsed {
    char *line, *head, *body; /*!< in the connection's buffer, NUL-terminated but for the body */
    size_t n_line, n_head, n_body, n_all;
    char path[RULE_MAX], id[128], sequence[32], event[64], ticket[64];
    bool close;
};

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

static bool find_header(const char *head, const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    out[0] = '\0';
    for (const char *line = head; *line; line = next_line(line)) {
        if (strncasecmp(line, name, n) != 0 || line[n] != ':')
            continue;
        const char *value = line + n + 1 + strspn(line + n + 1, " \t");
        snprintf(out, size, "%.*s", (int)strcspn(value, "\r\n"), value);
        return true;
    }
    return false;
}

static void find_ticket(const struct parsed *q, char *out, size_t size)
{
    static const char key[] = "\"ticketNumber\":";
    const char *at = memmem(q->body, q->n_body, key, sizeof key - 1), *end = q->body + q->n_body;
    size_t n = 0;
    out[0] = '\0';
    if (!at)
        return;
    for (at += sizeof key - 1; at < end && (*at == ' ' || *at == '"'); at++)
        continue;
    for (; at < end && *at >= '0' && *at <= '9' && n + 1 < size; at++)
        out[n++] = *at;
    out[n] = '\0';
}

/* 1: whole, 0: not yet, -1: no HTTP that we read. */
static int parse(struct conn *c, struct parsed *q)
{
    char value[64];
    char *end = c->n_in ? memmem(c->in, c->n_in, "\r\n\r\n", 4) : NULL;
    if (!end)
        return c->n_in > HEAD_MAX || (c->n_in > 0 && (c->in[0] < 'A' || c->in[0] > 'Z')) ? -1 : 0;
    size_t n = (size_t)(end - c->in) + 4;
    char after = c->in[n]; /* the buffer has room for a NUL */
    c->in[n] = '\0';
    q->line = c->in;
    q->n_line = strcspn(q->line, "\r\n");
    q->head = q->line + q->n_line + 2;
    q->n_head = n - q->n_line - 4;
    find_header(q->head, "Content-Length", value, sizeof value);
    q->n_body = strtoul(value, NULL, 10);
    find_header(q->head, "Transfer-Encoding", value, sizeof value);
    q->n_all = n + q->n_body;
    c->in[n] = after;
    if (*value || q->n_body > BODY_MAX || n > HEAD_MAX)
        return -1;
    return c->n_in >= q->n_all;
}

/* The parts of a whole request. False: malformed. */
static bool split(struct parsed *q)
{
    char value[64];
    const char *sp = memchr(q->line, ' ', q->n_line);
    size_t n = sp ? strcspn(sp + 1, " \r\n") : 0;
    const char *version = sp ? sp + 1 + n : q->line;
    q->line[q->n_line] = '\0';
    q->head[q->n_head] = '\0';
    q->body = q->head + q->n_head + 2;
    if (!sp || (strcmp(version, " HTTP/1.1") != 0 && strcmp(version, " HTTP/1.0") != 0) || n >= sizeof q->path)
        return false;
    memcpy(q->path, sp + 1, n);
    q->path[n] = '\0';
    find_header(q->head, "Connection", value, sizeof value);
    q->close = strcasecmp(value, "close") == 0 || version[8] == '0';
    find_header(q->head, "webhook-id", q->id, sizeof q->id);
    return true;
}

static struct receiver_request *copy(const struct conn *c, const struct parsed *q)
{
    struct receiver_request *k = malloc(sizeof *k + q->n_line + q->n_head + q->n_body + 3);
    if (!k)
        return NULL;
    snprintf(k->path, sizeof k->path, "%.*s", (int)sizeof k->path - 1, q->path);
    k->line = (char *)(k + 1);
    memcpy(k->line, q->line, q->n_line + 1);
    k->head = k->line + q->n_line + 1;
    memcpy(k->head, q->head, q->n_head + 1);
    k->body = k->head + q->n_head + 1;
    memcpy(k->body, q->body, q->n_body);
    k->body[q->n_body] = '\0';
    k->n_body = q->n_body;
    k->connection = c->id;
    return k;
}

/* Under the lock. */
static void keep(struct receiver *r, struct receiver_request *k)
{
    if (r->n == r->size) {
        size_t size = r->size ? 2 * r->size : 256;
        struct receiver_request **more = realloc(r->requests, size * sizeof(struct receiver_request *));
        if (!more) {
            free(k);
            return;
        }
        r->requests = more;
        r->size = size;
    }
    r->requests[r->n++] = k;
}

static const char *field(char *s)
{
    for (char *p = s; *p; p++)
        if (*p <= ' ' || *p > '~')
            *p = '-';
    return *s ? s : "-";
}

static void write_log(const struct receiver *r, const struct conn *c, struct parsed *q, int64_t at_us, int status)
{
    char line[LOG_LINE];
    uint64_t hash = UINT64_C(14695981039346656037);
    if (r->log < 0)
        return;
    for (size_t i = 0; i < q->n_body; i++)
        hash = (hash ^ (unsigned char)q->body[i]) * UINT64_C(1099511628211);
    find_header(q->head, "X-Webhook-Sequence", q->sequence, sizeof q->sequence);
    find_header(q->head, "X-Webhook-Event", q->event, sizeof q->event);
    find_ticket(q, q->ticket, sizeof q->ticket);
    int n =
        snprintf(line, sizeof line, "%lld %d %s %s %s %s %s %016llx %u\n", (long long)at_us, status, field(q->path),
                 field(q->id), field(q->sequence), field(q->event), field(q->ticket), (unsigned long long)hash, c->id);
    if (write(r->log, line, (size_t)n) != n)
        fprintf(stderr, "receiver: the log cannot be written\n");
}

static void judge(struct receiver *r, struct conn *c, struct parsed *q)
{
    int64_t now = mono_us();
    char path[RULE_MAX];
    struct receiver_request *k = r->forget ? NULL : copy(c, q);
    pthread_mutex_lock(&r->lock);
    snprintf(path, sizeof path, "%s", r->rule[0] ? r->rule : q->path);
    path[strcspn(path, "?")] = '\0';
    rules_answer(r->rules, path, q->id, &c->answer);
    write_log(r, c, q, now, c->answer.status);
    if (k) {
        k->at_us = now;
        k->status = c->answer.status;
        keep(r, k);
    }
    atomic_fetch_add(&r->total, 1);
    pthread_cond_broadcast(&r->news);
    pthread_mutex_unlock(&r->lock);
    if (q->close)
        c->answer.close = true;
    c->answering = true;
    c->sent = 0;
    c->granted = c->answer.at_once;
    if (c->answer.delay_us > 0)
        wait_until(r, c, now + c->answer.delay_us);
}

enum begun { BEGUN, BEGUN_NOT, BEGUN_GONE };

/* The next request, if a whole one is there. */
static enum begun begin(struct receiver *r, struct conn *c)
{
    struct parsed q;
    int whole = parse(c, &q);
    if (whole == 0)
        return BEGUN_NOT;
    if (whole < 0 || !split(&q)) {
        static const char bad[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        put(c, bad, sizeof bad - 1, &(uint32_t){0});
        drop(r, c, false);
        return BEGUN_GONE;
    }
    judge(r, c, &q);
    c->n_in -= q.n_all;
    memmove(c->in, c->in + q.n_all, c->n_in);
    if (c->answer.how == ANSWER_RESET || c->answer.how == ANSWER_CLOSE) {
        drop(r, c, c->answer.how == ANSWER_RESET);
        return BEGUN_GONE;
    }
    if (c->answer.how == ANSWER_DEAF)
        c->deaf = true;
    return BEGUN;
}

/* --- answers --- */

static size_t length(const struct answer *a)
{
    return a->n_head + a->n_tail;
}

/* What has been granted is sent: more of it, a pause, or the end. False: gone. */
static bool go_on(struct receiver *r, struct conn *c)
{
    struct answer *a = &c->answer;
    if (c->sent == length(a) && !a->again) {
        c->answering = false;
        if (!a->close)
            return true;
        drop(r, c, false);
        return false;
    }
    if (c->sent == length(a))
        c->sent = c->granted = a->n_head;
    if (a->step == 0) {
        c->granted = length(a);
        return true;
    }
    wait_until(r, c, mono_us() + a->pause_us);
    return true;
}

/* Sends what may be sent now. False: the connection is gone. */
static bool pump(struct receiver *r, struct conn *c, uint32_t *more)
{
    for (unsigned i = 0; c->answering && c->answer.how == ANSWER_BYTES && !c->waits; i++) {
        const struct answer *a = &c->answer;
        size_t end = c->granted < length(a) ? c->granted : length(a);
        if (c->sent >= end) {
            if (!go_on(r, c))
                return false;
            continue;
        }
        if (i >= WRITES_AT_A_TIME) {
            *more = EPOLLOUT;
            return true;
        }
        bool in_head = c->sent < a->n_head;
        const char *from = in_head ? a->head + c->sent : a->tail + (c->sent - a->n_head);
        ssize_t n = put(c, from, (in_head && a->n_head < end ? a->n_head : end) - c->sent, more);
        if (n < 0) {
            drop(r, c, false);
            return false;
        }
        if (n == 0)
            return true;
        c->sent += (size_t)n;
    }
    return true;
}

/* --- the thread --- */

/* False: the connection is gone. */
static bool read_in(struct receiver *r, struct conn *c, uint32_t *more)
{
    for (;;) {
        if (c->n_in + 1 >= c->size_in) {
            size_t size = c->size_in ? 2 * c->size_in : IN_FIRST;
            char *in = size <= 2 * BODY_MAX ? realloc(c->in, size) : NULL;
            if (!in)
                break;
            c->in = in;
            c->size_in = size;
        }
        size_t room = c->size_in - c->n_in - 1;
        ssize_t n = get(c, c->in + c->n_in, room, more);
        if (n < 0)
            break;
        c->n_in += (size_t)n;
        if (n == 0 || (!c->ssl && (size_t)n < room))
            return true;
    }
    drop(r, c, false);
    return false;
}

static void serve(struct receiver *r, struct conn *c)
{
    uint32_t more = 0;
    do {
        enum begun begun = c->answering ? BEGUN : begin(r, c);
        if (begun == BEGUN_NOT)
            break;
        if (begun == BEGUN_GONE || !pump(r, c, &more))
            return;
    } while (!c->answering);
    watch(r, c, (c->deaf ? 0 : EPOLLIN) | more);
}

static void wake_up(struct receiver *r, struct conn *c)
{
    uint32_t more = 0;
    if (c->deaf) { /* only its end wakes it */
        drop(r, c, false);
        return;
    }
    c->deaf = rule_is_deaf(r);
    if (c->deaf)
        watch(r, c, 0);
    else if (read_in(r, c, &more))
        serve(r, c);
}

/* [ms] until the next one is due. */
static int serve_due(struct receiver *r)
{
    int64_t now = mono_us(), next = INT64_MAX;
    struct conn *c = TAILQ_FIRST(&r->waiting), *after;
    for (; c; c = after) {
        after = TAILQ_NEXT(c, timed);
        if (c->due_us > now)
            continue;
        wait_no_more(r, c);
        if (c->sent >= c->granted)
            c->granted = c->sent + c->answer.step;
        serve(r, c);
    }
    for (c = TAILQ_FIRST(&r->waiting); c; c = TAILQ_NEXT(c, timed))
        next = c->due_us < next ? c->due_us : next;
    if (next == INT64_MAX)
        return -1;
    return next > now ? (int)((next - now + 999) / 1000) : 0;
}

static void *run(void *ctx)
{
    struct receiver *r = ctx;
    struct epoll_event events[EVENTS];
    while (!atomic_load(&r->stop)) {
        int n = epoll_wait(r->epoll, events, EVENTS, serve_due(r));
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == r)
                take(r);
            else if (events[i].data.ptr)
                wake_up(r, events[i].data.ptr);
        }
    }
    while (!TAILQ_EMPTY(&r->conns))
        drop(r, TAILQ_FIRST(&r->conns), true);
    return NULL;
}

/* --- start and stop --- */

static bool use_tls(struct receiver *r, const struct receiver_options *o)
{
    if (!o->cert)
        return true;
    r->tls = SSL_CTX_new(TLS_server_method());
    if (!r->tls)
        return false;
    SSL_CTX_set_mode(r->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (o->tls_max && strcmp(o->tls_max, "1.1") == 0) {
        SSL_CTX_set_security_level(r->tls, 0);
        SSL_CTX_set_min_proto_version(r->tls, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(r->tls, TLS1_1_VERSION);
    }
    return SSL_CTX_use_certificate_chain_file(r->tls, o->cert) == 1 &&
           SSL_CTX_use_PrivateKey_file(r->tls, o->key, SSL_FILETYPE_PEM) == 1;
}

static bool set_up_listener(struct receiver *r, const struct receiver_options *o)
{
    const char *host = o->address ? o->address : "127.0.0.1";
    bool v6 = strchr(host, ':') != NULL;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
    struct sockaddr_in6 b = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)o->port)};
    socklen_t n = v6 ? sizeof b : sizeof a;
    void *at = v6 ? (void *)&b : (void *)&a;
    int on = 1;
    r->listener = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(r->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (inet_pton(v6 ? AF_INET6 : AF_INET, host, v6 ? (void *)&b.sin6_addr : (void *)&a.sin_addr) != 1 ||
        bind(r->listener, at, n) || listen(r->listener, SOMAXCONN) || getsockname(r->listener, at, &n))
        return false;
    r->port = ntohs(v6 ? b.sin6_port : a.sin_port);
    return true;
}

static bool set_up_log(struct receiver *r, const struct receiver_options *o)
{
    r->log = o->log ? open(o->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    return !o->log || r->log >= 0;
}

static bool set_up_epoll(struct receiver *r)
{
    struct epoll_event take_some = {.events = EPOLLIN, .data.ptr = r}, wake = {.events = EPOLLIN, .data.ptr = NULL};
    r->epoll = epoll_create1(EPOLL_CLOEXEC);
    r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->listener, &take_some) == 0 &&
           epoll_ctl(r->epoll, EPOLL_CTL_ADD, r->wake, &wake) == 0;
}

/* No signal is for the thread; a lost peer's SIGPIPE stays pending there. */
static bool start_thread(struct receiver *r)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&r->thread, NULL, run, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}

static void raise_limit(void)
{
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
        l.rlim_cur = l.rlim_max;
        setrlimit(RLIMIT_NOFILE, &l);
    }
}

static void discard(struct receiver *r)
{
    const int fds[] = {r->listener, r->epoll, r->wake, r->log};
    for (unsigned i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    for (size_t i = 0; i < r->n; i++)
        free(r->requests[i]);
    free(r->requests);
    rules_free(&r->rules);
    SSL_CTX_free(r->tls);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->news);
    free(r);
}

struct receiver *receiver_start(const struct receiver_options *o)
{
    struct receiver *r = calloc(1, sizeof *r);
    pthread_condattr_t monotonic;
    if (!r)
        return NULL;
    raise_limit();
    r->listener = r->epoll = r->wake = r->log = -1;
    r->forget = o->forget;
    TAILQ_INIT(&r->conns);
    TAILQ_INIT(&r->waiting);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
    r->rules = rules_new();
    if (r->rules && use_tls(r, o) && set_up_listener(r, o) && set_up_log(r, o) && set_up_epoll(r) && start_thread(r))
        return r;
    fprintf(stderr, "receiver: does not start: %s\n", strerror(errno));
    ERR_print_errors_fp(stderr);
    discard(r);
    return NULL;
}

int receiver_port(const struct receiver *r)
{
    return r->port;
}

void receiver_stop(struct receiver **r)
{
    uint64_t one = 1;
    if (!*r)
        return;
    atomic_store(&(*r)->stop, true);
    if (write((*r)->wake, &one, sizeof one) != (ssize_t)sizeof one)
        fprintf(stderr, "receiver: %s\n", strerror(errno));
    pthread_join((*r)->thread, NULL);
    discard(*r);
    *r = NULL;
}

/* --- what came --- */

static bool starts(const struct receiver_request *q, const char *prefix)
{
    return strncmp(q->path, prefix, strlen(prefix)) == 0;
}

/* Under the lock: counts on from *at. */
static void count(const struct receiver *r, const char *prefix, size_t *at, unsigned *n)
{
    for (; *at < r->n; ++*at)
        *n += starts(r->requests[*at], prefix);
}

unsigned receiver_count(struct receiver *r, const char *prefix)
{
    size_t at = 0;
    unsigned n = 0;
    if (!*prefix)
        return atomic_load(&r->total);
    pthread_mutex_lock(&r->lock);
    count(r, prefix, &at, &n);
    pthread_mutex_unlock(&r->lock);
    return n;
}

const struct receiver_request *receiver_get(struct receiver *r, const char *prefix, unsigned i)
{
    const struct receiver_request *found = NULL;
    pthread_mutex_lock(&r->lock);
    for (size_t at = *prefix ? 0 : i; at < r->n && !found; at++)
        if (!*prefix || (starts(r->requests[at], prefix) && i-- == 0))
            found = r->requests[at];
    pthread_mutex_unlock(&r->lock);
    return found;
}

bool receiver_wait(struct receiver *r, const char *prefix, unsigned n, int ms)
{
    int64_t until = mono_us() + ms * INT64_C(1000);
    struct timespec t = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
    size_t at = 0;
    unsigned seen = 0;
    pthread_mutex_lock(&r->lock);
    for (bool late = false;;) {
        unsigned cleared = r->cleared;
        if (*prefix)
            count(r, prefix, &at, &seen);
        else
            seen = atomic_load(&r->total);
        if (seen >= n || late)
            break;
        late = pthread_cond_timedwait(&r->news, &r->lock, &t) == ETIMEDOUT;
        if (cleared != r->cleared)
            at = seen = 0;
    }
    pthread_mutex_unlock(&r->lock);
    return seen >= n;
}

unsigned receiver_connections(struct receiver *r)
{
    return atomic_load(&r->accepted);
}

void receiver_clear(struct receiver *r)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->n; i++)
        free(r->requests[i]);
    r->n = 0;
    r->cleared++;
    rules_clear(r->rules);
    atomic_store(&r->total, 0);
    pthread_mutex_unlock(&r->lock);
}

const char *receiver_header(const struct receiver_request *q, const char *name)
{
    static char ring[RING][VALUE_MAX];
    static atomic_uint next;
    char *value = ring[atomic_fetch_add(&next, 1) % RING];
    return find_header(q->head, name, value, VALUE_MAX) ? value : NULL;
}

void receiver_rule(struct receiver *r, const char *path)
{
    pthread_mutex_lock(&r->lock);
    snprintf(r->rule, sizeof r->rule, "%s", path ? path : "");
    pthread_mutex_unlock(&r->lock);
}
