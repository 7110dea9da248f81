/* Where the sender reaches, and where it does not: addresses, names, TLS,
 * proxies, hosts; and whose secrets sign. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "e2e/http.h"
#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/certs.h"
#include "harness/suite.h"

enum { ARRIVE_MS = 10000 };

static struct partner p;

static int set_up(void)
{
    partner_new(&p, "GUARD");
    hooks_clear();
    return 0;
}

static int tear_down(void)
{
    senders_end();
    hooks_clear();
    return 0;
}

static void once(const char *conf)
{
    CHECK_INT("sender", sender_ended(sender_start(conf, NULL, "--once"), ARRIVE_MS), 0);
}

/* Dead at its first look, without an attempt on the wire. */
static void check_refused(const char *row, const char *number)
{
    CHECK_INT(row, jobs_of(number), 0);
    CHECK_INT(row,
              sql_int("SELECT COUNT(*) FROM webhook_dead WHERE ticket_number=%s AND reason LIKE 'refused: %%'", number),
              1);
    CHECK_INT(row,
              sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s AND http_status IS NULL AND "
                      "delivered=0 AND error LIKE 'refused: %%'",
                      number),
              1);
}

/* Events written while the rules allowed it, sent under stricter ones. */
static void test_rules_are_judged_when_sent(void)
{
    static const struct {
        const char *row, *conf, *host;
    } rows[] = {
        {"loopback literal", "!webhook_allow_cidr\n", "127.0.0.1"},
        {"name of a loopback address", "!webhook_allow_cidr\n", "localhost"},
        {"outside of the range allowed", "webhook_allow_cidr = 127.0.0.2/32\n", "127.0.0.1"},
        {"name outside of the range allowed", "webhook_allow_cidr = 127.0.0.2/32\n", "localhost"},
        {"plain http", "webhook_allow_http = no\n", "127.0.0.1"},
        {"port", "webhook_ports = 443 8443\n", "127.0.0.1"},
    };
    struct receiver *r = listening();
    hooks_clear();
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char url[SENDING_PATH], conf[SENDING_PATH], number[32];
        snprintf(url, sizeof url, "http://%s:%d/x", rows[i].host, receiver_port(r));
        conf_write(conf, rows[i].conf);
        snprintf(number, sizeof number, "%s", event_to_url(&p, url));
        once(conf);
        check_refused(rows[i].row, number);
    }
    CHECK_INT("nobody was called", receiver_connections(r), 0);
    CHECK_INT("a refused event says nothing about its receiver",
              sql_int("SELECT COUNT(*) FROM webhook_receiver WHERE failures > 0 OR next_probe IS NOT NULL"), 0);
    receiver_stop(&r);
}

/* What the API would never have taken. */
static void test_bad_urls(void)
{
    static const char *const urls[] = {
        "http://user@127.0.0.1:%d/",
        "http://user:secret@127.0.0.1:%d/",
        "http://0x7f.1:%d/",
        "http://2130706433:%d/",
        "http://127.1:%d/",
        "http://017700000001:%d/",
        "ftp://127.0.0.1:%d/",
        "file:///etc/passwd#%d",
        "gopher://127.0.0.1:%d/_x",
        "//127.0.0.1:%d/",
        "127.0.0.1:%d/",
        "http://127.0.0.1:%d/a\\r\\nX-Evil: 1",
        "http://[::ffff:10.0.0.1]:%d/",
        "http://[64:ff9b::7f00:1]:%d/",
        "http://169.254.169.254:%d/latest/meta-data",
        "http://[fe80::1]:%d/",
        "http://0.0.0.0:%d/",
        "",
    };
    struct receiver *r = listening();
    hooks_clear();
    char numbers[SUITE_N(urls)][32], port[16];
    snprintf(port, sizeof port, "%d", receiver_port(r));
    for (unsigned i = 0; i < SUITE_N(urls); i++) {
        char out[1024];
        snprintf(numbers[i], sizeof numbers[i], "%s", event_to(&p, r, "/x"));
        sql(out, "UPDATE webhook_job SET url=REPLACE('%s','%%d','%s') WHERE ticket_number=%s", urls[i], port,
            numbers[i]);
    }
    once(NULL);
    for (unsigned i = 0; i < SUITE_N(urls); i++)
        check_refused(urls[i], numbers[i]);
    CHECK_INT("nobody was called", receiver_connections(r), 0);
    receiver_stop(&r);
}

