/* Events of webhooks: list, show. */
#include <string.h>

#include "admin/list.h"
#include "admin/partner.h"
#include "admin/put.h"
#include "admin/value.h"
#include "admin/webhook.h"
#include "base/clock.h"

#define LIST_STANDARD 50
#define STATES 3

static const char *const state_names[STATES] = {
    [STORE_HOOK_IS_PENDING] = "pending", [STORE_HOOK_IS_DEAD] = "dead", [STORE_HOOK_IS_DELIVERED] = "delivered"};

static enum status read_state(struct admin *a, struct sv word, bool wanted[STATES])
{
    bool found = !word.p;
    for (unsigned i = 0; i < STATES; i++) {
        wanted[i] = word.p ? sv_is(word, state_names[i]) : i != STORE_HOOK_IS_DELIVERED;
        found |= wanted[i];
    }
    return found ? STATUS_OK : err_set(&a->err, STATUS_BAD_INPUT, "--state: must be pending, dead or delivered");
}

static enum status read_filter(struct admin *a, const struct admin_args *args, struct store_hook_filter *f,
                               bool wanted[STATES])
{
    struct sv ticket = admin_option(args, "ticket"), limit = admin_option(args, "limit");
    uint64_t n = LIST_STANDARD;
    *f = (struct store_hook_filter){.partner_code = admin_option(args, "partner")};
    enum status s = read_state(a, admin_option(args, "state"), wanted);
    if (s == STATUS_OK && ticket.p)
        s = admin_value_number(ticket, "--ticket", 1, INT64_MAX, &f->ticket_number, &a->err);
    if (s == STATUS_OK && limit.p)
        s = admin_value_number(limit, "--limit", 1, STORE_HOOK_LIST_MAX, &n, &a->err);
    if (s == STATUS_OK)
        s = admin_webhook_span(a, args, &f->since, &f->until);
    if (s == STATUS_OK)
        s = admin_partner_option(a, args);
    f->limit = (unsigned)n;
    return s;
}

static const char *const headers[] = {"ID",       "STATE",   "PARTNER",   "TICKET", "SEQ",  "EVENT",
                                      "ATTEMPTS", "CREATED", "DUE/ENDED", "ORIGIN", "NOTE", NULL};

static void hook_cells(struct admin_table *t, const void *record)
{
    const struct store_hook *h = record;
    bool pending = h->state == STORE_HOOK_IS_PENDING;
    admin_table_str(t, h->webhook_id);
    admin_table_str(t, state_names[h->state]);
    admin_table_text(t, h->partner_code);
    admin_table_number(t, h->ticket_number);
    admin_table_number(t, h->seq);
    admin_table_str(t, ticket_event_name(h->event));
    admin_table_number(t, h->attempts);
    admin_table_time(t, h->created_at);
    admin_table_time(t, pending ? h->next_due : h->settled_at);
    admin_table_text(t, admin_webhook_origin(h->url));
    admin_table_text(t, h->leased ? SV("being sent") : h->held ? SV("held") : h->reason);
}

static void put_members(struct wire_writer *w, const struct store_hook *h)
{
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)h->ticket_number);
    admin_put_str(w, "id", h->webhook_id);
    admin_put_str(w, "state", state_names[h->state]);
    admin_put_text(w, "partner", h->partner_code);
    admin_put_str(w, "ticketNumber", number);
    admin_put_number(w, "sequence", h->seq);
    admin_put_str(w, "event", ticket_event_name(h->event));
    admin_put_text(w, "target", admin_webhook_target(h->url));
    admin_put_number(w, "attempts", h->attempts);
    admin_put_time(w, "createdAt", h->created_at);
    admin_put_time(w, "nextDue", h->next_due);
    admin_put_time(w, "endedAt", h->settled_at);
    admin_put_bool(w, "beingSent", h->leased);
    admin_put_bool(w, "held", h->held);
    admin_put_text(w, "reason", h->reason);
}

static void put_hook(struct wire_writer *w, const void *record)
{
    wire_open(w);
    put_members(w, record);
    wire_close(w);
}

static const struct admin_list hooks = {headers, sizeof(struct store_hook), hook_cells, put_hook};

/* What one list of the store holds; several are printed as one. */
struct found {
    struct store_hook *hooks;
    size_t n;
    bool more[STATES];
};

static enum status find_state(struct admin *a, const struct store_hook_filter *f, struct found *found)
{
    struct store_hook *more = NULL, *all = NULL;
    size_t n = 0;
    enum status s = store_hook_list(admin_store(a), a->arena, f, &more, &n, &found->more[f->state], &a->err);
    if (s != STATUS_OK || n == 0)
        return s;
    all = arena_array(a->arena, found->n + n, sizeof *all);
    if (!all)
        return STATUS_NO_MEMORY;
    if (found->n > 0)
        memcpy(all, found->hooks, found->n * sizeof *all);
    memcpy(all + found->n, more, n * sizeof *all);
    found->hooks = all;
    found->n += n;
    return STATUS_OK;
}

