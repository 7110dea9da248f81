/* The host and what runs on it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "base/clock.h"
#include "base/poke.h"

#define FILE_SIZE 4096 /* [bytes] of a file below /proc that are read */
#define WORKER_WAIT (5 * CLOCK_SECOND)
#define SENDER_LOOKS 40 /* one may be handing over to the next */
#define SENDER_PAUSE_MS 100
#define BACKLOG_MIN 1024                               /* what spawn-fcgi is given with -b */
#define YEAR_2026 (INT64_C(1767225600) * CLOCK_SECOND) /* before this program was */
#define WORKER_COMM "omnichannel.fcg\n"                /* the kernel knows a program by 15 bytes */
#define SENDER_COMM "omnichannel-sen\n"

static bool read_text(const char *path, char out[FILE_SIZE])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, FILE_SIZE - 1);
    if (fd >= 0)
        close(fd);
    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* --- processes --- */

/* Whether a process may write a core file; what cannot be read may not be blamed. */
static bool may_dump(const char *pid)
{
    static const char label[] = "Max core file size";
    char path[64], text[FILE_SIZE];
    snprintf(path, sizeof path, "/proc/%.20s/limits", pid);
    const char *at = read_text(path, text) ? strstr(text, label) : NULL;
    if (!at)
        return false;
    at += sizeof label - 1;
    return at[strspn(at, " ")] != '0';
}

void doctor_look_at_processes(struct doctor *d)
{
    char path[64], text[FILE_SIZE];
    DIR *dir = opendir("/proc");
    const struct dirent *e;
    while (dir && (e = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "/proc/%.20s/comm", e->d_name);
        if (strspn(e->d_name, "0123456789") != strlen(e->d_name) || !read_text(path, text))
            continue;
        bool is_worker = strcmp(text, WORKER_COMM) == 0, is_sender = strcmp(text, SENDER_COMM) == 0;
        d->n_workers += is_worker;
        d->n_senders += is_sender;
        d->n_dump += (is_worker || is_sender) && may_dump(e->d_name);
    }
    if (dir)
        closedir(dir);
}

/* --- workers --- */

void doctor_look_at_workers(struct doctor *d)
{
    char path[256];
    const char *why = "";
    snprintf(path, sizeof path, "%s/api.sock", d->a->conf.runtime_directory);
    int status = doctor_ask_worker(path, WORKER_WAIT, &why);
    if (status == 200)
        doctor_say(d, DOCTOR_WORKERS, DOCTOR_OK, "one of them answers");
    else if (status == 0 && errno == EACCES)
        doctor_say(d, DOCTOR_WORKERS, DOCTOR_WARN, "%s: not ours to ask; run this as root", path);
    else if (status == 0)
        doctor_say(d, DOCTOR_WORKERS, DOCTOR_FAIL, "%s: %s; systemctl status omnichannel-workers, and its log", path,
                   why);
    else
        doctor_say(d, DOCTOR_WORKERS, d->has_database ? DOCTOR_FAIL : DOCTOR_WARN,
                   "they answer %d: the database is out of their reach; their log says why", status);
}

/* --- the sender --- */

/* errno says why not. */
static bool listens(const char *directory)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int n = snprintf(to.sun_path, sizeof to.sun_path, "%s/%s", directory, POKE_NAME);
    int fd = n > 0 && n < (int)sizeof to.sun_path ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    bool is = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return is;
}

void doctor_look_at_sender(struct doctor *d)
{
    const char *directory = d->a->conf.sender_directory;
    struct timespec pause = {.tv_nsec = SENDER_PAUSE_MS * 1000000L};
    bool is = listens(directory);
    for (unsigned i = 0; !is && errno != EACCES && i < SENDER_LOOKS; i++) {
        nanosleep(&pause, NULL);
        is = listens(directory);
    }
    if (is)
        doctor_say(d, DOCTOR_SENDER, DOCTOR_OK, "one listens for events");
    else if (errno == EACCES)
        doctor_say(d, DOCTOR_SENDER, DOCTOR_WARN, "%s: not ours to look at; run this as root", directory);
    else
        doctor_say(d, DOCTOR_SENDER, DOCTOR_FAIL,
                   "none runs here: webhooks wait; is /etc/cron.d/omnichannel there, does cron run? "
                   "journalctl -t omnichannel-sender");
}

/* --- the rest --- */

static void look_at_clock(struct doctor *d)
{
    struct timex t = {.modes = 0};
    int state = adjtimex(&t);
    if (clock_wall_us() < YEAR_2026)
        doctor_say(d, DOCTOR_CLOCK, DOCTOR_FAIL, "it is before this program was made; set it, by NTP");
    else if (state == TIME_ERROR || (t.status & STA_UNSYNC))
        doctor_say(d, DOCTOR_CLOCK, DOCTOR_WARN,
                   "nothing keeps it right; systemd-timesyncd, chrony or the host's own NTP");
    else
        doctor_say(d, DOCTOR_CLOCK, DOCTOR_OK, "it is kept right");
}

static void look_at_core_files(struct doctor *d)
{
    unsigned n = d->n_workers + d->n_senders;
    if (d->n_dump > 0)
        doctor_say(
            d, DOCTOR_CORE_FILES, DOCTOR_FAIL,
            "%u of %u workers and senders may write core files, which hold secrets; they are not this version's: "
            "restart them",
            d->n_dump, n);
    else
        doctor_say(d, DOCTOR_CORE_FILES, DOCTOR_OK, "none of %u workers and senders writes them", n);
}

static void look_at_socket_backlog(struct doctor *d)
{
    char text[FILE_SIZE];
    if (!read_text("/proc/sys/net/core/somaxconn", text))
        return;
    long n = strtol(text, NULL, 10);
    if (n >= BACKLOG_MIN)
        doctor_say(d, DOCTOR_SOCKET_BACKLOG, DOCTOR_OK, "net.core.somaxconn is %ld", n);
    else
        doctor_say(d, DOCTOR_SOCKET_BACKLOG, DOCTOR_FAIL,
                   "net.core.somaxconn is %ld: bursts are answered 502; sysctl -w net.core.somaxconn=4096", n);
}

void doctor_look_at_host(struct doctor *d)
{
    look_at_clock(d);
    look_at_core_files(d);
    look_at_socket_backlog(d);
}
