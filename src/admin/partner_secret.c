/* The two commands that show a partner's webhook secret, each once: add and
 * rotate-secret. */
#include <inttypes.h>

#include "admin/partner.h"
#include "admin/put.h"
#include "admin/value.h"
#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/id.h"
#include "store/hook_admin.h"
#include "ticket/types.h"

#define OVERLAP_STANDARD 24 /* [h] */
#define OVERLAP_MAX 720     /* [h] a month */
#define HOUR_US (3600 * CLOCK_SECOND)
#define ROTATE_TRIES 3 /* of a COMMIT whose outcome is not known */

static enum status read_new(struct admin *a, const struct admin_args *args, struct store_partner *out_r)
{
    *out_r = (struct store_partner){.code = admin_argument(args, "CODE"),
                                    .name = admin_option(args, "name"),
                                    .webhook_url = admin_option(args, "webhook-url"),
                                    .webhook_hosts = admin_option(args, "webhook-hosts"),
                                    .created_at = clock_wall_us()};
    enum status s = admin_value_code(out_r->code, "CODE", &a->err);
    if (s == STATUS_OK)
        s = admin_value_text(out_r->name, "--name", TICKET_NAME_MAX, &a->err);
    if (s == STATUS_OK)
        s = admin_partner_check_options(a, args);
    return s == STATUS_OK ? admin_partner_check_reach(a, args, out_r) : s;
}

static enum status print_new(struct admin *a, const struct admin_args *args, const struct store_partner *p,
                             const char *secret)
{
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open(w);
        admin_partner_put(w, p);
        admin_put_str(w, "webhookSecret", secret);
        wire_close(w);
        return admin_json_end(a);
    }
    if (!admin_flag(args, "quiet"))
        fprintf(a->out, "Partner %.*s added. Its webhook secret, shown only now:\n", SV_ARG(p->code));
    fprintf(a->out, "%s\n", secret);
    return STATUS_OK;
}

enum status admin_partner_add(struct admin *a, const struct admin_args *args)
{
    struct store_partner p;
    char secret[CRYPTO_WEBHOOK_SECRET_SIZE] = "";
    enum status s = read_new(a, args, &p);
    if (s == STATUS_OK)
        s = crypto_webhook_secret(secret);
    if (s == STATUS_OK)
        s = store_partner_add(admin_store(a), &p, sv_from(secret), p.created_at, &a->err);
    if (s == STATUS_EXISTS)
        s = admin_refuse(a, s, "partner %.*s: exists already", SV_ARG(p.code));
    if (s == STATUS_OK) {
        admin_announce(a);
        /* Only JSON shows what the database made; the secret must not depend on it. */
        struct store_partner stored;
        if (a->json && admin_partner_find(a, p.code, &stored) == STATUS_OK)
            p = stored;
        err_init(&a->err);
        s = print_new(a, args, &p, secret);
    }
    crypto_wipe(secret, sizeof secret);
    return s;
}

/* A secret may be in force though its COMMIT's answer was lost, and nobody would
 * know it: so the same is asked again. */
static enum status rotate(struct admin *a, struct sv code, const char *secret, int64_t overlap_us)
{
    enum status s = STATUS_UNCERTAIN;
    for (unsigned i = 0; s == STATUS_UNCERTAIN && i < ROTATE_TRIES; i++) {
        err_init(&a->err);
        s = store_secret_rotate(admin_store(a), code, sv_from(secret), overlap_us, &a->err);
    }
    return s == STATUS_NOT_FOUND ? admin_partner_not_found(a, code) : s;
}

static enum status print_rotated(struct admin *a, const struct admin_args *args, const char *secret, uint64_t overlap,
                                 bool certain)
{
    struct sv code = admin_argument(args, "CODE");
    if (a->json) {
        struct wire_writer *w = admin_json_start(a);
        wire_open(w);
        admin_put_text(w, "code", code);
        admin_put_number(w, "overlapHours", overlap);
        admin_put_str(w, "webhookSecret", secret);
        wire_close(w);
        return admin_json_end(a);
    }
    if (!admin_flag(args, "quiet")) {
        fprintf(a->out, "Partner %.*s %s a new webhook secret, shown only now. ", SV_ARG(code),
                certain ? "has" : "may have");
        if (overlap)
            fprintf(a->out, "The old one signs too for %" PRIu64 " h:\n", overlap);
        else
            fputs("The old one signs no more:\n", a->out);
    }
    fprintf(a->out, "%s\n", secret);
    return STATUS_OK;
}

/* A second rotation ends the overlap of the first before its time. */
static void warn_of_overlap(const struct admin *a, struct sv code, const struct store_secret *before)
{
    if (before->previous.p)
        fprintf(a->env->err,
                "%s: partner %.*s: the rotation before was in its overlap still: its old secret has ended\n",
                ADMIN_PROGRAM, SV_ARG(code));
}

enum status admin_partner_rotate(struct admin *a, const struct admin_args *args)
{
    struct sv code = admin_argument(args, "CODE"), hours = admin_option(args, "overlap");
    uint64_t overlap = OVERLAP_STANDARD;
    struct store_secret before = {.secret = SV_NONE};
    char secret[CRYPTO_WEBHOOK_SECRET_SIZE] = "";
    enum status s = hours.p ? admin_value_number(hours, "--overlap", 0, OVERLAP_MAX, &overlap, &a->err) : STATUS_OK;
    if (s == STATUS_OK)
        s = store_secret_find(admin_store(a), a->arena, code, &before, &a->err);
    if (s == STATUS_NOT_FOUND)
        return admin_partner_not_found(a, code);
    if (s == STATUS_OK)
        s = crypto_webhook_secret(secret);
    if (s == STATUS_OK)
        s = rotate(a, code, secret, (int64_t)overlap * HOUR_US);
    if (s == STATUS_OK || s == STATUS_UNCERTAIN) {
        warn_of_overlap(a, code, &before);
        enum status printed = print_rotated(a, args, secret, overlap, s == STATUS_OK);
        s = s == STATUS_OK ? printed : s;
    }
    crypto_wipe(secret, sizeof secret);
    return s;
}
