#include "send/resolve.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define HOST_MAX 253             /* [bytes] RFC 1035 §2.3.4 */
#define BUCKETS 4096u            /* of either table; a power of two */
#define STACK_SIZE (512u * 1024) /* [bytes] the C library's modules want some */
#define RESOLVER_OPTIONS "timeout:2 attempts:1"

struct name;

/* Waits at its name, or with an answer among `answered`. */
struct request {
    TAILQ_ENTRY(request) link;
    LIST_ENTRY(request) chain;
    void *ctx;
    uint32_t partner_id;
    struct name *name; /*!< NULL: answered */
    struct resolve_answer answer;
};

enum name_state { NAME_NEW, NAME_WAITING, NAME_RUNNING, NAME_KNOWN };

/* Who goes first: names that never answer must not keep those waiting that do. */
enum rank { RANK_RESOLVED, RANK_UNTRIED, RANK_SUSPECT, RANK__MAX };

struct name {
    TAILQ_ENTRY(name) link; /*!< of `waiting` or `known` */
    LIST_ENTRY(name) chain;
    enum name_state state;
    enum rank rank;
    uint32_t partner_id; /*!< waiting: who asked first; running: who pays */
    TAILQ_HEAD(, request) requests;
    struct resolve_answer answer; /*!< the last one, when tried */
    int64_t until_us;             /*!< it holds */
    int64_t stale_until_us;       /*!< a good one may be used; 0: it is none */
    int64_t bad_keep_us;          /*!< of the last failure; 0: the last lookup was none */
    int64_t began_us;             /*!< running */
    char host[HOST_MAX + 1];      /*!< lower case */
};

TAILQ_HEAD(names, name);
LIST_HEAD(name_chain, name);
LIST_HEAD(request_chain, request);

/* Outlives its owner while a thread hangs in a lookup. */
struct resolver {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct net_url_rules rules;
    unsigned refs; /*!< the owner and each thread */
    bool is_closing;
    int event;
    unsigned n_threads, n_running, n_waiting, n_known;
    struct name *running[RESOLVE_THREADS];
    struct names waiting[RANK__MAX]; /*!< in the order asked */
    struct names known;              /*!< oldest first */
    TAILQ_HEAD(, request) answered;
    struct name_chain by_host[BUCKETS];
    struct request_chain by_ctx[BUCKETS];
};

/* --- one lookup --- */

static const char *why_not(int error)
{
    switch (error) {
    case EAI_NONAME:
    case EAI_NODATA:
        return "its name has no address";
    case EAI_AGAIN:
        return "no name server answers for its name";
    case EAI_FAIL:
        return "the name server fails for its name";
    default:
        return "its name could not be looked up";
    }
}

static bool is_known(const struct resolve_answer *a, const struct net_addr *addr)
{
    for (unsigned i = 0; i < a->n; i++)
        if (memcmp(a->addrs[i].b, addr->b, sizeof addr->b) == 0)
            return true;
    return false;
}

/* All are judged, also those past the ones that are kept: a name that has one bad
 * address could have it first the next time. */
static void vet(const struct addrinfo *list, const struct net_url_rules *rules, struct resolve_answer *a)
{
    for (; list; list = list->ai_next) {
        struct net_addr addr;
        if (!net_addr_from_sockaddr(list->ai_addr, &addr) || !net_addr_allowed(&addr, rules)) {
            a->n = 0;
            a->forbidden = true;
            snprintf(a->why, sizeof a->why, "its name has an address that is not allowed");
            return;
        }
        if (a->n < POST_ADDRS_MAX && !is_known(a, &addr))
            a->addrs[a->n++] = addr;
    }
}

/* Both families, also one that this host has no address of: all are judged. False:
 * no name server has told anything. */
