/* What the receiver answers: a path's rule as a script of bytes and pauses. */
#ifndef HARNESS_RECEIVER_RULES_H
#define HARNESS_RECEIVER_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum answer_how { ANSWER_BYTES, ANSWER_NOTHING, ANSWER_DEAF, ANSWER_RESET, ANSWER_CLOSE };

/* `head`, then `tail`: after a delay the first `at_once` bytes, then `step` bytes each pause. */
struct answer {
    enum answer_how how;
    int status; /*!< that the caller gets to see, 0: none */
    char head[512];
    size_t n_head;
    const char *tail; /*!< static or the rules' */
    size_t n_tail;
    bool again; /*!< the tail is repeated without end */
    bool close; /*!< afterwards */
    int64_t delay_us, pause_us;
    size_t at_once, step;
};

struct rules; /* for one thread at a time */

struct rules *rules_new(void);
void rules_free(struct rules **r);
/* `path` without query; `webhook_id` "": none was sent. */
void rules_answer(struct rules *r, const char *path, const char *webhook_id, struct answer *out_r);
/* Forgets whom /first has seen. */
void rules_clear(struct rules *r);

#endif
