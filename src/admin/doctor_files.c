/* The configuration, what it names, and the room there is. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "base/poke.h"
#include "crypto/hash.h"
#include "gate/shared.h"
#include "ticket/retry.h"

#define PATH_SIZE 512
#define API_NAME "api.sock" /* in runtime_directory: as the unit, the init script and the site have it */
#define GIB (UINT64_C(1) << 30)
#define SPACE_PERCENT_WARN 10u
#define SPACE_BYTES_WARN (10 * GIB) /* a tenth of a large disk may be plenty */
#define SPACE_PERCENT_FAIL 1u

static const char *owner_name(uid_t uid, char out[32])
{
    const struct passwd *pw = getpwuid(uid);
    if (pw)
        snprintf(out, 32, "%s", pw->pw_name);
    else
        snprintf(out, 32, "%lu", (unsigned long)uid);
    return out;
}

/* --- the configuration --- */

static void look_at_configuration(struct doctor *d)
{
    struct admin *a = d->a;
    struct ticket_retry retry;
    struct stat st = {.st_mode = 0};
    char owner[32];
    if (a->err.status == STATUS_OK && ticket_retry_set(&a->conf, &retry, &a->err) == STATUS_OK &&
        stat(a->config, &st) != 0)
        err_set(&a->err, STATUS_CONFIG, "%s: %s", a->config, strerror(errno));
    if (a->err.status != STATUS_OK)
        doctor_say(d, DOCTOR_CONFIGURATION, DOCTOR_FAIL, "%s", a->err.text);
    else if (st.st_mode & S_IWGRP)
        doctor_say(d, DOCTOR_CONFIGURATION, DOCTOR_WARN, "%s: its group may write to it; chmod 640", a->config);
    else if (st.st_uid != 0 && st.st_uid != geteuid())
        doctor_say(d, DOCTOR_CONFIGURATION, DOCTOR_WARN, "%s: belongs to %s, who may change it; chown root", a->config,
                   owner_name(st.st_uid, owner));
    else
        doctor_say(d, DOCTOR_CONFIGURATION, DOCTOR_OK, "%s is good", a->config);
}

/* --- passwords --- */

static void look_at_password(struct doctor *d, enum doctor_check check, enum store_role role, const char *path)
{
    struct stat st;
    char password[CONF_STRING_MAX];
    if (!*path) {
        d->has_password[role] = true;
        doctor_say(d, check, DOCTOR_WARN,
                   "no file is named: the user logs in without a password; see omnichannel.conf(5)");
        return;
    }
    if (stat(path, &st) != 0 && errno == EACCES) {
        doctor_say(d, check, DOCTOR_WARN, "%s: not ours to see; run this as root", path);
        return;
    }
    if (access(path, R_OK) != 0 && errno == EACCES) {
        doctor_say(d, check, DOCTOR_WARN, "%s: not ours to read; run this as root to see more", path);
        return;
    }
    d->has_password[role] = conf_password(path, password, doctor_err(d)) == STATUS_OK;
    crypto_wipe(password, sizeof password);
    if (!d->has_password[role])
        doctor_say(d, check, DOCTOR_FAIL, "%s; chmod 400, and the program's own user as its owner", d->a->err.text);
    else if (st.st_mode & S_IRWXG)
        doctor_say(d, check, DOCTOR_WARN,
                   "%s: its group may read it (mode %03o); chmod 400, and the program's own user as its owner", path,
                   (unsigned)st.st_mode & 0777u);
    else
        doctor_say(d, check, DOCTOR_OK, "%s is its owner's alone", path);
}

/* --- directories and sockets --- */

/* False: it is not there, and that was said. */
static bool look_at_directory(struct doctor *d, enum doctor_check check, const char *path, struct stat *st_r)
{
    unsigned mode;
    if (stat(path, st_r) != 0) {
        bool hidden = errno == EACCES;
        doctor_say(d, check, hidden ? DOCTOR_WARN : DOCTOR_FAIL, "%s: %s; %s", path, strerror(errno),
                   hidden ? "run this as root" : "systemd-tmpfiles --create, or make it as README says");
        return false;
    }
    mode = (unsigned)st_r->st_mode & 07777u;
    if (!S_ISDIR(st_r->st_mode))
        doctor_say(d, check, DOCTOR_FAIL, "%s: is not a directory", path);
    else if (mode & S_IWOTH)
        doctor_say(d, check, DOCTOR_FAIL, "%s: others may write to this directory (mode %04o); chmod 2750", path, mode);
    else if (mode & S_IWGRP)
        doctor_say(d, check, DOCTOR_WARN, "%s: its group may write to it (mode %04o); chmod 2750", path, mode);
    else if (mode & (S_IROTH | S_IXOTH))
        doctor_say(d, check, DOCTOR_WARN, "%s: others may look into it (mode %04o); chmod 2750", path, mode);
    else
        doctor_say(d, check, DOCTOR_OK, "%s, mode %04o", path, mode);
    return S_ISDIR(st_r->st_mode);
}

