/* API2:2023 Broken authentication: on every route nothing but a key in force opens,
 * and all that are not in force are refused alike. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/routes.h"
#include "security/wire.h"

enum { CREDENTIALS_MAX = 64, LINES_MAX = 20000 };

/* What is sent instead of a key in force: header lines, or a query. */
struct credential {
    const char *name;
    char *lines;
    const char *query;
    long status;
};
static struct credential credentials[CREDENTIALS_MAX];
static unsigned n_credentials;

static void __attribute__((format(printf, 4, 5)))
add(const char *name, const char *query, long status, const char *fmt, ...)
{
    struct credential *c = &credentials[n_credentials++];
    va_list ap;
    va_start(ap, fmt);
    *c = (struct credential){.name = name, .query = query, .status = status};
    if (n_credentials == CREDENTIALS_MAX || vasprintf(&c->lines, fmt, ap) < 0)
        abort();
    va_end(ap);
}

static char revoked[128], expired[128], suspended[128], elsewhere[128];

static bool make_dead_keys(void)
{
    char out[256], args[128];
    time_t soon = time(NULL) + 1;
    strftime(args, sizeof args, "--expires %Y-%m-%dT%H:%M:%SZ", gmtime(&soon));
    make_key(expired, "HOME", args);
    make_key(revoked, "HOME", "--permissions create,read,update,agent");
    bool done = admin(out, sizeof out, "key revoke %lld", sql_int("SELECT MAX(id) FROM api_key")) == 0;
    make_key(elsewhere, "HOME", "--cidr 10.0.0.0/8");
    make_partner("GONE", "");
    make_key(suspended, "GONE", "");
    done = done && admin(out, sizeof out, "partner suspend GONE") == 0;
    while (time(NULL) <= soon)
        usleep(50000);
    return done;
}

/* The key in force, changed in one place. */
static const char *changed(char out[160], size_t at, char to)
{
    snprintf(out, 160, "%s", keys.all);
    out[at] = out[at] == to ? 'x' : to;
    return out;
}

