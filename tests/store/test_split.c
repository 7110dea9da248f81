/* SQL files into statements. */
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include "harness/suite.h"
#include "store/split.h"

/* Statements are joined by '~'; the status that ends them stands after '='. */
static const struct {
    const char *name, *text, *want;
} rows[] = {
    {"nothing", "", "=not-found"},
    {"white space", " \n\t\r\n", "=not-found"},
    {"one", "SELECT 1;", "SELECT 1~=not-found"},
    {"two, spaces around", "  A ;\n B\n;\n", "A ~B\n~=not-found"},
    {"empty statement", ";A;", "~A~=not-found"},
    {"no end", "A; B", "A~=bad-input"},
    {"comment line before", "-- a; b\nA;", "A~=not-found"},
    {"comment line alone", "-- a;", "=not-found"},
    {"empty comment line", "--\nA;", "A~=not-found"},
    {"two minus signs are no comment", "SELECT 1--1;", "SELECT 1--1~=not-found"},
    {"hash comment", "# x;\nA;", "A~=not-found"},
    {"C comment", "/* ; */A /* ; */;", "A /* ; */~=not-found"},
    {"C comment without end", "A /* ;", "=bad-input"},
    {"C comment without end, first", "/* ;", "=bad-input"},
    {"/*/ does not end itself", "/*/ x */A;", "A~=not-found"},
    {"comment inside", "A -- ;\n B;", "A -- ;\n B~=not-found"},
    {"quotes", "A ';' \";\" `;`;", "A ';' \";\" `;`~=not-found"},
    {"doubled quote", "A 'it''s;';", "A 'it''s;'~=not-found"},
    {"escaped quote", "A 'it\\';';", "A 'it\\';'~=not-found"},
    {"no escapes in names", "A `\\`;", "A `\\`~=not-found"},
    {"other quote inside", "A '\";\"';", "A '\";\"'~=not-found"},
    {"comment signs in quotes", "A '-- ' '/*';", "A '-- ' '/*'~=not-found"},
    {"quote in a comment", "-- it's\nA;", "A~=not-found"},
    {"quote without end", "A ';", "=bad-input"},
    {"escape at the end", "A '\\", "=bad-input"},
};

static void cuts(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char got[256];
        size_t n = 0;
        struct sv rest = sv_from(rows[i].text);
        struct sv one;
        enum status st;
        while ((st = split_next(&rest, &one)) == STATUS_OK)
            n += (size_t)snprintf(got + n, sizeof got - n, "%.*s~", SV_ARG(one));
        snprintf(got + n, sizeof got - n, "=%s", status_name(st));
        CHECK_STR(rows[i].name, got, rows[i].want);
    }
}

/* Every beginning of a file is cut or refused, never read beyond: for the sanitizers. */
static void cut_short(void)
{
    static const char text[] = "-- c\nA '\\'' \"x\"\"y\" /* z */ `q`; # d\nB;";
    for (size_t n = 0; n < sizeof text; n++) {
        char copy[sizeof text];
        memcpy(copy, text, n);
        struct sv rest = {copy, n};
        struct sv one;
        unsigned count = 0;
        while (split_next(&rest, &one) == STATUS_OK)
            count++;
        CHECK_INT("statements", count, n < 31 ? 0 : n < sizeof text - 1 ? 1 : 2);
    }
}

static const struct {
    const char *name, *text;
    unsigned want;
} oldest[] = {
    {"said", "-- x\n-- oldest program: 12\nA;", 12},
    {"not said", "-- x\nA;", 0},
    {"not a number", "-- oldest program: new\n", 0},
    {"not at the line's beginning", "x -- oldest program: 3\n", 0},
};

static void oldest_program(void)
{
    for (size_t i = 0; i < sizeof oldest / sizeof *oldest; i++)
        CHECK_INT(oldest[i].name, split_oldest(sv_from(oldest[i].text)), oldest[i].want);
}

void init_split_tests(void)
{
    static const struct suite_test tests[] = {
        {"statements", cuts},
        {"files cut short", cut_short},
        {"oldest program", oldest_program},
    };
    suite_add("store split", NULL, NULL, tests, SUITE_N(tests));
}
