/* API9:2023 Improper inventory management: nothing answers but the documented routes,
 * each by its one address: no other version, spelling, prefix or neighbour. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/routes.h"
#include "security/wire.h"

/* Nobody and the most powerful key are told the same by every method: there is no such thing. */
static void check_absent(const char *target)
{
    const struct {
        const char *method, *key;
    } tries[] = {{"GET", NULL},       {"GET", keys.agent},   {"HEAD", NULL},   {"POST", NULL},
                 {"PUT", keys.agent}, {"PATCH", keys.agent}, {"DELETE", NULL}, {"OPTIONS", NULL}};
    for (unsigned i = 0; i < SUITE_N(tries); i++) {
        char row[400];
        const char *method = tries[i].method;
        snprintf(row, sizeof row, "%s %s", method, target);
        bool has_body = method[0] == 'P';
        struct reply r =
            ask(&(struct ask){.method = method, .target = target, .key = tries[i].key, .body = has_body ? "{}" : NULL});
        if (strcmp(method, "HEAD") == 0)
            CHECK_INT(row, r.status, 404);
        else
            check_error(row, &r, 404, "Not found");
        reply_free(&r);
    }
}

/* ---- Spellings of each route's own path ---- */

/* `path` with each of its slashes, or the part after it, changed in turn. */
typedef void (*change)(FILE *f, const char *part, bool here);

static void doubled(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here ? "//" : "/", part);
}

static void encoded(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here && ftell(f) > 0 ? "%2F" : "/", part);
}

static void encoded_small(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here && ftell(f) > 0 ? "%2f" : "/", part);
}

static void dotted(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here ? "/./" : "/", part);
}

static void dotted_encoded(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here ? "/%2e/" : "/", part);
}

static void down_and_up(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here ? "/x/../" : "/", part);
}

static void backslash(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here && ftell(f) > 0 ? "\\" : "/", part);
}

static void blank(FILE *f, const char *part, bool here)
{
    fprintf(f, "%s%s", here ? "/%20" : "/", part);
}

static void large(FILE *f, const char *part, bool here)
{
    bool small = part[0] >= 'a' && part[0] <= 'z';
    fprintf(f, "/%c%s", here && small ? part[0] - 32 : part[0], part + 1);
}

static void twice(FILE *f, const char *part, bool here)
{
    fprintf(f, here ? "/%s/%s" : "/%s", part, part);
}

static char *changed(change how, const char *path, unsigned which)
{
    char *out = NULL, *copy = strdup(path), *save = NULL;
    size_t n = 0;
    unsigned i = 0;
    FILE *f = open_memstream(&out, &n);
    for (char *part = strtok_r(copy, "/", &save); part; part = strtok_r(NULL, "/", &save))
        how(f, part, i++ == which);
    fclose(f);
    free(copy);
    return out;
}

static void test_spellings(void)
{
    static const change ways[] = {doubled,     encoded,   encoded_small, dotted, dotted_encoded,
                                  down_and_up, backslash, blank,         large,  twice};
    for (size_t route = 0; route < product_routes(); route++) {
        char path[256], *below = fill(product_path(route), &home, NULL);
        snprintf(path, sizeof path, API "%s", below);
        unsigned parts = 0;
        for (const char *p = path; *p; p++)
            parts += *p == '/';
        for (unsigned w = 0; w < SUITE_N(ways); w++)
            for (unsigned i = 0; i < parts; i++) {
                char *target = changed(ways[w], path, i);
                if (strcmp(target, path) != 0 && !product_has(target))
                    check_absent(target);
                free(target);
            }
        free(below);
    }
}

static void test_endings(void)
{
    static const char *const endings[] = {"/", "//", "/.", "/..", "/x", "%2F", "/%2F", "/*", "/index", "/index.json"};
    static const char *const suffixes[] = {".json", ".xml", ".html", "~",   ".bak", ";a=b", "%20",
                                           "%09",   "%0a",  "%3f",   "%23", ".",    ",",    "*"};
    for (size_t route = 0; route < product_routes(); route++) {
        char target[300], *below = fill(product_path(route), &home, NULL);
        bool ends_in_id = product_path(route)[strlen(product_path(route)) - 1] == '}';
        for (unsigned i = 0; i < SUITE_N(endings); i++) {
            snprintf(target, sizeof target, API "%s%s", below, endings[i]);
            if (!product_has(target))
                check_absent(target);
        }
        for (unsigned i = 0; i < SUITE_N(suffixes); i++) {
            snprintf(target, sizeof target, API "%s%s", below, suffixes[i]);
            if (!ends_in_id) {
                check_absent(target);
                continue;
            }
            struct reply r = ask(&(struct ask){.target = target, .key = keys.agent});
            CHECK_INT(target, r.status, 404);
            reply_free(&r);
        }
        free(below);
    }
}

/* ---- Prefixes and versions ---- */

