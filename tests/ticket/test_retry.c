#include "ticket/retry.h"

#include <stdio.h>
#include <string.h>

#include "harness/suite.h"
#include "ticket/suites.h"

#define S INT64_C(1000000) /* [us] a second */
#define M (60 * S)
#define H (60 * M)
#define D (24 * H)
#define NO_AFTER (-1)

static struct conf conf;

static enum status set(const char *retries, struct ticket_retry *r, struct err *err)
{
    conf_defaults(&conf);
    snprintf(conf.webhook_retries, sizeof conf.webhook_retries, "%s", retries);
    err_init(err);
    return ticket_retry_set(&conf, r, err);
}

static struct ticket_retry standard(void)
{
    struct ticket_retry r = {0};
    struct err err;
    conf_defaults(&conf);
    err_init(&err);
    CHECK_INT("standard", ticket_retry_set(&conf, &r, &err), STATUS_OK);
    return r;
}

/* Standard Webhooks' schedule, after the attempt at once. */
static const int64_t schedule[] = {5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 14 * H, 20 * H, 24 * H};

static void test_standard(void)
{
    struct ticket_retry r = standard();
    CHECK_INT("waits", r.n, SUITE_N(schedule));
    for (unsigned i = 0; i < SUITE_N(schedule) && i < r.n; i++)
        CHECK_INT("wait", r.wait_us[i], schedule[i]);
    CHECK_INT("Retry-After", r.retry_after_max_us, 24 * H);
    CHECK_INT("hold", r.hold_us, H);
    CHECK_INT("pause", r.pause_max_us, 10 * M);
}

static void test_parse(void)
{
    static const struct {
        const char *text;
        unsigned n; /* 0: refused */
        int64_t first, last;
    } rows[] = {
        {"1s", 1, S, S},
        {"30d", 1, 30 * D, 30 * D},
        {"2592000s", 1, 30 * D, 30 * D},
        {"43200m", 1, 30 * D, 30 * D},
        {"720h 1s", 2, 30 * D, S},
        {"  5s   5m ", 2, 5 * S, 5 * M},
        {"10s 90m 36h 1d", 4, 10 * S, D},
        {"1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 2s", 32, S,
         2 * S},
        {"1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s 1s", 0, 0, 0},
        {"", 0, 0, 0},
        {"  ", 0, 0, 0},
        {"5", 0, 0, 0},
        {"s", 0, 0, 0},
        {"0s", 0, 0, 0},
        {"00s", 0, 0, 0},
        {"05s", 0, 0, 0},
        {"-5s", 0, 0, 0},
        {"+5s", 0, 0, 0},
        {"1.5h", 0, 0, 0},
        {"5 s", 0, 0, 0},
        {"5S", 0, 0, 0},
        {"5ms", 0, 0, 0},
        {"5min", 0, 0, 0},
        {"1w", 0, 0, 0},
        {"5s,5m", 0, 0, 0},
        {"5s, 5m", 0, 0, 0},
        {"5s\t5m", 0, 0, 0},
        {"5s 5m x", 0, 0, 0},
        {"31d", 0, 0, 0},
        {"2592001s", 0, 0, 0},
        {"43201m", 0, 0, 0},
        {"721h", 0, 0, 0},
        {"18446744073709551617s", 0, 0, 0},
        {"9223372036854775807d", 0, 0, 0},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct ticket_retry r = {.n = 77};
        struct err err;
        enum status s = set(rows[i].text, &r, &err);
        CHECK_INT(rows[i].text, s, rows[i].n > 0 ? STATUS_OK : STATUS_CONFIG);
        CHECK_INT(rows[i].text, r.n, rows[i].n > 0 ? rows[i].n : 77);
        if (rows[i].n == 0)
            CHECK(err.text, strncmp(err.text, "webhook_retries: must be ", 25) == 0);
        if (s != STATUS_OK || r.n == 0 || r.n > TICKET_RETRIES_MAX)
            continue;
        CHECK_INT(rows[i].text, r.wait_us[0], rows[i].first);
        CHECK_INT(rows[i].text, r.wait_us[r.n - 1], rows[i].last);
    }
}

/* A fifth either way, both ends reached, the middle in the middle. */
static void test_jitter(void)
{
    static const uint32_t randoms[] = {0, 1, 12345, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, UINT32_MAX};
    struct ticket_retry r = standard();
    r.wait_us[r.n++] = 30 * D;
    for (unsigned i = 0; i < r.n; i++) {
        int64_t fifth = r.wait_us[i] / 5, last = -1;
        for (unsigned k = 0; k < SUITE_N(randoms); k++) {
            int64_t wait = ticket_retry_wait(&r, i + 1, NO_AFTER, randoms[k]);
            CHECK("within", wait >= r.wait_us[i] - fifth && wait <= r.wait_us[i] + fifth);
            CHECK("grows with random", wait >= last);
            last = wait;
        }
        CHECK_INT("low end", ticket_retry_wait(&r, i + 1, NO_AFTER, 0), r.wait_us[i] - fifth);
        CHECK_INT("high end", ticket_retry_wait(&r, i + 1, NO_AFTER, UINT32_MAX), r.wait_us[i] + fifth);
        int64_t middle = ticket_retry_wait(&r, i + 1, NO_AFTER, 0x80000000);
        CHECK("middle", middle >= r.wait_us[i] - 500 && middle <= r.wait_us[i] + 500);
    }
}

/* Spread evenly: of many, as many in each tenth. */
static void test_even(void)
{
    struct ticket_retry r = standard();
    unsigned tenth[10] = {0};
    for (uint32_t i = 0; i < 10000; i++) {
        int64_t off = ticket_retry_wait(&r, 9, NO_AFTER, i * 429496u) - 24 * H * 4 / 5;
        tenth[off * 10 / (24 * H * 2 / 5 + 1)]++;
    }
    for (unsigned i = 0; i < 10; i++)
        CHECK("tenth", tenth[i] >= 990 && tenth[i] <= 1010);
}

