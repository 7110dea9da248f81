#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "desk/suites.h"
#include "desk/support.h"
#include "harness/suite.h"

#define TOO_MANY (DESK_TOGETHER_MAX + 1)
#define HOOKS "https://hooks.example/t"

/* Callers of their own: partners 7, 8, … with memory, errors and answers apart. */
struct caller {
    struct desk_call call;
    struct arena *arena;
    struct err err;
    struct buf out;
    struct ticket_details details;
    struct desk_opening *o;
    bool replayed;
};
static struct caller callers[TOO_MANY];

static void free_callers(void)
{
    for (unsigned i = 0; i < TOO_MANY; i++) {
        arena_free(&callers[i].arena);
        buf_free(&callers[i].out);
    }
    memset(callers, 0, sizeof callers);
}

static int together_up(void)
{
    int failed = desk_up();
    for (unsigned i = 0; i < TOO_MANY; i++) {
        struct caller *c = &callers[i];
        c->arena = arena_new(1u << 20);
        failed = failed || !c->arena;
        err_init(&c->err);
        buf_init(&c->out, 1u << 16);
        c->call = bench.call;
        c->call.actor.partner_id = 7 + i;
        c->call.arena = c->arena;
        c->call.err = &c->err;
    }
    return failed;
}

static int together_down(void)
{
    free_callers();
    return desk_down();
}

static void again(void)
{
    together_down();
    CHECK_INT("desk", together_up(), 0);
}

/* --- reading --- */

typedef void (*ask)(struct desk *d, struct desk_asking *q, size_t n);

static const struct {
    const char *name;
    ask ask;
    const char *log; /*!< all went well */
} questions[] = {{"details", desk_details_together, "d+"}, {"status", desk_status_together, "n+"}};

/* Callers 0 to n - 1 ask for tickets `number`, number + 1, …; `done` is wrong at first. */
static void asking(struct desk_asking *q, size_t n, uint64_t number)
{
    for (size_t i = 0; i < n; i++)
        q[i] = (struct desk_asking){&callers[i].call, number + i, &callers[i].details, true};
}

static unsigned n_done(const struct desk_asking *q, size_t n)
{
    unsigned done = 0;
    for (size_t i = 0; i < n; i++)
        done += q[i].done;
    return done;
}

static void end_together(enum status s)
{
    fake.details_together = fake.statuses_together = fake.open_together = s;
}

/* Even numbers exist. */
static void test_asked(void)
{
    for (unsigned k = 0; k < SUITE_N(questions); k++) {
        struct desk_asking q[DESK_TOGETHER_MAX];
        const char *row = questions[k].name;
        again();
        asking(q, DESK_TOGETHER_MAX, 1409);
        questions[k].ask(bench.desk, q, DESK_TOGETHER_MAX);
        CHECK_STR(row, fake.log, questions[k].log);
        CHECK_INT(row, fake.n_together, DESK_TOGETHER_MAX);
        for (unsigned i = 0; i < DESK_TOGETHER_MAX; i++) {
            CHECK_INT(row, fake.asked_together[i].partner_id, 7 + i);
            CHECK_INT(row, fake.asked_together[i].number, 1409 + i);
            CHECK(row, fake.asked_together[i].arena == callers[i].arena);
            CHECK_INT(row, q[i].done, i % 2 == 1);
            CHECK_INT(row, callers[i].details.ticket.number, q[i].done ? 1409 + i : 0);
            CHECK_INT(row, callers[i].err.status, STATUS_OK);
        }
    }
}

/* Nobody gets more time for having met others. */
static void test_budget(void)
{
    static const int64_t rows[][3] = {{20, 5, 10}, {5, 10, 20}, {20, 10, 5}};
    for (unsigned k = 0; k < SUITE_N(questions); k++)
        for (unsigned i = 0; i < SUITE_N(rows); i++) {
            struct desk_asking q[3];
            again();
            for (unsigned c = 0; c < 3; c++)
                callers[c].call.mono_us = MONO + rows[i][c];
            asking(q, 3, 2);
            questions[k].ask(bench.desk, q, 3);
            CHECK_INT(questions[k].name, fake.begun_us, MONO + 5);
        }
}

