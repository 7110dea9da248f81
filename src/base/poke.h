/* How a COMMIT wakes the sender: a datagram with the receiver's id to a
 * well-known unix socket. Losing one costs at most the sender's next look (1 s).
 * Each sender binds a socket of its own and renames it over the well-known name. */
#ifndef BASE_POKE_H
#define BASE_POKE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

#define POKE_NAME "poke.sock" /*!< in sender_directory */
#define POKE_PATH_SIZE 108    /*!< [bytes] with NUL: sun_path */

/* --- those who poke --- */

/* Never blocks, never fails: nobody there is fine. `fd`: -1 at first, kept for
 * the next time; close it at the end. */
void poke_send(int *fd, const char *directory, uint64_t receiver);

/* --- the one who is poked --- */

struct poke_socket {
    int fd;                    /*!< non-blocking, the same until poke_close; -1: none */
    char path[POKE_PATH_SIZE]; /*!< well-known name */
    char own[POKE_PATH_SIZE];  /*!< ours, by which the other can be taken again */
    uint64_t dev, ino;         /*!< of our socket: still ours while the name has them */
};
/* Binds and takes the name; tells the one that had it (POKE_TAKEN), unless its
 * queue is full: poke_hold tells it then. STATUS_CONFIG: the directory is missing,
 * too long a name, another user's (root's is fine) or writable by others.
 * STATUS_IO. After an error p->fd is -1. */
enum status poke_bind(struct poke_socket *p, const char *directory, struct err *err) MUST_USE;
/* Takes the name again if nobody alive has it; true when it is ours. */
bool poke_hold(struct poke_socket *p);
/* Next datagram: a receiver's id, or POKE_TAKEN: another sender took the name.
 * False: none waits. Malformed ones are passed over. */
#define POKE_TAKEN UINT64_C(0)
bool poke_next(struct poke_socket *p, uint64_t *receiver_r);
/* Removes the name only if it is ours. Without effect when fd is -1. */
void poke_close(struct poke_socket *p);

#endif
