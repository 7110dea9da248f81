/* Whole results as arrays. Private to store/. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/link.h"

#define ROWS_MAX 100000 /*!< of a table that is read whole */

struct rows {
    struct arena *a;
    enum status (*read)(struct row_out *row, struct arena *a, void *to);
    size_t size;    /*!< [bytes] of a member */
    void *list;     /*!< rows_one: where the row goes */
    size_t n, room; /*!< rows_all's own */
};

/* The one row; STATUS_NOT_FOUND when there is none. */
enum status rows_one(struct store *s, struct row_in *in, struct rows rows, struct err *err) MUST_USE;
/* All rows, in the arena; *list_r is never NULL on success. */
enum status rows_all(struct store *s, struct row_in *in, struct rows rows, void **list_r, size_t *n_r,
                     struct err *err) MUST_USE;
/* A link_row for results of one number: ctx is the uint64_t to set. */
enum status rows_number(void *ctx, struct row_out *row) MUST_USE;

#endif
