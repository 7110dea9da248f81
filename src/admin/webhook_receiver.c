/* Receivers of webhooks: stats, resume, enable. */
#include "admin/list.h"
#include "admin/partner.h"
#include "admin/put.h"
#include "admin/value.h"
#include "admin/webhook.h"
#include "base/clock.h"
#include "net/url.h"

static const char *const figure_headers[] = {"PARTNER",      "ORIGIN",       "PENDING",      "DUE",
                                             "RETRYING",     "DEAD",         "OLDEST",       "FAILURES",
                                             "PAUSED UNTIL", "LAST SUCCESS", "LAST FAILURE", NULL};

static void figure_cells(struct admin_table *t, const void *record)
{
    const struct store_hook_figures *f = record;
    admin_table_text(t, f->partner_code);
    admin_table_text(t, f->origin);
    admin_table_number(t, f->pending);
    admin_table_number(t, f->due);
    admin_table_number(t, f->retrying);
    admin_table_number(t, f->dead);
    admin_table_time(t, f->oldest);
    admin_table_number(t, f->failures);
    admin_table_time(t, f->paused_until);
    admin_table_time(t, f->last_success);
    admin_table_time(t, f->last_failure);
}

/* The id is what the sender's log lines say. */
static void put_figures(struct wire_writer *w, const void *record)
{
    const struct store_hook_figures *f = record;
    char id[17];
    snprintf(id, sizeof id, "%016llx", (unsigned long long)f->receiver);
    wire_open(w);
    admin_put_str(w, "id", id);
    admin_put_text(w, "partner", f->partner_code);
    admin_put_text(w, "origin", f->origin);
    admin_put_number(w, "pending", f->pending);
    admin_put_number(w, "due", f->due);
    admin_put_number(w, "retrying", f->retrying);
    admin_put_number(w, "dead", f->dead);
    admin_put_time(w, "oldestPending", f->oldest);
    admin_put_number(w, "failures", f->failures);
    admin_put_time(w, "pausedUntil", f->paused_until);
    admin_put_time(w, "lastSuccess", f->last_success);
    admin_put_time(w, "lastFailure", f->last_failure);
    wire_close(w);
}

static const char *const gone_headers[] = {"PARTNER", "SWITCHED OFF", "SINCE", "EVENT", NULL};

static void gone_cells(struct admin_table *t, const void *record)
{
    const struct store_hook_gone *g = record;
    admin_table_text(t, g->partner_code);
    admin_table_text(t, admin_webhook_target(g->url));
    admin_table_time(t, g->at);
    admin_table_str(t, g->webhook_id);
}

static void put_gone(struct wire_writer *w, const void *record)
{
    const struct store_hook_gone *g = record;
    wire_open(w);
    admin_put_text(w, "partner", g->partner_code);
    admin_put_text(w, "target", admin_webhook_target(g->url));
    admin_put_time(w, "since", g->at);
    admin_put_str(w, "event", g->webhook_id);
    wire_close(w);
}

struct figures {
    struct store_hook_figures *receivers;
    size_t n_receivers;
    struct store_hook_gone *gone;
    size_t n_gone;
};

static enum status print_json(struct admin *a, const struct figures *f)
{
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    wire_name(w, "receivers");
    wire_open_list(w);
    for (size_t i = 0; i < f->n_receivers; i++)
        put_figures(w, &f->receivers[i]);
    wire_close_list(w);
    wire_name(w, "switchedOff");
    wire_open_list(w);
    for (size_t i = 0; i < f->n_gone; i++)
        put_gone(w, &f->gone[i]);
    wire_close_list(w);
    wire_close(w);
    return admin_json_end(a);
}

static enum status print_tables(struct admin *a, const struct figures *f)
{
    static const struct admin_list receivers = {figure_headers, sizeof(struct store_hook_figures), figure_cells,
                                                put_figures};
    static const struct admin_list gone = {gone_headers, sizeof(struct store_hook_gone), gone_cells, put_gone};
    enum status s = admin_list_print(a, &receivers, f->receivers, f->n_receivers);
    if (s != STATUS_OK || f->n_gone == 0)
        return s;
    fputc('\n', a->out);
    return admin_list_print(a, &gone, f->gone, f->n_gone);
}

