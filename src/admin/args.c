#include "admin/args.h"

#include <getopt.h>
#include <string.h>

#include "base/utf8.h"

#define ROW_OPTION 256 /* getopt_long's value of a command's first option */
#define GLOBALS_MAX 4

const struct admin_option admin_global_options[] = {
    {.name = "config", .value = "FILE", .help = "Configuration file; else $OMNICHANNEL_CONF, else the installed one"},
    {.name = "json", .help = "Print JSON for programs"},
    {.name = "help", .help = "Say what there is, and what it takes"},
    {.name = "version", .help = "Print the version"},
    {.name = NULL},
};

/* Values that no short option has. */
enum { LONG_JSON = 1, LONG_VERSION };

/* In the order of the table above; -c and -h are short forms. */
static const int global_values[GLOBALS_MAX] = {'c', LONG_JSON, 'h', LONG_VERSION};

struct scan {
    struct admin_args *args;
    const struct admin_command *command; /* NULL: only global options, up to the first word */
    struct option options[GLOBALS_MAX + ADMIN_OPTIONS_MAX + 1];
    struct err *err;
};

static struct option long_option(const struct admin_option *o, int value)
{
    return (struct option){o->name, o->value ? required_argument : no_argument, NULL, value};
}

static void scan_options(struct scan *s)
{
    unsigned n = 0;
    for (; admin_global_options[n].name; n++)
        s->options[n] = long_option(&admin_global_options[n], global_values[n]);
    for (unsigned i = 0; s->command && s->command->options[i].name; i++)
        s->options[n++] = long_option(&s->command->options[i], ROW_OPTION + (int)i);
    s->options[n] = (struct option){NULL, 0, NULL, 0};
}

/* How getopt_long's `value` is spelled on the command line. */
static const char *spelling(const struct scan *s, int value)
{
    for (const struct option *o = s->options; o->name; o++)
        if (o->val == value)
            return o->name;
    return "?";
}

static enum status bad_option(const struct scan *s, int got, const char *word)
{
    if (got == ':')
        return err_set(s->err, STATUS_BAD_INPUT, "--%s: needs a value", spelling(s, optopt));
    if (!optopt)
        return err_set(s->err, STATUS_BAD_INPUT, "%.*s: no such option, or not clear which", (int)strcspn(word, "="),
                       word);
    if (strcmp(spelling(s, optopt), "?") != 0)
        return err_set(s->err, STATUS_BAD_INPUT, "--%s: takes no value", spelling(s, optopt));
    return err_set(s->err, STATUS_BAD_INPUT, "-%c: no such option", optopt);
}

static enum status row_option(const struct scan *s, unsigned i, const char *value)
{
    const struct admin_option *o = &s->command->options[i];
    struct admin_values *v = &s->args->option[i];
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): getopt_long found it among them */
    if (v->n > 0 && !o->repeats && o->value)
        return err_set(s->err, STATUS_BAD_INPUT, "--%s: may be given only once", o->name);
    if (v->n == ADMIN_REPEATS_MAX)
        return err_set(s->err, STATUS_BAD_INPUT, "--%s: may be given at most %d times", o->name, ADMIN_REPEATS_MAX);
    if (value && !utf8_valid(sv_from(value)))
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the same */
        return err_set(s->err, STATUS_BAD_INPUT, "--%s: must be UTF-8", o->name);
    v->value[v->n++] = value;
    return STATUS_OK;
}

static enum status take_option(const struct scan *s, int got, const char *word)
{
    switch (got) {
    case 'c':
        s->args->config = optarg;
        return STATUS_OK;
    case LONG_JSON:
        s->args->json = true;
        return STATUS_OK;
    case 'h':
        s->args->help = true;
        return STATUS_OK;
    case LONG_VERSION:
        s->args->version = true;
        return STATUS_OK;
    case ':':
    case '?':
        return bad_option(s, got, word);
    default:
        return row_option(s, (unsigned)(got - ROW_OPTION), optarg);
    }
}

/* Reads options; argv[0] is passed over. *next_r: the first word that is none. */
static enum status scan(struct scan *s, int argc, char **argv, int *next_r)
{
    enum status status = STATUS_OK;
    int got;
    scan_options(s);
    optind = 0; /* glibc: forget the previous command line */
    opterr = 0;
    while (status == STATUS_OK &&
           (got = getopt_long(argc, argv, s->command ? ":c:h" : "+:c:h", s->options, NULL)) != -1)
        status = take_option(s, got, argv[optind - 1]);
    *next_r = optind;
    return status;
}

