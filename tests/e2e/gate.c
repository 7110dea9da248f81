/* Keys, permissions, ranges, expiry, limits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define BODY                                                                                                           \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","    \
    "\"description\":\"d\"}}"

static void test_no_key(void)
{
    static const char *const keys_[] = {NULL, "", "wrong", "omk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (unsigned i = 0; i < SUITE_N(keys_); i++) {
        struct reply r = get("/tickets/1408", keys_[i]), p = post(keys_[i], "{");
        check_error("GET", &r, 401, "Invalid API key");
        check_error("POST: the key comes before the body", &p, 401, "Invalid API key");
        reply_free(&r), reply_free(&p);
    }
    char line[160];
    snprintf(line, sizeof line, "X-API-Key: %s", keys.all);
    const char *twice[] = {line, line, NULL};
    struct reply r = call("GET", "/tickets/1408", NULL, twice, NULL);
    check_error("twice", &r, 400, NULL);
    reply_free(&r);
}

static void test_permissions(void)
{
    char read[128], create[128], update[128], agent[128], number[32];
    make_key(read, "PARTNER001", "--permissions read");
    make_key(create, "PARTNER001", "--permissions create");
    make_key(update, "PARTNER001", "--permissions update");
    make_key(agent, "PARTNER001", "--permissions agent");
    snprintf(number, sizeof number, "%s", open_ticket());
    struct reply r = post(read, "{");
    check_error("create", &r, 403, "Insufficient permissions to create omnichannel tickets");
    reply_free(&r);
    r = get("/tickets/x", create);
    check_error("read", &r, 403, "Insufficient permissions to read omnichannel tickets");
    reply_free(&r);
    r = get("/tickets?ticketNumber=1", update);
    check_error("status", &r, 403, "Insufficient permissions to read omnichannel tickets");
    reply_free(&r);
    r = patch(number, read, "{");
    check_error("update", &r, 403, "Insufficient permissions to update omnichannel tickets");
    reply_free(&r);
    r = post(agent, BODY);
    check_error("agent gives no create", &r, 403, "Insufficient permissions to create omnichannel tickets");
    reply_free(&r);
    r = patch(number, agent, "{\"action\":\"ASSIGN\",\"assignee\":\"x\"}");
    CHECK_INT("agent gives update", r.status, 200);
    reply_free(&r);
}

static void test_partner_id(void)
{
    struct reply r = post(keys.all, "{\"integration\":{\"partnerId\":\"OTHER\"}}");
    CHECK_INT("foreign, before fields", r.status, 403);
    reply_free(&r);
    open_ticket_with(keys.all, ",\"integration\":{\"partnerId\":\"PARTNER001\"}");
}

static void test_expiry_revocation_suspension(void)
{
    char key[128], out[256], args[128], id[32];
    struct reply r;
    time_t soon = time(NULL) + 2;
    strftime(args, sizeof args, "--expires %Y-%m-%dT%H:%M:%SZ", gmtime(&soon));
    make_key(key, "PARTNER001", args);
    r = get("/tickets/0", key);
    CHECK_INT("not yet", r.status, 404);
    reply_free(&r);
    sleep(3);
    r = get("/tickets/0", key);
    check_error("now", &r, 401, "Invalid API key");
    reply_free(&r);
    make_key(key, "PARTNER001", "");
    snprintf(id, sizeof id, "%lld", sql_int("SELECT MAX(id) FROM api_key"));
    for (int i = 0; i < 20; i++) { /* in every worker's cache */
        r = get("/tickets/0", key);
        CHECK_INT("good", r.status, 404);
        reply_free(&r);
    }
    CHECK_INT("revoke", admin(out, sizeof out, "key revoke %s", id), 0);
    for (int i = 0; i < 20; i++) {
        r = get("/tickets/0", key);
        check_error("in force at once", &r, 401, "Invalid API key");
        reply_free(&r);
    }
    make_partner("SUSPENDED", "");
    make_key(key, "SUSPENDED", "");
    r = get("/tickets/0", key);
    CHECK_INT("good", r.status, 404);
    reply_free(&r);
    CHECK_INT("suspend", admin(out, sizeof out, "partner suspend SUSPENDED"), 0);
    r = get("/tickets/0", key);
    check_error("suspended", &r, 401, "Invalid API key");
    reply_free(&r);
    CHECK_INT("resume", admin(out, sizeof out, "partner resume SUSPENDED"), 0);
    r = get("/tickets/0", key);
    CHECK_INT("resumed", r.status, 404);
    reply_free(&r);
}

