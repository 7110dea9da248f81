#include "send/judge.h"

#include <stdio.h>
#include "net/retry_after.h"

#define HTTP_REQUEST_TIMEOUT 408
#define HTTP_GONE 410
#define HTTP_TOO_MANY 429

static enum judge_receiver about_receiver(unsigned http_status)
{
    if (http_status >= 200 && http_status < 300)
        return JUDGE_RECEIVER_WORKS;
    if (http_status == HTTP_REQUEST_TIMEOUT || http_status == HTTP_TOO_MANY)
        return JUDGE_RECEIVER_FAILS;
    return http_status >= 300 && http_status < 500 ? JUDGE_RECEIVER_ANSWERS : JUDGE_RECEIVER_FAILS;
}

static void say_status(unsigned http_status, struct judge_verdict *out)
{
    if (http_status == HTTP_GONE)
        snprintf(out->error, sizeof out->error, "answered 410: this URL gets no more events");
    else if (http_status >= 300 && http_status < 400)
        snprintf(out->error, sizeof out->error, "redirect: not followed (answered %u)", http_status);
    else
        snprintf(out->error, sizeof out->error, "answered %u", http_status);
}

/* Another try, or none are left. */
static void again(const struct ticket_retry *retry, const struct judge_facts *f, struct judge_verdict *out)
{
    int64_t retry_after = f->retry_after.n > 0 ? net_retry_after(f->retry_after, f->wall_us) : -1;
    int64_t wait = ticket_retry_wait(retry, f->attempts + 1, retry_after, f->random);
    out->verdict = wait < 0 ? STORE_HOOK_DEAD : STORE_HOOK_RETRY;
    out->wait_us = wait < 0 ? 0 : wait;
}

static void answered(const struct ticket_retry *retry, const struct judge_facts *f, struct judge_verdict *out)
{
    out->receiver = about_receiver(f->http_status);
    if (out->receiver == JUDGE_RECEIVER_WORKS) {
        out->verdict = STORE_HOOK_DELIVERED;
        return;
    }
    say_status(f->http_status, out);
    if (f->http_status == HTTP_GONE)
        out->verdict = STORE_HOOK_GONE;
    else
        again(retry, f, out);
}

static void refused(const char *why, struct judge_verdict *out)
{
    out->verdict = STORE_HOOK_DEAD;
    snprintf(out->error, sizeof out->error, "refused: %s", why);
}

static void failed(const struct ticket_retry *retry, const struct judge_facts *f, enum judge_receiver receiver,
                   const char *why, struct judge_verdict *out)
{
    out->receiver = receiver;
    snprintf(out->error, sizeof out->error, "%s", why);
    again(retry, f, out);
}

static void ended(const struct ticket_retry *retry, const struct judge_facts *f, struct judge_verdict *out)
{
    switch (f->end) {
    case POST_ANSWERED:
        answered(retry, f, out);
        break;
    case POST_FORBIDDEN:
        refused(f->error, out);
        break;
    case POST_NO_CONNECT:
    case POST_TLS:
    case POST_TIMED_OUT:
    case POST_BROKEN:
    case POST_TOO_LARGE:
        failed(retry, f, JUDGE_RECEIVER_FAILS, f->error, out);
        break;
    case POST_CANCELLED:
    case POST_FAILED:
    case POST_END__MAX:
        break; /* as if it had not been tried */
    }
}

void judge(const struct ticket_retry *retry, const struct judge_facts *f, struct judge_verdict *out_r)
{
    *out_r = (struct judge_verdict){.verdict = STORE_HOOK_RETURNED, .receiver = JUDGE_RECEIVER_UNKNOWN};
    if (f->refused)
        refused(f->refused, out_r);
    else if (f->unable)
        failed(retry, f, JUDGE_RECEIVER_UNKNOWN, f->unable, out_r);
    else if (f->no_address)
        failed(retry, f, JUDGE_RECEIVER_FAILS, f->no_address, out_r);
    else
        ended(retry, f, out_r);
}
