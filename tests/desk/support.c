#include "desk/support.h"

#include <string.h>

#include "harness/suite.h"

struct bench bench;

/* Only told apart, never looked into. */
static char some_store, some_shared;

int desk_up(void)
{
    fake_reset();
    memset(&bench, 0, sizeof bench);
    bench.arena = arena_new(64u * 1024 * 1024);
    bench.rules.tracking_url_base = SV("https://desk.example");
    err_init(&bench.err);
    buf_init(&bench.out, 1u << 20);
    bench.call = (struct desk_call){
        .actor = {.partner_id = 7, .partner_code = SV("PARTNER001"), .who = SV("key:17")},
        .arena = bench.arena,
        .now_us = NOW,
        .mono_us = MONO,
        .body_hash = "0123456789abcdef0123456789abcde",
        .err = &bench.err,
    };
    return !bench.arena || desk_new((struct store *)&some_store, (struct gate_shared *)&some_shared, &bench.rules,
                                    &bench.desk) != STATUS_OK;
}

int desk_down(void)
{
    desk_free(&bench.desk);
    wire_free(&bench.doc);
    arena_free(&bench.arena);
    buf_free(&bench.out);
    return 0;
}

void desk_again(void)
{
    desk_down();
    CHECK_INT("desk", desk_up(), 0);
}

void desk_as_agent(void)
{
    bench.call.actor = (struct desk_actor){.partner_id = 1,
                                           .partner_code = SV("BANK"),
                                           .webhook_url = SV("https://bank.example/"),
                                           .agent = true,
                                           .who = SV("key:2")};
}

enum status desk_patch(const char *json)
{
    struct ticket_change change;
    struct sv body;
    wire_free(&bench.doc);
    err_init(&bench.err);
    buf_clear(&bench.out);
    enum status s = arena_dup(bench.arena, sv_from(json), &body);
    if (s == STATUS_OK)
        s = wire_parse(bench.arena, (char *)(uintptr_t)body.p, body.n, &bench.doc, &bench.err);
    CHECK_INT(json, s, STATUS_OK);
    s = ticket_change_read(bench.arena, bench.doc, bench.call.actor.agent, &change, &bench.err);
    s = desk_update(bench.desk, &bench.call, 1408, &change, s, &bench.out, &bench.replayed);
    return s;
}

struct ticket_draft desk_draft(void)
{
    return (struct ticket_draft){
        .channel = TICKET_EMAIL,
        .service_type = TICKET_INQUIRY,
        .priority = TICKET_LOW,
        .channel_reference_id = SV("EMAIL-1"),
        .customer_name = SV("Jane"),
        .customer_email = SV("j@example.com"),
        .customer_phone = SV("+62 1"),
        .customer_identifier = SV("CIF1"),
        .customer_department = SV("Retail"),
        .customer_language = SV("id"),
        .branch_code = SV("001"),
        .title = SV("Balance"),
        .description = SV("What is it"),
        .category = SV("INFORMATION_REQUEST"),
        .metadata = SV("{\"a\":1.10}"),
        .api_version = SV("1.0"),
    };
}

enum status desk_post(const struct ticket_draft *draft, const char *request_id, enum status draft_status)
{
    buf_clear(&bench.out);
    return desk_open(bench.desk, &bench.call, draft, sv_from(request_id), draft_status, &bench.out, &bench.replayed);
}

const char *text(struct sv s)
{
    static char slots[4][8192];
    static unsigned next;
    char *out = slots[next++ % 4];
    size_t n = s.n < sizeof slots[0] ? s.n : sizeof slots[0] - 1;
    if (!s.p)
        return "(absent)";
    memcpy(out, s.p, n);
    out[n] = '\0';
    return out;
}
