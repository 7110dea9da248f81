/* Webhooks: a partner's two receivers, five events, and whatever a test sets. */
#include <string.h>

#include "admin/fake.h"
#include "base/clock.h"
#include "base/poke.h"
#include "send/send.h"
#include "store/hook_admin.h"

#define HOUR_US (3600 * CLOCK_SECOND)

static enum status outcome(struct err *err)
{
    if (fake.status != STATUS_OK && fake.text)
        return err_set(err, fake.status, "%s", fake.text);
    return fake.status;
}

/* ISO, or "open". */
static const char *moment(int64_t at_us, char out[CLOCK_ISO_SIZE])
{
    if (at_us == CLOCK_NONE)
        return "open";
    clock_iso(at_us, out);
    return out;
}

static struct store_hook hook(enum store_hook_state state, const char *id, uint32_t seq)
{
    struct store_hook h = {.state = state, .partner_id = 1, .receiver = 77, .ticket_number = 1408, .seq = seq};
    snprintf(h.webhook_id, sizeof h.webhook_id, "%s", id);
    h.partner_code = SV("PARTNER001");
    h.event = TICKET_EVENT_STATUS_CHANGED;
    h.url = SV("https://a.example:8443/h/x?token=hidden#f");
    h.attempts = 1;
    h.created_at = 0;
    h.next_due = state == STORE_HOOK_IS_PENDING ? HOUR_US : CLOCK_NONE;
    h.settled_at = state == STORE_HOOK_IS_PENDING ? CLOCK_NONE : 2 * HOUR_US;
    if (state != STORE_HOOK_IS_DELIVERED)
        h.body = SV("{\"secret\":\"customer's\"}");
    if (state == STORE_HOOK_IS_DEAD)
        h.reason = SV("answered 500 \x1b[2J");
    return h;
}

static size_t hooks(struct store_hook out[FAKE_HOOKS])
{
    out[0] = hook(STORE_HOOK_IS_PENDING, FAKE_HOOK_SENT, 3);
    out[0].leased = true;
    out[1] = hook(STORE_HOOK_IS_PENDING, FAKE_HOOK_HELD, 2);
    out[1].held = true;
    out[1].attempts = 0;
    out[2] = hook(STORE_HOOK_IS_PENDING, FAKE_HOOK_WAITING, 1);
    out[3] = hook(STORE_HOOK_IS_DEAD, FAKE_HOOK_DEAD, 4);
    out[3].url = SV("https://user:password@a.example/");
    out[4] = hook(STORE_HOOK_IS_DELIVERED, FAKE_HOOK_DELIVERED, 5);
    out[4].event = TICKET_EVENT_CREATED;
    out[4].url = SV_NONE; /* history has neither */
    out[4].created_at = CLOCK_NONE;
    return fake.empty ? 0 : FAKE_HOOKS;
}

enum status store_hook_list(struct store *s, struct arena *a, const struct store_hook_filter *f,
                            struct store_hook **hooks_r, size_t *n_r, bool *more_r, struct err *err)
{
    static const char *const states[] = {"pending", "dead", "delivered"};
    char since[CLOCK_ISO_SIZE], until[CLOCK_ISO_SIZE];
    struct store_hook all[FAKE_HOOKS];
    (void)s;
    buf_printf(&fake.calls, "hook_list '%.*s' %llu %s %s %s %u\n", SV_ARG(f->partner_code),
               (unsigned long long)f->ticket_number, states[f->state], moment(f->since, since), moment(f->until, until),
               f->limit);
    *hooks_r = arena_array(a, FAKE_HOOKS, sizeof **hooks_r);
    if (!*hooks_r)
        return STATUS_NO_MEMORY;
    *n_r = 0;
    *more_r = fake.more;
    size_t n = hooks(all);
    for (size_t i = 0; i < n; i++)
        if (all[i].state == f->state)
            (*hooks_r)[(*n_r)++] = all[i];
    return outcome(err);
}

static bool find(struct sv id, struct store_hook *out_r)
{
    struct store_hook all[FAKE_HOOKS];
    size_t n = hooks(all);
    for (size_t i = 0; i < n; i++)
        if (sv_is(id, all[i].webhook_id)) {
            *out_r = all[i];
            return true;
        }
    return false;
}

enum status store_hook_find(struct store *s, struct arena *a, struct sv webhook_id, struct store_hook *out_r,
                            struct err *err)
{
    (void)s;
    (void)a;
    buf_printf(&fake.calls, "hook_find %.*s\n", SV_ARG(webhook_id));
    if (fake.status == STATUS_OK && !find(webhook_id, out_r))
        return err_set(err, STATUS_NOT_FOUND, "hook_find: no row");
    return outcome(err);
}

