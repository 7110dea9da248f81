/* What a running command has at hand: configuration, database, desk, output. */
#ifndef ADMIN_SESSION_H
#define ADMIN_SESSION_H

#include <stdbool.h>
#include <stdio.h>
#include "admin/admin.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/conf.h"
#include "base/err.h"
#include "desk/desk.h"
#include "store/store.h"
#include "ticket/rules.h"
#include "wire/writer.h"

#define ADMIN_ARENA_MAX (512u * 1024 * 1024)  /*!< [bytes] records of one command */
#define ADMIN_OUTPUT_MAX (256u * 1024 * 1024) /*!< [bytes] one JSON answer or table */
#define ADMIN_WHO_MAX 64                      /*!< [bytes] with NUL */

/* What a command needs before it runs; each includes those above it. */
enum admin_need { ADMIN_NEED_NOTHING, ADMIN_NEED_CONF, ADMIN_NEED_STORE, ADMIN_NEED_DESK };

struct admin {
    const struct admin_env *env;
    FILE *out;
    bool json;
    const char *config; /*!< path of the configuration file */
    struct arena *arena;
    struct conf conf;
    struct ticket_rules rules;
    struct store *store;
    struct desk *desk;
    int poke_fd;             /*!< to senders; -1: not yet */
    char who[ADMIN_WHO_MAX]; /*!< "admin:root", for the tickets' history */
    struct buf text;         /*!< the JSON being written */
    struct wire_writer writer;
    struct err err;
};

void admin_open(struct admin *a, const struct admin_env *env);
/* May be called again for more. */
enum status admin_prepare(struct admin *a, enum admin_need need) MUST_USE;
void admin_close(struct admin *a);

/* The store with a fresh time budget: once for each call of a store function. */
struct store *admin_store(struct admin *a);
/* After a COMMIT that changed what workers cache: they look again at once. A
 * pool that cannot be told is only worth a warning: it notices by itself. */
void admin_announce(struct admin *a);
/* After a COMMIT that made a receiver's events due: senders look at once. */
void admin_poke(struct admin *a, uint64_t receiver);

/* Puts a clear text in the place of whatever a lower layer said; returns `s`. */
enum status admin_refuse(struct admin *a, enum status s, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The JSON answer: write to &a->writer in between. */
struct wire_writer *admin_json_start(struct admin *a);
enum status admin_json_end(struct admin *a) MUST_USE;

#endif
