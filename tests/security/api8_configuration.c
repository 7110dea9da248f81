/* API8:2023 Security misconfiguration: what the server says of itself, methods and
 * headers it should not heed, paths out of its folder, errors, TLS. That every answer
 * keeps to a closed list of headers and tells nothing is looked at in `ask`, for all
 * requests of all files. */
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "e2e/sending.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/routes.h"
#include "security/wire.h"

/* ---- Methods ---- */

static void test_methods(void)
{
    static const char *const methods[] = {"TRACE", "TRACK", "CONNECT", "OPTIONS", "DEBUG", "get", "Get", "HELP"};
    static const char *const targets[] = {
        API "/tickets", API "/health", "/", "*", "localhost:80", "http://localhost" API "/health"};
    for (unsigned m = 0; m < SUITE_N(methods); m++)
        for (unsigned t = 0; t < SUITE_N(targets); t++) {
            char row[128];
            snprintf(row, sizeof row, "%s %s", methods[m], targets[t]);
            struct reply r = ask(&(struct ask){
                .method = methods[m], .target = targets[t], .key = keys.all, .extra = "Max-Forwards: 0\r\n"});
            CHECK(row, r.status == 400 || r.status == 404 || r.status == 405);
            CHECK(row, !strstr(r.body, keys.all) && !strstr(r.body, "Max-Forwards"));
            reply_free(&r);
        }
}

/* ---- Headers of browsers and of other servers ---- */

static void test_browsers(void)
{
    static const char *const extra[] = {
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: https://evil.example\r\nAccess-Control-Request-Method: PATCH\r\n",
        "Origin: https://evil.example\r\nAccess-Control-Request-Headers: x-api-key\r\n",
        "Origin: http://localhost\r\nAccess-Control-Request-Private-Network: true\r\n",
    };
    static const char *const methods[] = {"GET", "HEAD", "POST", "PATCH", "OPTIONS"};
    for (unsigned i = 0; i < SUITE_N(extra); i++)
        for (unsigned m = 0; m < SUITE_N(methods); m++)
            for (int has_key = 0; has_key < 2; has_key++) {
                struct reply r = ask(&(struct ask){.method = methods[m],
                                                   .target = API "/tickets?ticketNumber=1408",
                                                   .key = has_key ? keys.all : NULL,
                                                   .extra = extra[i]});
                CHECK(methods[m], !strcasestr(r.head, "Access-Control-"));
                CHECK(methods[m], !strcasestr(r.head, "Set-Cookie"));
                CHECK(methods[m], !strcasestr(r.head, "evil.example"));
                reply_free(&r);
            }
}

