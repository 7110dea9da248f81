#include "send/clerk_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/id.h"

static void begin(struct clerk_hand *h)
{
    err_init(&h->err);
    store_begin(h->store, clock_mono_us());
}

static void say(struct clerk_hand *h, enum clerk_what what, enum status s)
{
    struct clerk_result *r = clerk_result_new(what);
    if (!r)
        return;
    r->status = s;
    snprintf(r->text, sizeof r->text, "%s", h->err.text);
    clerk_tell(h->clerk, r);
}

/* Neither hand does anything any more. */
static void unfit(struct clerk_hand *h, enum status s)
{
    struct clerk *c = h->clerk;
    pthread_mutex_lock(&c->lock);
    bool is_news = !c->is_unfit;
    c->is_unfit = true;
    pthread_mutex_unlock(&c->lock);
    if (is_news)
        say(h, CLERK_UNFIT, s);
}

/* It is away while it does not answer one of the hands. */
static void set_away(struct clerk_hand *h, bool is_away, enum status s)
{
    struct clerk *c = h->clerk;
    if (h->is_away == is_away)
        return;
    h->is_away = is_away;
    pthread_mutex_lock(&c->lock);
    bool is_news = c->n_away == !is_away;
    c->n_away += is_away ? 1u : -1u;
    pthread_mutex_unlock(&c->lock);
    if (is_news)
        say(h, is_away ? CLERK_AWAY : CLERK_BACK, s);
}

/* Whether a call failed so that the same call may succeed later. */
static bool must_wait(struct clerk_hand *h, enum status s)
{
    if (s == STATUS_CONFIG) {
        unfit(h, s);
        return true;
    }
    if (s != STATUS_UNAVAILABLE && s != STATUS_UNCERTAIN)
        return false;
    bool is_lost = store_lost(h->store);
    h->again_at = clock_mono_us() + (is_lost ? CLERK_AWAY_US : CLERK_AGAIN_US);
    if (is_lost)
        set_away(h, true, s);
    return true;
}

static void answered(struct clerk_hand *h)
{
    set_away(h, false, STATUS_OK);
}

/* --- settling --- */

static size_t told_of(struct store_hook_told *told, size_t n, uint64_t receiver)
{
    size_t i = n;
    while (i > 0 && told[i - 1].receiver != receiver)
        i--;
    return i;
}

/* What the outcomes say of a receiver in one record; the newest knows best. */
static size_t add_told(struct store_hook_told *told, size_t n, const struct clerk_outcome *o, int64_t now)
{
    size_t i = told_of(told, n, o->told.receiver);
    bool is_new = i == 0;
    struct store_hook_told *t = is_new ? &told[n] : &told[i - 1];
    bool succeeded = !is_new && t->succeeded, failed = !is_new && t->failed, resumed = !is_new && t->resumed;
    *t = o->told;
    t->succeeded |= succeeded;
    t->failed |= failed;
    t->resumed |= resumed;
    int64_t left = o->paused_until - now;
    t->pause_us = o->paused_until == 0 ? 0 : left > 1 ? left : 1;
    return n + is_new;
}

static size_t make_batch(struct clerk *c, size_t *n_told_r)
{
    size_t n = 0, n_told = 0;
    int64_t now = clock_mono_us();
    for (struct clerk_outcome *o = c->settling.first; o && n < c->batch_max; o = o->next) {
        c->batch[n++] = o->outcome;
        if (o->tells)
            n_told = add_told(c->told, n_told, o, now);
    }
    *n_told_r = n_told;
    return n;
}

static void add_expire(struct clerk *c, uint64_t receiver)
{
    for (unsigned i = 0; i < c->n_expires; i++)
        if (c->expires[i] == receiver)
            return;
    if (c->n_expires < CLERK_EXPIRES_MAX)
        c->expires[c->n_expires++] = receiver;
}

static void confirm(struct clerk *c, uint64_t receiver)
{
    struct clerk_result *r = clerk_result_new(CLERK_SETTLED);
    if (r)
        r->receiver = receiver;
    clerk_tell(c, r);
}

/* The first n are done with. */
static void drop_settled(struct clerk *c, size_t n, bool recorded)
{
    for (size_t i = 0; i < n; i++) {
        struct clerk_outcome *o = c->settling.first;
        c->settling.first = o->next;
        if (recorded && o->expire)
            add_expire(c, o->told.receiver);
        if (o->confirm)
            confirm(c, o->told.receiver);
        free(o);
    }
    if (!c->settling.first)
        c->settling.last = &c->settling.first;
    pthread_mutex_lock(&c->lock);
    c->unsettled -= n;
    bool is_last = c->unsettled == 0;
    pthread_mutex_unlock(&c->lock);
    if (is_last) /* the main loop may have nothing else to wait for */
        clerk_wake(c);
}

