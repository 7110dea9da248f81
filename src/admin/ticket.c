/* Tickets as the desk sees them: list and show; the rows of all ticket commands. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/put.h"
#include "admin/session.h"
#include "admin/table.h"
#include "admin/ticket_desk.h"
#include "admin/value.h"
#include "base/clock.h"
#include "ticket/rules.h"
#include "ticket/view.h"

#define LIST_STANDARD 50
#define INDENT 4 /* [spaces] before texts of several lines */

static enum status read_statuses(struct sv s, bool out[TICKET_STATUS__MAX], struct err *err)
{
    struct sv word;
    while (sv_cut(&s, ',', &word)) {
        enum ticket_status status;
        if (!ticket_status_parse(word, &status))
            return err_set(err, STATUS_BAD_INPUT,
                           "--status: must be some of OPEN,IN_PROGRESS,PENDING,RESOLVED,CLOSED,CANCELLED");
        out[status] = true;
    }
    return STATUS_OK;
}

static enum status read_list(struct admin *a, const struct admin_args *args, struct store_list *q)
{
    struct sv limit = admin_option(args, "limit"), after = admin_option(args, "after");
    uint64_t n = LIST_STANDARD;
    *q = (struct store_list){.assignee = admin_option(args, "assignee"), .partner_code = admin_option(args, "partner")};
    enum status s = read_statuses(admin_option(args, "status"), q->status, &a->err);
    if (s == STATUS_OK && q->assignee.p)
        s = admin_value_text(q->assignee, "--assignee", TICKET_NAME_MAX, &a->err);
    if (s == STATUS_OK && q->partner_code.p)
        s = admin_value_code(q->partner_code, "--partner", &a->err);
    if (s == STATUS_OK && limit.p)
        s = admin_value_number(limit, "--limit", 1, STORE_LIST_MAX, &n, &a->err);
    if (s == STATUS_OK && after.p)
        s = admin_value_number(after, "--after", 1, INT64_MAX, &q->before, &a->err);
    q->limit = (unsigned)n;
    return s;
}

static const char *number_text(struct admin *a, const struct ticket *t)
{
    return arena_printf(a->arena, "%llu", (unsigned long long)t->number);
}

static void put_ticket(struct admin *a, struct wire_writer *w, const struct ticket *t, int64_t now_us)
{
    struct sv number = sv_from(number_text(a, t));
    wire_open(w);
    admin_put_text(w, "id", number);
    admin_put_text(w, "ticketNumber", number);
    admin_put_text(w, "partnerId", t->partner_code);
    admin_put_text(w, "channelReferenceId", t->channel_reference_id);
    admin_put_text(w, "title", t->title);
    admin_put_text(w, "channel", sv_from(ticket_channel_name(t->channel)));
    admin_put_text(w, "serviceType", sv_from(ticket_service_type_name(t->service_type)));
    admin_put_text(w, "status", sv_from(ticket_status_name(t->status)));
    admin_put_text(w, "priority", sv_from(ticket_priority_name(t->priority)));
    admin_put_text(w, "currentAssignee", t->assignee);
    admin_put_time(w, "createdAt", t->created_at);
    admin_put_time(w, "updatedAt", t->updated_at);
    admin_put_time(w, "resolvedAt", t->resolved_at);
    admin_put_time(w, "closedAt", t->closed_at);
    wire_name(w, "sla");
    wire_open(w);
    admin_put_time(w, "responseDeadline", t->response_deadline);
    admin_put_time(w, "resolutionDeadline", t->resolution_deadline);
    admin_put_bool(w, "isBreached", ticket_is_breached(t, now_us));
    wire_close(w);
    wire_close(w);
}

static enum status print_list_json(struct admin *a, const struct ticket *t, size_t n, int64_t now_us)
{
    struct wire_writer *w = admin_json_start(a);
    wire_open_list(w);
    for (size_t i = 0; i < n; i++)
        put_ticket(a, w, &t[i], now_us);
    wire_close_list(w);
    return admin_json_end(a);
}

