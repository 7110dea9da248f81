/* API keys: create, list, revoke. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/partner.h"
#include "admin/put.h"
#include "admin/session.h"
#include "admin/table.h"
#include "admin/value.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/id.h"

#define WORDS_MAX 64 /* [bytes] permissions as words */

static const char *state(const struct store_key *k, int64_t now_us)
{
    if (k->revoked_at != CLOCK_NONE)
        return "revoked";
    if (k->expires_at != CLOCK_NONE && k->expires_at <= now_us)
        return "expired";
    return k->partner_suspended ? "suspended" : "active";
}

static const char *permission_words(unsigned permissions, char out[WORDS_MAX])
{
    int n = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < ADMIN_PERMISSIONS; i++)
        if (permissions & 1u << i)
            n += snprintf(out + n, WORDS_MAX - (size_t)n, "%s%s", n ? "," : "", admin_permission_names[i]);
    return out;
}

static void put_permissions(struct wire_writer *w, unsigned permissions)
{
    wire_name(w, "permissions");
    wire_open_list(w);
    for (unsigned i = 0; i < ADMIN_PERMISSIONS; i++)
        if (permissions & 1u << i)
            wire_put_str(w, admin_permission_names[i]);
    wire_close_list(w);
}

/* null stands for unlimited. */
static void put_limits(struct wire_writer *w, const uint32_t limit[STORE_CLASS__MAX])
{
    wire_name(w, "limits");
    wire_open(w);
    for (unsigned i = 0; i < STORE_CLASS__MAX; i++) {
        wire_name(w, admin_class_names[i]);
        if (limit[i])
            wire_put_u64(w, limit[i]);
        else
            wire_put_null(w);
    }
    wire_close(w);
}

static void put_cidrs(struct wire_writer *w, struct sv cidrs)
{
    struct sv part;
    wire_name(w, "cidrs");
    wire_open_list(w);
    while (sv_cut(&cidrs, ' ', &part))
        wire_put_sv(w, part);
    wire_close_list(w);
}

/* `secret`: the key itself, NULL but at the one time it is shown. */
static void put_key(struct wire_writer *w, const struct store_key *k, int64_t now_us, const char *secret)
{
    wire_open(w);
    admin_put_number(w, "id", k->id);
    admin_put_text(w, "partner", k->partner_code);
    admin_put_str(w, "state", state(k, now_us));
    put_permissions(w, k->permissions);
    put_limits(w, k->limit);
    put_cidrs(w, k->cidrs);
    admin_put_time(w, "createdAt", k->created_at);
    admin_put_time(w, "expiresAt", k->expires_at);
    admin_put_time(w, "revokedAt", k->revoked_at);
    if (secret)
        admin_put_str(w, "key", secret);
    wire_close(w);
}

static enum status read_new(struct admin *a, const struct admin_args *args, struct store_key *out_r)
{
    int64_t now_us = clock_wall_us();
    *out_r = (struct store_key){.partner_code = admin_option(args, "partner"),
                                .created_at = now_us,
                                .expires_at = CLOCK_NONE,
                                .revoked_at = CLOCK_NONE};
    enum status s = admin_value_code(out_r->partner_code, "--partner", &a->err);
    if (s == STATUS_OK)
        s = admin_value_permissions(admin_option(args, "permissions"), &out_r->permissions, &a->err);
    if (s == STATUS_OK)
        s = admin_value_limits(admin_option(args, "limit"), out_r->limit, &a->err);
    if (s == STATUS_OK)
        s = admin_value_cidrs(a->arena, admin_options(args, "cidr"), &out_r->cidrs, &a->err);
    if (s == STATUS_OK)
        s = admin_value_expires(admin_option(args, "expires"), now_us, &out_r->expires_at, &a->err);
    return s;
}

static enum status print_new(struct admin *a, const struct admin_args *args, const struct store_key *k, const char *key)
{
    char words[WORDS_MAX];
    if (a->json) {
        put_key(admin_json_start(a), k, k->created_at, key);
        return admin_json_end(a);
    }
    if (!admin_flag(args, "quiet"))
        fprintf(a->out, "Key %llu of %.*s may %s. It is shown only now:\n", (unsigned long long)k->id,
                SV_ARG(k->partner_code), permission_words(k->permissions, words));
    fprintf(a->out, "%s\n", key);
    return STATUS_OK;
}

static enum status key_create(struct admin *a, const struct admin_args *args)
{
    struct store_key k;
    char key[CRYPTO_API_KEY_SIZE] = "";
    unsigned char hash[CRYPTO_SHA256_SIZE];
    enum status s = read_new(a, args, &k);
    if (s == STATUS_OK)
        s = crypto_api_key(key);
    if (s == STATUS_OK)
        s = crypto_sha256(key, sizeof key - 1, hash);
    if (s == STATUS_OK)
        s = store_key_add(admin_store(a), k.partner_code, hash, &k, k.created_at, &k.id, &a->err);
    if (s == STATUS_NOT_FOUND)
        s = admin_refuse(a, s, "partner %.*s: not found", SV_ARG(k.partner_code));
    if (s == STATUS_OK) {
        admin_announce(a);
        s = print_new(a, args, &k, key);
    }
    crypto_wipe(key, sizeof key);
    return s;
}

