/* Records of a kind as commands print them: a table for people, an array of
 * objects for programs. */
#ifndef ADMIN_LIST_H
#define ADMIN_LIST_H

#include <stddef.h>
#include "admin/session.h"
#include "admin/table.h"

struct admin_list {
    const char *const *headers; /*!< NULL-ended */
    size_t size;                /*!< [bytes] of a record */
    void (*cells)(struct admin_table *t, const void *record);
    void (*put)(struct wire_writer *w, const void *record);
};

enum status admin_list_print(struct admin *a, const struct admin_list *list, const void *records, size_t n) MUST_USE;
/* One record: a table of one row, or an object. */
enum status admin_list_print_one(struct admin *a, const struct admin_list *list, const void *record) MUST_USE;
/* The row that was just set is not there when it is to be printed. */
enum status admin_list_gone(struct admin *a);

#endif
