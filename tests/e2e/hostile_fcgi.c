/* A hostile FastCGI client on the workers' own socket. */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bin/peer.h"
#include "e2e/hostile.h"
#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define WIRE_MAX (512u * 1024u)
#define CREATE                                                                                                         \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","    \
    "\"description\":\"d\"}}"
#define SOMEWHERE "192.0.2.77" /* wrong keys count against it, not against the other suites' address */

struct wire {
    unsigned char b[WIRE_MAX];
    size_t n;
};

static void bytes(struct wire *w, const void *p, size_t n)
{
    if (w->n + n > sizeof w->b)
        abort();
    memcpy(w->b + w->n, p, n);
    w->n += n;
}

static void record(struct wire *w, unsigned type, unsigned id, const void *content, size_t n)
{
    unsigned char head[8] = {
        1, (unsigned char)type, (unsigned char)(id >> 8), (unsigned char)id, (unsigned char)(n >> 8), (unsigned char)n};
    bytes(w, head, sizeof head);
    bytes(w, content, n);
}

static size_t length(unsigned char *out, size_t n)
{
    if (n < 128) {
        out[0] = (unsigned char)n;
        return 1;
    }
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(n >> (24 - 8 * i));
    out[0] |= 0x80;
    return 4;
}

/* One parameter in a record of its own, with what its lengths say and what is there. */
static void param(struct wire *w, const char *name, const char *value)
{
    unsigned char pair[4096];
    size_t n = length(pair, strlen(name));
    n += length(pair + n, strlen(value));
    n += (size_t)snprintf((char *)pair + n, sizeof pair - n, "%s%s", name, value);
    record(w, 4, 1, pair, n);
}

static void begin(struct wire *w, unsigned role, unsigned flags)
{
    unsigned char body[8] = {(unsigned char)(role >> 8), (unsigned char)role, (unsigned char)flags};
    record(w, 1, 1, body, sizeof body);
}

static void ask(struct wire *w, const char *method, const char *uri, const char *n)
{
    param(w, "REQUEST_METHOD", method);
    param(w, "DOCUMENT_URI", uri);
    param(w, "QUERY_STRING", "");
    param(w, "CONTENT_TYPE", "application/json");
    param(w, "CONTENT_LENGTH", n);
    param(w, "REMOTE_ADDR", SOMEWHERE);
    param(w, "HTTP_X_API_KEY", keys.all);
}

static void create(struct wire *w, const char *n, const char *body)
{
    begin(w, 1, 0);
    ask(w, "POST", "/api/omnichannel/tickets", n);
    record(w, 4, 1, "", 0);
    record(w, 5, 1, body, strlen(body));
}

static void read_health(struct wire *w)
{
    ask(w, "GET", "/api/omnichannel/health", "");
    record(w, 4, 1, "", 0);
    record(w, 5, 1, "", 0);
}

