/* Attachments: limits, bytes both ways, what the worker keeps afterwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

#define MIB (1024u * 1024u)
#define HEAD                                                                                                           \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","    \
    "\"description\":\"d\"}"

/* Bytes that differ everywhere: a shifted, lost or doubled chunk shows. */
static unsigned char byte_at(size_t i)
{
    return (unsigned char)((i * 2654435761u) >> 24);
}

static char *base64(size_t n)
{
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *s = malloc((n + 2) / 3 * 4 + 1), *p = s;
    for (size_t i = 0; i < n; i += 3) {
        unsigned a = byte_at(i), b = i + 1 < n ? byte_at(i + 1) : 0, c = i + 2 < n ? byte_at(i + 2) : 0;
        unsigned v = a << 16 | b << 8 | c;
        *p++ = abc[v >> 18];
        *p++ = abc[v >> 12 & 63];
        *p++ = i + 1 < n ? abc[v >> 6 & 63] : '=';
        *p++ = i + 2 < n ? abc[v & 63] : '=';
    }
    *p = 0;
    return s;
}

static char *body_with(unsigned files, size_t n)
{
    char *content = base64(n), *body = NULL;
    size_t size;
    FILE *f = open_memstream(&body, &size);
    fprintf(f, "%s,\"attachments\":[", HEAD);
    for (unsigned i = 0; i < files; i++)
        fprintf(f, "%s{\"filename\":\"f%u.bin\",\"content\":\"%s\"}", i ? "," : "", i, content);
    fprintf(f, "]}");
    fclose(f);
    free(content);
    return body;
}

static void check_download(const char *row, const char *number, unsigned index, size_t n)
{
    char path[256], where[64];
    snprintf(path, sizeof path, "/tickets/%s", number);
    struct reply r = get(path, keys.all);
    snprintf(where, sizeof where, "attachments.%u.id", index);
    snprintf(path, sizeof path, "/tickets/%s/attachments/%s", number, at(&r, where));
    reply_free(&r);
    r = get(path, keys.all);
    CHECK_INT(row, r.status, 200);
    CHECK_INT(row, r.n, n);
    size_t bad = 0;
    for (size_t i = 0; i < r.n && i < n; i++)
        bad += (unsigned char)r.body[i] != byte_at(i);
    CHECK_INT(row, bad, 0);
    check_common(row, &r);
    reply_free(&r);
    struct reply h = call("HEAD", path, keys.all, NULL, NULL);
    char want[32];
    snprintf(want, sizeof want, "%zu", n);
    CHECK_STR(row, header(&h, "Content-Length", NULL), want);
    reply_free(&h);
}

static void test_sizes_round_trip(void)
{
    static const size_t sizes[] = {0, 1, 2, 3, 262143, 262144, 262145, 524288, 1000000};
    for (unsigned i = 0; i < SUITE_N(sizes); i++) {
        char row[64], *body = body_with(1, sizes[i]);
        snprintf(row, sizeof row, "%zu bytes", sizes[i]);
        struct reply r = post(keys.all, body);
        CHECK_INT(row, r.status, 200);
        check_download(row, at(&r, "ticketNumber"), 0, sizes[i]);
        reply_free(&r);
        free(body);
    }
}

static long rss_kib(int pid)
{
    char out[64];
    run(out, sizeof out, "awk '/^RssAnon|^RssFile/{n+=$2}END{print n}' /proc/%d/status", pid);
    return strtol(out, NULL, 10);
}

static long largest_worker(void)
{
    int pids[64];
    long most = 0;
    for (int i = 0, n = worker_pids(pids, 64); i < n; i++)
        if (rss_kib(pids[i]) > most)
            most = rss_kib(pids[i]);
    return most;
}

static void test_limits_and_memory(void)
{
    for (int i = 0; i < 40; i++) { /* every worker warm */
        struct reply r = get("/health", NULL);
        reply_free(&r);
        open_ticket();
    }
    long before = largest_worker();
    CHECK("idle RSS at most 12 MiB", before > 0 && before <= 12 * 1024);
    char *ten = body_with(10, 2 * MIB), *one = body_with(1, 10 * MIB);
    for (int i = 0; i < 3; i++) {
        struct reply r = post(keys.all, ten);
        CHECK_INT("10 x 2 MiB", r.status, 200);
        check_download("10 x 2 MiB", at(&r, "ticketNumber"), 9, 2 * MIB);
        reply_free(&r);
        r = post(keys.all, one);
        CHECK_INT("1 x 10 MiB", r.status, 200);
        check_download("1 x 10 MiB", at(&r, "ticketNumber"), 0, 10 * MIB);
        reply_free(&r);
    }
    long after = largest_worker();
    CHECK("at most 4 MiB larger afterwards", after - before <= 4 * 1024);
    free(ten);
    free(one);
}

