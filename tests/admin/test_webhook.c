/* Events: list, show, retry, cancel; a sample. */
#include <stdio.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE(verb) " (see omnichannel-admin webhook " verb " --help)\n"
#define BAD_TIME ": must be a moment, UTC, such as 2027-01-31T00:00:00Z"
#define BAD_ID "omnichannel-admin: ID: must be c and 24 of a-z 0-9"
#define UNKNOWN "czzzzzzzzzzzzzzzzzzzzzzzz"
/* The standard waits are 75.6 h together, and a fifth more at their longest: 90.7 h. */
#define AGE "age 90 h"

static void test_list_refusals(void)
{
    static const struct run_row rows[] = {
        {"state",
         {"webhook", "list", "--state", "DEAD", NULL},
         2,
         "omnichannel-admin: --state: must be pending, dead or delivered" SEE("list"),
         ""},
        {"no state",
         {"webhook", "list", "--state", "", NULL},
         2,
         "omnichannel-admin: --state: must be pending, dead or delivered" SEE("list"),
         ""},
        {"ticket",
         {"webhook", "list", "--ticket", "0", NULL},
         2,
         "omnichannel-admin: --ticket: must be a whole number from 1 to 9223372036854775807, not 0" SEE("list"),
         ""},
        {"limit",
         {"webhook", "list", "--limit", "1001", NULL},
         2,
         "omnichannel-admin: --limit: must be a whole number from 1 to 1000, not 1001" SEE("list"),
         ""},
        {"no limit",
         {"webhook", "list", "--limit", "0", NULL},
         2,
         "omnichannel-admin: --limit: must be a whole number from 1 to 1000, not 0" SEE("list"),
         ""},
        {"since",
         {"webhook", "list", "--since", "yesterday", NULL},
         2,
         "omnichannel-admin: --since" BAD_TIME SEE("list"),
         ""},
        {"until",
         {"webhook", "list", "--until", "2026-02-30T00:00:00Z", NULL},
         2,
         "omnichannel-admin: --until" BAD_TIME SEE("list"),
         ""},
        {"no span",
         {"webhook", "list", "--since", "2026-01-01T00:00:00Z", "--until", "2026-01-01T00:00:00Z", NULL},
         2,
         "omnichannel-admin: --until: must be after --since" SEE("list"),
         ""},
        {"code",
         {"webhook", "list", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE("list"),
         ""},
        {"no such partner",
         {"webhook", "list", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

static void test_list_filters(void)
{
    static const struct run_row rows[] = {
        {"standard",
         {"webhook", "list", NULL},
         0,
         "",
         "hook_list '' 0 pending open open 50\nhook_list '' 0 dead open open 50\n"},
        {"pending", {"webhook", "list", "--state", "pending", NULL}, 0, "", "hook_list '' 0 pending open open 50\n"},
        {"dead", {"webhook", "list", "--state=dead", NULL}, 0, "", "hook_list '' 0 dead open open 50\n"},
        {"all options",
         {"webhook", "list", "--partner", "P2", "--ticket", "9223372036854775807", "--state", "delivered", "--since",
          "2026-01-01T00:00:00Z", "--until", "2026-01-01T00:00:01Z", "--limit", "1000", NULL},
         0,
         "",
         "partner_find P2\nhook_list 'P2' 9223372036854775807 delivered 2026-01-01T00:00:00Z 2026-01-01T00:00:01Z "
         "1000\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

#define HEADERS                                                                                                        \
    "ID                         STATE    PARTNER     TICKET  SEQ  EVENT           ATTEMPTS  CREATED               "    \
    "DUE/ENDED             ORIGIN                  NOTE\n"

static void test_list(void)
{
    static const char dead[] =
        "cdddddddddddddddddddddddd  dead     PARTNER001  1408    4    STATUS_CHANGED  1         1970-01-01T00:00:00Z  "
        "1970-01-01T02:00:00Z  (no good URL)           answered 500 ?[2J\n";
    char want[2048];
    fake_reset();
    snprintf(want, sizeof want, "%s%s%s%s%s", HEADERS,
             "caaaaaaaaaaaaaaaaaaaaaaaa  pending  PARTNER001  1408    3    STATUS_CHANGED  1         "
             "1970-01-01T00:00:00Z  1970-01-01T01:00:00Z  https://a.example:8443  being sent\n",
             "cbbbbbbbbbbbbbbbbbbbbbbbb  pending  PARTNER001  1408    2    STATUS_CHANGED  0         "
             "1970-01-01T00:00:00Z  1970-01-01T01:00:00Z  https://a.example:8443  held\n",
             "ccccccccccccccccccccccccc  pending  PARTNER001  1408    1    STATUS_CHANGED  1         "
             "1970-01-01T00:00:00Z  1970-01-01T01:00:00Z  https://a.example:8443  -\n",
             dead);
    run_check_out("table", RUN("webhook", "list"), want);
    fake.more = true;
    snprintf(want + strlen(want), sizeof want - strlen(want), "%s",
             "More pending events with --limit or --until\nMore dead events with --limit or --until\n");
    run_check_out("more", RUN("webhook", "list"), want);
    CHECK_INT("of one state", run_words(RUN("webhook", "list", "--state", "delivered")), 0);
    CHECK("of one state", strstr(run_out, "\nMore delivered events with --limit or --until\n") &&
                              strstr(run_out, "TICKET_CREATED  1         -        1970-01-01T02:00:00Z  -       -\n") &&
                              !strstr(run_out, "pending"));
    fake.more = false;
    fake.empty = true;
    run_check_out("none", RUN("webhook", "list", "--json"), "[]\n");
    fake.empty = false;
}

static void test_list_json(void)
{
    fake_reset();
    fake.more = true;
    run_check_out("dead", RUN("webhook", "list", "--json", "--state", "dead"),
                  "[{\"id\":\"cdddddddddddddddddddddddd\",\"state\":\"dead\",\"partner\":\"PARTNER001\","
                  "\"ticketNumber\":\"1408\",\"sequence\":4,\"event\":\"STATUS_CHANGED\",\"target\":\"(no good URL)\","
                  "\"attempts\":1,\"createdAt\":\"1970-01-01T00:00:00Z\",\"nextDue\":null,"
                  "\"endedAt\":\"1970-01-01T02:00:00Z\",\"beingSent\":false,\"held\":false,"
                  "\"reason\":\"answered 500 \\u001b[2J\"}]\n");
    CHECK_INT("pending", run_words(RUN("webhook", "list", "--json", "--state", "pending")), 0);
    CHECK("being sent", strstr(run_out, "\"target\":\"https://a.example:8443/h/x\",\"attempts\":1,"
                                        "\"createdAt\":\"1970-01-01T00:00:00Z\",\"nextDue\":\"1970-01-01T01:00:00Z\","
                                        "\"endedAt\":null,\"beingSent\":true,\"held\":false,\"reason\":null},{"));
    CHECK("held", strstr(run_out, "\"beingSent\":false,\"held\":true,"));
    CHECK("neither body nor query", !strstr(run_out, "customer") && !strstr(run_out, "hidden"));
}

static void test_show_refusals(void)
{
    static const struct run_row rows[] = {
        {"id", {"webhook", "show", "1408", NULL}, 2, BAD_ID SEE("show"), ""},
        {"no id", {"webhook", "show", "", NULL}, 2, BAD_ID SEE("show"), ""},
        {"first letter", {"webhook", "show", "aaaaaaaaaaaaaaaaaaaaaaaaa", NULL}, 2, BAD_ID SEE("show"), ""},
        {"large letter", {"webhook", "show", "caaaaaaaaaaaaaaaaaaaaaaaA", NULL}, 2, BAD_ID SEE("show"), ""},
        {"one too many", {"webhook", "show", UNKNOWN "z", NULL}, 2, BAD_ID SEE("show"), ""},
        {"none", {"webhook", "show", NULL}, 2, "omnichannel-admin: ID: is missing" SEE("show"), ""},
        {"unknown",
         {"webhook", "show", UNKNOWN, NULL},
         1,
         "omnichannel-admin: event " UNKNOWN ": not found\n",
         "hook_find " UNKNOWN "\n"},
        {"body of a delivered one",
         {"webhook", "show", FAKE_HOOK_DELIVERED, "--body", NULL},
         1,
         "omnichannel-admin: event " FAKE_HOOK_DELIVERED ": was delivered, and its body is not kept\n",
         "hook_find " FAKE_HOOK_DELIVERED "\n"},
        {"the same as JSON",
         {"webhook", "show", FAKE_HOOK_DELIVERED, "--body", "--json", NULL},
         1,
         "omnichannel-admin: event " FAKE_HOOK_DELIVERED ": was delivered, and its body is not kept\n",
         NULL},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

static void test_show(void)
{
    fake_reset();
    run_check_out("text", RUN("webhook", "show", FAKE_HOOK_SENT),
                  "Id          caaaaaaaaaaaaaaaaaaaaaaaa\n"
                  "State       pending\n"
                  "Partner     PARTNER001\n"
                  "Ticket      1408\n"
                  "Sequence    3\n"
                  "Event       STATUS_CHANGED\n"
                  "Target      https://a.example:8443/h/x\n"
                  "Attempts    1\n"
                  "Created     1970-01-01T00:00:00Z\n"
                  "Next due    1970-01-01T01:00:00Z\n"
                  "Being sent  yes\n"
                  "Held        no\n"
                  "Ended       -\n"
                  "Reason      -\n"
                  "\n"
                  "ATTEMPT  ENDED                 RESULT     STATUS  MS    ERROR           ANSWER\n"
                  "1        1970-01-01T00:00:00Z  failed     -       5000  cannot connect  -\n"
                  "2        1970-01-01T01:00:00Z  failed     500     12    answered 500    <h1>No?</h1>\n"
                  "3        1970-01-01T02:00:00Z  delivered  204     7     -               -\n");
    CHECK_STR("asked", fake_calls(),
              "new admin testing\nhook_find " FAKE_HOOK_SENT "\nhook_attempts " FAKE_HOOK_SENT "\nfree\n");
    CHECK_INT("never tried", run_words(RUN("webhook", "show", FAKE_HOOK_HELD)), 0);
    CHECK("held", strstr(run_out, "\nHeld        yes: an earlier event of its ticket comes first\n"));
    CHECK("no attempts", !strstr(run_out, "ATTEMPT"));
    CHECK_INT("dead", run_words(RUN("webhook", "show", FAKE_HOOK_DEAD)), 0);
    CHECK("no password", !strstr(run_out, "password") && strstr(run_out, "\nTarget      (no good URL)\n"));
    CHECK("why", strstr(run_out, "\nReason      answered 500 ?[2J\n"));
}

static void test_show_json(void)
{
    fake_reset();
    run_check_out("delivered", RUN("webhook", "show", "--json", FAKE_HOOK_DELIVERED),
                  "{\"id\":\"ceeeeeeeeeeeeeeeeeeeeeeee\",\"state\":\"delivered\",\"partner\":\"PARTNER001\","
                  "\"ticketNumber\":\"1408\",\"sequence\":5,\"event\":\"TICKET_CREATED\","
                  "\"target\":null,\"attempts\":1,\"createdAt\":null,"
                  "\"nextDue\":null,\"endedAt\":\"1970-01-01T02:00:00Z\",\"beingSent\":false,\"held\":false,"
                  "\"reason\":null,\"history\":["
                  "{\"attempt\":1,\"endedAt\":\"1970-01-01T00:00:00Z\",\"delivered\":false,\"status\":null,"
                  "\"durationMs\":5000,\"error\":\"cannot connect\",\"answer\":null},"
                  "{\"attempt\":2,\"endedAt\":\"1970-01-01T01:00:00Z\",\"delivered\":false,\"status\":500,"
                  "\"durationMs\":12,\"error\":\"answered 500\",\"answer\":\"<h1>No\\u001b</h1>\"},"
                  "{\"attempt\":3,\"endedAt\":\"1970-01-01T02:00:00Z\",\"delivered\":true,\"status\":204,"
                  "\"durationMs\":7,\"error\":null,\"answer\":null}]}\n");
    CHECK_INT("no attempts", run_words(RUN("webhook", "show", "--json", FAKE_HOOK_HELD)), 0);
    CHECK("no attempts", strstr(run_out, ",\"history\":[]}\n") && !strstr(run_out, "\"body\""));
}

static void test_show_body(void)
{
    fake_reset();
    run_check_out("nothing else", RUN("webhook", "show", "--body", FAKE_HOOK_DEAD), "{\"secret\":\"customer's\"}");
    CHECK_INT("json", run_words(RUN("webhook", "show", "--body", FAKE_HOOK_DEAD, "--json")), 0);
    CHECK("as a text", strstr(run_out, ",\"body\":\"{\\\"secret\\\":\\\"customer's\\\"}\",\"history\":["));
}

static void test_retry_refusals(void)
{
    static const struct run_row rows[] = {
        {"nothing",
         {"webhook", "retry", NULL},
         2,
         "omnichannel-admin: ID: either an event's id or --partner is needed" SEE("retry"),
         ""},
        {"both",
         {"webhook", "retry", FAKE_HOOK_DEAD, "--partner", "P2", NULL},
         2,
         "omnichannel-admin: ID: either an event's id or --partner is needed" SEE("retry"),
         ""},
        {"since of one",
         {"webhook", "retry", FAKE_HOOK_DEAD, "--since", "2026-01-01T00:00:00Z", NULL},
         2,
         "omnichannel-admin: --since: goes only with --partner" SEE("retry"),
         ""},
        {"until of one",
         {"webhook", "retry", FAKE_HOOK_DEAD, "--until", "2026-01-01T00:00:00Z", NULL},
         2,
         "omnichannel-admin: --until: goes only with --partner" SEE("retry"),
         ""},
        {"id", {"webhook", "retry", "1408", NULL}, 2, BAD_ID SEE("retry"), ""},
        {"since",
         {"webhook", "retry", "--partner", "P2", "--since", "2026-01-01", NULL},
         2,
         "omnichannel-admin: --since" BAD_TIME SEE("retry"),
         ""},
        {"until",
         {"webhook", "retry", "--partner", "P2", "--until", "1h", NULL},
         2,
         "omnichannel-admin: --until" BAD_TIME SEE("retry"),
         ""},
        {"no span",
         {"webhook", "retry", "--partner", "P2", "--since", "2026-01-01T00:00:01Z", "--until", "2026-01-01T00:00:00Z",
          NULL},
         2,
         "omnichannel-admin: --until: must be after --since" SEE("retry"),
         ""},
        {"code",
         {"webhook", "retry", "--partner", "", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE("retry"),
         ""},
        {"no such partner",
         {"webhook", "retry", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"unknown",
         {"webhook", "retry", UNKNOWN, NULL},
         1,
         "omnichannel-admin: event " UNKNOWN ": not found\n",
         "replay_one " UNKNOWN " " AGE "\n"},
        {"being sent",
         {"webhook", "retry", FAKE_HOOK_SENT, NULL},
         1,
         "omnichannel-admin: event " FAKE_HOOK_SENT ": is being sent, or was delivered\n",
         "replay_one " FAKE_HOOK_SENT " " AGE "\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    run_write_config("webhook_retries = often\n");
    CHECK_INT("bad schedule", run_words(RUN("webhook", "retry", FAKE_HOOK_DEAD)), 78);
    CHECK("named", strstr(run_err, "webhook_retries: ") != NULL);
    run_write_config(RUN_CONFIG);
}

static void test_retry_one(void)
{
    fake_reset();
    run_check_out("dead", RUN("webhook", "retry", FAKE_HOOK_DEAD), FAKE_HOOK_DEAD ": 1 event is due now.\n");
    CHECK_STR("poked", fake_calls(),
              "new admin testing\nreplay_one " FAKE_HOOK_DEAD " " AGE "\npoke /run/omnichannel-sender 77\nfree\n");
    /* 1 h and 2 h, each a fifth longer: 3.6 h. */
    run_write_config("database_name = testing\nsender_directory = /other\nwebhook_retries = 1h 2h\n"
                     "webhook_retry_after_max = 0\n");
    run_check_out("json", RUN("webhook", "retry", FAKE_HOOK_WAITING, "--json"), "{\"retried\":1}\n");
    CHECK_STR("as configured", fake_calls(),
              "new admin testing\nreplay_one " FAKE_HOOK_WAITING " age 3 h\npoke /other 77\nfree\n");
    run_write_config(RUN_CONFIG);
}

static void test_retry_partner(void)
{
    static const struct run_row spans[] = {
        {"since",
         {"webhook", "retry", "--partner", "P2", "--since", "2026-01-01T00:00:00Z", NULL},
         0,
         "",
         "partner_find P2\nreplay P2 2026-01-01T00:00:00Z open " AGE "\n"},
        {"until",
         {"webhook", "retry", "--partner", "P2", "--until", "2026-01-01T00:00:00Z", NULL},
         0,
         "",
         "partner_find P2\nreplay P2 open 2026-01-01T00:00:00Z " AGE "\n"},
        {"both",
         {"webhook", "retry", "--partner", "P2", "--until", "2026-01-02T00:00:00Z", "--since", "2026-01-01T00:00:00Z",
          NULL},
         0,
         "",
         "partner_find P2\nreplay P2 2026-01-01T00:00:00Z 2026-01-02T00:00:00Z " AGE "\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(spans); i++)
        run_check(&spans[i]);
    run_check_out("none", RUN("webhook", "retry", "--partner", "P2"), "P2: 0 events are due now.\n");
    fake.n_replays = 2;
    run_check_out("all", RUN("webhook", "retry", "--partner", "P2"), "P2: 2000 events are due now.\n");
    CHECK_STR("in batches; who has something due is poked", fake_calls(),
              "new admin testing\npartner_find P2\nreplay P2 open open " AGE "\nreplay P2 open open " AGE
              "\nreplay P2 open open " AGE "\nstats 'P2'\npoke /run/omnichannel-sender 18446744073709551615\n"
              "poke /run/omnichannel-sender 79\nfree\n");
    fake.n_replays = 1;
    run_check_out("json", RUN("webhook", "retry", "--partner", "P2", "--json"), "{\"retried\":1000}\n");
}

/* What came back before is said, and poked for if that can be. */
static void test_retry_breaks_off(void)
{
    fake_reset();
    fake.n_replays = 3;
    fake.fail_replay = true;
    CHECK_INT("exit", run_words(RUN("webhook", "retry", "--partner", "P2")), 69);
    CHECK_STR("said", run_err, "omnichannel-admin: after 3000 events that are due now: replay: 2006\n");
    CHECK("poked", strstr(fake_calls(), "poke /run/omnichannel-sender 79\n"));
    fake.fail_replay = false;
}

static void test_cancel(void)
{
    static const struct run_row rows[] = {
        {"id", {"webhook", "cancel", "1408", NULL}, 2, BAD_ID SEE("cancel"), ""},
        {"unknown",
         {"webhook", "cancel", UNKNOWN, NULL},
         1,
         "omnichannel-admin: event " UNKNOWN ": not found\n",
         "cancel " UNKNOWN " with its reason\n"},
        {"dead",
         {"webhook", "cancel", FAKE_HOOK_DEAD, NULL},
         1,
         "omnichannel-admin: event " FAKE_HOOK_DEAD ": is dead or delivered already\n",
         "cancel " FAKE_HOOK_DEAD " with its reason\n"},
        {"pending",
         {"webhook", "cancel", FAKE_HOOK_WAITING, NULL},
         0,
         "",
         "cancel " FAKE_HOOK_WAITING " with its reason\n"},
    };
    static const char text[] = "Event " FAKE_HOOK_WAITING ": cancelled by admin:";
    static const char json[] = "{\"id\":\"" FAKE_HOOK_WAITING "\",\"state\":\"dead\",\"reason\":\"cancelled by admin:";
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK("text", strncmp(run_out, text, sizeof text - 1) == 0);
    CHECK_INT("json", run_words(RUN("webhook", "cancel", FAKE_HOOK_WAITING, "--json")), 0);
    CHECK("json", strncmp(run_out, json, sizeof json - 1) == 0);
}

static void test_sample_refusals(void)
{
    static const struct run_row rows[] = {
        {"no partner", {"webhook", "test", NULL}, 2, "omnichannel-admin: --partner: is missing" SEE("test"), ""},
        {"code",
         {"webhook", "test", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE("test"),
         ""},
        {"URL",
         {"webhook", "test", "--partner", "P2", "--url", "http://b.example/", NULL},
         2,
         "omnichannel-admin: --url: must be an absolute https URL" SEE("test"),
         ""},
        {"no such partner",
         {"webhook", "test", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"no URL",
         {"webhook", "test", "--partner", "P2", NULL},
         1,
         "omnichannel-admin: partner P2: has no webhook URL; name one with --url\n",
         "partner_find P2\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

/* Says what was answered, and checks the event that was sent. */
static void answer(unsigned http_status, const char *text)
{
    fake.post = (struct post){.end = POST_ANSWERED, .http_status = http_status, .duration_ms = 12};
    fake.post.n_answer = strlen(text);
    memcpy(fake.post.answer, text, fake.post.n_answer);
    snprintf(fake.post.address, sizeof fake.post.address, "192.0.2.7");
}

static void test_sample(void)
{
    char want[512];
    static const char body[] =
        "{\"event\":\"TEST\",\"ticketNumber\":\"0\",\"channelReferenceId\":null,\"timestamp\":\"20";
    fake_reset();
    answer(204, "");
    CHECK_INT("delivered", run_words(RUN("webhook", "test", "--partner", "PARTNER001")), 0);
    CHECK_STR("nothing wrong", run_err, "");
    snprintf(want, sizeof want,
             "Event        %s\n"
             "Target       https://a.example/h\n"
             "Address      192.0.2.7\n"
             "Status       204\n"
             "Duration ms  12\n"
             "Error        -\n"
             "Answer       -\n",
             fake.hook_id);
    CHECK_STR("text", run_out, want);
    CHECK_STR("asked", fake_calls(),
              "new admin testing\npartner_find PARTNER001\nsecret_find PARTNER001\n"
              "sample https://a.example/h TEST '' 1 rules " FAKE_SECRET " -\nfree\n");
    CHECK("an id", fake.hook_id[0] == 'c' && strlen(fake.hook_id) == 25);
    CHECK("the event", strncmp(fake.body, body, sizeof body - 1) == 0);
    CHECK("the end", strcmp(fake.body + strlen(fake.body) - 13, "Z\",\"data\":{}}") == 0);
    fake.rotated = true;
    CHECK_INT("elsewhere", run_words(RUN("webhook", "test", "--partner", "P2", "--url", "https://c.example/?a=1")), 0);
    CHECK("both secrets, its hosts",
          strstr(fake_calls(), "sample https://c.example/?a=1 TEST 'b.example *.c.example' 22 rules " FAKE_SECRET
                               " " FAKE_OLD_SECRET "\n"));
    CHECK("no query", strstr(run_out, "\nTarget       https://c.example/\n"));
    fake.rotated = false;
}

static void test_sample_fails(void)
{
    fake_reset();
    answer(500, "<h1>\x7f[2J\xc3\xa9</h1>\n");
    CHECK_INT("refused", run_words(RUN("webhook", "test", "--partner", "PARTNER001")), 1);
    CHECK_STR("said", run_err, "omnichannel-admin: not delivered: answered 500\n");
    CHECK("shown", strstr(run_out, "\nStatus       500\n") && strstr(run_out, "\nAnswer       <h1>?[2J?\?</h1>?\n"));
    fake.post = (struct post){.end = POST_NO_CONNECT, .duration_ms = 5000, .error = "connection refused"};
    CHECK_INT("nobody there", run_words(RUN("webhook", "test", "--partner", "PARTNER001")), 1);
    CHECK_STR("said", run_err, "omnichannel-admin: not delivered: connection refused\n");
    CHECK("shown", strstr(run_out, "\nAddress      -\nStatus       none\nDuration ms  5000\n"
                                   "Error        connection refused\nAnswer       -\n"));
    fake.post = (struct post){.end = POST_BROKEN, .http_status = 200, .error = "connection lost"};
    CHECK_INT("a 200 cut off", run_words(RUN("webhook", "test", "--partner", "PARTNER001")), 1);
    fake.refuse_sample = true;
    CHECK_INT("not sent", run_words(RUN("webhook", "test", "--partner", "PARTNER001")), 1);
    CHECK_STR("said", run_err, "omnichannel-admin: not allowed there\n");
    CHECK_STR("nothing shown", run_out, "");
    fake.refuse_sample = false;
}

static void test_sample_json(void)
{
    char want[512], long_answer[300];
    fake_reset();
    memset(long_answer, 'x', sizeof long_answer - 1);
    long_answer[sizeof long_answer - 1] = '\0';
    answer(200, "ok");
    CHECK_INT("delivered", run_words(RUN("webhook", "test", "--partner", "PARTNER001", "--json")), 0);
    snprintf(want, sizeof want,
             "{\"id\":\"%s\",\"target\":\"https://a.example/h\",\"delivered\":true,\"address\":\"192.0.2.7\","
             "\"status\":200,\"durationMs\":12,\"error\":null,\"answer\":\"ok\"}\n",
             fake.hook_id);
    CHECK_STR("object", run_out, want);
    answer(302, long_answer);
    CHECK_INT("not", run_words(RUN("webhook", "test", "--partner", "PARTNER001", "--json")), 1);
    long_answer[200] = '\0';
    snprintf(want, sizeof want,
             "\"delivered\":false,\"address\":\"192.0.2.7\",\"status\":302,\"durationMs\":12,"
             "\"error\":null,\"answer\":\"%s\"}\n",
             long_answer);
    CHECK("first bytes", strstr(run_out, want));
    fake.post = (struct post){.end = POST_TLS, .error = "certificate has expired"};
    CHECK_INT("no answer", run_words(RUN("webhook", "test", "--partner", "PARTNER001", "--json")), 1);
    CHECK("nulls", strstr(run_out, "\"delivered\":false,\"address\":null,\"status\":null,\"durationMs\":0,"
                                   "\"error\":\"certificate has expired\",\"answer\":\"\"}\n"));
}

void init_webhook_tests(void)
{
    static const struct suite_test tests[] = {
        {"list refuses", test_list_refusals},
        {"list's filters", test_list_filters},
        {"list", test_list},
        {"list as JSON", test_list_json},
        {"show refuses", test_show_refusals},
        {"show", test_show},
        {"show as JSON", test_show_json},
        {"show --body", test_show_body},
        {"retry refuses", test_retry_refusals},
        {"retry one", test_retry_one},
        {"retry a partner's", test_retry_partner},
        {"retry breaks off", test_retry_breaks_off},
        {"cancel", test_cancel},
        {"test refuses", test_sample_refusals},
        {"test", test_sample},
        {"test that fails", test_sample_fails},
        {"test as JSON", test_sample_json},
    };
    suite_add("admin webhook", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
