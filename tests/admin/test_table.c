#include "admin/table.h"

#include <stdlib.h>

#include "admin/suites.h"
#include "base/arena.h"
#include "base/clock.h"
#include "harness/suite.h"

static const char *const headers[] = {"A", "LONGER", "C", NULL};

static void check_table(const char *row, struct admin_table *t, const char *want)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    CHECK_INT(row, admin_table_end(t, out), STATUS_OK);
    fclose(out);
    CHECK_STR(row, text, want);
    free(text);
}

static void test_columns(void)
{
    struct admin_table t;
    admin_table_start(&t, headers);
    admin_table_number(&t, 18446744073709551615u);
    admin_table_str(&t, "x");
    admin_table_time(&t, 0);
    admin_table_str(&t, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"); /* three code points */
    admin_table_text(&t, SV(""));
    admin_table_text(&t, SV_NONE);
    admin_table_str(&t, "y");
    admin_table_str(&t, "wider than");
    admin_table_time(&t, CLOCK_NONE);
    check_table("aligned", &t,
                "A                     LONGER      C\n"
                "18446744073709551615  x           1970-01-01T00:00:00Z\n"
                "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80                   -           -\n"
                "y                     wider than  -\n");
}

static void test_no_rows(void)
{
    struct admin_table t;
    admin_table_start(&t, headers);
    check_table("headers only", &t, "A  LONGER  C\n");
}

static void test_record(void)
{
    struct admin_table t;
    admin_table_start_record(&t);
    admin_table_str(&t, "Name");
    admin_table_str(&t, "x");
    admin_table_str(&t, "Longer");
    admin_table_str(&t, "y");
    check_table("two columns", &t, "Name    x\nLonger  y\n");
}

static void test_nothing_steers(void)
{
    static const struct {
        const char *name, *text, *want;
    } rows[] = {
        {"escape", "a\x1b[2Jb", "a?[2Jb\n"},
        {"newline and tab", "a\n\tb", "a??b\n"},
        {"DEL and C1", "\x7f\xc2\x9b[", "??[\n"},
        {"line separators", "\xe2\x80\xa8\xe2\x80\xa9", "??\n"},
        {"direction",
         "a\xe2\x80\xae"
         "b\xe2\x81\xa6",
         "a?b?\n"},
        {"letters stay", "\xd7\xa9\xe4\xb8\xad", "\xd7\xa9\xe4\xb8\xad\n"},
    };
    static const char *const one[] = {"", NULL};
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct admin_table t;
        char want[64];
        admin_table_start(&t, one);
        admin_table_str(&t, rows[i].text);
        snprintf(want, sizeof want, "-\n%s", rows[i].want);
        check_table(rows[i].name, &t, want);
    }
}

static void test_block(void)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    CHECK_INT("text", admin_table_print_block(out, SV("one\r\n  two \x1b[0m\n\nthree"), 3), STATUS_OK);
    CHECK_INT("none", admin_table_print_block(out, SV_NONE, 3), STATUS_OK);
    fclose(out);
    CHECK_STR("indented", text, "   one\n     two ?[0m\n   \n   three\n");
    free(text);
}

static int refuse_all(size_t n)
{
    (void)n;
    return 0;
}

static void test_no_memory(void)
{
    struct admin_table t;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    arena_alloc_hook = refuse_all;
    admin_table_start(&t, headers);
    admin_table_str(&t, "x");
    CHECK_INT("said at the end", admin_table_end(&t, out), STATUS_NO_MEMORY);
    CHECK_INT("block", admin_table_print_block(out, SV("x"), 0), STATUS_NO_MEMORY);
    arena_alloc_hook = NULL;
    fclose(out);
    CHECK_STR("nothing printed", text, "");
    free(text);
}

void init_table_tests(void)
{
    static const struct suite_test tests[] = {
        {"columns", test_columns}, {"no rows", test_no_rows},
        {"record", test_record},   {"nothing steers a terminal", test_nothing_steers},
        {"block", test_block},     {"no memory", test_no_memory},
    };
    suite_add("admin table", NULL, NULL, tests, SUITE_N(tests));
}
