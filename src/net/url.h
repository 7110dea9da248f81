/* The URL subset we accept for webhooks (RFC 3986): absolute http or https,
 * a host, no user info, no control or non-ASCII characters. A fragment may stand
 * there; nothing uses it. */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/sv.h"
#include "net/addr.h"

#define NET_URL_MAX 2048 /*!< [characters] CONTRACT §3 */

struct net_url {
    bool https;
    struct sv host;       /*!< as written, IPv6 without brackets; into the text */
    uint16_t port;        /*!< explicit or the scheme's */
    bool is_literal;      /*!< host is a canonical address literal */
    struct net_addr addr; /*!< when is_literal */
};

#define NET_URL_PORTS_MAX 32
#define NET_URL_CIDRS_MAX 32

/* Which targets the sysadmin allows. */
struct net_url_rules {
    bool allow_http;
    bool any_port;
    unsigned n_ports;
    uint16_t ports[NET_URL_PORTS_MAX];
    unsigned n_cidrs;
    struct net_cidr cidrs[NET_URL_CIDRS_MAX]; /*!< allowed besides public addresses */
};

/* NULL when fine, else why not, as a phrase after a label: "must be an absolute
 * https URL", "has user info", …. Host: LDH names or a canonical literal
 * ("0x7f.1", "127.1", "2130706433" are refused). */
const char *net_url_parse(struct sv s, struct net_url *out_r);
/* The rules on top: scheme, port, literal address in public or allowed ranges.
 * Names are not resolved. NULL when allowed. */
const char *net_url_check(const struct net_url *u, const struct net_url_rules *rules);
/* Whether a host is on a space-separated list: itself, or below "*.example.com".
 * ASCII case does not count. An absent list has every host. */
bool net_host_listed(struct sv host, struct sv list);
#define NET_HOST_LIST_MAX 2047 /*!< [characters] */
/* NULL when `list` is a list of host names, "*." patterns and address literals, else why not. */
const char *net_host_list_check(struct sv list);
bool net_addr_allowed(const struct net_addr *a, const struct net_url_rules *rules);
/* From the configuration's texts; NULL when fine, else why not. `cidrs`: n texts. */
const char *net_url_rules_set(struct net_url_rules *r, bool allow_http, struct sv ports, const char *const *cidrs,
                              unsigned n);

#endif