static enum status take_arguments(struct scan *s, int argc, char **argv)
{
    const struct admin_argument *rows = s->command->arguments;
    int i = 0;
    for (; i < argc; i++) {
        if (!rows[i].name)
            return err_set(s->err, STATUS_BAD_INPUT, "%s: one word too many", argv[i]);
        if (!utf8_valid(sv_from(argv[i])))
            return err_set(s->err, STATUS_BAD_INPUT, "%s: must be UTF-8", rows[i].name);
        s->args->argument[i] = argv[i];
    }
    if (rows[i].name && !rows[i].optional)
        return err_set(s->err, STATUS_BAD_INPUT, "%s: is missing", rows[i].name);
    return STATUS_OK;
}

static enum status check_required(const struct scan *s)
{
    const struct admin_option *o = s->command->options;
    for (unsigned i = 0; o[i].name; i++)
        if (o[i].required && s->args->option[i].n == 0)
            return err_set(s->err, STATUS_BAD_INPUT, "--%s: is missing", o[i].name);
    if (s->args->json && s->command->no_json)
        return err_set(s->err, STATUS_BAD_INPUT, "--json: this command has no JSON form");
    return STATUS_OK;
}

static enum status scan_command(struct scan *s, int argc, char **argv)
{
    int next = 0;
    s->args->command = s->command;
    enum status status = scan(s, argc, argv, &next);
    if (status != STATUS_OK || s->args->help || s->args->version)
        return status;
    status = take_arguments(s, argc - next, argv + next);
    return status == STATUS_OK ? check_required(s) : status;
}

static enum status no_such(const struct scan *s, const char *noun, const char *verb)
{
    if (!admin_command_is_noun(noun))
        return err_set(s->err, STATUS_BAD_INPUT, "%s: no such command", noun);
    if (!verb)
        return err_set(s->err, STATUS_BAD_INPUT, "%s: what about it? A word is missing", noun);
    return err_set(s->err, STATUS_BAD_INPUT, "%s %s: no such command", noun, verb);
}

enum status admin_args_read(int argc, char **argv, struct admin_args *out_r, struct err *err)
{
    struct scan s = {.args = out_r, .err = err};
    int next = 0;
    *out_r = (struct admin_args){.noun = NULL};
    enum status status = scan(&s, argc, argv, &next);
    if (status != STATUS_OK || out_r->version || (out_r->help && next >= argc))
        return status;
    if (next >= argc)
        return err_set(err, STATUS_BAD_INPUT, "a command is missing");
    argc -= next;
    argv += next;
    s.command = admin_command_find(argv[0], NULL);
    if (s.command)
        return scan_command(&s, argc, argv);
    status = scan(&s, argc, argv, &next);
    if (status != STATUS_OK)
        return status;
    if (admin_command_is_noun(argv[0]))
        out_r->noun = argv[0];
    if (out_r->version || (out_r->help && out_r->noun && next >= argc))
        return STATUS_OK;
    s.command = admin_command_find(argv[0], next < argc ? argv[next] : NULL);
    if (!s.command)
        return no_such(&s, argv[0], next < argc ? argv[next] : NULL);
    return scan_command(&s, argc - next, argv + next);
}

static const struct admin_values *values(const struct admin_args *args, const char *name)
{
    static const struct admin_values none;
    const struct admin_option *o = args->command->options;
    for (unsigned i = 0; o[i].name; i++)
        if (strcmp(o[i].name, name) == 0)
            return &args->option[i];
    return &none;
}

struct sv admin_argument(const struct admin_args *args, const char *name)
{
    const struct admin_argument *rows = args->command->arguments;
    for (unsigned i = 0; rows[i].name; i++)
        if (strcmp(rows[i].name, name) == 0)
            return sv_from(args->argument[i]);
    return SV_NONE;
}

struct sv admin_option(const struct admin_args *args, const char *name)
{
    return sv_from(values(args, name)->value[0]);
}

bool admin_flag(const struct admin_args *args, const char *name)
{
    return values(args, name)->n > 0;
}

const struct admin_values *admin_options(const struct admin_args *args, const char *name)
{
    return values(args, name);
}
