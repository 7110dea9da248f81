/* HTTP in, HTTP out: routes, the contract's order of judgement, error forms.
 * No FastCGI and no SQL here. */
#ifndef API_API_H
#define API_API_H

#include "base/http.h"
#include "desk/desk.h"
#include "gate/gate.h"

#define API_PREFIX "/api/omnichannel"
#define API_ARENA_MAX (160u * 1024 * 1024) /*!< [bytes] for one request's records */
#define API_RETRY_AFTER 1                  /*!< [s] sent with 503 */
#define API_KEY_MAX 255                    /*!< [characters] of an Idempotency-Key */
#define API_GONE 499                       /*!< the client went away in the middle of its body: bin sends nothing */

/* Where one request is handled at a time: a worker that takes several together
 * has as many. Owned by the caller: api_free; borrows gate, desk and rules. */
struct api;

enum status api_new(struct gate *gate, struct desk *desk, const struct ticket_rules *rules, struct api **a_r) MUST_USE;
void api_free(struct api **a);
void api_rules(struct api *a, const struct ticket_rules *rules); /* after a reload */

/* A request is handled in two steps, so that what several want of the database
 * can be had at once: api_begin, then api_go, or api_together and, for whom
 * that could not serve, api_go. Each way ends with a complete answer in *resp (500 at worst;
 * without any memory a 500 with an empty body). req and resp stay the caller's
 * until api_done, which frees everything allocated for the request: bin calls
 * it after sending. */
enum api_turn {
    API_ANSWERED, /*!< *resp is complete */
    API_JOINS,    /*!< it may be put to api_together with others, or to api_go */
    API_ALONE     /*!< api_go is next, before another request begins */
};
enum api_turn api_begin(struct api *a, const struct http_request *req, struct http_response *resp) MUST_USE;
void api_go(struct api *a);
#define API_TOGETHER_MAX DESK_TOGETHER_MAX
/* n requests that join, each in an api of its own over the same desk. */
void api_together(struct api *const *a, size_t n);
bool api_is_answered(const struct api *a);
/* Both steps. */
void api_handle(struct api *a, const struct http_request *req, struct http_response *resp);
void api_done(struct api *a);

/* What bin logs about the request just handled; valid until api_done. */
struct api_trace {
    uint64_t key_id;    /*!< 0: not authenticated */
    enum status status; /*!< what made it a 5xx; else STATUS_OK */
    const char *text;   /*!< why, without customers' data; never NULL */
};
struct api_trace api_trace(const struct api *a);

#endif
