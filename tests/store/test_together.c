/* Several callers' tickets at once: each finds what it would find alone, or nothing;
 * new ones are written all or not at all. */
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
    snprintf(path, sizeof path, "%s/together", support_server->dir);
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

/* --- reading --- */

static struct store_asking asked[STORE_TOGETHER_MAX + 1];
static struct ticket_details out[STORE_TOGETHER_MAX + 1];

static void want(unsigned i, uint32_t partner, uint64_t number)
{
    asked[i] = (struct store_asking){
        .arena = support_arena, .partner_id = partner, .number = number, .out = &out[i], .found = true};
}

static void comment_on(uint64_t number, const char *text, bool internal)
{
    struct support_update u;
    support_update(s, number, &u);
    u.comment.content = sv_from(text);
    u.comment.internal = internal;
    u.update.comment = &u.comment;
    u.after.status = u.before.status;
    CHECK_INT(text, store_ticket_update(s, support_arena, &u.update, support_err()), STATUS_OK);
}

static void same_details(const char *row, const struct ticket_details *a, const struct ticket_details *b)
{
    CHECK_INT(row, a->ticket.number, b->ticket.number);
    CHECK_STR(row, a->ticket.id, b->ticket.id);
    CHECK_INT(row, a->ticket.status, b->ticket.status);
    CHECK_INT(row, a->ticket.updated_at, b->ticket.updated_at);
    CHECK(row, sv_eq(a->ticket.metadata, b->ticket.metadata) && a->ticket.metadata.p);
    CHECK(row, sv_eq(a->ticket.service_name, b->ticket.service_name));
    CHECK(row, sv_eq(a->ticket.branch_code, b->ticket.branch_code));
    CHECK(row, sv_eq(a->ticket.last_comment.content, b->ticket.last_comment.content));
    CHECK_INT(row, a->n_attachments, 0);
    CHECK_INT(row, a->n_comments, b->n_comments);
    for (size_t i = 0; i < a->n_comments && i < b->n_comments; i++)
        CHECK(row, sv_eq(a->comments[i].content, b->comments[i].content));
}

static void details(void)
{
    uint64_t number[STORE_TOGETHER_MAX];
    for (unsigned i = 0; i < STORE_TOGETHER_MAX; i++) {
        number[i] = support_open(s);
        for (unsigned c = 0; c < i; c++) {
            char text[32];
            snprintf(text, sizeof text, "%u of %u", c, i);
            comment_on(number[i], text, c % 3 == 1);
        }
    }
    for (unsigned n = 1; n <= STORE_TOGETHER_MAX; n++) {
        for (unsigned i = 0; i < n; i++)
            want(i, SUPPORT_PARTNER, number[(i * 3) % STORE_TOGETHER_MAX]);
        uint64_t trips = store_round_trips(s);
        CHECK_INT("asked", store_ticket_details_together(s, asked, n, support_err()), STATUS_OK);
        CHECK("one trip, and one to prepare", store_round_trips(s) - trips == (n == 1 ? 2 : 1));
        for (unsigned i = 0; i < n; i++) {
            struct ticket_details alone;
            CHECK("found", asked[i].found);
            CHECK_INT(
                "alone",
                store_ticket_details(s, support_arena, SUPPORT_PARTNER, asked[i].number, false, &alone, support_err()),
                STATUS_OK);
            same_details("the same", &out[i], &alone);
        }
    }
}

/* Of two partners who name the same ticket its own finds it, whichever comes first. */
static void whose(void)
{
    uint64_t mine = support_open(s), also = support_open(s);
    want(0, SUPPORT_OTHER, mine);
    want(1, SUPPORT_PARTNER, mine);
    want(2, SUPPORT_PARTNER, also);
    want(3, SUPPORT_OTHER, also);
    want(4, SUPPORT_PARTNER, also);
    want(5, SUPPORT_OTHER, also);
    for (int status = 0; status < 2; status++) {
        for (unsigned i = 0; i < 6; i++)
            asked[i].found = true;
        CHECK_INT("asked",
                  status ? store_ticket_statuses_together(s, asked, 6, support_err())
                         : store_ticket_details_together(s, asked, 6, support_err()),
                  STATUS_OK);
        CHECK("never another's", !asked[0].found && !asked[3].found && !asked[5].found);
        CHECK("nor anything of it", !out[0].ticket.id[0] && !out[3].ticket.title.p && out[5].n_comments == 0);
        CHECK_INT("another's", out[0].ticket.number + out[3].ticket.number + out[5].ticket.number, 0);
        CHECK("its own", asked[2].found && asked[4].found);
        CHECK_INT("its own", out[2].ticket.number, also);
        CHECK_INT("and once more", out[4].ticket.number, also);
        /* Behind another who names it, it is to ask alone. */
        CHECK("not another's", !asked[1].found || out[1].ticket.number == mine);
    }
    want(0, SUPPORT_PARTNER, mine + 1000000);
    want(1, SUPPORT_PARTNER, 0);
    want(2, SUPPORT_PARTNER, UINT64_MAX);
    CHECK_INT("asked", store_ticket_details_together(s, asked, 3, support_err()), STATUS_OK);
    CHECK("nobody's", !asked[0].found && !asked[1].found && !asked[2].found);
}

