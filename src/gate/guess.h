/* Wrong keys, counted per client address in bounded memory. */
#ifndef GATE_GUESS_H
#define GATE_GUESS_H

#include "gate/window.h"
#include "net/addr.h"

#define GATE_GUESSES_MAX 100 /*!< wrong keys an address (IPv6: its /64) may send in 60 s before 429 */

/* Counts one wrong key: false when over the limit or when it cannot be counted
 * (answer 429, retry after *reset_s_r ≥ 1). Of too many addresses the least
 * recently used are forgotten; keys' windows are never touched. */
bool gate_guess(struct gate_shared *g, const struct net_addr *from, int64_t mono_us, uint32_t *reset_s_r);

#endif
