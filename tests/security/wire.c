#include "security/wire.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "e2e/stack.h"
#include "harness/suite.h"

enum { ANSWER_MS = 30000, ANSWER_MAX = 64 << 20 };

const char *fresh_address(void)
{
    static char ring[64][32];
    static atomic_uint next;
    unsigned i = atomic_fetch_add(&next, 1);
    char *s = ring[i % 64];
    snprintf(s, sizeof ring[0], "127.%u.%u.%u", 1 + i / 62500 % 250, 1 + i / 250 % 250, 1 + i % 250);
    return s;
}

int dial(const char *from)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)stack.http_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in own = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    bool bound =
        !from || (inet_pton(AF_INET, from, &own.sin_addr) == 1 && bind(fd, (struct sockaddr *)&own, sizeof own) == 0);
    if (bound && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

bool send_all(int fd, const char *bytes, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t k = send(fd, bytes + sent, n - sent, MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        sent += (size_t)k;
    }
    return true;
}

static char *read_all(int fd, size_t *n_r)
{
    size_t size = 1 << 16, n = 0;
    char *all = malloc(size);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (all && n < ANSWER_MAX && poll(&p, 1, ANSWER_MS) > 0) {
        if (n + 1 == size && !(all = realloc(all, size *= 2)))
            break;
        ssize_t k = recv(fd, all + n, size - 1 - n, 0);
        if (k <= 0)
            break;
        n += (size_t)k;
    }
    if (!all)
        abort();
    all[n] = 0;
    *n_r = n;
    return all;
}

static void head_of(FILE *f, const struct ask *a, size_t n)
{
    const char *method = a->method ? a->method : "GET";
    fprintf(f, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, a->target);
    if (a->key)
        fprintf(f, "X-API-Key: %s\r\n", a->key);
    if (a->extra)
        fputs(a->extra, f);
    if (a->body && !(a->extra && strcasestr(a->extra, "content-type:")))
        fputs("Content-Type: application/json\r\n", f);
    if (a->body)
        fprintf(f, "Content-Length: %zu\r\n", n);
    fputs("\r\n", f);
}

static struct reply parse(char *all, size_t n)
{
    struct reply r = {0};
    char *end = strstr(all, "\r\n\r\n");
    size_t n_head = end ? (size_t)(end + 4 - all) : n;
    sscanf(all, "HTTP/1.%*d %ld", &r.status);
    r.n = n - n_head;
    r.body = calloc(1, r.n + 1);
    r.head = calloc(1, n_head + 1);
    if (!r.body || !r.head)
        abort();
    memcpy(r.body, all + n_head, r.n);
    memcpy(r.head, all, n_head);
    r.n_head = n_head;
    free(all);
    return r;
}

struct reply ask(const struct ask *a)
{
    char *head = NULL, row[160];
    size_t n_head = 0, n = a->body && !a->n ? strlen(a->body) : a->n, n_all = 0;
    FILE *f = open_memstream(&head, &n_head);
    if (!f)
        abort();
    head_of(f, a, n);
    fclose(f);
    snprintf(row, sizeof row, "%s %s", a->method ? a->method : "GET", a->target);
    int fd = dial(a->from);
    CHECK(row, fd >= 0);
    char *all = calloc(1, 1);
    if (fd >= 0 && send_all(fd, head, n_head)) {
        send_all(fd, a->body, a->body ? n : 0);
        free(all);
        all = read_all(fd, &n_all);
    }
    if (fd >= 0)
        close(fd);
    free(head);
    struct reply r = parse(all, n_all);
    inspect(row, &r);
    return r;
}

/* ---- What no answer may show ---- */

static const char *const allowed_headers[] = {"Server",
                                              "Date",
                                              "Content-Type",
                                              "Content-Length",
                                              "Connection",
                                              "Cache-Control",
                                              "X-Content-Type-Options",
                                              "X-Request-ID",
                                              "Allow",
                                              "Retry-After",
                                              "RateLimit-Limit",
                                              "RateLimit-Remaining",
                                              "RateLimit-Reset",
                                              "Idempotent-Replayed",
                                              "Content-Disposition"};

static void inspect_header(const char *row, const char *line)
{
    char name[64];
    bool known = false;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, ":\r\n"), line);
    for (unsigned i = 0; i < SUITE_N(allowed_headers); i++)
        known = known || strcasecmp(name, allowed_headers[i]) == 0;
    if (!known)
        CHECK_STR(row, name, "a header of the list");
    if (strcasecmp(name, "Server") == 0)
        CHECK(row, strncmp(line, "Server: nginx\r\n", 15) == 0);
}

static void inspect_error(const char *row, const struct reply *r)
{
    static const char *const words[] = {"nginx",  "fastcgi",  "mysql",   "maria", "sqlstate", "select ", "insert into",
                                        "json-c", "json_",    "openssl", "libc",  "errno",    ".c:",     "0x",
                                        "/tmp",   "/usr",     "/home",   "/var",  "<html",    "<body",   "<!doctype",
                                        "assert", "segfault", "omni_",   ".sock", "password"};
    for (unsigned i = 0; i < SUITE_N(words); i++)
        if (strcasestr(r->body, words[i]))
            CHECK_STR(row, words[i], "a word that an error may say");
    struct json_object *top = json_tokener_parse(r->body), *v = NULL;
    CHECK(row, json_object_is_type(top, json_type_object));
    if (json_object_is_type(top, json_type_object)) {
        int n = 0;
        static const char *const members[] = {"error", "errors", "timestamp", "status"};
        for (unsigned i = 0; i < SUITE_N(members); i++)
            n += json_object_object_get_ex(top, members[i], &v);
        CHECK_INT(row, json_object_object_length(top), n);
    }
    json_object_put(top);
}

void inspect(const char *row, const struct reply *r)
{
    check_common(row, r);
    const char *line = strchr(r->head, '\n');
    for (line = line ? line + 1 : NULL; line && *line && *line != '\r'; line = strchr(line, '\n') + 1)
        inspect_header(row, line);
    const char *length = header(r, "Content-Length", NULL);
    bool is_head = strncmp(row, "HEAD ", 5) == 0;
    CHECK(row, length && (is_head ? r->n == 0 : strtoul(length, NULL, 10) == r->n));
    if (r->status >= 400 && !is_head)
        inspect_error(row, r);
}

char *plain_form(const struct reply *r, const char *const *hide)
{
    char *text = NULL;
    if (asprintf(&text, "%s%s", r->head, r->body) < 0)
        abort();
    static const char *const values[] = {"X-Request-ID: ", "Date: ", "\"timestamp\":\"", NULL};
    for (unsigned i = 0; values[i]; i++)
        for (char *p = strstr(text, values[i]); p; p = strstr(p, values[i])) {
            p += strlen(values[i]);
            memset(p, '.', strcspn(p, "\"\r\n"));
        }
    for (; hide && *hide; hide++)
        for (char *p = **hide ? strstr(text, *hide) : NULL; p; p = strstr(p, *hide))
            memset(p, '#', strlen(*hide));
    return text;
}
