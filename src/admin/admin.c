#include "admin/admin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/args.h"
#include "admin/help.h"
#include "admin/session.h"

static const int exits[STATUS__MAX] = {
    [STATUS_OK] = ADMIN_EXIT_OK,
    [STATUS_NO_MEMORY] = ADMIN_EXIT_REFUSED,
    [STATUS_TOO_LARGE] = ADMIN_EXIT_REFUSED,
    [STATUS_BAD_INPUT] = ADMIN_EXIT_USAGE,
    [STATUS_INVALID] = ADMIN_EXIT_REFUSED,
    [STATUS_NOT_FOUND] = ADMIN_EXIT_REFUSED,
    [STATUS_EXISTS] = ADMIN_EXIT_REFUSED,
    [STATUS_CONFLICT] = ADMIN_EXIT_REFUSED,
    [STATUS_CLOSED] = ADMIN_EXIT_REFUSED,
    [STATUS_DENIED] = ADMIN_EXIT_REFUSED,
    [STATUS_LIMITED] = ADMIN_EXIT_REFUSED,
    [STATUS_UNAVAILABLE] = ADMIN_EXIT_UNAVAILABLE,
    [STATUS_UNCERTAIN] = ADMIN_EXIT_UNAVAILABLE,
    [STATUS_IO] = ADMIN_EXIT_REFUSED,
    [STATUS_CONFIG] = ADMIN_EXIT_CONFIG,
    [STATUS_INTERNAL] = ADMIN_EXIT_REFUSED,
};

/* A command line's own bytes may stand in a text, so none may steer a terminal. */
static void put_plain(FILE *out, const char *s)
{
    for (; *s; s++)
        fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, out);
}

/* The one line about what went wrong. */
static void complain(const struct admin *a, const struct admin_args *args, enum status s)
{
    FILE *out = a->env->err;
    const char *text = a->err.text[0] ? a->err.text : status_name(s);
    fputs(ADMIN_PROGRAM ": ", out);
    put_plain(out, text);
    if (s == STATUS_UNCERTAIN)
        fputs(" (it is not known whether it was done: look before you repeat it)", out);
    if (s == STATUS_BAD_INPUT) {
        char name[ADMIN_COMMAND_NAME_MAX] = "";
        if (args->command)
            admin_command_name(args->command, name);
        fprintf(out, " (see %s %s%s--help)", ADMIN_PROGRAM, name, name[0] ? " " : "");
    }
    fputc('\n', out);
}

static void help(FILE *out, const struct admin_args *args)
{
    if (args->command)
        admin_help_command(out, args->command);
    else if (args->noun)
        admin_help_noun(out, args->noun);
    else
        admin_help_all(out);
}

static enum status run_command(struct admin *a, const struct admin_args *args)
{
    const char *from_environment = getenv("OMNICHANNEL_CONF");
    if (args->config)
        a->config = args->config;
    else if (from_environment && from_environment[0])
        a->config = from_environment;
    a->json = args->json;
    enum status s = admin_prepare(a, args->command->need);
    return s == STATUS_OK ? args->command->run(a, args) : s;
}

static enum status run(struct admin *a, const struct admin_args *args)
{
    if (args->version)
        fprintf(a->out, "%s %s\n", ADMIN_PROGRAM, a->env->version);
    else if (args->help)
        help(a->out, args);
    else
        return run_command(a, args);
    return STATUS_OK;
}

int admin_run(const struct admin_env *env, int argc, char **argv)
{
    struct admin a;
    struct admin_args args;
    admin_open(&a, env);
    enum status s = admin_args_read(argc, argv, &args, &a.err);
    if (s == STATUS_OK)
        s = run(&a, &args);
    if ((fflush(a.out) != 0 || ferror(a.out)) && s == STATUS_OK)
        s = err_set(&a.err, STATUS_IO, "cannot write the output: %s", strerror(errno));
    if (s != STATUS_OK)
        complain(&a, &args, s);
    admin_close(&a);
    return exits[s];
}
