#include "gate/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "gate/lock.h"

void (*gate_step_hook)(void);

static bool marked(const struct gate_table *t, uint32_t bit)
{
    return t->marks[bit / 64] >> bit % 64 & 1;
}

static void mark(struct gate_table *t, uint32_t bit)
{
    t->marks[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Marks what a bucket reaches. A bit met twice ends a walk, so that not even a
 * damaged list keeps us. */
static void mark_bucket(struct gate_table *t, const struct gate_bucket *b)
{
    uint32_t i = atomic_load(&b->first);
    while (i < t->n_slots && !marked(t, i)) {
        mark(t, i);
        uint32_t c = gate_place_chunk(atomic_load(&t->slots[i].head));
        while (c < t->n_chunks && !marked(t, t->n_slots + c)) {
            mark(t, t->n_slots + c);
            c = atomic_load(&t->chunks[c].next);
        }
        i = atomic_load(&t->slots[i].next);
    }
}

/* Both lists anew: everything that was ever used and that no bucket reaches. The
 * owners of bucket locks go on meanwhile, but what we follow only changes under
 * the pool's lock. Killed here, the next one starts over. */
static void mend(struct gate_table *t)
{
    memset(t->marks, 0, ((size_t)t->n_slots + t->n_chunks + 63) / 64 * sizeof *t->marks);
    for (uint32_t i = 0; i < t->n_buckets; i++)
        mark_bucket(t, &t->buckets[i]);
    atomic_store(&t->pool->free_slot, GATE_NONE);
    for (uint32_t i = atomic_load(&t->pool->slots_used); i-- > 0;)
        if (!marked(t, i))
            gate_pool_give_slot(t, i);
    atomic_store(&t->pool->free_chunk, GATE_NONE);
    for (uint32_t c = atomic_load(&t->pool->chunks_used); c-- > 0;)
        if (!marked(t, t->n_slots + c)) {
            atomic_store(&t->chunks[c].next, GATE_NONE);
            gate_pool_give_chunks(t, c, GATE_NONE);
        }
}

bool gate_pool_lock(struct gate_table *t)
{
    enum gate_lock_outcome o = gate_lock_take(&t->pool->lock);
    if (o == GATE_LOCK_ORPHAN) {
        mend(t);
        gate_lock_mended(&t->pool->lock);
    }
    return o != GATE_LOCK_MISSED;
}

void gate_pool_unlock(struct gate_table *t)
{
    gate_lock_drop(&t->pool->lock);
}

uint32_t gate_pool_take_slot(struct gate_table *t)
{
    struct gate_pool *p = t->pool;
    uint32_t i = atomic_load(&p->free_slot);
    if (i != GATE_NONE) {
        atomic_store(&p->free_slot, atomic_load(&t->slots[i].next));
    } else {
        i = atomic_load(&p->slots_used);
        if (i == t->n_slots)
            return GATE_NONE;
        atomic_store(&t->slots[i].bucket, GATE_NONE); /* before anyone looks for idle ones up to slots_used */
        atomic_store(&p->slots_used, i + 1);
    }
    gate_step();
    return i;
}

/* Takes room on the file system ahead of use: a page that finds none when it is
 * touched would be a SIGBUS. */
static bool reserve(struct gate_table *t, uint32_t from)
{
    uint32_t n = t->n_chunks - from < GATE_RESERVE_CHUNKS ? t->n_chunks - from : GATE_RESERVE_CHUNKS;
    size_t at = t->chunks_at + (size_t)from * sizeof(struct gate_chunk);
    int rc;
    do
        rc = posix_fallocate(t->fd, (off_t)at, (off_t)(n * sizeof(struct gate_chunk)));
    while (rc == EINTR);
    if (rc != 0)
        return false;
    atomic_store(&t->pool->chunks_reserved, from + n);
    return true;
}

uint32_t gate_pool_take_chunk(struct gate_table *t)
{
    struct gate_pool *p = t->pool;
    uint32_t c = atomic_load(&p->free_chunk);
    if (c != GATE_NONE) {
        atomic_store(&p->free_chunk, atomic_load(&t->chunks[c].next));
    } else {
        c = atomic_load(&p->chunks_used);
        if (c == t->n_chunks || (c == atomic_load(&p->chunks_reserved) && !reserve(t, c)))
            return GATE_NONE;
        atomic_store(&p->chunks_used, c + 1);
    }
    gate_step();
    return c;
}

void gate_pool_give_slot(struct gate_table *t, uint32_t slot)
{
    atomic_store(&t->slots[slot].bucket, GATE_NONE);
    atomic_store(&t->slots[slot].next, atomic_load(&t->pool->free_slot));
    gate_step();
    atomic_store(&t->pool->free_slot, slot);
}

void gate_pool_give_chunks(struct gate_table *t, uint32_t first, uint32_t end)
{
    for (uint32_t c = first, next; c != end && c != GATE_NONE; c = next) {
        next = atomic_load(&t->chunks[c].next);
        atomic_store(&t->chunks[c].next, atomic_load(&t->pool->free_chunk));
        gate_step();
        atomic_store(&t->pool->free_chunk, c);
    }
}
