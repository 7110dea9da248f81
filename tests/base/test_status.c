#include "base/status.h"

#include "base/suites.h"
#include "harness/suite.h"

static void test_names(void)
{
    static const struct {
        enum status s;
        const char *name;
    } rows[] = {
        {STATUS_OK, "ok"},
        {STATUS_NO_MEMORY, "no-memory"},
        {STATUS_TOO_LARGE, "too-large"},
        {STATUS_BAD_INPUT, "bad-input"},
        {STATUS_INVALID, "invalid"},
        {STATUS_NOT_FOUND, "not-found"},
        {STATUS_EXISTS, "exists"},
        {STATUS_CONFLICT, "conflict"},
        {STATUS_CLOSED, "closed"},
        {STATUS_DENIED, "denied"},
        {STATUS_LIMITED, "limited"},
        {STATUS_UNAVAILABLE, "unavailable"},
        {STATUS_UNCERTAIN, "uncertain"},
        {STATUS_IO, "io"},
        {STATUS_CONFIG, "config"},
        {STATUS_INTERNAL, "internal"},
        {STATUS__MAX, "unknown"},
        {(enum status)1000, "unknown"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        CHECK_STR(rows[i].name, status_name(rows[i].s), rows[i].name);
    CHECK_INT("every status has a row", STATUS__MAX, SUITE_N(rows) - 2);
}

void init_status_tests(void)
{
    static const struct suite_test tests[] = {{"names", test_names}};
    suite_add("base/status", NULL, NULL, tests, SUITE_N(tests));
}
