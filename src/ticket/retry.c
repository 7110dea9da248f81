#include "ticket/retry.h"

#include "base/clock.h"
#include "base/num.h"

#define MINUTE (60 * CLOCK_SECOND)     /* [us] */
#define HOUR (60 * MINUTE)             /* [us] */
#define DAY (24 * HOUR)                /* [us] */
#define WAIT_MAX (30 * DAY)            /* [us] */
#define PAUSE_FIRST (5 * CLOCK_SECOND) /* [us] */
#define JITTER_PART 5                  /* a fifth either way */

static int64_t unit_of(char c)
{
    switch (c) {
    case 's':
        return CLOCK_SECOND;
    case 'm':
        return MINUTE;
    case 'h':
        return HOUR;
    case 'd':
        return DAY;
    default:
        return 0;
    }
}

static bool read_wait(struct sv text, int64_t *wait_us_r)
{
    int64_t unit = text.n > 0 ? unit_of(text.p[text.n - 1]) : 0;
    uint64_t v;
    if (unit == 0 || !num_u64((struct sv){text.p, text.n - 1}, false, (uint64_t)(WAIT_MAX / unit), &v) || v == 0)
        return false;
    *wait_us_r = (int64_t)v * unit;
    return true;
}

static bool read_waits(struct sv text, struct ticket_retry *r)
{
    struct sv part;
    while (sv_cut(&text, ' ', &part)) {
        if (part.n == 0)
            continue;
        if (r->n == TICKET_RETRIES_MAX || !read_wait(part, &r->wait_us[r->n]))
            return false;
        r->n++;
    }
    return r->n > 0;
}

enum status ticket_retry_set(const struct conf *conf, struct ticket_retry *out_r, struct err *err)
{
    struct ticket_retry r = {
        .retry_after_max_us = conf->webhook_retry_after_max * HOUR,
        .hold_us = conf->webhook_hold * MINUTE,
        .pause_max_us = conf->webhook_pause_max * MINUTE,
    };
    if (!read_waits(sv_from(conf->webhook_retries), &r))
        return err_set(
            err, STATUS_CONFIG,
            "webhook_retries: must be 1 to 32 waits from 1s to 30d, like 5s, 5m, 2h or 1d, parted by spaces");
    *out_r = r;
    return STATUS_OK;
}

/* A fifth less to a fifth more, both ends included. */
static int64_t jittered(int64_t us, uint32_t random)
{
    int64_t part = us / JITTER_PART;
    uint64_t span = 2 * (uint64_t)part;
    /* In two pieces: span × random may need more than 64 bits. */
    return us - part + (int64_t)(span / UINT32_MAX * random + span % UINT32_MAX * random / UINT32_MAX);
}

/* What a Retry-After may make of a wait. */
static int64_t lengthened(const struct ticket_retry *r, int64_t wait_us, int64_t retry_after_us)
{
    int64_t after = retry_after_us < r->retry_after_max_us ? retry_after_us : r->retry_after_max_us;
    return after > wait_us ? after : wait_us;
}

int64_t ticket_retry_wait(const struct ticket_retry *r, unsigned attempts, int64_t retry_after_us, uint32_t random)
{
    if (attempts > r->n)
        return -1;
    return lengthened(r, jittered(r->wait_us[attempts > 0 ? attempts - 1 : 0], random), retry_after_us);
}

int64_t ticket_retry_age(const struct ticket_retry *r)
{
    int64_t age = 0;
    for (unsigned i = 0; i < r->n; i++)
        age += jittered(r->wait_us[i], UINT32_MAX);
    return age;
}

int64_t ticket_retry_pause(const struct ticket_retry *r, uint32_t failures, uint32_t random)
{
    int64_t pause = PAUSE_FIRST;
    if (failures < TICKET_FAILURES_BEFORE_PAUSE)
        return 0;
    for (uint32_t i = TICKET_FAILURES_BEFORE_PAUSE; i < failures && pause < r->pause_max_us; i++)
        pause *= 2;
    if (pause > r->pause_max_us)
        pause = r->pause_max_us;
    pause = jittered(pause, random);
    return pause < r->pause_max_us ? pause : r->pause_max_us;
}
