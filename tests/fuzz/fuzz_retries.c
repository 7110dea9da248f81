/* webhook_retries as the configuration has it. */
#include <stdio.h>
#include <string.h>

#include "fuzz/target.h"
#include "ticket/retry.h"

#define SECOND INT64_C(1000000)
#define WAIT_MAX (30 * 86400 * SECOND) /* [us] */
#define NO_AFTER (-1)

static void check_waits(const struct ticket_retry *r)
{
    static const uint32_t randoms[] = {0, 1, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
    int64_t sum = 0;
    for (unsigned i = 0; i < r->n; i++) {
        MUST(r->wait_us[i] >= SECOND && r->wait_us[i] <= WAIT_MAX && r->wait_us[i] % SECOND == 0);
        for (unsigned k = 0; k < sizeof randoms / sizeof randoms[0]; k++) {
            int64_t wait = ticket_retry_wait(r, i + 1, NO_AFTER, randoms[k]);
            MUST(wait >= r->wait_us[i] / 5 * 4 && wait <= r->wait_us[i] / 5 * 6);
            MUST(ticket_retry_wait(r, i + 1, INT64_MAX, randoms[k]) >= wait);
        }
        sum += ticket_retry_wait(r, i + 1, NO_AFTER, UINT32_MAX);
    }
    MUST(ticket_retry_wait(r, r->n + 1, NO_AFTER, 0) < 0);
    MUST(ticket_retry_age(r) >= sum);
}

/* Written in seconds it is the same schedule, if it still fits. */
static void check_again(const struct ticket_retry *r, struct conf *conf)
{
    struct ticket_retry again;
    size_t n = 0;
    for (unsigned i = 0; i < r->n; i++) {
        int more = snprintf(conf->webhook_retries + n, sizeof conf->webhook_retries - n, "%s%llds", i ? " " : "",
                            (long long)(r->wait_us[i] / SECOND));
        if (more < 0 || (size_t)more >= sizeof conf->webhook_retries - n)
            return;
        n += (size_t)more;
    }
    MUST(ticket_retry_set(conf, &again, NULL) == STATUS_OK && again.n == r->n);
    MUST(memcmp(again.wait_us, r->wait_us, r->n * sizeof r->wait_us[0]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct conf conf;
    static struct err err;
    struct ticket_retry r = {.n = 77};
    if (n >= sizeof conf.webhook_retries || memchr(data, '\0', n))
        return 0;
    conf_defaults(&conf);
    memcpy(conf.webhook_retries, data, n);
    conf.webhook_retries[n] = '\0';
    err_init(&err);
    if (ticket_retry_set(&conf, &r, &err) != STATUS_OK) {
        MUST(err.status == STATUS_CONFIG && strncmp(err.text, "webhook_retries: ", 17) == 0 && r.n == 77);
        return 0;
    }
    MUST(r.n >= 1 && r.n <= TICKET_RETRIES_MAX && r.retry_after_max_us == 86400 * SECOND);
    check_waits(&r);
    check_again(&r, &conf);
    return 0;
}
