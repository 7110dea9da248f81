/* One run: many clients, receivers whose weather changes, senders that are
 * killed and stopped, and in the end the facts for the checker. */
#ifndef PROPERTY_RUN_H
#define PROPERTY_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/receiver.h"

enum { PARTNERS = 4, RECEIVERS = 3, CLIENTS = 6, TIMEOUT_S = 5, LEASE_S = TIMEOUT_S + 45, DRAIN_S = 240 };

struct run {
    uint64_t seed;
    unsigned seconds;
    int64_t ends; /*!< [us] monotonic: nothing is stirred up after that */
    struct {
        char code[16], key[128];
    } partners[PARTNERS];
    char agent[128]; /*!< the desk's key */
    struct receiver *receivers[RECEIVERS];
    char folder[300]; /*!< for all of its files */
    uint64_t first;   /*!< tickets from this number on are the run's */
    FILE *blows;      /*!< the checker's log of what was done to senders */
};
extern struct run run_;

int64_t mono_us(void);
/* Each thread's own sequence, from the run's seed. */
struct chance {
    uint64_t state;
};
struct chance chance_of(unsigned thread);
unsigned below(struct chance *c, unsigned n); /*!< 0 … n − 1 */
bool often(struct chance *c, unsigned percent);
void pause_ms(unsigned ms);

/* --- callers.c --- */
/* A client's life until the run ends: opens tickets, changes any of them. */
void *client(void *thread_number);
/* `call` lines for the checker. */
void write_calls(FILE *out);

/* --- senders.c --- */
/* Starts, kills, stops and ends senders until the run ends. */
void stir_senders(void);
/* Then lets one work in peace until nothing is left; false: something was. */
bool drain(void);
/* Ends all; false: one ended badly. */
bool end_senders(void);

/* --- facts.c --- */
/* Everything the checker wants to know: FOLDER/facts. */
void write_facts(void);

#endif
