#include <stdlib.h>
#include <string.h>

#include "api/suites.h"
#include "api/support.h"
#include "harness/suite.h"

static void test_types(void)
{
    static const struct {
        const char *type, *encoding;
        int status;
    } rows[] = {
        {"application/json", NULL, 200},
        {"application/JSON", NULL, 200},
        {"Application/Json;charset=utf-8", NULL, 200},
        {"application/json ; charset=UTF-8", NULL, 200},
        {"application/json;", NULL, 200},
        {NULL, NULL, 415},
        {"", NULL, 415},
        {"text/json", NULL, 415},
        {"application/jsonx", NULL, 415},
        {"application/json, text/plain", NULL, 415},
        {"application/json+x", NULL, 415},
        {"application/vnd.api+json", NULL, 415},
        {"application/x-www-form-urlencoded", NULL, 415},
        {"text/plain;application/json", NULL, 415},
        {"application/json", "gzip", 415},
        {"application/json", "identity", 415},
        {"application/json", "", 415},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < 2; m++) {
            ask(m ? HTTP_PATCH : HTTP_POST, m ? TICKETS "/1" : TICKETS);
            bench.req.content_type = sv_from(rows[i].type);
            bench.req.content_encoding = sv_from(rows[i].encoding);
            run();
            CHECK_INT(rows[i].type ? rows[i].type : "none", bench.resp.status, rows[i].status);
            if (rows[i].status != 200)
                CHECK_STR(rows[i].type ? rows[i].type : "none", body(), ERROR_BODY("Unsupported content type", 415));
        }
}

static void test_lengths(void)
{
    ask(HTTP_POST, TICKETS);
    bench.req.content_length = -1;
    run();
    CHECK_INT("malformed", bench.resp.status, 400);
    CHECK_STR("malformed", body(),
              ERROR_FIELDS("Bad request", "\"Content-Length\":\"Invalid Content-Length format\"", 400));
    CHECK_INT("not read", bench.n_reads, 0);
    ask(HTTP_POST, TICKETS);
    bench.req.content_length = HTTP_BODY_MAX + 1;
    run();
    CHECK_INT("too large", bench.resp.status, 413);
    CHECK_STR("too large", body(), ERROR_BODY("Request body too large", 413));
    CHECK_INT("not read", bench.n_reads, 0);
    ask(HTTP_POST, TICKETS);
    with_body("");
    run();
    CHECK_INT("empty", bench.resp.status, 400);
    CHECK("empty", begins("{\"error\":\"Invalid JSON\",\"errors\":{\"body\":"));
}

/* The largest body allowed goes through. */
static void test_largest(void)
{
    size_t n = HTTP_BODY_MAX;
    char *big = malloc(n + 1);
    CHECK("memory", big);
    if (!big)
        return;
    memset(big, ' ', n);
    memcpy(big, CREATE, sizeof CREATE - 1);
    big[n] = '\0';
    ask(HTTP_POST, TICKETS);
    with_body(big);
    run();
    CHECK_INT("taken", bench.resp.status, 200);
    CHECK_INT("read once", bench.n_reads, 1);
    ask(HTTP_GET, TICKETS);
    free(big);
}

static void test_gone(void)
{
    ask(HTTP_POST, TICKETS);
    bench.read = STATUS_IO;
    run();
    CHECK_INT("nobody listens", bench.resp.status, API_GONE);
    CHECK_INT("nothing happens", fake.n_desk, 0);
    CHECK_INT("not our fault", api_trace(bench.api).status, STATUS_OK);
    ask(HTTP_POST, TICKETS);
    bench.read = STATUS_NO_MEMORY;
    run();
    CHECK_INT("no memory", bench.resp.status, 500);
}

static void test_json(void)
{
    static const char *const rows[] = {
        "{", "[]", "null", "{\"a\":1,\"a\":2}", "{'a':1}", "{\"a\":\"\xff\"}", "{} x", "\xEF\xBB\xBF{}"};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < 2; m++) {
            ask(m ? HTTP_PATCH : HTTP_POST, m ? TICKETS "/1" : TICKETS);
            with_body(rows[i]);
            run();
            CHECK_INT(rows[i], bench.resp.status, 400);
            CHECK(rows[i], begins("{\"error\":\"Invalid JSON\",\"errors\":{\"body\":\""));
            CHECK_INT(rows[i], fake.n_desk, 0);
        }
}

