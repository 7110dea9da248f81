#include "gate/window.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/suite.h"
#include "suites.h"
#include "support.h"

#define NOBODY 65534
#define OPENERS 8

static char path[256]; /* of the file in test_dir */

static void set_path(unsigned rate_mib)
{
    char boot[64] = "", hex[64] = "";
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (!f || !fgets(boot, sizeof boot, f))
        abort();
    fclose(f);
    for (size_t i = 0, n = 0; boot[i] && boot[i] != '\n'; i++)
        if (boot[i] != '-')
            hex[n++] = boot[i];
    snprintf(path, sizeof path, "%s/omnichannel-1-%u-%s.shm", test_dir, rate_mib, hex);
}

static void test_makes_a_private_file(void)
{
    struct stat st;
    mode_t old = umask(0);
    test_open(3);
    umask(old);
    set_path(3);
    CHECK_INT("exists", stat(path, &st), 0);
    CHECK_INT("mode", st.st_mode & 07777, 0600);
    CHECK_INT("links", st.st_nlink, 1);
    CHECK("sparse", (long long)st.st_blocks * 512 < 3 * 1024 * 1024);
    CHECK("as large as it says", st.st_size > 3 * 1024 * 1024);
    test_close();
}

static void test_second_opener_sees_the_same(void)
{
    struct gate_shared *other = NULL;
    test_open(1);
    CHECK_INT("first generation", gate_generation(shared), 1);
    CHECK_INT("again", gate_shared_open(test_dir, 1, &other, NULL), STATUS_OK);
    gate_generation_bump(shared);
    CHECK_INT("seen", gate_generation(other), 2);
    gate_shared_close(&other);
    CHECK("nulled", other == NULL);
    gate_shared_close(&other);
    CHECK_INT("existing", gate_shared_open_existing(test_dir, 1, &other, NULL), STATUS_OK);
    CHECK_INT("seen again", gate_generation(other), 2);
    gate_shared_close(&other);
    test_close();
}

static void test_existing_only(void)
{
    struct gate_shared *g = NULL;
    struct err err;
    err_init(&err);
    test_dir_make();
    CHECK_INT("empty folder", gate_shared_open_existing(test_dir, 1, &g, &err), STATUS_NOT_FOUND);
    CHECK_INT("said", err.status, STATUS_NOT_FOUND);
    CHECK_INT("no folder", gate_shared_open_existing("/nonexistent/run", 1, &g, NULL), STATUS_NOT_FOUND);
    CHECK("nothing made", g == NULL && rmdir(test_dir) == 0);
}

/* Refusals: what stands in the way, and what the message must name. */

static void put_file(mode_t mode, off_t size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || fchmod(fd, mode) != 0 || ftruncate(fd, size) != 0)
        abort();
    close(fd);
}

static off_t right_size(void)
{
    struct gate_shared *g = NULL;
    struct stat st = {0};
    if (gate_shared_open(test_dir, 1, &g, NULL) != STATUS_OK || stat(path, &st) != 0 || unlink(path) != 0)
        abort();
    gate_shared_close(&g);
    return st.st_size;
}

static void bad_symlink(void)
{
    if (symlink("/etc/passwd", path) != 0)
        abort();
}

static void bad_directory(void)
{
    if (mkdir(path, 0700) != 0)
        abort();
}

static void bad_fifo(void)
{
    if (mkfifo(path, 0600) != 0)
        abort();
}

static void bad_mode(void)
{
    put_file(0660, right_size());
}

static void bad_size(void)
{
    put_file(0600, right_size() - 1);
}

static void bad_content(void)
{
    put_file(0600, right_size());
}

static void bad_folder(void)
{
    if (chmod(test_dir, 01777) != 0)
        abort();
}

static const struct {
    const char *row;
    void (*spoil)(void);
    const char *says;
} refusals[] = {
    {"symbolic link", bad_symlink, ".shm: is a symbolic link"},
    {"directory", bad_directory, ".shm: Is a directory"},
    {"fifo", bad_fifo, ".shm: is not a regular file"},
    {"mode", bad_mode, ".shm: has other permissions than 0600"},
    {"size", bad_size, ".shm: has the wrong size"},
    {"content", bad_content, ".shm: is not a shared-memory file of this program"},
    {"folder open to all", bad_folder, ": others may write to this directory"},
};

