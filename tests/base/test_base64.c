#include "base/base64.h"

#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

/* RFC 4648 §10, and its kin without padding. */
static const struct {
    const char *text, *plain;
} good[] = {
    {"", ""},
    {"Zg==", "f"},
    {"Zm8=", "fo"},
    {"Zm9v", "foo"},
    {"Zm9vYg==", "foob"},
    {"Zm9vYmE=", "fooba"},
    {"Zm9vYmFy", "foobar"},
    {"Zg", "f"},
    {"Zm8", "fo"},
    {"Zm9vYg", "foob"},
    {"Zm9vYmE", "fooba"},
    {"+/+/", "\xFB\xFF\xBF"},
    {"-_-_", "\xFB\xFF\xBF"},
    {"-_-_-w==", "\xFB\xFF\xBF\xFB"},
    {"Zh==", "f"}, /* leftover bits */
    {"Zm9=", "fo"},
    {"Zm9", "fo"},
};

static void test_decode(void)
{
    for (unsigned i = 0; i < SUITE_N(good); i++) {
        unsigned char out[32];
        size_t n = 99;
        CHECK(good[i].text, base64_decode(good[i].text, strlen(good[i].text), out, &n));
        CHECK_INT(good[i].text, n, strlen(good[i].plain));
        CHECK(good[i].text, memcmp(out, good[i].plain, strlen(good[i].plain)) == 0);
    }
}

static void test_in_place(void)
{
    for (unsigned i = 0; i < SUITE_N(good); i++) {
        char text[32];
        size_t n = 99;
        memcpy(text, good[i].text, strlen(good[i].text) + 1);
        CHECK(good[i].text, base64_decode(text, strlen(text), (unsigned char *)text, &n));
        CHECK_INT(good[i].text, n, strlen(good[i].plain));
        CHECK(good[i].text, memcmp(text, good[i].plain, n) == 0);
    }
}

/* The API reference's placeholders are valid input (base64url by the '_'). */
static void test_placeholders(void)
{
    static const char *const rows[] = {"base64_encoded_image_content", "base64_encoded_pdf_content"};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        unsigned char out[BASE64_DECODED_MAX(32)];
        size_t n = 0;
        CHECK(rows[i], base64_decode(rows[i], strlen(rows[i]), out, &n));
        CHECK_INT(rows[i], n, strlen(rows[i]) * 3 / 4);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *row;
        struct sv in;
    } rows[] = {
        {"one character", {"Z", 1}},
        {"five characters", {"Zm9vY", 5}},
        {"padding alone", {"=", 1}},
        {"two paddings alone", {"==", 2}},
        {"three paddings", {"Z===", 4}},
        {"four paddings", {"====", 4}},
        {"half padding", {"Zg=", 3}},
        {"padding too much", {"Zm9v=", 5}},
        {"a padded group too much", {"Zm9v====", 8}},
        {"padding inside", {"Zg==Zg==", 8}},
        {"padding then a character", {"Zg=v", 4}},
        {"mixed alphabets", {"+_AA", 4}},
        {"mixed far apart", {"AA/AAAAAAA-A", 12}},
        {"space", {"Zm9v Zm8", 8}},
        {"newline", {"Zm9v\n", 5}},
        {"newline in a whole group", {"Zm9\n", 4}},
        {"data URL", {"data:;base64,Zm9v", 17}},
        {"NUL", {"Zm\0v", 4}},
        {"high bit", {"Zm\xFAv", 4}},
        {"dot", {"Zm.v", 4}},
        {"bad in the tail", {"Zm9vZ!", 6}},
        {"full stop for padding", {"Zg..", 4}},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        unsigned char out[32];
        size_t n;
        CHECK(rows[i].row, !base64_decode(rows[i].in.p, rows[i].in.n, out, &n));
    }
}

/* Each byte value alone, against the two alphabets as RFC 4648 prints them. */
static void test_alphabet(void)
{
    static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int c = 0; c < 256; c++) {
        char in[4] = {'A', 'A', 'A', (char)c};
        unsigned char out[4] = {0};
        size_t n;
        const char *at = c == '-' ? standard + 62 : c == '_' ? standard + 63 : c ? strchr(standard, c) : NULL;
        CHECK_INT("accepted", base64_decode(in, 4, out, &n), at != NULL || c == '=');
        if (at)
            CHECK_INT("value", out[2], at - standard);
    }
}

static void test_encode(void)
{
    for (unsigned i = 0; i < 7; i++) {
        struct buf b;
        buf_init(&b, 100);
        buf_str(&b, "<");
        base64_encode(&b, good[i].plain, strlen(good[i].plain));
        CHECK("appended", buf_view(&b).p[0] == '<');
        CHECK_STR(good[i].text, buf_view(&b).p + 1, good[i].text);
        buf_free(&b);
    }
}

static void test_round_trip(void)
{
    unsigned char bytes[300], back[BASE64_DECODED_MAX(400)];
    struct buf b;
    buf_init(&b, 400);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        for (size_t i = 0; i < n; i++)
            bytes[i] = (unsigned char)(i * 131 + n * 17);
        buf_clear(&b);
        base64_encode(&b, bytes, n);
        size_t m = 0;
        CHECK("decoded", base64_decode(buf_view(&b).p, b.n, back, &m) && m == n && memcmp(bytes, back, n) == 0);
    }
    buf_free(&b);
}

static void test_encode_fails(void)
{
    struct buf b;
    buf_init(&b, 7);
    base64_encode(&b, "abcd", 4);
    CHECK_INT("over the cap", b.status, STATUS_TOO_LARGE);
    buf_free(&b);
    refuse_from(0);
    base64_encode(&b, "abc", 3);
    refuse_off();
    CHECK_INT("no memory", b.status, STATUS_NO_MEMORY);
    buf_free(&b);
}

void init_base64_tests(void)
{
    static const struct suite_test tests[] = {
        {"decode", test_decode},
        {"decode in place", test_in_place},
        {"the reference's placeholders", test_placeholders},
        {"refused", test_refused},
        {"alphabet", test_alphabet},
        {"encode", test_encode},
        {"round trip", test_round_trip},
        {"encode fails", test_encode_fails},
    };
    suite_add("base/base64", NULL, NULL, tests, SUITE_N(tests));
}