static int on_socket(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%.90s/run/api.sock", stack.var);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* What comes back until the worker closes, at most `ms`; false: it did not close. */
static bool until_closed(int fd, char *out, size_t size, int ms)
{
    size_t got = 0;
    bool closed = false;
    char rest[4096];
    for (struct pollfd p = {.fd = fd, .events = POLLIN}; !closed && poll(&p, 1, ms) == 1;) {
        ssize_t k = recv(fd, rest, sizeof rest, 0);
        closed = k <= 0;
        for (ssize_t i = 0; i < k && got + 1 < size; i++)
            out[got++] = rest[i] ? rest[i] : '.';
    }
    out[got] = 0;
    return closed;
}

/* How a conversation goes on after what is sent. */
enum manner { HALF_CLOSE, KEEP_OPEN, HANG_UP };

static bool converse(const struct wire *w, enum manner manner, char *out, size_t size)
{
    int fd = on_socket();
    bool closed = true;
    out[0] = 0;
    if (fd < 0)
        return false;
    for (size_t sent = 0; sent < w->n;) {
        ssize_t k = send(fd, w->b + sent, w->n - sent, MSG_NOSIGNAL);
        if (k <= 0)
            break; /* it was cut off already */
        sent += (size_t)k;
    }
    if (manner == HALF_CLOSE)
        shutdown(fd, SHUT_WR);
    if (manner != HANG_UP)
        closed = until_closed(fd, out, size, 10000);
    close(fd);
    return closed;
}

static void good_one(struct wire *w)
{
    begin(w, 1, 0);
    read_health(w);
}

static void kept(struct wire *w)
{
    begin(w, 1, 1);
    read_health(w);
}

static void two_at_once(struct wire *w)
{
    good_one(w);
    good_one(w);
}

static void nothing(struct wire *w)
{
    (void)w;
}

static void garbage(struct wire *w)
{
    for (unsigned i = 0; i < 3000; i++)
        bytes(w, &(unsigned char){(unsigned char)(i * 151 + 7)}, 1);
}

static void http(struct wire *w)
{
    static const char text[] = "GET /api/omnichannel/health HTTP/1.1\r\nHost: x\r\n\r\n";
    bytes(w, text, strlen(text));
}

static void zeros(struct wire *w)
{
    static const unsigned char none[4096];
    bytes(w, none, sizeof none);
}

static void half_a_header(struct wire *w)
{
    bytes(w, "\1\1\0", 3);
}

static void wrong_version(struct wire *w)
{
    good_one(w);
    w->b[0] = 2;
}

static void wrong_version_later(struct wire *w)
{
    good_one(w);
    w->b[16] = 0;
}

static void short_begin(struct wire *w)
{
    record(w, 1, 1, "\0\1\0", 4);
    read_health(w);
}

static void long_begin(struct wire *w)
{
    static const char body[60000] = {0, 1};
    record(w, 1, 1, body, sizeof body);
    read_health(w);
}

static void unknown_role(struct wire *w)
{
    begin(w, 77, 0);
    read_health(w);
}

static void begin_twice(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 1, 2, "\0\1\0\0\0\0\0", 8);
    read_health(w);
}

static void multiplexed(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 4, 2, "\3\3abcdef", 8);
    record(w, 5, 65535, "abc", 3);
    read_health(w);
}

static void aborted(struct wire *w)
{
    begin(w, 1, 0);
    ask(w, "GET", "/api/omnichannel/health", "");
    record(w, 2, 1, "", 0);
}

static void aborted_in_body(struct wire *w)
{
    create(w, "1000", CREATE);
    record(w, 2, 1, "", 0);
}

static void wrong_order(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 5, 1, "{}", 2);
    read_health(w);
}

static void unknown_type(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 250, 1, "x", 1);
    read_health(w);
}

static void unknown_management(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 250, 0, "x", 1);
    read_health(w);
}

/* Names enough for libfcgi's 64 bytes, in each place where it would answer them. */
static void values(struct wire *w)
{
    static const char name[] = "\x0e\0FCGI_MAX_CONNS";
    struct wire *inner = calloc(1, sizeof *inner);
    for (int i = 0; i < 40; i++)
        bytes(inner, name, sizeof name - 1);
    record(w, 9, 0, inner->b, inner->n);
    free(inner);
}

static void values_after_begin(struct wire *w)
{
    begin(w, 1, 0);
    values(w);
    read_health(w);
}

static void values_in_params(struct wire *w)
{
    begin(w, 1, 0);
    ask(w, "GET", "/api/omnichannel/health", "");
    values(w);
    record(w, 4, 1, "", 0);
}

static void values_in_body(struct wire *w)
{
    create(w, "1000", CREATE);
    values(w);
    record(w, 5, 1, "", 0);
}

static void values_after_all(struct wire *w)
{
    good_one(w);
    values(w);
}

static void huge_name(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 4, 1,
           "\xff\xff\xff\xff\xff\xff\xff\xff"
           "abcdefgh",
           16);
    read_health(w);
}

static void name_beyond_end(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 4, 1, "\x80\0\x40\0\5abcde", 10);
    read_health(w);
}

static void params_without_end(struct wire *w)
{
    begin(w, 1, 0);
    ask(w, "GET", "/api/omnichannel/health", "");
}

static void params_cut(struct wire *w)
{
    good_one(w);
    w->n = 60;
}

static void params_flood(struct wire *w)
{
    static const unsigned char pairs[60000];
    begin(w, 1, 0);
    for (int i = 0; i < 4; i++)
        record(w, 4, 1, pairs, sizeof pairs);
    read_health(w);
}

/* Not one of them has an equals sign, a name, or an end that C would know. */
static void odd_params(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 4, 1, "\0\0\4\0\0\0\0\0\0\3===\1\1\0\0\x80\0\0\1\x80\0\0\1ab", 27);
    read_health(w);
}

