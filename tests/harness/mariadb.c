#include "harness/mariadb.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGS_MAX 32
#define START_TRIES 600 /* of 50 ms */
#define STOP_TRIES 400

static void nap(void)
{
    struct timespec t = {.tv_sec = 0, .tv_nsec = 50 * 1000000L};
    nanosleep(&t, NULL);
}

/* argv of string literals and buffers; exec never changes them. */
struct args {
    const char *v[ARGS_MAX];
    unsigned n;
};

static void add(struct args *a, const char *arg)
{
    if (a->n + 1 < ARGS_MAX)
        a->v[a->n++] = arg;
}

/* A child with its output in DIR/log and no signals blocked. */
static pid_t spawn(const struct args *a, const char *dir, int in)
{
    union {
        const char *const *from;
        char *const *to;
    } argv = {.from = a->v};
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    char log[128];
    snprintf(log, sizeof log, "%s/log", dir);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(in >= 0 ? in : open("/dev/null", O_RDONLY), 0);
    dup2(fd, 1);
    dup2(fd, 2);
    setenv("TMPDIR", dir, 1); /* a server that starts removes all temporary tables of a common one */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(a->v[0], argv.to);
    _exit(127);
}

static bool succeeded(pid_t pid)
{
    int status;
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void show_log(const struct mariadb *m)
{
    char path[128];
    char line[512];
    snprintf(path, sizeof path, "%s/log", m->dir);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        fprintf(stderr, "  %s", line);
    if (f)
        fclose(f);
}

/* As root the server wants to be told that this is meant. */
static void add_common(struct args *a, const char *datadir)
{
    add(a, "--no-defaults");
    add(a, datadir);
    if (geteuid() == 0)
        add(a, "--user=root");
}

static bool install(const struct mariadb *m)
{
    char datadir[128];
    struct args a = {.n = 0};
    snprintf(datadir, sizeof datadir, "--datadir=%s/data", m->dir);
    add(&a, "mariadb-install-db");
    add_common(&a, datadir);
    add(&a, "--auth-root-authentication-method=normal");
    add(&a, "--skip-test-db");
    add(&a, "--skip-name-resolve");
    add(&a, "--force"); /* on a host that cannot resolve its own name, too */
    return succeeded(spawn(&a, m->dir, -1));
}

static bool answers(const struct mariadb *m)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", m->socket);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return ok;
}

static const char *server_path(void)
{
    return access("/usr/sbin/mariadbd", X_OK) == 0 ? "/usr/sbin/mariadbd" : "mariadbd";
}

bool mariadb_restart(struct mariadb *m)
{
    char datadir[128], sock[128], pid_file[128];
    struct args a = {.n = 0};
    snprintf(datadir, sizeof datadir, "--datadir=%s/data", m->dir);
    snprintf(sock, sizeof sock, "--socket=%s", m->socket);
    snprintf(pid_file, sizeof pid_file, "--pid-file=%s/pid", m->dir);
    add(&a, server_path());
    add_common(&a, datadir);
    add(&a, sock);
    add(&a, pid_file);
    add(&a, "--skip-networking");
    add(&a, "--skip-log-bin");
    add(&a, "--character-set-server=utf8mb4");
    for (unsigned i = 0; m->more[i]; i++)
        add(&a, m->more[i]);
    m->pid = spawn(&a, m->dir, -1);
    for (unsigned i = 0; i < START_TRIES; i++) {
        if (answers(m))
            return true;
        if (m->pid <= 0 || waitpid(m->pid, NULL, WNOHANG) == m->pid)
            break;
        nap();
    }
    fprintf(stderr, "mariadbd does not start:\n");
    show_log(m);
    mariadb_kill(m);
    return false;
}

struct mariadb *mariadb_start_with(const char *const *options)
{
    struct mariadb *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    snprintf(m->dir, sizeof m->dir, "/tmp/omdb-XXXXXX");
    for (unsigned i = 0; options && options[i] && i + 1 < sizeof m->more / sizeof *m->more; i++)
        m->more[i] = options[i];
    if (!mkdtemp(m->dir)) {
        free(m);
        return NULL;
    }
    snprintf(m->socket, sizeof m->socket, "%s/sock", m->dir);
    if (!install(m)) {
        fprintf(stderr, "mariadb-install-db failed:\n");
        show_log(m);
        mariadb_stop(&m);
    } else if (!mariadb_restart(m)) {
        mariadb_stop(&m);
    }
    return m;
}

struct mariadb *mariadb_start(void)
{
    return mariadb_start_with(NULL);
}

void mariadb_kill(struct mariadb *m)
{
    if (m->pid <= 0)
        return;
    kill(m->pid, SIGKILL);
    waitpid(m->pid, NULL, 0);
    m->pid = 0;
}

void mariadb_shut(struct mariadb *m)
{
    if (m->pid <= 0)
        return;
    kill(m->pid, SIGCONT);
    kill(m->pid, SIGTERM);
    for (unsigned i = 0; i < STOP_TRIES; i++) {
        if (waitpid(m->pid, NULL, WNOHANG) == m->pid) {
            m->pid = 0;
            return;
        }
        nap();
    }
    mariadb_kill(m);
}

void mariadb_freeze(struct mariadb *m, bool frozen)
{
    int status;
    if (m->pid <= 0)
        return;
    kill(m->pid, frozen ? SIGSTOP : SIGCONT);
    while (frozen && waitpid(m->pid, &status, WUNTRACED) == m->pid && !WIFSTOPPED(status))
        continue; /* every thread stands still once it has been reported */
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void mariadb_stop(struct mariadb **m)
{
    if (!*m)
        return;
    mariadb_shut(*m);
    nftw((*m)->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*m);
    *m = NULL;
}

bool mariadb_sql(const struct mariadb *m, const char *database, const char *sql)
{
    char sock[128];
    struct args a = {.n = 0};
    int pipe_fd[2];
    if (pipe2(pipe_fd, O_CLOEXEC))
        return false;
    snprintf(sock, sizeof sock, "--socket=%s", m->socket);
    add(&a, "mariadb");
    add(&a, "--no-defaults");
    add(&a, sock);
    add(&a, "--user=" MARIADB_ROOT);
    add(&a, "--default-character-set=utf8mb4");
    if (database)
        add(&a, database);
    pid_t pid = spawn(&a, m->dir, pipe_fd[0]);
    close(pipe_fd[0]);
    size_t n = strlen(sql);
    bool sent = write(pipe_fd[1], sql, n) == (ssize_t)n;
    close(pipe_fd[1]);
    bool ok = succeeded(pid) && sent;
    if (!ok) {
        fprintf(stderr, "SQL failed:\n");
        show_log(m);
    }
    return ok;
}

void mariadb_conf(const struct mariadb *m, struct conf *c)
{
    conf_defaults(c);
    snprintf(c->database_socket, sizeof c->database_socket, "%s", m->socket);
    snprintf(c->worker_database_user, sizeof c->worker_database_user, MARIADB_ROOT);
    snprintf(c->sender_database_user, sizeof c->sender_database_user, MARIADB_ROOT);
    snprintf(c->admin_database_user, sizeof c->admin_database_user, MARIADB_ROOT);
}
