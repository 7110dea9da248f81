#include <string.h>

#include "fuzz/target.h"
#include "net/url.h"

/* An address's text reads back as the address. */
static void check_addr(const struct net_addr *a)
{
    char text[NET_ADDR_TEXT_MAX];
    struct net_addr again;
    net_addr_text(a, text);
    MUST(net_addr_parse(sv_from(text), &again) && memcmp(&again, a, sizeof again) == 0);
    /* A range of one address has that one. */
    struct net_cidr c;
    MUST(net_cidr_parse(sv_from(text), &c) && c.bits == 128 && net_cidr_has(&c, a));
}

static void check_url(const struct net_url *u, struct sv s)
{
    MUST(u->host.n > 0 && u->host.p > s.p && u->host.p + u->host.n <= s.p + s.n && u->port > 0);
    MUST(s.n <= NET_URL_MAX && !memchr(u->host.p, '@', u->host.n) && !memchr(u->host.p, '%', u->host.n));
    if (u->is_literal)
        check_addr(&u->addr);
    struct net_url_rules rules;
    MUST(!net_url_rules_set(&rules, false, SV("443"), NULL, 0));
    if (!net_url_check(u, &rules))
        MUST(u->https && u->port == 443 && (!u->is_literal || net_addr_is_public(&u->addr)));
    MUST(!net_url_rules_set(&rules, true, SV("any"), NULL, 0));
    if (!u->is_literal)
        MUST(!net_url_check(u, &rules));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv s = {(const char *)data, n};
    struct net_url u;
    struct net_addr a;
    struct net_cidr c;
    if (!net_url_parse(s, &u))
        check_url(&u, s);
    if (net_addr_parse(s, &a))
        check_addr(&a);
    if (net_cidr_parse(s, &c))
        MUST(c.bits <= 128 && net_cidr_has(&c, &c.net));
    return 0;
}
