/* Requests as an attacker writes them: byte for byte, from any loopback address.
 * Whatever comes back is looked at for what no answer may show. */
#ifndef SECURITY_WIRE_H
#define SECURITY_WIRE_H

#include "e2e/http.h"

#define API "/api/omnichannel"

struct ask {
    const char *method; /*!< NULL: GET */
    const char *target; /*!< the request line's, as it is */
    const char *key;    /*!< X-API-Key; NULL: none */
    const char *extra;  /*!< header lines, each ended by CRLF; NULL: none */
    const char *body;   /*!< NULL: none; else Content-Type: application/json is sent too, unless extra has one */
    size_t n;           /*!< [bytes] of body; 0: its length as text */
    const char *from;   /*!< an address of 127.0.0.0/8; NULL: 127.0.0.1 */
};
/* Over the plain port, one connection each. */
struct reply ask(const struct ask *a);

/* What every answer must keep to: headers of a closed list, errors in the API's
 * form and without a word about what is behind it. */
void inspect(const char *row, const struct reply *r);

/* An address of 127.0.0.0/8 that no test has used (static ring): wrong keys are counted by address. */
const char *fresh_address(void);

/* A connected socket to the plain port, -1: none. */
int dial(const char *from);
/* true: all of it was sent. */
bool send_all(int fd, const char *bytes, size_t n);

/* The reply without what differs from request to request: timestamps, and each of `hide` (NULL-ended). malloc'd. */
char *plain_form(const struct reply *r, const char *const *hide);

#endif
