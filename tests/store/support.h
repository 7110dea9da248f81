/* What the store's tests share: one private server with a migrated database,
 * a plain connection to look behind the store's back, and ready-made records. */
#ifndef TESTS_STORE_SUPPORT_H
#define TESTS_STORE_SUPPORT_H

#include <mysql.h>
#include "base/clock.h"
#include "harness/mariadb.h"
#include "harness/suite.h"
#include "store/catalog_store.h"
#include "store/migrate.h"
#include "store/partner_store.h"
#include "store/ticket_store.h"

#define SUPPORT_PARTNER 1u /*!< PARTNER001, there from the start */
#define SUPPORT_OTHER 2u   /*!< PARTNER002 */
#define SUPPORT_CODE "PARTNER001"

bool support_start(void);
void support_stop(void);

extern struct mariadb *support_server;
extern struct conf support_conf;
extern struct arena *support_arena; /*!< reset by every support_err() user's own will: tests reset it */

/* A fresh error for the next call; one that stood is printed as information. */
struct err *support_err(void);
const char *support_err_text(void); /* of the last support_err() */

/* A store of its own connection, connected; ends the program when it cannot. */
struct store *support_store(enum store_role role);
struct store *support_store_on(const struct conf *conf, enum store_role role); /* not yet connected */

/* A plain connection as root in database `name` (NULL: the tests' own). */
MYSQL *support_connect(const char *name);
/* On one shared plain connection: first column of the first row. */
long long support_number(const char *fmt, ...) PRINTF_LIKE(1, 2);
const char *support_text(const char *fmt, ...)
    PRINTF_LIKE(1, 2); /* valid until the next call; "(none)" without a row, "(null)" */
void support_do(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* A ticket to open, whole and with ids of its own; parts may be changed before use. */
struct support_ticket {
    struct ticket ticket;
    struct store_open open;
    struct store_job job;
    struct ticket_attachment files[TICKET_ATTACHMENTS_MAX];
};
void support_ticket(struct support_ticket *t);
void support_new_ids(struct support_ticket *t); /* the same content as another request would bring it */
uint64_t support_open(struct store *s);         /* opened, its number */

/* An update of what is stored now: a status change to `status` (and back to where it was). */
struct support_update {
    struct ticket before, after;
    struct store_update update;
    struct ticket_comment comment;
    struct store_job jobs[2];
};
void support_update(struct store *s, uint64_t number, struct support_update *u);
void support_cuid(char out[CRYPTO_CUID_SIZE]);
void support_hash(const char *text, unsigned char out[CRYPTO_SHA256_SIZE]);

#endif
