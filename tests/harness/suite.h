/* The one main all CUnit programs share: one init_*_tests() a file. */
#ifndef HARNESS_SUITE_H
#define HARNESS_SUITE_H

#include <CUnit/CUnit.h>

typedef void (*suite_init)(void);

/* Registers everything, runs it, prints CUnit's summary. 0 only if at least one
 * test ran and no failure record of any kind stands (a suite whose set-up
 * failed counts). argv[1], when given: run only suites whose name contains it. */
int suite_main(int argc, char **argv, const suite_init *inits);

/* A suite with its tests in one call; aborts on a registry error. */
struct suite_test {
    const char *name;
    void (*run)(void);
};
void suite_add(const char *name, int (*set_up)(void), int (*tear_down)(void), const struct suite_test *tests,
               unsigned n);
#define SUITE_N(a) (unsigned)(sizeof(a) / sizeof((a)[0]))

/* Assertions that print what they saw: a failed table row names itself. */
#define CHECK_STR(row, got, want) suite_check_str(__FILE__, __LINE__, row, got, want)
#define CHECK_INT(row, got, want) suite_check_int(__FILE__, __LINE__, row, (long long)(got), (long long)(want))
#define CHECK(row, cond) suite_check(__FILE__, __LINE__, row, (cond) ? 1 : 0, #cond)
void suite_check_str(const char *file, unsigned line, const char *row, const char *got, const char *want);
void suite_check_int(const char *file, unsigned line, const char *row, long long got, long long want);
void suite_check(const char *file, unsigned line, const char *row, int ok, const char *what);

#endif
