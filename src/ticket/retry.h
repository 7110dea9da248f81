/* When a webhook is tried again: pure functions of their arguments. */
#ifndef TICKET_RETRY_H
#define TICKET_RETRY_H

#include <stdint.h>
#include "base/conf.h"
#include "base/err.h"

#define TICKET_RETRIES_MAX 32

struct ticket_retry {
    unsigned n; /*!< waits: attempts are one more */
    int64_t wait_us[TICKET_RETRIES_MAX];
    int64_t retry_after_max_us;
    int64_t hold_us;
    int64_t pause_max_us;
};
/* From webhook_retries, …_retry_after_max, …_hold, …_pause_max. STATUS_CONFIG names the option. */
enum status ticket_retry_set(const struct conf *conf, struct ticket_retry *out_r, struct err *err) MUST_USE;
/* [us] to wait after `attempts` failed ones (≥ 1), ± 20 % by `random` (all of its
 * range, evenly); a Retry-After (< 0: none) can only lengthen it, to
 * retry_after_max at most. < 0: that was the last attempt. */
int64_t ticket_retry_wait(const struct ticket_retry *r, unsigned attempts, int64_t retry_after_us, uint32_t random);
/* [us] all waits at their longest, without any Retry-After: what a pause keeps from
 * being tried is given up after that. */
int64_t ticket_retry_age(const struct ticket_retry *r);
/* [us] a receiver is left alone after `failures` in a row, ± 20 %; 0 while they are few. */
#define TICKET_FAILURES_BEFORE_PAUSE 5
int64_t ticket_retry_pause(const struct ticket_retry *r, uint32_t failures, uint32_t random);

#endif