/* What would keep others waiting is for whoever wants it alone. */
static void long_ones(void)
{
    uint64_t plain = support_open(s), talked = support_open(s), with_file = support_open(s), most = support_open(s);
    support_do("INSERT INTO comment SELECT %llu, seq, CONCAT('t', seq), 'x', 'Jane', NOW(6), 1, 0 FROM seq_2_to_21",
               (unsigned long long)talked);
    support_do("INSERT INTO comment SELECT %llu, seq, CONCAT('t', seq), 'x', 'Jane', NOW(6), 1, 0 FROM seq_2_to_20",
               (unsigned long long)most);
    support_do("UPDATE ticket SET n_comments = IF(number = %llu, 21, 20) WHERE number IN (%llu, %llu)",
               (unsigned long long)talked, (unsigned long long)talked, (unsigned long long)most);
    support_do("UPDATE ticket SET n_attachments = 1 WHERE number = %llu", (unsigned long long)with_file);
    want(0, SUPPORT_PARTNER, plain);
    want(1, SUPPORT_PARTNER, talked);
    want(2, SUPPORT_PARTNER, with_file);
    want(3, SUPPORT_PARTNER, most);
    CHECK_INT("asked", store_ticket_details_together(s, asked, 4, support_err()), STATUS_OK);
    CHECK("found", asked[0].found && asked[3].found);
    CHECK("not", !asked[1].found && !asked[2].found);
    CHECK_INT("all comments", out[3].n_comments, STORE_TOGETHER_COMMENTS);
    CHECK_INT("asked", store_ticket_statuses_together(s, asked, 4, support_err()), STATUS_OK);
    CHECK("statuses are short", asked[0].found && asked[1].found && asked[2].found && asked[3].found);
}

static void statuses(void)
{
    uint64_t number[3];
    for (unsigned i = 0; i < 3; i++)
        number[i] = support_open(s);
    comment_on(number[1], "news", false);
    comment_on(number[2], "a note", true);
    for (unsigned i = 0; i < 3; i++)
        want(i, SUPPORT_PARTNER, number[i]);
    CHECK_INT("asked", store_ticket_statuses_together(s, asked, 3, support_err()), STATUS_OK);
    for (unsigned i = 0; i < 3; i++) {
        struct ticket alone;
        bool found;
        CHECK("found", asked[i].found);
        CHECK_INT(
            "alone",
            store_ticket_statuses(s, support_arena, SUPPORT_PARTNER, &number[i], 1, &alone, &found, support_err()),
            STATUS_OK);
        CHECK_INT("number", out[i].ticket.number, number[i]);
        CHECK_INT("status", out[i].ticket.status, alone.status);
        CHECK("last comment", sv_eq(out[i].ticket.last_comment.content, alone.last_comment.content));
    }
    CHECK("news", sv_is(out[1].ticket.last_comment.content, "news"));
    CHECK("no note", sv_is(out[2].ticket.last_comment.content, "Ticket received"));
}

static void too_many(void)
{
    for (unsigned i = 0; i <= STORE_TOGETHER_MAX; i++)
        want(i, SUPPORT_PARTNER, 1408);
    CHECK_INT("details", store_ticket_details_together(s, asked, STORE_TOGETHER_MAX + 1, support_err()),
              STATUS_TOO_LARGE);
    CHECK_INT("statuses", store_ticket_statuses_together(s, asked, STORE_TOGETHER_MAX + 1, support_err()),
              STATUS_TOO_LARGE);
}