static bool look_up(const char *host, const struct net_url_rules *rules, struct resolve_answer *a)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    *a = (struct resolve_answer){0};
    int error = getaddrinfo(host, NULL, &hints, &list);
    if (error == 0 && list)
        vet(list, rules, a);
    if (a->n == 0 && !a->forbidden)
        snprintf(a->why, sizeof a->why, "%s", why_not(error ? error : EAI_NONAME));
    if (error == 0 && list)
        freeaddrinfo(list);
    return error == 0 || error == EAI_NONAME || error == EAI_NODATA;
}

/* --- tables; all under the lock --- */

static struct name_chain *host_chain(struct resolver *r, const char *host)
{
    uint32_t h = 2166136261u;
    for (; *host; host++)
        h = (h ^ (unsigned char)*host) * 16777619u;
    return &r->by_host[h & (BUCKETS - 1)];
}

static struct request_chain *ctx_chain(struct resolver *r, const void *ctx)
{
    return &r->by_ctx[(uintptr_t)ctx / 64 & (BUCKETS - 1)];
}

static struct name *find_name(struct resolver *r, const char *host)
{
    struct name *n = LIST_FIRST(host_chain(r, host));
    while (n && strcmp(n->host, host) != 0)
        n = LIST_NEXT(n, chain);
    return n;
}

static struct name *add_name(struct resolver *r, const char *host)
{
    struct name *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->rank = RANK_UNTRIED;
    snprintf(n->host, sizeof n->host, "%s", host);
    TAILQ_INIT(&n->requests);
    LIST_INSERT_HEAD(host_chain(r, host), n, chain);
    return n;
}

static void free_request(struct request *q)
{
    LIST_REMOVE(q, chain);
    free(q);
}

/* Of none of the lists any more. */
static void free_name(struct name *n)
{
    struct request *q;
    while ((q = TAILQ_FIRST(&n->requests))) {
        TAILQ_REMOVE(&n->requests, q, link);
        free_request(q);
    }
    LIST_REMOVE(n, chain);
    free(n);
}

static void unlist(struct resolver *r, struct name *n)
{
    if (n->state == NAME_WAITING) {
        TAILQ_REMOVE(&r->waiting[n->rank], n, link);
        r->n_waiting--;
    } else if (n->state == NAME_KNOWN) {
        TAILQ_REMOVE(&r->known, n, link);
        r->n_known--;
    }
    n->state = NAME_NEW;
}

static void keep(struct resolver *r, struct name *n)
{
    struct name *oldest = TAILQ_FIRST(&r->known);
    if (r->n_known >= RESOLVE_KNOWN_MAX && oldest) {
        unlist(r, oldest);
        free_name(oldest);
    }
    n->state = NAME_KNOWN;
    TAILQ_INSERT_TAIL(&r->known, n, link);
    r->n_known++;
}

/* What has been learned of a name outlives those who asked. */
static void drop(struct resolver *r, struct name *n)
{
    unlist(r, n);
    if (n->rank == RANK_UNTRIED)
        free_name(n);
    else
        keep(r, n);
}

/* --- threads --- */

static unsigned running_of(const struct resolver *r, uint32_t partner_id)
{
    unsigned n = 0;
    for (unsigned i = 0; i < RESOLVE_THREADS; i++)
        n += r->running[i] && r->running[i]->partner_id == partner_id;
    return n;
}

/* The last threads are for partners that have none; a partner's last one is not for
 * names that will hold it long. */
static bool may_run(const struct resolver *r, uint32_t partner_id, enum rank rank)
{
    unsigned most = r->n_running + RESOLVE_SPARE < RESOLVE_THREADS ? RESOLVE_PARTNER_MAX : 1;
    if (rank == RANK_SUSPECT && most > 1)
        most--;
    return running_of(r, partner_id) < most;
}

/* Whoever of those that ask has a thread left pays: who else waits for the same
 * name does not slow them down. */
static bool find_payer(const struct resolver *r, struct name *n)
{
    const struct request *q = TAILQ_FIRST(&n->requests), *last = NULL;
    if (!q)
        return may_run(r, n->partner_id, n->rank);
    for (; q; last = q, q = TAILQ_NEXT(q, link)) {
        if (last && last->partner_id == q->partner_id)
            continue;
        if (may_run(r, q->partner_id, n->rank)) {
            n->partner_id = q->partner_id;
            return true;
        }
    }
    return false;
}

