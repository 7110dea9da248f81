/* What the webhook commands share, and their rows. */
#include "admin/webhook.h"

#include <string.h>

#include "admin/command.h"
#include "admin/partner.h"
#include "admin/value.h"
#include "base/clock.h"
#include "net/url.h"

/* Of a URL that is none nothing is shown: user info may stand in it. */
static struct sv until_any(struct sv url, size_t from, const char *ends)
{
    struct net_url parsed;
    if (!url.p)
        return SV_NONE;
    if (net_url_parse(url, &parsed))
        return SV("(no good URL)");
    while (from < url.n && !strchr(ends, url.p[from]))
        from++;
    return (struct sv){url.p, from};
}

struct sv admin_webhook_target(struct sv url)
{
    return until_any(url, 0, "?#");
}

struct sv admin_webhook_origin(struct sv url)
{
    return until_any(url, sizeof "https://" - 1, "/?#");
}

const char *admin_webhook_answer(struct arena *a, const char *p, size_t n)
{
    char *text = arena_alloc(a, n + 1);
    for (size_t i = 0; text && i < n; i++)
        text[i] = p[i];
    for (size_t i = 0; text && i < n; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            text[i] = '?';
    return text;
}

enum status admin_webhook_id(struct admin *a, const struct admin_args *args, struct sv *id_r)
{
    *id_r = admin_argument(args, "ID");
    return admin_value_cuid(*id_r, "ID", &a->err);
}

enum status admin_webhook_span(struct admin *a, const struct admin_args *args, int64_t *since_r, int64_t *until_r)
{
    enum status s = admin_value_time(admin_option(args, "since"), "--since", since_r, &a->err);
    if (s == STATUS_OK)
        s = admin_value_time(admin_option(args, "until"), "--until", until_r, &a->err);
    if (s == STATUS_OK && *since_r != CLOCK_NONE && *until_r != CLOCK_NONE && *until_r <= *since_r)
        s = err_set(&a->err, STATUS_BAD_INPUT, "--until: must be after --since");
    return s;
}

enum status admin_webhook_partner(struct admin *a, const struct admin_args *args, struct store_partner *out_r)
{
    struct sv code = admin_option(args, "partner");
    enum status s = admin_value_code(code, "--partner", &a->err);
    return s == STATUS_OK ? admin_partner_find(a, code, out_r) : s;
}

enum status admin_webhook_told(struct admin *a, struct sv id, enum status s)
{
    return s == STATUS_NOT_FOUND ? admin_refuse(a, s, "event %.*s: not found", SV_ARG(id)) : s;
}

#define ID_ARGUMENT                                                                                                    \
    {                                                                                                                  \
        .name = "ID", .help = "The event's id, as webhook list and the webhook-id header show it"                      \
    }
#define PARTNER_OPTION(text)                                                                                           \
    {                                                                                                                  \
        .name = "partner", .value = "CODE", .help = (text)                                                             \
    }
#define NEEDED_PARTNER(text)                                                                                           \
    {                                                                                                                  \
        .name = "partner", .value = "CODE", .required = true, .help = (text)                                           \
    }

const struct admin_command admin_webhook_commands[] = {
    {.noun = "webhook",
     .verb = "list",
     .help = "List events on their way and events given up, newest first",
     .options = {PARTNER_OPTION("Only this partner's"),
                 {.name = "ticket", .value = "N", .help = "Only this ticket's"},
                 {.name = "state", .value = "STATE", .help = "pending, dead or delivered; standard pending, then dead"},
                 {.name = "since", .value = "TIME", .help = "Not before; UTC, such as 2027-01-31T00:00:00Z"},
                 {.name = "until", .value = "TIME", .help = "Before that moment"},
                 {.name = "limit", .value = "N", .help = "At most so many of a state, 1 to 1000; standard 50"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_list},
    {.noun = "webhook",
     .verb = "show",
     .help = "Show an event and each attempt to deliver it",
     .arguments = {ID_ARGUMENT},
     .options = {{.name = "body", .help = "Print the exact body and nothing else; with --json, also the body"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_show},
    {.noun = "webhook",
     .verb = "retry",
     .help = "Try an event again now, or all that a partner's receivers let die",
     .arguments = {{.name = "ID", .optional = true, .help = "The event's id; it keeps it"}},
     .options = {PARTNER_OPTION("All dead events of this partner"),
                 {.name = "since", .value = "TIME", .help = "Of these, those that were given up then or later"},
                 {.name = "until", .value = "TIME", .help = "Of these, those that were given up before"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_retry},
    {.noun = "webhook",
     .verb = "cancel",
     .help = "Give an event up; webhook retry brings it back",
     .arguments = {ID_ARGUMENT},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_cancel},
    {.noun = "webhook",
     .verb = "stats",
     .help = "Show each receiver's figures, and the URLs that are switched off",
     .options = {PARTNER_OPTION("Only this partner's")},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_stats},
    {.noun = "webhook",
     .verb = "resume",
     .help = "End a receiver's pause by hand",
     .arguments = {{.name = "URL", .help = "The receiver: its origin, or any URL there"}},
     .options = {NEEDED_PARTNER("Whose receiver it is")},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_resume},
    {.noun = "webhook",
     .verb = "enable",
     .help = "Send again to a URL that was switched off by its answer 410",
     .arguments = {{.name = "URL", .help = "As webhook stats shows it: without its query, all that begin so"}},
     .options = {NEEDED_PARTNER("Whose webhooks go there")},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_enable},
    {.noun = "webhook",
     .verb = "test",
     .help = "Send a signed sample event now and show how it went",
     .options = {NEEDED_PARTNER("Whose secret signs it"),
                 {.name = "url", .value = "URL", .help = "Where to; else the partner's webhook URL"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_webhook_test},
    {.noun = "webhook",
     .verb = "verify",
     .help = "Check the signature of a webhook that somebody received",
     .options = {PARTNER_OPTION("Whose secret should have signed it"),
                 {.name = "secret-file", .value = "FILE", .help = "Instead of a partner: a secret in its first line"},
                 {.name = "body", .value = "FILE", .required = true, .help = "The exact body; - is standard input"},
                 {.name = "signature", .value = "HEX", .help = "Header X-Webhook-Signature"},
                 {.name = "standard", .value = "HEADER", .help = "Or header webhook-signature"},
                 {.name = "id", .value = "ID", .help = "Goes with it: header webhook-id"},
                 {.name = "timestamp", .value = "T", .help = "Goes with it: header webhook-timestamp"}},
     .need = ADMIN_NEED_NOTHING,
     .run = admin_webhook_verify},
    {.noun = NULL},
};
