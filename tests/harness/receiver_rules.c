#include "harness/receiver_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILLER (1024u * 1024)   /* [bytes] the longest body, and the headers without end */
#define BOMB (650u * 1024)      /* [bytes] that unpack to 100 MiB */
#define SEEN_FIRST 1024u        /* a power of two */
#define SECOND INT64_C(1000000) /* [us] */

struct seen {
    uint64_t key; /*!< hash of rule and webhook-id; 0: free */
    unsigned n;
};

struct rules {
    char *filler, *headers, *bomb; /*!< made when first asked for */
    size_t n_headers, n_bomb;
    uint64_t random;
    struct seen *seen;
    size_t n_seen, size_seen;
};

static uint64_t fnv(uint64_t h, const char *s)
{
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
    return h;
}

/* --- whom /first has seen --- */

static struct seen *slot(struct seen *table, size_t size, uint64_t key)
{
    size_t i = key & (size - 1);
    while (table[i].key && table[i].key != key)
        i = (i + 1) & (size - 1);
    return &table[i];
}

static void grow(struct rules *r)
{
    size_t size = r->size_seen ? 2 * r->size_seen : SEEN_FIRST;
    struct seen *table = calloc(size, sizeof *table);
    if (!table)
        abort();
    for (size_t i = 0; i < r->size_seen; i++)
        if (r->seen[i].key)
            *slot(table, size, r->seen[i].key) = r->seen[i];
    free(r->seen);
    r->seen = table;
    r->size_seen = size;
}

/* Counts this call too. */
static unsigned times_seen(struct rules *r, const char *path, const char *webhook_id)
{
    uint64_t key = fnv(fnv(UINT64_C(14695981039346656037), path), webhook_id) | 1;
    if (2 * r->n_seen >= r->size_seen)
        grow(r);
    struct seen *s = slot(r->seen, r->size_seen, key);
    r->n_seen += s->key == 0;
    s->key = key;
    return ++s->n;
}

void rules_clear(struct rules *r)
{
    free(r->seen);
    r->seen = NULL;
    r->n_seen = r->size_seen = 0;
}

/* --- large things --- */

static char *room(size_t n)
{
    char *p = calloc(1, n);
    if (!p)
        abort();
    return p;
}

static const char *filler(struct rules *r)
{
    if (!r->filler) {
        r->filler = room(FILLER);
        memset(r->filler, 'x', FILLER);
    }
    return r->filler;
}

static const char *endless_headers(struct rules *r)
{
    static const char line[] = "X-Filler: 0123456789012345678901234567890123456789012345678901\r\n";
    if (!r->headers) {
        r->headers = room(FILLER + 64);
        for (r->n_headers = 0; r->n_headers + sizeof line <= FILLER; r->n_headers += sizeof line - 1)
            memcpy(r->headers + r->n_headers, line, sizeof line - 1);
        memcpy(r->headers + r->n_headers, "Content-Length: 0\r\n\r\n", 21);
        r->n_headers += 21;
    }
    return r->headers;
}

static void put_bits(char *p, size_t *at, unsigned bits, unsigned n)
{
    for (; n > 0; n--, bits >>= 1, ++*at)
        if (bits & 1)
            p[*at / 8] = (char)(p[*at / 8] | 1 << *at % 8);
}

/* Deflate by hand, one block with fixed codes (RFC 1951 §3.2.6): a zero, then
 * "258 times the last byte" over and over, 13 bits each. The check sum at the
 * end is wrong; who gets that far has unpacked everything. */