static struct name *next_name(struct resolver *r)
{
    struct name *n = NULL;
    for (unsigned i = 0; i < RANK__MAX && !n; i++) {
        n = TAILQ_FIRST(&r->waiting[i]);
        while (n && !find_payer(r, n))
            n = TAILQ_NEXT(n, link);
    }
    return n;
}

static void begin(struct resolver *r, struct name *n)
{
    unsigned i = 0;
    unlist(r, n);
    n->state = NAME_RUNNING;
    n->began_us = clock_mono_us();
    while (r->running[i])
        i++;
    r->running[i] = n;
    r->n_running++;
}

/* Twice as long as the last time. */
static int64_t bad_keep(int64_t last_us)
{
    int64_t us = last_us > 0 ? 2 * last_us : RESOLVE_BAD_MIN_US;
    return us < RESOLVE_BAD_MAX_US ? us : RESOLVE_BAD_MAX_US;
}

/* Nothing told of a name does not make a good answer worse. */
static void learn(struct name *n, const struct resolve_answer *a, bool is_told)
{
    int64_t now = clock_mono_us();
    bool is_bad = a->n == 0 && !a->forbidden;
    n->bad_keep_us = is_bad ? bad_keep(n->bad_keep_us) : 0;
    n->rank = is_bad || now - n->began_us >= RESOLVE_SLOW_US ? RANK_SUSPECT : RANK_RESOLVED;
    n->until_us = now + (a->n > 0 ? RESOLVE_KEEP_US : is_bad ? n->bad_keep_us : RESOLVE_BAD_MIN_US);
    if (!is_told && n->stale_until_us > now)
        return;
    n->answer = *a;
    n->stale_until_us = a->n > 0 ? now + RESOLVE_STALE_US : 0;
}

static void settle(struct resolver *r, struct name *n, const struct resolve_answer *a, bool is_told)
{
    struct request *q;
    for (unsigned i = 0; i < RESOLVE_THREADS; i++)
        if (r->running[i] == n)
            r->running[i] = NULL;
    r->n_running--;
    learn(n, a, is_told);
    while ((q = TAILQ_FIRST(&n->requests))) {
        TAILQ_REMOVE(&n->requests, q, link);
        q->name = NULL;
        q->answer = *a;
        TAILQ_INSERT_TAIL(&r->answered, q, link);
    }
    keep(r, n);
    if (!TAILQ_EMPTY(&r->answered))
        eventfd_write(r->event, 1);
}

static void destroy(struct resolver *r)
{
    struct request *q;
    struct name *n;
    while ((q = TAILQ_FIRST(&r->answered))) {
        TAILQ_REMOVE(&r->answered, q, link);
        free_request(q);
    }
    for (unsigned i = 0; i < BUCKETS; i++)
        while ((n = LIST_FIRST(&r->by_host[i])))
            free_name(n);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->work);
    free(r);
}

/* Under the lock, which is given up. */
static void leave(struct resolver *r)
{
    bool last = --r->refs == 0;
    pthread_mutex_unlock(&r->lock);
    if (last)
        destroy(r);
}

static void *work(void *ctx)
{
    struct resolver *r = ctx;
    struct resolve_answer a;
    pthread_mutex_lock(&r->lock);
    while (!r->is_closing) {
        struct name *n = next_name(r);
        if (!n) {
            pthread_cond_wait(&r->work, &r->lock);
            continue;
        }
        begin(r, n);
        pthread_mutex_unlock(&r->lock);
        bool is_told = look_up(n->host, &r->rules, &a);
        pthread_mutex_lock(&r->lock);
        if (!r->is_closing)
            settle(r, n, &a, is_told);
    }
    leave(r);
    return NULL;
}

