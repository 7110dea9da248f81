#include <stdlib.h>
#include "base/buf.h"
#include "store/hook_store.h"
#include "store/rows.h"

/* [bytes] of one member's JSON: its texts, each character escaped, and its numbers */
#define OUTCOME_MAX (4 * STORE_HOOK_ERROR_MAX + 256)
#define TOLD_MAX (2 * STORE_HOOK_ORIGIN_MAX + 128)
#define WOKEN_MORE 16 /* receivers beyond one for each outcome: tickets whose events go to several */

/* --- JSON, for JSON_TABLE --- */

/* Printable ASCII only: one odd byte must not keep a whole batch from being settled. */
static void add_text(struct buf *b, const char *s)
{
    buf_char(b, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buf_char(b, '\\');
        buf_char(b, *s >= ' ' && *s <= '~' ? *s : '?');
    }
    buf_char(b, '"');
}

/* Each member costs the server time, so what a delivered one does not have is left out. */
static void add_outcome(struct buf *b, const struct store_hook_outcome *o)
{
    char token[CRYPTO_HEX_SIZE(STORE_HOOK_TOKEN_SIZE)];
    unsigned http_status = o->http_status <= UINT16_MAX ? o->http_status : 0;
    crypto_hex(o->token, sizeof o->token, token);
    buf_printf(b, "%s[%llu,\"%s\",%u,%u,%u,", b->n > 1 ? "," : "", (unsigned long long)o->id, token,
               (unsigned)o->verdict, http_status, o->duration_ms);
    add_text(b, o->answer);
    if (o->verdict != STORE_HOOK_DELIVERED || o->error[0]) {
        buf_char(b, ',');
        add_text(b, o->error);
        buf_printf(b, ",%lld,%lld", (long long)o->wait_us, (long long)o->hold_us);
    }
    buf_char(b, ']');
}

static int by_id(const void *a, const void *b)
{
    const struct store_hook_outcome *const *x = a, *const *y = b;
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* Always locked in the order of their ids, whatever order they ended in: so two
 * batches, or a batch and a claim, seldom block each other. */
static enum status add_outcomes(struct buf *b, struct arena *a, const struct store_hook_outcome *outcomes, size_t n)
{
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
    const struct store_hook_outcome **sorted = arena_array(a, n + 1, sizeof *sorted);
    if (!sorted)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &outcomes[i];
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): as above */
    qsort(sorted, n, sizeof *sorted, by_id);
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++)
        add_outcome(b, sorted[i]);
    buf_char(b, ']');
    return b->status;
}

static void add_told(struct buf *b, const struct store_hook_told *t)
{
    buf_printf(b, "%s[%llu,%u,", b->n > 1 ? "," : "", (unsigned long long)t->receiver, t->partner_id);
    add_text(b, t->origin);
    buf_printf(b, ",%u,%d,%d,%lld,%d]", t->failures, t->succeeded, t->failed, (long long)t->pause_us, t->resumed);
}

static enum status add_all_told(struct buf *b, const struct store_hook_told *told, size_t n)
{
    buf_char(b, '[');
    for (size_t i = 0; i < n; i++)
        add_told(b, &told[i]);
    buf_char(b, ']');
    return b->status;
}

/* --- finishing --- */

struct finishing {
    struct row_in in;
    uint64_t *woken;
    size_t n, room;
};

static void forget(void *ctx)
{
    struct finishing *q = ctx;
    q->n = 0;
}

static enum status on_woken(void *ctx, struct row_out *row)
{
    struct finishing *q = ctx;
    if (q->n == q->room)
        return STATUS_OK; /* the next look finds it */
    q->woken[q->n++] = row_u(row, 0);
    return row->status;
}

enum status store_hook_finish(struct store *s, struct arena *a, const struct store_hook_outcome *outcomes, size_t n,
                              const struct store_hook_told *told, size_t n_told, uint64_t **woken_r, size_t *n_woken_r,
                              struct err *err)
{
    struct buf b, t;
    struct finishing q = {.room = n + WOKEN_MORE};
    *n_woken_r = 0;
    *woken_r = q.woken = arena_array(a, q.room, sizeof *q.woken);
    if (n > STORE_HOOK_OUTCOMES_MAX || n_told > STORE_HOOK_OUTCOMES_MAX)
        return err_set(err, STATUS_TOO_LARGE, "database: hook-finish: too many outcomes");
    buf_init(&b, n * OUTCOME_MAX + 2);
    buf_init(&t, n_told * TOLD_MAX + 2);
    enum status st = q.woken ? add_outcomes(&b, a, outcomes, n) : STATUS_NO_MEMORY;
    if (!st)
        st = add_all_told(&t, told, n_told);
    if (st) {
        err_set(err, st, "database: hook-finish: %s", status_name(st));
    } else {
        row_in_init(&q.in, STORE_HOOK_FINISH);
        row_in_s(&q.in, buf_view(&b));
        row_in_s(&q.in, buf_view(&t));
        struct link_one one = {.in = &q.in, .on_row = on_woken, .again = forget, .ctx = &q};
        st = link_one(s, LINK_WRITE, one, err);
    }
    *n_woken_r = st ? 0 : q.n;
    buf_free(&b);
    buf_free(&t);
    return st;
}
