#include "desk/fake.h"

#include <string.h>

#include "base/clock.h"
#include "base/poke.h"

struct fake fake;

void fake_reset(void)
{
    memset(&fake, 0, sizeof fake);
    fake.services[0] = (struct store_service){
        1, TICKET_CLAIM, SV("ATM_CARD_RETAINED"), SV("ATM Card Services"), SV("Transaction Claims Support"), 60, 4, 24};
    fake.services[1] =
        (struct store_service){2, TICKET_CLAIM, SV(""), SV("Claims"), SV("Transaction Claims Support"), 120, 24, 48};
    fake.services[2] =
        (struct store_service){3, TICKET_INQUIRY, SV(""), SV("Inquiries"), SV("Front Desk"), 240, 48, 72};
    fake.services[3] =
        (struct store_service){4, TICKET_INQUIRY, SV("BALANCE"), SV("Balances"), SV("Accounts Desk"), 30, 2, 3};
    fake.n_services = 4;
    fake.ticket = (struct ticket){
        .number = 1408,
        .id = "caaaaaaaaaaaaaaaaaaaaaaaa",
        .version = 3,
        .partner_id = 7,
        .partner_code = SV("PARTNER001"),
        .status = TICKET_OPEN,
        .channel_reference_id = SV("WA-1"),
        .created_at = 1000 * CLOCK_SECOND,
        .updated_at = 1000 * CLOCK_SECOND,
        .resolved_at = CLOCK_NONE,
        .closed_at = CLOCK_NONE,
        .first_response_at = CLOCK_NONE,
        .n_comments = 1,
        .n_attachments = 1,
        .hook_seq = 1,
        .webhook_url = SV("https://hooks.example/t"),
    };
    fake.existing = fake.ticket;
    fake.existing.support_group = SV("Front Desk");
    fake.existing.tracking_url_base = SV("https://old.example");
    fake.number = 1409;
    fake.due = fake.lost = true;
    fake.by_request = STATUS_NOT_FOUND;
    fake.text = "statement: code 2006";
}

/* --- store ------------------------------------------------------------- */

/* As the rows of a cache: gone with the next reading, which writes over them. */
static void put_text(char *slot, size_t size, struct sv *s)
{
    if (!s->p)
        return;
    size_t n = s->n < size ? s->n : size - 1;
    memcpy(slot, s->p, n);
    slot[n] = '\0';
    *s = (struct sv){slot, n};
}

static enum status called(char letter, enum status s, struct err *err)
{
    size_t n = strlen(fake.log);
    if (n + 1 < sizeof fake.log)
        fake.log[n] = letter;
    if (s != STATUS_OK)
        err_set(err, s, "%s", fake.text);
    return s;
}

void store_begin(struct store *s, int64_t mono_us)
{
    (void)s;
    fake.begun_us = mono_us;
}

bool store_lost(const struct store *s)
{
    (void)s;
    return fake.lost;
}

enum status store_ping(struct store *s, struct err *err)
{
    (void)s;
    return called('P', fake.ping, err);
}

enum status store_service_list(struct store *s, struct arena *a, struct store_service **rows_r, size_t *n_r,
                               struct err *err)
{
    static char texts[4][2][64];
    (void)s;
    struct store_service *rows = arena_array(a, fake.n_services + 1, sizeof *rows);
    if (!rows)
        return STATUS_NO_MEMORY;
    memcpy(rows, fake.services, fake.n_services * sizeof *rows);
    for (size_t i = 0; i < fake.n_services && fake.service_list == STATUS_OK; i++) {
        put_text(texts[i][0], sizeof texts[i][0], &rows[i].name);
        put_text(texts[i][1], sizeof texts[i][1], &rows[i].support_group);
    }
    *rows_r = rows;
    *n_r = fake.n_services;
    if (fake.generation_moves)
        fake.generation++;
    return called('S', fake.service_list, err);
}

enum status store_branch_list(struct store *s, struct arena *a, struct store_branch **rows_r, size_t *n_r,
                              struct err *err)
{
    static char name[64];
    (void)s;
    struct store_branch *rows = arena_array(a, 2, sizeof *rows);
    if (!rows)
        return STATUS_NO_MEMORY;
    rows[0] = (struct store_branch){1, SV("0010"), SV("Another")};
    rows[1] = (struct store_branch){2, SV("001"), fake.branch_name};
    if (fake.branch_list == STATUS_OK)
        put_text(name, sizeof name, &rows[1].name);
    *rows_r = rows;
    *n_r = 2;
    return called('B', fake.branch_list, err);
}

