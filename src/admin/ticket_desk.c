/* Changes to a ticket. Each is the PATCH body an agent's key would send, so
 * that the same rules, histories and webhooks apply. */
#include "admin/ticket_desk.h"

#include <string.h>

#include "admin/value.h"
#include "base/clock.h"
#include "base/utf8.h"

#define BODY_MAX (1024u * 1024) /* [bytes] more than a command line can hold, escaped */

struct desk_call admin_ticket_call(struct admin *a)
{
    return (struct desk_call){
        .actor = {.partner_code = SV_NONE, .webhook_url = SV_NONE, .agent = true, .who = sv_from(a->who)},
        .arena = a->arena,
        .now_us = clock_wall_us(),
        .mono_us = clock_mono_us(),
        .key = SV_NONE,
        .err = &a->err};
}

enum status admin_ticket_number(struct admin *a, const struct admin_args *args, uint64_t *number_r)
{
    return admin_value_number(admin_argument(args, "N"), "N", 1, INT64_MAX, number_r, &a->err);
}

enum status admin_ticket_told(struct admin *a, uint64_t number, enum status s)
{
    unsigned long long n = number;
    if (s == STATUS_NOT_FOUND)
        return admin_refuse(a, s, "ticket %llu: not found", n);
    if (s == STATUS_CLOSED)
        return admin_refuse(a, s, "ticket %llu: is resolved or closed and takes no such change", n);
    if (s == STATUS_INVALID) {
        char why[ERR_TEXT_MAX];
        snprintf(why, sizeof why, "%s", a->err.n_fields ? a->err.fields[0].text : a->err.text);
        return admin_refuse(a, s, "ticket %llu: %s", n, why);
    }
    return s;
}

/* A field of the body, and what it is called on the command line. */
struct field {
    const char *name, *label;
    struct sv value; /* absent: not in the body, but for ASSIGN, where null means nobody */
};

static enum status write_body(struct buf *out, enum ticket_action action, const struct field *fields, unsigned n,
                              bool internal)
{
    struct wire_writer w;
    wire_writer_init(&w, out);
    wire_open(&w);
    wire_name(&w, "action");
    wire_put_str(&w, ticket_action_name(action));
    for (unsigned i = 0; i < n; i++)
        if (fields[i].value.p || action == TICKET_ASSIGN) {
            wire_name(&w, fields[i].name);
            wire_put_sv(&w, fields[i].value);
        }
    if (internal) {
        wire_name(&w, "internal");
        wire_put_bool(&w, true);
    }
    wire_close(&w);
    return wire_finish(&w);
}

/* The body's field errors, under the names the caller typed. */
static enum status refuse_fields(struct admin *a, const struct field *fields, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const char *text = err_field_text(&a->err, fields[i].name);
        if (text) {
            char kept[ERR_FIELD_TEXT_MAX];
            snprintf(kept, sizeof kept, "%s", text);
            return admin_refuse(a, STATUS_BAD_INPUT, "%s: %s", fields[i].label, kept);
        }
    }
    return admin_refuse(a, STATUS_INTERNAL, "the change cannot be said");
}

/* Blank reads as missing in a body, and a missing value may even mean
 * something else ("unassign"); a word typed is meant to say something. */
static enum status check_blank(struct admin *a, const struct field *fields, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (fields[i].value.p && utf8_blank(fields[i].value))
            return err_set(&a->err, STATUS_BAD_INPUT, "%s: must not be blank", fields[i].label);
    return STATUS_OK;
}

static enum status print_answer(struct admin *a, uint64_t number, const struct buf *answer, const char *done)
{
    if (a->json)
        fprintf(a->out, "%s\n", buf_view(answer).p);
    else
        fprintf(a->out, "Ticket %llu: %s.\n", (unsigned long long)number, done);
    return STATUS_OK;
}

/* Sends a body to the desk and says what was done. */
static enum status send_change(struct admin *a, uint64_t number, struct buf *body, const struct field *fields,
                               unsigned n, const char *done)
{
    struct desk_call call = admin_ticket_call(a);
    struct ticket_change *change = arena_alloc(a->arena, sizeof *change);
    struct wire_doc *doc = NULL;
    struct buf answer;
    bool replayed;
    buf_init(&answer, BODY_MAX);
    enum status s = change ? wire_parse(a->arena, body->p, body->n, &doc, &a->err) : STATUS_NO_MEMORY;
    if (s == STATUS_OK) {
        s = ticket_change_read(a->arena, doc, true, change, &a->err);
        if (s == STATUS_INVALID)
            s = refuse_fields(a, fields, n);
    }
    if (s == STATUS_OK)
        s = admin_ticket_told(a, number, desk_update(a->desk, &call, number, change, s, &answer, &replayed));
    if (s == STATUS_OK)
        s = print_answer(a, number, &answer, done);
    wire_free(&doc);
    buf_free(&answer);
    return s;
}

static enum status change_ticket(struct admin *a, const struct admin_args *args, enum ticket_action action,
                                 const struct field *fields, unsigned n, const char *done)
{
    uint64_t number = 0;
    struct buf body;
    buf_init(&body, BODY_MAX);
    enum status s = admin_ticket_number(a, args, &number);
    if (s == STATUS_OK)
        s = check_blank(a, fields, n);
    if (s == STATUS_OK)
        s = write_body(&body, action, fields, n, admin_flag(args, "internal"));
    if (s == STATUS_OK)
        s = send_change(a, number, &body, fields, n, done);
    buf_free(&body);
    return s;
}

enum status admin_ticket_assign(struct admin *a, const struct admin_args *args)
{
    const struct field fields[] = {{"assignee", "NAME", admin_argument(args, "NAME")}};
    bool none = admin_flag(args, "none");
    if (none == (fields[0].value.p != NULL))
        return err_set(&a->err, STATUS_BAD_INPUT, "NAME: either a name or --none is needed");
    return change_ticket(a, args, TICKET_ASSIGN, fields, 1, none ? "assigned to nobody" : "assigned");
}

enum status admin_ticket_status(struct admin *a, const struct admin_args *args)
{
    const struct field fields[] = {{"status", "STATUS", admin_argument(args, "STATUS")},
                                   {"comment", "--comment", admin_option(args, "comment")}};
    const char *done = arena_printf(a->arena, "status %.*s", SV_ARG(fields[0].value));
    return done ? change_ticket(a, args, TICKET_UPDATE_STATUS, fields, 2, done) : STATUS_NO_MEMORY;
}

enum status admin_ticket_comment(struct admin *a, const struct admin_args *args)
{
    const struct field fields[] = {{"comment", "TEXT", admin_argument(args, "TEXT")},
                                   {"author", "--author", admin_option(args, "author")}};
    return change_ticket(a, args, TICKET_ADD_COMMENT, fields, 2,
                         admin_flag(args, "internal") ? "internal note added" : "comment added");
}
