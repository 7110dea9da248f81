#include "send/headers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "crypto/sign.h"

/* One line after the others; past the end it is STATUS_TOO_LARGE in the end. */
struct lines {
    struct headers *h;
    const char **line;
    size_t n, used;
};

static void add(struct lines *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add(struct lines *l, const char *fmt, ...)
{
    if (l->n + 1 >= POST_HEADERS_MAX || l->used >= HEADERS_TEXT_MAX) {
        l->used = HEADERS_TEXT_MAX;
        return;
    }
    char *at = l->h->text + l->used;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(at, HEADERS_TEXT_MAX - l->used, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= HEADERS_TEXT_MAX - l->used) {
        l->used = HEADERS_TEXT_MAX;
        return;
    }
    l->used += (size_t)n + 1;
    l->line[l->n++] = at;
    l->line[l->n] = NULL;
}

/* Fits into a header's line whatever the table holds. */
static bool is_word(struct sv s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    return s.n > 0 && s.n <= HEADERS_WORD_MAX;
}

/* Receivers learn a new secret at leisure: until the overlap ends, the one
 * signature that X-Webhook-Signature has room for is by the previous secret. */
enum status headers_set(const struct headers_of *of, struct headers *h, const char *line_r[POST_HEADERS_MAX])
{
    char hex[SIGN_HEX_SIZE], standard[SIGN_STANDARD_BOTH_SIZE];
    int64_t seconds = of->wall_us / CLOCK_SECOND;
    if (!is_word(of->webhook_id) || !is_word(of->event))
        return STATUS_BAD_INPUT;
    enum status s = sign_hex(of->previous_secret.p ? of->previous_secret : of->secret, of->body, hex);
    if (s == STATUS_OK)
        s = sign_standard_both(of->secret, of->previous_secret, of->webhook_id, seconds, of->body, standard);
    if (s != STATUS_OK)
        return s;
    struct lines l = {.h = h, .line = line_r};
    add(&l, "Content-Type: application/json");
    add(&l, "X-Webhook-Event: %.*s", SV_ARG(of->event));
    add(&l, "X-Webhook-Sequence: %" PRIu32, of->seq);
    add(&l, "X-Webhook-Signature: %s", hex);
    add(&l, "webhook-id: %.*s", SV_ARG(of->webhook_id));
    add(&l, "webhook-timestamp: %" PRId64, seconds);
    add(&l, "webhook-signature: %s", standard);
    return l.used < HEADERS_TEXT_MAX ? STATUS_OK : STATUS_TOO_LARGE;
}
