/* The domain's words and records. Pure data. */
#ifndef TICKET_TYPES_H
#define TICKET_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/sv.h"
#include "crypto/hash.h"
#include "crypto/id.h"

enum ticket_channel {
    TICKET_WHATSAPP,
    TICKET_EMAIL,
    TICKET_CHAT,
    TICKET_PHONE,
    TICKET_SMS,
    TICKET_FACEBOOK,
    TICKET_INSTAGRAM,
    TICKET_TWITTER,
    TICKET_TELEGRAM,
    TICKET_WEB_PORTAL,
    TICKET_CHANNEL__MAX
};
enum ticket_service_type {
    TICKET_CLAIM,
    TICKET_REIMBURSEMENT,
    TICKET_DISPUTE,
    TICKET_COMPLAINT,
    TICKET_INQUIRY,
    TICKET_FEEDBACK,
    TICKET_TECHNICAL_SUPPORT,
    TICKET_ACCOUNT_ISSUE,
    TICKET_CARD_ISSUE,
    TICKET_ATM_ISSUE,
    TICKET_MOBILE_BANKING,
    TICKET_INTERNET_BANKING,
    TICKET_GENERAL_REQUEST,
    TICKET_OTHER,
    TICKET_SERVICE_TYPE__MAX
};
enum ticket_priority { TICKET_LOW, TICKET_MEDIUM, TICKET_HIGH, TICKET_URGENT, TICKET_CRITICAL, TICKET_PRIORITY__MAX };
enum ticket_status {
    TICKET_OPEN,
    TICKET_IN_PROGRESS,
    TICKET_PENDING,
    TICKET_RESOLVED,
    TICKET_CLOSED,
    TICKET_CANCELLED,
    TICKET_STATUS__MAX
};
enum ticket_action {
    TICKET_ADD_COMMENT,
    TICKET_UPDATE_STATUS,
    TICKET_ADD_ATTACHMENT,
    TICKET_ASSIGN,
    TICKET_ACTION__MAX
};
enum ticket_event_type {
    TICKET_EVENT_CREATED,
    TICKET_EVENT_STATUS_CHANGED,
    TICKET_EVENT_COMMENT_ADDED,
    TICKET_EVENT_RESOLVED,
    TICKET_EVENT_CLOSED,
    TICKET_EVENT__MAX
};

/* The reference's spelling ("WHATSAPP", "IN_PROGRESS", "TICKET_RESOLVED"). Never NULL. */
const char *ticket_channel_name(enum ticket_channel v);
const char *ticket_service_type_name(enum ticket_service_type v);
const char *ticket_priority_name(enum ticket_priority v);
const char *ticket_status_name(enum ticket_status v);
const char *ticket_action_name(enum ticket_action v);
const char *ticket_event_name(enum ticket_event_type v);
/* Exact spelling only; false leaves *out_r alone. */
bool ticket_channel_parse(struct sv s, enum ticket_channel *out_r);
bool ticket_service_type_parse(struct sv s, enum ticket_service_type *out_r);
bool ticket_priority_parse(struct sv s, enum ticket_priority *out_r);
bool ticket_status_parse(struct sv s, enum ticket_status *out_r);
bool ticket_action_parse(struct sv s, enum ticket_action *out_r);

/* RESOLVED, CLOSED, CANCELLED: takes no partner updates. */
bool ticket_status_is_closed(enum ticket_status s);
/* A path's ticket number: decimal, no leading zero, 1…2^63−1. */
bool ticket_number_parse(struct sv s, uint64_t *number_r);

#define TICKET_ATTACHMENTS_MAX 10                       /*!< in one request */
#define TICKET_ATTACHMENT_BYTES_MAX (10u * 1024 * 1024) /*!< [bytes] decoded */
#define TICKET_METADATA_MAX (64u * 1024)                /*!< [bytes] compact */
#define TICKET_COMMENTS_PER_TICKET 1000
#define TICKET_ATTACHMENTS_PER_TICKET 100
#define TICKET_TITLE_MAX 200  /*!< [code points], as all below */
#define TICKET_TEXT_MAX 10000 /*!< description, comment */
#define TICKET_NAME_MAX 200   /*!< customer, author, assignee */
#define TICKET_EMAIL_MAX 254
#define TICKET_PHONE_MAX 32
#define TICKET_ID_MAX 128 /*!< references, ids, codes */
#define TICKET_DEPARTMENT_MAX 100
#define TICKET_FILENAME_MAX 255
#define TICKET_FILE_TEXT_MAX 1000
#define TICKET_MIME_MAX 127 /*!< [ASCII characters] */

struct ticket_comment {
    char id[CRYPTO_CUID_SIZE];
    struct sv content; /*!< as shown: partners' start with "[Via Omnichannel] " */
    struct sv author;
    int64_t at;        /*!< [us] wall */
    bool from_support; /*!< System's and the desk's */
    bool internal;     /*!< never shown to partners */
};

struct ticket_attachment {
    char id[CRYPTO_CUID_SIZE];
    struct sv filename, mime_type, description; /*!< description may be absent */
    uint64_t size;                              /*!< [bytes] as declared, or as decoded */
    uint64_t true_size;                         /*!< [bytes] as decoded */
    unsigned char sha256[CRYPTO_SHA256_SIZE];
    int64_t at;      /*!< [us] wall */
    struct sv bytes; /*!< uploads only: the decoded content */
};

/* A ticket as stored; what a query does not read stays zero or absent. */
struct ticket {
    uint64_t number;
    char id[CRYPTO_CUID_SIZE]; /*!< ticketId */
    uint64_t version;          /*!< moves with every change; guards updates */
    uint32_t partner_id;
    struct sv partner_code;
    enum ticket_status status;
    enum ticket_priority priority;
    enum ticket_channel channel;
    enum ticket_service_type service_type;
    struct sv channel_reference_id; /*!< may be absent, as most below */
    struct sv title, description, category;
    struct sv customer_name, customer_email, customer_phone, customer_identifier, customer_department,
        customer_language;
    struct sv branch_code, branch_name;    /*!< name absent: unknown branch */
    struct sv service_name, support_group; /*!< copied from the catalogue when opened */
    uint32_t sla_hours;
    struct sv tracking_url_base; /*!< copied when opened, so that a replay is the same for ever */
    struct sv assignee;
    struct sv metadata; /*!< compact JSON text exactly as sent, or absent */
    struct sv webhook_url, api_version;
    int64_t created_at, updated_at; /*!< [us] wall, as all below; CLOCK_NONE: not set */
    int64_t resolved_at, closed_at;
    int64_t estimated_at; /*!< estimatedResolution */
    int64_t response_deadline, resolution_deadline;
    int64_t first_response_at; /*!< first public desk comment */
    uint32_t n_comments, n_attachments;
    uint32_t hook_seq; /*!< last X-Webhook-Sequence given out */
    bool has_last_comment;
    struct ticket_comment last_comment; /*!< newest public one */
};

/* A ticket with what hangs on it, for the details. */
struct ticket_details {
    struct ticket ticket;
    struct ticket_comment *comments; /*!< oldest first */
    size_t n_comments;
    struct ticket_attachment *attachments; /*!< oldest first */
    size_t n_attachments;
};

#endif
