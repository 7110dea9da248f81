#include "base/poke.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/suites.h"
#include "base/sv.h"
#include "harness/suite.h"

#define NOBODY 65534
#define HANGS 20 /* [s] then the whole program is ended */

static char folder[256], name[300];
static struct err err;

static int set_up(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.60s/omni-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return 1;
    snprintf(name, sizeof name, "%s/" POKE_NAME, folder);
    alarm(HANGS);
    return chmod(folder, 0755);
}

/* How many names are left in the folder; with `remove` they go. */
static unsigned names_left(bool remove)
{
    unsigned n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[600];
        if (e->d_name[0] == '.')
            continue;
        n++;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (remove)
            unlink(path);
    }
    if (dir)
        closedir(dir);
    return n;
}

static int tear_down(void)
{
    alarm(0);
    names_left(true);
    return rmdir(folder);
}

static enum status bind_one(struct poke_socket *p)
{
    err_init(&err);
    return poke_bind(p, folder, &err);
}

static void poke(uint64_t receiver)
{
    int fd = -1;
    poke_send(&fd, folder, receiver);
    if (fd >= 0)
        close(fd);
}

#define NONE UINT64_MAX
static uint64_t next(struct poke_socket *p)
{
    uint64_t receiver = NONE;
    return poke_next(p, &receiver) ? receiver : NONE;
}

static void test_deliver(void)
{
    static const uint64_t ids[] = {1, 255, 256, UINT64_C(0x0123456789ABCDEF), UINT64_MAX - 1};
    struct poke_socket p;
    int fd = -1, first;
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    CHECK_STR("name", p.path, name);
    CHECK_INT("nothing yet", next(&p), NONE);
    for (unsigned i = 0; i < SUITE_N(ids); i++) {
        poke_send(&fd, folder, ids[i]);
        if (i == 0)
            first = fd;
        CHECK_INT("one socket for all", fd, first);
    }
    for (unsigned i = 0; i < SUITE_N(ids); i++)
        CHECK("in order", next(&p) == ids[i]);
    CHECK_INT("no more", next(&p), NONE);
    CHECK("still ours", poke_hold(&p));
    poke_close(&p);
    CHECK_INT("closed", p.fd, -1);
    CHECK_INT("nothing left", names_left(false), 0);
    poke_close(&p);
    CHECK_INT("closed is deaf", next(&p), NONE);
    CHECK("closed holds nothing", !poke_hold(&p));
    close(fd);
}

static void test_nobody(void)
{
    int fd = -1;
    poke_send(&fd, folder, 7);
    CHECK("no socket file", fd >= 0);
    close(fd);
    fd = -1;
    poke_send(&fd, "/nonexistent/omnichannel", 7);
    close(fd);
    /* Somebody who comes later gets no old news, and the same descriptor reaches them. */
    struct poke_socket p;
    fd = -1;
    poke_send(&fd, folder, 7);
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    CHECK_INT("nothing", next(&p), NONE);
    poke_send(&fd, folder, 8);
    CHECK_INT("heard", next(&p), 8);
    poke_close(&p);
    poke_send(&fd, folder, 9);
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    CHECK_INT("nothing", next(&p), NONE);
    poke_send(&fd, folder, 10);
    CHECK_INT("heard again", next(&p), 10);
    poke_close(&p);
    close(fd);
}

static void test_full(void)
{
    enum { MANY = 20000 };
    struct poke_socket p;
    int fd = -1;
    unsigned got = 0;
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    for (unsigned i = 0; i < MANY; i++)
        poke_send(&fd, folder, i + 1);
    for (uint64_t id; (id = next(&p)) != NONE; got++)
        CHECK_INT("the first ones", id, got + 1);
    CHECK("some arrived, not all", got > 0 && got < MANY);
    poke_send(&fd, folder, 5);
    CHECK_INT("room again", next(&p), 5);
    poke_close(&p);
    close(fd);
}

/* The name goes from one to the next without a moment without it. */
static void test_hand_over(void)
{
    struct poke_socket old, new;
    struct stat before, after;
    CHECK_INT("old", bind_one(&old), STATUS_OK);
    poke(1);
    CHECK("there", stat(name, &before) == 0);
    CHECK_INT("new", bind_one(&new), STATUS_OK);
    CHECK("another's", stat(name, &after) == 0 && before.st_ino != after.st_ino);
    poke(2);
    CHECK_INT("before", next(&old), 1);
    CHECK_INT("told", next(&old), POKE_TAKEN);
    CHECK_INT("once", next(&old), NONE);
    CHECK_INT("after", next(&new), 2);
    CHECK_INT("nobody told the new one", next(&new), NONE);
    CHECK("not the old one's", !poke_hold(&old));
    CHECK("the new one's", poke_hold(&new));
    poke_close(&old);
    CHECK("the old one leaves the name alone", access(name, F_OK) == 0);
    poke(3);
    CHECK_INT("still heard", next(&new), 3);
    poke_close(&new);
    CHECK_INT("nothing left", names_left(false), 0);
}

