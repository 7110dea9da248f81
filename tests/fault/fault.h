/* A run with faults. The stack's servers are children of this program, which
 * starts again what ends, as a service manager would, and breaks what works. */
#ifndef FAULT_FAULT_H
#define FAULT_FAULT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "property/run.h"

enum {
    BACKLOG = 128, /*!< of the workers' socket: it must be possible to fill it */
    WORKERS = 2,   /*!< few, so that requests wait and are taken together */
    PIDS_MAX = 64,
    BLOW_DATABASE = 1, /*!< as process ids in the checker's log */
    BLOW_DISK = 2
};

extern struct fault {
    unsigned stop_s, full_s; /*!< so long is the database stopped, the disk full */
    atomic_bool ready, begun, over;
} fault;

/* --- parts.c --- */
enum part { PART_DATABASE, PART_POOL, PART_NGINX, N_PARTS };
/* Takes over from quickstart: its servers end, the same ones start as children,
 * under clocks that can jump and before a database that can be cut off. */
void parts_begin(void);
/* Starts what has ended; once a step, from the thread that called parts_begin. */
void parts_look_after(void);
/* All are there, and the database answers. */
bool parts_are_well(void);
void parts_end(void);
pid_t part_pid(enum part p); /*!< 0: it is not there at the moment */
/* kill -9 of the part's first process; the others of it go when it is started again. */
bool part_kill(enum part p);
/* Its children: workers of the pool, of nginx. */
unsigned part_children(enum part p, pid_t pids[PIDS_MAX]);
/* From now on the database is away, until it answers again: the checker must know. */
void database_gone(void);
bool database_answers(void);
bool print_endings(unsigned killed_workers); /*!< how often parts ended by themselves; false: a worker did */

/* --- clocks.c --- */
/* Clocks run true at first. False: libfaketime is not there. */
bool clocks_make(void);
/* For a process to be: its wall clock obeys one of them from now on. */
void clock_preload(bool database);
void clock_set(bool database, int64_t seconds); /*!< off by so much from now on */
/* The shared memory that such processes leave behind when they are killed. */
void clocks_sweep(void);

/* --- disk.c --- */
/* A disk of its own, mounted there; else what can be had: its name is `disk_kind`. */
void disk_make(const char *folder);
const char *disk_kind(void);
void disk_preload(void); /*!< for a process to be */
/* From now on nothing more can be written; true: a trial showed it. */
bool disk_fill(void);
void disk_free(void);
void disk_remove(void);

/* --- flood.c --- */
/* More requests than workers and their socket's backlog can hold; how many were answered 502. */
unsigned flood(unsigned n);

/* --- blows.c --- */
/* A thread's life: starts the parts (fault.ready), deals blows once it has begun until
 * the run ends, and looks after the parts until it is over. */
void *deal_blows(void *unused);
bool cuts_make(void);
void cuts_end(void);
/* The database's clock jumps, and with it the end of all leases. */
void database_ages(int seconds);
/* A line a kind; how many there are, how many were not seen at work. */
unsigned print_blows(unsigned *kills_r, unsigned *missing_r);
unsigned workers_killed(void);

#endif