static void test_refuses(void)
{
    for (unsigned i = 0; i < SUITE_N(refusals); i++) {
        const char *row = refusals[i].row;
        struct gate_shared *g = NULL;
        struct err err;
        test_dir_make();
        set_path(1);
        refusals[i].spoil();
        for (unsigned existing = 0; existing < 2; existing++) {
            err_init(&err);
            enum status s =
                existing ? gate_shared_open_existing(test_dir, 1, &g, &err) : gate_shared_open(test_dir, 1, &g, &err);
            CHECK_INT(row, s, STATUS_CONFIG);
            CHECK_INT(row, err.status, STATUS_CONFIG);
            CHECK(row, g == NULL);
            CHECK(row, strncmp(err.text, test_dir, strlen(test_dir)) == 0);
            size_t n = strlen(err.text), m = strlen(refusals[i].says);
            CHECK_STR(row, n >= m ? err.text + n - m : err.text, refusals[i].says);
        }
        test_dir_remove();
    }
}

static void test_refuses_arguments(void)
{
    struct gate_shared *g = NULL;
    struct err err;
    err_init(&err);
    CHECK_INT("no folder", gate_shared_open("/nonexistent/run", 1, &g, &err), STATUS_CONFIG);
    CHECK_STR("no folder", err.text, "/nonexistent/run: No such file or directory");
    CHECK_INT("a file for a folder", gate_shared_open("/etc/passwd", 1, &g, NULL), STATUS_CONFIG);
    test_dir_make();
    CHECK_INT("no memory", gate_shared_open(test_dir, 0, &g, NULL), STATUS_CONFIG);
    CHECK_INT("too much memory", gate_shared_open(test_dir, 4097, &g, NULL), STATUS_CONFIG);
    CHECK("nothing made", g == NULL && rmdir(test_dir) == 0);
}

static int open_as_nobody(void *arg)
{
    struct gate_shared *g = NULL;
    struct err *err = arg;
    if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
        return 99;
    enum status s = gate_shared_open(test_dir, 1, &g, err);
    gate_shared_close(&g);
    return (int)s;
}

static void expect_as_nobody(const char *row, enum status want, const char *says)
{
    struct err *err = test_share(sizeof *err);
    int status = test_wait(test_fork(open_as_nobody, err));
    CHECK_INT(row, WIFEXITED(status) ? WEXITSTATUS(status) : -1, want);
    CHECK(row, strstr(err->text, says) != NULL);
    test_unshare(err, sizeof *err);
}

/* Owners can only be changed by root; anyone else sees the half that needs none. */
static void test_owners(void)
{
    struct gate_shared *g = NULL;
    test_dir_make();
    set_path(1);
    CHECK_INT("own folder", gate_shared_open(test_dir, 1, &g, NULL), STATUS_OK);
    gate_shared_close(&g);
    if (geteuid() == 0) {
        CHECK_INT("give folder away", chown(test_dir, NOBODY, NOBODY), 0);
        struct err err;
        err_init(&err);
        CHECK_INT("file of another", gate_shared_open(test_dir, 1, &g, &err), STATUS_CONFIG);
        CHECK("file of another", strstr(err.text, ".shm: belongs to another user") != NULL);
        expect_as_nobody("root's file", STATUS_CONFIG, "Permission denied");
        CHECK_INT("remove", unlink(path), 0);
        CHECK_INT("root makes it for the folder's owner", gate_shared_open(test_dir, 1, &g, NULL), STATUS_OK);
        gate_shared_close(&g);
        expect_as_nobody("made by root", STATUS_OK, "");
        CHECK_INT("root opens it", gate_shared_open_existing(test_dir, 1, &g, NULL), STATUS_OK);
        gate_shared_close(&g);
        CHECK_INT("root's folder", chown(test_dir, 0, 0) | chmod(test_dir, 0755) | unlink(path), 0);
        expect_as_nobody("may not write there", STATUS_CONFIG, "Permission denied");
        CHECK_INT("someone else's folder", chown(test_dir, NOBODY - 1, NOBODY), 0);
        expect_as_nobody("someone else's folder", STATUS_CONFIG, "belongs to another user");
    }
    test_dir_remove();
}

/* A file system without room: one clear refusal, nothing left behind. */

static int open_without_room(void *arg)
{
    struct gate_shared *g = NULL;
    struct rlimit limit = {1024 * 1024, 1024 * 1024};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 99;
    return (int)gate_shared_open(test_dir, 1, &g, arg);
}

static void test_no_room(void)
{
    struct err *err = test_share(sizeof *err);
    test_dir_make();
    int status = test_wait(test_fork(open_without_room, err));
    CHECK_INT("refused", WIFEXITED(status) ? WEXITSTATUS(status) : -1, STATUS_CONFIG);
    CHECK("says where", strncmp(err->text, test_dir, strlen(test_dir)) == 0);
    CHECK("says why", strstr(err->text, ": File too large") != NULL);
    CHECK_INT("nothing left", rmdir(test_dir), 0);
    test_unshare(err, sizeof *err);
}

