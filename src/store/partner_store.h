/* Partners and API keys. */
#ifndef STORE_PARTNER_STORE_H
#define STORE_PARTNER_STORE_H

#include "base/sv.h"
#include "crypto/hash.h"
#include "store/store.h"

enum store_permission { STORE_MAY_CREATE = 1, STORE_MAY_READ = 2, STORE_MAY_UPDATE = 4, STORE_MAY_AGENT = 8 };
enum store_class { STORE_CLASS_CREATE, STORE_CLASS_READ, STORE_CLASS_UPDATE, STORE_CLASS__MAX };

#define STORE_PARTNER_CODE_MAX 63 /*!< [characters] of [A-Za-z0-9._-] */
#define STORE_CIDRS_TEXT_MAX 2047 /*!< [bytes] space-separated ranges of one key */
#define STORE_HOSTS_TEXT_MAX 2047 /*!< [bytes] space-separated hosts of one partner */

struct store_partner {
    uint32_t id;
    struct sv code, name;
    struct sv webhook_url;   /*!< default target; may be absent */
    struct sv webhook_hosts; /*!< space-separated hosts its webhooks may go to, absent: any */
    bool suspended;
    int64_t created_at; /*!< [us] wall */
};
struct store_key {
    uint64_t id;
    uint32_t partner_id;
    struct sv partner_code;
    bool partner_suspended;
    struct sv partner_webhook_url, partner_webhook_hosts;
    unsigned permissions;                       /*!< STORE_MAY_* */
    uint32_t limit[STORE_CLASS__MAX];           /*!< admissions in 60 s; 0: unlimited */
    struct sv cidrs;                            /*!< space-separated, absent: anywhere */
    int64_t created_at, expires_at, revoked_at; /*!< [us] wall or CLOCK_NONE */
};

/* The key with this SHA-256 and its partner, whatever their state: the gate judges. */
enum status store_key_by_hash(struct store *s, struct arena *a, const unsigned char hash[CRYPTO_SHA256_SIZE],
                              struct store_key *out_r, struct err *err) MUST_USE;
/* STATUS_NOT_FOUND: no such partner. *id_r: the key's id. */
enum status store_key_add(struct store *s, struct sv partner_code, const unsigned char hash[CRYPTO_SHA256_SIZE],
                          const struct store_key *k, int64_t now_us, uint64_t *id_r, struct err *err) MUST_USE;
enum status store_key_revoke(struct store *s, uint64_t id, int64_t now_us,
                             struct err *err) MUST_USE; /* again: OK, first time stays */
enum status store_key_list(struct store *s, struct arena *a, struct sv partner_code, struct store_key **keys_r,
                           size_t *n_r, struct err *err) MUST_USE; /* code absent: all */

/* STATUS_EXISTS: the code is taken. */
enum status store_partner_add(struct store *s, const struct store_partner *p, struct sv webhook_secret, int64_t now_us,
                              struct err *err) MUST_USE;
enum status store_partner_find(struct store *s, struct arena *a, struct sv code, struct store_partner *out_r,
                               struct err *err) MUST_USE;
enum status store_partner_list(struct store *s, struct arena *a, struct store_partner **partners_r, size_t *n_r,
                               struct err *err) MUST_USE;
enum status store_partner_suspend(struct store *s, struct sv code, bool suspended, struct err *err) MUST_USE;
/* NULL leaves what is there; an absent view: no default target, any host. STATUS_NOT_FOUND. */
enum status store_partner_set(struct store *s, struct sv code, const struct sv *webhook_url,
                              const struct sv *webhook_hosts, struct err *err) MUST_USE;

#endif
