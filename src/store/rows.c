#include "store/rows.h"

#include <string.h>

#define ROOM_FIRST 16

static enum status on_one(void *ctx, struct row_out *row)
{
    struct rows *r = ctx;
    r->n = 1;
    memset(r->list, 0, r->size);
    return r->read(row, r->a, r->list);
}

enum status rows_one(struct store *s, struct row_in *in, struct rows rows, struct err *err)
{
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = in, .on_row = on_one, .ctx = &rows}, err);
    if (st)
        return st;
    return rows.n ? STATUS_OK : STATUS_NOT_FOUND;
}

static void forget(void *ctx)
{
    struct rows *r = ctx;
    r->n = 0;
}

/* The old array is the arena's to free: doubling wastes no more than it holds. */
static enum status grow(struct rows *r)
{
    size_t room = r->room ? r->room * 2 : ROOM_FIRST;
    if (r->n >= ROWS_MAX)
        return STATUS_TOO_LARGE;
    void *list = arena_array(r->a, room, r->size);
    if (!list)
        return STATUS_NO_MEMORY;
    if (r->n)
        memcpy(list, r->list, r->n * r->size);
    r->list = list;
    r->room = room;
    return STATUS_OK;
}

static enum status on_any(void *ctx, struct row_out *row)
{
    struct rows *r = ctx;
    enum status st = r->n == r->room ? grow(r) : STATUS_OK;
    return st ? st : r->read(row, r->a, (char *)r->list + r->n++ * r->size);
}

enum status rows_all(struct store *s, struct row_in *in, struct rows rows, void **list_r, size_t *n_r, struct err *err)
{
    *list_r = NULL;
    *n_r = 0;
    enum status st = grow(&rows);
    if (st)
        return err_set(err, st, "out of memory");
    struct link_one one = {.in = in, .on_row = on_any, .again = forget, .ctx = &rows};
    st = link_one(s, LINK_READ, one, err);
    if (st)
        return st;
    *list_r = rows.list;
    *n_r = rows.n;
    return STATUS_OK;
}

enum status rows_number(void *ctx, struct row_out *row)
{
    uint64_t *number = ctx;
    *number = row_u(row, 0);
    return row->status;
}
