#include "bin/peer.h"

#include <errno.h>
#include <fcgios.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "bin/suites.h"
#include "harness/suite.h"

#define STREAM_MAX (256u * 1024u)

/* A stream of records. */
struct stream {
    unsigned char bytes[STREAM_MAX];
    size_t n;
};

static void add_padded(struct stream *s, unsigned type, unsigned id, const void *content, size_t n, size_t padding)
{
    unsigned char head[] = {1,
                            (unsigned char)type,
                            (unsigned char)(id >> 8),
                            (unsigned char)id,
                            (unsigned char)(n >> 8),
                            (unsigned char)n,
                            (unsigned char)padding,
                            0};
    memcpy(s->bytes + s->n, head, sizeof head);
    memcpy(s->bytes + s->n + sizeof head, content, n);
    memset(s->bytes + s->n + sizeof head + n, 0, padding);
    s->n += sizeof head + n + padding;
}

/* nginx pads parameters and bodies. */
static void add(struct stream *s, unsigned type, unsigned id, const void *content, size_t n)
{
    add_padded(s, type, id, content, n, type > 1 && n > 0 ? 3 : 0);
}

/* What follows a request's beginning; then all of a good request's rest. */
static struct stream *request(unsigned type, unsigned id, const void *content, size_t n)
{
    static struct stream s;
    s.n = 0;
    add(&s, 1, 258, "\0\1\0\0\0\0\0", 8);
    if (type)
        add(&s, type, id, content, n);
    add(&s, 4, 258, "\4\5NAMEvalue\0\0", 13);
    add(&s, 4, 258, "\4\x80", 2); /* a pair may lie across records */
    add(&s, 4, 258, "\0\0\2MOREab", 9);
    add(&s, 4, 258, "", 0);
    add(&s, 5, 258, "{}", 2);
    add(&s, 5, 258, "", 0);
    return &s;
}

/* Sends what fits; the end once all of it is there. */
static size_t feed(int *fd, const unsigned char *bytes, size_t n, size_t sent)
{
    ssize_t k = sent < n ? send(*fd, bytes + sent, n - sent, MSG_DONTWAIT) : 0;
    sent += k > 0 ? (size_t)k : 0;
    if (sent == n && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return sent;
}

/* How many bytes libfcgi would get of them, by reads of `piece`; *last_r: what the last read said. */
static size_t read_all(const unsigned char *bytes, size_t n, size_t piece, int *last_r)
{
    int fd[2];
    char buf[8192];
    size_t got = 0, sent = 0;
    *last_r = -2;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
        return 0;
    for (sent = feed(&fd[1], bytes, n, 0); (*last_r = OS_Read(fd[0], buf, piece)) > 0;
         sent = feed(&fd[1], bytes, n, sent))
        got += (size_t)*last_r;
    if (*last_r < 0)
        CHECK_INT("it stays cut", OS_Read(fd[0], buf, piece), -1);
    OS_IpcClose(fd[0], 1);
    if (fd[1] >= 0)
        close(fd[1]);
    return got;
}

static const size_t pieces[] = {1, 7, 8, 8192};

static void test_good(void)
{
    const struct stream *s = request(0, 0, NULL, 0);
    int last;
    for (unsigned i = 0; i < SUITE_N(pieces); i++) {
        CHECK_INT("all of it", read_all(s->bytes, s->n, pieces[i], &last), s->n);
        CHECK_INT("then its end", last, 0);
        CHECK_INT("a part of one", read_all(s->bytes, s->n / 2, pieces[i], &last), s->n / 2);
        CHECK_INT("and its end", last, 0);
    }
}

static void test_cut(void)
{
    static const struct {
        const char *row;
        unsigned type, id;
        const char *content;
        size_t n;
    } rows[] = {
        {"values asked for", 9, 0, "\x0e\0FCGI_MAX_CONNS", 16},
        {"an unknown management record", 200, 0, "", 0},
        {"another request", 4, 1, "\1\1ab", 4},
        {"a second beginning", 1, 258, "\0\1\0\0\0\0\0", 8},
        {"an abort", 2, 258, "", 0},
        {"an end", 3, 258, "\0\0\0\0\0\0\0", 8},
        {"data", 8, 258, "x", 1},
        {"no such type", 77, 258, "x", 1},
        {"a name of 2 GiB", 4, 258, "\xff\xff\xff\xff\1a", 6},
        {"a value of 2 GiB", 4, 258,
         "\1\xff\xff\xff\xff"
         "a",
         6},
        {"a value longer than all may be", 4, 258, "\1\x80\2\0\1a", 6},
    };
    int last;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned j = 0; j < SUITE_N(pieces); j++) {
            const struct stream *s = request(rows[i].type, rows[i].id, rows[i].content, rows[i].n);
            size_t got = read_all(s->bytes, s->n, pieces[j], &last);
            CHECK_INT(rows[i].row, last, -1);
            CHECK(rows[i].row, got < 16 + 8 + rows[i].n);
        }
}

