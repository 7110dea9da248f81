#include "ticket/rules.h"

#include <string.h>

#include "base/clock.h"
#include "ticket/formats.h"

#define TIME_MAX (INT64_C(253402300799) * CLOCK_SECOND) /* [us] the last second of year 9999 */

static enum status set_amount(struct arena *keep, const char *name, const char *text, struct num_dec *out,
                              struct err *err)
{
    enum status s = num_dec_parse(keep, sv_from(text), out);
    if (s == STATUS_NO_MEMORY)
        return err_set(err, s, "Out of memory");
    if (s != STATUS_OK || (out->negative && out->n > 0))
        return err_set(err, STATUS_CONFIG, "%s: must be a decimal number of at least 0", name);
    return STATUS_OK;
}

static enum status set_amounts(struct arena *keep, const struct conf *conf, struct ticket_rules *r, struct err *err)
{
    enum status s = set_amount(keep, "priority_high_amount", conf->priority_high_amount, &r->high, err);
    if (s == STATUS_OK)
        s = set_amount(keep, "priority_urgent_amount", conf->priority_urgent_amount, &r->urgent, err);
    if (s == STATUS_OK)
        s = set_amount(keep, "priority_critical_amount", conf->priority_critical_amount, &r->critical, err);
    if (s != STATUS_OK)
        return s;
    if (num_dec_cmp(&r->urgent, &r->high) < 0)
        return err_set(err, STATUS_CONFIG, "priority_urgent_amount: must not be below priority_high_amount");
    if (num_dec_cmp(&r->critical, &r->urgent) < 0)
        return err_set(err, STATUS_CONFIG, "priority_critical_amount: must not be below priority_urgent_amount");
    return STATUS_OK;
}

static const struct num_dec *find_rate(const struct ticket_rules *r, struct sv currency)
{
    for (unsigned i = 0; i < r->n_rates; i++)
        if (sv_is(currency, r->rates[i].currency))
            return &r->rates[i].rate;
    return NULL;
}

static enum status add_rate(struct arena *keep, struct sv text, struct ticket_rules *r, struct err *err)
{
    struct ticket_rate *rate = &r->rates[r->n_rates];
    struct sv currency = SV_NONE;
    sv_cut(&text, ' ', &currency);
    if (!ticket_format_currency(currency) || sv_is(currency, "IDR"))
        return err_set(err, STATUS_CONFIG,
                       "currency_rate: must start with a foreign currency's three letters, as in USD 15600");
    if (find_rate(r, currency))
        return err_set(err, STATUS_CONFIG, "currency_rate: %.*s stands twice", SV_ARG(currency));
    enum status s = num_dec_parse(keep, sv_trim(text), &rate->rate);
    if (s == STATUS_NO_MEMORY)
        return err_set(err, s, "Out of memory");
    if (s != STATUS_OK || rate->rate.negative || rate->rate.n == 0)
        return err_set(err, STATUS_CONFIG, "currency_rate: the rate of %.*s must be a decimal number above 0",
                       SV_ARG(currency));
    memcpy(rate->currency, currency.p, currency.n);
    r->n_rates++;
    return STATUS_OK;
}

static enum status set_webhook(const struct conf *conf, struct ticket_rules *r, struct err *err)
{
    const struct conf_list *list = &conf->webhook_allow_cidr;
    const char *cidrs[CONF_LIST_MAX] = {NULL};
    for (unsigned i = 0; i < list->n; i++)
        cidrs[i] = list->item[i];
    const char *why =
        net_url_rules_set(&r->webhook, conf->webhook_allow_http, sv_from(conf->webhook_ports), cidrs, list->n);
    return why ? err_set(err, STATUS_CONFIG, "%s", why) : STATUS_OK;
}

enum status ticket_rules_set(struct arena *keep, const struct conf *conf, struct ticket_rules *out_r, struct err *err)
{
    memset(out_r, 0, sizeof *out_r);
    enum status s = set_amounts(keep, conf, out_r, err);
    for (unsigned i = 0; s == STATUS_OK && i < conf->currency_rate.n; i++)
        s = add_rate(keep, sv_from(conf->currency_rate.item[i]), out_r, err);
    if (s == STATUS_OK)
        s = set_webhook(conf, out_r, err);
    out_r->tracking_url_base = sv_from(conf->tracking_url_base);
    while (out_r->tracking_url_base.n > 0 && out_r->tracking_url_base.p[out_r->tracking_url_base.n - 1] == '/')
        out_r->tracking_url_base.n--;
    return s;
}

static enum ticket_priority priority_of_idr(const struct ticket_rules *r, const struct num_dec *amount)
{
    if (num_dec_cmp(amount, &r->critical) >= 0)
        return TICKET_CRITICAL;
    if (num_dec_cmp(amount, &r->urgent) >= 0)
        return TICKET_URGENT;
    return num_dec_cmp(amount, &r->high) >= 0 ? TICKET_HIGH : TICKET_MEDIUM;
}

