/* Where a partner's webhooks go, and what signs them. */
#include <stdio.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE " (see omnichannel-admin partner set --help)\n"
#define SEE_ADD " (see omnichannel-admin partner add --help)\n"
#define SEE_ROTATE " (see omnichannel-admin partner rotate-secret --help)\n"
#define LIST                                                                                                           \
    "omnichannel-admin: --webhook-hosts: must be host names, patterns like *.example.com or addresses, parted by "     \
    "spaces"
#define OVERLAP "omnichannel-admin: --overlap: must be a whole number from 0 to 720, not "

static void test_set_refusals(void)
{
    static const struct run_row rows[] = {
        {"nothing",
         {"partner", "set", "P2", NULL},
         2,
         "omnichannel-admin: nothing to set: --webhook-url, --no-webhook-url, --webhook-hosts or --any-host is "
         "needed" SEE,
         ""},
        {"URL and none",
         {"partner", "set", "P2", "--webhook-url", "https://b.example/", "--no-webhook-url", NULL},
         2,
         "omnichannel-admin: --no-webhook-url: not together with --webhook-url" SEE,
         ""},
        {"hosts and any",
         {"partner", "set", "P2", "--webhook-hosts", "b.example", "--any-host", NULL},
         2,
         "omnichannel-admin: --any-host: not together with --webhook-hosts" SEE,
         ""},
        {"http",
         {"partner", "set", "P2", "--webhook-url", "http://b.example/", NULL},
         2,
         "omnichannel-admin: --webhook-url: must be an absolute https URL" SEE,
         ""},
        {"a list that is none",
         {"partner", "set", "P2", "--webhook-hosts", "b.example,c.example", NULL},
         2,
         LIST SEE,
         ""},
        {"an empty list", {"partner", "set", "P2", "--webhook-hosts", "", NULL}, 2, LIST SEE, ""},
        {"no such partner",
         {"partner", "set", "NOPE", "--any-host", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"a URL that is not on the list",
         {"partner", "set", "P2", "--webhook-url", "https://c.example/", NULL},
         2,
         "omnichannel-admin: --webhook-url: has a host that is not on the partner's list" SEE,
         "partner_find P2\n"},
        {"a list without the URL",
         {"partner", "set", "PARTNER001", "--webhook-hosts", "b.example *.a.example", NULL},
         2,
         "omnichannel-admin: --webhook-hosts: must have the host of the partner's webhook URL" SEE,
         "partner_find PARTNER001\n"},
        {"both, that do not fit",
         {"partner", "set", "PARTNER001", "--webhook-hosts", "a.example", "--webhook-url", "https://b.example/", NULL},
         2,
         "omnichannel-admin: --webhook-hosts: must have the host of the partner's webhook URL" SEE,
         "partner_find PARTNER001\n"},
        {"add, that do not fit",
         {"partner", "add", "N", "--name", "n", "--webhook-hosts", "a.example", "--webhook-url", "https://b.example/",
          NULL},
         2,
         "omnichannel-admin: --webhook-hosts: must have the host of the partner's webhook URL" SEE_ADD,
         ""},
        {"add, a list that is none",
         {"partner", "add", "N", "--name", "n", "--webhook-hosts", "*", NULL},
         2,
         LIST SEE_ADD,
         ""},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    fake.raced = true;
    CHECK_INT("gone meanwhile", run_words(RUN("partner", "set", "P2", "--any-host")), 1);
    CHECK_STR("gone meanwhile", run_err, "omnichannel-admin: partner P2: not found\n");
    CHECK_INT("no bump", fake.bumps, 0);
    fake.raced = false;
}

static void test_set(void)
{
    static const struct run_row rows[] = {
        {"URL",
         {"partner", "set", "PARTNER001", "--webhook-url", "https://b.example/h?x=1", NULL},
         0,
         "",
         "partner_find PARTNER001\npartner_set PARTNER001 url 'https://b.example/h?x=1'\nshared /nowhere 64\n"},
        {"URL on the list",
         {"partner", "set", "P2", "--webhook-url", "https://d.c.example/", NULL},
         0,
         "",
         "partner_find P2\npartner_set P2 url 'https://d.c.example/'\nshared /nowhere 64\n"},
        {"no URL",
         {"partner", "set", "PARTNER001", "--no-webhook-url", NULL},
         0,
         "",
         "partner_find PARTNER001\npartner_set PARTNER001 url '(none)'\nshared /nowhere 64\n"},
        {"hosts",
         {"partner", "set", "PARTNER001", "--webhook-hosts", "A.example b.example", NULL},
         0,
         "",
         "partner_find PARTNER001\npartner_set PARTNER001 hosts 'A.example b.example'\nshared /nowhere 64\n"},
        {"any host, and a URL that was not on the list",
         {"partner", "set", "P2", "--any-host", "--webhook-url", "https://z.example/", NULL},
         0,
         "",
         "partner_find P2\npartner_set P2 url 'https://z.example/' hosts '(none)'\nshared /nowhere 64\n"},
        {"other hosts without the URL",
         {"partner", "set", "PARTNER001", "--no-webhook-url", "--webhook-hosts", "b.example", NULL},
         0,
         "",
         "partner_find PARTNER001\npartner_set PARTNER001 url '(none)' hosts 'b.example'\nshared /nowhere 64\n"},
        {"add with hosts",
         {"partner", "add", "N", "--name", "n", "--webhook-hosts", "*.b.example", NULL},
         0,
         "",
         "partner_add N 'n'  to '*.b.example'\nshared /nowhere 64\n"},
    };
    fake_reset();
    fake.shared = STATUS_OK;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_INT("workers are told", fake.bumps, SUITE_N(rows));
    run_check_out("text", RUN("partner", "set", "P2", "--any-host"), "Partner P2 set.\n");
    run_check_out("json", RUN("partner", "set", "P2", "--any-host", "--json", "--webhook-url", "https://z.example/"),
                  "{\"id\":22,\"code\":\"P2\",\"name\":\"Two\\u001b[2J\",\"webhookUrl\":\"https://z.example/\","
                  "\"webhookHosts\":null,\"suspended\":true,\"createdAt\":\"1970-01-01T00:00:01Z\"}\n");
}

static void test_rotate_refusals(void)
{
    static const struct run_row rows[] = {
        {"too long", {"partner", "rotate-secret", "P2", "--overlap", "721", NULL}, 2, OVERLAP "721" SEE_ROTATE, ""},
        {"negative", {"partner", "rotate-secret", "P2", "--overlap=-1", NULL}, 2, OVERLAP "-1" SEE_ROTATE, ""},
        {"a unit", {"partner", "rotate-secret", "P2", "--overlap", "24h", NULL}, 2, OVERLAP "24h" SEE_ROTATE, ""},
        {"no such partner",
         {"partner", "rotate-secret", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "secret_find NOPE\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

static void test_rotate(void)
{
    char want[256];
    fake_reset();
    CHECK_INT("standard", run_words(RUN("partner", "rotate-secret", "P2")), 0);
    snprintf(want, sizeof want,
             "Partner P2 has a new webhook secret, shown only now. The old one signs too for 24 h:\n%s\n", fake.secret);
    CHECK_STR("secret in the last line", run_out, want);
    CHECK_STR("no warning", run_err, "");
    CHECK("a secret", strncmp(fake.secret, "whsec_", 6) == 0 && strlen(fake.secret) == 50);
    CHECK_STR("asked", fake_calls(), "new admin testing\nsecret_find P2\nsecret_rotate P2 24 h\nfree\n");
    CHECK_INT("at once", run_words(RUN("partner", "rotate-secret", "P2", "--overlap", "0")), 0);
    snprintf(want, sizeof want, "Partner P2 has a new webhook secret, shown only now. The old one signs no more:\n%s\n",
             fake.secret);
    CHECK_STR("no overlap", run_out, want);
    CHECK("asked", strstr(fake_calls(), "secret_rotate P2 0 h\n"));
    CHECK_INT("quiet", run_words(RUN("partner", "rotate-secret", "P2", "--quiet", "--overlap", "720")), 0);
    snprintf(want, sizeof want, "%s\n", fake.secret);
    CHECK_STR("nothing else", run_out, want);
    CHECK("asked", strstr(fake_calls(), "secret_rotate P2 720 h\n"));
    CHECK_INT("json", run_words(RUN("partner", "rotate-secret", "P2", "--json", "--overlap", "1")), 0);
    snprintf(want, sizeof want, "{\"code\":\"P2\",\"overlapHours\":1,\"webhookSecret\":\"%s\"}\n", fake.secret);
    CHECK_STR("object", run_out, want);
}

static void test_rotate_twice(void)
{
    fake_reset();
    fake.rotated = true;
    CHECK_INT("done", run_words(RUN("partner", "rotate-secret", "P2", "--quiet")), 0);
    CHECK_STR("said", run_err,
              "omnichannel-admin: partner P2: the rotation before was in its overlap still: its old secret has "
              "ended\n");
    fake.rotated = false;
}

/* The new secret may be in force: it is asked for again, and shown whatever comes of it. */
static void test_rotate_uncertain(void)
{
    char want[256];
    fake_reset();
    fake.n_uncertain = 2;
    CHECK_INT("in the end", run_words(RUN("partner", "rotate-secret", "P2", "--quiet")), 0);
    CHECK_STR("the same secret", fake_calls(),
              "new admin testing\nsecret_find P2\nsecret_rotate P2 24 h\nsecret_rotate P2 24 h again\n"
              "secret_rotate P2 24 h again\nfree\n");
    fake.n_uncertain = 3;
    CHECK_INT("never", run_words(RUN("partner", "rotate-secret", "P2")), 69);
    snprintf(want, sizeof want,
             "Partner P2 may have a new webhook secret, shown only now. The old one signs too for 24 h:\n%s\n",
             fake.secret);
    CHECK_STR("shown", run_out, want);
    CHECK_STR("said", run_err,
              "omnichannel-admin: connection lost (it is not known whether it was done: look before you repeat it)\n");
}

void init_partner_hook_tests(void)
{
    static const struct suite_test tests[] = {
        {"set refuses", test_set_refusals},
        {"set", test_set},
        {"rotate-secret refuses", test_rotate_refusals},
        {"rotate-secret", test_rotate},
        {"rotate-secret in an overlap", test_rotate_twice},
        {"rotate-secret of unknown outcome", test_rotate_uncertain},
    };
    suite_add("admin partner webhooks", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
