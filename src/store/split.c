#include "store/split.h"

#include <stdint.h>
#include <string.h>
#include "base/num.h"

/* Length of the quoted text or comment at p, 0 when there is none; 1 past n: no end. */
static size_t comment_length(const char *p, size_t n)
{
    bool dashes = n >= 3 && p[0] == '-' && p[1] == '-' && (p[2] == ' ' || p[2] == '\n' || p[2] == '\t');
    if (dashes || p[0] == '#') {
        const char *end = memchr(p, '\n', n);
        return end ? (size_t)(end - p) + 1 : n;
    }
    if (n < 2 || p[0] != '/' || p[1] != '*')
        return 0;
    const char *end = memmem(p + 2, n - 2, "*/", 2);
    return end ? (size_t)(end - p) + 2 : n + 1;
}

static size_t quote_length(const char *p, size_t n)
{
    char q = p[0];
    if (q != '\'' && q != '"' && q != '`')
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (p[i] == '\\' && q != '`')
            i++;
        else if (p[i] == q)
            return i + 1; /* a doubled quote opens the next one at once */
    }
    return n + 1;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Passes over white space and comments. */
static enum status skip(struct sv *rest)
{
    for (;;) {
        size_t n = 0;
        while (n < rest->n && is_space(rest->p[n]))
            n++;
        n += n < rest->n ? comment_length(rest->p + n, rest->n - n) : 0;
        if (n > rest->n)
            return STATUS_BAD_INPUT;
        if (n == 0)
            return STATUS_OK;
        rest->p += n;
        rest->n -= n;
    }
}

enum status split_next(struct sv *rest, struct sv *statement_r)
{
    enum status st = skip(rest);
    if (st)
        return st;
    if (rest->n == 0)
        return STATUS_NOT_FOUND;
    for (size_t i = 0; i < rest->n;) {
        if (rest->p[i] == ';') {
            *statement_r = (struct sv){rest->p, i};
            rest->p += i + 1;
            rest->n -= i + 1;
            return STATUS_OK;
        }
        size_t n = quote_length(rest->p + i, rest->n - i);
        if (!n)
            n = comment_length(rest->p + i, rest->n - i);
        i += n ? n : 1;
    }
    return STATUS_BAD_INPUT;
}

unsigned split_oldest(struct sv text)
{
    struct sv line;
    struct sv prefix = SV("-- oldest program: ");
    uint64_t n = 0;
    while (sv_cut(&text, '\n', &line))
        if (sv_has_prefix(line, prefix) &&
            num_u64((struct sv){line.p + prefix.n, line.n - prefix.n}, false, UINT32_MAX, &n))
            return (unsigned)n;
    return 0;
}
