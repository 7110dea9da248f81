/* Receivers: stats, resume, enable. */
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE(verb) " (see omnichannel-admin webhook " verb " --help)\n"

static void test_stats(void)
{
    fake_reset();
    run_check_out(
        "text", RUN("webhook", "stats"),
        "PARTNER     ORIGIN                     PENDING  DUE  RETRYING  DEAD  OLDEST                FAILURES  "
        "PAUSED UNTIL          LAST SUCCESS          LAST FAILURE\n"
        "PARTNER001  https://a.example:443      5        2    3         1     1970-01-01T00:00:00Z  7         "
        "1970-01-01T01:00:00Z  -                     1970-01-01T00:00:00Z\n"
        "PARTNER001  http://[2001:db8::1]:8080  0        0    0         0     -                     0         "
        "-                     1970-01-01T01:00:00Z  -\n"
        "PARTNER001  -                          1        1    0         0     1970-01-01T01:00:00Z  0         "
        "-                     -                     -\n"
        "\n"
        "PARTNER     SWITCHED OFF             SINCE                 EVENT\n"
        "PARTNER001  https://a.example/h      1970-01-01T00:00:00Z  cdddddddddddddddddddddddd\n"
        "PARTNER001  https://a.example/h      1970-01-01T00:00:00Z  cdddddddddddddddddddddddd\n"
        "PARTNER001  https://a.example/hooks  1970-01-01T00:00:00Z  cdddddddddddddddddddddddd\n");
    CHECK_STR("asked", fake_calls(), "new admin testing\nstats ''\ngone_list ''\nfree\n");
    fake.empty = true;
    CHECK_INT("none", run_words(RUN("webhook", "stats", "--partner", "P2")), 1);
    CHECK_STR("no such partner", run_err, "omnichannel-admin: partner P2: not found\n");
    run_check_out("none", RUN("webhook", "stats", "--json"), "{\"receivers\":[],\"switchedOff\":[]}\n");
    CHECK_INT("none", run_words(RUN("webhook", "stats")), 0);
    CHECK("only one table", strstr(run_out, "LAST FAILURE\n") && !strstr(run_out, "SWITCHED OFF"));
    fake.empty = false;
}

