/* The sender gives accepted URLs to libcurl: both must see the same target. */
#include <curl/curl.h>
#include <string.h>

#include "fuzz/target.h"
#include "net/url.h"

static char *part(CURLU *h, CURLUPart what)
{
    char *text = NULL;
    MUST(curl_url_get(h, what, &text, CURLU_DEFAULT_PORT) == CURLUE_OK && text);
    return text;
}

static void check_host(const struct net_url *u, const char *host)
{
    struct sv s = sv_from(host);
    struct net_addr a;
    if (s.n > 2 && s.p[0] == '[')
        s = (struct sv){s.p + 1, s.n - 2};
    if (u->is_literal)
        MUST(net_addr_parse(s, &a) && memcmp(&a, &u->addr, sizeof a) == 0);
    else
        MUST(sv_eq_ci(s, u->host));
}

static void check(const struct net_url *u, const char *text)
{
    CURLU *h = curl_url();
    MUST(h && curl_url_set(h, CURLUPART_URL, text, 0) == CURLUE_OK);
    char *scheme = part(h, CURLUPART_SCHEME), *host = part(h, CURLUPART_HOST), *port = part(h, CURLUPART_PORT);
    char *user = NULL;
    MUST(strcmp(scheme, u->https ? "https" : "http") == 0);
    MUST(strtol(port, NULL, 10) == u->port);
    MUST(curl_url_get(h, CURLUPART_USER, &user, 0) == CURLUE_NO_USER);
    check_host(u, host);
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char text[NET_URL_MAX + 1];
    struct net_url u;
    if (net_url_parse((struct sv){(const char *)data, n}, &u))
        return 0;
    memcpy(text, data, n);
    text[n] = '\0';
    check(&u, text);
    return 0;
}
