#include <string.h>
#include "store/hook_admin.h"
#include "store/hook_row.h"
#include "store/rows.h"

/* --- events --- */

enum {
    HOOK_STATE,
    HOOK_ID,
    HOOK_PARTNER,
    HOOK_CODE,
    HOOK_RECEIVER,
    HOOK_TICKET,
    HOOK_SEQ,
    HOOK_EVENT,
    HOOK_URL,
    HOOK_BODY,
    HOOK_ATTEMPTS,
    HOOK_CREATED,
    HOOK_DUE,
    HOOK_SETTLED,
    HOOK_LEASED,
    HOOK_HELD,
    HOOK_REASON
};

static enum status read_hook(struct row_out *row, struct arena *a, void *to)
{
    struct store_hook *h = to;
    memset(h, 0, sizeof *h);
    h->state = (enum store_hook_state)row_u(row, HOOK_STATE);
    row_str(row, HOOK_ID, h->webhook_id, sizeof h->webhook_id);
    h->partner_id = (uint32_t)row_u(row, HOOK_PARTNER);
    h->partner_code = row_s(row, HOOK_CODE, a);
    h->receiver = row_u(row, HOOK_RECEIVER);
    h->ticket_number = row_u(row, HOOK_TICKET);
    h->seq = (uint32_t)row_u(row, HOOK_SEQ);
    h->event = hook_row_event(row, HOOK_EVENT);
    h->url = row_s(row, HOOK_URL, a);
    h->body = row_s(row, HOOK_BODY, a);
    h->attempts = (uint32_t)row_u(row, HOOK_ATTEMPTS);
    h->created_at = row_t(row, HOOK_CREATED);
    h->next_due = row_t(row, HOOK_DUE);
    h->settled_at = row_t(row, HOOK_SETTLED);
    h->leased = row_u(row, HOOK_LEASED) != 0;
    h->held = row_u(row, HOOK_HELD) != 0;
    h->reason = row_s(row, HOOK_REASON, a);
    return row->status;
}

static enum store_stmt statement_of(const struct store_hook_filter *f)
{
    static const struct {
        enum store_stmt all, of_partner, of_ticket;
    } statements[] = {
        [STORE_HOOK_IS_PENDING] = {STORE_HOOK_PENDING, STORE_HOOK_PENDING, STORE_HOOK_PENDING_OF_TICKET},
        [STORE_HOOK_IS_DEAD] = {STORE_HOOK_DEAD_ONES, STORE_HOOK_DEAD_OF_PARTNER, STORE_HOOK_DEAD_OF_TICKET},
        [STORE_HOOK_IS_DELIVERED] = {STORE_HOOK_DELIVERED_ONES, STORE_HOOK_DELIVERED_OF_PARTNER,
                                     STORE_HOOK_DELIVERED_OF_TICKET},
    };
    if (f->ticket_number)
        return statements[f->state].of_ticket;
    return f->partner_code.p ? statements[f->state].of_partner : statements[f->state].all;
}

enum status store_hook_list(struct store *s, struct arena *a, const struct store_hook_filter *f,
                            struct store_hook **hooks_r, size_t *n_r, bool *more_r, struct err *err)
{
    struct row_in in;
    void *list;
    unsigned limit = f->limit < STORE_HOOK_LIST_MAX ? f->limit : STORE_HOOK_LIST_MAX;
    enum store_stmt id = statement_of(f);
    row_in_init(&in, id);
    /* As many places for the partner's code as the statement has. */
    for (const char *letter = store_statements[id].params; *letter == 's'; letter++)
        row_in_s(&in, f->partner_code);
    if (f->ticket_number)
        row_in_u(&in, f->ticket_number);
    row_in_t(&in, f->since == CLOCK_NONE ? 0 : f->since);
    row_in_t(&in, f->until == CLOCK_NONE ? ROW_TIME_MAX : f->until);
    row_in_u(&in, limit + 1u);
    enum status st =
        rows_all(s, &in, (struct rows){.a = a, .read = read_hook, .size = sizeof **hooks_r}, &list, n_r, err);
    *hooks_r = list;
    *more_r = !st && *n_r > limit;
    if (*more_r)
        *n_r = limit;
    return st;
}

enum status store_hook_find(struct store *s, struct arena *a, struct sv webhook_id, struct store_hook *out_r,
                            struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_HOOK_FIND);
    row_in_s(&in, webhook_id);
    row_in_s(&in, webhook_id);
    row_in_s(&in, webhook_id);
    return rows_one(s, &in, (struct rows){.a = a, .read = read_hook, .list = out_r, .size = sizeof *out_r}, err);
}

static enum status read_attempt(struct row_out *row, struct arena *a, void *to)
{
    struct store_hook_attempt *t = to;
    t->attempt = (uint32_t)row_u(row, 0);
    t->delivered = row_u(row, 1) != 0;
    t->http_status = (unsigned)row_u(row, 2);
    t->duration_ms = (uint32_t)row_u(row, 3);
    t->at = row_t(row, 4);
    t->error = row_s(row, 5, a);
    t->answer = row_s(row, 6, a);
    return row->status;
}

enum status store_hook_attempts(struct store *s, struct arena *a, struct sv webhook_id,
                                struct store_hook_attempt **attempts_r, size_t *n_r, struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_HOOK_ATTEMPTS);
    row_in_s(&in, webhook_id);
    struct rows rows = {.a = a, .read = read_attempt, .size = sizeof **attempts_r};
    enum status st = rows_all(s, &in, rows, &list, n_r, err);
    *attempts_r = list;
    return st;
}

/* --- receivers --- */

static enum status read_figures(struct row_out *row, struct arena *a, void *to)
{
    struct store_hook_figures *f = to;
    f->receiver = row_u(row, 0);
    f->partner_id = (uint32_t)row_u(row, 1);
    f->partner_code = row_s(row, 2, a);
    f->origin = row_s(row, 3, a);
    f->pending = row_u(row, 4);
    f->due = row_u(row, 5);
    f->retrying = row_u(row, 6);
    f->dead = row_u(row, 7);
    f->oldest = row_t(row, 8);
    f->failures = (uint32_t)row_u(row, 9);
    f->paused_until = row_t(row, 10);
    f->last_success = row_t(row, 11);
    f->last_failure = row_t(row, 12);
    return row->status;
}

enum status store_hook_stats(struct store *s, struct arena *a, struct sv partner_code,
                             struct store_hook_figures **figures_r, size_t *n_r, struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_HOOK_STATS);
    row_in_s(&in, partner_code);
    row_in_s(&in, partner_code);
    struct rows rows = {.a = a, .read = read_figures, .size = sizeof **figures_r};
    enum status st = rows_all(s, &in, rows, &list, n_r, err);
    *figures_r = list;
    return st;
}

static enum status read_gone(struct row_out *row, struct arena *a, void *to)
{
    struct store_hook_gone *g = to;
    g->partner_code = row_s(row, 0, a);
    g->url = row_s(row, 1, a);
    row_str(row, 2, g->webhook_id, sizeof g->webhook_id);
    g->at = row_t(row, 3);
    return row->status;
}

enum status store_hook_gone_list(struct store *s, struct arena *a, struct sv partner_code,
                                 struct store_hook_gone **gone_r, size_t *n_r, struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_HOOK_GONE_LIST);
    row_in_s(&in, partner_code);
    row_in_s(&in, partner_code);
    enum status st =
        rows_all(s, &in, (struct rows){.a = a, .read = read_gone, .size = sizeof **gone_r}, &list, n_r, err);
    *gone_r = list;
    return st;
}
