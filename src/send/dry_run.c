#include "send/internal.h"

#include <inttypes.h>

#include "base/clock.h"
#include "store/hook_admin.h"

#define ROWS_MAX (64u * 1024 * 1024) /* [bytes] */

static const char *show_time(int64_t wall_us, char out[CLOCK_ISO_SIZE])
{
    if (wall_us == CLOCK_NONE)
        return "-";
    clock_iso(wall_us, out);
    return out;
}

static size_t wider(size_t width, struct sv s)
{
    return s.n > width ? s.n : width;
}

static void print(FILE *out, const struct store_hook_figures *rows, size_t n)
{
    size_t partner = sizeof "PARTNER" - 1, origin = sizeof "ORIGIN" - 1;
    for (size_t i = 0; i < n; i++)
        if (rows[i].due > 0) {
            partner = wider(partner, rows[i].partner_code);
            origin = wider(origin, rows[i].origin);
        }
    fprintf(out, "%-*s  %-*s  %10s  %10s  %-20s  %s\n", (int)partner, "PARTNER", (int)origin, "ORIGIN", "DUE",
            "RETRYING", "OLDEST", "PAUSED UNTIL");
    for (size_t i = 0; i < n; i++) {
        const struct store_hook_figures *r = &rows[i];
        if (r->due == 0)
            continue;
        char oldest[CLOCK_ISO_SIZE], paused[CLOCK_ISO_SIZE];
        fprintf(out, "%-*.*s  %-*.*s  %10" PRIu64 "  %10" PRIu64 "  %-20s  %s\n", (int)partner, SV_ARG(r->partner_code),
                (int)origin, SV_ARG(r->origin.p ? r->origin : SV("-")), r->due, r->retrying,
                show_time(r->oldest, oldest), show_time(r->paused_until, paused));
    }
}

enum status dry_run(const struct conf *conf, FILE *out, struct err *err)
{
    struct store *store = NULL;
    struct store_hook_figures *rows = NULL;
    size_t n = 0;
    struct arena *a = arena_new(ROWS_MAX);
    enum status s = a ? store_new(conf, STORE_SENDER, &store, err) : err_set(err, STATUS_NO_MEMORY, "out of memory");
    if (s == STATUS_OK) {
        store_begin(store, clock_mono_us());
        s = store_hook_stats(store, a, SV_NONE, &rows, &n, err);
    }
    if (s == STATUS_OK)
        print(out, rows, n);
    if (s == STATUS_OK && fflush(out) != 0)
        s = err_set(err, STATUS_IO, "cannot write");
    store_free(&store);
    arena_free(&a);
    return s;
}