/* No signal is for these threads. */
static bool spawn(struct resolver *r)
{
    pthread_t t;
    pthread_attr_t how;
    sigset_t all, before;
    pthread_attr_init(&how);
    pthread_attr_setdetachstate(&how, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&how, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&t, &how, work, r) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&how);
    r->refs += ok;
    r->n_threads += ok;
    return ok;
}

/* --- for the owner --- */

enum status resolver_new(const struct net_url_rules *rules, struct resolver **r_r, struct err *err)
{
    struct resolver *r = calloc(1, sizeof *r);
    if (!r)
        return err_set(err, STATUS_NO_MEMORY, "no memory");
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there are no threads yet */
    setenv("RES_OPTIONS", RESOLVER_OPTIONS, 0);
    r->rules = *rules;
    r->refs = 1;
    for (unsigned i = 0; i < RANK__MAX; i++)
        TAILQ_INIT(&r->waiting[i]);
    TAILQ_INIT(&r->known);
    TAILQ_INIT(&r->answered);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->work, NULL);
    r->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->event < 0) {
        destroy(r);
        return err_set(err, STATUS_IO, "eventfd: no descriptor");
    }
    *r_r = r;
    return STATUS_OK;
}

void resolver_free(struct resolver **r_p)
{
    struct resolver *r = *r_p;
    if (!r)
        return;
    *r_p = NULL;
    pthread_mutex_lock(&r->lock);
    r->is_closing = true;
    close(r->event);
    pthread_cond_broadcast(&r->work);
    leave(r);
}

static bool refuse(struct resolve_answer *out_r, const char *why)
{
    *out_r = (struct resolve_answer){0};
    snprintf(out_r->why, sizeof out_r->why, "%s", why);
    return true;
}

static bool answer_literal(const struct resolver *r, struct sv host, struct resolve_answer *out_r)
{
    struct net_addr a;
    if (!net_addr_parse(host, &a))
        return false;
    if (net_addr_allowed(&a, &r->rules)) {
        *out_r = (struct resolve_answer){.addrs = {a}, .n = 1};
        return true;
    }
    refuse(out_r, "its address is not allowed");
    out_r->forbidden = true;
    return true;
}

static bool lower(struct sv host, char out[HOST_MAX + 1])
{
    if (host.n == 0 || host.n > HOST_MAX || memchr(host.p, '\0', host.n))
        return false;
    for (size_t i = 0; i < host.n; i++)
        out[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] | 0x20 : host.p[i]);
    out[host.n] = '\0';
    return true;
}

/* One partner's names must not take all places. */
static bool is_full(const struct resolver *r, uint32_t partner_id)
{
    unsigned own = 0;
    const struct name *n;
    if (r->n_waiting < RESOLVE_PARTNER_WAITING_MAX)
        return false;
    for (unsigned i = 0; i < RANK__MAX; i++)
        for (n = TAILQ_FIRST(&r->waiting[i]); n; n = TAILQ_NEXT(n, link))
            own += n->partner_id == partner_id;
    return r->n_waiting >= RESOLVE_WAITING_MAX || own >= RESOLVE_PARTNER_WAITING_MAX;
}

static struct request *add_request(struct resolver *r, struct name *n, uint32_t partner_id, void *ctx)
{
    struct request *q = calloc(1, sizeof *q);
    if (!q)
        return NULL;
    q->ctx = ctx;
    q->partner_id = partner_id;
    q->name = n;
    TAILQ_INSERT_TAIL(&n->requests, q, link);
    LIST_INSERT_HEAD(ctx_chain(r, ctx), q, chain);
    return q;
}

static void enqueue(struct resolver *r, struct name *n, uint32_t partner_id)
{
    n->state = NAME_WAITING;
    n->partner_id = partner_id;
    TAILQ_INSERT_TAIL(&r->waiting[n->rank], n, link);
    r->n_waiting++;
}

/* False: there is no thread at all. */
static bool wake_thread(struct resolver *r)
{
    if (r->n_threads < RESOLVE_THREADS && r->n_running + r->n_waiting > r->n_threads && !spawn(r) && r->n_threads == 0)
        return false;
    pthread_cond_signal(&r->work);
    return true;
}

