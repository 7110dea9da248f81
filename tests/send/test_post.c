#include "send/post.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "harness/certs.h"
#include "harness/receiver.h"
#include "harness/suite.h"
#include "send/fake_dns.h"
#include "send/suites.h"

#define AGENT "Omnichannel-Webhook/test"
#define SHORT_MS 1000 /* time-outs that are meant to be reached */
#define LONG_MS 20000 /* those that are not */
#define CROWD 2000
#define AT_A_TIME 50

static struct receiver *plain, *plain6;
static struct net_url_rules rules; /* loopback, any port, http */
static unsigned n_done;

static void set_rules(struct net_url_rules *r, const char *a, const char *b)
{
    const char *cidrs[] = {a, b};
    if (net_url_rules_set(r, true, SV("any"), cidrs, b ? 2 : a ? 1 : 0))
        abort();
}

/* --- posts --- */

static struct post *post_new(const char *fmt, ...) PRINTF_LIKE(1, 2);
static struct post *post_new(const char *fmt, ...)
{
    struct post *p = calloc(1, sizeof *p);
    char *url = NULL;
    va_list ap;
    va_start(ap, fmt);
    if (!p || vasprintf(&url, fmt, ap) < 0)
        abort();
    va_end(ap);
    p->url = sv_from(url);
    p->body = SV("{\"event\":\"TEST\"}");
    p->timeout_ms = LONG_MS;
    p->end = POST_END__MAX;
    return p;
}

static void post_free(struct post *p)
{
    union {
        const char *text;
        char *owned;
    } url = {p->url.p};
    free(url.owned);
    free(p);
}

static void pin(struct post *p, const char *address)
{
    if (!net_addr_parse(sv_from(address), &p->addrs[p->n_addrs++]))
        abort();
}

static void on_done(void *ctx, struct post *p)
{
    (void)ctx;
    (void)p;
    n_done++;
}

