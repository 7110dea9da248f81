/* Branches: list, set. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/list.h"
#include "admin/put.h"
#include "admin/value.h"
#include "store/catalog_store.h"

static const char *const headers[] = {"ID", "CODE", "NAME", NULL};

static void branch_cells(struct admin_table *t, const void *record)
{
    const struct store_branch *r = record;
    admin_table_number(t, r->id);
    admin_table_text(t, r->code);
    admin_table_text(t, r->name);
}

static void put_branch(struct wire_writer *w, const void *record)
{
    const struct store_branch *r = record;
    wire_open(w);
    admin_put_number(w, "id", r->id);
    admin_put_text(w, "code", r->code);
    admin_put_text(w, "name", r->name);
    wire_close(w);
}

static const struct admin_list branches = {headers, sizeof(struct store_branch), branch_cells, put_branch};

static enum status branch_list(struct admin *a, const struct admin_args *args)
{
    struct store_branch *r = NULL;
    size_t n = 0;
    (void)args;
    enum status s = store_branch_list(admin_store(a), a->arena, &r, &n, &a->err);
    return s == STATUS_OK ? admin_list_print(a, &branches, r, n) : s;
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
    return n ? admin_list_print_one(a, &branches, r) : admin_list_gone(a);
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
