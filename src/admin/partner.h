/* Partners, as several commands need them. */
#ifndef ADMIN_PARTNER_H
#define ADMIN_PARTNER_H

#include "admin/args.h"
#include "admin/session.h"
#include "store/partner_store.h"

/* STATUS_NOT_FOUND has a clear text. */
enum status admin_partner_find(struct admin *a, struct sv code, struct store_partner *out_r) MUST_USE;
enum status admin_partner_not_found(struct admin *a, struct sv code);
/* --partner: a code, and some partner's. STATUS_OK when it is not given. */
enum status admin_partner_option(struct admin *a, const struct admin_args *args) MUST_USE;
/* The members of a partner's object. */
void admin_partner_put(struct wire_writer *w, const struct store_partner *p);
enum status admin_partner_print(struct admin *a, const struct store_partner *p) MUST_USE;

/* --webhook-url by the configuration's rules, --webhook-hosts as a list. */
enum status admin_partner_check_options(struct admin *a, const struct admin_args *args) MUST_USE;
/* A partner as it would be: its URL's host is on its list. */
enum status admin_partner_check_reach(struct admin *a, const struct admin_args *args,
                                      const struct store_partner *p) MUST_USE;

/* Command functions. */
enum status admin_partner_add(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_partner_rotate(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_partner_set(struct admin *a, const struct admin_args *args) MUST_USE;

#endif