/* The directories are their programs' own, so they tell who runs them. */
static void look_at_users(struct doctor *d, uid_t worker, uid_t sender)
{
    char one[32], other[32];
    owner_name(worker, one);
    owner_name(sender, other);
    if (worker == sender)
        doctor_say(d, DOCTOR_USERS, DOCTOR_WARN,
                   "workers and sender are the same user, %s: a fault in one lays open the other's secrets; see "
                   "README, Install",
                   one);
    else if (worker == 0 || sender == 0)
        doctor_say(d, DOCTOR_USERS, DOCTOR_WARN, "the %s root's; see README, Install",
                   worker == 0 ? "workers' directory is" : "sender's directory is");
    else
        doctor_say(d, DOCTOR_USERS, DOCTOR_OK, "workers are %s, the sender is %s", one, other);
}

/* Whether it is there is the workers' and the sender's own line. */
static void look_at_socket(struct doctor *d, enum doctor_check check, const char *directory, const char *name)
{
    struct stat st;
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (lstat(path, &st) != 0)
        return;
    unsigned mode = (unsigned)st.st_mode & 0777u;
    if (!S_ISSOCK(st.st_mode))
        doctor_say(d, check, DOCTOR_FAIL, "%s: is not a socket; remove it and restart", path);
    else if (mode & S_IRWXO)
        doctor_say(
            d, check, DOCTOR_FAIL,
            "%s: everybody may connect (mode %03o), and whoever does is trusted; chmod 660, and -M 0660 for spawn-fcgi",
            path, mode);
    else
        doctor_say(d, check, DOCTOR_OK, "%s, mode %03o", path, mode);
}

static void look_at_rate_memory(struct doctor *d)
{
    struct gate_shared *g = NULL;
    const struct conf *c = &d->a->conf;
    enum status s = gate_shared_open_existing(c->runtime_directory, (unsigned)c->rate_memory, &g, doctor_err(d));
    gate_shared_close(&g);
    if (s == STATUS_OK)
        doctor_say(d, DOCTOR_RATE_MEMORY, DOCTOR_OK, "%lld MiB are shared by the pool", (long long)c->rate_memory);
    else if (s == STATUS_NOT_FOUND)
        doctor_say(d, DOCTOR_RATE_MEMORY, DOCTOR_WARN, "no pool of this configuration has run since the host started");
    else
        doctor_say(d, DOCTOR_RATE_MEMORY, geteuid() == 0 ? DOCTOR_FAIL : DOCTOR_WARN, "%s%s", d->a->err.text,
                   geteuid() == 0 ? "; stop the pool, remove it, start the pool" : "; run this as root to see more");
}

static void look_at_run(struct doctor *d)
{
    const struct conf *c = &d->a->conf;
    struct stat run, sender;
    bool has_run = look_at_directory(d, DOCTOR_RUN_DIRECTORY, c->runtime_directory, &run);
    bool has_sender = look_at_directory(d, DOCTOR_SENDER_DIRECTORY, c->sender_directory, &sender);
    if (has_run && has_sender)
        look_at_users(d, run.st_uid, sender.st_uid);
    look_at_socket(d, DOCTOR_API_SOCKET, c->runtime_directory, API_NAME);
    look_at_socket(d, DOCTOR_POKE_SOCKET, c->sender_directory, POKE_NAME);
    if (has_run)
        look_at_rate_memory(d);
}

void doctor_look_at_files(struct doctor *d)
{
    const struct conf *c = &d->a->conf;
    bool has_conf = d->a->err.status == STATUS_OK;
    look_at_configuration(d);
    if (!has_conf)
        return;
    look_at_password(d, DOCTOR_PASSWORD_WORKER, STORE_WORKER, c->worker_database_password_file);
    look_at_password(d, DOCTOR_PASSWORD_SENDER, STORE_SENDER, c->sender_database_password_file);
    look_at_password(d, DOCTOR_PASSWORD_ADMIN, STORE_ADMIN, c->admin_database_password_file);
    look_at_run(d);
}

/* --- room --- */

enum doctor_level doctor_judge_space(uint64_t free_bytes, uint64_t all_bytes)
{
    if (free_bytes < all_bytes / 100 * SPACE_PERCENT_FAIL)
        return DOCTOR_FAIL;
    return free_bytes < all_bytes / 100 * SPACE_PERCENT_WARN && free_bytes < SPACE_BYTES_WARN ? DOCTOR_WARN : DOCTOR_OK;
}

static void look_at_disk(struct doctor *d, enum doctor_check check, const char *path, const char *what)
{
    struct statvfs v;
    if (statvfs(path, &v) != 0 || v.f_blocks == 0)
        return; /* not on this host, or not ours to see */
    uint64_t free_bytes = (uint64_t)v.f_bavail * v.f_frsize, all = (uint64_t)v.f_blocks * v.f_frsize;
    enum doctor_level level = doctor_judge_space(free_bytes, all);
    doctor_say(d, check, level, "%s: %llu MiB (%llu %%) are free for %s%s", path,
               (unsigned long long)(free_bytes >> 20), (unsigned long long)(free_bytes / (all / 100 + 1)), what,
               level == DOCTOR_OK ? "" : "; make room");
}

void doctor_look_at_disks(struct doctor *d)
{
    if (d->is_local)
        look_at_disk(d, DOCTOR_DISK_DATABASE, d->data_directory, "tickets and attachments");
    look_at_disk(d, DOCTOR_DISK_RUN, d->a->conf.runtime_directory, "shared memory");
    look_at_disk(d, DOCTOR_DISK_LOG, "/var/log", "logs");
}
