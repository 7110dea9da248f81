#include "desk/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum status desk_details(struct desk *d, const struct desk_call *call, uint64_t number, struct ticket_details *out_r)
{
    enum status s = desk_enter(d, call->mono_us, call->err);
    if (s == STATUS_OK)
        s = desk_told(d, store_ticket_details(d->store, call->arena, desk_scope(call), number, call->actor.agent, out_r,
                                              call->err));
    struct ticket *t = &out_r->ticket;
    if (s != STATUS_OK || call->actor.agent || !t->branch_code.p)
        return s;
    return desk_branch_name(d, t->branch_code, &t->branch_name, call->err);
}

/* --- several callers at once --- */

typedef enum status (*ask_store)(struct store *s, struct store_asking *q, size_t n, struct err *err);

static void ask_together(struct desk *d, struct desk_asking *q, size_t n, ask_store ask)
{
    struct store_asking of[DESK_TOGETHER_MAX];
    struct err err;
    int64_t oldest = INT64_MAX;
    err_init(&err);
    for (size_t i = 0; i < n; i++)
        q[i].done = false;
    if (n > DESK_TOGETHER_MAX)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct desk_call *call = q[i].call;
        of[i] = (struct store_asking){call->arena, call->actor.partner_id, q[i].number, q[i].out, false};
        oldest = call->mono_us < oldest ? call->mono_us : oldest;
    }
    if (desk_enter(d, oldest, &err) || desk_told(d, ask(d->store, of, n, &err)))
        return;
    for (size_t i = 0; i < n; i++)
        q[i].done = of[i].found;
}

void desk_status_together(struct desk *d, struct desk_asking *q, size_t n)
{
    ask_together(d, q, n, store_ticket_statuses_together);
}

/* The branches' names are kept: those of the next caller may be others. */
static enum status name_branch(struct desk *d, const struct desk_asking *q)
{
    struct ticket *t = &q->out->ticket;
    struct sv name;
    if (!t->branch_code.p)
        return STATUS_OK;
    enum status s = desk_branch_name(d, t->branch_code, &name, NULL);
    return s == STATUS_OK && name.p ? arena_dup(q->call->arena, name, &t->branch_name) : s;
}

void desk_details_together(struct desk *d, struct desk_asking *q, size_t n)
{
    ask_together(d, q, n, store_ticket_details_together);
    for (size_t i = 0; i < n; i++)
        q[i].done = q[i].done && name_branch(d, &q[i]) == STATUS_OK;
}

/* One kind of question (numbers or references), gathered for one round trip. */
struct batch {
    size_t n;
    size_t *at;       /*!< index among all questions */
    uint64_t *number; /*!< of numbers */
    struct sv *reference;
    struct ticket *ticket;
    bool *found;
};

static enum status batch_make(struct arena *a, size_t n, struct batch *b)
{
    *b = (struct batch){
        .at = arena_array(a, n, sizeof *b->at),
        .number = arena_array(a, n, sizeof *b->number),
        .reference = arena_array(a, n, sizeof *b->reference),
        .ticket = arena_array(a, n, sizeof *b->ticket),
        .found = arena_array(a, n, sizeof *b->found),
    };
    return b->at && b->number && b->reference && b->ticket && b->found ? STATUS_OK : STATUS_NO_MEMORY;
}

/* What can be no ticket's number or reference is not asked: it stays not found. */
static void batch_take(struct batch *b, const struct desk_question *q, size_t i)
{
    bool can_be =
        q->by_reference ? utf8_count(q->value) <= TICKET_ID_MAX : ticket_number_parse(q->value, &b->number[b->n]);
    if (!can_be)
        return;
    b->reference[b->n] = q->value;
    b->at[b->n++] = i;
}

static void batch_give(const struct batch *b, struct ticket_asked *asked)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->found[i])
            asked[b->at[i]].ticket = &b->ticket[i];
}

static enum status ask(struct desk *d, const struct desk_call *call, const struct batch *numbers,
                       const struct batch *references)
{
    enum status s = STATUS_OK;
    if (numbers->n > 0)
        s = desk_told(d, store_ticket_statuses(d->store, call->arena, desk_scope(call), numbers->number, numbers->n,
                                               numbers->ticket, numbers->found, call->err));
    if (s == STATUS_OK && references->n > 0)
        s = desk_told(d, store_ticket_statuses_by_reference(d->store, call->arena, desk_scope(call),
                                                            references->reference, references->n, references->ticket,
                                                            references->found, call->err));
    return s;
}

