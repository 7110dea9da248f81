#include "base/base64.h"

#include <stdint.h>
#include <string.h>

/* The characters' values; those of one alphabet alone carry its flag, those of
 * none both. So both flags seen, ever, means a bad character or mixed alphabets. */
#define STANDARD 0x40u
#define URL 0x80u
#define FLAGS (STANDARD | URL)
#define S(v) ((v) | STANDARD)
#define U(v) ((v) | URL)
#define XX FLAGS

/* clang-format off */
static const uint8_t table[256] = {
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, S(62), XX, U(62), XX, S(63),
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX,
    XX,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, U(63),
    XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
};
/* clang-format on */

/* Length without the padding of a fully padded text. */
static size_t unpadded(const char *in, size_t n)
{
    if (n == 0 || n % 4 != 0 || in[n - 1] != '=')
        return n;
    return in[n - 2] == '=' ? n - 2 : n - 1;
}

/* 24 bits from 4 characters. */
static uint32_t group(const unsigned char in[4], unsigned *seen)
{
    unsigned a = table[in[0]], b = table[in[1]], c = table[in[2]], d = table[in[3]];
    *seen |= a | b | c | d;
    return (a & 0x3F) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | (d & 0x3F);
}

bool base64_decode(const char *in, size_t n, unsigned char *out, size_t *n_r)
{
    size_t m = unpadded(in, n), o = 0, i = 0;
    unsigned seen = 0;
    if (m % 4 == 1)
        return false;
    for (; m - i >= 4; i += 4) {
        uint32_t bits = group((const unsigned char *)in + i, &seen);
        out[o++] = (unsigned char)(bits >> 16);
        out[o++] = (unsigned char)(bits >> 8);
        out[o++] = (unsigned char)bits;
    }
    if (i < m) {
        unsigned char last[4] = {'A', 'A', 'A', 'A'}; /* zeros */
        memcpy(last, in + i, m - i);
        uint32_t bits = group(last, &seen);
        out[o++] = (unsigned char)(bits >> 16);
        if (m - i == 3)
            out[o++] = (unsigned char)(bits >> 8);
    }
    *n_r = o;
    return (seen & FLAGS) != FLAGS;
}

void base64_encode(struct buf *out, const void *p, size_t n)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = p;
    size_t size = n / 3 * 4 + (n % 3 ? 4 : 0);
    char *to = buf_room(out, size);
    if (!to)
        return;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = (uint32_t)in[i] << 16;
        bits |= i + 1 < n ? (uint32_t)in[i + 1] << 8 : 0;
        bits |= i + 2 < n ? (uint32_t)in[i + 2] : 0;
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 0x3F];
        *to++ = i + 1 < n ? alphabet[bits >> 6 & 0x3F] : '=';
        *to++ = i + 2 < n ? alphabet[bits & 0x3F] : '=';
    }
    buf_claim(out, size);
}
