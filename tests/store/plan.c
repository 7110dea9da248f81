#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static MYSQL *db;
unsigned plan_number;

void plan_start(void)
{
    db = support_connect(NULL);
}

void plan_stop(void)
{
    mysql_close(db);
}

void plan_run(const char *sql)
{
    if (mysql_query(db, sql)) {
        fprintf(stderr, "%s: %s\n", sql, mysql_error(db));
        exit(1);
    }
    mysql_free_result(mysql_store_result(db));
}

void plan_fill(char *out, size_t size, const char *text, const char *const *operands, size_t n)
{
    size_t len = 0;
    size_t next = 0;
    for (const char *p = text; *p && len + 1 < size; p++) {
        if (*p != '?') {
            out[len++] = *p;
            continue;
        }
        const char *o = operands[next++ % n];
        char number[32];
        snprintf(number, sizeof number, "%u", plan_number);
        o = strcmp(o, PLAN_NUMBER) ? o : number;
        len += (size_t)snprintf(out + len, size - len, "%s", o);
    }
    out[len] = '\0';
}

/* Tables that stay small, by the aliases they have in our statements; <…> are
 * the server's own, of a page's size. */
static bool grows(const char *table)
{
    static const char *const small[] = {"p", "q", "b", "k", "s", "service", "branch", "partner", "o"};
    if (!table || table[0] == '<')
        return false;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (!strcmp(table, small[i]))
            return false;
    return true;
}

static MYSQL_RES *explain(const char *name, const char *sql)
{
    static char text[65536];
    snprintf(text, sizeof text, "EXPLAIN %s", sql);
    CHECK_INT(name, mysql_query(db, text), 0);
    return mysql_store_result(db);
}

/* id, select_type, table, type, possible_keys, key, key_len, ref, rows, Extra */
enum { TABLE = 2, TYPE = 3, KEY = 5, ROWS = 8, EXTRA = 9 };

static const char *cell(MYSQL_ROW row, unsigned i, const char *none)
{
    return row[i] ? row[i] : none;
}

void plan_check(const char *name, const char *sql)
{
    MYSQL_RES *res = explain(name, sql);
    MYSQL_ROW row;
    unsigned growing = 0;
    while (res && (row = mysql_fetch_row(res))) {
        char what[512];
        const char *extra = cell(row, EXTRA, "");
        snprintf(what, sizeof what, "%s: %s %s key %s rows %s: %s", name, cell(row, TABLE, "-"), cell(row, TYPE, "-"),
                 cell(row, KEY, "-"), cell(row, ROWS, "-"), extra);
        if (!grows(row[TABLE])) {
            CHECK(what, strstr(extra, "Impossible") == NULL && strstr(extra, "no matching row") == NULL);
            continue;
        }
        growing++;
        CHECK(what, row[TYPE] && strcmp(row[TYPE], "ALL") != 0 && strcmp(row[TYPE], "index") != 0);
        CHECK(what, row[KEY] != NULL);
        CHECK(what, !strstr(extra, "filesort") && !strstr(extra, "temporary"));
    }
    mysql_free_result(res);
    CHECK(name, growing > 0 || !strcmp(name, "key-by-hash"));
}

const char *plan_of(const char *sql, const char *table)
{
    static char text[512];
    MYSQL_RES *res = explain(table, sql);
    MYSQL_ROW row;
    snprintf(text, sizeof text, "%s", "(none)");
    while (res && (row = mysql_fetch_row(res)))
        if (row[TABLE] && !strcmp(row[TABLE], table)) {
            snprintf(text, sizeof text, "%s %s: %s", cell(row, TYPE, "-"), cell(row, KEY, "-"), cell(row, EXTRA, ""));
            break;
        }
    mysql_free_result(res);
    return text;
}

static long long sum(MYSQL *of)
{
    long long n = 0;
    MYSQL_ROW row;
    CHECK_INT("status", mysql_query(of, "SHOW SESSION STATUS LIKE 'Handler_read%'"), 0);
    MYSQL_RES *res = mysql_store_result(of);
    while (res && (row = mysql_fetch_row(res)))
        n += strtoll(row[1], NULL, 10);
    mysql_free_result(res);
    return n;
}

long long plan_touched(const char *name, const char *sql)
{
    plan_run("FLUSH STATUS");
    CHECK_INT(name, mysql_query(db, sql), 0);
    mysql_free_result(mysql_store_result(db));
    return sum(db);
}

long long plan_touched_by(MYSQL *other)
{
    long long n = sum(other);
    CHECK_INT("flush", mysql_query(other, "FLUSH STATUS"), 0);
    return n;
}
