/* A FastCGI responder that answers the same bytes every time: what nginx and
 * libfcgi cost without a database. Body: the file in BENCH_BODY. */
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>

enum { BODY_MAX = 1 << 20 };

int main(void)
{
    static char body[BODY_MAX];
    const char *path = getenv("BENCH_BODY");
    FILE *f = path ? fopen(path, "rb") : NULL;
    size_t n = f ? fread(body, 1, sizeof body, f) : 0;
    FCGX_Request r;
    if (n == 0 || FCGX_Init() != 0 || FCGX_InitRequest(&r, 0, 0) != 0)
        return 1;
    while (FCGX_Accept_r(&r) == 0) {
        char head[256];
        snprintf(head, sizeof head,
                 "Status: 200\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: "
                 "%zu\r\nCache-Control: no-store\r\n"
                 "X-Content-Type-Options: nosniff\r\nX-Request-ID: %s\r\n\r\n",
                 n, FCGX_GetParam("REQUEST_ID", r.envp) ? FCGX_GetParam("REQUEST_ID", r.envp) : "-");
        FCGX_PutS(head, r.out);
        FCGX_PutStr(body, (int)n, r.out);
        FCGX_Finish_r(&r);
    }
    return 0;
}