enum status ticket_amount_priority(struct arena *a, const struct ticket_rules *r, const struct num_dec *amount,
                                   struct sv currency, enum ticket_priority *out_r)
{
    *out_r = TICKET_MEDIUM;
    if (!amount)
        return STATUS_OK;
    if (currency.n == 0 || sv_is(currency, "IDR")) {
        *out_r = priority_of_idr(r, amount);
        return STATUS_OK;
    }
    const struct num_dec *rate = find_rate(r, currency);
    if (!rate) {
        *out_r = TICKET_HIGH;
        return STATUS_OK;
    }
    struct num_dec idr;
    enum status s = num_dec_mul(a, amount, rate, &idr);
    if (s == STATUS_OK)
        *out_r = priority_of_idr(r, &idr);
    return s;
}

static const struct {
    enum ticket_priority priority;
    const char *category;
} type_table[TICKET_SERVICE_TYPE__MAX] = {
    [TICKET_CLAIM] = {TICKET_MEDIUM, "SERVICE_REQUEST"},
    [TICKET_REIMBURSEMENT] = {TICKET_MEDIUM, "SERVICE_REQUEST"},
    [TICKET_DISPUTE] = {TICKET_HIGH, "SERVICE_REQUEST"},
    [TICKET_COMPLAINT] = {TICKET_MEDIUM, "COMPLAINT"},
    [TICKET_INQUIRY] = {TICKET_LOW, "INFORMATION_REQUEST"},
    [TICKET_FEEDBACK] = {TICKET_LOW, "COMPLAINT"},
    [TICKET_TECHNICAL_SUPPORT] = {TICKET_MEDIUM, "INCIDENT"},
    [TICKET_ACCOUNT_ISSUE] = {TICKET_HIGH, "SERVICE_REQUEST"},
    [TICKET_CARD_ISSUE] = {TICKET_HIGH, "SERVICE_REQUEST"},
    [TICKET_ATM_ISSUE] = {TICKET_HIGH, "INCIDENT"},
    [TICKET_MOBILE_BANKING] = {TICKET_MEDIUM, "INCIDENT"},
    [TICKET_INTERNET_BANKING] = {TICKET_MEDIUM, "INCIDENT"},
    [TICKET_GENERAL_REQUEST] = {TICKET_MEDIUM, "SERVICE_REQUEST"},
    [TICKET_OTHER] = {TICKET_MEDIUM, "SERVICE_REQUEST"},
};

enum ticket_priority ticket_type_priority(enum ticket_service_type t)
{
    return type_table[t].priority;
}

const char *ticket_type_category(enum ticket_service_type t)
{
    return type_table[t].category;
}

static int64_t after(int64_t at_us, uint32_t count, int64_t unit_us)
{
    if (at_us >= TIME_MAX || count > (TIME_MAX - at_us) / unit_us)
        return TIME_MAX;
    return at_us + count * unit_us;
}

int64_t ticket_after_minutes(int64_t at_us, uint32_t minutes)
{
    return after(at_us, minutes, 60 * CLOCK_SECOND);
}

int64_t ticket_after_hours(int64_t at_us, uint32_t hours)
{
    return after(at_us, hours, 3600 * CLOCK_SECOND);
}

static bool is_past(int64_t at_us, int64_t deadline_us)
{
    return deadline_us != CLOCK_NONE && at_us > deadline_us;
}

bool ticket_is_breached(const struct ticket *t, int64_t now_us)
{
    int64_t end = t->resolved_at != CLOCK_NONE ? t->resolved_at : t->closed_at != CLOCK_NONE ? t->closed_at : now_us;
    bool answered = t->first_response_at != CLOCK_NONE && !is_past(t->first_response_at, t->response_deadline);
    return is_past(end, t->resolution_deadline) || (!answered && is_past(end, t->response_deadline));
}

bool ticket_may_move(enum ticket_status from, enum ticket_status to)
{
    static const bool moves[TICKET_STATUS__MAX][TICKET_STATUS__MAX] = {
        [TICKET_OPEN] =
            {[TICKET_IN_PROGRESS] = true, [TICKET_PENDING] = true, [TICKET_RESOLVED] = true, [TICKET_CANCELLED] = true},
        [TICKET_IN_PROGRESS] = {[TICKET_PENDING] = true, [TICKET_RESOLVED] = true, [TICKET_CANCELLED] = true},
        [TICKET_PENDING] = {[TICKET_IN_PROGRESS] = true, [TICKET_RESOLVED] = true, [TICKET_CANCELLED] = true},
        [TICKET_RESOLVED] = {[TICKET_CLOSED] = true, [TICKET_IN_PROGRESS] = true},
    };
    return moves[from][to];
}
