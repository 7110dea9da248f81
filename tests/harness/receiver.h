/* A webhook receiver of the tests' own, as hostile as wanted: HTTP and HTTPS on
 * loopback, scripted by the path it is called with, everything it saw kept in
 * memory and, if asked, in a log file. Runs in threads of its own. Shares no code
 * with the product. */
#ifndef HARNESS_RECEIVER_H
#define HARNESS_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Behaviours, by the path's first component; others answer 200 at once:
 *   /status/N          answers N
 *   /retry/N/VALUE     answers N with Retry-After: VALUE (percent-decoded)
 *   /hang              reads the request, never answers
 *   /deaf              never reads again; as receiver_rule: accepts, never reads
 *   /drip              answers a byte a second
 *   /dripbody          headers at once, then a body byte a second
 *   /endless           200 and a body without end
 *   /headers           1 MiB of headers
 *   /header            one header line of 1 MiB
 *   /gzip              200 with a gzip bomb (Content-Encoding: gzip)
 *   /redirect/PORT     307 to http://127.0.0.1:PORT/stolen
 *   /reset             resets the connection after the request
 *   /close             closes it without a byte
 *   /garbage           answers what is no HTTP
 *   /continue/MS       100 Continue over and over, every MS milliseconds (default 10; 0: without pause)
 *   /flaky/P           answers 503 with probability P percent, else 200
 *   /first/N/M         N to a webhook-id's first M attempts, then 200
 *   /slow/MS           200 after MS milliseconds
 *   /body/N            200 with a body of N bytes (at most 1 MiB)
 *   /hints             103 with Retry-After: 99, then 200 without
 *   /cookie            200 with a cookie
 *   /bye               200 with Connection: close, then closes
 *   /drop              200, then closes without having said so
 * A query is no part of the rule. What a rule does not send within a second or
 * two by itself counts as no answer: status 0.
 */
struct receiver;

struct receiver_options {
    const char *address;    /*!< NULL: 127.0.0.1 */
    int port;               /*!< 0: any free one */
    const char *cert, *key; /*!< PEM files: TLS */
    const char *tls_max;    /*!< "1.1": nothing newer is spoken; NULL: all */
    const char *log;        /*!< a line for each request: see receiver.c; NULL: none */
    bool forget;            /*!< keeps no request in memory, counts them only: prefix "" */
};
/* NULL on failure, reason on stderr. Raises the soft limit of descriptors to the hard one. */
struct receiver *receiver_start(const struct receiver_options *o);
int receiver_port(const struct receiver *r);
void receiver_stop(struct receiver **r);

struct receiver_request {
    char path[256]; /*!< cut if longer; the whole is in line */
    char *line;     /*!< request line, NUL-terminated */
    char *head;     /*!< header lines as received, NUL-terminated */
    char *body;     /*!< NUL-terminated */
    size_t n_body;
    int64_t at_us;       /*!< CLOCK_MONOTONIC when the whole request was read */
    int status;          /*!< it is answered with; 0: none */
    unsigned connection; /*!< 1, 2, … in the order of accept */
};
/* How many whole requests came to paths that begin with `prefix` ("": all). */
unsigned receiver_count(struct receiver *r, const char *prefix);
/* The i-th of them, from 0; NULL: not yet. Stays until receiver_stop or receiver_clear. */
const struct receiver_request *receiver_get(struct receiver *r, const char *prefix, unsigned i);
/* Waits until there are n or ms have passed; true: there are. */
bool receiver_wait(struct receiver *r, const char *prefix, unsigned n, int ms);
unsigned receiver_connections(struct receiver *r);
void receiver_clear(struct receiver *r);
/* A header's value in request->head, NULL: none. Static ring. */
const char *receiver_header(const struct receiver_request *q, const char *name);
/* From now on every request is answered by this path's rule, whatever its own; NULL: ends it. */
void receiver_rule(struct receiver *r, const char *path);

#endif
