/* HTTP POSTs by libcurl's multi interface: thousands at a time in one thread,
 * each bounded in time and bytes, only to addresses the rules allow. The only
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

enum post_end {
    POST_ANSWERED,   /*!< status and headers came, and the body's beginning */
    POST_NO_CONNECT, /*!< nobody there, or not in time */
    POST_TLS,        /*!< no TLS 1.2, or the certificate does not hold */
    POST_TIMED_OUT,  /*!< connected, but no whole answer in time */
    POST_BROKEN,     /*!< connection lost, or not HTTP */
    POST_TOO_LARGE,  /*!< headers without end */
    POST_FORBIDDEN,  /*!< the socket would have reached an address that is not allowed */
    POST_CANCELLED,  /*!< by us, without a verdict */
    POST_FAILED,     /*!< ours: no memory, no descriptors */
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
    unsigned http_status; /*!< 0: none */
    char retry_after[64]; /*!< header's value, "": none */
    char answer[POST_ANSWER_MAX];
    size_t n_answer;
    uint32_t duration_ms;
    char error[201];  /*!< plain words for people, no answer bytes; "" when answered */
    char address[46]; /*!< it was connected to, "": none */
    /* the engine's own */
    void *easy;
};

struct post_engine;

/* rules must outlive it. ca_file "": the system's. `most`: POSTs at a time. */
enum status post_engine_new(const struct net_url_rules *rules, const char *ca_file, const char *user_agent,
                            unsigned most, void (*done)(void *ctx, struct post *p), void *ctx, struct post_engine **e_r,
                            struct err *err) MUST_USE;
/* Cancels what is under way (done is called for each). */
void post_engine_free(struct post_engine **e);
/* done comes from post_engine_turn, never from here, unless this fails. */
enum status post_start(struct post_engine *e, struct post *p) MUST_USE;
/* An epoll descriptor: readable when a turn is due. */
int post_engine_fd(const struct post_engine *e);
/* [ms] until a turn is due anyway, -1: no such time. */
int post_engine_wait_ms(const struct post_engine *e);
void post_engine_turn(struct post_engine *e);
unsigned post_engine_running(const struct post_engine *e);

#endif
