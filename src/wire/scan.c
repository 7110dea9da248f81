#include "wire/scan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/sv.h"
#include "base/utf8.h"
#include "wire/escape.h"
#include "wire/json.h"

#define TEXT_OF(x) #x
#define NUMBER_TEXT(x) TEXT_OF(x)
#define MARKER_MAX 16 /*!< [bytes] */
#define NAMES_FEW 16  /*!< in an object: comparing each with each is quicker than sorting */

_Static_assert(WIRE_VALUES_MAX < 1000000, "an index has SCAN_INDEX_DIGITS digits");

/* A member name of an object that is still open. */
struct name {
    uint64_t hash;
    struct sv raw;
    size_t at; /*!< [byte offset as sent] */
};

struct scan {
    char *body;
    size_t n;
    size_t in;     /*!< next byte to read */
    size_t out;    /*!< next byte of the compacted text; never past `in` */
    size_t copied; /*!< compacted text before this is in the skeleton */
    unsigned depth;
    unsigned scopes;  /*!< objects and lists so far */
    struct buf names; /*!< struct name: the open objects' */
    struct scan_result *result;
};

static bool scan_value(struct scan *s);

static bool scan_fail(struct scan *s, size_t at, const char *what)
{
    s->result->what = at < s->n ? what : "Unexpected end";
    s->result->at = at;
    return false;
}

/* The byte at offset `at`, or -1 at the end. */
static int scan_byte(const struct scan *s, size_t at)
{
    return at < s->n ? (unsigned char)s->body[at] : -1;
}

/* Skips white space; the byte after it, or -1. */
static int scan_peek(struct scan *s)
{
    for (;; s->in++) {
        int c = scan_byte(s, s->in);
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            return c;
    }
}

static bool scan_count(struct scan *s)
{
    if (++s->result->count > WIRE_VALUES_MAX)
        return scan_fail(s, s->in, "More than " NUMBER_TEXT(WIRE_VALUES_MAX) " values");
    return true;
}

/* Moves the next n bytes to the compacted text. */
static void scan_keep(struct scan *s, size_t n)
{
    if (s->out != s->in)
        memmove(s->body + s->out, s->body + s->in, n);
    s->in += n;
    s->out += n;
}

/* Replaces what was kept last, `whole` bytes of it, by a marker in the skeleton. */
static void scan_mark(struct scan *s, enum scan_kind kind, size_t whole, struct scan_span span)
{
    static const char lead[] = "\"\\u0000";
    struct scan_result *r = s->result;
    char marker[MARKER_MAX];
    size_t n = kind == SCAN_NAME ? 1 : sizeof lead - 1;
    size_t index = r->spans.n / sizeof span;
    span.kind = kind;
    buf_add(&r->spans, &span, sizeof span);
    buf_add(&r->skeleton, s->body + s->copied, s->out - whole - s->copied);
    s->copied = s->out;
    memcpy(marker, lead, n);
    marker[n++] = (char)kind;
    for (size_t i = SCAN_INDEX_DIGITS; i-- > 0; index /= 10)
        marker[n + i] = (char)('0' + index % 10);
    n += SCAN_INDEX_DIGITS;
    marker[n++] = '"';
    buf_add(&r->skeleton, marker, n);
}

/* Four hex digits at `at`; false is reported. */
static bool scan_hex4(struct scan *s, size_t at, unsigned *v_r)
{
    *v_r = 0;
    for (size_t i = at; i < at + 4; i++) {
        int c = scan_byte(s, i);
        if (c >= '0' && c <= '9')
            *v_r = *v_r << 4 | (unsigned)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            *v_r = *v_r << 4 | (unsigned)((c | 0x20) - 'a' + 10);
        else
            return scan_fail(s, i, "Invalid escape");
    }
    return true;
}

static bool scan_unicode(struct scan *s, size_t at, size_t *end_r)
{
    unsigned high, low;
    if (!scan_hex4(s, at + 2, &high))
        return false;
    if (high == 0)
        return scan_fail(s, at, "U+0000");
    *end_r = at + 6;
    if (high < 0xD800 || high > 0xDFFF)
        return true;
    if (high > 0xDBFF || scan_byte(s, at + 6) != '\\' || scan_byte(s, at + 7) != 'u')
        return scan_fail(s, at, "Lone surrogate");
    if (!scan_hex4(s, at + 8, &low))
        return false;
    if (low < 0xDC00 || low > 0xDFFF)
        return scan_fail(s, at, "Lone surrogate");
    *end_r = at + 12;
    return true;
}

