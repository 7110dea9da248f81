/* Values of options and arguments: checked whole, refused with a text that
 * names the option and says what is allowed (STATUS_BAD_INPUT). `label` is how
 * it is called: "--name", "CODE". */
#ifndef ADMIN_VALUE_H
#define ADMIN_VALUE_H

#include <stdint.h>
#include "admin/args.h"
#include "base/arena.h"
#include "net/url.h"
#include "store/partner_store.h"

/* Not blank, at most `max` code points, no control characters. */
enum status admin_value_text(struct sv s, const char *label, size_t max, struct err *err) MUST_USE;
enum status admin_value_number(struct sv s, const char *label, uint64_t min, uint64_t max, uint64_t *out_r,
                               struct err *err) MUST_USE;
/* A partner's code: 1–63 of A-Z a-z 0-9 . _ - */
enum status admin_value_code(struct sv s, const char *label, struct err *err) MUST_USE;

/* "create,read,update,agent", or absent for the first three. agent alone: agent, read, update. */
enum status admin_value_permissions(struct sv s, unsigned *out_r, struct err *err) MUST_USE;
/* "create=N,read=N,update=N" in any order, N or the word unlimited; one
 * "unlimited" for all; what is not named keeps the standard. */
enum status admin_value_limits(struct sv s, uint32_t out[STORE_CLASS__MAX], struct err *err) MUST_USE;
/* Ranges, joined by spaces in the arena; absent when there are none. */
enum status admin_value_cidrs(struct arena *a, const struct admin_values *v, struct sv *out_r,
                              struct err *err) MUST_USE;
/* A webhook target by the configuration's rules. */
enum status admin_value_url(struct sv s, const char *label, const struct net_url_rules *rules,
                            struct err *err) MUST_USE;
/* A moment; absent: CLOCK_NONE. */
enum status admin_value_time(struct sv s, const char *label, int64_t *out_r, struct err *err) MUST_USE;
/* c and 24 of a-z 0-9. */
enum status admin_value_cuid(struct sv s, const char *label, struct err *err) MUST_USE;
/* A moment after `now_us`; absent: CLOCK_NONE. */
enum status admin_value_expires(struct sv s, int64_t now_us, int64_t *out_r, struct err *err) MUST_USE;

/* Words of permissions and classes, for output: bit 1 << i, class i. */
#define ADMIN_PERMISSIONS 4
extern const char *const admin_permission_names[ADMIN_PERMISSIONS];
extern const char *const admin_class_names[STORE_CLASS__MAX];

#endif
