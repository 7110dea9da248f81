#include "ticket/draft.h"

#include <string.h>

#include "ticket/formats.h"
#include "ticket/words.h"

#define LABEL_MAX 64  /* [bytes] with NUL */
#define AMOUNTS_MAX 3 /* members that may hold a type's amount */

/* The reference's "Field Requirements by Service Type", beyond what all need. */
struct type_fields {
    enum wire_need email, identifier;
    bool email_or_phone;
    const char *required;             /* string in metadata */
    const char *sub_type;             /* string in metadata, for the catalogue */
    const char *amounts[AMOUNTS_MAX]; /* numbers in metadata: the first one present counts */
    enum wire_need amount;
};

static const struct type_fields type_table[TICKET_SERVICE_TYPE__MAX] = {
    [TICKET_CLAIM] = {.email = WIRE_REQUIRED,
                      .required = "claimType",
                      .sub_type = "claimType",
                      .amounts = {"claimAmount"},
                      .amount = WIRE_REQUIRED},
    [TICKET_REIMBURSEMENT] = {.sub_type = "reimbursementType",
                              .amounts = {"amount", "reimbursementAmount", "claimAmount"}},
    [TICKET_DISPUTE] = {.identifier = WIRE_REQUIRED,
                        .required = "transactionId",
                        .sub_type = "disputeType",
                        .amounts = {"disputeAmount"}},
    [TICKET_COMPLAINT] = {.sub_type = "complaintType"},
    [TICKET_ACCOUNT_ISSUE] = {.identifier = WIRE_REQUIRED},
    [TICKET_CARD_ISSUE] = {.sub_type = "issueType"},
    [TICKET_ATM_ISSUE] = {.required = "atmId", .sub_type = "issueType"},
    [TICKET_MOBILE_BANKING] = {.email_or_phone = true},
    [TICKET_INTERNET_BANKING] = {.email_or_phone = true},
};
/* Of an unknown type only what all types share can be judged. */
static const struct type_fields any_type;

struct reading {
    struct arena *arena;
    const struct wire_doc *doc;
    const struct ticket_rules *rules;
    struct ticket_draft *draft;
    struct err *err;
    const struct type_fields *type;
    struct wire_node top, ticket, metadata;
    bool has_priority;
    struct sv amount, currency; /* those that count */
};

static struct sv optional(struct reading *r, const struct wire_node *at, const char *name, size_t max)
{
    return wire_string(at, name, WIRE_OPTIONAL, max, r->err);
}

/* A string of at most `max` or absent, without complaint. */
static struct sv quiet_string(const struct wire_node *at, const char *name, size_t max)
{
    struct err ignored;
    err_init(&ignored);
    struct sv s = wire_string(at, name, WIRE_OPTIONAL, max, &ignored);
    return ignored.status == STATUS_OK ? s : SV_NONE;
}

static void read_head(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    struct sv channel = wire_string(&r->top, "channel", WIRE_REQUIRED, TICKET_ID_MAX, r->err);
    if (channel.p && !ticket_channel_parse(channel, &d->channel))
        ticket_words_fail(&ticket_channel_words, TICKET_WORDS_ALL, &r->top, "channel", r->err);
    struct sv type = wire_string(&r->top, "serviceType", WIRE_REQUIRED, TICKET_ID_MAX, r->err);
    r->type = &any_type;
    if (type.p && ticket_service_type_parse(type, &d->service_type))
        r->type = &type_table[d->service_type];
    else if (type.p)
        ticket_words_fail(&ticket_service_type_words, TICKET_WORDS_ALL, &r->top, "serviceType", r->err);
    d->channel_reference_id = optional(r, &r->top, "channelReferenceId", TICKET_ID_MAX);
}

static void read_contact(struct reading *r, const struct wire_node *customer)
{
    struct ticket_draft *d = r->draft;
    d->customer_email = wire_string(customer, "email", r->type->email, TICKET_EMAIL_MAX, r->err);
    if (d->customer_email.p && !ticket_format_email(d->customer_email))
        wire_fail_format(customer, "email", r->err);
    d->customer_phone = optional(r, customer, "phone", TICKET_PHONE_MAX);
    if (d->customer_phone.p && !ticket_format_phone(d->customer_phone))
        wire_fail_format(customer, "phone", r->err);
    /* A bad phone is not a missing one; a bad email has its own error under this path. */
    bool bad_phone = err_field_text(r->err, "customer.phone");
    if (r->type->email_or_phone && !d->customer_email.p && !d->customer_phone.p && !bad_phone)
        wire_fail(customer, "email", r->err, "Email or phone is required");
}

static void read_customer(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    struct wire_node customer = wire_object(&r->top, "customer", r->err);
    d->customer_name = wire_string(&customer, "name", WIRE_REQUIRED, TICKET_NAME_MAX, r->err);
    read_contact(r, &customer);
    d->customer_identifier = wire_string(&customer, "identifier", r->type->identifier, TICKET_ID_MAX, r->err);
    d->branch_code = optional(r, &customer, "branchCode", TICKET_ID_MAX);
    d->customer_department = optional(r, &customer, "department", TICKET_DEPARTMENT_MAX);
    d->customer_language = optional(r, &customer, "preferredLanguage", TICKET_ID_MAX);
}

static void read_category(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    d->category = optional(r, &r->ticket, "category", TICKET_TEXT_MAX);
    if (d->category.p && !ticket_format_category(d->category))
        wire_fail_format(&r->ticket, "category", r->err);
    if (!d->category.p)
        d->category = sv_from(ticket_type_category(d->service_type));
}

