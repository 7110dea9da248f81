/* API4:2023 Unrestricted resource consumption: sizes, depths, counts, lengths and
 * rates have bounds, all are enforced, and what is refused costs little. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/routes.h"
#include "security/wire.h"

enum {
    ANSWER_MAX = 16 * 1024, /* [bytes] of a refusal, whatever was sent */
    PROMPT_S = 15,          /* what is refused is refused long before this, also on a busy machine */
    SLOW = 200,             /* connections that say nothing more */
    SLOW_MS = 60000         /* nginx ends them after 15 and 20 s */
};

/* ---- Bodies ---- */

static char *repeat(const char *unit, size_t n)
{
    size_t len = strlen(unit);
    char *s = malloc(len * n + 1);
    if (!s)
        abort();
    for (size_t i = 0; i < n; i++)
        memcpy(s + i * len, unit, len);
    s[len * n] = 0;
    return s;
}

/* The answer, having come soon and being small. */
static struct reply refuse(const char *row, const char *method, const char *target, const char *body)
{
    int64_t start = now_us();
    struct reply r = ask(&(struct ask){.method = method, .target = target, .key = keys.all, .body = body});
    CHECK(row, now_us() - start < PROMPT_S * INT64_C(1000000));
    CHECK(row, r.n < ANSWER_MAX);
    return r;
}

static void check_invalid_json(const char *row, char *body)
{
    struct reply r = refuse(row, "POST", API "/tickets", body);
    check_error(row, &r, 400, "Invalid JSON");
    check_field(row, &r, "body", NULL);
    reply_free(&r);
    free(body);
}

static char *around(const char *head, char *middle, const char *tail)
{
    char *out = NULL;
    if (asprintf(&out, "%s%s%s", head, middle, tail) < 0)
        abort();
    free(middle);
    return out;
}

/* `"k0":0,"k1":0,…` */
static char *members(unsigned n)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    for (unsigned i = 0; i < n; i++)
        fprintf(f, "%s\"k%u\":0", i ? "," : "", i);
    fclose(f);
    return out;
}

/* The shapes that parsers choke on, megabytes of each. */
static void test_shapes(void)
{
    check_invalid_json("a million lists", repeat("[", 1000000));
    check_invalid_json("a million objects", repeat("{\"a\":", 1000000));
    check_invalid_json("lists in a member", around("{\"a\":", repeat("[", 2000000), "}"));
    check_invalid_json("25 deep and closed",
                       around("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[", repeat(" ", 1), "]]]]]]]]]]]]]]]]]]]]]]]]}"));
    check_invalid_json("a million empty lists", around("{\"a\":[", repeat("[],", 1000000), "[]]}"));
    check_invalid_json("a million numbers", around("{\"a\":[", repeat("1,", 1000000), "1]}"));
    check_invalid_json("more names than are taken", around("{\"a\":{", members(100001), "}}"));
    check_invalid_json("a megabyte without an end", around("{\"a\":\"", repeat("x", 1000000), ""));
    check_invalid_json("escapes without an end", around("{\"a\":\"", repeat("\\", 999999), ""));
    check_invalid_json("the same name again and again", around("{", repeat("\"a\":1,", 200000), "\"a\":1}"));
    check_invalid_json("white space only", repeat(" ", 4000000));
}

/* Many names in one object, and numbers without bounds: taken or refused, soon. */
static void test_costly_values(void)
{
    static const char *const amounts[] = {"1e999999999", "1e2147483648", "1e-2147483649", "1e18446744073709551616",
                                          "0e99999999999999999999"};
    char *many = around("{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{"
                        "\"title\":\"t\",\"description\":\"d\"},\"x\":{",
                        members(20000), "}}");
    struct reply r = refuse("20,000 names", "POST", API "/tickets", many);
    CHECK_INT("20,000 names", r.status, 200);
    reply_free(&r);
    free(many);
    for (unsigned i = 0; i <= SUITE_N(amounts); i++) {
        char *digits = i < SUITE_N(amounts) ? strdup(amounts[i]) : repeat("9", 50000);
        char *body = around("{\"channel\":\"EMAIL\",\"serviceType\":\"CLAIM\",\"customer\":{\"name\":\"J\",\"email\":"
                            "\"a@b.c\"},\"ticket\":{\"title\":\"t\",\"description\":\"d\",\"metadata\":{\"claimType\":"
                            "\"X\",\"claimAmount\":",
                            digits, "}}}");
        r = refuse("an amount", "POST", API "/tickets", body);
        CHECK_INT(i < SUITE_N(amounts) ? amounts[i] : "50,000 digits", r.status, 200);
        reply_free(&r);
        free(body);
    }
}

