/* The use cases that the API and the admin program share. */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "base/http.h"
#include "gate/gate.h"
#include "store/catalog_store.h"
#include "store/ticket_store.h"
#include "ticket/change.h"
#include "ticket/draft.h"
#include "ticket/view.h"

#define DESK_CATALOG_AGE_US (4 * INT64_C(1000000)) /*!< [us] cached catalogue rows elsewhere than the changing host */
#define DESK_UPDATE_TRIES 20                       /*!< version conflicts in a row before STATUS_UNAVAILABLE */

struct desk; /* owned by the caller: desk_free; borrows store, shared and rules */

/* shared may be NULL (admin program without a running pool: no breaker). */
enum status desk_new(struct store *store, struct gate_shared *shared, const struct ticket_rules *rules,
                     struct desk **d_r) MUST_USE;
void desk_free(struct desk **d);
/* After a reload: other rules from now on. */
void desk_rules(struct desk *d, const struct ticket_rules *rules);
/* From now on senders that listen in `directory` are woken for what is written
 * (base/poke.h). Borrows the text. NULL, as at first: nobody is. */
void desk_pokes(struct desk *d, const char *directory);

/* Who acts. */
struct desk_actor {
    uint32_t partner_id; /*!< the key's partner */
    struct sv partner_code;
    struct sv webhook_url; /*!< its default target */
    bool agent;            /*!< sees every partner's tickets */
    struct sv who;         /*!< for ticket_event: "key:17", "admin:root" */
};

/* What one request gives and takes. All views and results live in its arena. */
struct desk_call {
    struct desk_actor actor;
    struct arena *arena;
    int64_t now_us;                              /*!< [us] wall */
    int64_t mono_us;                             /*!< [us] monotonic, for the breaker and the budget */
    struct sv key;                               /*!< Idempotency-Key, absent: none */
    unsigned char body_hash[CRYPTO_SHA256_SIZE]; /*!< of the compact body */
    struct err *err;                             /*!< texts and fields of a refusal */
};

/* Opens a ticket. `draft_status` and call->err: how reading the draft went; a
 * request already answered is replayed before bad fields are judged.
 * *out: the answer's body. *replayed_r: it is an earlier request's.
 * STATUS_EXISTS: the requestId was used with another body (409).
 * STATUS_INVALID: err. UNAVAILABLE / UNCERTAIN: 503. */
enum status desk_open(struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                      struct sv request_id, enum status draft_status, struct buf *out, bool *replayed_r) MUST_USE;

/* The same in two steps. What begins is made once, so it stays one ticket however
 * often it is tried; it lives in the call's arena. STATUS_OK and *o_r NULL: there is nothing to write, *out is an
 * earlier request's answer. */
struct desk_opening;
enum status desk_open_begin(struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                            struct sv request_id, enum status draft_status, struct buf *out, bool *replayed_r,
                            struct desk_opening **o_r) MUST_USE;
enum status desk_open_write(struct desk *d, const struct desk_call *call, struct desk_opening *o, struct buf *out,
                            bool *replayed_r) MUST_USE;

/* Several callers at once, in one round trip of the database. Those who cannot be
 * served so, for whatever reason, are not `done` and are to ask alone, which says why. */
#define DESK_TOGETHER_MAX STORE_TOGETHER_MAX
/* One of several that open a ticket. */
struct desk_writing {
    const struct desk_call *call;
    struct desk_opening *o;
    struct buf *out;
    bool done;          /*!< by the call, with: */
    enum status status; /*!< STATUS_OK: *out is the answer */
};
/* Those without files. */
bool desk_open_joins(const struct desk_opening *o);
void desk_open_together(struct desk *d, struct desk_writing *q, size_t n);

/* STATUS_NOT_FOUND: none, or another partner's. */
enum status desk_details(struct desk *d, const struct desk_call *call, uint64_t number,
                         struct ticket_details *out_r) MUST_USE;

/* Fills asked[i].ticket for each question; references and numbers may mix. */
struct desk_question {
    bool by_reference;
    struct sv value; /*!< as asked */
};
enum status desk_status(struct desk *d, const struct desk_call *call, const struct desk_question *q, size_t n,
                        struct ticket_asked *asked_r) MUST_USE;
/* One of several that read, none an agent; store_asking has the limits. */
struct desk_asking {
    const struct desk_call *call;
    uint64_t number;
    struct ticket_details *out; /*!< a status: the ticket only */
    bool done;                  /*!< by the call */
};
void desk_details_together(struct desk *d, struct desk_asking *q, size_t n);
void desk_status_together(struct desk *d, struct desk_asking *q, size_t n);
/* Agents only (the caller checks). *next_r 0: the end. */
enum status desk_list(struct desk *d, const struct desk_call *call, const struct store_list *q,
                      struct ticket **tickets_r, size_t *n_r, uint64_t *next_r) MUST_USE;

/* Changes a ticket in the contract's order of judgement. `change_status` and
 * call->err: how reading the change went. *out: the answer's body.
 * STATUS_NOT_FOUND, STATUS_CLOSED (400), STATUS_INVALID (400), STATUS_EXISTS
 * (Idempotency-Key with another body, 409), UNAVAILABLE / UNCERTAIN (503). */
enum status desk_update(struct desk *d, const struct desk_call *call, uint64_t number,
                        const struct ticket_change *change, enum status change_status, struct buf *out,
                        bool *replayed_r) MUST_USE;

/* STATUS_NOT_FOUND with err text "Ticket not found" or "Attachment not found". */
enum status desk_attachment(struct desk *d, const struct desk_call *call, uint64_t number, struct sv attachment_id,
                            struct ticket_attachment *out_r) MUST_USE;
/* Streams the bytes, chunk by chunk. */
enum status desk_attachment_send(struct desk *d, const char *attachment_id, http_sink sink, void *sink_ctx) MUST_USE;

/* Between requests: while the breaker is open, one worker a second tries the
 * database, so that no client ever waits for one that hangs. True while it
 * stays open: call again within GATE_PROBE_US. */
bool desk_probe(struct desk *d, int64_t mono_us);
/* A worker and the database answer. */
enum status desk_health(struct desk *d, int64_t mono_us, struct err *err) MUST_USE;

#endif
