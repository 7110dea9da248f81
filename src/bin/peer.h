/* The other ends of a worker's sockets. peer.c defines the functions that libfcgi
 * reads, writes and closes by, in place of its own, which wait for ever and
 * answer records that overflow its stack: fcgios.h has them. */
#ifndef BIN_PEER_H
#define BIN_PEER_H

/* Called before a read has to wait for its peer; NULL: nothing is. It may read,
 * write and close others' connections. */
void peer_on_wait(void (*before)(void *ctx), void *ctx);

#define PEER_MAX 8        /*!< connections at a time */
#define PEER_FIRST_MAX 2  /*!< [s] to begin a request, from its first read on: nginx connects and writes at once */
#define PEER_READ_MAX 20  /*!< [s] to send all of a request, from its first read on */
#define PEER_WRITE_MAX 60 /*!< [s] to take all of an answer, from its first write on */
#define PEER_PARAMS_MAX (128u * 1024u) /*!< [bytes] all parameters; nginx's fit one record of 64 KiB */

#endif
