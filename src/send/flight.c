#include "send/flight.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE 4096L /* [bytes] answers are short, and thousands are under way */
#define IDLE_MAX 30L    /* [s] then a connection is not used again: firewalls forget */
#define NAME_KEPT 300L  /* [s] more than any attempt lasts, so libcurl has no reason to look a name up */
#define RESOLVE_MAX (NET_URL_MAX + POST_ADDRS_MAX * (NET_ADDR_TEXT_MAX + 3) + 16) /* [bytes] */

static long number_of(const struct flight *f, CURLINFO what)
{
    long n = 0;
    return curl_easy_getinfo(f->easy, what, &n) == CURLE_OK ? n : 0;
}

/* --- what libcurl asks --- */

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct flight *f = ctx;
    struct net_addr a;
    f->is_new_there = true;
    if (purpose != CURLSOCKTYPE_IPCXN || !net_addr_from_sockaddr(&to->addr, &a) || !net_addr_allowed(&a, f->rules)) {
        f->is_forbidden = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    if (fd >= 0) {
        f->opened(f->hub, fd);
        return fd;
    }
    f->no_descriptor = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return CURL_SOCKET_BAD;
}

/* A connection that is used again was judged when it was made; once more costs nothing. */
static int before_request(void *ctx, char *to, char *from, int to_port, int from_port)
{
    struct flight *f = ctx;
    struct net_addr a;
    (void)from;
    (void)to_port;
    (void)from_port;
    if (net_addr_parse(sv_from(to), &a) && net_addr_allowed(&a, f->rules))
        return CURL_PREREQFUNC_OK;
    f->is_forbidden = true;
    return CURL_PREREQFUNC_ABORT;
}

/* Names were looked up and vetted before; libcurl must not do it by itself. */
static int before_lookup(void *state, void *reserved, void *ctx)
{
    const struct flight *f = ctx;
    (void)state;
    (void)reserved;
    return f->is_literal ? 0 : 1;
}

static void keep_retry_after(struct flight *f, struct sv line)
{
    const struct sv name = SV("Retry-After:");
    if (line.n < name.n || !sv_eq_ci((struct sv){line.p, name.n}, name))
        return;
    struct sv value = sv_trim((struct sv){line.p + name.n, line.n - name.n});
    if (value.n < sizeof f->post->retry_after)
        snprintf(f->post->retry_after, sizeof f->post->retry_after, "%.*s", SV_ARG(value));
}

/* One line; also those of 1xx answers before the final one, and of trailers. */
static size_t take_header(char *p, size_t size, size_t n, void *ctx)
{
    struct flight *f = ctx;
    struct sv line = {p, size * n};
    f->n_head += line.n;
    if (f->n_head > POST_HEAD_MAX) {
        f->head_full = true;
        return 0;
    }
    if (f->is_final)
        return line.n;
    if (sv_trim(line).n == 0)
        f->is_final = number_of(f, CURLINFO_RESPONSE_CODE) >= 200;
    else if (sv_has_prefix(line, SV("HTTP/")))
        f->post->retry_after[0] = '\0';
    else
        keep_retry_after(f, line);
    return line.n;
}

static size_t take_body(char *p, size_t size, size_t n, void *ctx)
{
    struct flight *f = ctx;
    struct post *post = f->post;
    size_t all = size * n, room = sizeof post->answer - post->n_answer;
    size_t kept = all < room ? all : room;
    memcpy(post->answer + post->n_answer, p, kept);
    post->n_answer += kept;
    return kept;
}

/* --- options --- */

static bool set_numbers(CURL *easy)
{
    static const struct {
        CURLoption option;
        long value;
    } rows[] = {
        {CURLOPT_POST, 1},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_HTTP09_ALLOWED, 0},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_PATH_AS_IS, 1},
        {CURLOPT_HTTP_CONTENT_DECODING, 0},
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_NOPROGRESS, 1},
        {CURLOPT_TCP_NODELAY, 1},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_BUFFERSIZE, READ_SIZE},
        {CURLOPT_MAXAGE_CONN, IDLE_MAX},
        {CURLOPT_DNS_CACHE_TIMEOUT, NAME_KEPT},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (curl_easy_setopt(easy, rows[i].option, rows[i].value) != CURLE_OK)
            return false;
    return true;
}

