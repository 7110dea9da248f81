/* Bytes come back as they went in, and differ when they differ. */
#include "suites.h"

#include <string.h>
#include "support.h"

static struct store *s;

static int set_up(void)
{
    s = support_store(STORE_WORKER);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

/* Pairs that a usual collation takes for equal. */
static const struct {
    const char *name, *a, *b;
} pairs[] = {
    {"case", "WA-a", "WA-A"},
    {"accent", "WA-e", "WA-\xc3\xa9"},
    {"trailing space", "WA-t", "WA-t "},
    {"composed and decomposed", "WA-\xc3\xa9", "WA-e\xcc\x81"},
    {"sharp s", "WA-ss", "WA-\xc3\x9f"},
    {"ignorable character", "WA-i", "WA-i\xe2\x80\x8b"},
    {"emoji", "WA-\xf0\x9f\x98\x80", "WA-\xf0\x9f\x98\x81"},
    {"full width", "WA-1", "WA-\xef\xbc\x91"},
    {"control character", "WA-c", "WA-c\x01"},
    {"one is a number", "12", "12.0"},
};

static uint64_t open_with(const char *reference, const char *key)
{
    struct support_ticket t;
    struct ticket existing;
    uint64_t number = 0;
    bool same;
    support_ticket(&t);
    t.ticket.channel_reference_id = sv_from(reference);
    t.open.request_key = sv_from(key);
    CHECK_INT(reference, store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
              STATUS_OK);
    return number;
}

static void references_and_keys(void)
{
    unsigned char hash[CRYPTO_SHA256_SIZE];
    support_hash("body", hash);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint64_t a = open_with(pairs[i].a, pairs[i].a);
        uint64_t b = open_with(pairs[i].b, pairs[i].b);
        struct sv asked[2] = {sv_from(pairs[i].a), sv_from(pairs[i].b)};
        struct ticket t[2];
        bool found[2], same;
        CHECK_INT(
            pairs[i].name,
            store_ticket_statuses_by_reference(s, support_arena, SUPPORT_PARTNER, asked, 2, t, found, support_err()),
            STATUS_OK);
        CHECK_INT(pairs[i].name, t[0].number, a);
        CHECK_INT(pairs[i].name, t[1].number, b);
        CHECK(pairs[i].name, sv_eq(t[1].channel_reference_id, asked[1]));
        CHECK_INT(pairs[i].name,
                  store_ticket_statuses_by_reference(s, support_arena, 0, asked, 2, t, found, support_err()),
                  STATUS_OK);
        CHECK(pairs[i].name, found[0] && found[1] && t[0].number == a && t[1].number == b);
        for (unsigned j = 0; j < 2; j++) {
            CHECK_INT(
                pairs[i].name,
                store_ticket_by_request(s, support_arena, SUPPORT_PARTNER, asked[j], hash, &t[j], &same, support_err()),
                STATUS_OK);
            CHECK_INT(pairs[i].name, t[j].number, j ? b : a);
        }
        CHECK_INT("undo", 0, 0);
        support_do("UPDATE ticket SET request_key = NULL WHERE number IN (%llu, %llu)", (unsigned long long)a,
                   (unsigned long long)b);
    }
}

static void idempotency_keys(void)
{
    static const char *const keys[] = {"k", "K", "k ", "k  "};
    struct support_update u;
    struct store_replay replay;
    uint64_t number = support_open(s);
    for (unsigned i = 0; i < 4; i++) {
        support_update(s, number, &u);
        u.update.key = sv_from(keys[i]);
        u.update.answer = sv_from(keys[i]);
        CHECK_INT(keys[i], store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
    }
    for (unsigned i = 0; i < 4; i++) {
        CHECK_INT(keys[i],
                  store_ticket_for_update(s, support_arena, 0, number, SUPPORT_PARTNER, sv_from(keys[i]),
                                          u.update.body_hash, &u.before, &replay, support_err()),
                  STATUS_OK);
        CHECK_STR(keys[i], replay.answer.p, keys[i]);
    }
}

/* Texts of every kind come back byte for byte. */
static const char *const texts[] = {
    "'; DROP TABLE ticket; -- ",
    "quote ' double \" back \\ percent % under _ question ? zero-width \xe2\x80\x8b",
    "line\nfeed\ttab\r\x01\x1f\x7f",
    "\xf0\x9f\x92\xb3 \xe2\x82\xac \xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 \xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a",
    " leading and trailing ",
    "\xef\xbf\xbd\xef\xbf\xbf\xf4\x8f\xbf\xbf",
};

static void texts_unchanged(void)
{
    struct support_ticket t;
    struct ticket existing;
    struct ticket_details d;
    uint64_t number;
    bool same;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sv text = sv_from(texts[i]);
        support_ticket(&t);
        t.ticket.title = t.ticket.description = t.ticket.customer_name = t.ticket.channel_reference_id = text;
        t.open.comment.content = t.open.comment.author = text;
        CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
                  STATUS_OK);
        CHECK_INT("details", store_ticket_details(s, support_arena, 0, number, true, &d, support_err()), STATUS_OK);
        CHECK("title", sv_eq(d.ticket.title, text));
        CHECK("description", sv_eq(d.ticket.description, text));
        CHECK("name", sv_eq(d.ticket.customer_name, text));
        CHECK("reference", sv_eq(d.ticket.channel_reference_id, text));
        CHECK("comment", d.n_comments == 1 && sv_eq(d.comments[0].content, text) && sv_eq(d.comments[0].author, text));
    }
}

