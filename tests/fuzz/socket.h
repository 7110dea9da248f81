/* One client and libfcgi on one thread: what is sent waits in the socket until
 * it is read, and so does what comes back. */
#ifndef FUZZ_SOCKET_H
#define FUZZ_SOCKET_H

#include "bin/fcgi.h"
#include "fuzz/answer.h"

#define SOCKET_INPUT_MAX 16384 /*!< [bytes] an input has at most, so that all fits into the socket's buffers */
#define SOCKET_WIRE_MAX ((size_t)1 << 17) /*!< [bytes] */
#define SOCKET_HEADER 8                   /*!< [bytes] of a record */

/* FastCGI Specification 1.0 §8 */
enum { SOCKET_BEGIN = 1, SOCKET_END = 3, SOCKET_PARAMS, SOCKET_STDIN, SOCKET_STDOUT };

struct socket_end {
    struct http_request q; /*!< views live until the request is finished */
    struct http_response a;
    char id[HTTP_REQUEST_ID_MAX + 1];
    bool is_accepted, is_sent;
    bool is_late;   /*!< this process was kept waiting: it may have been cut for that */
    struct sv back; /*!< all that came back; until the next one */
};

/* Sends `wire` and goes away; a read gets `piece` bytes at most. The worker's
 * part is as in worker.c, `letters` set its fakes. `check` sees the request. */
void socket_serve(struct sv wire, size_t piece, struct sv letters,
                  void (*check)(const struct http_request *q, void *ctx), void *ctx, struct socket_end *end_r);
void socket_done(struct socket_end *end);

/* Records of request `id`: its output, into *out, then its end, then nothing. */
void socket_unwrap(struct sv wire, unsigned id, struct buf *out);

#endif