/* A row that cannot be read is nobody's, and the others ask alone. */
static void unreadable(void)
{
    uint64_t number[2] = {support_open(s), support_open(s)};
    want(0, SUPPORT_PARTNER, number[0]);
    want(1, SUPPORT_PARTNER, number[1]);
    support_do("INSERT INTO comment SELECT %llu, seq, CONCAT('u', seq), 'x', 'Jane', NOW(6), 1, 0 FROM seq_2_to_3",
               (unsigned long long)number[1]);
    CHECK_INT("more comments than it says", store_ticket_details_together(s, asked, 2, support_err()), STATUS_INTERNAL);
    CHECK("nobody's", !asked[0].found && !asked[1].found);
}

/* --- opening --- */

static struct support_ticket t[STORE_TOGETHER_MAX];
static const struct store_open *opens[STORE_TOGETHER_MAX + 1];
static uint64_t numbers[STORE_TOGETHER_MAX];

static enum status open_together(unsigned n)
{
    memset(numbers, 0, sizeof numbers);
    for (unsigned i = 0; i < n; i++)
        opens[i] = &t[i].open;
    store_begin(s, clock_mono_us());
    return store_ticket_open_together(s, opens, n, numbers, support_err());
}

static void fresh(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        static char title[STORE_TOGETHER_MAX][16];
        support_ticket(&t[i]);
        snprintf(title[i], sizeof title[i], "the %uth", i);
        t[i].ticket.title = sv_from(title[i]);
        t[i].ticket.partner_id = i % 3 == 2 ? SUPPORT_OTHER : SUPPORT_PARTNER;
        if (i % 4 == 1)
            t[i].open.job = NULL;
    }
}

/* Tickets, comments, events and jobs of t[i]. */
static const char *traces(unsigned i)
{
    return support_text("SELECT CONCAT_WS(' ', COUNT(*), (SELECT COUNT(*) FROM comment c WHERE c.id = '%s'), "
                        "(SELECT COUNT(*) FROM ticket_event e WHERE e.event_id = '%s'), "
                        "(SELECT COUNT(*) FROM webhook_job j WHERE j.webhook_id = '%s')) FROM ticket WHERE id = '%s'",
                        t[i].open.comment.id, t[i].open.event_id, t[i].job.id, t[i].ticket.id);
}

static void check_written(const char *row, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned long long number = (unsigned long long)numbers[i];
        CHECK_INT(row, support_number("SELECT number FROM ticket WHERE id = '%s'", t[i].ticket.id), number);
        CHECK_STR(row, traces(i), t[i].open.job ? "1 1 1 1" : "1 1 1 0");
        CHECK_INT(row,
                  support_number("SELECT COUNT(*) FROM ticket k JOIN comment c ON c.ticket_number = k.number AND "
                                 "c.id = '%s' JOIN ticket_event e ON e.ticket_number = k.number AND e.event_id = '%s' "
                                 "WHERE k.number = %llu AND k.title = 'the %uth' AND k.partner_id = %u AND "
                                 "k.hook_seq = %d",
                                 t[i].open.comment.id, t[i].open.event_id, number, i, t[i].ticket.partner_id,
                                 t[i].open.job != NULL),
                  1);
        if (t[i].open.job)
            CHECK_INT(row,
                      support_number("SELECT ticket_number = %llu AND partner_id = %u AND seq = 1 AND body = CONCAT("
                                     "'{\"ticketNumber\":\"', ticket_number, '\",\"data\":1}') FROM webhook_job "
                                     "WHERE webhook_id = '%s'",
                                     number, t[i].ticket.partner_id, t[i].job.id),
                      1);
    }
}

static void openings(void)
{
    for (unsigned n = 2; n <= STORE_TOGETHER_MAX; n++) {
        fresh(n);
        CHECK_INT("warm", open_together(n), STATUS_OK);
        check_written("warm", n);
        fresh(n);
        uint64_t trips = store_round_trips(s);
        CHECK_INT("open", open_together(n), STATUS_OK);
        CHECK_INT("one trip", store_round_trips(s) - trips, 1);
        check_written("open", n);
    }
    CHECK_INT("one", open_together(1), STATUS_TOO_LARGE);
    opens[STORE_TOGETHER_MAX] = opens[0];
    CHECK_INT("too many", store_ticket_open_together(s, opens, STORE_TOGETHER_MAX + 1, numbers, support_err()),
              STATUS_TOO_LARGE);
}

static void check_none(const char *row, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        CHECK_STR(row, traces(i), "0 0 0 0");
}

