#include "net/url.h"

#include <stdio.h>
#include <string.h>

#include "harness/suite.h"
#include "net/suites.h"

#define L63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

static void test_good(void)
{
    static const struct {
        const char *text;
        bool https;
        const char *host;
        uint16_t port;
        const char *addr; /* NULL: a name */
    } rows[] = {
        {"https://yourservice.com/webhook/ticket-updates", true, "yourservice.com", 443, NULL},
        {"http://x", false, "x", 80, NULL},
        {"HTTPS://Example.COM", true, "Example.COM", 443, NULL},
        {"hTTp://example.com?q", false, "example.com", 80, NULL},
        {"https://example.com#f", true, "example.com", 443, NULL},
        {"https://example.com/#/hook", true, "example.com", 443, NULL},
        {"https://example.com:8443/", true, "example.com", 8443, NULL},
        {"https://example.com:1?x=:99", true, "example.com", 1, NULL},
        {"https://example.com:65535", true, "example.com", 65535, NULL},
        {"https://xn--bcher-kva.example/", true, "xn--bcher-kva.example", 443, NULL},
        {"https://a-b.c--d.e/", true, "a-b.c--d.e", 443, NULL},
        {"https://1a.2b/", true, "1a.2b", 443, NULL},
        {"https://127.example/", true, "127.example", 443, NULL},
        {"https://1.2.3.4.example/", true, "1.2.3.4.example", 443, NULL},
        {"https://0x7f.example/", true, "0x7f.example", 443, NULL},
        {"https://example.0xg/", true, "example.0xg", 443, NULL},
        {"https://" L63 ".example/", true, L63 ".example", 443, NULL},
        {"https://example.com/a%20b%C3%A9?x=%7B", true, "example.com", 443, NULL},
        {"https://example.com/-._~:/?#[]@!$&'()*+,;=", true, "example.com", 443, NULL},
        {"https://example.com/@user", true, "example.com", 443, NULL},
        {"https://example.com?a@b", true, "example.com", 443, NULL},
        {"https://203.0.113.7/x", true, "203.0.113.7", 443, "203.0.113.7"},
        {"http://127.0.0.1:8080/hook", false, "127.0.0.1", 8080, "127.0.0.1"},
        {"https://[::1]/", true, "::1", 443, "::1"},
        {"https://[2001:DB8::1]:8443", true, "2001:DB8::1", 8443, "2001:db8::1"},
        {"https://[::1.2.3.4]/", true, "::1.2.3.4", 443, "::1.2.3.4"},
        {"https://[64:ff9b::1.2.3.4]/", true, "64:ff9b::1.2.3.4", 443, "64:ff9b::102:304"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_url u = {0};
        char text[NET_ADDR_TEXT_MAX] = "name";
        CHECK_STR(rows[i].text, net_url_parse(sv_from(rows[i].text), &u), NULL);
        CHECK_INT(rows[i].text, u.https, rows[i].https);
        CHECK(rows[i].text, sv_is(u.host, rows[i].host));
        CHECK_INT(rows[i].text, u.port, rows[i].port);
        CHECK_INT(rows[i].text, u.is_literal, rows[i].addr != NULL);
        if (u.is_literal)
            net_addr_text(&u.addr, text);
        CHECK_STR(rows[i].text, text, rows[i].addr ? rows[i].addr : "name");
    }
}

static const char absolute[] = "must be an absolute https URL";
static const char characters[] = "has characters that are not allowed in a URL";
static const char no_host[] = "has no host";
static const char user_info[] = "has user info";
static const char bad_host[] = "has no valid host name or address";
static const char bad_port[] = "has a bad port";

static void test_bad(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", absolute},
        {"example.com", absolute},
        {"/hook", absolute},
        {"//example.com/", absolute},
        {"https:", absolute},
        {"https:/example.com", absolute},
        {"https:example.com", absolute},
        {"ftp://example.com", absolute},
        {"file:///etc/passwd", absolute},
        {"gopher://example.com", absolute},
        {"httpss://example.com", absolute},
        {"xhttps://example.com", absolute},
        {"javascript:alert(1)", absolute},
        {" https://example.com", characters},
        {"https://example.com ", characters},
        {"https://exam ple.com", characters},
        {"https://example.com/a b", characters},
        {"https://example.com/\n", characters},
        {"https://example.com/\r\nX-Evil:1", characters},
        {"https://example.com/\t", characters},
        {"https://example.com/\x7F", characters},
        {"https://example.com/\x01", characters},
        {"https://example.com\\@evil.com", characters},
        {"https://b\xC3\xBC"
         "cher.example",
         characters},
        {"https://example.com/\xE2\x82\xAC", characters},
        {"https://example.com/<>", characters},
        {"https://example.com/\"", characters},
        {"https://example.com/{}", characters},
        {"https://example.com/|", characters},
        {"https://example.com/^", characters},
        {"https://example.com/`", characters},
        {"https://example.com/%", characters},
        {"https://example.com/%2", characters},
        {"https://example.com/%2g", characters},
        {"https://example.com/%g2", characters},
        {"https://", no_host},
        {"https:///hook", no_host},
        {"https://?x", no_host},
        {"https://#x", no_host},
        {"https://user@example.com", user_info},
        {"https://user:pass@example.com", user_info},
        {"https://@example.com", user_info},
        {"https://a@b@c", user_info},
        {"https://example.com:80@evil.com", user_info},
        {"https://:443", bad_host},
        {"https://.", bad_host},
        {"https://.example.com", bad_host},
        {"https://example..com", bad_host},
        {"https://example.com.", bad_host},
        {"https://-example.com", bad_host},
        {"https://example-.com", bad_host},
        {"https://exam_ple.com", bad_host},
        {"https://exam%70le.com", bad_host},
        {"https://example.com,evil.com", bad_host},
        {"https://*.example.com", bad_host},
        {"https://" L63 "x.example/", bad_host},
        {"https://" L63 "." L63 "." L63 "." L63, bad_host},
        {"https://127.1/", bad_host},
        {"https://2130706433/", bad_host},
        {"https://017700000001/", bad_host},
        {"https://0x7f000001/", bad_host},
        {"https://0X7F000001/", bad_host},
        {"https://0x7f.1/", bad_host},
        {"https://0x7f.0.0.0x1/", bad_host},
        {"https://0177.0.0.1/", bad_host},
        {"https://127.0.0.01/", bad_host},
        {"https://127.0.0.1.1/", bad_host},
        {"https://1.2.3.256/", bad_host},
        {"https://example.123/", bad_host},
        {"https://example.0x/", bad_host},
        {"https://0/", bad_host},
        {"https://::1/", bad_host},
        {"https://2001:db8::1/", bad_host},
        {"https://[]/", bad_host},
        {"https://[::1/", bad_host},
        {"https://::1]/", bad_host},
        {"https://[1.2.3.4]/", bad_host},
        {"https://[example.com]/", bad_host},
        {"https://[::1%25lo]/", bad_host},
        {"https://[v1.x]/", bad_host},
        {"https://[::ffff:1.2.3.4]/", bad_host},
        {"https://[::ffff:7f00:1]/", bad_host},
        {"https://[::FFFF:8.8.8.8]:443/", bad_host},
        {"https://[0:0:0:0:0:ffff:8.8.8.8]/", bad_host},
        {"https://[[::1]]/", bad_host},
        {"https://example.com:", bad_port},
        {"https://example.com:/", bad_port},
        {"https://example.com:0", bad_port},
        {"https://example.com:0443", bad_port},
        {"https://example.com:65536", bad_port},
        {"https://example.com:99999999999999999999", bad_port},
        {"https://example.com:-1", bad_port},
        {"https://example.com:+1", bad_port},
        {"https://example.com:http", bad_port},
        {"https://example.com:80:80", bad_port},
        {"https://[::1]x", bad_port},
        {"https://[::1]:", bad_port},
        {"https://[::1]443", bad_port},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_url u = {.port = 7};
        CHECK_STR(rows[i].text, net_url_parse(sv_from(rows[i].text), &u), rows[i].why);
        CHECK_INT("untouched", u.port, 7);
    }
    struct net_url u;
    CHECK_STR("NUL", net_url_parse(SV("https://example.com/\0"), &u), characters);
    CHECK_STR("NUL in the host", net_url_parse(SV("https://example.com\0.evil"), &u), characters);
    CHECK_STR("absent", net_url_parse(SV_NONE, &u), absolute);
}

