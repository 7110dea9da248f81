#include "e2e/stack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mysql.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct stack stack;
static bool sends, is_kept; /* kept: for whoever wants to know why it did not start */

static const char *quickstart(void)
{
    const char *q = getenv("QUICKSTART");
    return q ? q : SRC_TOP "/quickstart";
}

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "e2e: %s: %s\n", what, why);
    stack_down();
    exit(1);
}

static int __attribute__((format(printf, 3, 0))) vrun(char *out, size_t size, const char *fmt, va_list ap)
{
    char cmd[8192];
    int n = vsnprintf(cmd, sizeof cmd, fmt, ap);
    if (n < 0 || (size_t)n >= sizeof cmd)
        return -1;
    FILE *p = popen(cmd, "r");
    if (!p)
        return -1;
    size_t got = 0;
    char chunk[4096];
    size_t k;
    while ((k = fread(chunk, 1, sizeof chunk, p)) > 0)
        for (size_t i = 0; i < k; i++)
            if (size && got + 1 < size)
                out[got++] = chunk[i];
    if (size)
        out[got] = 0;
    int st = pclose(p);
    return WIFEXITED(st) ? WEXITSTATUS(st) : 128;
}

int run(char *out, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int st = vrun(out, size, fmt, ap);
    va_end(ap);
    return st;
}

int admin(char *out, size_t size, const char *fmt, ...)
{
    char args[4096], all[65536];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(args, sizeof args, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof args)
        return -1;
    int st = run(all, sizeof all, "'%s' %s", stack.admin, args);
    size_t len = strlen(all);
    while (len && all[len - 1] == '\n')
        all[--len] = 0;
    const char *last = strrchr(all, '\n');
    if (size)
        snprintf(out, size, "%s", last ? last + 1 : all);
    return st;
}

void make_key(char out[128], const char *partner, const char *args)
{
    if (admin(out, 128, "key create --partner %s --quiet %s", partner, args) != 0 || !*out)
        give_up("key create", partner);
}

void make_partner(const char *code, const char *args)
{
    char out[256];
    if (admin(out, sizeof out, "partner add %s --name 'Partner %s' %s", code, code, args) != 0)
        give_up("partner add", code);
}

int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) || getsockname(fd, (struct sockaddr *)&a, &len))
        give_up("free port", strerror(errno));
    close(fd);
    return ntohs(a.sin_port);
}

static int quick(const char *verb, char *out, size_t size)
{
    return run(out, size, "OMNI_VAR='%s' OMNI_HTTP_PORT=%d OMNI_HTTPS_PORT=%d OMNI_WORKERS=4 OMNI_SENDER=%s '%s' %s",
               stack.var, stack.http_port, stack.https_port, sends ? "on" : "off", quickstart(), verb);
}

static void take(const char *env, const char *name, char *out, size_t size)
{
    char cmd[1024];
    FILE *f;
    snprintf(cmd, sizeof cmd, ". '%s' && printf %%s \"$%s\"", env, name);
    f = popen(cmd, "r");
    size_t n = f ? fread(out, 1, size - 1, f) : 0;
    out[n] = 0;
    if (!f || pclose(f) != 0 || n == 0)
        give_up("quickstart env lacks", name);
}

static void read_env(void)
{
    char file[300], all[8192];
    if (quick("env", all, sizeof all) != 0)
        give_up("quickstart env", "failed");
    snprintf(file, sizeof file, "%s/e2e.env", stack.var);
    FILE *f = fopen(file, "w");
    if (!f || fputs(all, f) < 0 || fclose(f) != 0)
        give_up(file, strerror(errno));
    take(file, "OMNI_URL", stack.url, sizeof stack.url);
    take(file, "OMNI_TLS_URL", stack.tls_url, sizeof stack.tls_url);
    take(file, "OMNI_CA", stack.ca, sizeof stack.ca);
    take(file, "OMNI_API_KEY", stack.key, sizeof stack.key);
    take(file, "OMNI_AGENT_KEY", stack.agent, sizeof stack.agent);
    take(file, "OMNI_WEBHOOK_SECRET", stack.secret, sizeof stack.secret);
    take(file, "OMNI_ADMIN", stack.admin, sizeof stack.admin);
    take(file, "OMNI_SENDER", stack.sender, sizeof stack.sender);
    take(file, "OMNI_DB_SOCKET", stack.socket, sizeof stack.socket);
    take(file, "OMNI_DB_NAME", stack.db, sizeof stack.db);
}

