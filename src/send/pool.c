#include "send/pool.h"

#include <stdlib.h>

#define RECEIVER_BUCKETS 32768u /* a power of two */
#define PARTNER_BUCKETS 1024u   /* a power of two */
#define RETRY_SHARE(total) ((total) - (total) / 4)
#define OF(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

struct link {
    struct link *next, *before;
};
struct queue {
    struct link *first, *last;
};

enum place { PLACE_NONE, PLACE_TURN, PLACE_PARKED };

/* Receivers whose partner is not known stand under the partner with id 0. */
struct partner {
    uint32_t id;
    struct partner *same_bucket;
    struct link ring;
    bool in_ring;
    struct queue turn; /* receivers that wait for a claim */
    unsigned counted;  /* of its receivers together: never more are under way */
    unsigned n_receivers;
};

struct pool_receiver {
    uint64_t id;
    struct pool_receiver *same_bucket;
    struct partner *partner;
    struct link turn, start;
    enum place place; /* of `turn` */
    bool in_start;
    bool known;      /* a claim has told of it */
    bool due, poked; /* poked: since the claim was asked for */
    bool is_ordered, order_retries, is_probing;
    bool is_dry; /* has no first attempts */
    uint32_t failures;
    uint32_t look; /* the last that found it */
    unsigned window, leased, started, want;
    unsigned counted;           /* of its leased jobs those within its window: what is leased ahead is not under way */
    unsigned done, done_before; /* attempts that succeeded in this period and the one before */
    int64_t period;
    int64_t floor;
    int64_t ordered_at, dry_at, rest_until, paused_until, unsettled_until;
    struct pool_job *ready, **ready_last;
};

struct pool {
    struct pool_limits limits;
    struct pool_receiver *receivers[RECEIVER_BUCKETS];
    struct partner *partners[PARTNER_BUCKETS];
    struct queue ring;   /* partners with receivers that wait for a claim */
    struct queue parked; /* receivers with retries only, while retries have no slots left */
    struct queue start;  /* receivers with a job that can be started */
    struct pool_job *dropped;
    bool has_refused; /* a look found more than there is room for */
    unsigned n_receivers, n_dry, leased, started, retries, ordered;
    size_t bytes;
    uint32_t look; /* the one under way */
    int64_t floor; /* for those the last look did not find */
};

/* --- queues --- */

static void push(struct queue *q, struct link *l)
{
    l->next = NULL;
    l->before = q->last;
    if (q->last)
        q->last->next = l;
    else
        q->first = l;
    q->last = l;
}

static void take_out(struct queue *q, struct link *l)
{
    if (l->before)
        l->before->next = l->next;
    else
        q->first = l->next;
    if (l->next)
        l->next->before = l->before;
    else
        q->last = l->before;
}

static struct link *pop(struct queue *q)
{
    struct link *l = q->first;
    if (l)
        take_out(q, l);
    return l;
}

/* --- receivers and partners --- */

enum status pool_new(const struct pool_limits *limits, struct pool **p_r)
{
    struct pool *p = calloc(1, sizeof *p);
    if (!p)
        return STATUS_NO_MEMORY;
    p->limits = *limits;
    p->look = 1;
    *p_r = p;
    return STATUS_OK;
}

void pool_free(struct pool **p)
{
    if (!*p)
        return;
    for (unsigned i = 0; i < RECEIVER_BUCKETS; i++)
        for (struct pool_receiver *r = (*p)->receivers[i], *next; r; r = next) {
            next = r->same_bucket;
            free(r);
        }
    for (unsigned i = 0; i < PARTNER_BUCKETS; i++)
        for (struct partner *t = (*p)->partners[i], *next; t; t = next) {
            next = t->same_bucket;
            free(t);
        }
    free(*p);
    *p = NULL;
}

