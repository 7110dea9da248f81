#include "base/num.h"

#include <string.h>

#define EXP_MAX INT64_C(1000000000)
/* Sums of this and any text's length stay far inside an int64_t. */
#define EXP_READ_MAX INT64_C(1000000000000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* v × 10 + digit, unless that passes max. */
static bool push_digit(uint64_t *v, char c, uint64_t max)
{
    uint64_t digit = (uint64_t)(c - '0');
    if (*v > max / 10 || digit > max - *v * 10)
        return false;
    *v = *v * 10 + digit;
    return true;
}

bool num_u64(struct sv s, bool leading_zero, uint64_t max, uint64_t *out_r)
{
    if (s.n == 0 || (s.n > 1 && s.p[0] == '0' && !leading_zero))
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) || !push_digit(&v, s.p[i], max))
            return false;
    *out_r = v;
    return true;
}

/* The parts of a JSON number's text. */
struct parts {
    bool negative;
    struct sv whole;
    struct sv fraction;
    int64_t exp;
};

static struct sv take_digits(struct sv *rest)
{
    struct sv got = {rest->p, 0};
    while (got.n < rest->n && is_digit(rest->p[got.n]))
        got.n++;
    rest->p += got.n;
    rest->n -= got.n;
    return got;
}

static bool take_char(struct sv *rest, const char *any_of)
{
    if (rest->n == 0 || rest->p[0] == '\0' || !strchr(any_of, rest->p[0]))
        return false;
    rest->p++;
    rest->n--;
    return true;
}

static bool take_exponent(struct sv *rest, int64_t *exp_r)
{
    bool negative = rest->n > 0 && rest->p[0] == '-';
    take_char(rest, "+-");
    struct sv digits = take_digits(rest);
    int64_t v = 0;
    for (size_t i = 0; i < digits.n && v < EXP_READ_MAX; i++)
        v = v * 10 + (digits.p[i] - '0');
    *exp_r = negative ? -v : v;
    return digits.n > 0;
}

static bool split(struct sv s, struct parts *out)
{
    if (s.n == 0)
        return false;
    *out = (struct parts){.fraction = SV("")};
    out->negative = take_char(&s, "-");
    out->whole = take_digits(&s);
    if (out->whole.n == 0 || (out->whole.n > 1 && out->whole.p[0] == '0'))
        return false;
    if (take_char(&s, ".")) {
        out->fraction = take_digits(&s);
        if (out->fraction.n == 0)
            return false;
    }
    if (take_char(&s, "eE") && !take_exponent(&s, &out->exp))
        return false;
    return s.n == 0;
}

static int64_t clamp_exp(int64_t exp)
{
    return exp > EXP_MAX ? EXP_MAX : exp < -EXP_MAX ? -EXP_MAX : exp;
}

/* Strips zeros at both ends of d[0..n) = 0.d1d2d3… × 10^exp. */
static struct num_dec normal(const char *d, size_t n, int64_t exp, bool negative)
{
    while (n > 0 && d[n - 1] == '0')
        n--;
    while (n > 0 && d[0] == '0') {
        d++;
        n--;
        exp--;
    }
    if (n == 0)
        return (struct num_dec){.digits = ""};
    return (struct num_dec){.digits = d, .n = n, .exp = clamp_exp(exp), .negative = negative};
}

enum status num_dec_parse(struct arena *a, struct sv s, struct num_dec *out_r)
{
    struct parts parts;
    if (!split(s, &parts))
        return STATUS_BAD_INPUT;
    char *d = arena_alloc(a, parts.whole.n + parts.fraction.n);
    if (!d)
        return STATUS_NO_MEMORY;
    memcpy(d, parts.whole.p, parts.whole.n);
    memcpy(d + parts.whole.n, parts.fraction.p, parts.fraction.n);
    *out_r = normal(d, parts.whole.n + parts.fraction.n, (int64_t)parts.whole.n + parts.exp, parts.negative);
    return STATUS_OK;
}

static int cmp_size(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

static int cmp_magnitude(const struct num_dec *x, const struct num_dec *y)
{
    if (x->exp != y->exp)
        return cmp_size(x->exp, y->exp);
    size_t both = x->n < y->n ? x->n : y->n;
    int c = memcmp(x->digits, y->digits, both);
    return c != 0 ? c : cmp_size((int64_t)x->n, (int64_t)y->n);
}

static int sign(const struct num_dec *x)
{
    return x->n == 0 ? 0 : x->negative ? -1 : 1;
}

int num_dec_cmp(const struct num_dec *x, const struct num_dec *y)
{
    if (sign(x) != sign(y))
        return sign(x) - sign(y);
    return sign(x) * (sign(x) == 0 ? 0 : cmp_magnitude(x, y));
}

/* Schoolbook: out[0..x->n + y->n) takes the digits of the whole-number product. */
static void multiply(const struct num_dec *x, const struct num_dec *y, char *out)
{
    memset(out, 0, x->n + y->n);
    for (size_t i = x->n; i-- > 0;) {
        int carry = 0;
        for (size_t j = y->n; j-- > 0;) {
            int v = out[i + j + 1] + (x->digits[i] - '0') * (y->digits[j] - '0') + carry;
            out[i + j + 1] = (char)(v % 10);
            carry = v / 10;
        }
        out[i] = (char)carry;
    }
    for (size_t i = 0; i < x->n + y->n; i++)
        out[i] = (char)(out[i] + '0');
}

enum status num_dec_mul(struct arena *a, const struct num_dec *x, const struct num_dec *y, struct num_dec *out_r)
{
    if (x->n > NUM_DEC_DIGITS_MAX || y->n > NUM_DEC_DIGITS_MAX - x->n)
        return STATUS_TOO_LARGE;
    char *d = arena_alloc(a, x->n + y->n);
    if (!d)
        return STATUS_NO_MEMORY;
    multiply(x, y, d);
    *out_r = normal(d, x->n == 0 || y->n == 0 ? 0 : x->n + y->n, x->exp + y->exp, x->negative != y->negative);
    return STATUS_OK;
}

bool num_dec_u64(const struct num_dec *x, uint64_t max, uint64_t *out_r)
{
    uint64_t v = 0;
    if (sign(x) < 0 || (x->n > 0 && (x->exp < (int64_t)x->n || x->exp > 20)))
        return false;
    for (int64_t i = 0; x->n > 0 && i < x->exp; i++)
        if (!push_digit(&v, i < (int64_t)x->n ? x->digits[i] : '0', max))
            return false;
    *out_r = v;
    return true;
}
