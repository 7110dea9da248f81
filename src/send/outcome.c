#include "send/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/id.h"

/* A job that nothing is recorded of is sent again after its lease. */
static struct clerk_outcome *outcome_new(struct sender *s, const struct send_job *job, enum store_hook_verdict verdict)
{
    struct clerk_outcome *o = calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->outcome.id = job->hook.id;
    memcpy(o->outcome.token, job->token, sizeof o->outcome.token);
    o->outcome.verdict = verdict;
    *s->last_outcome = o;
    s->last_outcome = &o->next;
    return o;
}

/* The beginning of an answer, for people: what is no printable ASCII is shown as a dot. */
static void show_answer(const struct post *p, char out[STORE_HOOK_ERROR_MAX + 1])
{
    size_t n = p->n_answer < STORE_HOOK_ERROR_MAX ? p->n_answer : STORE_HOOK_ERROR_MAX;
    for (size_t i = 0; i < n; i++)
        out[i] = p->answer[i] >= 0x20 && p->answer[i] < 0x7F ? p->answer[i] : '.';
    out[n] = '\0';
}

static uint32_t random_u32(void)
{
    uint32_t r;
    return crypto_random(&r, sizeof r) == STATUS_OK ? r : UINT32_MAX / 2;
}

static void count(struct sender *s, enum store_hook_verdict v)
{
    s->counts.delivered += v == STORE_HOOK_DELIVERED;
    s->counts.failed += v == STORE_HOOK_RETRY;
    s->counts.dead += v == STORE_HOOK_DEAD || v == STORE_HOOK_GONE;
    s->counts.returned += v == STORE_HOOK_RETURNED;
}

static const char *verdict_name(enum store_hook_verdict v)
{
    static const char *const names[STORE_HOOK_VERDICT__MAX] = {"delivered", "retry", "dead", "gone", "returned"};
    return names[v];
}

static void log_attempt(const struct sender *s, const struct send_attempt *a, const struct judge_verdict *v)
{
    const struct store_hook_job *h = &a->job->hook;
    log_line(LOG_LEVEL_DEBUG,
             "attempt webhook=%s partner=%.*s ticket=%" PRIu64 " seq=%" PRIu32 " attempt=%" PRIu32
             " origin=%s verdict=%s status=%u ms=%" PRId64 " why=\"%s\"",
             h->webhook_id, SV_ARG(h->partner_code), h->ticket_number, h->seq, h->attempts + 1, a->origin,
             verdict_name(v->verdict), a->post.http_status, (s->now - a->began) / 1000, v->error);
    if (v->verdict == STORE_HOOK_DEAD || v->verdict == STORE_HOOK_GONE)
        log_line(LOG_LEVEL_WARNING,
                 "dead webhook=%s partner=%.*s ticket=%" PRIu64 " seq=%" PRIu32 " attempts=%" PRIu32 " why=\"%s\"",
                 h->webhook_id, SV_ARG(h->partner_code), h->ticket_number, h->seq, h->attempts + 1, v->error);
    if (v->verdict == STORE_HOOK_GONE)
        log_line(LOG_LEVEL_WARNING, "url-gone webhook=%s partner=%.*s origin=%s", h->webhook_id,
                 SV_ARG(h->partner_code), a->origin);
}

static enum pool_end end_of(enum judge_receiver r)
{
    static const enum pool_end ends[] = {[JUDGE_RECEIVER_UNKNOWN] = POOL_UNKNOWN,
                                         [JUDGE_RECEIVER_WORKS] = POOL_SUCCEEDED,
                                         [JUDGE_RECEIVER_ANSWERS] = POOL_ANSWERED,
                                         [JUDGE_RECEIVER_FAILS] = POOL_FAILED};
    return ends[r];
}

static void tell(struct clerk_outcome *o, const struct send_job *job, const char *origin, enum judge_receiver receiver,
                 const struct pool_state *state)
{
    o->tells = true;
    o->told.receiver = job->hook.receiver;
    o->told.partner_id = job->hook.partner_id;
    snprintf(o->told.origin, sizeof o->told.origin, "%s", origin);
    o->told.failures = state->failures;
    o->told.succeeded = receiver == JUDGE_RECEIVER_WORKS;
    o->told.failed = receiver == JUDGE_RECEIVER_FAILS;
    o->told.resumed = state->resumed;
    o->paused_until = state->paused_until;
}

