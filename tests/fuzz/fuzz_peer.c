/* Any bytes straight on the workers' socket. The input's lines: letters for the
 * fakes; how many bytes a read gets; then what is sent. */
#include <string.h>

#include "base/num.h"
#include "fuzz/socket.h"
#include "fuzz/target.h"

#define READ_MAX 8192 /* [bytes] */

static void check_request(const struct http_request *q, void *ctx)
{
    (void)ctx;
    MUST(q->request_id.n >= 1 && q->request_id.n <= HTTP_REQUEST_ID_MAX);
    MUST(q->content_length >= -1 && q->method < HTTP_METHOD__MAX && q->path.p);
}

/* A request begins with a record of that type and an id, and the answer bears the
 * id; without a request there is at most an end, and nothing before it. */
static void check_end(struct sv sent, const struct socket_end *end)
{
    const unsigned char *h = (const unsigned char *)sent.p;
    struct buf answer;
    if (end->is_accepted)
        MUST(sent.n >= 3 * SOCKET_HEADER && h[0] == 1 && h[1] == SOCKET_BEGIN && (h[2] | h[3]));
    if (end->back.n == 0 || (end->is_accepted && !end->is_sent))
        return;
    buf_init(&answer, SOCKET_WIRE_MAX * 4);
    MUST(sent.n >= SOCKET_HEADER);
    socket_unwrap(end->back, (unsigned)h[2] << 8 | h[3], &answer);
    MUST(end->is_accepted ? sv_has_prefix(buf_view(&answer), SV("Status: ")) : answer.n == 0);
    buf_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sv rest = {(const char *)data, n};
    struct socket_end end;
    uint64_t piece;
    if (n > SOCKET_INPUT_MAX)
        return 0;
    struct sv letters = answer_line(&rest);
    if (!num_u64(answer_line(&rest), true, READ_MAX, &piece) || piece < 1)
        piece = READ_MAX;
    rest = rest.p ? rest : SV("");
    socket_serve(rest, (size_t)piece, letters, check_request, NULL, &end);
    if (!end.is_late)
        check_end(rest, &end);
    socket_done(&end);
    return 0;
}
