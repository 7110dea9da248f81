#include "ticket/view.h"

#include <inttypes.h>
#include <stdio.h>

#include "ticket/rules.h"
#include "wire/writer.h"

#define NUMBER_SIZE 21 /* [bytes] decimal uint64_t and NUL */
#define URL_MAX 1024   /* [bytes] of a tracking URL */
#define NO_ASSIGNEE "Support Team"

/* --- parts ------------------------------------------------------------- */

static void put_number(struct wire_writer *w, const char *name, uint64_t number)
{
    char text[NUMBER_SIZE];
    snprintf(text, sizeof text, "%" PRIu64, number);
    wire_name(w, name);
    wire_put_str(w, text);
}

static void put_str(struct wire_writer *w, const char *name, const char *s)
{
    wire_name(w, name);
    wire_put_str(w, s);
}

static void put_sv(struct wire_writer *w, const char *name, struct sv s)
{
    wire_name(w, name);
    wire_put_sv(w, s);
}

static void put_time(struct wire_writer *w, const char *name, int64_t at_us)
{
    wire_name(w, name);
    wire_put_time(w, at_us);
}

static void put_bool(struct wire_writer *w, const char *name, bool v)
{
    wire_name(w, name);
    wire_put_bool(w, v);
}

static void open_object(struct wire_writer *w, const char *name)
{
    wire_name(w, name);
    wire_open(w);
}

static void open_list(struct wire_writer *w, const char *name)
{
    wire_name(w, name);
    wire_open_list(w);
}

/* What details and status answers share. */
static void put_state(struct wire_writer *w, const struct ticket *t)
{
    put_str(w, "status", ticket_status_name(t->status));
    put_str(w, "priority", ticket_priority_name(t->priority));
    put_time(w, "createdAt", t->created_at);
    put_time(w, "updatedAt", t->updated_at);
    put_time(w, "resolvedAt", t->resolved_at);
    put_time(w, "closedAt", t->closed_at);
    put_sv(w, "currentAssignee", t->assignee);
}

static void put_last_comment(struct wire_writer *w, const struct ticket *t)
{
    wire_name(w, "lastComment");
    if (!t->has_last_comment) {
        wire_put_null(w);
        return;
    }
    wire_open(w);
    put_sv(w, "content", t->last_comment.content);
    put_sv(w, "author", t->last_comment.author);
    put_time(w, "timestamp", t->last_comment.at);
    wire_close(w);
}

static void put_sla(struct wire_writer *w, const struct ticket *t, int64_t now_us)
{
    open_object(w, "sla");
    put_time(w, "responseDeadline", t->response_deadline);
    put_time(w, "resolutionDeadline", t->resolution_deadline);
    put_bool(w, "isBreached", ticket_is_breached(t, now_us));
    wire_close(w);
}

/* --- create ------------------------------------------------------------ */

static void put_tracking_url(struct wire_writer *w, const struct ticket *t)
{
    struct buf url;
    buf_init(&url, URL_MAX);
    buf_sv(&url, t->tracking_url_base);
    buf_printf(&url, "/tickets/%" PRIu64, t->number);
    if (url.status == STATUS_OK)
        put_sv(w, "trackingUrl", buf_view(&url));
    else if (w->status == STATUS_OK)
        w->status = url.status;
    buf_free(&url);
}

enum status ticket_view_created(struct buf *out, const struct ticket *t)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    put_bool(&w, "success", true);
    put_number(&w, "ticketNumber", t->number);
    put_str(&w, "ticketId", t->id);
    put_str(&w, "status", ticket_status_name(TICKET_OPEN));
    put_time(&w, "estimatedResolution", t->estimated_at);
    put_tracking_url(&w, t);
    put_str(&w, "message", "Ticket created successfully");
    open_object(&w, "metadata");
    put_time(&w, "createdAt", t->created_at);
    put_str(&w, "assignedTo", NO_ASSIGNEE);
    put_sv(&w, "supportGroup", t->support_group);
    wire_name(&w, "slaHours");
    wire_put_u64(&w, t->sla_hours);
    wire_close(&w);
    wire_close(&w);
    return wire_finish(&w);
}

/* --- details ----------------------------------------------------------- */

static void put_service(struct wire_writer *w, const struct ticket *t)
{
    open_object(w, "service");
    put_sv(w, "name", t->service_name);
    put_sv(w, "supportGroup", t->support_group);
    wire_close(w);
}