/* Whoever sends a Host of its own finds it nowhere in an answer. */
static void test_hosts(void)
{
    static const char *const hosts[] = {"evil.example", "evil.example:80", "127.0.0.1", "[::1]",
                                        "localhost.evil.example"};
    static const char body[] = BODY_OF("");
    for (unsigned i = 0; i < SUITE_N(hosts); i++) {
        char bytes[1024], out[8192];
        int n = snprintf(bytes, sizeof bytes,
                         "POST " API "/tickets HTTP/1.1\r\nHost: %s\r\nX-Forwarded-Host: evil.example\r\n"
                         "X-Forwarded-Proto: javascript\r\nForwarded: host=evil.example\r\nConnection: close\r\n"
                         "X-API-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                         hosts[i], keys.all, sizeof body - 1, body);
        raw(bytes, (size_t)n, out, sizeof out, 10000);
        CHECK(hosts[i], strncmp(out, "HTTP/1.1 200 ", 13) == 0);
        CHECK(hosts[i], !strstr(out, "evil") && !strstr(out, "javascript"));
        CHECK(hosts[i], strstr(out, "\"trackingUrl\":\"https://servicedesk.banksulutgo.co.id/tickets/") != NULL);
    }
}

/* Conditional and partial requests: no cache of ours to poison, no other code path. */
static void test_conditions(void)
{
    static const char *const extra[] = {"If-None-Match: *\r\n",
                                        "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n",
                                        "If-Match: \"x\"\r\n",
                                        "Range: bytes=0-3\r\n",
                                        "Range: bytes=0-0,1-1,2-2,3-3,4-4\r\n",
                                        "Accept: text/html\r\n",
                                        "Accept-Encoding: gzip, br\r\n",
                                        "Upgrade: websocket\r\nConnection: Upgrade\r\n",
                                        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
                                        "TE: trailers\r\n",
                                        "Expect: 100-continuum\r\n"};
    char target[128];
    snprintf(target, sizeof target, API "/tickets/%s/attachments/%s", home.number, home.attachment);
    for (unsigned i = 0; i < SUITE_N(extra); i++) {
        struct reply r = ask(&(struct ask){.target = target, .key = keys.all, .extra = extra[i]});
        CHECK_INT(extra[i], r.status, 200);
        CHECK_STR(extra[i], r.body, "secret");
        CHECK_STR(extra[i], header(&r, "Cache-Control", NULL), "no-store");
        reply_free(&r);
    }
}

/* ---- Paths out of the folder ---- */

static void test_traversal(void)
{
    static const char *const targets[] = {"/../../../etc/passwd",
                                          API "/../../../../etc/passwd",
                                          API "/tickets/../../../../etc/passwd",
                                          API "/..%2f..%2f..%2fetc%2fpasswd",
                                          API "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                                          API "/..%252f..%252fetc/passwd",
                                          API "/tickets/..%c0%af..%c0%afetc/passwd",
                                          API "/..\\..\\..\\etc\\passwd",
                                          API "/tickets/....//....//etc/passwd",
                                          API "/tickets/1408/attachments/../../../../../etc/passwd",
                                          API "/tickets/1408/attachments/..%2f..%2f..%2fetc%2fpasswd",
                                          API "/tickets/%00",
                                          API "/tickets/1408%00.json",
                                          API "/tickets/file:%2f%2f%2fetc%2fpasswd",
                                          API "/tickets/1408/attachments/%2fetc%2fpasswd",
                                          API "../etc/passwd",
                                          API "/tickets/..;/..;/etc/passwd",
                                          "//etc/passwd",
                                          "/etc/passwd",
                                          "/.git/config",
                                          "/.git/HEAD",
                                          "/.env",
                                          "/.htaccess",
                                          "/.well-known/security.txt",
                                          "/server-status",
                                          "/nginx_status",
                                          "/stub_status",
                                          "/status",
                                          "/favicon.ico",
                                          "/robots.txt",
                                          "/index.html",
                                          "/index.php",
                                          "/cgi-bin/",
                                          "/cgi-bin/omnichannel.fcgi",
                                          "/omnichannel.fcgi",
                                          "/omnichannel.conf",
                                          "/etc/omnichannel.conf",
                                          "/nginx.conf",
                                          "/var/log/nginx/access.log",
                                          "/_omnichannel_error",
                                          "/_omnichannel_error?of=_head",
                                          API,
                                          API "/",
                                          API "./tickets",
                                          API "tickets"};
    for (unsigned i = 0; i < SUITE_N(targets); i++)
        for (int has_key = 0; has_key < 2; has_key++) {
            struct reply r = ask(&(struct ask){.target = targets[i], .key = has_key ? keys.agent : NULL});
            CHECK(targets[i], r.status == 404 || r.status == 400 || (!has_key && r.status == 401));
            CHECK(targets[i], !strstr(r.body, "root:") && !strstr(r.body, "passwd"));
            reply_free(&r);
        }
}

/* ---- Errors ---- */

/* A database that refuses every statement: the operation's own text, and not a word of why. */
static void test_database_errors(void)
{
    static const char *const tables[] = {"ticket", "comment"};
    char out[1024];
    for (unsigned t = 0; t < SUITE_N(tables); t++) {
        sql(out, "RENAME TABLE %s TO %s_hidden", tables[t], tables[t]);
        for (size_t i = 0; i < n_probes; i++) {
            struct reply r = probe_send(&probes[i], keys.all, &home, NULL);
            bool is_head = strcmp(probes[i].method, "HEAD") == 0;
            if (r.status >= 500) {
                CHECK(probes[i].name, r.status == 500 || r.status == 503);
                if (!is_head)
                    check_error(probes[i].name, &r, r.status,
                                strcmp(probes[i].method, "POST") == 0    ? "Failed to create ticket"
                                : strcmp(probes[i].method, "PATCH") == 0 ? "Failed to update ticket"
                                                                         : "Failed to get ticket");
            }
            if (t == 0 && expectation_of(&probes[i])->needs)
                CHECK(probes[i].name, r.status >= 500);
            reply_free(&r);
        }
        sql(out, "RENAME TABLE %s_hidden TO %s", tables[t], tables[t]);
    }
    bool again = false;
    for (int64_t end = now_us() + INT64_C(20000000); !again && now_us() < end; usleep(50000)) {
        struct reply r = probe_send(&probes[0], keys.all, &home, NULL);
        again = r.status == 200;
        reply_free(&r);
    }
    CHECK("and it goes on", again);
}

/* ---- TLS ---- */

/* The version that a client with these settings gets; NULL: none. */
static const char *tls_try(int min, int max, const char *ciphers)
{
    const char *got = NULL;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)stack.https_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (!ctx || fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to))
        abort();
    SSL_CTX_set_security_level(ctx, 0); /* ours would refuse them by itself */
    bool set = SSL_CTX_set_min_proto_version(ctx, min) && SSL_CTX_set_max_proto_version(ctx, max) &&
               (!ciphers || SSL_CTX_set_cipher_list(ctx, ciphers));
    SSL *ssl = SSL_new(ctx);
    CHECK(ciphers ? ciphers : "version", set && ssl);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1)
        got = SSL_get_version(ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    ERR_clear_error();
    return got;
}

