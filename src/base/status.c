#include "base/status.h"

static const char *const names[STATUS__MAX] = {
    [STATUS_OK] = "ok",
    [STATUS_NO_MEMORY] = "no-memory",
    [STATUS_TOO_LARGE] = "too-large",
    [STATUS_BAD_INPUT] = "bad-input",
    [STATUS_INVALID] = "invalid",
    [STATUS_NOT_FOUND] = "not-found",
    [STATUS_EXISTS] = "exists",
    [STATUS_CONFLICT] = "conflict",
    [STATUS_CLOSED] = "closed",
    [STATUS_DENIED] = "denied",
    [STATUS_LIMITED] = "limited",
    [STATUS_UNAVAILABLE] = "unavailable",
    [STATUS_UNCERTAIN] = "uncertain",
    [STATUS_IO] = "io",
    [STATUS_CONFIG] = "config",
    [STATUS_INTERNAL] = "internal",
};

const char *status_name(enum status s)
{
    return (unsigned)s < STATUS__MAX ? names[s] : "unknown";
}
