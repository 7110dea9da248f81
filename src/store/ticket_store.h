/* Tickets, their comments, attachments, events and webhook jobs. */
#ifndef STORE_TICKET_STORE_H
#define STORE_TICKET_STORE_H

#include "store/store.h"
#include "ticket/types.h"

/* Callers whose tickets are read or written at once, in one round trip. */
#define STORE_TOGETHER_MAX 8

/* A webhook job to be written with a change. `body` (or head + number + tail) is frozen. */
struct store_job {
    char id[CRYPTO_CUID_SIZE]; /*!< webhook-id, made by the caller */
    enum ticket_event_type event;
    struct sv url;        /*!< target, already chosen */
    uint64_t receiver;    /*!< first 8 bytes of SHA-256(partner id, origin): receivers need no lookup */
    struct sv head, tail; /*!< creation: around the number; else head is the whole body, tail empty */
};

/* Everything one POST writes, in one transaction and (without attachments) one
 * round trip. Attachments' rows go first, keyed by ticket->id, in chunks. */
struct store_open {
    const struct ticket *ticket;                 /*!< number and version are the database's */
    struct sv request_key;                       /*!< absent, or 'R' + requestId, 'K' + Idempotency-Key */
    unsigned char body_hash[CRYPTO_SHA256_SIZE]; /*!< of the compact body; kept with request_key */
    struct ticket_comment comment;               /*!< System's */
    char event_id[CRYPTO_CUID_SIZE];
    struct sv actor;             /*!< who, for ticket_event: "key:17" */
    const struct store_job *job; /*!< NULL: no webhook */
    const struct ticket_attachment *attachments;
    unsigned n_attachments;
};
/* STATUS_OK: *number_r is the new ticket's (also when an uncertain COMMIT of this
 * very call turned out to have happened).
 * STATUS_EXISTS: request_key is taken by another ticket of the partner: *existing_r
 * is that ticket (what ticket_view_created needs) and *same_r whether its body
 * hash equals. */
enum status store_ticket_open(struct store *s, struct arena *a, const struct store_open *o, uint64_t *number_r,
                              struct ticket *existing_r, bool *same_r, struct err *err) MUST_USE;
/* n new tickets, none with files, of whatever partners, in one transaction: all of
 * them or none. STATUS_EXISTS: a request key or an id is taken. However it fails, each can still be opened alone:
 * by its ids it is found if it was written (STATUS_UNCERTAIN). n: 2 to STORE_TOGETHER_MAX. */
enum status store_ticket_open_together(struct store *s, const struct store_open *const *o, size_t n,
                                       uint64_t *numbers_r, struct err *err) MUST_USE;
/* The ticket of a request key, before fields are judged: STATUS_NOT_FOUND or OK. */
enum status store_ticket_by_request(struct store *s, struct arena *a, uint32_t partner_id, struct sv request_key,
                                    const unsigned char body_hash[CRYPTO_SHA256_SIZE], struct ticket *existing_r,
                                    bool *same_r, struct err *err) MUST_USE;

/* partner_id 0: any partner's (agent keys). STATUS_NOT_FOUND otherwise alike. */
/* Details in one round trip, two for a ticket with files; one snapshot, since
 * comments and files are only ever added. `internal`: the desk's, with internal notes, the partner's code and the
 * customer; else what partners are shown. */
enum status store_ticket_details(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number, bool internal,
                                 struct ticket_details *out_r, struct err *err) MUST_USE;
/* What several callers ask for at once, in one round trip. Each finds what asking
 * alone would find, or nothing: then it is to ask alone. That goes for whatever
 * would keep the others waiting, too: details with more than so many comments,
 * or with files. */
#define STORE_TOGETHER_COMMENTS 20
struct store_asking {
    struct arena *arena; /*!< of what is found */
    uint32_t partner_id; /*!< never 0 */
    uint64_t number;
    struct ticket_details *out; /*!< a status: the ticket only */
    bool found;                 /*!< by the call, if it returns STATUS_OK */
};
enum status store_ticket_details_together(struct store *s, struct store_asking *q, size_t n, struct err *err) MUST_USE;
enum status store_ticket_statuses_together(struct store *s, struct store_asking *q, size_t n, struct err *err) MUST_USE;
/* Status questions: fills what is shown of tickets_r[i] (sql.h, SQL_LIGHT) and found_r[i] for each number / reference
 * (a reference's newest ticket: by createdAt, then number). Numbers cost one round
 * trip however many they are, references one each. STATUS_TOO_LARGE: over STORE_ASK_MAX. */
