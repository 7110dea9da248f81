#include "wire/skim.h"

#include <stdbool.h>
#include "wire/escape.h"
#include "wire/scan.h"

struct skim {
    const char *body;
    const struct buf *spans;
    size_t at;   /*!< in the body */
    size_t span; /*!< the next one */
};

/* The number or string at the place, without quotes. */
static struct sv skim_scalar(struct skim *k)
{
    size_t quote = k->body[k->at] == '"';
    struct sv raw = {k->body + k->at + quote, 0};
    const struct scan_span *span = scan_span_at(k->spans, k->span);
    if (span && span->off == k->at + quote) {
        raw.n = span->n;
        k->span++;
    } else {
        while (raw.p[raw.n] != '"')
            raw.n += raw.p[raw.n] == '\\' ? 2 : 1;
    }
    k->at += raw.n + 2 * quote;
    return raw;
}

static void skim_value(struct skim *k)
{
    size_t depth = 0;
    do {
        char c = k->body[k->at];
        if (c == '"' || c == '-' || (c >= '0' && c <= '9')) {
            skim_scalar(k);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        k->at += c == 't' || c == 'n' ? sizeof "true" - 1 : c == 'f' ? sizeof "false" - 1 : 1;
    } while (depth);
}

/* Goes from an object to its member's value; false when there is none. */
static bool skim_into(struct skim *k, const char *name)
{
    if (k->body[k->at] != '{')
        return false;
    do {
        k->at++;
        if (k->body[k->at] == '}')
            return false;
        struct sv raw = skim_scalar(k);
        k->at++;
        if (escape_cmp(raw, sv_from(name)) == 0)
            return true;
        skim_value(k);
    } while (k->body[k->at] == ',');
    return false;
}

struct sv skim_member(const char *body, const struct buf *spans, const char *outer, const char *inner)
{
    struct skim k = {.body = body, .spans = spans};
    if (!skim_into(&k, outer) || !skim_into(&k, inner))
        return SV_NONE;
    size_t from = k.at;
    skim_value(&k);
    return (struct sv){body + from, k.at - from};
}