static struct post_engine *engine(const struct net_url_rules *r, const char *ca_file, unsigned most)
{
    struct post_engine *e = NULL;
    struct err err;
    err_init(&err);
    n_done = 0;
    CHECK_INT(err.text, post_engine_new(r, ca_file, AGENT, most, on_done, NULL, &e, &err), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(e);
    CHECK_INT("nothing runs", post_engine_running(e), 0);
    return e;
}

/* As the sender's main loop does, until n are done. */
static bool drive(struct post_engine *e, unsigned n, int ms)
{
    int64_t until = clock_mono_us() + ms * INT64_C(1000);
    while (n_done < n && clock_mono_us() < until) {
        struct pollfd fd = {.fd = post_engine_fd(e), .events = POLLIN};
        int wait = post_engine_wait_ms(e);
        poll(&fd, 1, wait < 0 || wait > 100 ? 100 : wait);
        post_engine_turn(e);
    }
    return n_done >= n;
}

static void run(struct post_engine *e, struct post *p)
{
    unsigned before = n_done;
    CHECK_INT(p->url.p, post_start(e, p), STATUS_OK);
    CHECK(p->url.p, drive(e, before + 1, LONG_MS));
}

/* One POST by an engine of its own, its end. */
static enum post_end run_alone(const struct net_url_rules *r, const char *ca_file, struct post *p)
{
    struct post_engine *e = engine(r, ca_file, 1);
    run(e, p);
    post_engine_free(&e);
    return p->end;
}

static bool is_ended(const struct post *p, enum post_end end, const char *error)
{
    return p->end == end && strcmp(p->error, error) == 0;
}

/* --- what receivers do --- */

static const struct behaviour {
    const char *path;
    int64_t timeout_ms;
    enum post_end end;
    unsigned http_status;
    const char *error;
    size_t n_answer;
    const char *retry_after;
} behaviours[] = {
    {"/ok", LONG_MS, POST_ANSWERED, 200, "", 15, ""},
    {"/status/204", LONG_MS, POST_ANSWERED, 204, "", 0, ""},
    {"/status/304", LONG_MS, POST_ANSWERED, 304, "", 0, ""},
    {"/status/410", LONG_MS, POST_ANSWERED, 410, "", 15, ""},
    {"/status/503", LONG_MS, POST_ANSWERED, 503, "", 15, ""},
    {"/status/999", LONG_MS, POST_ANSWERED, 999, "", 15, ""},
    {"/retry/503/120", LONG_MS, POST_ANSWERED, 503, "", 15, "120"},
    {"/retry/429/Wed,%2021%20Oct%202015%2007:28:00%20GMT", LONG_MS, POST_ANSWERED, 429, "", 15,
     "Wed, 21 Oct 2015 07:28:00 GMT"},
    {"/retry/503/0123456789012345678901234567890123456789012345678901234567890123", LONG_MS, POST_ANSWERED, 503, "", 15,
     ""},
    {"/hints", LONG_MS, POST_ANSWERED, 200, "", 0, ""},
    {"/slow/300", LONG_MS, POST_ANSWERED, 200, "", 15, ""},
    {"/body/4095", LONG_MS, POST_ANSWERED, 200, "", 4095, ""},
    {"/body/4096", LONG_MS, POST_ANSWERED, 200, "", 4096, ""},
    {"/body/4097", LONG_MS, POST_ANSWERED, 200, "", 4096, ""},
    {"/endless", LONG_MS, POST_ANSWERED, 200, "", 4096, ""},
    {"/gzip", LONG_MS, POST_ANSWERED, 200, "", 4096, ""},
    {"/redirect/1", LONG_MS, POST_ANSWERED, 307, "", 15, ""},
    {"/hang", SHORT_MS, POST_TIMED_OUT, 0, "no whole answer in time", 0, ""},
    {"/deaf", SHORT_MS, POST_TIMED_OUT, 0, "no whole answer in time", 0, ""},
    {"/drip", SHORT_MS, POST_TIMED_OUT, 0, "no whole answer in time", 0, ""},
    {"/dripbody", SHORT_MS / 2, POST_ANSWERED, 200, "", 0, ""}, /* its status came in time */
    {"/continue", SHORT_MS, POST_TIMED_OUT, 0, "no whole answer in time", 0, ""},
    {"/continue/0", LONG_MS, POST_TOO_LARGE, 0, "its headers are too long", 0, ""},
    {"/headers", LONG_MS, POST_TOO_LARGE, 200, "its headers are too long", 0, ""},
    {"/header", LONG_MS, POST_TOO_LARGE, 200, "its headers are too long", 0, ""},
    {"/reset", LONG_MS, POST_BROKEN, 0, "the connection broke before the answer was whole", 0, ""},
    {"/close", LONG_MS, POST_BROKEN, 0, "it closed the connection without an answer", 0, ""},
    {"/garbage", LONG_MS, POST_BROKEN, 0, "its answer is no HTTP", 0, ""},
};

static void check_behaviour(const struct behaviour *b, const struct post *p)
{
    CHECK_INT(b->path, p->end, b->end);
    CHECK_INT(b->path, p->http_status, b->http_status);
    CHECK_STR(b->path, p->error, b->error);
    CHECK_INT(b->path, p->n_answer, b->n_answer);
    CHECK_STR(b->path, p->retry_after, b->retry_after);
    CHECK_STR(b->path, p->address, "127.0.0.1");
    if (b->timeout_ms == SHORT_MS)
        CHECK(b->path, p->duration_ms >= SHORT_MS - 10 && p->duration_ms < 3 * SHORT_MS);
}

/* All at a time: none costs another anything. */
static void test_behaviours(void)
{
    struct post *posts[SUITE_N(behaviours)];
    struct post_engine *e = engine(&rules, "", SUITE_N(behaviours));
    receiver_clear(plain);
    for (unsigned i = 0; i < SUITE_N(posts); i++) {
        posts[i] = post_new("http://127.0.0.1:%d%s", receiver_port(plain), behaviours[i].path);
        posts[i]->timeout_ms = behaviours[i].timeout_ms;
        CHECK_INT(behaviours[i].path, post_start(e, posts[i]), STATUS_OK);
    }
    CHECK_INT("running", post_engine_running(e), SUITE_N(posts));
    CHECK("all end", drive(e, SUITE_N(posts), LONG_MS));
    CHECK_INT("running", post_engine_running(e), 0);
    CHECK_INT("no redirect is followed", receiver_count(plain, "/stolen"), 0);
    for (unsigned i = 0; i < SUITE_N(posts); i++) {
        check_behaviour(&behaviours[i], posts[i]);
        if (strcmp(behaviours[i].path, "/slow/300") == 0)
            CHECK("/slow/300", posts[i]->duration_ms >= 295);
        if (strcmp(behaviours[i].path, "/gzip") == 0)
            CHECK("nothing is unpacked", memcmp(posts[i]->answer, "\x1f\x8b", 2) == 0);
        post_free(posts[i]);
    }
    post_engine_free(&e);
    CU_ASSERT_PTR_NULL(e);
}

/* --- what is sent --- */

static void test_request(void)
{
    struct post *p = post_new("http://127.0.0.1:%d/a/../b/%%2e%%2e/c?x=1&y=%%20#fragment", receiver_port(plain));
    static char body[1500000]; /* for as large a one libcurl would like to ask first */
    char length[32], host[64];
    memset(body, 'b', sizeof body);
    p->body = (struct sv){body, sizeof body};
    p->headers[0] = "Content-Type: application/json";
    p->headers[1] = "webhook-id: msg_1";
    receiver_clear(plain);
    CHECK_INT("end", run_alone(&rules, "", p), POST_ANSWERED);
    const struct receiver_request *q = receiver_get(plain, "/a/../b", 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(q);
    snprintf(length, sizeof length, "%zu", sizeof body);
    snprintf(host, sizeof host, "127.0.0.1:%d", receiver_port(plain));
    CHECK_STR("line", q->line, "POST /a/../b/%2e%2e/c?x=1&y=%20 HTTP/1.1");
    CHECK_STR("type", receiver_header(q, "Content-Type"), "application/json");
    CHECK_STR("id", receiver_header(q, "webhook-id"), "msg_1");
    CHECK_STR("agent", receiver_header(q, "User-Agent"), AGENT);
    CHECK_STR("length", receiver_header(q, "Content-Length"), length);
    CHECK_STR("host", receiver_header(q, "Host"), host);
    CHECK_STR("nothing else is asked first", receiver_header(q, "Expect"), NULL);
    CHECK_STR("no packing", receiver_header(q, "Accept-Encoding"), NULL);
    CHECK("byte for byte", q->n_body == sizeof body && memcmp(q->body, body, sizeof body) == 0);
    post_free(p);
}

static void test_empty_body(void)
{
    struct post *p = post_new("http://127.0.0.1:%d/empty", receiver_port(plain));
    p->body = SV_NONE;
    receiver_clear(plain);
    CHECK_INT("end", run_alone(&rules, "", p), POST_ANSWERED);
    const struct receiver_request *q = receiver_get(plain, "/empty", 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(q);
    CHECK_STR("length", receiver_header(q, "Content-Length"), "0");
    post_free(p);
}

static void test_no_memory_of_cookies(void)
{
    struct post_engine *e = engine(&rules, "", 1);
    receiver_clear(plain);
    for (unsigned i = 0; i < 2; i++) {
        struct post *p = post_new("http://127.0.0.1:%d/cookie", receiver_port(plain));
        run(e, p);
        const struct receiver_request *q = receiver_get(plain, "/cookie", i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(q);
        CHECK_STR("no cookie", receiver_header(q, "Cookie"), NULL);
        post_free(p);
    }
    post_engine_free(&e);
}

/* A dead one would be asked if they counted. */
static void test_no_proxies(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    struct post *p = post_new("http://127.0.0.1:%d/direct", receiver_port(plain));
    for (unsigned i = 0; i < SUITE_N(names); i++)
        setenv(names[i], "http://127.0.0.1:1", 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    CHECK_INT("end", run_alone(&rules, "", p), POST_ANSWERED);
    for (unsigned i = 0; i < SUITE_N(names); i++)
        unsetenv(names[i]);
    post_free(p);
}

/* --- where it is sent --- */

/* A name is never looked up here, and keeps its place in Host. */
static void test_pinned(void)
{
    static const struct {
        const char *row, *addrs[4], *end_address;
    } rows[] = {
        {"one", {"127.0.0.1"}, "127.0.0.1"},
        {"the first is not there", {"127.0.0.2", "127.0.0.1"}, "127.0.0.1"},
        {"none of one family", {"::1", "127.0.0.1"}, "127.0.0.1"},
    };
    char host[64];
    fake_dns_reset();
    snprintf(host, sizeof host, "Name.ok.fake:%d", receiver_port(plain));
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct post *p = post_new("http://Name.ok.fake:%d/pinned", receiver_port(plain));
        for (unsigned k = 0; rows[i].addrs[k]; k++)
            pin(p, rows[i].addrs[k]);
        receiver_clear(plain);
        CHECK_INT(rows[i].row, run_alone(&rules, "", p), POST_ANSWERED);
        CHECK_STR(rows[i].row, p->address, rows[i].end_address);
        const struct receiver_request *q = receiver_get(plain, "/pinned", 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(q);
        CHECK_STR(rows[i].row, receiver_header(q, "Host"), host);
        post_free(p);
    }
    CHECK_INT("libcurl looks nothing up", fake_dns_lookups(""), 0);
}

static void test_ipv6(void)
{
    if (!plain6) {
        CU_PASS("no IPv6 here");
        return;
    }
    struct post *literal = post_new("http://[::1]:%d/literal", receiver_port(plain6));
    struct post *pinned = post_new("http://six.ok.fake:%d/pinned", receiver_port(plain6));
    pin(pinned, "::1");
    CHECK_INT("literal", run_alone(&rules, "", literal), POST_ANSWERED);
    CHECK_STR("literal", literal->address, "::1");
    CHECK_INT("pinned", run_alone(&rules, "", pinned), POST_ANSWERED);
    CHECK_STR("pinned", pinned->address, "::1");
    post_free(literal);
    post_free(pinned);
}

/* A pin is forgotten with its POST: the next one for that name has its own. */
static void test_pinned_anew(void)
{
    struct receiver *other = receiver_start(&(struct receiver_options){.address = "127.0.0.9"});
    struct post_engine *e = engine(&rules, "", 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    struct post *first = post_new("http://anew.ok.fake:%d/bye", receiver_port(other));
    struct post *second = post_new("http://anew.ok.fake:%d/bye", receiver_port(other));
    pin(first, "127.0.0.8");
    pin(second, "127.0.0.9");
    run(e, first);
    run(e, second);
    CHECK("nobody there", is_ended(first, POST_NO_CONNECT, "connection refused"));
    CHECK_INT("there", second->end, POST_ANSWERED);
    CHECK_STR("there", second->address, "127.0.0.9");
    run(e, first);
    CHECK("nobody there", is_ended(first, POST_NO_CONNECT, "connection refused"));
    CHECK_STR("nothing is left of the one before", first->address, "");
    post_free(first);
    post_free(second);
    post_engine_free(&e);
    receiver_stop(&other);
}

static void test_forbidden(void)
{
    struct net_url_rules none, one;
    set_rules(&none, NULL, NULL);
    set_rules(&one, "127.0.0.2", NULL);
    const struct {
        const char *row;
        const struct net_url_rules *rules;
        const char *host, *addrs[3];
    } rows[] = {
        {"literal", &none, "127.0.0.1", {NULL}},          {"literal, IPv6", &none, "[::1]", {NULL}},
        {"name", &none, "a.ok.fake", {"127.0.0.1"}},      {"name, mapped", &none, "b.ok.fake", {"::ffff:127.0.0.1"}},
        {"name, IPv6", &none, "c.ok.fake", {"::1"}},      {"name, NAT64", &none, "d.ok.fake", {"64:ff9b::7f00:1"}},
        {"localhost", &none, "localhost", {"127.0.0.1"}}, {"the second", &one, "e.ok.fake", {"127.0.0.2", "127.0.0.1"}},
    };
    unsigned before = receiver_connections(plain);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct post *p = post_new("http://%s:%d/forbidden", rows[i].host, receiver_port(plain));
        for (unsigned k = 0; rows[i].addrs[k]; k++)
            pin(p, rows[i].addrs[k]);
        CHECK_INT(rows[i].row, run_alone(rows[i].rules, "", p), POST_FORBIDDEN);
        CHECK_STR(rows[i].row, p->error, "its address is not allowed");
        CHECK_STR(rows[i].row, p->address, "");
        post_free(p);
    }
    CHECK_INT("nobody knocked", receiver_connections(plain), before);
}

/* The rules change under the engine as they never do, so that only the judge of
 * connections that are used again is asked. */
static void test_forbidden_again(void)
{
    struct net_url_rules r = rules;
    struct post_engine *e = engine(&r, "", 1);
    struct post *first = post_new("http://127.0.0.1:%d/first", receiver_port(plain));
    struct post *second = post_new("http://127.0.0.1:%d/second", receiver_port(plain));
    receiver_clear(plain);
    run(e, first);
    r.n_cidrs = 0;
    run(e, second);
    CHECK_INT("first", first->end, POST_ANSWERED);
    CHECK("second", is_ended(second, POST_FORBIDDEN, "its address is not allowed"));
    CHECK_INT("not sent", receiver_count(plain, "/second"), 0);
    post_free(first);
    post_free(second);
    post_engine_free(&e);
}

/* --- nobody there --- */

static int closed_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (const struct sockaddr *)&a, n) || getsockname(fd, (struct sockaddr *)&a, &n))
        abort();
    close(fd);
    return ntohs(a.sin_port);
}

static void test_refused(void)
{
    struct post *p = post_new("http://127.0.0.1:%d/", closed_port());
    run_alone(&rules, "", p);
    CHECK("refused", is_ended(p, POST_NO_CONNECT, "connection refused"));
    CHECK_STR("never there", p->address, "");
    post_free(p);
}

/* A listener that is full: its kernel drops what knocks. */
static void test_no_connection_in_time(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), waiting[4];
    if (bind(listener, (const struct sockaddr *)&a, n) || listen(listener, 0) ||
        getsockname(listener, (struct sockaddr *)&a, &n))
        abort();
    for (unsigned i = 0; i < SUITE_N(waiting); i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(waiting[i], (const struct sockaddr *)&a, n);
    }
    struct post *p = post_new("http://127.0.0.1:%d/", ntohs(a.sin_port));
    p->timeout_ms = SHORT_MS;
    run_alone(&rules, "", p);
    CHECK("in time", is_ended(p, POST_NO_CONNECT, "no connection in time"));
    CHECK_STR("never there", p->address, "");
    CHECK("as long as allowed", p->duration_ms >= SHORT_MS - 10 && p->duration_ms < 3 * SHORT_MS);
    post_free(p);
    for (unsigned i = 0; i < SUITE_N(waiting); i++)
        close(waiting[i]);
    close(listener);
}

/* No socket can be had: that is no fault of the receiver's. */
static void test_no_descriptors(void)
{
    struct post_engine *e = engine(&rules, "", 1);
    struct post *p = post_new("http://127.0.0.1:%d/", receiver_port(plain));
    static int held[65536];
    unsigned n = 0;
    CHECK_INT("start", post_start(e, p), STATUS_OK);
    while (n < SUITE_N(held) && (held[n] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        n++;
    CHECK("all are taken", n < SUITE_N(held));
    drive(e, 1, LONG_MS);
    while (n > 0)
        close(held[--n]);
    CHECK("ours", is_ended(p, POST_FAILED, "no socket could be made"));
    post_free(p);
    post_engine_free(&e);
}

/* --- connections --- */

static void test_reuse(void)
{
    struct post_engine *e = engine(&rules, "", 4);
    struct post *p = post_new("http://127.0.0.1:%d/reuse", receiver_port(plain));
    unsigned before = receiver_connections(plain);
    for (unsigned i = 0; i < 20; i++) {
        run(e, p);
        CHECK_STR("reuse", p->address, "127.0.0.1");
        CHECK_INT("only its own answer", p->n_answer, 15);
    }
    CHECK_INT("one connection", receiver_connections(plain) - before, 1);
    post_free(p);
    p = post_new("http://127.0.0.1:%d/bye", receiver_port(plain));
    for (unsigned i = 0; i < 3; i++) {
        run(e, p);
        CHECK_INT("bye", p->end, POST_ANSWERED);
    }
    CHECK_INT("the kept one, and two more", receiver_connections(plain) - before, 3);
    post_free(p);
    post_engine_free(&e);
}

/* Closed by the receiver just when it is used again: sent once more, on a new one. */
static void test_stale(void)
{
    struct post_engine *e = engine(&rules, "", 4);
    struct post *p = post_new("http://127.0.0.1:%d/drop", receiver_port(plain));
    for (unsigned i = 0; i < 5; i++) {
        run(e, p);
        CHECK_INT("drop", p->end, POST_ANSWERED);
        CHECK_INT("drop", p->http_status, 200);
    }
    post_free(p);
    post_engine_free(&e);
}

static void test_crowd(void)
{
    static struct post *posts[CROWD];
    struct post_engine *e = engine(&rules, "", CROWD);
    unsigned good = 0;
    receiver_clear(plain);
    int64_t start = clock_mono_us();
    for (unsigned i = 0; i < CROWD; i++) {
        posts[i] = post_new("http://127.0.0.1:%d/slow/1500?%u", receiver_port(plain), i);
        posts[i]->timeout_ms = 3 * LONG_MS;
        CHECK_INT("start", post_start(e, posts[i]), STATUS_OK);
    }
    struct post *more = post_new("http://127.0.0.1:%d/more", receiver_port(plain));
    CHECK_INT("not one more", post_start(e, more), STATUS_LIMITED);
    CHECK("all end", drive(e, CROWD, 3 * LONG_MS));
    CHECK("side by side", clock_mono_us() - start < 15 * CLOCK_SECOND);
    for (unsigned i = 0; i < CROWD; i++) {
        good += posts[i]->end == POST_ANSWERED && posts[i]->http_status == 200;
        post_free(posts[i]);
    }
    CHECK_INT("all answered", good, CROWD);
    CHECK_INT("all came", receiver_count(plain, "/slow"), CROWD);
    CHECK_INT("not one more", receiver_count(plain, "/more"), 0);
    post_free(more);
    post_engine_free(&e);
}

static int count_descriptors(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}

/* Once the receiver has seen who went. */
static int open_descriptors(void)
{
    int n = count_descriptors(), then = -1;
    for (unsigned i = 0; i < 100 && n != then; i++) {
        poll(NULL, 0, 50);
        then = n;
        n = count_descriptors();
    }
    return n;
}

/* Each to a name of its own. What libcurl kept for all of them goes in time, and
 * takes nothing with it that is still under way. */
static void test_many_names(void)
{
    static struct post *posts[AT_A_TIME];
    struct post_engine *e = engine(&rules, "", CROWD);
    struct post *slow = post_new("http://127.0.0.1:%d/slow/3000", receiver_port(plain));
    int before = open_descriptors();
    unsigned good = 0;
    CHECK_INT("the slow one", post_start(e, slow), STATUS_OK);
    for (unsigned n = 0; n < CROWD; n += AT_A_TIME) {
        n_done = 0;
        for (unsigned i = 0; i < AT_A_TIME; i++) {
            posts[i] = post_new("http://n%u.ok.fake:%d/names", n + i, receiver_port(plain));
            pin(posts[i], "127.0.0.1");
            CHECK_INT("start", post_start(e, posts[i]), STATUS_OK);
        }
        CHECK("all end", drive(e, AT_A_TIME, LONG_MS));
        for (unsigned i = 0; i < AT_A_TIME; i++) {
            good += posts[i]->end == POST_ANSWERED;
            post_free(posts[i]);
        }
    }
    CHECK("the slow one is under way", post_engine_running(e) > 0 || slow->end == POST_ANSWERED);
    while (post_engine_running(e) > 0)
        drive(e, n_done + 1, LONG_MS);
    CHECK_INT("all answered", good, CROWD);
    CHECK_INT("the slow one", slow->end, POST_ANSWERED);
    CHECK("most connections are gone, of both ends", open_descriptors() - before < (int)CROWD);
    post_free(slow);
    post_engine_free(&e);
    CHECK("all are gone", open_descriptors() <= before);
}

/* --- start and end --- */

static void test_bad_starts(void)
{
    static const struct {
        const char *row, *url, *header;
        bool pinned;
    } rows[] = {
        {"no URL", "/path", NULL, true},
        {"user info", "http://a:b@127.0.0.1/", NULL, true},
        {"another scheme", "ftp://127.0.0.1/", NULL, true},
        {"a file", "file:///etc/passwd", NULL, true},
        {"a name without address", "http://a.ok.fake/", NULL, false},
        {"old-style literal", "http://0x7f.1/", NULL, true},
        {"two headers in one", "http://127.0.0.1/", "webhook-id: a\r\nX-More: b", true},
        {"half a line's end", "http://127.0.0.1/", "webhook-id: a\nX-More: b", true},
    };
    struct post_engine *e = engine(&rules, "", 1);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct post *p = post_new("%s", rows[i].url);
        p->headers[0] = rows[i].header;
        if (rows[i].pinned)
            pin(p, "127.0.0.1");
        CHECK_INT(rows[i].row, post_start(e, p), STATUS_BAD_INPUT);
        post_free(p);
    }
    CHECK_INT("none runs", post_engine_running(e), 0);
    struct post *good = post_new("http://127.0.0.1:%d/after", receiver_port(plain));
    run(e, good);
    CHECK_INT("still fine", good->end, POST_ANSWERED);
    CHECK_INT("done came once", n_done, 1);
    post_free(good);
    post_engine_free(&e);
}

static void test_cancelled(void)
{
    static const char *const paths[] = {"/hang", "/deaf", "/dripbody", "/endless"};
    struct post *posts[SUITE_N(paths) + 1];
    struct post_engine *e = engine(&rules, "", 10);
    for (unsigned i = 0; i < SUITE_N(paths); i++) {
        posts[i] = post_new("http://127.0.0.1:%d%s", receiver_port(plain), i == 3 ? "/hang" : paths[i]);
        CHECK_INT(paths[i], post_start(e, posts[i]), STATUS_OK);
    }
    drive(e, 1, 300);
    posts[SUITE_N(paths)] = post_new("http://127.0.0.1:%d/not-begun", receiver_port(plain));
    CHECK_INT("not begun", post_start(e, posts[SUITE_N(paths)]), STATUS_OK);
    int64_t start = clock_mono_us();
    post_engine_free(&e);
    CHECK("at once", clock_mono_us() - start < CLOCK_SECOND / 2);
    CHECK_INT("told of each", n_done, SUITE_N(posts));
    for (unsigned i = 0; i < SUITE_N(posts); i++) {
        CHECK("cancelled", is_ended(posts[i], POST_CANCELLED, "cancelled"));
        post_free(posts[i]);
    }
    post_engine_free(&e);
}

struct chain {
    struct post_engine *e;
    struct post *p;
    unsigned left;
};

static void start_next(void *ctx, struct post *p)
{
    struct chain *c = ctx;
    n_done++;
    if (c->left-- > 0)
        CHECK_INT("from done", post_start(c->e, p), p->end == POST_CANCELLED ? STATUS_LIMITED : STATUS_OK);
}

static void test_chain(void)
{
    struct chain c = {.left = 10, .p = post_new("http://127.0.0.1:%d/chain", receiver_port(plain))};
    struct err err;
    err_init(&err);
    n_done = 0;
    CHECK_INT("new", post_engine_new(&rules, "", AGENT, 1, start_next, &c, &c.e, &err), STATUS_OK);
    receiver_clear(plain);
    CHECK_INT("first", post_start(c.e, c.p), STATUS_OK);
    CHECK("all", drive(c.e, 11, LONG_MS));
    CHECK_INT("all came", receiver_count(plain, "/chain"), 11);
    c.left = 1;
    CHECK_INT("another", post_start(c.e, c.p), STATUS_OK);
    post_engine_free(&c.e); /* the one that done starts is refused */
    CHECK_INT("told once", n_done, 12);
    post_free(c.p);
}

static void test_no_authorities(void)
{
    struct post_engine *e = NULL;
    struct err err;
    err_init(&err);
    CHECK_INT("file", post_engine_new(&rules, "/nonexistent/ca.pem", AGENT, 1, on_done, NULL, &e, &err), STATUS_CONFIG);
    CHECK_STR("file", err.text, "webhook_ca_file: /nonexistent/ca.pem cannot be read");
    CU_ASSERT_PTR_NULL(e);
}

/* --- TLS --- */

static char tls_dir[] = "/tmp/omtls-XXXXXX";

static const char *file(const char *name)
{
    static char path[4][128];
    static unsigned next;
    char *at = path[next++ % SUITE_N(path)];
    snprintf(at, sizeof path[0], "%s/%.60s", tls_dir, name);
    return at;
}

static struct receiver *tls_receiver(const char *name, const char *tls_max)
{
    char crt[64], key[64];
    snprintf(crt, sizeof crt, "%s.crt", name);
    snprintf(key, sizeof key, "%s.key", name);
    struct receiver_options o = {.cert = file(crt), .key = file(key), .tls_max = tls_max};
    struct receiver *r = receiver_start(&o);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    return r;
}

static int make_certificates(void)
{
    enum { DAY = 86400 };
    static const char both[] = "DNS:host.ok.fake,IP:127.0.0.1";
    static const struct cert certs[] = {
        {"ca", NULL, NULL, 0, 0},
        {"otherca", NULL, NULL, 0, 0},
        {"good", "ca", both, 0, 0},
        {"expired", "ca", both, -10 * DAY, -DAY},
        {"early", "ca", both, DAY, 10 * DAY},
        {"elsewhere", "ca", "DNS:elsewhere.ok.fake,IP:127.0.0.2", 0, 0},
        {"stranger", "otherca", both, 0, 0},
        {"self", NULL, both, 0, 0},
    };
    if (!mkdtemp(tls_dir))
        return 1;
    for (unsigned i = 0; i < SUITE_N(certs); i++)
        if (!cert_make(tls_dir, &certs[i]))
            return 1;
    return 0;
}

static int remove_certificates(void)
{
    DIR *d = opendir(tls_dir);
    for (const struct dirent *f; d && (f = readdir(d));)
        if (f->d_name[0] != '.')
            unlink(file(f->d_name));
    if (d)
        closedir(d);
    return rmdir(tls_dir);
}

static void test_certificates(void)
{
    static const struct {
        const char *cert, *host, *tls_max;
        enum post_end end;
        const char *error;
    } rows[] = {
        {"good", "host.ok.fake", NULL, POST_ANSWERED, ""},
        {"good", "HOST.ok.fake", NULL, POST_ANSWERED, ""},
        {"good", "127.0.0.1", NULL, POST_ANSWERED, ""},
        {"good", "other.ok.fake", NULL, POST_TLS, "its certificate is not for this host"},
        {"elsewhere", "127.0.0.1", NULL, POST_TLS, "its certificate is not for this host"},
        {"expired", "host.ok.fake", NULL, POST_TLS, "its certificate has expired"},
        {"early", "host.ok.fake", NULL, POST_TLS, "its certificate is not valid yet"},
        {"self", "host.ok.fake", NULL, POST_TLS, "its certificate is self-signed"},
        {"stranger", "host.ok.fake", NULL, POST_TLS,
         "its certificate's authority is not known, or its chain is not whole"},
        {"good", "host.ok.fake", "1.1", POST_TLS, "no TLS handshake: it must speak TLS 1.2 or newer"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char row[128];
        struct receiver *r = tls_receiver(rows[i].cert, rows[i].tls_max);
        struct post *p = post_new("https://%s:%d/tls", rows[i].host, receiver_port(r));
        snprintf(row, sizeof row, "%s, %s, %s", rows[i].cert, rows[i].host, rows[i].tls_max ? rows[i].tls_max : "");
        pin(p, "127.0.0.1");
        CHECK_INT(row, run_alone(&rules, file("ca.crt"), p), rows[i].end);
        CHECK_STR(row, p->error, rows[i].error);
        CHECK_STR(row, p->address, "127.0.0.1");
        CHECK_INT(row, receiver_count(r, ""), rows[i].end == POST_ANSWERED);
        post_free(p);
        receiver_stop(&r);
    }
}

/* The configured file replaces the system's authorities, and the system's know none of ours. */
static void test_system_authorities(void)
{
    struct receiver *r = tls_receiver("good", NULL);
    struct post *p = post_new("https://127.0.0.1:%d/tls", receiver_port(r));
    CHECK_INT("unknown to the system", run_alone(&rules, "", p), POST_TLS);
    CHECK_INT("not sent", receiver_count(r, ""), 0);
    post_free(p);
    receiver_stop(&r);
}

static void test_tls_reuse(void)
{
    struct receiver *r = tls_receiver("good", NULL);
    struct post_engine *e = engine(&rules, file("ca.crt"), 2);
    struct post *p = post_new("https://127.0.0.1:%d/tls", receiver_port(r));
    for (unsigned i = 0; i < 10; i++) {
        run(e, p);
        CHECK_INT("answered", p->end, POST_ANSWERED);
    }
    CHECK_INT("one connection", receiver_connections(r), 1);
    post_free(p);
    post_engine_free(&e);
    receiver_stop(&r);
}

static void test_no_handshake(void)
{
    struct receiver *r = tls_receiver("good", NULL);
    struct post *hung = post_new("https://127.0.0.1:%d/", receiver_port(r));
    struct post *spoken = post_new("https://127.0.0.1:%d/", receiver_port(plain));
    receiver_rule(r, "/deaf");
    hung->timeout_ms = SHORT_MS;
    run_alone(&rules, file("ca.crt"), hung);
    CHECK("deaf", is_ended(hung, POST_TIMED_OUT, "no TLS handshake in time"));
    CHECK_INT("no TLS at all", run_alone(&rules, file("ca.crt"), spoken), POST_TLS);
    post_free(hung);
    post_free(spoken);
    receiver_stop(&r);
}

static int set_up(void)
{
    set_rules(&rules, "127.0.0.0/8", "::1");
    plain = receiver_start(&(struct receiver_options){0});
    plain6 = receiver_start(&(struct receiver_options){.address = "::1"});
    return plain ? 0 : 1;
}

static int tear_down(void)
{
    receiver_stop(&plain);
    receiver_stop(&plain6);
    return 0;
}

static int set_up_tls(void)
{
    return make_certificates() || set_up();
}

static int tear_down_tls(void)
{
    return remove_certificates() || tear_down();
}

void init_post_tests(void)
{
    static const struct suite_test tests[] = {
        {"what receivers do", test_behaviours},
        {"what is sent", test_request},
        {"an empty body", test_empty_body},
        {"cookies are forgotten", test_no_memory_of_cookies},
        {"no proxy of the environment's", test_no_proxies},
        {"a name goes where it is pinned", test_pinned},
        {"IPv6", test_ipv6},
        {"pinned anew", test_pinned_anew},
        {"addresses that are not allowed", test_forbidden},
        {"a kept connection is judged again", test_forbidden_again},
        {"nobody there", test_refused},
        {"nobody answers the door", test_no_connection_in_time},
        {"no descriptors left", test_no_descriptors},
        {"connections are used again", test_reuse},
        {"a connection that just closed", test_stale},
        {"thousands at a time", test_crowd},
        {"thousands of names", test_many_names},
        {"what cannot be started", test_bad_starts},
        {"cancelled", test_cancelled},
        {"done starts the next", test_chain},
        {"no file of authorities", test_no_authorities},
    };
    static const struct suite_test tls_tests[] = {
        {"certificates", test_certificates},
        {"the system's authorities", test_system_authorities},
        {"connections are used again", test_tls_reuse},
        {"no handshake", test_no_handshake},
    };
    suite_add("send: post", set_up, tear_down, tests, SUITE_N(tests));
    suite_add("send: post by TLS", set_up_tls, tear_down_tls, tls_tests, SUITE_N(tls_tests));
}
