/* What the sysadmin may set about tickets: amounts, rates, webhook targets. */
#ifndef TICKET_RULES_H
#define TICKET_RULES_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/num.h"
#include "net/url.h"
#include "ticket/types.h"

struct ticket_rate {
    char currency[4];
    struct num_dec rate; /*!< [IDR] for one unit */
};
struct ticket_rules {
    struct num_dec high, urgent, critical; /*!< [IDR] */
    unsigned n_rates;
    struct ticket_rate rates[CONF_LIST_MAX];
    struct net_url_rules webhook;
    struct sv tracking_url_base; /*!< into conf */
};
/* `keep` and `conf` must outlive the rules. STATUS_CONFIG names the option. */
enum status ticket_rules_set(struct arena *keep, const struct conf *conf, struct ticket_rules *out_r,
                             struct err *err) MUST_USE;

/* CONTRACT §3: priority of an amount in a currency ("" is IDR): ≥ critical,
 * urgent, high; below or no amount (NULL) MEDIUM; no rate for it: HIGH. */
enum status ticket_amount_priority(struct arena *a, const struct ticket_rules *r, const struct num_dec *amount,
                                   struct sv currency, enum ticket_priority *out_r) MUST_USE;
/* The reference's service-type table, for types not judged by amount. */
enum ticket_priority ticket_type_priority(enum ticket_service_type t);
/* Category when none was sent. */
const char *ticket_type_category(enum ticket_service_type t);

/* Deadlines: created + minutes / hours. */
int64_t ticket_after_minutes(int64_t at_us, uint32_t minutes);
int64_t ticket_after_hours(int64_t at_us, uint32_t hours);
/* CONTRACT §6 isBreached, judged at `now`. */
bool ticket_is_breached(const struct ticket *t, int64_t now_us);
/* The desk's moves (CONTRACT §7); same status is not a move. */
bool ticket_may_move(enum ticket_status from, enum ticket_status to);

#endif
