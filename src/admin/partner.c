/* Partners: list, show, suspend, resume; the rows of all partner commands. */
#include "admin/partner.h"

#include "admin/command.h"
#include "admin/list.h"
#include "admin/put.h"
#include "admin/value.h"
#include "base/clock.h"
#include "store/hook_admin.h"

enum status admin_partner_not_found(struct admin *a, struct sv code)
{
    return admin_refuse(a, STATUS_NOT_FOUND, "partner %.*s: not found", SV_ARG(code));
}

enum status admin_partner_find(struct admin *a, struct sv code, struct store_partner *out_r)
{
    enum status s = store_partner_find(admin_store(a), a->arena, code, out_r, &a->err);
    return s == STATUS_NOT_FOUND ? admin_partner_not_found(a, code) : s;
}

enum status admin_partner_option(struct admin *a, const struct admin_args *args)
{
    struct sv code = admin_option(args, "partner");
    struct store_partner p;
    if (!code.p)
        return STATUS_OK;
    enum status s = admin_value_code(code, "--partner", &a->err);
    return s == STATUS_OK ? admin_partner_find(a, code, &p) : s;
}

/* null stands for any. */
static void put_hosts(struct wire_writer *w, struct sv hosts)
{
    struct sv host;
    wire_name(w, "webhookHosts");
    if (!hosts.p) {
        wire_put_null(w);
        return;
    }
    wire_open_list(w);
    while (sv_cut(&hosts, ' ', &host))
        if (host.n > 0)
            wire_put_sv(w, host);
    wire_close_list(w);
}

void admin_partner_put(struct wire_writer *w, const struct store_partner *p)
{
    admin_put_number(w, "id", p->id);
    admin_put_text(w, "code", p->code);
    admin_put_text(w, "name", p->name);
    admin_put_text(w, "webhookUrl", p->webhook_url);
    put_hosts(w, p->webhook_hosts);
    admin_put_bool(w, "suspended", p->suspended);
    admin_put_time(w, "createdAt", p->created_at);
}

static void put_partner(struct wire_writer *w, const void *record)
{
    wire_open(w);
    admin_partner_put(w, record);
    wire_close(w);
}

enum status admin_partner_print(struct admin *a, const struct store_partner *p)
{
    put_partner(admin_json_start(a), p);
    return admin_json_end(a);
}

static const char *const headers[] = {"ID", "CODE", "NAME", "STATE", "WEBHOOK URL", "CREATED", NULL};

static void partner_cells(struct admin_table *t, const void *record)
{
    const struct store_partner *p = record;
    admin_table_number(t, p->id);
    admin_table_text(t, p->code);
    admin_table_text(t, p->name);
    admin_table_str(t, p->suspended ? "suspended" : "active");
    admin_table_text(t, p->webhook_url);
    admin_table_time(t, p->created_at);
}

static const struct admin_list partners = {headers, sizeof(struct store_partner), partner_cells, put_partner};

static enum status partner_list(struct admin *a, const struct admin_args *args)
{
    struct store_partner *p = NULL;
    size_t n = 0;
    (void)args;
    enum status s = store_partner_list(admin_store(a), a->arena, &p, &n, &a->err);
    return s == STATUS_OK ? admin_list_print(a, &partners, p, n) : s;
}

static enum status print_record(struct admin *a, const struct store_partner *p, int64_t previous_until)
{
    struct admin_table t;
    admin_table_start_record(&t);
    admin_table_field_number(&t, "Id", p->id);
    admin_table_field(&t, "Code", p->code);
    admin_table_field(&t, "Name", p->name);
    admin_table_field(&t, "State", p->suspended ? SV("suspended") : SV("active"));
    admin_table_field(&t, "Webhook URL", p->webhook_url);
    admin_table_field(&t, "Webhook hosts", p->webhook_hosts.p ? p->webhook_hosts : SV("any"));
    admin_table_field_time(&t, "Old secret until", previous_until);
    admin_table_field_time(&t, "Created", p->created_at);
    return admin_table_end(&t, a->out);
}

static enum status partner_show(struct admin *a, const struct admin_args *args)
{
    struct sv code = admin_argument(args, "CODE");
    struct store_partner p;
    struct store_secret secret;
    enum status s = admin_partner_find(a, code, &p);
    if (s == STATUS_OK)
        s = store_secret_find(admin_store(a), a->arena, code, &secret, &a->err);
    if (s != STATUS_OK)
        return s == STATUS_NOT_FOUND ? admin_partner_not_found(a, code) : s;
    int64_t until = secret.previous.p ? secret.previous_until : CLOCK_NONE;
    if (!a->json)
        return print_record(a, &p, until);
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_partner_put(w, &p);
    admin_put_time(w, "previousSecretUntil", until);
    wire_close(w);
    return admin_json_end(a);
}

static enum status set_suspended(struct admin *a, const struct admin_args *args, bool suspended)
{
    struct sv code = admin_argument(args, "CODE");
    struct store_partner p;
    enum status s = store_partner_suspend(admin_store(a), code, suspended, &a->err);
    if (s == STATUS_NOT_FOUND)
        return admin_partner_not_found(a, code);
    if (s != STATUS_OK)
        return s;
    admin_announce(a);
    if (a->json) {
        s = admin_partner_find(a, code, &p);
        return s == STATUS_OK ? admin_partner_print(a, &p) : s;
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
#define URL_OPTION                                                                                                     \
    {                                                                                                                  \
        .name = "webhook-url", .value = "URL", .help = "Where events of tickets without a webhookUrl go"               \
    }
#define HOSTS_OPTION                                                                                                   \
    {                                                                                                                  \
        .name = "webhook-hosts", .value = "LIST", .help = "Webhooks go only to these, such as 'a.example *.b.example'" \
    }

const struct admin_command admin_partner_commands[] = {
    {.noun = "partner",
     .verb = "add",
     .help = "Add a partner and print its webhook secret, this once",
     .arguments = {{.name = "CODE", .help = "Its code: 1 to 63 of A-Z a-z 0-9 . _ -"}},
     .options = {{.name = "name", .value = "NAME", .required = true, .help = "Its name, at most 200 characters"},
                 URL_OPTION,
                 HOSTS_OPTION,
                 {.name = "quiet", .help = "Print nothing but the secret"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_partner_add},
    {.noun = "partner", .verb = "list", .help = "List all partners", .need = ADMIN_NEED_STORE, .run = partner_list},
    {.noun = "partner",
     .verb = "show",
     .help = "Show one partner",
     .arguments = {CODE_ARGUMENT},
     .need = ADMIN_NEED_STORE,
     .run = partner_show},
    {.noun = "partner",
     .verb = "set",
     .help = "Change where a partner's webhooks go and may go",
     .arguments = {CODE_ARGUMENT},
     .options = {URL_OPTION,
                 {.name = "no-webhook-url", .help = "Events of tickets without a webhookUrl go nowhere"},
                 HOSTS_OPTION,
                 {.name = "any-host", .help = "Webhooks may go to any host"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_partner_set},
    {.noun = "partner",
     .verb = "rotate-secret",
     .help = "Give a partner a new webhook secret and print it, this once",
     .arguments = {CODE_ARGUMENT},
     .options = {{.name = "overlap",
                  .value = "HOURS",
                  .help = "How long the old secret signs too, 0 to 720; standard 24; 0 ends it at once"},
                 {.name = "quiet", .help = "Print nothing but the secret"}},
     .need = ADMIN_NEED_STORE,
     .run = admin_partner_rotate},
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
