/* From a change to its event's arrival: opens tickets at a steady light rate and
 * waits for their events at a receiver of its own, on the same clock.
 *
 *   trip API-URL KEY PER-SECOND SECONDS
 *
 * Prints P50_MS P99_MS MAX_MS from the answer's arrival (0: the event was there
 * before the answer), then the same from before the request was sent. */
#include <curl/curl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/receiver.h"

enum { TRIPS_MAX = 100000, BODY = 1024, WAIT_MS = 30000 };

static int64_t sent[TRIPS_MAX], answered[TRIPS_MAX], arrived[TRIPS_MAX];

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "trip: %s\n", what);
    exit(1);
}

static int64_t mono_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void sleep_until(int64_t us)
{
    struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static size_t swallow(char *p, size_t one, size_t n, void *to)
{
    (void)p, (void)to;
    return one * n;
}

static CURL *client(const char *url, const char *key)
{
    char line[256];
    CURL *c = curl_easy_init();
    snprintf(line, sizeof line, "X-API-Key: %s", key);
    struct curl_slist *l = curl_slist_append(curl_slist_append(NULL, line), "Content-Type: application/json");
    snprintf(line, sizeof line, "%.200s/tickets", url);
    curl_easy_setopt(c, CURLOPT_URL, line);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, l);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 30L);
    return c;
}

static void one(CURL *c, unsigned i, int port)
{
    char body[BODY];
    long status = 0;
    snprintf(body, sizeof body,
             "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"channelReferenceId\":\"trip-%u.\","
             "\"customer\":{\"name\":\"Jane\"},\"ticket\":{\"title\":\"T\",\"description\":\"D\"},"
             "\"integration\":{\"webhookUrl\":\"http://127.0.0.1:%d/trip\"}}",
             i, port);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    sent[i] = mono_us();
    CURLcode e = curl_easy_perform(c);
    answered[i] = mono_us();
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (e != CURLE_OK || status != 200)
        die(e != CURLE_OK ? curl_easy_strerror(e) : "the API refused a ticket");
}

static void match(struct receiver *r, unsigned n)
{
    for (unsigned i = 0; i < receiver_count(r, ""); i++) {
        const struct receiver_request *q = receiver_get(r, "", i);
        const char *mark = strstr(q->body, "\"trip-");
        unsigned long k = mark ? strtoul(mark + 6, NULL, 10) : n;
        if (k < n && (!arrived[k] || q->at_us < arrived[k]))
            arrived[k] = q->at_us;
    }
}

static int rising(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_since(const int64_t *from, unsigned n)
{
    static int64_t took[TRIPS_MAX];
    for (unsigned i = 0; i < n; i++)
        took[i] = arrived[i] > from[i] ? arrived[i] - from[i] : 0;
    qsort(took, n, sizeof *took, rising);
    printf("%.2f %.2f %.2f\n", (double)took[n / 2] / 1000, (double)took[n * 99 / 100] / 1000,
           (double)took[n - 1] / 1000);
}

int main(int argc, char **argv)
{
    unsigned long rate = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;
    unsigned long n = argc == 5 ? rate * strtoul(argv[4], NULL, 10) : 0;
    if (n == 0 || n > TRIPS_MAX) {
        fprintf(stderr, "usage: trip API-URL KEY PER-SECOND SECONDS\n");
        return 2;
    }
    struct receiver_options o = {0};
    struct receiver *r = receiver_start(&o);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *c = client(argv[1], argv[2]);
    if (!r || !c)
        die("cannot start");
    int64_t start = mono_us();
    for (unsigned i = 0; i < n; i++) {
        sleep_until(start + (int64_t)i * 1000000 / (int64_t)rate);
        one(c, i, receiver_port(r));
    }
    receiver_wait(r, "", (unsigned)n, WAIT_MS);
    match(r, (unsigned)n);
    for (unsigned i = 0; i < n; i++)
        if (!arrived[i])
            die("an event did not arrive");
    print_since(answered, (unsigned)n);
    print_since(sent, (unsigned)n);
    receiver_stop(&r);
    return 0;
}
