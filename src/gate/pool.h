/* Free slots and chunks of one table. All functions but gate_pool_lock want the
 * pool's lock held, and that only inside a bucket's. */
#ifndef GATE_POOL_H
#define GATE_POOL_H

#include "gate/layout.h"

bool gate_pool_lock(struct gate_table *t); /* false: a stuck holder. Mends what a dead one left. */
void gate_pool_unlock(struct gate_table *t);

/* GATE_NONE: no room. What was taken is lost to a kill until it can be reached
 * from a bucket; then it is found again. */
uint32_t gate_pool_take_slot(struct gate_table *t);
uint32_t gate_pool_take_chunk(struct gate_table *t);
/* To be given only what no bucket reaches any more. */
void gate_pool_give_slot(struct gate_table *t, uint32_t slot);
void gate_pool_give_chunks(struct gate_table *t, uint32_t first,
                           uint32_t end); /* the list from first up to, not with, end */

#endif