/* Only what webhook_ca_file names, or only the system's bundle: not a folder
 * besides, which would also keep libcurl from reading the bundle only once. */
static bool set_authorities(CURL *easy, const char *ca_file)
{
    const char *bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (ca_file[0] && curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file) != CURLE_OK)
        return false;
    if (!ca_file[0] && !bundle)
        return true;
    return curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
}

/* No proxy, whatever the environment says. */
static bool set_texts(CURL *easy, const char *user_agent)
{
    static const struct {
        CURLoption option;
        const char *value;
    } rows[] = {
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_REDIR_PROTOCOLS_STR, "http,https"},
        {CURLOPT_PROXY, ""},
        {CURLOPT_NOPROXY, "*"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (curl_easy_setopt(easy, rows[i].option, rows[i].value) != CURLE_OK)
            return false;
    return curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent) == CURLE_OK;
}

static bool set_callbacks(struct flight *f)
{
    CURLcode bad = curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
    bad |= curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    bad |= curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETDATA, f);
    bad |= curl_easy_setopt(f->easy, CURLOPT_PREREQFUNCTION, before_request);
    bad |= curl_easy_setopt(f->easy, CURLOPT_PREREQDATA, f);
    bad |= curl_easy_setopt(f->easy, CURLOPT_RESOLVER_START_FUNCTION, before_lookup);
    bad |= curl_easy_setopt(f->easy, CURLOPT_RESOLVER_START_DATA, f);
    bad |= curl_easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, take_header);
    bad |= curl_easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
    bad |= curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, take_body);
    bad |= curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
    return bad == CURLE_OK;
}

enum status flight_new(const struct net_url_rules *rules, const char *ca_file, const char *user_agent,
                       void (*opened)(struct hub *h, int fd), struct flight **f_r)
{
    struct flight *f = calloc(1, sizeof *f);
    if (!f)
        return STATUS_NO_MEMORY;
    f->rules = rules;
    f->opened = opened;
    f->easy = curl_easy_init();
    if (!f->easy) {
        free(f);
        return STATUS_NO_MEMORY;
    }
    if (!set_numbers(f->easy) || !set_texts(f->easy, user_agent) || !set_authorities(f->easy, ca_file) ||
        !set_callbacks(f)) {
        flight_free(&f);
        return STATUS_CONFIG;
    }
    *f_r = f;
    return STATUS_OK;
}

static void free_lists(struct flight *f)
{
    curl_slist_free_all(f->headers);
    curl_slist_free_all(f->resolve);
    f->headers = f->resolve = NULL;
}

void flight_free(struct flight **f)
{
    if (!*f)
        return;
    curl_easy_cleanup((*f)->easy);
    free_lists(*f);
    free(*f);
    *f = NULL;
}

/* --- start --- */

static bool append(struct curl_slist **list, const char *line)
{
    struct curl_slist *more = curl_slist_append(*list, line);
    if (more)
        *list = more;
    return more != NULL;
}

static enum status set_headers(struct flight *f, const struct post *p)
{
    bool ok = append(&f->headers, "Expect:"); /* else long bodies wait for a 100 that few send */
    for (unsigned i = 0; ok && i < POST_HEADERS_MAX && p->headers[i]; i++) {
        if (strpbrk(p->headers[i], "\r\n"))
            return STATUS_BAD_INPUT;
        ok = append(&f->headers, p->headers[i]);
    }
    ok = ok && curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers) == CURLE_OK;
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