static enum status print_list(struct admin *a, const struct ticket *t, size_t n, uint64_t next, int64_t now_us)
{
    static const char *const headers[] = {"NUMBER",   "PARTNER", "STATUS",  "PRIORITY", "ASSIGNEE",
                                          "BREACHED", "CREATED", "UPDATED", "TITLE",    NULL};
    struct admin_table table;
    admin_table_start(&table, headers);
    for (size_t i = 0; i < n; i++) {
        admin_table_number(&table, t[i].number);
        admin_table_text(&table, t[i].partner_code);
        admin_table_str(&table, ticket_status_name(t[i].status));
        admin_table_str(&table, ticket_priority_name(t[i].priority));
        admin_table_text(&table, t[i].assignee);
        admin_table_str(&table, ticket_is_breached(&t[i], now_us) ? "yes" : "no");
        admin_table_time(&table, t[i].created_at);
        admin_table_time(&table, t[i].updated_at);
        admin_table_text(&table, t[i].title);
    }
    enum status s = admin_table_end(&table, a->out);
    if (s == STATUS_OK && next)
        fprintf(a->out, "More with --after %llu\n", (unsigned long long)next);
    return s;
}

static enum status ticket_list(struct admin *a, const struct admin_args *args)
{
    struct store_list q;
    struct ticket *t = NULL;
    size_t n = 0;
    uint64_t next = 0;
    struct desk_call call = admin_ticket_call(a);
    enum status s = read_list(a, args, &q);
    if (s == STATUS_OK)
        s = desk_list(a->desk, &call, &q, &t, &n, &next);
    if (s != STATUS_OK)
        return s;
    return a->json ? print_list_json(a, t, n, call.now_us) : print_list(a, t, n, next, call.now_us);
}

static void record_ticket(struct admin *a, struct admin_table *r, const struct ticket *t)
{
    admin_table_field(r, "Ticket", sv_from(number_text(a, t)));
    admin_table_field(r, "Partner", t->partner_code);
    admin_table_field(r, "Reference", t->channel_reference_id);
    admin_table_field(r, "Channel", sv_from(ticket_channel_name(t->channel)));
    admin_table_field(r, "Title", t->title);
    admin_table_field(r, "Status", sv_from(ticket_status_name(t->status)));
    admin_table_field(r, "Priority", sv_from(ticket_priority_name(t->priority)));
    admin_table_field(r, "Service type", sv_from(ticket_service_type_name(t->service_type)));
    admin_table_field(r, "Service", t->service_name);
    admin_table_field(r, "Support group", t->support_group);
    admin_table_field(r, "Assignee", t->assignee);
}

static void record_customer(struct admin_table *r, const struct ticket *t)
{
    admin_table_field(r, "Customer", t->customer_name);
    admin_table_field(r, "Email", t->customer_email);
    admin_table_field(r, "Phone", t->customer_phone);
    admin_table_field(r, "Identifier", t->customer_identifier);
    admin_table_field(r, "Branch code", t->branch_code);
    admin_table_field(r, "Branch", t->branch_name);
}

static void record_times(struct admin_table *r, const struct ticket *t, int64_t now_us)
{
    admin_table_field_time(r, "Created", t->created_at);
    admin_table_field_time(r, "Updated", t->updated_at);
    admin_table_field_time(r, "Resolved", t->resolved_at);
    admin_table_field_time(r, "Closed", t->closed_at);
    admin_table_field_time(r, "Response due", t->response_deadline);
    admin_table_field_time(r, "Resolution due", t->resolution_deadline);
    admin_table_field(r, "Breached", ticket_is_breached(t, now_us) ? SV("yes") : SV("no"));
}

static enum status print_record(struct admin *a, const struct ticket *t, int64_t now_us)
{
    struct admin_table r;
    admin_table_start_record(&r);
    record_ticket(a, &r, t);
    record_customer(&r, t);
    record_times(&r, t, now_us);
    return admin_table_end(&r, a->out);
}

static enum status print_comment(struct admin *a, const struct ticket_comment *c)
{
    char at[CLOCK_ISO_SIZE];
    clock_iso(c->at, at);
    const char *head = arena_printf(a->arena, "%s %.*s%s", at, SV_ARG(c->author), c->internal ? " (internal)" : "");
    if (!head)
        return STATUS_NO_MEMORY;
    enum status s = admin_table_print_block(a->out, sv_from(head), INDENT / 2);
    return s == STATUS_OK ? admin_table_print_block(a->out, c->content, INDENT) : s;
}

static enum status print_comments(struct admin *a, const struct ticket_details *d)
{
    enum status s = STATUS_OK;
    if (d->n_comments > 0)
        fputs("\nComments\n", a->out);
    for (size_t i = 0; s == STATUS_OK && i < d->n_comments; i++)
        s = print_comment(a, &d->comments[i]);
    return s;
}

