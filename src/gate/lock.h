/* Robust locks between processes: a dead holder is noticed, a stuck one given up on. */
#ifndef GATE_LOCK_H
#define GATE_LOCK_H

#include <pthread.h>
#include "base/status.h"

#define GATE_LOCK_WAIT_US INT64_C(50000) /*!< [us] longest wait for a holder that is stopped or swapped out */

enum gate_lock_outcome {
    GATE_LOCK_HELD,
    GATE_LOCK_ORPHAN, /*!< held, but its last holder died inside: mend, then gate_lock_mended */
    GATE_LOCK_MISSED  /*!< not held: busy, or the wait is over */
};

enum status gate_lock_init(pthread_mutex_t *locks, size_t n, size_t stride) MUST_USE; /* n locks, stride bytes apart */
enum gate_lock_outcome gate_lock_try(pthread_mutex_t *m) MUST_USE;
enum gate_lock_outcome gate_lock_take(pthread_mutex_t *m) MUST_USE; /* waits up to GATE_LOCK_WAIT_US */
void gate_lock_mended(pthread_mutex_t *m);
void gate_lock_drop(pthread_mutex_t *m);

#endif
