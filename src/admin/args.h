/* The command line, read by getopt_long against the rows of commands. */
#ifndef ADMIN_ARGS_H
#define ADMIN_ARGS_H

#include <stdbool.h>
#include "admin/command.h"
#include "base/err.h"
#include "base/sv.h"

#define ADMIN_REPEATS_MAX 64 /*!< times one option may be given */

struct admin_values {
    unsigned n;
    const char *value[ADMIN_REPEATS_MAX]; /*!< NULL for flags */
};

/* Views into argv. */
struct admin_args {
    const char *noun;                    /*!< as typed; NULL: none */
    const struct admin_command *command; /*!< NULL: none found, or only help or version is wanted */
    const char *config;                  /*!< NULL: not given */
    bool json, help, version;
    const char *argument[ADMIN_ARGUMENTS_MAX];
    struct admin_values option[ADMIN_OPTIONS_MAX];
};

/* Options that go with every command; the help lists them from here. */
extern const struct admin_option admin_global_options[];

/* Reads argv. STATUS_BAD_INPUT: err names the word, option or argument that is
 * wrong. With --help or --version nothing may be missing. */
enum status admin_args_read(int argc, char **argv, struct admin_args *out_r, struct err *err) MUST_USE;

/* By the names in the row. Absent when not given. */
struct sv admin_argument(const struct admin_args *args, const char *name);
struct sv admin_option(const struct admin_args *args, const char *name);
bool admin_flag(const struct admin_args *args, const char *name);
const struct admin_values *admin_options(const struct admin_args *args, const char *name); /* never NULL */

#endif
