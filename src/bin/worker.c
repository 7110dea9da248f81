/* omnichannel.fcgi: requests on the socket spawn-fcgi hands over. A worker takes
 * those that wait together, at most ROUND_MAX, and asks the database for all of
 * them at once where it can: under load it answers twice as many. It never
 * waits for one more. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "bin/fcgi.h"
#include "bin/peer.h"

#ifndef SYSCONFDIR
#define SYSCONFDIR "/etc"
#endif
#define PROGRAM "omnichannel.fcgi"
#define CONF_STANDARD SYSCONFDIR "/omnichannel/omnichannel.conf"
#define KEEP_MAX (1024u * 1024) /* [bytes] what lives as long as a configuration */
#define BIG                                                                                                            \
    (32 * 1024) /* [bytes] from here on memory is given back after a request: a parsed body may be 50 times as large */
#define MMAP_FROM                                                                                                      \
    (1024 * 1024) /* [bytes] fixed, or glibc would raise it and keep big blocks; more than a piece of a file */
#define EXIT_CONFIG 2
#define ROUND_MAX API_TOGETHER_MAX
#define ROUND_US (20 * INT64_C(1000))      /* [us] nobody is let in after that: somebody may have met a lock */
#define SIGNALS_EVERY (50 * INT64_C(1000)) /* [us] of work without a look for signals */

_Static_assert(ROUND_MAX == 8, "the greatest requests_together");
_Static_assert(ROUND_MAX <= PEER_MAX, "each has a connection");

static volatile sig_atomic_t stop, reload;

static void on_stop(int sig)
{
    (void)sig;
    stop = 1;
}

static void on_reload(int sig)
{
    (void)sig;
    reload = 1;
}

/* Everything one configuration makes. */
struct worker {
    struct conf conf;
    struct arena *keep;
    struct ticket_rules rules;
    struct gate_shared *shared;
    struct store *store;
    struct gate *gate;
    struct desk *desk;
    struct api *api[ROUND_MAX];
};

/* A request in hand; seat i is handled in api[i]. */
struct seat {
    FCGX_Request r;
    char id[HTTP_REQUEST_ID_MAX + 1];
    struct http_request q;
    struct http_response a;
};

static void worker_free(struct worker **w)
{
    if (!*w)
        return;
    for (unsigned i = 0; i < ROUND_MAX; i++)
        api_free(&(*w)->api[i]);
    desk_free(&(*w)->desk);
    gate_free(&(*w)->gate);
    store_free(&(*w)->store);
    gate_shared_close(&(*w)->shared);
    arena_free(&(*w)->keep);
    free(*w);
    *w = NULL;
}

static enum status load(struct worker *w, const char *path, struct err *err)
{
    enum status s = conf_load(path, &w->conf, err);
    if (s != STATUS_OK)
        return s;
    w->keep = arena_new(KEEP_MAX);
    if (!w->keep)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    return ticket_rules_set(w->keep, &w->conf, &w->rules, err);
}

static enum status build(struct worker *w, struct err *err)
{
    enum status s = gate_shared_open(w->conf.runtime_directory, (unsigned)w->conf.rate_memory, &w->shared, err);
    if (s == STATUS_OK)
        s = store_new(&w->conf, STORE_WORKER, &w->store, err);
    if (s == STATUS_OK)
        s = gate_new(w->store, w->shared, &w->gate);
    if (s == STATUS_OK)
        s = desk_new(w->store, w->shared, &w->rules, &w->desk);
    if (s == STATUS_OK)
        desk_pokes(w->desk, w->conf.sender_directory);
    for (unsigned i = 0; s == STATUS_OK && i < ROUND_MAX; i++)
        s = api_new(w->gate, w->desk, &w->rules, &w->api[i]);
    if (s != STATUS_OK)
        return err_set(err, s, "out of memory");
    if (gate_breaker_open(w->shared))
        return STATUS_OK; /* known not to answer: requests are not kept waiting to find out again */
    store_begin(w->store, clock_mono_us());
    s = store_ready(w->store, err);
    if (s != STATUS_UNAVAILABLE)
        return s;
    gate_breaker_fail(w->shared, clock_mono_us());
    log_line(LOG_LEVEL_WARNING, "database text=\"%s\"", err->text);
    err_init(err); /* it may come later */
    return STATUS_OK;
}