static void test_store_fails(void)
{
    static const struct {
        enum status s;
        char mark; /*!< what the breaker is told */
    } rows[] = {
        {STATUS_UNAVAILABLE, '-'}, {STATUS_UNCERTAIN, '-'},  {STATUS_CONFIG, '\0'},
        {STATUS_INTERNAL, '\0'},   {STATUS_NO_MEMORY, '\0'}, {STATUS_TOO_LARGE, '\0'},
    };
    for (unsigned k = 0; k < SUITE_N(questions); k++)
        for (unsigned i = 0; i < SUITE_N(rows); i++) {
            struct desk_asking q[4];
            again();
            end_together(rows[i].s);
            fake.branch_codes[0] = SV("001");
            asking(q, 4, 2);
            questions[k].ask(bench.desk, q, 4);
            CHECK_INT(status_name(rows[i].s), n_done(q, 4), 0);
            CHECK_INT(status_name(rows[i].s), fake.log[1], rows[i].mark);
            CHECK("no branch is looked for", !strchr(fake.log, 'B'));
            CHECK_INT("each will hear why alone", callers[0].err.status, STATUS_OK);
        }
}

static void test_breaker(void)
{
    for (unsigned k = 0; k < SUITE_N(questions); k++) {
        struct desk_asking q[2];
        again();
        fake.is_open = true;
        asking(q, 2, 2);
        questions[k].ask(bench.desk, q, 2);
        CHECK_STR(questions[k].name, fake.log, "");
        CHECK_INT(questions[k].name, n_done(q, 2), 0);
        CHECK_INT("each will hear why alone", callers[0].err.status, STATUS_OK);
    }
}

static void test_too_many(void)
{
    for (unsigned k = 0; k < SUITE_N(questions); k++) {
        struct desk_asking q[TOO_MANY];
        again();
        asking(q, TOO_MANY, 2);
        questions[k].ask(bench.desk, q, TOO_MANY);
        CHECK_STR(questions[k].name, fake.log, "");
        CHECK_INT(questions[k].name, n_done(q, TOO_MANY), 0);
    }
}

static const char *branch_of(unsigned i)
{
    return text(callers[i].details.ticket.branch_name);
}

/* Each its own, copied: the cache's rows go with the next reading. */
static void test_branches(void)
{
    struct desk_asking q[5];
    again();
    fake.branch_name = SV("Main Street");
    fake.branch_codes[0] = SV("001");
    fake.branch_codes[1] = SV("0010");
    fake.branch_codes[3] = SV("00");
    fake.branch_codes[4] = SV("001");
    for (unsigned i = 0; i < 5; i++)
        q[i] = (struct desk_asking){&callers[i].call, 2, &callers[i].details, false};
    desk_details_together(bench.desk, q, 5);
    CHECK_INT("all", n_done(q, 5), 5);
    CHECK_STR("read once", fake.log, "d+B+");
    fake.generation++;
    fake.branch_name = SV("Harbour");
    desk_details_together(bench.desk, &q[4], 1);
    CHECK_STR("another's code was asked for", fake.log, "d+B+d+B+");
    CHECK_STR("first", branch_of(0), "Main Street");
    CHECK_STR("second", branch_of(1), "Another");
    CHECK_STR("in none", branch_of(2), "(absent)");
    CHECK_STR("in an unknown one", branch_of(3), "(absent)");
    CHECK_STR("the last, asked again", branch_of(4), "Harbour");
}

/* A status shows no branch. */
static void test_status_without_branch(void)
{
    struct desk_asking q[2];
    again();
    fake.branch_codes[0] = SV("001");
    asking(q, 2, 2);
    desk_status_together(bench.desk, q, 2);
    CHECK_STR("one round trip", fake.log, "n+");
}

