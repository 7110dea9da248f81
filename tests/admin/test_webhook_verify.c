/* Signatures checked by files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "harness/suite.h"

#define SEE " (see omnichannel-admin webhook verify --help)\n"
#define HEX "0000000000000000000000000000000000000000000000000000000000000000"
/* The Standard Webhooks test vector; FAKE_SECRET is its secret. */
#define BODY "{\"test\": 2432232314}"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME "1614265330"
#define STANDARD "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
/* printf '%s' BODY | openssl dgst -sha256 -hmac SECRET */
#define HEX_CURRENT "80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c"
#define HEX_PREVIOUS "4685c9d16f64a759d47846eae0e4f6c75bedef25470e9a0e099c5a56f2f5571f"
/* printf '%s' ID.TIME.BODY | openssl dgst -sha256 -mac HMAC -macopt hexkey:KEY -binary | base64 */
#define STANDARD_PREVIOUS "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI="
#define NOT_VALID "omnichannel-admin: not valid: no secret of these signed these bytes\n"

static char body[300], feed[300], secret[300], old_secret[300];

static int write_file(const char *name, char path[300], const char *text, size_t n)
{
    snprintf(path, 300, "%.250s.%s", run_config(), name);
    FILE *f = fopen(path, "w");
    return !f || fwrite(text, 1, n, f) != n || fclose(f) != 0 || chmod(path, 0600) != 0;
}

static int set_up(void)
{
    return run_set_up() || write_file("body", body, BODY, sizeof BODY - 1) ||
           write_file("feed", feed, BODY "\r\n", sizeof BODY + 1) ||
           write_file("secret", secret, FAKE_SECRET "\n", sizeof FAKE_SECRET) ||
           write_file("old", old_secret, FAKE_OLD_SECRET "\n", sizeof FAKE_OLD_SECRET);
}

static int tear_down(void)
{
    unlink(body);
    unlink(feed);
    unlink(secret);
    unlink(old_secret);
    return run_tear_down();
}

