#include <limits.h>
#include <stdlib.h>

#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

static unsigned left;

static int hook(size_t n)
{
    (void)n;
    return left > 0 && left-- > 0;
}

static enum status open_one(void)
{
    struct ticket_draft f = desk_draft();
    f.webhook_url = SV("https://hooks.example/t");
    f.n_attachments = 1;
    f.attachments[0] = (struct ticket_attachment){.filename = SV("a"), .bytes = SV("x")};
    return desk_post(&f, "r", STATUS_OK);
}

/* As desk_patch, with the reading outside. */
static enum status change(const struct ticket_change *c)
{
    return desk_update(bench.desk, &bench.call, 1408, c, STATUS_OK, &bench.out, &bench.replayed);
}

static enum status move_one(void)
{
    static const struct ticket_change c = {.has_action = true,
                                           .action = TICKET_UPDATE_STATUS,
                                           .has_status = true,
                                           .status = TICKET_RESOLVED,
                                           .comment = {"done", 4},
                                           .author = {"Jane", 4}};
    bench.call.actor.agent = true;
    return change(&c);
}

static enum status comment_one(void)
{
    static const struct ticket_change c = {
        .has_action = true, .action = TICKET_ADD_COMMENT, .comment = {"hi", 2}, .author = {"Customer", 8}};
    return change(&c);
}

static enum status upload_one(void)
{
    static const struct ticket_change c = {.has_action = true, .action = TICKET_ADD_ATTACHMENT, .n_attachments = 2};
    return change(&c);
}

static enum status ask_some(void)
{
    struct desk_question q[] = {{true, SV("W")}, {false, SV("2")}};
    struct ticket_asked asked[2];
    return desk_status(bench.desk, &bench.call, q, 2, asked);
}

static enum status list_some(void)
{
    struct store_list q = {.limit = 200};
    struct ticket *t;
    size_t n;
    uint64_t next;
    return desk_list(bench.desk, &bench.call, &q, &t, &n, &next);
}

static enum status no_attachment(void)
{
    struct ticket_attachment t;
    enum status s = desk_attachment(bench.desk, &bench.call, 2, SV("x"), &t);
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static const struct {
    const char *name;
    enum status (*run)(void);
} cases[] = {
    {"open", open_one},   {"move", move_one},  {"comment", comment_one},      {"upload", upload_one},
    {"status", ask_some}, {"list", list_some}, {"attachment", no_attachment},
};

/* The nth allocation and all after it fail: an error or success, never a mess. */
static void test_every_allocation(void)
{
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        enum status s = STATUS_NO_MEMORY;
        unsigned n = 0;
        for (; n < 100 && s != STATUS_OK; n++) {
            desk_again();
            fake.by_request = STATUS_NOT_FOUND;
            left = n;
            arena_alloc_hook = hook;
            s = cases[i].run();
            arena_alloc_hook = NULL;
            CHECK(cases[i].name, s == STATUS_OK || s == STATUS_NO_MEMORY);
        }
        CHECK_INT(cases[i].name, s, STATUS_OK);
        CHECK(cases[i].name, n > 1);
    }
}

/* The arena's own bound, reached at every size. */
static void test_every_cap(void)
{
    for (unsigned i = 0; i < SUITE_N(cases); i++) {
        enum status s = STATUS_NO_MEMORY;
        for (size_t cap = 0; cap < (1u << 20) && s != STATUS_OK; cap += 128) {
            desk_again();
            arena_free(&bench.arena);
            bench.arena = arena_new(cap);
            bench.call.arena = bench.arena;
            s = cases[i].run();
            CHECK(cases[i].name, s == STATUS_OK || s == STATUS_NO_MEMORY);
        }
        CHECK_INT(cases[i].name, s, STATUS_OK);
    }
}

void init_memory_tests(void)
{
    static const struct suite_test tests[] = {{"every allocation", test_every_allocation},
                                              {"every cap", test_every_cap}};
    suite_add("memory", desk_up, desk_down, tests, SUITE_N(tests));
}
