#include "e2e/http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "harness/suite.h"

struct sink {
    char *p;
    size_t n;
};

static size_t take(char *p, size_t one, size_t n, void *to)
{
    struct sink *s = to;
    char *more = realloc(s->p, s->n + one * n + 1);
    if (!more)
        return 0;
    s->p = more;
    memcpy(s->p + s->n, p, one * n);
    s->n += one * n;
    s->p[s->n] = 0;
    return one * n;
}

void reply_free(struct reply *r)
{
    free(r->head);
    free(r->body);
    memset(r, 0, sizeof *r);
}

static struct curl_slist *add(struct curl_slist *l, const char *name, const char *value)
{
    char line[512];
    snprintf(line, sizeof line, "%s: %s", name, value);
    return curl_slist_append(l, line);
}

static struct curl_slist *headers(const char *key, const char *const *extra, bool body)
{
    struct curl_slist *l = NULL;
    bool type = false;
    for (; extra && *extra; extra++) {
        type = type || strncasecmp(*extra, "content-type", 12) == 0;
        l = curl_slist_append(l, *extra);
    }
    if (key)
        l = add(l, "X-API-Key", key);
    if (body && !type)
        l = add(l, "Content-Type", "application/json");
    return curl_slist_append(l, "Expect:");
}

struct reply call_n(const char *method, const char *path, const char *key, const char *const *extra, const char *body,
                    size_t n)
{
    struct reply r = {0};
    struct sink head = {0}, text = {0};
    char url[70000];
    snprintf(url, sizeof url, "%s%s", strncmp(path, "http", 4) == 0 ? "" : stack.url, path);
    CURL *c = curl_easy_init();
    struct curl_slist *l = headers(key, extra, body != NULL);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 90L);
    curl_easy_setopt(c, CURLOPT_CAINFO, stack.ca);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, l);
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    else if (body) {
        curl_easy_setopt(c, CURLOPT_POST, 1L);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
    }
    if (strcmp(method, "HEAD") != 0)
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &text);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &head);
    r.curl = (int)curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
    curl_easy_getinfo(c, CURLINFO_TOTAL_TIME, &r.seconds);
    curl_easy_cleanup(c);
    curl_slist_free_all(l);
    r.head = head.p ? head.p : calloc(1, 1);
    r.n_head = head.n;
    r.body = text.p ? text.p : calloc(1, 1);
    r.n = text.n;
    return r;
}

struct reply call(const char *method, const char *path, const char *key, const char *const *extra, const char *body)
{
    return call_n(method, path, key, extra, body, body ? strlen(body) : 0);
}

struct reply get(const char *path, const char *key)
{
    return call("GET", path, key, NULL, NULL);
}

struct reply post(const char *key, const char *body)
{
    return call("POST", "/tickets", key, NULL, body);
}

struct reply patch(const char *number, const char *key, const char *body)
{
    char path[256];
    snprintf(path, sizeof path, "/tickets/%s", number);
    return call("PATCH", path, key, NULL, body);
}

static char *slot(void)
{
    static _Thread_local char ring[16][4096];
    static _Thread_local unsigned next;
    return ring[next++ % 16];
}

