/* The connection behind a store: one attempt at a time, and what became of it.
 * Private to store/. */
#ifndef STORE_LINK_H
#define STORE_LINK_H

#include <mysql.h>
#include "store/row.h"
#include "store/store.h"

#define LINK_SLOW_WAIT                                                                                                 \
    (62 * INT64_C(1000000)) /*!< [us] for an answer to a STORE_SLOW statement: the server ends it first */

struct store {
    const struct conf *conf;
    enum store_role role;
    char password[CONF_STRING_MAX];
    MYSQL *db;                         /*!< NULL: not connected */
    MYSQL_STMT *stmt[STORE_STMT__MAX]; /*!< NULL: not prepared on this connection */
    int64_t end;                       /*!< [us] mono: no round trip begins after it; INT64_MAX: no budget */
    int64_t limit;                     /*!< [us] mono: end is never moved past it */
    int64_t answered;                  /*!< [us] mono: the server was last known to be there */
    int64_t asked, until;              /*!< [us] mono: when the last round trip began, and how long it may take */
    uint64_t round_trips;
    uint64_t affected;      /*!< rows matched by the last statement without rows */
    enum status status;     /*!< of the last LINK_DOWN or LINK_REFUSED */
    bool lost;              /*!< the last failure was the server's absence, not the statement's */
    char why[ERR_TEXT_MAX]; /*!< text of the last failure */
    struct row_out row;     /*!< the row being read */
};

enum link_result {
    LINK_OK,
    LINK_AGAIN,     /*!< rolled back by the server: repeat the whole transaction */
    LINK_LOST,      /*!< connection gone with the answer outstanding: not known what happened */
    LINK_DOWN,      /*!< nothing was sent or it was refused for now: s->status */
    LINK_DUPLICATE, /*!< a unique value is taken; rolled back */
    LINK_REFUSED    /*!< repeating cannot help; rolled back: s->status */
};

/* One row of a result; not STATUS_OK: the rest is passed over, LINK_REFUSED. */
typedef enum status (*link_row)(void *ctx, struct row_out *row);
/* A whole attempt at a use case: all of its statements on one connection. */
typedef enum link_result (*link_attempt)(struct store *s, void *ctx);

enum link_kind {
    LINK_READ,
    LINK_WRITE,
    /* For several callers: each can still ask alone, so time is not spent on repeating what waits for a lock. */
    LINK_READ_TOGETHER,
    LINK_WRITE_TOGETHER
};

/* Runs attempts until one succeeds or repeating cannot help, within the budget.
 * Each begins connected and outside a transaction, and must bear repetition:
 * writes carry ids by which they find themselves. */
enum status link_repeat(struct store *s, enum link_kind kind, link_attempt attempt, void *ctx,
                        struct err *err) MUST_USE;
/* The same for a use case of one statement. ctx goes to on_row (may be NULL),
 * after `again` (may be NULL) has cleared what an earlier attempt left in it. */
struct link_one {
    struct row_in *in;
    link_row on_row;
    void (*again)(void *ctx);
    void *ctx;
};
enum status link_one(struct store *s, enum link_kind kind, struct link_one one, struct err *err) MUST_USE;

/* Within an attempt: runs one statement, handing over its rows. */
enum link_result link_run(struct store *s, struct row_in *in, link_row on_row, void *ctx) MUST_USE;
/* Undoes an open transaction, or closes the connection if that fails. */
void link_rollback(struct store *s);
/* LINK_REFUSED with this status and text. */
enum link_result link_refuse(struct store *s, enum status status, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Connected, the schema fits, statements prepared. */
enum link_result link_ready(struct store *s) MUST_USE;
void link_close(struct store *s);
/* Judges an error code of the server or the client: closes what is broken. */
enum link_result link_failed(struct store *s, const char *what, unsigned code) MUST_USE;
/* The server answers and there is more to send: the budget begins anew. */
void link_renew(struct store *s);
/* False when the budget is over; else arms the wait for one answer. */
bool link_may_go(struct store *s) MUST_USE;

#endif
