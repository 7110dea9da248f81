/* The service catalogue: list, set. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/list.h"
#include "admin/put.h"
#include "admin/value.h"
#include "store/catalog_store.h"

#define RESPONSE_MINUTES_MAX 525600 /* a year */
#define HOURS_MAX 87600             /* ten years */

static const char *const headers[] = {"ID",           "TYPE",  "SUB-TYPE",   "NAME", "SUPPORT GROUP",
                                      "RESPONSE min", "SLA h", "ESTIMATE h", NULL};

static void service_cells(struct admin_table *t, const void *record)
{
    const struct store_service *r = record;
    admin_table_number(t, r->id);
    admin_table_str(t, ticket_service_type_name(r->type));
    admin_table_text(t, r->sub_type);
    admin_table_text(t, r->name);
    admin_table_text(t, r->support_group);
    admin_table_number(t, r->response_minutes);
    admin_table_number(t, r->sla_hours);
    admin_table_number(t, r->estimate_hours);
}

static void put_service(struct wire_writer *w, const void *record)
{
    const struct store_service *r = record;
    wire_open(w);
    admin_put_number(w, "id", r->id);
    admin_put_str(w, "serviceType", ticket_service_type_name(r->type));
    admin_put_text(w, "subType", r->sub_type.n ? r->sub_type : SV_NONE);
    admin_put_text(w, "name", r->name);
    admin_put_text(w, "supportGroup", r->support_group);
    admin_put_number(w, "responseMinutes", r->response_minutes);
    admin_put_number(w, "slaHours", r->sla_hours);
    admin_put_number(w, "estimateHours", r->estimate_hours);
    wire_close(w);
}

static const struct admin_list services = {headers, sizeof(struct store_service), service_cells, put_service};

static enum status service_list(struct admin *a, const struct admin_args *args)
{
    struct store_service *r = NULL;
    size_t n = 0;
    (void)args;
    enum status s = store_service_list(admin_store(a), a->arena, &r, &n, &a->err);
    return s == STATUS_OK ? admin_list_print(a, &services, r, n) : s;
}

/* The row of (type, sub-type) as it is; out_r untouched when there is none. */
static enum status find(struct admin *a, enum ticket_service_type type, struct sv sub_type, struct store_service *out_r,
                        bool *found_r)
{
    struct store_service *r = NULL;
    size_t n = 0;
    *found_r = false;
    enum status s = store_service_list(admin_store(a), a->arena, &r, &n, &a->err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++)
        if (r[i].type == type && sv_eq(r[i].sub_type, sub_type)) {
            *out_r = r[i];
            *found_r = true;
        }
    return s;
}

static enum status read_key(struct admin *a, const struct admin_args *args, struct store_service *r)
{
    struct sv sub_type = admin_option(args, "sub-type");
    if (!ticket_service_type_parse(admin_argument(args, "TYPE"), &r->type))
        return err_set(&a->err, STATUS_BAD_INPUT,
                       "TYPE: must be a service type of the API, such as CLAIM or ATM_ISSUE");
    r->sub_type = sub_type.p ? sub_type : SV("");
    return sub_type.p ? admin_value_text(sub_type, "--sub-type", TICKET_ID_MAX, &a->err) : STATUS_OK;
}

/* Sets a text that was given; a new row needs it. */
static enum status set_text(struct admin *a, const struct admin_args *args, const char *name, struct sv *value)
{
    struct sv given = admin_option(args, name);
    char label[ADMIN_COMMAND_NAME_MAX];
    snprintf(label, sizeof label, "--%s", name);
    if (!given.p)
        return value->p
                   ? STATUS_OK
                   : err_set(&a->err, STATUS_BAD_INPUT, "%s: is missing, and the catalogue has no such row yet", label);
    *value = given;
    return admin_value_text(given, label, TICKET_NAME_MAX, &a->err);
}

static enum status set_number(struct admin *a, const struct admin_args *args, const char *name, uint32_t max,
                              bool found, uint32_t *value)
{
    struct sv given = admin_option(args, name);
    char label[ADMIN_COMMAND_NAME_MAX];
    uint64_t n = 0;
    snprintf(label, sizeof label, "--%s", name);
    if (!given.p)
        return found
                   ? STATUS_OK
                   : err_set(&a->err, STATUS_BAD_INPUT, "%s: is missing, and the catalogue has no such row yet", label);
    enum status s = admin_value_number(given, label, 1, max, &n, &a->err);
    if (s == STATUS_OK)
        *value = (uint32_t)n;
    return s;
}

static enum status set_values(struct admin *a, const struct admin_args *args, bool found, struct store_service *r)
{
    enum status s = set_text(a, args, "name", &r->name);
    if (s == STATUS_OK)
        s = set_text(a, args, "support-group", &r->support_group);
    if (s == STATUS_OK)
        s = set_number(a, args, "response-minutes", RESPONSE_MINUTES_MAX, found, &r->response_minutes);
    if (s == STATUS_OK)
        s = set_number(a, args, "sla-hours", HOURS_MAX, found, &r->sla_hours);
    if (s == STATUS_OK)
        s = set_number(a, args, "estimate-hours", HOURS_MAX, found, &r->estimate_hours);
    return s;
}

static enum status print_row(struct admin *a, enum ticket_service_type type, struct sv sub_type)
{
    struct store_service r;
    bool found = false;
    enum status s = find(a, type, sub_type, &r, &found);
    if (s != STATUS_OK)
        return s;
    return found ? admin_list_print_one(a, &services, &r) : admin_list_gone(a);
}

static enum status service_set(struct admin *a, const struct admin_args *args)
{
    struct store_service r = {.name = SV_NONE, .support_group = SV_NONE};
    bool found = false;
    enum status s = read_key(a, args, &r);
    if (s == STATUS_OK)
        s = find(a, r.type, r.sub_type, &r, &found);
    if (s == STATUS_OK)
        s = set_values(a, args, found, &r);
    if (s == STATUS_OK)
        s = store_service_set(admin_store(a), &r, &a->err);
    if (s != STATUS_OK)
        return s;
    admin_announce(a);
    return print_row(a, r.type, r.sub_type);
}

const struct admin_command admin_service_commands[] = {
    {.noun = "service",
     .verb = "list",
     .help = "List the service catalogue",
     .need = ADMIN_NEED_STORE,
     .run = service_list},
    {.noun = "service",
     .verb = "set",
     .help = "Add a row to the catalogue, or change one; a new row needs all but --sub-type",
     .arguments = {{.name = "TYPE", .help = "The service type, such as CLAIM"}},
     .options = {{.name = "sub-type",
                  .value = "TEXT",
                  .help = "Only for this claimType or the like; else the type's standard row"},
                 {.name = "name", .value = "NAME", .help = "The service's name"},
                 {.name = "support-group", .value = "NAME", .help = "Who gets its tickets"},
                 {.name = "response-minutes", .value = "N", .help = "Time to the first answer, 1 to 525600"},
                 {.name = "sla-hours", .value = "N", .help = "Time to the resolution, 1 to 87600"},
                 {.name = "estimate-hours", .value = "N", .help = "What partners are told to expect, 1 to 87600"}},
     .need = ADMIN_NEED_STORE,
     .run = service_set},
    {.noun = NULL},
};
