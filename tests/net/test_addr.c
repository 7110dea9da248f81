#include "net/addr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "harness/suite.h"
#include "net/suites.h"

static void test_parse(void)
{
    static const struct {
        const char *text, *canonical; /* NULL: refused */
        bool v4;
    } rows[] = {
        {"0.0.0.0", "0.0.0.0", true},
        {"127.0.0.1", "127.0.0.1", true},
        {"255.255.255.255", "255.255.255.255", true},
        {"::", "::", false},
        {"::1", "::1", false},
        {"2001:DB8::1", "2001:db8::1", false},
        {"2001:db8:0:0:0:0:0:1", "2001:db8::1", false},
        {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1", false},
        {"::ffff:192.0.2.1", "192.0.2.1", true},
        {"::FFFF:c000:201", "192.0.2.1", true},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
        {"64:ff9b::192.0.2.1", "64:ff9b::c000:201", false},
        {"", NULL, false},
        {"1.2.3", NULL, false},
        {"1.2.3.4.5", NULL, false},
        {"1.2.3.256", NULL, false},
        {"1.2.3.04", NULL, false},
        {"01.2.3.4", NULL, false},
        {"00.0.0.0", NULL, false},
        {"1.2.3.4 ", NULL, false},
        {" 1.2.3.4", NULL, false},
        {"1.2.3.", NULL, false},
        {"1..2.3", NULL, false},
        {"+1.2.3.4", NULL, false},
        {"-1.2.3.4", NULL, false},
        {"0x7f.0.0.1", NULL, false},
        {"2130706433", NULL, false},
        {"127.1", NULL, false},
        {"::1%lo", NULL, false},
        {"fe80::1%1", NULL, false},
        {"[::1]", NULL, false},
        {"1:2:3:4:5:6:7", NULL, false},
        {"1:2:3:4:5:6:7:8:9", NULL, false},
        {"1::2::3", NULL, false},
        {":::", NULL, false},
        {":1::2", NULL, false},
        {"12345::", NULL, false},
        {"g::", NULL, false},
        {"::1.2.3.04", NULL, false},
        {"localhost", NULL, false},
        {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL, false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_addr a;
        char text[NET_ADDR_TEXT_MAX] = "refused";
        bool ok = net_addr_parse(sv_from(rows[i].text), &a);
        if (ok)
            net_addr_text(&a, text);
        CHECK_STR(rows[i].text, text, rows[i].canonical ? rows[i].canonical : "refused");
        CHECK_INT(rows[i].text, ok && net_addr_is_v4(&a), rows[i].v4);
    }
    struct net_addr a;
    CHECK("NUL inside", !net_addr_parse(SV("1.2.3.4\0"), &a));
    CHECK("absent", !net_addr_parse(SV_NONE, &a));
    CHECK("a view, not a string", net_addr_parse((struct sv){"1.2.3.45", 7}, &a));
}

/* RFC 4291 §2.5.5.2. */
static void test_v4_form(void)
{
    static const uint8_t want[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1};
    struct net_addr a;
    CHECK("parsed", net_addr_parse(SV("192.0.2.1"), &a));
    CHECK("mapped", memcmp(a.b, want, sizeof want) == 0);
}

static void test_sockaddr(void)
{
    struct net_addr a;
    char text[NET_ADDR_TEXT_MAX];
    struct sockaddr_storage ss;
    memset(&ss, 0, sizeof ss);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {htonl(0x7F000001)}};
    memcpy(&ss, &in, sizeof in);
    CHECK("v4", net_addr_from_sockaddr((const struct sockaddr *)&ss, &a));
    net_addr_text(&a, text);
    CHECK_STR("v4", text, "127.0.0.1");
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    CHECK_INT("v6", inet_pton(AF_INET6, "2001:db8::7", &in6.sin6_addr), 1);
    memcpy(&ss, &in6, sizeof in6);
    CHECK("v6", net_addr_from_sockaddr((const struct sockaddr *)&ss, &a));
    net_addr_text(&a, text);
    CHECK_STR("v6", text, "2001:db8::7");
    CHECK_INT("mapped", inet_pton(AF_INET6, "::ffff:10.0.0.1", &in6.sin6_addr), 1);
    memcpy(&ss, &in6, sizeof in6);
    CHECK("mapped", net_addr_from_sockaddr((const struct sockaddr *)&ss, &a) && net_addr_is_v4(&a));
    ss.ss_family = AF_UNIX;
    CHECK("unix", !net_addr_from_sockaddr((const struct sockaddr *)&ss, &a));
}

static void test_cidr_parse(void)
{
    static const struct {
        const char *text;
        int bits; /* -1: refused */
    } rows[] = {
        {"10.0.0.0/8", 104},
        {"0.0.0.0/0", 96},
        {"192.0.2.1", 128},
        {"192.0.2.1/32", 128},
        {"192.0.2.128/25", 121},
        {"2001:db8::/32", 32},
        {"::/0", 0},
        {"::1", 128},
        {"::1/128", 128},
        {"::ffff:10.0.0.0/104", 104},
        {"::ffff:10.0.0.1", 128},
        {"", -1},
        {"/8", -1},
        {"10.0.0.0/", -1},
        {"10.0.0.0/33", -1},
        {"10.0.0.0/08", -1},
        {"10.0.0.0/-1", -1},
        {"10.0.0.0/+8", -1},
        {"10.0.0.0/ 8", -1},
        {"10.0.0.0/8/8", -1},
        {"10.0.0.0/255.0.0.0", -1},
        {"10.0.0.1/8", -1},
        {"10.128.0.0/8", -1},
        {"192.0.2.129/25", -1},
        {"1.0.0.0/0", -1},
        {"10.0.0/8", -1},
        {"2001:db8::1/32", -1},
        {"2001:db8::/129", -1},
        {"::1/127", -1},
        {"fe80::%1/64", -1},
        {"x/8", -1},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_cidr c = {.bits = 999};
        bool ok = net_cidr_parse(sv_from(rows[i].text), &c);
        CHECK_INT(rows[i].text, ok ? (int)c.bits : -1, rows[i].bits);
        CHECK("untouched", ok || c.bits == 999);
    }
    struct net_cidr c;
    CHECK("absent", !net_cidr_parse(SV_NONE, &c));
}

static void test_cidr_has(void)
{
    static const struct {
        const char *cidr, *addr;
        bool has;
    } rows[] = {
        {"10.0.0.0/8", "10.0.0.0", true},
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "9.255.255.255", false},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"172.16.0.0/12", "172.31.255.255", true},
        {"172.16.0.0/12", "172.32.0.0", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "::1", true},
        {"::/0", "2001:db8::1", true},
        {"::/0", "127.0.0.1", false},
        {"::/8", "127.0.0.1", false},
        {"::fffe:0:0/95", "127.0.0.1", false},
        {"::ffff:0.0.0.0/96", "127.0.0.1", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::", false},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::1", "::1", true},
        {"::1", "::", false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_cidr c;
        struct net_addr a;
        CHECK(rows[i].cidr, net_cidr_parse(sv_from(rows[i].cidr), &c));
        CHECK(rows[i].addr, net_addr_parse(sv_from(rows[i].addr), &a));
        CHECK_INT(rows[i].addr, net_cidr_has(&c, &a), rows[i].has);
    }
}

void init_addr_tests(void)
{
    static const struct suite_test tests[] = {
        {"parse", test_parse},           {"v4 form", test_v4_form},   {"sockaddr", test_sockaddr},
        {"cidr parse", test_cidr_parse}, {"cidr has", test_cidr_has},
    };
    suite_add("net/addr", NULL, NULL, tests, SUITE_N(tests));
}
