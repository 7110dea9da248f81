#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

#define TOGETHER_BODY (16 * 1024) /*!< [bytes] the largest body that others wait for */
#define DRAFT(title, more)                                                                                             \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"Jane\"},"                             \
    "\"ticket\":{\"title\":\"" title "\",\"description\":\"What is it\"}" more "}"
#define TITLED(title) DRAFT(title, "")
#define OF_PARTNER(title, code) DRAFT(title, ",\"integration\":{\"partnerId\":\"" code "\"}")
#define WITH_FILE                                                                                                      \
    DRAFT("T", ",\"attachments\":[{\"filename\":\"a.txt\",\"mimeType\":\"text/plain\",\"size\":3,"                     \
               "\"content\":\"YWJj\"}]")

/* --- one request, step by step --- */

static enum api_turn begin(void)
{
    return api_begin(bench.api, &bench.req, &bench.resp);
}

/* Requests that are not answered by the first step. */
static const struct {
    const char *row;
    enum http_method method;
    const char *path, *query, *body; /*!< NULL: none, the usual one */
    bool agent;
    enum api_turn turn;
    bool reads; /*!< the body, in the first step */
} turns[] = {
    {"details", HTTP_GET, TICKETS "/1408", NULL, NULL, 0, API_JOINS, 0},
    {"HEAD of details", HTTP_HEAD, TICKETS "/1408", NULL, NULL, 0, API_JOINS, 0},
    {"an agent's details", HTTP_GET, TICKETS "/1408", NULL, NULL, 1, API_ALONE, 0},
    {"status", HTTP_GET, TICKETS, "ticketNumber=1408", NULL, 0, API_JOINS, 0},
    {"an agent's status", HTTP_GET, TICKETS, "ticketNumber=1408", NULL, 1, API_ALONE, 0},
    {"by reference", HTTP_GET, TICKETS, "channelReferenceId=1408", NULL, 0, API_ALONE, 0},
    {"two numbers", HTTP_GET, TICKETS, "ticketNumber=1408,1409", NULL, 0, API_ALONE, 0},
    {"two parameters", HTTP_GET, TICKETS, "ticketNumber=1408&ticketNumber=1409", NULL, 0, API_ALONE, 0},
    {"number and reference", HTTP_GET, TICKETS, "ticketNumber=1408&channelReferenceId=a", NULL, 0, API_ALONE, 0},
    {"a number that is none", HTTP_GET, TICKETS, "ticketNumber=01408", NULL, 0, API_ALONE, 0},
    {"no parameter", HTTP_GET, TICKETS, NULL, NULL, 0, API_ALONE, 0},
    {"another parameter", HTTP_GET, TICKETS, "number=1408", NULL, 0, API_ALONE, 0},
    {"a list", HTTP_GET, TICKETS, "status=OPEN", NULL, 1, API_ALONE, 0},
    {"create", HTTP_POST, TICKETS, NULL, NULL, 0, API_JOINS, 1},
    {"an agent's create", HTTP_POST, TICKETS, NULL, NULL, 1, API_JOINS, 1},
    {"create with a file", HTTP_POST, TICKETS, NULL, WITH_FILE, 0, API_ALONE, 1},
    {"update", HTTP_PATCH, TICKETS "/1408", NULL, NULL, 0, API_ALONE, 0},
    {"update of no number", HTTP_PATCH, TICKETS "/x", NULL, NULL, 0, API_ALONE, 0},
    {"attachment", HTTP_GET, TICKETS "/1408/attachments/c", NULL, NULL, 0, API_ALONE, 0},
    {"health", HTTP_GET, "/api/omnichannel/health", NULL, NULL, 0, API_ALONE, 0},
};

static void start(unsigned i)
{
    ask(turns[i].method, turns[i].path);
    with_query(turns[i].query);
    if (turns[i].body)
        with_body(turns[i].body);
    if (turns[i].agent)
        as_agent();
}

