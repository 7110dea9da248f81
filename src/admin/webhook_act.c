/* Events put right by hand: retry, cancel. */
#include "admin/partner.h"
#include "admin/put.h"
#include "admin/value.h"
#include "admin/webhook.h"
#include "base/clock.h"
#include "ticket/retry.h"

#define BATCHES_MAX 100000 /* a replay ends even if the store never says so */
#define REASON_SIZE 96

static enum status print_retried(struct admin *a, struct sv what, unsigned long long n)
{
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open(w);
        admin_put_number(w, "retried", n);
        wire_close(w);
        return admin_json_end(a);
    }
    fprintf(a->out, "%.*s: %llu %s due now.\n", SV_ARG(what), n, n == 1 ? "event is" : "events are");
    return STATUS_OK;
}

static enum status retry_one(struct admin *a, const struct admin_args *args, int64_t age_us)
{
    struct sv id;
    uint64_t receiver = 0;
    enum status s = admin_webhook_id(a, args, &id);
    if (s == STATUS_OK)
        s = store_hook_replay_one(admin_store(a), id, age_us, &receiver, &a->err);
    if (s == STATUS_CONFLICT)
        return admin_refuse(a, s, "event %.*s: is being sent, or was delivered", SV_ARG(id));
    if (s != STATUS_OK)
        return admin_webhook_told(a, id, s);
    admin_poke(a, receiver);
    return print_retried(a, id, 1);
}

/* Whoever has something due now. It costs a second at most if that cannot be found out. */
static void poke_partner(struct admin *a, struct sv code)
{
    struct store_hook_figures *f = NULL;
    size_t n = 0;
    struct err ignored;
    err_init(&ignored);
    if (store_hook_stats(admin_store(a), a->arena, code, &f, &n, &ignored) != STATUS_OK)
        return;
    for (size_t i = 0; i < n; i++)
        if (f[i].due > 0)
            admin_poke(a, f[i].receiver);
}

static enum status replay_all(struct admin *a, struct sv code, int64_t since, int64_t until, int64_t age_us,
                              unsigned long long *total_r)
{
    enum status s = STATUS_OK;
    *total_r = 0;
    for (unsigned i = 0; s == STATUS_OK && i < BATCHES_MAX; i++) {
        unsigned n = 0;
        s = store_hook_replay(admin_store(a), code, since, until, age_us, &n, &a->err);
        if (s == STATUS_OK && n == 0)
            break;
        *total_r += s == STATUS_OK ? n : 0;
    }
    return s;
}

static enum status retry_partner(struct admin *a, const struct admin_args *args, int64_t age_us)
{
    int64_t since, until;
    struct store_partner p;
    unsigned long long total = 0;
    enum status s = admin_webhook_span(a, args, &since, &until);
    if (s == STATUS_OK)
        s = admin_webhook_partner(a, args, &p);
    if (s != STATUS_OK)
        return s;
    s = replay_all(a, p.code, since, until, age_us, &total);
    if (total > 0)
        poke_partner(a, p.code);
    if (s == STATUS_OK)
        return print_retried(a, p.code, total);
    char why[ERR_TEXT_MAX];
    snprintf(why, sizeof why, "%s", a->err.text[0] ? a->err.text : status_name(s));
    return admin_refuse(a, s, "after %llu events that are due now: %s", total, why);
}

enum status admin_webhook_retry(struct admin *a, const struct admin_args *args)
{
    bool one = admin_argument(args, "ID").p, all = admin_option(args, "partner").p;
    struct ticket_retry retry;
    if (one == all)
        return err_set(&a->err, STATUS_BAD_INPUT, "ID: either an event's id or --partner is needed");
    for (unsigned i = 0; one && i < 2; i++) {
        static const char *const span[] = {"since", "until"};
        if (admin_option(args, span[i]).p)
            return err_set(&a->err, STATUS_BAD_INPUT, "--%s: goes only with --partner", span[i]);
    }
    enum status s = ticket_retry_set(&a->conf, &retry, &a->err);
    if (s != STATUS_OK)
        return s;
    return one ? retry_one(a, args, ticket_retry_age(&retry)) : retry_partner(a, args, ticket_retry_age(&retry));
}

enum status admin_webhook_cancel(struct admin *a, const struct admin_args *args)
{
    struct sv id;
    char reason[REASON_SIZE];
    snprintf(reason, sizeof reason, "cancelled by %s", a->who);
    enum status s = admin_webhook_id(a, args, &id);
    if (s == STATUS_OK)
        s = store_hook_cancel(admin_store(a), id, sv_from(reason), &a->err);
    if (s == STATUS_CONFLICT)
        return admin_refuse(a, s, "event %.*s: is dead or delivered already", SV_ARG(id));
    if (s != STATUS_OK)
        return admin_webhook_told(a, id, s);
    if (!a->json) {
        fprintf(a->out, "Event %.*s: %s.\n", SV_ARG(id), reason);
        return STATUS_OK;
    }
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_put_text(w, "id", id);
    admin_put_str(w, "state", "dead");
    admin_put_str(w, "reason", reason);
    wire_close(w);
    return admin_json_end(a);
}
