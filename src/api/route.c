#include "api/internal.h"

#define MAY_NOT(verb) "Insufficient permissions to " verb " omnichannel tickets"

static const struct api_route tickets = {
    "GET, HEAD, POST",
    2,
    {{HTTP_GET, "status", STORE_CLASS_READ, STORE_MAY_READ, MAY_NOT("read"), "Failed to get ticket", api_status},
     {HTTP_POST, "create", STORE_CLASS_CREATE, STORE_MAY_CREATE, MAY_NOT("create"), "Failed to create ticket",
      api_create}},
};
static const struct api_route ticket = {
    "GET, HEAD, PATCH",
    2,
    {{HTTP_GET, "details", STORE_CLASS_READ, STORE_MAY_READ, MAY_NOT("read"), "Failed to get ticket", api_details},
     {HTTP_PATCH, "update", STORE_CLASS_UPDATE, STORE_MAY_UPDATE, MAY_NOT("update"), "Failed to update ticket",
      api_update}},
};
static const struct api_route attachment = {
    "GET, HEAD",
    1,
    {{HTTP_GET, "attachment", STORE_CLASS_READ, STORE_MAY_READ, MAY_NOT("read"), "Failed to get ticket",
      api_attachment}},
};
static const struct api_route health = {
    "GET, HEAD",
    1,
    {{HTTP_GET, "health", STORE_CLASS_READ, 0, "", "Service unavailable", api_health}},
};

const struct api_route *api_route_find(struct sv path, struct api_path *out_r)
{
    struct sv part[6] = {SV_NONE};
    size_t n = 0;
    *out_r = (struct api_path){SV_NONE, SV_NONE};
    if (!sv_has_prefix(path, SV(API_PREFIX "/")))
        return NULL;
    struct sv rest = {path.p + sizeof API_PREFIX, path.n - sizeof API_PREFIX};
    while (n < 5 && sv_cut(&rest, '/', &part[n]))
        n++;
    if (n == 1 && sv_is(part[0], "health"))
        return &health;
    if (n == 0 || n > 4 || !sv_is(part[0], "tickets"))
        return NULL;
    if (n == 1)
        return &tickets;
    out_r->number = part[1];
    out_r->attachment = part[3];
    if (n == 2 && part[1].n > 0)
        return &ticket;
    if (n == 4 && part[1].n > 0 && sv_is(part[2], "attachments") && part[3].n > 0)
        return &attachment;
    return NULL;
}

const struct api_verb *api_verb_find(const struct api_route *route, enum http_method method)
{
    enum http_method m = method == HTTP_HEAD ? HTTP_GET : method;
    for (size_t i = 0; i < route->n_verbs; i++)
        if (route->verbs[i].method == m)
            return &route->verbs[i];
    return NULL;
}
