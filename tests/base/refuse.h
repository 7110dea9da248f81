/* Refuses allocations of base/ on purpose. */
#ifndef TESTS_BASE_REFUSE_H
#define TESTS_BASE_REFUSE_H

#include <stddef.h>

/* The nth allocation from now (0: the next) and all after it fail. */
void refuse_from(unsigned n);
/* Nothing is refused; allocations are counted. */
void refuse_none(void);
/* The hook is off again. */
void refuse_off(void);
unsigned refuse_asked(void);   /* allocations since the last of the above */
size_t refuse_last_size(void); /* [bytes] of the newest */

#endif
