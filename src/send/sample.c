#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "send/headers.h"
#include "send/resolve.h"
#include "send/send.h"

/* One sample under way. */
struct sampling {
    const struct send_sample *sample;
    const struct net_url_rules *rules;
    const char *ca_file;
    struct net_url url;
    struct headers headers;
    int64_t until_us; /*!< [us] monotonic: looked up, sent and answered */
    struct post *post;
    bool is_done;
};

static enum status end_as(struct post *p, enum post_end end, const char *what, const char *why)
{
    p->end = end;
    snprintf(p->error, sizeof p->error, "%s%s", what, why);
    return STATUS_OK;
}

/* NULL, or why it may not be sent there; without its addresses, as yet. */
static const char *judge_target(struct sampling *g)
{
    const char *why = net_url_parse(g->sample->url, &g->url);
    if (!why)
        why = net_url_check(&g->url, g->rules);
    if (!why && !net_host_listed(g->url.host, g->sample->hosts))
        why = "is to a host that is not on its partner's list";
    return why;
}

static int64_t left_ms(const struct sampling *g)
{
    int64_t us = g->until_us - clock_mono_us();
    return us > 0 ? us / 1000 : 0;
}

static void wait_for(int fd, int64_t ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    poll(&p, 1, (int)ms);
}

static enum status look_up(struct sampling *g, struct resolve_answer *answer_r, struct err *err)
{
    struct resolver *r = NULL;
    void *ctx;
    enum status s = resolver_new(g->rules, &r, err);
    if (s != STATUS_OK)
        return s;
    bool known = resolver_ask(r, g->url.host, g->sample->partner_id, clock_mono_us(), g, answer_r);
    while (!known && left_ms(g) > 0) {
        wait_for(resolver_fd(r), left_ms(g));
        known = resolver_next(r, &ctx, answer_r);
    }
    if (!known) {
        *answer_r = (struct resolve_answer){0};
        snprintf(answer_r->why, sizeof answer_r->why, "its host's name could not be looked up in time");
    }
    resolver_free(&r);
    return STATUS_OK;
}

static void on_done(void *ctx, struct post *p)
{
    struct sampling *g = ctx;
    (void)p;
    g->is_done = true;
}

static enum status set_headers(struct sampling *g, struct err *err)
{
    const struct send_sample *m = g->sample;
    struct headers_of of = {.webhook_id = m->webhook_id,
                            .event = m->event,
                            .seq = 1,
                            .wall_us = clock_wall_us(),
                            .body = m->body,
                            .secret = m->secret,
                            .previous_secret = m->previous_secret};
    enum status s = headers_set(&of, &g->headers, g->post->headers);
    return s == STATUS_OK ? s : err_set(err, s, "the sample cannot be signed: the partner's secret is none");
}

static enum status post_once(struct sampling *g, struct err *err)
{
    struct post_engine *e = NULL;
    enum status s =
        post_engine_new(g->rules, g->ca_file, "Omnichannel-Webhook/" PACKAGE_VERSION, 1, on_done, g, &e, err);
    if (s != STATUS_OK)
        return s;
    g->post->timeout_ms = left_ms(g);
    s = post_start(e, g->post);
    if (s != STATUS_OK)
        err_set(err, s, "the sample cannot be sent");
    while (s == STATUS_OK && !g->is_done) {
        int ms = post_engine_wait_ms(e);
        wait_for(post_engine_fd(e), ms < 0 ? 1000 : ms);
        post_engine_turn(e);
    }
    post_engine_free(&e);
    return s;
}

static enum status deliver(struct sampling *g, struct err *err)
{
    struct resolve_answer answer;
    enum status s = look_up(g, &answer, err);
    if (s != STATUS_OK)
        return s;
    if (answer.n == 0)
        return end_as(g->post, answer.forbidden ? POST_FORBIDDEN : POST_NO_CONNECT, "", answer.why);
    g->post->n_addrs = answer.n;
    memcpy(g->post->addrs, answer.addrs, sizeof g->post->addrs);
    s = set_headers(g, err);
    return s == STATUS_OK ? post_once(g, err) : s;
}

enum status send_sample(const struct conf *conf, const struct net_url_rules *rules, const struct send_sample *sample,
                        struct post *out_r, struct err *err)
{
    struct sampling g = {.sample = sample,
                         .rules = rules,
                         .ca_file = conf->webhook_ca_file,
                         .until_us = clock_mono_us() + conf->webhook_timeout * CLOCK_SECOND,
                         .post = out_r};
    memset(out_r, 0, sizeof *out_r);
    out_r->url = sample->url;
    out_r->body = sample->body;
    const char *why = judge_target(&g);
    enum status s = why ? end_as(out_r, POST_FORBIDDEN, "its URL ", why) : deliver(&g, err);
    memset(out_r->headers, 0, sizeof out_r->headers); /* they end with us */
    return s;
}
