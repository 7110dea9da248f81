#include "base/refuse.h"

#include <limits.h>

#include "base/arena.h"

static unsigned limit = UINT_MAX;
static unsigned asked;
static size_t last_size;

static int hook(size_t n)
{
    last_size = n;
    return asked++ < limit;
}

void refuse_from(unsigned n)
{
    limit = n;
    asked = 0;
    arena_alloc_hook = hook;
}

void refuse_none(void)
{
    refuse_from(UINT_MAX);
}

void refuse_off(void)
{
    arena_alloc_hook = NULL;
}

unsigned refuse_asked(void)
{
    return asked;
}

size_t refuse_last_size(void)
{
    return last_size;
}
