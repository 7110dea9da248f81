/* Retry-After (RFC 9110 §10.2.3): seconds, or an HTTP-date in any of the three
 * forms of §5.6.7. */
#ifndef NET_RETRY_AFTER_H
#define NET_RETRY_AFTER_H

#include <stdint.h>
#include "base/sv.h"

#define NET_RETRY_AFTER_MAX (INT64_C(366) * 86400 * 1000000) /*!< [us] more is cut to it */

/* [us] from now_us (wall) on; a date gone by is 0; -1: neither form. */
int64_t net_retry_after(struct sv value, int64_t now_us);

#endif
