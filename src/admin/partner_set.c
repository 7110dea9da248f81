/* Where a partner's webhooks go and may go. */
#include "admin/partner.h"
#include "admin/value.h"
#include "net/url.h"

static enum status refuse_option(struct admin *a, const char *name, const char *why)
{
    return err_set(&a->err, STATUS_BAD_INPUT, "--%s: %s", name, why);
}

enum status admin_partner_check_options(struct admin *a, const struct admin_args *args)
{
    struct sv url = admin_option(args, "webhook-url"), hosts = admin_option(args, "webhook-hosts");
    enum status s = STATUS_OK;
    if (url.p)
        s = admin_value_url(url, "--webhook-url", &a->rules.webhook, &a->err);
    const char *why = hosts.p ? net_host_list_check(hosts) : NULL;
    return s == STATUS_OK && why ? refuse_option(a, "webhook-hosts", why) : s;
}

enum status admin_partner_check_reach(struct admin *a, const struct admin_args *args, const struct store_partner *p)
{
    struct net_url parsed;
    if (!p->webhook_url.p || net_url_parse(p->webhook_url, &parsed) || net_host_listed(parsed.host, p->webhook_hosts))
        return STATUS_OK;
    return admin_option(args, "webhook-hosts").p
               ? refuse_option(a, "webhook-hosts", "must have the host of the partner's webhook URL")
               : refuse_option(a, "webhook-url", "has a host that is not on the partner's list");
}

static enum status read_options(struct admin *a, const struct admin_args *args, bool *url_r, bool *hosts_r)
{
    bool url = admin_option(args, "webhook-url").p, no_url = admin_flag(args, "no-webhook-url");
    bool hosts = admin_option(args, "webhook-hosts").p, any = admin_flag(args, "any-host");
    if (url && no_url)
        return refuse_option(a, "no-webhook-url", "not together with --webhook-url");
    if (hosts && any)
        return refuse_option(a, "any-host", "not together with --webhook-hosts");
    *url_r = url || no_url;
    *hosts_r = hosts || any;
    if (*url_r || *hosts_r)
        return STATUS_OK;
    return err_set(&a->err, STATUS_BAD_INPUT,
                   "nothing to set: --webhook-url, --no-webhook-url, --webhook-hosts or --any-host is needed");
}

enum status admin_partner_set(struct admin *a, const struct admin_args *args)
{
    struct sv code = admin_argument(args, "CODE");
    struct store_partner p;
    bool url = false, hosts = false;
    enum status s = read_options(a, args, &url, &hosts);
    if (s == STATUS_OK)
        s = admin_partner_check_options(a, args);
    if (s == STATUS_OK)
        s = admin_partner_find(a, code, &p);
    if (s != STATUS_OK)
        return s;
    if (url)
        p.webhook_url = admin_option(args, "webhook-url");
    if (hosts)
        p.webhook_hosts = admin_option(args, "webhook-hosts");
    s = admin_partner_check_reach(a, args, &p);
    if (s == STATUS_OK)
        s = store_partner_set(admin_store(a), code, url ? &p.webhook_url : NULL, hosts ? &p.webhook_hosts : NULL,
                              &a->err);
    if (s != STATUS_OK)
        return s == STATUS_NOT_FOUND ? admin_partner_not_found(a, code) : s;
    admin_announce(a);
    if (a->json)
        return admin_partner_print(a, &p);
    fprintf(a->out, "Partner %.*s set.\n", SV_ARG(code));
    return STATUS_OK;
}
