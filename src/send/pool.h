/* What the sender knows of receivers while it runs, and whose turn it is. Pure:
 * no clock, no I/O; times are [us] of one monotonic clock given by the caller.
 *
 * Partners take turns, and within a partner its receivers do. A receiver has a
 * window of attempts under way: few at first, one more with each success, half
 * as many after a failure. A slot is taken by a job from the claim that asks for
 * it until it has ended, so nothing is leased that has no place; only to a
 * receiver that gets through many a second some are leased ahead. */
#ifndef SEND_POOL_H
#define SEND_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

#define POOL_RECEIVERS_MAX 20000               /*!< more wait for a next look, */
#define POOL_PARTNER_MAX 2000                  /*!< and so do more of one partner, */
#define POOL_FEW 8                             /*!< but for partners that have no more than so many */
#define POOL_SPARE(total) ((total) / 8)        /*!< slots that only partners with few of them get */
#define POOL_WINDOW_FIRST 4                    /*!< attempts under way to a receiver not yet known to work */
#define POOL_CLAIMS_MAX 4                      /*!< claims asked for at a time, so that turns are decided late */
#define POOL_CLAIM_MAX 400                     /*!< jobs in one claim */
#define POOL_AHEAD_MAX (2 * POOL_CLAIM_MAX)    /*!< leased to a receiver beyond its window */
#define POOL_PACE_US INT64_C(250000)           /*!< [us] at a receiver's pace so much may be leased ahead */
#define POOL_FLOOR_MARGIN_US INT64_C(10000000) /*!< [us] a row may become visible so long after its due time */
#define POOL_REST_US INT64_C(1000000)          /*!< [us] between claims that bring nothing, unless it is poked */
#define POOL_SETTLE_US INT64_C(10000000)       /*!< [us] a receiver that works again waits for pool_settled */
#define POOL_DRY_US INT64_C(10000) /*!< [us] times the receivers without first attempts: until one is asked again */

struct pool_limits {
    unsigned total, partner, receiver; /*!< slots, ≥ 1 */
    size_t bytes;                      /*!< no claim while the leased jobs are larger together */
};

struct pool_receiver; /* the pool's */

/* One leased job as the pool sees it; stands first in the sender's own. From
 * pool_claimed until pool_end or pool_drop the pool counts on it. */
struct pool_job {
    struct pool_job *next;
    struct pool_receiver *receiver;
    size_t bytes;
    bool is_retry; /*!< was tried before */
    bool is_probe; /*!< the one try of a paused receiver */
    bool is_started;
};

struct pool;

enum status pool_new(const struct pool_limits *limits, struct pool **p_r) MUST_USE;
/* Jobs must have been dropped or ended. */
void pool_free(struct pool **p);

/* --- what is due --- */

/* Somebody says that this receiver has something due. */
void pool_poke(struct pool *p, uint64_t id, int64_t now);
/* A look found this receiver: whose it is, before pool_look. False: there is no
 * room for it, and no more is to be said of it. */
bool pool_belongs(struct pool *p, uint64_t id, uint32_t partner_id, int64_t paused_us, int64_t wait_us, int64_t now);
/* What a look at the table found; pool_looked at its end. `wait_us` as in
 * store_hook_due; db_us: the database's clock then, 0: not known. */
void pool_look(struct pool *p, uint64_t id, int64_t first_due, int64_t wait_us, int64_t now);
void pool_looked(struct pool *p, int64_t db_us, int64_t now);

/* --- claims --- */

struct pool_order {
    uint64_t receiver;
    unsigned want;
    bool retries;
    int64_t floor; /*!< as in store_hook_claim */
};
/* The next claim to ask for; false: none now. Its slots are taken from here on. */
bool pool_order(struct pool *p, int64_t now, struct pool_order *out_r);
struct pool_claimed {
    struct pool_job *jobs; /*!< linked by next, in order: the pool's from here on */
    uint32_t partner_id;   /*!< with jobs */
    bool more, probe;
    int64_t floor; /*!< 0: not known */
    uint32_t failures;
    int64_t paused_us; /*!< as in store_hook_claimed */
};
/* What came of an order. */
void pool_claimed(struct pool *p, uint64_t id, const struct pool_claimed *c, int64_t now);
/* Nothing did; not before rest_us have passed again. */
void pool_unclaimed(struct pool *p, uint64_t id, int64_t rest_us, int64_t now);

/* --- jobs --- */

/* The next job that may be started, started from here on; NULL: none now. */
struct pool_job *pool_start(struct pool *p);
/* Marks all jobs that were not started for pool_drop. */
void pool_recall(struct pool *p);
/* A job that is to be given back unstarted: its receiver was paused meanwhile, its
 * partner has too many, or all were recalled. It is the caller's again. NULL: none. */
struct pool_job *pool_drop(struct pool *p);

enum pool_end {
    POOL_SUCCEEDED,
    POOL_ANSWERED, /*!< not delivered, but the receiver works */
    POOL_FAILED,
    POOL_UNKNOWN /*!< says nothing about it */
};
/* What is known of a receiver. */
struct pool_state {
    uint32_t failures;    /*!< in a row */
    int64_t paused_until; /*!< 0: not paused */
    bool resumed;         /*!< a pause ended by this: it is not asked for until pool_settled */
    bool counted;         /*!< one failure more: the caller judges whether to pause it */
};
/* A started job has ended; it is the caller's again. */
void pool_end(struct pool *p, struct pool_job *job, enum pool_end how, int64_t now, struct pool_state *state_r);
void pool_pause(struct pool *p, uint64_t id, int64_t until);
/* The table knows that its pause is over: before, it would have said that it is paused. */
void pool_settled(struct pool *p, uint64_t id, int64_t now);

/* --- figures --- */

unsigned pool_leased(const struct pool *p);  /* slots taken: asked for, waiting, started */
unsigned pool_started(const struct pool *p); /* of these, started */
unsigned pool_ordered(const struct pool *p); /* claims asked for */
unsigned pool_receivers(const struct pool *p);
/* Whether a receiver that may be tried now has something due, as far as is known. */
bool pool_is_due(const struct pool *p, int64_t now);

#endif