/* NULL: no memory. */
static struct partner *partner_of(struct pool *p, uint32_t id)
{
    struct partner **at = &p->partners[id % PARTNER_BUCKETS];
    for (struct partner *t = *at; t; t = t->same_bucket)
        if (t->id == id)
            return t;
    struct partner *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->id = id;
    t->same_bucket = *at;
    *at = t;
    return t;
}

/* Ids are a hash's first bytes already. */
static struct pool_receiver **bucket(struct pool *p, uint64_t id)
{
    return &p->receivers[id % RECEIVER_BUCKETS];
}

static struct pool_receiver *find(struct pool *p, uint64_t id)
{
    struct pool_receiver *r = *bucket(p, id);
    while (r && r->id != id)
        r = r->same_bucket;
    return r;
}

/* Whoever has few finds room when others have taken all. Pokes do not tell the partner. */
static bool has_place(const struct pool *p, const struct partner *t, bool is_due)
{
    unsigned part = is_due ? 1 : 2; /* what has nothing to do must not keep out what has */
    if (p->n_receivers >= 2 * POOL_RECEIVERS_MAX || (t->id != 0 && t->n_receivers >= POOL_PARTNER_MAX / part))
        return false;
    return p->n_receivers < POOL_RECEIVERS_MAX / part || t->n_receivers < POOL_FEW;
}

/* NULL: no memory, or there are too many. */
static struct pool_receiver *find_or_add(struct pool *p, uint64_t id, uint32_t partner_id, bool is_due)
{
    struct pool_receiver *r = find(p, id);
    if (r)
        return r;
    struct partner *t = partner_of(p, partner_id);
    if (!t || !has_place(p, t, is_due)) {
        p->has_refused |= is_due;
        return NULL;
    }
    r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->id = id;
    r->partner = t;
    t->n_receivers++;
    r->window = p->limits.receiver < POOL_WINDOW_FIRST ? p->limits.receiver : POOL_WINDOW_FIRST;
    r->ready_last = &r->ready;
    r->same_bucket = *bucket(p, id);
    *bucket(p, id) = r;
    p->n_receivers++;
    return r;
}

static void set_dry(struct pool *p, struct pool_receiver *r, bool is_dry, int64_t now)
{
    p->n_dry += (unsigned)is_dry - (unsigned)r->is_dry;
    r->is_dry = is_dry;
    r->dry_at = now;
}

/* --- turns --- */

static unsigned count_ready(const struct pool_receiver *r)
{
    return r->leased - r->started - r->want;
}

static void roll_period(struct pool_receiver *r, int64_t now)
{
    int64_t period = now / POOL_PACE_US;
    if (period == r->period)
        return;
    r->done_before = period == r->period + 1 ? r->done : 0;
    r->done = 0;
    r->period = period;
}

/* After each change of what is leased, of the window or of the partner. */
static void recount(struct pool_receiver *r)
{
    unsigned n = r->leased < r->window ? r->leased : r->window;
    r->partner->counted = r->partner->counted - r->counted + n;
    r->counted = n;
}

static void lease(struct pool *p, struct pool_receiver *r, unsigned n)
{
    r->leased += n;
    p->leased += n;
    recount(r);
}

static void unlease(struct pool *p, struct pool_receiver *r, unsigned n)
{
    r->leased -= n;
    p->leased -= n;
    recount(r);
}

/* How many may be leased to a receiver beyond its window: what it gets through
 * in a period, while slots are not scarce. Two claims' worth, so that there is
 * something to do while the next is under way. */
static unsigned ahead(const struct pool *p, struct pool_receiver *r, int64_t now)
{
    roll_period(r, now);
    unsigned n = r->done_before > r->done ? r->done_before : r->done;
    if (p->leased >= p->limits.total / 2)
        return 0;
    return n < POOL_AHEAD_MAX ? n : POOL_AHEAD_MAX;
}

static unsigned room(unsigned taken, unsigned most)
{
    return taken < most ? most - taken : 0;
}

/* Its window, and what is leased ahead: that only when half of it is used up, as
 * claims of one or two at a time would cost a fast receiver its pace. */
