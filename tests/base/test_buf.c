#include "base/buf.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

static void test_append(void)
{
    struct buf b;
    buf_init(&b, 100);
    CHECK("view of nothing", sv_is(buf_view(&b), ""));
    buf_str(&b, "one");
    buf_char(&b, ' ');
    buf_sv(&b, SV("two"));
    buf_sv(&b, SV_NONE);
    buf_add(&b, NULL, 0);
    buf_printf(&b, " %d%s", 3, "!");
    CHECK_STR("all", b.p, "one two 3!");
    CHECK_INT("length", b.n, 10);
    CHECK_INT("status", b.status, STATUS_OK);
    CHECK("view", sv_is(buf_view(&b), "one two 3!"));
    buf_free(&b);
}

static void test_bytes(void)
{
    struct buf b;
    buf_init(&b, 100);
    buf_add(&b, "a\0b", 3);
    CHECK("NUL inside", sv_eq(buf_view(&b), SV("a\0b")));
    buf_free(&b);
}

static void test_cap(void)
{
    struct buf b;
    buf_init(&b, 5);
    buf_str(&b, "12345");
    CHECK_INT("up to the cap", b.status, STATUS_OK);
    buf_char(&b, '6');
    CHECK_INT("one more", b.status, STATUS_TOO_LARGE);
    CHECK_STR("what was there stays", b.p, "12345");
    buf_clear(&b);
    CHECK_INT("cleared", b.status, STATUS_OK);
    CHECK_STR("cleared", b.p, "");
    buf_str(&b, "123456");
    buf_str(&b, "7");
    CHECK_INT("sticky", b.status, STATUS_TOO_LARGE);
    CHECK_INT("nothing came in", b.n, 0);
    buf_free(&b);
    CHECK_INT("usable again", b.status, STATUS_OK);
    buf_str(&b, "12345");
    CHECK_STR("cap kept", b.p, "12345");
    buf_free(&b);
    buf_free(&b);
    buf_init(&b, 0);
    buf_str(&b, "");
    CHECK_INT("cap of nothing", b.status, STATUS_OK);
    buf_char(&b, 'x');
    CHECK_INT("cap of nothing, exceeded", b.status, STATUS_TOO_LARGE);
    buf_free(&b);
}

static void test_huge(void)
{
    struct buf b;
    buf_init(&b, SIZE_MAX);
    buf_str(&b, "x");
    CHECK("no overflow", !buf_room(&b, SIZE_MAX - 1));
    CHECK_INT("too large", b.status, STATUS_TOO_LARGE);
    buf_free(&b);
    buf_printf(&b, "%lc", (wint_t)0x7FFFFFFF);
    CHECK_INT("what printf cannot", b.status, STATUS_TOO_LARGE);
    buf_free(&b);
}

static void test_room(void)
{
    struct buf b;
    buf_init(&b, 10);
    char *p = buf_room(&b, 10);
    CHECK("room", p != NULL);
    if (p) {
        memset(p, 'x', 10);
        buf_claim(&b, 4);
    }
    CHECK_STR("claimed", b.p, "xxxx");
    CHECK("no more than the cap", !buf_room(&b, 7));
    buf_claim(&b, 1);
    CHECK_INT("nothing to claim after an error", b.n, 4);
    buf_free(&b);
}

static void test_growth(void)
{
    struct buf b;
    buf_init(&b, 1000000);
    refuse_none();
    for (unsigned i = 0; i < 1000000; i++)
        buf_char(&b, (char)('a' + i % 26));
    refuse_off();
    CHECK_INT("length", b.n, 1000000);
    CHECK("few allocations: it doubles", refuse_asked() < 16);
    CHECK_INT("last allocation is the cap and a NUL", b.size, 1000001);
    CHECK_INT("content", b.p[999999], 'a' + 999999 % 26);
    CHECK_INT("terminated", b.p[1000000], '\0');
    buf_free(&b);
}

static void test_no_memory(void)
{
    for (unsigned n = 0; n < 3; n++) {
        struct buf b;
        buf_init(&b, 1000);
        refuse_from(n);
        buf_str(&b, "start");
        buf_printf(&b, "%300s", "middle");
        buf_printf(&b, "%300s", "end");
        refuse_off();
        CHECK_INT("status", b.status, STATUS_NO_MEMORY);
        static const char *const left[] = {NULL, "start"};
        if (n < 2)
            CHECK_STR("what was there stays", b.p, left[n]);
        else
            CHECK_INT("what was there stays", b.n, 305);
        buf_free(&b);
    }
}

void init_buf_tests(void)
{
    static const struct suite_test tests[] = {
        {"append", test_append},       {"bytes", test_bytes},         {"cap", test_cap},
        {"huge", test_huge},           {"room and claim", test_room}, {"growth", test_growth},
        {"no memory", test_no_memory},
    };
    suite_add("base/buf", NULL, NULL, tests, SUITE_N(tests));
}