static void big_params(struct wire *w)
{
    char value[3000];
    memset(value, 'v', sizeof value);
    value[sizeof value - 1] = 0;
    begin(w, 1, 0);
    for (int i = 0; i < 20; i++)
        param(w, "HTTP_X_BIG", value);
    read_health(w);
}

static void no_params(struct wire *w)
{
    begin(w, 1, 0);
    record(w, 4, 1, "", 0);
    record(w, 5, 1, "", 0);
}

static void body_short(struct wire *w)
{
    create(w, "1000", CREATE);
    record(w, 5, 1, "", 0);
}

static void body_cut(struct wire *w)
{
    create(w, "1000", CREATE);
}

static void body_long(struct wire *w)
{
    create(w, "10", CREATE);
    record(w, 5, 1, "", 0);
}

static void body_without_end(struct wire *w)
{
    static const char more[60000];
    create(w, "20", "{}");
    for (int i = 0; i < 6; i++)
        record(w, 5, 1, more, sizeof more);
}

static void length_huge(struct wire *w)
{
    create(w, "99999999999999999999", CREATE);
    record(w, 5, 1, "", 0);
}

static void length_negative(struct wire *w)
{
    create(w, "-1", CREATE);
    record(w, 5, 1, "", 0);
}

static void length_of_gigabytes(struct wire *w)
{
    create(w, "4000000000", CREATE);
    record(w, 5, 1, "", 0);
}

static const struct {
    const char *row;
    void (*build)(struct wire *w);
    const char *answer; /* NULL: none */
} shapes[] = {
    {"a good request", good_one, "Status: 200 OK"},
    {"nothing", nothing, NULL},
    {"garbage", garbage, NULL},
    {"HTTP", http, NULL},
    {"zeros", zeros, NULL},
    {"half a header", half_a_header, NULL},
    {"version 2", wrong_version, NULL},
    {"version 0, later", wrong_version_later, NULL},
    {"a short beginning", short_begin, NULL},
    {"a long beginning", long_begin, NULL},
    {"an unknown role", unknown_role, NULL},
    {"two beginnings", begin_twice, NULL},
    {"multiplexed", multiplexed, NULL},
    {"aborted", aborted, NULL},
    {"a body before the parameters", wrong_order, NULL},
    {"an unknown type", unknown_type, NULL},
    {"an unknown management type", unknown_management, NULL},
    {"values asked for", values, NULL},
    {"values after the beginning", values_after_begin, NULL},
    {"values within the parameters", values_in_params, NULL},
    {"values behind all", values_after_all, NULL},
    {"a huge name", huge_name, NULL},
    {"a name beyond the end", name_beyond_end, NULL},
    {"parameters without end", params_without_end, NULL},
    {"parameters cut off", params_cut, NULL},
    {"a flood of parameters", params_flood, NULL},
    {"odd parameters", odd_params, "Status: 200 OK"},
    {"big parameters", big_params, "Status: 200 OK"},
    {"no parameters", no_params, "Status: 404"},
    {"a connection to keep", kept, "Status: 200 OK"},
    {"two requests at once", two_at_once, NULL},
    {"length beyond numbers", length_huge, "Status: 400"},
    {"length below zero", length_negative, "Status: 400"},
    {"length of gigabytes", length_of_gigabytes, "Status: 413"},
    {"aborted within the body", aborted_in_body, NULL},
    {"values within the body", values_in_body, NULL},
    {"a body too short", body_short, NULL},
    {"a body cut off", body_cut, NULL},
    {"a body too long", body_long, NULL},
    {"a body without end", body_without_end, NULL},
};

static void test_shapes(void)
{
    static const enum manner manners[] = {HALF_CLOSE, HANG_UP};
    struct wire *w = calloc(1, sizeof *w);
    char out[8192];
    struct pool before = pool_now();
    long long tickets = sql_int("SELECT COUNT(*) FROM ticket");
    CHECK_INT("all workers", before.n, 4);
    for (unsigned i = 0; i < SUITE_N(shapes); i++) {
        const char *row = shapes[i].row;
        for (unsigned k = 0; k < SUITE_N(manners); k++) {
            enum manner manner = manners[k];
            w->n = 0;
            shapes[i].build(w);
            CHECK(row, converse(w, manner, out, sizeof out));
            if (manner == HALF_CLOSE && shapes[i].answer)
                CHECK(row, strstr(out, shapes[i].answer) != NULL);
            else if (manner == HALF_CLOSE)
                CHECK(row, strstr(out, "Status:") == NULL);
            check_serves(row);
        }
        check_pool(row, &before);
    }
    CHECK_INT("nothing was stored", sql_int("SELECT COUNT(*) FROM ticket"), tickets);
    free(w);
}