enum status admin_webhook_list(struct admin *a, const struct admin_args *args)
{
    struct store_hook_filter f;
    struct found found = {.hooks = NULL};
    bool wanted[STATES];
    enum status s = read_filter(a, args, &f, wanted);
    for (unsigned i = 0; s == STATUS_OK && i < STATES; i++) {
        f.state = (enum store_hook_state)i;
        if (wanted[i])
            s = find_state(a, &f, &found);
    }
    if (s == STATUS_OK)
        s = admin_list_print(a, &hooks, found.hooks, found.n);
    for (unsigned i = 0; s == STATUS_OK && !a->json && i < STATES; i++)
        if (found.more[i])
            fprintf(a->out, "More %s events with --limit or --until\n", state_names[i]);
    return s;
}

static enum status print_record(struct admin *a, const struct store_hook *h)
{
    struct admin_table t;
    admin_table_start_record(&t);
    admin_table_field(&t, "Id", sv_from(h->webhook_id));
    admin_table_field(&t, "State", sv_from(state_names[h->state]));
    admin_table_field(&t, "Partner", h->partner_code);
    admin_table_field_number(&t, "Ticket", h->ticket_number);
    admin_table_field_number(&t, "Sequence", h->seq);
    admin_table_field(&t, "Event", sv_from(ticket_event_name(h->event)));
    admin_table_field(&t, "Target", admin_webhook_target(h->url));
    admin_table_field_number(&t, "Attempts", h->attempts);
    admin_table_field_time(&t, "Created", h->created_at);
    admin_table_field_time(&t, "Next due", h->next_due);
    admin_table_field(&t, "Being sent", h->leased ? SV("yes") : SV("no"));
    admin_table_field(&t, "Held", h->held ? SV("yes: an earlier event of its ticket comes first") : SV("no"));
    admin_table_field_time(&t, "Ended", h->settled_at);
    admin_table_field(&t, "Reason", h->reason);
    return admin_table_end(&t, a->out);
}

static const char *const attempt_headers[] = {"ATTEMPT", "ENDED", "RESULT", "STATUS", "MS", "ERROR", "ANSWER", NULL};

static void attempt_cells(struct admin_table *t, const void *record)
{
    const struct store_hook_attempt *m = record;
    admin_table_number(t, m->attempt);
    admin_table_time(t, m->at);
    admin_table_str(t, m->delivered ? "delivered" : "failed");
    if (m->http_status)
        admin_table_number(t, m->http_status);
    else
        admin_table_str(t, "");
    admin_table_number(t, m->duration_ms);
    admin_table_text(t, m->error);
    admin_table_text(t, m->answer);
}

static void put_attempt(struct wire_writer *w, const void *record)
{
    const struct store_hook_attempt *m = record;
    wire_open(w);
    admin_put_number(w, "attempt", m->attempt);
    admin_put_time(w, "endedAt", m->at);
    admin_put_bool(w, "delivered", m->delivered);
    wire_name(w, "status");
    if (m->http_status)
        wire_put_u64(w, m->http_status);
    else
        wire_put_null(w);
    admin_put_number(w, "durationMs", m->duration_ms);
    admin_put_text(w, "error", m->error);
    admin_put_text(w, "answer", m->answer);
    wire_close(w);
}

static const struct admin_list attempts = {attempt_headers, sizeof(struct store_hook_attempt), attempt_cells,
                                           put_attempt};

static enum status print_event_json(struct admin *a, const struct store_hook *h, const struct store_hook_attempt *m,
                                    size_t n, bool body)
{
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    put_members(w, h);
    if (body)
        admin_put_text(w, "body", h->body);
    wire_name(w, "history");
    wire_open_list(w);
    for (size_t i = 0; i < n; i++)
        put_attempt(w, &m[i]);
    wire_close_list(w);
    wire_close(w);
    return admin_json_end(a);
}

static enum status print_event(struct admin *a, const struct store_hook *h, const struct store_hook_attempt *m,
                               size_t n)
{
    enum status s = print_record(a, h);
    if (s != STATUS_OK || n == 0)
        return s;
    fputc('\n', a->out);
    return admin_list_print(a, &attempts, m, n);
}

enum status admin_webhook_show(struct admin *a, const struct admin_args *args)
{
    struct sv id;
    struct store_hook h;
    struct store_hook_attempt *m = NULL;
    size_t n = 0;
    bool body = admin_flag(args, "body");
    enum status s = admin_webhook_id(a, args, &id);
    if (s == STATUS_OK)
        s = admin_webhook_told(a, id, store_hook_find(admin_store(a), a->arena, id, &h, &a->err));
    if (s == STATUS_OK && body && !h.body.p)
        s = admin_refuse(a, STATUS_NOT_FOUND, "event %.*s: was delivered, and its body is not kept", SV_ARG(id));
    if (s == STATUS_OK && body && !a->json) {
        fwrite(h.body.p, 1, h.body.n, a->out);
        return STATUS_OK;
    }
    if (s == STATUS_OK)
        s = store_hook_attempts(admin_store(a), a->arena, id, &m, &n, &a->err);
    if (s != STATUS_OK)
        return s;
    return a->json ? print_event_json(a, &h, m, n, body) : print_event(a, &h, m, n);
}
