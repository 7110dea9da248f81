#include "net/url.h"

#include <string.h>

#include "base/num.h"

#define HOST_MAX 253 /* [characters] RFC 1035 §2.3.4 */
#define LABEL_MAX 63 /* [characters] */
#define PORT_MAX 65535

static const char why_scheme[] = "must be an absolute https URL";
static const char why_host[] = "has no valid host name or address";
static const char why_list[] = "must be host names, patterns like *.example.com or addresses, parted by spaces";

static bool is_alpha(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* RFC 3986 §2: unreserved, reserved and percent-encoded ones. */
static bool characters_ok(struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            if (s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2]))
                return false;
        } else if (c == '\0' || !(is_alpha(c) || is_digit(c) || strchr("-._~:/?#[]@!$&'()*+,;=", c))) {
            return false;
        }
    }
    return true;
}

static bool take_scheme(struct sv *rest, bool *https_r)
{
    static const struct sv schemes[] = {{"http://", 7}, {"https://", 8}};
    for (unsigned i = 0; i < 2; i++) {
        struct sv start = {rest->p, schemes[i].n};
        if (rest->n < start.n || !sv_eq_ci(start, schemes[i]))
            continue;
        *https_r = i == 1;
        rest->p += start.n;
        rest->n -= start.n;
        return true;
    }
    return false;
}

static struct sv take_authority(struct sv rest)
{
    struct sv a = {rest.p, 0};
    while (a.n < rest.n && !strchr("/?#", rest.p[a.n]))
        a.n++;
    return a;
}

static bool label_ok(struct sv label)
{
    if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!is_alpha(label.p[i]) && !is_digit(label.p[i]) && label.p[i] != '-')
            return false;
    return true;
}

/* What a resolver would read as a number: an old-style IPv4 address ends in one. */
static bool is_number(struct sv label)
{
    size_t i = 0;
    bool hex = label.n >= 2 && label.p[0] == '0' && (label.p[1] == 'x' || label.p[1] == 'X');
    for (i = hex ? 2 : 0; i < label.n; i++)
        if (!(hex ? is_hex(label.p[i]) : is_digit(label.p[i])))
            return false;
    return true;
}

static bool name_ok(struct sv host)
{
    struct sv label = SV_NONE;
    if (host.n > HOST_MAX)
        return false;
    while (sv_cut(&host, '.', &label))
        if (!label_ok(label))
            return false;
    return !is_number(label);
}

/* Cuts the host off *rest, which keeps ":port" or nothing. */
static bool take_host(struct sv *rest, struct net_url *u)
{
    struct sv all = *rest;
    if (rest->n > 0 && rest->p[0] == '[') {
        const char *end = memchr(rest->p, ']', rest->n);
        if (!end)
            return false;
        u->host = (struct sv){rest->p + 1, (size_t)(end - rest->p) - 1};
        *rest = (struct sv){end + 1, all.n - u->host.n - 2};
        u->is_literal = memchr(u->host.p, ':', u->host.n) && net_addr_parse(u->host, &u->addr);
        /* A mapped address is IPv4 in disguise: it has a canonical form of its own. */
        return u->is_literal && !net_addr_is_v4(&u->addr);
    }
    u->host = all;
    const char *colon = memchr(all.p, ':', all.n);
    if (colon)
        u->host.n = (size_t)(colon - all.p);
    *rest = (struct sv){all.p + u->host.n, all.n - u->host.n};
    u->is_literal = net_addr_parse(u->host, &u->addr);
    return u->is_literal || name_ok(u->host);
}

static bool read_port(struct sv rest, struct net_url *u)
{
    uint64_t port = u->https ? 443 : 80;
    if (rest.n > 0) {
        if (rest.p[0] != ':' || !num_u64((struct sv){rest.p + 1, rest.n - 1}, false, PORT_MAX, &port) || port == 0)
            return false;
    }
    u->port = (uint16_t)port;
    return true;
}

const char *net_url_parse(struct sv s, struct net_url *out_r)
{
    struct net_url u = {0};
    if (s.n > NET_URL_MAX)
        return "must be at most 2048 characters";
    if (!characters_ok(s))
        return "has characters that are not allowed in a URL";
    if (!take_scheme(&s, &u.https))
        return why_scheme;
    struct sv authority = take_authority(s);
    if (authority.n == 0)
        return "has no host";
    if (memchr(authority.p, '@', authority.n))
        return "has user info";
    if (!take_host(&authority, &u))
        return why_host;
    if (!read_port(authority, &u))
        return "has a bad port";
    *out_r = u;
    return NULL;
}

