/* A flood from addresses of its own, so that nginx's limit for one address is not
 * what answers. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "fault/fault.h"

enum { ADDRESSES = 100, WAIT_MS = 1500, STATUS_AT = 9 };
#define REQUEST "GET /api/omnichannel/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

static int ask(unsigned i)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + i % ADDRESSES)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)stack.http_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) != sizeof REQUEST - 1) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

/* An answer in the API's own form. */
static bool is_502(int fd)
{
    char text[2048];
    ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (n <= STATUS_AT)
        return false;
    text[n] = 0;
    return strncmp(text + STATUS_AT, "502 ", 4) == 0 && strstr(text, "Retry-After:") && strstr(text, "\"status\":502}");
}

unsigned flood(unsigned n)
{
    unsigned seen = 0, open = 0;
    struct pollfd *fds = calloc(n, sizeof *fds);
    if (!fds)
        abort();
    for (unsigned i = 0; i < n; i++)
        if ((fds[open].fd = ask(i)) >= 0)
            fds[open++].events = POLLIN;
    for (int64_t until = mono_us() + WAIT_MS * INT64_C(1000); mono_us() < until && poll(fds, open, STATUS_AT) >= 0;)
        for (unsigned i = 0; i < open; i++)
            if (fds[i].revents) {
                seen += is_502(fds[i].fd);
                close(fds[i].fd);
                fds[i--] = fds[--open];
            }
    while (open)
        close(fds[--open].fd);
    free(fds);
    return seen;
}
