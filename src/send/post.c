#include "send/post.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "send/flight.h"

#define EVENTS 64 /* taken from the kernel at a time */
#define ROUNDS 16 /* of these in one turn */
#define HUB_CONNECTIONS 500
#define HUBS_MAX 8 /* at a time */
#define NEVER INT64_C(-1)
#define SOCKETS_FIRST 64 /* a table of them begins with */

/* A multi handle with all that it remembers. libcurl keeps each name it was given
 * addresses for, and a place for each origin it once had a connection to, and goes
 * through them with every transfer: many names would slow down everybody. So
 * after some new connections another hub takes over, and this one ends with its
 * last transfer. */
struct socket {
    uint32_t watched; /*!< events the kernel reports; 0: not in the epoll */
    uint32_t wanted;  /*!< by libcurl; 0: nothing for now */
};

struct hub {
    struct hub *next;
    CURLM *multi;
    int epoll;
    struct socket *sockets; /*!< by descriptor */
    size_t n_sockets;
    int64_t due_us;  /*!< libcurl wants to be called, by clock_mono_us; NEVER */
    unsigned n;      /*!< transfers under way */
    unsigned n_made; /*!< connections */
};

struct post_engine {
    const struct net_url_rules *rules;
    char *ca_file, *user_agent;
    unsigned most, n;
    void (*done)(void *ctx, struct post *p);
    void *ctx;
    int epoll; /*!< over the hubs' */
    bool is_ending;
    struct hub *hubs; /*!< the first takes what is started */
    unsigned n_hubs;
    struct flight *under_way, *idle;
};

static void put(struct flight **list, struct flight *f)
{
    f->prev = NULL;
    f->next = *list;
    if (f->next)
        f->next->prev = f;
    *list = f;
}

static void take(struct flight **list, struct flight *f)
{
    if (f->prev)
        f->prev->next = f->next;
    else
        *list = f->next;
    if (f->next)
        f->next->prev = f->prev;
    f->prev = f->next = NULL;
}

/* --- what libcurl tells --- */

/* NULL: no memory. */
static struct socket *socket_of(struct hub *h, int fd)
{
    size_t need = (size_t)fd + 1, n = h->n_sockets ? h->n_sockets : SOCKETS_FIRST;
    if (need <= h->n_sockets)
        return &h->sockets[fd];
    while (n < need)
        n *= 2;
    struct socket *more = realloc(h->sockets, n * sizeof *more);
    if (!more)
        return NULL;
    memset(more + h->n_sockets, 0, (n - h->n_sockets) * sizeof *more);
    h->sockets = more;
    h->n_sockets = n;
    return &more[fd];
}

static void report(const struct hub *h, int fd, struct socket *k, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    int first = k->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, other = k->watched ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    bool ok = epoll_ctl(h->epoll, first, fd, &event) == 0 || epoll_ctl(h->epoll, other, fd, &event) == 0;
    k->watched = ok ? events : 0;
}

/* A socket whose transfer has ended stays watched: the next one on its connection
 * then costs no system call, and its closing ends the watch by itself. One that
 * cannot be watched costs its own POST, which then runs into its time-out. */
static int watch(CURL *easy, curl_socket_t fd, int what, void *ctx, void *known)
{
    struct hub *h = ctx;
    struct socket *k = socket_of(h, fd);
    (void)easy;
    (void)known;
    if (!k)
        return 0;
    k->wanted = 0;
    if (what == CURL_POLL_REMOVE)
        return 0;
    if (what & CURL_POLL_IN)
        k->wanted |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        k->wanted |= EPOLLOUT;
    if (k->watched != k->wanted)
        report(h, fd, k, k->wanted);
    return 0;
}

/* What was known of its number was of a socket closed since. */
static void opened(struct hub *h, int fd)
{
    struct socket *k = socket_of(h, fd);
    if (k)
        *k = (struct socket){0};
}

static int set_timer(CURLM *multi, long ms, void *ctx)
{
    struct hub *h = ctx;
    (void)multi;
    h->due_us = ms < 0 ? NEVER : clock_mono_us() + ms * INT64_C(1000);
    return 0;
}

/* --- start and end --- */

