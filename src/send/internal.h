/* Inside the sender only: what its parts share. One thread. */
#ifndef SEND_INTERNAL_H
#define SEND_INTERNAL_H

#include "base/poke.h"
#include "send/clerk.h"
#include "send/headers.h"
#include "send/job.h"
#include "send/judge.h"
#include "send/pool.h"
#include "send/post.h"
#include "send/resolve.h"
#include "send/send.h"

#define SEND_BYTES_MAX (256u * 1024 * 1024)  /*!< [bytes] of leased jobs; no claim while they are more */
#define SEND_UNSETTLED_MAX 2000              /*!< outcomes that wait to be recorded; no claim while they are more */
#define SEND_FLUSH_US (5 * INT64_C(1000000)) /*!< [us] in the end that outcomes wait for a database that is away */
#define SEND_REST_US INT64_C(1000000)        /*!< [us] nothing is begun after memory or descriptors ran out */
#define SEND_TICK_US INT64_C(1000000)        /*!< [us] between looks at one's own affairs */
#define SEND_SPARE_MAX 256                   /*!< attempts' memory kept for the next ones */
#define SEND_NAME_ERROR "its host's name could not be looked up in time"

/* One job under way. */
struct send_attempt {
    struct send_job *job;
    struct net_url url;
    char origin[STORE_HOOK_ORIGIN_MAX + 1]; /*!< "": its URL is none */
    int64_t began;                          /*!< [us] monotonic */
    struct send_attempt *older, *newer;     /*!< of those whose host's name is being looked up; spare: older */
    bool is_asking;
    struct headers headers;
    struct post post;
};

#define SEND_AFTER_ERROR_US (10 * INT64_C(1000000)) /*!< [us] a receiver is left alone whose claim went wrong */

enum send_phase {
    SEND_SERVING,
    SEND_LEAVING, /*!< its time is over, it serves until another one does */
    SEND_DRAINING /*!< begins nothing more */
};

struct send_counts {
    uint64_t delivered, failed, dead, returned;
};

struct sender {
    const struct conf *conf;
    const struct send_options *o;
    struct net_url_rules rules;
    struct ticket_retry retry;
    struct store *claims, *settles;
    struct clerk *clerk;
    struct pool *pool;
    struct resolver *resolver;
    struct post_engine *engine; /*!< NULL once all was cancelled */
    struct poke_socket poke;
    enum send_phase phase;
    bool has_looked, is_away, is_unfit;
    bool is_another; /*!< another sender has the name that is poked */
    int64_t timeout_us;
    int64_t now; /*!< [us] monotonic, of this turn, as all below */
    int64_t ends_at, tick_at, flush_until, rest_until;
    uint64_t looks_heard;
    uint64_t last_look;                   /*!< SEND_ONCE: the look that decides; 0: not asked for yet */
    struct send_attempt *oldest, *newest; /*!< whose host's name is being looked up */
    struct send_attempt *spare;           /*!< memory of those that have ended */
    unsigned n_spare;
    struct clerk_outcome *outcomes, **last_outcome; /*!< for the clerk, at the end of the turn */
    struct send_counts counts;
    enum status trouble; /*!< what send_run returns */
    struct err *err;
};

/* --- attempt.c --- */

/* Begins to send a job that the pool has started; it is freed once it has ended. */
void attempt_begin(struct sender *s, struct send_job *job);
/* It has ended; its job is freed too. */
void attempt_free(struct sender *s, struct send_attempt *a);
void attempt_free_spare(struct sender *s);
/* The resolver's answers, and those that did not come in time. */
void attempt_hear_names(struct sender *s);
/* post_engine's done. */
void attempt_posted(void *ctx, struct post *p);
/* Those that are not on the wire yet go back. */
void attempt_recall(struct sender *s);
/* [us] when the next one has waited for its name too long; INT64_MAX: none waits. */
int64_t attempt_deadline(const struct sender *s);

/* --- outcome.c --- */

/* A started attempt has ended: judges, records, frees it. */
void outcome_of(struct sender *s, struct send_attempt *a, const struct judge_facts *facts);
/* A job that was not tried goes back, started by the pool or dropped; frees it. */
void outcome_returned(struct sender *s, struct send_job *job);

/* --- dry_run.c --- */

enum status dry_run(const struct conf *conf, FILE *out, struct err *err) MUST_USE;

#endif
