#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fake_syslog.h"
#include "base/utf8.h"
#include "base/suites.h"
#include "harness/suite.h"

/* stderr as a datagram socket: one message a write. */
static int ends[2], real_stderr;

static int set_up(void)
{
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends) != 0)
        return 1;
    real_stderr = dup(STDERR_FILENO);
    return real_stderr < 0 || dup2(ends[1], STDERR_FILENO) < 0;
}

static int tear_down(void)
{
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(ends[0]);
    close(ends[1]);
    log_setup("omnichannel", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    log_request_id(NULL);
    return 0;
}

/* One write's bytes, "" when there was none. */
static const char *next(void)
{
    static char line[4096];
    ssize_t n = recv(ends[0], line, sizeof line - 1, 0);
    line[n > 0 ? n : 0] = '\0';
    return line;
}

/* The line after its time stamp, which is checked here. */
static const char *next_after_time(void)
{
    const char *line = next();
    int64_t us = 0, now = clock_wall_us();
    if (strlen(line) < CLOCK_ISO_SIZE)
        return line;
    CHECK("time", clock_parse_iso((struct sv){line, CLOCK_ISO_SIZE - 1}, &us));
    CHECK("now", us <= now && us > now - 60 * CLOCK_SECOND);
    return line + CLOCK_ISO_SIZE;
}

static void test_line(void)
{
    char want[128];
    log_setup("worker", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    log_request_id("abc-1");
    log_line(LOG_LEVEL_WARNING, "db-down attempt=%d", 3);
    snprintf(want, sizeof want, "warning worker[%ld] abc-1 db-down attempt=3\n", (long)getpid());
    CHECK_STR("line", next_after_time(), want);
    CHECK_STR("one write a line", next(), "");
    log_request_id("");
    log_line(LOG_LEVEL_ERROR, "bye");
    snprintf(want, sizeof want, "error worker[%ld] - bye\n", (long)getpid());
    CHECK_STR("no request", next_after_time(), want);
    log_request_id(NULL);
    log_line(LOG_LEVEL_ERROR, "bye");
    CHECK_STR("no request", next_after_time(), want);
}

static void test_request_id_copied(void)
{
    char id[] = "first";
    log_request_id(id);
    id[0] = 'X';
    log_line(LOG_LEVEL_ERROR, "x");
    CHECK("copied", strstr(next(), " first x\n") != NULL);
    log_request_id("1234567890123456789012345678901234567890123456789012345678901234567890");
    log_line(LOG_LEVEL_ERROR, "x");
    CHECK("cut at 64", strstr(next(), " 1234567890123456789012345678901234567890123456789012345678901234 x\n") != NULL);
}

static void test_levels(void)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    for (unsigned threshold = 0; threshold < LOG_LEVEL__MAX; threshold++) {
        log_setup("p", LOG_TARGET_STDERR, (enum log_level)threshold);
        for (unsigned level = 0; level < LOG_LEVEL__MAX; level++) {
            log_line((enum log_level)level, "x");
            const char *line = next_after_time();
            CHECK_INT(names[level], strncmp(line, names[level], strlen(names[level])) == 0, level <= threshold);
        }
    }
}

static void test_controls(void)
{
    log_setup("p", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    log_request_id("evil\nid");
    log_line(LOG_LEVEL_ERROR, "a\nb\r\tc\x1B[0m\x7F \xC3\xA9");
    CHECK("shown as ?", strstr(next(), " evil?id a?b??c?[0m? \xC3\xA9\n") != NULL);
    log_request_id(NULL);
}

static void test_long(void)
{
    char text[3001];
    memset(text, 'x', 3000);
    text[3000] = '\0';
    log_setup("p", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    log_line(LOG_LEVEL_ERROR, "%s", text);
    const char *line = next();
    CHECK_INT("cut", strlen(line), LOG_LINE_MAX);
    CHECK_INT("still a line", line[LOG_LINE_MAX - 1], '\n');
    CHECK_STR("nothing more", next(), "");
    for (unsigned shift = 0; shift < 4; shift++) {
        for (unsigned i = 0; i < 3000 / 4; i++)
            memcpy(text + (size_t)4 * i, "\xF0\x9F\x98\x80", 4);
        log_line(LOG_LEVEL_ERROR, "%.*s%s", (int)shift, "abc", text);
        line = next();
        CHECK("cut at a character", utf8_valid(sv_from(line)) && strlen(line) > LOG_LINE_MAX - 4);
    }
}

static void test_syslog(void)
{
    char program[] = "sender";
    memset(&fake_syslog, 0, sizeof fake_syslog);
    log_setup(program, LOG_TARGET_SYSLOG, LOG_LEVEL_DEBUG);
    program[0] = 'X';
    CHECK_INT("opened", fake_syslog.opened, 1);
    CHECK_STR("ident kept", fake_syslog.ident, "sender");
    CHECK_INT("with the pid", fake_syslog.option & LOG_PID, LOG_PID);
    CHECK_INT("facility", fake_syslog.facility, LOG_DAEMON);
    log_request_id("r1");
    static const int priorities[] = {LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG};
    for (unsigned level = 0; level < LOG_LEVEL__MAX; level++) {
        log_line((enum log_level)level, "100%% x=%d\n", 7);
        CHECK_INT("priority", fake_syslog.priority, priorities[level]);
    }
    CHECK_INT("lines", fake_syslog.lines, 4);
    CHECK_STR("line", fake_syslog.line, "debug r1 100% x=7?");
    CHECK_STR("not to stderr", next(), "");
    log_setup("p", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    CHECK_INT("closed", fake_syslog.closed, 2);
}

static void test_nowhere(void)
{
    log_setup("p", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
    close(STDERR_FILENO);
    log_line(LOG_LEVEL_ERROR, "into the void");
    CHECK_INT("stderr back", dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    log_line(LOG_LEVEL_ERROR, "here");
    CHECK("still works", strstr(next(), " here\n") != NULL);
    CHECK_STR("nothing else", next(), "");
}

void init_log_tests(void)
{
    static const struct suite_test tests[] = {
        {"line", test_line},
        {"request id", test_request_id_copied},
        {"levels", test_levels},
        {"controls", test_controls},
        {"long", test_long},
        {"syslog", test_syslog},
        {"nowhere to write", test_nowhere},
    };
    suite_add("base/log", set_up, tear_down, tests, SUITE_N(tests));
}
