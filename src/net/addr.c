#include "net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/num.h"

#define V4_BITS 96 /* [bits] of the prefix that v4 addresses are held under */

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static void hold_v4(const void *four, struct net_addr *out)
{
    memcpy(out->b, v4_prefix, sizeof v4_prefix);
    memcpy(out->b + sizeof v4_prefix, four, 4);
}

bool net_addr_parse(struct sv s, struct net_addr *out_r)
{
    char text[NET_ADDR_TEXT_MAX];
    struct in_addr four;
    if (s.n == 0 || s.n >= sizeof text || memchr(s.p, '\0', s.n))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    if (inet_pton(AF_INET, text, &four) == 1) {
        hold_v4(&four, out_r);
        return true;
    }
    return inet_pton(AF_INET6, text, out_r->b) == 1;
}

bool net_addr_from_sockaddr(const struct sockaddr *sa, struct net_addr *out_r)
{
    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        hold_v4(&in.sin_addr, out_r);
        return true;
    }
    if (sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, sa, sizeof in6);
        memcpy(out_r->b, &in6.sin6_addr, sizeof out_r->b);
        return true;
    }
    return false;
}

bool net_addr_is_v4(const struct net_addr *a)
{
    return memcmp(a->b, v4_prefix, sizeof v4_prefix) == 0;
}

void net_addr_text(const struct net_addr *a, char out[NET_ADDR_TEXT_MAX])
{
    if (net_addr_is_v4(a))
        inet_ntop(AF_INET, a->b + sizeof v4_prefix, out, NET_ADDR_TEXT_MAX);
    else
        inet_ntop(AF_INET6, a->b, out, NET_ADDR_TEXT_MAX);
}

/* Whether the first `bits` bits of both are the same. */
static bool same_prefix(const uint8_t *x, const uint8_t *y, unsigned bits)
{
    unsigned whole = bits / 8;
    if (memcmp(x, y, whole) != 0)
        return false;
    unsigned left = bits % 8;
    return left == 0 || ((x[whole] ^ y[whole]) >> (8 - left)) == 0;
}

static bool only_prefix(const struct net_cidr *c)
{
    for (unsigned bit = c->bits; bit < 128; bit++)
        if (c->net.b[bit / 8] & (0x80u >> bit % 8))
            return false;
    return true;
}

bool net_cidr_parse(struct sv s, struct net_cidr *out_r)
{
    struct net_cidr c;
    struct sv text;
    if (!sv_cut(&s, '/', &text) || !net_addr_parse(text, &c.net))
        return false;
    bool dotted = !memchr(text.p, ':', text.n);
    uint64_t bits = dotted ? 32 : 128;
    if (s.p && !num_u64(s, false, bits, &bits))
        return false;
    c.bits = (unsigned)bits + (dotted ? V4_BITS : 0);
    if (!only_prefix(&c))
        return false;
    *out_r = c;
    return true;
}

bool net_cidr_has(const struct net_cidr *c, const struct net_addr *a)
{
    /* "::/0" says every IPv6 address, not every IPv4 one. */
    if (c->bits < V4_BITS && net_addr_is_v4(a))
        return false;
    return same_prefix(c->net.b, a->b, c->bits);
}

struct range {
    uint8_t b[4];
    unsigned bits;
};

/* IANA IPv4 Special-Purpose Address Registry, multicast and class E. */
static const struct range special_v4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};

/* Global unicast is 2000::/3; of it, the IANA IPv6 registry sets these apart. */
static const struct range global_v6 = {{0x20}, 3};
static const struct range special_v6[] = {
    {{0x20, 0x01}, 23},             /* IETF protocols: Teredo, ORCHID, benchmarking … */
    {{0x20, 0x01, 0x0D, 0xB8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3F, 0xFF}, 20},             /* documentation */
};

static bool in_any(const struct range *ranges, size_t n, const uint8_t *b)
{
    for (size_t i = 0; i < n; i++)
        if (same_prefix(ranges[i].b, b, ranges[i].bits))
            return true;
    return false;
}

bool net_addr_is_public(const struct net_addr *a)
{
    if (net_addr_is_v4(a))
        return !in_any(special_v4, sizeof special_v4 / sizeof special_v4[0], a->b + sizeof v4_prefix);
    return in_any(&global_v6, 1, a->b) && !in_any(special_v6, sizeof special_v6 / sizeof special_v6[0], a->b);
}
