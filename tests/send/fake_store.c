#include "send/fake_store.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/hook_admin.h"

#define OTHER_CLOCK (INT64_C(86400) * 1000000 * 365) /* the database's is a year ahead of ours */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

struct fake_store fake;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void fake_lock(void)
{
    pthread_mutex_lock(&lock);
}

void fake_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static int64_t db_now(void)
{
    return clock_wall_us() + OTHER_CLOCK;
}

void fake_reset(void)
{
    fake_lock();
    memset(&fake, 0, sizeof fake);
    fake_unlock();
}

static uint32_t next_seq(uint64_t ticket)
{
    uint32_t seq = 1;
    for (unsigned i = 0; i < fake.n_jobs; i++)
        seq += fake.jobs[i].ticket == ticket;
    return seq;
}

struct fake_job *fake_add(uint64_t receiver, uint32_t partner_id, uint64_t ticket, const char *fmt, ...)
{
    fake_lock();
    struct fake_job *j = &fake.jobs[fake.n_jobs];
    if (fake.n_jobs == FAKE_JOBS_MAX)
        abort();
    *j = (struct fake_job){.id = fake.n_jobs + 1,
                           .receiver = receiver,
                           .partner_id = partner_id,
                           .ticket = ticket,
                           .seq = fake.n_jobs < 1000 ? next_seq(ticket) : 1,
                           .secret = SECRET,
                           .due = db_now()};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(j->url, sizeof j->url, fmt, ap);
    va_end(ap);
    snprintf(j->body, sizeof j->body, "{\"n\":%llu}", (unsigned long long)j->id);
    snprintf(j->webhook_id, sizeof j->webhook_id, "w%llu", (unsigned long long)j->id);
    fake.n_jobs++;
    fake_unlock();
    return j;
}

unsigned fake_count(enum fake_state state)
{
    unsigned n = 0;
    fake_lock();
    for (unsigned i = 0; i < fake.n_jobs; i++)
        n += fake.jobs[i].state == state;
    fake_unlock();
    return n;
}

struct fake_receiver *fake_receiver(uint64_t id)
{
    for (unsigned i = 0; i < fake.n_receivers; i++)
        if (fake.receivers[i].id == id)
            return &fake.receivers[i];
    if (fake.n_receivers == FAKE_RECEIVERS_MAX)
        abort();
    struct fake_receiver *r = &fake.receivers[fake.n_receivers++];
    r->id = id;
    return r;
}

/* --- the store's functions --- */

/* Counts, waits, and says what is to happen. Locked from here on. */
static enum status called(unsigned *n, enum status *what, struct err *err)
{
    fake_lock();
    int64_t slow = fake.slow_us;
    fake_unlock();
    if (slow > 0)
        usleep((unsigned)slow);
    fake_lock();
    (*n)++;
    return *what == STATUS_OK ? STATUS_OK : err_set(err, *what, "as told");
}

enum status store_new(const struct conf *conf, enum store_role role, struct store **s_r, struct err *err)
{
    (void)conf;
    *s_r = role == STORE_SENDER ? (struct store *)(void *)&fake : NULL;
    return *s_r ? STATUS_OK : err_set(err, STATUS_INTERNAL, "not the sender's role");
}

void store_free(struct store **s)
{
    *s = NULL;
}

void store_begin(struct store *s, int64_t mono_us)
{
    (void)s;
    (void)mono_us;
}

bool store_lost(const struct store *s)
{
    (void)s;
    fake_lock();
    bool lost = fake.lost;
    fake_unlock();
    return lost;
}

static int by_receiver(const void *a, const void *b)
{
    const struct store_hook_due *x = a, *y = b;
    return (x->receiver > y->receiver) - (x->receiver < y->receiver);
}

static void add_due(struct store_hook_due *due, size_t *n, const struct fake_job *j, int64_t now)
{
    size_t i = 0;
    while (i < *n && due[i].receiver != j->receiver)
        i++;
    if (i == *n)
        due[(*n)++] = (struct store_hook_due){j->receiver, INT64_MAX, 0, j->partner_id, 0};
    if (j->due < due[i].first_due)
        due[i] = (struct store_hook_due){j->receiver, j->due, j->due - now, j->partner_id, 0};
}

