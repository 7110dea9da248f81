/* What the documents say of each route and method, restated, and requests that try
 * it. The routes themselves are asked of the product: one that stands on one side
 * only is a failure. */
#ifndef SECURITY_ROUTES_H
#define SECURITY_ROUTES_H

#include <stddef.h>

#include "e2e/http.h"
#include "security/suites.h"

struct expectation {
    const char *method, *path; /*!< below the prefix, as the reference writes it */
    unsigned needs;            /*!< MAY_*; 0: nobody's key */
    const char *forbidden;     /*!< 403's text */
    const char *class;         /*!< of rate limits, as `key create --limit` calls them */
};
extern const struct expectation expectations[];
extern const size_t n_expectations;

/* A request for something of a tenant. In query, body and the route's path stand
 * {number}, {attachment}, {reference} and {code}. */
struct probe {
    const char *name, *method, *path;
    const char *query, *body; /*!< NULL: none */
    long own, own_agent;      /*!< answers for what the caller may reach, without and with agent */
    long foreign;             /*!< the answer for another partner's, and for what is not there */
    const char *text;         /*!< its error; NULL: it is no error */
    int split;                /*!< number of one tenant with the attachment of another */
    int own_only;             /*!< agent does not widen it */
};
extern const struct probe probes[];
extern const size_t n_probes;

const struct expectation *expectation_of(const struct probe *p);
/* The probe aimed at a tenant's things (`second`: whose attachment, NULL: the same's). */
struct reply probe_send(const struct probe *p, const char *key, const struct tenant *at, const struct tenant *second);
/* `at`'s values in a template; malloc'd. */
char *fill(const char *template, const struct tenant *at, const struct tenant *second);

/* --- the product's own table --- */
size_t product_routes(void);
const char *product_path(size_t route);
/* Whether a path, as it stands, is one of a route, if only of some other ticket or attachment. */
bool product_has(const char *path);
/* The i-th method of a route as text with what it needs; NULL: no more. HEAD stands beside GET. */
const char *product_method(size_t route, size_t i, unsigned *needs_r, const char **forbidden_r, const char **class_r);
/* 405's Allow by the documents: the expectations' methods of this path, sorted as the reference lists them. */
void allow_of(const char *path, char out[64]);

#endif