static void test_branches_away(void)
{
    struct desk_asking q[3];
    again();
    fake.branch_list = STATUS_UNAVAILABLE;
    fake.branch_codes[0] = SV("001");
    for (unsigned i = 0; i < 3; i++)
        q[i] = (struct desk_asking){&callers[i].call, i == 1 ? 3 : 2, &callers[i].details, false};
    desk_details_together(bench.desk, q, 3);
    CHECK("its branch cannot be told", !q[0].done);
    CHECK("there is no such ticket", !q[1].done);
    CHECK("in no branch", q[2].done);
    CHECK("the breaker knows", strncmp(fake.log, "d+B-", 4) == 0);
    CHECK_INT("it will hear why alone", callers[0].err.status, STATUS_OK);
}

/* One's memory is not another's. */
static void test_no_room_for_a_branch(void)
{
    struct desk_asking q[2];
    again();
    fake.branch_name = SV("Main Street");
    fake.branch_codes[0] = fake.branch_codes[1] = SV("001");
    arena_free(&callers[0].arena);
    callers[0].arena = arena_new(0);
    callers[0].call.arena = callers[0].arena;
    q[0] = (struct desk_asking){&callers[0].call, 2, &callers[0].details, false};
    q[1] = (struct desk_asking){&callers[1].call, 2, &callers[1].details, false};
    desk_details_together(bench.desk, q, 2);
    CHECK("no memory", !q[0].done);
    CHECK("the other has it", q[1].done);
    CHECK_STR("its name", branch_of(1), "Main Street");
}

/* --- opening --- */

static enum status begin_draft(struct caller *c, const struct ticket_draft *draft, const char *request_id,
                               enum status draft_status)
{
    c->o = (struct desk_opening *)&bench; /* what a forgotten result would leave */
    c->replayed = true;
    return desk_open_begin(bench.desk, &c->call, draft, sv_from(request_id), draft_status, &c->out, &c->replayed,
                           &c->o);
}

/* url NULL: nobody wants the event. */
static void begin_url(unsigned i, const char *url)
{
    struct ticket_draft f = desk_draft();
    f.webhook_url = sv_from(url);
    CHECK_INT("begun", begin_draft(&callers[i], &f, NULL, STATUS_OK), STATUS_OK);
    CHECK("to be written", callers[i].o != NULL);
    CHECK("not a replay", !callers[i].replayed);
}

static enum status write_alone(unsigned i)
{
    struct caller *c = &callers[i];
    buf_clear(&c->out);
    return desk_open_write(bench.desk, &c->call, c->o, &c->out, &c->replayed);
}

/* `done` and `status` are wrong at first. */
static void writing(struct desk_writing *w, size_t n, bool done)
{
    for (size_t i = 0; i < n; i++)
        w[i] = (struct desk_writing){&callers[i].call, callers[i].o, &callers[i].out, done, STATUS_INTERNAL};
}

static unsigned n_written(const struct desk_writing *w, size_t n)
{
    unsigned done = 0;
    for (size_t i = 0; i < n; i++)
        done += w[i].done;
    return done;
}

/* Callers 0 to n - 1, each with a job. */
static void open_together(struct desk_writing *w, size_t n)
{
    for (unsigned i = 0; i < n; i++)
        begin_url(i, HOOKS);
    writing(w, n, true);
    desk_open_together(bench.desk, w, n);
}

/* All that tells one writing of a ticket from another's. */
struct ids {
    char ticket[CRYPTO_CUID_SIZE], comment[CRYPTO_CUID_SIZE], event[CRYPTO_CUID_SIZE], job[CRYPTO_CUID_SIZE];
};

static struct ids ids_of(const struct store_open *o, const struct ticket *t)
{
    struct ids ids = {0};
    memcpy(ids.ticket, t->id, sizeof ids.ticket);
    memcpy(ids.comment, o->comment.id, sizeof ids.comment);
    memcpy(ids.event, o->event_id, sizeof ids.event);
    if (o->job)
        memcpy(ids.job, o->job->id, sizeof ids.job);
    return ids;
}

