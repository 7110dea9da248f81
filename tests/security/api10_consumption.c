/* API10:2023 Unsafe consumption of APIs: what receivers answer and what partners send
 * is data of strangers. It hurts nobody, steers nothing, and comes out as it went in. */
#include <json-c/json.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/suites.h"
#include "security/wire.h"

enum { ASK_MS = 5000, SENDER_MS = 30000 };

/* ---- A receiver that answers these bytes, whatever it is asked ---- */

struct liar {
    int fd, port, n_calls;
    const char *bytes;
    size_t n;
    volatile bool ends;
    pthread_t thread;
};

static void serve(struct liar *l, int fd)
{
    char got[65536];
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    const char *body = NULL;
    while (n + 1 < sizeof got && poll(&p, 1, ASK_MS) > 0) {
        ssize_t k = recv(fd, got + n, sizeof got - 1 - n, 0);
        if (k <= 0)
            break;
        got[n += (size_t)k] = 0;
        const char *length = strcasestr(got, "content-length: ");
        body = strstr(got, "\r\n\r\n");
        if (body && length && n >= (size_t)(body + 4 - got) + strtoul(length + 16, NULL, 10))
            break;
    }
    l->n_calls += body != NULL;
    send_all(fd, l->bytes, l->n);
    shutdown(fd, SHUT_WR);
    while (poll(&p, 1, 1000) > 0 && recv(fd, got, sizeof got, 0) > 0)
        ;
    close(fd);
}

static void *live(void *arg)
{
    struct liar *l = arg;
    struct pollfd p = {.fd = l->fd, .events = POLLIN};
    while (!l->ends)
        if (poll(&p, 1, 50) > 0) {
            int fd = accept(l->fd, NULL, NULL);
            if (fd >= 0)
                serve(l, fd);
        }
    return NULL;
}

static void liar_start(struct liar *l, const char *bytes, size_t n)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    *l = (struct liar){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .bytes = bytes, .n = n};
    if (l->fd < 0 || bind(l->fd, (struct sockaddr *)&a, sizeof a) || listen(l->fd, 16) ||
        getsockname(l->fd, (struct sockaddr *)&a, &len) || pthread_create(&l->thread, NULL, live, l))
        abort();
    l->port = ntohs(a.sin_port);
}

static void liar_stop(struct liar *l)
{
    l->ends = true;
    pthread_join(l->thread, NULL);
    close(l->fd);
}

/* ---- Receivers ---- */

#define END "Content-Length: 0\r\n\r\n"
#define LINE(text)                                                                                                     \
    {                                                                                                                  \
        text, sizeof text - 1                                                                                          \
    }
