#include "admin/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/suite.h"

const char *run_out = "", *run_err = "";

static char folder[256], config[300];
static char *out_text, *err_text;

const char *run_config(void)
{
    return config;
}

void run_write_config(const char *text)
{
    FILE *f = fopen(config, "w");
    CHECK("configuration written", f && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(config, 0600) == 0);
}

int run_set_up(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.200s/omni-admin-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    snprintf(config, sizeof config, "%s/omnichannel.conf", folder);
    unsetenv("OMNICHANNEL_CONF");
    fake_reset();
    FILE *f = fopen(config, "w");
    return !f || fputs(RUN_CONFIG, f) < 0 || fclose(f) != 0 || chmod(config, 0600) != 0;
}

int run_tear_down(void)
{
    free(out_text);
    free(err_text);
    out_text = err_text = NULL;
    run_out = run_err = "";
    fake_free();
    unlink(config);
    return rmdir(folder);
}

int run_words(const char *const *words)
{
    /* getopt_long reorders its words, so each run gets its own array. */
    static char *argv[RUN_WORDS_MAX + 2];
    static char name[] = "omnichannel-admin";
    size_t out_n = 0, err_n = 0;
    int argc = 0;
    argv[argc++] = name;
    for (; words[argc - 1] && argc <= RUN_WORDS_MAX; argc++)
        memcpy(&argv[argc], &words[argc - 1], sizeof argv[argc]);
    argv[argc] = NULL;
    free(out_text);
    free(err_text);
    struct admin_env env = {.version = "9.8.7", .config = config, .sql_dir = "/the/sql"};
    env.out = open_memstream(&out_text, &out_n);
    env.err = open_memstream(&err_text, &err_n);
    if (!env.out || !env.err)
        abort();
    buf_clear(&fake.calls);
    int got = admin_run(&env, argc, argv);
    fclose(env.out);
    fclose(env.err);
    run_out = out_text;
    run_err = err_text;
    return got;
}

/* The calls without "new", "desk", "pokes" and "free", which every command makes. */
static const char *core_calls(void)
{
    static char text[4096];
    const char *from = fake_calls();
    size_t n = 0;
    while (*from) {
        size_t line = strcspn(from, "\n") + 1;
        bool frame = !strncmp(from, "new ", 4) || !strncmp(from, "desk\n", 5) || !strncmp(from, "free\n", 5) ||
                     !strncmp(from, "pokes ", 6);
        if (!frame && n + line < sizeof text) {
            memcpy(text + n, from, line);
            n += line;
        }
        from += line;
    }
    text[n] = '\0';
    return text;
}

void run_check(const struct run_row *row)
{
    CHECK_INT(row->name, run_words(row->words), row->exit);
    CHECK_STR(row->name, run_err, row->err);
    if (row->calls)
        CHECK_STR(row->name, core_calls(), row->calls);
    if (row->exit != ADMIN_EXIT_OK)
        CHECK_STR(row->name, run_out, "");
}

void run_check_out(const char *name, const char *const *words, const char *want)
{
    CHECK_INT(name, run_words(words), ADMIN_EXIT_OK);
    CHECK_STR(name, run_err, "");
    CHECK_STR(name, run_out, want);
}
