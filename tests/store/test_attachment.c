/* Attachments: bytes in and out in chunks, one transaction with their ticket. */
#include "suites.h"

#include <stdlib.h>
#include <string.h>
#include "support.h"

static struct store *s;
static unsigned char *bytes; /* random, 10 MiB */
static struct support_ticket t;
static uint64_t number;

static int set_up(void)
{
    s = support_store(STORE_WORKER);
    bytes = malloc(TICKET_ATTACHMENT_BYTES_MAX);
    return bytes && crypto_random(bytes, TICKET_ATTACHMENT_BYTES_MAX) == STATUS_OK ? 0 : 1;
}

static int tear_down(void)
{
    store_free(&s);
    free(bytes);
    arena_reset(support_arena);
    return 0;
}

static void set_file(struct ticket_attachment *f, const char *name, size_t n)
{
    *f = (struct ticket_attachment){.filename = sv_from(name),
                                    .mime_type = SV("image/jpeg"),
                                    .size = 102400,
                                    .true_size = n,
                                    .at = t.ticket.created_at,
                                    .bytes = {(const char *)bytes, n}};
    if (crypto_sha256(bytes, n, f->sha256))
        CHECK("sha256", false);
    support_cuid(f->id);
}

static enum status open_it(void)
{
    struct ticket existing;
    bool same;
    return store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err());
}

/* Reads all chunks back; true when they are the file's bytes. */
static bool reads_back(const struct ticket_attachment *f, unsigned *chunks_r)
{
    static unsigned char buf[STORE_CHUNK_MAX];
    size_t at = 0;
    size_t n = 1;
    for (*chunks_r = 0; n; ++*chunks_r) {
        if (store_attachment_chunk(s, f->id, *chunks_r, buf, &n, support_err()) || at + n > f->true_size ||
            memcmp(bytes + at, buf, n) != 0)
            return false;
        at += n;
    }
    --*chunks_r;
    return at == f->true_size;
}

static const struct {
    const char *name;
    size_t size;
    unsigned chunks;
} sizes[] = {
    {"empty", 0, 0},
    {"a byte", 1, 1},
    {"a chunk less one", STORE_CHUNK_MAX - 1, 1},
    {"a chunk", STORE_CHUNK_MAX, 1},
    {"a chunk and one", STORE_CHUNK_MAX + 1, 2},
    {"two chunks", 2 * STORE_CHUNK_MAX, 2},
    {"the largest", TICKET_ATTACHMENT_BYTES_MAX, 40},
};

/* A slow disk takes longer over a large file than a request may wait for one answer: 40 × 0.1 s. */
static void slow_disk(void)
{
    support_do("CREATE TRIGGER slow BEFORE INSERT ON attachment_chunk FOR EACH ROW DO SLEEP(0.1)");
    support_ticket(&t);
    set_file(&t.files[0], "slow", TICKET_ATTACHMENT_BYTES_MAX);
    t.open.n_attachments = 1;
    int64_t start = clock_mono_us();
    store_begin(s, start);
    CHECK_INT("open", open_it(), STATUS_OK);
    CHECK("longer than the budget", clock_mono_us() - start > STORE_REQUEST_BUDGET);
    support_do("DROP TRIGGER slow");
}

static void sizes_around_chunks(void)
{
    unsigned n = sizeof sizes / sizeof *sizes;
    unsigned chunks;
    support_ticket(&t);
    for (unsigned i = 0; i < n; i++)
        set_file(&t.files[i], sizes[i].name, sizes[i].size);
    t.open.n_attachments = n;
    CHECK_INT("open", open_it(), STATUS_OK);
    struct ticket_details d;
    CHECK_INT("details", store_ticket_details(s, support_arena, SUPPORT_PARTNER, number, false, &d, support_err()),
              STATUS_OK);
    CHECK_INT("all", d.n_attachments, n);
    CHECK_INT("counted", d.ticket.n_attachments, n);
    for (unsigned i = 0; i < n; i++) {
        const struct ticket_attachment *f = &d.attachments[i];
        CHECK_STR("in order", f->filename.p, sizes[i].name);
        CHECK_STR(sizes[i].name, f->id, t.files[i].id);
        CHECK_INT(sizes[i].name, f->true_size, sizes[i].size);
        CHECK_INT("as declared", f->size, 102400);
        CHECK("hash", memcmp(f->sha256, t.files[i].sha256, sizeof f->sha256) == 0);
        CHECK_INT("time", f->at, t.ticket.created_at);
        CHECK("no description", f->description.p == NULL);
        CHECK(sizes[i].name, reads_back(&t.files[i], &chunks));
        CHECK_INT(sizes[i].name, chunks, sizes[i].chunks);
    }
    CHECK("rows of 256 KiB at most",
          support_number("SELECT MAX(LENGTH(bytes)) FROM attachment_chunk") == STORE_CHUNK_MAX);
}

static void small_ones_are_cheap(void)
{
    support_ticket(&t);
    set_file(&t.files[0], "a", 1000);
    set_file(&t.files[1], "b", 1000);
    t.open.n_attachments = 2;
    uint64_t trips = store_round_trips(s);
    CHECK_INT("open", open_it(), STATUS_OK);
    CHECK_INT("one trip each and one for the ticket", store_round_trips(s) - trips, 3);
}

