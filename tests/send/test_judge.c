#include "send/judge.h"

#include <string.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "send/suites.h"

#define WALL (INT64_C(1700000000) * CLOCK_SECOND)

static const struct ticket_retry retry = {.n = 2,
                                          .wait_us = {10 * CLOCK_SECOND, 100 * CLOCK_SECOND},
                                          .retry_after_max_us = 3600 * CLOCK_SECOND,
                                          .hold_us = 60 * CLOCK_SECOND,
                                          .pause_max_us = 60 * CLOCK_SECOND};

static struct judge_verdict judged(const struct judge_facts *f)
{
    struct judge_verdict v;
    memset(&v, 0x5A, sizeof v);
    judge(&retry, f, &v);
    return v;
}

static void test_statuses(void)
{
    static const struct {
        const char *row;
        unsigned http_status;
        enum store_hook_verdict verdict;
        enum judge_receiver receiver;
        const char *error;
    } rows[] = {
        {"200", 200, STORE_HOOK_DELIVERED, JUDGE_RECEIVER_WORKS, ""},
        {"204", 204, STORE_HOOK_DELIVERED, JUDGE_RECEIVER_WORKS, ""},
        {"299", 299, STORE_HOOK_DELIVERED, JUDGE_RECEIVER_WORKS, ""},
        {"199", 199, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 199"},
        {"300", 300, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "redirect: not followed (answered 300)"},
        {"307", 307, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "redirect: not followed (answered 307)"},
        {"399", 399, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "redirect: not followed (answered 399)"},
        {"400", 400, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "answered 400"},
        {"404", 404, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "answered 404"},
        {"407", 407, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "answered 407"},
        {"408", 408, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 408"},
        {"409", 409, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "answered 409"},
        {"410", 410, STORE_HOOK_GONE, JUDGE_RECEIVER_ANSWERS, "answered 410: this URL gets no more events"},
        {"428", 428, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "answered 428"},
        {"429", 429, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 429"},
        {"499", 499, STORE_HOOK_RETRY, JUDGE_RECEIVER_ANSWERS, "answered 499"},
        {"500", 500, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 500"},
        {"503", 503, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 503"},
        {"599", 599, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 599"},
        {"999", 999, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "answered 999"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct judge_facts f = {.end = POST_ANSWERED, .http_status = rows[i].http_status, .error = "", .wall_us = WALL};
        struct judge_verdict v = judged(&f);
        CHECK_INT(rows[i].row, v.verdict, rows[i].verdict);
        CHECK_INT(rows[i].row, v.receiver, rows[i].receiver);
        CHECK_STR(rows[i].row, v.error, rows[i].error);
        CHECK(rows[i].row, (v.wait_us > 0) == (rows[i].verdict == STORE_HOOK_RETRY));
    }
}

/* Without an answer. An error text never says more than the engine did. */
static void test_ends(void)
{
    static const struct {
        const char *row;
        struct judge_facts f;
        enum store_hook_verdict verdict;
        enum judge_receiver receiver;
        const char *error;
    } rows[] = {
        {"no connection",
         {.end = POST_NO_CONNECT, .error = "refused"},
         STORE_HOOK_RETRY,
         JUDGE_RECEIVER_FAILS,
         "refused"},
        {"TLS", {.end = POST_TLS, .error = "expired"}, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "expired"},
        {"time-out", {.end = POST_TIMED_OUT, .error = "slow"}, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "slow"},
        {"broken", {.end = POST_BROKEN, .error = "reset"}, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "reset"},
        {"too large", {.end = POST_TOO_LARGE, .error = "headers"}, STORE_HOOK_RETRY, JUDGE_RECEIVER_FAILS, "headers"},
        {"status of a broken answer",
         {.end = POST_BROKEN, .http_status = 200, .error = "cut"},
         STORE_HOOK_RETRY,
         JUDGE_RECEIVER_FAILS,
         "cut"},
        {"name",
         {.no_address = "no such name", .end = POST_ANSWERED, .http_status = 200},
         STORE_HOOK_RETRY,
         JUDGE_RECEIVER_FAILS,
         "no such name"},
        {"address refused",
         {.end = POST_FORBIDDEN, .error = "its address is not public"},
         STORE_HOOK_DEAD,
         JUDGE_RECEIVER_UNKNOWN,
         "refused: its address is not public"},
        {"refused before",
         {.refused = "must be https", .end = POST_ANSWERED, .http_status = 200},
         STORE_HOOK_DEAD,
         JUDGE_RECEIVER_UNKNOWN,
         "refused: must be https"},
        {"not signed",
         {.unable = "no secret", .end = POST_ANSWERED, .http_status = 200},
         STORE_HOOK_RETRY,
         JUDGE_RECEIVER_UNKNOWN,
         "no secret"},
        {"cancelled", {.end = POST_CANCELLED, .error = "stopped"}, STORE_HOOK_RETURNED, JUDGE_RECEIVER_UNKNOWN, ""},
        {"ours", {.end = POST_FAILED, .error = "no memory"}, STORE_HOOK_RETURNED, JUDGE_RECEIVER_UNKNOWN, ""},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct judge_verdict v = judged(&rows[i].f);
        CHECK_INT(rows[i].row, v.verdict, rows[i].verdict);
        CHECK_INT(rows[i].row, v.receiver, rows[i].receiver);
        CHECK_STR(rows[i].row, v.error, rows[i].error);
    }
}

/* Waits of 10 and 100 s, a fifth either way; then dead. */
static void test_waits(void)
{
    static const struct {
        const char *row;
        uint32_t attempts;
        const char *retry_after;
        enum store_hook_verdict verdict;
        int64_t least_s, most_s;
    } rows[] = {
        {"first", 0, "", STORE_HOOK_RETRY, 8, 12},
        {"second", 1, "", STORE_HOOK_RETRY, 80, 120},
        {"last", 2, "", STORE_HOOK_DEAD, 0, 0},
        {"past the last", 3, "", STORE_HOOK_DEAD, 0, 0},
        {"longer", 0, "500", STORE_HOOK_RETRY, 500, 600},
        {"shorter does not count", 1, "1", STORE_HOOK_RETRY, 80, 120},
        {"bounded", 0, "86400", STORE_HOOK_RETRY, 3600, 3600},
        {"neither form", 0, "soon", STORE_HOOK_RETRY, 8, 12},
        {"a date, 1000 s ahead", 0, "Tue, 14 Nov 2023 22:30:00 GMT", STORE_HOOK_RETRY, 1000, 1200},
        {"no further try by it", 2, "500", STORE_HOOK_DEAD, 0, 0},
    };
    static const uint32_t randoms[] = {0, UINT32_MAX / 2, UINT32_MAX};
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned k = 0; k < SUITE_N(randoms); k++) {
            struct judge_facts f = {.end = POST_ANSWERED,
                                    .http_status = 503,
                                    .attempts = rows[i].attempts,
                                    .retry_after = sv_from(rows[i].retry_after),
                                    .error = "",
                                    .wall_us = WALL,
                                    .random = randoms[k]};
            struct judge_verdict v = judged(&f);
            CHECK_INT(rows[i].row, v.verdict, rows[i].verdict);
            CHECK(rows[i].row, v.wait_us >= rows[i].least_s * CLOCK_SECOND);
            CHECK(rows[i].row, v.wait_us <= rows[i].most_s * CLOCK_SECOND);
        }
}

void init_judge_tests(void)
{
    static const struct suite_test tests[] = {
        {"what a status means", test_statuses},
        {"what it means that none came", test_ends},
        {"when it is tried again", test_waits},
    };
    suite_add("send: judge", NULL, NULL, tests, SUITE_N(tests));
}
