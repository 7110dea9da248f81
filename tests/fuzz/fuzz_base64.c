#include <string.h>

#include "base/base64.h"
#include "fuzz/target.h"

static unsigned char *copy(const void *p, size_t n, size_t size)
{
    unsigned char *c = malloc(size > 0 ? size : 1);
    MUST(c);
    if (n > 0)
        memcpy(c, p, n);
    return c;
}

/* Any text: decoding in place is decoding, and what is accepted survives a round trip. */
static void as_text(const uint8_t *data, size_t n)
{
    unsigned char *apart = copy(NULL, 0, BASE64_DECODED_MAX(n));
    unsigned char *same = copy(data, n, n > BASE64_DECODED_MAX(n) ? n : BASE64_DECODED_MAX(n));
    size_t n_apart = 0, n_same = 0;
    bool ok = base64_decode((const char *)data, n, apart, &n_apart);
    MUST(base64_decode((const char *)same, n, same, &n_same) == ok);
    if (ok) {
        MUST(n_apart == n_same && n_apart <= n / 4 * 3 + 2);
        MUST(n_apart == 0 || memcmp(apart, same, n_apart) == 0);
        MUST(n == 0 || !memchr(data, ' ', n));
    }
    free(apart);
    free(same);
}

/* Any bytes: decode(encode(x)) is x, padded or not, in either alphabet. */
static void as_bytes(const uint8_t *data, size_t n)
{
    struct buf text;
    buf_init(&text, n / 3 * 4 + 4);
    base64_encode(&text, data, n);
    MUST(text.status == STATUS_OK && text.n % 4 == 0 && text.n == (n + 2) / 3 * 4);
    unsigned char *back = copy(NULL, 0, BASE64_DECODED_MAX(text.n));
    for (unsigned way = 0; way < 4; way++) {
        size_t m = text.n;
        size_t n_back = 0;
        while (way & 1 && m > 0 && text.p[m - 1] == '=')
            m--;
        for (size_t i = 0; way == 2 && i < m; i++)
            text.p[i] = text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i];
        MUST(base64_decode(buf_view(&text).p, m, back, &n_back));
        MUST(n_back == n && (n == 0 || memcmp(back, data, n) == 0));
    }
    free(back);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    as_text(data, n);
    as_bytes(data, n);
    return 0;
}
