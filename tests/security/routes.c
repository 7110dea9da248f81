#include "security/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "harness/suite.h"
#include "security/wire.h"

#define MAY_NOT(verb) "Insufficient permissions to " verb " omnichannel tickets"
#define TICKETS "/tickets"
#define TICKET "/tickets/{number}"
#define ATTACHMENT "/tickets/{number}/attachments/{attachment}"

const struct expectation expectations[] = {
    {"GET", TICKETS, MAY_READ, MAY_NOT("read"), "read"},
    {"HEAD", TICKETS, MAY_READ, MAY_NOT("read"), "read"},
    {"POST", TICKETS, MAY_CREATE, MAY_NOT("create"), "create"},
    {"GET", TICKET, MAY_READ, MAY_NOT("read"), "read"},
    {"HEAD", TICKET, MAY_READ, MAY_NOT("read"), "read"},
    {"PATCH", TICKET, MAY_UPDATE, MAY_NOT("update"), "update"},
    {"GET", ATTACHMENT, MAY_READ, MAY_NOT("read"), "read"},
    {"HEAD", ATTACHMENT, MAY_READ, MAY_NOT("read"), "read"},
    {"GET", "/health", 0, NULL, NULL},
    {"HEAD", "/health", 0, NULL, NULL},
};
const size_t n_expectations = SUITE_N(expectations);

#define NO_TICKET "Ticket not found"
#define NO_ATTACHMENT "Attachment not found"
#define FILE_OF(name) "{\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"" name "\",\"content\":\"eA\"}]}"
const struct probe probes[] = {
    {"status by number", "GET", TICKETS, "ticketNumber={number}", NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"status by number, HEAD", "HEAD", TICKETS, "ticketNumber={number}", NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"status by reference", "GET", TICKETS, "channelReferenceId={reference}", NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"status of several", "GET", TICKETS, "ticketNumber={number},{number}&channelReferenceId={reference}", NULL, 200,
     200, 200, NULL, 0, 0},
    {"create for a partner", "POST", TICKETS, NULL, BODY_OF(",\"integration\":{\"partnerId\":\"{code}\"}"), 200, 200,
     403, "partnerId does not match the API key", 0, 1},
    {"details", "GET", TICKET, NULL, NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"details, HEAD", "HEAD", TICKET, NULL, NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"comment", "PATCH", TICKET, NULL, "{\"action\":\"ADD_COMMENT\",\"comment\":\"c\"}", 200, 200, 404, NO_TICKET, 0,
     0},
    {"note", "PATCH", TICKET, NULL, "{\"action\":\"ADD_COMMENT\",\"comment\":\"c\",\"internal\":true}", 200, 200, 404,
     NO_TICKET, 0, 0},
    {"hold", "PATCH", TICKET, NULL, "{\"action\":\"UPDATE_STATUS\",\"status\":\"PENDING\"}", 200, 200, 404, NO_TICKET,
     0, 0},
    {"resume", "PATCH", TICKET, NULL, "{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\"}", 400, 200, 404,
     NO_TICKET, 0, 0},
    {"attach", "PATCH", TICKET, NULL, FILE_OF("x.txt"), 200, 200, 404, NO_TICKET, 0, 0},
    {"assign", "PATCH", TICKET, NULL, "{\"action\":\"ASSIGN\",\"assignee\":\"Mallory\"}", 400, 200, 404, NO_TICKET, 0,
     0},
    {"an update that is none", "PATCH", TICKET, NULL, "{\"action\":\"DELETE\"}", 400, 400, 404, NO_TICKET, 0, 0},
    {"download", "GET", ATTACHMENT, NULL, NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"download, HEAD", "HEAD", ATTACHMENT, NULL, NULL, 200, 200, 404, NO_TICKET, 0, 0},
    {"download by way of one's own ticket", "GET", ATTACHMENT, NULL, NULL, 200, 200, 404, NO_ATTACHMENT, 1, 1},
    {"health", "GET", "/health", NULL, NULL, 200, 200, 200, NULL, 0, 0},
    {"health, HEAD", "HEAD", "/health", NULL, NULL, 200, 200, 200, NULL, 0, 0},
};
const size_t n_probes = SUITE_N(probes);

const struct expectation *expectation_of(const struct probe *p)
{
    for (size_t i = 0; i < n_expectations; i++)
        if (strcmp(expectations[i].method, p->method) == 0 && strcmp(expectations[i].path, p->path) == 0)
            return &expectations[i];
    abort();
}

char *fill(const char *template, const struct tenant *at, const struct tenant *second)
{
    const struct {
        const char *name, *value;
    } holes[] = {{"{number}", at->number},
                 {"{attachment}", (second ? second : at)->attachment},
                 {"{reference}", at->reference},
                 {"{code}", at->code}};
    char *out = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&out, &n);
    while (*template) {
        const char *value = NULL;
        for (unsigned i = 0; i < SUITE_N(holes) && !value; i++)
            if (strncmp(template, holes[i].name, strlen(holes[i].name)) == 0) {
                value = holes[i].value;
                template += strlen(holes[i].name);
            }
        if (value)
            fputs(value, f);
        else
            fputc(*template ++, f);
    }
    fclose(f);
    return out;
}

struct reply probe_send(const struct probe *p, const char *key, const struct tenant *at, const struct tenant *second)
{
    char *path = fill(p->path, at, second), *query = fill(p->query ? p->query : "", at, second);
    char *body = p->body ? fill(p->body, at, second) : NULL, target[1024];
    snprintf(target, sizeof target, API "%s%s%s", path, *query ? "?" : "", query);
    struct reply r = ask(&(struct ask){.method = p->method, .target = target, .key = key, .body = body});
    free(path), free(query), free(body);
    return r;
}

/* ---- The product's table ---- */

size_t product_routes(void)
{
    return API_ROUTES;
}

const char *product_path(size_t route)
{
    return api_routes[route].path;
}

bool product_has(const char *path)
{
    struct api_path parts;
    return api_route_find(sv_from(path), &parts) != NULL;
}

static unsigned needs_of(unsigned permission)
{
    return (permission & STORE_MAY_CREATE ? MAY_CREATE : 0u) | (permission & STORE_MAY_READ ? MAY_READ : 0u) |
           (permission & STORE_MAY_UPDATE ? MAY_UPDATE : 0u) | (permission & STORE_MAY_AGENT ? MAY_AGENT : 0u);
}

const char *product_method(size_t route, size_t i, unsigned *needs_r, const char **forbidden_r, const char **class_r)
{
    static const struct {
        enum http_method method;
        const char *name;
    } methods[] = {{HTTP_GET, "GET"}, {HTTP_HEAD, "HEAD"}, {HTTP_POST, "POST"}, {HTTP_PATCH, "PATCH"}};
    static const char *const classes[] = {
        [STORE_CLASS_CREATE] = "create", [STORE_CLASS_READ] = "read", [STORE_CLASS_UPDATE] = "update"};
    for (size_t m = 0; m < SUITE_N(methods); m++) {
        const struct api_verb *v = api_verb_find(&api_routes[route], methods[m].method);
        if (!v || i-- > 0)
            continue;
        *needs_r = needs_of(v->permission);
        *forbidden_r = v->forbidden;
        *class_r = classes[v->class];
        return methods[m].name;
    }
    return NULL;
}

void allow_of(const char *path, char out[64])
{
    int n = 0;
    out[0] = 0;
    for (size_t i = 0; i < n_expectations; i++)
        if (strcmp(expectations[i].path, path) == 0)
            n += snprintf(out + n, 64 - (size_t)n, "%s%s", n ? ", " : "", expectations[i].method);
}
