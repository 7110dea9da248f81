#include "admin/value.h"

#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/utf8.h"
#include "crypto/id.h"
#include "gate/window.h"
#include "net/addr.h"

const char *const admin_permission_names[ADMIN_PERMISSIONS] = {"create", "read", "update", "agent"};
const char *const admin_class_names[STORE_CLASS__MAX] = {"create", "read", "update"};

static const uint32_t standard_limits[STORE_CLASS__MAX] = {100, 500, 200}; /* per 60 s, the API reference's */

static bool has_control(struct sv s)
{
    while (s.n > 0) {
        uint32_t cp;
        size_t n = utf8_get(s, &cp);
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            return true;
        s.p += n;
        s.n -= n;
    }
    return false;
}

enum status admin_value_text(struct sv s, const char *label, size_t max, struct err *err)
{
    if (utf8_blank(s) || utf8_count(s) > max || has_control(s))
        return err_set(err, STATUS_BAD_INPUT, "%s: must be 1 to %zu characters, not blank, without control characters",
                       label, max);
    return STATUS_OK;
}

enum status admin_value_number(struct sv s, const char *label, uint64_t min, uint64_t max, uint64_t *out_r,
                               struct err *err)
{
    uint64_t v = 0;
    if (!num_u64(s, false, max, &v) || v < min)
        return err_set(err, STATUS_BAD_INPUT, "%s: must be a whole number from %llu to %llu, not %.*s", label,
                       (unsigned long long)min, (unsigned long long)max, SV_ARG(s));
    *out_r = v;
    return STATUS_OK;
}

static bool is_code_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

enum status admin_value_code(struct sv s, const char *label, struct err *err)
{
    bool good = s.n >= 1 && s.n <= STORE_PARTNER_CODE_MAX;
    for (size_t i = 0; good && i < s.n; i++)
        good = is_code_char(s.p[i]);
    if (!good)
        return err_set(err, STATUS_BAD_INPUT, "%s: must be 1 to %d of A-Z a-z 0-9 . _ -", label,
                       STORE_PARTNER_CODE_MAX);
    return STATUS_OK;
}

/* Which of `names` s is; n when none. */
static unsigned word_index(struct sv s, const char *const *names, unsigned n)
{
    unsigned i = 0;
    while (i < n && !sv_is(s, names[i]))
        i++;
    return i;
}

enum status admin_value_permissions(struct sv s, unsigned *out_r, struct err *err)
{
    unsigned may = 0;
    struct sv word;
    if (!s.p) {
        *out_r = STORE_MAY_CREATE | STORE_MAY_READ | STORE_MAY_UPDATE;
        return STATUS_OK;
    }
    while (sv_cut(&s, ',', &word)) {
        unsigned i = word_index(word, admin_permission_names, ADMIN_PERMISSIONS);
        if (i == ADMIN_PERMISSIONS || (may & 1u << i))
            return err_set(err, STATUS_BAD_INPUT, "--permissions: must be some of create,read,update,agent, each once");
        may |= 1u << i;
    }
    *out_r = may == STORE_MAY_AGENT ? STORE_MAY_AGENT | STORE_MAY_READ | STORE_MAY_UPDATE : may;
    return STATUS_OK;
}

/* One "class=N"; `seen`: bits of the classes already set. */
static bool limit_part(struct sv part, uint32_t out[STORE_CLASS__MAX], unsigned *seen)
{
    struct sv name;
    uint64_t n = 0;
    if (!sv_cut(&part, '=', &name) || !part.p)
        return false;
    unsigned i = word_index(name, admin_class_names, STORE_CLASS__MAX);
    if (i == STORE_CLASS__MAX || (*seen & 1u << i))
        return false;
    if (!sv_is(part, "unlimited") && (!num_u64(part, false, GATE_LIMIT_MAX, &n) || n == 0))
        return false;
    out[i] = (uint32_t)n;
    *seen |= 1u << i;
    return true;
}

enum status admin_value_limits(struct sv s, uint32_t out[STORE_CLASS__MAX], struct err *err)
{
    unsigned seen = 0;
    struct sv part;
    memcpy(out, standard_limits, sizeof standard_limits);
    if (sv_is(s, "unlimited")) {
        memset(out, 0, sizeof standard_limits);
        return STATUS_OK;
    }
    while (sv_cut(&s, ',', &part))
        if (!limit_part(part, out, &seen))
            return err_set(err, STATUS_BAD_INPUT,
                           "--limit: must be create=N,read=N,update=N (some of them, each once) with N from 1 to %d or "
                           "unlimited, or unlimited alone",
                           GATE_LIMIT_MAX);
    return STATUS_OK;
}

enum status admin_value_cidrs(struct arena *a, const struct admin_values *v, struct sv *out_r, struct err *err)
{
    struct net_cidr cidr;
    const char *all = NULL;
    for (unsigned i = 0; i < v->n; i++) {
        if (!net_cidr_parse(sv_from(v->value[i]), &cidr))
            return err_set(
                err, STATUS_BAD_INPUT,
                "--cidr: must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32, without bits past the "
                "prefix");
        all = all ? arena_printf(a, "%s %s", all, v->value[i]) : v->value[i];
        if (!all)
            return err_set(err, STATUS_NO_MEMORY, "out of memory");
    }
    *out_r = sv_from(all);
    if (out_r->n > STORE_CIDRS_TEXT_MAX)
        return err_set(err, STATUS_BAD_INPUT, "--cidr: all together must be at most %d characters",
                       STORE_CIDRS_TEXT_MAX);
    return STATUS_OK;
}

enum status admin_value_url(struct sv s, const char *label, const struct net_url_rules *rules, struct err *err)
{
    struct net_url url;
    const char *why = net_url_parse(s, &url);
    if (!why)
        why = net_url_check(&url, rules);
    return why ? err_set(err, STATUS_BAD_INPUT, "%s: %s", label, why) : STATUS_OK;
}

enum status admin_value_time(struct sv s, const char *label, int64_t *out_r, struct err *err)
{
    *out_r = CLOCK_NONE;
    if (s.p && !clock_parse_iso(s, out_r))
        return err_set(err, STATUS_BAD_INPUT, "%s: must be a moment, UTC, such as 2027-01-31T00:00:00Z", label);
    return STATUS_OK;
}

enum status admin_value_cuid(struct sv s, const char *label, struct err *err)
{
    bool good = s.n == CRYPTO_CUID_SIZE - 1 && s.p[0] == 'c';
    for (size_t i = 0; good && i < s.n; i++)
        good = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9');
    return good ? STATUS_OK : err_set(err, STATUS_BAD_INPUT, "%s: must be c and 24 of a-z 0-9", label);
}

enum status admin_value_expires(struct sv s, int64_t now_us, int64_t *out_r, struct err *err)
{
    *out_r = CLOCK_NONE;
    if (s.p && (!clock_parse_iso(s, out_r) || *out_r <= now_us))
        return err_set(err, STATUS_BAD_INPUT, "--expires: must be a moment to come, UTC, such as 2027-01-31T00:00:00Z");
    return STATUS_OK;
}
