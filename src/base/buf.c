#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define SIZE_FIRST 256 /* [bytes] */

void buf_init(struct buf *b, size_t cap)
{
    /* Leaves room for the NUL, and for doubling without overflow. */
    *b = (struct buf){.cap = cap < PTRDIFF_MAX / 2 ? cap : PTRDIFF_MAX / 2};
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.cap = b->cap};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->status = STATUS_OK;
    if (b->p)
        b->p[0] = '\0';
}

static void fail(struct buf *b, enum status s)
{
    if (b->status == STATUS_OK)
        b->status = s;
}

static bool grow(struct buf *b, size_t need)
{
    size_t size = b->size ? b->size : SIZE_FIRST;
    while (size < need)
        size *= 2;
    if (size > b->cap + 1)
        size = b->cap + 1;
    char *p = arena_alloc_hook && !arena_alloc_hook(size) ? NULL : realloc(b->p, size);
    if (!p)
        return false;
    b->p = p;
    b->size = size;
    b->p[b->n] = '\0';
    return true;
}

char *buf_room(struct buf *b, size_t n)
{
    if (b->status != STATUS_OK)
        return NULL;
    if (n > b->cap - b->n) {
        fail(b, STATUS_TOO_LARGE);
        return NULL;
    }
    if (b->n + n + 1 > b->size && !grow(b, b->n + n + 1)) {
        fail(b, STATUS_NO_MEMORY);
        return NULL;
    }
    return b->p + b->n;
}

void buf_claim(struct buf *b, size_t n)
{
    if (b->status != STATUS_OK || !b->p)
        return;
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    char *to = n > 0 ? buf_room(b, n) : NULL;
    if (!to)
        return;
    memcpy(to, p, n);
    buf_claim(b, n);
}

void buf_sv(struct buf *b, struct sv s)
{
    buf_add(b, s.p, s.n);
}

void buf_str(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n < 0) {
        fail(b, STATUS_TOO_LARGE);
    } else {
        char *to = buf_room(b, (size_t)n);
        if (to) {
            vsnprintf(to, (size_t)n + 1, fmt, again);
            buf_claim(b, (size_t)n);
        }
    }
    va_end(again);
    va_end(ap);
}

struct sv buf_view(const struct buf *b)
{
    return b->p ? (struct sv){b->p, b->n} : SV("");
}
