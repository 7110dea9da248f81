#include "send/job.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/hash.h"

static struct sv put(char **at, struct sv s)
{
    if (!s.p)
        return SV_NONE;
    char *to = *at;
    memcpy(to, s.p, s.n);
    to[s.n] = '\0';
    *at += s.n + 1;
    return (struct sv){to, s.n};
}

struct send_job *job_new(const struct store_hook_job *hook, const unsigned char token[STORE_HOOK_TOKEN_SIZE],
                         int64_t lease_end)
{
    const struct sv parts[] = {hook->secret, hook->previous_secret, hook->partner_code, hook->hosts, hook->url,
                               hook->body};
    size_t n = sizeof(struct send_job);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        n += parts[i].n + 1;
    struct send_job *job = calloc(1, n);
    if (!job)
        return NULL;
    char *at = job->text;
    job->hook = *hook;
    job->hook.secret = put(&at, hook->secret);
    job->hook.previous_secret = put(&at, hook->previous_secret);
    job->n_secrets = (size_t)(at - job->text);
    job->hook.partner_code = put(&at, hook->partner_code);
    job->hook.hosts = put(&at, hook->hosts);
    job->hook.url = put(&at, hook->url);
    job->hook.body = put(&at, hook->body);
    memcpy(job->token, token, STORE_HOOK_TOKEN_SIZE);
    job->lease_end = lease_end;
    job->pool.bytes = n;
    job->pool.is_retry = hook->attempts > 0;
    return job;
}

void job_free(struct send_job **job)
{
    if (!*job)
        return;
    crypto_wipe((*job)->text, (*job)->n_secrets);
    free(*job);
    *job = NULL;
}

struct send_job *job_of(struct pool_job *job)
{
    return (struct send_job *)(void *)job;
}

static void wipe(struct sv *s)
{
    if (s->p)
        crypto_wipe((void *)(uintptr_t)s->p, s->n);
    *s = SV_NONE;
}

void job_wipe(struct store_hook_job *hook)
{
    wipe(&hook->secret);
    wipe(&hook->previous_secret);
}

int64_t job_boot_us(void)
{
    struct timespec ts = {0};
    clock_gettime(CLOCK_BOOTTIME, &ts);
    return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}