static void put_branch(struct wire_writer *w, const struct ticket *t)
{
    wire_name(w, "branch");
    if (!t->branch_code.p) {
        wire_put_null(w);
        return;
    }
    wire_open(w);
    put_sv(w, "name", t->branch_name);
    put_sv(w, "code", t->branch_code);
    wire_close(w);
}

static void put_comments(struct wire_writer *w, const struct ticket_details *d, bool agent)
{
    open_list(w, "comments");
    for (size_t i = 0; i < d->n_comments; i++) {
        const struct ticket_comment *c = &d->comments[i];
        if (c->internal && !agent)
            continue;
        wire_open(w);
        put_sv(w, "content", c->content);
        put_sv(w, "author", c->author);
        put_time(w, "timestamp", c->at);
        put_bool(w, "isFromSupport", c->from_support);
        if (c->internal)
            put_bool(w, "internal", true);
        wire_close(w);
    }
    wire_close_list(w);
}

static void put_attachments(struct wire_writer *w, const struct ticket_details *d)
{
    open_list(w, "attachments");
    for (size_t i = 0; i < d->n_attachments; i++) {
        const struct ticket_attachment *f = &d->attachments[i];
        wire_open(w);
        put_sv(w, "filename", f->filename);
        wire_name(w, "size");
        wire_put_u64(w, f->size);
        put_time(w, "uploadedAt", f->at);
        put_str(w, "id", f->id);
        put_sv(w, "mimeType", f->mime_type);
        wire_close(w);
    }
    wire_close_list(w);
}

static void put_metadata(struct wire_writer *w, const struct ticket *t)
{
    open_object(w, "metadata");
    put_str(w, "omnichannelType", ticket_service_type_name(t->service_type));
    wire_name(w, "omnichannelData");
    wire_put_raw(w, t->metadata.p ? t->metadata : SV("{}"));
    wire_close(w);
}

enum status ticket_view_details(struct buf *out, const struct ticket_details *d, bool agent, int64_t now_us)
{
    const struct ticket *t = &d->ticket;
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    put_number(&w, "ticketNumber", t->number);
    put_state(&w, t);
    put_service(&w, t);
    put_branch(&w, t);
    put_last_comment(&w, t);
    put_sla(&w, t, now_us);
    put_comments(&w, d, agent);
    put_attachments(&w, d);
    put_metadata(&w, t);
    wire_close(&w);
    return wire_finish(&w);
}

/* --- status and list --------------------------------------------------- */

enum status ticket_view_status(struct buf *out, const struct ticket *t, int64_t now_us)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    put_bool(&w, "success", true);
    put_number(&w, "ticketNumber", t->number);
    put_state(&w, t);
    put_last_comment(&w, t);
    put_sla(&w, t, now_us);
    put_time(&w, "timestamp", now_us);
    wire_close(&w);
    return wire_finish(&w);
}

/* A list's member. */
static void put_member(struct wire_writer *w, const struct ticket *t, bool desk, int64_t now_us)
{
    wire_open(w);
    put_number(w, "ticketNumber", t->number);
    put_sv(w, "channelReferenceId", t->channel_reference_id);
    if (desk) {
        put_sv(w, "partnerId", t->partner_code);
        put_sv(w, "title", t->title);
    }
    put_state(w, t);
    put_last_comment(w, t);
    put_sla(w, t, now_us);
    wire_close(w);
}

enum status ticket_view_statuses(struct buf *out, const struct ticket_asked *asked, size_t n, int64_t now_us)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    put_bool(&w, "success", true);
    open_list(&w, "tickets");
    for (size_t i = 0; i < n; i++)
        if (asked[i].ticket)
            put_member(&w, asked[i].ticket, false, now_us);
    wire_close_list(&w);
    open_list(&w, "notFound");
    for (size_t i = 0; i < n; i++)
        if (!asked[i].ticket)
            wire_put_sv(&w, asked[i].as_asked);
    wire_close_list(&w);
    put_time(&w, "timestamp", now_us);
    wire_close(&w);
    return wire_finish(&w);
}

enum status ticket_view_list(struct buf *out, const struct ticket *tickets, size_t n, uint64_t next, int64_t now_us)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    put_bool(&w, "success", true);
    open_list(&w, "tickets");
    for (size_t i = 0; i < n; i++)
        put_member(&w, &tickets[i], true, now_us);
    wire_close_list(&w);
    if (next != 0)
        put_number(&w, "next", next);
    else
        put_str(&w, "next", NULL);
    put_time(&w, "timestamp", now_us);
    wire_close(&w);
    return wire_finish(&w);
}

/* --- update ------------------------------------------------------------ */

