#include "gate/table.h"

#include "base/clock.h"
#include "gate/lock.h"
#include "gate/pool.h"

#define SEQ_FIRST (0U - 1000U) /* of a new window: so that wrapping is every day's business */
#define EVICT_SAMPLE 16        /* slots looked at for the least recently used */
#define ROOM_TRIES 8           /* the room we made may be taken by another before us */
#define EVICT_ROUNDS 8         /* samples tried when the chosen one's bucket is busy */

/* What one call works on. */
struct visit {
    struct gate_table *t;
    uint32_t bucket; /* its lock is held */
    int64_t mono_us;
};

#define LOAD(p) atomic_load_explicit(p, memory_order_acquire)
#define STORE(p, v) atomic_store_explicit(p, v, memory_order_release)

static bool bucket_lock(struct gate_bucket *b, bool wait)
{
    enum gate_lock_outcome o = wait ? gate_lock_take(&b->lock) : gate_lock_try(&b->lock);
    /* Nothing to mend: a window is valid between any two stores, and what its
     * holder had in hand from the pool, the pool's own lock tells of. */
    if (o == GATE_LOCK_ORPHAN)
        gate_lock_mended(&b->lock);
    return o != GATE_LOCK_MISSED;
}

static uint32_t bucket_of(const struct gate_table *t, uint64_t id, uint32_t class)
{
    uint64_t h = (id ^ t->seed) * UINT64_C(0x9e3779b97f4a7c15) + class;
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(h >> 32) & (t->n_buckets - 1);
}

static struct gate_slot *find(const struct gate_table *t, uint32_t bucket, uint64_t id, uint32_t class)
{
    uint32_t i = LOAD(&t->buckets[bucket].first);
    while (i != GATE_NONE && (t->slots[i].id != id || t->slots[i].class != class))
        i = LOAD(&t->slots[i].next);
    return i == GATE_NONE ? NULL : &t->slots[i];
}

/* Making room */

static void unlink_slot(struct gate_table *t, uint32_t bucket, uint32_t slot)
{
    _Atomic uint32_t *at = &t->buckets[bucket].first;
    while (LOAD(at) != slot)
        at = &t->slots[LOAD(at)].next;
    STORE(at, LOAD(&t->slots[slot].next));
    gate_step();
}

/* Lets a slot of a bucket that we hold go. Its admissions are forgotten, so no
 * window that starts from now on may be asked about a time before now. */
static bool release(const struct visit *v, uint32_t bucket, uint32_t slot)
{
    struct gate_table *t = v->t;
    if (!gate_pool_lock(t))
        return false;
    /* Asked again: mending may have let it go already. */
    bool ours = LOAD(&t->slots[slot].bucket) == bucket;
    if (ours) {
        if (LOAD(&t->pool->floor) < v->mono_us)
            STORE(&t->pool->floor, v->mono_us);
        unlink_slot(t, bucket, slot);
        gate_pool_give_chunks(t, gate_place_chunk(LOAD(&t->slots[slot].head)), GATE_NONE);
        gate_pool_give_slot(t, slot);
    }
    gate_pool_unlock(t);
    return ours;
}

static bool idle(const struct visit *v, uint32_t slot)
{
    return v->mono_us - LOAD(&v->t->slots[slot].last) >= GATE_WINDOW_US;
}

/* Other buckets' locks are only tried: two who make room cannot wait for each other. */
static bool release_if(const struct visit *v, uint32_t slot, bool only_idle)
{
    uint32_t bucket = LOAD(&v->t->slots[slot].bucket);
    if (bucket == GATE_NONE || (only_idle && !idle(v, slot)))
        return false;
    bool locked = bucket != v->bucket;
    if (locked && !bucket_lock(&v->t->buckets[bucket], false))
        return false;
    bool still = LOAD(&v->t->slots[slot].bucket) == bucket && (!only_idle || idle(v, slot));
    bool done = still && release(v, bucket, slot);
    if (locked)
        gate_lock_drop(&v->t->buckets[bucket].lock);
    return done;
}

static bool release_idle(const struct visit *v)
{
    bool any = false;
    uint32_t n = LOAD(&v->t->pool->slots_used);
    for (uint32_t i = 0; i < n; i++)
        any |= release_if(v, i, true);
    return any;
}

