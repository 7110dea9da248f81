/* Keys this worker has looked up lately, and wrong ones. Bounded; entries are
 * found at any age, the caller judges freshness. Not for threads. */
#ifndef GATE_CACHE_H
#define GATE_CACHE_H

#include "base/buf.h"
#include "gate/gate.h"
#include "net/addr.h"

/* When something was learned. */
struct gate_learned {
    uint64_t generation; /*!< read before the row was */
    int64_t mono_us;     /*!< likewise */
};

struct gate_entry {
    bool used;
    unsigned char hash[CRYPTO_SHA256_SIZE];
    struct gate_learned learned;
    uint64_t touched;     /*!< rises with every use of the cache */
    struct store_key key; /*!< its views are into `text`; cidrs' view is only present or absent */
    struct buf text;      /*!< owned */
    struct buf cidrs;     /*!< owned: struct net_cidr, parsed; what does not parse matches nobody */
};

struct gate_cache; /* owned by the caller: gate_cache_free */

struct gate_cache *gate_cache_new(void); /* NULL: no memory */
void gate_cache_free(struct gate_cache **c);

/* NULL: not there. Lives until the next gate_cache_keep or gate_cache_forget. */
const struct gate_entry *gate_cache_find(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE]);
/* Copies *key, in the place of an older one of this hash or of one not used for longest. */
enum status gate_cache_keep(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE],
                            const struct store_key *key, const struct gate_learned *learned,
                            const struct gate_entry **entry_r) MUST_USE;
void gate_cache_forget(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE]);

/* NULL: nothing is remembered about this hash; else when it was last unknown. */
const struct gate_learned *gate_cache_unknown(const struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE]);
void gate_cache_keep_unknown(struct gate_cache *c, const unsigned char hash[CRYPTO_SHA256_SIZE],
                             const struct gate_learned *learned);

#endif