static void put_added_comment(struct wire_writer *w, const struct ticket_comment *c)
{
    open_object(w, "comment");
    put_str(w, "id", c->id);
    put_sv(w, "content", c->content);
    put_sv(w, "author", c->author);
    put_time(w, "timestamp", c->at);
    if (c->internal)
        put_bool(w, "internal", true);
    wire_close(w);
}

static void put_added_files(struct wire_writer *w, const struct ticket_change *c)
{
    open_list(w, "attachments");
    for (unsigned i = 0; i < c->n_attachments; i++) {
        wire_open(w);
        put_sv(w, "filename", c->attachments[i].filename);
        wire_name(w, "size");
        wire_put_u64(w, c->attachments[i].size);
        wire_close(w);
    }
    wire_close_list(w);
}

static void put_result(struct wire_writer *w, const struct ticket_change *c, const struct ticket_comment *comment)
{
    switch (c->action) {
    case TICKET_ADD_COMMENT:
        put_added_comment(w, comment);
        break;
    case TICKET_UPDATE_STATUS:
        put_str(w, "status", ticket_status_name(c->status));
        break;
    case TICKET_ADD_ATTACHMENT:
        put_added_files(w, c);
        break;
    case TICKET_ASSIGN:
        put_sv(w, "assignee", c->assignee);
        break;
    case TICKET_ACTION__MAX:
        break;
    }
}

enum status ticket_view_updated(struct buf *out, const struct ticket *t, const struct ticket_change *c,
                                const struct ticket_comment *comment)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    put_bool(&w, "success", true);
    put_number(&w, "ticketNumber", t->number);
    put_str(&w, "action", ticket_action_name(c->action));
    open_object(&w, "result");
    put_result(&w, c, comment);
    wire_close(&w);
    put_str(&w, "message", "Ticket updated successfully");
    wire_close(&w);
    return wire_finish(&w);
}

/* --- webhook bodies ---------------------------------------------------- */

static void open_event(struct wire_writer *w, enum ticket_event_type type, const struct ticket *t, int64_t at_us)
{
    wire_open(w);
    put_str(w, "event", ticket_event_name(type));
    put_number(w, "ticketNumber", t->number);
    put_sv(w, "channelReferenceId", t->channel_reference_id);
    put_time(w, "timestamp", at_us);
    open_object(w, "data");
}

static enum status close_event(struct wire_writer *w)
{
    wire_close(w);
    wire_close(w);
    return wire_finish(w);
}

enum status ticket_event_created(struct buf *head, struct buf *tail, const struct ticket *t)
{
    struct wire_writer w;
    size_t start = tail->n;
    buf_str(head, "{\"event\":\"TICKET_CREATED\",\"ticketNumber\":\"");
    buf_char(tail, '"');
    wire_writer_init(&w, tail);
    wire_open(&w);
    put_sv(&w, "channelReferenceId", t->channel_reference_id);
    put_time(&w, "timestamp", t->created_at);
    open_object(&w, "data");
    put_str(&w, "status", ticket_status_name(t->status));
    put_str(&w, "priority", ticket_priority_name(t->priority));
    put_str(&w, "serviceType", ticket_service_type_name(t->service_type));
    put_time(&w, "createdAt", t->created_at);
    enum status s = close_event(&w);
    if (s != STATUS_OK)
        return s;
    tail->p[start + 1] = ','; /* the tail goes on in head's object */
    return head->status;
}

enum status ticket_event_status(struct buf *out, enum ticket_event_type type, const struct ticket *t,
                                enum ticket_status from, enum ticket_status to, struct sv comment, int64_t at_us)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    open_event(&w, type, t, at_us);
    put_str(&w, "oldStatus", ticket_status_name(from));
    put_str(&w, "newStatus", ticket_status_name(to));
    put_sv(&w, "comment", comment);
    return close_event(&w);
}

enum status ticket_event_comment(struct buf *out, const struct ticket *t, const struct ticket_comment *c)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    open_event(&w, TICKET_EVENT_COMMENT_ADDED, t, c->at);
    open_object(&w, "comment");
    put_str(&w, "id", c->id);
    put_sv(&w, "content", c->content);
    put_sv(&w, "author", c->author);
    put_time(&w, "timestamp", c->at);
    put_bool(&w, "isFromSupport", c->from_support);
    wire_close(&w);
    return close_event(&w);
}

enum status ticket_system_comment(struct buf *out, struct sv support_group)
{
    buf_str(out, "Ticket received and assigned to ");
    buf_sv(out, support_group);
    return out->status;
}