/* ---- TLS ---- */

static char certs[SENDING_PATH];

static void make_certs(void)
{
    static const struct cert all[] = {
        {.name = "ca"},
        {.name = "stranger"},
        {.name = "good", .signer = "ca", .alt = "DNS:localhost,IP:127.0.0.1"},
        {.name = "expired", .signer = "ca", .alt = "DNS:localhost,IP:127.0.0.1", .from_s = -7200, .until_s = -3600},
        {.name = "early", .signer = "ca", .alt = "DNS:localhost,IP:127.0.0.1", .from_s = 3600, .until_s = 7200},
        {.name = "wrong", .signer = "ca", .alt = "DNS:example.com,IP:127.0.0.2"},
        {.name = "self", .alt = "DNS:localhost,IP:127.0.0.1"},
        {.name = "foreign", .signer = "stranger", .alt = "DNS:localhost,IP:127.0.0.1"},
    };
    snprintf(certs, sizeof certs, "%s/e2e-certs", stack.var);
    mkdir(certs, 0700);
    for (unsigned i = 0; i < SUITE_N(all); i++)
        CHECK(all[i].name, cert_make(certs, &all[i]));
}

static struct receiver *tls_receiver(const char *name, const char *tls_max)
{
    char cert[SENDING_PATH + 32], key[SENDING_PATH + 32];
    snprintf(cert, sizeof cert, "%s/%s.crt", certs, name);
    snprintf(key, sizeof key, "%s/%s.key", certs, name);
    struct receiver *r = receiver_start(&(struct receiver_options){.cert = cert, .key = key, .tls_max = tls_max});
    CHECK(name, r != NULL);
    return r;
}

static const struct tls_row {
    const char *row, *cert, *tls_max;
    bool good;
} tls_rows[] = {
    {"good", "good", NULL, true},
    {"TLS 1.1", "good", "1.1", false},
    {"expired", "expired", NULL, false},
    {"not yet valid", "early", NULL, false},
    {"another's name", "wrong", NULL, false},
    {"self-signed", "self", NULL, false},
    {"unknown authority", "foreign", NULL, false},
};

static void check_tls(const struct tls_row *t, const char *conf)
{
    static const char *const hosts[] = {"localhost", "127.0.0.1"};
    for (unsigned i = 0; i < SUITE_N(hosts); i++) {
        char url[SENDING_PATH], number[32], error[1024];
        struct receiver *r = tls_receiver(t->cert, t->tls_max);
        snprintf(url, sizeof url, "https://%s:%d/tls", hosts[i], receiver_port(r));
        snprintf(number, sizeof number, "%s", event_to_url(&p, url));
        once(conf);
        CHECK_INT(t->row, receiver_count(r, ""), t->good);
        CHECK_INT(t->row, receiver_connections(r), 1);
        sql(error, "SELECT IFNULL(error,'') FROM webhook_attempt WHERE ticket_number=%s", number);
        if (t->good)
            CHECK_STR(t->row, error, "");
        else
            CHECK(t->row, strstr(error, "TLS") || strstr(error, "certificate"));
        CHECK_INT(t->row, sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND attempts=1", number),
                  !t->good);
        receiver_stop(&r);
    }
}

static void test_tls(void)
{
    char lines[SENDING_PATH + 128], conf[SENDING_PATH], number[32];
    make_certs();
    hooks_clear();
    snprintf(lines, sizeof lines,
             "webhook_ca_file = %s/ca.crt\nwebhook_allow_http = no\nwebhook_timeout = 3\nwebhook_retries = 1h\n",
             certs);
    conf_write(conf, lines);
    for (unsigned i = 0; i < SUITE_N(tls_rows); i++)
        check_tls(&tls_rows[i], conf);
    struct receiver *r = tls_receiver("good", NULL), *plain = listening();
    char url[SENDING_PATH];
    snprintf(url, sizeof url, "https://localhost:%d/tls", receiver_port(r));
    snprintf(number, sizeof number, "%s", event_to_url(&p, url));
    once(NULL);
    CHECK_INT("the system's authorities do not know ours", receiver_count(r, ""), 0);
    snprintf(url, sizeof url, "https://localhost:%d/tls", receiver_port(plain));
    snprintf(number, sizeof number, "%s", event_to_url(&p, url));
    once(conf);
    CHECK_INT("no TLS at all", receiver_count(plain, ""), 0);
    CHECK_INT("is a failure", sql_int("SELECT attempts FROM webhook_job WHERE ticket_number=%s", number), 1);
    receiver_stop(&r);
    receiver_stop(&plain);
}

