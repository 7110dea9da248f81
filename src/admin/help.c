#include "admin/help.h"

#include <string.h>

#include "admin/args.h"

#define COLUMN 30 /* [characters] where explanations start */
#define TERM_MAX 96

static void line(FILE *out, const char *term, const char *help, const char *note)
{
    int pad = COLUMN - 2 - (int)strlen(term);
    if (pad < 2)
        fprintf(out, "  %s\n%*s%s%s\n", term, COLUMN, "", help, note);
    else
        fprintf(out, "  %s%*s%s%s\n", term, pad, "", help, note);
}

static void option_lines(FILE *out, const struct admin_option *o)
{
    for (; o->name; o++) {
        char term[TERM_MAX];
        const char *dashes = strcmp(o->name, "config") == 0 ? "-c, --" : strcmp(o->name, "help") == 0 ? "-h, --" : "--";
        snprintf(term, sizeof term, "%s%s%s%s", dashes, o->name, o->value ? " " : "", o->value ? o->value : "");
        line(out, term, o->help, o->repeats ? " (may be repeated)" : "");
    }
}

static void global_lines(FILE *out)
{
    fputs("\nEverywhere:\n", out);
    option_lines(out, admin_global_options);
}

/* "partner add CODE --name NAME [--webhook-url URL]" */
static void synopsis(FILE *out, const struct admin_command *c)
{
    char name[ADMIN_COMMAND_NAME_MAX];
    admin_command_name(c, name);
    fprintf(out, "%s %s", ADMIN_PROGRAM, name);
    for (const struct admin_argument *g = c->arguments; g->name; g++)
        fprintf(out, g->optional ? " [%s]" : " %s", g->name);
    for (const struct admin_option *o = c->options; o->name; o++)
        fprintf(out, " %s--%s%s%s%s%s", o->required ? "" : "[", o->name, o->value ? " " : "", o->value ? o->value : "",
                o->required ? "" : "]", o->repeats ? "…" : "");
    fputc('\n', out);
}

static void command_lines(FILE *out, const struct admin_command *group, const char *noun)
{
    for (const struct admin_command *c = group; c->noun; c++) {
        char term[TERM_MAX], name[ADMIN_COMMAND_NAME_MAX];
        if (noun && strcmp(c->noun, noun) != 0)
            continue;
        admin_command_name(c, name);
        int n = snprintf(term, sizeof term, "%s", name);
        for (const struct admin_argument *g = c->arguments; g->name && n > 0 && n < TERM_MAX; g++)
            n += snprintf(term + n, sizeof term - (size_t)n, g->optional ? " [%s]" : " %s", g->name);
        line(out, term, c->help, "");
    }
}

void admin_help_all(FILE *out)
{
    fprintf(out, "Usage: %s [-c FILE] [--json] COMMAND…\n\nCommands:\n", ADMIN_PROGRAM);
    for (const struct admin_command *const *group = admin_commands; *group; group++)
        command_lines(out, *group, NULL);
    global_lines(out);
    fprintf(out, "\n%s COMMAND --help tells more about one.\n", ADMIN_PROGRAM);
}

void admin_help_noun(FILE *out, const char *noun)
{
    fprintf(out, "Usage: %s [-c FILE] [--json] %s COMMAND…\n\nCommands:\n", ADMIN_PROGRAM, noun);
    for (const struct admin_command *const *group = admin_commands; *group; group++)
        command_lines(out, *group, noun);
    global_lines(out);
}

void admin_help_command(FILE *out, const struct admin_command *c)
{
    fputs("Usage: ", out);
    synopsis(out, c);
    fprintf(out, "\n%s.\n", c->help);
    if (c->arguments[0].name)
        fputs("\nArguments:\n", out);
    for (const struct admin_argument *g = c->arguments; g->name; g++)
        line(out, g->name, g->help, "");
    if (c->options[0].name)
        fputs("\nOptions:\n", out);
    option_lines(out, c->options);
    global_lines(out);
}