static void test_prefixes(void)
{
    static const char *const prefixes[] = {"",
                                           "/api",
                                           "/omnichannel",
                                           "/v1",
                                           "/v2",
                                           "/api/v1",
                                           "/api/v1/omnichannel",
                                           "/v1/api/omnichannel",
                                           "/api/omnichannel/v0",
                                           "/api/omnichannel/v1",
                                           "/api/omnichannel/v2",
                                           "/api/omnichannel/beta",
                                           "/api/omnichannel/internal",
                                           "/api/omnichannel/admin",
                                           "/api/omnichannel/test",
                                           "/api/omnichannel-v1",
                                           "/api/omnichannels",
                                           "/api/omnichanne",
                                           "/api/Omnichannel",
                                           "/API/omnichannel",
                                           "/api/omnichannel/api/omnichannel",
                                           "/admin",
                                           "/internal",
                                           "/dev",
                                           "/staging",
                                           "/test",
                                           "/old",
                                           "/api/internal",
                                           "/rest/omnichannel",
                                           "/api.php"};
    for (unsigned i = 0; i < SUITE_N(prefixes); i++)
        for (size_t route = 0; route < product_routes(); route++) {
            char target[300], *below = fill(product_path(route), &home, NULL);
            snprintf(target, sizeof target, "%s%s", prefixes[i], below);
            check_absent(target);
            free(below);
        }
}

/* ---- Neighbours that such services have ---- */

static void test_neighbours(void)
{
    static const char *const words[] = {
        "admin",    "metrics",    "status",      "info",        "env",          "debug",        "trace",
        "version",  "config",     "docs",        "swagger",     "swagger.json", "openapi.json", "openapi.yaml",
        "graphql",  "actuator",   "ping",        "ready",       "live",         "healthz",      "login",
        "logout",   "oauth",      "token",       "users",       "keys",         "key",          "partners",
        "partner",  "webhooks",   "webhook",     "events",      "services",     "service",      "branches",
        "branch",   "agents",     "reports",     "export",      "import",       "search",       "upload",
        "files",    "backup",     "console",     "shell",       "sql",          "test",         "reload",
        "shutdown", "migrate",    "stats",       "queue",       "jobs",         "ticket",       "tickets.json",
        "comment",  "attachment", "attachments", "status.json", "rpc",          "ws",           "feed"};
    for (unsigned i = 0; i < SUITE_N(words); i++) {
        char target[200];
        snprintf(target, sizeof target, "/%s", words[i]);
        check_absent(target);
        snprintf(target, sizeof target, API "/%s", words[i]);
        check_absent(target);
        snprintf(target, sizeof target, API "/tickets/%s/%s", home.number, words[i]);
        check_absent(target);
    }
}

/* Parts of a ticket's answer are no resources, and the documents name one list only. */
static void test_parts(void)
{
    static const char *const parts[] = {
        "comments", "attachments", "status", "priority", "customer",   "metadata",     "events",
        "history",  "assignee",    "sla",    "notes",    "comments/1", "attachments/", "attachments/1/content",
        "webhook"};
    for (unsigned i = 0; i < SUITE_N(parts); i++) {
        char target[200];
        snprintf(target, sizeof target, API "/tickets/%s/%s", home.number, parts[i]);
        check_absent(target);
    }
}

/* Parameters that other servers obey change nothing. */
static void test_parameters(void)
{
    static const char *const queries[] = {"format=xml",
                                          "callback=alert",
                                          "jsonp=x",
                                          "debug=1",
                                          "_method=DELETE",
                                          "fields=*",
                                          "include=partner,notes",
                                          "expand=all",
                                          "internal=true",
                                          "admin=1",
                                          "version=1",
                                          "v=2",
                                          "pretty=1",
                                          "trace=1",
                                          "test=1"};
    char target[200];
    snprintf(target, sizeof target, API "/tickets/%s", home.number);
    struct reply plain = ask(&(struct ask){.target = target, .key = keys.all});
    char *want = plain_form(&plain, NULL);
    for (unsigned i = 0; i < SUITE_N(queries); i++) {
        snprintf(target, sizeof target, API "/tickets/%s?%s", home.number, queries[i]);
        struct reply r = ask(&(struct ask){.target = target, .key = keys.all});
        char *got = plain_form(&r, NULL);
        CHECK_STR(queries[i], got, want);
        free(got);
        reply_free(&r);
    }
    free(want);
    reply_free(&plain);
}

/* The partners' page has each route, and none that is not there. */
static void test_documented(void)
{
    char out[65536], row[256];
    unsigned n = 0;
    for (size_t i = 0; i < n_expectations; i++) {
        const struct expectation *e = &expectations[i];
        if (strcmp(e->method, "HEAD") == 0)
            continue;
        /* The table of requests, where an attachment's id is {id}. */
        const char *id = strstr(e->path, "{attachment}");
        snprintf(row, sizeof row, "`%s %.*s%s", e->method, (int)(id ? (size_t)(id - e->path) : strlen(e->path)),
                 e->path, id ? "{id}" : "");
        CHECK_INT(row, run(out, sizeof out, "grep -qF '%s' '%s/doc/api.md'", row, SRC_TOP), 0);
        n++;
    }
    run(out, sizeof out,
        "sed -n 's/^|[^|]*| `\\([A-Z]* [^`?]*\\).*/\\1/p' '%s/doc/api.md' | sort -u | wc -l | tr -d ' \\n'", SRC_TOP);
    CHECK_INT("and no more", strtol(out, NULL, 10), n);
}

void init_inventory_tests(void)
{
    static const struct suite_test tests[] = {
        {"spellings", test_spellings},
        {"endings", test_endings},
        {"prefixes and versions", test_prefixes},
        {"neighbours", test_neighbours},
        {"parts", test_parts},
        {"parameters", test_parameters},
        {"the documentation's list", test_documented},
    };
    suite_add("API9 inventory", NULL, NULL, tests, SUITE_N(tests));
}