static const struct lie {
    const char *bytes;
    size_t n;
} lies[] = {
    LINE("HTTP/1.1 500 EVIL\x1b[2J\x1b]0;EVIL\x07 reason\r\n" END),
    LINE("HTTP/1.1 500 EVIL%s%n%x%s\r\n" END),
    LINE("HTTP/1.1 500 EVIL\xff\xfe\xc0\x80\r\n" END),
    LINE("HTTP/1.1 500 EVIL\r\nX-Evil: \"},{\"EVIL\":\"\r\n" END),
    LINE("HTTP/1.1 500 no\r\nContent-Type: text/html\r\nContent-Length: "
         "32\r\n\r\n<script>EVIL</script>\x1b[31m\0\0\0\0\0\0"),
    LINE("HTTP/1.1 500 no\r\nContent-Length: 30\r\n\r\n'; DROP TABLE ticket; -- EVIL ."),
    LINE("HTTP/1.1 999 EVIL\r\n" END),
    LINE("HTTP/1.1 -1 EVIL\r\n" END),
    LINE("HTTP/1.1 99999999999999999999 EVIL\r\n" END),
    LINE("HTTP/9.9 200 EVIL\r\n" END),
    LINE("EVIL/1.1 200 OK\r\n" END),
    LINE("HTTP/1.1 503 EVIL\r\nRetry-After: EVIL\x1b[2J\r\n" END),
    LINE("HTTP/1.1 503 EVIL\r\nRetry-After: 99999999999999999999999\r\n" END),
    LINE("HTTP/1.1 503 EVIL\r\nRetry-After: -5\r\n" END),
    LINE("HTTP/1.1 503 EVIL\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n" END),
    LINE("HTTP/1.1 302 EVIL\r\nLocation: http://127.0.0.1:1/EVIL\x1b[2J\r\n" END),
    LINE("HTTP/1.1 302 EVIL\r\nLocation: file:///etc/passwd\r\n" END),
    LINE("HTTP/1.1 401 EVIL\r\nWWW-Authenticate: Basic realm=\"EVIL\"\r\n" END),
    LINE("HTTP/1.1 401 EVIL\r\nWWW-Authenticate: Negotiate\r\n" END),
    LINE("HTTP/1.1 407 EVIL\r\nProxy-Authenticate: Basic realm=\"EVIL\"\r\n" END),
    LINE("HTTP/1.1 426 EVIL\r\nUpgrade: EVIL\r\n" END),
    LINE("HTTP/1.1 101 EVIL\r\nUpgrade: EVIL\r\nConnection: Upgrade\r\n\r\nEVIL"),
    LINE("HTTP/1.1 200\r\nContent-Length: -1\r\n\r\nEVIL"),
    LINE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nEVIL\r\nEVIL"),
    LINE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nEVIL"),
    LINE("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nEVIL"),
    LINE("HTTP/1.1 200 OK\r\nSet-Cookie: EVIL=1; Path=/\r\nAlt-Svc: h2=\"127.0.0.1:1\"\r\nStrict-Transport-Security: "
         "max-age=9\r\n" END),
    LINE("HTTP/1.1 500 EVIL\r\n: no name\r\nno colon EVIL\r\n\0\0\0: x\r\n" END),
    LINE("\r\n\r\n\r\nEVIL"),
    LINE("\0\0\0\0EVIL"),
    LINE("<html>EVIL</html>"),
    LINE("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
         "EVIL"),
    LINE("220 EVIL ESMTP\r\n"),
    LINE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
};
enum { LIES = SUITE_N(lies) };

/* A program's output, for people and for other programs. */
static void check_output(const char *row, const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 && *p != '\n') {
            CHECK_STR(row, p, "no control character");
            return;
        }
}

static void check_told(const char *row, const char *number)
{
    static char out[1 << 20];
    static const char *const ways[] = {"", "--json "};
    char id[1024];
    sql(id, "SELECT webhook_id FROM webhook_attempt WHERE ticket_number=%s LIMIT 1", number);
    for (unsigned w = 0; w < SUITE_N(ways); w++) {
        CHECK_INT(row, run(out, sizeof out, "'%s' %swebhook show %s 2>&1", stack.admin, ways[w], id), 0);
        check_output(row, out);
        if (w) {
            struct json_object *top = json_tokener_parse(out);
            CHECK(row, top != NULL);
            json_object_put(top);
        }
    }
    CHECK_INT(row,
              sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s AND (error LIKE '%%EVIL%%' OR error "
                      "REGEXP '[^ -~]' OR http_status NOT BETWEEN 100 AND 999)",
                      number),
              0);
}