static struct ids ids_alone(void)
{
    return ids_of(&fake.opened, &fake.opened_ticket);
}

static struct ids ids_together(unsigned i)
{
    return ids_of(&fake.opened_together[i], &fake.tickets_together[i]);
}

static bool same_ids(struct ids a, struct ids b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool answers(unsigned i, uint64_t number, struct ids ids)
{
    char want[256];
    snprintf(want, sizeof want, "{\"success\":true,\"ticketNumber\":\"%llu\",\"ticketId\":\"%s\",",
             (unsigned long long)number, ids.ticket);
    return strncmp(buf_view(&callers[i].out).p, want, strlen(want)) == 0;
}

/* What begins is one ticket, whenever and however often it is written. */
static void test_alone(void)
{
    again();
    begin_url(0, HOOKS);
    CHECK_STR("nothing is written", fake.log, "S+");
    callers[0].call.now_us = NOW + 3600 * CLOCK_SECOND;
    fake.open = STATUS_UNAVAILABLE;
    CHECK_INT("a first try", write_alone(0), STATUS_UNAVAILABLE);
    struct ids first = ids_alone();
    CHECK_INT("as it began", fake.opened_ticket.created_at, NOW);
    CHECK_INT("ids", strlen(first.ticket) + strlen(first.comment) + strlen(first.event) + strlen(first.job), 4 * 25);
    fake.open = STATUS_OK;
    CHECK_INT("a second", write_alone(0), STATUS_OK);
    CHECK("the same ids", same_ids(ids_alone(), first));
    CHECK("its answer", answers(0, 1409, first));
    CHECK_STR("written", fake.log, "S+O-O+");
    begin_url(1, HOOKS);
    CHECK_INT("another", write_alone(1), STATUS_OK);
    CHECK("has its own", strcmp(ids_alone().ticket, first.ticket) != 0);
}

/* The budget of writing begins with the request's arrival, too. */
static void test_alone_enters(void)
{
    again();
    begin_url(0, HOOKS);
    fake.begun_us = 0;
    CHECK_INT("ok", write_alone(0), STATUS_OK);
    CHECK_INT("budget", fake.begun_us, MONO);
    fake.is_open = true;
    CHECK_INT("breaker", write_alone(0), STATUS_UNAVAILABLE);
    CHECK_STR("not asked", fake.log, "S+O+");
    CHECK_STR("why", callers[0].err.text, "database breaker is open");
}

/* What begin answers by itself leaves nothing to write. */
static void test_nothing_to_write(void)
{
    static const struct {
        const char *row;
        enum status draft, by_request, service_list;
        bool is_open, attachments;
        enum status want;
        bool replayed;
    } rows[] = {
        {"refused", STATUS_INVALID, STATUS_NOT_FOUND, 0, 0, 0, STATUS_INVALID, 0},
        {"refused before", STATUS_INVALID, STATUS_OK, 0, 0, 0, STATUS_OK, 1},
        {"uploaded before", STATUS_OK, STATUS_OK, 0, 0, 1, STATUS_OK, 1},
        {"no memory for the draft", STATUS_NO_MEMORY, STATUS_OK, 0, 0, 0, STATUS_NO_MEMORY, 0},
        {"breaker", STATUS_OK, STATUS_OK, 0, 1, 0, STATUS_UNAVAILABLE, 0},
        {"no catalogue", STATUS_OK, STATUS_OK, STATUS_UNAVAILABLE, 0, 0, STATUS_UNAVAILABLE, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        again();
        struct ticket_draft f = desk_draft();
        f.n_attachments = rows[i].attachments;
        f.attachments[0].bytes = SV("x");
        fake.by_request = rows[i].by_request;
        fake.service_list = rows[i].service_list;
        fake.is_open = rows[i].is_open;
        fake.same = true;
        CHECK_INT(rows[i].row, begin_draft(&callers[0], &f, "r", rows[i].draft), rows[i].want);
        CHECK(rows[i].row, !callers[0].o);
        CHECK_INT(rows[i].row, callers[0].replayed, rows[i].replayed);
        CHECK_INT(rows[i].row, callers[0].out.n > 0, rows[i].replayed);
    }
}

static void test_joins(void)
{
    again();
    struct ticket_draft f = desk_draft();
    CHECK_INT("begun", begin_draft(&callers[0], &f, NULL, STATUS_OK), STATUS_OK);
    CHECK("without files", desk_open_joins(callers[0].o));
    f.n_attachments = 1;
    f.attachments[0].bytes = SV("x");
    CHECK_INT("begun", begin_draft(&callers[1], &f, NULL, STATUS_OK), STATUS_OK);
    CHECK("with one", !desk_open_joins(callers[1].o));
}

static void test_opened(void)
{
    struct desk_writing w[DESK_TOGETHER_MAX];
    again();
    fake.number = 2000;
    open_together(w, DESK_TOGETHER_MAX);
    CHECK_STR("one round trip", fake.log, "S+o+");
    CHECK_INT("all at once", fake.n_together, DESK_TOGETHER_MAX);
    for (unsigned i = 0; i < DESK_TOGETHER_MAX; i++) {
        CHECK("done", w[i].done);
        CHECK_INT("well", w[i].status, STATUS_OK);
        CHECK_INT("its partner", fake.tickets_together[i].partner_id, 7 + i);
        CHECK("its number, its id", answers(i, 2000 + i, ids_together(i)));
        CHECK("not another's", i == 0 || strcmp(ids_together(i).ticket, ids_together(i - 1).ticket) != 0);
        CHECK_INT("no error", callers[i].err.status, STATUS_OK);
    }
}

static void test_open_budget(void)
{
    static const int64_t rows[][3] = {{20, 5, 10}, {5, 10, 20}, {20, 10, 5}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct desk_writing w[3];
        again();
        for (unsigned c = 0; c < 3; c++)
            callers[c].call.mono_us = MONO + rows[i][c];
        open_together(w, 3);
        CHECK_INT("of who waited longest", fake.begun_us, MONO + 5);
    }
}

/* A letter is a receiver, '-' a ticket nobody wants to hear of. */
static void test_pokes(void)
{
    static const struct {
        const char *urls;
        unsigned n;
        unsigned of[4]; /*!< whose receivers, in order */
    } rows[] = {
        {"AA", 1, {0}},     {"AB", 2, {0, 1}}, {"AABA", 3, {0, 2, 3}}, {"A-A", 1, {0}}, {"-A", 1, {1}},
        {"A-B", 2, {0, 2}}, {"--", 0, {0}},    {"AABB", 2, {0, 2}},    {"A--", 1, {0}}, {"ABBA-A", 3, {0, 1, 3}},
    };
    static const char *const urls[] = {"https://a.example/x", "https://b.example/x"};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct desk_writing w[DESK_TOGETHER_MAX];
        unsigned n = (unsigned)strlen(rows[i].urls);
        again();
        desk_pokes(bench.desk, "/run/sender");
        for (unsigned c = 0; c < n; c++) {
            callers[c].call.actor.partner_id = 7;
            begin_url(c, rows[i].urls[c] == '-' ? NULL : urls[rows[i].urls[c] - 'A']);
        }
        writing(w, n, false);
        desk_open_together(bench.desk, w, n);
        CHECK("after the COMMIT", strncmp(fake.log, "S+o+", 4) == 0);
        CHECK_INT(rows[i].urls, fake.n_poked, rows[i].n);
        for (unsigned k = 0; k < rows[i].n; k++)
            CHECK(rows[i].urls, fake.poked[k] == fake.opened_together[rows[i].of[k]].job->receiver);
    }
}

/* Nothing is done, nobody poked; alone each is the ticket it would have been. */
static void test_open_fails(void)
{
    static const enum status rows[] = {STATUS_EXISTS,   STATUS_UNAVAILABLE, STATUS_UNCERTAIN, STATUS_CONFIG,
                                       STATUS_INTERNAL, STATUS_NO_MEMORY,   STATUS_CONFLICT};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct desk_writing w[3];
        again();
        desk_pokes(bench.desk, "/run/sender");
        end_together(rows[i]);
        open_together(w, 3);
        CHECK_INT(status_name(rows[i]), n_written(w, 3), 0);
        CHECK_INT("nobody poked", fake.n_poked, 0);
        for (unsigned c = 0; c < 3; c++) {
            CHECK_INT("no answer", callers[c].out.n, 0);
            CHECK_INT("each will hear why alone", callers[c].err.status, STATUS_OK);
            fake.number = 3000 + c;
            CHECK_INT("alone", write_alone(c), STATUS_OK);
            CHECK("the same ids", same_ids(ids_alone(), ids_together(c)));
            CHECK("its answer", answers(c, 3000 + c, ids_alone()));
            CHECK_INT("its sender", fake.n_poked, c + 1);
        }
    }
}

