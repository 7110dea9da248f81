#include "base/poke.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define OWN_PREFIX "poke-"
#define OWN_NAMES_MAX 10   /* tries for a name: process ids of several namespaces may meet here */
#define SOCKET_MODE 0660   /* workers are in the directory's group */
#define STALE_MAX 1000     /* leftovers removed at a time */
#define MALFORMED_MAX 1000 /* datagrams passed over in one call */
#define KIND_RECEIVER 'R'
#define KIND_TAKEN 'T'
#define MESSAGE_SIZE (1 + sizeof(uint64_t)) /* [bytes] what it is, then an id in the host's byte order */

_Static_assert(sizeof((struct sockaddr_un *)0)->sun_path == POKE_PATH_SIZE, "paths are bounded by sun_path");

static bool address(struct sockaddr_un *to, const char *path)
{
    size_t n = strlen(path);
    if (n >= sizeof to->sun_path)
        return false;
    *to = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(to->sun_path, path, n + 1);
    return true;
}

static bool join(char out[POKE_PATH_SIZE], const char *directory, const char *name)
{
    int n = snprintf(out, POKE_PATH_SIZE, "%s/%s", directory, name);
    return n > 0 && n < POKE_PATH_SIZE;
}

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static void compose(char message[MESSAGE_SIZE], char kind, uint64_t id)
{
    message[0] = kind;
    memcpy(message + 1, &id, sizeof id);
}

void poke_send(int *fd, const char *directory, uint64_t receiver)
{
    struct sockaddr_un to;
    char path[POKE_PATH_SIZE], message[MESSAGE_SIZE];
    if (!join(path, directory, POKE_NAME) || !address(&to, path))
        return;
    if (*fd < 0)
        *fd = open_socket();
    compose(message, KIND_RECEIVER, receiver);
    if (*fd >= 0)
        (void)sendto(*fd, message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to);
}

static enum status complain(struct err *err, enum status s, const char *path, const char *why)
{
    err_set(err, s, "%.120s: %s", path, why);
    return s; /* whatever stood in err before */
}

