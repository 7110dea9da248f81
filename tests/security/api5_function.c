/* API5:2023 Broken function level authorization: the product's routes are the
 * documents', each asks for what the documents say, and no other method, header or
 * field gets a caller further. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/routes.h"
#include "security/wire.h"

static const struct expectation *documented(const char *method, const char *path)
{
    for (size_t i = 0; i < n_expectations; i++)
        if (strcmp(expectations[i].method, method) == 0 && strcmp(expectations[i].path, path) == 0)
            return &expectations[i];
    return NULL;
}

static void check_route(size_t route, unsigned *n_r)
{
    char row[128];
    const char *method, *forbidden, *class;
    unsigned needs;
    for (size_t i = 0; (method = product_method(route, i, &needs, &forbidden, &class)); i++, (*n_r)++) {
        const struct expectation *e = documented(method, product_path(route));
        snprintf(row, sizeof row, "%s %s", method, product_path(route));
        CHECK(row, e != NULL);
        if (!e)
            continue;
        CHECK_STR(row, permission_words(needs), permission_words(e->needs));
        if (e->needs) {
            CHECK_STR(row, forbidden, e->forbidden);
            CHECK_STR(row, class, e->class);
        }
        bool tried = false;
        for (size_t p = 0; p < n_probes; p++)
            tried = tried || expectation_of(&probes[p]) == e;
        CHECK(row, tried);
    }
}

/* Neither side has one that the other lacks, and each is tried. */
static void test_table(void)
{
    unsigned n = 0;
    for (size_t route = 0; route < product_routes(); route++)
        check_route(route, &n);
    CHECK_INT("routes and methods", n, n_expectations);
}

static const char *const methods[] = {"GET",      "HEAD",   "POST",      "PATCH", "PUT",  "DELETE", "OPTIONS",
                                      "PROPFIND", "MKCOL",  "COPY",      "MOVE",  "LOCK", "UNLOCK", "SEARCH",
                                      "PURGE",    "REPORT", "PROPPATCH", "LINK",  "BREW", "A"};

/* Methods that are not documented are refused alike, whoever asks. */
static void test_methods(void)
{
    static const unsigned sets[] = {0, MAY_READ, MAY_ALL, MAY_ALL | MAY_AGENT};
    for (size_t route = 0; route < product_routes(); route++)
        for (unsigned m = 0; m < SUITE_N(methods); m++) {
            char allow[64], row[128], target[256], *path = fill(product_path(route), &home, NULL), *first = NULL;
            snprintf(row, sizeof row, "%s %s", methods[m], product_path(route));
            snprintf(target, sizeof target, API "%s", path);
            allow_of(product_path(route), allow);
            for (unsigned s = 0; s < SUITE_N(sets) && !documented(methods[m], product_path(route)); s++) {
                struct reply r = ask(&(struct ask){
                    .method = methods[m], .target = target, .key = sets[s] ? home.key[sets[s]] : NULL, .body = "{}"});
                char *text = plain_form(&r, NULL);
                check_error(row, &r, 405, "Method not allowed");
                CHECK_STR(row, header(&r, "Allow", NULL), allow);
                CHECK_STR(row, text, first ? first : text);
                if (!first)
                    first = strdup(text);
                free(text);
                reply_free(&r);
            }
            free(path), free(first);
        }
}

/* What lacks a permission learns nothing of the ticket, the body or the query. */
static void test_forbidden_first(void)
{
    static const struct {
        const char *body, *extra, *query;
    } rows[] = {{"{}", NULL, ""},
                {"{", NULL, ""},
                {"", NULL, ""},
                {"{}", "Content-Type: text/plain\r\n", ""},
                {"{}", "Content-Encoding: gzip\r\n", ""},
                {"{}", "Idempotency-Key: \x01\r\n", ""},
                {"{}", NULL, "?x=%ff"}};
    const struct tenant *whose[] = {&home, &foreign, &nobody};
    for (size_t i = 0; i < n_expectations; i++)
        for (unsigned set = 1; set < MAY_SETS; set++) {
            const struct expectation *e = &expectations[i];
            unsigned has = set == MAY_AGENT ? MAY_READ | MAY_UPDATE : set;
            char *first = NULL;
            for (unsigned k = 0; k < SUITE_N(rows) * SUITE_N(whose) && (has & e->needs) != e->needs; k++) {
                char target[256], *path = fill(e->path, whose[k % 3], NULL);
                snprintf(target, sizeof target, API "%s%s", path, rows[k / 3].query);
                struct reply r = ask(&(struct ask){.method = e->method,
                                                   .target = target,
                                                   .key = home.key[set],
                                                   .extra = rows[k / 3].extra,
                                                   .body = rows[k / 3].body});
                char *text = plain_form(&r, NULL);
                CHECK_INT(e->path, r.status, 403);
                CHECK_STR(e->path, text, first ? first : text);
                if (!first)
                    first = strdup(text);
                free(text), free(path);
                reply_free(&r);
            }
            free(first);
        }
}

