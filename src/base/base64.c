#include "base/base64.h"

#include <stdint.h>

/* An entry xor FLAGS is the character's value with the flag of the alphabet it
 * belongs to alone; characters of neither have both flags. So both flags seen,
 * ever, means a bad character or mixed alphabets. */
#define STANDARD 0x40
#define URL 0x80
#define FLAGS (STANDARD | URL)
#define BOTH(c, v) [c] = (v) ^ FLAGS

static const uint8_t table[256] = {BOTH('A', 0),
                                   BOTH('B', 1),
                                   BOTH('C', 2),
                                   BOTH('D', 3),
                                   BOTH('E', 4),
                                   BOTH('F', 5),
                                   BOTH('G', 6),
                                   BOTH('H', 7),
                                   BOTH('I', 8),
                                   BOTH('J', 9),
                                   BOTH('K', 10),
                                   BOTH('L', 11),
                                   BOTH('M', 12),
                                   BOTH('N', 13),
                                   BOTH('O', 14),
                                   BOTH('P', 15),
                                   BOTH('Q', 16),
                                   BOTH('R', 17),
                                   BOTH('S', 18),
                                   BOTH('T', 19),
                                   BOTH('U', 20),
                                   BOTH('V', 21),
                                   BOTH('W', 22),
                                   BOTH('X', 23),
                                   BOTH('Y', 24),
                                   BOTH('Z', 25),
                                   BOTH('a', 26),
                                   BOTH('b', 27),
                                   BOTH('c', 28),
                                   BOTH('d', 29),
                                   BOTH('e', 30),
                                   BOTH('f', 31),
                                   BOTH('g', 32),
                                   BOTH('h', 33),
                                   BOTH('i', 34),
                                   BOTH('j', 35),
                                   BOTH('k', 36),
                                   BOTH('l', 37),
                                   BOTH('m', 38),
                                   BOTH('n', 39),
                                   BOTH('o', 40),
                                   BOTH('p', 41),
                                   BOTH('q', 42),
                                   BOTH('r', 43),
                                   BOTH('s', 44),
                                   BOTH('t', 45),
                                   BOTH('u', 46),
                                   BOTH('v', 47),
                                   BOTH('w', 48),
                                   BOTH('x', 49),
                                   BOTH('y', 50),
                                   BOTH('z', 51),
                                   BOTH('0', 52),
                                   BOTH('1', 53),
                                   BOTH('2', 54),
                                   BOTH('3', 55),
                                   BOTH('4', 56),
                                   BOTH('5', 57),
                                   BOTH('6', 58),
                                   BOTH('7', 59),
                                   BOTH('8', 60),
                                   BOTH('9', 61),
                                   ['+'] = (62 | STANDARD) ^ FLAGS,
                                   ['/'] = (63 | STANDARD) ^ FLAGS,
                                   ['-'] = (62 | URL) ^ FLAGS,
                                   ['_'] = (63 | URL) ^ FLAGS};

/* Length without the padding of a fully padded text. */
static size_t unpadded(const char *in, size_t n)
{
    if (n == 0 || n % 4 != 0 || in[n - 1] != '=')
        return n;
    return in[n - 2] == '=' ? n - 2 : n - 1;
}

/* 24 bits from up to 4 characters; missing ones count as zero. */
static uint32_t group(const char *in, size_t n, unsigned *seen)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        unsigned v = i < n ? table[(unsigned char)in[i]] ^ FLAGS : 0u;
        *seen |= v;
        bits = bits << 6 | (v & 0x3F);
    }
    return bits;
}

bool base64_decode(const char *in, size_t n, unsigned char *out, size_t *n_r)
{
    size_t m = unpadded(in, n);
    if (m % 4 == 1)
        return false;
    unsigned seen = 0;
    size_t o = 0;
    size_t i = 0;
    for (; m - i >= 4; i += 4) {
        uint32_t bits = group(in + i, 4, &seen);
        out[o++] = (unsigned char)(bits >> 16);
        out[o++] = (unsigned char)(bits >> 8);
        out[o++] = (unsigned char)bits;
    }
    if (i < m) {
        uint32_t bits = group(in + i, m - i, &seen);
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
