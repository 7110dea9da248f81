#include "fuzz/answer.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "fuzz/target.h"
#include "wire/json.h"

#define ARENA_CAP ((size_t)256 * 1024 * 1024)

struct api *answer_api(void)
{
    static char some_gate, some_desk;
    static struct ticket_rules rules;
    static struct api *api;
    if (!api)
        MUST(api_new((struct gate *)&some_gate, (struct desk *)&some_desk, &rules, &api) == STATUS_OK);
    return api;
}

void answer_fakes(struct sv letters)
{
    fake_reset();
    for (size_t i = 0; i < letters.n; i++)
        if (letters.p[i] == 'a')
            fake.caller.permissions |= STORE_MAY_AGENT;
        else if (letters.p[i] == 'n')
            fake.found = false;
        else if (letters.p[i] == 'r')
            fake.replayed = true;
        else
            fake.desk = (enum status)((unsigned char)letters.p[i] % STATUS__MAX);
    fake.ticket.metadata = SV("{}");
}

void answer_check(int status, struct sv body)
{
    static struct err err;
    struct wire_doc *doc = NULL;
    struct arena *a = arena_new(ARENA_CAP);
    char *copy = malloc(body.n + 1), digits[16];
    MUST(a && copy && body.n > 0);
    memcpy(copy, body.p, body.n);
    err_init(&err);
    MUST(wire_parse(a, copy, body.n, &doc, &err) == STATUS_OK);
    MUST(sv_eq(wire_text(doc), body));
    struct wire_node top = wire_top(doc);
    if (status != 200) {
        snprintf(digits, sizeof digits, "%d", status);
        MUST(sv_is(wire_number(&top, "status", WIRE_REQUIRED, &err), digits));
        MUST(wire_string(&top, "error", WIRE_REQUIRED, 1000, &err).p);
        MUST(wire_string(&top, "timestamp", WIRE_REQUIRED, 20, &err).n == CLOCK_ISO_SIZE - 1);
    }
    wire_free(&doc);
    arena_free(&a);
    free(copy);
}

struct sv answer_line(struct sv *rest)
{
    struct sv part = SV("");
    return sv_cut(rest, '\n', &part) ? part : SV("");
}
