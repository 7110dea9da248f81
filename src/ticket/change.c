#include "ticket/change.h"

#include <stdio.h>
#include <string.h>

#include "ticket/draft.h"
#include "ticket/rules.h"
#include "ticket/words.h"

#define INVALID_TEXT "Invalid update data"
#define CLOSED_TEXT "Cannot update closed or resolved tickets"
#define PARTNER_PREFIX "[Via Omnichannel] "

/* What a partner may use; the desk may use all. */
static const unsigned partner_actions =
    TICKET_WORD(TICKET_ADD_COMMENT) | TICKET_WORD(TICKET_UPDATE_STATUS) | TICKET_WORD(TICKET_ADD_ATTACHMENT);
static const unsigned partner_statuses = TICKET_WORD(TICKET_PENDING) | TICKET_WORD(TICKET_CANCELLED);

static bool may_set(enum ticket_status status, bool agent)
{
    return agent || (partner_statuses & TICKET_WORD(status));
}

/* --- reading ----------------------------------------------------------- */

static void read_action(const struct wire_node *top, bool agent, struct ticket_change *c, struct err *err)
{
    unsigned allowed = agent ? TICKET_WORDS_ALL : partner_actions;
    struct sv word = wire_string(top, "action", WIRE_REQUIRED, TICKET_ID_MAX, err);
    if (!word.p)
        return;
    c->has_action = ticket_action_parse(word, &c->action) && (allowed & TICKET_WORD(c->action));
    if (!c->has_action)
        ticket_words_fail(&ticket_action_words, allowed, top, "action", err);
}

static void read_comment(const struct wire_node *top, bool agent, struct ticket_change *c, struct err *err)
{
    c->comment = wire_string(top, "comment", WIRE_REQUIRED, TICKET_TEXT_MAX, err);
    if (!agent)
        return;
    struct sv author = wire_string(top, "author", WIRE_OPTIONAL, TICKET_NAME_MAX, err);
    if (author.p)
        c->author = author;
    c->internal = wire_bool(top, "internal", false, err);
}

static void read_status(const struct wire_node *top, bool agent, struct ticket_change *c, struct err *err)
{
    struct sv word = wire_string(top, "status", WIRE_REQUIRED, TICKET_ID_MAX, err);
    c->has_status = word.p && ticket_status_parse(word, &c->status);
    if (word.p && (!c->has_status || !may_set(c->status, agent)))
        ticket_words_fail(&ticket_status_words, agent ? TICKET_WORDS_ALL : partner_statuses, top, "status", err);
    if (agent)
        c->comment = wire_string(top, "comment", WIRE_OPTIONAL, TICKET_TEXT_MAX, err);
}

static void read_attachments(struct arena *a, const struct wire_node *top, struct ticket_change *c, struct err *err)
{
    c->n_attachments = ticket_uploads_read(a, top, c->attachments, err);
    if (c->n_attachments == 0)
        wire_fail(top, "attachments", err, "Attachments is required");
}

/* null unassigns; nothing at all is a mistake. */
static void read_assignee(const struct wire_node *top, struct ticket_change *c, struct err *err)
{
    if (!wire_is_null(top, "assignee"))
        c->assignee = wire_string(top, "assignee", WIRE_REQUIRED, TICKET_NAME_MAX, err);
}

static void read_fields(struct arena *a, const struct wire_node *top, bool agent, struct ticket_change *c,
                        struct err *err)
{
    switch (c->action) {
    case TICKET_ADD_COMMENT:
        read_comment(top, agent, c, err);
        break;
    case TICKET_UPDATE_STATUS:
        read_status(top, agent, c, err);
        break;
    case TICKET_ADD_ATTACHMENT:
        read_attachments(a, top, c, err);
        break;
    case TICKET_ASSIGN:
        read_assignee(top, c, err);
        break;
    case TICKET_ACTION__MAX:
        break;
    }
}

