#include "ticket/formats.h"

#include <string.h>

#include "base/utf8.h"

#define CATEGORY_MAX 64

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F);
}

/* The character at offset i: its length, and whether it is a control. */
static size_t char_at(struct sv s, size_t i, bool *control_r)
{
    uint32_t cp;
    size_t n = utf8_get((struct sv){s.p + i, s.n - i}, &cp);
    *control_r = is_control(cp);
    return n;
}

static bool has_space_or_control(struct sv s)
{
    bool control;
    for (size_t i = 0, n; i < s.n; i += n) {
        n = char_at(s, i, &control);
        if (control || utf8_blank((struct sv){s.p + i, n}))
            return true;
    }
    return false;
}

/* At least two parts, none empty. */
static bool is_dotted(struct sv domain)
{
    struct sv part;
    unsigned n = 0;
    for (; sv_cut(&domain, '.', &part); n++)
        if (part.n == 0)
            return false;
    return n >= 2;
}

bool ticket_format_email(struct sv s)
{
    struct sv local;
    if (has_space_or_control(s) || !sv_cut(&s, '@', &local) || local.n == 0 || !s.p)
        return false;
    return !memchr(s.p, '@', s.n) && is_dotted(s);
}

bool ticket_format_phone(struct sv s)
{
    bool digit = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (is_digit(c))
            digit = true;
        else if (c == '\0' || (!strchr(" -.()/", c) && !(c == '+' && i == 0)))
            return false;
    }
    return digit;
}

bool ticket_format_category(struct sv s)
{
    if (s.n == 0 || s.n > CATEGORY_MAX || !is_upper(s.p[0]))
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!is_upper(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '_')
            return false;
    return true;
}

bool ticket_format_currency(struct sv s)
{
    return s.n == 3 && is_upper(s.p[0]) && is_upper(s.p[1]) && is_upper(s.p[2]);
}

static bool is_token(struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = is_upper(c) || (c >= 'a' && c <= 'z');
        if (!letter && !is_digit(c) && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return s.n > 0;
}

bool ticket_format_mime_type(struct sv s)
{
    struct sv type;
    return sv_cut(&s, '/', &type) && is_token(type) && is_token(s);
}

static struct sv last_component(struct sv s)
{
    size_t start = s.n;
    while (start > 0 && s.p[start - 1] != '/' && s.p[start - 1] != '\\')
        start--;
    return (struct sv){s.p + start, s.n - start};
}

static enum status without_controls(struct arena *a, struct sv s, struct sv *out_r)
{
    bool control = false;
    size_t i = 0, kept = 0, n;
    for (; i < s.n && !control; i += n)
        n = char_at(s, i, &control);
    *out_r = s;
    if (!control)
        return STATUS_OK;
    char *out = arena_alloc(a, s.n);
    if (!out)
        return STATUS_NO_MEMORY;
    for (i = 0; i < s.n; i += n) {
        n = char_at(s, i, &control);
        memcpy(out + kept, s.p + i, n);
        kept += control ? 0 : n;
    }
    *out_r = (struct sv){out, kept};
    return STATUS_OK;
}

enum status ticket_format_filename(struct arena *a, struct sv s, struct sv *out_r)
{
    enum status status = without_controls(a, last_component(s), out_r);
    if (status != STATUS_OK)
        return status;
    bool named = !utf8_blank(*out_r) && !sv_is(*out_r, ".") && !sv_is(*out_r, "..");
    return named ? STATUS_OK : STATUS_BAD_INPUT;
}