static void global_init(void)
{
    signal(SIGPIPE, SIG_IGN); /* CURLOPT_NOSIGNAL leaves it to us */
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool set_up(struct hub *h, unsigned most)
{
    CURLMcode bad = curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch);
    bad |= curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    bad |= curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    bad |= curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    bad |= curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)most);
    bad |= curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return bad == CURLM_OK;
}

static void hub_free(struct hub *h)
{
    curl_multi_cleanup(h->multi);
    if (h->epoll >= 0)
        close(h->epoll);
    free(h->sockets);
    free(h);
}

static bool add_hub(struct post_engine *e)
{
    struct hub *h = calloc(1, sizeof *h);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = h};
    if (!h)
        return false;
    h->due_us = NEVER;
    h->multi = curl_multi_init();
    h->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!h->multi || h->epoll < 0 || !set_up(h, e->most) || epoll_ctl(e->epoll, EPOLL_CTL_ADD, h->epoll, &event)) {
        hub_free(h);
        return false;
    }
    h->next = e->hubs;
    e->hubs = h;
    e->n_hubs++;
    return true;
}

/* Those that have been succeeded and have nothing under way any more. */
static void end_hubs(struct post_engine *e)
{
    struct hub **at = &e->hubs->next;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is always the newest */
    while (*at) {
        struct hub *h = *at;
        if (h->n > 0) {
            at = &h->next;
            continue;
        }
        *at = h->next;
        e->n_hubs--;
        hub_free(h);
    }
}

/* The first handle shows whether libcurl has all that is asked of it. */
static enum status try_one(struct post_engine *e, struct err *err)
{
    struct flight *f = NULL;
    enum status s = flight_new(e->rules, e->ca_file, e->user_agent, opened, &f);
    if (s == STATUS_OK)
        put(&e->idle, f);
    else if (s == STATUS_CONFIG)
        err_set(err, s, "libcurl %s lacks an option that is needed", curl_version_info(CURLVERSION_NOW)->version);
    else
        err_set(err, s, "no memory");
    return s;
}

enum status post_engine_new(const struct net_url_rules *rules, const char *ca_file, const char *user_agent,
                            unsigned most, void (*done)(void *ctx, struct post *p), void *ctx, struct post_engine **e_r,
                            struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, global_init);
    if (ca_file[0] && access(ca_file, R_OK))
        return err_set(err, STATUS_CONFIG, "webhook_ca_file: %s cannot be read", ca_file);
    struct post_engine *e = calloc(1, sizeof *e);
    if (!e)
        return err_set(err, STATUS_NO_MEMORY, "no memory");
    e->rules = rules;
    e->most = most < 1 ? 1 : most > POST_MOST ? POST_MOST : most;
    e->done = done;
    e->ctx = ctx;
    e->ca_file = strdup(ca_file);
    e->user_agent = strdup(user_agent);
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    enum status s = STATUS_OK;
    if (!e->ca_file || !e->user_agent || e->epoll < 0 || !add_hub(e))
        s = err_set(err, STATUS_IO, "libcurl cannot be set up");
    if (s == STATUS_OK)
        s = try_one(e, err);
    if (s != STATUS_OK)
        post_engine_free(&e);
    *e_r = e;
    return s;
}

static void free_all(struct flight **list)
{
    while (*list) {
        struct flight *f = *list;
        take(list, f);
        flight_free(&f);
    }
}

/* Its POST belongs to the caller again. */
static struct post *land(struct post_engine *e, struct flight *f)
{
    struct post *p = f->post;
    curl_multi_remove_handle(f->hub->multi, f->easy);
    take(&e->under_way, f);
    e->n--;
    f->hub->n--;
    f->hub->n_made += f->is_new_there;
    return p;
}

void post_engine_free(struct post_engine **e_p)
{
    struct post_engine *e = *e_p;
    if (!e)
        return;
    e->is_ending = true;
    while (e->under_way) {
        struct flight *f = e->under_way;
        struct post *p = land(e, f);
        flight_cancel(f);
        put(&e->idle, f);
        e->done(e->ctx, p);
    }
    free_all(&e->idle);
    while (e->hubs) {
        struct hub *h = e->hubs;
        e->hubs = h->next;
        hub_free(h);
    }
    if (e->epoll >= 0)
        close(e->epoll);
    free(e->ca_file);
    free(e->user_agent);
    free(e);
    *e_p = NULL;
}

