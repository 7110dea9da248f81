#include "desk/internal.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

enum status desk_new(struct store *store, struct gate_shared *shared, const struct ticket_rules *rules,
                     struct desk **d_r)
{
    struct desk *d = calloc(1, sizeof *d);
    if (!d)
        return STATUS_NO_MEMORY;
    d->store = store;
    d->shared = shared;
    d->rules = rules;
    d->poke_fd = -1;
    *d_r = d;
    return STATUS_OK;
}

void desk_free(struct desk **d)
{
    if (!*d)
        return;
    desk_cache_free(&(*d)->services);
    desk_cache_free(&(*d)->branches);
    if ((*d)->poke_fd >= 0)
        close((*d)->poke_fd);
    free(*d);
    *d = NULL;
}

void desk_rules(struct desk *d, const struct ticket_rules *rules)
{
    d->rules = rules;
}

void desk_pokes(struct desk *d, const char *directory)
{
    d->poke_directory = directory;
}

enum status desk_enter(struct desk *d, int64_t mono_us, struct err *err)
{
    d->mono_us = mono_us;
    if (d->shared && gate_breaker_open(d->shared)) {
        err_init(err); /* this outranks fields found wrong */
        return err_set(err, STATUS_UNAVAILABLE, "database breaker is open");
    }
    store_begin(d->store, mono_us);
    return STATUS_OK;
}

enum status desk_told(struct desk *d, enum status s)
{
    if (!d->shared)
        return s;
    switch (s) {
    case STATUS_OK:
    case STATUS_NOT_FOUND:
    case STATUS_EXISTS:
    case STATUS_CONFLICT:
        gate_breaker_ok(d->shared);
        break;
    case STATUS_UNAVAILABLE:
    case STATUS_UNCERTAIN:
        /* A statement that was cut short or kept colliding is no reason to stop the pool. By now, not by
         * arrival: the wait itself may have been longer than the time between probes. */
        if (store_lost(d->store))
            gate_breaker_fail(d->shared, clock_mono_us());
        break;
    case STATUS_NO_MEMORY:
    case STATUS_TOO_LARGE:
    case STATUS_BAD_INPUT:
    case STATUS_INVALID:
    case STATUS_CLOSED:
    case STATUS_DENIED:
    case STATUS_LIMITED:
    case STATUS_IO:
    case STATUS_CONFIG:
    case STATUS_INTERNAL:
    case STATUS__MAX:
        break;
    }
    return s;
}

uint32_t desk_scope(const struct desk_call *call)
{
    return call->actor.agent ? 0 : call->actor.partner_id;
}

enum status desk_keep(struct arena *a, enum status s, struct buf *b, struct sv *out_r)
{
    if (s == STATUS_OK)
        s = b->status;
    if (s == STATUS_OK)
        s = arena_dup(a, buf_view(b), out_r);
    buf_free(b);
    return s;
}

enum status desk_uploads(const struct desk_call *call, const struct ticket_attachment *in, unsigned n,
                         struct ticket_attachment **out_r)
{
    *out_r = NULL;
    if (n == 0)
        return STATUS_OK;
    struct ticket_attachment *out = arena_array(call->arena, n, sizeof *out);
    if (!out)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < n; i++) {
        out[i] = in[i];
        out[i].at = call->now_us;
        enum status s = crypto_cuid(call->now_us, out[i].id);
        if (s != STATUS_OK)
            return s;
    }
    *out_r = out;
    return STATUS_OK;
}

enum status desk_health(struct desk *d, int64_t mono_us, struct err *err)
{
    enum status s = desk_enter(d, mono_us, err);
    return s == STATUS_OK ? desk_told(d, store_ping(d->store, err)) : s;
}

bool desk_probe(struct desk *d, int64_t mono_us)
{
    if (!d->shared || !gate_breaker_open(d->shared))
        return false;
    if (gate_breaker_allow(d->shared, mono_us)) {
        store_begin(d->store, mono_us);
        return desk_told(d, store_ping(d->store, NULL)) != STATUS_OK;
    }
    return true;
}
