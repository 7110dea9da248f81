/* The stack under test: the project's own quickstart in a throw-away folder on
 * free ports, and short ways to talk to it. A step that cannot be done ends the
 * whole run with a message: there is nothing to test without a stack. */
#ifndef E2E_STACK_H
#define E2E_STACK_H

#include <stdbool.h>
#include <stddef.h>

struct stack {
    char var[256], url[256], tls_url[256], ca[512], key[128], agent[128], secret[128];
    char admin[512], sender[512], socket[256], db[64];
    int http_port, https_port;
};
extern struct stack stack;

/* QUICKSTART (environment) or the tree's own; OMNI_E2E_KEEP=1 leaves the folder. */
int stack_up(void);
/* The same in an empty folder that is there, on a disk of its own perhaps. */
int stack_up_in(const char *folder);
void stack_down(void);
/* `quickstart up` once more on the same folder; its exit status. */
int stack_up_again(void);
/* The same, and from now on the stack starts its senders itself, or not: at first
 * it does not, so that suites can tell what their own do. */
int stack_sends(bool on);

/* A port of loopback that nobody listens on now. */
int free_port(void);
/* Runs a shell command, captures stdout (cut at size), returns its exit status. */
int run(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* omnichannel-admin with these arguments; stdout's last line into out. */
int admin(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A fresh key by `key create --partner PARTNER ARGS`; ends the run on failure. */
void make_key(char out[128], const char *partner, const char *args);
/* A fresh partner CODE. */
void make_partner(const char *code, const char *args);

/* First column of the first row as root on the stack's MariaDB; "" for none. */
const char *sql(char out[1024], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
long long sql_int(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Pids of the pool's workers (by the stack's own pid file's children). */
int worker_pids(int *pids, int max);
int pid_of(const char *what); /* "mariadb", "nginx", "workers": from the run folder's pid files */

char *fixture(const char *name);        /* malloc'd text of tests/fixtures/NAME */
const char *unique(const char *prefix); /* a new string each call (static ring) */

#endif
