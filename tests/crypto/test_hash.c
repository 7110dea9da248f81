#include "crypto/hash.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/fake_openssl.h"
#include "crypto/suites.h"
#include "harness/suite.h"

/* FIPS 180-4's examples (NIST CSRC), and the empty message. */
static void test_sha256(void)
{
    static const struct {
        const char *text, *hex;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    unsigned char out[CRYPTO_SHA256_SIZE];
    char hex[CRYPTO_HEX_SIZE(CRYPTO_SHA256_SIZE)];
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK_INT(rows[i].text, crypto_sha256(rows[i].text, strlen(rows[i].text), out), STATUS_OK);
        crypto_hex(out, sizeof out, hex);
        CHECK_STR(rows[i].text, hex, rows[i].hex);
    }
    CHECK_INT("null and empty", crypto_sha256(NULL, 0, out), STATUS_OK);
    crypto_hex(out, sizeof out, hex);
    CHECK_STR("null and empty", hex, rows[0].hex);
}

static void test_sha256_million(void)
{
    unsigned char out[CRYPTO_SHA256_SIZE];
    char hex[CRYPTO_HEX_SIZE(CRYPTO_SHA256_SIZE)];
    char *text = malloc(1000000);
    CHECK("memory", text != NULL);
    if (!text)
        return;
    memset(text, 'a', 1000000);
    CHECK_INT("a million a", crypto_sha256(text, 1000000, out), STATUS_OK);
    crypto_hex(out, sizeof out, hex);
    CHECK_STR("a million a", hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(text);
}

/* RFC 4231. */
static void test_hmac(void)
{
    static char long_key[131];
    static const struct {
        struct sv key, text;
        const char *hex;
    } rows[] = {
        {{"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20},
         {"Hi There", 8},
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {{"Jefe", 4},
         {"what do ya want for nothing?", 28},
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{long_key, sizeof long_key},
         {"Test Using Larger Than Block-Size Key - Hash Key First", 54},
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {{"", 0}, {"", 0}, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
        {{NULL, 0}, {NULL, 0}, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    memset(long_key, 0xaa, sizeof long_key);
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        unsigned char out[CRYPTO_SHA256_SIZE];
        char hex[CRYPTO_HEX_SIZE(CRYPTO_SHA256_SIZE)];
        CHECK_INT(rows[i].hex, crypto_hmac_sha256(rows[i].key, rows[i].text, out), STATUS_OK);
        crypto_hex(out, sizeof out, hex);
        CHECK_STR("mac", hex, rows[i].hex);
    }
    unsigned char out[CRYPTO_SHA256_SIZE];
    struct sv huge = {long_key, (size_t)INT_MAX + 1};
    CHECK_INT("key too long", crypto_hmac_sha256(huge, SV("x"), out), STATUS_TOO_LARGE);
}

static void test_hex(void)
{
    char out[CRYPTO_HEX_SIZE(4)];
    memset(out, 'x', sizeof out);
    crypto_hex((const unsigned char *)"\x00\x9a\xbc\xff", 4, out);
    CHECK_STR("hex", out, "009abcff");
    crypto_hex(NULL, 0, out);
    CHECK_STR("nothing", out, "");
}

static void test_equal(void)
{
    CHECK("same", crypto_equal("abc\0d", "abc\0d", 5));
    CHECK("last differs", !crypto_equal("abc\0d", "abc\0e", 5));
    CHECK("first differs", !crypto_equal("xbc", "abc", 3));
    CHECK("only n bytes", crypto_equal("abX", "abY", 2));
    CHECK("nothing", crypto_equal("a", "b", 0));
}

static void test_wipe(void)
{
    char secret[8] = "secret!";
    crypto_wipe(secret, 6);
    CHECK("wiped", memcmp(secret, "\0\0\0\0\0\0!", 8) == 0);
    crypto_wipe(NULL, 0);
}

/* Both, each with OpenSSL's nth allocation failing: an error or the right value. */
static void test_no_memory(void)
{
    unsigned char out[CRYPTO_SHA256_SIZE], want[2][CRYPTO_SHA256_SIZE];
    for (unsigned which = 0; which < 2; which++) {
        unsigned needed = 1, failed = 0;
        for (unsigned n = 0; n <= needed; n++) {
            if (n == 0)
                fake_openssl_refuse_none();
            else
                fake_openssl_refuse_from(n - 1);
            memset(out, 0, sizeof out);
            enum status s = which ? crypto_hmac_sha256(SV("k"), SV("text"), out) : crypto_sha256("text", 4, out);
            if (n == 0) {
                needed = fake_openssl_asked();
                memcpy(want[which], out, sizeof out);
            }
            CHECK("error or result", s == STATUS_INTERNAL || (s == STATUS_OK && !memcmp(out, want[which], sizeof out)));
            failed += s == STATUS_INTERNAL;
        }
        fake_openssl_refuse_none();
        CHECK("some failed", failed > 0);
    }
}

void init_hash_tests(void)
{
    static const struct suite_test tests[] = {
        {"SHA-256", test_sha256},      {"SHA-256 of a million", test_sha256_million},
        {"HMAC", test_hmac},           {"hex", test_hex},
        {"equal", test_equal},         {"wipe", test_wipe},
        {"no memory", test_no_memory},
    };
    suite_add("crypto/hash", NULL, NULL, tests, SUITE_N(tests));
}
