/* Many at once: one ticket a request key, one update a version, one moment a read. */
#include "suites.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "support.h"

#define CALLERS 60
#define CANCELS 20

static pthread_barrier_t barrier;

/* What one thread did; judged by the main thread, CUnit being for one. */
struct caller {
    pthread_t thread;
    struct store *store;
    struct arena *arena;
    struct support_ticket ticket;
    struct support_update update;
    const char *key;
    uint64_t number;
    enum status status;
    bool same;
    unsigned tries;
    char text[ERR_TEXT_MAX];
};

static struct caller caller[CALLERS];

static int set_up(void)
{
    for (unsigned i = 0; i < CALLERS; i++) {
        caller[i].store = support_store(STORE_WORKER);
        caller[i].arena = arena_new(16u * 1024 * 1024);
    }
    return 0;
}

static int tear_down(void)
{
    for (unsigned i = 0; i < CALLERS; i++) {
        store_free(&caller[i].store);
        arena_free(&caller[i].arena);
    }
    arena_reset(support_arena);
    return 0;
}

static void run_all(void *(*body)(void *), unsigned n)
{
    pthread_barrier_init(&barrier, NULL, n);
    for (unsigned i = 0; i < n; i++)
        pthread_create(&caller[i].thread, NULL, body, &caller[i]);
    for (unsigned i = 0; i < n; i++)
        pthread_join(caller[i].thread, NULL);
    pthread_barrier_destroy(&barrier);
}

static void *open_thread(void *ctx)
{
    struct caller *c = ctx;
    struct ticket existing = {0};
    c->number = 0;
    support_new_ids(&c->ticket);
    pthread_barrier_wait(&barrier);
    store_begin(c->store, clock_mono_us());
    struct err *err = support_err();
    c->status = store_ticket_open(c->store, c->arena, &c->ticket.open, &c->number, &existing, &c->same, err);
    snprintf(c->text, sizeof c->text, "%s", err->text);
    if (c->status == STATUS_EXISTS)
        c->number = existing.number;
    return NULL;
}

static void prepare_openings(const char *key)
{
    for (unsigned i = 0; i < CALLERS; i++) {
        support_ticket(&caller[i].ticket);
        caller[i].ticket.open.ticket = &caller[i].ticket.ticket;
        caller[i].ticket.open.job = &caller[i].ticket.job;
        caller[i].ticket.open.attachments = caller[i].ticket.files;
        caller[i].ticket.open.request_key = sv_from(key);
    }
}

/* Exactly one ticket; all who asked got it. */
static void check_one(const char *key)
{
    unsigned opened = 0;
    long long number = support_number("SELECT number FROM ticket WHERE request_key = '%s'", key);
    CHECK_INT("one ticket", support_number("SELECT COUNT(*) FROM ticket WHERE request_key = '%s'", key), 1);
    for (unsigned i = 0; i < CALLERS; i++) {
        CHECK_STR("no error", caller[i].text, "");
        CHECK("opened or exists", caller[i].status == STATUS_OK || caller[i].status == STATUS_EXISTS);
        CHECK_INT("that one", caller[i].number, number);
        CHECK("same body", caller[i].status == STATUS_OK || caller[i].same);
        opened += caller[i].status == STATUS_OK;
    }
    CHECK_INT("opened by one", opened, 1);
    CHECK_INT("one job", support_number("SELECT COUNT(*) FROM webhook_job WHERE ticket_number = %lld", number), 1);
}

static void equal_keys(void)
{
    char key[32];
    for (unsigned round = 0; round < 3; round++) {
        snprintf(key, sizeof key, "Requal-%u", round);
        prepare_openings(key);
        run_all(open_thread, CALLERS);
        check_one(key);
    }
}

static void *rollback_thread(void *ctx)
{
    MYSQL *db = ctx;
    struct timespec t = {.tv_nsec = 400 * 1000000L};
    nanosleep(&t, NULL);
    mysql_query(db, "ROLLBACK");
    return NULL;
}