static void find(void)
{
    struct ticket_attachment f;
    support_ticket(&t);
    set_file(&t.files[0], "x.jpg", 5);
    t.files[0].description = SV("what it shows");
    t.open.n_attachments = 1;
    CHECK_INT("open", open_it(), STATUS_OK);
    struct sv id = sv_from(t.files[0].id);
    CHECK_INT("find", store_attachment_find(s, support_arena, SUPPORT_PARTNER, number, id, &f, support_err()),
              STATUS_OK);
    CHECK_STR("filename", f.filename.p, "x.jpg");
    CHECK_STR("type", f.mime_type.p, "image/jpeg");
    CHECK_STR("description", f.description.p, "what it shows");
    CHECK("sizes", f.size == 102400 && f.true_size == 5 && f.at == t.ticket.created_at);
    CHECK("hash", memcmp(f.sha256, t.files[0].sha256, sizeof f.sha256) == 0);
    CHECK_INT("anybody's", store_attachment_find(s, support_arena, 0, number, id, &f, support_err()), STATUS_OK);
    CHECK_INT("another partner", store_attachment_find(s, support_arena, SUPPORT_OTHER, number, id, &f, support_err()),
              STATUS_NOT_FOUND);
    CHECK_STR("no ticket", support_err_text(), "Ticket not found");
    CHECK_INT("no such file", store_attachment_find(s, support_arena, 0, number, SV("nope"), &f, support_err()),
              STATUS_NOT_FOUND);
    CHECK_STR("no attachment", support_err_text(), "Attachment not found");
    uint64_t other = support_open(s);
    CHECK_INT("another ticket's", store_attachment_find(s, support_arena, 0, other, id, &f, support_err()),
              STATUS_NOT_FOUND);
    CHECK_INT("not ASCII", store_attachment_find(s, support_arena, 0, number, SV("\xc3\xa9"), &f, support_err()),
              STATUS_NOT_FOUND);
}

/* A failing ticket takes its files along, and so does one that exists. */
static void all_or_nothing(void)
{
    support_ticket(&t);
    set_file(&t.files[0], "a", STORE_CHUNK_MAX + 1);
    set_file(&t.files[1], "b", 10);
    t.open.n_attachments = 2;
    t.ticket.title = SV_NONE;
    long long files = support_number("SELECT COUNT(*) FROM attachment");
    CHECK_INT("fails", open_it(), STATUS_INTERNAL);
    t.ticket.title = SV("now with a title");
    t.files[1].filename = SV_NONE;
    CHECK_INT("second file fails", open_it(), STATUS_INTERNAL);
    CHECK_INT("nothing is left", support_number("SELECT COUNT(*) FROM attachment"), files);
    CHECK_INT("no bytes",
              support_number("SELECT COUNT(*) FROM attachment_chunk WHERE attachment_id = '%s'", t.files[0].id), 0);
    t.files[1].filename = SV("b");
    t.open.request_key = SV("Rfiles");
    CHECK_INT("opens", open_it(), STATUS_OK);
    uint64_t first = number;
    CHECK_INT("itself again, files and all", open_it(), STATUS_OK);
    CHECK_INT("same", number, first);
    support_new_ids(&t);
    CHECK_INT("as another request", open_it(), STATUS_EXISTS);
    CHECK_INT("its files are not kept", support_number("SELECT COUNT(*) FROM attachment"), files + 2);
    support_ticket(&t);
    set_file(&t.files[0], "a", 10);
    t.open.n_attachments = 1;
    CHECK_INT("opens", open_it(), STATUS_OK);
    support_cuid(t.ticket.id);
    CHECK_INT("another ticket's file", open_it(), STATUS_INTERNAL);
}

static void added_later(void)
{
    struct support_update u, late;
    struct ticket_details d;
    unsigned chunks;
    number = support_open(s);
    support_update(s, number, &late);
    support_update(s, number, &u);
    support_ticket(&t);
    set_file(&t.files[0], "one", 100);
    set_file(&t.files[1], "two", STORE_CHUNK_MAX + 5);
    u.update.attachments = t.files;
    u.update.n_attachments = 2;
    u.after = u.before;
    u.update.n_jobs = 0;
    CHECK_INT("add", store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
    CHECK_INT("itself again", store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
    CHECK_INT("details", store_ticket_details(s, support_arena, 0, number, true, &d, support_err()), STATUS_OK);
    CHECK("both", d.n_attachments == 2 && d.ticket.n_attachments == 2 && d.ticket.version == 2);
    CHECK("bytes", reads_back(&t.files[1], &chunks));
    struct ticket_attachment more;
    set_file(&more, "three", STORE_CHUNK_MAX * 2);
    late.update.attachments = &more;
    late.update.n_attachments = 1;
    CHECK_INT("too late", store_ticket_update(s, support_arena, &late.update, support_err()), STATUS_CONFLICT);
    CHECK_INT("not kept", support_number("SELECT COUNT(*) FROM attachment_chunk WHERE attachment_id = '%s'", more.id),
              0);
    support_update(s, number, &late);
    late.update.attachments = &more;
    late.update.n_attachments = 1;
    CHECK_INT("read anew", store_ticket_update(s, support_arena, &late.update, support_err()), STATUS_OK);
    CHECK_INT("third", support_number("SELECT seq FROM attachment WHERE id = '%s'", more.id), 3);
    support_update(s, number, &u);
    u.update.attachments = &more;
    u.update.n_attachments = 1;
    CHECK_INT("a file that is there already", store_ticket_update(s, support_arena, &u.update, support_err()),
              STATUS_CONFLICT);
}

void init_attachment_tests(void)
{
    static const struct suite_test tests[] = {
        {"sizes around chunks", sizes_around_chunks},
        {"small ones are cheap", small_ones_are_cheap},
        {"find", find},
        {"all or nothing", all_or_nothing},
        {"added later", added_later},
        {"a slow disk", slow_disk}, /* the last: it leaves a budget */
    };
    suite_add("store attachment", set_up, tear_down, tests, SUITE_N(tests));
}
