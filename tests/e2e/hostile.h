/* What the hostile suites share. OMNI_HOSTILE=heavy makes them longer and larger. */
#ifndef E2E_HOSTILE_H
#define E2E_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

bool hostile_is_heavy(void);

/* Good clients beside an attack: a few threads that read and create, each request
 * on a connection of its own, until good_end. */
struct good {
    int n, bad;                     /*!< requests, and those not answered right */
    double p50_ms, p99_ms, most_ms; /*!< of all of them */
};
void good_begin(void);
struct good good_end(const char *what); /*!< prints the figures */
/* The same for some seconds, while nothing else happens or `what` goes on. */
struct good good_for(const char *what, double seconds);
/* All answered right, enough of them, none after very long. */
void check_good(const char *row, struct good g);

/* A connection to the plain port, not blocking; -1: none. Closing it resets it. */
int hostile_connect(void);
/* Many of them. Each has sent `first`, and sends one more byte `drip` a second (0: nothing); if that
 * fails, another connection takes its place. */
struct crowd;
struct crowd *crowd_begin(int n, const char *first, char drip);
int crowd_open(const struct crowd *c);     /*!< connections that nginx still holds */
int crowd_replaced(const struct crowd *c); /*!< how often it took another */
void crowd_end(struct crowd *c);

/* Workers as they were: the same processes, and how much they hold. */
struct pool {
    int n, pids[64], descriptors;
    long rss_kib; /*!< the largest worker's */
};
struct pool pool_now(void);
void check_pool(const char *row, const struct pool *before);
/* A good request through nginx, answered right. */
void check_serves(const char *row);

#endif
