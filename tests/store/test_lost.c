/* Lost requests, lost answers, killed connections: writes find out what came of them. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "harness/cutproxy.h"
#include "store/link.h"
#include "support.h"

static struct cutproxy *proxy;
static struct conf conf; /* through the proxy */
static struct store *s;

static int set_up(void)
{
    char path[108];
    snprintf(path, sizeof path, "%s/cut", support_server->dir);
    proxy = cutproxy_start(path, support_server->socket);
    conf = support_conf;
    snprintf(conf.database_socket, sizeof conf.database_socket, "%s", path);
    s = support_store_on(&conf, STORE_WORKER);
    return proxy && store_ready(s, support_err()) == STATUS_OK ? 0 : 1;
}

static int tear_down(void)
{
    store_free(&s);
    cutproxy_stop(&proxy);
    arena_reset(support_arena);
    return 0;
}

static struct support_ticket t;
static uint64_t number;

static enum status open_it(void)
{
    struct ticket existing;
    bool same;
    number = 0;
    store_begin(s, clock_mono_us());
    return store_ticket_open(s, support_arena, &t.open, &number, &existing, &same, support_err());
}

static void set_files(unsigned n, size_t size)
{
    static char bytes[STORE_CHUNK_MAX * 2];
    for (unsigned i = 0; i < n; i++) {
        t.files[i] = (struct ticket_attachment){
            .filename = SV("f"), .mime_type = SV("a/b"), .size = size, .true_size = size, .bytes = {bytes, size}};
        support_cuid(t.files[i].id);
    }
    t.open.n_attachments = n;
}

static const struct {
    const char *name;
    enum cut how;
    unsigned times, files;
    bool key;
} losses[] = {
    {"request", CUT_REQUEST, 1, 0, false},
    {"in flight", CUT_IN_FLIGHT, 1, 0, false},
    {"answer", CUT_ANSWER, 1, 0, false},
    {"answer, with a request key", CUT_ANSWER, 1, 0, true},
    {"request, with files", CUT_REQUEST, 1, 2, true},
    {"in flight, with files", CUT_IN_FLIGHT, 1, 2, false},
    {"answer, with files", CUT_ANSWER, 1, 2, true},
    {"answer twice", CUT_ANSWER, 2, 0, true},
    {"answer three times, with files", CUT_ANSWER, 3, 1, false},
};

/* What is in the database of ticket t: tickets, comments, events, jobs, files. */
static const char *traces(void)
{
    return support_text("SELECT CONCAT_WS(' ', COUNT(*), (SELECT COUNT(*) FROM comment c WHERE c.id = '%s'), "
                        "(SELECT COUNT(*) FROM ticket_event e WHERE e.event_id = '%s'), "
                        "(SELECT COUNT(*) FROM webhook_job j WHERE j.webhook_id = '%s'), "
                        "(SELECT COUNT(*) FROM attachment a WHERE a.ticket_id = '%s')) FROM ticket WHERE id = '%s'",
                        t.open.comment.id, t.open.event_id, t.job.id, t.ticket.id, t.ticket.id);
}

static void openings(void)
{
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        char want[32];
        support_ticket(&t);
        set_files(losses[i].files, STORE_CHUNK_MAX + 1);
        char key[64];
        snprintf(key, sizeof key, "Rlost-%zu", i);
        t.open.request_key = losses[i].key ? sv_from(key) : SV_NONE;
        /* The event's id is in the ticket's own request only, not in its files'. */
        cutproxy_arm(proxy, losses[i].how, t.open.event_id, losses[i].times);
        CHECK_INT(losses[i].name, open_it(), STATUS_OK);
        unsigned cuts = cutproxy_cuts(proxy);
        /* With files the second try asks instead of writing: that request has no event. */
        CHECK_INT(losses[i].name, cuts, losses[i].files && losses[i].how == CUT_ANSWER ? 1 : losses[i].times);
        snprintf(want, sizeof want, "1 1 1 1 %u", losses[i].files);
        CHECK_STR(losses[i].name, traces(), want);
        CHECK_INT(losses[i].name, number, support_number("SELECT number FROM ticket WHERE id = '%s'", t.ticket.id));
    }
}

