#include "api/internal.h"

#include <string.h>

#include "base/utf8.h"

/* RFC 9110 §5.6.2 */
static bool is_token(struct sv s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char b = (unsigned char)s.p[i];
        if (b <= 0x20 || b >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", b))
            return false;
    }
    return s.n > 0;
}

static bool is_media_type(struct sv s)
{
    struct sv type;
    return sv_cut(&s, '/', &type) && s.p && is_token(type) && is_token(s);
}

/* What every old client understands: other characters become '_'. */
static void add_plain(struct buf *b, struct sv name)
{
    uint32_t cp;
    while (name.n > 0) {
        size_t n = utf8_get(name, &cp);
        bool is_plain = cp >= 0x20 && cp < 0x7F && cp != '"' && cp != '\\' && cp != '%';
        buf_char(b, is_plain ? (char)cp : '_');
        name.p += n;
        name.n -= n;
    }
}

/* RFC 8187 §3.2.1 */
static void add_extended(struct buf *b, struct sv name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~";
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (memchr(plain, c, sizeof plain - 1))
            buf_char(b, (char)c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

/* RFC 6266 §4.3: the extended form only when the plain one says less. */
static void put_disposition(struct http_response *r, struct sv name)
{
    struct buf b;
    buf_init(&b, HTTP_HEADERS_MAX);
    buf_str(&b, "attachment; filename=\"");
    size_t from = b.n;
    add_plain(&b, name);
    bool is_same = b.status == STATUS_OK && sv_eq((struct sv){b.p + from, b.n - from}, name);
    buf_char(&b, '"');
    if (!is_same) {
        buf_str(&b, "; filename*=UTF-8''");
        add_extended(&b, name);
    }
    if (b.status == STATUS_OK)
        http_header(r, "Content-Disposition", "%s", b.p);
    else
        r->headers.status = b.status;
    buf_free(&b);
}

static enum status send_bytes(void *ctx, http_sink sink, void *sink_ctx)
{
    struct api_download *d = ctx;
    return desk_attachment_send(d->desk, d->id, sink, sink_ctx);
}

void api_attachment(struct api_call *c)
{
    struct api *a = c->a;
    uint64_t number;
    struct ticket_attachment t = {.mime_type = SV_NONE};
    if (!ticket_number_parse(c->path.number, &number)) {
        api_answer(c, STATUS_NOT_FOUND);
        return;
    }
    enum status s = desk_attachment(a->desk, &c->desk, number, c->path.attachment, &t);
    if (s == STATUS_NOT_FOUND) {
        api_refuse(c, 404, a->err.text, NULL);
        return;
    }
    if (s != STATUS_OK) {
        api_fail(c, s);
        return;
    }
    a->download.desk = a->desk;
    memcpy(a->download.id, t.id, sizeof a->download.id);
    c->resp->content_type = is_media_type(t.mime_type) ? t.mime_type : SV("application/octet-stream");
    c->resp->content_length = (int64_t)t.true_size;
    c->resp->stream = send_bytes;
    c->resp->stream_ctx = &a->download;
    put_disposition(c->resp, t.filename);
}
