/* Help texts, made from the rows of commands. */
#ifndef ADMIN_HELP_H
#define ADMIN_HELP_H

#include <stdio.h>
#include "admin/command.h"

void admin_help_all(FILE *out);
void admin_help_noun(FILE *out, const char *noun);
void admin_help_command(FILE *out, const struct admin_command *c);

#endif
