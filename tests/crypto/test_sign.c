#include "crypto/sign.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "crypto/fake_openssl.h"
#include "crypto/suites.h"
#include "harness/suite.h"

/* The example of Standard Webhooks' specification. */
#define VECTOR_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define VECTOR_ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define VECTOR_TIME 1614265330
#define VECTOR_BODY "{\"test\": 2432232314}"
#define VECTOR_SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
/* By openssl-dgst(1), -macopt hexkey:000102…1f over the same text. */
#define OTHER_SECRET "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OTHER_SIGNATURE "v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI="
/* printf %s BODY | openssl dgst -sha256 -hmac SECRET */
#define HEX_BODY "{\"event\":\"STATUS_CHANGED\",\"ticketNumber\":\"1408\"}"
#define HEX "ce05305491a56006d5f7bb365a6a6b0b8ded8aa5e5411c56136a0704853d9bd8"

static void test_hex(void)
{
    static const struct {
        const char *row, *secret, *body, *hex;
    } rows[] = {
        {"event", VECTOR_SECRET, HEX_BODY, HEX},
        {"empty", VECTOR_SECRET, "", "da5f5865984e699a69cfec62ce49a76daf8ae4601b54a781fa13f3b2d3b2088a"},
        {"other", OTHER_SECRET, HEX_BODY, "32382786c5341d8684c75a6088ad9b9b1a906969d7b5eeb4d02ded310927090a"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[SIGN_HEX_SIZE];
        CHECK_INT(rows[i].row, sign_hex(sv_from(rows[i].secret), sv_from(rows[i].body), out), STATUS_OK);
        CHECK_STR(rows[i].row, out, rows[i].hex);
    }
    char out[SIGN_HEX_SIZE];
    struct sv huge = {HEX_BODY, (size_t)INT_MAX + 1};
    CHECK_INT("secret too long", sign_hex(huge, SV("x"), out), STATUS_TOO_LARGE);
}

/* The last four by openssl-dgst(1) as above. */
static void test_standard(void)
{
    static const struct {
        const char *secret, *id;
        int64_t timestamp;
        const char *body, *signature;
    } rows[] = {
        {VECTOR_SECRET, VECTOR_ID, VECTOR_TIME, VECTOR_BODY, VECTOR_SIGNATURE},
        {OTHER_SECRET, VECTOR_ID, VECTOR_TIME, VECTOR_BODY, OTHER_SIGNATURE},
        {OTHER_SECRET, "c", -1, "", "v1,vx9Z1+oj+XljnS70SC8grcXjg7l5HXpFP26YBwogpoI="},
        {"whsec_////////////////////////////////", "id", 0, "x", "v1,IhJyf4a0hEdHKG90/GE1QOLhLE1huwyE8/zwHwXuWX0="},
        {"whsec_/////////////////////////////////////////////////////////////////////////////////////w==", "id", 0, "x",
         "v1,Ym/bkK+AfHv3q/BVfgGdEnlOnRa2ZgY6pDS4ACuCf08="},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[SIGN_STANDARD_SIZE];
        enum status s =
            sign_standard(sv_from(rows[i].secret), sv_from(rows[i].id), rows[i].timestamp, sv_from(rows[i].body), out);
        CHECK_INT(rows[i].secret, s, STATUS_OK);
        CHECK_STR(rows[i].secret, out, rows[i].signature);
    }
}

static void test_bad_secrets(void)
{
    static const char *const rows[] = {
        "",
        "whsec_",
        "whsec",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=",
        "whsec_MfKQ9r8GKYqrTwjU PD8ILPZIo2LaLaSw",
        /* 23 and 65 bytes */
        "whsec_//////////////////////////////8=",
        "whsec_//////////////////////////////////////////////////////////////////////////////////////8=",
        /* longer than any key's text */
        "whsec_////////////////////////////////////////////////////////////////////////////////////////////////////",
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char out[SIGN_STANDARD_BOTH_SIZE];
        struct sv bad = sv_from(rows[i]), good = SV(VECTOR_SECRET);
        CHECK_INT(rows[i], sign_standard(bad, SV("a"), 1, SV("b"), out), STATUS_BAD_INPUT);
        CHECK_INT(rows[i], sign_standard_both(bad, SV_NONE, SV("a"), 1, SV("b"), out), STATUS_BAD_INPUT);
        CHECK_INT(rows[i], sign_standard_both(good, bad, SV("a"), 1, SV("b"), out), STATUS_BAD_INPUT);
        CHECK(rows[i], !sign_standard_verify(bad, SV(VECTOR_ID), VECTOR_TIME, SV(VECTOR_BODY), SV(VECTOR_SIGNATURE)));
    }
    char out[SIGN_STANDARD_SIZE];
    CHECK_INT("absent", sign_standard(SV_NONE, SV("a"), 1, SV("b"), out), STATUS_BAD_INPUT);
}

static void test_rotation(void)
{
    char out[SIGN_STANDARD_BOTH_SIZE];
    struct sv now = SV(OTHER_SECRET), before = SV(VECTOR_SECRET), id = SV(VECTOR_ID), body = SV(VECTOR_BODY);
    CHECK_INT("one", sign_standard_both(now, SV_NONE, id, VECTOR_TIME, body, out), STATUS_OK);
    CHECK_STR("one", out, OTHER_SIGNATURE);
    CHECK("the old one is out", !sign_standard_verify(before, id, VECTOR_TIME, body, sv_from(out)));
    CHECK_INT("both", sign_standard_both(now, before, id, VECTOR_TIME, body, out), STATUS_OK);
    CHECK_STR("both", out, OTHER_SIGNATURE " " VECTOR_SIGNATURE);
    CHECK("by the new one", sign_standard_verify(now, id, VECTOR_TIME, body, sv_from(out)));
    CHECK("by the old one", sign_standard_verify(before, id, VECTOR_TIME, body, sv_from(out)));
}

#define WRONG "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void test_verify_header(void)
{
    static const struct {
        const char *header;
        bool ok;
    } rows[] = {
        {VECTOR_SIGNATURE, true},
        {WRONG " " VECTOR_SIGNATURE, true},
        {VECTOR_SIGNATURE " " WRONG, true},
        {WRONG " " WRONG " " VECTOR_SIGNATURE " " WRONG, true},
        {"v1a,abc  " VECTOR_SIGNATURE, true},
        {VECTOR_SIGNATURE " ", true},
        {"", false},
        {" ", false},
        {"v1,", false},
        {WRONG, false},
        {WRONG " " WRONG, false},
        {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", false},
        {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE==", false},
        {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", false},
        {"v1,G0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
        {"v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
        {"g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
        {VECTOR_SIGNATURE "," WRONG, false},
        {VECTOR_SIGNATURE "\t" WRONG, false},
        {VECTOR_SIGNATURE "\n", false},
        {"v1, g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        bool ok = sign_standard_verify(SV(VECTOR_SECRET), SV(VECTOR_ID), VECTOR_TIME, SV(VECTOR_BODY),
                                       sv_from(rows[i].header));
        CHECK_INT(rows[i].header, ok, rows[i].ok);
    }
    CHECK("absent", !sign_standard_verify(SV(VECTOR_SECRET), SV(VECTOR_ID), VECTOR_TIME, SV(VECTOR_BODY), SV_NONE));
}

/* Whatever differs, and every prefix of the signature. */
static void test_verify_differs(void)
{
    struct sv secret = SV(VECTOR_SECRET), id = SV(VECTOR_ID), body = SV(VECTOR_BODY), header = SV(VECTOR_SIGNATURE);
    CHECK("right", sign_standard_verify(secret, id, VECTOR_TIME, body, header));
    CHECK("secret", !sign_standard_verify(SV(OTHER_SECRET), id, VECTOR_TIME, body, header));
    CHECK("id", !sign_standard_verify(secret, SV("msg_p5jXN8AQM9LWM0D4loKWxJeK"), VECTOR_TIME, body, header));
    CHECK("later", !sign_standard_verify(secret, id, VECTOR_TIME + 1, body, header));
    CHECK("body", !sign_standard_verify(secret, id, VECTOR_TIME, SV("{\"test\":2432232314}"), header));
    CHECK("shorter body", !sign_standard_verify(secret, id, VECTOR_TIME, SV("{\"test\": 243223231"), header));
    CHECK("cut elsewhere", !sign_standard_verify(secret, SV(VECTOR_ID ".1614265330"), VECTOR_TIME, body, header));
    for (size_t n = 0; n < header.n; n++)
        CHECK("truncated", !sign_standard_verify(secret, id, VECTOR_TIME, body, (struct sv){header.p, n}));
}

static void test_hex_verify(void)
{
    static const struct {
        const char *header;
        bool ok;
    } rows[] = {
        {HEX, true},
        {"", false},
        {HEX "0", false},
        {" " HEX, false},
        {"sha256=" HEX, false},
        {"CE05305491A56006D5F7BB365A6A6B0B8DED8AA5E5411C56136A0704853D9BD8", false},
        {"ce05305491a56006d5f7bb365a6a6b0b8ded8aa5e5411c56136a0704853d9bd9", false},
        {"de05305491a56006d5f7bb365a6a6b0b8ded8aa5e5411c56136a0704853d9bd8", false},
    };
    struct sv secret = SV(VECTOR_SECRET), body = SV(HEX_BODY);
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_INT(rows[i].header, sign_hex_verify(secret, body, sv_from(rows[i].header)), rows[i].ok);
    for (size_t n = 0; n < sizeof HEX - 1; n++)
        CHECK("truncated", !sign_hex_verify(secret, body, (struct sv){HEX, n}));
    CHECK("absent", !sign_hex_verify(secret, body, SV_NONE));
    CHECK("secret", !sign_hex_verify(SV(OTHER_SECRET), body, SV(HEX)));
    CHECK("body", !sign_hex_verify(secret, SV(HEX_BODY " "), SV(HEX)));
}

/* Each of OpenSSL's allocations fails once: an error or the right signature. */
static void test_no_memory(void)
{
    char out[SIGN_STANDARD_SIZE];
    unsigned failed = 0;
    fake_openssl_refuse_none();
    CHECK_INT("all", sign_standard(SV(VECTOR_SECRET), SV(VECTOR_ID), VECTOR_TIME, SV(VECTOR_BODY), out), STATUS_OK);
    unsigned needed = fake_openssl_asked();
    for (unsigned n = 0; n < needed; n++) {
        fake_openssl_refuse_from(n);
        enum status s = sign_standard(SV(VECTOR_SECRET), SV(VECTOR_ID), VECTOR_TIME, SV(VECTOR_BODY), out);
        bool right = s == STATUS_OK && strcmp(out, VECTOR_SIGNATURE) == 0;
        CHECK("error or result", s == STATUS_INTERNAL || right);
        CHECK_INT(
            "verify",
            sign_standard_verify(SV(VECTOR_SECRET), SV(VECTOR_ID), VECTOR_TIME, SV(VECTOR_BODY), SV(OTHER_SIGNATURE)),
            false);
        failed += s == STATUS_INTERNAL;
    }
    fake_openssl_refuse_none();
    CHECK("some failed", failed > 0);
}

void init_sign_tests(void)
{
    static const struct suite_test tests[] = {
        {"hex", test_hex},
        {"Standard Webhooks", test_standard},
        {"malformed secrets", test_bad_secrets},
        {"rotation", test_rotation},
        {"verify: header", test_verify_header},
        {"verify: what differs", test_verify_differs},
        {"verify: hex", test_hex_verify},
        {"no memory", test_no_memory},
    };
    suite_add("crypto/sign", NULL, NULL, tests, SUITE_N(tests));
}
