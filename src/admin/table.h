/* Aligned columns for people. Texts that come from outside are shown without
 * characters that could steer a terminal. */
#ifndef ADMIN_TABLE_H
#define ADMIN_TABLE_H

#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"
#include "base/sv.h"

#define ADMIN_TABLE_COLUMNS_MAX 12

struct admin_table {
    unsigned n_columns, column;            /*!< column: of the next cell */
    size_t width[ADMIN_TABLE_COLUMNS_MAX]; /*!< [code points] */
    struct buf cells;                      /*!< NUL-ended texts, row by row */
};

/* `headers`: NULL-ended; they decide how many columns there are. */
void admin_table_start(struct admin_table *t, const char *const *headers);
/* Two columns without headers: what it is, and its value. */
void admin_table_start_record(struct admin_table *t);
/* Fills cells from left to right; absent and empty texts show as "-". */
void admin_table_text(struct admin_table *t, struct sv s);
void admin_table_str(struct admin_table *t, const char *s);
void admin_table_number(struct admin_table *t, uint64_t v);
void admin_table_time(struct admin_table *t, int64_t wall_us); /* CLOCK_NONE: "-" */
/* What it is, and its value. */
void admin_table_field(struct admin_table *t, const char *label, struct sv value);
void admin_table_field_number(struct admin_table *t, const char *label, uint64_t value);
void admin_table_field_time(struct admin_table *t, const char *label, int64_t wall_us);
/* Prints and frees. */
enum status admin_table_end(struct admin_table *t, FILE *out) MUST_USE;

/* A text of several lines, each line indented by `indent` spaces. */
enum status admin_table_print_block(FILE *out, struct sv s, int indent) MUST_USE;

#endif
