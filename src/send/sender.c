#include "send/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define DESCRIPTORS_KEPT 64            /* for everything but receivers: names, the database, files */
#define MEMORY_KEPT (16 * 1024 * 1024) /* [bytes] claims come and go: giving memory back each time costs more than it */
#define MEMORY_STEP (1024 * 1024)      /* [bytes] it grows by */
#define USER_AGENT "Omnichannel-Webhook/" PACKAGE_VERSION

/* --- making and ending --- */

static enum status set_rules(struct sender *s)
{
    const struct conf *c = s->conf;
    const char *cidrs[CONF_LIST_MAX];
    for (unsigned i = 0; i < c->webhook_allow_cidr.n; i++)
        cidrs[i] = c->webhook_allow_cidr.item[i];
    const char *why =
        net_url_rules_set(&s->rules, c->webhook_allow_http, sv_from(c->webhook_ports), cidrs, c->webhook_allow_cidr.n);
    if (why)
        return err_set(s->err, STATUS_CONFIG, "webhook_ports, webhook_allow_cidr: %s", why);
    return ticket_retry_set(c, &s->retry, s->err);
}

/* No more attempts at a time than there are descriptors for. */
static unsigned most_slots(const struct conf *c)
{
    struct rlimit files;
    unsigned most = (unsigned)c->webhook_concurrency;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= most + DESCRIPTORS_KEPT)
        return most;
    unsigned left =
        files.rlim_cur > 2 * DESCRIPTORS_KEPT ? (unsigned)files.rlim_cur - DESCRIPTORS_KEPT : DESCRIPTORS_KEPT;
    log_line(LOG_LEVEL_WARNING, "concurrency lowered to=%u why=\"limit of open files\"", left);
    return left;
}

