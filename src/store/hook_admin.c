#include "store/hook_admin.h"

enum status store_hook_list(struct store *s, struct arena *a, const struct store_hook_filter *f,
                            struct store_hook **hooks_r, size_t *n_r, bool *more_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)f;
    (void)hooks_r;
    (void)n_r;
    (void)more_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_list: not built yet");
}

enum status store_hook_find(struct store *s, struct arena *a, struct sv webhook_id, struct store_hook *out_r,
                            struct err *err)
{
    (void)s;
    (void)a;
    (void)webhook_id;
    (void)out_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_find: not built yet");
}

enum status store_hook_attempts(struct store *s, struct arena *a, struct sv webhook_id,
                                struct store_hook_attempt **attempts_r, size_t *n_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)webhook_id;
    (void)attempts_r;
    (void)n_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_attempts: not built yet");
}

enum status store_hook_replay_one(struct store *s, struct sv webhook_id, int64_t age_us, uint64_t *receiver_r,
                                  struct err *err)
{
    (void)s;
    (void)webhook_id;
    (void)age_us;
    (void)receiver_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_replay_one: not built yet");
}

enum status store_hook_replay(struct store *s, struct sv partner_code, int64_t since, int64_t until, int64_t age_us,
                              unsigned *n_r, struct err *err)
{
    (void)s;
    (void)partner_code;
    (void)since;
    (void)until;
    (void)age_us;
    (void)n_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_replay: not built yet");
}

enum status store_hook_cancel(struct store *s, struct sv webhook_id, struct sv reason, struct err *err)
{
    (void)s;
    (void)webhook_id;
    (void)reason;
    return err_set(err, STATUS_INTERNAL, "store_hook_cancel: not built yet");
}

enum status store_hook_stats(struct store *s, struct arena *a, struct sv partner_code,
                             struct store_hook_figures **figures_r, size_t *n_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)partner_code;
    (void)figures_r;
    (void)n_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_stats: not built yet");
}

enum status store_hook_gone_list(struct store *s, struct arena *a, struct sv partner_code,
                                 struct store_hook_gone **gone_r, size_t *n_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)partner_code;
    (void)gone_r;
    (void)n_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_gone_list: not built yet");
}

enum status store_hook_gone_clear(struct store *s, struct sv partner_code, struct sv url, struct err *err)
{
    (void)s;
    (void)partner_code;
    (void)url;
    return err_set(err, STATUS_INTERNAL, "store_hook_gone_clear: not built yet");
}

enum status store_hook_resume(struct store *s, uint64_t receiver, struct err *err)
{
    (void)s;
    (void)receiver;
    return err_set(err, STATUS_INTERNAL, "store_hook_resume: not built yet");
}

enum status store_hook_history(struct store *s, unsigned keep_days, int64_t now_us, unsigned *dropped_r,
                               struct err *err)
{
    (void)s;
    (void)keep_days;
    (void)now_us;
    (void)dropped_r;
    return err_set(err, STATUS_INTERNAL, "store_hook_history: not built yet");
}

enum status store_secret_find(struct store *s, struct arena *a, struct sv partner_code, struct store_secret *out_r,
                              struct err *err)
{
    (void)s;
    (void)a;
    (void)partner_code;
    (void)out_r;
    return err_set(err, STATUS_INTERNAL, "store_secret_find: not built yet");
}

enum status store_secret_rotate(struct store *s, struct sv partner_code, struct sv secret, int64_t overlap_us,
                                struct err *err)
{
    (void)s;
    (void)partner_code;
    (void)secret;
    (void)overlap_us;
    return err_set(err, STATUS_INTERNAL, "store_secret_rotate: not built yet");
}
