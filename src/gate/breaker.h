/* One breaker for the pool: after a database time-out it is open and everybody
 * answers 503 at once; between requests, one worker a second tries again. */
#ifndef GATE_BREAKER_H
#define GATE_BREAKER_H

#include "gate/shared.h"

#define GATE_PROBE_US INT64_C(1000000) /*!< [us] between probes */

/* For the one that tries: true if it is closed, or this call is the second's probe. */
bool gate_breaker_allow(struct gate_shared *g, int64_t mono_us);
void gate_breaker_ok(struct gate_shared *g); /* cheap when closed */
/* mono_us: when the wait ended; an earlier one never brings the next probe forward. */
void gate_breaker_fail(struct gate_shared *g, int64_t mono_us);
bool gate_breaker_open(const struct gate_shared *g);

#endif
