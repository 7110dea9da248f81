#include "store/partner_store.h"

#include <string.h>
#include "store/link.h"
#include "store/rows.h"

/* --- keys --- */

static enum status read_key(struct row_out *row, struct arena *a, void *to)
{
    struct store_key *k = to;
    k->id = row_u(row, 0);
    k->partner_id = (uint32_t)row_u(row, 1);
    k->partner_code = row_s(row, 2, a);
    k->partner_suspended = row_u(row, 3) != 0;
    k->partner_webhook_url = row_s(row, 4, a);
    k->permissions = (unsigned)row_u(row, 5);
    k->limit[STORE_CLASS_CREATE] = (uint32_t)row_u(row, 6);
    k->limit[STORE_CLASS_READ] = (uint32_t)row_u(row, 7);
    k->limit[STORE_CLASS_UPDATE] = (uint32_t)row_u(row, 8);
    k->cidrs = row_s(row, 9, a);
    k->created_at = row_t(row, 10);
    k->expires_at = row_t(row, 11);
    k->revoked_at = row_t(row, 12);
    k->partner_webhook_hosts = row_s(row, 13, a);
    return row->status;
}

enum status store_key_by_hash(struct store *s, struct arena *a, const unsigned char hash[CRYPTO_SHA256_SIZE],
                              struct store_key *out_r, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_KEY_BY_HASH);
    row_in_hash(&in, hash);
    return rows_one(s, &in, (struct rows){.a = a, .read = read_key, .list = out_r, .size = sizeof *out_r}, err);
}

enum status store_key_add(struct store *s, struct sv partner_code, const unsigned char hash[CRYPTO_SHA256_SIZE],
                          const struct store_key *k, int64_t now_us, uint64_t *id_r, struct err *err)
{
    struct row_in in;
    *id_r = 0;
    row_in_init(&in, STORE_KEY_ADD);
    row_in_hash(&in, hash);
    row_in_u(&in, k->permissions);
    row_in_u(&in, k->limit[STORE_CLASS_CREATE]);
    row_in_u(&in, k->limit[STORE_CLASS_READ]);
    row_in_u(&in, k->limit[STORE_CLASS_UPDATE]);
    row_in_s(&in, k->cidrs);
    row_in_t(&in, now_us);
    row_in_t(&in, k->expires_at);
    row_in_s(&in, partner_code);
    enum status st = link_one(s, LINK_WRITE, (struct link_one){.in = &in, .on_row = rows_number, .ctx = id_r}, err);
    if (st)
        return st;
    return *id_r ? STATUS_OK : STATUS_NOT_FOUND;
}

/* An UPDATE that may be repeated; NOT_FOUND when it matches no row. */
static enum status change(struct store *s, struct row_in *in, struct err *err)
{
    enum status st = link_one(s, LINK_WRITE, (struct link_one){.in = in}, err);
    if (st)
        return st;
    return s->affected ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status store_key_revoke(struct store *s, uint64_t id, int64_t now_us, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_KEY_REVOKE);
    row_in_t(&in, now_us);
    row_in_u(&in, id);
    return change(s, &in, err);
}

enum status store_key_list(struct store *s, struct arena *a, struct sv partner_code, struct store_key **keys_r,
                           size_t *n_r, struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_KEY_LIST);
    row_in_s(&in, partner_code);
    row_in_s(&in, partner_code);
    enum status st =
        rows_all(s, &in, (struct rows){.a = a, .read = read_key, .size = sizeof **keys_r}, &list, n_r, err);
    *keys_r = list;
    return st;
}

/* --- partners --- */

static enum status read_partner(struct row_out *row, struct arena *a, void *to)
{
    struct store_partner *p = to;
    p->id = (uint32_t)row_u(row, 0);
    p->code = row_s(row, 1, a);
    p->name = row_s(row, 2, a);
    p->webhook_url = row_s(row, 3, a);
    p->suspended = row_u(row, 4) != 0;
    p->created_at = row_t(row, 5);
    p->webhook_hosts = row_s(row, 6, a);
    return row->status;
}

enum status store_partner_add(struct store *s, const struct store_partner *p, struct sv webhook_secret, int64_t now_us,
                              struct err *err)
{
    struct row_in in;
    uint64_t mine = 0;
    row_in_init(&in, STORE_PARTNER_ADD);
    row_in_s(&in, p->code);
    row_in_s(&in, webhook_secret);
    row_in_s(&in, p->name);
    row_in_s(&in, p->webhook_url);
    row_in_s(&in, p->webhook_hosts);
    row_in_u(&in, p->suspended);
    row_in_t(&in, now_us);
    enum status st = link_one(s, LINK_WRITE, (struct link_one){.in = &in, .on_row = rows_number, .ctx = &mine}, err);
    if (st)
        return st;
    return mine ? STATUS_OK : STATUS_EXISTS;
}

enum status store_partner_find(struct store *s, struct arena *a, struct sv code, struct store_partner *out_r,
                               struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_PARTNER_FIND);
    row_in_s(&in, code);
    return rows_one(s, &in, (struct rows){.a = a, .read = read_partner, .list = out_r, .size = sizeof *out_r}, err);
}

enum status store_partner_list(struct store *s, struct arena *a, struct store_partner **partners_r, size_t *n_r,
                               struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_PARTNER_LIST);
    struct rows rows = {.a = a, .read = read_partner, .size = sizeof **partners_r};
    enum status st = rows_all(s, &in, rows, &list, n_r, err);
    *partners_r = list;
    return st;
}

enum status store_partner_suspend(struct store *s, struct sv code, bool suspended, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_PARTNER_SUSPEND);
    row_in_u(&in, suspended);
    row_in_s(&in, code);
    return change(s, &in, err);
}

static void in_unless_null(struct row_in *in, const struct sv *value)
{
    row_in_u(in, value != NULL);
    row_in_s(in, value ? *value : SV_NONE);
}

enum status store_partner_set(struct store *s, struct sv code, const struct sv *webhook_url,
                              const struct sv *webhook_hosts, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_PARTNER_SET);
    in_unless_null(&in, webhook_url);
    in_unless_null(&in, webhook_hosts);
    row_in_s(&in, code);
    return change(s, &in, err);
}