static void test_too_much(void)
{
    char *body = body_with(11, 10);
    struct reply r = post(keys.all, body);
    check_error("11 files", &r, 400, "Validation failed");
    check_field("11 files", &r, "attachments", NULL);
    reply_free(&r);
    free(body);
    body = body_with(1, 10 * MIB + 1);
    r = post(keys.all, body);
    check_error("10 MiB + 1", &r, 400, "Validation failed");
    check_field("10 MiB + 1", &r, "attachments[0].content", NULL);
    reply_free(&r);
    free(body);
}

static void test_names_and_types(void)
{
    struct reply r =
        post(keys.all, HEAD ",\"attachments\":["
                            "{\"filename\":\"C:\\\\dir\\\\r\\u00e9sum\\u00e9 "
                            "\\\"1\\\".pdf\",\"content\":\"YQ\",\"mimeType\":\"application/pdf\",\"size\":204800},"
                            "{\"filename\":\"..\\/..\\/etc\\/pass\\nwd\",\"content\":\"YWI=\"},"
                            "{\"filename\":\"u\",\"content\":\"_-8\"},{\"filename\":\"s\",\"content\":\"\\/+8=\"}]}");
    CHECK_INT("post", r.status, 200);
    char path[256], number[32];
    snprintf(number, sizeof number, "%s", at(&r, "ticketNumber"));
    snprintf(path, sizeof path, "/tickets/%s", number);
    reply_free(&r);
    r = get(path, keys.all);
    CHECK_STR("name", at(&r, "attachments.0.filename"), "r\xc3\xa9sum\xc3\xa9 \"1\".pdf");
    CHECK_STR("declared", at(&r, "attachments.0.size"), "204800");
    CHECK_STR("name 2", at(&r, "attachments.1.filename"), "passwd");
    CHECK_STR("decoded", at(&r, "attachments.1.size"), "2");
    CHECK_STR("mime", at(&r, "attachments.1.mimeType"), "application/octet-stream");
    snprintf(path, sizeof path, "/tickets/%s/attachments/%s", number, at(&r, "attachments.0.id"));
    char url_alphabet[256], std_alphabet[256];
    snprintf(url_alphabet, sizeof url_alphabet, "/tickets/%s/attachments/%s", number, at(&r, "attachments.2.id"));
    snprintf(std_alphabet, sizeof std_alphabet, "/tickets/%s/attachments/%s", number, at(&r, "attachments.3.id"));
    reply_free(&r);
    r = get(path, keys.all);
    CHECK_STR("type", header(&r, "Content-Type", NULL), "application/pdf");
    const char *d = header(&r, "Content-Disposition", NULL);
    CHECK("disposition",
          d && strncmp(d, "attachment", 10) == 0 && strstr(d, "filename*=UTF-8''r%C3%A9sum%C3%A9%20%221%22.pdf"));
    CHECK_STR("bytes", r.body, "a");
    reply_free(&r);
    r = get(url_alphabet, keys.all);
    CHECK("url alphabet", r.n == 2 && memcmp(r.body, "\xff\xef", 2) == 0);
    reply_free(&r);
    r = get(std_alphabet, keys.all);
    CHECK("escaped slash", r.n == 2 && memcmp(r.body, "\xff\xef", 2) == 0);
    reply_free(&r);
    r = get(path, keys.other);
    check_error("foreign", &r, 404, "Ticket not found");
    reply_free(&r);
    snprintf(path, sizeof path, "/tickets/%s/attachments/c000000000000000000000000", number);
    r = get(path, keys.all);
    check_error("missing", &r, 404, "Attachment not found");
    reply_free(&r);
    CHECK_INT("true size and hash are kept",
              sql_int("SELECT COUNT(*) FROM attachment a JOIN ticket t ON t.id=a.ticket_id WHERE t.number=%s AND "
                      "a.true_size=1 AND "
                      "a.sha256=UNHEX(SHA2('a',256)) AND a.size=204800",
                      number),
              1);
}

void init_attachment_tests(void)
{
    static const struct suite_test tests[] = {
        {"every size comes back as sent", test_sizes_round_trip},
        {"names, types, declared sizes, alphabets", test_names_and_types},
        {"past the limits", test_too_much},
        {"at the limits, and memory afterwards", test_limits_and_memory},
    };
    suite_add("e2e attachments", NULL, NULL, tests, SUITE_N(tests));
}