/* A key that was taken: who wrote it first is answered when alone. */
static void test_replayed_alone(void)
{
    struct desk_writing w[2];
    again();
    end_together(STATUS_EXISTS);
    open_together(w, 2);
    fake.open = STATUS_EXISTS;
    fake.same = true;
    CHECK_INT("replayed", write_alone(0), STATUS_OK);
    CHECK("said so", callers[0].replayed);
    fake.same = false;
    CHECK_INT("another body", write_alone(1), STATUS_EXISTS);
    CHECK("not replayed", !callers[1].replayed);
}

static void test_open_breaker(void)
{
    struct desk_writing w[2];
    again();
    begin_url(0, HOOKS);
    begin_url(1, HOOKS);
    fake.is_open = true;
    writing(w, 2, true);
    desk_open_together(bench.desk, w, 2);
    CHECK_INT("nobody", n_written(w, 2), 0);
    CHECK_STR("not asked", fake.log, "S+");
    CHECK_INT("each will hear why alone", callers[0].err.status, STATUS_OK);
    CHECK_INT("alone", write_alone(0), STATUS_UNAVAILABLE);
}

static void test_open_too_many(void)
{
    struct desk_writing w[TOO_MANY];
    again();
    open_together(w, TOO_MANY);
    CHECK_STR("nothing asked", fake.log, "S+");
    CHECK_INT("nobody", n_written(w, TOO_MANY), 0);
    CHECK_INT("alone", write_alone(TOO_MANY - 1), STATUS_OK);
}

