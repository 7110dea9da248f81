#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static void vformat(char *out, size_t size, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);
static void vformat(char *out, size_t size, const char *fmt, va_list ap)
{
    int n = vsnprintf(out, size, fmt, ap);
    if (n < 0)
        out[0] = '\0';
    else if ((size_t)n >= size)
        out[utf8_whole((struct sv){out, size - 1})] = '\0';
}

void err_init(struct err *e)
{
    e->status = STATUS_OK;
    e->text[0] = '\0';
    e->n_fields = 0;
}

enum status err_set(struct err *e, enum status s, const char *fmt, ...)
{
    if (!e)
        return s;
    if (e->status != STATUS_OK)
        return e->status;
    va_list ap;
    va_start(ap, fmt);
    vformat(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    e->status = s;
    return s;
}

static void format(char *out, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void format(char *out, size_t size, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vformat(out, size, fmt, ap);
    va_end(ap);
}

void err_vfield(struct err *e, const char *path, const char *fmt, va_list ap)
{
    err_set(e, STATUS_INVALID, "Validation failed");
    if (e->n_fields == ERR_FIELDS_MAX)
        return;
    struct err_field *f = &e->fields[e->n_fields];
    format(f->path, sizeof f->path, "%s", path);
    if (err_field_text(e, f->path))
        return;
    vformat(f->text, sizeof f->text, fmt, ap);
    e->n_fields++;
}

void err_field(struct err *e, const char *path, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_vfield(e, path, fmt, ap);
    va_end(ap);
}

const char *err_field_text(const struct err *e, const char *path)
{
    for (unsigned i = 0; i < e->n_fields; i++)
        if (strcmp(e->fields[i].path, path) == 0)
            return e->fields[i].text;
    return NULL;
}
