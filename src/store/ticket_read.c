#include <string.h>
#include "store/link.h"
#include "store/ticket_row.h"
#include "store/ticket_store.h"

static void in_owner(struct row_in *in, uint32_t partner_id)
{
    row_in_u(in, partner_id);
    row_in_u(in, partner_id);
}

/* --- a request key's ticket --- */

struct by_request {
    struct arena *a;
    struct ticket *ticket;
    unsigned char hash[CRYPTO_SHA256_SIZE];
    bool found;
};

static enum status on_request(void *ctx, struct row_out *row)
{
    struct by_request *q = ctx;
    q->found = true;
    return ticket_row_full(row, q->a, q->ticket, q->hash);
}

enum status store_ticket_by_request(struct store *s, struct arena *a, uint32_t partner_id, struct sv request_key,
                                    const unsigned char body_hash[CRYPTO_SHA256_SIZE], struct ticket *existing_r,
                                    bool *same_r, struct err *err)
{
    struct row_in in;
    struct by_request q = {.a = a, .ticket = existing_r};
    row_in_init(&in, STORE_TICKET_BY_REQUEST);
    row_in_u(&in, partner_id);
    row_in_b(&in, request_key);
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = &in, .on_row = on_request, .ctx = &q}, err);
    if (st)
        return st;
    *same_r = q.found && memcmp(q.hash, body_hash, sizeof q.hash) == 0;
    return q.found ? STATUS_OK : STATUS_NOT_FOUND;
}

/* --- details --- */

/* Columns of the desk's details, of what partners are shown, and of a file. */
enum { AT_SEQ = TICKET_ROW_HEAD, AT_COMMENT, AT_INTERNAL = AT_COMMENT + TICKET_ROW_LAST, AT_REST };
enum {
    SHOWN_SEQ = TICKET_ROW_STATE + TICKET_ROW_SHOWN,
    SHOWN_SAID,
    SHOWN_FROM_SUPPORT = SHOWN_SAID + TICKET_ROW_SAID,
    SHOWN_METADATA
};
enum { FILE_SEQ, FILE_ID, FILE_NAME, FILE_MIME, FILE_TIME, FILE_SIZE, FILE_TRUE_SIZE, FILE_SHA256, FILE_DESCRIPTION };

struct details {
    struct arena *a;
    struct row_in *in;
    struct ticket_details *out;
    uint64_t *comment_seq, *attachment_seq; /*!< beside the lists, to order them by */
    bool internal, found;
};

/* Where seq belongs in a list that is in order but for the rare exception: rows
 * come by the primary key, though nothing in SQL promises it. Makes room there. */
static size_t place(uint64_t *seqs, size_t n, void *list, size_t size, uint64_t seq)
{
    size_t i = n;
    while (i > 0 && seqs[i - 1] > seq)
        i--;
    memmove(seqs + i + 1, seqs + i, (n - i) * sizeof *seqs);
    memmove((char *)list + (i + 1) * size, (char *)list + i * size, (n - i) * size);
    seqs[i] = seq;
    return i;
}

/* The ticket has been read: room for what hangs on it. */
static enum status begin(struct details *d)
{
    const struct ticket *t = &d->out->ticket;
    /* One more than there are: a zero-sized array is no array. */
    d->out->comments = arena_array(d->a, t->n_comments + 1u, sizeof *d->out->comments);
    d->out->attachments = arena_array(d->a, t->n_attachments + 1u, sizeof *d->out->attachments);
    d->comment_seq = arena_array(d->a, t->n_comments + 1u, sizeof *d->comment_seq);
    d->attachment_seq = arena_array(d->a, t->n_attachments + 1u, sizeof *d->attachment_seq);
    d->found = true;
    return d->out->comments && d->out->attachments && d->comment_seq && d->attachment_seq ? STATUS_OK
                                                                                          : STATUS_NO_MEMORY;
}

