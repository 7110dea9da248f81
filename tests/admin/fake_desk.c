#include <string.h>

#include "admin/fake.h"
#include "base/clock.h"
#include "desk/desk.h"
#include "gate/shared.h"

static char one_desk, one_shared; /* their addresses stand for the real ones */

static enum status outcome(struct err *err)
{
    if (fake.status == STATUS_OK)
        return STATUS_OK;
    err_set(err, fake.status, "%s", fake.text ? fake.text : "");
    if (fake.field)
        err_field(err, fake.field, "%s", fake.field_text);
    return fake.status;
}

enum status gate_shared_open_existing(const char *dir, unsigned rate_mib, struct gate_shared **g_r, struct err *err)
{
    buf_printf(&fake.calls, "shared %s %u\n", dir, rate_mib);
    if (fake.shared != STATUS_OK)
        return err_set(err, fake.shared, "%s: no", dir);
    *g_r = (struct gate_shared *)(void *)&one_shared;
    return STATUS_OK;
}

void gate_shared_close(struct gate_shared **g)
{
    *g = NULL;
}

void gate_generation_bump(struct gate_shared *g)
{
    fake.bumps += (const void *)g == &one_shared;
}

enum status desk_new(struct store *store, struct gate_shared *shared, const struct ticket_rules *rules,
                     struct desk **d_r)
{
    buf_printf(&fake.calls, "desk%s\n", store && rules && !shared ? "" : " wrong");
    *d_r = (struct desk *)(void *)&one_desk;
    return STATUS_OK;
}

void desk_free(struct desk **d)
{
    *d = NULL;
}

void desk_pokes(struct desk *d, const char *directory)
{
    buf_printf(&fake.calls, "pokes %s%s\n", directory, (const void *)d == &one_desk ? "" : " wrong");
}

/* One ticket with everything, 1408. */
static struct ticket ticket(void)
{
    struct ticket t = {.number = 1408, .id = "caaaaaaaaaaaaaaaaaaaaaaaa", .version = 3, .partner_id = 1};
    t.partner_code = SV("PARTNER001");
    t.status = TICKET_IN_PROGRESS;
    t.priority = TICKET_HIGH;
    t.service_type = TICKET_CLAIM;
    t.channel = TICKET_SMS;
    t.channel_reference_id = SV("WA-1");
    t.customer_name = SV("John Doe");
    t.customer_email = SV("j@doe.example");
    t.branch_code = SV("001");
    t.branch_name = SV("Cabang Utama");
    t.title = SV("Kartu t\xc3\xa9rtelan");
    t.description = SV("first line\nsecond \x1b[31mline");
    t.service_name = SV("ATM Card Services");
    t.support_group = SV("Transaction Claims Support");
    t.assignee = SV("Jane Tech");
    t.created_at = t.updated_at = 0;
    t.resolved_at = t.closed_at = t.first_response_at = CLOCK_NONE;
    t.response_deadline = 3600 * CLOCK_SECOND;
    t.resolution_deadline = 4 * 3600 * CLOCK_SECOND;
    return t;
}

/* Says "agent" only if the call is an agent's of nobody's partner, with a time. */
static void note_call(const char *name, const struct desk_call *call)
{
    const struct desk_actor *c = &call->actor;
    bool right = c->agent && c->partner_id == 0 && call->arena && call->err && call->now_us > 0 && call->mono_us > 0 &&
                 !call->key.p;
    buf_printf(&fake.calls, "%s %s", name,
               right && sv_has_prefix(c->who, SV("admin:")) && c->who.n > 6 ? "agent" : "wrong");
}

enum status desk_details(struct desk *d, const struct desk_call *call, uint64_t number, struct ticket_details *out_r)
{
    static struct ticket_comment comments[2];
    static struct ticket_attachment file;
    (void)d;
    note_call("details", call);
    buf_printf(&fake.calls, " %llu\n", (unsigned long long)number);
    if (fake.status != STATUS_OK)
        return outcome(call->err);
    if (number != 1408)
        return err_set(call->err, STATUS_NOT_FOUND, "Ticket not found");
    comments[0] =
        (struct ticket_comment){.id = "c1", .content = SV("Received"), .author = SV("System"), .from_support = true};
    comments[1] = (struct ticket_comment){.id = "c2", .content = SV("a\nb"), .author = SV("Ann"), .internal = true};
    file = (struct ticket_attachment){.id = "f1", .filename = SV("a.jpg"), .mime_type = SV("image/jpeg"), .size = 5};
    *out_r = (struct ticket_details){.ticket = ticket()};
    if (fake.empty)
        return STATUS_OK;
    out_r->comments = comments;
    out_r->n_comments = 2;
    out_r->attachments = &file;
    out_r->n_attachments = 1;
    return STATUS_OK;
}

enum status desk_list(struct desk *d, const struct desk_call *call, const struct store_list *q,
                      struct ticket **tickets_r, size_t *n_r, uint64_t *next_r)
{
    (void)d;
    note_call("list", call);
    for (unsigned i = 0; i < TICKET_STATUS__MAX; i++)
        buf_printf(&fake.calls, "%s%s", i ? "" : " ", q->status[i] ? "1" : "0");
    buf_printf(&fake.calls, " '%.*s' '%.*s' %llu %u\n", SV_ARG(q->assignee), SV_ARG(q->partner_code),
               (unsigned long long)q->before, q->limit);
    if (fake.status != STATUS_OK)
        return outcome(call->err);
    *n_r = fake.empty ? 0 : 2;
    *next_r = fake.empty ? 0 : 7;
    *tickets_r = arena_array(call->arena, 2, sizeof **tickets_r);
    if (!*tickets_r)
        return STATUS_NO_MEMORY;
    (*tickets_r)[0] = ticket();
    (*tickets_r)[1] = ticket();
    (*tickets_r)[1].number = 7;
    (*tickets_r)[1].assignee = SV_NONE;
    (*tickets_r)[1].resolution_deadline = (*tickets_r)[1].response_deadline = INT64_C(4102444800) * CLOCK_SECOND;
    return STATUS_OK;
}

static void note_change(const struct ticket_change *c)
{
    buf_printf(&fake.calls, " %s", ticket_action_name(c->action));
    if (c->has_status)
        buf_printf(&fake.calls, " status=%s", ticket_status_name(c->status));
    if (c->comment.p)
        buf_printf(&fake.calls, " comment='%.*s'", SV_ARG(c->comment));
    if (c->action == TICKET_ADD_COMMENT)
        buf_printf(&fake.calls, " author='%.*s'%s", SV_ARG(c->author), c->internal ? " internal" : "");
    if (c->action == TICKET_ASSIGN)
        buf_printf(&fake.calls, " assignee=%.*s", SV_ARG(c->assignee.p ? c->assignee : SV("(none)")));
    buf_char(&fake.calls, '\n');
}

enum status desk_update(struct desk *d, const struct desk_call *call, uint64_t number,
                        const struct ticket_change *change, enum status change_status, struct buf *out,
                        bool *replayed_r)
{
    (void)d;
    note_call("update", call);
    buf_printf(&fake.calls, " %llu", (unsigned long long)number);
    note_change(change);
    *replayed_r = false;
    if (change_status != STATUS_OK)
        return change_status;
    buf_str(out, "{\"success\":true}");
    return outcome(call->err);
}