/* A COMMIT that may have happened is not forgotten because the database is away when it is asked again. */
static void test_uncertain(void)
{
    static const struct {
        enum status together, alone;
        bool is_open; /*!< the breaker, when alone */
        enum status want;
    } rows[] = {
        {STATUS_UNCERTAIN, STATUS_UNAVAILABLE, false, STATUS_UNCERTAIN},
        {STATUS_UNCERTAIN, STATUS_OK, true, STATUS_UNCERTAIN},
        {STATUS_UNCERTAIN, STATUS_INTERNAL, false, STATUS_INTERNAL},
        {STATUS_UNCERTAIN, STATUS_OK, false, STATUS_OK},
        {STATUS_UNAVAILABLE, STATUS_UNAVAILABLE, false, STATUS_UNAVAILABLE},
        {STATUS_UNAVAILABLE, STATUS_OK, true, STATUS_UNAVAILABLE},
        {STATUS_EXISTS, STATUS_UNAVAILABLE, false, STATUS_UNAVAILABLE},
        {STATUS_INTERNAL, STATUS_UNCERTAIN, false, STATUS_UNCERTAIN},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct desk_writing w[2];
        again();
        end_together(rows[i].together);
        open_together(w, 2);
        fake.open = rows[i].alone;
        fake.is_open = rows[i].is_open;
        for (unsigned c = 0; c < 2; c++)
            CHECK_INT(status_name(rows[i].together), write_alone(c), rows[i].want);
    }
    again();
    begin_url(0, HOOKS);
    fake.open = STATUS_UNAVAILABLE;
    CHECK_INT("never tried together", write_alone(0), STATUS_UNAVAILABLE);
}