static unsigned lesser(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* No partner gets more than half of the slots. */
static enum status make_parts(struct sender *s)
{
    const struct conf *c = s->conf;
    unsigned total = most_slots(c), half = total > 1 ? total / 2 : 1;
    struct pool_limits limits = {.total = total,
                                 .partner = lesser((unsigned)c->webhook_partner_concurrency, half),
                                 .receiver = (unsigned)c->webhook_receiver_concurrency,
                                 .bytes = SEND_BYTES_MAX};
    enum status st = store_new(c, STORE_SENDER, &s->claims, s->err);
    if (st == STATUS_OK)
        st = store_new(c, STORE_SENDER, &s->settles, s->err);
    if (st == STATUS_OK)
        st = post_engine_new(&s->rules, c->webhook_ca_file, USER_AGENT, limits.total, attempt_posted, s, &s->engine,
                             s->err);
    if (st == STATUS_OK)
        st = resolver_new(&s->rules, &s->resolver, s->err);
    if (st == STATUS_OK && pool_new(&limits, &s->pool) != STATUS_OK)
        st = err_set(s->err, STATUS_NO_MEMORY, "out of memory");
    struct clerk_options o = {.claims = s->claims,
                              .outcomes = s->settles,
                              .lease_us = s->timeout_us + SEND_LEASE_MARGIN_US,
                              .hold_us = s->retry.hold_us,
                              .age_us = ticket_retry_age(&s->retry)};
    return st == STATUS_OK ? clerk_start(&o, &s->clerk, s->err) : st;
}

/* Without its socket it finds events by looking. */
static void listen_for_pokes(struct sender *s)
{
    struct err err;
    err_init(&err);
    if (s->o->mode == SEND_FOR && poke_bind(&s->poke, s->conf->sender_directory, &err) != STATUS_OK) {
        s->poke.fd = -1;
        log_line(LOG_LEVEL_WARNING, "not-poked text=\"%s\"", err.text);
    }
}

static enum status sender_new(const struct conf *conf, const struct send_options *o, struct sender **s_r,
                              struct err *err)
{
    struct sender *s = calloc(1, sizeof *s);
    if (!s)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    *s_r = s;
    s->conf = conf;
    s->o = o;
    s->err = err;
    s->poke.fd = -1;
    s->last_outcome = &s->outcomes;
    s->timeout_us = conf->webhook_timeout * CLOCK_SECOND;
    s->now = clock_mono_us();
    s->tick_at = s->now + SEND_TICK_US;
    s->ends_at = o->mode == SEND_FOR ? s->now + (int64_t)o->seconds * CLOCK_SECOND : INT64_MAX;
    enum status st = set_rules(s);
    if (st == STATUS_OK)
        st = make_parts(s);
    if (st == STATUS_OK)
        listen_for_pokes(s);
    return st;
}

static void sender_free(struct sender **s)
{
    if ((*s)->poke.fd >= 0)
        poke_close(&(*s)->poke);
    post_engine_free(&(*s)->engine);
    clerk_end(&(*s)->clerk);
    resolver_free(&(*s)->resolver);
    pool_free(&(*s)->pool);
    store_free(&(*s)->claims);
    store_free(&(*s)->settles);
    attempt_free_spare(*s);
    free(*s);
    *s = NULL;
}

/* --- what is heard --- */

static void hear_pokes(struct sender *s)
{
    uint64_t receiver;
    while (s->poke.fd >= 0 && poke_next(&s->poke, &receiver)) {
        if (receiver == POKE_TAKEN)
            s->is_another = true;
        else
            pool_poke(s->pool, receiver, s->now);
    }
}

static void hear_away(struct sender *s, const struct clerk_result *r)
{
    s->is_away = r->what == CLERK_AWAY;
    if (!s->is_away) {
        log_line(LOG_LEVEL_INFO, "database-back");
        return;
    }
    log_line(LOG_LEVEL_WARNING, "database-away text=\"%s\"", r->text);
    if (s->o->mode == SEND_ONCE && s->trouble == STATUS_OK)
        s->trouble = err_set(s->err, r->status, "%s", r->text);
}

static void hear_unclaimed(struct sender *s, const struct clerk_result *r)
{
    pool_unclaimed(s->pool, r->receiver, r->status == STATUS_CONFLICT ? 0 : SEND_AFTER_ERROR_US, s->now);
    if (r->status == STATUS_CONFLICT || s->phase == SEND_DRAINING)
        return;
    log_line(LOG_LEVEL_ERROR, "claim-failed receiver=%016" PRIx64 " why=%s text=\"%s\"", r->receiver,
             status_name(r->status), r->text);
    if (s->o->mode == SEND_ONCE && s->trouble == STATUS_OK)
        s->trouble = err_set(s->err, r->status, "%s", r->text);
}

static void hear_looked(struct sender *s, const struct clerk_result *r)
{
    pool_looked(s->pool, r->db_us, s->now);
    s->has_looked = true;
    s->looks_heard = r->look;
}

static void hear_due(struct sender *s, const struct store_hook_due *due)
{
    if (pool_belongs(s->pool, due->receiver, due->partner_id, due->paused_us, due->wait_us, s->now))
        pool_look(s->pool, due->receiver, due->first_due, due->wait_us, s->now);
}

static void hear_result(struct sender *s, const struct clerk_result *r)
{
    switch (r->what) {
    case CLERK_CLAIMED:
        pool_claimed(s->pool, r->receiver, &r->claimed, s->now);
        if (r->buried > 0)
            log_line(LOG_LEVEL_WARNING, "buried receiver=%016" PRIx64 " n=%u", r->receiver, r->buried);
        s->counts.dead += r->buried;
        break;
    case CLERK_UNCLAIMED:
        hear_unclaimed(s, r);
        break;
    case CLERK_DUE:
        for (size_t i = 0; i < r->n; i++)
            hear_due(s, &r->due[i]);
        break;
    case CLERK_LOOKED:
        hear_looked(s, r);
        break;
    case CLERK_WOKEN:
        for (size_t i = 0; i < r->n; i++)
            pool_poke(s->pool, r->woken[i], s->now);
        break;
    case CLERK_SETTLED:
        pool_settled(s->pool, r->receiver, s->now);
        break;
    case CLERK_EXPIRED:
        log_line(LOG_LEVEL_WARNING, "expired receiver=%016" PRIx64 " n=%zu", r->receiver, r->n);
        s->counts.dead += r->n;
        break;
    case CLERK_LOST:
        log_line(LOG_LEVEL_ERROR, "outcome-lost why=%s text=\"%s\"", status_name(r->status), r->text);
        break;
    case CLERK_AWAY:
    case CLERK_BACK:
        hear_away(s, r);
        break;
    case CLERK_UNFIT:
        s->is_unfit = true;
        s->trouble = err_set(s->err, r->status, "%s", r->text);
        break;
    }
}

static void hear_clerk(struct sender *s)
{
    for (struct clerk_result *r = clerk_take(s->clerk), *next; r; r = next) {
        next = r->next;
        hear_result(s, r);
        clerk_result_free(&r);
    }
}

/* --- what is done --- */

static void start_jobs(struct sender *s)
{
    if (s->phase == SEND_DRAINING || s->rest_until > s->now)
        return;
    for (struct pool_job *job = pool_start(s->pool); job; job = pool_start(s->pool))
        attempt_begin(s, job_of(job));
}

static void give_back(struct sender *s)
{
    if (s->phase == SEND_DRAINING)
        pool_recall(s->pool);
    for (struct pool_job *job = pool_drop(s->pool); job; job = pool_drop(s->pool))
        outcome_returned(s, job_of(job));
}

/* Before claims: what they rest on is recorded first. */
static void hand_in(struct sender *s)
{
    if (!s->outcomes)
        return;
    clerk_settle(s->clerk, s->outcomes);
    s->outcomes = NULL;
    s->last_outcome = &s->outcomes;
}

static void order_claims(struct sender *s)
{
    struct pool_order order;
    if (s->phase == SEND_DRAINING || !s->has_looked || s->rest_until > s->now ||
        clerk_unsettled(s->clerk) >= SEND_UNSETTLED_MAX)
        return;
    while (pool_order(s->pool, s->now, &order))
        clerk_claim(s->clerk, &order);
}

/* --- its end --- */

static void drain(struct sender *s)
{
    if (s->phase == SEND_DRAINING)
        return;
    s->phase = SEND_DRAINING;
    s->flush_until = INT64_MAX;
    clerk_wind_down(s->clerk);
    attempt_recall(s);
}

static void cancel_all(struct sender *s)
{
    drain(s);
    post_engine_free(&s->engine);
}

/* Once a second. */
static void tick(struct sender *s)
{
    if (s->now < s->tick_at)
        return;
    s->tick_at = s->now + SEND_TICK_US;
    if (s->poke.fd >= 0)
        s->is_another = !poke_hold(&s->poke);
}

/* Its time is over: it leaves when another is there, or none comes. */
static void leave(struct sender *s)
{
    if (s->phase == SEND_SERVING && s->now >= s->ends_at) {
        s->phase = SEND_LEAVING;
        s->is_another = s->poke.fd < 0 || !poke_hold(&s->poke);
    }
    if (s->phase == SEND_LEAVING && (s->is_another || s->now >= s->ends_at + SEND_HANDOVER_US))
        drain(s);
}

static bool is_quiet(const struct sender *s)
{
    return pool_leased(s->pool) == 0 && !s->outcomes && clerk_unsettled(s->clerk) == 0 && !pool_is_due(s->pool, s->now);
}

/* SEND_ONCE is over when the database is away, or when a look that began after everything was done finds nothing more. */
static void finish_once(struct sender *s)
{
    if (s->o->mode != SEND_ONCE || s->phase != SEND_SERVING)
        return;
    if (s->is_away)
        drain(s);
    else if (!s->has_looked || !is_quiet(s))
        s->last_look = 0;
    else if (s->last_look == 0)
        s->last_look = clerk_look(s->clerk);
    else if (s->looks_heard >= s->last_look)
        drain(s);
}

static void judge_phase(struct sender *s)
{
    int stops = __atomic_load_n(s->o->stop, __ATOMIC_RELAXED);
    tick(s);
    leave(s);
    finish_once(s);
    if (stops > 1 || s->is_unfit)
        cancel_all(s);
    else if (stops > 0)
        drain(s);
    if (s->phase == SEND_DRAINING && s->flush_until == INT64_MAX && pool_started(s->pool) == 0)
        s->flush_until = s->now + SEND_FLUSH_US;
}

static bool is_over(struct sender *s)
{
    if (s->phase != SEND_DRAINING)
        return false;
    if (s->now >= s->flush_until || (s->is_unfit && pool_started(s->pool) == 0))
        return true;
    return pool_leased(s->pool) == 0 && clerk_unsettled(s->clerk) == 0;
}

/* --- the loop --- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int wait_ms(const struct sender *s)
{
    int64_t at = sooner(s->tick_at, attempt_deadline(s));
    if (s->phase == SEND_SERVING)
        at = sooner(at, s->ends_at);
    if (s->rest_until > s->now)
        at = sooner(at, s->rest_until);
    int64_t ms = at <= s->now ? 0 : (at - s->now + 999) / 1000;
    int engine_ms = s->engine ? post_engine_wait_ms(s->engine) : -1;
    return (int)(engine_ms >= 0 ? sooner(ms, engine_ms) : ms);
}

static void wait_for_something(struct sender *s)
{
    struct pollfd fds[] = {
        {.fd = s->engine ? post_engine_fd(s->engine) : -1, .events = POLLIN},
        {.fd = clerk_fd(s->clerk), .events = POLLIN},
        {.fd = resolver_fd(s->resolver), .events = POLLIN},
        {.fd = s->poke.fd, .events = POLLIN},
        {.fd = s->o->stop_fd, .events = POLLIN},
    };
    uint64_t n;
    if (poll(fds, sizeof fds / sizeof fds[0], wait_ms(s)) > 0 && (fds[4].revents & POLLIN) &&
        read(s->o->stop_fd, &n, sizeof n) < 0)
        fds[4].fd = -1; /* somebody else has read it */
    s->now = clock_mono_us();
}

