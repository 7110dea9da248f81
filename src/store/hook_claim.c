#include <string.h>
#include "store/hook_row.h"
#include "store/hook_store.h"
#include "store/rows.h"

/* --- looking --- */

static enum status read_due(struct row_out *row, struct arena *a, void *to)
{
    struct store_hook_due *due = to;
    (void)a;
    due->receiver = row_u(row, 0);
    due->first_due = row_t(row, 1);
    due->wait_us = due->first_due - row_t(row, 2);
    due->partner_id = (uint32_t)row_u(row, 3);
    due->paused_us = row_is_null(row, 4) ? 0 : row_t(row, 4) - row_t(row, 2);
    return row->status;
}

enum status store_hook_due(struct store *s, struct arena *a, uint64_t after, unsigned max,
                           struct store_hook_due **due_r, size_t *n_r, struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_HOOK_DUE);
    row_in_u(&in, after);
    row_in_u(&in, max < STORE_HOOK_DUE_MAX ? max : STORE_HOOK_DUE_MAX);
    enum status st = rows_all(s, &in, (struct rows){.a = a, .read = read_due, .size = sizeof **due_r}, &list, n_r, err);
    *due_r = list;
    return st;
}

/* --- claiming --- */

struct claiming {
    const struct store_hook_claim *claim;
    struct arena *a;
    struct store_hook_claimed *out;
    size_t room;
    bool again; /*!< an earlier try may have leased something */
};

enum { STATE_FAILURES, STATE_PROBE, STATE_PAUSED, STATE_MORE, STATE_BURIED, STATE_PUT_OFF, STATE_FLOOR };
enum {
    JOB_ID,
    JOB_WEBHOOK,
    JOB_PARTNER,
    JOB_CODE,
    JOB_HOSTS,
    JOB_TICKET,
    JOB_SEQ,
    JOB_EVENT,
    JOB_URL,
    JOB_BODY,
    JOB_ATTEMPTS,
    JOB_CREATED,
    JOB_SECRET,
    JOB_PREVIOUS
};

static enum status read_state(struct row_out *row, struct store_hook_claimed *out)
{
    out->failures = (uint32_t)row_u(row, STATE_FAILURES);
    out->probe = row_u(row, STATE_PROBE) != 0;
    out->paused_us = (int64_t)row_u(row, STATE_PAUSED);
    out->more = row_u(row, STATE_MORE) != 0;
    out->buried = (unsigned)row_u(row, STATE_BURIED);
    out->put_off = (unsigned)row_u(row, STATE_PUT_OFF);
    out->floor = row_t(row, STATE_FLOOR);
    return row->status;
}

static enum status read_job(struct row_out *row, struct arena *a, struct store_hook_job *job)
{
    job->id = row_u(row, JOB_ID);
    row_str(row, JOB_WEBHOOK, job->webhook_id, sizeof job->webhook_id);
    job->partner_id = (uint32_t)row_u(row, JOB_PARTNER);
    job->partner_code = row_s(row, JOB_CODE, a);
    job->hosts = row_s(row, JOB_HOSTS, a);
    job->ticket_number = row_u(row, JOB_TICKET);
    job->seq = (uint32_t)row_u(row, JOB_SEQ);
    job->event = hook_row_event(row, JOB_EVENT);
    job->url = row_s(row, JOB_URL, a);
    job->body = row_s(row, JOB_BODY, a);
    job->attempts = (uint32_t)row_u(row, JOB_ATTEMPTS);
    job->created_at = row_t(row, JOB_CREATED);
    job->secret = row_s(row, JOB_SECRET, a);
    job->previous_secret = row_s(row, JOB_PREVIOUS, a);
    return row->status;
}

static enum status on_claim(void *ctx, struct row_out *row)
{
    struct claiming *q = ctx;
    if (row->set == 0)
        return read_state(row, q->out);
    if (q->out->n == q->room)
        return STATUS_OK; /* what a second try leased beside the first: theirs when its lease is over */
    struct store_hook_job *job = &q->out->jobs[q->out->n++];
    memset(job, 0, sizeof *job);
    job->receiver = q->claim->receiver;
    return read_job(row, q->a, job);
}

static enum link_result claim_attempt(struct store *s, void *ctx)
{
    struct claiming *q = ctx;
    const struct store_hook_claim *c = q->claim;
    struct row_in in;
    row_in_init(&in, STORE_HOOK_CLAIM);
    row_in_u(&in, c->receiver);
    row_in_b(&in, (struct sv){(const char *)c->token, sizeof c->token});
    row_in_u(&in, q->room);
    row_in_u(&in, c->retries);
    row_in_t(&in, c->floor);
    row_in_u(&in, (uint64_t)c->lease_us);
    row_in_u(&in, (uint64_t)c->hold_us);
    row_in_u(&in, q->again);
    q->out->n = 0;
    q->again = true;
    return link_run(s, &in, on_claim, q);
}

enum status store_hook_claim(struct store *s, struct arena *a, const struct store_hook_claim *claim,
                             struct store_hook_claimed *out_r, struct err *err)
{
    struct claiming q = {.claim = claim, .a = a, .out = out_r, .again = claim->again};
    q.room = claim->want < STORE_HOOK_CLAIM_MAX ? claim->want : STORE_HOOK_CLAIM_MAX;
    memset(out_r, 0, sizeof *out_r);
    out_r->jobs = arena_array(a, q.room + 1, sizeof *out_r->jobs);
    if (!out_r->jobs)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    return link_repeat(s, LINK_WRITE, claim_attempt, &q, err);
}

/* --- expiring --- */

enum status store_hook_expire(struct store *s, uint64_t receiver, int64_t age_us, unsigned *n_r, struct err *err)
{
    struct row_in in;
    uint64_t n = 0;
    row_in_init(&in, STORE_HOOK_EXPIRE);
    row_in_u(&in, receiver);
    row_in_u(&in, (uint64_t)age_us);
    enum status st = link_one(s, LINK_WRITE, (struct link_one){.in = &in, .on_row = rows_number, .ctx = &n}, err);
    *n_r = (unsigned)n;
    return st;
}