int stack_up(void)
{
    char folder[] = "/tmp/omni-e2e-XXXXXX";
    if (!mkdtemp(folder))
        give_up("mkdtemp", strerror(errno));
    return stack_up_in(folder);
}

int stack_up_in(const char *folder)
{
    snprintf(stack.var, sizeof stack.var, "%s", folder);
    stack.http_port = free_port();
    stack.https_port = free_port();
    char out[65536];
    int st = quick("up 2>&1", out, sizeof out);
    if (st != 0)
        give_up("quickstart up failed", out);
    read_env();
    return 0;
}

int stack_up_again(void)
{
    char out[65536];
    int st = quick("up 2>&1", out, sizeof out);
    if (st != 0) {
        fprintf(stderr, "%s\nwhat there is to see stays in %s\n", out, stack.var);
        is_kept = true;
    }
    return st;
}

int stack_sends(bool on)
{
    sends = on;
    return stack_up_again();
}

void stack_down(void)
{
    char out[65536];
    if (!stack.var[0])
        return;
    if (quick("down 2>&1", out, sizeof out) != 0)
        fprintf(stderr, "e2e: quickstart down: %s\n", out);
    if (!is_kept && !getenv("OMNI_E2E_KEEP"))
        run(out, sizeof out, "rm -rf '%s'", stack.var);
    stack.var[0] = 0;
}

const char *sql(char out[1024], const char *fmt, ...)
{
    char q[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(q, sizeof q, fmt, ap);
    va_end(ap);
    MYSQL *m = mysql_init(NULL);
    out[0] = 0;
    if (!m || !mysql_real_connect(m, NULL, "root", NULL, stack.db, 0, stack.socket, 0) || mysql_query(m, q)) {
        fprintf(stderr, "e2e: sql: %s: %s\n", m ? mysql_error(m) : "no memory", q);
        snprintf(out, 1024, "(sql error)");
    } else {
        MYSQL_RES *res = mysql_store_result(m);
        MYSQL_ROW row = res ? mysql_fetch_row(res) : NULL;
        if (row && row[0])
            snprintf(out, 1024, "%s", row[0]);
        if (res)
            mysql_free_result(res);
    }
    mysql_close(m);
    return out;
}

long long sql_int(const char *fmt, ...)
{
    char q[4096], out[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(q, sizeof q, fmt, ap);
    va_end(ap);
    sql(out, "%s", q);
    return out[0] == '(' ? -999 : strtoll(out, NULL, 10);
}

int pid_of(const char *what)
{
    char out[64];
    run(out, sizeof out, "cat '%s/run/%s.pid' 2>/dev/null", stack.var, what);
    return (int)strtol(out, NULL, 10);
}

int worker_pids(int *pids, int max)
{
    char out[4096];
    run(out, sizeof out, "pgrep -P %d", pid_of("workers"));
    int n = 0;
    char *p = out, *end;
    for (long v; n < max && (v = strtol(p, &end, 10)) > 0; p = end)
        pids[n++] = (int)v;
    return n;
}

char *fixture(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/fixtures/%s", TESTS_DIR, name);
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    if (!f || !text || fread(text, 1, (1 << 20) - 1, f) == 0)
        give_up("fixture", path);
    fclose(f);
    return text;
}

const char *unique(const char *prefix)
{
    static char ring[64][96];
    static atomic_uint next;
    unsigned i = atomic_fetch_add(&next, 1);
    char *s = ring[i % 64];
    snprintf(s, sizeof ring[0], "%s-%d-%ld-%u", prefix, (int)getpid(), (long)time(NULL), i);
    return s;
}
