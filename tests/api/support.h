/* An api on the fakes, and requests to it. */
#ifndef TESTS_API_SUPPORT_H
#define TESTS_API_SUPPORT_H

#include "api/api.h"
#include "api/fake.h"

#define NOW (INT64_C(1705314600) * 1000000) /*!< [us] wall: 2024-01-15T10:30:00Z */
#define MONO INT64_C(77000000)              /*!< [us] */
#define ADMIT (MONO + 3000000)              /*!< [us] it waited three seconds for a worker */
#define AT "2024-01-15T10:30:00Z"
#define ERROR_BODY(text, status) "{\"error\":\"" text "\",\"timestamp\":\"" AT "\",\"status\":" #status "}"
#define ERROR_FIELDS(text, fields, status)                                                                             \
    "{\"error\":\"" text "\",\"errors\":{" fields "},\"timestamp\":\"" AT "\",\"status\":" #status "}"

#define TICKETS "/api/omnichannel/tickets"
#define CREATE                                                                                                         \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"Jane\"},"                             \
    "\"ticket\":{\"title\":\"Balance\",\"description\":\"What is it\"}}"
#define COMMENT "{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\"}"

struct bench {
    struct api *api;
    struct ticket_rules rules;
    struct http_request req;
    struct http_response resp;
    const char *body;
    enum status read; /*!< how reading the body ends */
    unsigned n_reads;
};
extern struct bench bench;

int api_up(void);
int api_down(void);
/* Fresh fakes and a request with a good key: GET, POST with CREATE, or PATCH
 * with COMMENT, JSON. */
void ask(enum http_method method, const char *path);
void with_query(const char *query);
void with_body(const char *body);
void as_agent(void);
/* Handles it; the answer stays in bench.resp until the next `ask`. */
void run(void);
/* The answer's body; for an attachment "(stream)". */
const char *body(void);
bool begins(const char *with); /* the body does */
/* A header's value, or NULL. In static memory until the next call. */
const char *header(const char *name);

#endif
