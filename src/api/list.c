#include "api/internal.h"

#include "base/num.h"
#include "base/utf8.h"

#define LIMIT_DEFAULT 50

static const char *take_status(struct store_list *q, struct sv value)
{
    struct sv part;
    enum ticket_status t;
    while (sv_cut(&value, ',', &part)) {
        if (!ticket_status_parse(part, &t))
            return "must be one or more of OPEN, IN_PROGRESS, PENDING, RESOLVED, CLOSED, CANCELLED";
        q->status[t] = true;
    }
    return NULL;
}

static const char *take_assignee(struct store_list *q, struct sv value)
{
    if (utf8_blank(value) || utf8_count(value) > TICKET_NAME_MAX)
        return "must be 1 to 200 characters";
    q->assignee = value;
    return NULL;
}

static const char *take_partner(struct store_list *q, struct sv value)
{
    if (value.n == 0 || value.n > STORE_PARTNER_CODE_MAX)
        return "must be 1 to 63 characters";
    q->partner_code = value;
    return NULL;
}

static const char *take_limit(struct store_list *q, struct sv value)
{
    uint64_t n;
    if (!num_u64(value, false, STORE_LIST_MAX, &n) || n == 0)
        return "must be a whole number from 1 to 200";
    q->limit = (unsigned)n;
    return NULL;
}

static const char *take_after(struct store_list *q, struct sv value)
{
    if (!ticket_number_parse(value, &q->before))
        return "must be the next of an earlier answer";
    return NULL;
}

static const struct {
    const char *name;
    const char *(*take)(struct store_list *q, struct sv value); /*!< NULL, or why not, after a label */
    bool repeats;
} params[] = {
    {"status", take_status, true}, {"assignee", take_assignee, false}, {"partner", take_partner, false},
    {"limit", take_limit, false},  {"after", take_after, false},
};
#define N_PARAMS (sizeof params / sizeof params[0])

static void take(struct store_list *q, bool seen[N_PARAMS], struct sv name, struct sv value, struct err *err)
{
    char label[32];
    for (size_t i = 0; i < N_PARAMS; i++) {
        if (!sv_is(name, params[i].name))
            continue;
        bool is_repeated = seen[i] && !params[i].repeats;
        const char *why = is_repeated ? "may be given only once" : params[i].take(q, value);
        seen[i] = true;
        wire_label(params[i].name, label, sizeof label);
        if (why)
            err_field(err, params[i].name, "%s %s", label, why);
    }
}

static enum status read_query(struct api_call *c, struct store_list *q)
{
    bool seen[N_PARAMS] = {false};
    *q = (struct store_list){.limit = LIMIT_DEFAULT};
    for (size_t i = 0; i < c->n_params; i++)
        take(q, seen, c->params[i].name, c->params[i].value, &c->a->err);
    return c->a->err.status;
}

void api_list(struct api_call *c)
{
    struct api *a = c->a;
    struct store_list q;
    struct ticket *tickets = NULL;
    size_t n = 0;
    uint64_t next = 0;
    enum status s = read_query(c, &q);
    if (s == STATUS_OK)
        s = desk_list(a->desk, &c->desk, &q, &tickets, &n, &next);
    if (s == STATUS_OK)
        s = ticket_view_list(&c->resp->body, tickets, n, next, c->req->now_us);
    api_answer(c, s);
}