enum status store_hook_attempts(struct store *s, struct arena *a, struct sv webhook_id,
                                struct store_hook_attempt **attempts_r, size_t *n_r, struct err *err)
{
    static const struct store_hook_attempt rows[] = {
        {.attempt = 1, .duration_ms = 5000, .at = 0, .error = {"cannot connect", 14}},
        {.attempt = 2,
         .http_status = 500,
         .duration_ms = 12,
         .at = HOUR_US,
         .error = {"answered 500", 12},
         .answer = {"<h1>No\x1b</h1>", 12}},
        {.attempt = 3, .http_status = 204, .duration_ms = 7, .at = 2 * HOUR_US, .delivered = true},
    };
    (void)s;
    buf_printf(&fake.calls, "hook_attempts %.*s\n", SV_ARG(webhook_id));
    *attempts_r = arena_alloc(a, sizeof rows);
    if (!*attempts_r)
        return STATUS_NO_MEMORY;
    memcpy(*attempts_r, rows, sizeof rows);
    *n_r = sv_is(webhook_id, FAKE_HOOK_HELD) ? 0 : sizeof rows / sizeof rows[0];
    return outcome(err);
}

static enum status act(struct sv id, bool possible, struct err *err)
{
    struct store_hook h;
    if (fake.status != STATUS_OK)
        return outcome(err);
    if (!find(id, &h))
        return err_set(err, STATUS_NOT_FOUND, "no row");
    return possible ? STATUS_OK : err_set(err, STATUS_CONFLICT, "another state");
}

enum status store_hook_replay_one(struct store *s, struct sv webhook_id, int64_t age_us, uint64_t *receiver_r,
                                  struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "replay_one %.*s age %lld h\n", SV_ARG(webhook_id), (long long)(age_us / HOUR_US));
    *receiver_r = 77;
    return act(webhook_id, !sv_is(webhook_id, FAKE_HOOK_SENT) && !sv_is(webhook_id, FAKE_HOOK_DELIVERED), err);
}

enum status store_hook_replay(struct store *s, struct sv partner_code, int64_t since, int64_t until, int64_t age_us,
                              unsigned *n_r, struct err *err)
{
    char from[CLOCK_ISO_SIZE], to[CLOCK_ISO_SIZE];
    (void)s;
    buf_printf(&fake.calls, "replay %.*s %s %s age %lld h\n", SV_ARG(partner_code), moment(since, from),
               moment(until, to), (long long)(age_us / HOUR_US));
    *n_r = fake.n_replays > 0 ? STORE_HOOK_REPLAY_MAX : 0;
    if (fake.n_replays > 0) {
        fake.n_replays--;
        return STATUS_OK;
    }
    if (fake.fail_replay)
        return err_set(err, STATUS_UNAVAILABLE, "replay: 2006");
    return outcome(err);
}

enum status store_hook_cancel(struct store *s, struct sv webhook_id, struct sv reason, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "cancel %.*s %s\n", SV_ARG(webhook_id),
               sv_has_prefix(reason, SV("cancelled by admin:")) && reason.n > 19 ? "with its reason" : "wrong");
    return act(webhook_id, !sv_is(webhook_id, FAKE_HOOK_DEAD) && !sv_is(webhook_id, FAKE_HOOK_DELIVERED), err);
}

enum status store_hook_stats(struct store *s, struct arena *a, struct sv partner_code,
                             struct store_hook_figures **figures_r, size_t *n_r, struct err *err)
{
    static const struct store_hook_figures rows[] = {
        {.receiver = UINT64_MAX,
         .partner_id = 1,
         .partner_code = {"PARTNER001", 10},
         .origin = {"https://a.example:443", 21},
         .pending = 5,
         .due = 2,
         .retrying = 3,
         .dead = 1,
         .oldest = 0,
         .failures = 7,
         .paused_until = HOUR_US,
         .last_success = CLOCK_NONE,
         .last_failure = 0},
        {.receiver = 78,
         .partner_id = 1,
         .partner_code = {"PARTNER001", 10},
         .origin = {"http://[2001:db8::1]:8080", 25},
         .oldest = CLOCK_NONE,
         .paused_until = CLOCK_NONE,
         .last_success = HOUR_US,
         .last_failure = CLOCK_NONE},
        {.receiver = 79,
         .partner_id = 1,
         .partner_code = {"PARTNER001", 10},
         .pending = 1,
         .due = 1,
         .oldest = HOUR_US,
         .paused_until = CLOCK_NONE,
         .last_success = CLOCK_NONE,
         .last_failure = CLOCK_NONE},
    };
    (void)s;
    buf_printf(&fake.calls, "stats '%.*s'\n", SV_ARG(partner_code));
    *figures_r = arena_alloc(a, sizeof rows);
    if (!*figures_r)
        return STATUS_NO_MEMORY;
    memcpy(*figures_r, rows, sizeof rows);
    *n_r = fake.empty ? 0 : sizeof rows / sizeof rows[0];
    return outcome(err);
}

