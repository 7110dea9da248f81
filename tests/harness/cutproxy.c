#include "harness/cutproxy.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PAIRS_MAX 128
#define PIECE (512 * 1024) /* a request of the tests' comes in one piece */

struct pair {
    int client, server;
    enum cut pending; /*!< what awaits the server's answer */
};

struct cutproxy {
    char path[108], target[108];
    int listener;
    pthread_t thread;
    atomic_bool stop, refuse;
    pthread_mutex_t lock; /*!< guards what is armed */
    enum cut how;
    char needle[CUTPROXY_NEEDLE_MAX];
    size_t n_needle;
    unsigned times;
    atomic_uint cuts;
    struct pair pair[PAIRS_MAX];
    unsigned n;
    char piece[PIECE];
};

static struct sockaddr_un address(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    return a;
}

static void drop(struct pair *p)
{
    if (p->client >= 0)
        close(p->client);
    if (p->server >= 0)
        close(p->server);
    p->client = p->server = -1;
}

static void take(struct cutproxy *p)
{
    int client = accept(p->listener, NULL, NULL);
    struct sockaddr_un to = address(p->target);
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pair pair = {.client = client, .server = server, .pending = CUT_NOTHING};
    if (p->n == PAIRS_MAX || atomic_load(&p->refuse) || connect(server, (const struct sockaddr *)&to, sizeof to)) {
        drop(&pair);
        return;
    }
    p->pair[p->n++] = pair;
}

static int send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return -1;
        bytes += sent;
        n -= (size_t)sent;
    }
    return 0;
}

static enum cut judge(struct cutproxy *p, size_t n)
{
    enum cut how = CUT_NOTHING;
    pthread_mutex_lock(&p->lock);
    if (p->times > 0 && memmem(p->piece, n, p->needle, p->n_needle)) {
        how = p->how;
        p->times--;
        atomic_fetch_add(&p->cuts, 1);
    }
    pthread_mutex_unlock(&p->lock);
    return how;
}

static void from_client(struct cutproxy *p, struct pair *pair)
{
    ssize_t n = recv(pair->client, p->piece, sizeof p->piece, 0);
    if (n <= 0) {
        drop(pair);
        return;
    }
    enum cut how = judge(p, (size_t)n);
    if (how == CUT_REQUEST || send_all(pair->server, p->piece, (size_t)n) || how == CUT_IN_FLIGHT)
        drop(pair);
    else if (how != CUT_NOTHING)
        pair->pending = how;
}

static void from_server(struct cutproxy *p, struct pair *pair)
{
    ssize_t n = recv(pair->server, p->piece, sizeof p->piece, 0);
    if (pair->pending == CUT_HANG && n > 0)
        return;
    if (n <= 0 || pair->pending == CUT_ANSWER || send_all(pair->client, p->piece, (size_t)n))
        drop(pair);
}

static void forget_dropped(struct cutproxy *p)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < p->n; i++)
        if (p->pair[i].client >= 0)
            p->pair[kept++] = p->pair[i];
    p->n = kept;
}

static void turn(struct cutproxy *p)
{
    struct pollfd fds[2 * PAIRS_MAX + 1];
    unsigned n = p->n;
    for (unsigned i = 0; i < n; i++) {
        fds[2 * i] = (struct pollfd){.fd = p->pair[i].client, .events = POLLIN};
        fds[2 * i + 1] = (struct pollfd){.fd = p->pair[i].server, .events = POLLIN};
    }
    fds[2 * n] = (struct pollfd){.fd = p->listener, .events = POLLIN};
    if (poll(fds, 2 * n + 1, 20) <= 0)
        return;
    for (unsigned i = 0; i < n; i++) {
        if (fds[2 * i].revents)
            from_client(p, &p->pair[i]);
        if (p->pair[i].client >= 0 && fds[2 * i + 1].revents)
            from_server(p, &p->pair[i]);
    }
    if (fds[2 * n].revents)
        take(p);
    forget_dropped(p);
}

static void *run(void *ctx)
{
    struct cutproxy *p = ctx;
    while (!atomic_load(&p->stop))
        turn(p);
    for (unsigned i = 0; i < p->n; i++)
        drop(&p->pair[i]);
    return NULL;
}

struct cutproxy *cutproxy_start(const char *path, const char *server)
{
    struct cutproxy *p = calloc(1, sizeof *p);
    struct sockaddr_un at = address(path);
    if (!p)
        return NULL;
    snprintf(p->path, sizeof p->path, "%s", path);
    snprintf(p->target, sizeof p->target, "%s", server);
    pthread_mutex_init(&p->lock, NULL);
    unlink(path);
    p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(p->listener, (const struct sockaddr *)&at, sizeof at) || listen(p->listener, 128) ||
        pthread_create(&p->thread, NULL, run, p)) {
        close(p->listener);
        free(p);
        return NULL;
    }
    return p;
}

void cutproxy_arm_bytes(struct cutproxy *p, enum cut how, const void *needle, size_t n, unsigned times)
{
    pthread_mutex_lock(&p->lock);
    p->how = how;
    p->n_needle = n < sizeof p->needle ? n : sizeof p->needle;
    memcpy(p->needle, needle, p->n_needle);
    p->times = times;
    atomic_store(&p->cuts, 0);
    pthread_mutex_unlock(&p->lock);
}

void cutproxy_arm(struct cutproxy *p, enum cut how, const char *needle, unsigned times)
{
    cutproxy_arm_bytes(p, how, needle, strlen(needle), times);
}

unsigned cutproxy_cuts(const struct cutproxy *p)
{
    return atomic_load(&p->cuts);
}

void cutproxy_refuse(struct cutproxy *p, int refuse)
{
    atomic_store(&p->refuse, refuse != 0);
}

void cutproxy_stop(struct cutproxy **p)
{
    if (!*p)
        return;
    atomic_store(&(*p)->stop, true);
    pthread_join((*p)->thread, NULL);
    close((*p)->listener);
    unlink((*p)->path);
    pthread_mutex_destroy(&(*p)->lock);
    free(*p);
    *p = NULL;
}
