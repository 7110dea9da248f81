/* A proxy on a unix socket that cuts connections at chosen moments, to lose
 * requests and answers on purpose. Runs in a thread of its own. */
#ifndef HARNESS_CUTPROXY_H
#define HARNESS_CUTPROXY_H

#include <stddef.h>

enum cut {
    CUT_NOTHING,   /*!< pass everything */
    CUT_REQUEST,   /*!< the marked request never reaches the server */
    CUT_IN_FLIGHT, /*!< it does, and the connection breaks at once */
    CUT_ANSWER,    /*!< it does, the server has answered, the answer is lost */
    CUT_HANG       /*!< it does, the answer is held back and the connection stays */
};

struct cutproxy;

/* Listens on `path`, passes to `server`. NULL on failure. */
struct cutproxy *cutproxy_start(const char *path, const char *server);
/* The next `times` requests whose bytes contain `needle` are cut. */
void cutproxy_arm(struct cutproxy *p, enum cut how, const char *needle, unsigned times);
/* The same for any bytes, at most CUTPROXY_NEEDLE_MAX. */
#define CUTPROXY_NEEDLE_MAX 64
void cutproxy_arm_bytes(struct cutproxy *p, enum cut how, const void *needle, size_t n, unsigned times);
/* Cuts made since the last arming. */
unsigned cutproxy_cuts(const struct cutproxy *p);
/* From now on new connections are refused (true) or taken. */
void cutproxy_refuse(struct cutproxy *p, int refuse);
void cutproxy_stop(struct cutproxy **p);

#endif