static void test_refusals(void)
{
    const struct run_row rows[] = {
        {"no signer",
         {"webhook", "verify", "--body", body, "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --partner: either this or --secret-file is needed" SEE,
         ""},
        {"two signers",
         {"webhook", "verify", "--body", body, "--signature", HEX, "--partner", "P2", "--secret-file", secret, NULL},
         2,
         "omnichannel-admin: --partner: either this or --secret-file is needed" SEE,
         ""},
        {"no body",
         {"webhook", "verify", "--partner", "P2", "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --body: is missing" SEE,
         ""},
        {"no signature",
         {"webhook", "verify", "--partner", "P2", "--body", body, NULL},
         2,
         "omnichannel-admin: --signature: either this or --standard is needed" SEE,
         ""},
        {"two signatures",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--signature", HEX, "--standard", STANDARD, NULL},
         2,
         "omnichannel-admin: --signature: either this or --standard is needed" SEE,
         ""},
        {"short",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--signature", &HEX[1], NULL},
         2,
         "omnichannel-admin: --signature: must be 64 of 0-9 a-f" SEE,
         ""},
        {"large letters",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--signature",
          "80EC8A89CE3CD22133A1066CAECB4D04FEA7467657C8514D717EC42C38A5C94C", NULL},
         2,
         "omnichannel-admin: --signature: must be 64 of 0-9 a-f" SEE,
         ""},
        {"id without need",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--signature", HEX, "--id", ID, NULL},
         2,
         "omnichannel-admin: --id: goes only with --standard" SEE,
         ""},
        {"time without need",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--signature", HEX, "--timestamp", TIME, NULL},
         2,
         "omnichannel-admin: --timestamp: goes only with --standard" SEE,
         ""},
        {"no id",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--standard", STANDARD, "--timestamp", TIME, NULL},
         2,
         "omnichannel-admin: --standard: needs --id and --timestamp" SEE,
         ""},
        {"no time",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--standard", STANDARD, "--id", ID, NULL},
         2,
         "omnichannel-admin: --standard: needs --id and --timestamp" SEE,
         ""},
        {"no header",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--standard", " ", "--id", ID, "--timestamp", TIME,
          NULL},
         2,
         "omnichannel-admin: --standard: must be 1 to 2000 characters, not blank, without control characters" SEE,
         ""},
        {"another header",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--standard", HEX, "--id", ID, "--timestamp", TIME,
          NULL},
         2,
         "omnichannel-admin: --standard: must have a signature that starts with v1," SEE,
         ""},
        {"empty id",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--standard", STANDARD, "--id", "", "--timestamp",
          TIME, NULL},
         2,
         "omnichannel-admin: --id: must be 1 to 255 characters, not blank, without control characters" SEE,
         ""},
        {"time",
         {"webhook", "verify", "--partner", "P2", "--body", body, "--standard", STANDARD, "--id", ID, "--timestamp",
          "2021-02-25T15:02:10Z", NULL},
         2,
         "omnichannel-admin: --timestamp: must be a whole number from 0 to 9223372036854775807, not "
         "2021-02-25T15:02:10Z" SEE,
         ""},
        {"no such file",
         {"webhook", "verify", "--partner", "P2", "--body", "/nowhere/body", "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --body: cannot be read: No such file or directory" SEE,
         ""},
        {"a folder",
         {"webhook", "verify", "--partner", "P2", "--body", "/", "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --body: cannot be read: Is a directory" SEE,
         ""},
        {"without end",
         {"webhook", "verify", "--partner", "P2", "--body", "/dev/zero", "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --body: must be at most 16777216 bytes" SEE,
         ""},
        {"no secret",
         {"webhook", "verify", "--secret-file", body, "--body", body, "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --secret-file: must have a secret in its first line, whsec_ and base64" SEE,
         ""},
        {"no secret file",
         {"webhook", "verify", "--secret-file", "/nowhere/secret", "--body", body, "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --secret-file: /nowhere/secret: No such file or directory" SEE,
         ""},
        {"code",
         {"webhook", "verify", "--partner", "a b", "--body", body, "--signature", HEX, NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE,
         ""},
        {"no such partner",
         {"webhook", "verify", "--partner", "NOPE", "--body", body, "--signature", HEX, NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK("a secret for everybody to read", chmod(secret, 0644) == 0);
    CHECK_INT("is refused",
              run_words(RUN("webhook", "verify", "--secret-file", secret, "--body", body, "--signature", HEX)), 2);
    CHECK("named", strncmp(run_err, "omnichannel-admin: --secret-file: ", 34) == 0);
    CHECK("mended", chmod(secret, 0600) == 0);
}

/* What is checked, and what it is found to be; NULL: not valid. */
struct judged {
    const char *name, *file, *option, *value;
    bool rotated;
    const char *id, *time, *secret;
};

static int judge(const struct judged *row, bool json)
{
    const char *words[] = {"webhook",  "verify", "--partner", "PARTNER001",  "--body",  row->file, row->option,
                           row->value, "--id",   row->id,     "--timestamp", row->time, "--json",  NULL};
    const char *hex[] = {"webhook", "verify",    "--partner", "PARTNER001", "--body",
                         row->file, row->option, row->value,  "--json",     NULL};
    fake.rotated = row->rotated;
    if (!json)
        words[12] = hex[8] = NULL;
    return run_words(row->id ? words : hex);
}

static void test_partner(void)
{
    const struct judged rows[] = {
        {"hex", body, "--signature", HEX_CURRENT, false, NULL, NULL, "current"},
        {"hex, old", body, "--signature", HEX_PREVIOUS, true, NULL, NULL, "previous"},
        {"hex, new in an overlap", body, "--signature", HEX_CURRENT, true, NULL, NULL, "current"},
        {"hex, the overlap is over", body, "--signature", HEX_PREVIOUS, false, NULL, NULL, NULL},
        {"hex, other", body, "--signature", HEX, true, NULL, NULL, NULL},
        {"hex, other bytes", secret, "--signature", HEX_CURRENT, true, NULL, NULL, NULL},
        {"vector", body, "--standard", STANDARD, false, ID, TIME, "current"},
        {"old", body, "--standard", STANDARD_PREVIOUS, true, ID, TIME, "previous"},
        {"old, over", body, "--standard", STANDARD_PREVIOUS, false, ID, TIME, NULL},
        {"both", body, "--standard", STANDARD " " STANDARD_PREVIOUS, true, ID, TIME, "current"},
        {"second of two", body, "--standard", "v1a,x " STANDARD, false, ID, TIME, "current"},
        {"another id", body, "--standard", STANDARD, false, ID "x", TIME, NULL},
        {"another time", body, "--standard", STANDARD, false, ID, "1614265331", NULL},
        {"other bytes", secret, "--standard", STANDARD, false, ID, TIME, NULL},
    };
    char text[128], json[128];
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        const char *found = rows[i].secret;
        snprintf(text, sizeof text, found ? "valid: signed with the %s secret\n" : "not valid\n%s", found ? found : "");
        snprintf(json, sizeof json, found ? "{\"valid\":true,\"secret\":\"%s\"}\n" : "{\"valid\":false,%s}\n",
                 found ? found : "\"secret\":null");
        CHECK_INT(rows[i].name, judge(&rows[i], false), found ? 0 : 1);
        CHECK_STR(rows[i].name, run_out, text);
        CHECK_STR(rows[i].name, run_err, found ? "" : NOT_VALID);
        CHECK_INT(rows[i].name, judge(&rows[i], true), found ? 0 : 1);
        CHECK_STR(rows[i].name, run_out, json);
        CHECK_STR(rows[i].name, run_err, found ? "" : NOT_VALID);
    }
}

/* Needs neither a database nor a configuration. */
static void test_secret_file(void)
{
    fake_reset();
    run_check_out(
        "hex",
        RUN("-c", "/nowhere", "webhook", "verify", "--secret-file", secret, "--body", body, "--signature", HEX_CURRENT),
        "valid: signed with the file secret\n");
    CHECK_STR("asked nobody", fake_calls(), "");
    run_check_out("standard",
                  RUN("webhook", "verify", "--secret-file", old_secret, "--body", body, "--standard", STANDARD_PREVIOUS,
                      "--id", ID, "--timestamp", TIME, "--json"),
                  "{\"valid\":true,\"secret\":\"file\"}\n");
    CHECK_INT(
        "not",
        run_words(RUN("webhook", "verify", "--secret-file", old_secret, "--body", body, "--signature", HEX_CURRENT)),
        1);
    CHECK_STR("not", run_out, "not valid\n");
}

static void test_line_feed(void)
{
    fake_reset();
    CHECK_INT("not valid",
              run_words(RUN("webhook", "verify", "--partner", "P2", "--body", feed, "--signature", HEX_CURRENT)), 1);
    CHECK_STR("not valid", run_out, "not valid\n");
    CHECK_STR("but", run_err,
              "omnichannel-admin: not valid with the line feed at the end of the body, but without it\n");
}

static void test_standard_input(void)
{
    int kept = dup(STDIN_FILENO), fd = open(body, O_RDONLY);
    CHECK("redirected", kept >= 0 && fd >= 0 && dup2(fd, STDIN_FILENO) == STDIN_FILENO);
    run_check_out("read", RUN("webhook", "verify", "--partner", "P2", "--body", "-", "--signature", HEX_CURRENT),
                  "valid: signed with the current secret\n");
    CHECK("put back", dup2(kept, STDIN_FILENO) == STDIN_FILENO);
    close(kept);
    close(fd);
}

void init_webhook_verify_tests(void)
{
    static const struct suite_test tests[] = {
        {"refusals", test_refusals},
        {"a partner's secrets", test_partner},
        {"a secret file", test_secret_file},
        {"a line feed too many", test_line_feed},
        {"standard input", test_standard_input},
    };
    suite_add("admin webhook verify", set_up, tear_down, tests, SUITE_N(tests));
}
