#include <string.h>

#include "admin/fake.h"
#include "base/clock.h"
#include "store/catalog_store.h"
#include "store/migrate.h"
#include "store/partner_store.h"
#include "store/ticket_store.h"

static char one_store[STORE_ROLE__MAX]; /* their addresses stand for connections */

static enum status outcome(struct err *err)
{
    if (fake.status != STATUS_OK && fake.text)
        return err_set(err, fake.status, "%s", fake.text);
    return fake.status;
}

enum status store_new(const struct conf *conf, enum store_role role, struct store **s_r, struct err *err)
{
    static const char *const names[STORE_ROLE__MAX] = {"worker", "sender", "admin"};
    (void)err;
    buf_printf(&fake.calls, "new %s %s\n", names[role], conf->database_name);
    *s_r = (struct store *)(void *)&one_store[role];
    return STATUS_OK;
}

enum store_role fake_role(const struct store *s)
{
    return (enum store_role)((const char *)(const void *)s - one_store);
}

void store_free(struct store **s)
{
    if (*s)
        buf_str(&fake.calls, "free\n");
    *s = NULL;
}

void store_begin(struct store *s, int64_t mono_us)
{
    (void)s;
    fake.budgets += mono_us > 0;
}

enum status store_migrate(struct store *s, const char *sql_dir, store_migrate_step step, void *ctx, unsigned *from_r,
                          unsigned *to_r, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "migrate %s\n", sql_dir);
    if (fake.status != STATUS_OK)
        return outcome(err);
    *to_r = 2;
    *from_r = fake.empty ? 0 : 2;
    if (fake.empty) {
        step(ctx, 1, "001-schema.sql");
        step(ctx, 2, "002-catalogue.sql");
    }
    return STATUS_OK;
}

static const struct store_partner partners[] = {
    {.id = 1,
     .code = {"PARTNER001", 10},
     .name = {"Bank Sülut", 11},
     .webhook_url = {"https://a.example/h", 19},
     .created_at = 0},
    {.id = 22,
     .code = {"P2", 2},
     .name = {"Two\x1b[2J", 7},
     .webhook_hosts = {"b.example *.c.example", 21},
     .suspended = true,
     .created_at = CLOCK_SECOND},
};
#define N_PARTNERS (sizeof partners / sizeof partners[0])

static const struct store_partner *partner(struct sv code)
{
    for (size_t i = 0; !fake.empty && i < N_PARTNERS; i++)
        if (sv_eq(partners[i].code, code))
            return &partners[i];
    return NULL;
}

enum status store_partner_add(struct store *s, const struct store_partner *p, struct sv webhook_secret, int64_t now_us,
                              struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "partner_add %.*s '%.*s' %.*s", SV_ARG(p->code), SV_ARG(p->name), SV_ARG(p->webhook_url));
    if (p->webhook_hosts.p)
        buf_printf(&fake.calls, " to '%.*s'", SV_ARG(p->webhook_hosts));
    buf_str(&fake.calls, now_us > 0 ? "\n" : " no time\n");
    if (fake.status != STATUS_OK)
        return outcome(err);
    if (partner(p->code))
        return err_set(err, STATUS_EXISTS, "partner_add: 1062");
    memcpy(fake.secret, webhook_secret.p, webhook_secret.n);
    fake.secret[webhook_secret.n] = '\0';
    return STATUS_OK;
}

enum status store_partner_find(struct store *s, struct arena *a, struct sv code, struct store_partner *out_r,
                               struct err *err)
{
    (void)s;
    (void)a;
    buf_printf(&fake.calls, "partner_find %.*s\n", SV_ARG(code));
    if (fake.status != STATUS_OK)
        return outcome(err);
    if (!partner(code))
        return err_set(err, STATUS_NOT_FOUND, "partner_find: no row");
    *out_r = *partner(code);
    return STATUS_OK;
}

static void *copy(struct arena *a, const void *rows, size_t size)
{
    void *p = arena_alloc(a, size);
    return p ? memcpy(p, rows, size) : NULL;
}

enum status store_partner_list(struct store *s, struct arena *a, struct store_partner **partners_r, size_t *n_r,
                               struct err *err)
{
    (void)s;
    buf_str(&fake.calls, "partner_list\n");
    *partners_r = copy(a, partners, sizeof partners);
    *n_r = fake.empty ? 0 : N_PARTNERS;
    return outcome(err);
}

enum status store_partner_suspend(struct store *s, struct sv code, bool suspended, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "partner_suspend %.*s %d\n", SV_ARG(code), suspended);
    if (fake.status == STATUS_OK && !partner(code))
        return STATUS_NOT_FOUND;
    return outcome(err);
}

static void note_change(const char *name, const struct sv *value)
{
    if (value)
        buf_printf(&fake.calls, " %s '%.*s'", name, SV_ARG(value->p ? *value : SV("(none)")));
}

enum status store_partner_set(struct store *s, struct sv code, const struct sv *webhook_url,
                              const struct sv *webhook_hosts, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "partner_set %.*s", SV_ARG(code));
    note_change("url", webhook_url);
    note_change("hosts", webhook_hosts);
    buf_char(&fake.calls, '\n');
    if (fake.raced)
        return err_set(err, STATUS_NOT_FOUND, "partner_set: no row");
    return outcome(err);
}

