#include "send/clerk_internal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/id.h"

/* --- results --- */

struct clerk_result *clerk_result_new(enum clerk_what what)
{
    struct clerk_result *r = calloc(1, sizeof *r);
    if (r)
        r->what = what;
    return r;
}

void clerk_result_free(struct clerk_result **r)
{
    if (!*r)
        return;
    free((*r)->due);
    free((*r)->woken);
    free(*r);
    *r = NULL;
}

void clerk_wake(const struct clerk *c)
{
    uint64_t one = 1;
    if (write(c->fd, &one, sizeof one) < 0)
        return; /* full: readable already */
}

void clerk_tell(struct clerk *c, struct clerk_result *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&c->lock);
    bool was_empty = !c->results;
    *c->last_result = r;
    c->last_result = &r->next;
    pthread_mutex_unlock(&c->lock);
    if (was_empty)
        clerk_wake(c);
}

int clerk_fd(const struct clerk *c)
{
    return c->fd;
}

struct clerk_result *clerk_take(struct clerk *c)
{
    uint64_t n;
    ssize_t got = read(c->fd, &n, sizeof n); /* before the list is taken: what comes later wakes again */
    (void)got;
    pthread_mutex_lock(&c->lock);
    struct clerk_result *r = c->results;
    c->results = NULL;
    c->last_result = &c->results;
    pthread_mutex_unlock(&c->lock);
    return r;
}

/* --- the threads --- */

/* Locked. False: it is to end. Else there is work, or a look is due. */
static bool wait_for_work(struct clerk_hand *h, bool (*has_work)(const struct clerk *c),
                          int64_t (*due_at)(const struct clerk *c))
{
    struct clerk *c = h->clerk;
    while (!c->is_ended) {
        int64_t at = c->is_unfit ? INT64_MAX : has_work(c) ? 0 : due_at(c);
        at = at > h->again_at ? at : h->again_at;
        if (at <= clock_mono_us())
            return true;
        struct timespec ts = {.tv_sec = at / CLOCK_SECOND, .tv_nsec = at % CLOCK_SECOND * 1000};
        if (at == INT64_MAX)
            pthread_cond_wait(&h->wake, &c->lock);
        else
            pthread_cond_timedwait(&h->wake, &c->lock, &ts);
    }
    return false;
}

static bool has_claims(const struct clerk *c)
{
    return c->n_orders > 0 || (c->is_looking && !c->is_wound_down);
}

static int64_t look_at(const struct clerk *c)
{
    return c->is_wound_down ? INT64_MAX : c->look_at;
}

/* False: it is to end. */
static bool next_claims(struct clerk *c, bool *claims_r, bool *looks_r)
{
    pthread_mutex_lock(&c->lock);
    bool goes_on = wait_for_work(&c->claimer, has_claims, look_at);
    *claims_r = c->n_orders > 0;
    *looks_r = !c->is_wound_down && (c->is_looking || c->look_at <= clock_mono_us());
    pthread_mutex_unlock(&c->lock);
    return goes_on;
}

/* Claims and pages of a look in turn. */
static void *run_claimer(void *ctx)
{
    struct clerk *c = ctx;
    bool claims, looks;
    while (next_claims(c, &claims, &looks)) {
        c->claimer.again_at = 0;
        bool goes_on = !claims || clerk_claim_next(c);
        if (goes_on && looks)
            clerk_look_on(c);
    }
    return NULL;
}

static bool has_outcomes(const struct clerk *c)
{
    return c->settling.first || c->n_expires > 0 ||
           (c->outcomes.first && (c->is_wound_down || c->unsettled >= CLERK_BATCH_WORTH));
}

/* At once after a calm; while there is much to do, a little apart. */
static int64_t settle_at(const struct clerk *c)
{
    return c->outcomes.first ? c->settled_at + CLERK_SETTLE_US : INT64_MAX;
}

static bool next_outcomes(struct clerk *c)
{
    pthread_mutex_lock(&c->lock);
    bool goes_on = wait_for_work(&c->settler, has_outcomes, settle_at);
    if (c->outcomes.first) {
        *c->settling.last = c->outcomes.first;
        c->settling.last = c->outcomes.last;
        c->outcomes.first = NULL;
        c->outcomes.last = &c->outcomes.first;
    }
    pthread_mutex_unlock(&c->lock);
    return goes_on;
}

static void *run_settler(void *ctx)
{
    struct clerk *c = ctx;
    while (next_outcomes(c)) {
        c->settler.again_at = 0;
        c->settled_at = clock_mono_us();
        bool goes_on = !c->settling.first || clerk_settle_batch(c);
        if (goes_on && c->n_expires > 0)
            clerk_expire_next(c);
    }
    return NULL;
}

/* Signals are the main thread's. */
static int start_threads(struct clerk *c)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&c->claimer.thread, NULL, run_claimer, c);
    if (r == 0 && (r = pthread_create(&c->settler.thread, NULL, run_settler, c)) != 0) {
        pthread_mutex_lock(&c->lock);
        c->is_ended = true;
        pthread_cond_signal(&c->claimer.wake);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->claimer.thread, NULL);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

