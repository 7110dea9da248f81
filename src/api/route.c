#include "api/internal.h"

#define MAY_NOT(verb) "Insufficient permissions to " verb " omnichannel tickets"

const struct api_route api_routes[API_ROUTES] = {
    {"/tickets",
     "GET, HEAD, POST",
     2,
     {{HTTP_GET, "status", STORE_CLASS_READ, STORE_MAY_READ, MAY_NOT("read"), "Failed to get ticket",
       api_prepare_status, api_status},
      {HTTP_POST, "create", STORE_CLASS_CREATE, STORE_MAY_CREATE, MAY_NOT("create"), "Failed to create ticket",
       api_prepare_create, api_create}}},
    {"/tickets/{number}",
     "GET, HEAD, PATCH",
     2,
     {{HTTP_GET, "details", STORE_CLASS_READ, STORE_MAY_READ, MAY_NOT("read"), "Failed to get ticket",
       api_prepare_details, api_details},
      {HTTP_PATCH, "update", STORE_CLASS_UPDATE, STORE_MAY_UPDATE, MAY_NOT("update"), "Failed to update ticket", NULL,
       api_update}}},
    {"/tickets/{number}/attachments/{attachment}",
     "GET, HEAD",
     1,
     {{HTTP_GET, "attachment", STORE_CLASS_READ, STORE_MAY_READ, MAY_NOT("read"), "Failed to get ticket", NULL,
       api_attachment}}},
    {"/health",
     "GET, HEAD",
     1,
     {{HTTP_GET, "health", STORE_CLASS_READ, 0, "", "Service unavailable", NULL, api_health}}},
};

static bool matches(struct sv template, struct sv path, struct api_path *out_r)
{
    struct sv want, part;
    *out_r = (struct api_path){SV_NONE, SV_NONE};
    while (sv_cut(&template, '/', &want)) {
        if (!sv_cut(&path, '/', &part))
            return false;
        struct sv *taken = sv_is(want, "{number}")       ? &out_r->number
                           : sv_is(want, "{attachment}") ? &out_r->attachment
                                                         : NULL;
        if (taken ? part.n == 0 : !sv_eq(part, want))
            return false;
        if (taken)
            *taken = part;
    }
    return !path.p;
}

const struct api_route *api_route_find(struct sv path, struct api_path *out_r)
{
    *out_r = (struct api_path){SV_NONE, SV_NONE};
    if (!sv_has_prefix(path, SV(API_PREFIX "/")))
        return NULL;
    struct sv below = {path.p + sizeof API_PREFIX - 1, path.n - (sizeof API_PREFIX - 1)};
    for (size_t i = 0; i < API_ROUTES; i++)
        if (matches(sv_from(api_routes[i].path), below, out_r))
            return &api_routes[i];
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
