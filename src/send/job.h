/* A leased job in the sender's hands: a block of memory of its own, so that it
 * can go as soon as it has been sent. */
#ifndef SEND_JOB_H
#define SEND_JOB_H

#include "send/pool.h"
#include "store/hook_store.h"

struct send_job {
    struct pool_job pool;       /*!< first; its `bytes` is this block's size */
    struct store_hook_job hook; /*!< its views are into `text` */
    unsigned char token[STORE_HOOK_TOKEN_SIZE];
    int64_t lease_end; /*!< [us] CLOCK_BOOTTIME, which goes on while the machine sleeps */
    size_t n_secrets;  /*!< [bytes] of text that are wiped in the end */
    char text[];
};

/* NULL: no memory. */
struct send_job *job_new(const struct store_hook_job *hook, const unsigned char token[STORE_HOOK_TOKEN_SIZE],
                         int64_t lease_end);
void job_free(struct send_job **job);
struct send_job *job_of(struct pool_job *job);
/* Wipes the secrets of a job that the store gave. */
void job_wipe(struct store_hook_job *hook);

int64_t job_boot_us(void); /*!< [us] CLOCK_BOOTTIME */

#endif
