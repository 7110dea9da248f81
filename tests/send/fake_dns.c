#include "send/fake_dns.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define NAMES_MAX 16384
#define NAME_SIZE 64
#define OURS 0x5A5A /* ai_flags of what freeaddrinfo() finds to be ours */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static char names[NAMES_MAX][NAME_SIZE];
static unsigned n_names, hanging, most_hanging, releases, bad_hints;

struct answer {
    struct addrinfo info; /*!< first: freed as one */
    struct sockaddr_storage to;
};

static bool ends(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n >= m && strcasecmp(name + n - m, ending) == 0;
}

static void add(struct addrinfo ***end, const char *text)
{
    struct answer *a = calloc(1, sizeof *a);
    struct sockaddr_in *v4 = (struct sockaddr_in *)&a->to;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a->to;
    bool is_v6 = strchr(text, ':') != NULL;
    a->to.ss_family = is_v6 ? AF_INET6 : strcmp(text, "unix") == 0 ? AF_UNIX : AF_INET;
    if (is_v6)
        inet_pton(AF_INET6, text, &v6->sin6_addr);
    else
        inet_pton(AF_INET, text, &v4->sin_addr);
    a->info.ai_flags = OURS;
    a->info.ai_family = a->to.ss_family;
    a->info.ai_socktype = SOCK_STREAM;
    a->info.ai_addr = (struct sockaddr *)&a->to;
    a->info.ai_addrlen = is_v6 ? sizeof *v6 : sizeof *v4;
    **end = &a->info;
    *end = &a->info.ai_next;
}

static void add_many(struct addrinfo ***end, unsigned n)
{
    char text[32];
    for (unsigned i = 1; i <= n; i++) {
        snprintf(text, sizeof text, "192.0.2.%u", i);
        add(end, text);
    }
}

static void hang(void)
{
    pthread_mutex_lock(&lock);
    unsigned before = releases;
    most_hanging = ++hanging > most_hanging ? hanging : most_hanging;
    pthread_cond_broadcast(&change);
    while (releases == before)
        pthread_cond_wait(&change, &lock);
    hanging--;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}

static int scripted(const char *name, struct addrinfo **out)
{
    const char *error = strstr(name, ".err"), *once = strstr(name, ".once");
    struct addrinfo **end = out;
    *out = NULL;
    if (error)
        return -(int)strtol(error + 4, NULL, 10);
    if (once && fake_dns_lookups(name) > 1)
        return -(int)strtol(once + 5, NULL, 10);
    if (once) {
        add_many(&end, 1);
    } else if (ends(name, ".ok.fake")) {
        add_many(&end, 2);
    } else if (ends(name, ".loopback.fake")) {
        add(&end, "127.0.0.1");
    } else if (ends(name, ".both.fake")) {
        add(&end, "::1");
        add(&end, "127.0.0.1");
    } else if (ends(name, ".mixed.fake")) {
        add_many(&end, 9);
        add(&end, "127.0.0.1");
    } else if (ends(name, ".many.fake")) {
        add_many(&end, 20);
    } else if (ends(name, ".mapped.fake")) {
        add(&end, "::ffff:127.0.0.1");
    } else if (ends(name, ".twice.fake")) {
        for (unsigned i = 0; i < 3; i++)
            add_many(&end, 1);
    } else if (ends(name, ".unix.fake")) {
        add(&end, "unix");
    } else if (ends(name, ".hang.fake")) {
        hang();
        add_many(&end, 1);
    }
    return *out ? 0 : EAI_NONAME;
}

static void note(const char *name, const struct addrinfo *hints)
{
    pthread_mutex_lock(&lock);
    if (n_names < NAMES_MAX)
        snprintf(names[n_names++], NAME_SIZE, "%.*s", NAME_SIZE - 1, name);
    if (!hints || hints->ai_family != AF_UNSPEC || hints->ai_socktype != SOCK_STREAM || hints->ai_flags != 0)
        bad_hints++;
    pthread_mutex_unlock(&lock);
}

union real {
    void *p; /*!< as dlsym() gives it */
    int (*get)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void (*free)(struct addrinfo *);
};

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    note(name ? name : "", hints);
    if (name && ends(name, ".fake"))
        return scripted(name, out);
    union real real = {.p = dlsym(RTLD_NEXT, "getaddrinfo")};
    return real.get(name, service, hints, out);
}

void freeaddrinfo(struct addrinfo *list)
{
    union real real = {.p = dlsym(RTLD_NEXT, "freeaddrinfo")};
    if (!list || list->ai_flags != OURS) {
        real.free(list);
        return;
    }
    for (struct addrinfo *next; list; list = next) {
        next = list->ai_next;
        free(list);
    }
}

/* --- for the tests --- */

void fake_dns_reset(void)
{
    pthread_mutex_lock(&lock);
    n_names = most_hanging = bad_hints = 0;
    pthread_mutex_unlock(&lock);
}

void fake_dns_release(void)
{
    pthread_mutex_lock(&lock);
    releases++;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}

unsigned fake_dns_lookups(const char *ending)
{
    unsigned n = 0;
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < n_names; i++)
        n += ends(names[i], ending);
    pthread_mutex_unlock(&lock);
    return n;
}

static unsigned read_one(const unsigned *what)
{
    pthread_mutex_lock(&lock);
    unsigned n = *what;
    pthread_mutex_unlock(&lock);
    return n;
}

unsigned fake_dns_hanging(void)
{
    return read_one(&hanging);
}

unsigned fake_dns_most_hanging(void)
{
    return read_one(&most_hanging);
}

unsigned fake_dns_bad_hints(void)
{
    return read_one(&bad_hints);
}

int fake_dns_wait_hanging(unsigned n, int ms)
{
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&lock);
    while (hanging != n && !late)
        late = pthread_cond_timedwait(&change, &lock, &until);
    int reached = hanging == n;
    pthread_mutex_unlock(&lock);
    return reached;
}
