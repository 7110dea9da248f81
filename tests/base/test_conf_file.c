#include "base/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

static char folder[256], path[300];
static struct conf conf;
static struct err err;

static int set_up(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.200s/omni-conf-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int tear_down(void)
{
    unlink(path);
    return rmdir(folder);
}

static void write_file(struct sv text, mode_t mode)
{
    unlink(path);
    FILE *f = fopen(path, "w");
    CHECK("file made", f && fwrite(text.p, 1, text.n, f) == text.n);
    CHECK("file closed", f && fclose(f) == 0 && chmod(path, mode) == 0);
}

static enum status load(void)
{
    err_init(&err);
    return conf_load(path, &conf, &err);
}

static void test_load(void)
{
    write_file(SV("log_level = debug\n"), 0644);
    CHECK_INT("load", load(), STATUS_OK);
    CHECK_INT("value", conf.log_level, LOG_LEVEL_DEBUG);
    write_file(SV("\nlog_level = loud\n"), 0640);
    CHECK_INT("bad value", load(), STATUS_CONFIG);
    char want[400];
    snprintf(want, sizeof want, "%s:2: log_level: must be one of error, warning, info, debug", path);
    CHECK_STR("file, line, name, why", err.text, want);
}

static void test_load_mode(void)
{
    static const struct {
        mode_t mode;
        bool ok;
    } rows[] = {{0600, true}, {0644, true}, {0664, true}, {0660, true}, {0602, false}, {0666, false}, {0777, false}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        write_file(SV(""), rows[i].mode);
        CHECK_INT("mode", load(), rows[i].ok ? STATUS_OK : STATUS_CONFIG);
        CHECK_INT("why", strstr(err.text, "others may write to the file (mode ") != NULL, !rows[i].ok);
    }
}

static void test_load_not_a_file(void)
{
    unlink(path);
    CHECK_INT("missing", load(), STATUS_CONFIG);
    CHECK("why", strstr(err.text, "/file: No such file or directory") != NULL);
    CHECK_INT("fifo made", mkfifo(path, 0600), 0);
    CHECK_INT("fifo is not waited for", load(), STATUS_CONFIG);
    CHECK("why", strstr(err.text, ": not a regular file") != NULL);
    err_init(&err);
    CHECK_INT("folder", conf_load(folder, &conf, &err), STATUS_CONFIG);
    CHECK("why", strstr(err.text, ": not a regular file") != NULL);
    err_init(&err);
    CHECK_INT("unreadable", conf_load("/proc/self/mem", &conf, &err), STATUS_CONFIG);
    CHECK_STR("why", err.text, "/proc/self/mem: Input/output error");
}

static void test_load_size(void)
{
    static char text[CONF_FILE_MAX + 1];
    memset(text, '\n', sizeof text);
    write_file((struct sv){text, CONF_FILE_MAX}, 0600);
    CHECK_INT("at the bound", load(), STATUS_OK);
    write_file((struct sv){text, CONF_FILE_MAX + 1}, 0600);
    CHECK_INT("past it", load(), STATUS_CONFIG);
    CHECK("why", strstr(err.text, ": the file is too large") != NULL);
}

static void test_load_no_memory(void)
{
    static char text[20000];
    memset(text, '\n', sizeof text);
    write_file((struct sv){text, sizeof text}, 0600);
    refuse_none();
    CHECK_INT("with memory", load(), STATUS_OK);
    unsigned needed = refuse_asked();
    CHECK("some is needed", needed >= 4);
    for (unsigned n = 0; n < needed; n++) {
        refuse_from(n);
        CHECK_INT("without", load(), STATUS_NO_MEMORY);
        CHECK("why", strstr(err.text, ": out of memory") != NULL);
    }
    refuse_off();
}

static enum status password(char out[CONF_STRING_MAX])
{
    err_init(&err);
    memset(out, 'x', CONF_STRING_MAX);
    return conf_password(path, out, &err);
}

static void test_password(void)
{
    static const struct {
        struct sv text;
        const char *password;
    } rows[] = {
        {{"secret", 6}, "secret"},       {{"secret\n", 7}, "secret"}, {{"secret\r\n", 8}, "secret"},
        {{" s p ;# \n", 9}, " s p ;# "}, {{"one\ntwo\n", 8}, "one"},  {{"\xC3\xA9\n", 3}, "\xC3\xA9"},
    };
    char out[CONF_STRING_MAX];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        write_file(rows[i].text, 0640);
        CHECK_INT(rows[i].password, password(out), STATUS_OK);
        CHECK_STR(rows[i].password, out, rows[i].password);
    }
    out[0] = 'x';
    CHECK_INT("no path", conf_password("", out, &err), STATUS_OK);
    CHECK_STR("no password", out, "");
}

static void test_password_refused(void)
{
    static char longest[CONF_STRING_MAX + 5000];
    static const struct {
        struct sv text;
        const char *why;
    } rows[] = {
        {{"", 0}, "the first line is empty"},
        {{"\nsecret", 7}, "the first line is empty"},
        {{"\r\nsecret", 8}, "the first line is empty"},
        {{"sec\0ret", 7}, "the password has a NUL byte"},
        {{longest, CONF_STRING_MAX}, "the password is longer than 189 bytes"},
        {{longest, sizeof longest}, "the file is too large"},
    };
    char out[CONF_STRING_MAX];
    memset(longest, 'p', sizeof longest);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        write_file(rows[i].text, 0600);
        CHECK_INT(rows[i].why, password(out), STATUS_CONFIG);
        CHECK(rows[i].why, strstr(err.text, rows[i].why) != NULL);
        CHECK("no secret in the text", !strstr(err.text, "ppp") && !strstr(err.text, "sec\0ret"));
        CHECK_STR("nothing given", out, "");
    }
    write_file((struct sv){longest, CONF_STRING_MAX - 1}, 0600);
    CHECK_INT("189 bytes", password(out), STATUS_OK);
    CHECK_INT("189 bytes", strlen(out), 189);
}

static void test_password_mode(void)
{
    static const struct {
        mode_t mode;
        const char *why;
    } rows[] = {
        {0400, NULL},
        {0640, NULL},
        {0660, NULL},
        {0644, "others may read the file (mode 644)"},
        {0604, "others may read the file (mode 604)"},
        {0602, "others may write to the file (mode 602)"},
        {0601, "others may read the file (mode 601)"},
        {0666, "others may write to the file (mode 666)"},
    };
    char out[CONF_STRING_MAX];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        write_file(SV("secret\n"), rows[i].mode);
        CHECK_INT("mode", password(out), rows[i].why ? STATUS_CONFIG : STATUS_OK);
        if (rows[i].why)
            CHECK(rows[i].why, strstr(err.text, rows[i].why) != NULL);
    }
}

static void test_password_no_memory(void)
{
    char out[CONF_STRING_MAX];
    write_file(SV("secret\n"), 0600);
    refuse_from(0);
    CHECK_INT("without memory", password(out), STATUS_NO_MEMORY);
    refuse_from(1);
    CHECK_INT("one allocation, never moved", password(out), STATUS_OK);
    refuse_off();
    CHECK_STR("password", out, "secret");
}

void init_conf_file_tests(void)
{
    static const struct suite_test tests[] = {
        {"load", test_load},
        {"mode", test_load_mode},
        {"not a file", test_load_not_a_file},
        {"size", test_load_size},
        {"no memory", test_load_no_memory},
        {"password", test_password},
        {"password refused", test_password_refused},
        {"password mode", test_password_mode},
        {"password without memory", test_password_no_memory},
    };
    suite_add("base/conf_file", set_up, tear_down, tests, SUITE_N(tests));
}
