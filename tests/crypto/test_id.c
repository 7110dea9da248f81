#include "crypto/id.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/fake_openssl.h"
#include "crypto/suites.h"
#include "harness/suite.h"

static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";
static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int tear_down(void)
{
    fake_random_reset();
    crypto_id_forget();
    return 0;
}

static void test_random(void)
{
    unsigned char a[32] = {0}, b[32] = {0};
    CHECK_INT("a", crypto_random(a, sizeof a), STATUS_OK);
    CHECK_INT("b", crypto_random(b, sizeof b), STATUS_OK);
    CHECK("differ", memcmp(a, b, sizeof a) != 0);
    CHECK_INT("nothing", crypto_random(a, 0), STATUS_OK);
    CHECK_INT("too much", crypto_random(a, (size_t)INT_MAX + 1), STATUS_TOO_LARGE);
}

static void test_cuid_form(void)
{
    char id[CRYPTO_CUID_SIZE];
    CHECK_INT("made", crypto_cuid(INT64_C(1705314600123456), id), STATUS_OK);
    CHECK_INT("length", strlen(id), 25);
    CHECK_INT("c", id[0], 'c');
    CHECK_INT("alphabet", strspn(id + 1, base36), 24);
}

/* 36^8 ms is the year 2059: until then the time's digits sort as the time does. */
static void test_cuid_time(void)
{
    static const struct {
        int64_t us;
        const char *start;
    } rows[] = {
        {0, "c00000000"},
        {999, "c00000000"},
        {1000, "c00000001"},
        {35000, "c0000000z"},
        {36000, "c00000010"},
        {INT64_C(2821109907455) * 1000, "czzzzzzzz"},
        {INT64_C(2821109907456) * 1000, "c00000000"},
        {-5000000, "c00000000"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char id[CRYPTO_CUID_SIZE];
        CHECK_INT(rows[i].start, crypto_cuid(rows[i].us, id), STATUS_OK);
        id[9] = '\0';
        CHECK_STR("time first", id, rows[i].start);
    }
}

static void test_cuid_order(void)
{
    char last[CRYPTO_CUID_SIZE] = "", id[CRYPTO_CUID_SIZE];
    for (int64_t ms = 1705314600000; ms < 1705314600000 + 2000; ms += 7) {
        CHECK_INT("made", crypto_cuid(ms * 1000, id), STATUS_OK);
        CHECK("later sorts later", strcmp(id, last) > 0);
        memcpy(last, id, sizeof last);
    }
}

static int by_text(const void *x, const void *y)
{
    return strcmp(x, y);
}

static void test_cuid_unique(void)
{
    enum { N = 20000 };
    static char ids[N][CRYPTO_CUID_SIZE];
    unsigned same = 0, seen[36] = {0};
    for (unsigned i = 0; i < N; i++) {
        if (crypto_cuid(1, ids[i]) != STATUS_OK)
            CHECK("made", 0);
        for (unsigned k = 9; k < 25; k++)
            seen[strchr(base36, ids[i][k]) - base36]++;
    }
    qsort(ids, N, sizeof ids[0], by_text);
    for (unsigned i = 1; i < N; i++)
        same += strcmp(ids[i - 1], ids[i]) == 0;
    CHECK_INT("in the same millisecond", same, 0);
    /* 16 × 20,000 / 36 = 8,889 each, σ = 93: 7 σ to both sides. */
    for (unsigned d = 0; d < 36; d++)
        CHECK("every digit as often", seen[d] > 8889 - 651 && seen[d] < 8889 + 651);
}

/* 252 to 255 would come out as 0 to 3 once more often than the others. */
static void test_cuid_unbiased(void)
{
    static const unsigned char feed[] = {252, 253, 254, 255, 251, 0, 35, 36, 71};
    char id[CRYPTO_CUID_SIZE];
    fake_random.feed = feed;
    fake_random.feed_n = sizeof feed;
    crypto_id_forget();
    CHECK_INT("made", crypto_cuid(0, id), STATUS_OK);
    CHECK_STR("skipped", id, "c00000000z0z0zz0z0zz0z0zz");
    fake_random_reset();
    crypto_id_forget();
}

/* One call of OpenSSL for many ids, and no byte of it twice. */
static void test_cuid_pool(void)
{
    unsigned char feed[200];
    char id[CRYPTO_CUID_SIZE], again[CRYPTO_CUID_SIZE];
    for (unsigned i = 0; i < sizeof feed; i++)
        feed[i] = (unsigned char)i;
    fake_random.feed = feed;
    fake_random.feed_n = sizeof feed;
    fake_random.works = 1;
    crypto_id_forget();
    CHECK_INT("first", crypto_cuid(0, id), STATUS_OK);
    CHECK_STR("first", id + 9, "0123456789abcdef");
    CHECK_INT("second", crypto_cuid(0, id), STATUS_OK);
    CHECK_STR("second", id + 9, "ghijklmnopqrstuv");
    for (unsigned i = 2; i < 512 / 16; i++)
        CHECK_INT("many", crypto_cuid(0, id), STATUS_OK);
    CHECK_INT("used up", crypto_cuid(0, again), STATUS_INTERNAL);
    fake_random.works = 2;
    CHECK_INT("a new pool", crypto_cuid(0, again), STATUS_OK);
    crypto_id_forget();
    CHECK_INT("after a fork", crypto_cuid(0, again), STATUS_OK);
    CHECK_INT("a pool of its own", fake_random.works, 0);
    fake_random_reset();
    crypto_id_forget();
}

static void test_api_key(void)
{
    char a[CRYPTO_API_KEY_SIZE], b[CRYPTO_API_KEY_SIZE];
    CHECK_INT("a", crypto_api_key(a), STATUS_OK);
    CHECK_INT("b", crypto_api_key(b), STATUS_OK);
    CHECK_INT("length", strlen(a), 47);
    CHECK("prefix", strncmp(a, "omk_", 4) == 0);
    CHECK_INT("base64url", strspn(a + 4, url_alphabet), 43);
    CHECK("differ", strcmp(a, b) != 0);
}

static void test_webhook_secret(void)
{
    char a[CRYPTO_WEBHOOK_SECRET_SIZE], b[CRYPTO_WEBHOOK_SECRET_SIZE];
    CHECK_INT("a", crypto_webhook_secret(a), STATUS_OK);
    CHECK_INT("b", crypto_webhook_secret(b), STATUS_OK);
    CHECK_INT("length", strlen(a), 50);
    CHECK("prefix", strncmp(a, "whsec_", 6) == 0);
    CHECK_INT("base64", strspn(a + 6, alphabet), 43);
    CHECK_STR("padding", a + 49, "=");
    CHECK("differ", strcmp(a, b) != 0);
}

/* 0xFBFF… is "+/" in base64, "-_" in base64url. */
static void test_encodings(void)
{
    static const unsigned char feed[] = {0xFB, 0xFF, 0xBF};
    char key[CRYPTO_API_KEY_SIZE], secret[CRYPTO_WEBHOOK_SECRET_SIZE];
    fake_random.feed = feed;
    fake_random.feed_n = sizeof feed;
    CHECK_INT("key", crypto_api_key(key), STATUS_OK);
    CHECK_STR("key", key, "omk_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8");
    fake_random.fed = 0;
    CHECK_INT("secret", crypto_webhook_secret(secret), STATUS_OK);
    CHECK_STR("secret", secret, "whsec_+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=");
    fake_random_reset();
}

static void test_no_random(void)
{
    static const unsigned char feed[] = {255};
    char id[CRYPTO_CUID_SIZE], key[CRYPTO_API_KEY_SIZE], secret[CRYPTO_WEBHOOK_SECRET_SIZE];
    unsigned char byte;
    fake_random.works = 0;
    crypto_id_forget();
    CHECK_INT("random", crypto_random(&byte, 1), STATUS_INTERNAL);
    CHECK_INT("cuid", crypto_cuid(0, id), STATUS_INTERNAL);
    CHECK_INT("key", crypto_api_key(key), STATUS_INTERNAL);
    CHECK_INT("secret", crypto_webhook_secret(secret), STATUS_INTERNAL);
    fake_random.feed = feed;
    fake_random.feed_n = sizeof feed;
    fake_random.works = 3;
    CHECK_INT("cuid, after three useless pools", crypto_cuid(0, id), STATUS_INTERNAL);
    CHECK_INT("asked again", fake_random.works, 0);
    fake_random_reset();
    crypto_id_forget();
}

void init_id_tests(void)
{
    static const struct suite_test tests[] = {
        {"random", test_random},         {"cuid form", test_cuid_form},     {"cuid time", test_cuid_time},
        {"cuid order", test_cuid_order}, {"cuid unique", test_cuid_unique}, {"cuid unbiased", test_cuid_unbiased},
        {"cuid pool", test_cuid_pool},   {"API key", test_api_key},         {"webhook secret", test_webhook_secret},
        {"encodings", test_encodings},   {"no random", test_no_random},
    };
    suite_add("crypto/id", NULL, tear_down, tests, SUITE_N(tests));
}
