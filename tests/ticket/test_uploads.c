/* CONTRACT §3: attachments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define BODY(list)                                                                                                     \
    "{'channel':'EMAIL','serviceType':'OTHER','customer':{'name':'N'},'ticket':{'title':'T','description':'D'},"       \
    "'attachments':" list "}"
#define FILE(more) BODY("[{'filename':'a','content':'YWJj'" more "}]")

static void test_errors(void)
{
    static const struct {
        const char *body, *errors;
    } rows[] = {
        {BODY("[]"), ""},
        {BODY("[{}]"), "attachments[0].filename: Filename is required\nattachments[0].content: Content is required"},
        {BODY("[null]"), "attachments[0].filename: Filename is required\nattachments[0].content: Content is required"},
        {BODY("['a',{'filename':'a','content':''}]"), "attachments[0]: Attachments[0] must be an object"},
        {BODY("[{'filename':'a','content':''},{'filename':'b'},{'filename':7,'content':7,'mimeType':7,'size':'7','"
              "description':7}]"),
         "attachments[1].content: Content is required\nattachments[2].filename: Filename must be a string\n"
         "attachments[2].content: Content must be a string\nattachments[2].mimeType: Mime type must be a string\n"
         "attachments[2].size: Size must be a number\nattachments[2].description: Description must be a string"},
        {BODY("[{'filename':' ','content':'YQ=='}]"), "attachments[0].filename: Filename is required"},
        {BODY("[{'filename':'..','content':'YQ=='}]"), "attachments[0].filename: Invalid filename format"},
        {BODY("[{'filename':'a/','content':'YQ=='}]"), "attachments[0].filename: Invalid filename format"},
        {BODY("[{'filename':'\\u0001','content':'YQ=='}]"), "attachments[0].filename: Invalid filename format"},
        {BODY("[{'filename':'a','content':'Y Q=='}]"), "attachments[0].content: Invalid content format"},
        {BODY("[{'filename':'a','content':'YQ='}]"), "attachments[0].content: Invalid content format"},
        {BODY("[{'filename':'a','content':'+-aa'}]"), "attachments[0].content: Invalid content format"},
        {BODY("[{'filename':'a','content':'data:;base64,YQ=='}]"), "attachments[0].content: Invalid content format"},
        {FILE(",'mimeType':'text'"), "attachments[0].mimeType: Invalid mime type format"},
        {FILE(",'mimeType':'tex\\u00e9/x'"), "attachments[0].mimeType: Invalid mime type format"},
        {FILE(",'mimeType':' '"), ""},
        {FILE(",'size':-1"), "attachments[0].size: Size must be a whole number from 0 to 9007199254740991"},
        {FILE(",'size':1.5"), "attachments[0].size: Size must be a whole number from 0 to 9007199254740991"},
        {FILE(",'size':9007199254740992"),
         "attachments[0].size: Size must be a whole number from 0 to 9007199254740991"},
        {FILE(",'size':1e400"), "attachments[0].size: Size must be a whole number from 0 to 9007199254740991"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].body, errors_of(&s.err), rows[i].errors);
        sent_close(&s);
    }
}

static void test_sizes(void)
{
    static const struct {
        const char *body;
        uint64_t size;
    } rows[] = {
        {FILE(""), 3}, /* the decoded one */
        {FILE(",'size':null"), 3},
        {FILE(",'size':0"), 0},
        {FILE(",'size':-0"), 0},
        {FILE(",'size':102400"), 102400}, /* as declared */
        {FILE(",'size':1e2"), 100},
        {FILE(",'size':5.0"), 5},
        {FILE(",'size':0.5e1"), 5},
        {FILE(",'size':9007199254740991"), UINT64_C(9007199254740991)},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].body, errors_of(&s.err), "");
        CHECK_INT(rows[i].body, s.draft.attachments[0].size, rows[i].size);
        CHECK_INT(rows[i].body, s.draft.attachments[0].true_size, 3);
        sent_close(&s);
    }
}

/* A size's text has a bound of its own. */
static void test_size_text(void)
{
    static struct sent s;
    for (size_t zeros = 1000; zeros <= 2000; zeros += 1000) {
        char *fill = repeat("0", zeros), *body = filled(FILE(",'size':5.%s"), fill);
        send_create(&s, body);
        CHECK_STR("5.000…", errors_of(&s.err),
                  zeros == 1000 ? "" : "attachments[0].size: Size must be a whole number from 0 to 9007199254740991");
        sent_close(&s);
        free(body);
        free(fill);
    }
}