static void test_turns(void)
{
    for (unsigned i = 0; i < SUITE_N(turns); i++) {
        start(i);
        CHECK_INT(turns[i].row, begin(), turns[i].turn);
        CHECK(turns[i].row, !api_is_answered(bench.api));
        CHECK_STR(turns[i].row, body(), "");
        CHECK_INT("the database is not asked", fake.n_desk, 0);
        CHECK_INT(turns[i].row, bench.n_reads, turns[i].reads);
        api_go(bench.api);
        CHECK(turns[i].row, api_is_answered(bench.api));
        CHECK(turns[i].row, body()[0] != '\0');
        CHECK("once", bench.n_reads <= 1);
    }
}

/* Both steps, whatever is between them, are what api_handle does. */
static void test_both_steps(void)
{
    for (unsigned i = 0; i < SUITE_N(turns); i++) {
        char whole[2048], headers[HTTP_HEADERS_MAX + 1];
        start(i);
        run();
        int status = bench.resp.status;
        unsigned n_desk = fake.n_desk, n_reads = bench.n_reads;
        snprintf(whole, sizeof whole, "%s", body());
        snprintf(headers, sizeof headers, "%s", buf_view(&bench.resp.headers).p);
        CHECK(turns[i].row, api_is_answered(bench.api));
        start(i);
        CHECK(turns[i].row, begin() != API_ANSWERED);
        api_go(bench.api);
        CHECK_INT(turns[i].row, bench.resp.status, status);
        CHECK_STR(turns[i].row, body(), whole);
        CHECK_STR(turns[i].row, buf_view(&bench.resp.headers).p, headers);
        CHECK_INT(turns[i].row, fake.n_desk, n_desk);
        CHECK_INT(turns[i].row, bench.n_reads, n_reads);
    }
}

static void denied(void)
{
    fake.enter = STATUS_DENIED;
}

static void limited(void)
{
    fake.verdict.admitted = false;
}

static void may_not(void)
{
    fake.caller.permissions = 0;
}

static void gone(void)
{
    bench.read = STATUS_IO;
}

static void bad_key(void)
{
    bench.req.idempotency_key = SV("");
    bench.req.n_idempotency_key = 1;
}

static void bad_length(void)
{
    bench.req.content_length = -1;
}

static void down(void)
{
    fake.begin = STATUS_UNAVAILABLE;
}

static void broken(void)
{
    fake.begin = STATUS_INTERNAL;
}

static void replayed(void)
{
    fake.replayed = true;
}

static void fine(void)
{
}

