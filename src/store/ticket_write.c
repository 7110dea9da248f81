#include <string.h>
#include "store/attachment.h"
#include "store/rows.h"
#include "store/ticket_row.h"
#include "store/ticket_store.h"

/* --- opening --- */

enum open_outcome { OPEN_NEW, OPEN_MINE, OPEN_EXISTS };

struct opening {
    const struct store_open *o;
    struct row_in *in;
    struct arena *a;
    struct ticket *existing;
    unsigned char hash[CRYPTO_SHA256_SIZE]; /*!< of the existing ticket's request */
    uint64_t outcome, number;
    bool has_existing;
};

/* The service's and the customer's part of a ticket's row. */
static void in_texts(struct row_in *in, const struct ticket *t)
{
    row_in_s(in, t->channel_reference_id);
    row_in_s(in, t->title);
    row_in_s(in, t->description);
    row_in_s(in, t->category);
    row_in_s(in, t->customer_name);
    row_in_s(in, t->customer_email);
    row_in_s(in, t->customer_phone);
    row_in_s(in, t->customer_identifier);
    row_in_s(in, t->customer_department);
    row_in_s(in, t->customer_language);
    row_in_s(in, t->branch_code);
    row_in_s(in, t->service_name);
    row_in_s(in, t->support_group);
    row_in_u(in, t->sla_hours);
    row_in_s(in, t->tracking_url_base);
    row_in_s(in, t->assignee);
    row_in_s(in, t->metadata);
    row_in_s(in, t->webhook_url);
    row_in_s(in, t->api_version);
}

static void in_open_job(struct row_in *in, const struct store_job *job)
{
    row_in_u(in, job ? job->receiver : 0);
    row_in_str(in, job ? ticket_event_name(job->event) : NULL);
    row_in_s(in, job ? job->url : SV_NONE);
    row_in_b(in, job ? job->head : SV_NONE);
    row_in_b(in, job ? job->tail : SV_NONE);
}

static void in_open(struct row_in *in, const struct store_open *o)
{
    const struct ticket *t = o->ticket;
    row_in_str(in, t->id);
    row_in_u(in, t->partner_id);
    row_in_b(in, o->request_key);
    row_in_t(in, t->created_at);
    row_in_str(in, o->job ? o->job->id : NULL);
    row_in_hash(in, o->request_key.p ? o->body_hash : NULL);
    row_in_str(in, ticket_status_name(t->status));
    row_in_str(in, ticket_priority_name(t->priority));
    row_in_str(in, ticket_channel_name(t->channel));
    row_in_str(in, ticket_service_type_name(t->service_type));
    in_texts(in, t);
    row_in_t(in, t->estimated_at);
    row_in_t(in, t->response_deadline);
    row_in_t(in, t->resolution_deadline);
    row_in_u(in, o->n_attachments);
    row_in_str(in, o->comment.id);
    row_in_s(in, o->comment.content);
    row_in_s(in, o->comment.author);
    row_in_t(in, o->comment.at);
    row_in_u(in, o->comment.from_support);
    row_in_str(in, o->event_id);
    row_in_s(in, o->actor);
    in_open_job(in, o->job);
}

static enum status on_open(void *ctx, struct row_out *row)
{
    struct opening *q = ctx;
    if (row->set == 1) {
        q->has_existing = true;
        return ticket_row_full(row, q->a, q->existing, q->hash);
    }
    q->outcome = row_u(row, 0);
    q->number = row_u(row, 1);
    return row->status;
}

/* The attachments were there already: an earlier attempt's COMMIT came through,
 * ticket and all. Only asks; writing now would be a ticket without its files. */
static enum link_result open_settle(struct store *s, struct opening *q)
{
    struct row_in in;
    row_in_init(&in, STORE_TICKET_NUMBER_BY_ID);
    row_in_str(&in, q->o->ticket->id);
    q->outcome = OPEN_MINE;
    q->number = 0;
    enum link_result r = link_run(s, &in, rows_number, &q->number);
    if (!r && !q->number)
        return link_refuse(s, STATUS_INTERNAL, "database: ticket-open: attachments without their ticket");
    return r;
}

static enum link_result open_attempt(struct store *s, void *ctx)
{
    struct opening *q = ctx;
    const struct store_open *o = q->o;
    enum link_result r = attachment_write(s, o->ticket->id, o->attachments, o->n_attachments, 1);
    if (r == LINK_DUPLICATE)
        return open_settle(s, q);
    if (r)
        return r;
    q->has_existing = false;
    r = link_run(s, q->in, on_open, q);
    if (!r && q->outcome == OPEN_EXISTS && !q->has_existing)
        return link_refuse(s, STATUS_INTERNAL, "database: ticket-open: a unique value is taken by nobody");
    return r;
}

enum status store_ticket_open(struct store *s, struct arena *a, const struct store_open *o, uint64_t *number_r,
                              struct ticket *existing_r, bool *same_r, struct err *err)
{
    struct row_in in;
    struct opening q = {.o = o, .in = &in, .a = a, .existing = existing_r};
    row_in_init(&in, STORE_TICKET_OPEN);
    in_open(&in, o);
    enum status st = link_repeat(s, LINK_WRITE, open_attempt, &q, err);
    if (st)
        return st;
    *same_r = false;
    if (q.outcome == OPEN_EXISTS) {
        *same_r = memcmp(q.hash, o->body_hash, sizeof q.hash) == 0;
        return STATUS_EXISTS;
    }
    *number_r = q.number;
    return STATUS_OK;
}

