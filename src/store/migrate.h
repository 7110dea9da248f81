/* Schema migrations: sql/NNN-name.sql, in order, each once, safe to repeat. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/store.h"

/* Called for each file about to be applied (version, file name). */
typedef void (*store_migrate_step)(void *ctx, unsigned version, const char *file);

/* Connects as the admin role (without demanding a schema), creates the database
 * if the user may, applies what is missing. Two at once: the second waits or
 * finds nothing to do (a lock row, not GET_LOCK). STATUS_CONFIG: the database is
 * newer than this program knows, or a file is missing or cannot be applied. */
enum status store_migrate(struct store *s, const char *sql_dir, store_migrate_step step, void *ctx, unsigned *from_r,
                          unsigned *to_r, struct err *err) MUST_USE;
/* Version in the database, and the oldest program version that still works with it. */
enum status store_schema(struct store *s, unsigned *version_r, unsigned *oldest_r, struct err *err) MUST_USE;

#endif