static void turn(struct sender *s)
{
    wait_for_something(s);
    hear_pokes(s);
    hear_clerk(s);
    attempt_hear_names(s);
    if (s->engine)
        post_engine_turn(s->engine);
    judge_phase(s);
    start_jobs(s);
    give_back(s);
    hand_in(s);
    order_claims(s);
}

static void log_end(const struct sender *s)
{
    const struct send_counts *n = &s->counts;
    size_t unsettled = clerk_unsettled(s->clerk);
    if (unsettled > 0)
        log_line(LOG_LEVEL_WARNING, "outcomes-lost n=%zu", unsettled);
    log_line(LOG_LEVEL_INFO, "stopped delivered=%" PRIu64 " failed=%" PRIu64 " dead=%" PRIu64 " returned=%" PRIu64,
             n->delivered, n->failed, n->dead, n->returned);
}

enum status send_run(const struct conf *conf, const struct send_options *o, struct err *err)
{
    struct sender *s = NULL;
    if (o->mode == SEND_DRY_RUN)
        return dry_run(conf, o->out, err);
    enum status st = sender_new(conf, o, &s, err);
    if (st == STATUS_OK && s) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): it locks what it sets */
        mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
        mallopt(M_TOP_PAD, MEMORY_STEP); /* NOLINT(concurrency-mt-unsafe): the same */
        log_line(LOG_LEVEL_INFO, "started mode=%s seconds=%u", o->mode == SEND_FOR ? "for" : "once", o->seconds);
        while (!is_over(s))
            turn(s);
        log_end(s);
        st = s->trouble;
    }
    if (s)
        sender_free(&s);
    return st;
}
