/* IP addresses and ranges. IPv4 is held as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/sv.h"

struct sockaddr;

struct net_addr {
    uint8_t b[16]; /*!< network byte order */
};

struct net_cidr {
    struct net_addr net;
    unsigned bits; /*!< 0–128 of net.b; IPv4 /n is 96 + n */
};

/* Canonical literals only: dotted quad without leading zeros, or IPv6 text
 * without zone or brackets. */
bool net_addr_parse(struct sv s, struct net_addr *out_r);
bool net_addr_from_sockaddr(const struct sockaddr *sa, struct net_addr *out_r);
bool net_addr_is_v4(const struct net_addr *a);
#define NET_ADDR_TEXT_MAX 46
void net_addr_text(const struct net_addr *a, char out[NET_ADDR_TEXT_MAX]);
/* "10.0.0.0/8", "2001:db8::/32", or a plain address. Bits set past the prefix are refused. */
bool net_cidr_parse(struct sv s, struct net_cidr *out_r);
/* An IPv4 address is only in ranges that are IPv4's own: "::/0" has none of them. */
bool net_cidr_has(const struct net_cidr *c, const struct net_addr *a);

/* Whether the public Internet routes it: everything in the IANA special-purpose
 * registries (RFC 6890) that is not globally reachable is not; addresses that
 * carry an IPv4 address (mapped, NAT64, 6to4, Teredo) are judged non-public. */
bool net_addr_is_public(const struct net_addr *a);

#endif
