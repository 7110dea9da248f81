/* A partner's list of hosts, and a URL's host against it. The input: a line
 * with the host, then the list. */
#include <string.h>

#include "fuzz/target.h"
#include "net/url.h"

/* Every member of a good list has a host of its own on the list. */
static void check_members(struct sv list)
{
    struct sv rest = list, entry;
    while (sv_cut(&rest, ' ', &entry)) {
        char below[512];
        if (entry.n == 0)
            continue;
        MUST(entry.n < sizeof below && !memchr(entry.p, '/', entry.n) && !memchr(entry.p, '@', entry.n));
        memcpy(below, entry.p, entry.n);
        below[0] = entry.p[0] == '*' ? 'x' : below[0];
        MUST(net_host_listed((struct sv){below, entry.n}, list));
        if (entry.p[0] == '*')
            MUST(!net_host_listed((struct sv){entry.p + 2, entry.n - 2}, entry));
    }
}

/* What is listed is in the list: its end, if case does not count. */
static bool ends_like_some(struct sv host, struct sv list)
{
    struct sv entry;
    while (sv_cut(&list, ' ', &entry)) {
        size_t n = entry.n > 1 && entry.p[0] == '*' ? entry.n - 1 : entry.n;
        struct sv end = {entry.p + entry.n - n, n};
        if (n > 0 && host.n >= n && sv_eq_ci((struct sv){host.p + host.n - n, n}, end))
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv list = {(const char *)data, n}, host = SV("");
    struct net_addr a;
    sv_cut(&list, '\n', &host);
    MUST(net_host_listed(host, SV_NONE));
    if (!list.p)
        return 0;
    bool listed = net_host_listed(host, list);
    if (listed && !net_addr_parse(host, &a))
        MUST(ends_like_some(host, list));
    const char *why = net_host_list_check(list);
    MUST(!why || strncmp(why, "must be ", 8) == 0);
    if (!why)
        check_members(list);
    return 0;
}