static enum status worker_new(const char *path, struct worker **w_r, struct err *err)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    enum status s = load(w, path, err);
    if (s == STATUS_OK)
        s = build(w, err);
    if (s == STATUS_OK)
        *w_r = w;
    else
        worker_free(&w);
    return s;
}

static void worker_reload(struct worker **w, const char *path)
{
    static struct err err;
    struct worker *next = NULL;
    reload = 0;
    err_init(&err);
    if (worker_new(path, &next, &err) != STATUS_OK) {
        log_line(LOG_LEVEL_ERROR, "reload refused, the old configuration stays: %s", err.text);
        return;
    }
    worker_free(w);
    *w = next;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is one when all is well */
    log_setup(PROGRAM, next->conf.log_target, next->conf.log_level);
    log_line(LOG_LEVEL_INFO, "reloaded");
}

/* A long answer that moves is given time: each piece begins a budget anew. */
static void on_sent(void *ctx)
{
    struct worker *w = ctx;
    store_begin(w->store, clock_mono_us());
}

static void log_request(const struct api *api, const struct http_request *q, const struct http_response *a,
                        enum status sent)
{
    static const char *const methods[HTTP_METHOD__MAX] = {"GET", "HEAD", "POST", "PATCH", "other"};
    struct api_trace t = api_trace(api);
    long long ms = (clock_mono_us() - q->mono_us) / 1000;
    if (t.status != STATUS_OK)
        log_line(LOG_LEVEL_ERROR, "failed route=%s status=%d why=%s text=\"%s\"", a->route, a->status,
                 status_name(t.status), t.text);
    if (sent != STATUS_OK && a->status != API_GONE)
        log_line(LOG_LEVEL_WARNING, "answer-cut route=%s why=%s", a->route, status_name(sent));
    log_line(LOG_LEVEL_INFO, "request method=%s route=%s status=%d key=%llu partner=%s ms=%lld", methods[q->method],
             a->route, a->status, (unsigned long long)t.key_id, a->partner[0] ? a->partner : "-", ms);
}

static enum api_turn begin(struct worker *w, struct seat *seats, unsigned i)
{
    struct seat *t = &seats[i];
    fcgi_request(&t->r, &t->q, t->id);
    log_request_id(t->id);
    http_response_init(&t->a);
    store_begin(w->store, t->q.mono_us);
    enum api_turn turn = api_begin(w->api[i], &t->q, &t->a);
    log_request_id(NULL);
    return turn;
}

static void finish(struct worker *w, struct seat *seats, unsigned i)
{
    struct seat *t = &seats[i];
    enum status sent = STATUS_OK;
    log_request_id(t->id);
    if (t->a.status != API_GONE)
        sent = fcgi_send(&t->r, &t->q, &t->a, on_sent, w);
    fcgi_finish(&t->r);
    log_request(w->api[i], &t->q, &t->a, sent);
    bool is_big = t->q.content_length > BIG || t->a.body.n > BIG || t->a.stream;
    api_done(w->api[i]);
    http_response_free(&t->a);
    log_request_id(NULL);
    if (is_big)
        malloc_trim(0);
}

static void go(struct worker *w, struct seat *seats, unsigned i)
{
    log_request_id(seats[i].id);
    store_begin(w->store, seats[i].q.mono_us);
    api_go(w->api[i]);
    finish(w, seats, i);
}

/* Requests that were taken together. */
struct round {
    struct worker *w;
    struct seat *seats;
    unsigned joined[ROUND_MAX], n; /*!< seats of those that join and are not answered yet */
    unsigned at;                   /*!< the seat that is being taken */
};

/* Answers those who joined: first who can be served at once, then the others one by one. */
static void settle(struct round *r)
{
    struct api *api[ROUND_MAX];
    unsigned seat[ROUND_MAX], n = r->n;
    bool is_done[ROUND_MAX] = {false};
    for (unsigned i = 0; i < n; i++) {
        seat[i] = r->joined[i];
        api[i] = r->w->api[seat[i]];
    }
    r->n = 0;
    if (n > 1)
        api_together(api, n);
    for (unsigned i = 0; i < n; i++)
        if ((is_done[i] = api_is_answered(api[i])))
            finish(r->w, r->seats, seat[i]);
    for (unsigned i = 0; i < n; i++)
        if (!is_done[i])
            go(r->w, r->seats, seat[i]);
}