enum status admin_webhook_stats(struct admin *a, const struct admin_args *args)
{
    struct sv code = admin_option(args, "partner");
    struct figures f = {.receivers = NULL};
    enum status s = admin_partner_option(a, args);
    if (s == STATUS_OK)
        s = store_hook_stats(admin_store(a), a->arena, code, &f.receivers, &f.n_receivers, &a->err);
    if (s == STATUS_OK)
        s = store_hook_gone_list(admin_store(a), a->arena, code, &f.gone, &f.n_gone, &a->err);
    if (s != STATUS_OK)
        return s;
    return a->json ? print_json(a, &f) : print_tables(a, &f);
}

/* Argument URL and --partner. */
static enum status read_target(struct admin *a, const struct admin_args *args, struct net_url *url_r,
                               struct store_partner *partner_r)
{
    const char *why = net_url_parse(admin_argument(args, "URL"), url_r);
    if (why)
        return err_set(&a->err, STATUS_BAD_INPUT, "URL: %s", why);
    return admin_webhook_partner(a, args, partner_r);
}

static enum status print_done(struct admin *a, const char *word, struct sv target, uint64_t n)
{
    if (!a->json) {
        fprintf(a->out, "%.*s %s.\n", SV_ARG(target), word);
        return STATUS_OK;
    }
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_put_text(w, "target", target);
    admin_put_number(w, word, n);
    wire_close(w);
    return admin_json_end(a);
}

static bool same_origin(const struct net_url *u, struct sv origin)
{
    struct net_url other;
    return origin.p && !net_url_parse(origin, &other) && u->https == other.https && u->port == other.port &&
           sv_eq_ci(u->host, other.host);
}

enum status admin_webhook_resume(struct admin *a, const struct admin_args *args)
{
    struct net_url url;
    struct store_partner p = {.code = SV_NONE};
    struct store_hook_figures *f = NULL;
    size_t n = 0, i = 0;
    enum status s = read_target(a, args, &url, &p);
    if (s == STATUS_OK)
        s = store_hook_stats(admin_store(a), a->arena, p.code, &f, &n, &a->err);
    if (s != STATUS_OK)
        return s;
    while (i < n && !same_origin(&url, f[i].origin))
        i++;
    struct sv origin = admin_webhook_origin(admin_argument(args, "URL"));
    if (i == n)
        return admin_refuse(a, STATUS_NOT_FOUND, "partner %.*s: has no receiver %.*s", SV_ARG(p.code), SV_ARG(origin));
    s = store_hook_resume(admin_store(a), f[i].receiver, &a->err);
    if (s == STATUS_NOT_FOUND)
        return admin_refuse(a, s, "receiver %.*s: is not paused", SV_ARG(f[i].origin));
    if (s != STATUS_OK)
        return s;
    admin_poke(a, f[i].receiver);
    return print_done(a, "resumed", f[i].origin, 1);
}

/* What is shown of a URL names all that differ only in what is not shown. */
enum status admin_webhook_enable(struct admin *a, const struct admin_args *args)
{
    struct sv given = admin_argument(args, "URL");
    struct net_url url;
    struct store_partner p = {.code = SV_NONE};
    struct store_hook_gone *g = NULL;
    size_t n = 0;
    uint64_t enabled = 0;
    enum status s = read_target(a, args, &url, &p);
    if (s == STATUS_OK)
        s = store_hook_gone_list(admin_store(a), a->arena, p.code, &g, &n, &a->err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++) {
        if (!sv_eq(g[i].url, given) && !sv_eq(admin_webhook_target(g[i].url), given))
            continue;
        s = store_hook_gone_clear(admin_store(a), p.code, g[i].url, &a->err);
        enabled += s == STATUS_OK;
        s = s == STATUS_NOT_FOUND ? STATUS_OK : s; /* somebody else was faster */
    }
    if (s == STATUS_OK && enabled == 0)
        return admin_refuse(a, STATUS_NOT_FOUND, "partner %.*s: that URL is not switched off", SV_ARG(p.code));
    return s == STATUS_OK ? print_done(a, "enabled", admin_webhook_target(given), enabled) : s;
}
