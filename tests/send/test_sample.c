#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/sign.h"
#include "harness/receiver.h"
#include "harness/suite.h"
#include "send/fake_dns.h"
#include "send/send.h"
#include "send/suites.h"

#define SECRET SV("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
#define BODY SV("{\"event\":\"TEST\"}")

static struct receiver *receiver;
static struct net_url_rules rules; /* loopback, any port, http */
static struct conf conf;

static const struct send_sample sample = {.body = BODY,
                                          .secret = SECRET,
                                          .webhook_id = SV("c0123456789abcdefghijklmn"),
                                          .event = SV("TEST"),
                                          .partner_id = 7};

/* The static URL lives until the next. */
static enum status send_to(struct send_sample s, const char *host, const char *path, struct post *p)
{
    static char url[256];
    struct err err;
    err_init(&err);
    snprintf(url, sizeof url, "http://%s:%d%s", host, receiver_port(receiver), path);
    s.url = sv_from(url);
    memset(p, 0x5A, sizeof *p);
    return send_sample(&conf, &rules, &s, p, &err);
}

static void test_delivered(void)
{
    struct post p;
    int64_t now = clock_wall_us() / CLOCK_SECOND;
    receiver_clear(receiver);
    CHECK_INT("sent", send_to(sample, "a.loopback.fake", "/sample", &p), STATUS_OK);
    CHECK_INT("answered", p.end, POST_ANSWERED);
    CHECK_INT("answered", p.http_status, 200);
    CHECK_STR("answered", p.error, "");
    CHECK_STR("address", p.address, "127.0.0.1");
    CHECK("answer", p.n_answer > 0 && memchr(p.answer, '2', p.n_answer) != NULL);
    CHECK("no header of ours is left", p.headers[0] == NULL);
    const struct receiver_request *q = receiver_get(receiver, "/sample", 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(q);
    CHECK_STR("body", q->body, BODY.p);
    CHECK_STR("event", receiver_header(q, "X-Webhook-Event"), "TEST");
    CHECK_STR("sequence", receiver_header(q, "X-Webhook-Sequence"), "1");
    CHECK_STR("id", receiver_header(q, "webhook-id"), sample.webhook_id.p);
    CHECK_STR("agent", receiver_header(q, "User-Agent"), "Omnichannel-Webhook/" PACKAGE_VERSION);
    const char *hex = receiver_header(q, "X-Webhook-Signature"), *standard = receiver_header(q, "webhook-signature");
    long long when = 0;
    sscanf(receiver_header(q, "webhook-timestamp"), "%lld", &when);
    CHECK("now", when >= now && when <= now + 10);
    CHECK("signed", sign_hex_verify(SECRET, BODY, sv_from(hex)));
    CHECK("signed", sign_standard_verify(SECRET, sample.webhook_id, when, BODY, sv_from(standard)));
}

static void test_ends(void)
{
    static const struct {
        const char *row, *host, *path, *hosts;
        enum post_end end;
        unsigned http_status;
        const char *error;
    } rows[] = {
        {"answered otherwise", "127.0.0.1", "/status/500", NULL, POST_ANSWERED, 500, ""},
        {"hangs", "127.0.0.1", "/hang", NULL, POST_TIMED_OUT, 0, "no whole answer in time"},
        {"no name", "a.nowhere.fake", "/", NULL, POST_NO_CONNECT, 0, "its name has no address"},
        {"no name in time", "a.hang.fake", "/", NULL, POST_NO_CONNECT, 0,
         "its host's name could not be looked up in time"},
        {"not allowed", "10.0.0.1", "/", NULL, POST_FORBIDDEN, 0, "its URL has an address that is not allowed"},
        {"not allowed by name", "a.mixed.fake", "/", NULL, POST_FORBIDDEN, 0,
         "its name has an address that is not allowed"},
        {"no URL", "a b", "/", NULL, POST_FORBIDDEN, 0, "its URL has characters that are not allowed in a URL"},
        {"listed", "a.loopback.fake", "/", "b.fake *.loopback.fake", POST_ANSWERED, 200, ""},
        {"not listed", "a.loopback.fake", "/", "loopback.fake", POST_FORBIDDEN, 0,
         "its URL is to a host that is not on its partner's list"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct post p;
        struct send_sample s = sample;
        s.hosts = sv_from(rows[i].hosts);
        int64_t start = clock_mono_us();
        CHECK_INT(rows[i].row, send_to(s, rows[i].host, rows[i].path, &p), STATUS_OK);
        CHECK(rows[i].row, clock_mono_us() - start < 3 * CLOCK_SECOND);
        CHECK_INT(rows[i].row, p.end, rows[i].end);
        CHECK_INT(rows[i].row, p.http_status, rows[i].http_status);
        CHECK_STR(rows[i].row, p.error, rows[i].error);
    }
    fake_dns_release();
    CHECK("its thread ends", fake_dns_wait_hanging(0, 5000));
}

static void test_ours(void)
{
    struct post p;
    struct send_sample s = sample;
    s.secret = SV("none");
    receiver_clear(receiver);
    CHECK_INT("no secret", send_to(s, "127.0.0.1", "/", &p), STATUS_BAD_INPUT);
    snprintf(conf.webhook_ca_file, sizeof conf.webhook_ca_file, "/nonexistent/ca.pem");
    CHECK_INT("no authorities", send_to(sample, "127.0.0.1", "/", &p), STATUS_CONFIG);
    conf.webhook_ca_file[0] = '\0';
    CHECK_INT("nothing came", receiver_count(receiver, ""), 0);
}

static int set_up(void)
{
    static const char *const cidrs[] = {"127.0.0.0/8"};
    conf_defaults(&conf);
    conf.webhook_timeout = 1;
    receiver = receiver_start(&(struct receiver_options){0});
    return !receiver || net_url_rules_set(&rules, true, SV("any"), cidrs, 1);
}

static int tear_down(void)
{
    receiver_stop(&receiver);
    return 0;
}

void init_sample_tests(void)
{
    static const struct suite_test tests[] = {
        {"delivered", test_delivered},
        {"how else it ends", test_ends},
        {"our own troubles", test_ours},
    };
    suite_add("send: sample", set_up, tear_down, tests, SUITE_N(tests));
}
