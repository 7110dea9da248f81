/* Time. Everything that judges by time takes `now` as an argument; only bin/
 * and admin/ read a clock. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "base/sv.h"

#define CLOCK_SECOND INT64_C(1000000) /*!< [us] */
#define CLOCK_NONE INT64_MIN          /*!< "not set", SQL's NULL */

int64_t clock_wall_us(void); /* [us] since 1970-01-01T00:00:00Z, CLOCK_REALTIME */
int64_t clock_mono_us(void); /* [us] CLOCK_MONOTONIC: the same in all processes of one boot */

#define CLOCK_ISO_SIZE 21 /*!< "YYYY-MM-DDThh:mm:ssZ" and NUL */
/* UTC, whole seconds (cut, not rounded), whatever TZ says. Years 0001–9999. */
void clock_iso(int64_t wall_us, char out[CLOCK_ISO_SIZE]);
/* Exactly the form above; false otherwise. */
bool clock_parse_iso(struct sv s, int64_t *wall_us_r);

#endif
