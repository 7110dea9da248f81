#include "send/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

/* Too large for malloc to be quick about it. NULL: no memory. */
static struct send_attempt *attempt_new(struct sender *s)
{
    struct send_attempt *a = s->spare;
    if (!a)
        return calloc(1, sizeof *a);
    s->spare = a->older;
    s->n_spare--;
    memset(a, 0, sizeof *a);
    return a;
}

void attempt_free(struct sender *s, struct send_attempt *a)
{
    job_free(&a->job);
    if (s->n_spare == SEND_SPARE_MAX) {
        free(a);
        return;
    }
    a->older = s->spare;
    s->spare = a;
    s->n_spare++;
}

void attempt_free_spare(struct sender *s)
{
    for (struct send_attempt *a = s->spare, *next; a; a = next) {
        next = a->older;
        free(a);
    }
    s->spare = NULL;
    s->n_spare = 0;
}

static void ask_ends(struct sender *s, struct send_attempt *a)
{
    if (!a->is_asking)
        return;
    if (a->older)
        a->older->newer = a->newer;
    else
        s->oldest = a->newer;
    if (a->newer)
        a->newer->older = a->older;
    else
        s->newest = a->older;
    a->is_asking = false;
}

static void asks(struct sender *s, struct send_attempt *a)
{
    a->is_asking = true;
    a->newer = NULL;
    a->older = s->newest;
    if (s->newest)
        s->newest->newer = a;
    else
        s->oldest = a;
    s->newest = a;
}

static void unable(struct sender *s, struct send_attempt *a, const char *why)
{
    outcome_of(s, a, &(struct judge_facts){.unable = why});
}

static void no_address(struct sender *s, struct send_attempt *a, const char *why)
{
    outcome_of(s, a, &(struct judge_facts){.no_address = why});
}

/* A lease that ends before the answer may come is another sender's already, as
 * far as can be known here: this process may have been stopped for hours. */
static bool is_leased(const struct sender *s, const struct send_job *job)
{
    return job->lease_end - job_boot_us() >= s->timeout_us;
}

static void give_back(struct sender *s, struct send_attempt *a)
{
    outcome_of(s, a, &(struct judge_facts){.end = POST_CANCELLED});
}

/* --- on to the wire --- */

static enum status set_headers(struct send_attempt *a)
{
    const struct store_hook_job *h = &a->job->hook;
    struct headers_of of = {.webhook_id = sv_from(h->webhook_id),
                            .event = sv_from(ticket_event_name(h->event)),
                            .seq = h->seq,
                            .wall_us = clock_wall_us(),
                            .body = h->body,
                            .secret = h->secret,
                            .previous_secret = h->previous_secret};
    return headers_set(&of, &a->headers, a->post.headers);
}

static void post(struct sender *s, struct send_attempt *a)
{
    a->post.url = a->job->hook.url;
    a->post.body = a->job->hook.body;
    a->post.timeout_ms = (s->timeout_us - (s->now - a->began)) / 1000;
    a->post.user = a;
    if (a->post.timeout_ms <= 0) {
        no_address(s, a, SEND_NAME_ERROR);
        return;
    }
    enum status st = set_headers(a);
    if (st == STATUS_BAD_INPUT || st == STATUS_TOO_LARGE) {
        unable(s, a, "cannot be signed: the partner's secret is none");
        return;
    }
    if (st == STATUS_OK)
        st = post_start(s->engine, &a->post);
    if (st == STATUS_BAD_INPUT)
        unable(s, a, "cannot be sent: no such URL or header");
    else if (st != STATUS_OK)
        outcome_of(s, a, &(struct judge_facts){.end = POST_FAILED});
}

static void resolved(struct sender *s, struct send_attempt *a, const struct resolve_answer *r)
{
    if (!is_leased(s, a->job)) {
        give_back(s, a);
    } else if (r->n == 0 && r->forbidden) {
        outcome_of(s, a, &(struct judge_facts){.refused = r->why});
    } else if (r->n == 0) {
        no_address(s, a, r->why);
    } else {
        a->post.n_addrs = r->n;
        memcpy(a->post.addrs, r->addrs, sizeof a->post.addrs);
        post(s, a);
    }
}

/* As the one that named the receiver writes it: lower case. */
static void set_origin(struct send_attempt *a)
{
    bool is_v6 = a->url.host.p && memchr(a->url.host.p, ':', a->url.host.n);
    snprintf(a->origin, sizeof a->origin, "%s://%s%.*s%s:%u", a->url.https ? "https" : "http", is_v6 ? "[" : "",
             SV_ARG(a->url.host), is_v6 ? "]" : "", (unsigned)a->url.port);
    for (char *p = a->origin; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
}

/* NULL: its URL may be posted to, as far as can be told without its addresses. */
static const char *judge_url(const struct sender *s, struct send_attempt *a)
{
    const struct store_hook_job *h = &a->job->hook;
    const char *why = net_url_parse(h->url, &a->url);
    if (why)
        return why;
    set_origin(a);
    why = net_url_check(&a->url, &s->rules);
    if (!why && !net_host_listed(a->url.host, h->hosts))
        why = "is to a host that is not on its partner's list";
    return why;
}

static void look_up(struct sender *s, struct send_attempt *a)
{
    struct resolve_answer answer = {0};
    if (resolver_ask(s->resolver, a->url.host, a->job->hook.partner_id, s->now, a, &answer))
        resolved(s, a, &answer);
    else
        asks(s, a);
}

void attempt_begin(struct sender *s, struct send_job *job)
{
    struct send_attempt *a = is_leased(s, job) ? attempt_new(s) : NULL;
    if (!a) {
        outcome_returned(s, job);
        return;
    }
    a->job = job;
    a->began = s->now;
    const char *why = judge_url(s, a);
    if (!why) {
        look_up(s, a);
        return;
    }
    char text[STORE_HOOK_ERROR_MAX + 1];
    snprintf(text, sizeof text, "its URL %s", why);
    outcome_of(s, a, &(struct judge_facts){.refused = text});
}

/* --- what others tell --- */

int64_t attempt_deadline(const struct sender *s)
{
    return s->oldest ? s->oldest->began + s->timeout_us : INT64_MAX;
}

void attempt_hear_names(struct sender *s)
{
    void *ctx;
    struct resolve_answer answer;
    while (resolver_next(s->resolver, &ctx, &answer)) {
        struct send_attempt *a = ctx;
        ask_ends(s, a);
        resolved(s, a, &answer);
    }
    while (attempt_deadline(s) <= s->now) {
        struct send_attempt *a = s->oldest;
        bool is_waiting = resolver_give_up(s->resolver, a);
        ask_ends(s, a);
        if (is_waiting) /* other names kept it waiting: not its receiver's fault */
            give_back(s, a);
        else
            no_address(s, a, SEND_NAME_ERROR);
    }
}

void attempt_recall(struct sender *s)
{
    while (s->oldest) {
        struct send_attempt *a = s->oldest;
        resolver_forget(s->resolver, a);
        ask_ends(s, a);
        give_back(s, a);
    }
}

void attempt_posted(void *ctx, struct post *p)
{
    struct sender *s = ctx;
    struct judge_facts facts = {
        .end = p->end, .http_status = p->http_status, .retry_after = sv_from(p->retry_after), .error = p->error};
    outcome_of(s, p->user, &facts);
}