/* Headers by which other servers let a caller be another, or ask for something else. */
static void test_overrides(void)
{
    static const char *const headers[] = {"X-HTTP-Method-Override: PATCH\r\n",
                                          "X-HTTP-Method: PATCH\r\n",
                                          "X-Method-Override: PATCH\r\n",
                                          "X-Original-URL: /api/omnichannel/tickets?status=OPEN\r\n",
                                          "X-Rewrite-URL: /api/omnichannel/health\r\n",
                                          "X-Omni-Partner: FOREIGN\r\n",
                                          "X-Partner-Id: FOREIGN\r\n",
                                          "X-Permissions: agent\r\n",
                                          "X-Role: agent\r\n",
                                          "X-Agent: true\r\n",
                                          "X-User: admin\r\n",
                                          "Remote-User: admin\r\n",
                                          "X-Forwarded-User: admin\r\n",
                                          "X-Forwarded-For: 127.0.0.1\r\n",
                                          "Proxy-Authorization: Basic YWRtaW46\r\n",
                                          "X-Internal: 1\r\n",
                                          "X-Debug: 1\r\n",
                                          "Cookie: admin=1; role=agent\r\n"};
    char theirs[64], mine[64];
    snprintf(theirs, sizeof theirs, API "/tickets/%s", foreign.number);
    snprintf(mine, sizeof mine, API "/tickets/%s", home.number);
    struct reply plain = ask(&(struct ask){.target = mine, .key = home.key[MAY_READ]});
    char *want = plain_form(&plain, NULL);
    for (unsigned i = 0; i < SUITE_N(headers); i++) {
        struct reply r = ask(&(struct ask){.target = mine, .key = home.key[MAY_READ], .extra = headers[i]});
        char *got = plain_form(&r, NULL);
        CHECK_STR(headers[i], got, want);
        free(got);
        reply_free(&r);
        r = ask(&(struct ask){.target = theirs, .key = home.key[MAY_ALL], .extra = headers[i]});
        check_error(headers[i], &r, 404, "Ticket not found");
        reply_free(&r);
        r = ask(&(struct ask){.method = "POST",
                              .target = mine,
                              .key = home.key[MAY_ALL],
                              .extra = headers[i],
                              .body = "{\"action\":\"ADD_COMMENT\",\"comment\":\"c\"}"});
        check_error(headers[i], &r, 405, "Method not allowed");
        reply_free(&r);
    }
    free(want);
    reply_free(&plain);
}

/* The desk's doings, asked for with a partner's key in every way there is. */
static void test_desk_functions(void)
{
    static const struct {
        const char *body, *field;
    } rows[] = {
        {"{\"action\":\"ASSIGN\",\"assignee\":\"x\"}", "action"},
        {"{\"action\":\"ASSIGN\",\"assignee\":null}", "action"},
        {"{\"action\":\"assign\",\"assignee\":\"x\"}", "action"},
        {"{\"action\":\"DELETE\"}", "action"},
        {"{\"action\":[\"ASSIGN\"],\"assignee\":\"x\"}", "action"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"OPEN\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"RESOLVED\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"CLOSED\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"ESCALATED\"}", "status"},
        {"{\"action\":\"UPDATE_STATUS\",\"status\":\"pending\"}", "status"},
    };
    char target[64];
    struct reply r =
        ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = home.key[MAY_ALL], .body = BODY_OF("")});
    snprintf(target, sizeof target, API "/tickets/%s", at(&r, "ticketNumber"));
    reply_free(&r);
    struct ask a = {.method = "PATCH",
                    .target = target,
                    .key = home.key[MAY_ALL],
                    .body = "{\"action\":\"UPDATE_STATUS\",\"status\":\"PENDING\"}"};
    r = ask(&a);
    CHECK_INT("PENDING is a partner's", r.status, 200);
    reply_free(&r);
    long long before = fingerprint(strrchr(target, '/') + 1);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        a.body = rows[i].body;
        r = ask(&a);
        check_error(rows[i].body, &r, 400, "Invalid update data");
        check_field(rows[i].body, &r, rows[i].field, NULL);
        reply_free(&r);
    }
    CHECK_INT("nothing has changed", fingerprint(strrchr(target, '/') + 1), before);
}

void init_function_tests(void)
{
    static const struct suite_test tests[] = {
        {"the product's routes are the documents'", test_table},
        {"no other methods", test_methods},
        {"403 tells nothing", test_forbidden_first},
        {"headers that other servers obey", test_overrides},
        {"the desk's functions", test_desk_functions},
    };
    suite_add("API5 function level authorization", NULL, NULL, tests, SUITE_N(tests));
}
