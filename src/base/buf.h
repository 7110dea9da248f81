/* Growing byte buffer with a cap and a sticky error: append freely, check once. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include "base/status.h"
#include "base/sv.h"

struct buf {
    char *p;            /*!< owned; NUL-terminated whenever not NULL */
    size_t n;           /*!< [bytes] used, without the NUL */
    size_t size;        /*!< [bytes] allocated */
    size_t cap;         /*!< [bytes] most that n may become */
    enum status status; /*!< sticky: STATUS_OK, STATUS_NO_MEMORY or STATUS_TOO_LARGE */
};

void buf_init(struct buf *b, size_t cap);
void buf_free(struct buf *b);  /* keeps cap, so the buffer can be used again */
void buf_clear(struct buf *b); /* n = 0, status OK, memory kept */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_sv(struct buf *b, struct sv s);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for n more bytes, to be filled by the caller and then claimed with
 * buf_claim; NULL on error. */
char *buf_room(struct buf *b, size_t n);
void buf_claim(struct buf *b, size_t n);
struct sv buf_view(const struct buf *b); /* p never NULL */

#endif
