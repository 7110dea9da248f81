/* API7:2023 Server side request forgery: whatever a partner writes as its webhookUrl,
 * the bank's side connects to nothing but public addresses. Listeners on this machine
 * prove that nobody called. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/suites.h"
#include "security/wire.h"

enum { SETTLED = 40 /* equal answers in a row: all workers have read it */, SETTLE_MS = 20000 };

static struct receiver *four, *six, *any; /*!< on 127.0.0.1, ::1 (NULL: not on this machine) and 0.0.0.0 */
static char shipped[4096], original[SENDING_PATH];

static char *body_with(const char *url)
{
    char *body = NULL;
    if (asprintf(&body,
                 "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{"
                 "\"title\":\"t\",\"description\":\"d\"},\"integration\":{\"webhookUrl\":\"%s\"}}",
                 url) < 0)
        abort();
    return body;
}

static struct reply create(const char *url)
{
    char *body = body_with(url);
    struct reply r = ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = body});
    free(body);
    return r;
}

/* The stack's configuration is replaced, and all workers read it; false: not in time. */
static bool workers_take(const char *from, const char *url, long want)
{
    char out[256];
    if (run(out, sizeof out, "cp '%s' '%s/etc/omnichannel.conf'", from, stack.var) != 0)
        return false;
    kill(pid_of("workers"), SIGUSR2);
    int same = 0;
    char *body = body_with(url);
    for (int64_t end = now_us() + SETTLE_MS * INT64_C(1000); same < SETTLED && now_us() < end;) {
        struct reply r = post(keys.all, body);
        same = r.status == want ? same + 1 : 0;
        reply_free(&r);
    }
    free(body);
    return same == SETTLED;
}

static int tear_down(void)
{
    senders_end();
    hooks_clear();
    receiver_stop(&four);
    if (six)
        receiver_stop(&six);
    if (any)
        receiver_stop(&any);
    return workers_take(original, "http://127.0.0.1:9/", 200) ? 0 : 1;
}

/* Plain http and any port may be used, so that it is the address that is judged. */
static int set_up(void)
{
    char conf[SENDING_PATH];
    four = listening();
    six = receiver_start(&(struct receiver_options){.address = "::1", .port = receiver_port(four)});
    any = receiver_start(&(struct receiver_options){.address = "0.0.0.0"});
    conf_write(original, "");
    conf_write(conf, "!webhook_allow_cidr\n");
    snprintf(shipped, sizeof shipped, "%s", conf);
    return four && any && workers_take(conf, "http://127.0.0.1:9/", 400) ? 0 : 1;
}

static unsigned calls(void)
{
    return receiver_connections(four) + (six ? receiver_connections(six) : 0) + receiver_connections(any);
}

static void check_refused(const char *url)
{
    struct reply r = create(url);
    check_error(url, &r, 400, "Validation failed");
    check_field(url, &r, "integration.webhookUrl", NULL);
    reply_free(&r);
}

