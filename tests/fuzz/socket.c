#include "fuzz/socket.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "fuzz/target.h"

#define PIECES_MAX 128

static FCGX_Request request;
static struct sockaddr_un at;
static socklen_t n_at;

/* On descriptor 0, as spawn-fcgi does. A packet a read: who sends says how much
 * a read gets. libfcgi's signal handlers stay out of libFuzzer's way. */
static void start(void)
{
    struct sigaction term, usr1, ignore = {.sa_handler = SIG_IGN};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    log_setup("fuzz", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
    at = (struct sockaddr_un){.sun_family = AF_UNIX};
    n_at = sizeof at;
    MUST(fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at.sun_family) == 0); /* a name of the kernel's */
    MUST(getsockname(fd, (struct sockaddr *)&at, &n_at) == 0 && listen(fd, 1) == 0);
    MUST(dup2(fd, 0) == 0 && close(fd) == 0);
    sigaction(SIGTERM, NULL, &term);
    sigaction(SIGUSR1, NULL, &usr1);
    MUST(FCGX_Init() == 0 && fcgi_open() == STATUS_OK && fcgi_init(&request) == STATUS_OK);
    sigaction(SIGTERM, &term, NULL);
    sigaction(SIGUSR1, &usr1, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

static int send_all(struct sv wire, size_t piece)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    piece = piece > wire.n / PIECES_MAX ? piece : wire.n / PIECES_MAX + 1;
    MUST(fd >= 0 && connect(fd, (const struct sockaddr *)&at, n_at) == 0);
    for (size_t n; wire.n > 0; wire.p += n, wire.n -= n) {
        n = wire.n < piece ? wire.n : piece;
        MUST(send(fd, wire.p, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n);
    }
    MUST(shutdown(fd, SHUT_WR) == 0);
    return fd;
}

static struct sv read_all(int fd)
{
    static char back[SOCKET_WIRE_MAX * 4];
    size_t n = 0;
    for (ssize_t got; n < sizeof back && (got = read(fd, back + n, sizeof back - n)) != 0; n += (size_t)got)
        if (got < 0) {
            MUST(errno == ECONNRESET); /* what the worker did not read was thrown away */
            break;
        }
    MUST(n < sizeof back);
    return (struct sv){back, n};
}

static void on_sent(void *ctx)
{
    ++*(unsigned *)ctx;
}

static void serve(struct socket_end *end)
{
    unsigned pieces = 0;
    api_handle(answer_api(), &end->q, &end->a);
    if (end->a.status != API_GONE)
        end->is_sent = fcgi_send(&request, &end->q, &end->a, on_sent, &pieces) == STATUS_OK;
}

void socket_serve(struct sv wire, size_t piece, struct sv letters,
                  void (*check)(const struct http_request *q, void *ctx), void *ctx, struct socket_end *end_r)
{
    static bool is_started;
    sigset_t open;
    int64_t began = clock_mono_us();
    if (!is_started)
        start();
    is_started = true;
    sigemptyset(&open);
    *end_r = (struct socket_end){.is_sent = false};
    http_response_init(&end_r->a);
    answer_fakes(letters);
    int fd = send_all(wire, piece);
    enum status s = fcgi_accept(&request, &open, 0);
    MUST(s == STATUS_OK || s == STATUS_CONFLICT);
    end_r->is_accepted = s == STATUS_OK;
    if (end_r->is_accepted) {
        fcgi_request(&request, &end_r->q, end_r->id);
        check(&end_r->q, ctx);
        serve(end_r);
        fcgi_finish(&request);
    }
    end_r->back = read_all(fd);
    end_r->is_late = clock_mono_us() - began > CLOCK_SECOND;
    close(fd);
    MUST(dup(0) == fd && close(fd) == 0); /* the lowest is free again: none was lost */
}

void socket_done(struct socket_end *end)
{
    api_done(answer_api());
    http_response_free(&end->a);
}

void socket_unwrap(struct sv wire, unsigned id, struct buf *out)
{
    bool is_over = false;
    while (wire.n > 0) {
        const unsigned char *h = (const unsigned char *)wire.p;
        MUST(wire.n >= SOCKET_HEADER && h[0] == 1 && ((unsigned)h[2] << 8 | h[3]) == id && !is_over);
        size_t n = (size_t)h[4] << 8 | h[5], padding = h[6];
        MUST((h[1] == SOCKET_STDOUT || h[1] == SOCKET_END) && wire.n >= SOCKET_HEADER + n + padding);
        if (h[1] == SOCKET_STDOUT)
            buf_sv(out, (struct sv){wire.p + SOCKET_HEADER, n});
        else
            MUST(n == 8 && memcmp(h + SOCKET_HEADER, "\0\0\0\0\0", 5) == 0);
        is_over = h[1] == SOCKET_END;
        wire.p += SOCKET_HEADER + n + padding;
        wire.n -= SOCKET_HEADER + n + padding;
    }
    MUST(is_over);
}
