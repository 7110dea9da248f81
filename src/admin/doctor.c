#include "admin/doctor.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "admin/args.h"
#include "admin/command.h"
#include "admin/put.h"
#include "base/clock.h"

static const char *const level_names[DOCTOR_LEVEL__MAX] = {
    [DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "fail"};

const char *const doctor_check_names[DOCTOR_CHECK__MAX] = {
    [DOCTOR_CONFIGURATION] = "configuration",
    [DOCTOR_PASSWORD_WORKER] = "password-worker",
    [DOCTOR_PASSWORD_SENDER] = "password-sender",
    [DOCTOR_PASSWORD_ADMIN] = "password-admin",
    [DOCTOR_RUN_DIRECTORY] = "run-directory",
    [DOCTOR_SENDER_DIRECTORY] = "sender-directory",
    [DOCTOR_USERS] = "users",
    [DOCTOR_API_SOCKET] = "api-socket",
    [DOCTOR_POKE_SOCKET] = "poke-socket",
    [DOCTOR_RATE_MEMORY] = "rate-memory",
    [DOCTOR_DATABASE] = "database",
    [DOCTOR_SCHEMA] = "schema",
    [DOCTOR_GRANTS_WORKER] = "grants-worker",
    [DOCTOR_GRANTS_SENDER] = "grants-sender",
    [DOCTOR_GRANTS_ADMIN] = "grants-admin",
    [DOCTOR_FLUSH_LOG] = "flush-log",
    [DOCTOR_DOUBLEWRITE] = "doublewrite",
    [DOCTOR_BINARY_LOG] = "binary-log",
    [DOCTOR_SQL_MODE] = "sql-mode",
    [DOCTOR_CHARSET] = "charset",
    [DOCTOR_CONNECTIONS] = "connections",
    [DOCTOR_DATABASE_CLOCK] = "database-clock",
    [DOCTOR_WORKERS] = "workers",
    [DOCTOR_SENDER] = "sender",
    [DOCTOR_WEBHOOK_BACKLOG] = "webhook-backlog",
    [DOCTOR_WEBHOOK_DEAD] = "webhook-dead",
    [DOCTOR_WEBHOOK_PAUSED] = "webhook-paused",
    [DOCTOR_WEBHOOK_GONE] = "webhook-gone",
    [DOCTOR_WEBHOOK_HISTORY] = "webhook-history",
    [DOCTOR_DISK_DATABASE] = "disk-database",
    [DOCTOR_DISK_RUN] = "disk-run",
    [DOCTOR_DISK_LOG] = "disk-log",
    [DOCTOR_CLOCK] = "clock",
    [DOCTOR_CORE_FILES] = "core-files",
    [DOCTOR_SOCKET_BACKLOG] = "socket-backlog",
};

/* Paths are whatever a file says: a line stays a line, JSON stays UTF-8. */
static void keep_plain(char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
            *s = '?';
}

static void put_line(struct wire_writer *w, const char *name, enum doctor_level level, const char *text)
{
    wire_open(w);
    admin_put_str(w, "id", name);
    admin_put_str(w, "result", level_names[level]);
    admin_put_str(w, "text", text);
    wire_close(w);
}

void doctor_say(struct doctor *d, enum doctor_check check, enum doctor_level level, const char *fmt, ...)
{
    char text[DOCTOR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    keep_plain(text);
    d->n[level]++;
    if (d->a->json) {
        put_line(&d->a->writer, doctor_check_names[check], level, text);
        return;
    }
    fprintf(d->a->out, "%-4s %s: %s\n", level_names[level], doctor_check_names[check], text);
    fflush(d->a->out);
}

struct err *doctor_err(struct doctor *d)
{
    err_init(&d->a->err);
    return &d->a->err;
}

struct store *doctor_store(struct doctor *d, enum store_role role)
{
    struct store *s = NULL;
    if (!d->has_password[role] || store_new(&d->a->conf, role, &s, doctor_err(d)) != STATUS_OK)
        return NULL;
    store_begin(s, clock_mono_us());
    return s;
}

const char *doctor_span(int64_t us, char out[DOCTOR_SPAN_SIZE])
{
    static const struct {
        int64_t least, unit; /* [s] */
        const char *name;
    } units[] = {{2 * 86400, 86400, "d"}, {2 * 3600, 3600, "h"}, {2 * 60, 60, "min"}, {0, 1, "s"}};
    int64_t seconds = us / CLOCK_SECOND;
    size_t i = 0;
    while (seconds < units[i].least)
        i++;
    snprintf(out, DOCTOR_SPAN_SIZE, "%lld %s", (long long)(seconds / units[i].unit), units[i].name);
    return out;
}

static void look(struct doctor *d)
{
    bool has_conf = admin_prepare(d->a, ADMIN_NEED_CONF) == STATUS_OK;
    doctor_look_at_files(d); /* says why not */
    doctor_look_at_processes(d);
    if (has_conf) {
        doctor_look_at_database(d);
        doctor_look_at_workers(d);
        doctor_look_at_sender(d);
        doctor_look_at_queue(d);
        doctor_look_at_disks(d);
    }
    doctor_look_at_host(d);
}

static enum status doctor(struct admin *a, const struct admin_args *args)
{
    struct doctor d = {.a = a};
    enum status s = STATUS_OK;
    (void)args;
    alarm(DOCTOR_SECONDS_MAX);
    if (a->json)
        wire_open_list(admin_json_start(a));
    look(&d);
    if (a->json) {
        wire_close_list(&a->writer);
        s = admin_json_end(a);
    }
    alarm(0);
    unsigned n = d.n[DOCTOR_OK] + d.n[DOCTOR_WARN] + d.n[DOCTOR_FAIL];
    if (s == STATUS_OK && d.n[DOCTOR_FAIL] > 0)
        return admin_refuse(a, STATUS_INVALID, "%u of %u checks failed", d.n[DOCTOR_FAIL], n);
    return s;
}

const struct admin_command admin_doctor_commands[] = {
    {.noun = "doctor",
     .help = "Look at all that the stack needs, and say what to do about it",
     .need = ADMIN_NEED_NOTHING,
     .run = doctor},
    {.noun = NULL},
};