/* Nobody waits for it: when there is no place or thread, a later ask tries again. */
static void refresh(struct resolver *r, struct name *n, uint32_t partner_id)
{
    if (is_full(r, partner_id))
        return;
    unlist(r, n);
    enqueue(r, n, partner_id);
    if (!wake_thread(r))
        drop(r, n);
}

/* NULL, or why not: then a name that only this one asked for is gone. */
static const char *ask(struct resolver *r, struct name *n, const char *host, uint32_t partner_id, void *ctx)
{
    bool is_new = !n || n->state == NAME_KNOWN;
    const char *why = NULL;
    if (is_new && is_full(r, partner_id))
        return "too many names wait to be looked up";
    if (!n && !(n = add_name(r, host)))
        return "no memory";
    if (is_new) {
        unlist(r, n);
        enqueue(r, n, partner_id);
    }
    if (!add_request(r, n, partner_id, ctx))
        why = "no memory";
    else if (n->state == NAME_WAITING && !wake_thread(r)) /* also when it waited: this one may have a thread left */
        why = "no thread could be started to look its name up";
    if (why && is_new)
        drop(r, n);
    return why;
}

bool resolver_ask(struct resolver *r, struct sv host, uint32_t partner_id, int64_t mono_us, void *ctx,
                  struct resolve_answer *out_r)
{
    char text[HOST_MAX + 1];
    const char *why = NULL;
    if (answer_literal(r, host, out_r))
        return true;
    if (!lower(host, text))
        return refuse(out_r, "its name is none");
    pthread_mutex_lock(&r->lock);
    struct name *n = find_name(r, text);
    bool is_fresh = n && n->state == NAME_KNOWN && n->until_us > mono_us;
    bool is_usable = is_fresh || (n && n->stale_until_us > mono_us);
    if (is_usable)
        *out_r = n->answer;
    else
        why = ask(r, n, text, partner_id, ctx);
    if (is_usable && !is_fresh && n->state == NAME_KNOWN)
        refresh(r, n, partner_id);
    pthread_mutex_unlock(&r->lock);
    return is_usable || (why && refuse(out_r, why));
}

int resolver_fd(const struct resolver *r)
{
    return r->event;
}

bool resolver_next(struct resolver *r, void **ctx_r, struct resolve_answer *out_r)
{
    eventfd_t count;
    pthread_mutex_lock(&r->lock);
    struct request *q = TAILQ_FIRST(&r->answered);
    if (q) {
        TAILQ_REMOVE(&r->answered, q, link);
        *ctx_r = q->ctx;
        *out_r = q->answer;
        free_request(q);
    }
    if (TAILQ_EMPTY(&r->answered))
        eventfd_read(r->event, &count);
    pthread_mutex_unlock(&r->lock);
    return q != NULL;
}

/* Its name, if it has no answer yet; the request is gone. */
static struct name *withdraw(struct resolver *r, void *ctx)
{
    struct request *q = LIST_FIRST(ctx_chain(r, ctx));
    while (q && q->ctx != ctx)
        q = LIST_NEXT(q, chain);
    struct name *n = q ? q->name : NULL;
    if (n)
        TAILQ_REMOVE(&n->requests, q, link);
    else if (q)
        TAILQ_REMOVE(&r->answered, q, link);
    if (q)
        free_request(q);
    return n;
}

void resolver_forget(struct resolver *r, void *ctx)
{
    pthread_mutex_lock(&r->lock);
    struct name *n = withdraw(r, ctx);
    if (n && n->state == NAME_WAITING && TAILQ_EMPTY(&n->requests))
        drop(r, n);
    pthread_mutex_unlock(&r->lock);
}

bool resolver_give_up(struct resolver *r, void *ctx)
{
    pthread_mutex_lock(&r->lock);
    struct name *n = withdraw(r, ctx);
    bool is_waiting = n && n->state == NAME_WAITING;
    pthread_mutex_unlock(&r->lock);
    return is_waiting;
}
