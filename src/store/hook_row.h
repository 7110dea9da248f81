/* Columns of webhooks. Private to store/. */
#ifndef STORE_HOOK_ROW_H
#define STORE_HOOK_ROW_H

#include "store/row.h"
#include "ticket/types.h"

/* Of an `event + 0` column: the ENUM's number, from 1 in our order. */
enum ticket_event_type hook_row_event(struct row_out *row, unsigned i);

#endif
