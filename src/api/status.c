#include "api/internal.h"

/* The questions of a query, in its order. */
struct questions {
    struct desk_question asked[STORE_ASK_MAX];
    size_t n;
    bool named;           /*!< one of the two parameters stands there, be it empty */
    const char *too_many; /*!< the parameter whose value was one too many */
};

static void add(struct questions *q, const char *name, bool by_reference, struct sv value)
{
    if (value.n == 0)
        return;
    if (q->n == STORE_ASK_MAX) {
        q->too_many = name;
        return;
    }
    q->asked[q->n++] = (struct desk_question){.by_reference = by_reference, .value = value};
}

static void take(struct questions *q, struct sv name, struct sv value)
{
    struct sv part;
    if (sv_is(name, "channelReferenceId")) {
        q->named = true;
        add(q, "channelReferenceId", true, value);
    } else if (sv_is(name, "ticketNumber")) {
        q->named = true;
        while (sv_cut(&value, ',', &part))
            add(q, "ticketNumber", false, part);
    }
}

static void answer(struct api_call *c, const struct questions *q)
{
    struct buf *out = &c->resp->body;
    struct ticket_asked asked[STORE_ASK_MAX];
    enum status s = desk_status(c->a->desk, &c->desk, q->asked, q->n, asked);
    if (s == STATUS_OK && q->n == 1 && asked[0].ticket) {
        api_tell_status(c, asked[0].ticket);
        return;
    }
    if (s == STATUS_OK)
        s = q->n > 1 ? ticket_view_statuses(out, asked, q->n, c->req->now_us) : STATUS_NOT_FOUND;
    api_answer(c, s);
}

void api_tell_status(struct api_call *c, const struct ticket *t)
{
    api_answer(c, ticket_view_status(&c->resp->body, t, c->req->now_us));
}

/* The everyday question: one ticket's, by its number. */
bool api_prepare_status(struct api_call *c)
{
    if (!c->desk.actor.agent && c->n_params == 1 && sv_is(c->params[0].name, "ticketNumber") &&
        ticket_number_parse(c->params[0].value, &c->number))
        c->wish = API_WISH_STATUS;
    return true;
}

void api_status(struct api_call *c)
{
    struct questions *q = arena_alloc(c->a->arena, sizeof *q);
    if (!q) {
        api_fail(c, STATUS_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < c->n_params; i++)
        take(q, c->params[i].name, c->params[i].value);
    if (q->too_many)
        api_refuse_field(c, 400, "Validation failed", q->too_many, "At most 100 values are allowed in a request");
    else if (q->n > 0)
        answer(c, q);
    else if (c->desk.actor.agent && !q->named)
        api_list(c);
    else
        api_refuse(c, 400, "Either ticketNumber or channelReferenceId is required", NULL);
}
