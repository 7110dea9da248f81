#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "harness/suite.h"
#include "net/addr.h"
#include "net/suites.h"

enum side { PUBLIC, NOT, NONE /* there is no such address of this family */ };

/* Ranges that are not public, by the IANA registries, and what stands right
 * before and after them. */
static const struct {
    const char *first, *last;
    enum side before, after;
} ranges[] = {
    {"0.0.0.0", "0.0.0.0", NONE, NOT},
    {"0.0.0.0", "0.255.255.255", NONE, PUBLIC},
    {"10.0.0.0", "10.255.255.255", PUBLIC, PUBLIC},
    {"100.64.0.0", "100.127.255.255", PUBLIC, PUBLIC},
    {"127.0.0.0", "127.255.255.255", PUBLIC, PUBLIC},
    {"169.254.0.0", "169.254.255.255", PUBLIC, PUBLIC},
    {"172.16.0.0", "172.31.255.255", PUBLIC, PUBLIC},
    {"192.0.0.0", "192.0.0.255", PUBLIC, PUBLIC},
    {"192.0.0.0", "192.0.0.7", PUBLIC, NOT},
    {"192.0.0.8", "192.0.0.8", NOT, NOT},
    {"192.0.0.9", "192.0.0.10", NOT, NOT}, /* anycast exceptions: not for us */
    {"192.0.0.170", "192.0.0.171", NOT, NOT},
    {"192.0.2.0", "192.0.2.255", PUBLIC, PUBLIC},
    {"192.88.99.0", "192.88.99.255", PUBLIC, PUBLIC},
    {"192.88.99.2", "192.88.99.2", NOT, NOT},
    {"192.168.0.0", "192.168.255.255", PUBLIC, PUBLIC},
    {"198.18.0.0", "198.19.255.255", PUBLIC, PUBLIC},
    {"198.51.100.0", "198.51.100.255", PUBLIC, PUBLIC},
    {"203.0.113.0", "203.0.113.255", PUBLIC, PUBLIC},
    {"224.0.0.0", "239.255.255.255", PUBLIC, NOT},
    {"240.0.0.0", "255.255.255.255", NOT, NONE},
    {"255.255.255.255", "255.255.255.255", NOT, NONE},
    {"::", "::", NONE, NOT},
    {"::1", "::1", NOT, NOT},
    {"::", "::ffff:ffff", NONE, NOT},
    {"::1:0:0", "::fffe:ffff:ffff", NOT, NONE},
    {"64:ff9b::", "64:ff9b::ffff:ffff", NOT, NOT},
    {"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"100::", "100::ffff:ffff:ffff:ffff", NOT, NOT},
    {"100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", NOT, NOT},
    {"::2", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT, PUBLIC},
    {"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", PUBLIC, PUBLIC},
    {"2001::", "2001::ffff:ffff:ffff:ffff:ffff:ffff", PUBLIC, NOT},
    {"2001:1::1", "2001:1::3", NOT, NOT},
    {"2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", PUBLIC, PUBLIC},
    {"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PUBLIC, PUBLIC},
    {"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", PUBLIC, PUBLIC},
    {"4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", PUBLIC, NONE},
    {"5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NOT},
    {"ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NOT, NONE},
};

static struct net_addr next_to(const char *text, int step)
{
    struct net_addr a = {{0}};
    CHECK(text, net_addr_parse(sv_from(text), &a));
    for (unsigned i = 16; i-- > 0;) {
        a.b[i] = (uint8_t)(a.b[i] + step);
        if (a.b[i] != (step > 0 ? 0 : 0xFF))
            break;
    }
    return a;
}

static void check_side(const char *text, int step, enum side side)
{
    struct net_addr a = next_to(text, step);
    if (side != NONE)
        CHECK_INT(text, net_addr_is_public(&a), side == PUBLIC);
}

static void test_ranges(void)
{
    for (unsigned i = 0; i < SUITE_N(ranges); i++) {
        struct net_addr a;
        CHECK(ranges[i].first, net_addr_parse(sv_from(ranges[i].first), &a) && !net_addr_is_public(&a));
        CHECK(ranges[i].last, net_addr_parse(sv_from(ranges[i].last), &a) && !net_addr_is_public(&a));
        check_side(ranges[i].first, -1, ranges[i].before);
        check_side(ranges[i].last, 1, ranges[i].after);
    }
}

/* What the registries set apart and yet call globally reachable. */
static void test_reachable(void)
{
    static const struct {
        const char *first, *last;
    } rows[] = {
        {"192.31.196.0", "192.31.196.255"},
        {"192.52.193.0", "192.52.193.255"},
        {"192.175.48.0", "192.175.48.255"},
        {"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_addr a;
        CHECK(rows[i].first, net_addr_parse(sv_from(rows[i].first), &a) && net_addr_is_public(&a));
        CHECK(rows[i].last, net_addr_parse(sv_from(rows[i].last), &a) && net_addr_is_public(&a));
        check_side(rows[i].first, -1, PUBLIC);
        check_side(rows[i].last, 1, PUBLIC);
    }
}

static bool is_set_apart(const struct net_addr *a)
{
    for (unsigned i = 0; i < SUITE_N(ranges); i++) {
        struct net_addr first, last;
        if (!net_addr_parse(sv_from(ranges[i].first), &first) || !net_addr_parse(sv_from(ranges[i].last), &last))
            return false;
        if (net_addr_is_v4(&first) == net_addr_is_v4(a) && memcmp(first.b, a->b, sizeof a->b) <= 0 &&
            memcmp(a->b, last.b, sizeof a->b) <= 0)
            return true;
    }
    return false;
}

/* One address in each /16 of either family, by the table above: nothing else is set apart. */
static void test_all_over(void)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < 0x10000; i++) {
        struct net_addr four = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, (uint8_t)(i >> 8), (uint8_t)i, 77, 77}};
        struct net_addr six = {{(uint8_t)(i >> 8), (uint8_t)i, 0x77, 0x77, [15] = 1}};
        wrong += net_addr_is_public(&four) == is_set_apart(&four);
        wrong += net_addr_is_public(&six) == is_set_apart(&six);
    }
    CHECK_INT("judged otherwise", wrong, 0);
}

static void test_public(void)
{
    static const char *const rows[] = {
        "1.1.1.1",      "8.8.8.8",         "93.184.216.34",        "192.31.196.1",    "192.52.193.1",
        "192.175.48.1", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111", "2620:4f:8000::1",
        "2000::",       "3ffe::1",         "2a00:1450::1",         "::ffff:8.8.8.8",
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_addr a;
        CHECK(rows[i], net_addr_parse(sv_from(rows[i]), &a) && net_addr_is_public(&a));
    }
}

/* What carries an IPv4 address is never public, whatever it carries. */
static void test_carriers(void)
{
    static const char *const rows[] = {
        "::ffff:127.0.0.1",   "::ffff:10.0.0.1", "::8.8.8.8",     "64:ff9b::8.8.8.8",
        "64:ff9b::127.0.0.1", "2002:808:808::1", "2002:7f00:1::", "2001:0:808:808::1",
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_addr a;
        CHECK(rows[i], net_addr_parse(sv_from(rows[i]), &a) && !net_addr_is_public(&a));
    }
}

/* a.b.c.d as a socket of either family has it. */
static bool public_on_socket(const struct net_addr *a, bool mapped)
{
    struct net_addr seen = {{0}};
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    memcpy(&in.sin_addr, a->b + 12, 4);
    memcpy(&in6.sin6_addr, a->b, 16);
    const void *sa = mapped ? (const void *)&in6 : (const void *)&in;
    CHECK("socket", net_addr_from_sockaddr(sa, &seen));
    return net_addr_is_public(&seen);
}

/* As two groups of an IPv6 address. */
static bool public_within(const char *before, const struct net_addr *a, const char *after)
{
    char text[NET_ADDR_TEXT_MAX];
    struct net_addr seen = {{0}};
    const uint8_t *b = a->b + 12;
    snprintf(text, sizeof text, "%s%02x%02x:%02x%02x%s", before, b[0], b[1], b[2], b[3], after);
    CHECK(text, net_addr_parse(sv_from(text), &seen));
    return net_addr_is_public(&seen);
}

/* An edge of an IPv4 range in everything that can carry it. */
static void check_disguises(const char *row, const struct net_addr *a)
{
    /* compatible, translated (RFC 2765), NAT64, local NAT64, 6to4, Teredo's server */
    static const char *const carriers[][2] = {
        {"::", ""}, {"::ffff:0:", ""}, {"64:ff9b::", ""}, {"64:ff9b:1:2:3::", ""}, {"2002:", "::1"}, {"2001:0:", "::1"},
    };
    struct net_addr turned = *a;
    CHECK_INT(row, public_on_socket(a, false), net_addr_is_public(a));
    CHECK_INT(row, public_on_socket(a, true), net_addr_is_public(a));
    CHECK_INT(row, public_within("::ffff:", a, ""), net_addr_is_public(a));
    for (unsigned i = 0; i < SUITE_N(carriers); i++)
        CHECK(row, !public_within(carriers[i][0], a, carriers[i][1]));
    for (unsigned i = 12; i < 16; i++)
        turned.b[i] ^= 0xFF; /* as Teredo hides its client */
    CHECK(row, !public_within("2001:0:808:808:8000:63bf:", &turned, ""));
}

static void test_disguises(void)
{
    for (unsigned i = 0; i < SUITE_N(ranges); i++) {
        struct net_addr first, last;
        if (!net_addr_parse(sv_from(ranges[i].first), &first) || !net_addr_is_v4(&first) ||
            !net_addr_parse(sv_from(ranges[i].last), &last))
            continue;
        check_disguises(ranges[i].first, &first);
        check_disguises(ranges[i].last, &last);
        if (ranges[i].before != NONE) {
            struct net_addr before = next_to(ranges[i].first, -1);
            check_disguises(ranges[i].first, &before);
        }
        if (ranges[i].after != NONE) {
            struct net_addr after = next_to(ranges[i].last, 1);
            check_disguises(ranges[i].last, &after);
        }
    }
}

void init_public_tests(void)
{
    static const struct suite_test tests[] = {
        {"special ranges and their neighbours", test_ranges},
        {"globally reachable ranges", test_reachable},
        {"all over", test_all_over},
        {"public ones", test_public},
        {"carriers of IPv4", test_carriers},
        {"edges in disguise", test_disguises},
    };
    suite_add("net/public", NULL, NULL, tests, SUITE_N(tests));
}