static void read_ticket(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    r->ticket = wire_object(&r->top, "ticket", r->err);
    d->title = wire_string(&r->ticket, "title", WIRE_REQUIRED, TICKET_TITLE_MAX, r->err);
    d->description = wire_string(&r->ticket, "description", WIRE_REQUIRED, TICKET_TEXT_MAX, r->err);
    struct sv priority = optional(r, &r->ticket, "priority", TICKET_ID_MAX);
    r->has_priority = priority.p && ticket_priority_parse(priority, &d->priority);
    if (priority.p && !r->has_priority)
        ticket_words_fail(&ticket_priority_words, TICKET_WORDS_ALL, &r->ticket, "priority", r->err);
    read_category(r);
}

static bool is_negative(struct sv number)
{
    if (number.n == 0 || number.p[0] != '-')
        return false;
    for (size_t i = 1; i < number.n && number.p[i] != 'e' && number.p[i] != 'E'; i++)
        if (number.p[i] >= '1' && number.p[i] <= '9')
            return true;
    return false;
}

static void read_amount(struct reading *r)
{
    const char *name = r->type->amounts[0];
    char label[LABEL_MAX];
    if (!name)
        return;
    for (unsigned i = 0; i < AMOUNTS_MAX && r->type->amounts[i]; i++)
        if (wire_has(&r->metadata, r->type->amounts[i])) {
            name = r->type->amounts[i];
            break;
        }
    wire_label(name, label, sizeof label);
    r->amount = wire_number(&r->metadata, name, r->type->amount, r->err);
    if (is_negative(r->amount))
        wire_fail(&r->metadata, name, r->err, "%s must be a number of at least 0", label);
    r->currency = optional(r, &r->metadata, "claimCurrency", TICKET_ID_MAX);
    if (r->currency.p && !ticket_format_currency(r->currency))
        wire_fail_format(&r->metadata, "claimCurrency", r->err);
}

static void read_metadata(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    r->metadata = wire_object(&r->ticket, "metadata", r->err);
    if (r->metadata.state == WIRE_PRESENT)
        d->metadata = wire_raw(r->doc, "ticket", "metadata");
    if (d->metadata.n > TICKET_METADATA_MAX)
        wire_fail(&r->ticket, "metadata", r->err, "Metadata must be at most %u bytes without white space",
                  TICKET_METADATA_MAX);
    if (r->type->required)
        (void)wire_string(&r->metadata, r->type->required, WIRE_REQUIRED, TICKET_ID_MAX, r->err);
    if (r->type->sub_type)
        d->sub_type = quiet_string(&r->metadata, r->type->sub_type, TICKET_ID_MAX);
    read_amount(r);
}

static void read_webhook(struct reading *r, const struct wire_node *at)
{
    struct net_url url;
    r->draft->webhook_url = optional(r, at, "webhookUrl", NET_URL_MAX);
    if (!r->draft->webhook_url.p)
        return;
    const char *why = net_url_parse(r->draft->webhook_url, &url);
    if (!why)
        why = net_url_check(&url, &r->rules->webhook);
    if (why)
        wire_fail(at, "webhookUrl", r->err, "Webhook url %s", why);
}

static void read_integration(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    struct wire_node at = wire_object(&r->top, "integration", r->err);
    read_webhook(r, &at);
    d->api_version = optional(r, &at, "apiVersion", TICKET_ID_MAX);
    d->partner_id = optional(r, &at, "partnerId", TICKET_ID_MAX);
    d->request_id = optional(r, &at, "requestId", TICKET_ID_MAX);
}

/* As sent, else by amount, else by the table; a dispute's amount only raises. */
static enum status set_priority(struct reading *r)
{
    struct ticket_draft *d = r->draft;
    struct num_dec amount;
    if (r->has_priority)
        return STATUS_OK;
    d->priority = ticket_type_priority(d->service_type);
    if (!r->amount.p)
        return STATUS_OK;
    enum ticket_priority by_amount = TICKET_LOW;
    enum status s = num_dec_parse(r->arena, r->amount, &amount);
    if (s == STATUS_OK)
        s = ticket_amount_priority(r->arena, r->rules, &amount, r->currency, &by_amount);
    if (by_amount > d->priority)
        d->priority = by_amount;
    return s;
}

void ticket_draft_ids(const struct wire_doc *doc, struct sv *partner_id_r, struct sv *request_id_r)
{
    struct err ignored;
    err_init(&ignored);
    struct wire_node top = wire_top(doc);
    struct wire_node at = wire_object(&top, "integration", &ignored);
    *partner_id_r = quiet_string(&at, "partnerId", TICKET_TEXT_MAX); /* too long is foreign, too */
    *request_id_r = quiet_string(&at, "requestId", TICKET_ID_MAX);
}

enum status ticket_draft_read(struct arena *a, const struct wire_doc *doc, const struct ticket_rules *rules,
                              struct ticket_draft *out_r, struct err *err)
{
    struct reading r = {.arena = a, .doc = doc, .rules = rules, .draft = out_r, .err = err, .top = wire_top(doc)};
    memset(out_r, 0, sizeof *out_r);
    read_head(&r);
    read_customer(&r);
    read_ticket(&r);
    read_metadata(&r);
    read_integration(&r);
    /* Last: decoding overwrites the document, and hashing waits for a clean record. */
    out_r->n_attachments = ticket_uploads_read(a, &r.top, out_r->attachments, err);
    if (err->status != STATUS_OK)
        return err->status;
    enum status s = set_priority(&r);
    return s == STATUS_OK ? s : err_set(err, s, "Out of memory");
}