static uint32_t pick_oldest(const struct gate_table *t, const struct gate_slot *keep, uint32_t n)
{
    uint32_t best = GATE_NONE;
    for (unsigned k = 0; k < EVICT_SAMPLE; k++) {
        uint32_t spread = atomic_fetch_add(&t->pool->hand, 1) * UINT32_C(2654435769); /* neighbours are of one age */
        uint32_t i = (uint32_t)((uint64_t)spread * n >> 32);
        if (&t->slots[i] == keep || LOAD(&t->slots[i].bucket) == GATE_NONE)
            continue;
        if (best == GATE_NONE || LOAD(&t->slots[i].last) < LOAD(&t->slots[best].last))
            best = i;
    }
    return best;
}

static bool evict(const struct visit *v, const struct gate_slot *keep)
{
    uint32_t n = LOAD(&v->t->pool->slots_used);
    for (unsigned round = 0; n > 0 && round < EVICT_ROUNDS; round++) {
        uint32_t i = pick_oldest(v->t, keep, n);
        if (i != GATE_NONE && release_if(v, i, false))
            return true;
    }
    return false;
}

static bool make_room(const struct visit *v, const struct gate_slot *keep)
{
    return v->t->evicts ? evict(v, keep) : release_idle(v);
}

/* Slots and chunks: both are prepared out of sight, then linked. */

static uint32_t take_empty_chunk(struct gate_table *t, uint32_t seq)
{
    uint32_t c = gate_pool_take_chunk(t);
    if (c != GATE_NONE) {
        STORE(&t->chunks[c].next, GATE_NONE);
        STORE(&t->chunks[c].base, seq);
    }
    return c;
}

static struct gate_slot *link_slot(const struct visit *v, uint64_t id, uint32_t class)
{
    struct gate_table *t = v->t;
    uint32_t c = take_empty_chunk(t, SEQ_FIRST);
    if (c == GATE_NONE)
        return NULL;
    uint32_t i = gate_pool_take_slot(t);
    if (i == GATE_NONE) {
        gate_pool_give_chunks(t, c, GATE_NONE);
        return NULL;
    }
    struct gate_slot *s = &t->slots[i];
    struct gate_bucket *b = &t->buckets[v->bucket];
    s->id = id;
    s->class = class;
    STORE(&s->head, gate_place_at(c, SEQ_FIRST));
    STORE(&s->tail, gate_place_at(c, SEQ_FIRST));
    STORE(&s->last, LOAD(&t->pool->floor));
    STORE(&s->next, LOAD(&b->first));
    STORE(&s->bucket, v->bucket);
    gate_step();
    STORE(&b->first, i);
    gate_step();
    return s;
}

static struct gate_slot *claim(const struct visit *v, uint64_t id, uint32_t class)
{
    for (unsigned tries = 0; tries < ROOM_TRIES; tries++) {
        if (!gate_pool_lock(v->t))
            return NULL;
        struct gate_slot *s = link_slot(v, id, class);
        gate_pool_unlock(v->t);
        if (s || !make_room(v, NULL))
            return s;
    }
    return NULL;
}

static bool link_chunk(struct gate_table *t, struct gate_slot *s)
{
    gate_place tail = LOAD(&s->tail);
    struct gate_chunk *full = &t->chunks[gate_place_chunk(tail)];
    uint32_t c = LOAD(&full->next);
    if (c == GATE_NONE) { /* else: whoever linked it died before the tail moved */
        c = take_empty_chunk(t, gate_place_seq(tail));
        if (c == GATE_NONE)
            return false;
        STORE(&full->next, c);
        gate_step();
    }
    STORE(&s->tail, gate_place_at(c, gate_place_seq(tail)));
    gate_step();
    return true;
}

static bool extend(const struct visit *v, struct gate_slot *s)
{
    for (unsigned tries = 0; tries < ROOM_TRIES; tries++) {
        if (!gate_pool_lock(v->t))
            return false;
        bool ok = link_chunk(v->t, s);
        gate_pool_unlock(v->t);
        if (ok || !make_room(v, s))
            return ok;
    }
    return false;
}

/* The window itself */

/* How old the stamp was when the window was last asked. */
static int64_t age_at_last(const struct gate_slot *s, uint32_t stamp)
{
    return (uint32_t)LOAD(&s->last) - stamp;
}

/* First of stamps i…n−1 of a chunk that is still in the window, or n. */
static uint32_t skip_expired(const struct gate_slot *s, const struct gate_chunk *c, uint32_t i, uint32_t n,
                             int64_t since)
{
    if (i < n && since + age_at_last(s, c->stamp[n - 1]) >= GATE_WINDOW_US)
        return n;
    while (i < n && since + age_at_last(s, c->stamp[i]) >= GATE_WINDOW_US)
        i++;
    return i;
}

