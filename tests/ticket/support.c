#include "ticket/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define ARENA_CAP ((size_t)64 * 1024 * 1024)
#define TEXTS 8
#define TEXT_MAX 16384
#define ERRORS_MAX 16384
#define FIXTURE_MAX 65536

static void *need(void *p)
{
    if (!p)
        abort();
    return p;
}

static struct arena *rules_arena;

static void free_rules(void)
{
    arena_free(&rules_arena);
}

const struct ticket_rules *shipped_rules(void)
{
    static struct conf conf;
    static struct ticket_rules rules;
    struct err err;
    if (rules_arena)
        return &rules;
    rules_arena = need(arena_new(65536));
    atexit(free_rules);
    err_init(&err);
    conf_defaults(&conf);
    conf.currency_rate.n = 2;
    snprintf(conf.currency_rate.item[0], CONF_STRING_MAX, "USD 15600");
    snprintf(conf.currency_rate.item[1], CONF_STRING_MAX, "JPY 0.5e2");
    if (ticket_rules_set(rules_arena, &conf, &rules, &err) != STATUS_OK)
        abort();
    return &rules;
}

void sent_open(struct sent *s, const char *body, size_t n)
{
    memset(s, 0, sizeof *s);
    err_init(&s->err);
    s->arena = need(arena_new(ARENA_CAP));
    s->body = need(malloc(n ? n : 1));
    memcpy(s->body, body, n);
    s->status = wire_parse(s->arena, s->body, n, &s->doc, &s->err);
}

static void open_quoted(struct sent *s, const char *quoted)
{
    char *body = quote(quoted);
    sent_open(s, body, strlen(body));
    if (s->status != STATUS_OK) {
        fprintf(stderr, "not JSON: %.200s\n", body);
        abort();
    }
    free(body);
}

void send_create(struct sent *s, const char *quoted)
{
    open_quoted(s, quoted);
    s->status = ticket_draft_read(s->arena, s->doc, shipped_rules(), &s->draft, &s->err);
}

void send_change(struct sent *s, const char *quoted, bool agent)
{
    open_quoted(s, quoted);
    s->status = ticket_change_read(s->arena, s->doc, agent, &s->change, &s->err);
}

void sent_close(struct sent *s)
{
    wire_free(&s->doc);
    free(s->body);
    arena_free(&s->arena);
}

const char *errors_of(const struct err *err)
{
    static char text[ERRORS_MAX];
    size_t n = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < err->n_fields && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s: %s", i ? "\n" : "", err->fields[i].path,
                              err->fields[i].text);
    return text;
}

const char *text_of(struct sv s)
{
    static char texts[TEXTS][TEXT_MAX];
    static unsigned next;
    if (!s.p)
        return NULL;
    char *text = texts[next++ % TEXTS];
    size_t n = s.n < TEXT_MAX - 1 ? s.n : TEXT_MAX - 1;
    memcpy(text, s.p, n);
    text[n] = '\0';
    return text;
}

char *quote(const char *quoted)
{
    char *text = need(strdup(quoted));
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    return text;
}

char *repeat(const char *part, size_t n)
{
    size_t len = strlen(part);
    char *text = need(malloc(n * len + 1));
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, part, len);
    text[n * len] = '\0';
    return text;
}

char *filled(const char *format, const char *fill)
{
    const char *at = need(strstr(format, "%s"));
    size_t before = (size_t)(at - format), n = strlen(fill), after = strlen(at + 2);
    char *text = need(malloc(before + n + after + 1));
    memcpy(text, format, before);
    memcpy(text + before, fill, n);
    memcpy(text + before + n, at + 2, after + 1);
    return text;
}

char *fixture(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/fixtures/%s.json", TESTS_DIR, name);
    FILE *f = need(fopen(path, "rb"));
    char *text = need(calloc(1, FIXTURE_MAX));
    if (fread(text, 1, FIXTURE_MAX - 1, f) == 0)
        abort();
    fclose(f);
    return text;
}

char *fixture_compact(const char *name)
{
    struct sent s;
    char *text = fixture(name);
    sent_open(&s, text, strlen(text));
    if (s.status != STATUS_OK)
        abort();
    struct sv compact = wire_text(s.doc);
    memcpy(text, compact.p, compact.n);
    text[compact.n] = '\0';
    sent_close(&s);
    return text;
}

int64_t iso(const char *text)
{
    int64_t at;
    if (!clock_parse_iso(sv_from(text), &at))
        abort();
    return at;
}

static unsigned limit, asked;

static int hook(size_t n)
{
    (void)n;
    return asked++ < limit;
}

void refuse_from(unsigned n)
{
    limit = n;
    asked = 0;
    arena_alloc_hook = hook;
}

void refuse_off(void)
{
    arena_alloc_hook = NULL;
}

bool refused(void)
{
    return asked > limit;
}
