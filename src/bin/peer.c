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

static struct {
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
} peer;

/* Once cut, it stays so: libfcgi reads on after an error. */
static int cut(const char *why, int error)
{
    if (!peer.is_cut)
        log_line(LOG_LEVEL_WARNING, "peer-cut why=%s", why);
    peer.is_cut = true;
    errno = error;
    return -1;
}

/* libfcgi leaves the padding of these unread, and would take it for the next records. */
static bool must_be_unpadded(void)
{
    return peer.type == BEGIN_REQUEST || (peer.type == PARAMS && peer.content == 0);
}

/* One request to a connection, in nginx's order: so none of the records that only libfcgi's own code would answer. */
static bool take_header(void)
{
    const unsigned char *h = peer.header;
    unsigned id = (unsigned)h[2] << 8 | h[3];
    bool is_first = peer.id == 0;
    peer.n_header = 0;
    peer.type = h[1];
    peer.content = (size_t)h[4] << 8 | h[5];
    peer.padding = h[6];
    if (is_first)
        peer.id = id;
    if (peer.type == PARAMS)
        peer.params += peer.content;
    return h[0] == VERSION_1 && id != 0 && id == peer.id && peer.params <= PEER_PARAMS_MAX &&
           (peer.padding == 0 || !must_be_unpadded()) &&
           (is_first ? peer.type == BEGIN_REQUEST : peer.type == PARAMS || peer.type == STDIN);
}

/* libfcgi allocates what a length says before it reads on. */
static bool take_length(unsigned char c)
{
    if (peer.n_length++ == 0) {
        peer.length_bytes = c & 0x80 ? 4 : 1;
        peer.length = c & 0x7f;
    } else
        peer.length = peer.length << 8 | c;
    if (peer.n_length < peer.length_bytes)
        return true;
    peer.n_length = 0;
    peer.text += peer.length;
    peer.is_value = !peer.is_value;
    return peer.length <= PEER_PARAMS_MAX;
}

static bool take_params(const unsigned char *p, size_t n)
{
    while (n > 0) {
        size_t skip = peer.is_value || peer.n_length > 0 ? 0 : n < peer.text ? n : peer.text;
        peer.text -= skip;
        p += skip;
        n -= skip;
        if (n == 0)
            break;
        if (!take_length(*p))
            return false;
        p++;
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

static bool take(const unsigned char *p, size_t n)
{
    while (n > 0) {
        size_t k = less(&peer.content, n);
        if (peer.type == PARAMS && !take_params(p, k))
            return false;
        k += less(&peer.padding, n - k);
        p += k;
        n -= k;
        if (n == 0)
            break;
        peer.header[peer.n_header++] = *p++;
        n--;
        if (peer.n_header == HEADER_LEN && !take_header())
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

static int64_t read_until(void)
{
    return peer.begun + (peer.id == 0 ? PEER_FIRST_MAX : PEER_READ_MAX) * CLOCK_SECOND;
}

int OS_Read(int fd, char *buf, size_t len)
{
    ssize_t n = -1;
    int64_t now_us = clock_mono_us();
    if (peer.begun == 0)
        peer.begun = now_us;
    if (peer.is_cut || now_us >= read_until())
        return cut("late", ETIMEDOUT);
    while ((n = recv(fd, buf, len, MSG_DONTWAIT)) < 0 && is_again())
        if (!wait_for(fd, POLLIN, read_until()))
            return cut("late", ETIMEDOUT);
    if (n > 0 && !take((const unsigned char *)buf, (size_t)n))
        return cut("record", EPROTO);
    return (int)n;
}

int OS_Write(int fd, char *buf, size_t len)
{
    ssize_t n = -1;
    if (peer.write_until == 0)
        peer.write_until = clock_mono_us() + PEER_WRITE_MAX * CLOCK_SECOND;
    while ((n = send(fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL)) < 0 && is_again())
        if (!wait_for(fd, POLLOUT, peer.write_until))
            return cut("slow", ETIMEDOUT);
    return (int)n;
}

/* At once: libfcgi's own reads on for as long as the peer writes. All of an answered request was read, so what was
 * written stays readable. The next connection begins anew. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): shutdown(2) has the name */
int OS_IpcClose(int ipcFd, int gently)
{
    (void)gently;
    memset(&peer, 0, sizeof peer);
    return close(ipcFd);
}
