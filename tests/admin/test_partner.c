#include <stdio.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE " (see omnichannel-admin partner add --help)\n"

static void test_refusals(void)
{
    static const struct run_row rows[] = {
        {"code",
         {"partner", "add", "a b", "--name", "x", NULL},
         2,
         "omnichannel-admin: CODE: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE,
         ""},
        {"name",
         {"partner", "add", "X", "--name", "  ", NULL},
         2,
         "omnichannel-admin: --name: must be 1 to 200 characters, not blank, without control characters" SEE,
         ""},
        {"exists",
         {"partner", "add", "PARTNER001", "--name", "x", NULL},
         1,
         "omnichannel-admin: partner PARTNER001: exists already\n",
         "partner_add PARTNER001 'x' \n"},
        {"show",
         {"partner", "show", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"suspend",
         {"partner", "suspend", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_suspend NOPE 1\n"},
        {"resume",
         {"partner", "resume", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_suspend NOPE 0\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_INT("no bump", fake.bumps, 0);
}

/* By the configuration's rules: https to public addresses on its ports only. */
static void test_webhook_urls(void)
{
    static const char *const bad[] = {"http://a.example/",
                                      "ftp://a.example/",
                                      "https://u:p@a.example/",
                                      "https://127.0.0.1/",
                                      "https://a.example:22/",
                                      "https://",
                                      "",
                                      "x"};
    static const char start[] = "omnichannel-admin: --webhook-url: ";
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        CHECK_INT(bad[i], run_words(RUN("partner", "add", "N", "--name", "n", "--webhook-url", bad[i])), 2);
        CHECK(bad[i], strncmp(run_err, start, sizeof start - 1) == 0 && strlen(run_err) > sizeof start + strlen(SEE));
        CHECK(bad[i], strstr(fake_calls(), "partner_add") == NULL);
    }
    run_write_config("webhook_allow_http = yes\nwebhook_ports = any\nwebhook_allow_cidr = 127.0.0.0/8\n");
    CHECK_INT("allowed", run_words(RUN("partner", "add", "N", "--name", "n", "--webhook-url", "http://127.0.0.1:9/h")),
              0);
    CHECK("stored as given", strstr(fake_calls(), "partner_add N 'n' http://127.0.0.1:9/h\n"));
    run_write_config(RUN_CONFIG);
}

static void test_add(void)
{
    char want[256];
    fake_reset();
    CHECK_INT(
        "add",
        run_words(RUN("partner", "add", "NEW", "--name", "Bank \xc3\xa9", "--webhook-url", "https://b.example/h")), 0);
    snprintf(want, sizeof want, "Partner NEW added. Its webhook secret, shown only now:\n%s\n", fake.secret);
    CHECK_STR("secret in the last line", run_out, want);
    CHECK_STR("asked", fake_calls(),
              "new admin testing\npartner_add NEW 'Bank \xc3\xa9' https://b.example/h\nshared /nowhere 64\nfree\n");
    CHECK("a secret", strncmp(fake.secret, "whsec_", 6) == 0 && strlen(fake.secret) == 50);
    CHECK("budget", fake.budgets > 0);
    CHECK_INT("quiet", run_words(RUN("partner", "add", "NEW", "--name", "x", "--quiet")), 0);
    snprintf(want, sizeof want, "%s\n", fake.secret);
    CHECK_STR("nothing else", run_out, want);
    CHECK_INT("json", run_words(RUN("partner", "add", "NEW", "--name", "x", "--json")), 0);
    snprintf(want, sizeof want, "\"suspended\":false,\"createdAt\":\"20");
    CHECK("as an object",
          strstr(run_out, "\"code\":\"NEW\",\"name\":\"x\",\"webhookUrl\":null,\"webhookHosts\":null,") &&
              strstr(run_out, want));
    snprintf(want, sizeof want, "\"webhookSecret\":\"%s\"}\n", fake.secret);
    CHECK("with the secret", strstr(run_out, want));
}

static void test_lists(void)
{
    fake_reset();
    run_check_out("table", RUN("partner", "list"),
                  "ID  CODE        NAME        STATE      WEBHOOK URL          CREATED\n"
                  "1   PARTNER001  Bank S\xc3\xbclut  active     https://a.example/h  1970-01-01T00:00:00Z\n"
                  "22  P2          Two?[2J     suspended  -                    1970-01-01T00:00:01Z\n");
    run_check_out(
        "json", RUN("partner", "list", "--json"),
        "[{\"id\":1,\"code\":\"PARTNER001\",\"name\":\"Bank S\xc3\xbclut\",\"webhookUrl\":\"https://a.example/h\","
        "\"webhookHosts\":null,\"suspended\":false,\"createdAt\":\"1970-01-01T00:00:00Z\"},"
        "{\"id\":22,\"code\":\"P2\",\"name\":\"Two\\u001b[2J\",\"webhookUrl\":null,"
        "\"webhookHosts\":[\"b.example\",\"*.c.example\"],\"suspended\":true,\"createdAt\":\"1970-01-01T00:00:01Z\"}]"
        "\n");
    fake.empty = true;
    run_check_out("none", RUN("partner", "list", "--json"), "[]\n");
    fake.empty = false;
}

static void test_show(void)
{
    fake_reset();
    run_check_out("text", RUN("partner", "show", "P2"),
                  "Id                22\n"
                  "Code              P2\n"
                  "Name              Two?[2J\n"
                  "State             suspended\n"
                  "Webhook URL       -\n"
                  "Webhook hosts     b.example *.c.example\n"
                  "Old secret until  -\n"
                  "Created           1970-01-01T00:00:01Z\n");
    run_check_out(
        "json", RUN("partner", "show", "--json", "PARTNER001"),
        "{\"id\":1,\"code\":\"PARTNER001\",\"name\":\"Bank S\xc3\xbclut\",\"webhookUrl\":\"https://a.example/h\","
        "\"webhookHosts\":null,\"suspended\":false,\"createdAt\":\"1970-01-01T00:00:00Z\","
        "\"previousSecretUntil\":null}\n");
    fake.rotated = true;
    CHECK_INT("in an overlap", run_words(RUN("partner", "show", "PARTNER001")), 0);
    CHECK("hosts", strstr(run_out, "\nWebhook hosts     any\n"));
    CHECK("its end", strstr(run_out, "\nOld secret until  1970-01-01T01:00:00Z\n"));
    CHECK("no secret", !strstr(run_out, "whsec_"));
    CHECK_INT("as JSON", run_words(RUN("partner", "show", "P2", "--json")), 0);
    CHECK("its end", strstr(run_out, ",\"previousSecretUntil\":\"1970-01-01T01:00:00Z\"}\n"));
    CHECK("no secret", !strstr(run_out, "whsec_"));
    fake.rotated = false;
}

static void test_suspend(void)
{
    fake_reset();
    fake.shared = STATUS_OK;
    run_check_out("suspend", RUN("partner", "suspend", "P2"), "Partner P2 suspended: its keys are answered 401.\n");
    CHECK_INT("workers are told", fake.bumps, 1);
    CHECK_STR("after the write", fake_calls(), "new admin testing\npartner_suspend P2 1\nshared /nowhere 64\nfree\n");
    run_check_out("resume", RUN("partner", "resume", "PARTNER001"), "Partner PARTNER001 resumed.\n");
    CHECK_INT("workers are told", fake.bumps, 2);
    CHECK_INT("json", run_words(RUN("partner", "suspend", "P2", "--json")), 0);
    CHECK("json", strstr(run_out, "\"code\":\"P2\"") && strstr(run_out, "\"suspended\":true"));
}

static void test_pool_out_of_reach(void)
{
    fake_reset();
    fake.shared = STATUS_CONFIG;
    CHECK_INT("done all the same", run_words(RUN("partner", "resume", "P2")), 0);
    CHECK_STR("a warning", run_err,
              "omnichannel-admin: done, but the running workers notice only after some seconds: /nowhere: no\n");
    CHECK_STR("and the answer", run_out, "Partner P2 resumed.\n");
    fake_reset();
}

void init_partner_tests(void)
{
    static const struct suite_test tests[] = {
        {"refusals", test_refusals},
        {"webhook URLs", test_webhook_urls},
        {"add", test_add},
        {"list", test_lists},
        {"show", test_show},
        {"suspend and resume", test_suspend},
        {"a pool that cannot be told", test_pool_out_of_reach},
    };
    suite_add("admin partner", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