static const char *bomb(struct rules *r)
{
    static const char head[10] = {0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    if (!r->bomb) {
        size_t at = 8 * sizeof head;
        r->bomb = room(BOMB);
        memcpy(r->bomb, head, sizeof head);
        put_bits(r->bomb, &at, 3, 3);    /* last block, fixed codes */
        put_bits(r->bomb, &at, 0x0c, 8); /* 00110000, first bit first: the byte 0 */
        while (at / 8 + 16 < BOMB)
            put_bits(r->bomb, &at, 0xa3, 13); /* 11000101 00000: length 258, distance 1 */
        put_bits(r->bomb, &at, 0, 7);         /* end of block */
        r->n_bomb = (at + 7) / 8 + 8;
    }
    return r->bomb;
}

/* --- answers --- */

static void set_head(struct answer *a, const char *text)
{
    a->n_head = (size_t)snprintf(a->head, sizeof a->head, "%s", text);
}

static void plain(struct answer *a, int status, const char *more)
{
    char body[32] = "";
    bool none = status == 204 || status == 304;
    a->status = status;
    if (!none)
        snprintf(body, sizeof body, "{\"status\":%d}\n", status);
    int n = none ? snprintf(a->head, sizeof a->head, "HTTP/1.1 %d Scripted\r\n%s\r\n", status, more)
                 : snprintf(a->head, sizeof a->head,
                            "HTTP/1.1 %d Scripted\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
                            status, strlen(body), more, body);
    a->n_head = n < (int)sizeof a->head ? (size_t)n : sizeof a->head - 1;
}

/* Cut a part off a path: its name, or a number (-1: there is none). */
static bool part_is(const char **path, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(*path, name, n) != 0 || ((*path)[n] != '\0' && (*path)[n] != '/'))
        return false;
    *path += n;
    return true;
}

static long number(const char **path)
{
    char *end;
    if (**path != '/' || (*path)[1] < '0' || (*path)[1] > '9')
        return -1;
    long n = strtol(*path + 1, &end, 10);
    *path = end;
    return n;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;
    return at ? (int)(at - digits) : -1;
}

static void decode(const char *s, char *out, size_t size)
{
    size_t n = 0;
    for (; *s && n + 1 < size; n++)
        if (*s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0) {
            out[n] = (char)(hex(s[1]) << 4 | hex(s[2]));
            s += 3;
        } else {
            out[n] = *s++;
        }
    out[n] = '\0';
}

static void retry_after(struct answer *a, const char *rest)
{
    char value[256], line[300];
    long status = number(&rest);
    decode(*rest == '/' ? rest + 1 : "", value, sizeof value);
    snprintf(line, sizeof line, "Retry-After: %s\r\n", value);
    plain(a, status > 0 ? (int)status : 503, line);
}

static void in_steps(struct answer *a, size_t at_once, size_t step, int64_t pause_us)
{
    a->at_once = at_once;
    a->step = step;
    a->pause_us = pause_us;
}

static void tail(struct answer *a, const char *head, const char *bytes, size_t n)
{
    a->status = 200;
    set_head(a, head);
    a->tail = bytes;
    a->n_tail = n;
}

static void continue_for_ever(struct answer *a, long ms)
{
    static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    tail(a, "", line, sizeof line - 1);
    a->status = 0;
    a->again = true;
    if (ms != 0)
        in_steps(a, 0, sizeof line - 1, (ms < 0 ? 10 : ms) * INT64_C(1000));
}

/* Rules that never send a whole answer. */
static bool broken(struct answer *a, const char *p)
{
    if (part_is(&p, "/hang"))
        a->how = ANSWER_NOTHING;
    else if (part_is(&p, "/deaf"))
        a->how = ANSWER_DEAF;
    else if (part_is(&p, "/reset"))
        a->how = ANSWER_RESET;
    else if (part_is(&p, "/close"))
        a->how = ANSWER_CLOSE;
    else if (part_is(&p, "/garbage"))
        set_head(a, "\x16\x03 this is no HTTP\r\n\r\n\x01\x02");
    else if (part_is(&p, "/continue"))
        continue_for_ever(a, number(&p));
    else
        return false;
    a->close = true;
    return true;
}

