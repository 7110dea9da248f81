/* What keeps the database in order: migrate, tidy. */
#include <inttypes.h>

#include "admin/args.h"
#include "admin/command.h"
#include "admin/session.h"
#include "base/clock.h"
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
        wire_name(w, "from");
        wire_put_u64(w, from);
        wire_name(w, "to");
        wire_put_u64(w, to);
        wire_close(w);
        return admin_json_end(a);
    }
    if (from == to)
        fprintf(a->out, "The schema is up to date: version %u.\n", to);
    else
        fprintf(a->out, "The schema is now at version %u, from %u.\n", to, from);
    return STATUS_OK;
}

static enum status tidy(struct admin *a, const struct admin_args *args)
{
    int64_t before_us = clock_wall_us() - a->conf.idempotency_keep * HOUR_US;
    uint64_t total = 0;
    enum status s = STATUS_OK;
    (void)args;
    for (unsigned i = 0; s == STATUS_OK && i < TIDY_BATCHES_MAX; i++) {
        uint64_t n = 0;
        s = store_idempotency_prune(admin_store(a), before_us, &n, &a->err);
        total += n;
        if (n == 0)
            break;
    }
    if (s != STATUS_OK)
        return s;
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open(w);
        wire_name(w, "idempotencyAnswers");
        wire_put_u64(w, total);
        wire_close(w);
        return admin_json_end(a);
    }
    fprintf(a->out, "Removed %" PRIu64 " answers to updates with an Idempotency-Key, older than %" PRId64 " h.\n",
            total, a->conf.idempotency_keep);
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