enum status store_hook_due(struct store *s, struct arena *a, uint64_t after, unsigned max,
                           struct store_hook_due **due_r, size_t *n_r, struct err *err)
{
    (void)s;
    enum status st = called(&fake.looks, &fake.look, err);
    static struct store_hook_due all[FAKE_RECEIVERS_MAX];
    size_t n = 0;
    int64_t now = db_now();
    for (unsigned i = 0; st == STATUS_OK && i < fake.n_jobs; i++)
        if (fake.jobs[i].state == FAKE_PENDING && fake.jobs[i].receiver > after)
            add_due(all, &n, &fake.jobs[i], now);
    if (n > 0)
        qsort(all, n, sizeof all[0], by_receiver);
    *n_r = n < max ? n : max;
    *due_r = arena_array(a, *n_r + 1, sizeof all[0]);
    memcpy(*due_r, all, *n_r * sizeof all[0]);
    fake_unlock();
    return st;
}

/* The first event of its ticket that is left. */
static bool is_head(const struct fake_job *j)
{
    if (fake.n_jobs >= 1000)
        return true;
    for (unsigned i = 0; i < fake.n_jobs; i++) {
        const struct fake_job *k = &fake.jobs[i];
        if (k->ticket == j->ticket && k->seq < j->seq && k->state == FAKE_PENDING)
            return false;
    }
    return true;
}

static void lease(struct fake_job *j, const struct store_hook_claim *claim, struct store_hook_job *out)
{
    j->due = db_now() + claim->lease_us;
    j->is_leased = true;
    j->claims++;
    memcpy(j->token, claim->token, sizeof j->token);
    *out = (struct store_hook_job){.id = j->id,
                                   .partner_id = j->partner_id,
                                   .partner_code = SV("PARTNER"),
                                   .receiver = j->receiver,
                                   .ticket_number = j->ticket,
                                   .seq = j->seq,
                                   .event = TICKET_EVENT_STATUS_CHANGED,
                                   .url = sv_from(j->url),
                                   .body = sv_from(j->body),
                                   .hosts = sv_from(j->hosts),
                                   .attempts = j->attempts};
    memcpy(out->webhook_id, j->webhook_id, sizeof out->webhook_id);
}

/* As a pause wants it: false, and nothing is claimed. */
static bool may_claim(const struct store_hook_claim *claim, struct store_hook_claimed *out, unsigned *want)
{
    struct fake_receiver *r = fake_receiver(claim->receiver);
    int64_t now = db_now();
    out->failures = r->told.failures;
    *want = claim->want;
    if (r->probe_at > now) {
        out->paused_us = r->probe_at - now;
        return false;
    }
    if (r->probe_at > 0) {
        r->probe_at = now + claim->lease_us;
        out->probe = true;
        *want = 1;
    }
    return true;
}

enum status store_hook_claim(struct store *s, struct arena *a, const struct store_hook_claim *claim,
                             struct store_hook_claimed *out_r, struct err *err)
{
    (void)s;
    enum status st = called(&fake.claims, &fake.claim, err);
    unsigned want = 0, n = 0;
    if (claim->receiver == fake.locked && st == STATUS_OK)
        st = err_set(err, STATUS_UNAVAILABLE, "locked");
    *out_r = (struct store_hook_claimed){0};
    fake.lease_us = claim->lease_us;
    if (fake.claims <= 4)
        memcpy(fake.tokens[fake.claims - 1], claim->token, sizeof claim->token);
    out_r->jobs = arena_array(a, claim->want, sizeof *out_r->jobs);
    if (st == STATUS_OK && may_claim(claim, out_r, &want))
        for (unsigned i = 0; i < fake.n_jobs && n < want; i++) {
            struct fake_job *j = &fake.jobs[i];
            if (j->receiver != claim->receiver || j->state != FAKE_PENDING || j->due > db_now() || !is_head(j) ||
                (j->attempts > 0 && !claim->retries))
                continue;
            lease(j, claim, &out_r->jobs[n]);
            if (j->secret && arena_dup(a, sv_from(j->secret), &out_r->jobs[n].secret) != STATUS_OK)
                abort();
            n++;
        }
    out_r->n = n;
    out_r->more = n > 0 && n == want && !out_r->probe;
    fake_unlock();
    return st;
}