/* A probe that told nothing: the next need not wait until this one's lease is over. */
static void probe_again(const struct sender *s, const struct send_job *job, const char *origin,
                        struct pool_state *state, struct clerk_outcome *o)
{
    state->paused_until = s->now;
    tell(o, job, origin, JUDGE_RECEIVER_UNKNOWN, state);
    o->expire = true;
}

/* One failure more: perhaps too many. */
static void pause_receiver(struct sender *s, const struct send_attempt *a, struct pool_state *state)
{
    const struct store_hook_job *h = &a->job->hook;
    int64_t pause = ticket_retry_pause(&s->retry, state->failures, random_u32());
    if (pause <= 0)
        return;
    state->paused_until = s->now + pause;
    pool_pause(s->pool, h->receiver, state->paused_until);
    log_line(LOG_LEVEL_WARNING,
             "receiver-paused receiver=%016" PRIx64 " partner=%.*s origin=%s failures=%" PRIu32 " s=%" PRId64,
             h->receiver, SV_ARG(h->partner_code), a->origin, state->failures, pause / CLOCK_SECOND);
}

static void learn(struct sender *s, const struct send_attempt *a, const struct judge_verdict *v,
                  struct clerk_outcome *o)
{
    struct pool_state state;
    const struct store_hook_job *h = &a->job->hook;
    bool is_probe = a->job->pool.is_probe;
    pool_end(s->pool, &a->job->pool, end_of(v->receiver), s->now, &state);
    if (state.counted)
        pause_receiver(s, a, &state);
    if (state.resumed)
        log_line(LOG_LEVEL_INFO, "receiver-resumed receiver=%016" PRIx64 " partner=%.*s origin=%s", h->receiver,
                 SV_ARG(h->partner_code), a->origin);
    if (o && is_probe && v->receiver == JUDGE_RECEIVER_UNKNOWN)
        probe_again(s, a->job, a->origin, &state, o);
    if (!o || v->receiver == JUDGE_RECEIVER_UNKNOWN)
        return;
    tell(o, a->job, a->origin, v->receiver, &state);
    o->expire = is_probe && state.counted;
    o->confirm = state.resumed;
}

static void fill(const struct sender *s, const struct send_attempt *a, const struct judge_verdict *v,
                 struct clerk_outcome *o)
{
    o->outcome.http_status = a->post.http_status;
    o->outcome.wait_us = v->wait_us;
    o->outcome.hold_us = s->retry.hold_us;
    o->outcome.duration_ms = (uint32_t)((s->now - a->began) / 1000);
    snprintf(o->outcome.error, sizeof o->outcome.error, "%s", v->error);
    show_answer(&a->post, o->outcome.answer);
}

/* Memory or descriptors ran out: whatever is begun next meets the same. */
static void rest(struct sender *s)
{
    if (s->rest_until <= s->now)
        log_line(LOG_LEVEL_ERROR, "rests why=\"no memory or descriptors left\"");
    s->rest_until = s->now + SEND_REST_US;
}

void outcome_of(struct sender *s, struct send_attempt *a, const struct judge_facts *facts)
{
    struct judge_facts f = *facts;
    struct judge_verdict v;
    f.attempts = a->job->hook.attempts;
    f.wall_us = clock_wall_us();
    if (f.end != POST_ANSWERED || f.http_status / 100 != 2)
        f.random = random_u32(); /* dearer than all else here, and only retries want it */
    judge(&s->retry, &f, &v);
    struct clerk_outcome *o = outcome_new(s, a->job, v.verdict);
    if (o)
        fill(s, a, &v, o);
    if (!f.refused && !f.unable && !f.no_address && f.end == POST_FAILED)
        rest(s);
    log_attempt(s, a, &v);
    count(s, v.verdict);
    learn(s, a, &v, o);
    attempt_free(s, a);
}

void outcome_returned(struct sender *s, struct send_job *job)
{
    struct pool_state state = {0};
    struct clerk_outcome *o = outcome_new(s, job, STORE_HOOK_RETURNED);
    if (job->pool.is_started)
        pool_end(s->pool, &job->pool, POOL_UNKNOWN, s->now, &state);
    if (o && job->pool.is_probe)
        probe_again(s, job, "", &state, o);
    count(s, STORE_HOOK_RETURNED);
    job_free(&job);
}
