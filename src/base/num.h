/* Strict numbers: whole strings only, no sign unless said so, no white space. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/status.h"
#include "base/sv.h"

/* Decimal digits only; "01" is accepted only when `leading_zero`. */
bool num_u64(struct sv s, bool leading_zero, uint64_t max, uint64_t *out_r);

/* Exact decimals, for money: a JSON number's text (RFC 8259 §6) read as
 * digits × 10^exponent, never as a binary float. Exponents are clamped to
 * ±1e9, far past anything they are compared with. */
struct num_dec {
    const char *digits; /*!< significant digits, neither leading nor trailing zeros, no point */
    size_t n;           /*!< 0: the value is zero */
    int64_t exp;        /*!< value = 0.d1d2d3… × 10^exp */
    bool negative;
};
/* `a` holds the digits. STATUS_BAD_INPUT when s is not a JSON number. */
enum status num_dec_parse(struct arena *a, struct sv s, struct num_dec *out_r) MUST_USE;
int num_dec_cmp(const struct num_dec *x, const struct num_dec *y); /* <0, 0, >0 */
/* x × y, exactly. STATUS_TOO_LARGE when x and y have more than NUM_DEC_DIGITS_MAX
 * digits together. Takes time in proportion to x->n × y->n: keep one of them short. */
#define NUM_DEC_DIGITS_MAX 131072
enum status num_dec_mul(struct arena *a, const struct num_dec *x, const struct num_dec *y,
                        struct num_dec *out_r) MUST_USE;
/* True for a whole number 0…max written as any JSON number ("1e2", "5.0"). */
bool num_dec_u64(const struct num_dec *x, uint64_t max, uint64_t *out_r);

#endif