static void test_tls(void)
{
    static const char *const weak[] = {"aNULL:eNULL",
                                       "NULL-SHA256",
                                       "AES128-SHA",
                                       "AES256-SHA256",
                                       "AES128-GCM-SHA256",
                                       "AES256-GCM-SHA384",
                                       "ECDHE-RSA-AES128-SHA",
                                       "ECDHE-RSA-AES256-SHA384",
                                       "ECDHE-ECDSA-AES128-SHA256",
                                       "DHE-RSA-AES128-GCM-SHA256",
                                       "CAMELLIA128-SHA",
                                       "AES128-CCM",
                                       "PSK-AES128-GCM-SHA256",
                                       "kRSA",
                                       "CBC"};
    static const int old[] = {SSL3_VERSION, TLS1_VERSION, TLS1_1_VERSION};
    for (unsigned i = 0; i < SUITE_N(old); i++) {
        CHECK_STR("an old version", tls_try(old[i], old[i], NULL), NULL);
        CHECK_STR("up to an old version", tls_try(0, old[i], "ALL:@SECLEVEL=0"), NULL);
    }
    CHECK_STR("1.2", tls_try(TLS1_2_VERSION, TLS1_2_VERSION, NULL), "TLSv1.2");
    CHECK_STR("1.3", tls_try(TLS1_3_VERSION, TLS1_3_VERSION, NULL), "TLSv1.3");
    CHECK_STR("the best of both", tls_try(0, 0, NULL), "TLSv1.3");
    for (unsigned i = 0; i < SUITE_N(weak); i++) {
        SSL_CTX *known = SSL_CTX_new(TLS_client_method());
        if (SSL_CTX_set_cipher_list(known, weak[i]))
            CHECK_STR(weak[i], tls_try(TLS1_2_VERSION, TLS1_2_VERSION, weak[i]), NULL);
        SSL_CTX_free(known);
        ERR_clear_error();
    }
}

/* The same headers over TLS, and one more. */
static void test_hsts(void)
{
    static const char *const paths[] = {"/health", "/tickets", "/nothing"};
    for (unsigned i = 0; i < SUITE_N(paths); i++) {
        char url[512];
        snprintf(url, sizeof url, "%s%s", stack.tls_url, paths[i]);
        struct reply r = get(url, NULL);
        check_common(paths[i], &r);
        CHECK_STR(paths[i], header(&r, "Strict-Transport-Security", NULL), "max-age=31536000");
        CHECK_STR(paths[i], header(&r, "Server", NULL), "nginx");
        reply_free(&r);
    }
}

void init_configuration_tests(void)
{
    static const struct suite_test tests[] = {
        {"methods", test_methods},
        {"headers of browsers", test_browsers},
        {"hosts", test_hosts},
        {"conditions and ranges", test_conditions},
        {"paths out of the folder", test_traversal},
        {"a database that refuses", test_database_errors},
        {"TLS", test_tls},
        {"HSTS", test_hsts},
    };
    suite_add("API8 configuration", NULL, NULL, tests, SUITE_N(tests));
}
