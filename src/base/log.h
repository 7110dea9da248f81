/* One line an event: "time level program[pid] request-id event key=value…".
 * Ids and counts only: never a secret, a key, or a customer's data. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/status.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, LOG_LEVEL__MAX };
enum log_target { LOG_TARGET_STDERR, LOG_TARGET_SYSLOG, LOG_TARGET__MAX };

#define LOG_LINE_MAX 1024 /*!< [bytes]; longer lines are cut; control bytes are shown as '?' */

void log_setup(const char *program, enum log_target target, enum log_level level);
/* The id that stands in every line until it is changed; NULL or "": "-". Copied. */
void log_request_id(const char *id);
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
