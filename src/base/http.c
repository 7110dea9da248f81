#include "base/http.h"

#include <stdarg.h>
#include <stdio.h>

void http_response_init(struct http_response *r)
{
    *r = (struct http_response){.status = 200, .content_type = SV("application/json; charset=utf-8"), .route = "-"};
    buf_init(&r->headers, HTTP_HEADERS_MAX);
    buf_init(&r->body, HTTP_ANSWER_MAX);
}

void http_response_free(struct http_response *r)
{
    buf_free(&r->headers);
    buf_free(&r->body);
}

static bool has_control(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7F)
            return true;
    return false;
}

void http_header(struct http_response *r, const char *name, const char *fmt, ...)
{
    char value[HTTP_HEADERS_MAX];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(value, sizeof value, fmt, ap);
    va_end(ap);
    if (r->headers.status != STATUS_OK)
        return;
    if (n < 0 || (size_t)n >= sizeof value)
        r->headers.status = STATUS_TOO_LARGE;
    else if (has_control(value))
        r->headers.status = STATUS_INTERNAL;
    else
        buf_printf(&r->headers, "%s: %s\r\n", name, value);
}
