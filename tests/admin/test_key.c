#include <stdio.h>
#include <string.h>

#include "admin/run.h"
#include "admin/suites.h"
#include "base/sv.h"
#include "harness/suite.h"

#define SEE " (see omnichannel-admin key create --help)\n"

static void test_refusals(void)
{
    static const struct run_row rows[] = {
        {"partner",
         {"key", "create", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ -" SEE,
         ""},
        {"permissions",
         {"key", "create", "--partner", "P2", "--permissions", "fly", NULL},
         2,
         "omnichannel-admin: --permissions: must be some of create,read,update,agent, each once" SEE,
         ""},
        {"limit",
         {"key", "create", "--partner", "P2", "--limit", "create=0", NULL},
         2,
         "omnichannel-admin: --limit: must be create=N,read=N,update=N (some of them, each once) with N from 1 to "
         "1000000 or "
         "unlimited, or unlimited alone" SEE,
         ""},
        {"cidr",
         {"key", "create", "--partner", "P2", "--cidr", "10.0.0.0/8", "--cidr", "10.0.0.1/8", NULL},
         2,
         "omnichannel-admin: --cidr: must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32, without bits "
         "past the "
         "prefix" SEE,
         ""},
        {"expires",
         {"key", "create", "--partner", "P2", "--expires", "2001-01-01T00:00:00Z", NULL},
         2,
         "omnichannel-admin: --expires: must be a moment to come, UTC, such as 2027-01-31T00:00:00Z" SEE,
         ""},
        {"no such partner",
         {"key", "create", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "key_add NOPE may 7 limits 100 500 200 cidrs '' expires never\n"},
        {"list of a bad code",
         {"key", "list", "--partner", "a b", NULL},
         2,
         "omnichannel-admin: --partner: must be 1 to 63 of A-Z a-z 0-9 . _ - (see omnichannel-admin key list --help)\n",
         ""},
        {"list of nobody",
         {"key", "list", "--partner", "NOPE", NULL},
         1,
         "omnichannel-admin: partner NOPE: not found\n",
         "partner_find NOPE\n"},
        {"revoke what",
         {"key", "revoke", "x", NULL},
         2,
         "omnichannel-admin: ID: must be a whole number from 1 to 9223372036854775807, not x (see omnichannel-admin "
         "key revoke "
         "--help)\n",
         ""},
        {"revoke none", {"key", "revoke", "18", NULL}, 1, "omnichannel-admin: key 18: not found\n", "key_revoke 18\n"},
    };
    fake_reset();
    fake.shared = STATUS_OK;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
    CHECK_INT("no bump", fake.bumps, 0);
}

static void test_what_is_stored(void)
{
    static const struct run_row rows[] = {
        {"standard",
         {"key", "create", "--partner", "P2", NULL},
         0,
         "",
         "key_add P2 may 7 limits 100 500 200 cidrs '' expires never\nshared /nowhere 64\n"},
        {"all options",
         {"key", "create", "--partner", "P2", "--permissions", "read,agent", "--limit", "read=unlimited,update=7",
          "--cidr", "10.0.0.0/8", "--cidr", "2001:db8::1", "--expires", "2099-01-31T00:00:00Z", NULL},
         0,
         "",
         "key_add P2 may 10 limits 100 0 7 cidrs '10.0.0.0/8 2001:db8::1' expires 2099-01-31T00:00:00Z\nshared "
         "/nowhere 64\n"},
        {"agent alone",
         {"key", "create", "--partner", "P2", "--permissions", "agent", "--limit", "unlimited", NULL},
         0,
         "",
         "key_add P2 may 14 limits 0 0 0 cidrs '' expires never\nshared /nowhere 64\n"},
    };
    fake_reset();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        run_check(&rows[i]);
}

/* The key on the last line is the one whose hash was stored. */
static void check_key(const char *row)
{
    unsigned char hash[CRYPTO_SHA256_SIZE];
    const char *end = run_out + strlen(run_out);
    const char *at = end - 48;
    CHECK(row, strlen(run_out) >= 48 && end[-1] == '\n');
    CHECK(row, at == run_out || at[-1] == '\n');
    CHECK(row, strncmp(at, "omk_", 4) == 0);
    CHECK_INT(row, crypto_sha256(at, 47, hash), STATUS_OK);
    CHECK(row, crypto_equal(hash, fake.hash, sizeof hash));
}

static void test_create(void)
{
    static const char first[] = "Key 17 of P2 may create,read,update. It is shown only now:\n";
    char old[64];
    fake_reset();
    fake.shared = STATUS_OK;
    CHECK_INT("text", run_words(RUN("key", "create", "--partner", "P2")), 0);
    CHECK("first line", strncmp(run_out, first, sizeof first - 1) == 0);
    CHECK_INT("two lines", strlen(run_out), sizeof first - 1 + 48);
    check_key("text");
    CHECK_INT("workers are told", fake.bumps, 1);
    CHECK_INT("quiet", run_words(RUN("key", "create", "--partner", "P2", "--quiet")), 0);
    CHECK_INT("nothing else", strlen(run_out), 48);
    check_key("quiet");
    snprintf(old, sizeof old, "%s", run_out);
    CHECK_INT("again", run_words(RUN("key", "create", "--partner", "P2", "--quiet")), 0);
    CHECK("never the same", strcmp(old, run_out) != 0);
}

static void test_create_json(void)
{
    static const char want[] =
        "{\"id\":17,\"partner\":\"P2\",\"state\":\"active\",\"permissions\":[\"read\",\"update\",\"agent\"],"
        "\"limits\":{\"create\":100,\"read\":500,\"update\":null},\"cidrs\":[\"10.0.0.0/"
        "8\",\"192.0.2.1\"],\"createdAt\":\"";
    CHECK_INT("json",
              run_words(RUN("key", "create", "--partner", "P2", "--json", "--permissions", "agent", "--limit",
                            "update=unlimited", "--cidr", "10.0.0.0/8", "--cidr=192.0.2.1")),
              0);
    CHECK("object", strncmp(run_out, want, sizeof want - 1) == 0);
    static const char tail[] = "\"expiresAt\":null,\"revokedAt\":null,\"key\":\"omk_";
    const char *key = strstr(run_out, tail);
    CHECK("with the key", key && strlen(key) == sizeof tail - 1 + 43 + 3);
}

static void test_list(void)
{
    fake_reset();
    run_check_out(
        "table", RUN("key", "list"),
        "ID  PARTNER     STATE      PERMISSIONS         CREATES    READS    UPDATES    FROM                      "
        "CREATED               EXPIRES\n"
        "1   PARTNER001  active     create,read,update  100        500      200        anywhere                  "
        "1970-01-01T00:00:00Z  -\n"
        "2   PARTNER001  expired    read,update,agent   unlimited  1000000  unlimited  10.0.0.0/8 2001:db8::/32  "
        "1970-01-01T00:00:00Z  1970-01-01T00:00:01Z\n"
        "3   PARTNER001  revoked    read                1          2        3          anywhere                  "
        "1970-01-01T00:00:00Z  1970-01-01T00:00:01Z\n"
        "4   P2          suspended  create              1          2        3          anywhere                  "
        "1970-01-01T00:00:00Z  2100-01-01T00:00:00Z\n");
    CHECK_INT("json", run_words(RUN("key", "list", "--json", "--partner", "PARTNER001")), 0);
    CHECK_STR("asked", fake_calls(), "new admin testing\npartner_find PARTNER001\nkey_list PARTNER001\nfree\n");
    CHECK("first",
          strstr(run_out,
                 "[{\"id\":1,\"partner\":\"PARTNER001\",\"state\":\"active\",\"permissions\":[\"create\",\"read\","
                 "\"update\"],\"limits\":{\"create\":100,\"read\":500,\"update\":200},\"cidrs\":[],\"createdAt\":"
                 "\"1970-01-01T00:00:00Z\",\"expiresAt\":null,\"revokedAt\":null},{\"id\":2,") == run_out);
    CHECK("no keys", !strstr(run_out, "\"key\"") && !strstr(run_out, "hash"));
    fake.empty = true;
    run_check_out("none", RUN("key", "list", "--json"), "[]\n");
    fake.empty = false;
}

static void test_revoke(void)
{
    fake_reset();
    fake.shared = STATUS_OK;
    run_check_out("text", RUN("key", "revoke", "17"), "Key 17 revoked.\n");
    CHECK_INT("workers are told", fake.bumps, 1);
    run_check_out("json", RUN("key", "revoke", "17", "--json"), "{\"id\":17,\"state\":\"revoked\"}\n");
}

void init_key_tests(void)
{
    static const struct suite_test tests[] = {
        {"refusals", test_refusals}, {"what is stored", test_what_is_stored},
        {"create", test_create},     {"create as JSON", test_create_json},
        {"list", test_list},         {"revoke", test_revoke},
    };
    suite_add("admin key", run_set_up, run_tear_down, tests, SUITE_N(tests));
}