static void test_length(void)
{
    char text[NET_URL_MAX + 1];
    struct net_url u;
    memset(text, 'x', sizeof text);
    memcpy(text, "https://example.com/", 20);
    CHECK_STR("2048", net_url_parse((struct sv){text, NET_URL_MAX}, &u), NULL);
    CHECK_STR("2049", net_url_parse((struct sv){text, NET_URL_MAX + 1}, &u), "must be at most 2048 characters");
    /* RFC 1035: 253 characters of host name at most. */
    snprintf(text, sizeof text, "https://%s.%s.%s.%.61s", L63, L63, L63, L63);
    CHECK_STR("253", net_url_parse(sv_from(text), &u), NULL);
    CHECK_INT("253", u.host.n, 253);
    snprintf(text, sizeof text, "https://%s.%s.%s.%.62s", L63, L63, L63, L63);
    CHECK_STR("254", net_url_parse(sv_from(text), &u), bad_host);
}

static const char *check(const char *text, const struct net_url_rules *rules)
{
    struct net_url u;
    const char *why = net_url_parse(sv_from(text), &u);
    return why ? why : net_url_check(&u, rules);
}

static const char bad_rule_port[] = "has a port that is not allowed";
static const char bad_rule_addr[] = "has an address that is not allowed";

static void test_check_standard(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"https://example.com/", NULL},
        {"https://example.com:443/", NULL},
        {"https://example.com:8443/", NULL},
        {"https://localhost/", NULL}, /* names are judged when they are resolved */
        {"https://example.com:444/", bad_rule_port},
        {"https://example.com:80/", bad_rule_port},
        {"http://example.com/", absolute},
        {"http://example.com:443/", absolute},
        {"https://8.8.8.8/", NULL},
        {"https://[2606:4700::1111]/", NULL},
        {"https://127.0.0.1/", bad_rule_addr},
        {"https://10.1.2.3/", bad_rule_addr},
        {"https://169.254.169.254/latest/meta-data", bad_rule_addr},
        {"https://0.0.0.0/", bad_rule_addr},
        {"https://[::1]/", bad_rule_addr},
        {"https://[::]/", bad_rule_addr},
        {"https://[fe80::1]/", bad_rule_addr},
        {"https://[fd00::1]/", bad_rule_addr},
        {"https://[::8.8.8.8]/", bad_rule_addr},
        {"https://[64:ff9b::8.8.8.8]/", bad_rule_addr},
        {"https://[2002:808:808::1]/", bad_rule_addr},
    };
    struct net_url_rules rules;
    CHECK_STR("set", net_url_rules_set(&rules, false, SV("443 8443"), NULL, 0), NULL);
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_STR(rows[i].text, check(rows[i].text, &rules), rows[i].why);
}

