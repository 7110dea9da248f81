/* Partners: add, list, show, suspend, resume. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/session.h"
#include "admin/table.h"
#include "admin/value.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/id.h"
#include "net/url.h"
#include "ticket/types.h"

static enum status not_found(struct admin *a, struct sv code)
{
    return admin_refuse(a, STATUS_NOT_FOUND, "partner %.*s: not found", SV_ARG(code));
}

static enum status find(struct admin *a, struct sv code, struct store_partner *out_r)
{
    enum status s = store_partner_find(admin_store(a), a->arena, code, out_r, &a->err);
    return s == STATUS_NOT_FOUND ? not_found(a, code) : s;
}

/* `secret`: NULL but at the one time it is shown. */
static void put_partner(struct wire_writer *w, const struct store_partner *p, const char *secret)
{
    wire_open(w);
    wire_name(w, "id");
    wire_put_u64(w, p->id);
    wire_name(w, "code");
    wire_put_sv(w, p->code);
    wire_name(w, "name");
    wire_put_sv(w, p->name);
    wire_name(w, "webhookUrl");
    wire_put_sv(w, p->webhook_url);
    wire_name(w, "suspended");
    wire_put_bool(w, p->suspended);
    wire_name(w, "createdAt");
    wire_put_time(w, p->created_at);
    if (secret) {
        wire_name(w, "webhookSecret");
        wire_put_str(w, secret);
    }
    wire_close(w);
}

static enum status print_json(struct admin *a, const struct store_partner *p, const char *secret)
{
    put_partner(admin_json_start(a), p, secret);
    return admin_json_end(a);
}

static enum status check_webhook(const struct admin *a, struct sv url, struct err *err)
{
    struct net_url parsed;
    if (!url.p)
        return STATUS_OK;
    const char *why = net_url_parse(url, &parsed);
    if (!why)
        why = net_url_check(&parsed, &a->rules.webhook);
    return why ? err_set(err, STATUS_BAD_INPUT, "--webhook-url: %s", why) : STATUS_OK;
}

static enum status read_new(struct admin *a, const struct admin_args *args, struct store_partner *out_r)
{
    *out_r = (struct store_partner){.code = admin_argument(args, "CODE"),
                                    .name = admin_option(args, "name"),
                                    .webhook_url = admin_option(args, "webhook-url"),
                                    .created_at = clock_wall_us()};
    enum status s = admin_value_code(out_r->code, "CODE", &a->err);
    if (s == STATUS_OK)
        s = admin_value_text(out_r->name, "--name", TICKET_NAME_MAX, &a->err);
    return s == STATUS_OK ? check_webhook(a, out_r->webhook_url, &a->err) : s;
}

static enum status print_new(struct admin *a, const struct admin_args *args, const struct store_partner *p,
                             const char *secret)
{
    if (a->json)
        return print_json(a, p, secret);
    if (!admin_flag(args, "quiet"))
        fprintf(a->out, "Partner %.*s added. Its webhook secret, shown only now:\n", SV_ARG(p->code));
    fprintf(a->out, "%s\n", secret);
    return STATUS_OK;
}

static enum status partner_add(struct admin *a, const struct admin_args *args)
{
    struct store_partner p;
    char secret[CRYPTO_WEBHOOK_SECRET_SIZE] = "";
    enum status s = read_new(a, args, &p);
    if (s == STATUS_OK)
        s = crypto_webhook_secret(secret);
    if (s == STATUS_OK)
        s = store_partner_add(admin_store(a), &p, sv_from(secret), p.created_at, &a->err);
    if (s == STATUS_EXISTS)
        s = admin_refuse(a, s, "partner %.*s: exists already", SV_ARG(p.code));
    if (s == STATUS_OK) {
        admin_announce(a);
        /* Only JSON shows what the database made; the secret must not depend on it. */
        struct store_partner stored;
        if (a->json && find(a, p.code, &stored) == STATUS_OK)
            p = stored;
        err_init(&a->err);
        s = print_new(a, args, &p, secret);
    }
    crypto_wipe(secret, sizeof secret);
    return s;
}

