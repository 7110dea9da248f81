#include "store/ticket_row.h"

#include <string.h>

#define WORD_MAX 32 /* [bytes] with NUL of any enumerated word */

/* An ENUM's word; an unknown one means that program and schema do not fit. */
static struct sv word(struct row_out *row, unsigned i, char buf[WORD_MAX])
{
    row_str(row, i, buf, WORD_MAX);
    return sv_from(buf);
}

static void known(struct row_out *row, bool ok)
{
    if (!ok && row->status == STATUS_OK)
        row->status = STATUS_INTERNAL;
}

static void read_words(struct row_out *row, unsigned at, struct ticket *out_r)
{
    char buf[WORD_MAX];
    known(row, ticket_status_parse(word(row, at, buf), &out_r->status));
    known(row, ticket_priority_parse(word(row, at + 1, buf), &out_r->priority));
    known(row, ticket_channel_parse(word(row, at + 2, buf), &out_r->channel));
    known(row, ticket_service_type_parse(word(row, at + 3, buf), &out_r->service_type));
}

void ticket_row_head(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r)
{
    out_r->number = row_u(row, at);
    row_str(row, at + 1, out_r->id, sizeof out_r->id);
    out_r->version = row_u(row, at + 2);
    out_r->partner_id = (uint32_t)row_u(row, at + 3);
    out_r->partner_code = row_s(row, at + 4, a);
    read_words(row, at + 5, out_r);
    out_r->channel_reference_id = row_s(row, at + 9, a);
    out_r->title = row_s(row, at + 10, a);
    out_r->branch_code = row_s(row, at + 11, a);
    out_r->branch_name = row_s(row, at + 12, a);
    out_r->service_name = row_s(row, at + 13, a);
    out_r->support_group = row_s(row, at + 14, a);
    out_r->sla_hours = (uint32_t)row_u(row, at + 15);
    out_r->tracking_url_base = row_s(row, at + 16, a);
    out_r->assignee = row_s(row, at + 17, a);
    out_r->webhook_url = row_s(row, at + 18, a);
    out_r->created_at = row_t(row, at + 19);
    out_r->updated_at = row_t(row, at + 20);
    out_r->resolved_at = row_t(row, at + 21);
    out_r->closed_at = row_t(row, at + 22);
    out_r->estimated_at = row_t(row, at + 23);
    out_r->response_deadline = row_t(row, at + 24);
    out_r->resolution_deadline = row_t(row, at + 25);
    out_r->first_response_at = row_t(row, at + 26);
    out_r->n_comments = (uint32_t)row_u(row, at + 27);
    out_r->n_attachments = (uint32_t)row_u(row, at + 28);
    out_r->hook_seq = (uint32_t)row_u(row, at + 29);
}

void ticket_row_state(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r)
{
    char buf[WORD_MAX];
    out_r->number = row_u(row, at);
    known(row, ticket_status_parse(word(row, at + 1, buf), &out_r->status));
    known(row, ticket_priority_parse(word(row, at + 2, buf), &out_r->priority));
    out_r->assignee = row_s(row, at + 3, a);
    out_r->created_at = row_t(row, at + 4);
    out_r->updated_at = row_t(row, at + 5);
    out_r->resolved_at = row_t(row, at + 6);
    out_r->closed_at = row_t(row, at + 7);
    out_r->response_deadline = row_t(row, at + 8);
    out_r->resolution_deadline = row_t(row, at + 9);
    out_r->first_response_at = row_t(row, at + 10);
}

void ticket_row_shown(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r)
{
    char buf[WORD_MAX];
    row_str(row, at, out_r->id, sizeof out_r->id);
    known(row, ticket_service_type_parse(word(row, at + 1, buf), &out_r->service_type));
    out_r->branch_code = row_s(row, at + 2, a);
    out_r->service_name = row_s(row, at + 3, a);
    out_r->support_group = row_s(row, at + 4, a);
    out_r->n_comments = (uint32_t)row_u(row, at + 5);
    out_r->n_attachments = (uint32_t)row_u(row, at + 6);
}

void ticket_row_said(struct row_out *row, unsigned at, struct arena *a, struct ticket_comment *out_r)
{
    out_r->content = row_s(row, at, a);
    out_r->author = row_s(row, at + 1, a);
    out_r->at = row_t(row, at + 2);
}

void ticket_row_comment(struct row_out *row, unsigned at, struct arena *a, struct ticket_comment *out_r)
{
    row_str(row, at, out_r->id, sizeof out_r->id);
    ticket_row_said(row, at + 1, a, out_r);
    out_r->from_support = row_u(row, at + 4) != 0;
}

void ticket_row_last(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r)
{
    out_r->has_last_comment = !row_is_null(row, at);
    if (out_r->has_last_comment)
        ticket_row_comment(row, at, a, &out_r->last_comment);
}

void ticket_row_rest(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r)
{
    struct sv *text[TICKET_ROW_REST] = {
        &out_r->description,         &out_r->category,          &out_r->customer_name,
        &out_r->customer_email,      &out_r->customer_phone,    &out_r->customer_identifier,
        &out_r->customer_department, &out_r->customer_language, &out_r->metadata,
        &out_r->api_version,
    };
    for (unsigned i = 0; i < TICKET_ROW_REST; i++)
        *text[i] = row_s(row, at + i, a);
}

void ticket_row_clear(struct ticket *t)
{
    memset(t, 0, sizeof *t);
    t->created_at = t->updated_at = t->resolved_at = t->closed_at = CLOCK_NONE;
    t->estimated_at = t->response_deadline = t->resolution_deadline = t->first_response_at = CLOCK_NONE;
}

enum status ticket_row_full(struct row_out *row, struct arena *a, struct ticket *out_r,
                            unsigned char body_hash_r[CRYPTO_SHA256_SIZE])
{
    ticket_row_clear(out_r);
    ticket_row_head(row, 0, a, out_r);
    ticket_row_last(row, TICKET_ROW_HEAD, a, out_r);
    ticket_row_rest(row, TICKET_ROW_HEAD + TICKET_ROW_LAST, a, out_r);
    memset(body_hash_r, 0, CRYPTO_SHA256_SIZE);
    row_into(row, TICKET_ROW_HEAD + TICKET_ROW_LAST + TICKET_ROW_REST, body_hash_r, CRYPTO_SHA256_SIZE);
    return row->status;
}
