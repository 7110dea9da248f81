/* The stack's servers as this program's children, each leading a session that
 * ends with it. */
#include <fcntl.h>
#include <mysql.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "fault/fault.h"

enum { WORDS = 32, AGAIN_US = 300000, END_MS = 60000, STEP_MS = 20, ANSWER_S = 1 };

static struct living {
    const char *name, *log;
    char *argv[WORDS];
    pid_t pid;
    int64_t next; /*!< [us] monotonic: not before that is it started again */
    bool killed;  /*!< by us */
    unsigned ended;
} parts[N_PARTS] = {
    [PART_DATABASE] = {.name = "mariadb", .log = "mariadb-start.log"},
    [PART_POOL] = {.name = "workers", .log = "workers.log"},
    [PART_NGINX] = {.name = "nginx", .log = "nginx-start.log"},
};
static bool away, ending;

static void __attribute__((format(printf, 2, 3))) word(enum part p, const char *fmt, ...)
{
    va_list ap;
    unsigned n = 0;
    while (parts[p].argv[n])
        n++;
    va_start(ap, fmt);
    if (n + 1 == WORDS || vasprintf(&parts[p].argv[n], fmt, ap) < 0)
        abort();
    va_end(ap);
}

static void name_parts(void)
{
    char build[512], *end;
    snprintf(build, sizeof build, "%.400s", getenv("OMNI_BUILD") ? getenv("OMNI_BUILD") : ".");
    while ((end = strrchr(build, '/')) && !end[1])
        *end = 0;
    word(PART_DATABASE, "mariadbd");
    word(PART_DATABASE, "--defaults-file=%s/etc/mariadb.cnf", stack.var);
    word(PART_POOL, "spawn-fcgi");
    word(PART_POOL, "-n");
    word(PART_POOL, "-s");
    word(PART_POOL, "%s/run/api.sock", stack.var);
    word(PART_POOL, "-M");
    word(PART_POOL, "0600");
    word(PART_POOL, "-b");
    word(PART_POOL, "%d", BACKLOG);
    word(PART_POOL, "--");
    word(PART_POOL, "/usr/bin/multiwatch");
    word(PART_POOL, "-f");
    word(PART_POOL, "%d", WORKERS);
    word(PART_POOL, "-r");
    word(PART_POOL, "1000000");
    word(PART_POOL, "-s");
    word(PART_POOL, "TERM");
    word(PART_POOL, "--");
    word(PART_POOL, "%s/omnichannel.fcgi", build);
    word(PART_POOL, "-c");
    word(PART_POOL, "%s/worker.conf", run_.folder);
    word(PART_NGINX, "nginx");
    word(PART_NGINX, "-e");
    word(PART_NGINX, "%s/log/nginx-error.log", stack.var);
    word(PART_NGINX, "-p");
    word(PART_NGINX, "%s/run", stack.var);
    word(PART_NGINX, "-c");
    word(PART_NGINX, "%s/etc/nginx.conf", stack.var);
    word(PART_NGINX, "-g");
    word(PART_NGINX, "daemon off;");
}