/* Every text a partner may send, a megabyte of it. */
static void test_long_texts(void)
{
    static const char *const paths[] = {"channel",
                                        "channelReferenceId",
                                        "serviceType",
                                        "customer.name",
                                        "customer.email",
                                        "customer.phone",
                                        "customer.identifier",
                                        "customer.branchCode",
                                        "customer.department",
                                        "customer.preferredLanguage",
                                        "ticket.title",
                                        "ticket.description",
                                        "ticket.priority",
                                        "ticket.category",
                                        "integration.webhookUrl",
                                        "integration.apiVersion",
                                        "integration.requestId"};
    for (unsigned i = 0; i < SUITE_N(paths); i++) {
        char head[128];
        const char *dot = strchr(paths[i], '.');
        if (dot)
            snprintf(head, sizeof head, "{\"%.*s\":{\"%s\":\"", (int)(dot - paths[i]), paths[i], dot + 1);
        else
            snprintf(head, sizeof head, "{\"%s\":\"", paths[i]);
        char *body = around(head, repeat("x", 1000000), dot ? "\"}}" : "\"}");
        struct reply r = refuse(paths[i], "POST", API "/tickets", body);
        check_error(paths[i], &r, 400, "Validation failed");
        check_field(paths[i], &r, paths[i], NULL);
        CHECK(paths[i], !strstr(r.body, "xxxxxxxxxx"));
        reply_free(&r);
        free(body);
    }
}

static char *files(int n, const char *content)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    for (int i = 0; i < n; i++)
        fprintf(f, "%s{\"filename\":\"f%d\",\"content\":\"%s\"}", i ? "," : "", i, content);
    fclose(f);
    return out;
}

/* On a create and on an update: how many, how large each, how many on a ticket. */
static void test_attachments(void)
{
    static const struct {
        const char *name, *method, *head, *tail;
    } ways[] = {{"create", "POST",
                 "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{"
                 "\"title\":\"t\",\"description\":\"d\"},\"attachments\":[",
                 "]}"},
                {"update", "PATCH", "{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[", "]}"}};
    char target[64];
    struct reply r =
        ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = BODY_OF("")});
    snprintf(target, sizeof target, API "/tickets/%s", at(&r, "ticketNumber"));
    reply_free(&r);
    char *large = repeat("AAAA", (10u << 20) / 3 + 1); /* decoded: 10 MiB and 2 bytes */
    for (unsigned i = 0; i < SUITE_N(ways); i++) {
        const char *to = i ? target : API "/tickets";
        for (int n = 10; n <= 11; n++) {
            char *body = around(ways[i].head, files(n, "eA"), ways[i].tail);
            r = refuse(ways[i].name, ways[i].method, to, body);
            CHECK_INT(ways[i].name, r.status, n == 10 ? 200 : 400);
            if (n > 10)
                check_field(ways[i].name, &r, "attachments", NULL);
            reply_free(&r);
            free(body);
        }
        char *body = around(ways[i].head, files(1, large), ways[i].tail);
        r = ask(&(struct ask){.method = ways[i].method, .target = to, .key = keys.all, .body = body});
        CHECK_INT(ways[i].name, r.status, 400);
        check_field(ways[i].name, &r, "attachments[0].content", NULL);
        reply_free(&r);
        free(body);
    }
    free(large);
    for (int i = 0; i < 10; i++) { /* 10 stand there already */
        char *body = around(ways[1].head, files(10, "eA"), ways[1].tail);
        r = refuse("100 on a ticket", "PATCH", target, body);
        CHECK_INT("100 on a ticket", r.status, i < 9 ? 200 : 400);
        if (i == 9)
            check_field("100 on a ticket", &r, "attachments", NULL);
        reply_free(&r);
        free(body);
    }
}

