/* The sender: claim → deliver → record. */
#ifndef SEND_SEND_H
#define SEND_SEND_H

#include <stdio.h>
#include "base/conf.h"
#include "net/url.h"
#include "send/post.h"
#include "ticket/retry.h"

#define SEND_POLL_MS 1000                            /*!< [ms] between looks at the table when nobody pokes */
#define SEND_LEASE_MARGIN_US (45 * INT64_C(1000000)) /*!< [us] a lease outlasts an attempt */
#define SEND_HANDOVER_US (8 * INT64_C(1000000))      /*!< [us] past its time a sender still serves if no other came */
#define SEND_FOR_MAX 86400                           /*!< [s] */

enum send_mode { SEND_FOR, SEND_ONCE, SEND_DRY_RUN };

struct send_options {
    enum send_mode mode;
    unsigned seconds;         /*!< SEND_FOR */
    FILE *out;                /*!< SEND_DRY_RUN */
    const volatile int *stop; /*!< non-zero: finish what is under way, return the rest; 2 and more: return at once */
    int stop_fd;              /*!< readable once stop has changed */
};
/* STATUS_OK when its time was over, everything due was tried (SEND_ONCE) or it was
 * stopped; STATUS_UNAVAILABLE (SEND_ONCE, SEND_DRY_RUN): the database cannot be asked;
 * STATUS_CONFIG, STATUS_IO. Logs by itself: ids and counts only. */
enum status send_run(const struct conf *conf, const struct send_options *o, struct err *err) MUST_USE;

/* One event, now, outside of all tables, under the same rules: for `webhook test`. */
struct send_sample {
    struct sv url, body, secret, previous_secret, hosts, webhook_id, event;
    uint32_t partner_id;
};
/* Blocks, webhook_timeout at most. STATUS_OK: *out_r says what came of it, refusals
 * by the rules included; else nothing was sent. *out_r's url and body are the
 * sample's. */
enum status send_sample(const struct conf *conf, const struct net_url_rules *rules, const struct send_sample *s,
                        struct post *out_r, struct err *err) MUST_USE;

#endif
