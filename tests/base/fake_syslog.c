/* Without <syslog.h>: its fortified inlines would stand in the way. */
#include "base/fake_syslog.h"

#include <stdarg.h>
#include <stdio.h>

void openlog(const char *ident, int option, int facility);
void closelog(void);
void syslog(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void __syslog_chk(int priority, int flag, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct fake_syslog fake_syslog;

void openlog(const char *ident, int option, int facility)
{
    fake_syslog.opened++;
    fake_syslog.ident = ident;
    fake_syslog.option = option;
    fake_syslog.facility = facility;
}

void closelog(void)
{
    fake_syslog.closed++;
}

static void take(int priority, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void take(int priority, const char *fmt, va_list ap)
{
    fake_syslog.lines++;
    fake_syslog.priority = priority;
    vsnprintf(fake_syslog.line, sizeof fake_syslog.line, fmt, ap);
}

void syslog(int priority, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    take(priority, fmt, ap);
    va_end(ap);
}

/* What syslog() becomes under _FORTIFY_SOURCE. */
void __syslog_chk(int priority, int flag, const char *fmt, ...)
{
    (void)flag;
    va_list ap;
    va_start(ap, fmt);
    take(priority, fmt, ap);
    va_end(ap);
}
