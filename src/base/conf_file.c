#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"

#define PASSWORD_FILE_MAX 4096 /* [bytes] */
#define READ_SIZE 4096         /* [bytes] a step */

static enum status check_file(const char *path, int fd, mode_t banned, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_set(err, STATUS_CONFIG, "%.120s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(err, STATUS_CONFIG, "%.120s: not a regular file", path);
    if (st.st_mode & banned)
        return err_set(err, STATUS_CONFIG, "%.120s: others may %s the file (mode %03o)", path,
                       st.st_mode & banned & S_IWOTH ? "write to" : "read", (unsigned)st.st_mode & 0777u);
    return STATUS_OK;
}

static enum status read_all(const char *path, int fd, struct buf *out, struct err *err)
{
    for (;;) {
        char *to = buf_room(out, READ_SIZE);
        if (!to)
            return err_set(err, out->status == STATUS_NO_MEMORY ? STATUS_NO_MEMORY : STATUS_CONFIG, "%.120s: %s", path,
                           out->status == STATUS_NO_MEMORY ? "out of memory" : "the file is too large");
        ssize_t n = read(fd, to, READ_SIZE);
        if (n < 0)
            return err_set(err, STATUS_CONFIG, "%.120s: %s", path, strerror(errno));
        if (n == 0)
            return STATUS_OK;
        buf_claim(out, (size_t)n);
    }
}

/* The whole file, unless it has one of the `banned` mode bits. */
static enum status read_file(const char *path, mode_t banned, struct buf *out, struct err *err)
{
    /* O_NONBLOCK: a FIFO is refused, not waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(err, STATUS_CONFIG, "%.120s: %s", path, strerror(errno));
    enum status s = check_file(path, fd, banned, err);
    if (s == STATUS_OK)
        s = read_all(path, fd, out, err);
    close(fd);
    return s;
}

enum status conf_load(const char *path, struct conf *out_r, struct err *err)
{
    struct buf text;
    buf_init(&text, CONF_FILE_MAX + READ_SIZE);
    enum status s = read_file(path, S_IWOTH, &text, err);
    if (s == STATUS_OK)
        s = conf_parse(path, buf_view(&text), out_r, err);
    buf_free(&text);
    return s;
}

static enum status take_password(const char *path, struct sv text, char *out, struct err *err)
{
    struct sv line;
    sv_cut(&text, '\n', &line);
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n == 0)
        return err_set(err, STATUS_CONFIG, "%.120s: the first line is empty", path);
    if (line.n >= CONF_STRING_MAX)
        return err_set(err, STATUS_CONFIG, "%.120s: the password is longer than %d bytes", path, CONF_STRING_MAX - 1);
    if (memchr(line.p, '\0', line.n))
        return err_set(err, STATUS_CONFIG, "%.120s: the password has a NUL byte", path);
    memcpy(out, line.p, line.n);
    out[line.n] = '\0';
    return STATUS_OK;
}

enum status conf_password(const char *path, char out[CONF_STRING_MAX], struct err *err)
{
    out[0] = '\0';
    if (!*path)
        return STATUS_OK;
    struct buf text;
    buf_init(&text, PASSWORD_FILE_MAX + READ_SIZE);
    (void)buf_room(&text, text.cap); /* a buffer that grew would leave copies behind */
    enum status s = read_file(path, S_IRWXO, &text, err);
    if (s == STATUS_OK)
        s = take_password(path, buf_view(&text), out, err);
    if (text.p)
        explicit_bzero(text.p, text.size);
    buf_free(&text);
    return s;
}
