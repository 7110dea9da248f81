#include "net/retry_after.h"

#include <stdbool.h>
#include <time.h>

#include "base/clock.h"

#define YEARS_AHEAD_MAX 50 /* [years] RFC 9110 §5.6.7: two digits name none further ahead */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                     "Aug", "Sep", "Oct", "Nov", "Dec", NULL};
static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", NULL};
static const char *const long_days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday",    NULL};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Each of these takes its part off the front, or says that it does not stand there. */
static bool take(struct sv *rest, const char *text)
{
    struct sv part = sv_from(text);
    if (!sv_has_prefix(*rest, part))
        return false;
    rest->p += part.n;
    rest->n -= part.n;
    return true;
}

static bool take_word(struct sv *rest, const char *const *words, int *i_r)
{
    for (int i = 0; words[i]; i++)
        if (take(rest, words[i])) {
            *i_r = i;
            return true;
        }
    return false;
}

static bool take_digits(struct sv *rest, size_t n, int low, int high, int *v_r)
{
    int v = 0;
    if (rest->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(rest->p[i]))
            return false;
        v = v * 10 + (rest->p[i] - '0');
    }
    rest->p += n;
    rest->n -= n;
    *v_r = v;
    return v >= low && v <= high;
}

static bool take_time(struct sv *rest, struct tm *tm)
{
    return take_digits(rest, 2, 0, 23, &tm->tm_hour) && take(rest, ":") && take_digits(rest, 2, 0, 59, &tm->tm_min) &&
           take(rest, ":") && take_digits(rest, 2, 0, 60, &tm->tm_sec);
}

/* In seconds; false when the month has no such day. */
static bool seconds(struct tm tm, int year, time_t *s_r)
{
    int month = tm.tm_mon;
    int second = tm.tm_sec;
    tm.tm_sec = 0; /* a leap second may end in the next month */
    tm.tm_year = year - 1900;
    *s_r = timegm(&tm) + second;
    return tm.tm_mon == month;
}

/* The latest year with these two last digits that is not too far ahead. */
static bool two_digit_year(struct tm tm, int yy, time_t now, time_t *s_r)
{
    struct tm limit;
    if (!gmtime_r(&now, &limit))
        return false;
    int year = (limit.tm_year + 1900) / 100 * 100 + 100 + yy;
    limit.tm_year += YEARS_AHEAD_MAX;
    time_t latest = timegm(&limit);
    bool exists = seconds(tm, year, s_r);
    while (*s_r > latest) {
        year -= 100;
        exists = seconds(tm, year, s_r);
    }
    return exists;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT". Which day of the week it claims to be does not matter. */
static bool is_fixdate(struct sv v, time_t *s_r)
{
    struct tm tm = {0};
    int day, year;
    return take_word(&v, days, &day) && take(&v, ", ") && take_digits(&v, 2, 1, 31, &tm.tm_mday) && take(&v, " ") &&
           take_word(&v, months, &tm.tm_mon) && take(&v, " ") && take_digits(&v, 4, 0, 9999, &year) && take(&v, " ") &&
           take_time(&v, &tm) && take(&v, " GMT") && v.n == 0 && seconds(tm, year, s_r);
}

/* "Sunday, 06-Nov-94 08:49:37 GMT" */
static bool is_rfc850(struct sv v, time_t now, time_t *s_r)
{
    struct tm tm = {0};
    int day, yy;
    return take_word(&v, long_days, &day) && take(&v, ", ") && take_digits(&v, 2, 1, 31, &tm.tm_mday) &&
           take(&v, "-") && take_word(&v, months, &tm.tm_mon) && take(&v, "-") && take_digits(&v, 2, 0, 99, &yy) &&
           take(&v, " ") && take_time(&v, &tm) && take(&v, " GMT") && v.n == 0 && two_digit_year(tm, yy, now, s_r);
}

/* "Sun Nov  6 08:49:37 1994" */
static bool is_asctime(struct sv v, time_t *s_r)
{
    struct tm tm = {0};
    int day, year;
    return take_word(&v, days, &day) && take(&v, " ") && take_word(&v, months, &tm.tm_mon) && take(&v, " ") &&
           (take(&v, " ") ? take_digits(&v, 1, 1, 9, &tm.tm_mday) : take_digits(&v, 2, 1, 31, &tm.tm_mday)) &&
           take(&v, " ") && take_time(&v, &tm) && take(&v, " ") && take_digits(&v, 4, 0, 9999, &year) && v.n == 0 &&
           seconds(tm, year, s_r);
}

static int64_t delay(struct sv v)
{
    int64_t us = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (!is_digit(v.p[i]))
            return -1;
        us = us * 10 + (v.p[i] - '0') * CLOCK_SECOND;
        us = us < NET_RETRY_AFTER_MAX ? us : NET_RETRY_AFTER_MAX;
    }
    return v.n > 0 ? us : -1;
}

int64_t net_retry_after(struct sv value, int64_t now_us)
{
    struct sv v = sv_trim(value);
    time_t s;
    if (v.n > 0 && is_digit(v.p[0]))
        return delay(v);
    if (!is_fixdate(v, &s) && !is_rfc850(v, (time_t)(now_us / CLOCK_SECOND), &s) && !is_asctime(v, &s))
        return -1;
    int64_t wait = (int64_t)s * CLOCK_SECOND - now_us;
    return wait < 0 ? 0 : wait < NET_RETRY_AFTER_MAX ? wait : NET_RETRY_AFTER_MAX;
}
