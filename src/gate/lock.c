#include "gate/lock.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"

enum status gate_lock_init(pthread_mutex_t *locks, size_t n, size_t stride)
{
    pthread_mutexattr_t attr;
    if (pthread_mutexattr_init(&attr) != 0)
        return STATUS_NO_MEMORY;
    enum status s = STATUS_OK;
    if (pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) != 0 ||
        pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) != 0)
        s = STATUS_INTERNAL;
    for (size_t i = 0; i < n && s == STATUS_OK; i++)
        if (pthread_mutex_init((pthread_mutex_t *)(void *)((char *)locks + i * stride), &attr) != 0)
            s = STATUS_INTERNAL;
    pthread_mutexattr_destroy(&attr);
    return s;
}

static enum gate_lock_outcome outcome(int rc)
{
    if (rc == 0)
        return GATE_LOCK_HELD;
    return rc == EOWNERDEAD ? GATE_LOCK_ORPHAN : GATE_LOCK_MISSED;
}

enum gate_lock_outcome gate_lock_try(pthread_mutex_t *m)
{
    return outcome(pthread_mutex_trylock(m));
}

enum gate_lock_outcome gate_lock_take(pthread_mutex_t *m)
{
    int rc = pthread_mutex_trylock(m);
    if (rc != EBUSY)
        return outcome(rc);
    int64_t until = clock_mono_us() + GATE_LOCK_WAIT_US;
    struct timespec ts = {.tv_sec = (time_t)(until / CLOCK_SECOND), .tv_nsec = (long)(until % CLOCK_SECOND * 1000)};
    return outcome(pthread_mutex_clocklock(m, CLOCK_MONOTONIC, &ts));
}

void gate_lock_mended(pthread_mutex_t *m)
{
    pthread_mutex_consistent(m);
}

void gate_lock_drop(pthread_mutex_t *m)
{
    pthread_mutex_unlock(m);
}
