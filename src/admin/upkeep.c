/* What keeps the database in order: migrate, tidy. */
#include <inttypes.h>

#include "admin/args.h"
#include "admin/command.h"
#include "admin/put.h"
#include "admin/session.h"
#include "base/clock.h"
#include "store/hook_admin.h"
#include "store/migrate.h"
#include "store/ticket_store.h"

#define TIDY_BATCHES_MAX 100000 /* a run ends even if the clock or the store never says so */
#define HOUR_US (3600 * CLOCK_SECOND)

static void show_step(void *ctx, unsigned version, const char *file)
{
    const struct admin *a = ctx;
    (void)version;
    if (!a->json) {
        fprintf(a->out, "Applying %s\n", file);
        fflush(a->out);
    }
}

static enum status migrate(struct admin *a, const struct admin_args *args)
{
    struct sv dir = admin_option(args, "sql-dir");
    unsigned from = 0, to = 0;
    enum status s = store_migrate(admin_store(a), dir.p ? dir.p : a->env->sql_dir, show_step, a, &from, &to, &a->err);
    if (s != STATUS_OK)
        return s;
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open(w);
        admin_put_number(w, "from", from);
        admin_put_number(w, "to", to);
        wire_close(w);
        return admin_json_end(a);
    }
    if (from == to)
        fprintf(a->out, "The schema is up to date: version %u.\n", to);
    else
        fprintf(a->out, "The schema is now at version %u, from %u.\n", to, from);
    return STATUS_OK;
}

static enum status prune(struct admin *a, uint64_t *total_r)
{
    int64_t before_us = clock_wall_us() - a->conf.idempotency_keep * HOUR_US;
    enum status s = STATUS_OK;
    *total_r = 0;
    for (unsigned i = 0; s == STATUS_OK && i < TIDY_BATCHES_MAX; i++) {
        uint64_t n = 0;
        s = store_idempotency_prune(admin_store(a), before_us, &n, &a->err);
        *total_r += n;
        if (n == 0)
            break;
    }
    return s;
}

static enum status tidy(struct admin *a, const struct admin_args *args)
{
    uint64_t answers = 0;
    unsigned days = 0;
    (void)args;
    enum status s = prune(a, &answers);
    if (s == STATUS_OK)
        s = store_hook_history(admin_store(a), (unsigned)a->conf.webhook_keep, clock_wall_us(), &days, &a->err);
    if (s != STATUS_OK)
        return s;
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open(w);
        admin_put_number(w, "idempotencyAnswers", answers);
        admin_put_number(w, "webhookHistoryDays", days);
        wire_close(w);
        return admin_json_end(a);
    }
    fprintf(a->out, "Removed %" PRIu64 " answers to updates with an Idempotency-Key, older than %" PRId64 " h.\n",
            answers, a->conf.idempotency_keep);
    fprintf(a->out, "Dropped %u days of webhook history, older than %" PRId64 " d.\n", days, a->conf.webhook_keep);
    return STATUS_OK;
}

const struct admin_command admin_upkeep_commands[] = {
    {.noun = "migrate",
     .help = "Bring the database's schema up to date; safe to repeat",
     .options = {{.name = "sql-dir", .value = "DIR", .help = "Where the migrations are; else the installed ones"}},
     .need = ADMIN_NEED_STORE,
     .run = migrate},
    {.noun = "tidy",
     .help = "Remove what is kept for a time and has outlived it; for cron",
     .need = ADMIN_NEED_STORE,
     .run = tidy},
    {.noun = NULL},
};