static unsigned receiver_room(const struct pool *p, struct pool_receiver *r, int64_t now)
{
    unsigned more = ahead(p, r, now);
    if (r->leased >= r->window && 2 * count_ready(r) > more)
        return 0;
    return room(r->leased, r->window + more);
}

static bool may_be_tried(const struct pool_receiver *r, int64_t now)
{
    return r->due && !r->is_ordered && !r->is_probing && r->paused_until <= now && r->rest_until <= now &&
           r->unsettled_until <= now;
}

/* Stands it in its partner's queue if it could do with a claim. Whoever is
 * there is judged anew when its turn comes. */
static void line_up(struct pool *p, struct pool_receiver *r, int64_t now)
{
    if (r->place != PLACE_NONE || !may_be_tried(r, now) || receiver_room(p, r, now) == 0)
        return;
    push(&r->partner->turn, &r->turn);
    r->place = PLACE_TURN;
    if (!r->partner->in_ring) {
        push(&p->ring, &r->partner->ring);
        r->partner->in_ring = true;
    }
}

static void step_out(struct pool *p, struct pool_receiver *r)
{
    if (r->place == PLACE_TURN)
        take_out(&r->partner->turn, &r->turn);
    else if (r->place == PLACE_PARKED)
        take_out(&p->parked, &r->turn);
    r->place = PLACE_NONE;
}

/* --- what is due --- */

static void belong(struct pool *p, struct pool_receiver *r, uint32_t partner_id)
{
    struct partner *t = partner_of(p, partner_id);
    if (!t || t == r->partner)
        return;
    step_out(p, r);
    r->partner->counted -= r->counted;
    r->partner->n_receivers--;
    t->counted += r->counted;
    t->n_receivers++;
    r->partner = t;
}

bool pool_belongs(struct pool *p, uint64_t id, uint32_t partner_id, int64_t paused_us, int64_t wait_us, int64_t now)
{
    struct pool_receiver *r = find_or_add(p, id, partner_id, paused_us <= 0 && wait_us <= 0);
    if (!r)
        return false;
    belong(p, r, partner_id);
    if (paused_us > 0 && !r->known && !r->is_ordered) /* spares a claim that would only find that */
        r->paused_until = now + paused_us;
    line_up(p, r, now);
    return true;
}

void pool_poke(struct pool *p, uint64_t id, int64_t now)
{
    struct pool_receiver *r = find_or_add(p, id, 0, true);
    if (!r)
        return; /* the next look finds it */
    r->due = r->poked = true;
    r->rest_until = 0;
    set_dry(p, r, false, now);
    if (r->place == PLACE_PARKED)
        step_out(p, r);
    /* Somebody may have ended its pause by hand; pokes by events come at any rate. */
    if (r->paused_until > now && now - r->ordered_at >= POOL_REST_US)
        r->paused_until = now;
    line_up(p, r, now);
}

void pool_look(struct pool *p, uint64_t id, int64_t first_due, int64_t wait_us, int64_t now)
{
    struct pool_receiver *r = find_or_add(p, id, 0, true);
    if (!r)
        return;
    /* What is not due yet hides nothing that becomes due before it. A claim may have found more. */
    int64_t floor = first_due - (wait_us > 0 ? wait_us : 0) - POOL_FLOOR_MARGIN_US;
    if (floor > r->floor || first_due < r->floor)
        r->floor = floor;
    r->look = p->look;
    if (wait_us > 0)
        return;
    r->due = true;
    if (r->is_dry && now - r->dry_at >= POOL_REST_US && now - r->dry_at >= (int64_t)p->n_dry * POOL_DRY_US) {
        set_dry(p, r, false, now);
        if (r->place == PLACE_PARKED)
            step_out(p, r);
    }
    line_up(p, r, now);
}

/* That one is paused the table knows too. */
static bool is_idle(const struct pool *p, const struct pool_receiver *r, int64_t now)
{
    bool is_paused = r->paused_until > now;
    return !r->is_ordered && r->leased == 0 && r->place == PLACE_NONE && !r->in_start &&
           (is_paused ? p->has_refused : !r->due);
}