static void test_record(void)
{
    static struct sent s;
    /* SHA-256 of "abc": FIPS 180-2, appendix B.1. */
    static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    char hex[CRYPTO_HEX_SIZE(CRYPTO_SHA256_SIZE)];
    send_create(&s, BODY("[{'filename':'C:\\\\x\\\\a\\u0007 b.txt','content':'YWJj','mimeType':'text/plain','size':9,"
                         "'description':' note '},{'filename':'e','content':'','description':''}]"));
    const struct ticket_attachment *f = s.draft.attachments;
    CHECK_STR("errors", errors_of(&s.err), "");
    CHECK_INT("count", s.draft.n_attachments, 2);
    CHECK_STR("filename", text_of(f[0].filename), "a b.txt");
    CHECK_STR("mime type", text_of(f[0].mime_type), "text/plain");
    CHECK_STR("description", text_of(f[0].description), " note ");
    CHECK_STR("bytes", text_of(f[0].bytes), "abc");
    crypto_hex(f[0].sha256, CRYPTO_SHA256_SIZE, hex);
    CHECK_STR("hash", hex, abc);
    CHECK_STR("default type", text_of(f[1].mime_type), "application/octet-stream");
    CHECK("no description", !f[1].description.p);
    CHECK("empty file", f[1].bytes.p && f[1].bytes.n == 0 && f[1].size == 0 && f[1].true_size == 0);
    crypto_hex(f[1].sha256, CRYPTO_SHA256_SIZE, hex);
    CHECK_STR("empty hash", hex, empty);
    sent_close(&s);
}

static void test_text_limits(void)
{
    static const struct {
        const char *format, *part, *error;
        size_t max;
    } rows[] = {
        {BODY("[{'filename':'%s','content':''}]"), "x",
         "attachments[0].filename: Filename must be at most 255 characters", 255},
        {BODY("[{'filename':'%s','content':''}]"), "\xf0\x9f\x92\xb3",
         "attachments[0].filename: Filename must be at most 255 characters", 255},
        {BODY("[{'filename':'dir/dir\\\\%s','content':''}]"), "x",
         "attachments[0].filename: Filename must be at most 255 characters", 255},
        {BODY("[{'filename':'%s/a','content':''}]"), "x",
         "attachments[0].filename: Filename must be at most 10000 characters", 9998},
        {FILE(",'description':'%s'"), "\xc3\xa9",
         "attachments[0].description: Description must be at most 1000 characters", 1000},
        {FILE(",'mimeType':'a/%s'"), "x", "attachments[0].mimeType: Mime type must be at most 127 characters", 125},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (size_t n = rows[i].max; n <= rows[i].max + 1; n++) {
            char *fill = repeat(rows[i].part, n), *body = filled(rows[i].format, fill);
            send_create(&s, body);
            CHECK_STR(rows[i].format, errors_of(&s.err), n <= rows[i].max ? "" : rows[i].error);
            sent_close(&s);
            free(body);
            free(fill);
        }
}

/* Ten a request; those past the tenth are not looked at. */
static void test_count(void)
{
    static struct sent s;
    for (size_t n = 10; n <= 11; n++) {
        char *more = repeat("{'filename':'a','content':''},", n - 1);
        char *body = filled(BODY("[%s{'filename':'last','content':''}]"), more);
        send_create(&s, body);
        CHECK_STR("count", errors_of(&s.err),
                  n == 10 ? "" : "attachments: Attachments must be at most 10 in one request");
        CHECK_INT("read", s.draft.n_attachments, 10);
        sent_close(&s);
        free(body);
        free(more);
    }
}

/* 10 MiB decoded, of a body that is never copied. */
static void test_content_size(void)
{
    static struct sent s;
    for (unsigned more = 0; more <= 1; more++) {
        size_t whole = TICKET_ATTACHMENT_BYTES_MAX / 3; /* 10 MiB is 3 × whole + 1 */
        char *groups = repeat("QUJD", whole);
        char *content = filled(more ? "%sQUI=" : "%sQQ==", groups);
        char *body = filled(BODY("[{'filename':'a','content':'%s'}]"), content);
        send_create(&s, body);
        CHECK_STR("size", errors_of(&s.err),
                  more ? "attachments[0].content: Content must be at most 10485760 bytes when decoded" : "");
        if (!more) {
            CHECK_INT("decoded", s.draft.attachments[0].bytes.n, TICKET_ATTACHMENT_BYTES_MAX);
            CHECK_INT("in place", arena_used(s.arena) < 65536, 1);
        }
        sent_close(&s);
        free(body);
        free(content);
        free(groups);
    }
}

void init_uploads_tests(void)
{
    static const struct suite_test tests[] = {
        {"errors", test_errors},
        {"sizes", test_sizes},
        {"size text", test_size_text},
        {"record", test_record},
        {"limits", test_text_limits},
        {"count", test_count},
        {"content size", test_content_size},
    };
    suite_add("ticket uploads", NULL, NULL, tests, SUITE_N(tests));
}
