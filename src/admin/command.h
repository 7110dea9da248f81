/* Commands as rows: what they are called, take and do. The parser and the help
 * texts know nothing but these rows. */
#ifndef ADMIN_COMMAND_H
#define ADMIN_COMMAND_H

#include <stdbool.h>
#include "admin/session.h"

#define ADMIN_ARGUMENTS_MAX 3 /*!< words a command takes after its name */
#define ADMIN_OPTIONS_MAX 8   /*!< options of one command */

struct admin_args;

struct admin_argument {
    const char *name; /*!< upper case, as the help shows it; NULL ends the list */
    bool optional;
    const char *help;
};

struct admin_option {
    const char *name;  /*!< without the dashes; NULL ends the list */
    const char *value; /*!< what the help calls its value; NULL: a flag */
    bool required, repeats;
    const char *help;
};

struct admin_command {
    const char *noun; /*!< NULL ends a group */
    const char *verb; /*!< NULL: the noun is the whole name */
    const char *help; /*!< one line, no full stop */
    struct admin_argument arguments[ADMIN_ARGUMENTS_MAX + 1];
    struct admin_option options[ADMIN_OPTIONS_MAX + 1];
    enum admin_need need;
    bool no_json; /*!< --json makes no sense here and is refused */
    /* The session's err says why it failed. */
    enum status (*run)(struct admin *a, const struct admin_args *args);
};

/* Groups of rows, one a noun or so, in the order the help lists them; NULL-ended. */
extern const struct admin_command *const admin_commands[];

/* The row of a name; verb NULL finds a noun that has no verbs. NULL: no such. */
const struct admin_command *admin_command_find(const char *noun, const char *verb);
bool admin_command_is_noun(const char *noun);
/* "partner add", for messages and help. */
#define ADMIN_COMMAND_NAME_MAX 64
void admin_command_name(const struct admin_command *c, char out[ADMIN_COMMAND_NAME_MAX]);

extern const struct admin_command admin_upkeep_commands[];
extern const struct admin_command admin_doctor_commands[];
extern const struct admin_command admin_partner_commands[];
extern const struct admin_command admin_key_commands[];
extern const struct admin_command admin_ticket_commands[];
extern const struct admin_command admin_webhook_commands[];
extern const struct admin_command admin_service_commands[];
extern const struct admin_command admin_branch_commands[];
extern const struct admin_command admin_config_commands[];

#endif