/* Nobody waits for another's bytes. */
static void before_wait(void *ctx)
{
    settle(ctx);
}

static unsigned free_seat(const struct round *r)
{
    bool is_taken[ROUND_MAX + 1] = {false};
    unsigned i = 0;
    for (unsigned k = 0; k < r->n; k++)
        is_taken[r->joined[k]] = true;
    while (is_taken[i])
        i++;
    return i;
}

/* The request in hand is ready, answered or to be handled alone: true, another may join. */
static bool take_turn(struct round *r)
{
    enum api_turn turn = begin(r->w, r->seats, r->at);
    if (turn == API_JOINS) {
        r->joined[r->n++] = r->at;
        return true;
    }
    /* Nobody waits for a request that is handled alone, or for the rest of a large body. */
    if (turn == API_ALONE || r->seats[r->at].q.content_length > BIG)
        settle(r);
    if (turn == API_ALONE)
        go(r->w, r->seats, r->at);
    else
        finish(r->w, r->seats, r->at);
    return turn == API_ANSWERED;
}

/* A round, whose first request is in seat 0. */
static void serve(struct worker *w, struct seat *seats)
{
    struct round r = {.w = w, .seats = seats};
    int64_t until = clock_mono_us() + ROUND_US;
    peer_on_wait(before_wait, &r);
    for (unsigned taken = 1; take_turn(&r); taken++) {
        if (taken >= (unsigned)w->conf.requests_together || stop || clock_mono_us() >= until)
            break;
        r.at = free_seat(&r);
        if (fcgi_accept_more(&seats[r.at].r) != STATUS_OK)
            break;
    }
    settle(&r);
    peer_on_wait(NULL, NULL);
}

/* Signals wait while a request is in hand; libfcgi's own handlers are replaced. */
static void handle_signals(sigset_t *open_r)
{
    struct sigaction on_end = {.sa_handler = on_stop}, on_usr2 = {.sa_handler = on_reload};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &on_end, NULL);
    sigaction(SIGINT, &on_end, NULL);
    sigaction(SIGUSR1, &on_end, NULL);
    sigaction(SIGUSR2, &on_usr2, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGUSR1);
    sigaddset(&ours, SIGUSR2);
    sigprocmask(SIG_BLOCK, &ours, NULL);
    sigemptyset(open_r);
}

/* One line for the sysadmin; then a pause, so that a supervisor does not spin. */
static int refuse(const char *text, int code)
{
    log_line(LOG_LEVEL_ERROR, "%s", text);
    sleep(1);
    return code;
}

/* A busy worker never waits, so it would never see a signal: those of ours that are pending get through here. */
static void let_signals_in(const sigset_t *open, int64_t now)
{
    static int64_t last;
    sigset_t ours;
    if (now - last < SIGNALS_EVERY)
        return;
    last = now;
    sigprocmask(SIG_SETMASK, open, &ours);
    sigprocmask(SIG_SETMASK, &ours, NULL);
}

static int run(struct worker **w, const char *path, const sigset_t *open)
{
    static struct seat seats[ROUND_MAX];
    enum status is_open = fcgi_open();
    for (unsigned i = 0; i < ROUND_MAX && is_open == STATUS_OK; i++)
        is_open = fcgi_init(&seats[i].r);
    if (is_open != STATUS_OK)
        return refuse("cannot set up FastCGI", EXIT_FAILURE);
    log_line(LOG_LEVEL_INFO, "started");
    for (;;) {
        int64_t now = clock_mono_us();
        let_signals_in(open, now);
        if (stop && !fcgi_owes())
            break;
        if (reload)
            worker_reload(w, path);
        bool is_down = desk_probe((*w)->desk, now);
        enum status s = fcgi_accept(&seats[0].r, open, is_down ? GATE_PROBE_US : -1);
        if (s == STATUS_OK)
            serve(*w, seats);
        else if (s != STATUS_CONFLICT) {
            char why[128];
            snprintf(why, sizeof why, "cannot accept requests: %s", strerror(errno));
            return refuse(why, EXIT_FAILURE);
        }
    }
    log_line(LOG_LEVEL_INFO, "stopped");
    return EXIT_SUCCESS;
}