/* The contract's bounds in four-byte characters, and the largest metadata. */
static void largest_texts(void)
{
    struct support_ticket t;
    struct ticket existing;
    struct ticket_details d;
    uint64_t number;
    bool same;
    char *big = arena_alloc(support_arena, 4 * (TICKET_TEXT_MAX + 18));
    char *metadata = arena_alloc(support_arena, TICKET_METADATA_MAX);
    for (size_t i = 0; i < TICKET_TEXT_MAX + 18; i++)
        memcpy(big + 4 * i, "\xf0\x9f\x92\xb3", 4);
    memset(metadata, 'm', TICKET_METADATA_MAX);
    memcpy(metadata, "{\"a\":\"", 6);
    memcpy(metadata + TICKET_METADATA_MAX - 2, "\"}", 2);
    support_ticket(&t);
    t.ticket.description = (struct sv){big, 4 * TICKET_TEXT_MAX};
    t.open.comment.content = (struct sv){big, 4 * (TICKET_TEXT_MAX + 18)};
    t.ticket.metadata = (struct sv){metadata, TICKET_METADATA_MAX};
    t.ticket.title = t.ticket.customer_name = t.ticket.service_name = (struct sv){big, 4 * 200};
    t.ticket.channel_reference_id = t.ticket.customer_identifier = t.ticket.branch_code =
        (struct sv){big, 4 * TICKET_ID_MAX};
    t.ticket.customer_email = (struct sv){big, 4 * TICKET_EMAIL_MAX};
    t.ticket.customer_department = (struct sv){big, 4 * TICKET_DEPARTMENT_MAX};
    t.ticket.webhook_url = (struct sv){metadata, 2048};
    t.job.head = (struct sv){metadata, 60000};
    t.open.request_key = (struct sv){big, 4 * TICKET_ID_MAX + 1};
    CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
              STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    CHECK_INT("details", store_ticket_details(s, support_arena, 0, number, true, &d, support_err()), STATUS_OK);
    CHECK("description", sv_eq(d.ticket.description, t.ticket.description));
    CHECK("metadata", sv_eq(d.ticket.metadata, t.ticket.metadata));
    CHECK("title", sv_eq(d.ticket.title, t.ticket.title));
    CHECK("comment", sv_eq(d.comments[0].content, t.open.comment.content));
    CHECK_INT("existing",
              store_ticket_by_request(s, support_arena, SUPPORT_PARTNER, t.open.request_key, t.open.body_hash,
                                      &existing, &same, support_err()),
              STATUS_OK);
    CHECK_INT("its own", existing.number, number);
}

/* Metadata is text to us: numbers keep their digits, names their order. */
static void metadata_verbatim(void)
{
    static const char *const samples[] = {
        "{\"b\":1,\"a\":500000.10,\"c\":123456789012345678901234567890}",
        "{}",
        "{\"a\":1.,\"not\":'json'}",
        "{\"e\":1e400,\"u\":\"\\u00e9\\/\"}",
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct support_ticket t;
        struct ticket existing;
        struct ticket_details d;
        uint64_t number;
        bool same;
        support_ticket(&t);
        t.ticket.metadata = sv_from(samples[i]);
        CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
                  STATUS_OK);
        CHECK_INT("details", store_ticket_details(s, support_arena, 0, number, false, &d, support_err()), STATUS_OK);
        CHECK_STR("metadata", d.ticket.metadata.p, samples[i]);
    }
}

/* Times with microseconds, past 2038, whatever zone the server thinks it is in. */
static void times_exact(void)
{
    static const int64_t times[] = {0, INT64_C(1705314600000001), INT64_C(2147483648000000), INT64_C(4107542399999999)};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct support_ticket t;
        struct ticket existing;
        struct ticket_details d;
        uint64_t number;
        bool same;
        support_ticket(&t);
        t.ticket.created_at = t.ticket.updated_at = t.ticket.estimated_at = times[i];
        CHECK_INT("open", store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err()),
                  STATUS_OK);
        CHECK_INT("details", store_ticket_details(s, support_arena, 0, number, true, &d, support_err()), STATUS_OK);
        CHECK_INT("created", d.ticket.created_at, times[i]);
        CHECK_INT("estimated", d.ticket.estimated_at, times[i]);
    }
}

void init_exact_tests(void)
{
    static const struct suite_test tests[] = {
        {"references and request keys", references_and_keys},
        {"idempotency keys", idempotency_keys},
        {"texts unchanged", texts_unchanged},
        {"the largest texts", largest_texts},
        {"metadata verbatim", metadata_verbatim},
        {"times", times_exact},
    };
    suite_add("store exact", set_up, tear_down, tests, SUITE_N(tests));
}
