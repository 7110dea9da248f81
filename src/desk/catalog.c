#include "desk/internal.h"

static bool is_fresh(const struct desk *d, uint64_t generation)
{
    const struct desk_catalog *c = &d->catalog;
    return c->rows_in && c->generation == generation && d->mono_us - c->read_us < DESK_CATALOG_AGE_US;
}

/* The old rows stay until the new ones are there. */
static enum status refresh(struct desk *d, struct err *err)
{
    /* Taken before the rows are read: a change between the two is seen next time. */
    uint64_t generation = d->shared ? gate_generation(d->shared) : 0;
    if (is_fresh(d, generation))
        return STATUS_OK;
    struct desk_catalog c = {.rows_in = arena_new(DESK_CATALOG_MAX), .generation = generation, .read_us = d->mono_us};
    if (!c.rows_in)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    enum status s = desk_told(d, store_service_list(d->store, c.rows_in, &c.rows, &c.n, err));
    if (s != STATUS_OK) {
        desk_catalog_free(&c);
        return s;
    }
    desk_catalog_free(&d->catalog);
    d->catalog = c;
    return STATUS_OK;
}

static const struct store_service *find(const struct desk_catalog *c, enum ticket_service_type type, struct sv sub_type)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->rows[i].type == type && sv_eq(c->rows[i].sub_type, sub_type))
            return &c->rows[i];
    return NULL;
}

enum status desk_catalog_find(struct desk *d, enum ticket_service_type type, struct sv sub_type,
                              const struct store_service **row_r, struct err *err)
{
    enum status s = refresh(d, err);
    if (s != STATUS_OK)
        return s;
    const struct store_service *row = sub_type.p ? find(&d->catalog, type, sub_type) : NULL;
    if (!row)
        row = find(&d->catalog, type, SV(""));
    if (!row)
        return err_set(err, STATUS_INTERNAL, "service catalogue has no default row for %s",
                       ticket_service_type_name(type));
    *row_r = row;
    return STATUS_OK;
}

void desk_catalog_free(struct desk_catalog *c)
{
    arena_free(&c->rows_in);
    *c = (struct desk_catalog){0};
}
