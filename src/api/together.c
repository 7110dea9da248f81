#include "api/internal.h"

/* Those of n requests that wish for this. */
static size_t with_wish(struct api *const *a, size_t n, enum api_wish wish, struct api_call **c_r)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (a[i]->call.wish == wish && !a[i]->call.is_answered)
            c_r[found++] = &a[i]->call;
    return found;
}

/* Details and statuses: the same question, asked and told in two ways. */
static void ask(struct api_call *const *c, size_t n, bool is_details)
{
    struct desk_asking asked[API_TOGETHER_MAX];
    struct ticket_details out[API_TOGETHER_MAX];
    for (size_t i = 0; i < n; i++)
        asked[i] = (struct desk_asking){.call = &c[i]->desk, .number = c[i]->number, .out = &out[i]};
    if (is_details)
        desk_details_together(c[0]->a->desk, asked, n);
    else
        desk_status_together(c[0]->a->desk, asked, n);
    for (size_t i = 0; i < n; i++) {
        if (!asked[i].done)
            continue;
        if (is_details)
            api_tell_details(c[i], &out[i]);
        else
            api_tell_status(c[i], &out[i].ticket);
        api_answered(c[i]);
    }
}

static void open(struct api_call *const *c, size_t n)
{
    struct desk_writing w[API_TOGETHER_MAX];
    for (size_t i = 0; i < n; i++)
        w[i] = (struct desk_writing){.call = &c[i]->desk, .o = c[i]->opening, .out = &c[i]->resp->body};
    desk_open_together(c[0]->a->desk, w, n);
    for (size_t i = 0; i < n; i++) {
        if (!w[i].done)
            continue;
        api_tell_write(c[i], w[i].status, false);
        api_answered(c[i]);
    }
}

void api_together(struct api *const *a, size_t n)
{
    struct api_call *c[API_TOGETHER_MAX];
    if (n > API_TOGETHER_MAX)
        return;
    for (int wish = API_WISH_NONE + 1; wish < API_WISH__MAX; wish++) {
        size_t of = with_wish(a, n, (enum api_wish)wish, c);
        if (of > 1 && wish == API_WISH_OPEN)
            open(c, of);
        else if (of > 1)
            ask(c, of, wish == API_WISH_DETAILS);
    }
}
