/* String view: bytes someone else owns. Not NUL-terminated unless said so.
 * p == NULL means "absent"; p != NULL with n == 0 means "present and empty". */
#ifndef BASE_SV_H
#define BASE_SV_H

#include <stdbool.h>
#include <stddef.h>

struct sv {
    const char *p;
    size_t n; /*!< [bytes] */
};

#define SV(lit) ((struct sv){(lit), sizeof(lit) - 1})
#define SV_NONE ((struct sv){NULL, 0})
/* For printf's "%.*s". */
#define SV_ARG(s) (int)(s).n, ((s).p ? (s).p : "")

struct sv sv_from(const char *cstr);       /* NULL gives SV_NONE */
bool sv_eq(struct sv a, struct sv b);      /* byte for byte; absent equals absent only */
bool sv_eq_ci(struct sv a, struct sv b);   /* ASCII case-insensitive */
bool sv_is(struct sv a, const char *cstr); /* byte for byte */
bool sv_has_prefix(struct sv a, struct sv prefix);
struct sv sv_trim(struct sv a); /* without ASCII space, tab, CR, LF at both ends */
/* Cuts the part before the first `sep` off *rest; false when *rest is absent.
 * "a,,b" gives "a", "", "b". */
bool sv_cut(struct sv *rest, char sep, struct sv *part_r);

#endif
