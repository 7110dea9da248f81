#include "wire/opened.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_CAP ((size_t)64 * 1024 * 1024)
#define TEXT_MAX 4096
#define TEXTS 4

void open_bytes(struct opened *o, const void *body, size_t n)
{
    o->doc = NULL;
    err_init(&o->err);
    o->arena = arena_new(ARENA_CAP);
    o->body = malloc(n ? n : 1);
    if (!o->arena || !o->body)
        abort();
    memcpy(o->body, body, n);
    o->status = wire_parse(o->arena, o->body, n, &o->doc, &o->err);
    if (o->status == STATUS_OK)
        o->top = wire_top(o->doc);
}

void open_text(struct opened *o, const char *body)
{
    open_bytes(o, body, strlen(body));
}

void open_close(struct opened *o)
{
    wire_free(&o->doc);
    free(o->body);
    arena_free(&o->arena);
}

const char *open_error(const struct opened *o, const char *path)
{
    const char *text = err_field_text(&o->err, path);
    return text ? text : "";
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
