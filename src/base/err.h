/* What went wrong, for people: one text, and a bounded list of field errors.
 * The first text wins; field errors add up, each path once (first text wins). */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include "base/status.h"

#define ERR_TEXT_MAX 256 /*!< [bytes] with NUL; longer texts are cut at a character */
#define ERR_PATH_MAX 96  /*!< [bytes] with NUL */
#define ERR_FIELD_TEXT_MAX 224
#define ERR_FIELDS_MAX 128 /*!< further field errors are dropped */

struct err_field {
    char path[ERR_PATH_MAX];
    char text[ERR_FIELD_TEXT_MAX];
};

/* Plain memory, no ownership: may live on the stack or in a static. */
struct err {
    enum status status;
    char text[ERR_TEXT_MAX];
    unsigned n_fields;
    struct err_field fields[ERR_FIELDS_MAX];
};

void err_init(struct err *e);
/* Sets status and text unless an error stands already; returns the standing
 * status, so `return err_set(e, STATUS_IO, "…")` reads well. e may be NULL. */
enum status err_set(struct err *e, enum status s, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Adds a field error and, if nothing stands yet, status STATUS_INVALID with the
 * text "Validation failed". */
void err_field(struct err *e, const char *path, const char *fmt, ...) PRINTF_LIKE(3, 4);
void err_vfield(struct err *e, const char *path, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);
/* The text under a path, or NULL. */
const char *err_field_text(const struct err *e, const char *path);

#endif
