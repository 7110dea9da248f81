#include "gate/guess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"
#include "suites.h"
#include "support.h"

static int set_up(void)
{
    test_open(1);
    return 0;
}

static int tear_down(void)
{
    test_close();
    return 0;
}

static uint32_t reset;

static bool guess(const char *address, int64_t at)
{
    struct net_addr a;
    if (!net_addr_parse(sv_from(address), &a))
        abort();
    return gate_guess(shared, &a, T0 + at, &reset);
}

static unsigned guesses(const char *address, unsigned n, int64_t at)
{
    unsigned passed = 0;
    for (unsigned i = 0; i < n; i++)
        passed += guess(address, at);
    return passed;
}

static void test_a_hundred_a_minute(void)
{
    CHECK_INT("a hundred", guesses("192.0.2.1", 150, 0), 100);
    CHECK_INT("a minute to wait", reset, 60);
    CHECK("still not", !guess("192.0.2.1", 60 * SECOND - 1));
    CHECK_INT("a second to wait", reset, 1);
    CHECK_INT("another hundred", guesses("192.0.2.1", 150, 60 * SECOND), 100);
}

static void test_who_is_one(void)
{
    static const struct {
        const char *row, *used_up, *other;
        int same;
    } pairs[] = {
        {"neighbours in IPv4", "198.51.100.1", "198.51.100.2", 0},
        {"one /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", 1},
        {"two /64", "2001:db8:1:3::1", "2001:db8:1:4::1", 0},
        {"the families do not meet", "1.2.3.4", "0:0:102:304::1", 0},
        {"mapped is IPv4", "203.0.113.9", "::ffff:203.0.113.9", 1},
    };
    for (unsigned i = 0; i < SUITE_N(pairs); i++) {
        CHECK_INT(pairs[i].row, guesses(pairs[i].used_up, 101, 0), 100);
        CHECK_INT(pairs[i].row, guess(pairs[i].other, 0), !pairs[i].same);
    }
}

#define BUSY 64

static bool busy_guess(unsigned i, int64_t at)
{
    char address[NET_ADDR_TEXT_MAX];
    snprintf(address, sizeof address, "192.0.2.%u", i);
    return guess(address, at);
}

/* 100,000 addresses pass through; memory stays, and busy guessers are not forgotten. */
static void test_bounded(void)
{
    char address[NET_ADDR_TEXT_MAX];
    unsigned refused = 0, passed = 0;
    for (unsigned i = 0; i < BUSY * 100; i++)
        busy_guess(i % BUSY, 0);
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(address, sizeof address, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        passed += guess(address, i);
        if (i % 10 == 0)
            refused += !busy_guess(i / 10 % BUSY, i);
    }
    CHECK_INT("new addresses", passed, 100000);
    CHECK("the busy ones stayed", refused > 9900); /* of 10,000 */
    CHECK("bounded", shared->guesses.pool->slots_used <= GATE_GUESS_SLOTS);
    CHECK("bounded", shared->guesses.pool->chunks_used <= GATE_GUESS_CHUNKS);
    test_audit("guesses", &shared->guesses);
    CHECK_INT("the keys' windows are not touched", shared->windows.pool->slots_used, 0);
    CHECK_INT("nor their memory", shared->windows.pool->chunks_used, 0);
}

/* Every address at its limit at once: the chunks last. */
static void test_all_full(void)
{
    char address[NET_ADDR_TEXT_MAX];
    unsigned wrong = 0;
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < GATE_GUESS_SLOTS; i++) {
            snprintf(address, sizeof address, "10.9.%u.%u", i >> 8, i & 255);
            wrong += guesses(address, 101, round * 45 * SECOND + i) > 100;
        }
    CHECK_INT("never over", wrong, 0);
    CHECK("within what there is", shared->guesses.pool->chunks_used < GATE_GUESS_CHUNKS);
    test_audit("guesses", &shared->guesses);
}

void init_guess_tests(void)
{
    static const struct suite_test tests[] = {
        {"a hundred a minute", test_a_hundred_a_minute},
        {"who is one", test_who_is_one},
        {"bounded", test_bounded},
        {"all full", test_all_full},
    };
    suite_add("gate guess", set_up, tear_down, tests, SUITE_N(tests));
}
