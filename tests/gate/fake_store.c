#include "fake_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct fake_key fake_keys[FAKE_KEYS_MAX];
unsigned fake_n;
enum status fake_status;
bool fake_lost;
unsigned fake_questions;
int64_t fake_budget_from;
void (*fake_while_asked)(void);

void fake_reset(void)
{
    fake_n = fake_questions = 0;
    fake_status = STATUS_OK;
    fake_lost = true;
    fake_budget_from = -1;
    fake_while_asked = NULL;
}

struct store_key *fake_add(const char *text)
{
    if (fake_n == FAKE_KEYS_MAX)
        abort();
    struct fake_key *k = &fake_keys[fake_n++];
    if (crypto_sha256(text, strlen(text), k->hash) != STATUS_OK)
        abort();
    k->row = (struct store_key){
        .id = 100 + fake_n,
        .partner_id = 7,
        .partner_code = SV("P1"),
        .permissions = STORE_MAY_CREATE | STORE_MAY_READ,
        .limit = {100, 500, 200},
        .created_at = 0,
        .expires_at = CLOCK_NONE,
        .revoked_at = CLOCK_NONE,
    };
    return &k->row;
}

void store_begin(struct store *s, int64_t mono_us)
{
    (void)s;
    fake_budget_from = mono_us;
}

bool store_lost(const struct store *s)
{
    (void)s;
    return fake_lost;
}

static enum status copy_row(struct arena *a, const struct store_key *row, struct store_key *out_r)
{
    *out_r = *row;
    enum status s = arena_dup(a, row->partner_code, &out_r->partner_code);
    if (s == STATUS_OK && row->partner_webhook_url.p)
        s = arena_dup(a, row->partner_webhook_url, &out_r->partner_webhook_url);
    if (s == STATUS_OK && row->partner_webhook_hosts.p)
        s = arena_dup(a, row->partner_webhook_hosts, &out_r->partner_webhook_hosts);
    if (s == STATUS_OK && row->cidrs.p)
        s = arena_dup(a, row->cidrs, &out_r->cidrs);
    return s;
}

enum status store_key_by_hash(struct store *s, struct arena *a, const unsigned char hash[CRYPTO_SHA256_SIZE],
                              struct store_key *out_r, struct err *err)
{
    (void)s;
    fake_questions++;
    enum status st = STATUS_NOT_FOUND;
    for (unsigned i = 0; i < fake_n && st == STATUS_NOT_FOUND; i++)
        if (memcmp(fake_keys[i].hash, hash, CRYPTO_SHA256_SIZE) == 0)
            st = copy_row(a, &fake_keys[i].row, out_r);
    if (fake_status != STATUS_OK)
        st = fake_status;
    if (fake_while_asked)
        fake_while_asked();
    return st == STATUS_OK ? st : err_set(err, st, "the fake store says %s", status_name(st));
}
