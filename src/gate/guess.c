#include "gate/guess.h"

#include "gate/table.h"

/* Two spaces of ids, so that 1.2.3.4 and 0:0:102:304::/64 are not one. */
enum { FAMILY_V4 = 4, FAMILY_V6 = 6 };

static uint64_t big_endian(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

bool gate_guess(struct gate_shared *g, const struct net_addr *from, int64_t mono_us, uint32_t *reset_s_r)
{
    bool v4 = net_addr_is_v4(from);
    uint64_t id = v4 ? big_endian(from->b + 12, 4) : big_endian(from->b, 8);
    struct gate_verdict v;
    enum status s = gate_table_admit(&g->guesses, id, v4 ? FAMILY_V4 : FAMILY_V6, GATE_GUESSES_MAX, mono_us, &v);
    *reset_s_r = v.reset_s;
    return s == STATUS_OK && v.admitted;
}