static void test_cidr(void)
{
    char in[128], out_of[128];
    make_key(in, "PARTNER001", "--cidr 10.0.0.0/8 --cidr 127.0.0.0/8 --cidr ::1/128");
    make_key(out_of, "PARTNER001", "--cidr 10.0.0.0/8 --cidr 2001:db8::/32");
    struct reply r = get("/tickets/0", in);
    CHECK_INT("in", r.status, 404);
    reply_free(&r);
    static const char *const spoof[] = {"X-Forwarded-For: 10.1.2.3", "X-Real-IP: 10.1.2.3", "Forwarded: for=10.1.2.3",
                                        NULL};
    r = call("GET", "/tickets/0", out_of, spoof, NULL);
    check_error("out", &r, 401, "Invalid API key");
    reply_free(&r);
}

static void test_limit_headers(void)
{
    char key[128];
    make_key(key, "PARTNER001", "--limit create=2,read=3,update=1");
    for (int i = 0; i < 4; i++) {
        struct reply r = get(i % 2 ? "/tickets/0" : "/tickets", key); /* 404 and 400 count too */
        char want[16];
        snprintf(want, sizeof want, "%d", i < 3 ? 2 - i : 0);
        CHECK_INT("read", r.status, i == 3 ? 429 : i % 2 ? 404 : 400);
        CHECK_STR("limit", header(&r, "RateLimit-Limit", NULL), "3");
        CHECK_STR("remaining", header(&r, "RateLimit-Remaining", NULL), want);
        const char *reset = header(&r, "RateLimit-Reset", NULL);
        CHECK("reset", reset && strtol(reset, NULL, 10) >= 1 && strtol(reset, NULL, 10) <= 60);
        if (i == 3) {
            check_error("429", &r, 429, "Rate limit exceeded");
            CHECK_STR("retry", header(&r, "Retry-After", NULL), reset);
        }
        reply_free(&r);
    }
    struct reply r = post(key, BODY);
    CHECK_INT("another class", r.status, 200);
    reply_free(&r);
    r = get("/health", NULL);
    CHECK("no limit, no header", !header(&r, "RateLimit-Limit", NULL));
    reply_free(&r);
    r = get("/nothing", key);
    check_error("unknown path comes first", &r, 404, "Not found");
    reply_free(&r);
    r = get("/tickets/0", keys.all);
    CHECK("unlimited", !header(&r, "RateLimit-Limit", NULL));
    reply_free(&r);
}

static int admitted(const char *key, int n)
{
    struct reply *r = calloc((size_t)n, sizeof *r);
    int ok = 0;
    storm(n, r, "POST", "/tickets", key, NULL, BODY);
    for (int i = 0; i < n; i++) {
        ok += r[i].status == 200;
        CHECK("200 or 429", r[i].status == 200 || r[i].status == 429);
        reply_free(&r[i]);
    }
    free(r);
    return ok;
}

/* A true sliding window over all workers, straddling a real minute: what was
 * admitted late in one minute still counts early in the next. */
static void test_minute_edge(void)
{
    char key[128];
    make_key(key, "PARTNER001", "");
    while (time(NULL) % 60 != 52)
        usleep(20000);
    CHECK_INT("first half", admitted(key, 60), 60);
    while (time(NULL) % 60 != 2)
        usleep(20000);
    CHECK_INT("over the edge", admitted(key, 60), 40);
    while (time(NULL) % 60 != 54)
        usleep(20000);
    CHECK_INT("the first 60 have left, the 40 have not", admitted(key, 70), 60);
}

/* Last of its suite: this address is then over the limit for wrong keys. */
static void test_guessing(void)
{
    int limited = 0, denied = 0;
    for (int i = 0; i < 130; i++) {
        char key[64];
        snprintf(key, sizeof key, "guess-%d-%d", i, rand());
        struct reply r = get("/tickets/1408", key);
        denied += r.status == 401;
        limited += r.status == 429;
        if (r.status == 429)
            CHECK("retry", header(&r, "Retry-After", NULL) != NULL);
        reply_free(&r);
    }
    CHECK("at most 100 told 401", denied <= 100 && denied >= 60);
    CHECK_INT("the rest 429", limited, 130 - denied);
    struct reply r = get("/tickets/0", keys.all);
    CHECK_INT("a right key is not affected", r.status, 404);
    reply_free(&r);
}

void init_gate_tests(void)
{
    static const struct suite_test tests[] = {
        {"no key, wrong keys, two keys", test_no_key},
        {"permissions", test_permissions},
        {"partnerId", test_partner_id},
        {"expired, revoked, suspended", test_expiry_revocation_suspension},
        {"ranges", test_cidr},
        {"limits and their headers", test_limit_headers},
        {"the window slides over a minute's edge", test_minute_edge},
        {"guessing", test_guessing},
    };
    suite_add("e2e gate", NULL, NULL, tests, SUITE_N(tests));
}