/* A first writer holds the key, all others wait for it, and it rolls back. */
static void first_rolls_back(void)
{
    pthread_t other;
    MYSQL *db = support_connect(NULL);
    prepare_openings("Rrolled-back");
    support_do("DROP TEMPORARY TABLE IF EXISTS model");
    store_begin(caller[0].store, clock_mono_us());
    uint64_t model = support_open(caller[0].store);
    char query[512];
    snprintf(query, sizeof query, "CREATE TEMPORARY TABLE model SELECT * FROM ticket WHERE number = %llu",
             (unsigned long long)model);
    CHECK_INT("model", mysql_query(db, query), 0);
    CHECK_INT("model", mysql_query(db, "UPDATE model SET number = 0, id = 'cfirst', request_key = 'Rrolled-back'"), 0);
    CHECK_INT("begin", mysql_query(db, "START TRANSACTION"), 0);
    CHECK_INT("first", mysql_query(db, "INSERT INTO ticket SELECT * FROM model"), 0);
    pthread_create(&other, NULL, rollback_thread, db);
    run_all(open_thread, CALLERS);
    pthread_join(other, NULL);
    check_one("Rrolled-back");
    mysql_close(db);
}

/* With files: the losers' are not kept. */
static void equal_keys_with_files(void)
{
    prepare_openings("Rwith-files");
    for (unsigned i = 0; i < CALLERS; i++) {
        caller[i].ticket.files[0] = (struct ticket_attachment){
            .filename = SV("a"), .mime_type = SV("a/b"), .size = 5, .true_size = 5, .bytes = SV("hello")};
        caller[i].ticket.open.n_attachments = 1;
    }
    long long before = support_number("SELECT COUNT(*) FROM attachment");
    run_all(open_thread, CALLERS);
    check_one("Rwith-files");
    CHECK_INT("one file", support_number("SELECT COUNT(*) FROM attachment"), before + 1);
    CHECK_INT("one chunk",
              support_number("SELECT COUNT(*) FROM attachment_chunk k LEFT JOIN attachment a ON a.id = k.attachment_id "
                             "WHERE a.id IS NULL"),
              0);
}

static uint64_t shared_number;

/* As the desk does it: read, decide, write, and from the start on a conflict. */
static void *cancel_thread(void *ctx)
{
    struct caller *c = ctx;
    struct support_update *u = &c->update;
    c->status = STATUS_CONFLICT;
    c->number = 0;
    pthread_barrier_wait(&barrier);
    for (c->tries = 0; c->status == STATUS_CONFLICT && c->tries < 100; c->tries++) {
        store_begin(c->store, clock_mono_us());
        support_update(c->store, shared_number, u);
        if (u->before.status == TICKET_CANCELLED) {
            c->status = STATUS_OK;
            break;
        }
        u->after.status = TICKET_CANCELLED;
        u->after.closed_at = u->after.updated_at;
        c->status = store_ticket_update(c->store, c->arena, &u->update, support_err());
        c->number = c->status == STATUS_OK;
    }
    return NULL;
}

static void *comment_thread(void *ctx)
{
    struct caller *c = ctx;
    struct support_update *u = &c->update;
    c->status = STATUS_CONFLICT;
    pthread_barrier_wait(&barrier);
    for (c->tries = 0; c->status == STATUS_CONFLICT && c->tries < 200; c->tries++) {
        store_begin(c->store, clock_mono_us());
        support_update(c->store, shared_number, u);
        u->after.status = u->before.status;
        u->update.comment = &u->comment;
        c->status = store_ticket_update(c->store, c->arena, &u->update, support_err());
    }
    return NULL;
}

static void cancels(void)
{
    unsigned did = 0;
    store_begin(caller[0].store, clock_mono_us());
    shared_number = support_open(caller[0].store);
    run_all(cancel_thread, CANCELS);
    for (unsigned i = 0; i < CANCELS; i++) {
        CHECK_INT("ends well", caller[i].status, STATUS_OK);
        did += caller[i].number == 1;
    }
    CHECK_INT("one cancels", did, 1);
    CHECK_STR("once",
              support_text("SELECT CONCAT_WS(' ', status, version, hook_seq) FROM ticket WHERE number = %llu",
                           (unsigned long long)shared_number),
              "CANCELLED 2 2");
}

