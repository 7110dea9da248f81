/* Partners and keys. */
#include "suites.h"

#include <string.h>
#include "support.h"

static struct store *s;

static int set_up(void)
{
    s = support_store(STORE_ADMIN);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

static void add_find_list(void)
{
    int64_t now = INT64_C(1705314600123456);
    struct store_partner p = {.code = SV("BANK-A"), .name = SV("Bank A"), .webhook_url = SV("https://a.example/h")};
    struct store_partner got;
    struct store_partner *all;
    size_t n;
    CHECK_INT("add", store_partner_add(s, &p, SV("whsec_a"), now, support_err()), STATUS_OK);
    CHECK_INT("find", store_partner_find(s, support_arena, SV("BANK-A"), &got, support_err()), STATUS_OK);
    CHECK("id", got.id > 0);
    CHECK_STR("code", got.code.p, "BANK-A");
    CHECK_STR("name", got.name.p, "Bank A");
    CHECK_STR("url", got.webhook_url.p, "https://a.example/h");
    CHECK_INT("created", got.created_at, now);
    CHECK("not suspended", !got.suspended);
    CHECK_STR("secret", support_text("SELECT webhook_secret FROM partner_secret WHERE partner_id = %u", got.id),
              "whsec_a");
    CHECK_INT("no such", store_partner_find(s, support_arena, SV("bank-a"), &got, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("no such", store_partner_find(s, support_arena, SV("BANK-A "), &got, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("taken", store_partner_add(s, &p, SV("whsec_b"), now, support_err()), STATUS_EXISTS);
    CHECK_INT("its own repetition", store_partner_add(s, &p, SV("whsec_a"), now, support_err()), STATUS_OK);
    CHECK_INT("once", support_number("SELECT COUNT(*) FROM partner WHERE code = 'BANK-A'"), 1);
    p = (struct store_partner){.code = SV("bank-a"), .name = SV("other case"), .suspended = true};
    CHECK_INT("codes differ by case", store_partner_add(s, &p, SV("whsec_c"), now, support_err()), STATUS_OK);
    CHECK_INT("list", store_partner_list(s, support_arena, &all, &n, support_err()), STATUS_OK);
    CHECK_INT("all of them", n, support_number("SELECT COUNT(*) FROM partner"));
    CHECK_STR("in order of age", all[0].code.p, SUPPORT_CODE);
    CHECK("no url", all[n - 1].webhook_url.p == NULL);
    CHECK("suspended", all[n - 1].suspended);
}

static void suspend(void)
{
    struct store_partner p;
    CHECK_INT("suspend", store_partner_suspend(s, SV("PARTNER002"), true, support_err()), STATUS_OK);
    CHECK_INT("again", store_partner_suspend(s, SV("PARTNER002"), true, support_err()), STATUS_OK);
    CHECK_INT("find", store_partner_find(s, support_arena, SV("PARTNER002"), &p, support_err()), STATUS_OK);
    CHECK("is", p.suspended);
    CHECK_INT("resume", store_partner_suspend(s, SV("PARTNER002"), false, support_err()), STATUS_OK);
    CHECK_INT("find", store_partner_find(s, support_arena, SV("PARTNER002"), &p, support_err()), STATUS_OK);
    CHECK("is not", !p.suspended);
    CHECK_INT("nobody", store_partner_suspend(s, SV("NOBODY"), true, support_err()), STATUS_NOT_FOUND);
}

static void keys(void)
{
    int64_t now = INT64_C(1705314600000001);
    unsigned char hash[CRYPTO_SHA256_SIZE], other[CRYPTO_SHA256_SIZE];
    uint64_t id, again;
    struct store_key k = {.permissions = STORE_MAY_CREATE | STORE_MAY_AGENT,
                          .limit = {1, 0, UINT32_C(1000000)},
                          .cidrs = SV("10.0.0.0/8 2001:db8::/32"),
                          .expires_at = now + 5};
    struct store_key got;
    support_hash("omk_one", hash);
    support_hash("omk_two", other);
    CHECK_INT("add", store_key_add(s, SV(SUPPORT_CODE), hash, &k, now, &id, support_err()), STATUS_OK);
    CHECK_INT("its own repetition", store_key_add(s, SV(SUPPORT_CODE), hash, &k, now, &again, support_err()),
              STATUS_OK);
    CHECK_INT("same key", again, id);
    CHECK_INT("no such partner", store_key_add(s, SV("NOBODY"), other, &k, now, &again, support_err()),
              STATUS_NOT_FOUND);
    CHECK_INT("nothing added", support_number("SELECT COUNT(*) FROM api_key"), 1);
    CHECK_INT("by hash", store_key_by_hash(s, support_arena, hash, &got, support_err()), STATUS_OK);
    CHECK_INT("id", got.id, id);
    CHECK_INT("partner", got.partner_id, SUPPORT_PARTNER);
    CHECK_STR("code", got.partner_code.p, SUPPORT_CODE);
    CHECK_INT("permissions", got.permissions, STORE_MAY_CREATE | STORE_MAY_AGENT);
    CHECK_STR("as words", support_text("SELECT permissions FROM api_key WHERE id = %llu", (unsigned long long)id),
              "create,agent");
    CHECK_INT("creates", got.limit[STORE_CLASS_CREATE], 1);
    CHECK_INT("reads unlimited", got.limit[STORE_CLASS_READ], 0);
    CHECK_INT("updates", got.limit[STORE_CLASS_UPDATE], 1000000);
    CHECK_STR("cidrs", got.cidrs.p, "10.0.0.0/8 2001:db8::/32");
    CHECK_INT("created", got.created_at, now);
    CHECK_INT("expires", got.expires_at, now + 5);
    CHECK_INT("in force", got.revoked_at, CLOCK_NONE);
    CHECK("partner's url", got.partner_webhook_url.p == NULL && !got.partner_suspended);
    CHECK_INT("unknown", store_key_by_hash(s, support_arena, other, &got, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("revoke", store_key_revoke(s, id, now + 7, support_err()), STATUS_OK);
    CHECK_INT("again", store_key_revoke(s, id, now + 9, support_err()), STATUS_OK);
    CHECK_INT("no such key", store_key_revoke(s, id + 100, now, support_err()), STATUS_NOT_FOUND);
    CHECK_INT("by hash still", store_key_by_hash(s, support_arena, hash, &got, support_err()), STATUS_OK);
    CHECK_INT("first time stays", got.revoked_at, now + 7);
}

static void key_list(void)
{
    unsigned char hash[CRYPTO_SHA256_SIZE];
    uint64_t id;
    struct store_key k = {.permissions = STORE_MAY_READ, .limit = {1, 1, 1}, .expires_at = CLOCK_NONE};
    struct store_key *list;
    size_t n, all;
    char name[16] = "key A";
    for (unsigned i = 0; i < 40; i++) {
        name[4] = (char)('A' + i);
        support_hash(name, hash);
        CHECK_INT("add", store_key_add(s, SV("PARTNER002"), hash, &k, 1, &id, support_err()), STATUS_OK);
    }
    CHECK_INT("one partner's", store_key_list(s, support_arena, SV("PARTNER002"), &list, &n, support_err()), STATUS_OK);
    CHECK_INT("all of its", n, 40);
    CHECK_STR("its", list[39].partner_code.p, "PARTNER002");
    CHECK("in order", list[0].id < list[39].id);
    CHECK("no cidrs, no end", list[0].cidrs.p == NULL && list[0].expires_at == CLOCK_NONE);
    CHECK_INT("everyone's", store_key_list(s, support_arena, SV_NONE, &list, &all, support_err()), STATUS_OK);
    CHECK_INT("more", all, support_number("SELECT COUNT(*) FROM api_key"));
    CHECK_INT("nobody's", store_key_list(s, support_arena, SV("NOBODY"), &list, &n, support_err()), STATUS_OK);
    CHECK_INT("none", n, 0);
}

void init_partner_tests(void)
{
    static const struct suite_test tests[] = {
        {"add, find, list", add_find_list},
        {"suspend and resume", suspend},
        {"keys", keys},
        {"list of keys", key_list},
    };
    suite_add("store partner", set_up, tear_down, tests, SUITE_N(tests));
}
