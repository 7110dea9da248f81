/* HTTP from a test's point of view. */
#ifndef E2E_HTTP_H
#define E2E_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct reply {
    long status; /*!< 0: no HTTP answer */
    int curl;    /*!< CURLcode */
    char *head;  /*!< header lines as received */
    size_t n_head;
    char *body; /*!< NUL-terminated */
    size_t n;
    double seconds;
};
void reply_free(struct reply *r);

/* One request. `path` is appended to the stack's URL unless it starts with
 * "http"; key NULL: none; extra: NULL-ended header lines or NULL; body NULL: none
 * (Content-Type: application/json is sent with a body unless extra has one). */
struct reply call(const char *method, const char *path, const char *key, const char *const *extra, const char *body);
struct reply call_n(const char *method, const char *path, const char *key, const char *const *extra, const char *body,
                    size_t n);
struct reply get(const char *path, const char *key);
struct reply post(const char *key, const char *body);
struct reply patch(const char *number, const char *key, const char *body);

/* A header's value, or NULL; *count_r when not NULL: how often it stands. Static ring. */
const char *header(const struct reply *r, const char *name, int *count_r);
/* A value in the JSON body by dotted path ("errors|customer.email" with | as
 * separator when names hold dots; list members as numbers): strings as they
 * are, others as compact JSON text; NULL when missing. Static ring. */
const char *at(const struct reply *r, const char *path);

/* The same request from n threads at once; replies[0..n). body may contain one %d: the thread's index. */
void storm(int n, struct reply *replies, const char *method, const char *path, const char *key,
           const char *const *extra, const char *body);

/* Raw bytes to the plain port, whatever comes back until the peer closes or ms pass. */
size_t raw(const char *bytes, size_t n, char *out, size_t size, int ms);

/* Checks a reply against the error form and the headers every answer has. */
void check_error(const char *row, const struct reply *r, long status, const char *text);
void check_common(const char *row, const struct reply *r);
void check_field(const char *row, const struct reply *r, const char *path, const char *text); /* text NULL: any */

#endif
