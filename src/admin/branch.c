/* Branches: list, set. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/session.h"
#include "admin/table.h"
#include "admin/value.h"
#include "store/catalog_store.h"

static void put_branch(struct wire_writer *w, const struct store_branch *r)
{
    wire_open(w);
    wire_name(w, "id");
    wire_put_u64(w, r->id);
    wire_name(w, "code");
    wire_put_sv(w, r->code);
    wire_name(w, "name");
    wire_put_sv(w, r->name);
    wire_close(w);
}

static enum status print_table(struct admin *a, const struct store_branch *r, size_t n)
{
    static const char *const headers[] = {"ID", "CODE", "NAME", NULL};
    struct admin_table t;
    admin_table_start(&t, headers);
    for (size_t i = 0; i < n; i++) {
        admin_table_number(&t, r[i].id);
        admin_table_text(&t, r[i].code);
        admin_table_text(&t, r[i].name);
    }
    return admin_table_end(&t, a->out);
}

static enum status branch_list(struct admin *a, const struct admin_args *args)
{
    struct store_branch *r = NULL;
    size_t n = 0;
    (void)args;
    enum status s = store_branch_list(admin_store(a), a->arena, &r, &n, &a->err);
    if (s != STATUS_OK)
        return s;
    if (!a->json)
        return print_table(a, r, n);
    struct wire_writer *w = admin_json_start(a);
    wire_open_list(w);
    for (size_t i = 0; i < n; i++)
        put_branch(w, &r[i]);
    wire_close_list(w);
    return admin_json_end(a);
}

static enum status print_row(struct admin *a, struct sv code)
{
    struct store_branch *r = NULL;
    size_t n = 0;
    enum status s = store_branch_list(admin_store(a), a->arena, &r, &n, &a->err);
    if (s != STATUS_OK)
        return s;
    while (n > 0 && !sv_eq(r->code, code)) {
        r++;
        n--;
    }
    if (n == 0)
        return admin_refuse(a, STATUS_CONFLICT, "the row was set, and is gone again");
    if (!a->json)
        return print_table(a, r, 1);
    put_branch(admin_json_start(a), r);
    return admin_json_end(a);
}

static enum status branch_set(struct admin *a, const struct admin_args *args)
{
    struct store_branch r = {.code = admin_argument(args, "CODE"), .name = admin_argument(args, "NAME")};
    enum status s = admin_value_text(r.code, "CODE", TICKET_ID_MAX, &a->err);
    if (s == STATUS_OK)
        s = admin_value_text(r.name, "NAME", TICKET_NAME_MAX, &a->err);
    if (s == STATUS_OK)
        s = store_branch_set(admin_store(a), &r, &a->err);
    if (s != STATUS_OK)
        return s;
    admin_announce(a);
    return print_row(a, r.code);
}

const struct admin_command admin_branch_commands[] = {
    {.noun = "branch", .verb = "list", .help = "List the branches", .need = ADMIN_NEED_STORE, .run = branch_list},
    {.noun = "branch",
     .verb = "set",
     .help = "Name a branch, or rename one",
     .arguments = {{.name = "CODE", .help = "Its code, as partners send it in customer.branchCode"},
                   {.name = "NAME", .help = "Its name, at most 200 characters"}},
     .need = ADMIN_NEED_STORE,
     .run = branch_set},
    {.noun = NULL},
};