static _Noreturn void become(enum part p)
{
    char path[400];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    snprintf(path, sizeof path, "%s/%s", run_.folder, parts[p].log);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600), null = open("/dev/null", O_RDONLY);
    snprintf(path, sizeof path, "%s/run", stack.var);
    if (chdir(path) != 0 || dup2(null, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(126);
    for (int other = 3; other < 1024; other++)
        close(other);
    disk_preload();
    clock_preload(p == PART_DATABASE);
    execvp(parts[p].argv[0], parts[p].argv);
    _exit(127);
}

static void start(enum part p)
{
    struct living *l = &parts[p];
    pid_t pid = fork();
    if (pid == 0)
        become(p);
    l->pid = pid > 0 ? pid : 0;
    l->killed = false;
    l->next = mono_us() + AGAIN_US;
}

/* A service manager leaves nobody behind. */
static void bury(struct living *l)
{
    kill(-l->pid, SIGKILL);
    l->ended += !l->killed && !ending;
    l->pid = 0;
}

static void reap(enum part p)
{
    int status;
    if (!parts[p].pid || waitpid(parts[p].pid, &status, WNOHANG) != parts[p].pid)
        return;
    bury(&parts[p]);
    if (p == PART_DATABASE && !ending)
        database_gone();
}

void database_gone(void)
{
    if (!away)
        fprintf(run_.blows, "%lld STOP %d\n", (long long)mono_us(), BLOW_DATABASE);
    away = true;
}

bool database_answers(void)
{
    unsigned seconds = ANSWER_S;
    MYSQL *m = mysql_init(NULL);
    bool well = m && mysql_options(m, MYSQL_OPT_CONNECT_TIMEOUT, &seconds) == 0 &&
                mysql_options(m, MYSQL_OPT_READ_TIMEOUT, &seconds) == 0 &&
                mysql_real_connect(m, NULL, "root", NULL, stack.db, 0, stack.socket, 0) && mysql_ping(m) == 0;
    mysql_close(m);
    return well;
}

void parts_look_after(void)
{
    for (enum part p = 0; p < N_PARTS; p++) {
        reap(p);
        if (!parts[p].pid && mono_us() >= parts[p].next)
            start(p);
    }
    if (away && database_answers()) {
        fprintf(run_.blows, "%lld CONT %d\n", (long long)mono_us(), BLOW_DATABASE);
        away = false;
    }
}

bool parts_are_well(void)
{
    pid_t pids[PIDS_MAX];
    return parts[PART_DATABASE].pid && part_children(PART_POOL, pids) == WORKERS &&
           part_children(PART_NGINX, pids) > 0 && database_answers();
}

/* The stack's own configuration, but for the way to the database. */
static void write_confs(void)
{
    char out[1024];
    if (run(out, sizeof out,
            "cd '%s' && sed 's|^database_socket = .*|database_socket = %s/db.sock|' '%s/etc/omnichannel.conf' "
            ">worker.conf && sed -i 's|^database_socket = .*|database_socket = %s/db.sock|' sender.conf",
            run_.folder, run_.folder, stack.var, run_.folder) != 0)
        give_up("worker.conf");
}

/* Under the clock that all but the database have. */
static void wrap_sender(void)
{
    char path[400];
    snprintf(path, sizeof path, "%s/sender", run_.folder);
    FILE *f = fopen(path, "w");
    pid_t pid = f ? fork() : -1;
    if (pid == 0) { /* what is set here stays here */
        disk_preload();
        clock_preload(false);
        fputs("#!/bin/sh\n", f);
        for (char **e = environ; *e; e++)
            if (strncmp(*e, "LD_PRELOAD=", 11) == 0 || strncmp(*e, "FAKETIME", 8) == 0 ||
                strncmp(*e, "FULL_", 5) == 0 || strncmp(*e, "ASAN_OPTIONS=", 13) == 0)
                fprintf(f, "%.*s'%s'; export %.*s\n", (int)strcspn(*e, "=") + 1, *e, strchr(*e, '=') + 1,
                        (int)strcspn(*e, "="), *e);
        fprintf(f, "exec '%s/omnichannel-sender' \"$@\"\n", getenv("OMNI_BUILD") ? getenv("OMNI_BUILD") : ".");
        _exit(fclose(f) != 0);
    }
    int status = 1;
    if (!f || pid < 0 || waitpid(pid, &status, 0) != pid || status != 0 || chmod(path, 0700) != 0)
        give_up(path);
    fclose(f);
    snprintf(stack.sender, sizeof stack.sender, "%s", path);
}

static void await(const char *what, bool (*come)(void))
{
    for (unsigned ms = 0; !come(); ms += STEP_MS) {
        if (ms >= END_MS)
            give_up(what);
        parts_look_after();
        pause_ms(STEP_MS);
    }
}

void parts_begin(void)
{
    char out[1024];
    write_confs();
    wrap_sender();
    name_parts();
    run(out, sizeof out,
        "p=\"$(cat '%s/run/nginx.pid' '%s/run/workers.pid' '%s/run/mariadb.pid')\"; kill $p; "
        "while kill -0 $p 2>/dev/null; do sleep 0.1; done",
        stack.var, stack.var, stack.var);
    for (enum part p = 0; p < N_PARTS; p++)
        start(p);
    await("the servers do not start under this program", parts_are_well);
}

/* Cleanly, the database last. */
void parts_end(void)
{
    ending = true;
    for (enum part p = N_PARTS; p-- > 0;) {
        if (parts[p].pid)
            kill(parts[p].pid, p == PART_NGINX ? SIGQUIT : SIGTERM);
        for (unsigned ms = 0; parts[p].pid && ms < END_MS; ms += STEP_MS) {
            reap(p);
            pause_ms(STEP_MS);
        }
        if (parts[p].pid) {
            kill(parts[p].pid, SIGKILL);
            bury(&parts[p]);
        }
        for (unsigned i = 0; i < WORDS; i++)
            free(parts[p].argv[i]);
    }
}

pid_t part_pid(enum part p)
{
    return parts[p].pid;
}

bool part_kill(enum part p)
{
    if (!parts[p].pid || kill(parts[p].pid, SIGKILL) != 0)
        return false;
    if (p == PART_DATABASE)
        database_gone();
    parts[p].killed = true;
    return true;
}

unsigned part_children(enum part p, pid_t pids[PIDS_MAX])
{
    char out[1024], *text = out, *end;
    unsigned n = 0;
    if (!parts[p].pid)
        return 0;
    run(out, sizeof out, "pgrep -P %d", (int)parts[p].pid);
    for (long v; n < PIDS_MAX && (v = strtol(text, &end, 10)) > 0; text = end)
        pids[n++] = (pid_t)v;
    return n;
}

/* As multiwatch says. */
static unsigned worker_deaths(void)
{
    char out[64];
    run(out, sizeof out, "grep -ci 'child\\[' '%s/%s'", run_.folder, parts[PART_POOL].log);
    return (unsigned)strtoul(out, NULL, 10);
}

bool print_endings(unsigned killed_workers)
{
    unsigned deaths = worker_deaths();
    for (enum part p = 0; p < N_PARTS; p++)
        printf("%s: ended %u times by itself\n", parts[p].name, parts[p].ended);
    printf("%s: no worker ended but by kill: %u deaths, %u kills\n", deaths <= killed_workers ? "passed" : "FAILED",
           deaths, killed_workers);
    return deaths <= killed_workers;
}