static void tell_woken(struct clerk *c, const uint64_t *woken, size_t n)
{
    struct clerk_result *r = n > 0 ? clerk_result_new(CLERK_WOKEN) : NULL;
    if (!r)
        return;
    r->woken = malloc(n * sizeof *woken);
    if (r->woken) {
        memcpy(r->woken, woken, n * sizeof *woken);
        r->n = n;
    }
    clerk_tell(c, r);
}

/* One of the rows is held by somebody: the others shall not wait for it. */
static void part_batch(struct clerk *c, size_t n)
{
    struct clerk_outcome *first = c->settling.first;
    if (n > 1) {
        c->batch_max = (unsigned)n / 2;
        return;
    }
    if (!first->next)
        return;
    c->settling.first = first->next;
    first->next = NULL;
    *c->settling.last = first;
    c->settling.last = &first->next;
}

bool clerk_settle_batch(struct clerk *c)
{
    struct clerk_hand *h = &c->settler;
    size_t n_told, n_woken = 0, n = make_batch(c, &n_told);
    uint64_t *woken = NULL;
    begin(h);
    enum status s = store_hook_finish(h->store, h->arena, c->batch, n, c->told, n_told, &woken, &n_woken, &h->err);
    if (s == STATUS_OK) {
        answered(h);
        tell_woken(c, woken, n_woken);
        drop_settled(c, n, true);
        c->batch_max = STORE_HOOK_OUTCOMES_MAX;
    }
    arena_reset(h->arena);
    if (s == STATUS_OK)
        return true;
    if (must_wait(h, s)) {
        if (!store_lost(h->store))
            part_batch(c, n);
        return false;
    }
    /* One of them cannot be recorded: the others shall not wait for it. */
    if (n > 1) {
        c->batch_max = (unsigned)n / 2;
        return true;
    }
    say(h, CLERK_LOST, s);
    drop_settled(c, n, false);
    return true;
}

/* --- claims --- */

