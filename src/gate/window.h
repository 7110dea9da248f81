/* Exact sliding windows: at most N admissions in any 60 seconds, over all
 * processes of the host. O(1) amortised; robust against a holder killed inside. */
#ifndef GATE_WINDOW_H
#define GATE_WINDOW_H

#include "gate/shared.h"

#define GATE_WINDOW_US (60 * INT64_C(1000000)) /*!< [us] */
#define GATE_LIMIT_MAX 1000000

struct gate_verdict {
    bool admitted;
    uint32_t limit; /*!< 0: unlimited, no headers */
    uint32_t remaining;
    uint32_t reset_s; /*!< [s] ≥ 1 until the oldest admission leaves the window */
};
/* Counts one request of (id, class) at mono_us unless `limit` admissions lie
 * within (mono_us − 60 s, mono_us]; what is refused does not count. A mono_us
 * before the window's latest counts as that. A changed limit takes hold at once
 * and keeps the window's admissions. limit 0: admitted, nothing is touched.
 * STATUS_UNAVAILABLE: no room or a stuck holder (closed, not open: exactness
 * outranks convenience); then *out_r refuses. */
enum status gate_window_admit(struct gate_shared *g, uint64_t id, unsigned class, uint32_t limit, int64_t mono_us,
                              struct gate_verdict *out_r) MUST_USE;

#endif
