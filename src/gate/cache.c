#include "gate/cache.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 8 /* entries a hash may be in */
#define SETS (GATE_CACHE_KEYS / WAYS)
#define UNKNOWN_SETS (GATE_CACHE_UNKNOWN / WAYS)
#define TEXT_MAX 12288 /* [bytes] of an entry's strings: code ≤ 63, URL ≤ 2,048 characters, hosts ≤ 2,047 */
#define CIDRS_MAX ((size_t)STORE_CIDRS_TEXT_MAX * sizeof(struct net_cidr))

struct unknown {
    bool used;
    unsigned char hash[CRYPTO_SHA256_SIZE];
    struct gate_learned learned;
};

struct gate_cache {
    uint64_t clock; /*!< uses so far */
    struct gate_entry known[SETS][WAYS];
    struct unknown unknown[UNKNOWN_SETS][WAYS];
    unsigned char next_unknown[UNKNOWN_SETS]; /*!< the way written next */
};

static unsigned set_of(const unsigned char hash[CRYPTO_SHA256_SIZE], unsigned sets)
{
    return ((unsigned)hash[0] << 8 | hash[1]) % sets;
}

static bool is_hash(const unsigned char a[CRYPTO_SHA256_SIZE], const unsigned char b[CRYPTO_SHA256_SIZE])
{
    return crypto_equal(a, b, CRYPTO_SHA256_SIZE);
}

struct gate_cache *gate_cache_new(void)
{
    struct gate_cache *c = calloc(1, sizeof *c);
    for (unsigned i = 0; c && i < SETS * WAYS; i++) {
        buf_init(&c->known[i / WAYS][i % WAYS].text, TEXT_MAX);
        buf_init(&c->known[i / WAYS][i % WAYS].cidrs, CIDRS_MAX);
    }
    return c;
}

void gate_cache_free(struct gate_cache **c)
{
    if (!*c)
        return;
    for (unsigned i = 0; i < SETS * WAYS; i++) {
        buf_free(&(*c)->known[i / WAYS][i % WAYS].text);
        buf_free(&(*c)->known[i / WAYS][i % WAYS].cidrs);
    }
    free(*c);
    *c = NULL;
}

static struct gate_entry *find(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    struct gate_entry *set = c->known[set_of(hash, SETS)];
    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].used && is_hash(set[i].hash, hash))
            return &set[i];
    return NULL;
}

const struct gate_entry *gate_cache_find(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    struct gate_entry *e = find(c, hash);
    if (e)
        e->touched = ++c->clock;
    return e;
}

void gate_cache_forget(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    struct gate_entry *e = find(c, hash);
    if (e)
        e->used = false;
}

static struct gate_entry *place_for(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    struct gate_entry *same = find(c, hash), *set = c->known[set_of(hash, SETS)], *best = &set[0];
    for (unsigned i = 1; i < WAYS; i++)
        if (best->used && (!set[i].used || set[i].touched < best->touched))
            best = &set[i];
    return same ? same : best;
}

/* The next n bytes of the copied texts, if the original was there. */
static struct sv copied(const char **at, struct sv original)
{
    struct sv copy = {original.p ? *at : NULL, original.n};
    *at += original.n;
    return copy;
}

/* Views into a buffer that may still move are wrong; so first all bytes, then the views. */
static enum status copy_texts(struct gate_entry *e, const struct store_key *key)
{
    buf_clear(&e->text);
    buf_sv(&e->text, key->partner_code);
    buf_sv(&e->text, key->partner_webhook_url);
    buf_sv(&e->text, key->partner_webhook_hosts);
    if (e->text.status != STATUS_OK)
        return e->text.status;
    const char *at = buf_view(&e->text).p;
    e->key.partner_code = copied(&at, key->partner_code);
    e->key.partner_webhook_url = copied(&at, key->partner_webhook_url);
    e->key.partner_webhook_hosts = copied(&at, key->partner_webhook_hosts);
    e->key.cidrs = key->cidrs.p ? SV("") : SV_NONE;
    return STATUS_OK;
}

static enum status parse_cidrs(struct gate_entry *e, struct sv text)
{
    struct sv part;
    struct net_cidr cidr;
    buf_clear(&e->cidrs);
    while (sv_cut(&text, ' ', &part))
        if (net_cidr_parse(part, &cidr))
            buf_add(&e->cidrs, &cidr, sizeof cidr);
    return e->cidrs.status;
}

enum status gate_cache_keep(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE],
                            const struct store_key *key, const struct gate_learned *learned,
                            const struct gate_entry **entry_r)
{
    struct gate_entry *e = place_for(c, hash);
    e->used = false; /* until it is whole again */
    e->key = *key;
    enum status s = copy_texts(e, key);
    if (s == STATUS_OK)
        s = parse_cidrs(e, key->cidrs);
    if (s != STATUS_OK)
        return s;
    memcpy(e->hash, hash, sizeof e->hash);
    e->learned = *learned;
    e->touched = ++c->clock;
    e->used = true;
    *entry_r = e;
    return STATUS_OK;
}

static const struct unknown *find_unknown(const struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    const struct unknown *set = c->unknown[set_of(hash, UNKNOWN_SETS)];
    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].used && is_hash(set[i].hash, hash))
            return &set[i];
    return NULL;
}

const struct gate_learned *gate_cache_unknown(const struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE])
{
    const struct unknown *u = find_unknown(c, hash);
    return u ? &u->learned : NULL;
}

void gate_cache_keep_unknown(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE],
                             const struct gate_learned *learned)
{
    unsigned set = set_of(hash, UNKNOWN_SETS);
    const struct unknown *same = find_unknown(c, hash);
    unsigned way = same ? (unsigned)(same - c->unknown[set]) : c->next_unknown[set];
    struct unknown *u = &c->unknown[set][way];
    if (!same)
        c->next_unknown[set] = (unsigned char)((way + 1) % WAYS);
    u->used = true;
    memcpy(u->hash, hash, sizeof u->hash);
    u->learned = *learned;
}
