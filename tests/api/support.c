#include "api/support.h"

#include <stdio.h>
#include <string.h>

struct bench bench;

/* Only told apart, never looked into. */
static char some_gate, some_desk;

int api_up(void)
{
    memset(&bench, 0, sizeof bench);
    http_response_init(&bench.resp);
    fake_reset();
    return api_new((struct gate *)&some_gate, (struct desk *)&some_desk, &bench.rules, &bench.api) != STATUS_OK;
}

int api_down(void)
{
    api_free(&bench.api);
    http_response_free(&bench.resp);
    return 0;
}

static enum status read_body(void *ctx, char *dst, size_t n)
{
    (void)ctx;
    bench.n_reads++;
    memcpy(dst, bench.body, n);
    return bench.read;
}

void ask(enum http_method method, const char *path)
{
    api_done(bench.api);
    http_response_free(&bench.resp);
    http_response_init(&bench.resp);
    fake_reset();
    bench.read = STATUS_OK;
    bench.n_reads = 0;
    bench.req = (struct http_request){
        .method = method,
        .path = sv_from(path),
        .request_id = SV("rid"),
        .remote_addr = SV("192.0.2.1"),
        .api_key = SV("omk_good"),
        .n_api_key = 1,
        .read_body = read_body,
        .now_us = NOW,
        .mono_us = MONO,
        .admit_us = ADMIT,
    };
    if (method == HTTP_POST || method == HTTP_PATCH) {
        bench.req.content_type = SV("application/json");
        with_body(method == HTTP_POST ? CREATE : COMMENT);
    }
}

void with_query(const char *query)
{
    bench.req.query = sv_from(query);
}

void with_body(const char *text)
{
    bench.body = text;
    bench.req.content_length = (int64_t)strlen(text);
}

void as_agent(void)
{
    fake.caller.permissions |= STORE_MAY_AGENT;
}

void run(void)
{
    api_handle(bench.api, &bench.req, &bench.resp);
}

const char *body(void)
{
    return bench.resp.stream ? "(stream)" : buf_view(&bench.resp.body).p;
}

bool begins(const char *with)
{
    return strncmp(body(), with, strlen(with)) == 0;
}

const char *header(const char *name)
{
    static char value[HTTP_HEADERS_MAX + 1];
    struct sv rest = buf_view(&bench.resp.headers), line;
    size_t n = strlen(name);
    while (sv_cut(&rest, '\n', &line))
        if (line.n > n + 3 && memcmp(line.p, name, n) == 0 && memcmp(line.p + n, ": ", 2) == 0) {
            snprintf(value, sizeof value, "%.*s", (int)(line.n - n - 3), line.p + n + 2);
            return value;
        }
    return NULL;
}
