/* The admin program as a caller of the desk. */
#ifndef ADMIN_TICKET_DESK_H
#define ADMIN_TICKET_DESK_H

#include "admin/args.h"
#include "admin/session.h"
#include "desk/desk.h"

/* An agent's call by whoever runs the program. */
struct desk_call admin_ticket_call(struct admin *a);
/* The ticket number in argument N. */
enum status admin_ticket_number(struct admin *a, const struct admin_args *args, uint64_t *number_r) MUST_USE;
/* A clear text for how a desk call about ticket `number` ended; returns `s`. */
enum status admin_ticket_told(struct admin *a, uint64_t number, enum status s);

/* Command functions. */
enum status admin_ticket_assign(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_ticket_status(struct admin *a, const struct admin_args *args) MUST_USE;
enum status admin_ticket_comment(struct admin *a, const struct admin_args *args) MUST_USE;

#endif
