/* What the tests of webhooks share: jobs made by hand, claims and finishes in a line. */
#ifndef TESTS_STORE_HOOKS_H
#define TESTS_STORE_HOOKS_H

#include "store/hook_admin.h"
#include "support.h"

#define HOOKS_A UINT64_C(0xfedcba9876543210) /*!< receivers of SUPPORT_PARTNER; above 2^63 as half of all are */
#define HOOKS_B UINT64_C(7)
#define HOOKS_ORIGIN "https://a.example:443"
#define HOOKS_LEASE (60 * CLOCK_SECOND)
#define HOOKS_HOLD (3600 * CLOCK_SECOND)

void hooks_clear(void); /* no jobs, no receivers, no history */
/* A never-tried job, due for a second; its row's id. `webhook-id`: "cTICKET-SEQ". */
uint64_t hooks_job(uint64_t receiver, uint64_t ticket, unsigned seq);
/* The same at a URL of its own. */
uint64_t hooks_job_to(uint64_t receiver, uint64_t ticket, unsigned seq, const char *url);
/* Moves the row's times, as the database's clock would. */
void hooks_later(uint64_t id, int64_t us);

/* Everything due of a receiver, at most `want`; STATUS_OK is checked. */
struct store_hook_claimed hooks_claim(struct store *s, uint64_t receiver, unsigned want);
extern struct store_hook_claim hooks_last; /*!< the claim that hooks_claim made: its token */
/* An outcome of hooks_last's. */
struct store_hook_outcome hooks_outcome(uint64_t id, enum store_hook_verdict verdict);
/* Settles one; how many receivers it woke, or -1 after a failed check. */
int hooks_finish(struct store *s, struct store_hook_outcome o);
int hooks_finish_told(struct store *s, struct store_hook_outcome o, const struct store_hook_told *told);
extern uint64_t *hooks_woken;

/* Until so many transactions wait for a row's lock. */
void hooks_wait_for_locks(unsigned n);

/* Of a row, by the server: "(none)" when it is gone. */
const char *hooks_row(const char *columns, uint64_t id);
bool hooks_is_due(uint64_t id);
bool hooks_is_put_off(uint64_t id); /* not leased and not due */
bool hooks_is_leased(uint64_t id);

#endif