static void limit_cell(struct admin_table *t, uint32_t limit)
{
    if (limit)
        admin_table_number(t, limit);
    else
        admin_table_str(t, "unlimited");
}

static enum status print_table(struct admin *a, const struct store_key *k, size_t n, int64_t now_us)
{
    static const char *const headers[] = {"ID",      "PARTNER", "STATE",   "PERMISSIONS", "CREATES", "READS",
                                          "UPDATES", "FROM",    "CREATED", "EXPIRES",     NULL};
    char words[WORDS_MAX];
    struct admin_table t;
    admin_table_start(&t, headers);
    for (size_t i = 0; i < n; i++) {
        admin_table_number(&t, k[i].id);
        admin_table_text(&t, k[i].partner_code);
        admin_table_str(&t, state(&k[i], now_us));
        admin_table_str(&t, permission_words(k[i].permissions, words));
        for (unsigned j = 0; j < STORE_CLASS__MAX; j++)
            limit_cell(&t, k[i].limit[j]);
        admin_table_text(&t, k[i].cidrs.n ? k[i].cidrs : SV("anywhere"));
        admin_table_time(&t, k[i].created_at);
        admin_table_time(&t, k[i].expires_at);
    }
    return admin_table_end(&t, a->out);
}

static enum status key_list(struct admin *a, const struct admin_args *args)
{
    struct sv code = admin_option(args, "partner");
    struct store_key *k = NULL;
    size_t n = 0;
    int64_t now_us = clock_wall_us();
    enum status s = admin_partner_option(a, args);
    if (s == STATUS_OK)
        s = store_key_list(admin_store(a), a->arena, code, &k, &n, &a->err);
    if (s != STATUS_OK)
        return s;
    if (!a->json)
        return print_table(a, k, n, now_us);
    struct wire_writer *w = admin_json_start(a);
    wire_open_list(w);
    for (size_t i = 0; i < n; i++)
        put_key(w, &k[i], now_us, NULL);
    wire_close_list(w);
    return admin_json_end(a);
}

static enum status key_revoke(struct admin *a, const struct admin_args *args)
{
    uint64_t id = 0;
    enum status s = admin_value_number(admin_argument(args, "ID"), "ID", 1, INT64_MAX, &id, &a->err);
    if (s == STATUS_OK)
        s = store_key_revoke(admin_store(a), id, clock_wall_us(), &a->err);
    if (s == STATUS_NOT_FOUND)
        return admin_refuse(a, s, "key %llu: not found", (unsigned long long)id);
    if (s != STATUS_OK)
        return s;
    admin_announce(a);
    if (!a->json) {
        fprintf(a->out, "Key %llu revoked.\n", (unsigned long long)id);
        return STATUS_OK;
    }
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_put_number(w, "id", id);
    admin_put_str(w, "state", "revoked");
    wire_close(w);
    return admin_json_end(a);
}

const struct admin_command admin_key_commands[] = {
    {.noun = "key",
     .verb = "create",
     .help = "Create an API key and print it, this once",
     .options = {{.name = "partner", .value = "CODE", .required = true, .help = "Whose key it is"},
                 {.name = "permissions",
                  .value = "LIST",
                  .help =
                      "Some of create,read,update,agent; standard create,read,update; agent alone: agent,read,update"},
                 {.name = "limit",
                  .value = "LIST",
                  .help = "create=N,read=N,update=N in 60 s, N 1 to 1000000 or unlimited; standard 100, 500, 200; "
                          "or unlimited alone"},
                 {.name = "cidr", .value = "RANGE", .repeats = true, .help = "Accept it only from these addresses"},
                 {.name = "expires", .value = "TIME", .help = "UTC, such as 2027-01-31T00:00:00Z; standard never"},
                 {.name = "quiet", .help = "Print nothing but the key"}},
     .need = ADMIN_NEED_STORE,
     .run = key_create},
    {.noun = "key",
     .verb = "list",
     .help = "List API keys, but never the keys themselves",
     .options = {{.name = "partner", .value = "CODE", .help = "Only this partner's"}},
     .need = ADMIN_NEED_STORE,
     .run = key_list},
    {.noun = "key",
     .verb = "revoke",
     .help = "Refuse a key from now on, for ever",
     .arguments = {{.name = "ID", .help = "The key's id, as key list shows it"}},
     .need = ADMIN_NEED_STORE,
     .run = key_revoke},
    {.noun = NULL},
};
