#include <string.h>

#include "harness/suite.h"
#include "net/suites.h"
#include "net/url.h"

static void test_listed(void)
{
    static const struct {
        const char *host, *list; /* list NULL: absent */
        bool listed;
    } rows[] = {
        {"example.com", NULL, true},
        {"10.0.0.1", NULL, true},
        {"example.com", "", false},
        {"example.com", " ", false},
        {"example.com", "example.com", true},
        {"EXAMPLE.com", "example.COM", true},
        {"example.com", "a.example b.example example.com", true},
        {"example.com", "  a.example   example.com  ", true},
        {"example.com", "example.org", false},
        {"example.com", "example.co", false},
        {"example.com", "example.com.evil.org", false},
        {"www.example.com", "example.com", false},
        {"notexample.com", "example.com", false},
        {"a.example.com", "*.example.com", true},
        {"a.b.Example.com", "*.eXample.com", true},
        {"example.com", "*.example.com", false},
        {"notexample.com", "*.example.com", false},
        {"example.com.evil.org", "*.example.com", false},
        {"a.example.com.evil.org", "*.example.com", false},
        {"evil.org", "*.example.com", false},
        {"example.com", "*.example.com example.com", true},
        {".example.com", "*.example.com", false},
        {"com", "*.com", false},
        {"example.com", "*", false},
        {"example.com", "*com", false},
        {"example.com", "exa*", false},
        {"203.0.113.7", "203.0.113.7", true},
        {"203.0.113.7", "203.0.113.77", false},
        {"203.0.113.77", "203.0.113.7", false},
        {"2001:db8::1", "2001:DB8:0:0::1", true},
        {"2001:0DB8:0:0:0:0:0:1", "203.0.113.7 2001:db8::1", true},
        {"2001:db8::1", "2001:db8::2", false},
        {"2001:db8::1", "203.0.113.7", false},
        {"example.com", "203.0.113.7", false},
        {"203.0.113.7", "example.com *.example.com", false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_INT(rows[i].host, net_host_listed(sv_from(rows[i].host), sv_from(rows[i].list)), rows[i].listed);
    CHECK("no host", !net_host_listed(SV_NONE, SV("example.com")));
    CHECK("no host, pattern", !net_host_listed(SV(""), SV("*.example.com")));
    /* A view into a longer text: what follows does not count. */
    CHECK("view", net_host_listed((struct sv){"example.com:8443", 11}, (struct sv){"example.com/", 11}));
}

#define L63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"

static void test_check_good(void)
{
    static const char *const rows[] = {
        "example.com",  "localhost", "*.example.com", "*.com", "xn--bcher-kva.example",
        "203.0.113.7",  "10.0.0.1",  "2001:db8::1",   "::1",   "  a.example   *.b.example 203.0.113.7 2001:db8::1 ",
        L63 ".example",
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_STR(rows[i], net_host_list_check(sv_from(rows[i])), NULL);
}

static void test_check_bad(void)
{
    static const char why[] = "must be host names, patterns like *.example.com or addresses, parted by spaces";
    static const char *const rows[] = {
        "",
        "   ",
        "*",
        "*.",
        "**.example.com",
        "*.*.example.com",
        "a.*.example.com",
        "*example.com",
        "example.*",
        "*.3.4",
        "*.10.0.0.1",
        "*.2001:db8::1",
        "https://example.com",
        "example.com/",
        "example.com:443",
        "user@example.com",
        "example.com.",
        ".example.com",
        "example..com",
        "-a.example",
        "exam_ple.com",
        "b\xC3\xBC"
        "cher.example",
        "a.example,b.example",
        "a.example\tb.example",
        "a.example\nb.example",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "10.0.0.0/8",
        "[2001:db8::1]",
        "::ffff:1.2.3.4",
        "2001:db8::g",
        L63 "x.example",
        "example.com b@d",
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_STR(rows[i], net_host_list_check(sv_from(rows[i])), why);
    CHECK_STR("absent", net_host_list_check(SV_NONE), why);
    CHECK_STR("NUL", net_host_list_check(SV("example.com\0")), why);
}

static void test_check_length(void)
{
    char text[NET_HOST_LIST_MAX + 1];
    memset(text, ' ', sizeof text);
    memcpy(text + sizeof text - 8, "a.b a.b ", 8);
    CHECK_STR("2047", net_host_list_check((struct sv){text + 1, NET_HOST_LIST_MAX}), NULL);
    CHECK_STR("2048", net_host_list_check((struct sv){text, NET_HOST_LIST_MAX + 1}), "must be at most 2047 characters");
}

/* What the check lets pass, a URL with that host can meet. */
static void test_with_urls(void)
{
    static const struct {
        const char *url, *list;
        bool listed;
    } rows[] = {
        {"https://Hooks.Partner.example/x", "hooks.partner.example", true},
        {"https://a.partner.example:8443", "*.partner.example", true},
        {"https://partner.example?@evil.example", "evil.example", false},
        {"https://evil.example/partner.example", "partner.example", false},
        {"https://[2001:DB8::1]:8443/", "2001:db8::1", true},
        {"https://203.0.113.7/", "203.0.113.7", true},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct net_url u;
        CHECK_STR(rows[i].url, net_url_parse(sv_from(rows[i].url), &u), NULL);
        CHECK_STR(rows[i].list, net_host_list_check(sv_from(rows[i].list)), NULL);
        CHECK_INT(rows[i].url, net_host_listed(u.host, sv_from(rows[i].list)), rows[i].listed);
    }
}

void init_hosts_tests(void)
{
    static const struct suite_test tests[] = {
        {"listed", test_listed},       {"good lists", test_check_good}, {"bad lists", test_check_bad},
        {"length", test_check_length}, {"with URLs", test_with_urls},
    };
    suite_add("net/hosts", NULL, NULL, tests, SUITE_N(tests));
}