/* A row's comment, in its place and cleared; NULL: more than the ticket says it has. */
static struct ticket_comment *next_comment(struct details *d, uint64_t seq)
{
    struct ticket_details *out = d->out;
    if (out->n_comments >= out->ticket.n_comments)
        return NULL;
    size_t i = place(d->comment_seq, out->n_comments++, out->comments, sizeof *out->comments, seq);
    memset(&out->comments[i], 0, sizeof out->comments[i]);
    return &out->comments[i];
}

/* The ticket with one of its comments, or with none at all: sequence 0. */
static enum status on_details(void *ctx, struct row_out *row)
{
    struct details *d = ctx;
    struct ticket *t = &d->out->ticket;
    uint64_t seq = row_u(row, AT_SEQ);
    if (!d->found) {
        ticket_row_clear(t);
        ticket_row_head(row, 0, d->a, t);
        if (begin(d))
            return STATUS_NO_MEMORY;
    }
    if (seq <= 1)
        ticket_row_rest(row, AT_REST, d->a, t);
    struct ticket_comment *c = seq ? next_comment(d, seq) : NULL;
    if (!c)
        return seq ? STATUS_INTERNAL : row->status;
    ticket_row_comment(row, AT_COMMENT, d->a, c);
    c->internal = row_u(row, AT_INTERNAL) != 0;
    return row->status;
}

static enum status on_shown(void *ctx, struct row_out *row)
{
    struct details *d = ctx;
    struct ticket *t = &d->out->ticket;
    uint64_t seq = row_u(row, SHOWN_SEQ);
    if (!d->found) {
        ticket_row_clear(t);
        ticket_row_state(row, 0, d->a, t);
        ticket_row_shown(row, TICKET_ROW_STATE, d->a, t);
        if (begin(d))
            return STATUS_NO_MEMORY;
    }
    if (seq <= 1)
        t->metadata = row_s(row, SHOWN_METADATA, d->a);
    struct ticket_comment *c = seq ? next_comment(d, seq) : NULL;
    if (!c)
        return seq ? STATUS_INTERNAL : row->status;
    ticket_row_said(row, SHOWN_SAID, d->a, c);
    c->from_support = row_u(row, SHOWN_FROM_SUPPORT) != 0;
    return row->status;
}

static enum status on_file(void *ctx, struct row_out *row)
{
    struct details *d = ctx;
    struct ticket_details *out = d->out;
    if (out->n_attachments >= out->ticket.n_attachments)
        return STATUS_INTERNAL;
    size_t i = place(d->attachment_seq, out->n_attachments++, out->attachments, sizeof *out->attachments,
                     row_u(row, FILE_SEQ));
    struct ticket_attachment *f = &out->attachments[i];
    memset(f, 0, sizeof *f);
    row_str(row, FILE_ID, f->id, sizeof f->id);
    f->filename = row_s(row, FILE_NAME, d->a);
    f->mime_type = row_s(row, FILE_MIME, d->a);
    f->at = row_t(row, FILE_TIME);
    f->size = row_u(row, FILE_SIZE);
    f->true_size = row_u(row, FILE_TRUE_SIZE);
    row_into(row, FILE_SHA256, f->sha256, sizeof f->sha256);
    f->description = row_s(row, FILE_DESCRIPTION, d->a);
    return row->status;
}

static void find_last_comment(struct ticket_details *out)
{
    size_t i = out->n_comments;
    while (i > 0 && out->comments[i - 1].internal)
        i--;
    out->ticket.has_last_comment = i > 0;
    if (i > 0)
        out->ticket.last_comment = out->comments[i - 1];
}

static enum link_result details_attempt(struct store *s, void *ctx)
{
    struct details *d = ctx;
    struct row_in files;
    memset(d->out, 0, sizeof *d->out);
    d->found = false;
    enum link_result r = link_run(s, d->in, d->internal ? on_details : on_shown, d);
    if (r || !d->found || d->out->ticket.n_attachments == 0)
        return r;
    row_in_init(&files, STORE_TICKET_FILES);
    row_in_str(&files, d->out->ticket.id);
    row_in_u(&files, d->out->ticket.n_attachments);
    return link_run(s, &files, on_file, d);
}