/* "+host:port:address,address": the plus lets libcurl forget it after NAME_KEPT. */
static enum status pin(struct flight *f, const struct post *p, const struct net_url *u)
{
    char rule[RESOLVE_MAX], text[NET_ADDR_TEXT_MAX];
    size_t n = (size_t)snprintf(rule, sizeof rule, "+%.*s:%u", SV_ARG(u->host), u->port);
    for (unsigned i = 0; i < p->n_addrs; i++) {
        net_addr_text(&p->addrs[i], text);
        bool v4 = net_addr_is_v4(&p->addrs[i]);
        n += (size_t)snprintf(rule + n, sizeof rule - n, "%s%s%s%s", i == 0 ? ":" : ",", v4 ? "" : "[", text,
                              v4 ? "" : "]");
    }
    bool ok = append(&f->resolve, rule) && curl_easy_setopt(f->easy, CURLOPT_RESOLVE, f->resolve) == CURLE_OK;
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status set_target(struct flight *f, const struct post *p)
{
    struct net_url u;
    char url[NET_URL_MAX + 1];
    if (net_url_parse(p->url, &u) || p->n_addrs > POST_ADDRS_MAX || (!u.is_literal && p->n_addrs == 0))
        return STATUS_BAD_INPUT;
    f->is_literal = u.is_literal;
    snprintf(url, sizeof url, "%.*s", SV_ARG(p->url));
    if (curl_easy_setopt(f->easy, CURLOPT_URL, url) != CURLE_OK)
        return STATUS_NO_MEMORY;
    if (!u.is_literal)
        return pin(f, p, &u);
    return curl_easy_setopt(f->easy, CURLOPT_RESOLVE, NULL) == CURLE_OK ? STATUS_OK : STATUS_INTERNAL;
}

static enum status set_body(struct flight *f, const struct post *p)
{
    long timeout = p->timeout_ms > 1 ? (long)p->timeout_ms : 1;
    CURLcode bad = curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, p->body.p ? p->body.p : "");
    bad |= curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->body.n);
    bad |= curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, timeout);
    bad |= curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, timeout < POST_CONNECT_MS ? timeout : POST_CONNECT_MS);
    return bad == CURLE_OK ? STATUS_OK : STATUS_INTERNAL;
}

static void clear_results(struct post *p)
{
    p->end = POST_FAILED;
    p->http_status = 0;
    p->retry_after[0] = p->error[0] = p->address[0] = '\0';
    p->n_answer = 0;
    p->duration_ms = 0;
}

enum status flight_prepare(struct flight *f, struct post *p)
{
    clear_results(p);
    f->post = p;
    f->n_head = 0;
    f->is_final = f->head_full = f->is_new_there = f->is_forbidden = f->no_descriptor = false;
    enum status s = set_target(f, p);
    if (s == STATUS_OK)
        s = set_headers(f, p);
    if (s == STATUS_OK)
        s = set_body(f, p);
    if (s != STATUS_OK)
        free_lists(f);
    return s;
}

/* --- end --- */

static curl_off_t time_of(const struct flight *f, CURLINFO what)
{
    curl_off_t us = 0;
    return curl_easy_getinfo(f->easy, what, &us) == CURLE_OK ? us : 0;
}

/* "": there is no connection, not even one without TLS yet. */
static const char *peer(const struct flight *f)
{
    const char *address = NULL;
    return curl_easy_getinfo(f->easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address ? address : "";
}

struct verdict {
    enum post_end end;
    const char *why;
};

static struct verdict not_connected(const struct flight *f)
{
    long why = number_of(f, CURLINFO_OS_ERRNO);
    if (f->no_descriptor)
        return (struct verdict){POST_FAILED, "no socket could be made"};
    if (why == ECONNREFUSED)
        return (struct verdict){POST_NO_CONNECT, "connection refused"};
    if (why == ENETUNREACH || why == EHOSTUNREACH)
        return (struct verdict){POST_NO_CONNECT, "no route to its address"};
    return (struct verdict){POST_NO_CONNECT, "no connection"};
}

static struct verdict timed_out(const struct flight *f)
{
    if (time_of(f, CURLINFO_PRETRANSFER_TIME_T) > 0)
        return (struct verdict){POST_TIMED_OUT, "no whole answer in time"};
    if (peer(f)[0])
        return (struct verdict){POST_TIMED_OUT, "no TLS handshake in time"};
    return (struct verdict){POST_NO_CONNECT, "no connection in time"};
}

/* Numbers of OpenSSL's X509_V_ERR_…, which libcurl hands on; 1: OpenSSL had no complaint. */
static struct verdict not_verified(const struct flight *f)
{
    static const struct {
        long number;
        const char *why;
    } rows[] = {
        {1, "its certificate is not for this host"},
        {9, "its certificate is not valid yet"},
        {10, "its certificate has expired"},
        {18, "its certificate is self-signed"},
        {19, "its certificate is self-signed"},
        {20, "its certificate's authority is not known, or its chain is not whole"},
        {21, "its certificate's authority is not known, or its chain is not whole"},
        {23, "its certificate was revoked"},
    };
    long number = number_of(f, CURLINFO_SSL_VERIFYRESULT);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].number == number)
            return (struct verdict){POST_TLS, rows[i].why};
    return (struct verdict){POST_TLS, "its certificate does not hold"};
}

