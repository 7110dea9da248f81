#include "desk/internal.h"

#include <string.h>

#include "base/poke.h"

/* "<partner id>\n<scheme>://<host>:<port>", lower case. A default target that no
 * longer parses still gets its job: the sender says what is wrong with it. */
static char *receiver_text(struct arena *a, uint32_t partner_id, struct sv url)
{
    struct net_url u;
    if (net_url_parse(url, &u))
        return arena_printf(a, "%u\n%.*s", partner_id, SV_ARG(url));
    const char *scheme = u.https ? "https" : "http";
    if (memchr(u.host.p, ':', u.host.n))
        return arena_printf(a, "%u\n%s://[%.*s]:%u", partner_id, scheme, SV_ARG(u.host), u.port);
    return arena_printf(a, "%u\n%s://%.*s:%u", partner_id, scheme, SV_ARG(u.host), u.port);
}

static enum status receiver_id(struct arena *a, uint32_t partner_id, struct sv url, uint64_t *out_r)
{
    unsigned char hash[CRYPTO_SHA256_SIZE];
    char *text = receiver_text(a, partner_id, url);
    if (!text)
        return STATUS_NO_MEMORY;
    for (char *p = text; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    enum status s = crypto_sha256(text, strlen(text), hash);
    uint64_t id = 0;
    for (int i = 0; s == STATUS_OK && i < 8; i++)
        id = id << 8 | hash[i];
    *out_r = id;
    return s;
}

enum status desk_job_make(const struct desk_call *call, uint32_t partner_id, struct sv url,
                          enum ticket_event_type event, struct store_job *out_r)
{
    *out_r = (struct store_job){.event = event, .url = url, .tail = SV("")};
    enum status s = crypto_cuid(call->now_us, out_r->id);
    if (s != STATUS_OK)
        return s;
    return receiver_id(call->arena, partner_id, url, &out_r->receiver);
}

void desk_poke(struct desk *d, const struct store_job *jobs, unsigned n)
{
    for (unsigned i = 0; d->poke_directory && i < n; i++)
        if (i == 0 || jobs[i].receiver != jobs[i - 1].receiver)
            poke_send(&d->poke_fd, d->poke_directory, jobs[i].receiver);
}