/* Lost amid the files: all of it is done again. */
static void amid_the_files(void)
{
    static const enum cut how[] = {CUT_REQUEST, CUT_IN_FLIGHT, CUT_ANSWER};
    for (unsigned i = 0; i < 3; i++) {
        support_ticket(&t);
        set_files(3, 2 * STORE_CHUNK_MAX);
        cutproxy_arm(proxy, how[i], t.files[1].id, 1);
        CHECK_INT("open", open_it(), STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_STR("once", traces(), "1 1 1 1 3");
        CHECK_INT("all bytes",
                  support_number("SELECT SUM(LENGTH(bytes)) FROM attachment_chunk k JOIN attachment a ON "
                                 "a.id = k.attachment_id WHERE a.ticket_id = '%s'",
                                 t.ticket.id),
                  3 * 2 * STORE_CHUNK_MAX);
    }
}

/* Every answer lost until the time is over: uncertain, and it says so within it. */
static void never_settled(void)
{
    support_ticket(&t);
    cutproxy_arm(proxy, CUT_ANSWER, t.open.event_id, 1000);
    int64_t start = clock_mono_us();
    CHECK_INT("open", open_it(), STATUS_UNCERTAIN);
    CHECK("in time", clock_mono_us() - start < 3 * CLOCK_SECOND);
    CHECK_STR("it is there once", traces(), "1 1 1 1 0");
    cutproxy_arm(proxy, CUT_NOTHING, "", 0);
    CHECK_INT("repeated later by the caller", open_it(), STATUS_OK);
    CHECK_STR("still once", traces(), "1 1 1 1 0");
    support_ticket(&t);
    cutproxy_arm(proxy, CUT_REQUEST, t.open.event_id, 1000);
    CHECK_INT("requests lost", open_it(), STATUS_UNCERTAIN);
    CHECK_STR("not there", traces(), "0 0 0 0 0");
}

/* The server is gone right after the COMMIT and comes back while there is time. */
static void back_in_time(void)
{
    support_ticket(&t);
    store_begin(s, clock_mono_us());
    CHECK_INT("connected", store_ping(s, support_err()), STATUS_OK);
    cutproxy_arm(proxy, CUT_ANSWER, t.open.event_id, 1);
    cutproxy_refuse(proxy, 1);
    int64_t start = clock_mono_us();
    CHECK_INT("never comes back", open_it(), STATUS_UNCERTAIN);
    CHECK("tried on", clock_mono_us() - start > 2 * CLOCK_SECOND);
    CHECK("but not too long", clock_mono_us() - start < 3 * CLOCK_SECOND);
    CHECK_INT("a read gives up at once", store_ping(s, support_err()), STATUS_UNAVAILABLE);
    cutproxy_refuse(proxy, 0);
    CHECK_INT("open", open_it(), STATUS_OK);
    CHECK_STR("once", traces(), "1 1 1 1 0");
}

static void hanging_answer(void)
{
    support_ticket(&t);
    cutproxy_arm(proxy, CUT_HANG, t.open.event_id, 1);
    int64_t start = clock_mono_us();
    CHECK_INT("open", open_it(), STATUS_OK);
    int64_t took = clock_mono_us() - start;
    CHECK("waited for it, then asked again", took > 19 * CLOCK_SECOND / 10 && took < 3 * CLOCK_SECOND);
    CHECK_STR("once", traces(), "1 1 1 1 0");
}

static void updates(void)
{
    static const enum cut how[] = {CUT_REQUEST, CUT_IN_FLIGHT, CUT_ANSWER};
    for (unsigned i = 0; i < 6; i++) {
        struct support_update u;
        number = support_open(s);
        support_update(s, number, &u);
        u.update.comment = &u.comment;
        u.update.key = SV("lost");
        support_ticket(&t);
        set_files(i / 3, 10);
        u.update.attachments = t.files;
        u.update.n_attachments = i / 3;
        cutproxy_arm(proxy, how[i % 3], u.update.event_id, 1);
        store_begin(s, clock_mono_us());
        CHECK_INT("update", store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
        CHECK_INT("cut", cutproxy_cuts(proxy), 1);
        CHECK_STR(
            "once",
            support_text("SELECT CONCAT_WS(' ', version, n_comments, hook_seq, n_attachments, (SELECT COUNT(*) FROM "
                         "idempotency i WHERE i.ticket_number = number)) FROM ticket WHERE number = %llu",
                         (unsigned long long)number),
            i / 3 ? "2 2 2 1 1" : "2 2 2 0 1");
    }
}

/* Its answer was lost, then somebody else was faster: it still knows its own. */
static void update_lost_then_overtaken(void)
{
    struct support_update u, other;
    number = support_open(s);
    support_update(s, number, &u);
    struct store *direct = support_store(STORE_WORKER);
    CHECK_INT("first", store_ticket_update(direct, support_arena, &u.update, support_err()), STATUS_OK);
    support_update(direct, number, &other);
    CHECK_INT("other", store_ticket_update(direct, support_arena, &other.update, support_err()), STATUS_OK);
    CHECK_INT("the first, repeated", store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
    support_cuid(u.update.event_id);
    CHECK_INT("one that was not", store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_CONFLICT);
    store_free(&direct);
}

static void others_writes(void)
{
    struct store *admin = support_store_on(&conf, STORE_ADMIN);
    struct store_partner p = {.code = SV("LOST-PARTNER"), .name = SV("x")};
    struct store_key k = {
        .permissions = STORE_MAY_READ, .limit = {1, 1, 1}, .expires_at = CLOCK_NONE, .cidrs = SV("10.99.99.0/24")};
    unsigned char hash[CRYPTO_SHA256_SIZE];
    uint64_t id;
    support_hash("lost key", hash);
    cutproxy_arm(proxy, CUT_ANSWER, "LOST-PARTNER", 1);
    CHECK_INT("partner", store_partner_add(admin, &p, SV("whsec_lost"), 1, support_err()), STATUS_OK);
    cutproxy_arm(proxy, CUT_ANSWER, "10.99.99.0", 1);
    CHECK_INT("key", store_key_add(admin, SV("LOST-PARTNER"), hash, &k, 1, &id, support_err()), STATUS_OK);
    CHECK_INT("one key",
              support_number("SELECT COUNT(*) FROM api_key WHERE cidrs = '10.99.99.0/24' AND id = %llu",
                             (unsigned long long)id),
              1);
    store_free(&admin);
}

static void kill_connection(MYSQL *db)
{
    support_do("KILL %lu", mysql_thread_id(db));
    while (support_number("SELECT COUNT(*) FROM information_schema.processlist WHERE id = %lu", mysql_thread_id(db)) >
           0)
        continue;
}

/* An idle connection that was cut is noticed before anything is sent. */
static void killed_while_idle(void)
{
    struct store *direct = support_store(STORE_WORKER);
    struct ticket_details d;
    number = support_open(direct);
    for (unsigned i = 0; i < 3; i++) {
        kill_connection(direct->db);
        CHECK_INT("read", store_ticket_details(direct, support_arena, 0, number, false, &d, support_err()), STATUS_OK);
    }
    kill_connection(direct->db);
    CHECK("write", support_open(direct) > number);
    store_free(&direct);
    cutproxy_arm(proxy, CUT_REQUEST, "no needle", 0);
    CHECK_INT("through the proxy", store_ping(s, support_err()), STATUS_OK);
    kill_connection(s->db);
    CHECK_INT("noticed", store_ping(s, support_err()), STATUS_OK);
}

/* Statements that the server has forgotten are prepared anew. */
static void altered_schema(void)
{
    struct ticket_details d;
    number = support_open(s);
    support_do("ALTER TABLE ticket ADD COLUMN later INT NULL COMMENT 'a later program''s', ALGORITHM = INSTANT");
    CHECK_INT("read", store_ticket_details(s, support_arena, 0, number, false, &d, support_err()), STATUS_OK);
    CHECK("write", support_open(s) > number);
    support_do("ALTER TABLE ticket DROP COLUMN later");
    CHECK_INT("read", store_ticket_details(s, support_arena, 0, number, false, &d, support_err()), STATUS_OK);
    CHECK("write", support_open(s) > number);
}

/* A transaction that somebody left open is not joined. */
static void no_stray_transaction(void)
{
    CHECK_INT("left open", mysql_query(s->db, "START TRANSACTION"), 0);
    number = support_open(s);
    CHECK_INT("committed",
              support_number("SELECT COUNT(*) FROM ticket WHERE number = %llu", (unsigned long long)number), 1);
    CHECK_INT("none open", s->db->server_status & SERVER_STATUS_IN_TRANS, 0);
}

void init_lost_tests(void)
{
    static const struct suite_test tests[] = {
        {"openings", openings},
        {"amid the files", amid_the_files},
        {"never settled", never_settled},
        {"back in time", back_in_time},
        {"a hanging answer", hanging_answer},
        {"updates", updates},
        {"an update overtaken", update_lost_then_overtaken},
        {"partners and keys", others_writes},
        {"killed while idle", killed_while_idle},
        {"an altered schema", altered_schema},
        {"no stray transaction", no_stray_transaction},
    };
    suite_add("store lost", set_up, tear_down, tests, SUITE_N(tests));
}