static int protect(void)
{
    struct rlimit none = {0, 0};
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
    mallopt(M_TRIM_THRESHOLD, MMAP_FROM); /* or each piece's memory would go back, and its pages be made anew */
    /* Customers' data stays out of core files and other processes' eyes. */
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        return refuse("cannot forbid core files", EXIT_FAILURE);
    int is_listening = 0;
    socklen_t n = sizeof is_listening;
    if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &n) != 0 || !is_listening)
        return refuse("standard input is not a listening socket: start this program by spawn-fcgi", EXIT_CONFIG);
    int flags = fcntl(0, F_GETFL);
    if (flags < 0 || fcntl(0, F_SETFL, flags | O_NONBLOCK) != 0)
        return refuse("cannot set the socket to non-blocking", EXIT_FAILURE);
    if (FCGX_Init() != 0)
        return refuse("cannot set up FastCGI", EXIT_FAILURE);
    return EXIT_SUCCESS;
}

static int check_config(const char *path)
{
    static struct err err;
    struct worker *w = calloc(1, sizeof *w);
    err_init(&err);
    enum status s = w ? load(w, path, &err) : err_set(&err, STATUS_NO_MEMORY, "out of memory");
    if (s == STATUS_OK)
        printf("%s: fine\n", path);
    else
        fprintf(stderr, "%s: %s\n", PROGRAM, err.text);
    worker_free(&w);
    return s == STATUS_OK ? EXIT_SUCCESS : EXIT_CONFIG;
}

static void help(FILE *out)
{
    fprintf(out,
            "Usage: " PROGRAM " [-c FILE] [--check-config]\n"
            "Serves the Omnichannel API over FastCGI on standard input; started by spawn-fcgi.\n\n"
            "  -c, --config FILE   configuration (default: $OMNICHANNEL_CONF, else\n"
            "                      %s)\n"
            "      --check-config  read the configuration, say what is wrong with it, and exit\n"
            "      --version       print the version and exit\n"
            "      --help          print this help and exit\n\n"
            "Signals: TERM and INT finish the requests in hand and exit; USR2 reads the\n"
            "configuration again.\n",
            CONF_STANDARD);
}

/* -1: go on and serve; else the exit status. */
static int options(int argc, char **argv, const char **path_r)
{
    static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
                                          {"check-config", no_argument, NULL, 'k'},
                                          {"version", no_argument, NULL, 'v'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    const char *env = getenv("OMNICHANNEL_CONF");
    bool is_check = false;
    int o;
    *path_r = env && *env ? env : CONF_STANDARD;
    while ((o = getopt_long(argc, argv, "c:", longs, NULL)) != -1)
        switch (o) {
        case 'c':
            *path_r = optarg;
            break;
        case 'k':
            is_check = true;
            break;
        case 'v':
            printf("%s %s\n", PROGRAM, PACKAGE_VERSION);
            return EXIT_SUCCESS;
        case 'h':
            help(stdout);
            return EXIT_SUCCESS;
        default:
            help(stderr);
            return EXIT_CONFIG;
        }
    if (optind < argc) {
        help(stderr);
        return EXIT_CONFIG;
    }
    return is_check ? check_config(*path_r) : -1;
}

int main(int argc, char **argv)
{
    static struct err err;
    const char *path;
    struct worker *w = NULL;
    sigset_t open;
    handle_signals(&open);
    log_setup(PROGRAM, LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    int code = options(argc, argv, &path);
    if (code >= 0)
        return code;
    if ((code = protect()) != EXIT_SUCCESS)
        return code;
    handle_signals(&open);
    err_init(&err);
    if (worker_new(path, &w, &err) != STATUS_OK)
        return refuse(err.text, err.status == STATUS_CONFIG ? EXIT_CONFIG : EXIT_FAILURE);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as above */
    log_setup(PROGRAM, w->conf.log_target, w->conf.log_level);
    code = run(&w, path, &open);
    worker_free(&w);
    return code;
}
