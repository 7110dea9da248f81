#include "base/utf8.h"

#include <string.h>

#define REPLACEMENT 0xFFFDu

static unsigned char at(struct sv s, size_t i)
{
    return (unsigned char)s.p[i];
}

static bool in_range(unsigned char c, unsigned char low, unsigned char high)
{
    return c >= low && c <= high;
}

/* Length of the sequence that a lead byte starts, 0 when it starts none. */
static size_t lead_length(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (in_range(c, 0xC2, 0xDF))
        return 2;
    if (in_range(c, 0xE0, 0xEF))
        return 3;
    return in_range(c, 0xF0, 0xF4) ? 4 : 0;
}

/* RFC 3629 §4: only the second byte's range depends on the lead byte. */
static bool second_ok(unsigned char lead, unsigned char c)
{
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return in_range(c, low, high);
}

/* Length of the valid sequence at i, 0 when there is none. */
static size_t sequence(struct sv s, size_t i)
{
    size_t len = lead_length(at(s, i));
    if (len < 2)
        return len;
    if (len > s.n - i || !second_ok(at(s, i), at(s, i + 1)))
        return 0;
    for (size_t k = 2; k < len; k++)
        if (!in_range(at(s, i + k), 0x80, 0xBF))
            return 0;
    return len;
}

/* Bodies are megabytes of ASCII: eight bytes a step. */
static size_t skip_ascii(struct sv s, size_t i)
{
    for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, s.p + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return i;
}

size_t utf8_valid_to(struct sv s)
{
    size_t i = 0;
    while (i < s.n) {
        i = skip_ascii(s, i);
        if (i == s.n)
            break;
        size_t len = sequence(s, i);
        if (len == 0)
            break;
        i += len;
    }
    return i;
}

bool utf8_valid(struct sv s)
{
    return utf8_valid_to(s) == s.n;
}

size_t utf8_count(struct sv s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += (at(s, i) & 0xC0) != 0x80;
    return n;
}

static bool is_blank(uint32_t cp)
{
    switch (cp) {
    case 0x0020:
    case 0x0085:
    case 0x00A0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
    case 0xFEFF:
        return true;
    default:
        /* U+200B stands right after White_Space's own U+2000–U+200A. */
        return (cp >= 0x0009 && cp <= 0x000D) || (cp >= 0x2000 && cp <= 0x200B);
    }
}

bool utf8_blank(struct sv s)
{
    while (s.n > 0) {
        uint32_t cp;
        size_t len = utf8_get(s, &cp);
        if (!is_blank(cp))
            return false;
        s.p += len;
        s.n -= len;
    }
    return true;
}

size_t utf8_put(uint32_t cp, char out[4])
{
    static const unsigned char marks[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    out[0] = (char)(marks[len] | cp);
    return len;
}

size_t utf8_get(struct sv s, uint32_t *cp_r)
{
    size_t len = sequence(s, 0);
    if (len == 0) {
        *cp_r = REPLACEMENT;
        return 1;
    }
    uint32_t cp = len == 1 ? at(s, 0) : at(s, 0) & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        cp = cp << 6 | (at(s, i) & 0x3F);
    *cp_r = cp;
    return len;
}

size_t utf8_whole(struct sv s)
{
    for (size_t back = 1; back <= 3 && back <= s.n; back++) {
        unsigned char c = at(s, s.n - back);
        if ((c & 0xC0) == 0x80)
            continue;
        return lead_length(c) > back ? s.n - back : s.n;
    }
    return s.n;
}
