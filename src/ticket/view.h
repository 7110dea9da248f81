/* Records → the reference's JSON bodies, and the frozen webhook bodies. */
#ifndef TICKET_VIEW_H
#define TICKET_VIEW_H

#include "base/buf.h"
#include "ticket/change.h"
#include "ticket/types.h"

/* Create's answer: only from what never changes after opening. */
enum status ticket_view_created(struct buf *out, const struct ticket *t) MUST_USE;
/* `agent`: internal notes are included (with "internal": true). */
enum status ticket_view_details(struct buf *out, const struct ticket_details *d, bool agent, int64_t now_us) MUST_USE;
/* The flat answer to one status question. */
enum status ticket_view_status(struct buf *out, const struct ticket *t, int64_t now_us) MUST_USE;

struct ticket_asked {
    struct sv as_asked;          /*!< the value in the query */
    const struct ticket *ticket; /*!< NULL: not found */
};
enum status ticket_view_statuses(struct buf *out, const struct ticket_asked *asked, size_t n, int64_t now_us) MUST_USE;
/* Agents' list; next 0: the end (null). Members also carry partnerId and title. */
enum status ticket_view_list(struct buf *out, const struct ticket *tickets, size_t n, uint64_t next,
                             int64_t now_us) MUST_USE;

/* PATCH's answer. */
enum status ticket_view_updated(struct buf *out, const struct ticket *t, const struct ticket_change *c,
                                const struct ticket_comment *comment) MUST_USE;

/* Webhook bodies, frozen when written. Creation's number is only known inside
 * the transaction, so its body comes as what stands before and after it. */
enum status ticket_event_created(struct buf *head, struct buf *tail, const struct ticket *t) MUST_USE;
/* STATUS_CHANGED, TICKET_RESOLVED, TICKET_CLOSED. comment absent: null. */
enum status ticket_event_status(struct buf *out, enum ticket_event_type type, const struct ticket *t,
                                enum ticket_status from, enum ticket_status to, struct sv comment,
                                int64_t at_us) MUST_USE;
enum status ticket_event_comment(struct buf *out, const struct ticket *t, const struct ticket_comment *c) MUST_USE;

/* The System comment written with a ticket. */
enum status ticket_system_comment(struct buf *out, struct sv support_group) MUST_USE;

#endif
