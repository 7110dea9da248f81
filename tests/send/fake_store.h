/* A store of webhook jobs in memory, in place of the database: leases, order per
 * ticket, pauses, what was told. Its clock is one of its own. For threads. */
#ifndef TESTS_SEND_FAKE_STORE_H
#define TESTS_SEND_FAKE_STORE_H

#include "store/hook_store.h"

#define FAKE_JOBS_MAX 30000
#define FAKE_RECEIVERS_MAX 64

enum fake_state { FAKE_PENDING, FAKE_DELIVERED, FAKE_DEAD, FAKE_GONE };

struct fake_job {
    uint64_t id, receiver, ticket;
    uint32_t partner_id, seq, attempts;
    char url[128], body[32], webhook_id[CRYPTO_CUID_SIZE];
    const char *secret; /* NULL: none */
    const char *hosts;  /* NULL: any */
    int64_t due;        /* [us] the fake's clock */
    unsigned char token[STORE_HOOK_TOKEN_SIZE];
    bool is_leased;
    enum fake_state state;
    unsigned claims, returns;
    int64_t wait_us;
    unsigned http_status;
    char error[STORE_HOOK_ERROR_MAX + 1], answer[STORE_HOOK_ERROR_MAX + 1];
};
struct fake_receiver {
    uint64_t id;
    struct store_hook_told told; /* merged: flags add up */
    int64_t probe_at;            /* the fake's clock; 0: not paused */
};

extern struct fake_store {
    struct fake_job jobs[FAKE_JOBS_MAX];
    unsigned n_jobs;
    struct fake_receiver receivers[FAKE_RECEIVERS_MAX];
    unsigned n_receivers;
    /* what was called */
    unsigned looks, claims, finishes, expires, most_outcomes;
    int64_t lease_us, age_us;                       /* as last given */
    unsigned char tokens[4][STORE_HOOK_TOKEN_SIZE]; /* of the first claims */
    char log[64];                                   /* L, C, F, E: the first calls, in order */
    /* what is to happen */
    enum status look, claim, finish; /* instead of the outcome */
    bool lost;                       /* with it: the server is out of reach */
    uint64_t locked;                 /* this receiver cannot be claimed: STATUS_UNAVAILABLE, and not lost */
    uint64_t poison;                 /* this job's outcome is refused: STATUS_INTERNAL */
    int64_t slow_us;                 /* each call takes so long */
    unsigned expire;                 /* next calls' outcome, in all */
} fake;

void fake_reset(void);
/* Due at once. Ids from 1; ticket's sequence counts up by itself. */
struct fake_job *fake_add(uint64_t receiver, uint32_t partner_id, uint64_t ticket, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
unsigned fake_count(enum fake_state state);
struct fake_receiver *fake_receiver(uint64_t id);
/* For changing it while it is in use. */
void fake_lock(void);
void fake_unlock(void);

#endif