static void test_grows(void)
{
    static const uint32_t randoms[] = {0, 0x12345678, UINT32_MAX};
    struct ticket_retry r = standard();
    for (unsigned k = 0; k < SUITE_N(randoms); k++)
        for (unsigned i = 2; i <= r.n; i++)
            CHECK("later waits longer",
                  ticket_retry_wait(&r, i, NO_AFTER, randoms[k]) > ticket_retry_wait(&r, i - 1, NO_AFTER, randoms[k]));
}

static void test_exhausted(void)
{
    struct ticket_retry r = standard(), one = {.n = 1, .wait_us = {S}, .retry_after_max_us = 24 * H};
    CHECK("the last wait", ticket_retry_wait(&r, 9, NO_AFTER, 7) > 0);
    CHECK_INT("ten attempts", ticket_retry_wait(&r, 10, NO_AFTER, 7), -1);
    CHECK_INT("more", ticket_retry_wait(&r, 11, NO_AFTER, 7), -1);
    CHECK_INT("very many", ticket_retry_wait(&r, UINT32_MAX, NO_AFTER, 7), -1);
    CHECK_INT("Retry-After brings none back", ticket_retry_wait(&r, 10, H, 7), -1);
    CHECK("one wait", ticket_retry_wait(&one, 1, NO_AFTER, 7) > 0);
    CHECK_INT("one wait", ticket_retry_wait(&one, 2, NO_AFTER, 7), -1);
}

static void test_retry_after(void)
{
    static const struct {
        const char *row;
        unsigned attempts;
        int64_t after, want;
    } rows[] = {
        {"absent", 2, NO_AFTER, 4 * M},
        {"at once", 2, 0, 4 * M},
        {"shorter", 2, 3 * M, 4 * M},
        {"the same", 2, 4 * M, 4 * M},
        {"a bit longer", 2, 4 * M + 1, 4 * M + 1},
        {"longer", 2, 2 * H, 2 * H},
        {"as long as may be", 2, 24 * H, 24 * H},
        {"longer than may be", 2, 24 * H + 1, 24 * H},
        {"a year", 1, 366 * D, 24 * H},
        {"for ever", 1, INT64_MAX, 24 * H},
        {"no shorter than the wait itself", 9, 24 * H, 24 * H},
        {"shorter than a long wait", 9, H, 24 * H * 4 / 5},
    };
    struct ticket_retry r = standard();
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_INT(rows[i].row, ticket_retry_wait(&r, rows[i].attempts, rows[i].after, 0), rows[i].want);
    CHECK_INT("the bound shortens nothing", ticket_retry_wait(&r, 9, INT64_MAX, UINT32_MAX), 24 * H * 6 / 5);
    r.retry_after_max_us = 0;
    CHECK_INT("not honoured", ticket_retry_wait(&r, 2, 2 * H, 0), 4 * M);
}

/* The longest of every wait, whatever Retry-After may be granted. */
static void test_age(void)
{
    static const char *const schedules[] = {"5s 5m 30m 2h 5h 10h 14h 20h 24h", "1s", "30d 30d 30d", "1s 3d 7s"};
    for (unsigned i = 0; i < SUITE_N(schedules); i++)
        for (int64_t max = 0; max <= 168; max += 24) {
            struct ticket_retry r;
            struct err err;
            int64_t sum = 0;
            CHECK_INT(schedules[i], set(schedules[i], &r, &err), STATUS_OK);
            r.retry_after_max_us = max * H;
            for (unsigned n = 1; n <= r.n; n++)
                sum += ticket_retry_wait(&r, n, -1, UINT32_MAX);
            CHECK(schedules[i], ticket_retry_age(&r) >= sum);
            CHECK(schedules[i], ticket_retry_age(&r) <= sum + H);
        }
}

static void test_pause(void)
{
    static const struct {
        uint32_t failures;
        int64_t seconds; /* without jitter */
    } rows[] = {
        {0, 0},  {1, 0},    {4, 0},    {5, 5},    {6, 10},   {7, 20},        {8, 40},
        {9, 80}, {10, 160}, {11, 320}, {12, 600}, {13, 600}, {1000000, 600}, {UINT32_MAX, 600},
    };
    struct ticket_retry r = standard();
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char row[32];
        int64_t want = rows[i].seconds * S, high = want + want / 5;
        snprintf(row, sizeof row, "%u failures", rows[i].failures);
        CHECK_INT(row, ticket_retry_pause(&r, rows[i].failures, 0), want - want / 5);
        CHECK_INT(row, ticket_retry_pause(&r, rows[i].failures, UINT32_MAX), high < 600 * S ? high : 600 * S);
    }
    r.pause_max_us = M;
    CHECK_INT("other bound", ticket_retry_pause(&r, 9, 0), 48 * S);
    CHECK_INT("never longer", ticket_retry_pause(&r, 9, UINT32_MAX), M);
    CHECK_INT("just below the bound", ticket_retry_pause(&r, 8, UINT32_MAX), 48 * S);
}

void init_retry_tests(void)
{
    static const struct suite_test tests[] = {
        {"standard schedule", test_standard},
        {"waits from text", test_parse},
        {"jitter", test_jitter},
        {"evenly", test_even},
        {"grows", test_grows},
        {"exhausted", test_exhausted},
        {"Retry-After", test_retry_after},
        {"age", test_age},
        {"pause", test_pause},
    };
    suite_add("ticket/retry", NULL, NULL, tests, SUITE_N(tests));
}
