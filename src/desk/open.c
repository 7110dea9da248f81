#include "desk/internal.h"

#include <string.h>

#include "base/clock.h"

/* Which earlier request this one may repeat: the body's requestId outranks the header. */
static enum status request_key(const struct desk_call *call, struct sv request_id, struct sv *key_r)
{
    struct sv id = request_id.p ? request_id : call->key;
    *key_r = SV_NONE;
    if (!id.p)
        return STATUS_OK;
    char *p = arena_alloc(call->arena, id.n + 1);
    if (!p)
        return err_set(call->err, STATUS_NO_MEMORY, "out of memory");
    p[0] = request_id.p ? 'R' : 'K';
    memcpy(p + 1, id.p, id.n);
    *key_r = (struct sv){p, id.n + 1};
    return STATUS_OK;
}

static enum status replay(const struct ticket *existing, bool same, struct buf *out, bool *replayed_r)
{
    if (!same)
        return STATUS_EXISTS;
    *replayed_r = true;
    return ticket_view_created(out, existing);
}

/* STATUS_NOT_FOUND: the key is new, and call->err still says how the draft is. */
static enum status replay_earlier(struct desk *d, const struct desk_call *call, struct sv key, struct buf *out,
                                  bool *replayed_r)
{
    struct err e;
    struct ticket existing;
    bool same = false;
    err_init(&e);
    enum status s = desk_told(d, store_ticket_by_request(d->store, call->arena, call->actor.partner_id, key,
                                                         call->body_hash, &existing, &same, &e));
    if (s == STATUS_OK)
        return replay(&existing, same, out, replayed_r);
    if (s != STATUS_NOT_FOUND)
        *call->err = e;
    return s;
}

static void copy_draft(const struct ticket_draft *f, struct ticket *t)
{
    t->channel = f->channel;
    t->service_type = f->service_type;
    t->priority = f->priority;
    t->channel_reference_id = f->channel_reference_id;
    t->customer_name = f->customer_name;
    t->customer_email = f->customer_email;
    t->customer_phone = f->customer_phone;
    t->customer_identifier = f->customer_identifier;
    t->customer_department = f->customer_department;
    t->customer_language = f->customer_language;
    t->branch_code = f->branch_code;
    t->title = f->title;
    t->description = f->description;
    t->category = f->category;
    t->metadata = f->metadata;
    t->webhook_url = f->webhook_url;
    t->api_version = f->api_version;
    t->n_attachments = f->n_attachments;
}

/* The catalogue is kept: the next caller may read it anew, while this one waits to be written. */
static enum status keep_service(const struct desk_call *call, const struct store_service *service, struct ticket *t)
{
    enum status s = arena_dup(call->arena, service->name, &t->service_name);
    return s == STATUS_OK ? arena_dup(call->arena, service->support_group, &t->support_group) : s;
}

static enum status make_ticket(const struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                               const struct store_service *service, struct ticket *t)
{
    int64_t now = call->now_us;
    *t = (struct ticket){
        .partner_id = call->actor.partner_id,
        .partner_code = call->actor.partner_code,
        .status = TICKET_OPEN,
        .sla_hours = service->sla_hours,
        .tracking_url_base = d->rules->tracking_url_base,
        .created_at = now,
        .updated_at = now,
        .resolved_at = CLOCK_NONE,
        .closed_at = CLOCK_NONE,
        .first_response_at = CLOCK_NONE,
        .estimated_at = ticket_after_hours(now, service->estimate_hours),
        .response_deadline = ticket_after_minutes(now, service->response_minutes),
        .resolution_deadline = ticket_after_hours(now, service->sla_hours),
    };
    copy_draft(draft, t);
    enum status s = keep_service(call, service, t);
    return s == STATUS_OK ? crypto_cuid(now, t->id) : s;
}

/* System's comment, the newest public one so far. */
static enum status make_comment(const struct desk_call *call, struct ticket *t, struct ticket_comment *c)
{
    struct buf text;
    *c = (struct ticket_comment){.author = SV("System"), .at = call->now_us, .from_support = true};
    buf_init(&text, DESK_TEXT_MAX);
    enum status s = desk_keep(call->arena, ticket_system_comment(&text, t->support_group), &text, &c->content);
    if (s == STATUS_OK)
        s = crypto_cuid(call->now_us, c->id);
    t->n_comments = 1;
    t->has_last_comment = true;
    t->last_comment = *c;
    return s;
}

/* *job_r NULL: nobody wants the event. */
static enum status make_job(const struct desk_call *call, struct ticket *t, const struct store_job **job_r)
{
    struct sv url = t->webhook_url.p ? t->webhook_url : call->actor.webhook_url;
    *job_r = NULL;
    if (!url.p)
        return STATUS_OK;
    struct store_job *job = arena_alloc(call->arena, sizeof *job);
    if (!job)
        return STATUS_NO_MEMORY;
    enum status s = desk_job_make(call, t->partner_id, url, TICKET_EVENT_CREATED, job);
    if (s != STATUS_OK)
        return s;
    struct buf head, tail;
    buf_init(&head, DESK_TEXT_MAX);
    buf_init(&tail, DESK_TEXT_MAX);
    s = ticket_event_created(&head, &tail, t);
    s = desk_keep(call->arena, s, &head, &job->head);
    s = desk_keep(call->arena, s, &tail, &job->tail);
    t->hook_seq = 1;
    *job_r = job;
    return s;
}

