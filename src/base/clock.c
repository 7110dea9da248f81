#include "base/clock.h"

#include <time.h>

#define SECOND_FIRST INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define SECOND_LAST INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

static int64_t read_clock(clockid_t id)
{
    struct timespec ts = {0};
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static void put(char *out, unsigned digits, int v)
{
    while (digits-- > 0) {
        out[digits] = (char)('0' + v % 10);
        v /= 10;
    }
}

void clock_iso(int64_t wall_us, char out[CLOCK_ISO_SIZE])
{
    int64_t s = wall_us / CLOCK_SECOND - (wall_us % CLOCK_SECOND < 0);
    s = s < SECOND_FIRST ? SECOND_FIRST : s > SECOND_LAST ? SECOND_LAST : s;
    time_t t = (time_t)s;
    struct tm tm;
    gmtime_r(&t, &tm);
    static const char form[] = "YYYY-MM-DDThh:mm:ssZ";
    for (unsigned i = 0; i < sizeof form; i++)
        out[i] = form[i];
    put(out, 4, tm.tm_year + 1900);
    put(out + 5, 2, tm.tm_mon + 1);
    put(out + 8, 2, tm.tm_mday);
    put(out + 11, 2, tm.tm_hour);
    put(out + 14, 2, tm.tm_min);
    put(out + 17, 2, tm.tm_sec);
}

/* Reads `digits` digits at s.p[at], between low and high. */
static bool get(struct sv s, size_t at, unsigned digits, int low, int high, int *v_r)
{
    int v = 0;
    for (unsigned i = 0; i < digits; i++) {
        char c = s.p[at + i];
        if (c < '0' || c > '9')
            return false;
        v = v * 10 + (c - '0');
    }
    *v_r = v;
    return v >= low && v <= high;
}

bool clock_parse_iso(struct sv s, int64_t *wall_us_r)
{
    struct tm tm = {0};
    int year, month;
    if (s.n != CLOCK_ISO_SIZE - 1 || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' || s.p[13] != ':' ||
        s.p[16] != ':' || s.p[19] != 'Z')
        return false;
    if (!get(s, 0, 4, 1, 9999, &year) || !get(s, 5, 2, 1, 12, &month) || !get(s, 8, 2, 1, 31, &tm.tm_mday) ||
        !get(s, 11, 2, 0, 23, &tm.tm_hour) || !get(s, 14, 2, 0, 59, &tm.tm_min) || !get(s, 17, 2, 0, 59, &tm.tm_sec))
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    time_t t = timegm(&tm);
    if (tm.tm_mon != month - 1) /* timegm carried a 30 February over to March */
        return false;
    *wall_us_r = (int64_t)t * CLOCK_SECOND;
    return true;
}
