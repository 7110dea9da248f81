/* Making a connection. Private to store/. */
#ifndef STORE_CONNECT_H
#define STORE_CONNECT_H

#include "store/link.h"

#define CONNECT_PACKET_MIN (1024u * 1024) /*!< [bytes] max_allowed_packet must be at least this */

/* Every wait for the network from now on ends at this time [us] mono. */
void connect_deadline(int64_t mono_us);
/* A connection as the store's role with the session set up, or NULL with
 * s->status and s->why set. `database` may be NULL. `patient`: for schema
 * changes, without the limits on how long statements and waits may take. */
MYSQL *connect_open(struct store *s, const char *database, bool patient);
/* STATUS_CONFIG when the schema in the database and this program do not fit. */
enum status connect_check(struct store *s, MYSQL *db) MUST_USE;
/* Versions in the database; 0, 0 before the first migration. */
enum status connect_schema(struct store *s, MYSQL *db, unsigned *version_r, unsigned *oldest_r) MUST_USE;

#endif