/* --- POSTs --- */

/* Without memory or descriptors the one that is there goes on. */
static void succeed(struct post_engine *e)
{
    struct hub *h = e->hubs;
    if (add_hub(e))
        curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 1L); /* none is used again */
    else
        h->n_made = 0;
}

static bool begin(struct post_engine *e, struct flight *f)
{
    if (e->hubs->n_made >= HUB_CONNECTIONS && e->n_hubs < HUBS_MAX)
        succeed(e);
    f->hub = e->hubs;
    if (curl_multi_add_handle(f->hub->multi, f->easy) != CURLM_OK)
        return false;
    f->hub->n++;
    e->n++;
    return true;
}

enum status post_start(struct post_engine *e, struct post *p)
{
    struct flight *f = e->idle;
    if (e->is_ending || e->n >= e->most)
        return STATUS_LIMITED;
    enum status s = STATUS_OK;
    if (f)
        take(&e->idle, f);
    else
        s = flight_new(e->rules, e->ca_file, e->user_agent, opened, &f);
    if (s != STATUS_OK)
        return s;
    s = flight_prepare(f, p);
    if (s == STATUS_OK && !begin(e, f)) {
        flight_cancel(f);
        s = STATUS_NO_MEMORY;
    }
    put(s == STATUS_OK ? &e->under_way : &e->idle, f);
    return s;
}

int post_engine_fd(const struct post_engine *e)
{
    return e->epoll;
}

int post_engine_wait_ms(const struct post_engine *e)
{
    int64_t due_us = INT64_MAX;
    for (const struct hub *h = e->hubs; h; h = h->next)
        if (h->due_us != NEVER && h->due_us < due_us)
            due_us = h->due_us;
    if (due_us == INT64_MAX)
        return -1;
    int64_t us = due_us - clock_mono_us();
    return us > 0 ? (int)((us + 999) / 1000) : 0;
}

/* An idle connection that its peer has ended, most likely: libcurl sees that when it is to use it again. */
static void ignore(struct hub *h, int fd)
{
    epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL);
    h->sockets[fd].watched = 0;
}

static void act_on(struct hub *h, const struct epoll_event *event)
{
    int still, what = 0;
    if (h->sockets[event->data.fd].wanted == 0) {
        ignore(h, event->data.fd);
        return;
    }
    if (event->events & (EPOLLIN | EPOLLHUP))
        what |= CURL_CSELECT_IN;
    if (event->events & EPOLLOUT)
        what |= CURL_CSELECT_OUT;
    if (event->events & EPOLLERR)
        what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(h->multi, event->data.fd, what, &still);
}

static void act(struct hub *h)
{
    struct epoll_event events[EVENTS];
    int n = EVENTS, still;
    for (unsigned round = 0; round < ROUNDS && n == EVENTS; round++) {
        n = epoll_wait(h->epoll, events, EVENTS, 0);
        for (int i = 0; i < n; i++)
            act_on(h, &events[i]);
    }
    if (h->due_us != NEVER && clock_mono_us() >= h->due_us) {
        h->due_us = NEVER;
        curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &still);
    }
}

/* Each message on its own: what `done` starts comes in later turns. */
static void settle(struct post_engine *e, const struct hub *h)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(h->multi, &left))) {
        struct flight *f = NULL;
        CURLcode code = m->data.result;
        if (m->msg != CURLMSG_DONE || curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &f) != CURLE_OK)
            continue;
        struct post *p = land(e, f);
        flight_land(f, code);
        put(&e->idle, f);
        e->done(e->ctx, p);
    }
}

void post_engine_turn(struct post_engine *e)
{
    for (struct hub *h = e->hubs; h; h = h->next)
        act(h);
    for (const struct hub *h = e->hubs; h; h = h->next)
        settle(e, h);
    end_hubs(e);
}

unsigned post_engine_running(const struct post_engine *e)
{
    return e->n;
}
