/* What the gate's tests share: a throw-away folder with a shared file in it, and processes. */
#ifndef GATE_SUPPORT_H
#define GATE_SUPPORT_H

#include <stdint.h>
#include <sys/types.h>
#include "gate/layout.h"
#include "gate/shared.h"

#define SECOND INT64_C(1000000)
/* Half a minute before the low 32 bits of the clock wrap. */
#define T0 (INT64_C(3) * 4294967296 - 30 * SECOND)

extern char test_dir[64];          /* made by test_open, mode 0700 */
extern struct gate_shared *shared; /* open between test_open and test_close */

void test_dir_make(void);
void test_dir_remove(void); /* with all files in it */
void test_open(unsigned rate_mib);
void test_close(void);

/* Runs f(arg) in a process of its own, which ends with its result. */
pid_t test_fork(int (*f)(void *arg), void *arg);
int test_wait(pid_t pid); /* wait status */
/* Memory that children share with us; zeroed; freed by test_unshare. */
void *test_share(size_t n);
void test_unshare(void *p, size_t n);
int64_t test_mono(void); /* [us] the real clock, for "did not hang" */

/* Checks that every used slot and chunk of the table is either reachable from
 * exactly one bucket or free exactly once, and that all windows are well formed. */
void test_audit(const char *row, const struct gate_table *t);

#endif
