/* An api on fakes of gate and desk, and what every answer of it must be. */
#ifndef FUZZ_ANSWER_H
#define FUZZ_ANSWER_H

#include "api/api.h"
#include "api/fake.h"

/* One for the whole run. */
struct api *answer_api(void);

/* "a" is the agent's key; a letter more is how the desk's calls end. */
void answer_fakes(struct sv letters);

/* JSON in the contract's form, its status the line's. */
void answer_check(int status, struct sv body);

/* Text up to the next line's end, which is passed over; empty at the end. */
struct sv answer_line(struct sv *rest);

#endif