static void test_proxies_of_the_environment(void)
{
    static const char *const names[] = {"http_proxy",  "https_proxy", "all_proxy",
                                        "HTTPS_PROXY", "ALL_PROXY",   "HTTP_PROXY"};
    static char text[SUITE_N(names)][96];
    const char *env[SUITE_N(names) + 2];
    struct receiver *r = listening(), *proxy = listening();
    for (unsigned i = 0; i < SUITE_N(names); i++) {
        snprintf(text[i], sizeof text[i], "%s=http://127.0.0.1:%d", names[i], receiver_port(proxy));
        env[i] = text[i];
    }
    env[SUITE_N(names)] = "no_proxy=";
    env[SUITE_N(names) + 1] = NULL;
    hooks_clear();
    event_to(&p, r, "/direct");
    CHECK_INT("sender", sender_ended(sender_start(NULL, env, "--once"), ARRIVE_MS), 0);
    CHECK_INT("direct", receiver_count(r, "/direct"), 1);
    CHECK_INT("the proxy saw nobody", receiver_connections(proxy), 0);
    receiver_stop(&r);
    receiver_stop(&proxy);
}

static void test_rotation(void)
{
    char fresh[128], number[32], out[1024];
    struct receiver *r = listening();
    hooks_clear();
    snprintf(number, sizeof number, "%s", event_to(&p, r, "/x"));
    pid_t s = sender_living(NULL);
    CHECK("before", receiver_wait(r, "", 1, ARRIVE_MS));
    CHECK_INT("rotate", admin(fresh, sizeof fresh, "partner rotate-secret %s --overlap 24 --quiet", p.code), 0);
    CHECK("a new one", strncmp(fresh, "whsec_", 6) == 0 && strcmp(fresh, p.secret) != 0);
    comment_on(number, &p);
    CHECK("during", receiver_wait(r, "", 2, ARRIVE_MS));
    sql(out,
        "UPDATE partner_secret SET previous_until=NOW(6) WHERE partner_id=(SELECT id FROM partner WHERE code='%s')",
        p.code);
    comment_on(number, &p);
    CHECK("after", receiver_wait(r, "", 3, ARRIVE_MS));
    if (receiver_get(r, "", 2)) {
        check_signed("before: the old one", receiver_get(r, "", 0), p.secret, NULL);
        check_signed("during: both, the old one in the plain header", receiver_get(r, "", 1), fresh, p.secret);
        check_signed("after: the new one", receiver_get(r, "", 2), fresh, NULL);
    }
    snprintf(p.secret, sizeof p.secret, "%s", fresh);
    sender_stop(s);
    receiver_stop(&r);
}

static void test_hosts_of_a_partner(void)
{
    char literal[32], name[32], out[1024], url[SENDING_PATH];
    struct receiver *r = listening();
    hooks_clear();
    snprintf(url, sizeof url, "http://LOCALHOST:%d/x", receiver_port(r));
    snprintf(literal, sizeof literal, "%s", event_to(&p, r, "/x"));
    snprintf(name, sizeof name, "%s", event_to_url(&p, url));
    CHECK_INT("set", admin(out, sizeof out, "partner set %s --webhook-hosts 'localhost *.example.com'", p.code), 0);
    once(NULL);
    check_refused("not on the list", literal);
    CHECK_INT("on the list", receiver_count(r, ""), 1);
    CHECK_INT("and gone", jobs_of(name), 0);
    CHECK_INT("any", admin(out, sizeof out, "partner set %s --any-host", p.code), 0);
    CHECK_INT("brought back", admin(out, sizeof out, "webhook retry --partner %s", p.code), 0);
    once(NULL);
    CHECK_INT("delivered", receiver_count(r, ""), 2);
    receiver_stop(&r);
}

void init_send_guard_tests(void)
{
    static const struct suite_test tests[] = {
        {"rules are judged when it is sent", test_rules_are_judged_when_sent},
        {"bad URLs", test_bad_urls},
        {"TLS", test_tls},
        {"no proxies", test_proxies_of_the_environment},
        {"a secret's rotation", test_rotation},
        {"a partner's hosts", test_hosts_of_a_partner},
    };
    suite_add("e2e sender guard", set_up, tear_down, tests, SUITE_N(tests));
}