/* Equal but for insignificant white space: equal. Anything else: different. */
static void test_hash(void)
{
    static const struct {
        const char *body;
        bool same;
    } rows[] = {
        {"{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\"}", true},
        {" {\r\n\t\"action\" : \"ADD_COMMENT\" ,\"comment\": \"hello\" }\n", true},
        {"{\"comment\":\"hello\",\"action\":\"ADD_COMMENT\"}", false},
        {"{\"action\":\"ADD_COMMENT\",\"comment\":\"h\\u0065llo\"}", false},
        {"{\"action\":\"ADD_COMMENT\",\"comment\":\"hello \"}", false},
        {"{\"action\":\"ADD_COMMENT\",\"comment\":\"hello\",\"x\":1}", false},
    };
    /* printf '{"action":"ADD_COMMENT","comment":"hello"}' | sha256sum */
    static const char want[] = "e73f7f4cba38a8b00adbd744c9b5550d36997182ed517b5f13caaa32c66cfb92";
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char hex[CRYPTO_HEX_SIZE(CRYPTO_SHA256_SIZE)];
        ask(HTTP_PATCH, TICKETS "/1");
        with_body(rows[i].body);
        run();
        crypto_hex(fake.hash, sizeof fake.hash, hex);
        CHECK_INT(rows[i].body, bench.resp.status, 200);
        CHECK_INT(rows[i].body, strcmp(hex, want) == 0, rows[i].same);
    }
}

static void test_idempotency_key(void)
{
    char long_key[API_KEY_MAX + 2];
    memset(long_key, 'k', sizeof long_key);
    long_key[API_KEY_MAX + 1] = '\0';
    const struct {
        const char *row, *key;
        unsigned times;
        const char *why;
    } rows[] = {
        {"none", NULL, 0, NULL},
        {"one", "k-1", 1, NULL},
        {"all that prints", " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~", 1, NULL},
        {"longest", long_key + 1, 1, NULL},
        {"too long", long_key, 1, "Idempotency-Key must be 1 to 255 printable ASCII characters"},
        {"empty", "", 1, "Idempotency-Key must be 1 to 255 printable ASCII characters"},
        {"tab", "a\tb", 1, "Idempotency-Key must be 1 to 255 printable ASCII characters"},
        {"DEL", "a\x7f", 1, "Idempotency-Key must be 1 to 255 printable ASCII characters"},
        {"not ASCII", "\xC3\xA9", 1, "Idempotency-Key must be 1 to 255 printable ASCII characters"},
        {"twice", "k", 2, "Idempotency-Key may be sent only once"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned m = 0; m < 2; m++) {
            ask(m ? HTTP_PATCH : HTTP_POST, m ? TICKETS "/1" : TICKETS);
            bench.req.idempotency_key = sv_from(rows[i].key);
            bench.req.n_idempotency_key = rows[i].times;
            run();
            CHECK_INT(rows[i].row, bench.resp.status, rows[i].why ? 400 : 200);
            if (rows[i].why) {
                CHECK(rows[i].row, strstr(body(), "\"errors\":{\"Idempotency-Key\":") != NULL);
                CHECK(rows[i].row, strstr(body(), rows[i].why) != NULL);
            } else {
                CHECK_STR(rows[i].row, fake.idempotency_key, rows[i].key ? rows[i].key : "(absent)");
            }
        }
}

void init_body_tests(void)
{
    static const struct suite_test tests[] = {
        {"types", test_types},
        {"lengths", test_lengths},
        {"largest", test_largest},
        {"client gone", test_gone},
        {"JSON", test_json},
        {"hash", test_hash},
        {"Idempotency-Key", test_idempotency_key},
    };
    suite_add("body", api_up, api_down, tests, SUITE_N(tests));
}
