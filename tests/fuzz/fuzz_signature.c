/* A webhook-signature header as support reads it from a partner. The input's
 * lines: header, secret, id; then the body. */
#include <stdio.h>
#include <string.h>

#include "crypto/sign.h"
#include "fuzz/target.h"

#define TIMESTAMP 1614265330

static struct sv line(struct sv *rest)
{
    struct sv part = SV("");
    return sv_cut(rest, '\n', &part) ? part : SV("");
}

/* Whether one of the header's parts is the signature, by a search of its own. */
static bool stands_in(struct sv header, const char *signature)
{
    size_t n = strlen(signature);
    for (size_t i = 0; i + n <= header.n; i++) {
        bool starts = i == 0 || header.p[i - 1] == ' ', ends = i + n == header.n || header.p[i + n] == ' ';
        if (starts && ends && memcmp(header.p + i, signature, n) == 0)
            return true;
    }
    return false;
}

static void check_standard(struct sv header, struct sv secret, struct sv id, struct sv body)
{
    static const struct sv previous = {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 38};
    char one[SIGN_STANDARD_SIZE], both[SIGN_STANDARD_BOTH_SIZE];
    enum status s = sign_standard(secret, id, TIMESTAMP, body, one);
    if (s != STATUS_OK) {
        MUST(s == STATUS_BAD_INPUT && !sign_standard_verify(secret, id, TIMESTAMP, body, header));
        return;
    }
    MUST(strlen(one) == SIGN_STANDARD_SIZE - 1 && sv_has_prefix(secret, SV("whsec_")));
    MUST(sign_standard_verify(secret, id, TIMESTAMP, body, header) == stands_in(header, one));
    MUST(sign_standard_verify(secret, id, TIMESTAMP, body, sv_from(one)));
    MUST(!sign_standard_verify(secret, id, TIMESTAMP + 1, body, sv_from(one)));
    MUST(sign_standard_both(secret, previous, id, TIMESTAMP, body, both) == STATUS_OK);
    MUST(sign_standard_verify(secret, id, TIMESTAMP, body, sv_from(both)));
    MUST(sign_standard_verify(previous, id, TIMESTAMP, body, sv_from(both)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char hex[SIGN_HEX_SIZE];
    struct sv body = {(const char *)data, n};
    struct sv header = line(&body), secret = line(&body), id = line(&body);
    body = body.p ? body : SV("");
    check_standard(header, secret, id, body);
    MUST(sign_hex(secret, body, hex) == STATUS_OK);
    MUST(sign_hex_verify(secret, body, sv_from(hex)));
    MUST(sign_hex_verify(secret, body, header) == sv_is(header, hex));
    return 0;
}