enum status desk_status(struct desk *d, const struct desk_call *call, const struct desk_question *q, size_t n,
                        struct ticket_asked *asked_r)
{
    struct batch numbers, references;
    if (n > STORE_ASK_MAX)
        return err_set(call->err, STATUS_TOO_LARGE, "more than %d questions", STORE_ASK_MAX);
    enum status s = batch_make(call->arena, n, &numbers);
    if (s == STATUS_OK)
        s = batch_make(call->arena, n, &references);
    if (s != STATUS_OK)
        return err_set(call->err, s, "out of memory");
    for (size_t i = 0; i < n; i++) {
        asked_r[i] = (struct ticket_asked){.as_asked = q[i].value};
        batch_take(q[i].by_reference ? &references : &numbers, &q[i], i);
    }
    if (numbers.n + references.n == 0)
        return STATUS_OK;
    s = desk_enter(d, call->mono_us, call->err);
    if (s == STATUS_OK)
        s = ask(d, call, &numbers, &references);
    if (s != STATUS_OK)
        return s;
    batch_give(&numbers, asked_r);
    batch_give(&references, asked_r);
    return STATUS_OK;
}

enum status desk_list(struct desk *d, const struct desk_call *call, const struct store_list *q,
                      struct ticket **tickets_r, size_t *n_r, uint64_t *next_r)
{
    bool more = false;
    struct ticket *tickets = arena_array(call->arena, q->limit, sizeof *tickets);
    if (!tickets)
        return err_set(call->err, STATUS_NO_MEMORY, "out of memory");
    enum status s = desk_enter(d, call->mono_us, call->err);
    if (s == STATUS_OK)
        s = desk_told(d, store_ticket_list(d->store, call->arena, q, tickets, n_r, &more, call->err));
    if (s != STATUS_OK)
        return s;
    *tickets_r = tickets;
    *next_r = more && *n_r > 0 ? tickets[*n_r - 1].number : 0;
    return STATUS_OK;
}

static bool is_cuid(struct sv s)
{
    if (s.n != CRYPTO_CUID_SIZE - 1)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
            return false;
    return true;
}

/* Which of the two is missing. */
static enum status attachment_missing(struct desk *d, const struct desk_call *call, uint64_t number)
{
    struct ticket *t = arena_alloc(call->arena, sizeof *t);
    bool found = false;
    if (!t)
        return err_set(call->err, STATUS_NO_MEMORY, "out of memory");
    err_init(call->err);
    enum status s =
        desk_told(d, store_ticket_statuses(d->store, call->arena, desk_scope(call), &number, 1, t, &found, call->err));
    if (s != STATUS_OK)
        return s;
    return err_set(call->err, STATUS_NOT_FOUND, "%s", found ? "Attachment not found" : "Ticket not found");
}

enum status desk_attachment(struct desk *d, const struct desk_call *call, uint64_t number, struct sv attachment_id,
                            struct ticket_attachment *out_r)
{
    enum status s = desk_enter(d, call->mono_us, call->err);
    if (s != STATUS_OK)
        return s;
    s = STATUS_NOT_FOUND;
    if (is_cuid(attachment_id))
        s = desk_told(
            d, store_attachment_find(d->store, call->arena, desk_scope(call), number, attachment_id, out_r, call->err));
    return s == STATUS_NOT_FOUND ? attachment_missing(d, call, number) : s;
}

enum status desk_attachment_send(struct desk *d, const char *attachment_id, http_sink sink, void *sink_ctx)
{
    unsigned char *chunk = malloc(STORE_CHUNK_MAX);
    enum status s = chunk ? STATUS_OK : STATUS_NO_MEMORY;
    struct err err;
    size_t n = 1;
    err_init(&err);
    for (uint32_t i = 0; s == STATUS_OK && n > 0; i++) {
        n = 0;
        s = desk_told(d, store_attachment_chunk(d->store, attachment_id, i, chunk, &n, &err));
        if (s == STATUS_OK && n > 0)
            s = sink(sink_ctx, chunk, n);
    }
    free(chunk);
    return s;
}
