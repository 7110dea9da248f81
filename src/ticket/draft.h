/* POST body → checked draft, or all its field errors (CONTRACT §§2–4, the
 * reference's "Field Requirements by Service Type"). */
#ifndef TICKET_DRAFT_H
#define TICKET_DRAFT_H

#include "ticket/rules.h"
#include "ticket/types.h"
#include "wire/json.h"

/* Views into the document. Absent optional fields are SV_NONE. */
struct ticket_draft {
    enum ticket_channel channel;
    enum ticket_service_type service_type;
    enum ticket_priority priority; /*!< final: as sent or by the rules */
    struct sv channel_reference_id;
    struct sv customer_name, customer_email, customer_phone, customer_identifier, customer_department,
        customer_language;
    struct sv branch_code;
    struct sv title, description, category; /*!< category: as sent or derived */
    struct sv metadata;                     /*!< compact, exact; absent when not sent or null */
    struct sv sub_type;                     /*!< for the catalogue: claimType, complaintType, …; may be absent */
    unsigned n_attachments;
    struct ticket_attachment
        attachments[TICKET_ATTACHMENTS_MAX]; /*!< bytes, sizes and hash filled in; id and at are the desk's */
    struct sv webhook_url, api_version, partner_id, request_id;
};

/* What must be known before fields are judged: integration.partnerId and
 * requestId, when they are strings within their bounds; else absent. No errors. */
void ticket_draft_ids(const struct wire_doc *doc, struct sv *partner_id_r, struct sv *request_id_r);
/* STATUS_INVALID: all field errors at once, text "Validation failed". `a` for
 * derived strings and decimals. Overwrites long attachment strings in the doc. */
enum status ticket_draft_read(struct arena *a, const struct wire_doc *doc, const struct ticket_rules *rules,
                              struct ticket_draft *out_r, struct err *err) MUST_USE;

/* Shared with change.h: reads list member `attachments` of `at` with its rules;
 * returns how many. Members past TICKET_ATTACHMENTS_MAX are one error under
 * `attachments` and not looked at. Hashed only while `err` is clean. */
unsigned ticket_uploads_read(struct arena *a, const struct wire_node *at,
                             struct ticket_attachment out[TICKET_ATTACHMENTS_MAX], struct err *err);

#endif
