/* The pool's shared memory: one file a host and boot, mapped by every worker
 * and by the admin program: rate windows, wrong-key counts, the database
 * breaker, and the generation that tells caches to look again. */
#ifndef GATE_SHARED_H
#define GATE_SHARED_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct gate_shared; /* owned by the caller: gate_shared_close */

/* Opens or makes DIR/omnichannel-LAYOUT-MIB-BOOT.shm: made as a temporary file and
 * linked into place, mode 0600, owned by our user (root: by the directory's
 * owner); files of other boots are removed. rate_mib: 1 to 4096; another size is
 * another file with windows of its own. Best on a tmpfs. All processes must be of
 * one PID namespace. STATUS_CONFIG: a file or folder it may not use, named in err. */
enum status gate_shared_open(const char *dir, unsigned rate_mib, struct gate_shared **g_r, struct err *err) MUST_USE;
/* The admin program: only if the pool made one already; STATUS_NOT_FOUND otherwise. */
enum status gate_shared_open_existing(const char *dir, unsigned rate_mib, struct gate_shared **g_r,
                                      struct err *err) MUST_USE;
void gate_shared_close(struct gate_shared **g);

/* Read before the rows are read; bumped after the COMMIT that changed them. */
uint64_t gate_generation(const struct gate_shared *g);
void gate_generation_bump(struct gate_shared *g);

#endif
