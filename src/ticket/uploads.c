#include "base/num.h"
#include "base/utf8.h"
#include "ticket/draft.h"
#include "ticket/formats.h"

#define PATH_MAX_SENT TICKET_TEXT_MAX /* [code points] of a filename with its folders */
#define SIZE_TEXT_MAX 1024            /* [characters] of a number that says a size */
#define SIZE_MAX_DECLARED ((UINT64_C(1) << 53) - 1)

static void no_memory(struct err *err)
{
    err_set(err, STATUS_NO_MEMORY, "Out of memory");
}

static void read_filename(struct arena *a, const struct wire_node *item, struct ticket_attachment *out, struct err *err)
{
    struct sv sent = wire_string(item, "filename", WIRE_REQUIRED, PATH_MAX_SENT, err);
    if (!sent.p)
        return;
    enum status s = ticket_format_filename(a, sent, &out->filename);
    if (s == STATUS_NO_MEMORY)
        no_memory(err);
    else if (s != STATUS_OK)
        wire_fail_format(item, "filename", err);
    else if (utf8_count(out->filename) > TICKET_FILENAME_MAX)
        wire_fail(item, "filename", err, "Filename must be at most %d characters", TICKET_FILENAME_MAX);
}

static void read_content(const struct wire_node *item, struct ticket_attachment *out, struct err *err)
{
    out->bytes = wire_base64(item, "content", WIRE_REQUIRED, err);
    out->true_size = out->bytes.n;
    if (out->bytes.n > TICKET_ATTACHMENT_BYTES_MAX)
        wire_fail(item, "content", err, "Content must be at most %u bytes when decoded", TICKET_ATTACHMENT_BYTES_MAX);
}

static void read_mime_type(const struct wire_node *item, struct ticket_attachment *out, struct err *err)
{
    struct sv sent = wire_string(item, "mimeType", WIRE_OPTIONAL, TICKET_MIME_MAX, err);
    out->mime_type = sent.p ? sent : SV("application/octet-stream");
    if (!ticket_format_mime_type(out->mime_type))
        wire_fail_format(item, "mimeType", err);
}

static void read_size(struct arena *a, const struct wire_node *item, struct ticket_attachment *out, struct err *err)
{
    struct sv text = wire_number(item, "size", WIRE_OPTIONAL, err);
    struct num_dec value;
    out->size = out->true_size;
    if (!text.p)
        return;
    enum status s = text.n > SIZE_TEXT_MAX ? STATUS_BAD_INPUT : num_dec_parse(a, text, &value);
    if (s == STATUS_NO_MEMORY)
        no_memory(err);
    else if (s != STATUS_OK || !num_dec_u64(&value, SIZE_MAX_DECLARED, &out->size))
        wire_fail(item, "size", err, "Size must be a whole number from 0 to %llu",
                  (unsigned long long)SIZE_MAX_DECLARED);
}

static void read_upload(struct arena *a, const struct wire_node *item, struct ticket_attachment *out, struct err *err)
{
    *out = (struct ticket_attachment){0};
    read_filename(a, item, out, err);
    read_content(item, out, err);
    read_mime_type(item, out, err);
    read_size(a, item, out, err);
    out->description = wire_string(item, "description", WIRE_OPTIONAL, TICKET_FILE_TEXT_MAX, err);
}

static void hash_uploads(struct ticket_attachment *list, unsigned n, struct err *err)
{
    for (unsigned i = 0; i < n; i++)
        if (crypto_sha256(list[i].bytes.p, list[i].bytes.n, list[i].sha256) != STATUS_OK)
            err_set(err, STATUS_INTERNAL, "Cannot hash an attachment");
}

unsigned ticket_uploads_read(struct arena *a, const struct wire_node *at,
                             struct ticket_attachment out[TICKET_ATTACHMENTS_MAX], struct err *err)
{
    struct wire_node list = wire_list(at, "attachments", err);
    size_t n = wire_list_n(&list);
    if (n > TICKET_ATTACHMENTS_MAX) {
        wire_fail(at, "attachments", err, "Attachments must be at most %d in one request", TICKET_ATTACHMENTS_MAX);
        n = TICKET_ATTACHMENTS_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        struct wire_node item = wire_item(&list, i, err);
        read_upload(a, &item, &out[i], err);
    }
    /* Refused requests need no hashes, and these cost the most. */
    if (err->status == STATUS_OK)
        hash_uploads(out, (unsigned)n, err);
    return (unsigned)n;
}
