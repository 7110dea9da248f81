/* Names to vetted addresses, off the main loop: a bounded pool of threads, so
 * that a name server that does not answer costs only those who ask it. */
#ifndef SEND_RESOLVE_H
#define SEND_RESOLVE_H

#include <stdint.h>
#include "base/err.h"
#include "net/url.h"
#include "send/post.h"

#define RESOLVE_THREADS 16
#define RESOLVE_PARTNER_MAX 4                      /*!< threads that one partner's names may hold */
#define RESOLVE_SPARE 4                            /*!< the last threads are for partners that hold none */
#define RESOLVE_WAITING_MAX 4096                   /*!< names that wait for a thread; more fail at once */
#define RESOLVE_PARTNER_WAITING_MAX 1024           /*!< of these, one partner's */
#define RESOLVE_KNOWN_MAX 10000                    /*!< names whose answer is kept; the oldest go first */
#define RESOLVE_KEEP_US (30 * INT64_C(1000000))    /*!< [us] a good answer is used again */
#define RESOLVE_STALE_US (300 * INT64_C(1000000))  /*!< [us] and this long while it is looked up once more */
#define RESOLVE_BAD_MIN_US INT64_C(1000000)        /*!< [us] a bad answer is used again; twice as long each time */
#define RESOLVE_BAD_MAX_US (60 * INT64_C(1000000)) /*!< [us] at most */
#define RESOLVE_SLOW_US INT64_C(1000000)           /*!< [us] a lookup that takes longer puts its name behind others */

struct resolve_answer {
    struct net_addr addrs[POST_ADDRS_MAX]; /*!< every address the name has is allowed, these are the first */
    unsigned n;                            /*!< 0: see why */
    bool forbidden;                        /*!< it has an address that is not allowed: refused for good */
    char why[120];                         /*!< plain words; no address */
};

struct resolver;

/* Copies the rules. Sets RES_OPTIONS (timeout:2 attempts:1) unless it is set:
 * getaddrinfo has no time-out of its own. Before other threads are there. */
enum status resolver_new(const struct net_url_rules *rules, struct resolver **r_r, struct err *err) MUST_USE;
/* Does not wait for threads that hang in a lookup. */
void resolver_free(struct resolver **r);
/* True: *out_r is the answer, from the cache or because host is a literal. A good
 * answer that has grown old is given at once and looked up again meanwhile.
 * False: asked; `ctx`, which asks for nothing else, comes out of resolver_next. A
 * name that is being looked up is not looked up twice. Names that have resolved go first, then
 * those never tried, then those whose last lookup failed or was slow. */
bool resolver_ask(struct resolver *r, struct sv host, uint32_t partner_id, int64_t mono_us, void *ctx,
                  struct resolve_answer *out_r);
/* An eventfd: readable while answers wait. */
int resolver_fd(const struct resolver *r);
/* False: none. */
bool resolver_next(struct resolver *r, void **ctx_r, struct resolve_answer *out_r);
/* Forgets a request that waits or runs; its ctx will not come out any more. */
void resolver_forget(struct resolver *r, void *ctx);
/* As resolver_forget, but a name that waits for a thread keeps its place, for who
 * asks next. True: it does; that tells nothing of it. False: it is being looked up. */
bool resolver_give_up(struct resolver *r, void *ctx);

#endif