static bool make_hand(struct clerk *c, struct clerk_hand *h, struct store *store)
{
    pthread_condattr_t attr;
    h->clerk = c;
    h->store = store;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->wake, &attr);
    pthread_condattr_destroy(&attr);
    h->arena = arena_new(CLERK_ARENA_MAX);
    return h->arena;
}

static void free_hand(struct clerk_hand *h)
{
    pthread_cond_destroy(&h->wake);
    arena_free(&h->arena);
}

static void free_all(struct clerk *c)
{
    if (c->fd >= 0)
        close(c->fd);
    free_hand(&c->claimer);
    free_hand(&c->settler);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

enum status clerk_start(const struct clerk_options *o, struct clerk **c_r, struct err *err)
{
    struct clerk *c = calloc(1, sizeof *c);
    if (!c)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    c->o = *o;
    c->outcomes.last = &c->outcomes.first;
    c->settling.last = &c->settling.first;
    c->last_result = &c->results;
    c->batch_max = STORE_HOOK_OUTCOMES_MAX;
    pthread_mutex_init(&c->lock, NULL);
    c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (crypto_random(&c->look_from, sizeof c->look_from) != STATUS_OK)
        c->look_from = 0; /* as good as any: only that all begin alike is worse */
    bool claims = make_hand(c, &c->claimer, o->claims), outcomes = make_hand(c, &c->settler, o->outcomes);
    if (c->fd < 0 || !claims || !outcomes || start_threads(c) != 0) {
        free_all(c);
        return err_set(err, STATUS_IO, "cannot start the threads that talk to the database");
    }
    *c_r = c;
    return STATUS_OK;
}

static void free_outcomes(struct clerk_outcome *o)
{
    for (struct clerk_outcome *next; o; o = next) {
        next = o->next;
        free(o);
    }
}

static void free_results(struct clerk_result *r)
{
    for (struct clerk_result *next; r; r = next) {
        next = r->next;
        for (struct pool_job *j = r->claimed.jobs, *after; j; j = after) {
            after = j->next;
            struct send_job *job = job_of(j);
            job_free(&job);
        }
        clerk_result_free(&r);
    }
}

void clerk_end(struct clerk **c)
{
    if (!*c)
        return;
    pthread_mutex_lock(&(*c)->lock);
    (*c)->is_ended = true;
    pthread_cond_signal(&(*c)->claimer.wake);
    pthread_cond_signal(&(*c)->settler.wake);
    pthread_mutex_unlock(&(*c)->lock);
    pthread_join((*c)->claimer.thread, NULL);
    pthread_join((*c)->settler.thread, NULL);
    free_outcomes((*c)->outcomes.first);
    free_outcomes((*c)->settling.first);
    free_results((*c)->results);
    free_all(*c);
    *c = NULL;
}

/* --- orders --- */

void clerk_claim(struct clerk *c, const struct pool_order *order)
{
    pthread_mutex_lock(&c->lock);
    struct clerk_order *o = &c->orders[c->n_orders++];
    *o = (struct clerk_order){.order = *order};
    pthread_cond_signal(&c->claimer.wake);
    pthread_mutex_unlock(&c->lock);
}

void clerk_settle(struct clerk *c, struct clerk_outcome *list)
{
    pthread_mutex_lock(&c->lock);
    *c->outcomes.last = list;
    for (; list; list = list->next) {
        c->outcomes.last = &list->next;
        c->unsettled++;
    }
    pthread_cond_signal(&c->settler.wake);
    pthread_mutex_unlock(&c->lock);
}

size_t clerk_unsettled(struct clerk *c)
{
    pthread_mutex_lock(&c->lock);
    size_t n = c->unsettled;
    pthread_mutex_unlock(&c->lock);
    return n;
}

uint64_t clerk_look(struct clerk *c)
{
    pthread_mutex_lock(&c->lock);
    c->look_at = 0;
    uint64_t look = c->looks + 1;
    pthread_cond_signal(&c->claimer.wake);
    pthread_mutex_unlock(&c->lock);
    return look;
}

void clerk_wind_down(struct clerk *c)
{
    struct clerk_order forgotten[POOL_CLAIMS_MAX];
    pthread_mutex_lock(&c->lock);
    unsigned n = c->n_orders;
    for (unsigned i = 0; i < n; i++)
        forgotten[i] = c->orders[i];
    c->n_orders = 0;
    c->is_wound_down = true;
    pthread_cond_signal(&c->settler.wake);
    pthread_mutex_unlock(&c->lock);
    for (unsigned i = 0; i < n; i++) {
        struct clerk_result *r = clerk_result_new(CLERK_UNCLAIMED);
        if (r)
            *r = (struct clerk_result){
                .what = CLERK_UNCLAIMED, .status = STATUS_CONFLICT, .receiver = forgotten[i].order.receiver};
        clerk_tell(c, r);
    }
}