/* The place of the oldest admission still in the window, or the tail. `since`: [us] since s->last. */
static gate_place first_live(const struct gate_table *t, const struct gate_slot *s, int64_t since)
{
    gate_place head = LOAD(&s->head), tail = LOAD(&s->tail);
    while (since < GATE_WINDOW_US && gate_place_seq(head) != gate_place_seq(tail)) {
        const struct gate_chunk *c = &t->chunks[gate_place_chunk(head)];
        uint32_t base = LOAD(&c->base), n = gate_place_seq(tail) - base;
        if (n > GATE_STAMPS)
            n = GATE_STAMPS;
        uint32_t i = skip_expired(s, c, gate_place_seq(head) - base, n, since);
        if (i < n)
            return gate_place_at(gate_place_chunk(head), base + i);
        if (base + n == gate_place_seq(tail))
            break;
        head = gate_place_at(LOAD(&c->next), base + n);
    }
    return tail;
}

/* Drops what has left the window by `now`, chunks included. */
static bool expire(struct gate_table *t, struct gate_slot *s, int64_t now)
{
    gate_place old = LOAD(&s->head), head = first_live(t, s, now - LOAD(&s->last));
    if (gate_place_chunk(head) == gate_place_chunk(old)) {
        STORE(&s->head, head);
        return true;
    }
    if (!gate_pool_lock(t))
        return false;
    STORE(&s->head, head);
    gate_step();
    gate_pool_give_chunks(t, gate_place_chunk(old), gate_place_chunk(head));
    gate_pool_unlock(t);
    return true;
}

static bool append(const struct visit *v, struct gate_slot *s, int64_t now)
{
    gate_place tail = LOAD(&s->tail);
    struct gate_chunk *c = &v->t->chunks[gate_place_chunk(tail)];
    if (gate_place_seq(tail) - LOAD(&c->base) == GATE_STAMPS) {
        if (!extend(v, s))
            return false;
        tail = LOAD(&s->tail);
        c = &v->t->chunks[gate_place_chunk(tail)];
    }
    c->stamp[gate_place_seq(tail) - LOAD(&c->base)] = (uint32_t)now;
    gate_step();
    STORE(&s->tail, gate_place_at(gate_place_chunk(tail), gate_place_seq(tail) + 1));
    gate_step();
    return true;
}

/* [s] until the oldest admission leaves. */
static uint32_t reset_in(const struct gate_table *t, const struct gate_slot *s)
{
    gate_place head = LOAD(&s->head);
    const struct gate_chunk *c = &t->chunks[gate_place_chunk(head)];
    if (gate_place_seq(head) - LOAD(&c->base) == GATE_STAMPS) /* emptied before the tail got a new chunk */
        c = &t->chunks[LOAD(&c->next)];
    int64_t left = GATE_WINDOW_US - age_at_last(s, c->stamp[gate_place_seq(head) - LOAD(&c->base)]);
    return (uint32_t)((left + CLOCK_SECOND - 1) / CLOCK_SECOND);
}

static uint32_t count(const struct gate_slot *s)
{
    return gate_place_seq(LOAD(&s->tail)) - gate_place_seq(LOAD(&s->head));
}

/* The order of the stores matters: stamps are read relative to s->last, so the
 * expired must be gone before it moves, and it must have moved before a new one. */
static enum status judge(const struct visit *v, struct gate_slot *s, uint32_t limit, struct gate_verdict *out_r)
{
    int64_t last = LOAD(&s->last), now = v->mono_us > last ? v->mono_us : last;
    if (!expire(v->t, s, now))
        return STATUS_UNAVAILABLE;
    gate_step();
    STORE(&s->last, now);
    gate_step();
    uint32_t n = count(s);
    if (n < limit) {
        if (!append(v, s, now))
            return STATUS_UNAVAILABLE;
        out_r->admitted = true;
        n++;
    }
    out_r->remaining = n < limit ? limit - n : 0;
    out_r->reset_s = reset_in(v->t, s);
    return STATUS_OK;
}

enum status gate_table_admit(struct gate_table *t, uint64_t id, uint32_t class, uint32_t limit, int64_t mono_us,
                             struct gate_verdict *out_r)
{
    struct visit v = {t, bucket_of(t, id, class), mono_us};
    struct gate_bucket *b = &t->buckets[v.bucket];
    *out_r = (struct gate_verdict){.limit = limit, .reset_s = 1};
    if (!bucket_lock(b, true))
        return STATUS_UNAVAILABLE;
    gate_step();
    struct gate_slot *s = find(t, v.bucket, id, class);
    if (!s)
        s = claim(&v, id, class);
    enum status st = s ? judge(&v, s, limit, out_r) : STATUS_UNAVAILABLE;
    gate_lock_drop(&b->lock);
    return st;
}
