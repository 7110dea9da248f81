/* An event's headers: CONTRACT's own and Standard Webhooks'. */
#ifndef SEND_HEADERS_H
#define SEND_HEADERS_H

#include <stdint.h>
#include "base/status.h"
#include "base/sv.h"
#include "send/post.h"

#define HEADERS_TEXT_MAX 768 /*!< [bytes] of all lines, each with its NUL */
#define HEADERS_WORD_MAX 128 /*!< [bytes] of an id or an event's name */

struct headers_of {
    struct sv webhook_id, event; /*!< event: as ticket_event_name says it */
    uint32_t seq;
    int64_t wall_us; /*!< of this attempt */
    struct sv body, secret, previous_secret;
};
struct headers {
    char text[HEADERS_TEXT_MAX];
};
/* Signs and writes the lines into h, and points line_r at them, NULL-ended:
 * struct post's headers. STATUS_BAD_INPUT: a secret is none, or an id or event no
 * word of printable ASCII. */
enum status headers_set(const struct headers_of *of, struct headers *h, const char *line_r[POST_HEADERS_MAX]) MUST_USE;

#endif
