/* What the desk's files share. Not for other layers. */
#ifndef DESK_INTERNAL_H
#define DESK_INTERNAL_H

#include "desk/desk.h"

#define DESK_TEXT_MAX (256u * 1024)        /*!< [bytes] a comment or an event's body: 10,000 code points, escaped */
#define DESK_CACHE_MAX (16u * 1024 * 1024) /*!< [bytes] one cache of rows */

/* Rows of the database that are read whole and kept for a while. */
struct desk_cache {
    struct arena *rows_in; /*!< NULL: never read */
    void *rows;
    size_t n;
    uint64_t generation; /*!< as it was before the rows were read */
    int64_t read_us;     /*!< [us] monotonic */
};

struct desk {
    struct store *store;
    struct gate_shared *shared; /*!< may be NULL */
    const struct ticket_rules *rules;
    struct desk_cache services; /*!< struct store_service */
    struct desk_cache branches; /*!< struct store_branch */
    int64_t mono_us;            /*!< [us] arrival of the call in progress */
    const char *poke_directory; /*!< NULL: nobody is poked */
    int poke_fd;                /*!< -1: not yet */
};

/* Asks the breaker and starts the budget. STATUS_UNAVAILABLE: not now. */
enum status desk_enter(struct desk *d, int64_t mono_us, struct err *err) MUST_USE;
/* Tells the breaker how a store call ended; returns its status. */
enum status desk_told(struct desk *d, enum status s) MUST_USE;
/* The partner whose tickets the caller reaches; 0: every partner's. */
uint32_t desk_scope(const struct desk_call *call);
/* Moves the text of `b` (made with status s) into the arena and frees b. */
enum status desk_keep(struct arena *a, enum status s, struct buf *b, struct sv *out_r) MUST_USE;

/* The (type, sub_type) row, else the type's default row; it lives until the
 * next call. STATUS_INTERNAL: neither exists. */
enum status desk_catalog_find(struct desk *d, enum ticket_service_type type, struct sv sub_type,
                              const struct store_service **row_r, struct err *err) MUST_USE;
/* A branch's name, which lives until the next call; absent: it is not known. */
enum status desk_branch_name(struct desk *d, struct sv code, struct sv *name_r, struct err *err) MUST_USE;
void desk_cache_free(struct desk_cache *c);

/* A job to `url` for a ticket of `partner_id`; head and tail are the caller's to fill. */
enum status desk_job_make(const struct desk_call *call, uint32_t partner_id, struct sv url,
                          enum ticket_event_type event, struct store_job *out_r) MUST_USE;

/* Wakes the senders for jobs that are committed. */
void desk_poke(struct desk *d, const struct store_job *jobs, unsigned n);

/* Copies an upload's records with ids and a time. NULL and 0 for none. */
enum status desk_uploads(const struct desk_call *call, const struct ticket_attachment *in, unsigned n,
                         struct ticket_attachment **out_r) MUST_USE;

#endif