/* Rules whose answers are too long, too slow, or both. */
static bool unpleasant(struct rules *r, struct answer *a, const char *p)
{
    char head[128];
    if (part_is(&p, "/drip")) {
        plain(a, 200, "");
        a->status = 0;
        in_steps(a, 0, 1, SECOND);
    } else if (part_is(&p, "/dripbody")) {
        tail(a, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", filler(r), 1000);
        in_steps(a, a->n_head, 1, SECOND);
    } else if (part_is(&p, "/endless")) {
        tail(a, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", filler(r), 64u * 1024);
        a->again = true;
    } else if (part_is(&p, "/headers")) {
        tail(a, "HTTP/1.1 200 OK\r\n", endless_headers(r), 0);
        a->n_tail = r->n_headers;
    } else if (part_is(&p, "/header")) {
        tail(a, "HTTP/1.1 200 OK\r\nX-Filler: ", filler(r), FILLER);
    } else if (part_is(&p, "/gzip")) {
        tail(a, "", bomb(r), 0);
        a->n_tail = r->n_bomb;
        snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
                 a->n_tail);
        set_head(a, head);
    } else {
        return false;
    }
    return true;
}

static uint64_t draw(struct rules *r)
{
    r->random ^= r->random << 13;
    r->random ^= r->random >> 7;
    r->random ^= r->random << 17;
    return r->random;
}

static void first(struct rules *r, struct answer *a, const char *path, const char *rest, const char *webhook_id)
{
    long status = number(&rest), most = number(&rest);
    bool refuse = status > 0 && most > 0 && times_seen(r, path, webhook_id) <= (unsigned)most;
    plain(a, refuse ? (int)status : 200, "");
}

static void body(struct rules *r, struct answer *a, long n)
{
    char head[64];
    size_t length = n < 0 ? 0 : (size_t)n < FILLER ? (size_t)n : FILLER;
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
    tail(a, head, filler(r), length);
}

static void redirect(struct answer *a, long port)
{
    char line[80];
    snprintf(line, sizeof line, "Location: http://127.0.0.1:%ld/stolen\r\n", port);
    plain(a, 307, line);
}

void rules_answer(struct rules *r, const char *path, const char *webhook_id, struct answer *a)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    const char *p = path;
    a->how = ANSWER_BYTES;
    a->status = 0;
    a->n_head = a->n_tail = 0;
    a->tail = "";
    a->again = a->close = false;
    a->delay_us = a->pause_us = 0;
    a->at_once = SIZE_MAX;
    a->step = 0;
    if (broken(a, path) || unpleasant(r, a, path))
        return;
    if (part_is(&p, "/status")) {
        long status = number(&p);
        plain(a, status > 0 ? (int)status : 200, "");
    } else if (part_is(&p, "/retry")) {
        retry_after(a, p);
    } else if (part_is(&p, "/redirect")) {
        redirect(a, number(&p));
    } else if (part_is(&p, "/flaky")) {
        plain(a, (long)(draw(r) % 100) < number(&p) ? 503 : 200, "");
    } else if (part_is(&p, "/first")) {
        first(r, a, path, p, webhook_id);
    } else if (part_is(&p, "/slow")) {
        long ms = number(&p);
        a->delay_us = ms > 0 ? ms * INT64_C(1000) : 0;
        plain(a, 200, "");
    } else if (part_is(&p, "/hints")) {
        tail(a, "HTTP/1.1 103 Early Hints\r\nRetry-After: 99\r\n\r\n", ok, sizeof ok - 1);
    } else if (part_is(&p, "/cookie")) {
        plain(a, 200, "Set-Cookie: a=b; Path=/\r\n");
    } else if (part_is(&p, "/body")) {
        body(r, a, number(&p));
    } else {
        a->close = part_is(&p, "/bye") || part_is(&p, "/drop");
        plain(a, 200, strncmp(path, "/bye", 4) == 0 && a->close ? "Connection: close\r\n" : "");
    }
}

struct rules *rules_new(void)
{
    struct rules *r = calloc(1, sizeof *r);
    if (r)
        r->random = UINT64_C(88172645463325252);
    return r;
}

void rules_free(struct rules **r)
{
    if (!*r)
        return;
    rules_clear(*r);
    free((*r)->filler);
    free((*r)->headers);
    free((*r)->bomb);
    free(*r);
    *r = NULL;
}
