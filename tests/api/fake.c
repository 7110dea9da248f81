#include "api/fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

struct fake fake;

static void keep(char *out, size_t size, struct sv s)
{
    struct sv shown = s.p ? s : SV("(absent)");
    snprintf(out, size, "%.*s", SV_ARG(shown));
}

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    fake.caller = (struct gate_caller){.key_id = 17,
                                       .partner_id = 7,
                                       .partner_code = SV("PARTNER001"),
                                       .webhook_url = SV("https://hooks.example/"),
                                       .permissions = STORE_MAY_CREATE | STORE_MAY_READ | STORE_MAY_UPDATE};
    fake.verdict = (struct gate_verdict){.admitted = true, .limit = 100, .remaining = 5, .reset_s = 42};
    fake.retry_s = 30;
    fake.enter_text = "gate says no";
    fake.desk_text = "statement: code 2006";
    fake.found = true;
    fake.ticket = (struct ticket){.number = 1408,
                                  .status = TICKET_OPEN,
                                  .created_at = 0,
                                  .updated_at = 0,
                                  .resolved_at = CLOCK_NONE,
                                  .closed_at = CLOCK_NONE,
                                  .first_response_at = CLOCK_NONE,
                                  .response_deadline = 3600 * CLOCK_SECOND,
                                  .resolution_deadline = 7200 * CLOCK_SECOND,
                                  .channel_reference_id = SV("WA-1"),
                                  .partner_code = SV("PARTNER001"),
                                  .title = SV("Title")};
    fake.attachment = (struct ticket_attachment){.id = "cbbbbbbbbbbbbbbbbbbbbbbbb",
                                                 .filename = SV("a.txt"),
                                                 .mime_type = SV("text/plain"),
                                                 .size = 99,
                                                 .true_size = 5};
    fake.bytes = "hello";
}

/* --- gate -------------------------------------------------------------- */

enum status gate_enter(struct gate *g, struct sv key, struct sv remote_addr, const struct gate_times *at,
                       struct gate_caller *out_r, uint32_t *retry_s_r, struct err *err)
{
    (void)g;
    fake.n_enter++;
    fake.times = *at;
    keep(fake.key, sizeof fake.key, key);
    keep(fake.addr, sizeof fake.addr, remote_addr);
    *out_r = fake.caller;
    *retry_s_r = fake.retry_s;
    return fake.enter == STATUS_OK ? STATUS_OK : err_set(err, fake.enter, "%s", fake.enter_text);
}

enum status gate_admit(struct gate *g, const struct gate_caller *c, enum store_class class, int64_t admit_us,
                       struct gate_verdict *out_r)
{
    (void)g;
    (void)c;
    fake.n_admit++;
    fake.admit_us = admit_us;
    fake.class = class;
    *out_r = fake.verdict;
    return fake.admit;
}

/* --- desk -------------------------------------------------------------- */

static enum status called(const struct desk_call *call)
{
    fake.n_desk++;
    keep(fake.who, sizeof fake.who, call->actor.who);
    keep(fake.partner_code, sizeof fake.partner_code, call->actor.partner_code);
    keep(fake.webhook_url, sizeof fake.webhook_url, call->actor.webhook_url);
    keep(fake.idempotency_key, sizeof fake.idempotency_key, call->key);
    fake.partner_id = call->actor.partner_id;
    fake.agent = call->actor.agent;
    fake.now_us = call->now_us;
    fake.mono_us = call->mono_us;
    memcpy(fake.hash, call->body_hash, sizeof fake.hash);
    return fake.desk == STATUS_OK ? STATUS_OK : err_set(call->err, fake.desk, "%s", fake.desk_text);
}

static enum status written(const struct desk_call *call, enum status read, struct buf *out, bool *replayed_r)
{
    enum status s = called(call);
    fake.read = read;
    *replayed_r = fake.replayed;
    if (read != STATUS_OK)
        return read;
    if (s == STATUS_OK)
        buf_str(out, "{\"written\":true}");
    return s == STATUS_OK ? out->status : s;
}

struct desk_opening {
    char title[64];
    bool has_files;
};

/* A refused draft and a replay are answered here, and counted; all else is when it is written. */
enum status desk_open_begin(struct desk *d, const struct desk_call *call, const struct ticket_draft *draft,
                            struct sv request_id, enum status draft_status, struct buf *out, bool *replayed_r,
                            struct desk_opening **o_r)
{
    (void)d;
    fake.n_begun++;
    *o_r = NULL;
    *replayed_r = false;
    keep(fake.title, sizeof fake.title, draft->title);
    keep(fake.request_id, sizeof fake.request_id, request_id);
    if (draft_status != STATUS_OK || (fake.replayed && fake.desk == STATUS_OK))
        return written(call, draft_status, out, replayed_r);
    if (fake.begin != STATUS_OK)
        return err_set(call->err, fake.begin, "%s", fake.desk_text);
    struct desk_opening *o = arena_alloc(call->arena, sizeof *o);
    if (!o)
        return err_set(call->err, STATUS_NO_MEMORY, "out of memory");
    keep(o->title, sizeof o->title, draft->title);
    o->has_files = draft->n_attachments > 0;
    *o_r = o;
    return STATUS_OK;
}