enum status store_ticket_details(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number, bool internal,
                                 struct ticket_details *out_r, struct err *err)
{
    struct row_in in;
    struct details d = {.a = a, .in = &in, .out = out_r, .internal = internal};
    row_in_init(&in, internal ? STORE_TICKET_DETAILS : STORE_TICKET_SHOWN);
    row_in_u(&in, number);
    in_owner(&in, partner_id);
    enum status st = link_repeat(s, LINK_READ, details_attempt, &d, err);
    if (st)
        return st;
    find_last_comment(out_r);
    return d.found ? STATUS_OK : STATUS_NOT_FOUND;
}

/* --- status questions --- */

static enum status read_light(struct row_out *row, struct arena *a, struct ticket *out_r)
{
    enum { REFERENCE = TICKET_ROW_STATE, SAID, SAID_AT = SAID + TICKET_ROW_SAID - 1 };
    ticket_row_clear(out_r);
    ticket_row_state(row, 0, a, out_r);
    out_r->channel_reference_id = row_s(row, REFERENCE, a);
    out_r->has_last_comment = !row_is_null(row, SAID_AT);
    if (out_r->has_last_comment)
        ticket_row_said(row, SAID, a, &out_r->last_comment);
    return row->status;
}

static enum status read_desk(struct row_out *row, struct arena *a, struct ticket *out_r)
{
    ticket_row_clear(out_r);
    ticket_row_head(row, 0, a, out_r);
    ticket_row_last(row, TICKET_ROW_HEAD, a, out_r);
    return row->status;
}

struct single {
    struct arena *a;
    struct ticket *ticket;
    bool found;
};

static enum status on_single(void *ctx, struct row_out *row)
{
    struct single *q = ctx;
    q->found = true;
    return read_light(row, q->a, q->ticket);
}

struct many {
    struct arena *a;
    const uint64_t *numbers;
    size_t n;
    struct ticket *tickets;
    bool *found;
};

static enum status on_many(void *ctx, struct row_out *row)
{
    struct many *q = ctx;
    struct ticket t;
    enum status st = read_light(row, q->a, &t);
    for (size_t i = 0; i < q->n && !st; i++)
        if (q->numbers[i] == t.number) {
            q->tickets[i] = t;
            q->found[i] = true;
        }
    return st;
}

static enum status ask_one(struct store *s, struct arena *a, struct row_in *in, struct ticket *ticket_r, bool *found_r,
                           struct err *err)
{
    struct single q = {.a = a, .ticket = ticket_r};
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = in, .on_row = on_single, .ctx = &q}, err);
    *found_r = q.found;
    return st;
}

enum status store_ticket_statuses(struct store *s, struct arena *a, uint32_t partner_id, const uint64_t *numbers,
                                  size_t n, struct ticket *tickets_r, bool *found_r, struct err *err)
{
    struct row_in in;
    struct many q = {.a = a, .numbers = numbers, .n = n, .tickets = tickets_r, .found = found_r};
    if (n > STORE_ASK_MAX)
        return err_set(err, STATUS_TOO_LARGE, "at most %d tickets at once", STORE_ASK_MAX);
    memset(found_r, 0, n * sizeof *found_r);
    row_in_init(&in, n == 1 ? STORE_TICKET_STATUS : STORE_TICKET_STATUS_MANY);
    /* One statement for every count: what is not asked for is number 0, which no ticket has. */
    for (size_t i = 0; i < (n == 1 ? 1 : STORE_ASK_MAX); i++)
        row_in_u(&in, i < n ? numbers[i] : 0);
    in_owner(&in, partner_id);
    if (n == 1)
        return ask_one(s, a, &in, tickets_r, found_r, err);
    return n ? link_one(s, LINK_READ, (struct link_one){.in = &in, .on_row = on_many, .ctx = &q}, err) : STATUS_OK;
}