/* Makes room: what is known of receivers with nothing to do is not worth much. */
static void forget_idle(struct pool *p, int64_t now)
{
    for (unsigned i = 0; i < RECEIVER_BUCKETS; i++)
        for (struct pool_receiver **at = &p->receivers[i]; *at;) {
            struct pool_receiver *r = *at;
            if (!is_idle(p, r, now)) {
                at = &r->same_bucket;
                continue;
            }
            set_dry(p, r, false, now);
            *at = r->same_bucket;
            r->partner->n_receivers--;
            free(r);
            p->n_receivers--;
        }
}

void pool_looked(struct pool *p, int64_t db_us, int64_t now)
{
    if (db_us != 0)
        p->floor = db_us - POOL_FLOOR_MARGIN_US;
    p->look++;
    if (p->n_receivers > POOL_RECEIVERS_MAX / 2 || p->has_refused)
        forget_idle(p, now);
    p->has_refused = false;
}

/* --- claims --- */

static int64_t floor_of(const struct pool *p, const struct pool_receiver *r)
{
    bool was_found = r->look != 0 && r->look + 1 >= p->look;
    return was_found || r->floor > p->floor ? r->floor : p->floor;
}

/* How many of a receiver's jobs have a slot; *retries_r: whether retries do. */
static unsigned slots(const struct pool *p, struct pool_receiver *r, int64_t now, bool *retries_r)
{
    unsigned n = receiver_room(p, r, now), retry_room = room(p->retries, RETRY_SHARE(p->limits.total));
    unsigned partner_room = room(r->partner->counted, p->limits.partner);
    unsigned spare = r->partner->counted < POOL_FEW ? 0 : POOL_SPARE(p->limits.total);
    unsigned bounds[] = {room(p->leased, p->limits.total - spare), POOL_CLAIM_MAX,
                         partner_room < r->window - r->counted ? partner_room : n};
    for (unsigned i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        n = bounds[i] < n ? bounds[i] : n;
    *retries_r = retry_room > 0;
    if (*retries_r && retry_room < n)
        n = retry_room;
    return r->paused_until > 0 && n > 1 ? 1 : n; /* a probe */
}

static void take_order(struct pool *p, struct pool_receiver *r, int64_t now, unsigned want, bool retries,
                       struct pool_order *out)
{
    *out = (struct pool_order){r->id, want, retries, floor_of(p, r)};
    r->is_ordered = true;
    r->order_retries = retries;
    r->ordered_at = now;
    r->poked = false;
    r->want = want;
    lease(p, r, want);
    p->retries += retries ? want : 0;
    p->ordered++;
}

/* The first of a partner's receivers that can have a claim. */
static bool order_for(struct pool *p, struct partner *t, int64_t now, struct pool_order *out)
{
    while (t->turn.first) {
        struct pool_receiver *r = OF(t->turn.first, struct pool_receiver, turn);
        bool retries, has_room = may_be_tried(r, now) && receiver_room(p, r, now) > 0;
        unsigned want = slots(p, r, now, &retries);
        if (has_room && want == 0)
            return false; /* its partner has no room */
        pop(&t->turn);
        r->place = PLACE_NONE;
        if (has_room && !retries && r->is_dry) {
            push(&p->parked, &r->turn);
            r->place = PLACE_PARKED;
        } else if (has_room) {
            take_order(p, r, now, want, retries, out);
            return true;
        }
    }
    return false;
}

static void let_parked_in(struct pool *p, int64_t now)
{
    for (unsigned n = room(p->retries, RETRY_SHARE(p->limits.total)); n > 0 && p->parked.first; n--) {
        struct pool_receiver *r = OF(pop(&p->parked), struct pool_receiver, turn);
        r->place = PLACE_NONE;
        line_up(p, r, now);
    }
}

bool pool_order(struct pool *p, int64_t now, struct pool_order *out_r)
{
    if (p->ordered >= POOL_CLAIMS_MAX || p->leased >= p->limits.total || p->bytes >= p->limits.bytes)
        return false;
    let_parked_in(p, now);
    struct link *last = p->ring.last;
    for (bool is_last = !last; !is_last;) {
        struct link *l = pop(&p->ring);
        struct partner *t = OF(l, struct partner, ring);
        is_last = l == last;
        bool done = order_for(p, t, now, out_r);
        t->in_ring = t->turn.first != NULL;
        if (t->in_ring)
            push(&p->ring, l);
        if (done)
            return true;
    }
    return false;
}

static struct pool_receiver *order_ends(struct pool *p, uint64_t id)
{
    struct pool_receiver *r = find(p, id);
    unlease(p, r, r->want);
    p->retries -= r->order_retries ? r->want : 0;
    p->ordered--;
    r->want = 0;
    r->is_ordered = false;
    return r;
}

static void offer_start(struct pool *p, struct pool_receiver *r)
{
    if (r->in_start || !r->ready || r->started >= r->window)
        return;
    push(&p->start, &r->start);
    r->in_start = true;
}

static void drop(struct pool *p, struct pool_job *job)
{
    job->next = p->dropped;
    p->dropped = job;
}

/* What has no place after all goes back: the partner of a receiver may be known
 * only now, and the receiver may have been paused since it was asked for. */
static void take_jobs(struct pool *p, struct pool_receiver *r, const struct pool_claimed *c, int64_t now)
{
    bool is_paused = r->paused_until > now && !c->probe;
    for (struct pool_job *job = c->jobs, *next; job; job = next) {
        next = job->next;
        job->receiver = r;
        job->next = NULL;
        job->is_started = false;
        job->is_probe = c->probe;
        lease(p, r, 1);
        p->retries += job->is_retry;
        p->bytes += job->bytes;
        if (is_paused || r->partner->counted > p->limits.partner) {
            drop(p, job);
            continue;
        }
        *r->ready_last = job;
        r->ready_last = &job->next;
    }
    offer_start(p, r);
}

/* The table knows better than a fresh process, and what other senders found out. */
static void take_state(struct pool_receiver *r, const struct pool_claimed *c, int64_t now)
{
    if (!r->known || c->probe || c->paused_us > 0)
        r->failures = c->failures;
    if (r->failures > 0 && !r->known)
        r->window = 1;
    recount(r);
    r->known = true;
    if (c->floor > 0)
        r->floor = c->floor;
    r->is_probing = c->probe && c->jobs;
    if (c->paused_us > 0)
        r->paused_until = now + c->paused_us;
    else if (c->jobs && !c->probe && r->paused_until <= now)
        r->paused_until = 0; /* somebody else found it working */
}

void pool_claimed(struct pool *p, uint64_t id, const struct pool_claimed *c, int64_t now)
{
    struct pool_receiver *r = order_ends(p, id);
    if (c->jobs)
        belong(p, r, c->partner_id);
    take_state(r, c, now);
    take_jobs(p, r, c, now);
    if (!c->more && c->paused_us <= 0 && !c->probe) {
        if (!r->order_retries)
            set_dry(p, r, !r->poked, now);
        else
            r->due = r->poked;
        if (!c->jobs && !r->poked && r->order_retries)
            r->rest_until = now + POOL_REST_US;
    }
    line_up(p, r, now);
}

void pool_unclaimed(struct pool *p, uint64_t id, int64_t rest_us, int64_t now)
{
    struct pool_receiver *r = order_ends(p, id);
    r->rest_until = now + rest_us;
    line_up(p, r, now);
}

/* --- jobs --- */

static struct pool_job *start_one(struct pool *p, struct pool_receiver *r)
{
    struct pool_job *job = r->ready;
    r->ready = job->next;
    if (!r->ready)
        r->ready_last = &r->ready;
    job->next = NULL;
    job->is_started = true;
    r->started++;
    p->started++;
    offer_start(p, r);
    return job;
}

struct pool_job *pool_start(struct pool *p)
{
    for (struct link *l = pop(&p->start); l; l = pop(&p->start)) {
        struct pool_receiver *r = OF(l, struct pool_receiver, start);
        r->in_start = false;
        if (r->ready && r->started < r->window)
            return start_one(p, r);
    }
    return NULL;
}

static void recall(struct pool *p, struct pool_receiver *r)
{
    for (struct pool_job *job = r->ready, *next; job; job = next) {
        next = job->next;
        drop(p, job);
    }
    r->ready = NULL;
    r->ready_last = &r->ready;
}

void pool_recall(struct pool *p)
{
    for (unsigned i = 0; i < RECEIVER_BUCKETS; i++)
        for (struct pool_receiver *r = p->receivers[i]; r; r = r->same_bucket)
            recall(p, r);
}

static void let_go(struct pool *p, struct pool_job *job)
{
    struct pool_receiver *r = job->receiver;
    unlease(p, r, 1);
    p->retries -= job->is_retry;
    p->bytes -= job->bytes;
    if (job->is_probe)
        r->is_probing = false;
}

struct pool_job *pool_drop(struct pool *p)
{
    struct pool_job *job = p->dropped;
    if (!job)
        return NULL;
    p->dropped = job->next;
    job->next = NULL;
    let_go(p, job);
    job->receiver->due = true;
    return job;
}

static void learn(const struct pool *p, struct pool_receiver *r, const struct pool_job *job, enum pool_end how,
                  int64_t now, struct pool_state *out)
{
    if (how == POOL_UNKNOWN)
        return;
    if (how == POOL_FAILED) {
        r->window = r->window > 1 ? r->window / 2 : 1;
        recount(r);
        /* Those that were under way when it was paused say nothing new. */
        out->counted = job->is_probe || r->paused_until <= now;
        r->failures += out->counted && r->failures < UINT32_MAX;
        return;
    }
    out->resumed = r->paused_until > 0 || job->is_probe;
    if (out->resumed)
        r->unsettled_until = now + POOL_SETTLE_US;
    r->failures = 0;
    r->paused_until = 0;
    roll_period(r, now);
    if (how == POOL_SUCCEEDED) {
        r->done++;
        r->window += r->window < p->limits.receiver && r->partner->counted < p->limits.partner;
        recount(r);
    }
}

void pool_end(struct pool *p, struct pool_job *job, enum pool_end how, int64_t now, struct pool_state *state_r)
{
    struct pool_receiver *r = job->receiver;
    *state_r = (struct pool_state){0};
    let_go(p, job);
    r->started--;
    p->started--;
    learn(p, r, job, how, now, state_r);
    state_r->failures = r->failures;
    state_r->paused_until = r->paused_until;
    offer_start(p, r);
    line_up(p, r, now);
}

void pool_pause(struct pool *p, uint64_t id, int64_t until)
{
    struct pool_receiver *r = find(p, id);
    r->paused_until = until;
    recall(p, r);
}

void pool_settled(struct pool *p, uint64_t id, int64_t now)
{
    struct pool_receiver *r = find(p, id);
    if (!r)
        return;
    r->unsettled_until = 0;
    line_up(p, r, now);
}

/* --- figures --- */

unsigned pool_leased(const struct pool *p)
{
    return p->leased;
}

unsigned pool_started(const struct pool *p)
{
    return p->started;
}

unsigned pool_ordered(const struct pool *p)
{
    return p->ordered;
}

unsigned pool_receivers(const struct pool *p)
{
    return p->n_receivers;
}

bool pool_is_due(const struct pool *p, int64_t now)
{
    for (unsigned i = 0; i < RECEIVER_BUCKETS; i++)
        for (const struct pool_receiver *r = p->receivers[i]; r; r = r->same_bucket)
            if (may_be_tried(r, now))
                return true;
    return false;
}
