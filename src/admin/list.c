#include "admin/list.h"

static const void *record_at(const struct admin_list *list, const void *records, size_t i)
{
    return (const char *)records + i * list->size;
}

static enum status print_table(struct admin *a, const struct admin_list *list, const void *records, size_t n)
{
    struct admin_table t;
    admin_table_start(&t, list->headers);
    for (size_t i = 0; i < n; i++)
        list->cells(&t, record_at(list, records, i));
    return admin_table_end(&t, a->out);
}

enum status admin_list_print(struct admin *a, const struct admin_list *list, const void *records, size_t n)
{
    if (!a->json)
        return print_table(a, list, records, n);
    struct wire_writer *w = admin_json_start(a);
    wire_open_list(w);
    for (size_t i = 0; i < n; i++)
        list->put(w, record_at(list, records, i));
    wire_close_list(w);
    return admin_json_end(a);
}

enum status admin_list_print_one(struct admin *a, const struct admin_list *list, const void *record)
{
    if (!a->json)
        return print_table(a, list, record, 1);
    list->put(admin_json_start(a), record);
    return admin_json_end(a);
}

enum status admin_list_gone(struct admin *a)
{
    return admin_refuse(a, STATUS_CONFLICT, "the row was set, and is gone again");
}