#define STORE_ASK_MAX 100
enum status store_ticket_statuses(struct store *s, struct arena *a, uint32_t partner_id, const uint64_t *numbers,
                                  size_t n, struct ticket *tickets_r, bool *found_r, struct err *err) MUST_USE;
enum status store_ticket_statuses_by_reference(struct store *s, struct arena *a, uint32_t partner_id,
                                               const struct sv *references, size_t n, struct ticket *tickets_r,
                                               bool *found_r, struct err *err) MUST_USE;
/* The desk's list, newest (highest number) first. Never a full scan, never a filesort of a growing table. */
struct store_list {
    bool status[TICKET_STATUS__MAX]; /*!< none set: all */
    struct sv assignee;              /*!< absent: any */
    struct sv partner_code;          /*!< absent: any */
    uint64_t before;                 /*!< numbers below this; 0: from the newest */
    unsigned limit;                  /*!< 1–200 */
};
#define STORE_LIST_MAX 200
enum status store_ticket_list(struct store *s, struct arena *a, const struct store_list *q, struct ticket *tickets_r,
                              size_t *n_r, bool *more_r, struct err *err) MUST_USE;

/* Read for an update: what judging and the answer need, with the answer kept
 * under an Idempotency-Key (same partner, same ticket path), in one round trip. */
struct store_replay {
    bool found;
    bool same;        /*!< body hash equals */
    struct sv answer; /*!< the first answer's body */
};
/* key absent: none. `key_partner`: the calling key's partner (keys are its);
 * partner_id as above. The replay is filled even when the ticket is NOT_FOUND. */
enum status store_ticket_for_update(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number,
                                    uint32_t key_partner, struct sv key,
                                    const unsigned char body_hash[CRYPTO_SHA256_SIZE], struct ticket *ticket_r,
                                    struct store_replay *replay_r, struct err *err) MUST_USE;

/* Everything one PATCH writes, guarded by the version read. */
struct store_update {
    const struct ticket *before;          /*!< as read: number, id, version */
    const struct ticket *after;           /*!< new status, times, assignee, counts */
    const struct ticket_comment *comment; /*!< NULL: none */
    const struct ticket_attachment *attachments;
    unsigned n_attachments;
    char event_id[CRYPTO_CUID_SIZE];
    struct sv kind;   /*!< ticket_event: "COMMENT", "STATUS", "ATTACHMENT", "ASSIGN" */
    struct sv detail; /*!< ticket_event: small JSON text of what changed, no customer data */
    struct sv actor;
    const struct store_job *jobs; /*!< 0–2, take hook_seq + 1, + 2 */
    unsigned n_jobs;
    uint32_t key_partner;
    struct sv key; /*!< Idempotency-Key, absent: none */
    unsigned char body_hash[CRYPTO_SHA256_SIZE];
    struct sv answer; /*!< kept under the key */
};
/* STATUS_OK; STATUS_CONFLICT: the version moved, or the Idempotency-Key was
 * taken meanwhile: read again and decide anew. Repeats after a lost COMMIT by
 * itself: event_id tells its own work from another's. Attachments share the
 * transaction: a CONFLICT undoes them, and they are sent again with the next try. */
enum status store_ticket_update(struct store *s, struct arena *a, const struct store_update *u,
                                struct err *err) MUST_USE;

/* Attachment of a ticket: its record, then its bytes chunk by chunk. STATUS_NOT_FOUND:
 * err's text is "Ticket not found" or "Attachment not found". */
enum status store_attachment_find(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number,
                                  struct sv attachment_id, struct ticket_attachment *out_r, struct err *err) MUST_USE;
/* Chunk n (0, 1, …) into buf (STORE_CHUNK_MAX bytes); *size_r 0 at the end. */
enum status store_attachment_chunk(struct store *s, const char *attachment_id, uint32_t n, unsigned char *buf,
                                   size_t *size_r, struct err *err) MUST_USE;

/* Housekeeping: forgets PATCH answers older than `before_us`, bounded per call. */
enum status store_idempotency_prune(struct store *s, int64_t before_us, uint64_t *n_r, struct err *err) MUST_USE;

#endif