static bool holds_another(const struct fake_job *j)
{
    for (unsigned i = 0; fake.n_jobs < 1000 && i < fake.n_jobs; i++)
        if (fake.jobs[i].ticket == j->ticket && fake.jobs[i].seq > j->seq && fake.jobs[i].state == FAKE_PENDING)
            return true;
    return false;
}

static void settle(struct fake_job *j, const struct store_hook_outcome *o)
{
    static const enum fake_state states[STORE_HOOK_VERDICT__MAX] = {
        [STORE_HOOK_DELIVERED] = FAKE_DELIVERED, [STORE_HOOK_DEAD] = FAKE_DEAD, [STORE_HOOK_GONE] = FAKE_GONE};
    if (!j->is_leased || memcmp(j->token, o->token, sizeof j->token) != 0)
        return;
    j->is_leased = false;
    j->state = states[o->verdict];
    j->http_status = o->http_status;
    j->wait_us = o->wait_us;
    memcpy(j->error, o->error, sizeof j->error);
    memcpy(j->answer, o->answer, sizeof j->answer);
    if (o->verdict == STORE_HOOK_RETURNED)
        j->returns++;
    else
        j->attempts++;
    j->due = db_now() + (o->verdict == STORE_HOOK_RETRY ? o->wait_us : 0);
}

static void learn(const struct store_hook_told *t)
{
    struct fake_receiver *r = fake_receiver(t->receiver);
    bool succeeded = r->told.succeeded, failed = r->told.failed;
    r->told = *t;
    r->told.succeeded |= succeeded;
    r->told.failed |= failed;
    r->probe_at = t->pause_us > 0 ? db_now() + t->pause_us : 0;
}

enum status store_hook_finish(struct store *s, struct arena *a, const struct store_hook_outcome *outcomes, size_t n,
                              const struct store_hook_told *told, size_t n_told, uint64_t **woken_r, size_t *n_woken_r,
                              struct err *err)
{
    (void)s;
    enum status st = called(&fake.finishes, &fake.finish, err);
    fake.most_outcomes = n > fake.most_outcomes ? (unsigned)n : fake.most_outcomes;
    for (size_t i = 0; i < n; i++)
        if (outcomes[i].id == fake.poison)
            st = err_set(err, STATUS_INTERNAL, "poison");
    *woken_r = arena_array(a, n + 1, sizeof **woken_r);
    *n_woken_r = 0;
    for (size_t i = 0; st == STATUS_OK && i < n; i++) {
        struct fake_job *j = &fake.jobs[outcomes[i].id - 1];
        settle(j, &outcomes[i]);
        if (j->state != FAKE_PENDING && holds_another(j))
            (*woken_r)[(*n_woken_r)++] = j->receiver;
    }
    for (size_t i = 0; st == STATUS_OK && i < n_told; i++)
        learn(&told[i]);
    fake_unlock();
    return st;
}

enum status store_hook_expire(struct store *s, uint64_t receiver, int64_t age_us, unsigned *n_r, struct err *err)
{
    (void)s;
    (void)receiver;
    enum status ok = STATUS_OK, st = called(&fake.expires, &ok, err);
    *n_r = fake.expire < STORE_HOOK_EXPIRE_MAX ? fake.expire : STORE_HOOK_EXPIRE_MAX;
    fake.expire -= *n_r;
    fake.age_us = age_us;
    fake_unlock();
    return st;
}

enum status store_hook_stats(struct store *s, struct arena *a, struct sv partner_code,
                             struct store_hook_figures **figures_r, size_t *n_r, struct err *err)
{
    static struct store_hook_figures rows[] = {
        {.partner_code = SV("PARTNER001"),
         .origin = SV("https://hooks.example:443"),
         .due = 12,
         .retrying = 3,
         .oldest = INT64_C(1700000000) * CLOCK_SECOND,
         .paused_until = CLOCK_NONE},
        {.partner_code = SV("QUIET"), .origin = SV("https://quiet.example:443"), .pending = 7, .oldest = CLOCK_NONE},
        {.partner_code = SV("P2"),
         .due = 1,
         .oldest = INT64_C(1700000001) * CLOCK_SECOND,
         .paused_until = INT64_C(1700000002) * CLOCK_SECOND},
    };
    (void)s;
    (void)a;
    (void)err;
    *figures_r = rows;
    *n_r = partner_code.p ? 0 : sizeof rows / sizeof rows[0];
    return STATUS_OK;
}
