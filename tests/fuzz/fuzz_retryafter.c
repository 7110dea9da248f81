/* A receiver's Retry-After. The input: a line with the wall clock's seconds,
 * then the header's value. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/num.h"
#include "fuzz/target.h"
#include "net/retry_after.h"

#define NOW_MAX UINT64_C(253402300799) /* [s] the last one of year 9999 */
#define VALUE_MAX 4096                 /* [bytes] */

static bool is_all_digits(struct sv s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

static void check_seconds(struct sv digits, int64_t us)
{
    uint64_t s;
    if (num_u64(digits, true, NET_RETRY_AFTER_MAX / CLOCK_SECOND, &s))
        MUST(us == (int64_t)s * CLOCK_SECOND);
    else
        MUST(us == NET_RETRY_AFTER_MAX);
}

/* A moment that was read reads the same in each form. */
static void check_forms(time_t at, int64_t now_us, int64_t us)
{
    struct tm tm;
    char text[96], day[32], hour[32];
    MUST(gmtime_r(&at, &tm));
    MUST(strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0);
    MUST(net_retry_after(sv_from(text), now_us) == us);
    MUST(strftime(day, sizeof day, "%A, %d-%b", &tm) > 0 && strftime(hour, sizeof hour, "%H:%M:%S", &tm) > 0);
    snprintf(text, sizeof text, "%s-%02d %s GMT", day, tm.tm_year % 100, hour);
    MUST(net_retry_after(sv_from(text), now_us) == us);
    MUST(strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &tm) > 0);
    MUST(net_retry_after(sv_from(text), now_us) == us);
}

static void check_padded(struct sv value, int64_t now_us, int64_t us)
{
    char text[VALUE_MAX + 2];
    if (value.n > VALUE_MAX)
        return;
    text[0] = ' ';
    memcpy(text + 1, value.p, value.n);
    text[value.n + 1] = '\t';
    MUST(net_retry_after((struct sv){text, value.n + 2}, now_us) == us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv rest = {(const char *)data, n}, line = SV("");
    uint64_t now = 0;
    if (!sv_cut(&rest, '\n', &line) || !rest.p || !num_u64(line, true, NOW_MAX, &now))
        return 0;
    int64_t now_us = (int64_t)now * CLOCK_SECOND, us = net_retry_after(rest, now_us);
    MUST(us >= -1 && us <= NET_RETRY_AFTER_MAX);
    check_padded(rest, now_us, us);
    if (is_all_digits(sv_trim(rest)))
        check_seconds(sv_trim(rest), us);
    else if (us > 0 && us < NET_RETRY_AFTER_MAX)
        check_forms((time_t)((now_us + us) / CLOCK_SECOND), now_us, us);
    return 0;
}
