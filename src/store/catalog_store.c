#include "store/catalog_store.h"

#include "store/link.h"
#include "store/rows.h"

#define WORD_MAX 32 /* [bytes] with NUL of a service type's name */

static enum status read_service(struct row_out *row, struct arena *a, void *to)
{
    struct store_service *v = to;
    char type[WORD_MAX];
    v->id = (uint32_t)row_u(row, 0);
    row_str(row, 1, type, sizeof type);
    v->sub_type = row_s(row, 2, a);
    v->name = row_s(row, 3, a);
    v->support_group = row_s(row, 4, a);
    v->response_minutes = (uint32_t)row_u(row, 5);
    v->sla_hours = (uint32_t)row_u(row, 6);
    v->estimate_hours = (uint32_t)row_u(row, 7);
    return ticket_service_type_parse(sv_from(type), &v->type) ? row->status : STATUS_INTERNAL;
}

enum status store_service_list(struct store *s, struct arena *a, struct store_service **rows_r, size_t *n_r,
                               struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_SERVICE_LIST);
    struct rows rows = {.a = a, .read = read_service, .size = sizeof **rows_r};
    enum status st = rows_all(s, &in, rows, &list, n_r, err);
    *rows_r = list;
    return st;
}

enum status store_service_set(struct store *s, const struct store_service *row, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_SERVICE_SET);
    row_in_str(&in, ticket_service_type_name(row->type));
    row_in_s(&in, row->sub_type);
    row_in_s(&in, row->name);
    row_in_s(&in, row->support_group);
    row_in_u(&in, row->response_minutes);
    row_in_u(&in, row->sla_hours);
    row_in_u(&in, row->estimate_hours);
    return link_one(s, LINK_WRITE, (struct link_one){.in = &in}, err);
}

static enum status read_branch(struct row_out *row, struct arena *a, void *to)
{
    struct store_branch *b = to;
    b->id = (uint32_t)row_u(row, 0);
    b->code = row_s(row, 1, a);
    b->name = row_s(row, 2, a);
    return row->status;
}

enum status store_branch_list(struct store *s, struct arena *a, struct store_branch **rows_r, size_t *n_r,
                              struct err *err)
{
    struct row_in in;
    void *list;
    row_in_init(&in, STORE_BRANCH_LIST);
    struct rows rows = {.a = a, .read = read_branch, .size = sizeof **rows_r};
    enum status st = rows_all(s, &in, rows, &list, n_r, err);
    *rows_r = list;
    return st;
}

enum status store_branch_set(struct store *s, const struct store_branch *row, struct err *err)
{
    struct row_in in;
    row_in_init(&in, STORE_BRANCH_SET);
    row_in_s(&in, row->code);
    row_in_s(&in, row->name);
    return link_one(s, LINK_WRITE, (struct link_one){.in = &in}, err);
}
