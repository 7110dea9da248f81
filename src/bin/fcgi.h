/* FastCGI ↔ plain requests and answers. The only file besides its .c that sees libfcgi. */
#ifndef BIN_FCGI_H
#define BIN_FCGI_H

#include <fcgiapp.h>
#include <signal.h>

#include "base/http.h"

/* Once. */
enum status fcgi_open(void) MUST_USE;
/* Once for each request that may be in hand. */
enum status fcgi_init(FCGX_Request *r) MUST_USE;

/* Waits for a request on file descriptor 0, at most `wait_us` (negative: for
 * ever). Signals in `open` are let through only while waiting, so none is lost
 * and none cuts a request. STATUS_OK: *r is a request. STATUS_CONFLICT: a
 * signal, the time is over, or another worker was faster: look around and call
 * again. STATUS_IO: errno says why. */
enum status fcgi_accept(FCGX_Request *r, const sigset_t *open, int64_t wait_us) MUST_USE;

/* One more that is there already, with at least its first byte: STATUS_OK, or
 * STATUS_CONFLICT: none. A connection that says nothing yet is the next that
 * fcgi_accept takes: fcgi_owes tells of it. */
enum status fcgi_accept_more(FCGX_Request *r) MUST_USE;
bool fcgi_owes(void);

/* Fills *q from the request's parameters; views live until fcgi_finish.
 * `id` holds the request id. */
void fcgi_request(FCGX_Request *r, struct http_request *q, char id[HTTP_REQUEST_ID_MAX + 1]);

/* Called after each piece of a streamed answer. */
typedef void (*fcgi_sent)(void *ctx);
/* Reads what is left of the body, then sends the answer. STATUS_IO: the client
 * or a stream failed: the answer is cut. */
enum status fcgi_send(FCGX_Request *r, const struct http_request *q, struct http_response *a, fcgi_sent sent,
                      void *ctx) MUST_USE;
void fcgi_finish(FCGX_Request *r);

#endif
