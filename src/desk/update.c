#include "desk/internal.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "wire/writer.h"

#define PAUSE_MAX_NS 16000000 /* [ns] longest pause after a conflict */

/* One PATCH on its way: what stays the same however often it is decided anew,
 * so that the store can tell its own work from another's. */
struct attempt {
    struct desk *d;
    const struct desk_call *call;
    const struct ticket_change *change;
    uint64_t number;
    struct ticket_attachment *attachments;
    struct err err; /*!< the store's; the call's own is about the change's fields and may be judged again */
    char comment_id[CRYPTO_CUID_SIZE], event_id[CRYPTO_CUID_SIZE];

    struct ticket before, after;
    enum ticket_verdict verdict;
    int64_t at; /*!< [us] the change's moment */
    struct ticket_comment comment;
    bool has_comment;
    struct store_job jobs[2];
    unsigned n_jobs;
};

/* A pause of random length, longer as conflicts go on, so that they end. */
static void pause_after(unsigned tries)
{
    uint32_t r = 0;
    uint32_t most = tries < 4 ? UINT32_C(1000000) << tries : PAUSE_MAX_NS;
    if (crypto_random(&r, sizeof r) != STATUS_OK)
        r = most;
    struct timespec t = {.tv_nsec = (long)(r % most)};
    nanosleep(&t, NULL);
}

static enum status start(struct attempt *a)
{
    int64_t now = a->call->now_us;
    enum status s = desk_uploads(a->call, a->change->attachments, a->change->n_attachments, &a->attachments);
    if (s == STATUS_OK)
        s = crypto_cuid(now, a->comment_id);
    if (s == STATUS_OK)
        s = crypto_cuid(now, a->event_id);
    return s == STATUS_OK ? s : err_set(a->call->err, s, "could not make the change");
}

static void move(struct attempt *a)
{
    struct ticket *t = &a->after;
    t->status = a->change->status;
    if (t->status == TICKET_RESOLVED)
        t->resolved_at = a->at;
    else if (t->status == TICKET_CLOSED || t->status == TICKET_CANCELLED)
        t->closed_at = a->at;
    else
        t->resolved_at = CLOCK_NONE; /* reopened, or never resolved */
}

static enum status add_comment(struct attempt *a)
{
    bool agent = a->call->actor.agent;
    struct ticket_comment *m = &a->comment;
    enum status s = ticket_comment_make(a->call->arena, a->change, agent, m);
    if (s != STATUS_OK)
        return s;
    m->at = a->at;
    memcpy(m->id, a->comment_id, sizeof m->id);
    a->has_comment = true;
    a->after.n_comments++;
    if (m->internal)
        return STATUS_OK;
    a->after.has_last_comment = true;
    a->after.last_comment = *m;
    if (agent && a->after.first_response_at == CLOCK_NONE)
        a->after.first_response_at = a->at;
    return STATUS_OK;
}

/* after = before with the change. */
static enum status decide(struct attempt *a)
{
    const struct ticket_change *c = a->change;
    int64_t now = a->call->now_us;
    a->after = a->before;
    a->has_comment = false;
    a->n_jobs = 0;
    /* updatedAt moves with every change, whatever another host's clock said. */
    a->at = now > a->before.updated_at ? now : a->before.updated_at + 1;
    if (a->verdict == TICKET_APPLY && c->action == TICKET_UPDATE_STATUS)
        move(a);
    if (c->action == TICKET_ASSIGN)
        a->after.assignee = c->assignee;
    for (unsigned i = 0; i < c->n_attachments; i++)
        a->attachments[i].at = a->at;
    a->after.n_attachments += c->n_attachments;
    bool has_comment = c->action == TICKET_ADD_COMMENT || (c->action == TICKET_UPDATE_STATUS && c->comment.p);
    if (a->verdict == TICKET_APPLY || has_comment)
        a->after.updated_at = a->at;
    return has_comment ? add_comment(a) : STATUS_OK;
}

/* What the store said outranks what is wrong with fields. */
static enum status told(struct attempt *a, enum status s)
{
    if (s != STATUS_OK && s != STATUS_NOT_FOUND && s != STATUS_CONFLICT)
        *a->call->err = a->err;
    return desk_told(a->d, s);
}

