/* One request over FastCGI, as nginx would send it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/doctor.h"
#include "base/clock.h"
#include "base/num.h"

#define ANSWER_MAX (16u * 1024) /* [bytes] */
#define ASKED_MAX 1024u         /* [bytes] */
#define HEADER 8u               /* [bytes] of a record */

/* Record types and roles of the FastCGI specification, version 1. */
enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };
enum { VERSION_1 = 1, REQUEST = 1, RESPONDER = 1 };

static const char *const params[][2] = {
    {"REQUEST_METHOD", "GET"},       {"DOCUMENT_URI", "/api/omnichannel/health"},
    {"REMOTE_ADDR", "127.0.0.1"},    {"REQUEST_ID", "doctor"},
    {"SERVER_PROTOCOL", "HTTP/1.1"},
};

static void add_record(struct buf *b, int type, struct sv content)
{
    const unsigned char head[HEADER] = {
        VERSION_1, (unsigned char)type, 0, REQUEST, (unsigned char)(content.n >> 8), (unsigned char)content.n};
    buf_add(b, head, sizeof head);
    buf_add(b, content.p, content.n);
}

static void compose(struct buf *b)
{
    static const char begin[8] = {0, RESPONDER};
    struct buf p;
    buf_init(&p, ASKED_MAX);
    for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
        buf_char(&p, (char)strlen(params[i][0]));
        buf_char(&p, (char)strlen(params[i][1]));
        buf_str(&p, params[i][0]);
        buf_str(&p, params[i][1]);
    }
    add_record(b, BEGIN_REQUEST, (struct sv){begin, sizeof begin});
    add_record(b, PARAMS, buf_view(&p));
    add_record(b, PARAMS, SV(""));
    add_record(b, STDIN, SV(""));
    buf_free(&p);
}

static bool wait_for(int fd, short events, int64_t end_us)
{
    for (;;) {
        int64_t left = end_us - clock_mono_us();
        struct pollfd p = {.fd = fd, .events = events};
        int n = left > 0 ? poll(&p, 1, (int)(left / 1000 + 1)) : 0;
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR)
            return false;
    }
}

static bool send_all(int fd, struct sv s, int64_t end_us)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n > 0) {
            s.p += n;
            s.n -= (size_t)n;
        } else if (errno != EAGAIN || !wait_for(fd, POLLOUT, end_us)) {
            return false;
        }
    }
    return true;
}

/* What STDOUT records hold, in `out`. True: the request came to its end. */
static bool take_records(struct sv in, struct buf *out)
{
    buf_clear(out);
    while (in.n >= HEADER) {
        const unsigned char *h = (const unsigned char *)in.p;
        size_t n = (size_t)h[4] << 8 | h[5], all = HEADER + n + h[6];
        if (h[1] == END_REQUEST)
            return true;
        if (in.n < all)
            return false;
        if (h[1] == STDOUT)
            buf_add(out, in.p + HEADER, n);
        in.p += all;
        in.n -= all;
    }
    return false;
}

static int status_of(struct sv answer)
{
    static const struct sv name = {"Status: ", 8};
    uint64_t n = 0;
    if (answer.n < name.n + 3 || !sv_has_prefix(answer, name))
        return 0;
    return num_u64((struct sv){answer.p + name.n, 3}, true, 999, &n) ? (int)n : 0;
}

static int receive(int fd, int64_t end_us)
{
    struct buf in, out;
    int status = 0;
    bool ended = false;
    buf_init(&in, ANSWER_MAX);
    buf_init(&out, ANSWER_MAX);
    while (!ended && wait_for(fd, POLLIN, end_us)) {
        char piece[4096];
        ssize_t n = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n <= 0)
            break;
        buf_add(&in, piece, (size_t)n);
        ended = in.status != STATUS_OK || take_records(buf_view(&in), &out);
    }
    if (ended && in.status == STATUS_OK && out.status == STATUS_OK)
        status = status_of(buf_view(&out));
    buf_free(&in);
    buf_free(&out);
    return status;
}

static int ask(int fd, int64_t end_us, const char **why_r)
{
    struct buf b;
    buf_init(&b, ASKED_MAX);
    compose(&b);
    bool sent = b.status == STATUS_OK && send_all(fd, buf_view(&b), end_us);
    buf_free(&b);
    int status = sent ? receive(fd, end_us) : 0;
    *why_r = clock_mono_us() >= end_us ? "no answer in time" : "no answer that makes sense";
    errno = 0;
    return status;
}

int doctor_ask_worker(const char *path, int64_t wait_us, const char **why_r)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int n = snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int status = 0;
    if (n < 0 || (size_t)n >= sizeof to.sun_path)
        errno = ENAMETOOLONG;
    else if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        status = ask(fd, clock_mono_us() + wait_us, why_r);
    int why = errno;
    if (status == 0 && why != 0)
        *why_r = why == ENOENT         ? "there is no socket: the pool was not started"
                 : why == ECONNREFUSED ? "nobody listens: the pool has ended"
                 : why == EAGAIN       ? "its queue is full: the workers do not keep up"
                                       : strerror(why);
    if (fd >= 0)
        close(fd);
    errno = why;
    return status;
}
