#include "admin/fake.h"

#include "harness/suite.h"

#define CALLS_MAX (1024u * 1024) /* [bytes] */

struct fake fake;

void fake_reset(void)
{
    buf_free(&fake.calls);
    fake = (struct fake){.shared = STATUS_NOT_FOUND};
    buf_init(&fake.calls, CALLS_MAX);
}

void fake_free(void)
{
    buf_free(&fake.calls);
}

const char *fake_calls(void)
{
    return buf_view(&fake.calls).p;
}