static void test_lies(void)
{
    static struct liar liar[LIES];
    static char log[1 << 20];
    static char number[LIES][32];
    struct partner p, good;
    struct receiver *fine = listening();
    char url[SENDING_PATH], conf[SENDING_PATH];
    partner_new(&p, "LIARS");
    partner_new(&good, "HONEST");
    hooks_clear();
    for (unsigned i = 0; i < LIES; i++) {
        liar_start(&liar[i], lies[i].bytes, lies[i].n);
        snprintf(url, sizeof url, "http://127.0.0.1:%d/x", liar[i].port);
        snprintf(number[i], sizeof number[i], "%s", event_to_url(&p, url));
    }
    event_to(&good, fine, "/good");
    conf_write(conf, "webhook_timeout = 3\nwebhook_retries = 1h\n");
    CHECK_INT("the sender ends well", sender_ended(sender_start(conf, NULL, "--once"), SENDER_MS), 0);
    CHECK_INT("the good one has its event", receiver_count(fine, "/good"), 1);
    sender_log(log, sizeof log);
    check_output("the sender's log", log);
    CHECK("the sender's log", !strstr(log, "EVIL"));
    for (unsigned i = 0; i < LIES; i++) {
        char row[64];
        snprintf(row, sizeof row, "%.40s", lies[i].bytes);
        liar_stop(&liar[i]);
        CHECK_INT(row, liar[i].n_calls, 1);
        CHECK_INT(row, sql_int("SELECT COUNT(*) FROM webhook_attempt WHERE ticket_number=%s", number[i]), 1);
        check_told(row, number[i]);
        CHECK_INT(row,
                  sql_int("SELECT COUNT(*) FROM webhook_job WHERE ticket_number=%s AND next_due > UTC_TIMESTAMP(6) + "
                          "INTERVAL 25 HOUR",
                          number[i]),
                  0);
    }
    CHECK_INT("tickets are there", sql_int("SELECT COUNT(*) > 0 FROM ticket"), 1);
    for (const char *const *v = (const char *const[]){"list", "stats", NULL}; *v; v++) {
        CHECK_INT(*v, run(log, sizeof log, "'%s' webhook %s 2>&1", stack.admin, *v), 0);
        check_output(*v, log);
        CHECK(*v, !strstr(log, "EVIL"));
    }
    receiver_stop(&fine);
    senders_end();
    hooks_clear();
}

/* ---- Partners ---- */

/* As JSON strings; each must come out as the same characters. */
static const char *const texts[] = {
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</title>&lt;&amp;&#x27;\\\"'`",
    "'; DROP TABLE ticket; -- ",
    "\\\" OR 1=1 #",
    "\\\\' OR SLEEP(5) -- ",
    "%s%n%x%p%s%1$n",
    "${jndi:ldap://127.0.0.1/a}{{7*7}}#{7*7}<%= 7*7 %>",
    "$(reboot)`reboot`;reboot|reboot&&reboot",
    "=cmd|'/c calc'!A0",
    "\\u001b[2J\\u001b]0;owned\\u0007\\u001b[31m",
    "\\u0001\\u0008\\u000b\\u000c\\u000e\\u001f\\u007f\\u0080\\u009b31m",
    "line\\r\\nSet-Cookie: x=1\\r\\n\\r\\n<html>",
    "\\u202egpj.exe\\u202c\\u2066x\\u2069\\u200f",
    "\\u2028\\u2029\\ufeff\\ufffe\\uffff",
    "\\ud83d\\ude00\\ud834\\udd1e\\udbff\\udfff",
    "e\\u0301\\u0327\\u0338 \\u00c5\\u212b",
    "../../etc/passwd\\u002f..\\\\..",
    "{\\\"$ne\\\":null}",
    "\\\\u0000\\\\x00%00",
    "null",
    "  two  spaces  ",
};

/* The string that the JSON text stands for. */
static struct json_object *meant(const char *text)
{
    char quoted[512];
    snprintf(quoted, sizeof quoted, "\"%s\"", text);
    return json_tokener_parse(quoted);
}

/* JSON by the letter, so that no reader is steered by it: no raw control characters. */
static void check_clean(const char *row, const struct reply *r)
{
    for (size_t i = 0; i < r->n; i++)
        if ((unsigned char)r->body[i] < 0x20) {
            CHECK_INT(row, i, -1);
            break;
        }
    CHECK_STR(row, header(r, "Content-Type", NULL), "application/json; charset=utf-8");
    CHECK_STR(row, header(r, "X-Content-Type-Options", NULL), "nosniff");
}

