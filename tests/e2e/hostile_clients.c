/* Good clients, crowds of bad ones, and a look at the workers. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "e2e/hostile.h"
#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

enum { GOOD_CLIENTS = 4, GOOD_MAX = 20000, PAUSE_US = 10000 };
#define GOOD_P99_MS 5000.0 /* [ms] a machine may be very slow */
#define GOOD_LEAST 20
#define BODY                                                                                                           \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","    \
    "\"description\":\"d\"}}"

static struct {
    pthread_t threads[GOOD_CLIENTS];
    atomic_bool on;
    atomic_int n, bad;
    double ms[GOOD_MAX];
    char path[128];
} good;

bool hostile_is_heavy(void)
{
    const char *how = getenv("OMNI_HOSTILE");
    return how && strcmp(how, "heavy") == 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Reads and creates take turns. */
static void *good_client(void *arg)
{
    (void)arg;
    for (bool creates = false; atomic_load(&good.on); creates = !creates) {
        double before = now();
        struct reply r = creates ? post(keys.all, BODY) : get(good.path, keys.all);
        double ms = (now() - before) * 1e3;
        int i = atomic_fetch_add(&good.n, 1);
        if (i < GOOD_MAX)
            good.ms[i] = ms;
        if (r.status != 200 || !at(&r, "ticketNumber"))
            atomic_fetch_add(&good.bad, 1);
        reply_free(&r);
        usleep(PAUSE_US);
    }
    return NULL;
}

void good_begin(void)
{
    snprintf(good.path, sizeof good.path, "/tickets/%s", open_ticket());
    atomic_store(&good.n, 0);
    atomic_store(&good.bad, 0);
    atomic_store(&good.on, true);
    for (int i = 0; i < GOOD_CLIENTS; i++)
        if (pthread_create(&good.threads[i], NULL, good_client, NULL) != 0)
            abort();
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct good good_end(const char *what)
{
    atomic_store(&good.on, false);
    for (int i = 0; i < GOOD_CLIENTS; i++)
        pthread_join(good.threads[i], NULL);
    struct good g = {.n = atomic_load(&good.n), .bad = atomic_load(&good.bad)};
    int n = g.n < GOOD_MAX ? g.n : GOOD_MAX;
    qsort(good.ms, (size_t)n, sizeof *good.ms, by_size);
    if (n > 0) {
        g.p50_ms = good.ms[n / 2];
        g.p99_ms = good.ms[(n * 99) / 100 < n ? (n * 99) / 100 : n - 1];
        g.most_ms = good.ms[n - 1];
    }
    printf("\n    beside %-44s %5d good requests, %d bad: p50 %5.1f ms, p99 %6.1f ms, most %6.1f ms", what, g.n, g.bad,
           g.p50_ms, g.p99_ms, g.most_ms);
    fflush(stdout);
    return g;
}

struct good good_for(const char *what, double seconds)
{
    good_begin();
    usleep((useconds_t)(seconds * 1e6));
    return good_end(what);
}

void check_good(const char *row, struct good g)
{
    CHECK_INT(row, g.bad, 0);
    CHECK(row, g.n >= GOOD_LEAST);
    CHECK(row, g.p99_ms < GOOD_P99_MS);
}

int hostile_connect(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((unsigned short)stack.http_port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct linger reset = {.l_onoff = 1}; /* no port is left waiting */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) != 0 ||
        connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

struct crowd {
    int n, *fds;
    const char *first;
    char drip;
    pthread_t thread;
    atomic_bool on;
    atomic_int replaced;
};

static int join(const struct crowd *c)
{
    int fd = hostile_connect();
    size_t n = strlen(c->first);
    if (fd >= 0 && n > 0 && send(fd, c->first, n, MSG_NOSIGNAL) != (ssize_t)n) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool is_open(int fd)
{
    char c;
    ssize_t n = fd < 0 ? 0 : recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK);
    return n > 0 || (n < 0 && errno == EAGAIN);
}

static void *dripping(void *arg)
{
    struct crowd *c = arg;
    for (int tenth = 0; atomic_load(&c->on); tenth = (tenth + 1) % 10) {
        for (int i = tenth; i < c->n; i += 10) {
            if (is_open(c->fds[i]) && send(c->fds[i], &c->drip, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1)
                continue;
            if (c->fds[i] >= 0)
                close(c->fds[i]);
            c->fds[i] = join(c);
            atomic_fetch_add(&c->replaced, 1);
        }
        usleep(100000);
    }
    return NULL;
}

struct crowd *crowd_begin(int n, const char *first, char drip)
{
    struct crowd *c = calloc(1, sizeof *c);
    c->fds = calloc((size_t)n, sizeof *c->fds);
    c->n = n;
    c->first = first;
    c->drip = drip;
    for (int i = 0; i < n; i++)
        c->fds[i] = join(c);
    atomic_store(&c->on, drip != 0);
    if (drip && pthread_create(&c->thread, NULL, dripping, c) != 0)
        abort();
    return c;
}

int crowd_open(const struct crowd *c)
{
    int n = 0;
    for (int i = 0; i < c->n; i++)
        n += is_open(c->fds[i]);
    return n;
}

int crowd_replaced(const struct crowd *c)
{
    return atomic_load(&c->replaced);
}

void crowd_end(struct crowd *c)
{
    atomic_store(&c->on, false);
    if (c->drip)
        pthread_join(c->thread, NULL);
    for (int i = 0; i < c->n; i++)
        if (c->fds[i] >= 0)
            close(c->fds[i]);
    free(c->fds);
    free(c);
}

static int descriptors_of(int pid)
{
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return n;
}

static long rss_of(int pid)
{
    char path[64];
    long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

struct pool pool_now(void)
{
    struct pool p = {0};
    p.n = worker_pids(p.pids, 64);
    for (int i = 0; i < p.n; i++) {
        int fds = descriptors_of(p.pids[i]);
        long rss = rss_of(p.pids[i]);
        p.descriptors = fds > p.descriptors ? fds : p.descriptors;
        p.rss_kib = rss > p.rss_kib ? rss : p.rss_kib;
    }
    return p;
}

void check_pool(const char *row, const struct pool *before)
{
    struct pool p = {0};
    p.n = worker_pids(p.pids, 64);
    CHECK_INT(row, p.n, before->n);
    for (int i = 0; i < p.n && i < before->n; i++)
        CHECK_INT(row, p.pids[i], before->pids[i]);
}

void check_serves(const char *row)
{
    struct reply r = get("/health", NULL);
    CHECK_INT(row, r.status, 200);
    CHECK_STR(row, at(&r, "status"), "ok");
    reply_free(&r);
}
