/* A bounded set of exact sliding windows in shared memory. */
#ifndef GATE_TABLE_H
#define GATE_TABLE_H

#include "gate/layout.h"
#include "gate/window.h"

/* limit ≥ 1. STATUS_UNAVAILABLE: no room, or a holder that does not move;
 * *out_r then refuses. */
enum status gate_table_admit(struct gate_table *t, uint64_t id, uint32_t class, uint32_t limit, int64_t mono_us,
                             struct gate_verdict *out_r) MUST_USE;

#endif