static const char *swapped_case(char out[160])
{
    snprintf(out, 160, "%s", keys.all);
    for (char *p = out; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    return out;
}

static bool add_wrong_keys(void)
{
    char text[160], hash[1024], overlong[LINES_MAX];
    size_t n = strlen(keys.all);
    add("no key", "", 401, "%s", "");
    add("an empty one", "", 401, "X-API-Key:\r\n");
    add("white space", "", 401, "X-API-Key:   \r\n");
    add("the prefix", "", 401, "X-API-Key: %.4s\r\n", keys.all);
    add("all but the last character", "", 401, "X-API-Key: %.*s\r\n", (int)n - 1, keys.all);
    add("one more", "", 401, "X-API-Key: %sA\r\n", keys.all);
    add("first changed", "", 401, "X-API-Key: %s\r\n", changed(text, 0, 'O'));
    add("last changed", "", 401, "X-API-Key: %s\r\n", changed(text, n - 1, 'y'));
    add("middle changed", "", 401, "X-API-Key: %s\r\n", changed(text, n / 2, 'y'));
    add("case", "", 401, "X-API-Key: %s\r\n", swapped_case(text));
    add("quoted", "", 401, "X-API-Key: \"%s\"\r\n", keys.all);
    add("a list", "", 401, "X-API-Key: %s, %s\r\n", keys.all, keys.all);
    add("with a scheme", "", 401, "X-API-Key: Bearer %s\r\n", keys.all);
    add("percent-encoded", "", 401, "X-API-Key: %%6f%s\r\n", keys.all + 1);
    add("SQL", "", 401, "X-API-Key: ' OR '1'='1' -- \r\n");
    add("a wildcard", "", 401, "X-API-Key: %%\r\n");
    add("JSON", "", 401, "X-API-Key: {\"$ne\":null}\r\n");
    add("no UTF-8", "", 401, "X-API-Key: \xff\xfe\xc0\x80\r\n");
    add("null", "", 401, "X-API-Key: null\r\n");
    sql(hash, "SELECT LOWER(HEX(hash)) FROM api_key WHERE hash=UNHEX(SHA2('%s',256))", keys.all);
    add("its hash", "", 401, "X-API-Key: %s\r\n", hash);
    memset(overlong, 'A', sizeof overlong - 1);
    overlong[sizeof overlong - 1] = 0;
    add("overlong", "", 401, "X-API-Key: %s%s\r\n", keys.all, overlong);
    return strlen(hash) == 64;
}

static void add_wrong_places(void)
{
    char *key = keys.all, query[3][256];
    static char kept[3][256];
    static const char *const names[] = {"api_key", "X-API-Key", "key"};
    add("Authorization", "", 401, "Authorization: Bearer %s\r\n", key);
    add("Authorization, by its name", "", 401, "Authorization: X-API-Key %s\r\n", key);
    add("underscores", "", 401, "X_API_Key: %s\r\n", key);
    add("another name", "", 401, "Api-Key: %s\r\n", key);
    add("a cookie", "", 401, "Cookie: X-API-Key=%s\r\n", key);
    for (unsigned i = 0; i < SUITE_N(query); i++) {
        snprintf(kept[i], sizeof kept[i], "%s=%s", names[i], key);
        add(names[i], kept[i], 401, "%s", "");
    }
    add("a space before the colon", "", 400, "X-API-Key : %s\r\n", key);
    add("folded", "", 400, "X-API-Key:\r\n %s\r\n", key);
    add("twice", "", 400, "X-API-Key: %s\r\nX-API-Key: %s\r\n", key, key);
    add("twice, the second wrong", "", 400, "X-API-Key: %s\r\nx-api-key: wrong\r\n", key);
    add("twice, the first wrong", "", 400, "X-API-Key: wrong\r\nX-API-Key: %s\r\n", key);
    add("twice, one empty", "", 400, "X-API-Key:\r\nX-API-Key: %s\r\n", key);
    add("revoked", "", 401, "X-API-Key: %s\r\n", revoked);
    add("expired", "", 401, "X-API-Key: %s\r\n", expired);
    add("of a suspended partner", "", 401, "X-API-Key: %s\r\n", suspended);
    add("from elsewhere", "", 401, "X-API-Key: %s\r\n", elsewhere);
    add("from elsewhere, as it says", "", 401,
        "X-API-Key: %s\r\nX-Forwarded-For: 10.1.1.1\r\nX-Real-IP: 10.1.1.1\r\nForwarded: for=10.1.1.1\r\n", elsewhere);
}

static int set_up(void)
{
    if (!make_dead_keys() || !add_wrong_keys())
        return 1;
    add_wrong_places();
    return 0;
}

static int tear_down(void)
{
    for (unsigned i = 0; i < n_credentials; i++)
        free(credentials[i].lines);
    n_credentials = 0;
    return 0;
}

static struct reply try_one(const struct probe *p, const struct credential *c)
{
    char target[1024], *path = fill(p->path, &home, NULL), *query = fill(p->query ? p->query : "", &home, NULL);
    char *body = p->body ? fill(p->body, &home, NULL) : NULL;
    snprintf(target, sizeof target, API "%s?%s&%s", path, query, c->query);
    struct reply r = ask(
        &(struct ask){.method = p->method, .target = target, .extra = c->lines, .body = body, .from = fresh_address()});
    free(path), free(query), free(body);
    return r;
}

/* Every probe with every credential; all refusals of a method and status are one text. */
static void test_every_route(void)
{
    long long before = fingerprint(home.number), tickets = sql_int("SELECT COUNT(*) FROM ticket");
    for (size_t i = 0; i < n_probes; i++) {
        char *first = NULL;
        for (unsigned k = 0; k < n_credentials; k++) {
            const struct credential *c = &credentials[k];
            char row[160];
            snprintf(row, sizeof row, "%s, %s", probes[i].name, c->name);
            struct reply r = try_one(&probes[i], c);
            bool is_open = expectation_of(&probes[i])->needs == 0;
            char *text = plain_form(&r, NULL);
            CHECK_INT(row, r.status,
                      is_open && (c->status == 401 || strncmp(c->name, "twice", 5) == 0) ? 200 : c->status);
            if (c->status == 401 && !is_open) {
                CHECK_STR(row, text, first ? first : text);
                first = first ? first : strdup(text);
                if (strcmp(probes[i].method, "HEAD") != 0)
                    check_error(row, &r, 401, "Invalid API key");
            }
            CHECK(row, !strstr(text, keys.all));
            free(text);
            reply_free(&r);
        }
        free(first);
    }
    CHECK_INT("nothing has changed", fingerprint(home.number), before);
    CHECK_INT("nothing was opened", sql_int("SELECT COUNT(*) FROM ticket"), tickets);
}

/* A key in a body is data. */
static void test_key_in_body(void)
{
    char body[512];
    snprintf(body, sizeof body, BODY_OF(",\"apiKey\":\"%s\",\"X-API-Key\":\"%s\""), keys.all, keys.all);
    struct reply r =
        ask(&(struct ask){.method = "POST", .target = API "/tickets", .body = body, .from = fresh_address()});
    check_error("in the body", &r, 401, "Invalid API key");
    reply_free(&r);
}

/* A key that loses its force does so on every route at once, in all workers' caches. */
static void test_loses_force(void)
{
    char key[128], out[256];
    make_key(key, "HOME", "--permissions create,read,update,agent --limit unlimited");
    long long id = sql_int("SELECT MAX(id) FROM api_key");
    for (int round = 0; round < 4; round++)
        for (size_t i = 0; i < n_probes; i++) {
            struct reply r = probe_send(&probes[i], key, &home, NULL);
            CHECK(probes[i].name, r.status != 401);
            reply_free(&r);
        }
    CHECK_INT("revoke", admin(out, sizeof out, "key revoke %lld", id), 0);
    for (int round = 0; round < 4; round++)
        for (size_t i = 0; i < n_probes; i++) {
            if (expectation_of(&probes[i])->needs == 0)
                continue;
            char lines[160];
            snprintf(lines, sizeof lines, "X-API-Key: %s\r\n", key);
            struct reply r = try_one(&probes[i], &(struct credential){.lines = lines, .query = ""});
            CHECK_INT(probes[i].name, r.status, 401);
            reply_free(&r);
        }
}

static long guess_from(const char *from, int i, bool spoof)
{
    char key[64], spoofed[96];
    snprintf(key, sizeof key, "omk_guess%030d", i);
    snprintf(spoofed, sizeof spoofed, "X-Forwarded-For: 10.9.8.%d\r\nX-Real-IP: 10.9.8.%d\r\n", i % 250, i % 250);
    struct reply r =
        ask(&(struct ask){.target = API "/tickets/1408", .key = key, .extra = spoof ? spoofed : NULL, .from = from});
    long status = r.status;
    if (status == 429) {
        const char *retry = header(&r, "Retry-After", NULL);
        check_error("429", &r, 429, "Rate limit exceeded");
        CHECK("says when", retry && strtol(retry, NULL, 10) >= 1 && strtol(retry, NULL, 10) <= 60);
    }
    reply_free(&r);
    return status;
}

/* 100 wrong keys a minute and address; what a client says of its address moves nothing. */
static void test_guesses(void)
{
    char from[32];
    snprintf(from, sizeof from, "%s", fresh_address());
    time_t start = time(NULL);
    int denied = 0, limited = 0;
    for (int i = 0; i < 150; i++) {
        long status = guess_from(from, i, i % 2);
        denied += status == 401;
        limited += status == 429;
    }
    CHECK("within the minute", time(NULL) - start < 55);
    CHECK_INT("answered", denied, 100);
    CHECK_INT("counted off", limited, 50);
    CHECK_INT("another address has its own", guess_from(fresh_address(), 1000, false), 401);
    struct reply r = ask(&(struct ask){.target = API "/tickets/0", .key = keys.all, .from = from});
    check_error("a key in force from there", &r, 404, "Ticket not found");
    reply_free(&r);
    r = ask(&(struct ask){.target = API "/health", .from = from});
    CHECK_INT("and what needs none", r.status, 200);
    reply_free(&r);
}

/* Long, random, of one alphabet, never the same. */
static void test_keys_are_random(void)
{
    enum { KEYS = 6 };
    char made[KEYS][128];
    for (int i = 0; i < KEYS; i++) {
        make_key(made[i], "FOREIGN", "");
        const char *random = strrchr(made[i], '_') ? strchr(made[i], '_') + 1 : made[i];
        CHECK("160 bits and more in base64url", strlen(random) >= 27);
        for (int k = 0; k < i; k++) {
            size_t same = 0, n = strlen(random);
            const char *other = made[k] + (random - made[i]);
            for (size_t c = 0; c < n && other[c]; c++)
                same += random[c] == other[c];
            CHECK("no pattern", same * 2 < n);
        }
    }
    CHECK_INT("all differ", sql_int("SELECT COUNT(*) - COUNT(DISTINCT hash) FROM api_key"), 0);
}

void init_authentication_tests(void)
{
    static const struct suite_test tests[] = {
        {"every route with every wrong key", test_every_route},
        {"a key in the body", test_key_in_body},
        {"a key that is revoked", test_loses_force},
        {"guesses", test_guesses},
        {"new keys", test_keys_are_random},
    };
    suite_add("API2 authentication", set_up, tear_down, tests, SUITE_N(tests));
}
