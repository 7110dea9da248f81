/* Webhook jobs as the sender works through them: who has something due, claim,
 * finish. All times are judged by the database's clock. */
#ifndef STORE_HOOK_STORE_H
#define STORE_HOOK_STORE_H

#include "store/store.h"
#include "ticket/types.h"

#define STORE_HOOK_TOKEN_SIZE 16
#define STORE_HOOK_CLAIM_MAX 400    /*!< jobs in one claim */
#define STORE_HOOK_EXAMINE_MAX 200  /*!< due rows looked at beyond those wanted: held ones stand among them */
#define STORE_HOOK_OUTCOMES_MAX 500 /*!< in one finish */
#define STORE_HOOK_DUE_MAX 10000    /*!< receivers in one look */
#define STORE_HOOK_EXPIRE_MAX 500   /*!< jobs given up in one call */
#define STORE_HOOK_ERROR_MAX 200    /*!< [characters] */
#define STORE_HOOK_ORIGIN_MAX 300   /*!< [bytes] "https://host:port" */

/* A receiver with jobs waiting. */
struct store_hook_due {
    uint64_t receiver;
    int64_t first_due; /*!< [us] by the database's clock: none of its jobs is due before; a claim's floor */
    int64_t wait_us;   /*!< [us] until then; ≤ 0: due */
    uint32_t partner_id;
    int64_t paused_us; /*!< [us] until the receiver may be tried; ≤ 0: now */
};
/* Receivers after `after` in the order of their ids, at most `max`, by a skip
 * scan of the index: a receiver costs one dive however many jobs it has. */
enum status store_hook_due(struct store *s, struct arena *a, uint64_t after, unsigned max,
                           struct store_hook_due **due_r, size_t *n_r, struct err *err) MUST_USE;

struct store_hook_claim {
    uint64_t receiver;
    unsigned want;    /*!< ≤ STORE_HOOK_CLAIM_MAX */
    bool retries;     /*!< also jobs that were tried before */
    int64_t floor;    /*!< [us] database clock: rows due before are not looked for (what purge has not
                            removed yet would be waded through); 0: all */
    int64_t lease_us; /*!< the jobs are this sender's for so long */
    int64_t hold_us;  /*!< what a head that is being sent holds back is put off for so long, unless it is woken */
    unsigned char token[STORE_HOOK_TOKEN_SIZE]; /*!< random, new for each claim: a lost COMMIT finds its jobs by it */
    bool again; /*!< the same claim (token and all) ended STATUS_UNCERTAIN before: finds what that leased */
};
/* A job under lease, with all that sending it takes. In the arena. */
struct store_hook_job {
    uint64_t id; /*!< row */
    char webhook_id[CRYPTO_CUID_SIZE];
    uint32_t partner_id;
    struct sv partner_code;
    struct sv hosts; /*!< space-separated, absent: any */
    uint64_t receiver;
    uint64_t ticket_number;
    uint32_t seq;
    enum ticket_event_type event;
    struct sv url, body;
    uint32_t attempts;                 /*!< made before this one */
    int64_t created_at;                /*!< [us] wall */
    struct sv secret, previous_secret; /*!< previous: absent but during a rotation */
};
struct store_hook_claimed {
    struct store_hook_job *jobs; /*!< in the order they became due */
    size_t n;
    bool more;         /*!< worth asking again: something due was not looked at */
    int64_t floor;     /*!< [us] database clock: the next claim's, until a look says a later one */
    bool probe;        /*!< the receiver is paused and this is its one try */
    uint32_t failures; /*!< of the receiver in a row, so far */
    int64_t paused_us; /*!< > 0: [us] until the receiver may be tried; nothing was claimed */
    unsigned buried;   /*!< given up here: their URL has answered 410 before */
    unsigned put_off;  /*!< held behind an earlier event of their ticket, now not due */
};
/* Leases due jobs of one receiver, oldest due first: a job whose ticket has an
 * earlier one that still holds (CONTRACT §8) is put off until that one is
 * finished, which wakes it; what has failed before is held by nothing any more.
 * Compare-and-set on next_due: of several senders, on any hosts, one gets a job.
 * One round trip, one transaction. */
enum status store_hook_claim(struct store *s, struct arena *a, const struct store_hook_claim *claim,
                             struct store_hook_claimed *out_r, struct err *err) MUST_USE;

enum store_hook_verdict {
    STORE_HOOK_DELIVERED, /*!< into history, out of the table */
    STORE_HOOK_RETRY,     /*!< due again after wait_us */
    STORE_HOOK_DEAD,      /*!< into webhook_dead */
    STORE_HOOK_GONE,      /*!< 410: dead, and so is its URL for this partner */
    STORE_HOOK_RETURNED,  /*!< not tried: due at once, as if never claimed */
    STORE_HOOK_VERDICT__MAX
};
struct store_hook_outcome {
    uint64_t id;
    unsigned char token[STORE_HOOK_TOKEN_SIZE]; /*!< the claim's: else nothing changes */
    enum store_hook_verdict verdict;
    unsigned http_status; /*!< 0: no answer */
    int64_t wait_us;      /*!< RETRY */
    int64_t hold_us;      /*!< first failure: it holds its ticket's later events so long from now */
    uint32_t duration_ms;
    char error[STORE_HOOK_ERROR_MAX + 1];  /*!< "": none. Plain words, no answer bytes */
    char answer[STORE_HOOK_ERROR_MAX + 1]; /*!< first characters of the answer, printable ASCII, "": none */
};
/* What a batch taught about a receiver. */
struct store_hook_told {
    uint64_t receiver;
    uint32_t partner_id;
    char origin[STORE_HOOK_ORIGIN_MAX + 1];
    uint32_t failures;      /*!< in a row, now */
    bool succeeded, failed; /*!< an attempt did, in this batch */
    bool resumed;           /*!< it answered its probe, if not with a success: its pause is over */
    int64_t pause_us;       /*!< > 0: paused so long from now; 0: not paused */
};
/* Settles outcomes (ids rising or not, each once) and receivers in one
 * transaction. An outcome whose token no longer owns its row changes nothing, and
 * what is told of a receiver counts only beside an outcome of its that does. What
 * a finished job held back is woken: *woken_r are the receivers that have
 * something due by that, in the arena. Safe to repeat. */
enum status store_hook_finish(struct store *s, struct arena *a, const struct store_hook_outcome *outcomes, size_t n,
                              const struct store_hook_told *told, size_t n_told, uint64_t **woken_r, size_t *n_woken_r,
                              struct err *err) MUST_USE;

/* Gives up due jobs of a receiver that are older than age_us (or past their
 * expires_at), at most STORE_HOOK_EXPIRE_MAX: those a pause kept from being tried
 * until the retries would long have been over. *n_r: how many. */
enum status store_hook_expire(struct store *s, uint64_t receiver, int64_t age_us, unsigned *n_r,
                              struct err *err) MUST_USE;

#endif
