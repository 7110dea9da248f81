#include "wire/escape.h"

#include <string.h>
#include "base/utf8.h"

#define ONES (UINT64_MAX / 255)
#define HIGH (ONES * 0x80)

static uint64_t load(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* High bit set in some byte if any byte of v is not plain; 0 only if all are. */
static uint64_t special(uint64_t v)
{
    uint64_t quote = v ^ (ONES * '"');
    uint64_t slash = v ^ (ONES * '\\');
    return (v | (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((v - ONES * 0x20) & ~v))) & HIGH;
}

static bool is_plain(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 0x20 && u < 0x80 && u != '"' && u != '\\';
}

size_t escape_plain(const char *p, size_t n)
{
    size_t i = 0;
    while (n - i >= 32 &&
           !(special(load(p + i)) | special(load(p + i + 8)) | special(load(p + i + 16)) | special(load(p + i + 24))))
        i += 32;
    while (n - i >= 8 && !special(load(p + i)))
        i += 8;
    while (i < n && is_plain(p[i]))
        i++;
    return i;
}

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t c = (unsigned char)p[i];
        v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

static char short_escape(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

static size_t take_escape(struct escape_walk *walk)
{
    char c = walk->p[1];
    if (c != 'u') {
        walk->p += 2;
        walk->character[0] = short_escape(c);
        return 1;
    }
    uint32_t cp = hex4(walk->p + 2);
    walk->p += 6;
    if (cp >= 0xD800 && cp < 0xE000) {
        cp = 0x10000 + ((cp - 0xD800) << 10) + (hex4(walk->p + 2) - 0xDC00);
        walk->p += 6;
    }
    return utf8_put(cp, walk->character);
}

bool escape_next(struct escape_walk *walk, struct sv *piece_r)
{
    if (walk->p == walk->end)
        return false;
    if (*walk->p == '\\') {
        size_t n = take_escape(walk);
        *piece_r = (struct sv){walk->character, n};
        return true;
    }
    size_t left = (size_t)(walk->end - walk->p);
    const char *slash = memchr(walk->p, '\\', left);
    *piece_r = (struct sv){walk->p, slash ? (size_t)(slash - walk->p) : left};
    walk->p += piece_r->n;
    return true;
}

static struct escape_walk walk_over(struct sv raw)
{
    return (struct escape_walk){.p = raw.p, .end = raw.p + raw.n};
}

size_t escape_decode(struct sv raw, char *out)
{
    struct escape_walk walk = walk_over(raw);
    struct sv piece;
    size_t n = 0;
    while (escape_next(&walk, &piece)) {
        memmove(out + n, piece.p, piece.n);
        n += piece.n;
    }
    return n;
}

bool escape_any(struct sv raw)
{
    return memchr(raw.p, '\\', raw.n) != NULL;
}

bool escape_blank(struct sv raw)
{
    struct escape_walk walk = walk_over(raw);
    struct sv piece;
    while (escape_next(&walk, &piece))
        if (!utf8_blank(piece))
            return false;
    return true;
}

int escape_cmp(struct sv a, struct sv b)
{
    struct escape_walk x = walk_over(a), y = walk_over(b);
    struct sv p = SV_NONE, q = SV_NONE;
    for (;;) {
        bool more = p.n || escape_next(&x, &p);
        if (!q.n && !escape_next(&y, &q))
            return more;
        if (!more)
            return -1;
        size_t n = p.n < q.n ? p.n : q.n;
        int order = memcmp(p.p, q.p, n);
        if (order)
            return order;
        p = (struct sv){p.p + n, p.n - n};
        q = (struct sv){q.p + n, q.n - n};
    }
}

uint64_t escape_hash(struct sv raw)
{
    struct escape_walk walk = walk_over(raw);
    struct sv piece;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    while (escape_next(&walk, &piece))
        for (size_t i = 0; i < piece.n; i++)
            h = (h ^ (unsigned char)piece.p[i]) * UINT64_C(0x100000001b3);
    return h;
}
