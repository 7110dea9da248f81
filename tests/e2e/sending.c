#include "e2e/sending.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

enum { SENDERS_MAX = 32, ARGS_MAX = 12, STEP_MS = 20, TRIP_MS = 10000, LOST_MS = 99999, READY_MS = 5000 };

static pid_t running[SENDERS_MAX];
static unsigned n_logs;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "e2e: %s: %s\n", what, strerror(errno));
    senders_end();
    stack_down();
    exit(1);
}

int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void pause_ms(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

/* ---- Partners ---- */

void partner_new(struct partner *p, const char *stem)
{
    snprintf(p->code, sizeof p->code, "%s", unique(stem));
    if (admin(p->secret, sizeof p->secret, "partner add %s --name '%s' --quiet", p->code, stem) != 0 || !*p->secret)
        give_up("partner add");
    make_key(p->key, p->code, "--permissions create,read,update --limit unlimited");
}

void hooks_clear(void)
{
    static const char *const tables[] = {"webhook_job", "webhook_dead", "webhook_receiver", "webhook_gone"};
    char out[1024];
    for (unsigned i = 0; i < SUITE_N(tables); i++)
        sql(out, "DELETE FROM %s", tables[i]);
}

/* ---- Configurations ---- */

static bool replaced(const char *line, const char *lines)
{
    size_t n = strcspn(line, " =\n");
    for (const char *p = lines; n && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : "") {
        p += *p == '!';
        if (strncmp(p, line, n) == 0 && strcspn(p, " =\n") == n)
            return true;
    }
    return false;
}

void conf_write(char path[SENDING_PATH], const char *lines)
{
    char line[1024];
    static unsigned n;
    snprintf(line, sizeof line, "%s/etc/omnichannel.conf", stack.var);
    FILE *from = fopen(line, "r");
    snprintf(path, SENDING_PATH, "%s/e2e-%u.conf", stack.var, n++);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
    if (!from || !to)
        give_up(path);
    while (fgets(line, sizeof line, from))
        if (!replaced(line, lines))
            fputs(line, to);
    for (const char *p = lines; *p; p += strcspn(p, "\n") + 1)
        if (*p != '!')
            fprintf(to, "%.*s\n", (int)strcspn(p, "\n"), p);
    fclose(from);
    if (fclose(to) != 0)
        give_up(path);
}

void poke_path(char path[SENDING_PATH])
{
    char dir[256];
    run(dir, sizeof dir, "sed -n 's/^sender_directory = //p' '%s/etc/omnichannel.conf' | tr -d '\\n'", stack.var);
    snprintf(path, SENDING_PATH, "%s/poke.sock", dir);
}

/* ---- Senders ---- */

static unsigned split(char *words, char *argv[ARGS_MAX], unsigned n)
{
    char *save = NULL;
    for (char *p = strtok_r(words, " ", &save); p && n + 1 < ARGS_MAX; p = strtok_r(NULL, " ", &save))
        argv[n++] = p;
    argv[n] = NULL;
    return n;
}

static _Noreturn void become(const char *conf, const char *const *env, const char *args, const char *log)
{
    char words[512], *argv[ARGS_MAX] = {stack.sender};
    unsigned n = 1;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600), null = open("/dev/null", O_RDONLY);
    snprintf(words, sizeof words, "%s%s%s%s", conf ? "-c " : "", conf ? conf : "", conf ? " " : "", args);
    split(words, argv, n);
    for (; env && *env; env++)
        putenv(strdup(*env));
    dup2(null, 0);
    dup2(fd, 1);
    dup2(fd, 2);
    execv(stack.sender, argv);
    _exit(127);
}

pid_t sender_start(const char *conf, const char *const *env, const char *args)
{
    char log[SENDING_PATH];
    snprintf(log, sizeof log, "%s/e2e-sender-%u.log", stack.var, ++n_logs);
    pid_t pid = fork();
    if (pid == 0)
        become(conf, env, args, log);
    for (unsigned i = 0; i < SENDERS_MAX; i++)
        if (running[i] == 0) {
            running[i] = pid;
            return pid;
        }
    give_up("too many senders");
}

