/* The strict gate: one pass over a body that checks it to the letter, compacts
 * it in place and writes json-c's skeleton of it. For wire/json.c only. */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* [bytes] raw; longer ones stay in the body. For names more than six times the
 * API's longest, so that each is found even when sent all in escapes. For
 * strings where a marker begins to cost json-c less than the string. */
#define SCAN_NAME_MAX 128
#define SCAN_STRING_MAX 48
#define SCAN_INDEX_DIGITS 6
#define SCAN_BODY_MAX (1u << 30) /*!< [bytes] so that offsets and json-c's int lengths hold */

/* Markers, none of which a valid body can contain: a value that starts with
 * U+0000, then the kind's letter and SCAN_INDEX_DIGITS decimal digits, the
 * index of its span; a name (json-c's end at U+0000) that starts with 0xFF. */
enum scan_kind {
    SCAN_NUMBER = '#',
    SCAN_STRING = '@',
    SCAN_NAME = 0xFF,
    SCAN_SPENT = '!', /*!< a string whose bytes have been overwritten */
};

struct scan_span {
    uint32_t off, n; /*!< [bytes] in the compacted body, without quotes */
    enum scan_kind kind;
};

struct scan_result {
    size_t n; /*!< [bytes] of the compacted body */
    struct buf skeleton;
    struct buf spans; /*!< struct scan_span, by rising offset */
    size_t count;     /*!< values and names */
    const char *what; /*!< with STATUS_BAD_INPUT: what is wrong … */
    size_t at;        /*!< … and where [byte offset as sent] */
};

/* STATUS_OK, STATUS_BAD_INPUT, STATUS_TOO_LARGE or STATUS_NO_MEMORY. Always
 * free the result. */
enum status scan_body(char *body, size_t n, struct scan_result *r) MUST_USE;
void scan_free(struct scan_result *r);
struct scan_span *scan_span_at(const struct buf *spans, size_t index); /* NULL past the last */

#endif