/* Another partner's ticket, changed by the desk: its own partner's default
 * target, not the caller's. */
static enum status default_target(struct attempt *a, struct sv *url_r)
{
    const struct desk_call *call = a->call;
    struct store_partner p = {.webhook_url = SV_NONE};
    if (a->before.partner_id == call->actor.partner_id) {
        *url_r = call->actor.webhook_url;
        return STATUS_OK;
    }
    err_init(&a->err);
    enum status s = store_partner_find(a->d->store, call->arena, a->before.partner_code, &p, &a->err);
    *url_r = p.webhook_url;
    s = told(a, s);
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static enum status job_body(const struct attempt *a, enum ticket_event_type event, struct sv *body_r)
{
    struct buf b;
    buf_init(&b, DESK_TEXT_MAX);
    enum status s;
    if (event == TICKET_EVENT_COMMENT_ADDED)
        s = ticket_event_comment(&b, &a->after, &a->comment);
    else
        s = ticket_event_status(&b, event, &a->after, a->before.status, a->after.status, a->change->comment, a->at);
    return desk_keep(a->call->arena, s, &b, body_r);
}

static enum status add_job(struct attempt *a, struct sv url, enum ticket_event_type event)
{
    struct store_job *job = &a->jobs[a->n_jobs];
    enum status s = desk_job_make(a->call, a->before.partner_id, url, event, job);
    if (s == STATUS_OK)
        s = job_body(a, event, &job->head);
    if (s != STATUS_OK)
        return s;
    a->n_jobs++;
    a->after.hook_seq++;
    return STATUS_OK;
}

static unsigned events(const struct attempt *a, enum ticket_event_type list[2])
{
    unsigned n = 0;
    bool is_move = a->change->action == TICKET_UPDATE_STATUS && a->verdict == TICKET_APPLY;
    /* A move tells its comment itself; one sent with the status that stood is a comment like any. */
    if (a->has_comment && !is_move && !a->comment.internal)
        list[n++] = TICKET_EVENT_COMMENT_ADDED;
    if (!is_move)
        return n;
    list[n++] = TICKET_EVENT_STATUS_CHANGED;
    if (a->after.status == TICKET_RESOLVED)
        list[n++] = TICKET_EVENT_RESOLVED;
    if (a->after.status == TICKET_CLOSED)
        list[n++] = TICKET_EVENT_CLOSED;
    return n;
}

static enum status add_jobs(struct attempt *a)
{
    enum ticket_event_type list[2];
    unsigned n = events(a, list);
    struct sv url = a->before.webhook_url;
    enum status s = n > 0 && !url.p ? default_target(a, &url) : STATUS_OK;
    for (unsigned i = 0; s == STATUS_OK && url.p && i < n; i++)
        s = add_job(a, url, list[i]);
    return s;
}

static void put_detail(const struct attempt *a, struct wire_writer *w)
{
    if (a->verdict == TICKET_APPLY && a->change->action == TICKET_UPDATE_STATUS) {
        wire_name(w, "from");
        wire_put_str(w, ticket_status_name(a->before.status));
        wire_name(w, "to");
        wire_put_str(w, ticket_status_name(a->after.status));
    }
    if (a->has_comment) {
        wire_name(w, "comment");
        wire_put_str(w, a->comment.id);
        wire_name(w, "internal");
        wire_put_bool(w, a->comment.internal);
    }
    if (a->change->action == TICKET_ASSIGN) {
        wire_name(w, "assignee");
        wire_put_sv(w, a->change->assignee);
    }
    if (a->change->n_attachments > 0) {
        wire_name(w, "attachments");
        wire_put_u64(w, a->change->n_attachments);
    }
}

/* For ticket_event: what happened, without a customer's words. */
static enum status make_detail(const struct attempt *a, struct sv *out_r)
{
    struct wire_writer w;
    struct buf b;
    buf_init(&b, DESK_TEXT_MAX);
    wire_writer_init(&w, &b);
    wire_open(&w);
    put_detail(a, &w);
    wire_close(&w);
    return desk_keep(a->call->arena, wire_finish(&w), &b, out_r);
}

static struct sv kind(const struct attempt *a)
{
    if (a->verdict == TICKET_SAME)
        return a->has_comment ? SV("COMMENT") : SV("SAME");
    switch (a->change->action) {
    case TICKET_UPDATE_STATUS:
        return SV("STATUS");
    case TICKET_ADD_COMMENT:
        return SV("COMMENT");
    case TICKET_ADD_ATTACHMENT:
        return SV("ATTACHMENT");
    case TICKET_ASSIGN:
        return SV("ASSIGN");
    case TICKET_ACTION__MAX:
        break;
    }
    return SV("STATUS");
}

static enum status write_change(struct attempt *a, const struct buf *answer)
{
    const struct desk_call *call = a->call;
    struct store_update u = {
        .before = &a->before,
        .after = &a->after,
        .comment = a->has_comment ? &a->comment : NULL,
        .attachments = a->attachments,
        .n_attachments = a->change->n_attachments,
        .kind = kind(a),
        .actor = call->actor.who,
        .jobs = a->jobs,
        .n_jobs = a->n_jobs,
        .key_partner = call->actor.partner_id,
        .key = call->key,
        .answer = buf_view(answer),
    };
    enum status s = make_detail(a, &u.detail);
    if (s != STATUS_OK)
        return s;
    memcpy(u.event_id, a->event_id, sizeof u.event_id);
    memcpy(u.body_hash, call->body_hash, sizeof u.body_hash);
    err_init(&a->err);
    s = told(a, store_ticket_update(a->d->store, call->arena, &u, &a->err));
    if (s == STATUS_OK)
        desk_poke(a->d, a->jobs, a->n_jobs);
    return s;
}

/* Decides and writes on the ticket as just read. */
static enum status apply(struct attempt *a, struct buf *out)
{
    buf_clear(out);
    enum status s = decide(a);
    if (s == STATUS_OK)
        s = add_jobs(a);
    if (s == STATUS_OK)
        s = ticket_view_updated(out, &a->after, a->change, a->has_comment ? &a->comment : NULL);
    /* The status it already has: nothing to write, unless the answer is to be kept. */
    bool writes = a->verdict == TICKET_APPLY || a->has_comment || a->call->key.p;
    if (s == STATUS_OK && writes)
        s = write_change(a, out);
    if (s != STATUS_OK && s != STATUS_CONFLICT)
        err_set(a->call->err, s, "could not make the change");
    return s;
}

/* Reads, judges in the contract's order, writes. STATUS_CONFLICT: once more. */
static enum status try_once(struct attempt *a, struct buf *out, bool *replayed_r)
{
    const struct desk_call *call = a->call;
    struct store_replay replay = {0};
    err_init(&a->err);
    enum status s =
        told(a, store_ticket_for_update(a->d->store, call->arena, desk_scope(call), a->number, call->actor.partner_id,
                                        call->key, call->body_hash, &a->before, &replay, &a->err));
    if (s != STATUS_OK && s != STATUS_NOT_FOUND)
        return s;
    if (replay.found) {
        *replayed_r = replay.same;
        buf_clear(out);
        buf_sv(out, replay.answer);
        return replay.same ? out->status : STATUS_EXISTS;
    }
    if (s == STATUS_OK)
        s = ticket_change_judge(&a->before, a->change, call->actor.agent, &a->verdict, call->err);
    return s == STATUS_OK ? apply(a, out) : s;
}

enum status desk_update(struct desk *d, const struct desk_call *call, uint64_t number,
                        const struct ticket_change *change, enum status change_status, struct buf *out,
                        bool *replayed_r)
{
    *replayed_r = false;
    if (change_status != STATUS_OK && change_status != STATUS_INVALID)
        return change_status;
    struct attempt *a = arena_alloc(call->arena, sizeof *a);
    if (!a)
        return STATUS_NO_MEMORY;
    a->d = d;
    a->call = call;
    a->change = change;
    a->number = number;
    enum status s = start(a);
    if (s == STATUS_OK)
        s = desk_enter(d, call->mono_us, call->err);
    if (s != STATUS_OK)
        return s;
    for (unsigned i = 0; i < DESK_UPDATE_TRIES; i++) {
        s = try_once(a, out, replayed_r);
        if (s != STATUS_CONFLICT)
            return s;
        pause_after(i);
    }
    err_init(call->err);
    return err_set(call->err, STATUS_UNAVAILABLE, "version conflict %d times in a row", DESK_UPDATE_TRIES);
}
