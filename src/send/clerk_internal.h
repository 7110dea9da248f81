/* Inside the clerk only. */
#ifndef SEND_CLERK_INTERNAL_H
#define SEND_CLERK_INTERNAL_H

#include <pthread.h>

#include "send/clerk.h"

struct clerk_order {
    struct pool_order order;
    unsigned char token[STORE_HOOK_TOKEN_SIZE]; /*!< kept while it is repeated: a lost COMMIT finds its jobs by it */
    int64_t lease_end;                          /*!< by its first try; 0: not tried yet */
};

struct clerk_outcomes {
    struct clerk_outcome *first, **last;
};

/* One of its threads, and what is that thread's own. */
struct clerk_hand {
    struct clerk *clerk;
    struct store *store;
    pthread_t thread;
    pthread_cond_t wake;
    struct arena *arena;
    struct err err;
    bool is_away;
    int64_t again_at; /*!< [us] nothing is tried before */
};

struct clerk {
    struct clerk_options o;
    int fd;
    struct clerk_hand claimer, settler;
    pthread_mutex_t lock;
    /* under the lock */
    struct clerk_order orders[POOL_CLAIMS_MAX]; /*!< oldest first */
    unsigned n_orders;
    struct clerk_outcomes outcomes;
    size_t unsettled;
    struct clerk_result *results, **last_result;
    uint64_t looks;  /*!< begun */
    int64_t look_at; /*!< [us] the next, INT64_MAX: while one is under way */
    unsigned n_away; /*!< hands the database does not answer */
    bool is_wound_down, is_ended, is_unfit;
    /* the claimer's own */
    bool is_looking, is_wrapped;
    uint64_t look_from;  /*!< looks begin elsewhere each time: who comes last finds the least room */
    uint64_t page_after; /*!< of the look under way, as all below */
    int64_t look_began, look_took, look_db;
    /* the settler's own */
    struct clerk_outcomes settling; /*!< taken, not yet recorded */
    int64_t settled_at;             /*!< [us] the last batch began */
    unsigned batch_max;
    uint64_t expires[CLERK_EXPIRES_MAX];
    unsigned n_expires;
    struct store_hook_outcome batch[STORE_HOOK_OUTCOMES_MAX];
    struct store_hook_told told[STORE_HOOK_OUTCOMES_MAX];
};

/* NULL: no memory. */
struct clerk_result *clerk_result_new(enum clerk_what what);
/* Makes the eventfd readable. */
void clerk_wake(const struct clerk *c);
/* The main loop's from here on. NULL is a no-op. */
void clerk_tell(struct clerk *c, struct clerk_result *r);

/* Each does one piece of work. False: the database does not let it; what was not
 * done waits until again_at. */
bool clerk_settle_batch(struct clerk *c);
bool clerk_expire_next(struct clerk *c);
bool clerk_claim_next(struct clerk *c);
bool clerk_look_on(struct clerk *c);

#endif
