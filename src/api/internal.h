/* What the api's files share. Not for other layers. */
#ifndef API_INTERNAL_H
#define API_INTERNAL_H

#include "api/api.h"
#include "wire/json.h"

#define API_JSON "application/json; charset=utf-8"

struct api_call;

/* One method of one path. */
struct api_verb {
    enum http_method method; /*!< HEAD is GET's */
    const char *name;        /*!< for the log */
    enum store_class class;
    unsigned permission;   /*!< STORE_MAY_*; 0: anybody, without a key */
    const char *forbidden; /*!< 403's text */
    const char *failed;    /*!< 500's and 503's text */
    /* What can be done before the database is asked, and what the request can ask for together with others
     * (c->wish). False: it is answered. May be NULL: nothing. */
    bool (*prepare)(struct api_call *c);
    void (*handle)(struct api_call *c); /*!< all the rest */
};
#define API_VERBS_MAX 2
struct api_route {
    const char *path;  /*!< below API_PREFIX; {number} and {attachment} each take one part that is not empty */
    const char *allow; /*!< 405's Allow */
    size_t n_verbs;
    struct api_verb verbs[API_VERBS_MAX];
};

/* A path's variable parts; views into it. */
struct api_path {
    struct sv number;
    struct sv attachment;
};
/* All there are. */
#define API_ROUTES 4
extern const struct api_route api_routes[API_ROUTES];
/* NULL: no such path. */
const struct api_route *api_route_find(struct sv path, struct api_path *out_r);
/* NULL: not this method. */
const struct api_verb *api_verb_find(const struct api_route *route, enum http_method method);

/* Streaming an attachment outlives api_handle. */
struct api_download {
    struct desk *desk;
    char id[CRYPTO_CUID_SIZE];
};

/* A parameter of the query. */
struct api_param {
    struct sv name, value;
};

/* What callers can ask for together. */
enum api_wish { API_WISH_NONE, API_WISH_DETAILS, API_WISH_STATUS, API_WISH_OPEN, API_WISH__MAX };

/* One request on its way. */
struct api_call {
    struct api *a;
    const struct http_request *req;
    struct http_response *resp;
    const struct api_verb *verb; /*!< NULL until it is known */
    struct api_path path;
    struct api_param *params;
    size_t n_params;
    struct gate_caller caller; /*!< its views live until another request begins; the desk has copies */
    struct desk_call desk;     /*!< complete once the caller is known */
    struct sv request_id;      /*!< a POST's; absent: none */
    enum api_wish wish;
    uint64_t number;              /*!< whose details or status is wished for */
    struct desk_opening *opening; /*!< what is to be written; NULL: none */
    bool is_loaded;               /*!< the body, if any, was read */
    bool is_answered;
};

struct api {
    struct gate *gate;
    struct desk *desk;
    const struct ticket_rules *rules;
    struct arena *arena;
    struct wire_doc *doc; /*!< NULL: none */
    struct err err;
    uint64_t key_id;
    enum status fault;
    struct api_download download;
    struct api_call call;
};

/* Answers. */
void api_refuse(struct api_call *c, int http_status, const char *text, const struct err *fields);
void api_refuse_field(struct api_call *c, int http_status, const char *text, const char *field, const char *why);
void api_fail(struct api_call *c, enum status s); /* 503 or 500 with the verb's text */
/* The answer to a desk call: its body is in resp when OK. */
void api_answer(struct api_call *c, enum status s);
/* Answered with a ticket's details, a status. */
void api_tell_details(struct api_call *c, const struct ticket_details *d);
void api_tell_status(struct api_call *c, const struct ticket *t);
/* Answered as the desk did; a write's body is in resp when OK. */
void api_tell_write(struct api_call *c, enum status s, bool replayed);
/* Leaves a complete answer whatever happened before. */
void api_seal(struct api_call *c);
/* Sealed, and nothing more to do. */
void api_answered(struct api_call *c);

/* Reads and parses the body, hashes it: true, or the request is answered. */
bool api_body(struct api_call *c);
/* Judges the Idempotency-Key header: true, or the request is answered. */
bool api_idempotency_key(struct api_call *c);

/* All parameters of a query, decoded, in its order; in the arena. STATUS_BAD_INPUT:
 * percent-encoding or UTF-8; STATUS_NO_MEMORY. */
enum status api_query_read(struct arena *a, struct sv text, struct api_param **params_r, size_t *n_r) MUST_USE;

/* Preparations and handlers. */
bool api_prepare_create(struct api_call *c);
bool api_prepare_details(struct api_call *c);
bool api_prepare_status(struct api_call *c);
void api_create(struct api_call *c);
void api_details(struct api_call *c);
void api_update(struct api_call *c);
void api_status(struct api_call *c);
void api_list(struct api_call *c);
void api_attachment(struct api_call *c);
void api_health(struct api_call *c);

#endif