struct numbers {
    uint64_t *number;
    unsigned n;
};

static enum status on_numbers(void *ctx, struct row_out *row)
{
    struct numbers *q = ctx;
    for (unsigned i = 0; i < q->n; i++)
        q->number[i] = row_u(row, i);
    return row->status;
}

enum status store_ticket_open_together(struct store *s, const struct store_open *const *o, size_t n,
                                       uint64_t *numbers_r, struct err *err)
{
    struct row_in in;
    struct numbers q = {numbers_r, (unsigned)n};
    if (n < 2 || n > STORE_TOGETHER_MAX)
        return err_set(err, STATUS_TOO_LARGE, "from 2 to %d tickets at once", STORE_TOGETHER_MAX);
    row_in_init(&in, (enum store_stmt)(STORE_TICKET_OPEN_2 + n - 2));
    for (size_t i = 0; i < n; i++)
        in_open(&in, o[i]);
    return link_one(s, LINK_WRITE_TOGETHER, (struct link_one){.in = &in, .on_row = on_numbers, .ctx = &q}, err);
}

/* --- updating --- */

struct updating {
    const struct store_update *u;
    struct row_in *in;
    uint64_t done; /*!< 1: written, now or by an earlier attempt; 0: conflict */
};

static void in_update_job(struct row_in *in, const struct store_update *u, unsigned i)
{
    const struct store_job *job = i < u->n_jobs ? &u->jobs[i] : NULL;
    row_in_u(in, job ? job->receiver : 0);
    row_in_str(in, job ? ticket_event_name(job->event) : NULL);
    row_in_s(in, job ? job->url : SV_NONE);
    row_in_b(in, job ? job->head : SV_NONE);
}

static void in_update_row(struct row_in *in, const struct store_update *u)
{
    const struct ticket *t = u->after;
    uint32_t n_comments = u->before->n_comments + (u->comment ? 1 : 0);
    row_in_str(in, ticket_status_name(t->status));
    row_in_s(in, t->assignee);
    row_in_t(in, t->resolved_at);
    row_in_t(in, t->closed_at);
    row_in_t(in, t->first_response_at);
    row_in_u(in, n_comments);
    row_in_u(in, u->before->n_attachments + u->n_attachments);
    row_in_u_or_null(in, u->comment && !u->comment->internal, n_comments);
    row_in_u(in, u->before->hook_seq + u->n_jobs);
}

static void in_update_comment(struct row_in *in, const struct store_update *u)
{
    const struct ticket_comment *c = u->comment;
    row_in_u(in, u->before->n_comments + 1u);
    row_in_s(in, c ? c->content : SV_NONE);
    row_in_s(in, c ? c->author : SV_NONE);
    row_in_t(in, c ? c->at : CLOCK_NONE);
    row_in_u(in, c && c->from_support);
    row_in_u(in, c && c->internal);
}

static void in_update(struct row_in *in, const struct store_update *u)
{
    row_in_init(in, STORE_TICKET_UPDATE);
    row_in_u(in, u->before->number);
    row_in_u(in, u->before->version);
    row_in_u(in, u->before->partner_id);
    row_in_str(in, u->event_id);
    row_in_t(in, u->after->updated_at);
    row_in_u(in, u->before->hook_seq);
    row_in_str(in, u->comment ? u->comment->id : NULL);
    row_in_str(in, u->n_jobs > 0 ? u->jobs[0].id : NULL);
    row_in_str(in, u->n_jobs > 1 ? u->jobs[1].id : NULL);
    row_in_b(in, u->key);
    in_update_row(in, u);
    in_update_comment(in, u);
    row_in_s(in, u->kind);
    row_in_s(in, u->actor);
    row_in_s(in, u->detail);
    in_update_job(in, u, 0);
    in_update_job(in, u, 1);
    row_in_u(in, u->key_partner);
    row_in_hash(in, u->body_hash);
    row_in_b(in, u->answer);
}

/* Attachments that are there already: this update was committed by an earlier
 * attempt if its event is there too. */
static enum link_result update_settle(struct store *s, struct updating *q)
{
    struct row_in in;
    row_in_init(&in, STORE_EVENT_MINE);
    row_in_u(&in, q->u->before->number);
    row_in_u(&in, q->u->before->version);
    row_in_str(&in, q->u->event_id);
    return link_run(s, &in, rows_number, &q->done);
}

static enum link_result update_attempt(struct store *s, void *ctx)
{
    struct updating *q = ctx;
    const struct store_update *u = q->u;
    q->done = 0;
    enum link_result r =
        attachment_write(s, u->before->id, u->attachments, u->n_attachments, u->before->n_attachments + 1u);
    if (r == LINK_DUPLICATE)
        return update_settle(s, q);
    return r ? r : link_run(s, q->in, rows_number, &q->done);
}

enum status store_ticket_update(struct store *s, struct arena *a, const struct store_update *u, struct err *err)
{
    struct row_in in;
    struct updating q = {.u = u, .in = &in};
    (void)a;
    in_update(&in, u);
    enum status st = link_repeat(s, LINK_WRITE, update_attempt, &q, err);
    if (st)
        return st;
    return q.done ? STATUS_OK : STATUS_CONFLICT;
}

/* --- housekeeping --- */

enum status store_idempotency_prune(struct store *s, int64_t before_us, uint64_t *n_r, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_IDEMPOTENCY_PRUNE);
    row_in_t(&in, before_us);
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = &in}, err);
    *n_r = st ? 0 : s->affected;
    return st;
}