static bool scan_escape(struct scan *s, size_t at, size_t *end_r)
{
    int c = scan_byte(s, at + 1);
    if (c == 'u')
        return scan_unicode(s, at, end_r);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): its NUL is no escape */
    if (c < 0 || !memchr("\"\\/bfnrt", c, 8))
        return scan_fail(s, at + 1, "Invalid escape");
    *end_r = at + 2;
    return true;
}

/* A run of bytes past ASCII: it ends at an ASCII byte, so it must be whole. */
static bool scan_unicode_run(struct scan *s, size_t at, size_t *end_r)
{
    size_t end = at;
    while (scan_byte(s, end) >= 0x80)
        end++;
    size_t good = at + utf8_valid_to((struct sv){s->body + at, end - at});
    *end_r = end;
    return good == end || (scan_fail(s, good, "Invalid UTF-8"));
}

/* The string whose opening quote is next; its raw text as it stands after. */
static bool scan_string(struct scan *s, struct sv *raw_r)
{
    size_t at = s->in + 1;
    for (;;) {
        at += escape_plain(s->body + at, s->n - at);
        int c = scan_byte(s, at);
        if (c == '"')
            break;
        if (c < 0x20)
            return scan_fail(s, at, "Control character in a string");
        if (c == '\\' ? !scan_escape(s, at, &at) : !scan_unicode_run(s, at, &at))
            return false;
    }
    *raw_r = (struct sv){s->body + s->out + 1, at - s->in - 1};
    scan_keep(s, at + 1 - s->in);
    return true;
}

static struct scan_span scan_span_of(const struct scan *s, struct sv raw)
{
    return (struct scan_span){.off = (uint32_t)(raw.p - s->body), .n = (uint32_t)raw.n};
}

static bool scan_string_value(struct scan *s)
{
    struct sv raw = SV_NONE;
    if (!scan_string(s, &raw))
        return false;
    if (raw.n > SCAN_STRING_MAX)
        scan_mark(s, SCAN_STRING, raw.n + 2, scan_span_of(s, raw));
    return true;
}

static bool scan_digits(struct scan *s, size_t *at)
{
    size_t from = *at;
    while (scan_byte(s, *at) >= '0' && scan_byte(s, *at) <= '9')
        ++*at;
    return *at > from || scan_fail(s, *at, "Invalid number");
}

static bool scan_number(struct scan *s)
{
    size_t at = s->in;
    at += scan_byte(s, at) == '-';
    if (scan_byte(s, at) == '0') {
        int after = scan_byte(s, ++at);
        if (after >= '0' && after <= '9')
            return scan_fail(s, at, "Invalid number");
    } else if (!scan_digits(s, &at)) {
        return false;
    }
    if (scan_byte(s, at) == '.' && (++at, !scan_digits(s, &at)))
        return false;
    if (scan_byte(s, at) == 'e' || scan_byte(s, at) == 'E') {
        at++;
        at += scan_byte(s, at) == '+' || scan_byte(s, at) == '-';
        if (!scan_digits(s, &at))
            return false;
    }
    struct sv raw = {s->body + s->out, at - s->in};
    scan_keep(s, raw.n);
    scan_mark(s, SCAN_NUMBER, raw.n, scan_span_of(s, raw));
    return true;
}

static bool scan_word(struct scan *s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        if (scan_byte(s, s->in + i) != word[i])
            return scan_fail(s, s->in + i, "Unexpected character");
    scan_keep(s, n);
    return true;
}

static int name_cmp(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    int order = escape_cmp(x->raw, y->raw);
    if (order)
        return order;
    return x->at < y->at ? -1 : 1;
}