/* %d is a listener's port. */
static const char *const places[] = {
    /* loopback, in all spellings of inet_aton and others */
    "127.0.0.1:%d", "127.0.0.2:%d", "127.255.255.254:%d", "127.1:%d", "127.0.1:%d", "0x7f.0.0.1:%d", "0x7f000001:%d",
    "0X7F.1:%d", "2130706433:%d", "017700000001:%d", "0177.0.0.1:%d", "0177.0.0.0x1:%d", "127.0.0.1.:%d",
    "127.000.000.001:%d", "00000127.0.0.1:%d", "127.0.0.1%%20:%d", "4294967297:%d", "127.0.0.256:%d", "127.0.0.1.1:%d",
    "0:%d", "0.0.0.0:%d", "0x0:%d", "0.1:%d",
    /* the same in IPv6 */
    "[::1]:%d", "[::]:%d", "[0:0:0:0:0:0:0:1]:%d", "[0000::0001]:%d", "[::ffff:127.0.0.1]:%d", "[::ffff:7f00:1]:%d",
    "[0:0:0:0:0:ffff:127.0.0.1]:%d", "[::127.0.0.1]:%d", "[::7f00:1]:%d", "[64:ff9b::127.0.0.1]:%d",
    "[64:ff9b::7f00:1]:%d", "[64:ff9b:1::7f00:1]:%d", "[2002:7f00:1::]:%d", "[2002:7f00:0001::1]:%d",
    "[2001:0:7f00:1::]:%d", "[::ffff:0:127.0.0.1]:%d", "[::1%%25lo]:%d", "[::1%%lo]:%d", "[fe80::1]:%d",
    "[fe80::1%%25eth0]:%d", "[febf::1]:%d", "[fec0::1]:%d", "[fc00::1]:%d", "[fd00:ec2::254]:%d", "[ff02::1]:%d",
    "[ff0e::1]:%d", "[100::1]:%d", "[2001:db8::1]:%d", "[::ffff:169.254.169.254]:%d", "[::ffff:10.0.0.1]:%d",
    "[::ffff:a00:1]:%d", "[::1]extra:%d", "[::1:%d", "::1:%d", "[v1.1]:%d", "[127.0.0.1]:%d",
    /* networks that are nobody's or everybody's */
    "10.0.0.1:%d", "10.255.255.255:%d", "172.16.0.1:%d", "172.31.255.255:%d", "192.168.0.1:%d", "169.254.0.1:%d",
    "169.254.169.254:%d", "0xa9fea9fe:%d", "2852039166:%d", "100.64.0.1:%d", "100.100.100.200:%d", "192.0.0.1:%d",
    "192.0.0.192:%d", "192.0.2.1:%d", "198.18.0.1:%d", "198.51.100.1:%d", "203.0.113.1:%d", "224.0.0.1:%d",
    "239.255.255.250:%d", "240.0.0.1:%d", "255.255.255.255:%d",
    /* another host than it seems */
    "example.com@127.0.0.1:%d", "user:pass@example.com:%d", "@example.com:%d", "example.com:80@127.0.0.1:%d",
    "127.0.0.1\\\\@example.com:%d", "example.com\\\\@127.0.0.1:%d", "127.0.0.1\\\\.example.com:%d",
    "127.0.0.1:%d\\\\@example.com", "127.0.0.1%%00.example.com:%d", "127.0.0.1%%2f@example.com:%d",
    "%%31%%32%%37.0.0.1:%d", "example.com%%40127.0.0.1:%d", "127.0.0.1:%d#@example.com", "127.0.0.1:%d?@example.com",
    "\\uff11\\uff12\\uff17.0.0.1:%d", "127\\u30020\\u30020\\u30021:%d", "\\u2460\\u2461\\u2466.0.0.1:%d",
    "loc\\u00adalhost:%d", "loc\\u00e5lhost:%d", "127.0.0.1\\t:%d", "127.0.0.1\\r\\nHost: x:%d", "127.0.0.1 :%d",
    "127.0.0.1:+%d", "127.0.0.1:0%d9999", "127.0.0.1:%d:80", "127.0.0.1:%d:", ":%d", "", ".:%d", "..:%d",
    "-example.com:%d", "exa_mple..com:%d", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:0x50"};

static void test_addresses(void)
{
    static const char *const schemes[] = {"http", "https", "HTTPS"};
    long long before = sql_int("SELECT COUNT(*) FROM ticket"), jobs = sql_int("SELECT COUNT(*) FROM webhook_job");
    for (unsigned i = 0; i < SUITE_N(places); i++)
        for (unsigned s = 0; s < SUITE_N(schemes); s++) {
            char url[256];
            int n = snprintf(url, sizeof url, "%s://", schemes[s]);
            /* `%%` stands for itself, `%d` for the port: the table's own formats */
            for (const char *p = places[i]; *p; p++)
                if (*p == '%' && p[1] == 'd')
                    n += snprintf(url + n, sizeof url - (size_t)n, "%d", receiver_port(s ? any : four)), p++;
                else
                    n += snprintf(url + n, sizeof url - (size_t)n, "%c", *p == '%' ? *p++ : *p);
            snprintf(url + n, sizeof url - (size_t)n, "/hook");
            check_refused(url);
        }
    CHECK_INT("no ticket", sql_int("SELECT COUNT(*) FROM ticket"), before);
    CHECK_INT("no event", sql_int("SELECT COUNT(*) FROM webhook_job"), jobs);
    CHECK_INT("nobody was called", calls(), 0);
}

/* What is no absolute http or https URL. */
static void test_schemes(void)
{
    static const char *const urls[] = {"file:///etc/passwd",
                                       "file://127.0.0.1/etc/passwd",
                                       "gopher://127.0.0.1:%d/_x",
                                       "dict://127.0.0.1:%d/x",
                                       "ftp://127.0.0.1:%d/",
                                       "sftp://127.0.0.1:%d/",
                                       "scp://127.0.0.1:%d/",
                                       "tftp://127.0.0.1:%d/",
                                       "ldap://127.0.0.1:%d/",
                                       "smb://127.0.0.1:%d/",
                                       "telnet://127.0.0.1:%d/",
                                       "imap://127.0.0.1:%d/",
                                       "ws://127.0.0.1:%d/",
                                       "unix:///run/x.sock",
                                       "http+unix://%2frun%2fx/",
                                       "jar:http://127.0.0.1:%d/!/",
                                       "javascript:alert(1)",
                                       "data:text/plain,x",
                                       "mailto:x@example.com",
                                       "about:blank",
                                       "//127.0.0.1:%d/",
                                       "/hook",
                                       "hook",
                                       "127.0.0.1:%d/",
                                       "example.com/",
                                       "http:127.0.0.1:%d/",
                                       "http:/127.0.0.1:%d/",
                                       "http:///127.0.0.1:%d/",
                                       "http://///127.0.0.1:%d/",
                                       "http:\\\\/\\\\/127.0.0.1:%d/",
                                       "http:\\\\\\\\127.0.0.1:%d/",
                                       "h\\ttp://127.0.0.1:%d/",
                                       " http://127.0.0.1:%d/",
                                       "\\u0001http://127.0.0.1:%d/",
                                       "http ://127.0.0.1:%d/",
                                       "httpx://127.0.0.1:%d/",
                                       "http%3a//127.0.0.1:%d/",
                                       "url:http://127.0.0.1:%d/",
                                       "http://127.0.0.1:%d/ x",
                                       "http://example.com/\\u00e9",
                                       "http://example.com/\\u007f",
                                       "http://example.com/a b",
                                       "http://",
                                       "https://",
                                       "https:",
                                       "http"};
    for (unsigned i = 0; i < SUITE_N(urls); i++) {
        char url[256];
        const char *hole = strstr(urls[i], "%d");
        if (hole)
            snprintf(url, sizeof url, "%.*s%d%s", (int)(hole - urls[i]), urls[i], receiver_port(four), hole + 2);
        else
            snprintf(url, sizeof url, "%s", urls[i]);
        check_refused(url);
    }
    CHECK_INT("nobody was called", calls(), 0);
}

/* As it is shipped: https only, two ports, and 2,048 characters. */
static void test_defaults(void)
{
    char conf[SENDING_PATH], url[4096];
    static const char *const refused[] = {
        "http://example.com/",     "http://example.com:443/", "https://example.com:22/", "https://example.com:3306/",
        "https://example.com:80/", "https://127.0.0.1/",      "https://127.0.0.1:8443/"};
    static const char *const taken[] = {"https://example.com/", "https://example.com:443/a?b=c#d",
                                        "https://EXAMPLE.com:8443/", "https://93.184.216.34/"};
    conf_write(conf, "!webhook_allow_cidr\n!webhook_allow_http\n!webhook_ports\n");
    CHECK("read", workers_take(conf, "http://example.com/", 400));
    for (unsigned i = 0; i < SUITE_N(refused); i++)
        check_refused(refused[i]);
    int n = snprintf(url, sizeof url, "https://example.com/");
    memset(url + n, 'a', 2048 - (size_t)n);
    url[2048] = 0;
    for (unsigned i = 0; i <= SUITE_N(taken); i++) {
        struct reply r = create(i < SUITE_N(taken) ? taken[i] : url);
        CHECK_INT(i < SUITE_N(taken) ? taken[i] : "2,048 characters", r.status, 200);
        reply_free(&r);
    }
    memcpy(url + 2048, "a", 2);
    check_refused(url);
    hooks_clear(); /* nothing of this is to be sent */
    CHECK("read again", workers_take(shipped, "http://example.com/", 200));
    hooks_clear();
}

/* Names are taken, and judged by their addresses when an event is sent. */
static void test_names(void)
{
    static const char *const names[] = {"localhost", "LOCALHOST", "LocalHost"};
    char url[SENDING_PATH];
    hooks_clear();
    for (unsigned i = 0; i < SUITE_N(names); i++) {
        snprintf(url, sizeof url, "http://%s:%d/hook", names[i], receiver_port(four));
        struct reply r = create(url);
        CHECK_INT(names[i], r.status, 200);
        reply_free(&r);
        snprintf(url, sizeof url, "http://%s:%d/hook", names[i], receiver_port(any));
        r = create(url);
        CHECK_INT(names[i], r.status, 200);
        reply_free(&r);
    }
    CHECK_INT("sender", sender_ended(sender_start(shipped, NULL, "--once"), 20000), 0);
    CHECK_INT("refused", sql_int("SELECT COUNT(*) FROM webhook_dead WHERE reason LIKE 'refused: %%'"),
              2 * SUITE_N(names));
    CHECK_INT("nobody was called", calls(), 0);
    hooks_clear();
}

/* Under rules that allow the first address, not the second: answers that lead there. The
 * same listener is called when it is allowed: it would have noticed. */
static void test_redirects(void)
{
    static const int codes[] = {301, 302, 303, 307, 308};
    struct receiver *first = receiver_start(&(struct receiver_options){.address = "127.0.0.2"});
    char conf[SENDING_PATH], url[SENDING_PATH];
    conf_write(conf, "!webhook_allow_cidr\nwebhook_allow_cidr = 127.0.0.2/32\n");
    CHECK("read", workers_take(conf, "http://127.0.0.2:9/", 200));
    check_refused("http://127.0.0.1:9/");
    hooks_clear();
    snprintf(url, sizeof url, "http://127.0.0.2:%d/redirect/%d", receiver_port(first), receiver_port(four));
    for (unsigned i = 0; i < SUITE_N(codes); i++) {
        char path[64];
        snprintf(path, sizeof path, "http://127.0.0.2:%d/status/%d", receiver_port(first), codes[i]);
        struct reply r = create(i ? path : url);
        CHECK_INT("taken", r.status, 200);
        reply_free(&r);
    }
    CHECK_INT("sender", sender_ended(sender_start(conf, NULL, "--once"), 20000), 0);
    CHECK_INT("the first was called", receiver_count(first, ""), SUITE_N(codes));
    CHECK_INT("the second was not", calls(), 0);
    CHECK_INT("none counts as delivered",
              sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE delivered=1 AND "
                      "http_status BETWEEN 300 AND 399"),
              0);
    hooks_clear();
    CHECK("read", workers_take(original, "http://127.0.0.1:9/", 200));
    hooks_clear();
    snprintf(url, sizeof url, "http://127.0.0.1:%d/allowed", receiver_port(four));
    struct reply r = create(url);
    CHECK_INT("taken", r.status, 200);
    reply_free(&r);
    CHECK_INT("sender", sender_ended(sender_start(NULL, NULL, "--once"), 20000), 0);
    CHECK_INT("a listener that would have noticed", receiver_count(four, "/allowed"), 1);
    receiver_stop(&first);
}

void init_ssrf_tests(void)
{
    static const struct suite_test tests[] = {
        {"addresses in all spellings", test_addresses},
        {"schemes", test_schemes},
        {"as shipped", test_defaults},
        {"names", test_names},
        {"redirects", test_redirects},
    };
    suite_add("API7 server side request forgery", set_up, tear_down, tests, SUITE_N(tests));
}