static void test_told_unless_full(void)
{
    struct poke_socket old, new;
    CHECK_INT("old", bind_one(&old), STATUS_OK);
    for (unsigned i = 0; i < 20000; i++)
        poke(1);
    CHECK_INT("new, at once", bind_one(&new), STATUS_OK);
    for (uint64_t id; (id = next(&old)) != NONE;)
        CHECK("pokes", id == 1 || id == POKE_TAKEN);
    CHECK("it finds out by looking", !poke_hold(&old));
    poke_close(&old);
    poke_close(&new);
}

/* A sender that took the name and is gone: the one still there takes it back. */
static void test_take_back(void)
{
    struct poke_socket old, new;
    int fd;
    CHECK_INT("old", bind_one(&old), STATUS_OK);
    CHECK_INT("new", bind_one(&new), STATUS_OK);
    fd = old.fd;
    poke_close(&new);
    CHECK("no name", access(name, F_OK) != 0);
    CHECK("taken back", poke_hold(&old));
    CHECK_INT("by the same descriptor", old.fd, fd);
    CHECK_INT("told", next(&old), POKE_TAKEN);
    poke(4);
    CHECK_INT("heard", next(&old), 4);
    /* Killed: its name stands there, and nobody behind it. */
    CHECK_INT("new", bind_one(&new), STATUS_OK);
    close(new.fd);
    CHECK("a dead one's name", access(name, F_OK) == 0);
    poke(5);
    CHECK("taken back", poke_hold(&old));
    CHECK("kept", poke_hold(&old));
    CHECK_INT("told", next(&old), POKE_TAKEN);
    poke(6);
    CHECK_INT("heard", next(&old), 6);
    poke_close(&old);
}

static void put_file(const char *path, mode_t mode)
{
    FILE *f = fopen(path, "w");
    CHECK("file", f && fclose(f) == 0 && chmod(path, mode) == 0);
}

/* What the killed leave behind is swept, what is others' is not. */
static void test_stale(void)
{
    struct poke_socket dead, p;
    char other[400], kept[400];
    snprintf(other, sizeof other, "%s/other.sock", folder);
    snprintf(kept, sizeof kept, "%s/poke-1-0", folder);
    CHECK_INT("dead", bind_one(&dead), STATUS_OK);
    close(dead.fd);
    CHECK_INT("its two names", names_left(false), 2);
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    CHECK_INT("two names, both ours", names_left(false), 2);
    poke(1);
    CHECK_INT("heard", next(&p), 1);
    poke_close(&p);
    CHECK_INT("none", names_left(false), 0);
    /* An empty file in the name's place, and a stranger's file. */
    put_file(name, 0644);
    put_file(other, 0644);
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    poke(2);
    CHECK_INT("heard", next(&p), 2);
    poke_close(&p);
    CHECK("a stranger's file stays", access(other, F_OK) == 0 && unlink(other) == 0);
    /* One that lives under such a name stays too. */
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%.100s", kept);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    CHECK_INT("alive", bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    CHECK("not swept", access(kept, F_OK) == 0);
    poke_close(&p);
    close(fd);
    unlink(kept);
}

/* Another process with our id, as in a container that shares the directory. */
static void test_same_pid(void)
{
    struct poke_socket a, b, c;
    CHECK_INT("a", bind_one(&a), STATUS_OK);
    CHECK_INT("b", bind_one(&b), STATUS_OK);
    CHECK_INT("c", bind_one(&c), STATUS_OK);
    CHECK("own names", strcmp(a.own, b.own) != 0 && strcmp(b.own, c.own) != 0);
    CHECK_INT("a told", next(&a), POKE_TAKEN);
    CHECK_INT("a told once", next(&a), NONE);
    CHECK_INT("b told", next(&b), POKE_TAKEN);
    poke_close(&c);
    CHECK("one of two takes it", poke_hold(&a) && !poke_hold(&b) && poke_hold(&a));
    poke_close(&a);
    CHECK("then the other", poke_hold(&b));
    poke(1);
    CHECK_INT("heard", next(&b), 1);
    poke_close(&b);
}

static void test_malformed(void)
{
    static const struct sv rows[] = {
        {"", 0},
        {"R", 1},
        {"R1234567", 8},
        {"R123456789", 10},
        {"R\0\0\0\0\0\0\0\0", 9},
        {"T\1\0\0\0\0\0\0\0", 9},
        {"X12345678", 9},
        {"R12345678R12345678R12345678R12345678", 36},
    };
    struct poke_socket p;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    memcpy(to.sun_path, p.path, sizeof p.path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        ssize_t sent = sendto(fd, rows[i].p, rows[i].n, 0, (struct sockaddr *)&to, sizeof to);
        CHECK_INT("sent", sent, rows[i].n);
        poke(42);
        CHECK_INT("passed over", next(&p), 42);
        CHECK_INT("and no more", next(&p), NONE);
    }
    close(fd);
    poke_close(&p);
}