static enum status check_directory(const char *directory, struct err *err)
{
    struct stat st;
    uid_t me = geteuid();
    if (stat(directory, &st) != 0)
        return complain(err, STATUS_CONFIG, directory, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return complain(err, STATUS_CONFIG, directory, "is not a directory");
    if (me != 0 && st.st_uid != me && st.st_uid != 0)
        return complain(err, STATUS_CONFIG, directory, "belongs to another user");
    if (st.st_mode & S_IWOTH)
        return complain(err, STATUS_CONFIG, directory, "others may write to this directory");
    return STATUS_OK;
}

/* A socket connected to whoever listens at a path; -1, errno says why: nobody, or nobody for us. */
static int connect_to(const char *path)
{
    struct sockaddr_un to;
    int fd = address(&to, path) ? open_socket() : -1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/* What senders that were killed left behind. */
static void sweep(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;
    unsigned n = 0;
    while (dir && n < STALE_MAX && (entry = readdir(dir))) {
        char path[POKE_PATH_SIZE];
        if (strncmp(entry->d_name, OWN_PREFIX, sizeof OWN_PREFIX - 1) != 0 || !join(path, directory, entry->d_name))
            continue;
        int fd = connect_to(path);
        if (fd >= 0)
            close(fd);
        else if (errno == ECONNREFUSED && unlink(path) == 0)
            n++;
    }
    if (dir)
        closedir(dir);
}

static enum status bind_own(struct poke_socket *p, const char *directory, struct err *err)
{
    struct sockaddr_un at;
    struct stat st;
    char name[64];
    for (unsigned i = 0; i < OWN_NAMES_MAX; i++) {
        /* as long for every process, so that a directory does or does not do for all */
        snprintf(name, sizeof name, OWN_PREFIX "%07ld-%u", (long)getpid(), i);
        if (!join(p->own, directory, name) || !address(&at, p->own))
            return complain(err, STATUS_CONFIG, directory, "the directory's name is too long");
        if (bind(p->fd, (struct sockaddr *)&at, sizeof at) == 0)
            break;
        if (errno != EADDRINUSE || i + 1 == OWN_NAMES_MAX)
            return complain(err, STATUS_IO, p->own, strerror(errno));
    }
    if (chmod(p->own, SOCKET_MODE) != 0 || lstat(p->own, &st) != 0)
        return complain(err, STATUS_IO, p->own, strerror(errno));
    p->dev = st.st_dev;
    p->ino = st.st_ino;
    return STATUS_OK;
}

/* The well-known name is a second link to our socket: it can be given again. */
static bool take_name(const struct poke_socket *p)
{
    char next[POKE_PATH_SIZE + 8];
    snprintf(next, sizeof next, "%s.new", p->own);
    unlink(next); /* of one that was killed right here, and had our process id */
    if (link(p->own, next) != 0)
        return false;
    bool taken = rename(next, p->path) == 0;
    int why = errno;
    unlink(next); /* still there if the rename failed, or if both names were one socket's */
    errno = why;
    return taken;
}

static bool is_ours(const struct poke_socket *p)
{
    struct stat st;
    return lstat(p->path, &st) == 0 && st.st_dev == p->dev && st.st_ino == p->ino;
}

/* Takes the name and tells the one that had it. */
static enum status take_over(const struct poke_socket *p, struct err *err)
{
    char message[MESSAGE_SIZE];
    int other = connect_to(p->path); /* before it has no name any more */
    bool taken = take_name(p);
    enum status s = taken ? STATUS_OK : complain(err, STATUS_IO, p->path, strerror(errno));
    compose(message, KIND_TAKEN, 0);
    if (taken && other >= 0)
        (void)send(other, message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (other >= 0)
        close(other);
    return s;
}

enum status poke_bind(struct poke_socket *p, const char *directory, struct err *err)
{
    *p = (struct poke_socket){.fd = -1};
    enum status s = check_directory(directory, err);
    if (s != STATUS_OK)
        return s;
    if (!join(p->path, directory, POKE_NAME))
        return complain(err, STATUS_CONFIG, directory, "the directory's name is too long");
    sweep(directory);
    p->fd = open_socket();
    s = p->fd < 0 ? complain(err, STATUS_IO, directory, strerror(errno)) : bind_own(p, directory, err);
    if (s == STATUS_OK)
        s = take_over(p, err);
    if (s != STATUS_OK)
        poke_close(p);
    return s;
}

bool poke_hold(struct poke_socket *p)
{
    if (p->fd < 0)
        return false;
    if (is_ours(p))
        return true;
    int other = connect_to(p->path);
    if (other >= 0) {
        close(other);
        return false;
    }
    return (errno == ENOENT || errno == ECONNREFUSED) && take_name(p);
}

bool poke_next(struct poke_socket *p, uint64_t *receiver_r)
{
    char message[MESSAGE_SIZE + 1]; /* one more, to tell longer ones */
    for (unsigned i = 0; p->fd >= 0 && i < MALFORMED_MAX; i++) {
        ssize_t n = recv(p->fd, message, sizeof message, MSG_DONTWAIT);
        if (n < 0)
            return false;
        if (n != (ssize_t)MESSAGE_SIZE)
            continue;
        uint64_t id;
        memcpy(&id, message + 1, sizeof id);
        bool taken = message[0] == KIND_TAKEN && id == 0, named = message[0] == KIND_RECEIVER && id != 0;
        *receiver_r = taken ? POKE_TAKEN : id;
        if (taken || named)
            return true;
    }
    return false;
}

void poke_close(struct poke_socket *p)
{
    if (p->fd < 0)
        return;
    if (is_ours(p))
        unlink(p->path);
    if (p->dev || p->ino)
        unlink(p->own);
    close(p->fd);
    p->fd = -1;
}