static enum status partner_list(struct admin *a, const struct admin_args *args)
{
    static const char *const headers[] = {"ID", "CODE", "NAME", "STATE", "WEBHOOK URL", "CREATED", NULL};
    struct store_partner *p = NULL;
    size_t n = 0;
    (void)args;
    enum status s = store_partner_list(admin_store(a), a->arena, &p, &n, &a->err);
    if (s != STATUS_OK)
        return s;
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open_list(w);
        for (size_t i = 0; i < n; i++)
            put_partner(w, &p[i], NULL);
        wire_close_list(w);
        return admin_json_end(a);
    }
    struct admin_table t;
    admin_table_start(&t, headers);
    for (size_t i = 0; i < n; i++) {
        admin_table_number(&t, p[i].id);
        admin_table_text(&t, p[i].code);
        admin_table_text(&t, p[i].name);
        admin_table_str(&t, p[i].suspended ? "suspended" : "active");
        admin_table_text(&t, p[i].webhook_url);
        admin_table_time(&t, p[i].created_at);
    }
    return admin_table_end(&t, a->out);
}

static enum status partner_show(struct admin *a, const struct admin_args *args)
{
    struct store_partner p;
    struct admin_table t;
    enum status s = find(a, admin_argument(args, "CODE"), &p);
    if (s != STATUS_OK)
        return s;
    if (a->json)
        return print_json(a, &p, NULL);
    admin_table_start_record(&t);
    admin_table_str(&t, "Id");
    admin_table_number(&t, p.id);
    admin_table_str(&t, "Code");
    admin_table_text(&t, p.code);
    admin_table_str(&t, "Name");
    admin_table_text(&t, p.name);
    admin_table_str(&t, "State");
    admin_table_str(&t, p.suspended ? "suspended" : "active");
    admin_table_str(&t, "Webhook URL");
    admin_table_text(&t, p.webhook_url);
    admin_table_str(&t, "Created");
    admin_table_time(&t, p.created_at);
    return admin_table_end(&t, a->out);
}

static enum status set_suspended(struct admin *a, const struct admin_args *args, bool suspended)
{
    struct sv code = admin_argument(args, "CODE");
    struct store_partner p;
    enum status s = store_partner_suspend(admin_store(a), code, suspended, &a->err);
    if (s == STATUS_NOT_FOUND)
        return not_found(a, code);
    if (s != STATUS_OK)
        return s;
    admin_announce(a);
    if (a->json) {
        s = find(a, code, &p);
        return s == STATUS_OK ? print_json(a, &p, NULL) : s;
    }
    fprintf(a->out, "Partner %.*s %s.\n", SV_ARG(code), suspended ? "suspended: its keys are answered 401" : "resumed");
    return STATUS_OK;
}

static enum status partner_suspend(struct admin *a, const struct admin_args *args)
{
    return set_suspended(a, args, true);
}

static enum status partner_resume(struct admin *a, const struct admin_args *args)
{
    return set_suspended(a, args, false);
}

#define CODE_ARGUMENT                                                                                                  \
    {                                                                                                                  \
        .name = "CODE", .help = "The partner's code"                                                                   \
    }

const struct admin_command admin_partner_commands[] = {
    {.noun = "partner",
     .verb = "add",
     .help = "Add a partner and print its webhook secret, this once",
     .arguments = {{.name = "CODE", .help = "Its code: 1 to 63 of A-Z a-z 0-9 . _ -"}},
     .options = {{.name = "name", .value = "NAME", .required = true, .help = "Its name, at most 200 characters"},
                 {.name = "webhook-url", .value = "URL", .help = "Where events of tickets without a webhookUrl go"},
                 {.name = "quiet", .help = "Print nothing but the secret"}},
     .need = ADMIN_NEED_STORE,
     .run = partner_add},
    {.noun = "partner", .verb = "list", .help = "List all partners", .need = ADMIN_NEED_STORE, .run = partner_list},
    {.noun = "partner",
     .verb = "show",
     .help = "Show one partner",
     .arguments = {CODE_ARGUMENT},
     .need = ADMIN_NEED_STORE,
     .run = partner_show},
    {.noun = "partner",
     .verb = "suspend",
     .help = "Refuse all keys of a partner until it is resumed",
     .arguments = {CODE_ARGUMENT},
     .need = ADMIN_NEED_STORE,
     .run = partner_suspend},
    {.noun = "partner",
     .verb = "resume",
     .help = "Accept a suspended partner's keys again",
     .arguments = {CODE_ARGUMENT},
     .need = ADMIN_NEED_STORE,
     .run = partner_resume},
    {.noun = NULL},
};
