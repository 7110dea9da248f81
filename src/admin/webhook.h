/* What the webhook commands share. */
#ifndef ADMIN_WEBHOOK_H
#define ADMIN_WEBHOOK_H

#include "admin/args.h"
#include "admin/session.h"
#include "store/hook_admin.h"

/* A URL as it is shown: without its query, where receivers hide passwords. An
 * absent one stays absent. */
struct sv admin_webhook_target(struct sv url);
struct sv admin_webhook_origin(struct sv url); /* scheme, host and port only */
/* An answer's first bytes: printable ASCII, '?' for the rest. NULL: no memory. */
const char *admin_webhook_answer(struct arena *a, const char *p, size_t n);

/* The event's id in argument ID. */
enum status admin_webhook_id(struct admin *a, const struct admin_args *args, struct sv *id_r) MUST_USE;
/* --since and --until; CLOCK_NONE: open. */
enum status admin_webhook_span(struct admin *a, const struct admin_args *args, int64_t *since_r,
                               int64_t *until_r) MUST_USE;
/* --partner, its row in *out_r. */
enum status admin_webhook_partner(struct admin *a, const struct admin_args *args, struct store_partner *out_r) MUST_USE;
/* A clear text for an event that is not there; returns `s`. */
enum status admin_webhook_told(struct admin *a, struct sv id, enum status s);

/* Command functions. */
enum status admin_webhook_list(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_show(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_retry(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_cancel(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_stats(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_resume(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_enable(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_test(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_webhook_verify(struct admin *a, const struct admin_args *args) MUST_USE;

#endif
