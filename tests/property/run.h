/* One run: many clients, receivers whose weather changes, senders that are
 * killed and stopped, and in the end the facts for the checker. */
#ifndef PROPERTY_RUN_H
#define PROPERTY_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/receiver.h"

enum {
    PARTNERS = 4,
    RECEIVERS = 3,
    CLIENTS = 6,
    TIMEOUT_S = 5,
    LEASE_S = TIMEOUT_S + 45,
    DRAIN_S = 240,
    PATIENCE_S = 60 /*!< so long after the end clients still repeat what has no answer */
};

struct run {
    uint64_t seed;
    unsigned seconds;
    unsigned creates, reads; /*!< [%] of what clients do; the rest are changes */
    bool rough;              /*!< the database comes and goes: a sender may end with trouble */
    bool brief;              /*!< no sender sleeps past its leases */
    _Atomic int64_t ends;    /*!< [us] monotonic: nothing is stirred up after that */
    struct {
        char code[16], key[128];
    } partners[PARTNERS];
    char agent[128]; /*!< the desk's key */
    struct receiver *receivers[RECEIVERS];
    char folder[300]; /*!< for all of its files */
    uint64_t first;   /*!< tickets from this number on are the run's */
    FILE *blows;      /*!< the checker's log of what was done to senders */
    FILE *said;       /*!< and of what callers sent and saw */
};
extern struct run run_;

/* --- common.c --- */
int64_t mono_us(void);
/* Each thread's own sequence, from the run's seed. */
struct chance {
    uint64_t state;
};
struct chance chance_of(unsigned thread);
unsigned below(struct chance *c, unsigned n); /*!< 0 … n − 1 */
bool often(struct chance *c, unsigned percent);
void pause_ms(unsigned ms);
/* A number from the environment. */
unsigned long number_from(const char *name, unsigned long standard);
/* Of this program's CLOCK_REALTIME: for those who do not choose one. */
unsigned long some_seed(void);
/* Says why, takes the stack down. */
_Noreturn void give_up(const char *what);
/* FOLDER/NAME, line by line. */
FILE *log_file(const char *name);
/* On a stack that is up, in run_.folder: partners, keys, receivers, the checker's
 * logs and FOLDER/sender.conf. */
void make_all(void);
/* Threads for clients and receivers' weather, until the run ends. */
void stir_begin(void);
void stir_end(void);
/* The checker's exit status; what it judged is kept under tests/property when it found something. */
int judge(void);
void receivers_end(void);

/* --- callers.c --- */
/* A client's life until the run ends: opens tickets, changes any of them. */
void *client(void *thread_number);
/* `call` lines for the checker. */
void write_calls(FILE *out);
/* How often which HTTP status came. */
void print_statuses(void);

/* --- senders.c --- */
/* Starts, kills, stops and ends senders until the run ends. */
void stir_senders(void);
/* Then lets one work in peace until nothing is left; false: something was. */
bool drain(void);
/* Ends all; false: one ended badly. */
bool end_senders(void);
unsigned senders_killed(void);

/* --- facts.c --- */
/* Everything the checker wants to know: FOLDER/facts. */
void write_facts(void);

#endif
