/* The database's side of the sender: two threads with a store of their own each.
 * One claims and looks for what is due, one records outcomes; so the main loop
 * never waits, and neither do claims for outcomes or the other way round. Each
 * does what waits in as few transactions as can be. While the database is away
 * everything is kept. */
#ifndef SEND_CLERK_H
#define SEND_CLERK_H

#include "send/job.h"
#include "send/pool.h"
#include "store/hook_store.h"

#define CLERK_LOOK_US INT64_C(1000000)       /*!< [us] between looks, at least */
#define CLERK_LOOK_SHARE 10                  /*!< a look takes at most one part in so many of the time */
#define CLERK_PAGE_MAX 500                   /*!< receivers in one query of a look */
#define CLERK_SETTLE_US INT64_C(20000)       /*!< [us] between transactions that record few outcomes */
#define CLERK_BATCH_WORTH 250                /*!< so many are recorded at once */
#define CLERK_AWAY_US INT64_C(1000000)       /*!< [us] between tries while the database is away */
#define CLERK_AGAIN_US INT64_C(50000)        /*!< [us] before one that collided is repeated */
#define CLERK_ARENA_MAX (128u * 1024 * 1024) /*!< [bytes] of one claim */
#define CLERK_EXPIRES_MAX 256 /*!< receivers whose old jobs are being given up; more wait for a next probe */

struct clerk_options {
    struct store *claims, *outcomes; /*!< the threads' own until clerk_end */
    int64_t lease_us;                /*!< of a claim */
    int64_t hold_us;                 /*!< as in store_hook_claim */
    int64_t age_us;                  /*!< as in store_hook_expire */
};

/* How one leased job ended, and what that said about its receiver. */
struct clerk_outcome {
    struct clerk_outcome *next;
    struct store_hook_outcome outcome;
    bool tells;                  /*!< `told` says something; its pause_us is worked out by the clerk */
    struct store_hook_told told; /*!< the newest of a receiver counts */
    int64_t paused_until;        /*!< [us] monotonic; 0: not paused */
    bool expire;                 /*!< its receiver's jobs that are too old are to be given up */
    bool confirm;                /*!< CLERK_SETTLED is wanted */
};

enum clerk_what {
    CLERK_CLAIMED,   /*!< an order's outcome: `claimed` */
    CLERK_UNCLAIMED, /*!< an order came to nothing: `status`, STATUS_CONFLICT when it was forgotten */
    CLERK_DUE,       /*!< a page of a look: `due` */
    CLERK_LOOKED,    /*!< a look is complete: `look`, `db_us` */
    CLERK_WOKEN,     /*!< `woken` have something due */
    CLERK_SETTLED,   /*!< what was told of `receiver` is recorded, or lost */
    CLERK_EXPIRED,   /*!< `n` jobs of `receiver` were given up */
    CLERK_LOST,      /*!< an outcome cannot be recorded: `status`, `text` */
    CLERK_AWAY,      /*!< the database does not answer: `status`, `text` */
    CLERK_BACK,      /*!< it does again */
    CLERK_UNFIT      /*!< waiting cannot help: `status`, `text`. Nothing is done any more */
};
struct clerk_result {
    struct clerk_result *next;
    enum clerk_what what;
    enum status status;
    uint64_t receiver;
    struct pool_claimed claimed; /*!< its jobs are struct send_job */
    unsigned buried;
    uint64_t look; /*!< 1, 2, … */
    int64_t db_us; /*!< the database's clock, 0: not known */
    char text[ERR_TEXT_MAX];
    size_t n;
    struct store_hook_due *due; /*!< n of them, as below */
    uint64_t *woken;
};

struct clerk;

/* Looks at once. STATUS_NO_MEMORY, STATUS_IO. */
enum status clerk_start(const struct clerk_options *o, struct clerk **c_r, struct err *err) MUST_USE;
/* An eventfd: readable when results wait, and once all outcomes are recorded. */
int clerk_fd(const struct clerk *c);
/* All that wait, oldest first; the caller's: clerk_result_free each. NULL: none. */
struct clerk_result *clerk_take(struct clerk *c);
/* Not the jobs. */
void clerk_result_free(struct clerk_result **r);

/* At most POOL_CLAIMS_MAX are under way. */
void clerk_claim(struct clerk *c, const struct pool_order *order);
/* A list; the clerk's from here on. */
void clerk_settle(struct clerk *c, struct clerk_outcome *list);
/* A look begins as soon as can be; it has this number. */
uint64_t clerk_look(struct clerk *c);
/* No more looks; claims that have not begun are forgotten (CLERK_UNCLAIMED). */
void clerk_wind_down(struct clerk *c);
/* Outcomes that are not recorded yet. */
size_t clerk_unsettled(struct clerk *c);
/* Ends the threads after what they are just doing (STORE_REQUEST_BUDGET at most);
 * frees everything but the stores, jobs in results that nobody took included. */
void clerk_end(struct clerk **c);

#endif
