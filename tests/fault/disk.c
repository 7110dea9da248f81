/* The state folder's disk: a tmpfs in a mount namespace of this program's own,
 * which goes with it however it ends; as root, or as anybody where users may make
 * namespaces. Full is a size that is what is in use. Where nothing can be
 * mounted, files under the folder stop growing in the processes that are started
 * under shim/full.c: the same ENOSPC, without the file system. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "fault/fault.h"

enum { TRIALS = 20, TRIAL_BYTES = 1 << 20 };
#define ROOMY "size=1536m,mode=0700"

static bool is_mounted;
static char at[256], shim[360], flag[360];

/* Never cut short in between: the flag is mapped by others. */
static bool put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool well = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return well;
}

static bool own_namespace(void)
{
    char map[64];
    uid_t uid = getuid();
    gid_t gid = getgid();
    if (unshare(CLONE_NEWNS) != 0) {
        if (uid == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            return false; /* root, whose servers set their groups, could not do so in there */
        snprintf(map, sizeof map, "%u %u 1", (unsigned)uid, (unsigned)uid);
        if (!put("/proc/self/uid_map", map) || !put("/proc/self/setgroups", "deny"))
            return false;
        snprintf(map, sizeof map, "%u %u 1", (unsigned)gid, (unsigned)gid);
        if (!put("/proc/self/gid_map", map))
            return false;
    }
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void compile_shim(void)
{
    char out[4096];
    const char *cc = getenv("CC");
    snprintf(shim, sizeof shim, "%s/full.so", run_.folder);
    snprintf(flag, sizeof flag, "%s/full", run_.folder);
    if (!put(flag, "-") || run(out, sizeof out, "%s -shared -fPIC -O1 -o '%s' '%s/fault/shim/full.c' -ldl 2>&1",
                               cc && *cc ? cc : "cc", shim, TESTS_DIR) != 0) {
        fputs(out, stderr);
        give_up(shim);
    }
}

void disk_make(const char *folder)
{
    snprintf(at, sizeof at, "%s", folder);
    is_mounted = !getenv("FAULT_NO_MOUNT") && own_namespace() && mount("tmpfs", at, "tmpfs", 0, ROOMY) == 0;
    if (!is_mounted)
        compile_shim();
}

const char *disk_kind(void)
{
    return is_mounted ? "a tmpfs of its own"
                      : "nothing can be mounted here: files that cannot grow, by a preloaded library";
}

void disk_preload(void)
{
    if (is_mounted)
        return;
    setenv("LD_PRELOAD", shim, 1);
    setenv("FULL_FOLDER", at, 1);
    setenv("FULL_FLAG", flag, 1);
}

static bool resize(void)
{
    for (unsigned i = 0; i < TRIALS; i++) {
        struct statvfs v;
        char size[64];
        if (statvfs(at, &v) != 0)
            return false;
        snprintf(size, sizeof size, "size=%llu",
                 (unsigned long long)(v.f_blocks - v.f_bfree) * (unsigned long long)v.f_frsize);
        if (mount("tmpfs", at, "tmpfs", MS_REMOUNT, size) == 0)
            return true; /* else something was written in between */
    }
    return false;
}

/* Of this program, or of one that is preloaded. */
static bool is_full(void)
{
    char path[320], out[256], env[1200] = "";
    snprintf(path, sizeof path, "%s/trial", at);
    if (!is_mounted)
        snprintf(env, sizeof env, "LD_PRELOAD='%s' FULL_FOLDER='%s' FULL_FLAG='%s'", shim, at, flag);
    run(out, sizeof out, "{ %s dd if=/dev/zero of='%s' bs=%d count=1; } 2>&1 | grep -c 'No space left'; rm -f '%s'",
        env, path, TRIAL_BYTES, path);
    return out[0] == '1';
}

bool disk_fill(void)
{
    return (is_mounted ? resize() : put(flag, "+")) && is_full();
}

void disk_free(void)
{
    if (is_mounted ? mount("tmpfs", at, "tmpfs", MS_REMOUNT, ROOMY) != 0 : !put(flag, "-"))
        give_up("the disk stays full");
}

void disk_remove(void)
{
    if (is_mounted && umount2(at, MNT_DETACH) != 0)
        perror(at);
    rmdir(at);
}
