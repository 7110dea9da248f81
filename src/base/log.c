#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

#define PROGRAM_MAX 64    /* [bytes] with NUL */
#define REQUEST_ID_MAX 65 /* [bytes] with NUL */

static const struct {
    const char *name;
    int priority;
} levels[LOG_LEVEL__MAX] = {
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
    [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

static struct {
    char program[PROGRAM_MAX]; /* syslog keeps the pointer it was given */
    enum log_target target;
    enum log_level level;
    char request_id[REQUEST_ID_MAX];
    long pid; /* as of log_setup; 0: ask */
} state = {"omnichannel", LOG_TARGET_STDERR, LOG_LEVEL_INFO, "-", 0};

void log_setup(const char *program, enum log_target target, enum log_level level)
{
    closelog();
    snprintf(state.program, sizeof state.program, "%s", program);
    state.target = target;
    state.pid = (long)getpid();
    state.level = level;
    if (target == LOG_TARGET_SYSLOG)
        openlog(state.program, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void log_request_id(const char *id)
{
    const char *text = id && *id ? id : "-";
    size_t n = strnlen(text, sizeof state.request_id - 1);
    memcpy(state.request_id, text, n);
    state.request_id[n] = '\0';
}

/* What snprintf wrote of n bytes, at most. */
static size_t written(int n, size_t size)
{
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

static size_t head(char *out, size_t size, enum log_level level)
{
    const char *name = levels[level].name;
    if (state.target == LOG_TARGET_SYSLOG)
        return written(snprintf(out, size, "%s %s ", name, state.request_id), size);
    char time[CLOCK_ISO_SIZE];
    clock_iso(clock_wall_us(), time);
    return written(snprintf(out, size, "%s %s %s[%ld] %s ", time, name, state.program,
                            state.pid ? state.pid : (long)getpid(), state.request_id),
                   size);
}

static void hide_controls(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7F)
            p[i] = '?';
}

void log_line(enum log_level level, const char *fmt, ...)
{
    if (level > state.level)
        return;
    char line[LOG_LINE_MAX + 1];
    size_t n = head(line, LOG_LINE_MAX, level);
    va_list ap;
    va_start(ap, fmt);
    int more = vsnprintf(line + n, LOG_LINE_MAX - n, fmt, ap);
    va_end(ap);
    bool cut = more >= 0 && (size_t)more >= LOG_LINE_MAX - n;
    n += written(more, LOG_LINE_MAX - n);
    if (cut)
        n = utf8_whole((struct sv){line, n});
    hide_controls(line, n);
    if (state.target == LOG_TARGET_SYSLOG) {
        syslog(levels[level].priority, "%.*s", (int)n, line);
        return;
    }
    line[n] = '\n';
    if (write(STDERR_FILENO, line, n + 1) < 0)
        return; /* nowhere left to tell */
}