enum status store_ticket_open(struct store *s, struct arena *a, const struct store_open *o, uint64_t *number_r,
                              struct ticket *existing_r, bool *same_r, struct err *err)
{
    (void)s;
    (void)a;
    fake.opened = *o;
    fake.opened_ticket = *o->ticket;
    if (o->job)
        fake.jobs[0] = *o->job;
    for (unsigned i = 0; i < o->n_attachments; i++)
        fake.uploads[i] = o->attachments[i];
    *number_r = fake.number;
    *existing_r = fake.existing;
    *same_r = fake.same;
    return called('O', fake.open, err);
}

enum status store_ticket_open_together(struct store *s, const struct store_open *const *o, size_t n,
                                       uint64_t *numbers_r, struct err *err)
{
    (void)s;
    fake.n_together = n;
    for (size_t i = 0; i < n; i++) {
        fake.opened_together[i] = *o[i];
        fake.tickets_together[i] = *o[i]->ticket;
        numbers_r[i] = fake.number + i;
    }
    return called('o', fake.open_together, err);
}

enum status store_ticket_by_request(struct store *s, struct arena *a, uint32_t partner_id, struct sv request_key,
                                    const unsigned char body_hash[CRYPTO_SHA256_SIZE], struct ticket *existing_r,
                                    bool *same_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)body_hash;
    fake.partner_id = partner_id;
    fake.request_key = request_key;
    *existing_r = fake.existing;
    *same_r = fake.same;
    return called('R', fake.by_request, err);
}

enum status store_ticket_details(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number, bool internal,
                                 struct ticket_details *out_r, struct err *err)
{
    (void)s;
    (void)a;
    fake.partner_id = partner_id;
    fake.asked_number = number;
    fake.internal = internal;
    *out_r = (struct ticket_details){.ticket = fake.ticket};
    return called('D', fake.details, err);
}

/* Even numbers exist; what is said of a call that fails counts for nothing. */
static void find_together(struct store_asking *q, size_t n)
{
    fake.n_together = n;
    for (size_t i = 0; i < n; i++) {
        fake.asked_together[i] = q[i];
        q[i].found = q[i].number % 2 == 0;
        if (!q[i].found)
            continue;
        *q[i].out = (struct ticket_details){.ticket = fake.ticket};
        q[i].out->ticket.number = q[i].number;
        q[i].out->ticket.branch_code = fake.branch_codes[i];
    }
}

enum status store_ticket_details_together(struct store *s, struct store_asking *q, size_t n, struct err *err)
{
    (void)s;
    find_together(q, n);
    return called('d', fake.details_together, err);
}

enum status store_ticket_statuses_together(struct store *s, struct store_asking *q, size_t n, struct err *err)
{
    (void)s;
    find_together(q, n);
    return called('n', fake.statuses_together, err);
}

/* Even numbers exist, so do references that begin with 'W'. */
enum status store_ticket_statuses(struct store *s, struct arena *a, uint32_t partner_id, const uint64_t *numbers,
                                  size_t n, struct ticket *tickets_r, bool *found_r, struct err *err)
{
    (void)s;
    (void)a;
    fake.partner_id = partner_id;
    fake.n_numbers = n;
    for (size_t i = 0; i < n; i++) {
        fake.numbers[i] = numbers[i];
        tickets_r[i] = fake.ticket;
        tickets_r[i].number = numbers[i];
        found_r[i] = numbers[i] % 2 == 0;
    }
    return called('N', fake.statuses, err);
}

enum status store_ticket_statuses_by_reference(struct store *s, struct arena *a, uint32_t partner_id,
                                               const struct sv *references, size_t n, struct ticket *tickets_r,
                                               bool *found_r, struct err *err)
{
    (void)s;
    (void)a;
    fake.partner_id = partner_id;
    fake.n_references = n;
    for (size_t i = 0; i < n; i++) {
        fake.references_asked[i] = references[i];
        tickets_r[i] = fake.ticket;
        tickets_r[i].channel_reference_id = references[i];
        found_r[i] = references[i].p[0] == 'W';
    }
    return called('F', fake.references, err);
}