/* One that is wrong undoes all; each alone then fares as it would have. */
static void all_or_none(void)
{
    struct ticket existing;
    bool same;
    fresh(4);
    t[1].open.request_key = SV("Rtogether");
    CHECK_INT("first", open_together(4), STATUS_OK);
    fresh(4);
    t[2].ticket.partner_id = t[1].ticket.partner_id;
    t[2].open.request_key = SV("Rtogether");
    CHECK_INT("a key that is taken", open_together(4), STATUS_EXISTS);
    check_none("none", 4);
    CHECK_INT("alone", store_ticket_open(s, support_arena, opens[0], &numbers[0], &existing, &same, support_err()),
              STATUS_OK);
    CHECK_INT("alone", store_ticket_open(s, support_arena, opens[2], &numbers[2], &existing, &same, support_err()),
              STATUS_EXISTS);
    fresh(3);
    t[0].open.request_key = t[1].open.request_key = SV("Rtwins");
    CHECK_INT("the same key twice", open_together(3), STATUS_EXISTS);
    check_none("none", 3);
    fresh(3);
    t[1].ticket.title = SV_NONE;
    CHECK_INT("a row that the server refuses", open_together(3), STATUS_INTERNAL);
    check_none("none", 3);
    fresh(2);
    CHECK_INT("the connection goes on", open_together(2), STATUS_OK);
    check_written("and well", 2);
}

/* Whose key is locked meanwhile keeps the others for one wait, no more: they can still be opened alone. And that
 * says nothing about the server. */
static void locked(void)
{
    struct ticket existing;
    bool same;
    MYSQL *other = support_connect(NULL);
    fresh(3);
    t[0].open.request_key = SV("Rlocked");
    CHECK_INT("held", mysql_query(other, "START TRANSACTION"), 0);
    CHECK_INT("held",
              mysql_query(other,
                          "UPDATE ticket SET request_key = 'Rlocked' WHERE partner_id = 1 AND request_key IS NULL "
                          "LIMIT 1"),
              0);
    uint64_t trips = store_round_trips(s);
    CHECK_INT("together", open_together(3), STATUS_UNAVAILABLE);
    CHECK_INT("one try", store_round_trips(s) - trips, 1);
    CHECK("the server is there", !store_lost(s));
    check_none("none", 3);
    CHECK_INT("another alone",
              store_ticket_open(s, support_arena, opens[1], &numbers[1], &existing, &same, support_err()), STATUS_OK);
    /* With less time left than the server gives a lock, it is our own clock that ends the wait. */
    store_begin(s, clock_mono_us() - STORE_REQUEST_BUDGET + CLOCK_SECOND / 10);
    CHECK("alone",
          store_ticket_open(s, support_arena, opens[0], &numbers[0], &existing, &same, support_err()) != STATUS_OK);
    CHECK("the server is still there", !store_lost(s));
    CHECK_INT("let go", mysql_query(other, "ROLLBACK"), 0);
    mysql_close(other);
    store_begin(s, clock_mono_us());
    CHECK_INT("alone", store_ticket_open(s, support_arena, opens[0], &numbers[0], &existing, &same, support_err()),
              STATUS_OK);
}

/* Lost on the way there or back: done once all the same, or each finds itself alone. */
static void lost(void)
{
    static const struct {
        const char *name;
        enum cut how;
        enum status then;
    } rows[] = {
        {"request", CUT_REQUEST, STATUS_OK},
        {"in flight", CUT_IN_FLIGHT, STATUS_OK},
        {"answer", CUT_ANSWER, STATUS_UNCERTAIN}, /* the second try meets what the first wrote */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fresh(3);
        cutproxy_arm(proxy, rows[i].how, t[1].open.event_id, 1);
        enum status st = open_together(3);
        CHECK_INT(rows[i].name, cutproxy_cuts(proxy), 1);
        /* In flight either may come first, the server's work or its end. */
        CHECK(rows[i].name, st == rows[i].then || (rows[i].how == CUT_IN_FLIGHT && st == STATUS_UNCERTAIN));
        for (unsigned k = 0; st && k < 3; k++) {
            struct ticket existing;
            bool same;
            CHECK_INT(rows[i].name,
                      store_ticket_open(s, support_arena, opens[k], &numbers[k], &existing, &same, support_err()),
                      STATUS_OK);
        }
        check_written(rows[i].name, 3);
    }
}

void init_together_tests(void)
{
    static const struct suite_test tests[] = {
        {"details", details},      {"whose", whose},           {"long ones", long_ones}, {"statuses", statuses},
        {"too many", too_many},    {"unreadable", unreadable}, {"openings", openings},   {"all or none", all_or_none},
        {"lost on the way", lost}, {"locked", locked},
    };
    suite_add("store together", set_up, tear_down, tests, SUITE_N(tests));
}