static void test_long_directory(void)
{
    char deep[400];
    struct poke_socket p;
    int fd = -1;
    /* As long as may be, too long for our own name, too long for the well-known one too. */
    static const int lengths[] = {92, 93, 98};
    for (unsigned i = 0; i < SUITE_N(lengths); i++) {
        snprintf(deep, sizeof deep, "%s/%0*d", folder, lengths[i] - 1 - (int)strlen(folder), 0);
        CHECK_INT("make", mkdir(deep, 0755), 0);
        err_init(&err);
        CHECK_INT("bind", poke_bind(&p, deep, &err), i == 0 ? STATUS_OK : STATUS_CONFIG);
        CHECK("says why", (strstr(err.text, "too long") != NULL) == (i > 0));
        CHECK("closed", (p.fd == -1) == (i > 0));
        poke_close(&p);
        CHECK_INT("nothing left", rmdir(deep), 0);
    }
    poke_send(&fd, deep, 1);
    CHECK_INT("not even a socket", fd, -1);
    memset(deep, 'x', sizeof deep);
    deep[sizeof deep - 1] = '\0';
    poke_send(&fd, deep, 1);
    CHECK_INT("not even a socket", fd, -1);
}

static void test_bad_directory(void)
{
    struct poke_socket p;
    err_init(&err);
    CHECK_INT("missing", poke_bind(&p, "/nonexistent/omnichannel", &err), STATUS_CONFIG);
    CHECK_STR("missing", err.text, "/nonexistent/omnichannel: No such file or directory");
    CHECK_INT("missing", p.fd, -1);
    put_file(name, 0644);
    err_init(&err);
    CHECK_INT("a file", poke_bind(&p, name, &err), STATUS_CONFIG);
    CHECK("a file", strstr(err.text, "is not a directory") != NULL);
    unlink(name);
    CHECK_INT("chmod", chmod(folder, 0757), 0);
    CHECK_INT("writable by others", bind_one(&p), STATUS_CONFIG);
    CHECK("says why", strstr(err.text, "others may write") != NULL);
    CHECK_INT("closed", p.fd, -1);
    CHECK_INT("chmod", chmod(folder, 0755), 0);
    CHECK_INT("a folder has the name", mkdir(name, 0755), 0);
    CHECK_INT("bind", bind_one(&p), STATUS_IO);
    CHECK_INT("closed", p.fd, -1);
    CHECK_INT("only that folder left", names_left(false), 1);
    rmdir(name);
}

/* Runs `what` in a process of a user without rights; its exit status, -1 if we are no root to become one. */
static int as_nobody(int (*what)(void))
{
    int st = -1;
    if (geteuid() != 0)
        return -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(setgid(NOBODY) != 0 || setuid(NOBODY) != 0 ? 100 : what());
    CHECK("child", pid > 0 && waitpid(pid, &st, 0) == pid && WIFEXITED(st));
    return WEXITSTATUS(st);
}

static int poke_9(void)
{
    poke(9);
    return 0;
}

static int bind_here(void)
{
    struct poke_socket p;
    enum status s = bind_one(&p);
    return s == STATUS_CONFIG && strstr(err.text, "belongs to another user") ? 1 : s == STATUS_OK ? 0 : 2;
}

static void test_permission(void)
{
    struct poke_socket p;
    struct stat st;
    mode_t mask = umask(077);
    CHECK_INT("bind", bind_one(&p), STATUS_OK);
    umask(mask);
    CHECK("the group may write, others may not", stat(name, &st) == 0 && (st.st_mode & 0777) == 0660);
    if (as_nobody(poke_9) >= 0) {
        CHECK_INT("not allowed, and silent", next(&p), NONE);
        CHECK("let them", chmod(name, 0666) == 0);
        CHECK_INT("allowed", as_nobody(poke_9), 0);
        CHECK_INT("heard", next(&p), 9);
    } else {
        CHECK("forbid", chmod(name, 0) == 0);
        poke(9);
        CHECK_INT("not allowed, and silent", next(&p), NONE);
    }
    poke_close(&p);
}

static void test_owner(void)
{
    if (as_nobody(poke_9) < 0)
        return;
    CHECK("another user's", chown(folder, 1, 1) == 0);
    CHECK_INT("refused", as_nobody(bind_here), 1);
    struct poke_socket p;
    CHECK_INT("root serves the owner", bind_one(&p), STATUS_OK);
    poke_close(&p);
    CHECK("its own", chown(folder, NOBODY, NOBODY) == 0);
    CHECK_INT("taken", as_nobody(bind_here), 0);
    names_left(true);
    CHECK("root's", chown(folder, 0, NOBODY) == 0 && chmod(folder, 0775) == 0);
    CHECK_INT("taken", as_nobody(bind_here), 0);
    CHECK("as it was", chmod(folder, 0755) == 0);
}

void init_poke_tests(void)
{
    static const struct suite_test tests[] = {
        {"deliver", test_deliver},
        {"nobody there", test_nobody},
        {"full queue", test_full},
        {"hand over", test_hand_over},
        {"told, unless full", test_told_unless_full},
        {"take back", test_take_back},
        {"stale files", test_stale},
        {"same process id", test_same_pid},
        {"malformed", test_malformed},
        {"long directory", test_long_directory},
        {"bad directory", test_bad_directory},
        {"permission", test_permission},
        {"owner", test_owner},
    };
    suite_add("base/poke", set_up, tear_down, tests, SUITE_N(tests));
}