static void comments(void)
{
    store_begin(caller[0].store, clock_mono_us());
    shared_number = support_open(caller[0].store);
    run_all(comment_thread, CANCELS);
    for (unsigned i = 0; i < CANCELS; i++)
        CHECK_INT("ends well", caller[i].status, STATUS_OK);
    CHECK_STR(
        "each once, without a gap",
        support_text(
            "SELECT CONCAT_WS(' ', version, n_comments, hook_seq, (SELECT COUNT(*) FROM comment c WHERE "
            "c.ticket_number = number), (SELECT COUNT(DISTINCT id) FROM comment c WHERE c.ticket_number = number), "
            "(SELECT COUNT(*) FROM webhook_job j WHERE j.ticket_number = number)) FROM ticket WHERE number = %llu",
            (unsigned long long)shared_number),
        "21 21 21 21 21 21");
}

static atomic_bool writing;

static void *writer_thread(void *ctx)
{
    struct caller *c = ctx;
    struct support_update *u = &c->update;
    for (unsigned i = 0; i < 150; i++) {
        store_begin(c->store, clock_mono_us());
        support_update(c->store, shared_number, u);
        u->update.comment = &u->comment;
        c->status = store_ticket_update(c->store, c->arena, &u->update, support_err());
    }
    atomic_store(&writing, false);
    return NULL;
}

/* Details show one moment of a ticket, however it is being changed. */
static void one_moment(void)
{
    struct ticket_details d;
    unsigned reads = 0, torn = 0;
    store_begin(caller[0].store, clock_mono_us());
    shared_number = support_open(caller[0].store);
    atomic_store(&writing, true);
    pthread_create(&caller[0].thread, NULL, writer_thread, &caller[0]);
    for (; atomic_load(&writing); reads++) {
        store_begin(caller[1].store, clock_mono_us());
        if (store_ticket_details(caller[1].store, caller[1].arena, 0, shared_number, true, &d, support_err()))
            torn++;
        if (d.n_comments != d.ticket.n_comments || d.ticket.version != d.n_comments ||
            strcmp(d.ticket.last_comment.id, d.comments[d.n_comments - 1].id) != 0)
            torn++;
        arena_reset(caller[1].arena);
    }
    pthread_join(caller[0].thread, NULL);
    CHECK_INT("none torn", torn, 0);
    CHECK("many", reads > 50);
}

/* Two that lock each other out: one is rolled back by the server and repeats. */
static void *block_thread(void *ctx)
{
    MYSQL *db = ctx;
    struct timespec t = {.tv_nsec = 300 * 1000000L};
    nanosleep(&t, NULL);
    mysql_query(db, "COMMIT");
    return NULL;
}

static void lock_wait(void)
{
    pthread_t other;
    MYSQL *db = support_connect(NULL);
    char query[128];
    struct support_update u;
    store_begin(caller[0].store, clock_mono_us());
    shared_number = support_open(caller[0].store);
    snprintf(query, sizeof query, "UPDATE ticket SET assignee = 'x' WHERE number = %llu",
             (unsigned long long)shared_number);
    support_update(caller[0].store, shared_number, &u);
    mysql_query(db, "START TRANSACTION");
    CHECK_INT("held", mysql_query(db, query), 0);
    pthread_create(&other, NULL, block_thread, db);
    CHECK_INT("waits", store_ticket_update(caller[0].store, support_arena, &u.update, support_err()), STATUS_OK);
    pthread_join(other, NULL);
    support_update(caller[0].store, shared_number, &u);
    mysql_query(db, "START TRANSACTION");
    CHECK_INT("held for good", mysql_query(db, query), 0);
    int64_t start = clock_mono_us();
    store_begin(caller[0].store, start);
    CHECK_INT("gives up", store_ticket_update(caller[0].store, support_arena, &u.update, support_err()),
              STATUS_UNAVAILABLE);
    CHECK("in time", clock_mono_us() - start < 3 * CLOCK_SECOND);
    CHECK("its own trouble, not the server's", !store_lost(caller[0].store));
    mysql_query(db, "ROLLBACK");
    mysql_close(db);
    store_begin(caller[0].store, clock_mono_us());
    CHECK_INT("goes on", store_ticket_update(caller[0].store, support_arena, &u.update, support_err()), STATUS_OK);
}

void init_race_tests(void)
{
    static const struct suite_test tests[] = {
        {"60 equal request keys", equal_keys},
        {"a first writer that rolls back", first_rolls_back},
        {"60 equal request keys with files", equal_keys_with_files},
        {"20 cancels", cancels},
        {"20 comments", comments},
        {"one moment", one_moment},
        {"lock waits", lock_wait},
    };
    suite_add("store race", set_up, tear_down, tests, SUITE_N(tests));
}
