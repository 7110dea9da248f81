#include "desk/internal.h"

static bool is_fresh(const struct desk *d, const struct desk_cache *c, uint64_t generation)
{
    return c->rows_in && c->generation == generation && d->mono_us - c->read_us < DESK_CATALOG_AGE_US;
}

typedef enum status (*read_rows)(struct desk *d, struct desk_cache *c, struct err *err);

/* The old rows stay until the new ones are there. */
static enum status refresh(struct desk *d, struct desk_cache *cache, read_rows read, struct err *err)
{
    /* Taken before the rows are read: a change between the two is seen next time. */
    uint64_t generation = d->shared ? gate_generation(d->shared) : 0;
    if (is_fresh(d, cache, generation))
        return STATUS_OK;
    struct desk_cache c = {.rows_in = arena_new(DESK_CACHE_MAX), .generation = generation, .read_us = d->mono_us};
    if (!c.rows_in)
        return err_set(err, STATUS_NO_MEMORY, "out of memory");
    enum status s = desk_told(d, read(d, &c, err));
    if (s != STATUS_OK) {
        desk_cache_free(&c);
        return s;
    }
    desk_cache_free(cache);
    *cache = c;
    return STATUS_OK;
}

void desk_cache_free(struct desk_cache *c)
{
    arena_free(&c->rows_in);
    *c = (struct desk_cache){0};
}

/* --- services --- */

static enum status read_services(struct desk *d, struct desk_cache *c, struct err *err)
{
    struct store_service *rows = NULL;
    enum status s = store_service_list(d->store, c->rows_in, &rows, &c->n, err);
    c->rows = rows;
    return s;
}

static const struct store_service *find(const struct desk_cache *c, enum ticket_service_type type, struct sv sub_type)
{
    const struct store_service *rows = c->rows;
    for (size_t i = 0; i < c->n; i++)
        if (rows[i].type == type && sv_eq(rows[i].sub_type, sub_type))
            return &rows[i];
    return NULL;
}

enum status desk_catalog_find(struct desk *d, enum ticket_service_type type, struct sv sub_type,
                              const struct store_service **row_r, struct err *err)
{
    enum status s = refresh(d, &d->services, read_services, err);
    if (s != STATUS_OK)
        return s;
    const struct store_service *row = sub_type.p ? find(&d->services, type, sub_type) : NULL;
    if (!row)
        row = find(&d->services, type, SV(""));
    if (!row)
        return err_set(err, STATUS_INTERNAL, "service catalogue has no default row for %s",
                       ticket_service_type_name(type));
    *row_r = row;
    return STATUS_OK;
}

/* --- branches --- */

static enum status read_branches(struct desk *d, struct desk_cache *c, struct err *err)
{
    struct store_branch *rows = NULL;
    enum status s = store_branch_list(d->store, c->rows_in, &rows, &c->n, err);
    c->rows = rows;
    return s;
}

enum status desk_branch_name(struct desk *d, struct sv code, struct sv *name_r, struct err *err)
{
    enum status s = refresh(d, &d->branches, read_branches, err);
    const struct store_branch *rows = d->branches.rows;
    *name_r = SV_NONE;
    for (size_t i = 0; s == STATUS_OK && i < d->branches.n && !name_r->p; i++)
        if (sv_eq(rows[i].code, code))
            *name_r = rows[i].name;
    return s;
}
