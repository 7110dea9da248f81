/* A body parsed for a test, in memory of exactly its size so that a byte read
 * past its end is seen. */
#ifndef TESTS_WIRE_OPENED_H
#define TESTS_WIRE_OPENED_H

#include <stddef.h>
#include "wire/json.h"

struct opened {
    struct arena *arena;
    char *body;
    struct wire_doc *doc; /*!< NULL unless status is STATUS_OK */
    enum status status;
    struct wire_node top; /*!< when doc is set */
    struct err err;
};

void open_bytes(struct opened *o, const void *body, size_t n);
void open_text(struct opened *o, const char *body);
void open_close(struct opened *o);
/* The error under a path, "" when there is none. */
const char *open_error(const struct opened *o, const char *path);

/* A view as a string of its own, for CHECK_STR; NULL when absent. Lives until
 * the fourth call after. Views longer than 4 KiB are cut. */
const char *text_of(struct sv s);

#endif
