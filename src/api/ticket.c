#include "api/internal.h"

void api_tell_write(struct api_call *c, enum status s, bool replayed)
{
    if (s == STATUS_OK && replayed)
        http_header(c->resp, "Idempotent-Replayed", "true");
    api_answer(c, s);
}

/* A host that is not on the partner's list is one more wrong field. */
static enum status judge_host(struct api_call *c, const struct ticket_draft *draft, enum status s)
{
    struct net_url url;
    if ((s != STATUS_OK && s != STATUS_INVALID) || !draft->webhook_url.p)
        return s;
    if (net_url_parse(draft->webhook_url, &url) || net_host_listed(url.host, c->caller.webhook_hosts))
        return s;
    err_field(&c->a->err, "integration.webhookUrl", "Webhook url host is not allowed for this partner");
    return c->a->err.status;
}

static enum status begin_open(struct api_call *c, struct ticket_draft *draft, bool *replayed_r)
{
    struct api *a = c->a;
    enum status s = ticket_draft_read(a->arena, a->doc, a->rules, draft, &a->err);
    s = judge_host(c, draft, s);
    return desk_open_begin(a->desk, &c->desk, draft, c->request_id, s, &c->resp->body, replayed_r, &c->opening);
}

bool api_prepare_create(struct api_call *c)
{
    struct api *a = c->a;
    struct sv partner_id;
    bool replayed = false;
    ticket_draft_ids(a->doc, &partner_id, &c->request_id);
    if (partner_id.p && !sv_eq(partner_id, c->caller.partner_code)) {
        api_refuse(c, 403, "partnerId does not match the API key", NULL);
        return false;
    }
    struct ticket_draft *draft = arena_alloc(a->arena, sizeof *draft);
    enum status s = draft ? begin_open(c, draft, &replayed) : STATUS_NO_MEMORY;
    if (s == STATUS_OK && c->opening) {
        c->wish = desk_open_joins(c->opening) ? API_WISH_OPEN : API_WISH_NONE;
        return true;
    }
    api_tell_write(c, s, replayed);
    return false;
}

void api_create(struct api_call *c)
{
    bool replayed = false;
    enum status s = desk_open_write(c->a->desk, &c->desk, c->opening, &c->resp->body, &replayed);
    api_tell_write(c, s, replayed);
}

void api_update(struct api_call *c)
{
    struct api *a = c->a;
    uint64_t number;
    bool replayed = false;
    if (!ticket_number_parse(c->path.number, &number)) {
        api_answer(c, STATUS_NOT_FOUND);
        return;
    }
    struct ticket_change *change = arena_alloc(a->arena, sizeof *change);
    if (!change) {
        api_fail(c, STATUS_NO_MEMORY);
        return;
    }
    enum status s = ticket_change_read(a->arena, a->doc, c->desk.actor.agent, change, &a->err);
    s = desk_update(a->desk, &c->desk, number, change, s, &c->resp->body, &replayed);
    api_tell_write(c, s, replayed);
}

void api_tell_details(struct api_call *c, const struct ticket_details *d)
{
    api_answer(c, ticket_view_details(&c->resp->body, d, c->desk.actor.agent, c->req->now_us));
}

bool api_prepare_details(struct api_call *c)
{
    if (!ticket_number_parse(c->path.number, &c->number)) {
        api_answer(c, STATUS_NOT_FOUND);
        return false;
    }
    if (!c->desk.actor.agent)
        c->wish = API_WISH_DETAILS;
    return true;
}

void api_details(struct api_call *c)
{
    struct ticket_details d = {0};
    enum status s = desk_details(c->a->desk, &c->desk, c->number, &d);
    if (s == STATUS_OK)
        api_tell_details(c, &d);
    else
        api_answer(c, s);
}
