#include "admin/command.h"

#include <stdio.h>
#include <string.h>

const struct admin_command *const admin_commands[] = {
    admin_upkeep_commands,  admin_doctor_commands,
    admin_partner_commands, admin_key_commands,
    admin_ticket_commands,  admin_webhook_commands,
    admin_service_commands, admin_branch_commands,
    admin_config_commands,  NULL,
};

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

const struct admin_command *admin_command_find(const char *noun, const char *verb)
{
    for (const struct admin_command *const *group = admin_commands; *group; group++)
        for (const struct admin_command *c = *group; c->noun; c++)
            if (same(c->noun, noun) && same(c->verb, verb))
                return c;
    return NULL;
}

bool admin_command_is_noun(const char *noun)
{
    for (const struct admin_command *const *group = admin_commands; *group; group++)
        for (const struct admin_command *c = *group; c->noun; c++)
            if (same(c->noun, noun))
                return true;
    return false;
}

void admin_command_name(const struct admin_command *c, char out[ADMIN_COMMAND_NAME_MAX])
{
    snprintf(out, ADMIN_COMMAND_NAME_MAX, "%s%s%s", c->noun, c->verb ? " " : "", c->verb ? c->verb : "");
}