enum status store_key_add(struct store *s, struct sv partner_code, const unsigned char hash[CRYPTO_SHA256_SIZE],
                          const struct store_key *k, int64_t now_us, uint64_t *id_r, struct err *err)
{
    char expires[CLOCK_ISO_SIZE] = "never";
    (void)s;
    if (k->expires_at != CLOCK_NONE)
        clock_iso(k->expires_at, expires);
    buf_printf(&fake.calls, "key_add %.*s may %u limits %u %u %u cidrs '%.*s' expires %s%s\n", SV_ARG(partner_code),
               k->permissions, (unsigned)k->limit[0], (unsigned)k->limit[1], (unsigned)k->limit[2], SV_ARG(k->cidrs),
               expires, now_us > 0 ? "" : " no time");
    if (fake.status != STATUS_OK)
        return outcome(err);
    if (!partner(partner_code))
        return STATUS_NOT_FOUND;
    memcpy(fake.hash, hash, sizeof fake.hash);
    *id_r = 17;
    return STATUS_OK;
}

enum status store_key_revoke(struct store *s, uint64_t id, int64_t now_us, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "key_revoke %llu%s\n", (unsigned long long)id, now_us > 0 ? "" : " no time");
    if (fake.status == STATUS_OK && id != 17)
        return STATUS_NOT_FOUND;
    return outcome(err);
}

static const struct store_key keys[] = {
    {.id = 1,
     .partner_id = 1,
     .partner_code = {"PARTNER001", 10},
     .permissions = 7,
     .limit = {100, 500, 200},
     .created_at = 0,
     .expires_at = CLOCK_NONE,
     .revoked_at = CLOCK_NONE},
    {.id = 2,
     .partner_id = 1,
     .partner_code = {"PARTNER001", 10},
     .permissions = 14,
     .limit = {0, 1000000, 0},
     .cidrs = {"10.0.0.0/8 2001:db8::/32", 24},
     .created_at = 0,
     .expires_at = CLOCK_SECOND,
     .revoked_at = CLOCK_NONE},
    {.id = 3,
     .partner_id = 1,
     .partner_code = {"PARTNER001", 10},
     .permissions = 2,
     .limit = {1, 2, 3},
     .created_at = 0,
     .expires_at = CLOCK_SECOND,
     .revoked_at = 2 * CLOCK_SECOND},
    {.id = 4,
     .partner_id = 22,
     .partner_code = {"P2", 2},
     .partner_suspended = true,
     .permissions = 1,
     .limit = {1, 2, 3},
     .created_at = 0,
     .expires_at = INT64_C(4102444800) * CLOCK_SECOND,
     .revoked_at = CLOCK_NONE},
};

enum status store_key_list(struct store *s, struct arena *a, struct sv partner_code, struct store_key **keys_r,
                           size_t *n_r, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "key_list %.*s\n", SV_ARG(partner_code));
    *keys_r = copy(a, keys, sizeof keys);
    *n_r = fake.empty ? 0 : sizeof keys / sizeof keys[0];
    return outcome(err);
}

static const struct store_service services[] = {
    {.id = 1,
     .type = TICKET_CLAIM,
     .sub_type = {"", 0},
     .name = {"Claims", 6},
     .support_group = {"Claims Desk", 11},
     .response_minutes = 60,
     .sla_hours = 8,
     .estimate_hours = 48},
    {.id = 2,
     .type = TICKET_CLAIM,
     .sub_type = {"ATM_CARD_RETAINED", 17},
     .name = {"ATM Card Services", 17},
     .support_group = {"Transaction Claims Support", 26},
     .response_minutes = 60,
     .sla_hours = 4,
     .estimate_hours = 24},
};

enum status store_service_list(struct store *s, struct arena *a, struct store_service **rows_r, size_t *n_r,
                               struct err *err)
{
    (void)s;
    buf_str(&fake.calls, "service_list\n");
    *rows_r = copy(a, services, sizeof services);
    *n_r = fake.empty ? 0 : sizeof services / sizeof services[0];
    return outcome(err);
}

enum status store_service_set(struct store *s, const struct store_service *r, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "service_set %s '%.*s' '%.*s' '%.*s' %u %u %u\n", ticket_service_type_name(r->type),
               SV_ARG(r->sub_type), SV_ARG(r->name), SV_ARG(r->support_group), (unsigned)r->response_minutes,
               (unsigned)r->sla_hours, (unsigned)r->estimate_hours);
    return outcome(err);
}

static const struct store_branch branches[] = {
    {.id = 1, .code = {"001", 3}, .name = {"Cabang Utama", 12}},
    {.id = 2, .code = {"002", 3}, .name = {"Manado", 6}},
};

enum status store_branch_list(struct store *s, struct arena *a, struct store_branch **rows_r, size_t *n_r,
                              struct err *err)
{
    (void)s;
    buf_str(&fake.calls, "branch_list\n");
    *rows_r = copy(a, branches, sizeof branches);
    *n_r = fake.empty ? 0 : sizeof branches / sizeof branches[0];
    return outcome(err);
}

enum status store_branch_set(struct store *s, const struct store_branch *r, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "branch_set '%.*s' '%.*s'\n", SV_ARG(r->code), SV_ARG(r->name));
    return outcome(err);
}

enum status store_idempotency_prune(struct store *s, int64_t before_us, uint64_t *n_r, struct err *err)
{
    int64_t hours = (clock_wall_us() - before_us + CLOCK_SECOND) / (3600 * CLOCK_SECOND);
    (void)s;
    buf_printf(&fake.calls, "prune %lld h\n", (long long)hours);
    *n_r = fake.n_prunes > 0 ? 1000 : 0;
    fake.n_prunes -= fake.n_prunes > 0;
    return outcome(err);
}