const char *header(const struct reply *r, const char *name, int *count_r)
{
    const char *found = NULL;
    int count = 0;
    size_t len = strlen(name);
    for (const char *p = r->head; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        if (strncasecmp(p, name, len) == 0 && p[len] == ':') {
            const char *v = p + len + 1 + strspn(p + len + 1, " ");
            char *s = slot();
            snprintf(s, 4096, "%.*s", (int)strcspn(v, "\r\n"), v);
            found = count++ ? found : s;
        }
    if (count_r)
        *count_r = count;
    return found;
}

const char *at(const struct reply *r, const char *path)
{
    struct json_object *top = json_tokener_parse(r->body ? r->body : ""), *v = top;
    char *copy = strdup(path), *save = NULL, *out = NULL;
    const char *sep = strchr(path, '|') ? "|" : ".";
    for (char *part = strtok_r(copy, sep, &save); part && v; part = strtok_r(NULL, sep, &save))
        if (json_object_is_type(v, json_type_array))
            v = json_object_array_get_idx(v, (size_t)strtoul(part, NULL, 10));
        else if (!json_object_object_get_ex(v, part, &v))
            goto out;
    out = slot();
    snprintf(out, 4096, "%s",
             !v ? (top ? "null" : "(not JSON)")
             : json_object_is_type(v, json_type_string)
                 ? json_object_get_string(v)
                 : json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
out:
    free(copy);
    json_object_put(top);
    return out;
}

struct shot {
    pthread_barrier_t *start;
    struct reply *reply;
    const char *method, *path, *key, *const *extra;
    char *body;
};

static void *fire(void *arg)
{
    struct shot *s = arg;
    pthread_barrier_wait(s->start);
    *s->reply = call(s->method, s->path, s->key, s->extra, s->body);
    return NULL;
}

void storm(int n, struct reply *replies, const char *method, const char *path, const char *key,
           const char *const *extra, const char *body)
{
    pthread_t *t = calloc((size_t)n, sizeof *t);
    struct shot *s = calloc((size_t)n, sizeof *s);
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)n);
    const char *hole = body ? strstr(body, "%d") : NULL;
    for (int i = 0; i < n; i++) {
        s[i] = (struct shot){&start, &replies[i], method, path, key, extra, NULL};
        if (hole && asprintf(&s[i].body, "%.*s%d%s", (int)(hole - body), body, i, hole + 2) < 0)
            abort();
        else if (body && !hole)
            s[i].body = strdup(body);
        if (pthread_create(&t[i], NULL, fire, &s[i]))
            abort();
    }
    for (int i = 0; i < n; i++) {
        pthread_join(t[i], NULL);
        free(s[i].body);
    }
    pthread_barrier_destroy(&start);
    free(s);
    free(t);
}

size_t raw(const char *bytes, size_t n, char *out, size_t size, int ms)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((unsigned short)stack.http_port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t got = 0;
    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a))
        goto out;
    for (size_t sent = 0; sent < n;) {
        ssize_t k = send(fd, bytes + sent, n - sent, MSG_NOSIGNAL);
        if (k <= 0)
            break;
        sent += (size_t)k;
    }
    while (got + 1 < size) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, ms) <= 0)
            break;
        ssize_t k = recv(fd, out + got, size - 1 - got, 0);
        if (k <= 0)
            break;
        got += (size_t)k;
    }
out:
    if (fd >= 0)
        close(fd);
    out[got] = 0;
    return got;
}

void check_common(const char *row, const struct reply *r)
{
    int n = 0;
    const char *id = header(r, "X-Request-ID", &n);
    CHECK_INT(row, n, 1);
    CHECK(row, id && strlen(id) >= 1 && strlen(id) <= 64);
    CHECK_STR(row, header(r, "Cache-Control", &n), "no-store");
    CHECK_INT(row, n, 1);
    CHECK_STR(row, header(r, "X-Content-Type-Options", &n), "nosniff");
    CHECK_INT(row, n, 1);
    header(r, "Content-Type", &n);
    CHECK_INT(row, n, 1);
    CHECK(row, !header(r, "X-Omni-Partner", NULL));
}

static bool iso(const char *s)
{
    int y, mo, d, h, mi, se, n = 0;
    return s && strlen(s) == 20 && sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &y, &mo, &d, &h, &mi, &se, &n) == 6 &&
           n == 20;
}

void check_error(const char *row, const struct reply *r, long status, const char *text)
{
    char want[16];
    snprintf(want, sizeof want, "%ld", status);
    CHECK_INT(row, r->status, status);
    check_common(row, r);
    CHECK_STR(row, header(r, "Content-Type", NULL), "application/json; charset=utf-8");
    if (text)
        CHECK_STR(row, at(r, "error"), text);
    CHECK(row, at(r, "error") != NULL);
    CHECK_STR(row, at(r, "status"), want);
    CHECK(row, iso(at(r, "timestamp")));
}

void check_field(const char *row, const struct reply *r, const char *path, const char *text)
{
    char where[256];
    snprintf(where, sizeof where, "errors|%s", path);
    const char *got = at(r, where);
    if (text)
        CHECK_STR(row, got, text);
    else
        CHECK(row, got && *got);
}
