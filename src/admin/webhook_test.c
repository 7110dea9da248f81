/* A signed sample event, sent now. */
#include "admin/partner.h"
#include "admin/put.h"
#include "admin/table.h"
#include "admin/value.h"
#include "admin/webhook.h"
#include "base/clock.h"
#include "crypto/id.h"
#include "send/send.h"

#define ANSWER_SHOWN 200 /* [bytes] */

/* The reference's event, of no ticket. */
static enum status write_body(struct admin *a, int64_t now_us, struct sv *body_r)
{
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_put_str(w, "event", "TEST");
    admin_put_str(w, "ticketNumber", "0");
    admin_put_text(w, "channelReferenceId", SV_NONE);
    admin_put_time(w, "timestamp", now_us);
    wire_name(w, "data");
    wire_open(w);
    wire_close(w);
    wire_close(w);
    enum status s = wire_finish(w);
    return s == STATUS_OK ? arena_dup(a->arena, buf_view(&a->text), body_r) : s;
}

static enum status read_sample(struct admin *a, const struct admin_args *args, struct send_sample *out_r)
{
    struct store_partner p;
    struct store_secret secret;
    struct sv url = admin_option(args, "url");
    enum status s = STATUS_OK;
    if (url.p)
        s = admin_value_url(url, "--url", &a->rules.webhook, &a->err);
    if (s == STATUS_OK)
        s = admin_webhook_partner(a, args, &p);
    if (s == STATUS_OK && !url.p && !p.webhook_url.p)
        s = admin_refuse(a, STATUS_NOT_FOUND, "partner %.*s: has no webhook URL; name one with --url", SV_ARG(p.code));
    if (s == STATUS_OK)
        s = store_secret_find(admin_store(a), a->arena, p.code, &secret, &a->err);
    if (s != STATUS_OK)
        return s;
    *out_r = (struct send_sample){.url = url.p ? url : p.webhook_url,
                                  .secret = secret.secret,
                                  .previous_secret = secret.previous,
                                  .hosts = p.webhook_hosts,
                                  .event = SV("TEST"),
                                  .partner_id = p.id};
    return STATUS_OK;
}

static enum status print_table(struct admin *a, const struct send_sample *sample, const struct post *p,
                               const char *answer)
{
    struct admin_table t;
    admin_table_start_record(&t);
    admin_table_field(&t, "Event", sample->webhook_id);
    admin_table_field(&t, "Target", admin_webhook_target(sample->url));
    admin_table_field(&t, "Address", sv_from(p->address));
    if (p->http_status)
        admin_table_field_number(&t, "Status", p->http_status);
    else
        admin_table_field(&t, "Status", SV("none"));
    admin_table_field_number(&t, "Duration ms", p->duration_ms);
    admin_table_field(&t, "Error", sv_from(p->error));
    admin_table_field(&t, "Answer", sv_from(answer));
    return admin_table_end(&t, a->out);
}

static enum status print_json(struct admin *a, const struct send_sample *sample, const struct post *p,
                              const char *answer, bool delivered)
{
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_put_text(w, "id", sample->webhook_id);
    admin_put_text(w, "target", admin_webhook_target(sample->url));
    admin_put_bool(w, "delivered", delivered);
    admin_put_str(w, "address", p->address[0] ? p->address : NULL);
    wire_name(w, "status");
    if (p->http_status)
        wire_put_u64(w, p->http_status);
    else
        wire_put_null(w);
    admin_put_number(w, "durationMs", p->duration_ms);
    admin_put_str(w, "error", p->error[0] ? p->error : NULL);
    admin_put_str(w, "answer", answer);
    wire_close(w);
    return admin_json_end(a);
}

static enum status print_outcome(struct admin *a, const struct send_sample *sample, const struct post *p)
{
    bool delivered = p->end == POST_ANSWERED && p->http_status >= 200 && p->http_status <= 299;
    const char *answer =
        admin_webhook_answer(a->arena, p->answer, p->n_answer < ANSWER_SHOWN ? p->n_answer : ANSWER_SHOWN);
    if (!answer)
        return STATUS_NO_MEMORY;
    enum status s = a->json ? print_json(a, sample, p, answer, delivered) : print_table(a, sample, p, answer);
    if (s != STATUS_OK || delivered)
        return s;
    if (p->end == POST_ANSWERED)
        return admin_refuse(a, STATUS_INVALID, "not delivered: answered %u", p->http_status);
    return admin_refuse(a, STATUS_INVALID, "not delivered: %s", p->error);
}

enum status admin_webhook_test(struct admin *a, const struct admin_args *args)
{
    struct send_sample sample;
    struct post post = {.url = SV_NONE};
    char id[CRYPTO_CUID_SIZE];
    int64_t now_us = clock_wall_us();
    enum status s = read_sample(a, args, &sample);
    if (s == STATUS_OK)
        s = write_body(a, now_us, &sample.body);
    if (s == STATUS_OK)
        s = crypto_cuid(now_us, id);
    if (s != STATUS_OK)
        return s;
    sample.webhook_id = sv_from(id);
    s = send_sample(&a->conf, &a->rules.webhook, &sample, &post, &a->err);
    return s == STATUS_OK ? print_outcome(a, &sample, &post) : s;
}
