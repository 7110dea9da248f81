#include "store/hook_row.h"

enum ticket_event_type hook_row_event(struct row_out *row, unsigned i)
{
    uint64_t n = row_u(row, i);
    if (n < 1 || n > TICKET_EVENT__MAX) {
        row->status = row->status ? row->status : STATUS_INTERNAL;
        return TICKET_EVENT_CREATED;
    }
    return (enum ticket_event_type)(n - 1);
}