static void test_stats_json(void)
{
    fake_reset();
    CHECK_INT("json", run_words(RUN("webhook", "stats", "--json", "--partner", "PARTNER001")), 0);
    CHECK_STR("asked", fake_calls(),
              "new admin testing\npartner_find PARTNER001\nstats 'PARTNER001'\ngone_list 'PARTNER001'\nfree\n");
    CHECK("first",
          strstr(run_out, "{\"receivers\":[{\"id\":\"ffffffffffffffff\",\"partner\":\"PARTNER001\","
                          "\"origin\":\"https://a.example:443\",\"pending\":5,\"due\":2,\"retrying\":3,"
                          "\"dead\":1,\"oldestPending\":\"1970-01-01T00:00:00Z\",\"failures\":7,"
                          "\"pausedUntil\":\"1970-01-01T01:00:00Z\",\"lastSuccess\":null,"
                          "\"lastFailure\":\"1970-01-01T00:00:00Z\"},{\"id\":\"000000000000004e\"") == run_out);
    CHECK("never tried",
          strstr(run_out, "{\"id\":\"000000000000004f\",\"partner\":\"PARTNER001\",\"origin\":null,\"pending\":1,"));
    CHECK("switched off",
          strstr(run_out, "],\"switchedOff\":[{\"partner\":\"PARTNER001\",\"target\":\"https://a.example/h\","
                          "\"since\":\"1970-01-01T00:00:00Z\",\"event\":\"cdddddddddddddddddddddddd\"},{"));
    CHECK("no query", !strstr(run_out, "token"));
    static const struct run_row rows[] = {
        {"code",
         {"webhook", "stats", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE("stats"),
         ""},
        {"no such partner",
         {"webhook", "stats", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

#define FOUND "partner_find PARTNER001\nstats 'PARTNER001'\n"

static void test_resume(void)
{
    static const struct run_row rows[] = {
        {"no partner",
         {"webhook", "resume", "https://a.example", NULL},
         2,
         "omnichannel-admin: --partner: is missing" SEE("resume"),
         ""},
        {"no URL",
         {"webhook", "resume", "a.example", "--partner", "PARTNER001", NULL},
         2,
         "omnichannel-admin: URL: must be an absolute https URL" SEE("resume"),
         ""},
        {"code",
         {"webhook", "resume", "https://a.example", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE("resume"),
         ""},
        {"no such partner",
         {"webhook", "resume", "https://a.example", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"another host",
         {"webhook", "resume", "https://b.example/h?x", "--partner", "PARTNER001", NULL},
         1,
         "omnichannel-admin: partner PARTNER001: has no receiver https://b.example\n",
         FOUND},
        {"another port",
         {"webhook", "resume", "https://a.example:8443", "--partner", "PARTNER001", NULL},
         1,
         "omnichannel-admin: partner PARTNER001: has no receiver https://a.example:8443\n",
         FOUND},
        {"another scheme",
         {"webhook", "resume", "http://a.example:443", "--partner", "PARTNER001", NULL},
         1,
         "omnichannel-admin: partner PARTNER001: has no receiver http://a.example:443\n",
         FOUND},
        {"not paused",
         {"webhook", "resume", "http://[2001:db8::1]:8080/x", "--partner", "PARTNER001", NULL},
         1,
         "omnichannel-admin: receiver http://[2001:db8::1]:8080: is not paused\n",
         FOUND "resume 78\n"},
        {"paused",
         {"webhook", "resume", "https://A.example/h", "--partner", "PARTNER001", NULL},
         0,
         "",
         FOUND "resume 18446744073709551615\npoke /run/omnichannel-sender 18446744073709551615\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_STR("said", run_out, "https://a.example:443 resumed.\n");
    run_check_out("json", RUN("webhook", "resume", "https://a.example:443", "--partner", "PARTNER001", "--json"),
                  "{\"target\":\"https://a.example:443\",\"resumed\":1}\n");
}

#define LISTED "partner_find PARTNER001\ngone_list 'PARTNER001'\n"

static void test_enable(void)
{
    static const struct run_row rows[] = {
        {"no partner",
         {"webhook", "enable", "https://a.example/h", NULL},
         2,
         "omnichannel-admin: --partner: is missing" SEE("enable"),
         ""},
        {"no URL",
         {"webhook", "enable", "/h", "--partner", "PARTNER001", NULL},
         2,
         "omnichannel-admin: URL: must be an absolute https URL" SEE("enable"),
         ""},
        {"no such partner",
         {"webhook", "enable", "https://a.example/h", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"only a beginning",
         {"webhook", "enable", "https://a.example/", "--partner", "PARTNER001", NULL},
         1,
         "omnichannel-admin: partner PARTNER001: that URL is not switched off\n",
         LISTED},
        {"another query",
         {"webhook", "enable", "https://a.example/h?token=3", "--partner", "PARTNER001", NULL},
         1,
         "omnichannel-admin: partner PARTNER001: that URL is not switched off\n",
         LISTED},
        {"whole",
         {"webhook", "enable", "https://a.example/h?token=2", "--partner", "PARTNER001", NULL},
         0,
         "",
         LISTED "gone_clear PARTNER001 https://a.example/h?token=2\n"},
        {"as shown",
         {"webhook", "enable", "https://a.example/h", "--partner", "PARTNER001", NULL},
         0,
         "",
         LISTED "gone_clear PARTNER001 https://a.example/h?token=1\n"
                "gone_clear PARTNER001 https://a.example/h?token=2\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_STR("said", run_out, "https://a.example/h enabled.\n");
    run_check_out("json", RUN("webhook", "enable", "https://a.example/h", "--partner", "PARTNER001", "--json"),
                  "{\"target\":\"https://a.example/h\",\"enabled\":2}\n");
    fake.raced = true;
    CHECK_INT("somebody was faster",
              run_words(RUN("webhook", "enable", "https://a.example/h", "--partner", "PARTNER001")), 1);
    CHECK_STR("somebody was faster", run_err, "omnichannel-admin: partner PARTNER001: that URL is not switched off\n");
    fake.raced = false;
}

void init_webhook_receiver_tests(void)
{
    static const struct suite_test tests[] = {
        {"stats", test_stats},
        {"stats as JSON", test_stats_json},
        {"resume", test_resume},
        {"enable", test_enable},
    };
    suite_add("admin webhook receiver", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
