#include "base/sv.h"

#include <string.h>

struct sv sv_from(const char *cstr)
{
    return cstr ? (struct sv){cstr, strlen(cstr)} : SV_NONE;
}

bool sv_eq(struct sv a, struct sv b)
{
    if (!a.p || !b.p)
        return !a.p && !b.p;
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool sv_eq_ci(struct sv a, struct sv b)
{
    if (!a.p || !b.p)
        return !a.p && !b.p;
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

bool sv_is(struct sv a, const char *cstr)
{
    return sv_eq(a, sv_from(cstr));
}

bool sv_has_prefix(struct sv a, struct sv prefix)
{
    return a.p && prefix.p && a.n >= prefix.n && memcmp(a.p, prefix.p, prefix.n) == 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct sv sv_trim(struct sv a)
{
    while (a.n > 0 && is_space(a.p[0])) {
        a.p++;
        a.n--;
    }
    while (a.n > 0 && is_space(a.p[a.n - 1]))
        a.n--;
    return a;
}

bool sv_cut(struct sv *rest, char sep, struct sv *part_r)
{
    if (!rest->p)
        return false;
    const char *at = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
    *part_r = *rest;
    if (!at) {
        *rest = SV_NONE;
        return true;
    }
    part_r->n = (size_t)(at - rest->p);
    rest->p = at + 1;
    rest->n -= part_r->n + 1;
    return true;
}