/* Said to be too long, or too long without having said so: no key needs to be known. */
static void test_body_size(void)
{
    static const char *const lengths[] = {"33554433", "99999999999", "9223372036854775807", "18446744073709551615",
                                          "99999999999999999999999"};
    char out[4096], head[512];
    for (unsigned i = 0; i < SUITE_N(lengths); i++) {
        int n = snprintf(head, sizeof head,
                         "POST " API "/tickets HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: %s\r\n"
                         "Content-Type: application/json\r\nContent-Length: %s\r\n\r\n{",
                         keys.all, lengths[i]);
        raw(head, (size_t)n, out, sizeof out, 10000);
        CHECK(lengths[i], strstr(out, "HTTP/1.1 413 ") == out || strstr(out, "HTTP/1.1 400 ") == out);
        CHECK(lengths[i], strstr(out, "{\"error\":") != NULL);
    }
    snprintf(head, sizeof head,
             "POST " API "/tickets HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: %s\r\n"
             "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
             keys.all);
    int fd = dial(NULL);
    char *space = repeat(" ", 1 << 20), answer[4096] = "";
    bool open = fd >= 0 && send_all(fd, head, strlen(head));
    for (int i = 0; i < 40 && open; i++)
        open = send_all(fd, "100000\r\n", 8) && send_all(fd, space, 1 << 20) && send_all(fd, "\r\n", 2);
    ssize_t got = recv(fd, answer, sizeof answer - 1, 0);
    CHECK("40 MiB in chunks", got > 0 && strstr(answer, "HTTP/1.1 413 ") == answer);
    close(fd);
    free(space);
}

/* ---- Counts of a query ---- */

static void test_queries(void)
{
    static const struct {
        const char *query, *field;
    } rows[] = {{"limit=0", "limit"},       {"limit=201", "limit"},      {"limit=-1", "limit"},
                {"limit=1000000", "limit"}, {"limit=1e9", "limit"},      {"limit=99999999999999999999", "limit"},
                {"limit=+5", "limit"},      {"after=-1", "after"},       {"after=x", "after"},
                {"status=NONE", "status"},  {"limit=1&limit=200", NULL}, {"after=99999999999999999999", "after"}};
    char target[1024];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        snprintf(target, sizeof target, API "/tickets?%s", rows[i].query);
        struct reply r = ask(&(struct ask){.target = target, .key = keys.agent});
        CHECK(rows[i].query, r.status == 400 || (!rows[i].field && r.status == 200));
        if (rows[i].field)
            check_field(rows[i].query, &r, rows[i].field, NULL);
        reply_free(&r);
    }
    int n = snprintf(target, sizeof target, API "/tickets?ticketNumber=1");
    for (int i = 0; i < 100; i++)
        n += snprintf(target + n, sizeof target - (size_t)n, ",%d", i);
    struct reply r = ask(&(struct ask){.target = target, .key = keys.all});
    CHECK_INT("101 numbers", r.status, 400);
    reply_free(&r);
    char *commas = around(API "/tickets?ticketNumber=", repeat(",", 30000), "");
    r = refuse("30,000 commas", "GET", commas, NULL);
    CHECK_INT("30,000 commas", r.status, 400);
    reply_free(&r);
    free(commas);
    commas = around(API "/tickets?", repeat("a=&", 10000), "ticketNumber=0");
    r = refuse("10,000 parameters", "GET", commas, NULL);
    CHECK("10,000 parameters", r.status == 400 || r.status == 404);
    reply_free(&r);
    free(commas);
}

/* ---- Rates ---- */

enum { LIMIT = 25, BURST = 60 };

/* Every probe of a class in turn, so HEAD, details, status and downloads share one window. */
static struct reply burst_one(const char *class, const char *key, int i, const char *from)
{
    const struct probe *of[64];
    unsigned n = 0;
    for (size_t k = 0; k < n_probes; k++)
        if (expectation_of(&probes[k])->class && strcmp(expectation_of(&probes[k])->class, class) == 0)
            of[n++] = &probes[k];
    const struct probe *p = of[(unsigned)i % n];
    char target[1024], spoof[256], *path = fill(p->path, &home, NULL),
                                   *query = fill(p->query ? p->query : "", &home, NULL);
    char *body = p->body ? fill(p->body, &home, NULL) : NULL;
    snprintf(target, sizeof target, API "%s?%s&cache=%d", path, query, i);
    snprintf(spoof, sizeof spoof, "X-Forwarded-For: 10.0.0.%d\r\nX-Request-ID: r-%d\r\nUser-Agent: ua-%d\r\n", i % 250,
             i, i);
    struct reply r = ask(
        &(struct ask){.method = p->method, .target = target, .key = key, .extra = spoof, .body = body, .from = from});
    free(path), free(query), free(body);
    return r;
}

