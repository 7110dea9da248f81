/* What runs share: time, chance, a stack with partners and receivers, threads. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "property/run.h"

enum { WEATHER_THREAD = 2000 };

struct run run_;
static pthread_t threads[CLIENTS + RECEIVERS];
static unsigned number[CLIENTS + RECEIVERS];

int64_t mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct chance chance_of(unsigned thread)
{
    struct chance c = {run_.seed * 1000003 + thread};
    return c;
}

/* splitmix64 */
unsigned below(struct chance *c, unsigned n)
{
    uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) >> 33) % n;
}

bool often(struct chance *c, unsigned percent)
{
    return below(c, 100) < percent;
}

void pause_ms(unsigned ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

unsigned long number_from(const char *name, unsigned long standard)
{
    const char *text = getenv(name);
    return text && *text ? strtoul(text, NULL, 10) : standard;
}

unsigned long some_seed(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (unsigned long)t.tv_nsec % 1000000;
}

/* Fair half of the time; what fails everything is over soon. */
static void *weather(void *arg)
{
    static const struct {
        const char *rule;
        unsigned ms;
    } kinds[] = {
        {NULL, 3000},        {NULL, 3000},        {NULL, 3000},        {NULL, 3000},         {NULL, 3000},
        {"/flaky/10", 3000}, {"/flaky/30", 2000}, {"/slow/200", 2000}, {"/slow/900", 1500},  {"/bye", 1500},
        {"/drop", 1500},     {"/reset", 600},     {"/close", 600},     {"/status/500", 600}, {"/retry/503/1", 600},
    };
    struct chance c = chance_of(WEATHER_THREAD + *(unsigned *)arg);
    struct receiver *r = run_.receivers[*(unsigned *)arg];
    while (mono_us() < run_.ends) {
        unsigned k = below(&c, sizeof kinds / sizeof *kinds);
        receiver_rule(r, kinds[k].rule);
        pause_ms(100 + below(&c, kinds[k].ms));
    }
    receiver_rule(r, NULL);
    return NULL;
}

_Noreturn void give_up(const char *what)
{
    fprintf(stderr, "property: %s: %s\n", what, strerror(errno));
    stack_down();
    exit(1);
}

/* The stack's own configuration, with short waits and patient heads; the last wait
 * is long: nobody gives up what a receiver's pauses have kept back. */
static void write_conf(void)
{
    char out[1024];
    if (run(out, sizeof out,
            "{ cat '%s/etc/omnichannel.conf'; echo webhook_timeout = %d; echo webhook_hold = 1440; "
            "echo webhook_pause_max = 1; printf 'webhook_retries ='; for i in $(seq 30); do printf ' 1s'; done; echo ' "
            "24h'; "
            "} "
            ">'%s/sender.conf'",
            stack.var, TIMEOUT_S, run_.folder) != 0)
        give_up("sender.conf");
}

FILE *log_file(const char *name)
{
    char path[320];
    snprintf(path, sizeof path, "%s/%s", run_.folder, name);
    FILE *f = fopen(path, "w");
    if (!f || setvbuf(f, NULL, _IOLBF, 0) != 0)
        give_up(path);
    return f;
}

void make_all(void)
{
    char path[320];
    run_.blows = log_file("blows");
    run_.said = log_file("said");
    write_conf();
    for (unsigned i = 0; i < PARTNERS; i++) {
        snprintf(run_.partners[i].code, sizeof run_.partners[i].code, "P%u", i);
        make_partner(run_.partners[i].code, "");
        make_key(run_.partners[i].key, run_.partners[i].code, "--limit unlimited");
    }
    make_key(run_.agent, "PARTNER001", "--permissions create,read,update,agent --limit unlimited");
    for (unsigned i = 0; i < RECEIVERS; i++) {
        snprintf(path, sizeof path, "%s/receiver%u", run_.folder, i);
        struct receiver_options o = {.log = path};
        if (!(run_.receivers[i] = receiver_start(&o)))
            give_up("receiver");
    }
    sql_int("DELETE FROM webhook_job"); /* the first claim's */
    run_.first = (uint64_t)sql_int("SELECT MAX(number) + 1 FROM ticket");
}

void stir_begin(void)
{
    run_.ends = mono_us() + run_.seconds * INT64_C(1000000);
    fprintf(run_.blows, "%lld BEGIN\n", (long long)mono_us());
    for (unsigned i = 0; i < CLIENTS + RECEIVERS; i++) {
        number[i] = i < CLIENTS ? i : i - CLIENTS;
        if (pthread_create(&threads[i], NULL, i < CLIENTS ? client : weather, &number[i]))
            give_up("thread");
    }
}

void stir_end(void)
{
    for (unsigned i = 0; i < CLIENTS + RECEIVERS; i++)
        pthread_join(threads[i], NULL);
    fprintf(run_.blows, "%lld END\n", (long long)mono_us());
}

void receivers_end(void)
{
    for (unsigned i = 0; i < RECEIVERS; i++)
        receiver_stop(&run_.receivers[i]);
}

/* The checker's exit status; what it judged is kept when it found something. */
int judge(void)
{
    const char *build = getenv("OMNI_BUILD");
    char out[65536];
    int status = run(out, sizeof out, "'%s/tests/property/check' '%s/facts' '%s'/receiver? '%s/blows' '%s/said' 2>&1",
                     build ? build : ".", run_.folder, run_.folder, run_.folder, run_.folder);
    fputs(out, stdout);
    if (status != 0 && build) {
        char to[300];
        snprintf(to, sizeof to, "%.250s/tests/property/failed", build);
        run(out, sizeof out, "rm -rf '%s' && cp -r '%s' '%s'", to, run_.folder, to);
        printf("seed %llu failed; what was judged is in %s\n", (unsigned long long)run_.seed, to);
    }
    return status;
}
