#include "base/err.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/suites.h"
#include "harness/suite.h"

static struct err e;

static void test_first_wins(void)
{
    err_init(&e);
    CHECK_INT("fresh", e.status, STATUS_OK);
    CHECK_STR("fresh", e.text, "");
    CHECK_INT("first", err_set(&e, STATUS_IO, "no %s", "disk"), STATUS_IO);
    CHECK_INT("second gives the first", err_set(&e, STATUS_CONFIG, "other"), STATUS_IO);
    CHECK_STR("text", e.text, "no disk");
    CHECK_INT("nobody listens", err_set(NULL, STATUS_DENIED, "x"), STATUS_DENIED);
}

static void test_fields(void)
{
    err_init(&e);
    err_field(&e, "customer.name", "%s is required", "Name");
    err_field(&e, "ticket.title", "Title is required");
    err_field(&e, "customer.name", "again");
    CHECK_INT("status", e.status, STATUS_INVALID);
    CHECK_STR("text", e.text, "Validation failed");
    CHECK_INT("each path once", e.n_fields, 2);
    CHECK_STR("order", e.fields[1].path, "ticket.title");
    CHECK_STR("first text wins", err_field_text(&e, "customer.name"), "Name is required");
    CHECK("no such path", !err_field_text(&e, "customer"));
}

static void test_fields_after_error(void)
{
    err_init(&e);
    err_set(&e, STATUS_BAD_INPUT, "Invalid JSON");
    err_field(&e, "body", "at byte 3");
    CHECK_INT("status stands", e.status, STATUS_BAD_INPUT);
    CHECK_STR("text stands", e.text, "Invalid JSON");
    CHECK_STR("field added", err_field_text(&e, "body"), "at byte 3");
}

static void test_init_forgets(void)
{
    err_init(&e);
    err_field(&e, "a", "b");
    err_init(&e);
    CHECK_INT("status", e.status, STATUS_OK);
    CHECK_INT("fields", e.n_fields, 0);
    CHECK("text", !err_field_text(&e, "a"));
}

static void test_many_fields(void)
{
    err_init(&e);
    for (unsigned i = 0; i < ERR_FIELDS_MAX + 5; i++) {
        char path[32];
        snprintf(path, sizeof path, "f%u", i);
        err_field(&e, path, "bad");
    }
    CHECK_INT("bounded", e.n_fields, ERR_FIELDS_MAX);
    CHECK("last kept", err_field_text(&e, "f127") != NULL);
    CHECK("next dropped", !err_field_text(&e, "f128"));
}

/* "€" is three bytes: 255 bytes hold 85 of them, 254 hold 84 and a rest. */
static void test_cut(void)
{
    char euros[3 * 200 + 1] = "";
    for (unsigned i = 0; i < 200; i++)
        memcpy(euros + (size_t)3 * i, "\xE2\x82\xAC", 4);
    err_init(&e);
    err_set(&e, STATUS_IO, "%s", euros);
    CHECK_INT("fits exactly", strlen(e.text), 255);
    err_init(&e);
    err_set(&e, STATUS_IO, "x%s", euros);
    CHECK_INT("cut at a character", strlen(e.text), 253);
    CHECK_STR("its end", e.text + 250, "\xE2\x82\xAC");
    err_field(&e, euros, "%s", euros);
    CHECK_INT("path", strlen(e.fields[0].path), 93);
    CHECK_INT("field text", strlen(e.fields[0].text), 222); /* whole characters of 3 bytes within 223 */
    err_field(&e, euros, "again");
    CHECK_INT("a cut path once too", e.n_fields, 1);
}

static void test_no_text(void)
{
    err_init(&e);
    CHECK_INT("what printf cannot", err_set(&e, STATUS_IO, "%lc", (wint_t)0x7FFFFFFF), STATUS_IO);
    CHECK_STR("no text", e.text, "");
}

void init_err_tests(void)
{
    static const struct suite_test tests[] = {
        {"the first wins", test_first_wins},
        {"fields", test_fields},
        {"fields after an error", test_fields_after_error},
        {"init forgets", test_init_forgets},
        {"many fields", test_many_fields},
        {"cut at a character", test_cut},
        {"no text", test_no_text},
    };
    suite_add("base/err", NULL, NULL, tests, SUITE_N(tests));
}
