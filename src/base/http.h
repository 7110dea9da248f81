/* A request and its answer as plain data: what bin/ fills in from FastCGI and
 * sends back, and what api/ works on. No I/O of its own. */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"
#include "base/sv.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PATCH, HTTP_OTHER, HTTP_METHOD__MAX };

#define HTTP_BODY_MAX (32u * 1024 * 1024)   /*!< [bytes] CONTRACT: 32 MiB */
#define HTTP_ANSWER_MAX (96u * 1024 * 1024) /*!< [bytes] most a JSON answer can be */
#define HTTP_REQUEST_ID_MAX 64

/* All views live as long as the request. */
struct http_request {
    enum http_method method;
    struct sv path;             /*!< decoded, as nginx normalised it */
    struct sv query;            /*!< raw, without '?'; absent or empty: none */
    struct sv request_id;       /*!< already checked or made by nginx; bin checks again */
    struct sv remote_addr;      /*!< the real client address as text */
    struct sv content_type;     /*!< absent when not sent */
    struct sv content_encoding; /*!< absent when not sent */
    struct sv api_key;
    unsigned n_api_key; /*!< how many X-API-Key headers came */
    struct sv idempotency_key;
    unsigned n_idempotency_key;
    int64_t content_length; /*!< [bytes] 0: no body; -1: header malformed */
    /* Reads exactly n ≤ content_length bytes of the body, once; bin drains what
     * is left. STATUS_IO: the client went away (no answer will be seen). */
    enum status (*read_body)(void *ctx, char *dst, size_t n);
    void *body_ctx;
    int64_t now_us;   /*!< [us] wall clock at arrival */
    int64_t mono_us;  /*!< [us] monotonic clock when nginx passed it on: budgets begin there */
    int64_t admit_us; /*!< [us] monotonic clock when a worker took it: limits are counted by it alone, since
                           when nginx passed it on is known by the wall clock only */
};

/* Takes n bytes of an answer on their way out. */
typedef enum status (*http_sink)(void *ctx, const void *p, size_t n);

#define HTTP_HEADERS_MAX 4096 /*!< [bytes] */

struct http_response {
    int status;             /*!< HTTP status code */
    struct buf headers;     /*!< "Name: value\r\n" lines beyond those bin always sends */
    struct sv content_type; /*!< default "application/json; charset=utf-8" */
    struct buf body;        /*!< the whole body, unless `stream` is set */
    int64_t content_length; /*!< [bytes] with `stream`; the body's own length otherwise */
    /* Called by bin after the headers, not for HEAD; an error cuts the answer. */
    enum status (*stream)(void *ctx, http_sink sink, void *sink_ctx);
    void *stream_ctx;
    char partner[64];  /*!< partner code for nginx's access log; "" before it is known */
    const char *route; /*!< route name for the log, static; never NULL after api_handle */
};

void http_response_init(struct http_response *r);
void http_response_free(struct http_response *r);
/* Adds a header line; a value with control characters is refused (INTERNAL, sticky in headers.status). */
void http_header(struct http_response *r, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