static bool take_order(struct clerk *c, struct clerk_order *out)
{
    pthread_mutex_lock(&c->lock);
    bool found = c->n_orders > 0;
    if (found) {
        *out = c->orders[0];
        c->n_orders--;
        memmove(c->orders, c->orders + 1, c->n_orders * sizeof c->orders[0]);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

/* It is repeated after the others, unless nothing is claimed any more. */
static bool put_back(struct clerk *c, const struct clerk_order *o)
{
    pthread_mutex_lock(&c->lock);
    bool is_kept = !c->is_wound_down;
    if (is_kept)
        c->orders[c->n_orders++] = *o;
    pthread_mutex_unlock(&c->lock);
    return is_kept;
}

/* What there is no memory for is sent after its lease. */
static void take_jobs(struct arena *a, const struct clerk_order *o, struct store_hook_claimed *from,
                      struct clerk_result *r)
{
    struct pool_job **last = &r->claimed.jobs;
    for (size_t i = 0; i < from->n; i++) {
        struct send_job *job = job_new(&from->jobs[i], o->token, o->lease_end);
        job_wipe(&from->jobs[i]);
        if (!job)
            continue;
        *last = &job->pool;
        last = &job->pool.next;
        r->claimed.partner_id = from->jobs[i].partner_id;
    }
    r->what = CLERK_CLAIMED;
    r->claimed.more = from->more;
    r->claimed.probe = from->probe;
    r->claimed.floor = from->floor;
    r->claimed.failures = from->failures;
    r->claimed.paused_us = from->paused_us;
    r->buried = from->buried;
    arena_reset(a);
}

static enum status ask(struct clerk_hand *h, struct clerk_order *o, struct store_hook_claimed *out)
{
    bool again = o->lease_end != 0;
    if (!again) {
        enum status s = crypto_random(o->token, sizeof o->token);
        if (s != STATUS_OK)
            return err_set(&h->err, s, "no random bytes");
        o->lease_end = job_boot_us() + h->clerk->o.lease_us;
    }
    struct store_hook_claim claim = {.receiver = o->order.receiver,
                                     .want = o->order.want,
                                     .retries = o->order.retries,
                                     .floor = o->order.floor,
                                     .lease_us = h->clerk->o.lease_us,
                                     .hold_us = h->clerk->o.hold_us,
                                     .again = again};
    memcpy(claim.token, o->token, sizeof claim.token);
    return store_hook_claim(h->store, h->arena, &claim, out, &h->err);
}

bool clerk_claim_next(struct clerk *c)
{
    struct clerk_hand *h = &c->claimer;
    struct clerk_order o;
    struct store_hook_claimed claimed = {0};
    struct clerk_result *r = clerk_result_new(CLERK_UNCLAIMED);
    if (!r) {
        h->again_at = clock_mono_us() + CLERK_AGAIN_US;
        return false;
    }
    if (!take_order(c, &o)) {
        clerk_result_free(&r);
        return true;
    }
    begin(h);
    enum status s = ask(h, &o, &claimed);
    bool waits = s != STATUS_OK && must_wait(h, s);
    if (s == STATUS_UNAVAILABLE)
        o.lease_end = 0; /* nothing was leased */
    /* What only this receiver's rows keep from being claimed must not keep the others waiting. */
    bool repeats = waits && (s != STATUS_UNAVAILABLE || store_lost(h->store));
    if (repeats && put_back(c, &o)) {
        clerk_result_free(&r);
        return false;
    }
    r->receiver = o.order.receiver;
    r->status = s;
    if (s == STATUS_OK) {
        answered(h);
        take_jobs(h->arena, &o, &claimed, r);
    } else
        snprintf(r->text, sizeof r->text, "%s", h->err.text);
    clerk_tell(c, r);
    return !repeats;
}

/* --- what is too old --- */

bool clerk_expire_next(struct clerk *c)
{
    struct clerk_hand *h = &c->settler;
    unsigned n = 0;
    uint64_t receiver = c->expires[0];
    begin(h);
    enum status s = store_hook_expire(h->store, receiver, c->o.age_us, &n, &h->err);
    if (s != STATUS_OK && must_wait(h, s))
        return false;
    c->n_expires--;
    memmove(c->expires, c->expires + 1, c->n_expires * sizeof c->expires[0]);
    if (s != STATUS_OK)
        return true; /* a next failed probe asks again */
    answered(h);
    if (n == STORE_HOOK_EXPIRE_MAX)
        add_expire(c, receiver);
    struct clerk_result *r = n > 0 ? clerk_result_new(CLERK_EXPIRED) : NULL;
    if (r) {
        r->receiver = receiver;
        r->n = n;
    }
    clerk_tell(c, r);
    return true;
}

/* --- looks --- */

#define LOOK_STEP UINT64_C(0x9E3779B97F4A7C15) /* the golden ratio: spreads evenly */

static void begin_look(struct clerk *c)
{
    pthread_mutex_lock(&c->lock);
    c->looks++;
    c->look_at = INT64_MAX;
    pthread_mutex_unlock(&c->lock);
    c->is_looking = true;
    c->look_from += LOOK_STEP;
    c->page_after = c->look_from;
    c->is_wrapped = false;
    c->look_began = clock_mono_us();
    c->look_took = c->look_db = 0;
}

/* The next begins in a second, or later if this one was dear; at once if somebody has asked for it meanwhile. */
static void end_look(struct clerk *c)
{
    int64_t apart = c->look_took * CLERK_LOOK_SHARE;
    struct clerk_result *r = clerk_result_new(CLERK_LOOKED);
    pthread_mutex_lock(&c->lock);
    if (c->look_at == INT64_MAX)
        c->look_at = c->look_began + (apart > CLERK_LOOK_US ? apart : CLERK_LOOK_US);
    uint64_t look = c->looks;
    pthread_mutex_unlock(&c->lock);
    c->is_looking = false;
    if (r) {
        r->look = look;
        r->db_us = c->look_db;
    }
    clerk_tell(c, r);
}

static void tell_due(struct clerk *c, const struct store_hook_due *due, size_t n)
{
    struct clerk_result *r = n > 0 ? clerk_result_new(CLERK_DUE) : NULL;
    if (!r)
        return;
    r->due = malloc(n * sizeof *due);
    if (r->due) {
        memcpy(r->due, due, n * sizeof *due);
        r->n = n;
    }
    clerk_tell(c, r);
}

bool clerk_look_on(struct clerk *c)
{
    struct clerk_hand *h = &c->claimer;
    struct store_hook_due *due = NULL;
    size_t n = 0;
    if (!c->is_looking)
        begin_look(c);
    int64_t began = clock_mono_us();
    begin(h);
    enum status s = store_hook_due(h->store, h->arena, c->page_after, CLERK_PAGE_MAX, &due, &n, &h->err);
    c->look_took += clock_mono_us() - began;
    if (s != STATUS_OK) {
        arena_reset(h->arena);
        if (!must_wait(h, s))
            unfit(h, s);
        return false;
    }
    answered(h);
    tell_due(c, due, n);
    if (n > 0) {
        c->page_after = due[n - 1].receiver;
        if (c->look_db == 0)
            c->look_db = due[0].first_due - due[0].wait_us;
    }
    arena_reset(h->arena);
    if (n == CLERK_PAGE_MAX && !(c->is_wrapped && c->page_after >= c->look_from))
        return true;
    if (c->is_wrapped) {
        end_look(c);
        return true;
    }
    c->is_wrapped = true;
    c->page_after = 0;
    return true;
}
