/* Preloaded into one process: while the file FULL_FLAG begins with '+', regular
 * files under FULL_FOLDER cannot grow nor be made, as on a full disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const volatile char *flag;
static char folder[256];

__attribute__((constructor)) static void map_flag(void)
{
    const char *file = getenv("FULL_FLAG"), *where = getenv("FULL_FOLDER");
    int fd = file && where ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    void *p = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    if (p != MAP_FAILED) {
        snprintf(folder, sizeof folder, "%s/", where);
        flag = p;
    }
    if (fd >= 0)
        close(fd);
}

static bool is_full(void)
{
    return flag && *flag == '+';
}

static bool is_there(const char *path)
{
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* That many bytes at `from` (below 0: at its end) make it longer. */
static bool grows(int fd, off_t from, size_t n)
{
    char link[64], path[512];
    struct stat s;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = fstat(fd, &s) == 0 && S_ISREG(s.st_mode) ? readlink(link, path, sizeof path - 1) : -1;
    errno = saved;
    if (len <= 0)
        return false;
    path[len] = 0;
    if (from < 0 && (from = fcntl(fd, F_GETFL) & O_APPEND ? s.st_size : lseek(fd, 0, SEEK_CUR)) < 0)
        return false;
    return is_there(path) && from + (off_t)n > s.st_size;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE                                                                                                         \
    do {                                                                                                               \
        errno = ENOSPC;                                                                                                \
        return -1;                                                                                                     \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (is_full() && grows(fd, -1, n))
        REFUSE;
    return NEXT(write)(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t from)
{
    if (is_full() && grows(fd, from, n))
        REFUSE;
    return NEXT(pwrite)(fd, bytes, n, from);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t from)
{
    if (is_full() && grows(fd, from, n))
        REFUSE;
    return NEXT(pwrite64)(fd, bytes, n, from);
}

int posix_fallocate(int fd, off_t from, off_t n)
{
    return is_full() && grows(fd, from, (size_t)n) ? ENOSPC : NEXT(posix_fallocate)(fd, from, n);
}

int posix_fallocate64(int fd, off64_t from, off64_t n)
{
    return is_full() && grows(fd, from, (size_t)n) ? ENOSPC : NEXT(posix_fallocate64)(fd, from, n);
}

static bool makes(const char *path, int flags)
{
    return flags & O_CREAT && is_full() && is_there(path) && access(path, F_OK) != 0;
}

int open(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
    va_end(ap);
    if (makes(path, flags))
        REFUSE;
    return NEXT(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list ap;
    va_start(ap, flags);
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
    va_end(ap);
    if (makes(path, flags))
        REFUSE;
    return NEXT(open64)(path, flags, mode);
}
