#include "gate/breaker.h"

#include "gate/layout.h"

bool gate_breaker_allow(struct gate_shared *g, int64_t mono_us)
{
    int64_t next = atomic_load(&g->page->next_probe);
    if (next == 0)
        return true;
    if (mono_us < next)
        return false;
    /* Whoever moves the time probes; if it dies over that, the next second has
     * another. Beaten to it by gate_breaker_ok, go ahead too. */
    return atomic_compare_exchange_strong(&g->page->next_probe, &next, mono_us + GATE_PROBE_US) || next == 0;
}

void gate_breaker_ok(struct gate_shared *g)
{
    if (atomic_load(&g->page->next_probe) != 0)
        atomic_store(&g->page->next_probe, 0);
}

void gate_breaker_fail(struct gate_shared *g, int64_t mono_us)
{
    /* Never earlier than it stands: a request that failed late says little about now. */
    int64_t want = mono_us + GATE_PROBE_US, next = atomic_load(&g->page->next_probe);
    while (next < want && !atomic_compare_exchange_weak(&g->page->next_probe, &next, want))
        continue;
}

bool gate_breaker_open(const struct gate_shared *g)
{
    return atomic_load(&g->page->next_probe) != 0;
}
