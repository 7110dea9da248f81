/* What lies in the shared file, and one process' view of it. Only gate/ itself
 * includes this. Everything in the file is reached by index, never by pointer.
 *
 * Being killed at any instruction must leave a valid state, so every change is
 * prepared where nobody looks and then made true by one atomic store. What a
 * dead process had taken from a pool and not yet put to use is found again by
 * walking everything that is in use (gate/pool.c). */
#ifndef GATE_LAYOUT_H
#define GATE_LAYOUT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_LAYOUT 1                            /*!< moves with every change of the structs below */
#define GATE_MAGIC UINT64_C(0x3145544147494e4f)  /*!< written last, before the file gets its name */
#define GATE_NONE UINT32_MAX                     /*!< no slot, no chunk, no bucket */
#define GATE_LINE 64                             /*!< [bytes] of a cache line */
#define GATE_STAMPS 62                           /*!< admissions in a chunk */
#define GATE_RATE_MIB_MAX 4096                   /*!< [MiB] */
#define GATE_WINDOW_BUCKETS 4096                 /*!< locks; a power of two */
#define GATE_WINDOW_SLOTS 16384                  /*!< (key, class) pairs seen within a minute */
#define GATE_GUESS_BUCKETS 1024                  /*!< a power of two */
#define GATE_GUESS_SLOTS 4096                    /*!< addresses counted at a time */
#define GATE_GUESS_CHUNKS (4 * GATE_GUESS_SLOTS) /*!< never runs out: GATE_GUESSES_MAX admissions lie in at most 3 */
#define GATE_RESERVE_CHUNKS UINT32_C(4096) /*!< chunks (1 MiB) for which room on the file system is taken at a time */

/* Admission times of one window, oldest first, as a list of chunks. A stamp is
 * the low half of the monotonic clock's microseconds: all stamps of a slot lie
 * within a minute of slot.last, so the high half is known. */
struct gate_chunk {
    _Atomic uint32_t next; /*!< in the window, or in the free list */
    _Atomic uint32_t base; /*!< sequence number of stamp[0] */
    uint32_t stamp[GATE_STAMPS];
};

/* A place in a window: chunk << 32 | sequence number, so that both move at once.
 * Sequence numbers wrap; tail's minus head's is the number of admissions. */
typedef uint64_t gate_place;

/* One window. Guarded by its bucket's lock; `bucket`, `next` and the chunk part
 * of the places change under the pool's lock as well. */
struct gate_slot {
    uint64_t id;
    uint32_t class;
    _Atomic uint32_t bucket; /*!< GATE_NONE: free */
    _Atomic uint32_t next;   /*!< in the bucket, or in the free list */
    _Atomic gate_place head; /*!< the oldest admission */
    _Atomic gate_place tail; /*!< where the next one goes; its chunk may be full */
    _Atomic int64_t last;    /*!< [us] monotonic, latest time this window was asked at */
    unsigned char spare[16];
};

struct gate_bucket {
    _Alignas(GATE_LINE) pthread_mutex_t lock; /*!< of all its slots */
    _Atomic uint32_t first;
};

/* Free slots and chunks: lists of used ones, and the first never used. Guarded by
 * `lock`, which is only ever taken inside a bucket's. */
struct gate_pool {
    _Alignas(GATE_LINE) pthread_mutex_t lock;
    _Atomic uint32_t free_slot, slots_used;
    _Atomic uint32_t free_chunk, chunks_used, chunks_reserved;
    _Atomic uint32_t hand; /*!< where the next search for a slot to evict begins */
    _Atomic int64_t floor; /*!< [us] latest time at which a slot was let go: no window starts before it */
};

struct gate_page {
    _Atomic uint64_t magic;
    uint32_t layout, rate_mib;
    uint64_t seed; /*!< random: nobody can aim at a bucket */
    _Alignas(GATE_LINE) _Atomic uint64_t generation;
    _Alignas(GATE_LINE) _Atomic int64_t next_probe; /*!< [us] monotonic; 0: the breaker is closed */
    struct gate_pool windows, guesses;
};

_Static_assert(sizeof(struct gate_chunk) == 256, "chunks fill cache lines");
_Static_assert(sizeof(struct gate_slot) == GATE_LINE, "a slot is a cache line");
_Static_assert(sizeof(struct gate_bucket) == GATE_LINE, "a bucket is a cache line");
_Static_assert(sizeof(struct gate_page) <= 4096, "the header is a page");

/* Where one set of windows lies in this process. */
struct gate_table {
    struct gate_pool *pool;
    struct gate_bucket *buckets;
    struct gate_slot *slots;
    struct gate_chunk *chunks;
    uint64_t *marks; /*!< scratch bits for gate/pool.c: slots, then chunks */
    uint32_t n_buckets, n_slots, n_chunks;
    bool evicts; /*!< full: forgets the least recently used (else: refuses) */
    uint64_t seed;
    int fd;           /*!< borrowed from gate_shared */
    size_t chunks_at; /*!< [bytes] offset in the file */
};

struct gate_shared {
    int fd;
    size_t size; /*!< [bytes] */
    struct gate_page *page;
    struct gate_table windows, guesses;
};

static inline gate_place gate_place_at(uint32_t chunk, uint32_t seq)
{
    return (gate_place)chunk << 32 | seq;
}

static inline uint32_t gate_place_chunk(gate_place p)
{
    return (uint32_t)(p >> 32);
}

static inline uint32_t gate_place_seq(gate_place p)
{
    return (uint32_t)p;
}

/* Tests only kill processes through this: when set, it is called between any two
 * stores whose order matters. */
extern void (*gate_step_hook)(void); /* NULL: off */

static inline void gate_step(void)
{
    if (__builtin_expect(gate_step_hook != NULL, 0))
        gate_step_hook();
}

#endif
