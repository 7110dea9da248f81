#include "gate/window.h"

#include "gate/table.h"

enum status gate_window_admit(struct gate_shared *g, uint64_t id, unsigned class, uint32_t limit, int64_t mono_us,
                              struct gate_verdict *out_r)
{
    if (limit == 0) {
        *out_r = (struct gate_verdict){.admitted = true};
        return STATUS_OK;
    }
    return gate_table_admit(&g->windows, id, class, limit, mono_us, out_r);
}