enum status store_ticket_statuses_by_reference(struct store *s, struct arena *a, uint32_t partner_id,
                                               const struct sv *references, size_t n, struct ticket *tickets_r,
                                               bool *found_r, struct err *err)
{
    struct row_in in;
    if (n > STORE_ASK_MAX)
        return err_set(err, STATUS_TOO_LARGE, "at most %d tickets at once", STORE_ASK_MAX);
    for (size_t i = 0; i < n; i++) {
        row_in_init(&in, partner_id ? STORE_TICKET_NEWEST : STORE_TICKET_NEWEST_OF_ANY);
        row_in_s(&in, references[i]);
        if (partner_id)
            row_in_u(&in, partner_id);
        enum status st = ask_one(s, a, &in, &tickets_r[i], &found_r[i], err);
        if (st)
            return st;
    }
    return STATUS_OK;
}

/* --- several callers at once --- */

struct together {
    struct store_asking *q;
    size_t n;
    struct details reading[STORE_TOGETHER_MAX];
    link_row on_row; /*!< takes a struct details */
};

static void together_again(void *ctx)
{
    struct together *t = ctx;
    for (size_t i = 0; i < t->n; i++) {
        memset(t->q[i].out, 0, sizeof *t->q[i].out);
        t->q[i].found = false;
        t->reading[i] = (struct details){.a = t->q[i].arena, .out = t->q[i].out};
    }
}

/* A number's row is of the partner whom the first with that number named: of another who asks it is none. */
static enum status on_together(void *ctx, struct row_out *row)
{
    struct together *t = ctx;
    uint64_t number = row_u(row, 0);
    uint32_t partner_id = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct store_asking *q = &t->q[i];
        if (q->number != number)
            continue;
        partner_id = partner_id ? partner_id : q->partner_id;
        if (q->partner_id != partner_id)
            continue;
        enum status st = t->on_row(&t->reading[i], row);
        if (st)
            return st;
        q->found = true;
    }
    return row->status;
}

static enum status on_light(void *ctx, struct row_out *row)
{
    struct details *d = ctx;
    return read_light(row, d->a, &d->out->ticket);
}

static enum status ask_together(struct store *s, enum store_stmt statement, struct together *t, struct err *err)
{
    struct row_in in;
    if (t->n > STORE_TOGETHER_MAX)
        return err_set(err, STATUS_TOO_LARGE, "at most %d callers at once", STORE_TOGETHER_MAX);
    row_in_init(&in, statement);
    /* What is not asked for is number 0, which no ticket has. */
    for (size_t i = 0; i < STORE_TOGETHER_MAX; i++)
        row_in_u(&in, i < t->n ? t->q[i].number : 0);
    for (size_t i = 0; i < STORE_TOGETHER_MAX; i++) {
        row_in_u(&in, i < t->n ? t->q[i].number : 0);
        row_in_u(&in, i < t->n ? t->q[i].partner_id : 0);
    }
    struct link_one one = {.in = &in, .on_row = on_together, .again = together_again, .ctx = t};
    enum status st = link_one(s, LINK_READ_TOGETHER, one, err);
    for (size_t i = 0; st && i < t->n; i++)
        t->q[i].found = false; /* of a row that could not be read, or of an earlier try */
    return st;
}

enum status store_ticket_details_together(struct store *s, struct store_asking *q, size_t n, struct err *err)
{
    struct together t = {.q = q, .n = n, .on_row = on_shown};
    enum status st = ask_together(s, STORE_TICKET_SHOWN_TOGETHER, &t, err);
    for (size_t i = 0; !st && i < n; i++)
        if (q[i].found)
            find_last_comment(q[i].out);
    return st;
}

enum status store_ticket_statuses_together(struct store *s, struct store_asking *q, size_t n, struct err *err)
{
    struct together t = {.q = q, .n = n, .on_row = on_light};
    return ask_together(s, STORE_TICKET_STATUS_TOGETHER, &t, err);
}

/* --- the desk's list --- */

