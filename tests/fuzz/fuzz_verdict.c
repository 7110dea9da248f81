/* What the sender makes of a receiver's answer. The input's lines: the HTTP
 * status, attempts made before, how it ended (a letter), Retry-After; then what
 * there is to say. */
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "fuzz/target.h"
#include "send/judge.h"

#define WALL (INT64_C(1705314600) * CLOCK_SECOND)
#define WORDS_SIZE 4096

static struct sv line(struct sv *rest)
{
    struct sv part = SV("");
    return sv_cut(rest, '\n', &part) ? part : SV("");
}

static unsigned number(struct sv s)
{
    uint64_t n = 0;
    return num_u64(s, true, UINT32_MAX, &n) ? (unsigned)n : 0;
}

/* RFC 9110 §15.1: the first digit says what kind it is. */
static void check_answered(const struct judge_facts *f, const struct judge_verdict *v)
{
    if (f->http_status / 100 == 2) {
        MUST(v->verdict == STORE_HOOK_DELIVERED && v->receiver == JUDGE_RECEIVER_WORKS && !v->error[0]);
        return;
    }
    MUST(v->verdict != STORE_HOOK_DELIVERED && v->receiver != JUDGE_RECEIVER_WORKS && v->error[0]);
    MUST((v->verdict == STORE_HOOK_GONE) == (f->http_status == 410));
    if (f->http_status / 100 == 5)
        MUST(v->receiver == JUDGE_RECEIVER_FAILS);
}

static void check(const struct ticket_retry *r, const struct judge_facts *f)
{
    struct judge_verdict v;
    memset(&v, 0x55, sizeof v);
    judge(r, f, &v);
    MUST(memchr(v.error, '\0', sizeof v.error));
    if (v.verdict == STORE_HOOK_RETRY)
        MUST(f->attempts < r->n && v.wait_us >= r->wait_us[f->attempts] / 5 * 4);
    else
        MUST(v.wait_us == 0);
    if (f->refused)
        MUST(v.verdict == STORE_HOOK_DEAD && v.receiver == JUDGE_RECEIVER_UNKNOWN);
    else if (f->unable || f->no_address)
        MUST(v.verdict == (f->attempts < r->n ? STORE_HOOK_RETRY : STORE_HOOK_DEAD));
    else if (f->end == POST_ANSWERED)
        check_answered(f, &v);
    else
        MUST(v.verdict != STORE_HOOK_DELIVERED && v.verdict != STORE_HOOK_GONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct conf conf;
    static struct ticket_retry retry;
    static char words[WORDS_SIZE];
    struct sv rest = {(const char *)data, n};
    if (retry.n == 0) {
        conf_defaults(&conf);
        MUST(ticket_retry_set(&conf, &retry, NULL) == STATUS_OK);
    }
    struct judge_facts f = {.http_status = number(line(&rest)), .wall_us = WALL, .random = (uint32_t)n << 24};
    f.attempts = number(line(&rest));
    struct sv letter = line(&rest);
    char end = letter.n > 0 ? letter.p[0] : 'a';
    f.retry_after = line(&rest);
    size_t said = rest.n < sizeof words - 1 ? rest.n : sizeof words - 1;
    if (said > 0)
        memcpy(words, rest.p, said);
    words[said] = '\0';
    f.error = words;
    if (end == 'R')
        f.refused = words;
    else if (end == 'U')
        f.unable = words;
    else if (end == 'N')
        f.no_address = words;
    else
        f.end = (enum post_end)((unsigned)(unsigned char)end % POST_END__MAX);
    check(&retry, &f);
    return 0;
}