static void test_cut_at_once(void)
{
    static const struct {
        const char *row, *bytes;
    } rows[] = {
        {"no FastCGI", "GET / HTTP/1.1\r\n"},
        {"version 0", "\0\1\0\1\0\10\0\0\0\1\0\0\0\0\0"},
        {"version 2", "\2\1\0\1\0\10\0\0\0\1\0\0\0\0\0"},
        {"no beginning", "\1\4\0\1\0\10\0\0\0\1\0\0\0\0\0"},
        {"management first", "\1\11\0\0\0\10\0\0\0\1\0\0\0\0\0"},
        {"request 0", "\1\1\0\0\0\10\0\0\0\1\0\0\0\0\0"},
    };
    int last;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        CHECK_INT(rows[i].row, read_all((const unsigned char *)rows[i].bytes, 16, 8192, &last), 0);
        CHECK_INT(rows[i].row, last, -1);
    }
}

/* libfcgi takes the padding of a beginning, and of the parameters' end, for records. */
static void test_padding(void)
{
    static const struct {
        const char *row;
        unsigned type;
        const char *content;
        size_t n;
        bool is_cut;
    } rows[] = {
        {"a beginning", 1, "\0\1\0\0\0\0\0", 8, true},
        {"the parameters' end", 4, "", 0, true},
        {"parameters", 4, "\1\1ab", 4, false},
        {"a body", 5, "{}", 2, false},
        {"a body's end", 5, "", 0, false},
    };
    static struct stream s;
    int last;
    for (unsigned i = 0; i < SUITE_N(rows); i++)
        for (unsigned j = 0; j < SUITE_N(pieces); j++) {
            s.n = 0;
            if (rows[i].type != 1)
                add(&s, 1, 258, "\0\1\0\0\0\0\0", 8);
            add_padded(&s, rows[i].type, 258, rows[i].content, rows[i].n, 8);
            read_all(s.bytes, s.n, pieces[j], &last);
            CHECK_INT(rows[i].row, last, rows[i].is_cut ? -1 : 0);
        }
}

/* As many parameters as there may be, and one record more. */
static void test_many_params(void)
{
    static struct stream s;
    static unsigned char pairs[32768];
    int last;
    memset(pairs, 0, sizeof pairs); /* pairs of nothing */
    s.n = 0;
    add(&s, 1, 258, "\0\1\0\0\0\0\0", 8);
    for (size_t n = 0; n < PEER_PARAMS_MAX; n += sizeof pairs)
        add(&s, 4, 258, pairs, sizeof pairs);
    CHECK_INT("as many as may be", read_all(s.bytes, s.n, 8192, &last), s.n);
    CHECK_INT("they end", last, 0);
    add(&s, 4, 258, pairs, 2);
    read_all(s.bytes, s.n, 8192, &last);
    CHECK_INT("more", last, -1);
}

/* A peer that has gone: an error, and no signal. */
static void test_write(void)
{
    int fd[2];
    char text[] = "text", got[8] = "";
    CHECK_INT("pair", socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    CHECK_INT("written", OS_Write(fd[0], text, 4), 4);
    CHECK_INT("read", read(fd[1], got, sizeof got), 4);
    CHECK_STR("as it was", got, "text");
    close(fd[1]);
    CHECK_INT("gone", OS_Write(fd[0], text, 4), -1);
    CHECK_INT("why", errno, EPIPE);
    OS_IpcClose(fd[0], 0);
}

static int quiet(void)
{
    log_setup("unit-bin", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
    return 0;
}

void init_peer_tests(void)
{
    static const struct suite_test tests[] = {
        {"a good request", test_good},
        {"records nginx never sends", test_cut},
        {"no request at all", test_cut_at_once},
        {"padding", test_padding},
        {"parameters without end", test_many_params},
        {"writing", test_write},
    };
    suite_add("bin/peer", quiet, NULL, tests, SUITE_N(tests));
}
