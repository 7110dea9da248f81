#include "store/hook_admin.h"

#include <string.h>
#include "store/rows.h"

/* A change by hand. Tried again after a lost answer it may find its own work
 * done: then what would be refused is success. */
struct changing {
    struct row_in in;
    unsigned tries;
    uint64_t done, receiver;
};

enum { NOTHING, DONE, REFUSED, DONE_BEFORE };

static enum status on_change(void *ctx, struct row_out *row)
{
    struct changing *q = ctx;
    q->done = row_u(row, 0);
    q->receiver = row->n > 1 ? row_u(row, 1) : 0;
    return row->status;
}

static enum link_result change_attempt(struct store *s, void *ctx)
{
    struct changing *q = ctx;
    q->tries++;
    q->done = NOTHING;
    enum link_result r = link_run(s, &q->in, on_change, q);
    if (!r && store_statements[q->in.id].columns[0] == '\0')
        q->done = s->affected ? DONE : NOTHING;
    return r;
}

static enum status change(struct store *s, struct changing *q, struct err *err)
{
    return link_repeat(s, LINK_WRITE, change_attempt, q, err);
}

/* --- events --- */

enum status store_hook_replay_one(struct store *s, struct sv webhook_id, int64_t age_us, uint64_t *receiver_r,
                                  struct err *err)
{
    struct changing q = {.tries = 0};
    row_in_init(&q.in, STORE_HOOK_REPLAY_ONE);
    row_in_s(&q.in, webhook_id);
    row_in_u(&q.in, (uint64_t)age_us);
    enum status st = change(s, &q, err);
    *receiver_r = st ? 0 : q.receiver;
    if (st || q.done == DONE || (q.done == REFUSED && q.tries > 1))
        return st;
    return q.done == NOTHING ? STATUS_NOT_FOUND : STATUS_CONFLICT;
}

enum status store_hook_replay(struct store *s, struct sv partner_code, int64_t since, int64_t until, int64_t age_us,
                              unsigned *n_r, struct err *err)
{
    struct row_in in;
    uint64_t n = 0;
    row_in_init(&in, STORE_HOOK_REPLAY);
    row_in_s(&in, partner_code);
    row_in_t(&in, since == CLOCK_NONE ? 0 : since);
    row_in_t(&in, until == CLOCK_NONE ? ROW_TIME_MAX : until);
    row_in_u(&in, (uint64_t)age_us);
    enum status st = link_one(s, LINK_WRITE, (struct link_one){.in = &in, .on_row = rows_number, .ctx = &n}, err);
    *n_r = (unsigned)n;
    return st;
}

enum status store_hook_cancel(struct store *s, struct sv webhook_id, struct sv reason, struct err *err)
{
    struct changing q = {.tries = 0};
    row_in_init(&q.in, STORE_HOOK_CANCEL);
    row_in_s(&q.in, webhook_id);
    row_in_s(&q.in, reason);
    enum status st = change(s, &q, err);
    if (st || q.done == DONE || (q.done == DONE_BEFORE && q.tries > 1))
        return st;
    return q.done == NOTHING ? STATUS_NOT_FOUND : STATUS_CONFLICT;
}

/* --- receivers --- */

static enum status undo(struct store *s, struct changing *q, struct err *err)
{
    enum status st = change(s, q, err);
    return st || q->done || q->tries > 1 ? st : STATUS_NOT_FOUND;
}

enum status store_hook_gone_clear(struct store *s, struct sv partner_code, struct sv url, struct err *err)
{
    struct changing q = {.tries = 0};
    row_in_init(&q.in, STORE_HOOK_GONE_CLEAR);
    row_in_s(&q.in, partner_code);
    row_in_s(&q.in, url);
    return undo(s, &q, err);
}

enum status store_hook_resume(struct store *s, uint64_t receiver, struct err *err)
{
    struct changing q = {.tries = 0};
    row_in_init(&q.in, STORE_HOOK_RESUME);
    row_in_u(&q.in, receiver);
    return undo(s, &q, err);
}

/* --- secrets --- */

static enum status read_secret(struct row_out *row, struct arena *a, void *to)
{
    struct store_secret *secret = to;
    secret->secret = row_s(row, 0, a);
    secret->previous = row_s(row, 1, a);
    secret->previous_until = row_t(row, 2);
    return row->status;
}

enum status store_secret_find(struct store *s, struct arena *a, struct sv partner_code, struct store_secret *out_r,
                              struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_SECRET_FIND);
    row_in_s(&in, partner_code);
    return rows_one(s, &in, (struct rows){.a = a, .read = read_secret, .list = out_r, .size = sizeof *out_r}, err);
}

enum status store_secret_rotate(struct store *s, struct sv partner_code, struct sv secret, int64_t overlap_us,
                                struct err *err)
{
    struct changing q = {.tries = 0};
    row_in_init(&q.in, STORE_SECRET_ROTATE);
    row_in_s(&q.in, partner_code);
    row_in_s(&q.in, secret);
    row_in_u(&q.in, (uint64_t)overlap_us);
    enum status st = change(s, &q, err);
    return st || q.done ? st : STATUS_NOT_FOUND;
}
