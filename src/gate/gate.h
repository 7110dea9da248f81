/* Who may come in: API key → caller, from a small cache over the store. */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "base/http.h"
#include "gate/breaker.h"
#include "gate/shared.h"
#include "gate/window.h"
#include "store/partner_store.h"

#define GATE_CACHE_KEYS 256                      /*!< cached keys */
#define GATE_CACHE_UNKNOWN 1024                  /*!< remembered wrong keys */
#define GATE_CACHE_AGE_US (4 * INT64_C(1000000)) /*!< [us]; CONTRACT: everywhere within 5 s */
#define GATE_KEY_TEXT_MAX 128                    /*!< [bytes] longer keys are wrong without asking */

struct gate; /* owned by the caller: gate_free; borrows store and shared */

/* Who is calling; views live until the next gate_enter. */
struct gate_caller {
    uint64_t key_id;
    uint32_t partner_id;
    struct sv partner_code;
    struct sv webhook_url;   /*!< partner's default target, may be absent */
    struct sv webhook_hosts; /*!< its webhooks' hosts, as net_host_listed takes them */
    unsigned permissions;    /*!< STORE_MAY_* */
    uint32_t limit[STORE_CLASS__MAX];
};

/* When somebody knocks. */
struct gate_times {
    int64_t now_us;    /*!< [us] wall: keys expire by it */
    int64_t budget_us; /*!< [us] monotonic: the time budget began then */
    int64_t admit_us;  /*!< [us] monotonic: now; wrong keys are counted by it */
};

enum status gate_new(struct store *store, struct gate_shared *shared, struct gate **g_r) MUST_USE;
void gate_free(struct gate **g);

/* STATUS_OK; STATUS_DENIED (401: no, unknown, expired, revoked key, wrong
 * address, suspended partner); STATUS_LIMITED (429: too many wrong keys from
 * there, *retry_s_r is set); STATUS_UNAVAILABLE (503); others as the store
 * returned them. A key is looked up at most every 4 s or when the generation
 * moved, within the time budget, and only while the breaker is closed. All that is denied counts as a guess of the address,
 * but for a key that is absent; a right key is never held against its address.
 * err says why, for the log only. */
enum status gate_enter(struct gate *g, struct sv key, struct sv remote_addr, const struct gate_times *at,
                       struct gate_caller *out_r, uint32_t *retry_s_r, struct err *err) MUST_USE;
/* Counts the request against the caller's limit of its class. admit_us: as above. */
enum status gate_admit(struct gate *g, const struct gate_caller *c, enum store_class class, int64_t admit_us,
                       struct gate_verdict *out_r) MUST_USE;

#endif