static enum status make_open(struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                             struct ticket *t, struct store_open *o)
{
    const struct store_service *service;
    struct ticket_attachment *attachments;
    enum status s = desk_catalog_find(d, draft->service_type, draft->sub_type, &service, call->err);
    if (s == STATUS_OK)
        s = make_ticket(d, call, draft, service, t);
    if (s == STATUS_OK)
        s = make_comment(call, t, &o->comment);
    if (s == STATUS_OK)
        s = make_job(call, t, &o->job);
    if (s == STATUS_OK)
        s = desk_uploads(call, draft->attachments, draft->n_attachments, &attachments);
    if (s == STATUS_OK)
        s = crypto_cuid(call->now_us, o->event_id);
    if (s != STATUS_OK)
        return err_set(call->err, s, "could not make the ticket");
    o->ticket = t;
    o->actor = call->actor.who;
    o->attachments = attachments;
    o->n_attachments = draft->n_attachments;
    return STATUS_OK;
}

struct desk_opening {
    struct ticket t;
    struct store_open o;
    bool is_uncertain; /*!< it may be written already */
};

enum status desk_open_begin(struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                            struct sv request_id, enum status draft_status, struct buf *out, bool *replayed_r,
                            struct desk_opening **o_r)
{
    struct sv key;
    bool is_bad = draft_status == STATUS_INVALID;
    *replayed_r = false;
    *o_r = NULL;
    if (draft_status != STATUS_OK && !is_bad)
        return draft_status;
    enum status s = request_key(call, request_id, &key);
    if (s != STATUS_OK)
        return s;
    if (is_bad && !key.p)
        return STATUS_INVALID;
    s = desk_enter(d, call->mono_us, call->err);
    if (s != STATUS_OK)
        return s;
    /* An upload that was taken before need not travel to the database again. */
    if (key.p && (is_bad || draft->n_attachments > 0)) {
        s = replay_earlier(d, call, key, out, replayed_r);
        if (s != STATUS_NOT_FOUND)
            return s;
    }
    if (is_bad)
        return STATUS_INVALID;
    struct desk_opening *o = arena_alloc(call->arena, sizeof *o);
    if (!o)
        return err_set(call->err, STATUS_NO_MEMORY, "out of memory");
    o->o.request_key = key;
    memcpy(o->o.body_hash, call->body_hash, sizeof o->o.body_hash);
    s = make_open(d, call, draft, &o->t, &o->o);
    if (s == STATUS_OK)
        *o_r = o;
    return s;
}

enum status desk_open_write(struct desk *d, const struct desk_call *call, struct desk_opening *o, struct buf *out,
                            bool *replayed_r)
{
    struct ticket existing;
    bool same = false;
    enum status s = desk_enter(d, call->mono_us, call->err);
    if (s == STATUS_OK)
        s = desk_told(d, store_ticket_open(d->store, call->arena, &o->o, &o->t.number, &existing, &same, call->err));
    if (s == STATUS_EXISTS)
        return replay(&existing, same, out, replayed_r);
    if (s == STATUS_UNAVAILABLE && o->is_uncertain)
        s = STATUS_UNCERTAIN;
    if (s != STATUS_OK)
        return s;
    desk_poke(d, o->o.job, o->o.job ? 1 : 0);
    return ticket_view_created(out, &o->t);
}

enum status desk_open(struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                      struct sv request_id, enum status draft_status, struct buf *out, bool *replayed_r)
{
    struct desk_opening *o;
    enum status s = desk_open_begin(d, call, draft, request_id, draft_status, out, replayed_r, &o);
    return s == STATUS_OK && o ? desk_open_write(d, call, o, out, replayed_r) : s;
}

/* --- several callers at once --- */

bool desk_open_joins(const struct desk_opening *o)
{
    return o->o.n_attachments == 0;
}

/* One word to each receiver's sender, if they stand side by side. */
static void poke_all(struct desk *d, const struct desk_writing *q, size_t n)
{
    const struct store_job *last = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct store_job *job = q[i].o->o.job;
        if (job && !(last && last->receiver == job->receiver))
            desk_poke(d, job, 1);
        last = job ? job : last;
    }
}

void desk_open_together(struct desk *d, struct desk_writing *q, size_t n)
{
    const struct store_open *o[DESK_TOGETHER_MAX];
    uint64_t numbers[DESK_TOGETHER_MAX];
    struct err err;
    int64_t oldest = INT64_MAX;
    err_init(&err);
    for (size_t i = 0; i < n; i++)
        q[i].done = false;
    if (n > DESK_TOGETHER_MAX)
        return;
    for (size_t i = 0; i < n; i++) {
        o[i] = &q[i].o->o;
        oldest = q[i].call->mono_us < oldest ? q[i].call->mono_us : oldest;
    }
    enum status s = desk_enter(d, oldest, &err);
    if (s == STATUS_OK)
        s = desk_told(d, store_ticket_open_together(d->store, o, n, numbers, &err));
    for (size_t i = 0; i < n; i++) {
        q[i].o->is_uncertain |= s == STATUS_UNCERTAIN;
        q[i].o->t.number = s == STATUS_OK ? numbers[i] : 0;
        q[i].done = s == STATUS_OK;
    }
    if (s != STATUS_OK)
        return;
    poke_all(d, q, n);
    for (size_t i = 0; i < n; i++)
        q[i].status = ticket_view_created(q[i].out, &q[i].o->t);
}