enum status store_ticket_list(struct store *s, struct arena *a, const struct store_list *q, struct ticket *tickets_r,
                              size_t *n_r, bool *more_r, struct err *err)
{
    (void)s;
    (void)a;
    fake.list_asked = *q;
    for (size_t i = 0; i < fake.n_list; i++) {
        tickets_r[i] = fake.ticket;
        tickets_r[i].number = 2000 - i;
    }
    *n_r = fake.n_list;
    *more_r = fake.more;
    return called('L', fake.list, err);
}

enum status store_ticket_for_update(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number,
                                    uint32_t key_partner, struct sv key,
                                    const unsigned char body_hash[CRYPTO_SHA256_SIZE], struct ticket *ticket_r,
                                    struct store_replay *replay_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)body_hash;
    fake.partner_id = partner_id;
    fake.key_partner = key_partner;
    fake.asked_number = number;
    fake.key = key;
    *ticket_r = fake.ticket;
    *replay_r = fake.replay;
    return called('G', fake.for_update, err);
}

enum status store_ticket_update(struct store *s, struct arena *a, const struct store_update *u, struct err *err)
{
    (void)s;
    (void)a;
    fake.updated = *u;
    fake.before = *u->before;
    fake.after = *u->after;
    fake.has_comment = u->comment != NULL;
    if (u->comment)
        fake.comment = *u->comment;
    for (unsigned i = 0; i < u->n_jobs; i++)
        fake.jobs[i] = u->jobs[i];
    for (unsigned i = 0; i < u->n_attachments; i++)
        fake.uploads[i] = u->attachments[i];
    memcpy(fake.event_ids[fake.n_updates], u->event_id, CRYPTO_CUID_SIZE);
    return called('U', fake.update[fake.n_updates++], err);
}

enum status store_attachment_find(struct store *s, struct arena *a, uint32_t partner_id, uint64_t number,
                                  struct sv attachment_id, struct ticket_attachment *out_r, struct err *err)
{
    (void)s;
    (void)a;
    (void)attachment_id;
    fake.partner_id = partner_id;
    fake.asked_number = number;
    *out_r = (struct ticket_attachment){.id = "cbbbbbbbbbbbbbbbbbbbbbbbb", .true_size = 5};
    return called('A', fake.attachment, err);
}

enum status store_attachment_chunk(struct store *s, const char *attachment_id, uint32_t n, unsigned char *buf,
                                   size_t *size_r, struct err *err)
{
    (void)s;
    (void)attachment_id;
    *size_r = 0;
    if (n < fake.n_chunks) {
        buf[0] = (unsigned char)('a' + n);
        *size_r = 1;
    }
    return called('C', n + 1 == fake.n_chunks ? fake.chunk : STATUS_OK, err);
}

enum status store_partner_find(struct store *s, struct arena *a, struct sv code, struct store_partner *out_r,
                               struct err *err)
{
    (void)s;
    (void)a;
    size_t n = code.n < sizeof fake.partner_asked ? code.n : sizeof fake.partner_asked - 1;
    memcpy(fake.partner_asked, code.p, n);
    *out_r = (struct store_partner){.webhook_url = fake.partner_url};
    return called('W', fake.partner, err);
}

/* --- gate -------------------------------------------------------------- */

bool gate_breaker_allow(struct gate_shared *g, int64_t mono_us)
{
    (void)g;
    (void)mono_us;
    return !fake.is_open || fake.due;
}

bool gate_breaker_open(const struct gate_shared *g)
{
    (void)g;
    return fake.is_open;
}

void gate_breaker_ok(struct gate_shared *g)
{
    (void)g;
    fake.is_open = false;
    called('+', STATUS_OK, NULL);
}

void gate_breaker_fail(struct gate_shared *g, int64_t mono_us)
{
    (void)g;
    fake.failed_us = mono_us;
    called('-', STATUS_OK, NULL);
}

uint64_t gate_generation(const struct gate_shared *g)
{
    (void)g;
    return fake.generation;
}

/* --- base -------------------------------------------------------------- */

void poke_send(int *fd, const char *directory, uint64_t receiver)
{
    (void)fd;
    fake.poke_directory = directory;
    if (fake.n_poked < sizeof fake.poked / sizeof fake.poked[0])
        fake.poked[fake.n_poked++] = receiver;
    called('!', STATUS_OK, NULL);
}
