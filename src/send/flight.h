/* One POST under way: a libcurl easy handle, used again for the next. */
#ifndef SEND_FLIGHT_H
#define SEND_FLIGHT_H

#include <curl/curl.h>
#include "net/url.h"
#include "send/post.h"

struct hub;

struct flight {
    struct flight *prev, *next; /*!< the engine's list */
    struct hub *hub;            /*!< the engine's: it flies by */
    CURL *easy;
    const struct net_url_rules *rules;
    void (*opened)(struct hub *h, int fd); /*!< told of each new socket */
    struct post *post;
    struct curl_slist *headers, *resolve;
    bool is_literal; /*!< no name to look up */
    size_t n_head;   /*!< [bytes] of headers so far */
    bool is_final;   /*!< all headers of the final answer came: its status counts, however the body ends */
    bool head_full;
    bool is_new_there;  /*!< it needed a connection of its own */
    bool is_forbidden;  /*!< an address was refused */
    bool no_descriptor; /*!< a socket could not be made */
};

/* NULL-ended texts as in post_engine_new. STATUS_CONFIG: libcurl lacks an option. */
enum status flight_new(const struct net_url_rules *rules, const char *ca_file, const char *user_agent,
                       void (*opened)(struct hub *h, int fd), struct flight **f_r) MUST_USE;
/* Must not be in a multi handle. */
void flight_free(struct flight **f);
/* Ready for curl_multi_add_handle. */
enum status flight_prepare(struct flight *f, struct post *p) MUST_USE;
/* Writes the results into the post and forgets it. */
void flight_land(struct flight *f, CURLcode code);
void flight_cancel(struct flight *f);

#endif