enum status ticket_change_read(struct arena *a, const struct wire_doc *doc, bool agent, struct ticket_change *out_r,
                               struct err *err)
{
    struct wire_node top = wire_top(doc);
    memset(out_r, 0, sizeof *out_r);
    out_r->author = agent ? SV("Support Agent") : SV("Customer");
    read_action(&top, agent, out_r, err);
    if (out_r->has_action)
        read_fields(a, &top, agent, out_r, err);
    /* Not set beforehand: an error that stands would hide a lack of memory. */
    if (err->status == STATUS_INVALID)
        snprintf(err->text, sizeof err->text, "%s", INVALID_TEXT);
    return err->status;
}

enum status ticket_comment_make(struct arena *a, const struct ticket_change *c, bool agent,
                                struct ticket_comment *out_r)
{
    *out_r = (struct ticket_comment){
        .content = c->comment, .author = c->author, .from_support = agent, .internal = c->internal};
    if (agent)
        return STATUS_OK;
    size_t n = sizeof PARTNER_PREFIX - 1;
    char *text = arena_alloc(a, n + c->comment.n);
    if (!text)
        return STATUS_NO_MEMORY;
    memcpy(text, PARTNER_PREFIX, n);
    memcpy(text + n, c->comment.p, c->comment.n);
    out_r->content = (struct sv){text, n + c->comment.n};
    return STATUS_OK;
}

/* --- judging ----------------------------------------------------------- */

static bool is_same(const struct ticket *t, const struct ticket_change *c, bool agent)
{
    return c->has_action && c->action == TICKET_UPDATE_STATUS && c->has_status && c->status == t->status &&
           may_set(c->status, agent);
}

/* What of the desk's reaches a closed ticket: moves and internal notes. A change
 * that names no action is the field errors' to refuse. */
static bool passes_closed(const struct ticket_change *c, bool agent)
{
    bool note = c->action == TICKET_ADD_COMMENT && c->internal;
    return agent && (!c->has_action || c->action == TICKET_UPDATE_STATUS || note);
}

static void refuse(struct err *err, const char *path, const char *why)
{
    err_set(err, STATUS_INVALID, "%s", INVALID_TEXT);
    err_field(err, path, "%s", why);
}

static void check_move(const struct ticket *t, const struct ticket_change *c, struct err *err)
{
    char list[ERR_FIELD_TEXT_MAX], why[ERR_FIELD_TEXT_MAX];
    unsigned set = 0;
    if (ticket_may_move(t->status, c->status))
        return;
    for (unsigned i = 0; i < TICKET_STATUS__MAX; i++)
        if (ticket_may_move(t->status, (enum ticket_status)i))
            set |= TICKET_WORD(i);
    ticket_words_list(&ticket_status_words, set, list);
    if (set != 0)
        snprintf(why, sizeof why, "Status must be one of %.*s", ERR_FIELD_TEXT_MAX / 2, list);
    else
        snprintf(why, sizeof why, "Status must stay %s", ticket_status_name(t->status));
    refuse(err, "status", why);
}

static void check_room(const struct ticket *t, const struct ticket_change *c, struct err *err)
{
    char why[ERR_FIELD_TEXT_MAX];
    if (c->action == TICKET_ADD_COMMENT && t->n_comments >= TICKET_COMMENTS_PER_TICKET) {
        snprintf(why, sizeof why, "Comments must be at most %d on one ticket", TICKET_COMMENTS_PER_TICKET);
        refuse(err, "comment", why);
    }
    if (c->n_attachments > 0 && t->n_attachments + c->n_attachments > TICKET_ATTACHMENTS_PER_TICKET) {
        snprintf(why, sizeof why, "Attachments must be at most %d on one ticket", TICKET_ATTACHMENTS_PER_TICKET);
        refuse(err, "attachments", why);
    }
}

enum status ticket_change_judge(const struct ticket *t, const struct ticket_change *c, bool agent,
                                enum ticket_verdict *out_r, struct err *err)
{
    *out_r = TICKET_APPLY;
    if (is_same(t, c, agent)) {
        *out_r = TICKET_SAME;
        return STATUS_OK;
    }
    if (ticket_status_is_closed(t->status) && !passes_closed(c, agent)) {
        err_init(err);
        return err_set(err, STATUS_CLOSED, "%s", CLOSED_TEXT);
    }
    if (err->status != STATUS_OK)
        return err->status;
    if (c->action == TICKET_UPDATE_STATUS)
        check_move(t, c, err);
    check_room(t, c, err);
    return err->status;
}
