#include "base/arena.h"

#include <malloc.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "base/refuse.h"
#include "base/suites.h"
#include "harness/suite.h"

#define OWN_BLOCK ((size_t)64 * 1024)

static bool all_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void test_alloc(void)
{
    struct arena *a = arena_new(10 * OWN_BLOCK);
    unsigned char *last = NULL;
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        CHECK("memory", p != NULL);
        CHECK("apart", p != last);
        CHECK_INT("aligned", (uintptr_t)p % alignof(max_align_t), 0);
        if (p) {
            CHECK("zeroed", all_zero(p, n));
            memset(p, 0xFF, n);
        }
        last = p;
    }
    arena_free(&a);
    CHECK("nulled", !a);
    arena_free(&a);
}

static void test_zero_again(void)
{
    struct arena *a = arena_new(10 * OWN_BLOCK);
    for (unsigned round = 0; round < 3; round++) {
        unsigned char *p = arena_alloc(a, 1000);
        unsigned char *large = arena_alloc(a, OWN_BLOCK + 1);
        CHECK("small zeroed", p && all_zero(p, 1000));
        CHECK("large zeroed", large && all_zero(large, OWN_BLOCK + 1));
        if (p && large) {
            memset(p, 0xAA, 1000);
            memset(large, 0xAA, OWN_BLOCK + 1);
        }
        arena_reset(a);
        CHECK_INT("nothing used", arena_used(a), 0);
    }
    arena_free(&a);
}

static void test_cap(void)
{
    struct arena *a = arena_new(1024);
    CHECK("all of it", arena_alloc(a, 1024) != NULL);
    CHECK_INT("used", arena_used(a), 1024);
    CHECK("one more", !arena_alloc(a, 1));
    CHECK("not even nothing", !arena_alloc(a, 0));
    arena_reset(a);
    CHECK("more than the cap", !arena_alloc(a, 1025));
    CHECK("rounded past the cap", arena_alloc(a, 1001) != NULL && !arena_alloc(a, 17));
    CHECK("a smaller one still fits", arena_alloc(a, 16) != NULL);
    arena_free(&a);
}

static void test_overflow(void)
{
    struct arena *a = arena_new(SIZE_MAX);
    CHECK("SIZE_MAX", !arena_alloc(a, SIZE_MAX));
    CHECK("SIZE_MAX - 64", !arena_alloc(a, SIZE_MAX - 64));
    CHECK("product", !arena_array(a, SIZE_MAX / 2 + 1, 2));
    CHECK("product wraps to little", !arena_array(a, SIZE_MAX / 8 + 2, 8));
    CHECK("array", arena_array(a, 100, 8) != NULL);
    struct sv copy;
    CHECK_INT("dup", arena_dup(a, (struct sv){"x", SIZE_MAX}, &copy), STATUS_NO_MEMORY);
    arena_free(&a);
}

/* What is asked of malloc: small requests share a block, large ones have their
 * own, and a reset keeps one small block. */
static void test_blocks(void)
{
    struct arena *a = arena_new(100 * OWN_BLOCK);
    refuse_none();
    for (unsigned i = 0; i < 100; i++)
        CHECK("small", arena_alloc(a, 100) != NULL);
    CHECK_INT("one block for a hundred", refuse_asked(), 1);
    CHECK("large", arena_alloc(a, OWN_BLOCK) != NULL);
    CHECK_INT("a block of its own", refuse_asked(), 2);
    CHECK("of its size", refuse_last_size() >= OWN_BLOCK && refuse_last_size() < OWN_BLOCK + 64);
    CHECK("small again", arena_alloc(a, 100) != NULL);
    CHECK_INT("in the old block", refuse_asked(), 2);
    for (unsigned i = 0; i < 5; i++)
        CHECK("half a block", arena_alloc(a, OWN_BLOCK / 2) != NULL);
    CHECK("more blocks", refuse_asked() > 2);
    arena_reset(a);
    refuse_none();
    CHECK("after a reset", arena_alloc(a, 1000) != NULL);
    CHECK_INT("the kept block serves", refuse_asked(), 0);
    refuse_off();
    arena_free(&a);
}

/* A worker must not stay as large as its largest request. */
static void test_reset_gives_back(void)
{
    struct arena *a = arena_new(100 * OWN_BLOCK);
    CHECK("the block that is kept", arena_alloc(a, 1) != NULL);
    struct mallinfo2 before = mallinfo2();
    for (unsigned i = 1; i <= 8; i++)
        CHECK("memory", arena_alloc(a, i * OWN_BLOCK) && arena_alloc(a, OWN_BLOCK / 2));
    arena_reset(a);
    struct mallinfo2 after = mallinfo2();
    CHECK("no more than before", after.uordblks + after.hblkhd <= before.uordblks + before.hblkhd);
    arena_free(&a);
}

static void test_strings(void)
{
    struct arena *a = arena_new(OWN_BLOCK);
    struct sv copy = SV_NONE;
    const char *from = "abcdef";
    CHECK_INT("dup", arena_dup(a, (struct sv){from, 3}, &copy), STATUS_OK);
    CHECK_STR("dup", copy.p, "abc");
    CHECK_INT("dup", copy.n, 3);
    CHECK("a copy", copy.p != from);
    CHECK_INT("dup of absent", arena_dup(a, SV_NONE, &copy), STATUS_OK);
    CHECK_STR("dup of absent is empty", copy.p, "");
    CHECK_STR("str", arena_str(a, (struct sv){from, 2}), "ab");
    CHECK_STR("printf", arena_printf(a, "%s-%d", "x", 42), "x-42");
    CHECK("printf of what it cannot", !arena_printf(a, "%lc", (wint_t)0x7FFFFFFF));
    CHECK("printf past the cap", !arena_printf(a, "%70000s", ""));
    arena_free(&a);
}

static bool use(struct arena **a_r)
{
    struct sv copy;
    struct arena *a = *a_r = arena_new(100 * OWN_BLOCK);
    return a && arena_alloc(a, 10) && arena_alloc(a, OWN_BLOCK) && arena_array(a, 3, OWN_BLOCK / 4) &&
           arena_str(a, SV("abc")) && arena_printf(a, "%50000s", "x") && arena_dup(a, SV("x"), &copy) == STATUS_OK &&
           arena_alloc(a, OWN_BLOCK * 2);
}

static void test_no_memory(void)
{
    struct arena *a = NULL;
    refuse_none();
    CHECK("with memory", use(&a));
    unsigned needed = refuse_asked();
    arena_free(&a);
    CHECK_INT("arena, small, large, small, large", needed, 5);
    for (unsigned n = 0; n < needed; n++) {
        refuse_from(n);
        CHECK("without", !use(&a));
        arena_free(&a);
    }
    refuse_off();
}

void init_arena_tests(void)
{
    static const struct suite_test tests[] = {
        {"alloc", test_alloc},     {"zeroed again after a reset", test_zero_again},
        {"cap", test_cap},         {"overflow", test_overflow},
        {"blocks", test_blocks},   {"reset gives back", test_reset_gives_back},
        {"strings", test_strings}, {"no memory", test_no_memory},
    };
    suite_add("base/arena", NULL, NULL, tests, SUITE_N(tests));
}
