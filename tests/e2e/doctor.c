/* omnichannel-admin doctor on the whole stack: nothing fails on a good one, a
 * planted fault makes its own line fail and no other. And what must not be seen
 * by others: secrets in process lists, logs, core files. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define OUT_MAX 65536
#define LINES_MAX 64

static char good[OUT_MAX], out[OUT_MAX];

static int doctor(void)
{
    return run(out, sizeof out, "'%s' doctor 2>/dev/null", stack.admin);
}

static int set_up(void)
{
    char said[256];
    hooks_clear();
    int st = stack_sends(true);
    if (st == 0)
        st = admin(said, sizeof said, "tidy");
    return st;
}

static int tear_down(void)
{
    int st = stack_sends(false);
    hooks_clear();
    return st;
}

/* A line's level, ' ' when there is none. */
static char level_of(const char *text, const char *name)
{
    char head[64];
    snprintf(head, sizeof head, " %s: ", name);
    const char *at = strstr(text, head);
    if (!at)
        return ' ';
    while (at > text && at[-1] != '\n')
        at--;
    return *at;
}

/* Every line is as in the good run, but for this one. */
static void check_only(const char *row, const char *name, char want)
{
    char copy[OUT_MAX];
    CHECK_INT(row, doctor(), want == 'f');
    CHECK_INT(row, level_of(out, name), want);
    snprintf(copy, sizeof copy, "%s", good);
    for (char *save, *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char other[64], title[160];
        if (sscanf(line, "%*s %63[a-z-]", other) != 1 || strcmp(other, name) == 0)
            continue;
        snprintf(title, sizeof title, "%s: %s stays", row, other);
        CHECK_INT(title, level_of(out, other), line[0]);
    }
}

static void test_good_stack(void)
{
    /* What the machine that tests is like, and who runs it, is not ours to say. */
    static const char *const of_the_host[] = {"users", "clock", "disk-database", "disk-run", "disk-log"};
    CHECK_INT("exit status", doctor(), 0);
    snprintf(good, sizeof good, "%s", out);
    unsigned n = 0;
    for (char *save, *line = strtok_r(out, "\n", &save); line; line = strtok_r(NULL, "\n", &save), n++) {
        bool is_host = false;
        for (unsigned i = 0; i < SUITE_N(of_the_host); i++)
            is_host = is_host || strstr(line, of_the_host[i]) == line + 5;
        CHECK(line, is_host || strncmp(line, "ok   ", 5) == 0);
        CHECK(line, line[0] != 'f');
    }
    CHECK("all of it", n >= 30 && n < LINES_MAX);
    CHECK_INT("as JSON", run(out, sizeof out, "'%s' --json doctor", stack.admin), 0);
    CHECK("a list", out[0] == '[' && strstr(out, "{\"id\":\"workers\",\"result\":\"ok\",\"text\":") != NULL);
}

static void test_modes(void)
{
    static const struct {
        const char *path, *name;
        unsigned bad, good;
        char want;
    } rows[] = {
        {"etc/worker.password", "password-worker", 0640, 0600, 'w'},
        {"etc/omnichannel.conf", "configuration", 0660, 0600, 'w'},
        {"run/api.sock", "api-socket", 0666, 0600, 'f'},
        {"run/sender", "sender-directory", 0707, 0700, 'f'},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", stack.var, rows[i].path);
        CHECK(path, chmod(path, rows[i].bad) == 0);
        check_only(rows[i].path, rows[i].name, rows[i].want);
        CHECK(path, chmod(path, rows[i].good) == 0);
    }
}

static void test_database(void)
{
    static const struct {
        const char *name, *plant, *mend;
        char want;
    } rows[] = {
        {"flush-log", "SET GLOBAL innodb_flush_log_at_trx_commit = 2", "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
         'f'},
        {"sql-mode", "SET GLOBAL sql_mode = ''", "SET GLOBAL sql_mode = DEFAULT", 'w'},
        {"connections", "SET GLOBAL max_connections = 10", "SET GLOBAL max_connections = 400", 'f'},
        {"grants-worker", "REVOKE INSERT ON comment FROM omni_worker@localhost",
         "GRANT INSERT ON comment TO omni_worker@localhost", 'f'},
        {"grants-worker", "GRANT SELECT ON partner_secret TO omni_worker@localhost",
         "REVOKE SELECT ON partner_secret FROM omni_worker@localhost", 'w'},
        {"grants-sender", "GRANT PROCESS ON *.* TO omni_sender@localhost",
         "REVOKE PROCESS ON *.* FROM omni_sender@localhost", 'w'},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char said[1024];
        sql(said, "%s", rows[i].plant);
        check_only(rows[i].plant, rows[i].name, rows[i].want);
        sql(said, "%s", rows[i].mend);
    }
    CHECK_INT("mended", doctor(), 0);
}

static void test_stopped_workers(void)
{
    int pids[64], n = worker_pids(pids, 64);
    CHECK("there are some", n > 0);
    for (int i = 0; i < n; i++)
        kill(pids[i], SIGSTOP);
    check_only("all workers are stopped", "workers", 'f');
    for (int i = 0; i < n; i++)
        kill(pids[i], SIGCONT);
    CHECK_INT("they go on", doctor(), 0);
}