enum status desk_open_write(struct desk *d, const struct desk_call *call, struct desk_opening *o, struct buf *out,
                            bool *replayed_r)
{
    (void)d;
    keep(fake.title, sizeof fake.title, sv_from(o->title));
    enum status s = written(call, STATUS_OK, out, replayed_r);
    *replayed_r = fake.replayed || fake.replayed_late;
    return s;
}

bool desk_open_joins(const struct desk_opening *o)
{
    return !o->has_files;
}

enum status desk_update(struct desk *d, const struct desk_call *call, uint64_t number,
                        const struct ticket_change *change, enum status change_status, struct buf *out,
                        bool *replayed_r)
{
    (void)d;
    fake.number = number;
    keep(fake.comment, sizeof fake.comment, change->comment);
    return written(call, change_status, out, replayed_r);
}

enum status desk_details(struct desk *d, const struct desk_call *call, uint64_t number, struct ticket_details *out_r)
{
    (void)d;
    fake.number = number;
    *out_r = (struct ticket_details){.ticket = fake.ticket};
    out_r->ticket.number = number;
    return called(call);
}

enum status desk_status(struct desk *d, const struct desk_call *call, const struct desk_question *q, size_t n,
                        struct ticket_asked *asked_r)
{
    (void)d;
    size_t used = 0;
    fake.n_asked = n;
    fake.asked[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        asked_r[i] = (struct ticket_asked){q[i].value, fake.found ? &fake.ticket : NULL};
        int added = snprintf(fake.asked + used, sizeof fake.asked - used, "%c%.*s ", q[i].by_reference ? '@' : '#',
                             SV_ARG(q[i].value));
        used += added > 0 && (size_t)added < sizeof fake.asked - used ? (size_t)added : 0;
    }
    return called(call);
}

/* --- desk, several callers at once --- */

static void say(const char *format, ...) PRINTF_LIKE(1, 2);

static void say(const char *format, ...)
{
    size_t used = strlen(fake.together);
    va_list ap;
    va_start(ap, format);
    vsnprintf(fake.together + used, sizeof fake.together - used, format, ap);
    va_end(ap);
}

static void say_who(const struct desk_call *call)
{
    say(" %u:%.*s:", call->actor.partner_id, SV_ARG(call->actor.partner_code));
}

/* What is not found is left as it was: nobody may look at it. */
static void find_together(const char *what, struct desk_asking *q, size_t n)
{
    say("%s", what);
    for (size_t i = 0; i < n; i++) {
        say_who(q[i].call);
        say("%llu", (unsigned long long)q[i].number);
        q[i].done = fake.is_served[i];
        if (!q[i].done)
            continue;
        *q[i].out = (struct ticket_details){.ticket = fake.ticket};
        q[i].out->ticket.number = q[i].number;
    }
    say("; ");
}

void desk_details_together(struct desk *d, struct desk_asking *q, size_t n)
{
    (void)d;
    find_together("details", q, n);
}

void desk_status_together(struct desk *d, struct desk_asking *q, size_t n)
{
    (void)d;
    find_together("status", q, n);
}

void desk_open_together(struct desk *d, struct desk_writing *q, size_t n)
{
    (void)d;
    say("open");
    for (size_t i = 0; i < n; i++) {
        say_who(q[i].call);
        say("%s", q[i].o->title);
        q[i].done = fake.is_served[i];
        q[i].status = q[i].done ? fake.written[i] : STATUS_INTERNAL;
        if (q[i].done && q[i].status == STATUS_OK) {
            buf_printf(q[i].out, "{\"together\":\"%s\"}", q[i].o->title);
            q[i].status = q[i].out->status;
        }
    }
    say("; ");
}

enum status desk_list(struct desk *d, const struct desk_call *call, const struct store_list *q,
                      struct ticket **tickets_r, size_t *n_r, uint64_t *next_r)
{
    (void)d;
    fake.list = *q;
    keep(fake.assignee, sizeof fake.assignee, q->assignee);
    keep(fake.list_partner, sizeof fake.list_partner, q->partner_code);
    *tickets_r = &fake.ticket;
    *n_r = fake.n_list;
    *next_r = fake.next;
    return called(call);
}

enum status desk_attachment(struct desk *d, const struct desk_call *call, uint64_t number, struct sv attachment_id,
                            struct ticket_attachment *out_r)
{
    (void)d;
    fake.number = number;
    keep(fake.attachment_id, sizeof fake.attachment_id, attachment_id);
    *out_r = fake.attachment;
    return called(call);
}

enum status desk_attachment_send(struct desk *d, const char *attachment_id, http_sink sink, void *sink_ctx)
{
    (void)d;
    keep(fake.attachment_id, sizeof fake.attachment_id, sv_from(attachment_id));
    return sink(sink_ctx, fake.bytes, strlen(fake.bytes));
}

enum status desk_health(struct desk *d, int64_t mono_us, struct err *err)
{
    (void)d;
    fake.n_desk++;
    fake.mono_us = mono_us;
    return fake.desk == STATUS_OK ? STATUS_OK : err_set(err, fake.desk, "%s", fake.desk_text);
}