/* From many addresses, by all of a class's requests, with whatever else differs: the limit is the key's. */
static void test_rates(void)
{
    static const char *const classes[] = {"create", "read", "update"};
    for (unsigned c = 0; c < SUITE_N(classes); c++) {
        char key[128], args[64];
        int admitted = 0, limited = 0;
        snprintf(args, sizeof args, "--limit %s=%d", classes[c], LIMIT);
        make_key(key, "HOME", args);
        int64_t start = now_us();
        for (int i = 0; i < BURST; i++) {
            struct reply r = burst_one(classes[c], key, i, fresh_address());
            const char *left = header(&r, "RateLimit-Remaining", NULL), *retry = header(&r, "Retry-After", NULL);
            if (r.status == 429) {
                limited++;
                CHECK(classes[c], retry && strtol(retry, NULL, 10) >= 1 && strtol(retry, NULL, 10) <= 60);
                CHECK_STR(classes[c], left, "0");
            } else {
                admitted++;
                CHECK(classes[c], left && strtol(left, NULL, 10) == LIMIT - admitted);
            }
            reply_free(&r);
        }
        CHECK("within the minute", now_us() - start < INT64_C(55000000));
        CHECK_INT(classes[c], admitted, LIMIT);
        CHECK_INT(classes[c], limited, BURST - LIMIT);
    }
}

/* All at once, over all workers. */
static void test_rates_at_once(void)
{
    char key[128];
    struct reply r[BURST];
    int admitted = 0, limited = 0;
    make_key(key, "HOME", "--limit create=25");
    storm(BURST, r, "POST", "/tickets", key, NULL, BODY_OF(""));
    for (int i = 0; i < BURST; i++) {
        admitted += r[i].status == 200;
        limited += r[i].status == 429;
        reply_free(&r[i]);
    }
    CHECK_INT("admitted", admitted, LIMIT);
    CHECK_INT("limited", limited, BURST - LIMIT);
}

/* The documents' figures, for a key made without a word on limits. */
static void test_default_rates(void)
{
    char key[128];
    make_key(key, "HOME", "");
    static const struct {
        const char *class, *limit;
    } rows[] = {{"create", "100"}, {"read", "500"}, {"update", "200"}};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct reply r = burst_one(rows[i].class, key, 0, NULL);
        CHECK_STR(rows[i].class, header(&r, "RateLimit-Limit", NULL), rows[i].limit);
        reply_free(&r);
    }
}

/* ---- Slow clients ---- */

static int slow[SLOW];
static int64_t slow_since;

static int set_up(void)
{
    char head[512];
    snprintf(head, sizeof head,
             "POST " API "/tickets HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\nContent-Type: application/json\r\n"
             "Content-Length: 1000\r\n\r\n{\"channel\":",
             keys.all);
    slow_since = now_us();
    for (int i = 0; i < SLOW; i++) {
        slow[i] = dial(NULL); /* nothing, half a request line, half a header, half a body */
        size_t n = i % 4 == 0 ? 0 : i % 4 == 1 ? 10 : i % 4 == 2 ? 60 : strlen(head);
        if (slow[i] < 0 || !send_all(slow[i], head, n))
            return 1;
    }
    return 0;
}

static int let_go(void)
{
    for (int i = 0; i < SLOW; i++)
        close(slow[i]);
    return 0;
}

/* They hold no worker while they wait, and do not wait for ever. */
static void test_slow_beside(void)
{
    for (int i = 0; i < 20; i++) {
        struct reply r = refuse("beside slow ones", "GET", API "/tickets/0", NULL);
        check_error("beside slow ones", &r, 404, "Ticket not found");
        reply_free(&r);
    }
}

static void test_slow_end(void)
{
    char bytes[512];
    for (int i = 0; i < SLOW; i++) {
        int64_t left = SLOW_MS - (now_us() - slow_since) / 1000;
        struct timeval patience = {.tv_sec = left > 1000 ? left / 1000 : 1};
        setsockopt(slow[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ssize_t n;
        do
            n = recv(slow[i], bytes, sizeof bytes, 0);
        while (n > 0);
        CHECK("closed by the server", n == 0 || errno == ECONNRESET);
    }
}

void init_resource_tests(void)
{
    static const struct suite_test tests[] = {
        {"beside slow clients", test_slow_beside},
        {"shapes of JSON", test_shapes},
        {"values that cost", test_costly_values},
        {"long texts", test_long_texts},
        {"attachments", test_attachments},
        {"size of a body", test_body_size},
        {"queries", test_queries},
        {"rates over all of a class", test_rates},
        {"rates at once", test_rates_at_once},
        {"rates as documented", test_default_rates},
    };
    suite_add("API4 resource consumption", set_up, NULL, tests, SUITE_N(tests));
}

/* Later, when their time has come. */
void init_resource_end_tests(void)
{
    static const struct suite_test tests[] = {{"slow clients are ended", test_slow_end}};
    suite_add("API4 resource consumption, slow clients", NULL, let_go, tests, SUITE_N(tests));
}
