/* The configuration file: check, sample. */
#include "admin/args.h"
#include "admin/command.h"
#include "admin/put.h"
#include "admin/session.h"
#include "ticket/retry.h"

/* Reading it is the check, and that is what the need does; but for what only the sender reads. */
static enum status config_check(struct admin *a, const struct admin_args *args)
{
    struct ticket_retry retry;
    (void)args;
    enum status s = ticket_retry_set(&a->conf, &retry, &a->err);
    if (s != STATUS_OK)
        return s;
    if (!a->json) {
        fprintf(a->out, "%s: good.\n", a->config);
        return STATUS_OK;
    }
    struct wire_writer *w = admin_json_start(a);
    wire_open(w);
    admin_put_str(w, "file", a->config);
    admin_put_bool(w, "good", true);
    wire_close(w);
    return admin_json_end(a);
}

static enum status config_sample(struct admin *a, const struct admin_args *args)
{
    (void)args;
    conf_print_sample(a->out);
    return STATUS_OK;
}

const struct admin_command admin_config_commands[] = {
    {.noun = "config",
     .verb = "check",
     .help = "Check the configuration file",
     .need = ADMIN_NEED_CONF,
     .run = config_check},
    {.noun = "config",
     .verb = "sample",
     .help = "Print a configuration file that explains every setting",
     .need = ADMIN_NEED_NOTHING,
     .no_json = true,
     .run = config_sample},
    {.noun = NULL},
};
