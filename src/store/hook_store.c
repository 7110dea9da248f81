#include "store/hook_store.h"

enum status store_hook_due(struct store *s, struct arena *a, uint64_t after, unsigned max,
                           struct store_hook_due **due_r, size_t *n_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)after;
    (void)max;
    (void)due_r;
    (void)n_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_due: not built yet");
}

enum status store_hook_claim(struct store *s, struct arena *a, const struct store_hook_claim *claim,
                             struct store_hook_claimed *out_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)claim;
    (void)out_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_claim: not built yet");
}

enum status store_hook_finish(struct store *s, struct arena *a, const struct store_hook_outcome *outcomes, size_t n,
                              const struct store_hook_told *told, size_t n_told, uint64_t **woken_r, size_t *n_woken_r,
                              struct err *err)
{
    (void)s;
    (void)a;
    (void)outcomes;
    (void)n;
    (void)told;
    (void)n_told;
    (void)woken_r;
    (void)n_woken_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_finish: not built yet");
}

enum status store_hook_expire(struct store *s, uint64_t receiver, int64_t age_us, unsigned *n_r, struct err *err)
{
    (void)s;
    (void)receiver;
    (void)age_us;
    (void)n_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_expire: not built yet");
}
