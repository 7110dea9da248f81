/* One MariaDB connection: connect, prepare, run named statements, know what is
 * uncertain. The only layer that sees SQL or mysql.h. Not for threads. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

enum store_role { STORE_WORKER, STORE_SENDER, STORE_ADMIN, STORE_ROLE__MAX };

#define STORE_SCHEMA_VERSION 3 /*!< newest migration this program knows */
#define STORE_UPLOAD_BUDGET                                                                                            \
    (20 * INT64_C(1000000)) /*!< [us] in all while attachments are written and the server answers */
#define STORE_REQUEST_BUDGET                                                                                           \
    (2500 * INT64_C(1000))   /*!< [us] of waiting for the database in one request; CONTRACT: 503 within 3 s */
#define STORE_RETRIES_MAX 30 /*!< whole-transaction retries after 1213/1205/1020/lost link, within the budget */
#define STORE_CHUNK_MAX (256u * 1024) /*!< [bytes] of attachment content in a row */

struct store; /* owned by the caller: store_free */

/* No connection yet; reads the role's password file. conf must outlive it. */
enum status store_new(const struct conf *conf, enum store_role role, struct store **s_r, struct err *err) MUST_USE;
void store_free(struct store **s);

/* Starts a request's time budget: after `mono_us` + budget no round trip begins;
 * each piece of an attachment that was written begins it anew, within STORE_UPLOAD_BUDGET. */
void store_begin(struct store *s, int64_t mono_us);
/* Connected and prepared, now or already. STATUS_UNAVAILABLE: try later;
 * STATUS_CONFIG: wrong schema, wrong password, missing privilege: waiting
 * cannot help. Every other function here calls it by itself. */
enum status store_ready(struct store *s, struct err *err) MUST_USE;
/* Whether the last failed call failed because the server was out of reach, did
 * not answer in time or refuses work: others need not find out for themselves.
 * False when only this call's statements were cut short or kept colliding. */
bool store_lost(const struct store *s);
/* One empty round trip, for health. */
enum status store_ping(struct store *s, struct err *err) MUST_USE;
/* Round trips since store_new, for tests and the bench. */
uint64_t store_round_trips(const struct store *s);

/* All store functions return:
 *  STATUS_OK, the outcome each documents, and
 *  STATUS_UNAVAILABLE  unreachable, timed out, shutting down, too many retries: nothing
 *                      changed (writes: the transaction was repeated until that is known),
 *  STATUS_UNCERTAIN    a write's COMMIT was lost and the budget ended before repeating settled it,
 *  STATUS_CONFIG       schema or privileges do not fit,
 *  STATUS_NO_MEMORY, STATUS_INTERNAL.
 * Results live in the arena given. Err texts name statements and codes, never values. */

#endif
