#include "api/internal.h"

#include <string.h>

#include "base/utf8.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static enum status decode(struct arena *a, struct sv s, struct sv *out_r)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    if (!p)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            p[n++] = s.p[i] == '+' ? ' ' : s.p[i];
            continue;
        }
        int high = s.n - i > 2 ? hex(s.p[i + 1]) : -1;
        int low = s.n - i > 2 ? hex(s.p[i + 2]) : -1;
        if (high < 0 || low < 0)
            return STATUS_BAD_INPUT;
        p[n++] = (char)(high << 4 | low);
        i += 2;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as many as were counted */
    *out_r = (struct sv){p, n};
    /* As in bodies, no value has a U+0000: nothing stored could equal it. */
    return utf8_valid(*out_r) && !memchr(p, '\0', n) ? STATUS_OK : STATUS_BAD_INPUT;
}

/* Empty ones are passed over. */
static size_t count(struct sv text)
{
    struct sv pair;
    size_t n = 0;
    while (sv_cut(&text, '&', &pair))
        n += pair.n > 0;
    return n;
}

static enum status read_pair(struct arena *a, struct sv pair, struct api_param *out_r)
{
    struct sv value = pair, name;
    enum status s = sv_cut(&value, '=', &name) ? decode(a, name, &out_r->name) : STATUS_BAD_INPUT;
    return s == STATUS_OK ? decode(a, value.p ? value : SV(""), &out_r->value) : s;
}

enum status api_query_read(struct arena *a, struct sv text, struct api_param **params_r, size_t *n_r)
{
    struct sv pair;
    enum status s = STATUS_OK;
    size_t most = count(text), n = 0;
    struct api_param *params = most > 0 ? arena_array(a, most, sizeof *params) : NULL;
    if (most > 0 && !params)
        return STATUS_NO_MEMORY;
    while (s == STATUS_OK && sv_cut(&text, '&', &pair))
        if (pair.n > 0)
            s = read_pair(a, pair, &params[n++]);
    *params_r = params;
    *n_r = n;
    return s;
}
