#include "gate/gate.h"

#include <stdlib.h>

#include "base/clock.h"
#include "gate/cache.h"
#include "gate/guess.h"

#define ROW_MAX (64u * 1024) /* [bytes] of one key's row as the store returns it */

struct gate {
    struct store *store;        /*!< borrowed */
    struct gate_shared *shared; /*!< borrowed */
    struct gate_cache *cache;
    struct arena *arena; /*!< for one lookup */
};

/* One knock at the gate. */
struct knock {
    struct sv key;
    struct net_addr from; /*!< all zero when it could not be read */
    bool has_from;
    int64_t now_us, mono_us;
    struct err *err;
    const char *why; /*!< of STATUS_DENIED, for the log */
};

enum status gate_new(struct store *store, struct gate_shared *shared, struct gate **g_r)
{
    struct gate *g = calloc(1, sizeof *g);
    *g_r = g;
    if (!g)
        return STATUS_NO_MEMORY;
    g->store = store;
    g->shared = shared;
    g->cache = gate_cache_new();
    g->arena = arena_new(ROW_MAX);
    if (!g->cache || !g->arena) {
        gate_free(g_r);
        return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

void gate_free(struct gate **g)
{
    if (!*g)
        return;
    gate_cache_free(&(*g)->cache);
    arena_free(&(*g)->arena);
    free(*g);
    *g = NULL;
}

static enum status refuse(struct err *err, enum status s, const char *why)
{
    err_set(err, s, "%s", why);
    return s; /* whatever stood in err before */
}

static enum status deny(struct knock *k, const char *why)
{
    k->why = why;
    return STATUS_DENIED;
}

static bool fresh(const struct gate *g, const struct gate_learned *l, int64_t mono_us)
{
    int64_t age = mono_us - l->mono_us;
    /* Younger than the question it answers: a request that waited for a worker. */
    return age < GATE_CACHE_AGE_US && l->generation == gate_generation(g->shared);
}

/* What the database said also tells the pool whether it can be asked. */
static enum status ask_store(struct gate *g, struct knock *k, const unsigned char hash[CRYPTO_SHA256_SIZE],
                             struct store_key *key_r)
{
    if (gate_breaker_open(g->shared))
        return refuse(k->err, STATUS_UNAVAILABLE, "the database is known not to answer");
    arena_reset(g->arena);
    store_begin(g->store, k->mono_us);
    enum status s = store_key_by_hash(g->store, g->arena, hash, key_r, k->err);
    /* By now, not by arrival: the wait may have been longer than a probe's pause. */
    if (s == STATUS_UNAVAILABLE && store_lost(g->store))
        gate_breaker_fail(g->shared, clock_mono_us());
    else if (s == STATUS_OK || s == STATUS_NOT_FOUND)
        gate_breaker_ok(g->shared);
    return s;
}

static enum status look_up(struct gate *g, struct knock *k, const unsigned char hash[CRYPTO_SHA256_SIZE],
                           const struct gate_entry **e_r)
{
    struct gate_learned learned = {gate_generation(g->shared), k->mono_us};
    struct store_key key = {0};
    enum status s = ask_store(g, k, hash, &key);
    if (s == STATUS_OK)
        return gate_cache_keep(g->cache, hash, &key, &learned, e_r);
    if (s != STATUS_NOT_FOUND)
        return s;
    if (k->err)
        err_init(k->err); /* not an error yet: deny says how it is to be told */
    gate_cache_forget(g->cache, hash);
    gate_cache_keep_unknown(g->cache, hash, &learned);
    return deny(k, "unknown key");
}

static enum status find_key(struct gate *g, struct knock *k, const struct gate_entry **e_r)
{
    unsigned char hash[CRYPTO_SHA256_SIZE];
    if (k->key.n == 0 || k->key.n > GATE_KEY_TEXT_MAX)
        return deny(k, "key of impossible length");
    enum status s = crypto_sha256(k->key.p, k->key.n, hash);
    if (s != STATUS_OK)
        return s;
    *e_r = gate_cache_find(g->cache, hash);
    if (*e_r && fresh(g, &(*e_r)->learned, k->mono_us))
        return STATUS_OK;
    const struct gate_learned *unknown = gate_cache_unknown(g->cache, hash);
    if (unknown && fresh(g, unknown, k->mono_us))
        return deny(k, "unknown key");
    return look_up(g, k, hash, e_r);
}

static bool in_cidrs(const struct gate_entry *e, const struct net_addr *from)
{
    const struct net_cidr *c = (const void *)e->cidrs.p;
    for (size_t i = 0; i < e->cidrs.n / sizeof *c; i++)
        if (net_cidr_has(&c[i], from))
            return true;
    return false;
}

static enum status judge(struct knock *k, const struct gate_entry *e)
{
    if (e->key.revoked_at != CLOCK_NONE)
        return deny(k, "revoked key");
    if (e->key.expires_at != CLOCK_NONE && e->key.expires_at <= k->now_us)
        return deny(k, "expired key");
    if (e->key.partner_suspended)
        return deny(k, "suspended partner");
    if (e->key.cidrs.p && !(k->has_from && in_cidrs(e, &k->from)))
        return deny(k, "key used from a foreign address");
    return STATUS_OK;
}

static void set_caller(struct gate_caller *out_r, const struct store_key *key)
{
    *out_r = (struct gate_caller){
        .key_id = key->id,
        .partner_id = key->partner_id,
        .partner_code = key->partner_code,
        .webhook_url = key->partner_webhook_url,
        .webhook_hosts = key->partner_webhook_hosts,
        .permissions = key->permissions,
    };
    for (unsigned i = 0; i < STORE_CLASS__MAX; i++)
        out_r->limit[i] = key->limit[i];
}

enum status gate_enter(struct gate *g, struct sv key, struct sv remote_addr, const struct gate_times *at,
                       struct gate_caller *out_r, uint32_t *retry_s_r, struct err *err)
{
    struct knock k = {.key = key, .now_us = at->now_us, .mono_us = at->budget_us, .err = err};
    *out_r = (struct gate_caller){0};
    *retry_s_r = 0;
    if (!key.p)
        return refuse(err, STATUS_DENIED, "no key");
    struct net_addr from;
    k.has_from = net_addr_parse(remote_addr, &from);
    if (k.has_from)
        k.from = from;
    const struct gate_entry *e = NULL;
    enum status s = find_key(g, &k, &e);
    if (s == STATUS_OK)
        s = judge(&k, e);
    if (s == STATUS_OK)
        set_caller(out_r, &e->key);
    if (s != STATUS_DENIED)
        return s;
    if (!gate_guess(g->shared, &k.from, at->admit_us, retry_s_r))
        return refuse(err, STATUS_LIMITED, "too many wrong keys from this address");
    *retry_s_r = 0;
    return refuse(err, STATUS_DENIED, k.why);
}

enum status gate_admit(struct gate *g, const struct gate_caller *c, enum store_class class, int64_t admit_us,
                       struct gate_verdict *out_r)
{
    return gate_window_admit(g->shared, c->key_id, class, c->limit[class], admit_us, out_r);
}
