/* What the sender's suites share: senders as processes of the test's own, partners
 * with secrets, events, and a judgement of what arrived that shares no code with
 * the product. */
#ifndef E2E_SENDING_H
#define E2E_SENDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>
#include "harness/receiver.h"

enum { SENDING_PATH = 300 };

struct partner {
    char code[64], key[128], secret[128];
};
/* A fresh partner; ends the run on failure. */
void partner_new(struct partner *p, const char *stem);

/* No job, dead event, receiver or switched-off URL is left: what another test
 * left behind cannot come in between. History stays. */
void hooks_clear(void);

/* --- configurations --- */

/* The stack's configuration with other lines: `lines` are "name = value", each
 * ended by a newline, and replace all of that name; "!name" takes a name out. */
void conf_write(char path[SENDING_PATH], const char *lines);
/* Where senders listen, by the stack's configuration. */
void poke_path(char path[SENDING_PATH]);
struct sockaddr_un socket_at(const char *path);

/* --- senders --- */

/* Starts the stack's sender with these arguments (at most 8 words), `conf` NULL:
 * the stack's own; `env` NULL or "NAME=value" texts, NULL-ended. Its stderr is
 * in sender_log. Those alive at the end of a suite are killed by senders_end. */
pid_t sender_start(const char *conf, const char *const *env, const char *args);
/* sender_start with `--for 50`, and waits until it is the one who is poked. */
pid_t sender_living(const char *conf);
/* TERM; its exit status (128 and more: by a signal), -1: it did not end in time and was killed. */
int sender_stop(pid_t pid);
/* Waits for its own end; -1: it had not ended and runs on. */
int sender_ended(pid_t pid, int ms);
void sender_kill(pid_t pid);
void senders_end(void);
const char *sender_log(char *out, size_t size); /*!< of the last one started, cut at size */
/* [ms] of processor time it has had; [kB] the most memory it ever held. */
long sender_cpu_ms(pid_t pid);
long sender_peak_kb(pid_t pid);
/* SIGSTOP, and waits until every thread has stopped. */
void freeze(pid_t pid);
void thaw(pid_t pid);

/* --- events --- */

int64_t now_us(void); /*!< CLOCK_MONOTONIC, as receivers' at_us */
/* A receiver of this test's own; ends the run on failure. */
struct receiver *listening(void);
void url_of(char url[SENDING_PATH], const struct receiver *r, const char *path);
/* Opens a ticket whose events go to r's path: TICKET_CREATED is written with it.
 * Its number (static ring). */
const char *event_to(const struct partner *p, const struct receiver *r, const char *path);
const char *event_to_url(const struct partner *p, const char *url);
/* COMMENT_ADDED on that ticket. */
void comment_on(const char *number, const struct partner *p);
/* Opens a ticket to r's path, waits for its event: [ms] from before the request
 * to the arrival; 99999: it did not come in 10 s. */
long trip_ms(const struct partner *p, struct receiver *r, const char *path);
/* Polls a query until its first column is `want`; false: not in time. */
bool until(int ms, long long want, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
long long jobs_of(const char *number);
/* A text column of a ticket's event. */
const char *job_text(char out[1024], const char *number, int seq, const char *column);
void due_now(const char *number); /*!< its waiting jobs are due */

/* How often a header stands there. */
int header_count(const struct receiver_request *q, const char *name);
/* Both signature headers are right; `previous` NULL: only `secret` signs. */
void check_signed(const char *row, const struct receiver_request *q, const char *secret, const char *previous);
/* Webhook ids that arrived under a prefix: how many, and how many different. */
void count_ids(struct receiver *r, const char *prefix, unsigned *all_r, unsigned *different_r);

#endif