/* The catalogue may be read anew while a ticket waits to be written. */
static void test_service_texts(void)
{
    struct desk_writing w[2];
    again();
    begin_url(0, HOOKS);
    fake.services[2].name = SV("Renamed");
    fake.services[2].support_group = SV("Back Office");
    fake.generation++;
    begin_url(1, HOOKS);
    CHECK_STR("read anew in between", fake.log, "S+S+");
    writing(w, 2, false);
    desk_open_together(bench.desk, w, 2);
    CHECK_STR("as it began", text(fake.tickets_together[0].service_name), "Inquiries");
    CHECK_STR("as it began", text(fake.tickets_together[0].support_group), "Front Desk");
    CHECK("answered so", strstr(callers[0].out.p, "\"supportGroup\":\"Front Desk\"") != NULL);
    CHECK("commented so", strstr(text(fake.opened_together[0].comment.content), "Front Desk") != NULL);
    CHECK_STR("the next", text(fake.tickets_together[1].service_name), "Renamed");
    CHECK("the next's answer", strstr(callers[1].out.p, "\"supportGroup\":\"Back Office\"") != NULL);
}

/* It is written; there is only no room to say so. */
static void test_no_room_for_an_answer(void)
{
    struct desk_writing w[3];
    again();
    desk_pokes(bench.desk, "/run/sender");
    buf_init(&callers[1].out, 8);
    open_together(w, 3);
    CHECK_INT("all are done", n_written(w, 3), 3);
    CHECK_INT("well", w[0].status, STATUS_OK);
    CHECK_INT("no room", w[1].status, STATUS_TOO_LARGE);
    CHECK_INT("well", w[2].status, STATUS_OK);
    CHECK_INT("each sender wakes", fake.n_poked, 3);
}

static int refuse(size_t n)
{
    (void)n;
    return 0;
}

static void test_no_memory_for_an_answer(void)
{
    struct desk_writing w[2];
    again();
    begin_url(0, HOOKS);
    begin_url(1, HOOKS);
    writing(w, 2, false);
    arena_alloc_hook = refuse;
    desk_open_together(bench.desk, w, 2);
    arena_alloc_hook = NULL;
    CHECK_INT("all are done", n_written(w, 2), 2);
    CHECK_INT("but", w[0].status, STATUS_NO_MEMORY);
    CHECK_INT("but", w[1].status, STATUS_NO_MEMORY);
}

void init_together_tests(void)
{
    static const struct suite_test tests[] = {
        {"asked", test_asked},
        {"the budget", test_budget},
        {"the store fails", test_store_fails},
        {"breaker", test_breaker},
        {"too many", test_too_many},
        {"branches", test_branches},
        {"a status has no branch", test_status_without_branch},
        {"branches away", test_branches_away},
        {"no room for a branch", test_no_room_for_a_branch},
        {"one alone", test_alone},
        {"one alone enters", test_alone_enters},
        {"nothing to write", test_nothing_to_write},
        {"who joins", test_joins},
        {"opened", test_opened},
        {"the budget of opening", test_open_budget},
        {"pokes", test_pokes},
        {"opening fails", test_open_fails},
        {"replayed alone", test_replayed_alone},
        {"opening and the breaker", test_open_breaker},
        {"too many open", test_open_too_many},
        {"uncertain", test_uncertain},
        {"service texts", test_service_texts},
        {"no room for an answer", test_no_room_for_an_answer},
        {"no memory for an answer", test_no_memory_for_an_answer},
    };
    suite_add("together", together_up, together_down, tests, SUITE_N(tests));
}
