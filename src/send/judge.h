/* What an attempt's end means: pure. */
#ifndef SEND_JUDGE_H
#define SEND_JUDGE_H

#include <stdbool.h>
#include <stdint.h>
#include "send/post.h"
#include "store/hook_store.h"
#include "ticket/retry.h"

/* How an attempt ended. At most one of the first three is set; then no POST was made. */
struct judge_facts {
    const char *refused;    /*!< the guard's reason why it may never be sent, as a phrase; NULL: it may */
    const char *unable;     /*!< what kept us from making one that a retry may find mended; NULL: nothing */
    const char *no_address; /*!< why its host's name could not be looked up; NULL: it could */
    enum post_end end;
    unsigned http_status;
    struct sv retry_after; /*!< the header's value; absent or empty: none */
    const char *error;     /*!< plain words for an end other than POST_ANSWERED */
    uint32_t attempts;     /*!< made before this one */
    int64_t wall_us;       /*!< now */
    uint32_t random;
};

/* What it says about the receiver. */
enum judge_receiver {
    JUDGE_RECEIVER_UNKNOWN, /*!< nothing */
    JUDGE_RECEIVER_WORKS,   /*!< it took the event */
    JUDGE_RECEIVER_ANSWERS, /*!< it refused this event, but it is there */
    JUDGE_RECEIVER_FAILS
};

struct judge_verdict {
    enum store_hook_verdict verdict;
    int64_t wait_us; /*!< STORE_HOOK_RETRY */
    enum judge_receiver receiver;
    char error[STORE_HOOK_ERROR_MAX + 1]; /*!< "": none */
};

void judge(const struct ticket_retry *retry, const struct judge_facts *f, struct judge_verdict *out_r);

#endif