/* What the transfer's own flags do not tell. */
static struct verdict by_code(const struct flight *f, CURLcode code)
{
    bool sent = time_of(f, CURLINFO_PRETRANSFER_TIME_T) > 0;
    static const struct {
        CURLcode code;
        struct verdict v;
    } rows[] = {
        {CURLE_OK, {POST_ANSWERED, ""}},
        {CURLE_URL_MALFORMAT, {POST_FORBIDDEN, "this is no URL"}},
        {CURLE_COULDNT_RESOLVE_HOST, {POST_NO_CONNECT, "its addresses could not be taken"}},
        {CURLE_GOT_NOTHING, {POST_BROKEN, "it closed the connection without an answer"}},
        {CURLE_SEND_ERROR, {POST_BROKEN, "the connection broke while the event was sent"}},
        {CURLE_RECV_ERROR, {POST_BROKEN, "the connection broke before the answer was whole"}},
        {CURLE_PARTIAL_FILE, {POST_BROKEN, "the connection broke before the answer was whole"}},
        {CURLE_UNSUPPORTED_PROTOCOL, {POST_BROKEN, "its answer is no HTTP"}},
        {CURLE_WEIRD_SERVER_REPLY, {POST_BROKEN, "its answer is no HTTP"}},
        {CURLE_SSL_CONNECT_ERROR, {POST_TLS, "no TLS handshake: it must speak TLS 1.2 or newer"}},
        {CURLE_SSL_CIPHER, {POST_TLS, "no TLS handshake: no cipher in common"}},
        {CURLE_SSL_CACERT_BADFILE, {POST_TLS, "our file of authorities cannot be read"}},
        {CURLE_SSL_INVALIDCERTSTATUS, {POST_TLS, "its certificate does not hold"}},
        {CURLE_SSL_ISSUER_ERROR, {POST_TLS, "its certificate does not hold"}},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == code)
            return rows[i].v;
    if (code == CURLE_OUT_OF_MEMORY && sent) /* so it calls a header line past its own bound */
        return (struct verdict){POST_TOO_LARGE, "its headers are too long"};
    if (code == CURLE_OUT_OF_MEMORY || code == CURLE_FAILED_INIT)
        return (struct verdict){POST_FAILED, "no memory"};
    return (struct verdict){POST_BROKEN, curl_easy_strerror(code)};
}

static struct verdict judge_end(const struct flight *f, CURLcode code)
{
    if (f->is_final)
        return (struct verdict){POST_ANSWERED, ""};
    if (f->head_full)
        return (struct verdict){POST_TOO_LARGE, "its headers are too long"};
    if (code != CURLE_OK && f->is_forbidden)
        return (struct verdict){POST_FORBIDDEN, "its address is not allowed"};
    if (code == CURLE_COULDNT_CONNECT)
        return not_connected(f);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return timed_out(f);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return not_verified(f);
    return by_code(f, code);
}

static void forget(struct flight *f)
{
    struct post *p = f->post;
    curl_off_t ms = time_of(f, CURLINFO_TOTAL_TIME_T) / 1000;
    p->duration_ms = ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
    snprintf(p->address, sizeof p->address, "%s", peer(f));
    free_lists(f);
    f->post = NULL;
}

void flight_land(struct flight *f, CURLcode code)
{
    struct post *p = f->post;
    struct verdict v = judge_end(f, code);
    long status = number_of(f, CURLINFO_RESPONSE_CODE);
    p->end = v.end;
    p->http_status = status >= 100 && (status >= 200 || v.end == POST_ANSWERED) ? (unsigned)status : 0;
    snprintf(p->error, sizeof p->error, "%s", v.why);
    forget(f);
}

void flight_cancel(struct flight *f)
{
    f->post->end = POST_CANCELLED;
    snprintf(f->post->error, sizeof f->post->error, "cancelled");
    forget(f);
}
