#include "harness/suite.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *filter;

void suite_add(const char *name, int (*set_up)(void), int (*tear_down)(void), const struct suite_test *tests,
               unsigned n)
{
    if (filter && !strstr(name, filter))
        return;
    CU_pSuite s = CU_add_suite(name, set_up, tear_down);
    if (!s)
        abort();
    for (unsigned i = 0; i < n; i++)
        if (!CU_add_test(s, tests[i].name, tests[i].run))
            abort();
}

int suite_main(int argc, char **argv, const suite_init *inits)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    filter = argc > 1 ? argv[1] : NULL;
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    for (; *inits; inits++)
        (*inits)();
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_ErrorCode ran = CU_basic_run_tests();
    int bad = ran != CUE_SUCCESS || CU_get_number_of_tests_run() == 0 || CU_get_number_of_failure_records() != 0;
    CU_cleanup_registry();
    return bad ? 1 : 0;
}

/* CUnit keeps the condition's address, so failed texts live as long as the run. */
static void record(const char *file, unsigned line, int ok, const char *text)
{
    const char *kept = ok ? text : strdup(text);
    CU_assertImplementation(ok ? CU_TRUE : CU_FALSE, line, kept ? kept : "out of memory", file, "", CU_FALSE);
}

void suite_check_str(const char *file, unsigned line, const char *row, const char *got, const char *want)
{
    int ok = got && want ? strcmp(got, want) == 0 : got == want;
    char text[1024] = "";
    if (!ok)
        snprintf(text, sizeof text, "[%s] got \"%s\", want \"%s\"", row, got ? got : "(null)", want ? want : "(null)");
    record(file, line, ok, text);
}

void suite_check_int(const char *file, unsigned line, const char *row, long long got, long long want)
{
    char text[256] = "";
    if (got != want)
        snprintf(text, sizeof text, "[%s] got %lld, want %lld", row, got, want);
    record(file, line, got == want, text);
}

void suite_check(const char *file, unsigned line, const char *row, int ok, const char *what)
{
    char text[512] = "";
    if (!ok)
        snprintf(text, sizeof text, "[%s] %s", row, what);
    record(file, line, ok, text);
}