struct sockaddr_un socket_at(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n >= sizeof a.sun_path)
        give_up(path);
    memcpy(a.sun_path, path, n + 1);
    return a;
}

static bool listens(const char *path, ino_t before)
{
    struct stat st;
    struct sockaddr_un to = socket_at(path);
    if (stat(path, &st) || st.st_ino == before)
        return false;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool there = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return there;
}

pid_t sender_living(const char *conf)
{
    char path[SENDING_PATH];
    struct stat st = {0};
    poke_path(path);
    bool was = stat(path, &st) == 0;
    pid_t pid = sender_start(conf, NULL, "--for 50");
    bool up = false;
    for (int64_t end = now_us() + READY_MS * 1000; !up && now_us() < end; pause_ms(STEP_MS))
        up = listens(path, was ? st.st_ino : 0);
    CHECK("a sender listens", up);
    return pid;
}

static void forget(pid_t pid)
{
    for (unsigned i = 0; i < SENDERS_MAX; i++)
        if (running[i] == pid)
            running[i] = 0;
}

int sender_ended(pid_t pid, int ms)
{
    int st = 0;
    for (int64_t end = now_us() + (int64_t)ms * 1000;; pause_ms(STEP_MS)) {
        if (waitpid(pid, &st, WNOHANG) == pid) {
            forget(pid);
            return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
        }
        if (now_us() >= end)
            return -1;
    }
}

void sender_kill(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    forget(pid);
}

int sender_stop(pid_t pid)
{
    kill(pid, SIGTERM);
    int st = sender_ended(pid, 10000);
    if (st < 0)
        sender_kill(pid);
    return st;
}

void senders_end(void)
{
    for (unsigned i = 0; i < SENDERS_MAX; i++)
        if (running[i] > 0)
            sender_kill(running[i]);
}

const char *sender_log(char *out, size_t size)
{
    run(out, size, "cat '%s/e2e-sender-%u.log'", stack.var, n_logs);
    return out;
}

long sender_cpu_ms(pid_t pid)
{
    char out[64];
    run(out, sizeof out, "awk '{sub(/.*\\) /, \"\"); print $12 + $13}' /proc/%d/stat", (int)pid);
    return strtol(out, NULL, 10) * 1000 / sysconf(_SC_CLK_TCK);
}

long sender_peak_kb(pid_t pid)
{
    char out[64];
    run(out, sizeof out, "awk '/^VmHWM/ {print $2}' /proc/%d/status", (int)pid);
    return strtol(out, NULL, 10);
}

void freeze(pid_t pid)
{
    char out[16];
    kill(pid, SIGSTOP);
    for (int i = 0; i < 100; i++)
        if (run(out, sizeof out, "awk '/^State/ && $2 != \"T\" {bad=1} END {exit bad}' /proc/%d/task/*/status",
                (int)pid) == 0)
            break;
}

void thaw(pid_t pid)
{
    kill(pid, SIGCONT);
}

/* ---- Events ---- */

struct receiver *listening(void)
{
    struct receiver *r = receiver_start(&(struct receiver_options){0});
    if (!r)
        give_up("receiver");
    return r;
}

void url_of(char url[SENDING_PATH], const struct receiver *r, const char *path)
{
    snprintf(url, SENDING_PATH, "http://127.0.0.1:%d%s", receiver_port(r), path);
}

const char *event_to_url(const struct partner *p, const char *url)
{
    char more[512];
    snprintf(more, sizeof more, ",\"integration\":{\"webhookUrl\":\"%s\"}", url);
    return open_ticket_with(p->key, more);
}

const char *event_to(const struct partner *p, const struct receiver *r, const char *path)
{
    char url[SENDING_PATH];
    url_of(url, r, path);
    return event_to_url(p, url);
}

void comment_on(const char *number, const struct partner *p)
{
    struct reply r = patch(number, p->key, "{\"action\":\"ADD_COMMENT\",\"comment\":\"more\"}");
    CHECK_INT("comment", r.status, 200);
    reply_free(&r);
}