/* A kept connection is closed all the same: each would cost a descriptor. */
static void test_descriptors(void)
{
    struct wire *w = calloc(1, sizeof *w);
    char out[8192];
    struct pool before = pool_now();
    for (int i = 0; i < 200; i++) {
        w->n = 0;
        shapes[(unsigned)i % SUITE_N(shapes)].build(w);
        converse(w, i % 2 ? HANG_UP : HALF_CLOSE, out, sizeof out);
        w->n = 0;
        kept(w);
        CHECK("closed", converse(w, KEEP_OPEN, out, sizeof out));
    }
    struct pool after = pool_now();
    check_pool("the same workers", &before);
    CHECK("no descriptor more", after.descriptors <= before.descriptors + 2);
    free(w);
}

static uint64_t state;

static unsigned dice(size_t n) /* xorshift64 */
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % (n ? n : 1));
}

static void mutate(struct wire *w)
{
    size_t at = dice(w->n), n = 1 + dice(16);
    switch (dice(6)) {
    case 0: /* a bit */
        w->b[at] ^= (unsigned char)(1u << dice(8));
        break;
    case 1: /* a byte that is a limit */
        w->b[at] = (unsigned char)"\0\1\x7f\x80\xff\4\5\t"[dice(8)];
        break;
    case 2: /* gone */
        n = n < w->n - at ? n : w->n - at;
        memmove(w->b + at, w->b + at + n, w->n - at - n);
        w->n -= n;
        break;
    case 3: /* twice */
        n = n < w->n - at ? n : w->n - at;
        memmove(w->b + at + n, w->b + at, w->n - at);
        w->n += n;
        break;
    case 4: /* cut off */
        w->n = at + 1;
        break;
    default: /* lengths of a record */
        for (size_t i = at; i + 8 < w->n; i++)
            if (w->b[i] == 1 && w->b[i + 2] == 0 && w->b[i + 3] == 1) {
                w->b[i + 4 + dice(3)] = (unsigned char)dice(256);
                break;
            }
    }
}

static void test_mutations(void)
{
    enum { WARM = 300 };
    int rounds = hostile_is_heavy() ? 40000 : 3000;
    const char *seed = getenv("OMNI_SEED");
    struct wire *w = calloc(1, sizeof *w);
    char out[8192];
    struct pool before = pool_now();
    uint64_t first = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    state = first * 0x9e3779b97f4a7c15u | 1;
    printf("\n    seed %llu", (unsigned long long)first);
    for (int i = 0; i < rounds; i++) {
        w->n = 0;
        if (i % 3 == 0) {
            create(w, "112", CREATE);
            record(w, 5, 1, "", 0);
        } else
            shapes[dice(SUITE_N(shapes))].build(w);
        for (unsigned k = 1 + dice(6); k > 0 && w->n > 0; k--)
            mutate(w);
        CHECK("it is let go", converse(w, dice(8) ? HALF_CLOSE : HANG_UP, out, sizeof out));
        if (i % 50 == 0)
            check_serves("between them");
        if (i == WARM)
            before = pool_now();
    }
    struct pool after = pool_now();
    check_pool("the same workers", &before);
    CHECK("no descriptor more", after.descriptors <= before.descriptors + 2);
    CHECK("no memory to speak of", after.rss_kib <= before.rss_kib + 2048);
    printf("\n    %d mutated conversations, largest worker %ld KiB before and %ld KiB after", rounds, before.rss_kib,
           after.rss_kib);
    free(w);
}