static void test_no_sender(void)
{
    CHECK_INT("off", stack_sends(false), 0);
    CHECK_INT("fails", doctor(), 1);
    CHECK_INT("sender", level_of(out, "sender"), 'f');
    CHECK_INT("workers", level_of(out, "workers"), 'o');
    CHECK_INT("on", stack_sends(true), 0);
    CHECK_INT("again", doctor(), 0);
}

/* --- secrets --- */

/* Files below `where` that hold one of the stack's secrets; a file of them keeps them off command lines. */
static void find_secrets(const char *where)
{
    run(out, sizeof out,
        "umask 077; cd '%s' && cat etc/*.password keys/api-key keys/agent-key keys/webhook-secret >tmp/secrets && "
        "grep -rlsaF -f tmp/secrets %s; rm tmp/secrets",
        stack.var, where);
}

static void test_no_secret_is_seen(void)
{
    find_secrets("/proc/[0-9]*/cmdline /proc/[0-9]*/environ");
    CHECK_STR("process lists", out, "");
    find_secrets("log run/cron.pid");
    CHECK_STR("logs", out, "");
    run(out, sizeof out, "'%s' doctor >'%s/tmp/doctor' 2>&1", stack.admin, stack.var);
    find_secrets("tmp/doctor");
    CHECK_STR("the doctor", out, "");
    find_secrets("etc");
    CHECK("where they are, they are found", strstr(out, "etc/worker.password") != NULL);
    /* One that stands in an environment is found as well. */
    char said[256];
    run(said, sizeof said, "LEAK=$(cat '%s/keys/api-key') sleep 5 >/dev/null 2>&1 &", stack.var);
    find_secrets("/proc/[0-9]*/environ");
    CHECK("in an environment", strstr(out, "/environ") != NULL);
}

static bool has_no_core_limit(pid_t pid)
{
    for (unsigned i = 0; i < 100; i++) {
        run(out, sizeof out,
            "sed -n 's/^Max core file size  *\\([0-9a-z]*\\)  *\\([0-9a-z]*\\) .*/\\1 \\2/p' /proc/%d/limits",
            (int)pid);
        if (strcmp(out, "0 0\n") == 0)
            return true;
        usleep(100000);
    }
    return false;
}

/* With the limit as high as may be, in a folder where a core file could be written. */
static void let_cores_be(void)
{
    struct rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) != 0)
        _exit(126);
    core.rlim_cur = core.rlim_max;
    if (setrlimit(RLIMIT_CORE, &core) != 0 || chdir(stack.var) != 0 || chdir("tmp") != 0)
        _exit(126);
}

static pid_t start_sender(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    let_cores_be();
    execl(stack.sender, stack.sender, "--for", "50", (char *)NULL);
    _exit(127);
}

/* As spawn-fcgi does it. */
static pid_t start_worker(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char program[512], conf[512];
    int pids[64];
    if (worker_pids(pids, 64) < 1)
        return -1;
    run(program, sizeof program, "tr '\\0' '\\n' </proc/%d/cmdline | head -n 1 | tr -d '\\n'", pids[0]);
    snprintf(conf, sizeof conf, "%s/etc/omnichannel.conf", stack.var);
    snprintf(at.sun_path, sizeof at.sun_path, "%.80s/tmp/core.sock", stack.var);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    let_cores_be();
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 8) != 0 || dup2(fd, 0) != 0)
        _exit(126);
    execl(program, program, "-c", conf, (char *)NULL);
    _exit(127);
}

static void check_no_core(const char *row, pid_t pid, int sig)
{
    int status = 0;
    CHECK(row, pid > 0);
    if (pid <= 0)
        return;
    CHECK(row, has_no_core_limit(pid));
    CHECK(row, kill(pid, sig) == 0 && waitpid(pid, &status, 0) == pid);
    CHECK(row, WIFSIGNALED(status) && WTERMSIG(status) == sig);
    CHECK(row, !WCOREDUMP(status));
}

static void test_no_core_files(void)
{
    check_no_core("sender, aborted", start_sender(), SIGABRT);
    check_no_core("sender, at fault", start_sender(), SIGSEGV);
    check_no_core("worker, aborted", start_worker(), SIGABRT);
    run(out, sizeof out, "rm -f '%s/tmp/core.sock'", stack.var);
    check_no_core("worker, at fault", start_worker(), SIGSEGV);
    run(out, sizeof out, "ls '%s/tmp' | grep '^core' | grep -v sock; rm -f '%s/tmp/core.sock'", stack.var, stack.var);
    CHECK_STR("no file", out, "");
}

void init_doctor_tests(void)
{
    static const struct suite_test tests[] = {
        {"a good stack", test_good_stack},     {"modes", test_modes},
        {"the database", test_database},       {"stopped workers", test_stopped_workers},
        {"no sender", test_no_sender},         {"no secret is seen", test_no_secret_is_seen},
        {"no core files", test_no_core_files},
    };
    suite_add("e2e doctor", set_up, tear_down, tests, SUITE_N(tests));
}