long trip_ms(const struct partner *p, struct receiver *r, const char *path)
{
    unsigned before = receiver_count(r, path);
    int64_t start = now_us();
    event_to(p, r, path);
    if (!receiver_wait(r, path, before + 1, TRIP_MS))
        return LOST_MS;
    return (long)((receiver_get(r, path, before)->at_us - start) / 1000);
}

bool until(int ms, long long want, const char *fmt, ...)
{
    char q[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(q, sizeof q, fmt, ap);
    va_end(ap);
    for (int64_t end = now_us() + (int64_t)ms * 1000;; pause_ms(STEP_MS)) {
        if (sql_int("%s", q) == want)
            return true;
        if (now_us() >= end)
            return false;
    }
}

long long jobs_of(const char *number)
{
    return sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s", number);
}

const char *job_text(char out[1024], const char *number, int seq, const char *column)
{
    return sql(out, "SELECT %s FROM webhook_job WHERE ticket_number=%s AND seq=%d", column, number, seq);
}

void due_now(const char *number)
{
    char out[1024];
    sql(out, "UPDATE webhook_job SET next_due=NOW(6) WHERE ticket_number=%s AND lease_token IS NULL", number);
}

/* ---- What arrived ---- */

int header_count(const struct receiver_request *q, const char *name)
{
    int n = 0;
    size_t len = strlen(name);
    for (const char *p = q->head; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        n += strncasecmp(p, name, len) == 0 && p[len] == ':';
    return n;
}

static void hmac_hex(const char *key, const char *text, size_t n, char out[65])
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, n, mac, &len) || len != 32)
        abort();
    for (unsigned i = 0; i < len; i++)
        snprintf(out + 2 * i, 3, "%02x", mac[i]);
}

/* Standard Webhooks: "v1," and the base64 of an HMAC keyed with the secret's decoded bytes. */
static void hmac_standard(const char *secret, const char *text, size_t n, char out[64])
{
    unsigned char key[128], mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const char *coded = secret + strlen("whsec_");
    int size = EVP_DecodeBlock(key, (const unsigned char *)coded, (int)strlen(coded));
    for (size_t i = strlen(coded); size > 0 && i > 0 && coded[i - 1] == '='; i--)
        size--;
    if (size <= 0 || !HMAC(EVP_sha256(), key, size, (const unsigned char *)text, n, mac, &len) || len != 32)
        abort();
    memcpy(out, "v1,", 4);
    EVP_EncodeBlock((unsigned char *)out + 3, mac, (int)len);
}

void check_signed(const char *row, const struct receiver_request *q, const char *secret, const char *previous)
{
    char hex[65], one[64], two[64] = "", both[160], text[8192];
    const char *id = receiver_header(q, "webhook-id"), *at = receiver_header(q, "webhook-timestamp");
    int n = snprintf(text, sizeof text, "%s.%s.%s", id ? id : "", at ? at : "", q->body);
    CHECK(row, n > 0 && (size_t)n < sizeof text);
    hmac_standard(secret, text, (size_t)n, one);
    if (previous)
        hmac_standard(previous, text, (size_t)n, two);
    snprintf(both, sizeof both, "%s%s%s", one, previous ? " " : "", two);
    CHECK_STR(row, receiver_header(q, "webhook-signature"), both);
    hmac_hex(previous ? previous : secret, q->body, q->n_body, hex);
    CHECK_STR(row, receiver_header(q, "X-Webhook-Signature"), hex);
}

void count_ids(struct receiver *r, const char *prefix, unsigned *all_r, unsigned *different_r)
{
    *all_r = receiver_count(r, prefix);
    *different_r = 0;
    char(*ids)[64] = calloc(*all_r + 1, sizeof *ids);
    for (unsigned i = 0; ids && i < *all_r; i++) {
        const char *id = receiver_header(receiver_get(r, prefix, i), "webhook-id");
        unsigned k = 0;
        snprintf(ids[*different_r], sizeof ids[0], "%s", id ? id : "");
        while (strcmp(ids[k], ids[*different_r]) != 0)
            k++;
        *different_r += k == *different_r;
    }
    free(ids);
}