static enum status print_attachments(struct admin *a, const struct ticket_details *d)
{
    static const char *const headers[] = {"ATTACHMENT", "FILENAME", "TYPE", "SIZE", "UPLOADED", NULL};
    struct admin_table t;
    if (d->n_attachments == 0)
        return STATUS_OK;
    fputc('\n', a->out);
    admin_table_start(&t, headers);
    for (size_t i = 0; i < d->n_attachments; i++) {
        const struct ticket_attachment *f = &d->attachments[i];
        admin_table_str(&t, f->id);
        admin_table_text(&t, f->filename);
        admin_table_text(&t, f->mime_type);
        admin_table_number(&t, f->size);
        admin_table_time(&t, f->at);
    }
    return admin_table_end(&t, a->out);
}

static enum status print_details(struct admin *a, const struct ticket_details *d, int64_t now_us)
{
    enum status s = print_record(a, &d->ticket, now_us);
    if (s == STATUS_OK && d->ticket.description.p) {
        fputs("\nDescription\n", a->out);
        s = admin_table_print_block(a->out, d->ticket.description, INDENT);
    }
    if (s == STATUS_OK)
        s = print_comments(a, d);
    return s == STATUS_OK ? print_attachments(a, d) : s;
}

static enum status print_details_json(struct admin *a, const struct ticket_details *d, int64_t now_us)
{
    enum status s = ticket_view_details(&a->text, d, true, now_us);
    if (s == STATUS_OK)
        fprintf(a->out, "%s\n", buf_view(&a->text).p);
    return s;
}

static enum status ticket_show(struct admin *a, const struct admin_args *args)
{
    struct ticket_details d;
    uint64_t number = 0;
    struct desk_call call = admin_ticket_call(a);
    enum status s = admin_ticket_number(a, args, &number);
    if (s == STATUS_OK)
        s = admin_ticket_told(a, number, desk_details(a->desk, &call, number, &d));
    if (s != STATUS_OK)
        return s;
    return a->json ? print_details_json(a, &d, call.now_us) : print_details(a, &d, call.now_us);
}

#define NUMBER_ARGUMENT                                                                                                \
    {                                                                                                                  \
        .name = "N", .help = "The ticket's number"                                                                     \
    }

const struct admin_command admin_ticket_commands[] = {
    {.noun = "ticket",
     .verb = "list",
     .help = "List tickets, newest first",
     .options = {{.name = "status", .value = "LIST", .help = "Only these, such as OPEN,IN_PROGRESS"},
                 {.name = "assignee", .value = "NAME", .help = "Only those assigned to this person"},
                 {.name = "partner", .value = "CODE", .help = "Only this partner's"},
                 {.name = "limit", .value = "N", .help = "At most so many, 1 to 200; standard 50"},
                 {.name = "after", .value = "N", .help = "Go on after this ticket number"}},
     .need = ADMIN_NEED_DESK,
     .run = ticket_list},
    {.noun = "ticket",
     .verb = "show",
     .help = "Show a ticket with its comments and attachments",
     .arguments = {NUMBER_ARGUMENT},
     .need = ADMIN_NEED_DESK,
     .run = ticket_show},
    {.noun = "ticket",
     .verb = "assign",
     .help = "Assign a ticket to a person, or to nobody",
     .arguments = {NUMBER_ARGUMENT, {.name = "NAME", .optional = true, .help = "Who takes it, at most 200 characters"}},
     .options = {{.name = "none", .help = "Nobody has it any more"}},
     .need = ADMIN_NEED_DESK,
     .run = admin_ticket_assign},
    {.noun = "ticket",
     .verb = "status",
     .help = "Move a ticket to another status",
     .arguments = {NUMBER_ARGUMENT,
                   {.name = "STATUS", .help = "OPEN, IN_PROGRESS, PENDING, RESOLVED, CLOSED or CANCELLED"}},
     .options = {{.name = "comment", .value = "TEXT", .help = "A public comment that goes with it"}},
     .need = ADMIN_NEED_DESK,
     .run = admin_ticket_status},
    {.noun = "ticket",
     .verb = "comment",
     .help = "Add a comment to a ticket",
     .arguments = {NUMBER_ARGUMENT, {.name = "TEXT", .help = "The comment, at most 10,000 characters"}},
     .options = {{.name = "author", .value = "NAME", .help = "Who says it; standard Support Agent"},
                 {.name = "internal", .help = "A note for the desk only, never shown to partners"}},
     .need = ADMIN_NEED_DESK,
     .run = admin_ticket_comment},
    {.noun = NULL},
};
