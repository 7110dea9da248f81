/* What a statement will do and did, by the server's own account. */
#ifndef TESTS_STORE_PLAN_H
#define TESTS_STORE_PLAN_H

#include "support.h"

/* A plain connection of its own; the rest works on it. */
void plan_start(void);
void plan_stop(void);
/* Runs it, whatever it answers; ends the program when it cannot. */
void plan_run(const char *sql);

/* Writes `text` with its ?s replaced by the operands, which are gone through
 * again and again; PLAN_NUMBER stands for plan_number. */
#define PLAN_NUMBER "@n"
extern unsigned plan_number;
void plan_fill(char *out, size_t size, const char *text, const char *const *operands, size_t n);

/* Nothing scans or sorts a table that grows. */
void plan_check(const char *name, const char *sql);
/* "TYPE KEY: EXTRA" of the first line about this table or alias. */
const char *plan_of(const char *sql, const char *table);
/* Rows that running it touches, by the storage engine's own count. */
long long plan_touched(const char *name, const char *sql);
/* Those touched on another connection since this was last called for it. */
long long plan_touched_by(MYSQL *other);

#endif
