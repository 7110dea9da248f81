/* JSON out, scope-checked: misuse and overflow are a sticky error, never a
 * malformed text. Compact form: no white space. Strings are escaped by RFC 8259
 * (only what must be: quote, backslash, controls); input must be valid UTF-8. */
#ifndef WIRE_WRITER_H
#define WIRE_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/sv.h"

#define WIRE_WRITER_DEPTH_MAX 16

struct wire_writer {
    struct buf *out;
    enum status status; /*!< sticky */
    unsigned depth;
    bool first, named;
    char scope[WIRE_WRITER_DEPTH_MAX]; /*!< '{' or '[' */
};

void wire_writer_init(struct wire_writer *w, struct buf *out);
void wire_open(struct wire_writer *w);       /* { */
void wire_close(struct wire_writer *w);      /* } */
void wire_open_list(struct wire_writer *w);  /* [ */
void wire_close_list(struct wire_writer *w); /* ] */
void wire_name(struct wire_writer *w, const char *name);
void wire_put_sv(struct wire_writer *w, struct sv s);    /* absent: null */
void wire_put_str(struct wire_writer *w, const char *s); /* NULL: null */
void wire_put_u64(struct wire_writer *w, uint64_t v);
void wire_put_bool(struct wire_writer *w, bool v);
void wire_put_null(struct wire_writer *w);
void wire_put_time(struct wire_writer *w, int64_t wall_us); /* ISO, or null for CLOCK_NONE */
void wire_put_raw(struct wire_writer *w, struct sv json);   /* a complete JSON value, trusted */
/* OK only when everything fitted and every scope is closed. */
enum status wire_finish(const struct wire_writer *w) MUST_USE;

/* The contract's error form: {"error":…,["errors":{…},]"timestamp":…,"status":N}. */
enum status wire_error_body(struct buf *out, const char *text, const struct err *fields, int64_t wall_us,
                            int http_status) MUST_USE;

#endif