/* Nothing is left to wait for. */
static void test_at_once(void)
{
    static const struct {
        const char *row;
        enum http_method method;
        const char *path, *query, *body; /*!< NULL: none, the usual one */
        void (*apply)(void);
        int status;
        unsigned n_desk;
        const char *begins;
    } rows[] = {
        {"key", HTTP_GET, TICKETS "/1", NULL, NULL, denied, 401, 0, "{\"error\":\"Invalid API key\","},
        {"limit", HTTP_GET, TICKETS "/1", NULL, NULL, limited, 429, 0, "{\"error\":\"Rate limit exceeded\","},
        {"permission", HTTP_POST, TICKETS, NULL, NULL, may_not, 403, 0, "{\"error\":\"Insufficient permissions "},
        {"path", HTTP_GET, "/api/omnichannel/x", NULL, NULL, fine, 404, 0, "{\"error\":\"Not found\","},
        {"method", HTTP_PATCH, TICKETS, NULL, NULL, fine, 405, 0, "{\"error\":\"Method not allowed\","},
        {"number", HTTP_GET, TICKETS "/01", NULL, NULL, fine, 404, 0, "{\"error\":\"Ticket not found\","},
        {"query", HTTP_GET, TICKETS, "%", NULL, fine, 400, 0, "{\"error\":\"Bad request\",\"errors\":{\"query\":"},
        {"JSON", HTTP_POST, TICKETS, NULL, "{", fine, 400, 0, "{\"error\":\"Invalid JSON\","},
        {"length", HTTP_POST, TICKETS, NULL, NULL, bad_length, 400, 0, "{\"error\":\"Bad request\","},
        {"client gone", HTTP_POST, TICKETS, NULL, NULL, gone, API_GONE, 0, "{"},
        {"header", HTTP_GET, TICKETS "/1", NULL, NULL, bad_key, 400, 0, "{\"error\":\"Bad request\","},
        {"fields", HTTP_POST, TICKETS, NULL, "{}", fine, 400, 1, "{\"error\":\"Validation failed\","},
        {"partnerId", HTTP_POST, TICKETS, NULL, OF_PARTNER("T", "OTHER"), fine, 403, 0,
         "{\"error\":\"partnerId does not match"},
        {"down", HTTP_POST, TICKETS, NULL, NULL, down, 503, 0, "{\"error\":\"Failed to create ticket\","},
        {"broken", HTTP_POST, TICKETS, NULL, NULL, broken, 500, 0, "{\"error\":\"Failed to create ticket\","},
        {"replay", HTTP_POST, TICKETS, NULL, NULL, replayed, 200, 1, "{\"written\":true}"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        ask(rows[i].method, rows[i].path);
        with_query(rows[i].query);
        if (rows[i].body)
            with_body(rows[i].body);
        rows[i].apply();
        CHECK_INT(rows[i].row, begin(), API_ANSWERED);
        CHECK(rows[i].row, api_is_answered(bench.api));
        CHECK_INT(rows[i].row, bench.resp.status, rows[i].status);
        CHECK(rows[i].row, begins(rows[i].begins));
        CHECK_INT(rows[i].row, fake.n_desk, rows[i].n_desk);
        CHECK_INT("this one's fault", api_trace(bench.api).status, fake.begin);
        CHECK_STR(rows[i].row, header("Idempotent-Replayed"), rows[i].apply == replayed ? "true" : NULL);
    }
}

/* A replay that only writing shows. */
static void test_replayed_late(void)
{
    ask(HTTP_POST, TICKETS);
    fake.replayed_late = true;
    CHECK_INT("as any", begin(), API_JOINS);
    api_go(bench.api);
    CHECK_INT("answered", bench.resp.status, 200);
    CHECK_STR("said so", header("Idempotent-Replayed"), "true");
}

/* Others wait for a small body only. */
static void test_large_bodies(void)
{
    static const struct {
        const char *row;
        size_t n;
        bool is_good;
        enum api_turn turn;
    } rows[] = {
        {"just small enough", TOGETHER_BODY, true, API_JOINS},
        {"large", TOGETHER_BODY + 1, true, API_ALONE},
        {"small and bad", TOGETHER_BODY, false, API_ANSWERED},
        {"large and bad", TOGETHER_BODY + 1, false, API_ALONE},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char *text = malloc(rows[i].n + 1);
        CHECK("memory", text != NULL);
        if (!text)
            return;
        memset(text, ' ', rows[i].n);
        memcpy(text, CREATE, sizeof CREATE - (rows[i].is_good ? 1 : 2));
        text[rows[i].n] = '\0';
        ask(HTTP_POST, TICKETS);
        with_body(text);
        CHECK_INT(rows[i].row, begin(), rows[i].turn);
        CHECK_INT("read in the first step", bench.n_reads, rows[i].turn != API_ALONE);
        CHECK_INT("begun in the first step", fake.n_begun, rows[i].turn == API_JOINS);
        if (rows[i].turn != API_ANSWERED)
            api_go(bench.api);
        CHECK_INT(rows[i].row, bench.resp.status, rows[i].is_good ? 200 : 400);
        CHECK_INT("read once", bench.n_reads, 1);
        CHECK_INT("written once", fake.n_desk, rows[i].is_good);
        free(text);
    }
}

/* Refused by their head alone, but not before api_go: what is alone is loaded there. */
static void test_too_large(void)
{
    ask(HTTP_POST, TICKETS);
    bench.req.content_length = HTTP_BODY_MAX + 1;
    CHECK_INT("alone", begin(), API_ALONE);
    api_go(bench.api);
    CHECK_INT("refused", bench.resp.status, 413);
    CHECK_INT("not read", bench.n_reads, 0);
}

/* --- several requests --- */

/* A request in an api of its own, as the worker has them. */
struct seat {
    struct api *api;
    struct http_request req;
    struct http_response resp;
    const char *body;
};
static struct seat seats[API_TOGETHER_MAX + 1];
static unsigned n_seats;

static void leave(void)
{
    for (unsigned i = 0; i < SUITE_N(seats); i++) {
        api_free(&seats[i].api);
        http_response_free(&seats[i].resp);
    }
    memset(seats, 0, sizeof seats);
    n_seats = 0;
}

static int together_up(void)
{
    int failed = api_up();
    memset(seats, 0, sizeof seats);
    n_seats = 0;
    for (unsigned i = 0; i < SUITE_N(seats); i++) {
        http_response_init(&seats[i].resp);
        failed = failed || api_new(NULL, NULL, &bench.rules, &seats[i].api) != STATUS_OK;
    }
    return failed;
}

static int together_down(void)
{
    leave();
    return api_down();
}

static void again(void)
{
    together_down();
    CHECK_INT("apis", together_up(), 0);
}

static enum status read_seat(void *ctx, char *dst, size_t n)
{
    const struct seat *t = ctx;
    memcpy(dst, t->body, n);
    return STATUS_OK;
}

/* Takes the next seat for bench's request (ask), whose fakes are forgotten. */
static struct seat *take(void)
{
    struct seat *t = &seats[n_seats++];
    t->req = bench.req;
    t->req.read_body = read_seat;
    t->req.body_ctx = t;
    t->body = bench.body;
    return t;
}

static void take_details(const char *path)
{
    ask(HTTP_GET, path);
    take();
}

static void take_status(const char *query)
{
    ask(HTTP_GET, TICKETS);
    with_query(query);
    take();
}

static void take_create(const char *json)
{
    ask(HTTP_POST, TICKETS);
    with_body(json);
    take();
}

/* What the gate's views look into, until the next caller enters. */
static char gate_code[16], gate_url[64];

/* Each taken seat's first step; the callers are partners 7 "P0", 8 "P1", … */
static void begin_all(void)
{
    for (unsigned i = 0; i < n_seats; i++) {
        int n = snprintf(gate_code, sizeof gate_code, "P%u", i);
        fake.caller.partner_id = 7 + i;
        fake.caller.partner_code = (struct sv){gate_code, (size_t)n};
        CHECK_INT(gate_code, api_begin(seats[i].api, &seats[i].req, &seats[i].resp), API_JOINS);
    }
    memset(gate_code, 'x', sizeof gate_code);
}

static void serve_all(void)
{
    for (unsigned i = 0; i < SUITE_N(fake.is_served); i++)
        fake.is_served[i] = true;
}

static void together(void)
{
    struct api *apis[SUITE_N(seats)];
    for (unsigned i = 0; i < n_seats; i++)
        apis[i] = seats[i].api;
    api_together(apis, n_seats);
}

static const char *answer(unsigned i)
{
    return buf_view(&seats[i].resp.body).p;
}

static void check_begins(unsigned i, const char *with)
{
    char row[32];
    snprintf(row, sizeof row, "seat %u", i);
    CHECK(row, strncmp(answer(i), with, strlen(with)) == 0);
}

#define DETAILS(number) "{\"ticketNumber\":\"" number "\",\"status\":\"OPEN\","
#define STATUS(number) "{\"success\":true,\"ticketNumber\":\"" number "\","

/* Two of each, and what each is told. */
static const char *const mixed[] = {DETAILS("11"), STATUS("12"),           "{\"together\":\"A\"}",
                                    DETAILS("13"), "{\"together\":\"B\"}", STATUS("14")};

static void take_mixed(void)
{
    again();
    take_details(TICKETS "/11");
    take_status("ticketNumber=12");
    take_create(TITLED("A"));
    take_details(TICKETS "/13");
    take_create(OF_PARTNER("B", "P4"));
    take_status("ticketNumber=14");
    begin_all();
}

static void test_mixed(void)
{
    static const char once[] = "details 7:P0:11 10:P3:13; status 8:P1:12 12:P5:14; open 9:P2:A 11:P4:B; ";
    take_mixed();
    serve_all();
    CHECK_INT("nobody yet", fake.n_desk, 0);
    together();
    CHECK_STR("each kind once, each for its caller", fake.together, once);
    CHECK_INT("nobody alone", fake.n_desk, 0);
    for (unsigned i = 0; i < SUITE_N(mixed); i++) {
        CHECK("answered", api_is_answered(seats[i].api));
        CHECK_INT("status", seats[i].resp.status, 200);
        CHECK("type", sv_is(seats[i].resp.content_type, "application/json; charset=utf-8"));
        CHECK_INT("no fault", api_trace(seats[i].api).status, STATUS_OK);
        check_begins(i, mixed[i]);
    }
    CHECK_STR("whole", answer(2), mixed[2]);
    together();
    CHECK_STR("who is answered is not asked for again", fake.together, once);
}

/* The first of each kind is served: the others are told alone. */
static void test_some_served(void)
{
    static const bool is_served[] = {1, 1, 1, 0, 0, 0};
    take_mixed();
    fake.is_served[0] = true;
    together();
    for (unsigned i = 0; i < SUITE_N(mixed); i++) {
        CHECK_INT("answered", api_is_answered(seats[i].api), is_served[i]);
        CHECK_INT("or not at all", answer(i)[0] != '\0', is_served[i]);
    }
    for (unsigned i = 0; i < SUITE_N(mixed); i++)
        if (!is_served[i])
            api_go(seats[i].api);
    CHECK_INT("alone", fake.n_desk, 3);
    for (unsigned i = 0; i < SUITE_N(mixed); i++)
        CHECK_INT("status", seats[i].resp.status, 200);
    check_begins(0, DETAILS("11"));
    check_begins(1, STATUS("12"));
    CHECK_STR("together", answer(2), "{\"together\":\"A\"}");
    check_begins(3, DETAILS("13"));
    CHECK_STR("alone", answer(4), "{\"written\":true}");
    check_begins(5, STATUS("1408")); /* the fake's only one */
}

/* What one is told alone after the others were served. */
static void test_none_served(void)
{
    static const struct {
        enum status s;
        int status;
    } rows[] = {{STATUS_OK, 200}, {STATUS_UNAVAILABLE, 503}, {STATUS_INTERNAL, 500}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        take_mixed();
        together();
        fake.desk = rows[i].s;
        for (unsigned k = 0; k < SUITE_N(mixed); k++) {
            CHECK("not answered", !api_is_answered(seats[k].api));
            api_go(seats[k].api);
            CHECK_INT(status_name(rows[i].s), seats[k].resp.status, rows[i].status);
            CHECK_INT("why", api_trace(seats[k].api).status, rows[i].s);
            CHECK_INT("each of them", fake.n_desk, k + 1);
        }
    }
}

/* Each writes its own ticket, not the last that began. */
static void test_own_opening(void)
{
    take_mixed();
    api_go(seats[2].api);
    CHECK_STR("its draft", fake.title, "A");
    CHECK_STR("its partner", fake.partner_code, "P2");
    CHECK_INT("its partner", fake.partner_id, 9);
    api_go(seats[0].api);
    CHECK_INT("its number", fake.number, 11);
    CHECK_STR("its partner", fake.partner_code, "P0");
    api_go(seats[1].api);
    CHECK_STR("its question", fake.asked, "#12 ");
    CHECK_STR("its partner", fake.partner_code, "P1");
}

/* One of a kind gains nothing. */
static void test_single(void)
{
    again();
    take_details(TICKETS "/11");
    take_status("ticketNumber=1408");
    take_create(TITLED("A"));
    begin_all();
    serve_all();
    together();
    CHECK_STR("nobody is asked for", fake.together, "");
    for (unsigned i = 0; i < n_seats; i++) {
        CHECK("not answered", !api_is_answered(seats[i].api));
        api_go(seats[i].api);
        CHECK_INT("alone", seats[i].resp.status, 200);
    }
    CHECK_INT("each", fake.n_desk, 3);
    again();
    take_status("ticketNumber=12");
    take_details(TICKETS "/11");
    take_create(TITLED("A"));
    take_details(TICKETS "/13");
    begin_all();
    serve_all();
    together();
    CHECK_STR("those that are two", fake.together, "details 8:P1:11 10:P3:13; ");
    CHECK("the status waits", !api_is_answered(seats[0].api));
    CHECK("the create waits", !api_is_answered(seats[2].api));
}

/* As many as there may be, of one kind; one more is none's business. */
static void test_many(void)
{
    again();
    for (unsigned i = 0; i < API_TOGETHER_MAX; i++)
        take_create(TITLED("A"));
    begin_all();
    serve_all();
    together();
    for (unsigned i = 0; i < n_seats; i++)
        CHECK_STR("all", answer(i), "{\"together\":\"A\"}");
    again();
    for (unsigned i = 0; i < API_TOGETHER_MAX + 1; i++)
        take_details(TICKETS "/11");
    begin_all();
    serve_all();
    together();
    CHECK_STR("too many", fake.together, "");
    for (unsigned i = 0; i < n_seats; i++)
        CHECK("not answered", !api_is_answered(seats[i].api));
}

/* Written, but it cannot be said: that is the answer, and nothing is written again. */
static void test_served_badly(void)
{
    static const struct {
        enum status s;
        int status;
    } rows[] = {{STATUS_NO_MEMORY, 500}, {STATUS_TOO_LARGE, 500}, {STATUS_INTERNAL, 500}, {STATUS_UNAVAILABLE, 503}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        again();
        take_create(TITLED("A"));
        take_create(TITLED("B"));
        begin_all();
        serve_all();
        fake.written[0] = rows[i].s;
        together();
        CHECK("answered", api_is_answered(seats[0].api));
        CHECK_INT(status_name(rows[i].s), seats[0].resp.status, rows[i].status);
        check_begins(0, "{\"error\":\"Failed to create ticket\",");
        CHECK_INT("why", api_trace(seats[0].api).status, rows[i].s);
        CHECK_INT("the other", seats[1].resp.status, 200);
        CHECK_INT("not written again", fake.n_desk, 0);
    }
}

/* A header that could not be had makes it a 500, as when alone. */
static void test_served_sealed(void)
{
    take_mixed();
    serve_all();
    for (unsigned i = 0; i < SUITE_N(mixed); i++)
        seats[i].resp.headers.status = STATUS_NO_MEMORY;
    together();
    for (unsigned i = 0; i < SUITE_N(mixed); i++) {
        CHECK("answered", api_is_answered(seats[i].api));
        CHECK_INT("status", seats[i].resp.status, 500);
        check_begins(i, "{\"error\":\"Failed to ");
        CHECK_INT("no half headers", seats[i].resp.headers.status, STATUS_OK);
        CHECK_INT("why", api_trace(seats[i].api).status, STATUS_NO_MEMORY);
    }
    CHECK_INT("nobody again", fake.n_desk, 0);
}

/* The seat's next request is another. */
static void test_seat_again(void)
{
    take_mixed();
    serve_all();
    together();
    api_done(seats[0].api);
    http_response_free(&seats[0].resp);
    http_response_init(&seats[0].resp);
    CHECK_INT("joins", api_begin(seats[0].api, &seats[0].req, &seats[0].resp), API_JOINS);
    CHECK("not answered", !api_is_answered(seats[0].api));
    api_go(seats[0].api);
    check_begins(0, DETAILS("11"));
    CHECK_INT("asked", fake.n_desk, 1);
}

/* The gate keeps one caller: the next that enters takes its place. */
static void test_caller_copied(void)
{
    for (unsigned i = 0; i < SUITE_N(turns); i++) {
        if (turns[i].turn != API_JOINS)
            continue;
        start(i);
        snprintf(gate_code, sizeof gate_code, "PARTNER001");
        snprintf(gate_url, sizeof gate_url, "https://hooks.example/");
        fake.caller.partner_code = sv_from(gate_code);
        fake.caller.webhook_url = sv_from(gate_url);
        CHECK_INT(turns[i].row, begin(), API_JOINS);
        memset(gate_code, 'x', sizeof gate_code);
        memset(gate_url, 'x', sizeof gate_url);
        fake.caller = (struct gate_caller){0};
        api_go(bench.api);
        CHECK_STR(turns[i].row, fake.partner_code, "PARTNER001");
        CHECK_STR(turns[i].row, fake.webhook_url, "https://hooks.example/");
        CHECK_STR(turns[i].row, fake.who, "key:17");
        CHECK_STR(turns[i].row, bench.resp.partner, "PARTNER001");
        CHECK_INT(turns[i].row, fake.agent, turns[i].agent);
    }
}

/* Absent stays absent: its ticket's event has no target. */
static void test_no_url(void)
{
    ask(HTTP_POST, TICKETS);
    fake.caller.webhook_url = SV_NONE;
    CHECK_INT("joins", begin(), API_JOINS);
    api_go(bench.api);
    CHECK_STR("none", fake.webhook_url, "(absent)");
}

/* --- memory --- */

static unsigned left;

static int hook(size_t n)
{
    (void)n;
    return left > 0 && left-- > 0;
}

/* Only one fails. */
static int hook_one(size_t n)
{
    (void)n;
    return left-- != 0;
}

static enum api_turn begin_hooked(int (*with)(size_t n), unsigned n)
{
    left = n;
    arena_alloc_hook = with;
    enum api_turn turn = begin();
    arena_alloc_hook = NULL;
    return turn;
}

/* An api whose arena has no block of an earlier request. */
static void start_fresh(unsigned i)
{
    api_down();
    CHECK_INT("api", api_up(), 0);
    start(i);
}

static void check_500(const char *row)
{
    size_t n = strlen(body());
    CHECK_INT(row, bench.resp.status, 500);
    CHECK(row, n == 0 || (body()[0] == '{' && body()[n - 1] == '}'));
    CHECK_INT(row, api_trace(bench.api).status, STATUS_NO_MEMORY);
    CHECK_INT("nothing is asked of the desk", fake.n_desk, 0);
}

/* The nth allocation of the first step fails, or all from there on: a 500, or all is well. */
static void test_begin_without_memory(void)
{
    for (unsigned i = 0; i < SUITE_N(turns); i++)
        for (unsigned n = 0; n < 20; n++) {
            start_fresh(i);
            enum api_turn turn = begin_hooked(n % 2 ? hook_one : hook, n / 2);
            CHECK_INT(turns[i].row, api_is_answered(bench.api), turn == API_ANSWERED);
            if (turn == API_ANSWERED) {
                check_500(turns[i].row);
                continue;
            }
            CHECK_INT(turns[i].row, turn, turns[i].turn);
            api_go(bench.api);
            CHECK(turns[i].row, body()[0] != '\0');
            CHECK("known by name", fake.n_enter == 0 || fake.n_desk == 0 || strcmp(fake.who, "key:17") == 0);
        }
}

/* A body of n bytes, most of it white space, and room for `most` blocks of memory. */
static enum api_turn begin_padded(size_t n, unsigned most)
{
    static char text[TOGETHER_BODY + 1];
    memset(text, ' ', n);
    memcpy(text, CREATE, sizeof CREATE - 1);
    text[n] = '\0';
    start_fresh(0);
    ask(HTTP_POST, TICKETS);
    with_body(text);
    return begin_hooked(hook, most);
}

/* Bodies that leave less and less of the arena's block: each record after them is once the one that has no room. */
static void test_draft_without_memory(void)
{
    unsigned n_joined = 0, n_refused = 0;
    for (size_t n = TOGETHER_BODY - 8192; n < TOGETHER_BODY; n += 256)
        for (unsigned most = 3; most < 10; most++) {
            enum api_turn turn = begin_padded(n, most);
            n_joined += turn == API_JOINS;
            n_refused += turn == API_ANSWERED;
            if (turn == API_ANSWERED)
                check_500("create");
        }
    CHECK("both were met", n_joined > 0 && n_refused > 0);
}

/* The arena's blocks hide single copies from the hook: here each fails by itself. */
static void test_caller_without_memory(void)
{
    static char code[API_ARENA_MAX / 1024];
    memset(code, 'P', sizeof code);
    for (unsigned k = 0; k < 2; k++) {
        ask(HTTP_GET, TICKETS "/1408");
        struct sv long_text = {code, sizeof code};
        *(k ? &fake.caller.webhook_url : &fake.caller.partner_code) = long_text;
        api_free(&bench.api);
        CHECK_INT("api", api_new(NULL, NULL, &bench.rules, &bench.api), STATUS_OK);
        /* Room for an error, a first block: not for what is as long as this. */
        CHECK_INT(k ? "url" : "code", begin_hooked(hook, 2), API_ANSWERED);
        check_500(k ? "url" : "code");
    }
}

/* What the desk found is there, but no memory to tell it. */
static void test_served_without_memory(void)
{
    for (unsigned n = 0; n < 8; n++) {
        take_mixed();
        serve_all();
        left = n;
        arena_alloc_hook = hook;
        together();
        arena_alloc_hook = NULL;
        for (unsigned i = 0; i < SUITE_N(mixed); i++) {
            CHECK("answered", api_is_answered(seats[i].api));
            CHECK("well or not", seats[i].resp.status == 200 || seats[i].resp.status == 500);
            CHECK_INT("whole", answer(i)[strlen(answer(i)) - 1], '}');
        }
        CHECK_INT("nobody alone", fake.n_desk, 0);
    }
}

void init_together_tests(void)
{
    static const struct suite_test tests[] = {
        {"turns", test_turns},
        {"both steps", test_both_steps},
        {"answered at once", test_at_once},
        {"replayed late", test_replayed_late},
        {"large bodies", test_large_bodies},
        {"too large", test_too_large},
        {"mixed", test_mixed},
        {"some served", test_some_served},
        {"none served", test_none_served},
        {"each its own", test_own_opening},
        {"one of a kind", test_single},
        {"many", test_many},
        {"served badly", test_served_badly},
        {"served and sealed", test_served_sealed},
        {"a seat again", test_seat_again},
        {"the caller is copied", test_caller_copied},
        {"no url", test_no_url},
        {"no memory to begin", test_begin_without_memory},
        {"no memory for a draft", test_draft_without_memory},
        {"no memory for the caller", test_caller_without_memory},
        {"no memory to tell", test_served_without_memory},
    };
    suite_add("together", together_up, together_down, tests, SUITE_N(tests));
}