/* Few, and no two alike by their hashes. */
static bool scan_few_differ(const struct name *names, size_t n)
{
    if (n > NAMES_FEW)
        return false;
    for (size_t i = 1; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (names[k].hash == names[i].hash)
                return false;
    return true;
}

/* Sorted, so that no choice of names makes it slow. The first repetition as
 * sent is the one reported. */
static bool scan_names_differ(struct scan *s, size_t base)
{
    size_t n = (s->names.n - base) / sizeof(struct name);
    size_t first = SIZE_MAX;
    if (n < 2)
        return true;
    struct name *names = (struct name *)(void *)(s->names.p + base);
    if (scan_few_differ(names, n))
        return true;
    qsort(names, n, sizeof *names, name_cmp);
    for (size_t i = 1; i < n; i++)
        if (names[i].hash == names[i - 1].hash && names[i].at < first && !escape_cmp(names[i].raw, names[i - 1].raw))
            first = names[i].at;
    return first == SIZE_MAX || scan_fail(s, first, "Duplicate name");
}

static bool scan_open(struct scan *s)
{
    if (s->depth == WIRE_DEPTH_MAX)
        return scan_fail(s, s->in, "Nested deeper than " NUMBER_TEXT(WIRE_DEPTH_MAX) " levels");
    if (++s->scopes > WIRE_SCOPES_MAX)
        return scan_fail(s, s->in, "More than " NUMBER_TEXT(WIRE_SCOPES_MAX) " objects and lists");
    s->depth++;
    scan_keep(s, 1);
    return true;
}

static bool scan_close(struct scan *s)
{
    s->depth--;
    scan_keep(s, 1);
    return true;
}

/* A comma, or the closing byte, which is left to be read. */
static bool scan_comma(struct scan *s, int close, bool *more_r)
{
    int c = scan_peek(s);
    *more_r = c == ',';
    if (c != ',' && c != close)
        return scan_fail(s, s->in, "Unexpected character");
    if (c == ',')
        scan_keep(s, 1);
    return true;
}

static bool scan_member(struct scan *s)
{
    struct name name;
    if (scan_peek(s) != '"')
        return scan_fail(s, s->in, "Unexpected character");
    name.at = s->in;
    if (!scan_count(s) || !scan_string(s, &name.raw))
        return false;
    name.hash = escape_hash(name.raw);
    buf_add(&s->names, &name, sizeof name);
    if (name.raw.n > SCAN_NAME_MAX)
        scan_mark(s, SCAN_NAME, name.raw.n + 2, scan_span_of(s, name.raw));
    if (scan_peek(s) != ':')
        return scan_fail(s, s->in, "Unexpected character");
    scan_keep(s, 1);
    return scan_value(s);
}

static bool scan_object(struct scan *s)
{
    size_t base = s->names.n;
    if (!scan_open(s))
        return false;
    for (bool more = scan_peek(s) != '}'; more;)
        if (!scan_member(s) || !scan_comma(s, '}', &more))
            return false;
    if (!scan_names_differ(s, base))
        return false;
    s->names.n = base;
    return scan_close(s);
}

static bool scan_list(struct scan *s)
{
    if (!scan_open(s))
        return false;
    for (bool more = scan_peek(s) != ']'; more;)
        if (!scan_value(s) || !scan_comma(s, ']', &more))
            return false;
    return scan_close(s);
}

static bool scan_value(struct scan *s)
{
    int c = scan_peek(s);
    if (!scan_count(s))
        return false;
    switch (c) {
    case '"':
        return scan_string_value(s);
    case '{':
        return scan_object(s);
    case '[':
        return scan_list(s);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        if (c == '-' || (c >= '0' && c <= '9'))
            return scan_number(s);
        return scan_fail(s, s->in, "Unexpected character");
    }
}

static bool scan_text(struct scan *s)
{
    if (s->n >= 3 && memcmp(s->body, "\xEF\xBB\xBF", 3) == 0)
        return scan_fail(s, 0, "Byte order mark");
    if (scan_peek(s) != '{')
        return scan_fail(s, s->in, "No object");
    if (!scan_value(s))
        return false;
    if (scan_peek(s) >= 0)
        return scan_fail(s, s->in, "Unexpected character after the object");
    return true;
}

enum status scan_body(char *body, size_t n, struct scan_result *r)
{
    struct scan s = {.body = body, .n = n, .result = r};
    *r = (struct scan_result){.n = 0};
    buf_init(&s.names, (WIRE_VALUES_MAX + 1) * sizeof(struct name));
    buf_init(&r->spans, (WIRE_VALUES_MAX + 1) * sizeof(struct scan_span));
    buf_init(&r->skeleton, n + (size_t)WIRE_VALUES_MAX * MARKER_MAX);
    if (n > SCAN_BODY_MAX)
        return STATUS_TOO_LARGE;
    bool good = scan_text(&s);
    if (good)
        buf_add(&r->skeleton, body + s.copied, s.out - s.copied);
    r->n = s.out;
    enum status names = s.names.status;
    buf_free(&s.names);
    if (!good)
        return STATUS_BAD_INPUT;
    if (names != STATUS_OK)
        return names;
    return r->spans.status != STATUS_OK ? r->spans.status : r->skeleton.status;
}

void scan_free(struct scan_result *r)
{
    buf_free(&r->skeleton);
    buf_free(&r->spans);
}

struct scan_span *scan_span_at(const struct buf *spans, size_t index)
{
    struct scan_span *all = (struct scan_span *)(void *)spans->p;
    return index < spans->n / sizeof *all ? all + index : NULL;
}