/* Peers that hold a worker each: how a conversation starts, and what it goes on with each half second. */
static const struct {
    const char *row;
    void (*build)(struct wire *w);
    const char *drip;
    size_t n_drip;
} holders[] = {
    {"silent after the beginning", params_without_end, NULL, 0},
    {"a name that never ends", name_beyond_end, NULL, 0},
    {"parameters one by one", params_without_end, "\1\4\0\1\0\4\0\0\1\1ab", 12},
    {"a body byte by byte", body_cut, "\1\5\0\1\0\1\0\0x", 9},
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Every worker is held; all are free again in time, while nobody lets go. */
static void test_held(void)
{
    struct wire *w = calloc(1, sizeof *w);
    struct pool before = pool_now();
    int fds[SUITE_N(holders)];
    char out[8192];
    for (unsigned i = 0; i < SUITE_N(holders); i++) {
        w->n = 0;
        holders[i].build(w);
        fds[i] = on_socket();
        CHECK_INT(holders[i].row, send(fds[i], w->b, w->n, MSG_NOSIGNAL), w->n);
    }
    double began = seconds(), limit = PEER_READ_MAX + 30; /* [s] a slow machine */
    unsigned open = SUITE_N(holders);
    bool closed[SUITE_N(holders)] = {false};
    while (open > 0 && seconds() - began < limit) {
        for (unsigned i = 0; i < SUITE_N(holders); i++) {
            if (closed[i])
                continue;
            if (holders[i].drip && send(fds[i], holders[i].drip, holders[i].n_drip, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
                closed[i] = true;
            closed[i] = closed[i] || until_closed(fds[i], out, sizeof out, 0);
            open -= closed[i];
        }
        usleep(500000);
    }
    for (unsigned i = 0; i < SUITE_N(holders); i++) {
        CHECK(holders[i].row, closed[i]);
        close(fds[i]);
    }
    printf("\n    %u peers held a worker each for %.1f s", SUITE_N(holders), seconds() - began);
    check_serves("free again");
    check_pool("the same workers", &before);
    free(w);
}

static int say(struct wire *w)
{
    int fd = on_socket();
    CHECK_INT("said", send(fd, w->b, w->n, MSG_NOSIGNAL), w->n);
    return fd;
}

/* A worker that takes a good request together with one whose bytes stop does not let the good one wait for them. */
static void test_beside(void)
{
    static const unsigned char some[] = {1, 1, 0, 1};
    struct wire *good = calloc(1, sizeof *good), *bad = calloc(1, sizeof *bad);
    char uri[128], out[8192];
    snprintf(uri, sizeof uri, "/api/omnichannel/tickets/%s", open_ticket());
    begin(good, 1, 0);
    ask(good, "GET", uri, "");
    record(good, 4, 1, "", 0);
    record(good, 5, 1, "", 0);
    for (int how = 0; how < 2; how++) {
        struct pool p = pool_now();
        bad->n = 0;
        if (how)
            bytes(bad, some, sizeof some);
        else
            create(bad, "1000", "{");
        for (int i = 0; i < p.n; i++)
            kill(p.pids[i], SIGSTOP);
        int first = say(good), silent = say(bad), last = say(good);
        kill(p.pids[0], SIGCONT);
        CHECK("answered", until_closed(first, out, sizeof out, 10000));
        CHECK("well", strstr(out, "Status: 200 OK") != NULL);
        CHECK("while the other still says nothing", !until_closed(silent, out, sizeof out, 0));
        for (int i = 0; i < p.n; i++)
            kill(p.pids[i], SIGCONT);
        close(silent);
        CHECK("answered", until_closed(last, out, sizeof out, 10000));
        CHECK("well", strstr(out, "Status: 200 OK") != NULL);
        close(first);
        close(last);
    }
    free(good);
    free(bad);
}

/* Connections without a byte, more than there are workers, then a good request. */
static void test_silent(void)
{
    int fds[8];
    for (unsigned i = 0; i < SUITE_N(fds); i++)
        fds[i] = on_socket();
    double began = seconds();
    struct reply r = get("/health", NULL);
    double waited = seconds() - began;
    CHECK("it waits its turn, not for ever", r.status == 200 || r.status == 503);
    printf("\n    a good request behind %u silent connections to 4 workers waited %.1f s", SUITE_N(fds), waited);
    reply_free(&r);
    check_serves("and the next is answered");
    for (unsigned i = 0; i < SUITE_N(fds); i++)
        close(fds[i]);
}

void init_hostile_fcgi_tests(void)
{
    static const struct suite_test tests[] = {
        {"shapes nginx never sends", test_shapes}, {"descriptors", test_descriptors},
        {"mutated requests", test_mutations},      {"silent connections", test_silent},
        {"beside good requests", test_beside},     {"peers that hold every worker", test_held},
    };
    suite_add("e2e hostile fcgi", NULL, NULL, tests, SUITE_N(tests));
}
