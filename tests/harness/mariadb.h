/* A MariaDB server of the tests' own: in a throw-away folder, on a unix socket
 * only, with the shipped durable settings, gone at the end. */
#ifndef HARNESS_MARIADB_H
#define HARNESS_MARIADB_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/conf.h"

#define MARIADB_ROOT "root" /*!< its password is empty; the folder is 0700 */

struct mariadb {
    char dir[64];        /*!< /tmp/omdb-XXXXXX */
    char socket[96];     /*!< below sun_path's 107 bytes */
    pid_t pid;           /*!< 0: stopped */
    const char *more[8]; /*!< further server options, NULL-ended */
};

/* Started and answering, or NULL with the reason and the server's log on
 * stderr. `options`: NULL-ended list of further server options, or NULL; the
 * texts must outlive the server. ~3 s. */
struct mariadb *mariadb_start(void);
struct mariadb *mariadb_start_with(const char *const *options);
/* Ends the server (cleanly, else by force), removes the folder; nulls; NULL is a no-op. */
void mariadb_stop(struct mariadb **m);

/* For tests of bad days: the same data, another process. */
bool mariadb_restart(struct mariadb *m);
void mariadb_shut(struct mariadb *m); /* only the process; the folder stays */
void mariadb_kill(struct mariadb *m); /* SIGKILL, as a crash */
void mariadb_freeze(struct mariadb *m, bool frozen);

/* Runs SQL by the mariadb client as root, in `database` (NULL: none). True on success. */
bool mariadb_sql(const struct mariadb *m, const char *database, const char *sql);
/* conf_defaults plus this server, database `omnichannel`, root for every role. */
void mariadb_conf(const struct mariadb *m, struct conf *c);

#endif
