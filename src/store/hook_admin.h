/* Webhooks as people look at them and put them right: lists, one event's story,
 * replay, cancel, figures, history, secrets. For the admin program. */
#ifndef STORE_HOOK_ADMIN_H
#define STORE_HOOK_ADMIN_H

#include "store/hook_store.h"

#define STORE_HOOK_LIST_MAX 1000   /*!< rows of one list */
#define STORE_HOOK_REPLAY_MAX 1000 /*!< events in one transaction of a replay */

enum store_hook_state {
    STORE_HOOK_IS_PENDING,  /*!< waiting, under way, or to be tried again */
    STORE_HOOK_IS_DEAD,     /*!< given up */
    STORE_HOOK_IS_DELIVERED /*!< as long as history is kept */
};
/* One event. What its state does not have is 0, absent or CLOCK_NONE. */
struct store_hook {
    enum store_hook_state state;
    char webhook_id[CRYPTO_CUID_SIZE];
    uint32_t partner_id;
    struct sv partner_code;
    uint64_t receiver;
    uint64_t ticket_number;
    uint32_t seq;
    enum ticket_event_type event;
    struct sv url, body; /*!< both absent once delivered; body: only store_hook_find */
    uint32_t attempts;
    int64_t created_at; /*!< [us] wall, as below */
    int64_t next_due;   /*!< pending */
    int64_t settled_at; /*!< delivered or given up */
    bool leased;        /*!< a sender has it now */
    bool held;          /*!< waits for an earlier event of its ticket */
    struct sv reason;   /*!< dead: the last failure */
};
struct store_hook_filter {
    struct sv partner_code; /*!< absent: all */
    uint64_t ticket_number; /*!< 0: all */
    enum store_hook_state state;
    int64_t since, until; /*!< [us] wall, CLOCK_NONE: open; dead: died, delivered: when, pending: created */
    unsigned limit;       /*!< ≤ STORE_HOOK_LIST_MAX */
};
/* Newest first. *more_r: there are others. */
enum status store_hook_list(struct store *s, struct arena *a, const struct store_hook_filter *f,
                            struct store_hook **hooks_r, size_t *n_r, bool *more_r, struct err *err) MUST_USE;
/* STATUS_NOT_FOUND: no such event, or its history is over. */
enum status store_hook_find(struct store *s, struct arena *a, struct sv webhook_id, struct store_hook *out_r,
                            struct err *err) MUST_USE;
struct store_hook_attempt {
    uint32_t attempt; /*!< 1, 2, … */
    bool delivered;
    unsigned http_status; /*!< 0: no answer */
    uint32_t duration_ms;
    int64_t at;              /*!< [us] wall, when it ended */
    struct sv error, answer; /*!< may be absent */
};
enum status store_hook_attempts(struct store *s, struct arena *a, struct sv webhook_id,
                                struct store_hook_attempt **attempts_r, size_t *n_r, struct err *err) MUST_USE;

/* One event: a dead one comes back with the same id and bytes and all its
 * attempts before it (age_us from now it expires), and holds nothing back; a
 * pending one is due at once. STATUS_NOT_FOUND; STATUS_CONFLICT: being sent, or
 * delivered. *receiver_r: whom to poke. */
enum status store_hook_replay_one(struct store *s, struct sv webhook_id, int64_t age_us, uint64_t *receiver_r,
                                  struct err *err) MUST_USE;
/* All dead events of a partner that died in [since, until) (CLOCK_NONE: open), at
 * most STORE_HOOK_REPLAY_MAX a call: call again until *n_r is 0. */
enum status store_hook_replay(struct store *s, struct sv partner_code, int64_t since, int64_t until, int64_t age_us,
                              unsigned *n_r, struct err *err) MUST_USE;
/* A pending event is given up by hand: dead with this reason, what it held is
 * woken. STATUS_NOT_FOUND; STATUS_CONFLICT: dead or delivered already. */
enum status store_hook_cancel(struct store *s, struct sv webhook_id, struct sv reason, struct err *err) MUST_USE;

/* Figures, a row a receiver that has any. */
struct store_hook_figures {
    uint64_t receiver;
    uint32_t partner_id;
    struct sv partner_code, origin; /*!< origin absent: never tried */
    uint64_t pending, due, retrying, dead;
    int64_t oldest; /*!< [us] wall: created_at of the oldest pending event */
    uint32_t failures;
    int64_t paused_until, last_success, last_failure; /*!< [us] wall or CLOCK_NONE */
};
enum status store_hook_stats(struct store *s, struct arena *a, struct sv partner_code,
                             struct store_hook_figures **figures_r, size_t *n_r, struct err *err) MUST_USE;

/* URLs that answered 410. */
struct store_hook_gone {
    struct sv partner_code, url;
    char webhook_id[CRYPTO_CUID_SIZE];
    int64_t at; /*!< [us] wall */
};
enum status store_hook_gone_list(struct store *s, struct arena *a, struct sv partner_code,
                                 struct store_hook_gone **gone_r, size_t *n_r, struct err *err) MUST_USE;
/* STATUS_NOT_FOUND: it was not switched off. */
enum status store_hook_gone_clear(struct store *s, struct sv partner_code, struct sv url, struct err *err) MUST_USE;

/* A receiver's pause ends now. STATUS_NOT_FOUND: it has none. */
enum status store_hook_resume(struct store *s, uint64_t receiver, struct err *err) MUST_USE;

/* History: makes the partitions of the days to come and drops those that ended
 * more than keep_days ago. *dropped_r: how many. */
enum status store_hook_history(struct store *s, unsigned keep_days, int64_t now_us, unsigned *dropped_r,
                               struct err *err) MUST_USE;

/* The partner's secrets; previous: absent unless a rotation's overlap runs. STATUS_NOT_FOUND. */
struct store_secret {
    struct sv secret, previous;
    int64_t previous_until; /*!< [us] wall or CLOCK_NONE */
};
enum status store_secret_find(struct store *s, struct arena *a, struct sv partner_code, struct store_secret *out_r,
                              struct err *err) MUST_USE;
/* The secret becomes the previous one until overlap_us from now, `secret` takes
 * its place. Safe to repeat with the same secret. STATUS_NOT_FOUND. */
enum status store_secret_rotate(struct store *s, struct sv partner_code, struct sv secret, int64_t overlap_us,
                                struct err *err) MUST_USE;

#endif