enum status store_hook_gone_list(struct store *s, struct arena *a, struct sv partner_code,
                                 struct store_hook_gone **gone_r, size_t *n_r, struct err *err)
{
    static const struct store_hook_gone rows[] = {
        {.partner_code = {"PARTNER001", 10}, .url = {"https://a.example/h?token=1", 27}, .webhook_id = FAKE_HOOK_DEAD},
        {.partner_code = {"PARTNER001", 10}, .url = {"https://a.example/h?token=2", 27}, .webhook_id = FAKE_HOOK_DEAD},
        {.partner_code = {"PARTNER001", 10}, .url = {"https://a.example/hooks", 23}, .webhook_id = FAKE_HOOK_DEAD},
    };
    (void)s;
    buf_printf(&fake.calls, "gone_list '%.*s'\n", SV_ARG(partner_code));
    *gone_r = arena_alloc(a, sizeof rows);
    if (!*gone_r)
        return STATUS_NO_MEMORY;
    memcpy(*gone_r, rows, sizeof rows);
    *n_r = fake.empty ? 0 : sizeof rows / sizeof rows[0];
    return outcome(err);
}

enum status store_hook_gone_clear(struct store *s, struct sv partner_code, struct sv url, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "gone_clear %.*s %.*s\n", SV_ARG(partner_code), SV_ARG(url));
    if (fake.raced)
        return err_set(err, STATUS_NOT_FOUND, "no row");
    return STATUS_OK;
}

enum status store_hook_resume(struct store *s, uint64_t receiver, struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "resume %llu\n", (unsigned long long)receiver);
    return receiver == UINT64_MAX ? STATUS_OK : err_set(err, STATUS_NOT_FOUND, "no pause");
}

enum status store_hook_history(struct store *s, unsigned keep_days, int64_t now_us, unsigned *dropped_r,
                               struct err *err)
{
    (void)s;
    buf_printf(&fake.calls, "history %u d%s\n", keep_days,
               now_us > clock_wall_us() - HOUR_US && now_us <= clock_wall_us() ? "" : " wrong time");
    *dropped_r = 2;
    return outcome(err);
}

enum status store_secret_find(struct store *s, struct arena *a, struct sv partner_code, struct store_secret *out_r,
                              struct err *err)
{
    (void)s;
    (void)a;
    buf_printf(&fake.calls, "secret_find %.*s\n", SV_ARG(partner_code));
    if (fake.status != STATUS_OK)
        return outcome(err);
    if (!sv_is(partner_code, "PARTNER001") && !sv_is(partner_code, "P2"))
        return err_set(err, STATUS_NOT_FOUND, "no row");
    *out_r = (struct store_secret){.secret = SV(FAKE_SECRET), .previous = SV_NONE, .previous_until = CLOCK_NONE};
    if (fake.rotated) {
        out_r->previous = SV(FAKE_OLD_SECRET);
        out_r->previous_until = HOUR_US;
    }
    return STATUS_OK;
}

enum status store_secret_rotate(struct store *s, struct sv partner_code, struct sv secret, int64_t overlap_us,
                                struct err *err)
{
    bool again = fake.secret[0] != '\0' && sv_is(secret, fake.secret);
    (void)s;
    buf_printf(&fake.calls, "secret_rotate %.*s %lld h%s\n", SV_ARG(partner_code), (long long)(overlap_us / HOUR_US),
               again ? " again" : "");
    snprintf(fake.secret, sizeof fake.secret, "%.*s", SV_ARG(secret));
    if (fake.n_uncertain > 0) {
        fake.n_uncertain--;
        return err_set(err, STATUS_UNCERTAIN, "connection lost");
    }
    return outcome(err);
}

void poke_send(int *fd, const char *directory, uint64_t receiver)
{
    buf_printf(&fake.calls, "poke %s %llu%s\n", directory, (unsigned long long)receiver, *fd == -1 ? "" : " wrong");
}

enum status send_sample(const struct conf *conf, const struct net_url_rules *rules, const struct send_sample *s,
                        struct post *out_r, struct err *err)
{
    (void)conf;
    buf_printf(&fake.calls, "sample %.*s %.*s '%.*s' %u %s %.*s %.*s\n", SV_ARG(s->url), SV_ARG(s->event),
               SV_ARG(s->hosts), s->partner_id, rules->n_ports ? "rules" : "no rules", SV_ARG(s->secret),
               SV_ARG(s->previous_secret.p ? s->previous_secret : SV("-")));
    snprintf(fake.body, sizeof fake.body, "%.*s", SV_ARG(s->body));
    snprintf(fake.hook_id, sizeof fake.hook_id, "%.*s", SV_ARG(s->webhook_id));
    *out_r = fake.post;
    if (fake.refuse_sample)
        return err_set(err, STATUS_DENIED, "not allowed there");
    return outcome(err);
}
