/* Service catalogue and branches. */
#ifndef STORE_CATALOG_STORE_H
#define STORE_CATALOG_STORE_H

#include "base/sv.h"
#include "store/store.h"
#include "ticket/types.h"

struct store_service {
    uint32_t id;
    enum ticket_service_type type;
    struct sv sub_type; /*!< present and empty: the type's default row */
    struct sv name, support_group;
    uint32_t response_minutes, sla_hours, estimate_hours;
};
struct store_branch {
    uint32_t id;
    struct sv code, name;
};

/* The whole catalogue: it is small, workers keep it. */
enum status store_service_list(struct store *s, struct arena *a, struct store_service **rows_r, size_t *n_r,
                               struct err *err) MUST_USE;
/* Inserts or replaces the (type, sub_type) row. */
enum status store_service_set(struct store *s, const struct store_service *row, struct err *err) MUST_USE;
enum status store_branch_list(struct store *s, struct arena *a, struct store_branch **rows_r, size_t *n_r,
                              struct err *err) MUST_USE;
enum status store_branch_set(struct store *s, const struct store_branch *row, struct err *err) MUST_USE;

#endif
