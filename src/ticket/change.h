/* PATCH body → change, and what may be done with it on a given ticket (CONTRACT §7). */
#ifndef TICKET_CHANGE_H
#define TICKET_CHANGE_H

#include "ticket/types.h"
#include "wire/json.h"

struct ticket_change {
    bool has_action;
    enum ticket_action action;
    struct sv comment; /*!< ADD_COMMENT's text; a desk status change's, may be absent */
    struct sv author;  /*!< desk: as sent or "Support Agent"; partners: "Customer" */
    bool internal;
    bool has_status;
    enum ticket_status status;
    struct sv assignee; /*!< ASSIGN: absent = unassign */
    unsigned n_attachments;
    struct ticket_attachment attachments[TICKET_ATTACHMENTS_MAX];
};

/* Reads everything that can be read and collects field errors in `err` (text
 * "Invalid update data"); they are judged later, since a missing or closed
 * ticket comes first. Returns STATUS_OK, STATUS_INVALID or STATUS_NO_MEMORY.
 * `agent`: the desk's fields and ASSIGN exist. `err` comes in clean. */
enum status ticket_change_read(struct arena *a, const struct wire_doc *doc, bool agent, struct ticket_change *out_r,
                               struct err *err) MUST_USE;

/* The comment that a change carries, as stored and shown: a partner's with its
 * prefix (in `a`), the desk's as sent. c->comment must not be absent; id and at
 * are the caller's. STATUS_NO_MEMORY. */
enum status ticket_comment_make(struct arena *a, const struct ticket_change *c, bool agent,
                                struct ticket_comment *out_r) MUST_USE;

enum ticket_verdict {
    TICKET_APPLY, /*!< do it */
    TICKET_SAME,  /*!< the status it already has: nothing but a desk comment, if one was sent */
};
/* In the contract's order: same status (if the caller may set it) → closed
 * (STATUS_CLOSED, "Cannot update closed or resolved tickets") → field errors
 * and bounds per ticket (STATUS_INVALID). `err` comes from ticket_change_read;
 * TICKET_SAME leaves it alone, so that the change can be judged anew on another
 * state of the ticket. */
enum status ticket_change_judge(const struct ticket *t, const struct ticket_change *c, bool agent,
                                enum ticket_verdict *out_r, struct err *err) MUST_USE;

#endif