static void test_clears_other_boots(void)
{
    static const struct {
        const char *name;
        int stays;
    } files[] = {
        {"omnichannel-1-64-00000000000000000000000000000000.shm", 0},
        {"omnichannel-1-64-00000000000000000000000000000000.shm.123", 0},
        {"omnichannel.sock", 1},
        {"other-1-64-00000000000000000000000000000000.shm", 1},
    };
    char name[512];
    struct gate_shared *g = NULL;
    test_dir_make();
    for (unsigned i = 0; i < SUITE_N(files); i++) {
        snprintf(name, sizeof name, "%s/%s", test_dir, files[i].name);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    set_path(1);
    /* A temporary file left by a process that had our id. */
    snprintf(name, sizeof name, "%s.%ld", path, (long)getpid());
    close(open(name, O_CREAT | O_WRONLY, 0600));
    CHECK_INT("opens", gate_shared_open(test_dir, 1, &g, NULL), STATUS_OK);
    gate_shared_close(&g);
    CHECK_INT("no temporary file", access(name, F_OK), -1);
    CHECK_INT("ours", access(path, F_OK), 0);
    CHECK_INT("another size", gate_shared_open(test_dir, 2, &g, NULL), STATUS_OK);
    gate_shared_close(&g);
    CHECK_INT("ours stays", access(path, F_OK), 0);
    for (unsigned i = 0; i < SUITE_N(files); i++) {
        snprintf(name, sizeof name, "%s/%s", test_dir, files[i].name);
        CHECK_INT(files[i].name, access(name, F_OK) == 0, files[i].stays);
    }
    test_dir_remove();
}

static int open_and_bump(void *arg)
{
    struct gate_shared *g = NULL;
    _Atomic int *go = arg;
    while (!*go)
        continue;
    if (gate_shared_open(test_dir, 1, &g, NULL) != STATUS_OK)
        return 1;
    gate_generation_bump(g);
    gate_shared_close(&g);
    return 0;
}

static void test_all_at_once(void)
{
    for (unsigned round = 0; round < 10; round++) {
        pid_t pid[OPENERS];
        _Atomic int *go = test_share(sizeof *go);
        struct gate_shared *g = NULL;
        test_dir_make();
        for (unsigned i = 0; i < OPENERS; i++)
            pid[i] = test_fork(open_and_bump, (void *)(uintptr_t)go);
        *go = 1;
        for (unsigned i = 0; i < OPENERS; i++)
            CHECK_INT("opener", test_wait(pid[i]), 0);
        CHECK_INT("one file", gate_shared_open_existing(test_dir, 1, &g, NULL), STATUS_OK);
        CHECK_INT("one file for all", gate_generation(g), 1 + OPENERS);
        gate_shared_close(&g);
        test_dir_remove();
        test_unshare((void *)(uintptr_t)go, sizeof *go);
    }
}

/* [KiB] of all mappings of shared files that this process has touched. */
static long resident_kib(void)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    char line[512];
    bool ours = false;
    long kib = 0;
    while (f && fgets(line, sizeof line, f)) {
        if (strchr(line, '-') && strchr("0123456789abcdef", line[0]))
            ours = strstr(line, "/omnichannel-") != NULL;
        if (ours && strncmp(line, "Rss:", 4) == 0)
            kib += strtol(line + 4, NULL, 10);
    }
    if (!f)
        abort();
    fclose(f);
    return kib;
}

/* What a worker of a small bank pays: a hundred keys' windows. */
static void test_costs_little_memory(void)
{
    struct gate_verdict v;
    test_open(64);
    for (unsigned i = 0; i < 30000; i++)
        CHECK_INT("admit", gate_window_admit(shared, 1 + i % 100, i % 3, 100, T0, &v), STATUS_OK);
    long kib = resident_kib();
    CHECK("seen", kib > 0);
    CHECK("under a MiB", kib < 1024);
    test_close();
}

void init_shared_tests(void)
{
    static const struct suite_test tests[] = {
        {"makes a private file", test_makes_a_private_file},
        {"a second opener sees the same", test_second_opener_sees_the_same},
        {"opens only what exists", test_existing_only},
        {"refuses files and folders", test_refuses},
        {"refuses arguments", test_refuses_arguments},
        {"owners", test_owners},
        {"no room", test_no_room},
        {"clears other boots' files away", test_clears_other_boots},
        {"eight open at once", test_all_at_once},
        {"costs little memory", test_costs_little_memory},
    };
    suite_add("gate shared", NULL, NULL, tests, SUITE_N(tests));
}