struct list {
    struct arena *a;
    struct ticket *tickets;
    size_t n, limit;
    bool more;
};

static void list_again(void *ctx)
{
    struct list *l = ctx;
    l->n = 0;
    l->more = false;
}

static enum status on_listed(void *ctx, struct row_out *row)
{
    struct list *l = ctx;
    if (l->n == l->limit) {
        l->more = true;
        return STATUS_OK;
    }
    return read_desk(row, l->a, &l->tickets[l->n++]);
}

static enum store_stmt list_statement(const struct store_list *q)
{
    if (q->assignee.p)
        return q->partner_code.p ? STORE_TICKET_LIST_BOTH : STORE_TICKET_LIST_ASSIGNEE;
    return q->partner_code.p ? STORE_TICKET_LIST_PARTNER : STORE_TICKET_LIST;
}

enum status store_ticket_list(struct store *s, struct arena *a, const struct store_list *q, struct ticket *tickets_r,
                              size_t *n_r, bool *more_r, struct err *err)
{
    struct row_in in;
    struct list l = {.a = a, .tickets = tickets_r, .limit = q->limit};
    bool any = false;
    if (q->limit == 0 || q->limit > STORE_LIST_MAX)
        return err_set(err, STATUS_TOO_LARGE, "from 1 to %d tickets at once", STORE_LIST_MAX);
    for (unsigned i = 0; i < TICKET_STATUS__MAX; i++)
        any = any || q->status[i];
    row_in_init(&in, list_statement(q));
    for (unsigned i = 0; i < TICKET_STATUS__MAX; i++) {
        row_in_u(&in, !any || q->status[i]);
        row_in_u(&in, q->before ? q->before : UINT64_MAX);
        if (q->assignee.p)
            row_in_s(&in, q->assignee);
        if (q->partner_code.p)
            row_in_s(&in, q->partner_code);
        row_in_u(&in, q->limit + 1u);
    }
    row_in_u(&in, q->limit + 1u);
    struct link_one one = {.in = &in, .on_row = on_listed, .again = list_again, .ctx = &l};
    enum status st = link_one(s, LINK_READ, one, err);
    *n_r = l.n;
    *more_r = l.more;
    return st;
}

/* --- read for an update --- */

struct for_update {
    struct arena *a;
    struct ticket *ticket;
    struct store_replay *replay;
    const unsigned char *hash;
    bool found;
};

static enum status on_for_update(void *ctx, struct row_out *row)
{
    struct for_update *u = ctx;
    unsigned at = TICKET_ROW_HEAD + TICKET_ROW_LAST;
    unsigned char hash[CRYPTO_SHA256_SIZE];
    u->found = !row_is_null(row, 0);
    if (u->found && read_desk(row, u->a, u->ticket))
        return row->status;
    u->replay->found = !row_is_null(row, at);
    if (!u->replay->found)
        return STATUS_OK;
    row_into(row, at, hash, sizeof hash);
    u->replay->same = memcmp(hash, u->hash, sizeof hash) == 0;
    u->replay->answer = row_s(row, at + 1, u->a);
    return row->status;
}

enum status store_ticket_for_update(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number,
                                    uint32_t key_partner, struct sv key,
                                    const unsigned char body_hash[CRYPTO_SHA256_SIZE], struct ticket *ticket_r,
                                    struct store_replay *replay_r, struct err *err)
{
    struct row_in in;
    struct for_update u = {.a = a, .ticket = ticket_r, .replay = replay_r, .hash = body_hash};
    memset(replay_r, 0, sizeof *replay_r);
    row_in_init(&in, STORE_TICKET_FOR_UPDATE);
    row_in_u(&in, number);
    in_owner(&in, partner_id);
    row_in_u(&in, key_partner);
    row_in_u(&in, number);
    row_in_b(&in, key);
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = &in, .on_row = on_for_update, .ctx = &u}, err);
    if (st)
        return st;
    return u.found ? STATUS_OK : STATUS_NOT_FOUND;
}