/* A dotted path, the dots being the document's. */
static void check_comes_out(const char *text, const struct reply *r, const char *const *path)
{
    struct json_object *top = json_tokener_parse(r->body), *v = top, *want = meant(text);
    for (; *path && v; path++)
        if (json_object_is_type(v, json_type_array))
            v = json_object_array_get_idx(v, (size_t)strtoul(*path, NULL, 10));
        else if (!json_object_object_get_ex(v, *path, &v))
            v = NULL;
    CHECK(text, v && json_object_equal(v, want));
    json_object_put(top), json_object_put(want);
}

static void check_desk_sees(const char *text, const char *number)
{
    static char out[1 << 20];
    CHECK_INT(text, run(out, sizeof out, "'%s' ticket show %s 2>&1", stack.admin, number), 0);
    for (const unsigned char *p = (const unsigned char *)out; *p; p++)
        if ((*p < 0x20 && *p != '\n') || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0) ||
            (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)) {
            CHECK_STR(text, (const char *)p, "nothing that steers a terminal");
            break;
        }
    CHECK_INT(text, run(out, sizeof out, "'%s' --json ticket show %s", stack.admin, number), 0);
    struct json_object *top = json_tokener_parse(out);
    CHECK(text, top != NULL);
    json_object_put(top);
}

static void test_texts(void)
{
    for (unsigned i = 0; i < SUITE_N(texts); i++) {
        char *body = NULL, target[64], job[1024];
        if (asprintf(
                &body,
                "{\"channel\":\"EMAIL\",\"channelReferenceId\":\"REF %s\",\"serviceType\":\"INQUIRY\",\"customer\":"
                "{\"name\":\"%s\",\"department\":\"%s\",\"branchCode\":\"%s\"},\"ticket\":{\"title\":\"%s\","
                "\"description\":\"%s\",\"metadata\":{\"k\":\"%s\"}},\"integration\":{\"webhookUrl\":"
                "\"http://127.0.0.1:9/x\"}}",
                texts[i], texts[i], texts[i], texts[i], texts[i], texts[i], texts[i]) < 0)
            abort();
        struct reply r = ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = body});
        CHECK_INT(texts[i], r.status, 200);
        check_clean(texts[i], &r);
        snprintf(target, sizeof target, API "/tickets/%s", at(&r, "ticketNumber"));
        const char *number = strrchr(target, '/') + 1;
        reply_free(&r);
        free(body);
        if (asprintf(&body, "{\"action\":\"ADD_COMMENT\",\"comment\":\"%s\",\"author\":\"%s\"}", texts[i], texts[i]) <
            0)
            abort();
        r = ask(&(struct ask){.method = "PATCH", .target = target, .key = keys.agent, .body = body});
        CHECK_INT(texts[i], r.status, 200);
        check_comes_out(texts[i], &r, (const char *const[]){"result", "comment", "content", NULL});
        reply_free(&r);
        r = ask(&(struct ask){.target = target, .key = keys.all});
        check_clean(texts[i], &r);
        check_comes_out(texts[i], &r, (const char *const[]){"metadata", "omnichannelData", "k", NULL});
        check_comes_out(texts[i], &r, (const char *const[]){"branch", "code", NULL});
        check_comes_out(texts[i], &r, (const char *const[]){"comments", "1", "content", NULL});
        check_comes_out(texts[i], &r, (const char *const[]){"comments", "1", "author", NULL});
        reply_free(&r);
        sql(job, "SELECT body FROM webhook_job WHERE ticket_number=%s AND event='COMMENT_ADDED'", number);
        struct reply event = {.body = job, .n = strlen(job)};
        check_comes_out(texts[i], &event, (const char *const[]){"data", "comment", "content", NULL});
        for (const char *p = job; *p; p++)
            CHECK(texts[i], (unsigned char)*p >= 0x20);
        check_desk_sees(texts[i], number);
        free(body);
    }
    hooks_clear();
}