static void test_check_open(void)
{
    static const char *const cidrs[] = {"127.0.0.0/8", "::1"};
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"http://127.0.0.1:5000/", NULL},    {"http://127.255.255.255/", NULL}, {"https://[::1]:1/", NULL},
        {"http://example.com:25/", NULL},    {"http://8.8.8.8/", NULL},         {"http://128.0.0.1/", NULL},
        {"http://10.0.0.1/", bad_rule_addr}, {"http://[::2]/", bad_rule_addr},
    };
    struct net_url_rules rules;
    CHECK_STR("set", net_url_rules_set(&rules, true, SV("any"), cidrs, 2), NULL);
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_STR(rows[i].text, check(rows[i].text, &rules), rows[i].why);
}

static void test_rules_ports(void)
{
    static const struct {
        const char *ports;
        int n; /* -1: refused */
    } rows[] = {
        {"443", 1},
        {"443 8443", 2},
        {"1 65535", 2},
        {"  443   8443 ", 2},
        {"any", 0},
        {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32", 32},
        {"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33", -1},
        {"", -1},
        {"   ", -1},
        {"0", -1},
        {"65536", -1},
        {"443,8443", -1},
        {"443 any", -1},
        {"Any", -1},
        {"0443", -1},
        {"-1", -1},
        {"https", -1},
        {"1-1024", -1},
        {"443\t8443", -1},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_url_rules rules = {.n_ports = 77};
        const char *why = net_url_rules_set(&rules, false, sv_from(rows[i].ports), NULL, 0);
        CHECK_STR(rows[i].ports, why,
                  rows[i].n < 0 ? "webhook_ports: must be \"any\" or 1 to 32 port numbers parted by spaces" : NULL);
        CHECK_INT(rows[i].ports, rules.n_ports, rows[i].n < 0 ? 77 : rows[i].n);
        CHECK_INT(rows[i].ports, !why && rules.any_port, rows[i].n == 0);
    }
    struct net_url_rules rules;
    CHECK("absent", net_url_rules_set(&rules, false, SV_NONE, NULL, 0) != NULL);
}

static void test_rules_cidrs(void)
{
    static const char *const good[] = {"10.0.0.0/8", "fd00::/8", "192.0.2.1"};
    static const char *const bad[] = {"10.0.0.0/8", "10.0.0.1/8"};
    static const char *const junk[] = {""};
    const char *many[NET_URL_CIDRS_MAX + 1];
    struct net_url_rules rules;
    CHECK_STR("good", net_url_rules_set(&rules, true, SV("443"), good, 3), NULL);
    CHECK_INT("good", rules.n_cidrs, 3);
    CHECK("good", rules.allow_http && !rules.any_port);
    CHECK("bits past the prefix", net_url_rules_set(&rules, true, SV("443"), bad, 2) != NULL);
    CHECK("empty", net_url_rules_set(&rules, true, SV("443"), junk, 1) != NULL);
    CHECK_INT("untouched", rules.n_cidrs, 3);
    for (unsigned i = 0; i <= NET_URL_CIDRS_MAX; i++)
        many[i] = "10.0.0.0/8";
    CHECK_STR("32", net_url_rules_set(&rules, true, SV("443"), many, NET_URL_CIDRS_MAX), NULL);
    CHECK_STR("33", net_url_rules_set(&rules, true, SV("443"), many, NET_URL_CIDRS_MAX + 1),
              "webhook_allow_cidr: must be given at most 32 times");
}

void init_url_tests(void)
{
    static const struct suite_test tests[] = {
        {"good", test_good},
        {"bad", test_bad},
        {"length", test_length},
        {"standard rules", test_check_standard},
        {"open rules", test_check_open},
        {"rules from ports", test_rules_ports},
        {"rules from ranges", test_rules_cidrs},
    };
    suite_add("net/url", NULL, NULL, tests, SUITE_N(tests));
}
