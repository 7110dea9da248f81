#include "bin/peer.h"

#include <errno.h>
#include <fcgios.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/* The FastCGI specification, 1.0, §8. */
#define HEADER_LEN 8
#define VERSION_1 1
enum { BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5 };

static struct peer {
    int fd; /* one more than it: 0: nobody's */
    bool is_cut;
    int64_t begun;       /* [us] of the monotonic clock: the first read; 0: not yet */
    int64_t write_until; /* [us] the same; 0: nothing was written yet */
    unsigned char header[HEADER_LEN];
    size_t n_header;           /* [bytes] of the next record's header that are there */
    size_t content, padding;   /* [bytes] of the record in hand that are to come */
    unsigned type, id;         /* of the record in hand; id 0: no request began */
    size_t params;             /* [bytes] that the parameters' records said they have */
    size_t text;               /* [bytes] of names and values to come */
    unsigned length, n_length; /* of a name or value: what is there of it, and in how many bytes */
    unsigned length_bytes;     /* 1 or 4 */
    bool is_value;             /* the next length is a value's */
} peers[PEER_MAX], nobody = {.is_cut = true};

static struct {
    void (*before)(void *ctx);
    void *ctx;
} waiting;

void peer_on_wait(void (*before)(void *ctx), void *ctx)
{
    waiting.before = before;
    waiting.ctx = ctx;
}

/* Whoever is at this descriptor; anew, if nobody was. */
static struct peer *peer_at(int fd)
{
    struct peer *unused = &nobody; /* for one too many, which no worker lets in */
    for (int i = 0; i < PEER_MAX; i++) {
        if (peers[i].fd == fd + 1)
            return &peers[i];
        if (peers[i].fd == 0)
            unused = &peers[i];
    }
    if (unused != &nobody)
        unused->fd = fd + 1;
    return unused;
}

/* Once cut, it stays so: libfcgi reads on after an error. */
static int cut(struct peer *p, const char *why, int error)
{
    if (!p->is_cut)
        log_line(LOG_LEVEL_WARNING, "peer-cut why=%s", why);
    p->is_cut = true;
    errno = error;
    return -1;
}

/* libfcgi leaves the padding of these unread, and would take it for the next records. */
static bool must_be_unpadded(const struct peer *p)
{
    return p->type == BEGIN_REQUEST || (p->type == PARAMS && p->content == 0);
}

/* One request to a connection, in nginx's order: so none of the records that only libfcgi's own code would answer. */
static bool take_header(struct peer *p)
{
    const unsigned char *h = p->header;
    unsigned id = (unsigned)h[2] << 8 | h[3];
    bool is_first = p->id == 0;
    p->n_header = 0;
    p->type = h[1];
    p->content = (size_t)h[4] << 8 | h[5];
    p->padding = h[6];
    if (is_first)
        p->id = id;
    if (p->type == PARAMS)
        p->params += p->content;
    return h[0] == VERSION_1 && id != 0 && id == p->id && p->params <= PEER_PARAMS_MAX &&
           (p->padding == 0 || !must_be_unpadded(p)) &&
           (is_first ? p->type == BEGIN_REQUEST : p->type == PARAMS || p->type == STDIN);
}

/* libfcgi allocates what a length says before it reads on. */
static bool take_length(struct peer *p, unsigned char c)
{
    if (p->n_length++ == 0) {
        p->length_bytes = c & 0x80 ? 4 : 1;
        p->length = c & 0x7f;
    } else
        p->length = p->length << 8 | c;
    if (p->n_length < p->length_bytes)
        return true;
    p->n_length = 0;
    p->text += p->length;
    p->is_value = !p->is_value;
    return p->length <= PEER_PARAMS_MAX;
}

static bool take_params(struct peer *p, const unsigned char *b, size_t n)
{
    while (n > 0) {
        size_t skip = p->is_value || p->n_length > 0 ? 0 : n < p->text ? n : p->text;
        p->text -= skip;
        b += skip;
        n -= skip;
        if (n == 0)
            break;
        if (!take_length(p, *b))
            return false;
        b++;
        n--;
    }
    return true;
}

static size_t less(size_t *from, size_t n)
{
    size_t k = n < *from ? n : *from;
    *from -= k;
    return k;
}

static bool take(struct peer *p, const unsigned char *b, size_t n)
{
    while (n > 0) {
        size_t k = less(&p->content, n);
        if (p->type == PARAMS && !take_params(p, b, k))
            return false;
        k += less(&p->padding, n - k);
        b += k;
        n -= k;
        if (n == 0)
            break;
        p->header[p->n_header++] = *b++;
        n--;
        if (p->n_header == HEADER_LEN && !take_header(p))
            return false;
    }
    return true;
}

/* False: the time is over, or poll failed. */
static bool wait_for(int fd, short what, int64_t until)
{
    struct pollfd p = {.fd = fd, .events = what};
    int64_t left = until - clock_mono_us();
    return left > 0 && (poll(&p, 1, (int)(left / 1000) + 1) >= 0 || errno == EINTR);
}

static bool is_again(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static int64_t read_until(const struct peer *p)
{
    return p->begun + (p->id == 0 ? PEER_FIRST_MAX : PEER_READ_MAX) * CLOCK_SECOND;
}

int OS_Read(int fd, char *buf, size_t len)
{
    struct peer *p = peer_at(fd);
    ssize_t n = -1;
    int64_t now_us = clock_mono_us();
    if (p->begun == 0)
        p->begun = now_us;
    if (p->is_cut || now_us >= read_until(p))
        return cut(p, "late", ETIMEDOUT);
    while ((n = recv(fd, buf, len, MSG_DONTWAIT)) < 0 && is_again()) {
        if (waiting.before)
            waiting.before(waiting.ctx);
        errno = EAGAIN;
        if (!wait_for(fd, POLLIN, read_until(p)))
            return cut(p, "late", ETIMEDOUT);
    }
    if (n > 0 && !take(p, (const unsigned char *)buf, (size_t)n))
        return cut(p, "record", EPROTO);
    return (int)n;
}

int OS_Write(int fd, char *buf, size_t len)
{
    struct peer *p = peer_at(fd);
    ssize_t n = -1;
    if (p->write_until == 0)
        p->write_until = clock_mono_us() + PEER_WRITE_MAX * CLOCK_SECOND;
    while ((n = send(fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL)) < 0 && is_again())
        if (!wait_for(fd, POLLOUT, p->write_until))
            return cut(p, "slow", ETIMEDOUT);
    return (int)n;
}

/* At once: libfcgi's own reads on for as long as the peer writes. All of an answered request was read, so what was
 * written stays readable. The next connection begins anew. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): shutdown(2) has the name */
int OS_IpcClose(int ipcFd, int gently)
{
    (void)gently;
    struct peer *p = peer_at(ipcFd);
    if (p != &nobody)
        *p = (struct peer){0};
    return close(ipcFd);
}
