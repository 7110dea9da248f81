/* How fast libcurl alone posts the same bodies with the same headers to the same
 * receiver: one thread, one multi handle, connections kept, no database.
 *
 *   barepost URL AT-A-TIME BODIES COUNT
 *
 * BODIES: a body a line, taken in turn. Prints deliveries a second. */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AT_A_TIME_MAX = 1000, LINES_MAX = 100000, HEADER_MAX = 200 };

struct bare {
    CURLM *multi;
    const char *url;
    char **bodies;
    size_t n_bodies;
    unsigned long count, begun, done;
};
struct slot {
    CURL *easy;
    struct curl_slist *headers;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "barepost: %s\n", what);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_bodies(struct bare *b, const char *path)
{
    size_t size = 0;
    FILE *f = fopen(path, "r");
    b->bodies = calloc(LINES_MAX, sizeof *b->bodies);
    if (!f || !b->bodies)
        die(path);
    for (ssize_t n; b->n_bodies < LINES_MAX && (n = getline(&b->bodies[b->n_bodies], &size, f)) > 0; size = 0)
        b->bodies[b->n_bodies++][n - 1] = 0;
    fclose(f);
    if (b->n_bodies == 0)
        die("no bodies");
}

static size_t swallow(char *p, size_t one, size_t n, void *to)
{
    (void)p, (void)to;
    return one * n;
}

/* What the product sends; the signatures are of the right length only. */
static struct curl_slist *headers(unsigned long i)
{
    char id[HEADER_MAX], sequence[HEADER_MAX], at[HEADER_MAX];
    snprintf(id, sizeof id, "webhook-id: cbarepost%016lu", i);
    snprintf(sequence, sizeof sequence, "X-Webhook-Sequence: %lu", i % 2 + 1);
    snprintf(at, sizeof at, "webhook-timestamp: %lld", (long long)time(NULL));
    const char *lines[] = {
        "Content-Type: application/json",
        "X-Webhook-Signature: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "X-Webhook-Event: TICKET_CREATED",
        sequence,
        id,
        at,
        "webhook-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "Expect:",
        "Accept:",
    };
    struct curl_slist *l = NULL;
    for (unsigned k = 0; k < sizeof lines / sizeof *lines; k++)
        l = curl_slist_append(l, lines[k]);
    return l;
}

static void begin(struct bare *b, struct slot *s)
{
    const char *body = b->bodies[b->begun % b->n_bodies];
    curl_slist_free_all(s->headers);
    s->headers = headers(b->begun++);
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->headers);
    if (curl_multi_add_handle(b->multi, s->easy) != CURLM_OK)
        die("curl_multi_add_handle");
}

static void finish(struct bare *b, const CURLMsg *m)
{
    struct slot *s;
    long status = 0;
    CURL *easy = m->easy_handle;
    if (m->msg != CURLMSG_DONE)
        return;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&s);
    if (m->data.result != CURLE_OK || status != 200)
        die(curl_easy_strerror(m->data.result));
    b->done++;
    curl_multi_remove_handle(b->multi, easy);
    if (b->begun < b->count)
        begin(b, s);
}

static void make(struct bare *b, struct slot *s)
{
    s->easy = curl_easy_init();
    if (!s->easy)
        die("curl_easy_init");
    curl_easy_setopt(s->easy, CURLOPT_URL, b->url);
    curl_easy_setopt(s->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(s->easy, CURLOPT_USERAGENT, "Omnichannel-Webhook/bare");
    curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(s->easy, CURLOPT_TIMEOUT_MS, 15000L);
    curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(s->easy, CURLOPT_PRIVATE, (char *)s);
    begin(b, s);
}

int main(int argc, char **argv)
{
    static struct slot slots[AT_A_TIME_MAX];
    unsigned long at_a_time = argc == 5 ? strtoul(argv[2], NULL, 10) : 0;
    if (at_a_time == 0 || at_a_time > AT_A_TIME_MAX) {
        fprintf(stderr, "usage: barepost URL AT-A-TIME(1-%d) BODIES COUNT\n", AT_A_TIME_MAX);
        return 2;
    }
    struct bare b = {.url = argv[1], .count = strtoul(argv[4], NULL, 10)};
    read_bodies(&b, argv[3]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    b.multi = curl_multi_init();
    if (!b.multi)
        die("curl_multi_init");
    curl_multi_setopt(b.multi, CURLMOPT_MAXCONNECTS, (long)at_a_time);
    double start = seconds();
    for (unsigned long i = 0; i < at_a_time && b.begun < b.count; i++)
        make(&b, &slots[i]);
    while (b.done < b.count) {
        int running, left;
        curl_multi_perform(b.multi, &running);
        for (CURLMsg *m; (m = curl_multi_info_read(b.multi, &left));)
            finish(&b, m);
        if (b.done < b.count)
            curl_multi_poll(b.multi, NULL, 0, 1000, NULL);
    }
    printf("%.0f\n", (double)b.count / (seconds() - start));
    return 0;
}
