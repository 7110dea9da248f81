/* Per-request memory: allocate freely, free everything at once.
 * Not for threads. All memory stays valid until arena_reset or arena_free. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include "base/status.h"
#include "base/sv.h"

struct arena;

/* `cap`: most bytes the arena hands out between two resets. NULL: no memory. */
struct arena *arena_new(size_t cap);
/* Zeroed memory aligned for any type; NULL when out of memory or over the cap.
 * Requests of 64 KiB and more get a block of their own (given back at reset). */
void *arena_alloc(struct arena *a, size_t n);
void *arena_array(struct arena *a, size_t n, size_t size); /* overflow-checked */
/* Copies, NUL-terminated. sv_r->p is never NULL on success. */
enum status arena_dup(struct arena *a, struct sv s, struct sv *sv_r) MUST_USE;
const char *arena_str(struct arena *a, struct sv s); /* NUL-terminated copy or NULL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
size_t arena_used(const struct arena *a);
/* Forgets everything, keeps one small block for the next request. */
void arena_reset(struct arena *a);
void arena_free(struct arena **a); /* nulls; NULL is a no-op */

/* Tests only reach allocation failures through this: when set, it is asked
 * before every malloc of base/ (arena and buf) and may refuse it. */
extern int (*arena_alloc_hook)(size_t n); /* returns 0 to refuse; NULL: off */

#endif
