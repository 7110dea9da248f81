/* HTTP POSTs by libcurl's multi interface: thousands at a time in one thread,
 * each bounded in time and bytes, only to addresses the rules allow. libcurl
 * never looks a name up: addresses come with the POST. With flight.h the only
 * includer of curl.h. */
#ifndef SEND_POST_H
#define SEND_POST_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/sv.h"
#include "net/url.h"

#define POST_ANSWER_MAX (4u * 1024) /*!< [bytes] of an answer's body that are read; CONTRACT §8 */
#define POST_HEAD_MAX (64u * 1024)  /*!< [bytes] of an answer's headers that are read */
#define POST_ADDRS_MAX 8            /*!< addresses of one name that are tried */
#define POST_CONNECT_MS 5000        /*!< [ms] of an attempt's time for connecting */
#define POST_HEADERS_MAX 12
#define POST_MOST 10000 /*!< POSTs of one engine at a time */

enum post_end {
    POST_ANSWERED,   /*!< status and headers came, and the body's beginning */
    POST_NO_CONNECT, /*!< nobody there, or not in time */
    POST_TLS,        /*!< no TLS 1.2, or the certificate does not hold */
    POST_TIMED_OUT,  /*!< connected, but no whole answer in time */
    POST_BROKEN,     /*!< connection lost, or not HTTP */
    POST_TOO_LARGE,  /*!< headers without end */
    POST_FORBIDDEN,  /*!< may never be sent: to an address that is not allowed, or no URL */
    POST_CANCELLED,  /*!< by us, without a verdict */
    POST_FAILED,     /*!< ours: no memory, no descriptors; nothing was sent */
    POST_END__MAX
};

/* One POST. The caller owns it and all views from start to `done`. */
struct post {
    struct sv url;                         /*!< checked by net_url_parse */
    struct net_addr addrs[POST_ADDRS_MAX]; /*!< vetted; the connection goes to one of them */
    unsigned n_addrs;
    struct sv body;
    const char *headers[POST_HEADERS_MAX]; /*!< "Name: value", NULL-ended */
    int64_t timeout_ms;                    /*!< from now to the answer's end */
    void *user;                            /*!< the caller's */
    /* results */
    enum post_end end;
    unsigned http_status; /*!< of what came, whole or not; 0: none */
    char retry_after[64]; /*!< header's value, "": none, or too long to be one */
    char answer[POST_ANSWER_MAX];
    size_t n_answer;
    uint32_t duration_ms;
    char error[201];                 /*!< plain words for people, no answer bytes; "" when answered */
    char address[NET_ADDR_TEXT_MAX]; /*!< it was connected to, "": none */
};

struct post_engine;

/* rules must outlive it. ca_file "": the system's. `most`: POSTs at a time. From
 * the first engine on the process ignores SIGPIPE. STATUS_CONFIG: ca_file cannot
 * be read, or libcurl lacks something. */
enum status post_engine_new(const struct net_url_rules *rules, const char *ca_file, const char *user_agent,
                            unsigned most, void (*done)(void *ctx, struct post *p), void *ctx, struct post_engine **e_r,
                            struct err *err) MUST_USE;
/* Cancels what is under way (done is called for each) and waits for nobody. */
void post_engine_free(struct post_engine **e);
/* done comes from post_engine_turn, and may start others; not at all when this
 * fails. STATUS_LIMITED: as many as may be are under way. STATUS_BAD_INPUT: no URL,
 * a name without addresses, a header with a line's end. */
enum status post_start(struct post_engine *e, struct post *p) MUST_USE;
/* An epoll descriptor: readable when a turn is due. */
int post_engine_fd(const struct post_engine *e);
/* [ms] until a turn is due anyway, -1: no such time. */
int post_engine_wait_ms(const struct post_engine *e);
void post_engine_turn(struct post_engine *e); /* not from done */
unsigned post_engine_running(const struct post_engine *e);

#endif
