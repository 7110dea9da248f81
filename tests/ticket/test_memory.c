/* Fails every allocation in turn: each time an error, cleanly, or the right
 * result. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"
#include "ticket/view.h"

#define TRIES_MAX 200
#define CAP_MAX ((size_t)4096) /* [bytes] enough for one of the bodies below */

static size_t cap = CAP_MAX;

/* Runs `once` until nothing was refused any more; it must then succeed. */
static void each_refusal(const char *name, enum status (*once)(void))
{
    unsigned n = 0;
    for (; n < TRIES_MAX; n++) {
        refuse_from(n);
        enum status s = once();
        refuse_off();
        if (!refused()) {
            CHECK_INT(name, s, STATUS_OK);
            break;
        }
        CHECK_INT(name, s, STATUS_NO_MEMORY);
    }
    CHECK(name, n > 0 && n < TRIES_MAX);
}

/* Runs `once` in an arena of every size, which fails each of its requests in
 * turn; once it succeeds, it always does. */
static void each_cap(const char *name, enum status (*once)(void))
{
    bool done = false;
    for (cap = 1; cap <= CAP_MAX; cap++) {
        enum status s = once();
        CHECK(name, done ? s == STATUS_OK : s == STATUS_OK || s == STATUS_NO_MEMORY);
        done = s == STATUS_OK;
    }
    cap = CAP_MAX;
    CHECK(name, done);
}

/* All that asks the arena: controls in a filename, content, decimals. */
#define CREATE                                                                                                         \
    "{'channel':'SMS','serviceType':'CLAIM','customer':{'name':'N','email':'a@b.c'},'ticket':{'title':'T',"            \
    "'description':'D','metadata':{'claimType':'X','claimCurrency':'USD','claimAmount':0.000000001234567891}},"        \
    "'attachments':[{'filename':'\\u0001a\\u0002b','content':'YWJj','size':5.0}]}"

static enum status create_once(void)
{
    static struct ticket_draft draft;
    static struct err err;
    struct wire_doc *doc = NULL;
    struct arena *a = arena_new(cap);
    char *body = quote(CREATE);
    err_init(&err);
    enum status s = a ? wire_parse(a, body, strlen(body), &doc, &err) : STATUS_NO_MEMORY;
    if (s == STATUS_OK)
        s = ticket_draft_read(a, doc, shipped_rules(), &draft, &err);
    if (s == STATUS_OK) {
        CHECK_STR("filename", text_of(draft.attachments[0].filename), "ab");
        CHECK_STR("content", text_of(draft.attachments[0].bytes), "abc");
        CHECK_INT("size", draft.attachments[0].size, 5);
        CHECK_INT("priority", draft.priority, TICKET_MEDIUM);
    } else {
        CHECK_STR("not a field's fault", errors_of(&err), "");
    }
    wire_free(&doc);
    free(body);
    arena_free(&a);
    return s;
}

static enum status change_once(void)
{
    static struct ticket_change change;
    static struct err err;
    struct ticket_comment comment;
    struct wire_doc *doc = NULL;
    struct arena *a = arena_new(cap);
    char *body = quote("{'action':'ADD_COMMENT','comment':'x'}");
    err_init(&err);
    enum status s = a ? wire_parse(a, body, strlen(body), &doc, &err) : STATUS_NO_MEMORY;
    if (s == STATUS_OK)
        s = ticket_change_read(a, doc, false, &change, &err);
    if (s == STATUS_OK)
        s = ticket_comment_make(a, &change, false, &comment);
    if (s == STATUS_OK)
        CHECK_STR("content", text_of(comment.content), "[Via Omnichannel] x");
    wire_free(&doc);
    free(body);
    arena_free(&a);
    return s;
}

static enum status attach_once(void)
{
    static struct ticket_change change;
    static struct err err;
    struct wire_doc *doc = NULL;
    struct arena *a = arena_new(cap);
    char *body = quote("{'action':'ADD_ATTACHMENT','attachments':[{'filename':'\\u0001a','content':'YWJj','size':5}]}");
    err_init(&err);
    enum status s = a ? wire_parse(a, body, strlen(body), &doc, &err) : STATUS_NO_MEMORY;
    if (s == STATUS_OK)
        s = ticket_change_read(a, doc, false, &change, &err);
    wire_free(&doc);
    free(body);
    arena_free(&a);
    return s;
}

static enum status rules_once(void)
{
    static struct conf conf;
    static struct ticket_rules rules;
    static struct err err;
    conf_defaults(&conf);
    conf.currency_rate.n = 1;
    snprintf(conf.currency_rate.item[0], CONF_STRING_MAX, "USD 15600");
    struct arena *a = arena_new(cap);
    err_init(&err);
    enum status s = a ? ticket_rules_set(a, &conf, &rules, &err) : STATUS_NO_MEMORY;
    arena_free(&a);
    return s;
}

static enum status views_once(void)
{
    char *long_text = repeat("x", 10000);
    struct ticket_comment c = {
        .id = "c", .content = sv_from(long_text), .author = SV("System"), .at = iso("2024-01-15T10:30:00Z")};
    struct ticket t = {.number = 1,
                       .tracking_url_base = SV("https://desk.example"),
                       .channel_reference_id = sv_from(long_text),
                       .has_last_comment = true,
                       .last_comment = c,
                       .resolved_at = CLOCK_NONE,
                       .closed_at = CLOCK_NONE};
    struct ticket_details d = {.ticket = t, .comments = &c, .n_comments = 1};
    struct ticket_asked asked = {SV("1"), &t};
    struct ticket_change change = {.action = TICKET_ADD_COMMENT};
    struct buf b[9];
    for (unsigned i = 0; i < 9; i++)
        buf_init(&b[i], 65536);
    const enum status all[] = {
        ticket_view_created(&b[0], &t),         ticket_view_details(&b[1], &d, false, 0),
        ticket_view_status(&b[2], &t, 0),       ticket_view_statuses(&b[3], &asked, 1, 0),
        ticket_view_list(&b[4], &t, 1, 0, 0),   ticket_view_updated(&b[5], &t, &change, &c),
        ticket_event_created(&b[6], &b[7], &t), ticket_system_comment(&b[8], SV("Group")),
    };
    enum status s = STATUS_OK;
    for (unsigned i = 0; i < SUITE_N(all); i++)
        s = s == STATUS_OK ? all[i] : s;
    for (unsigned i = 0; i < 9; i++)
        buf_free(&b[i]);
    free(long_text);
    return s;
}

static void test_create(void)
{
    shipped_rules();
    each_refusal("create", create_once);
    each_cap("create", create_once);
}

static void test_change(void)
{
    each_refusal("change", change_once);
    each_cap("change", change_once);
    each_refusal("attach", attach_once);
    each_cap("attach", attach_once);
}

static void test_rules(void)
{
    each_refusal("rules", rules_once);
    each_cap("rules", rules_once);
}

static void test_views(void)
{
    each_refusal("views", views_once);
}

void init_memory_tests(void)
{
    static const struct suite_test tests[] = {
        {"create", test_create}, {"change", test_change}, {"rules", test_rules}, {"views", test_views}};
    suite_add("ticket memory", NULL, NULL, tests, SUITE_N(tests));
}
