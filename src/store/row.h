/* Values in and out of statements. Private to store/. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include <mysql.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/sv.h"
#include "crypto/hash.h"
#include "store/statements.h"

#define ROW_PARAMS_MAX 360
#define ROW_COLUMNS_MAX 64
#define ROW_INLINE 64 /*!< [bytes] of a text that need no second look at the row */

/* Parameters, added in the order of the statement's `?`s. Each adder must fit
 * the statement's letter; what does not makes the whole unusable (row_in_fits).
 * Views are borrowed until the statement has run. */
struct row_in {
    enum store_stmt id;
    unsigned n;
    bool bad;
    MYSQL_BIND bind[ROW_PARAMS_MAX];
    union {
        uint64_t u;
        MYSQL_TIME t;
    } value[ROW_PARAMS_MAX];
};

void row_in_init(struct row_in *in, enum store_stmt id);
void row_in_u(struct row_in *in, uint64_t v);
void row_in_u_or_null(struct row_in *in, bool present, uint64_t v);
void row_in_t(struct row_in *in, int64_t wall_us);                                 /* CLOCK_NONE: NULL */
void row_in_s(struct row_in *in, struct sv s);                                     /* absent: NULL */
void row_in_str(struct row_in *in, const char *s);                                 /* NULL: NULL */
void row_in_b(struct row_in *in, struct sv bytes);                                 /* absent: NULL */
void row_in_hash(struct row_in *in, const unsigned char hash[CRYPTO_SHA256_SIZE]); /* NULL: NULL */
bool row_in_fits(const struct row_in *in);

/* A row as it came: read what is wanted while the callback runs. Columns count
 * from 0 and must be read by their letter; the first misfit or failed
 * allocation sticks in `status`, so a reader checks once, at its end. */
struct row_cell {
    union {
        uint64_t u;
        MYSQL_TIME t;
        char text[ROW_INLINE];
    } v;
    unsigned long length; /*!< [bytes] of the whole text */
    my_bool null;
};
struct row_out {
    MYSQL_STMT *stmt;
    unsigned set; /*!< which of a compound's result sets, from 0 */
    const char *letters;
    unsigned n;
    enum status status;
    struct row_cell cell[ROW_COLUMNS_MAX];
};

/* Prepares for a result set with these n letters and binds its columns. */
enum status row_out_bind(struct row_out *row, MYSQL_STMT *stmt, unsigned set, const char *letters, unsigned n) MUST_USE;
bool row_is_null(struct row_out *row, unsigned i);
uint64_t row_u(struct row_out *row, unsigned i); /* NULL: 0 */
int64_t row_t(struct row_out *row, unsigned i);  /* NULL: CLOCK_NONE */
/* Text or bytes, copied to the arena; NULL: absent. */
struct sv row_s(struct row_out *row, unsigned i, struct arena *a);
/* The same into the caller's memory; too long is an error. Returns the length. */
size_t row_into(struct row_out *row, unsigned i, void *to, size_t size);
/* A text of known greatest length, NUL-terminated; "" when NULL. */
void row_str(struct row_out *row, unsigned i, char *to, size_t size);

/* DATETIME(6) in UTC, years 0001–9999. */
#define ROW_TIME_MAX INT64_C(253402300799999999) /*!< [us] the end of year 9999 */
void row_time_from(int64_t wall_us, MYSQL_TIME *out_r);
int64_t row_time_to(const MYSQL_TIME *t);

#endif
