/* Stands in for libc's syslog at link time. */
#ifndef TESTS_BASE_FAKE_SYSLOG_H
#define TESTS_BASE_FAKE_SYSLOG_H

struct fake_syslog {
    unsigned lines, opened, closed;
    int priority, option, facility;
    const char *ident; /*!< the pointer openlog was given */
    char line[2048];   /*!< the newest */
};

extern struct fake_syslog fake_syslog;

#endif
