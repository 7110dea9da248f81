/* The admin program: a table of commands, its options, its exit statuses. */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <stdio.h>

#define ADMIN_PROGRAM "omnichannel-admin"

/* Exit statuses; the last two are sysexits.h's. */
enum admin_exit {
    ADMIN_EXIT_OK = 0,
    ADMIN_EXIT_REFUSED = 1,      /*!< not found, exists already, closed, output not writable … */
    ADMIN_EXIT_USAGE = 2,        /*!< a command, option or value is wrong; nothing changed */
    ADMIN_EXIT_UNAVAILABLE = 69, /*!< the database cannot be asked, or an outcome is not known */
    ADMIN_EXIT_CONFIG = 78,      /*!< configuration, schema or permissions; waiting cannot help */
};

/* What the world gives the program. Borrowed for the call. */
struct admin_env {
    const char *version;
    const char *config;  /*!< configuration file, unless -c or OMNICHANNEL_CONF say otherwise */
    const char *sql_dir; /*!< migrations, unless --sql-dir says otherwise */
    FILE *out, *err;
};

/* Runs one command line; returns an exit status. An error is one line on env->err. */
int admin_run(const struct admin_env *env, int argc, char **argv);

#endif