/* Names and types of files stand in headers when they are downloaded. */
static void test_files(void)
{
    static const struct {
        const char *name, *type;
    } rows[] = {
        {"a\\\"; filename=\\\"evil.exe", "text/html"},
        {"a.txt\\u000d\\u000aSet-Cookie: x=1", "image/svg+xml"},
        {"%0d%0aSet-Cookie: x=1.txt", "application/x-msdownload"},
        {"..\\\\..\\\\evil.exe", "text/javascript"},
        {"../../etc/cron.d/evil", "application/octet-stream"},
        {"\\u202egpj.exe", "image/jpeg"},
        {"\\ud83d\\ude00.png", "image/png"},
        {"<script>.html", "text/html"},
    };
    static const char *const bad_types[] = {
        "text/html\\r\\nX: y", "text",  "/", "text/", "text/html; charset=x\\r\\n", "text/h\\u0000", "a/b/c",
        "text/\\u00e9",        "\\\"/x"};
    char body[1024], target[128];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        snprintf(body, sizeof body,
                 BODY_OF(",\"attachments\":[{\"filename\":\"%s\",\"mimeType\":\"%s\",\"content\":\"PGI+\"}]"),
                 rows[i].name, rows[i].type);
        struct reply r = ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = body});
        CHECK_INT(rows[i].name, r.status, 200);
        snprintf(target, sizeof target, API "/tickets/%s", at(&r, "ticketNumber"));
        reply_free(&r);
        r = ask(&(struct ask){.target = target, .key = keys.all});
        snprintf(target + strlen(target), sizeof target - strlen(target), "/attachments/%s",
                 at(&r, "attachments.0.id"));
        const char *shown = at(&r, "attachments.0.filename");
        CHECK(rows[i].name, shown && !strpbrk(shown, "/\\\r\n"));
        reply_free(&r);
        r = ask(&(struct ask){.target = target, .key = keys.all}); /* its headers are judged there */
        CHECK_INT(rows[i].name, r.status, 200);
        CHECK_STR(rows[i].name, r.body, "<b>");
        const char *how = header(&r, "Content-Disposition", NULL);
        CHECK(rows[i].name, how && strncmp(how, "attachment; filename=\"", 22) == 0);
        CHECK_STR(rows[i].name, header(&r, "Content-Type", NULL), rows[i].type);
        for (const char *p = how ? how : ""; *p; p++)
            CHECK(rows[i].name, *p >= 0x20 && *p < 0x7f);
        reply_free(&r);
    }
    for (unsigned i = 0; i < SUITE_N(bad_types); i++) {
        snprintf(body, sizeof body,
                 BODY_OF(",\"attachments\":[{\"filename\":\"a\",\"mimeType\":\"%s\",\"content\":\"\"}]"), bad_types[i]);
        struct reply r = ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = body});
        CHECK_INT(bad_types[i], r.status, 400);
        reply_free(&r);
    }
}

/* Last of all: after everything that was sent here, logs are lines of plain text without any of it. */
static void test_logs(void)
{
    sleep(2); /* nginx writes by the second */
    static const char *const words[] = {"EVIL",    "<script",     "DROP TABLE",   "jndi",       "evil.example",
                                        "Mallory", "X-Forwarded", "REFERENCE-OF", "secret.txt", "omk_"};
    char out[4096];
    for (unsigned i = 0; i < SUITE_N(words); i++) {
        CHECK_INT(words[i], run(out, sizeof out, "grep -rna -F -e '%s' '%s'/log", words[i], stack.var), 1);
        CHECK_STR(words[i], out, "");
    }
    CHECK_INT("control characters",
              run(out, sizeof out, "LC_ALL=C grep -rlaP '[\\x00-\\x08\\x0b-\\x1f\\x7f-\\xff]' '%s'/log", stack.var), 1);
    CHECK_STR("control characters", out, "");
}

void init_consumption_tests(void)
{
    static const struct suite_test tests[] = {
        {"receivers that lie", test_lies},
        {"texts", test_texts},
        {"files", test_files},
        {"logs", test_logs},
    };
    suite_add("API10 consumption", NULL, NULL, tests, SUITE_N(tests));
}