static bool port_allowed(uint16_t port, const struct net_url_rules *rules)
{
    for (unsigned i = 0; i < rules->n_ports; i++)
        if (rules->ports[i] == port)
            return true;
    return rules->any_port;
}

const char *net_url_check(const struct net_url *u, const struct net_url_rules *rules)
{
    if (!u->https && !rules->allow_http)
        return why_scheme;
    if (!port_allowed(u->port, rules))
        return "has a port that is not allowed";
    if (u->is_literal && !net_addr_allowed(&u->addr, rules))
        return "has an address that is not allowed";
    return NULL;
}

bool net_addr_allowed(const struct net_addr *a, const struct net_url_rules *rules)
{
    for (unsigned i = 0; i < rules->n_cidrs; i++)
        if (net_cidr_has(&rules->cidrs[i], a))
            return true;
    return net_addr_is_public(a);
}

static bool set_ports(struct net_url_rules *r, struct sv text)
{
    struct sv part;
    if (sv_is(text, "any")) {
        r->any_port = true;
        return true;
    }
    while (sv_cut(&text, ' ', &part)) {
        uint64_t port;
        if (part.n == 0)
            continue;
        if (r->n_ports == NET_URL_PORTS_MAX || !num_u64(part, false, PORT_MAX, &port) || port == 0)
            return false;
        r->ports[r->n_ports++] = (uint16_t)port;
    }
    return r->n_ports > 0;
}

const char *net_url_rules_set(struct net_url_rules *r, bool allow_http, struct sv ports, const char *const *cidrs,
                              unsigned n)
{
    struct net_url_rules rules = {.allow_http = allow_http};
    if (!set_ports(&rules, ports))
        return "webhook_ports: must be \"any\" or 1 to 32 port numbers parted by spaces";
    if (n > NET_URL_CIDRS_MAX)
        return "webhook_allow_cidr: must be given at most 32 times";
    for (; rules.n_cidrs < n; rules.n_cidrs++)
        if (!net_cidr_parse(sv_from(cidrs[rules.n_cidrs]), &rules.cidrs[rules.n_cidrs]))
            return "webhook_allow_cidr: must be a range like 10.0.0.0/8 or fd00::/8 without bits past the prefix";
    *r = rules;
    return NULL;
}

/* Written in whatever way: an address is its bits. */
static bool same_host(struct sv host, struct sv entry)
{
    struct net_addr a, b;
    if (net_addr_parse(host, &a) && net_addr_parse(entry, &b))
        return memcmp(a.b, b.b, sizeof a.b) == 0;
    return sv_eq_ci(host, entry);
}

static bool is_below(struct sv host, struct sv pattern)
{
    struct sv domain = {pattern.p + 1, pattern.n - 1}; /* with its dot */
    if (host.n <= domain.n)
        return false;
    return sv_eq_ci((struct sv){host.p + host.n - domain.n, domain.n}, domain);
}

bool net_host_listed(struct sv host, struct sv list)
{
    struct sv entry;
    if (!list.p)
        return true;
    while (sv_cut(&list, ' ', &entry))
        if (entry.n > 0 && (sv_has_prefix(entry, SV("*.")) ? is_below(host, entry) : same_host(host, entry)))
            return true;
    return false;
}

static bool entry_ok(struct sv entry)
{
    struct net_addr a;
    if (net_addr_parse(entry, &a))
        return !memchr(entry.p, ':', entry.n) || !net_addr_is_v4(&a); /* as take_host: mapped ones match no URL */
    if (sv_has_prefix(entry, SV("*.")))
        entry = (struct sv){entry.p + 2, entry.n - 2};
    return name_ok(entry);
}

const char *net_host_list_check(struct sv list)
{
    struct sv entry;
    unsigned n = 0;
    if (list.n > NET_HOST_LIST_MAX)
        return "must be at most 2047 characters";
    while (sv_cut(&list, ' ', &entry)) {
        if (entry.n == 0)
            continue;
        if (!entry_ok(entry))
            return why_list;
        n++;
    }
    return n > 0 ? NULL : why_list;
}
