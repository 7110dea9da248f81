#include "store/attachment.h"

#include <string.h>
#include "store/ticket_store.h"

static struct sv chunk(struct sv bytes, size_t at)
{
    if (!bytes.n)
        return SV_NONE;
    size_t left = bytes.n - at;
    return (struct sv){bytes.p + at, left < STORE_CHUNK_MAX ? left : STORE_CHUNK_MAX};
}

static enum link_result send_piece(struct store *s, struct row_in *in)
{
    enum link_result r = link_run(s, in, NULL, NULL);
    if (!r)
        link_renew(s);
    return r;
}

static enum link_result write_file(struct store *s, const char *ticket_id, const struct ticket_attachment *f,
                                   uint32_t seq)
{
    struct row_in in;
    struct sv first = chunk(f->bytes, 0);
    row_in_init(&in, STORE_ATTACHMENT_ADD);
    row_in_str(&in, f->id);
    row_in_u(&in, f->bytes.n);
    row_in_str(&in, ticket_id);
    row_in_u(&in, seq);
    row_in_s(&in, f->filename);
    row_in_s(&in, f->mime_type);
    row_in_s(&in, f->description);
    row_in_u(&in, f->size);
    row_in_hash(&in, f->sha256);
    row_in_t(&in, f->at);
    row_in_b(&in, first);
    enum link_result r = send_piece(s, &in);
    uint32_t n = 1;
    for (size_t at = first.n; at < f->bytes.n && !r; n++) {
        struct sv next = chunk(f->bytes, at);
        row_in_init(&in, STORE_CHUNK_ADD);
        row_in_str(&in, f->id);
        row_in_u(&in, n);
        row_in_b(&in, next);
        r = send_piece(s, &in);
        at += next.n;
    }
    return r;
}

enum link_result attachment_write(struct store *s, const char *ticket_id, const struct ticket_attachment *files,
                                  unsigned n, uint32_t first)
{
    enum link_result r = LINK_OK;
    for (unsigned i = 0; i < n && !r; i++)
        r = write_file(s, ticket_id, &files[i], first + i);
    return r;
}

/* --- reading --- */

struct found {
    struct arena *a;
    struct ticket_attachment *out;
    bool ticket, attachment;
};

static enum status on_found(void *ctx, struct row_out *row)
{
    struct found *q = ctx;
    struct ticket_attachment *f = q->out;
    q->ticket = true;
    q->attachment = !row_is_null(row, 0);
    if (!q->attachment)
        return STATUS_OK;
    memset(f, 0, sizeof *f);
    row_str(row, 0, f->id, sizeof f->id);
    f->filename = row_s(row, 1, q->a);
    f->mime_type = row_s(row, 2, q->a);
    f->description = row_s(row, 3, q->a);
    f->size = row_u(row, 4);
    f->true_size = row_u(row, 5);
    row_into(row, 6, f->sha256, sizeof f->sha256);
    f->at = row_t(row, 7);
    return row->status;
}

enum status store_attachment_find(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number,
                                  struct sv attachment_id, struct ticket_attachment *out_r, struct err *err)
{
    struct row_in in;
    struct found q = {.a = a, .out = out_r};
    row_in_init(&in, STORE_ATTACHMENT_FIND);
    row_in_s(&in, attachment_id);
    row_in_u(&in, number);
    row_in_u(&in, partner_id);
    row_in_u(&in, partner_id);
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = &in, .on_row = on_found, .ctx = &q}, err);
    if (st)
        return st;
    if (!q.ticket)
        return err_set(err, STATUS_NOT_FOUND, "Ticket not found");
    return q.attachment ? STATUS_OK : err_set(err, STATUS_NOT_FOUND, "Attachment not found");
}

struct piece {
    unsigned char *buf;
    size_t n;
};

static enum status on_piece(void *ctx, struct row_out *row)
{
    struct piece *p = ctx;
    p->n = row_into(row, 0, p->buf, STORE_CHUNK_MAX);
    return row->status;
}

enum status store_attachment_chunk(struct store *s, const char *attachment_id, uint32_t n, unsigned char *buf,
                                   size_t *size_r, struct err *err)
{
    struct row_in in;
    struct piece p = {.buf = buf};
    row_in_init(&in, STORE_CHUNK_READ);
    row_in_str(&in, attachment_id);
    row_in_u(&in, n);
    enum status st = link_one(s, LINK_READ, (struct link_one){.in = &in, .on_row = on_piece, .ctx = &p}, err);
    *size_r = st ? 0 : p.n;
    return st;
}
