#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 * 1024) /* [bytes] of a small block; a request of that size gets its own */
#define ALIGN _Alignof(max_align_t)

/* Under ASan, memory not handed out is poisoned and a gap parts any two
 * allocations, so overruns and uses after a reset are seen. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#define GAP ALIGN
#else
#define GAP 0
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

int (*arena_alloc_hook)(size_t n);

struct block {
    struct block *next;
    _Alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *small; /*!< the newest first; only it has room left */
    struct block *large;
    size_t small_used; /*!< [bytes] of the newest small block */
    size_t used;
    size_t cap;
};

/* Zeroed. */
static void *ask(size_t n)
{
    if (arena_alloc_hook && !arena_alloc_hook(n))
        return NULL;
    return calloc(1, n);
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = ask(sizeof *a);
    /* Such a cap keeps all sums of sizes below far from overflow. */
    if (a)
        a->cap = cap < PTRDIFF_MAX / 2 ? cap : PTRDIFF_MAX / 2;
    return a;
}

static void *push(struct block **list, size_t n)
{
    struct block *b = ask(sizeof *b + n);
    if (!b)
        return NULL;
    b->next = *list;
    *list = b;
    return b->data;
}

static void *from_small(struct arena *a, size_t n)
{
    if (!a->small || n + GAP > BLOCK_SIZE - a->small_used) {
        unsigned char *data = push(&a->small, BLOCK_SIZE);
        if (!data)
            return NULL;
        ASAN_POISON_MEMORY_REGION(data, BLOCK_SIZE);
        a->small_used = 0;
    }
    unsigned char *p = a->small->data + a->small_used;
    a->small_used += n + GAP;
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > a->cap - a->used)
        return NULL;
    size_t size = n == 0 ? ALIGN : (n + ALIGN - 1) / ALIGN * ALIGN;
    if (size > a->cap - a->used)
        return NULL;
    void *p = size + GAP >= BLOCK_SIZE ? push(&a->large, size) : from_small(a, size);
    if (!p)
        return NULL;
    a->used += size;
    ASAN_UNPOISON_MEMORY_REGION(p, n);
    if (size + GAP < BLOCK_SIZE)
        memset(p, 0, n); /* a kept block holds the last request's bytes */
    return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t total;
    return __builtin_mul_overflow(n, size, &total) ? NULL : arena_alloc(a, total);
}

enum status arena_dup(struct arena *a, struct sv s, struct sv *sv_r)
{
    char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
    if (!p)
        return STATUS_NO_MEMORY;
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    *sv_r = (struct sv){p, s.n};
    return STATUS_OK;
}

const char *arena_str(struct arena *a, struct sv s)
{
    struct sv copy;
    return arena_dup(a, s, &copy) == STATUS_OK ? copy.p : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
    if (p)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
    return p;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

static void drop(struct block **list)
{
    while (*list) {
        struct block *b = *list;
        *list = b->next;
        free(b);
    }
}

void arena_reset(struct arena *a)
{
    drop(&a->large);
    if (a->small) {
        drop(&a->small->next);
        ASAN_POISON_MEMORY_REGION(a->small->data, BLOCK_SIZE);
    }
    a->small_used = 0;
    a->used = 0;
}

void arena_free(struct arena **a)
{
    if (!*a)
        return;
    drop(&(*a)->large);
    drop(&(*a)->small);
    free(*a);
    *a = NULL;
}
