#include "send/headers.h"

#include <string.h>

#include "base/clock.h"
#include "harness/suite.h"
#include "send/suites.h"

/* Standard Webhooks' own test vector; what it does not give is `openssl dgst`'s. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
#define BODY "{\"test\": 2432232314}"
#define STANDARD "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const struct headers_of of = {.webhook_id = SV("msg_p5jXN8AQM9LWM0D4loKWxJek"),
                                     .event = SV("STATUS_CHANGED"),
                                     .seq = 4294967295u,
                                     .wall_us = 1614265330 * CLOCK_SECOND + 999999,
                                     .body = SV(BODY),
                                     .secret = SV(SECRET)};

static void check_lines(const char *row, const struct headers_of *what, const char *const *want)
{
    struct headers h;
    const char *line[POST_HEADERS_MAX];
    unsigned i = 0;
    memset(&h, 0x5A, sizeof h);
    CHECK_INT(row, headers_set(what, &h, line), STATUS_OK);
    for (; want[i] && line[i]; i++)
        CHECK_STR(row, line[i], want[i]);
    CHECK_STR(row, line[i], want[i]);
}

static void test_one_secret(void)
{
    static const char *const want[] = {
        "Content-Type: application/json",
        "X-Webhook-Event: STATUS_CHANGED",
        "X-Webhook-Sequence: 4294967295",
        "X-Webhook-Signature: 80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c",
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp: 1614265330",
        "webhook-signature: " STANDARD,
        NULL};
    check_lines("one secret", &of, want);
}

/* The secret in the contract's own header stays until the overlap ends. */
static void test_rotation(void)
{
    static const char *const want[] = {
        "Content-Type: application/json",
        "X-Webhook-Event: STATUS_CHANGED",
        "X-Webhook-Sequence: 4294967295",
        "X-Webhook-Signature: 1264ddc41f66bc790fdcbe23d510d12a5e8711925c5687b0dbfdc31e2578281e",
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp: 1614265330",
        "webhook-signature: " STANDARD " v1,/485aUtxlie+TIScVpHggMfqOB4so2KWb7+Gf727B44=",
        NULL};
    struct headers_of both = of;
    both.previous_secret = SV(OTHER);
    check_lines("two secrets", &both, want);
}

static void test_no_words(void)
{
    static char longest[HEADERS_WORD_MAX + 1];
    static const char *const bad[] = {"", "a b", "a\r\nX-More: 1", "a\tb", "caf\xc3\xa9", "a\x7f", longest};
    struct headers h;
    const char *line[POST_HEADERS_MAX];
    memset(longest, 'a', sizeof longest);
    for (unsigned i = 0; i < SUITE_N(bad); i++) {
        struct headers_of id = of, event = of;
        id.webhook_id = event.event = (struct sv){bad[i], bad[i] == longest ? sizeof longest : strlen(bad[i])};
        CHECK_INT(bad[i], headers_set(&id, &h, line), STATUS_BAD_INPUT);
        CHECK_INT(bad[i], headers_set(&event, &h, line), STATUS_BAD_INPUT);
    }
    struct headers_of most = of;
    most.webhook_id = most.event = (struct sv){longest, HEADERS_WORD_MAX};
    most.previous_secret = SV(OTHER);
    CHECK_INT("longest", headers_set(&most, &h, line), STATUS_OK);
}

static void test_no_secrets(void)
{
    struct headers h;
    const char *line[POST_HEADERS_MAX];
    struct headers_of current = of, previous = of;
    current.secret = SV("secret");
    previous.previous_secret = SV("whsec_!");
    CHECK_INT("current", headers_set(&current, &h, line), STATUS_BAD_INPUT);
    CHECK_INT("previous", headers_set(&previous, &h, line), STATUS_BAD_INPUT);
}

void init_headers_tests(void)
{
    static const struct suite_test tests[] = {
        {"with one secret", test_one_secret},
        {"during a rotation", test_rotation},
        {"what fits into no header", test_no_words},
        {"what is no secret", test_no_secrets},
    };
    suite_add("send: headers", NULL, NULL, tests, SUITE_N(tests));
}
