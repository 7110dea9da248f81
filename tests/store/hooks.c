#include "hooks.h"

#include <stdio.h>
#include <string.h>

struct store_hook_claim hooks_last;
uint64_t *hooks_woken;

void hooks_clear(void)
{
    static const char *const tables[] = {"job", "receiver", "attempt", "dead", "gone"};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        support_do("DELETE FROM webhook_%s", tables[i]);
}

uint64_t hooks_job_to(uint64_t receiver, uint64_t ticket, unsigned seq, const char *url)
{
    support_do("INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, "
               "next_due, created_at) VALUES ('c%llu-%u', %u, %llu, %llu, %u, 'STATUS_CHANGED', '%s', "
               "'{\"seq\":%u}', NOW(6) - INTERVAL 1 SECOND + INTERVAL %u MICROSECOND, NOW(6) - INTERVAL 1 SECOND)",
               (unsigned long long)ticket, seq, SUPPORT_PARTNER, (unsigned long long)receiver,
               (unsigned long long)ticket, seq, url, seq, seq);
    return (uint64_t)support_number("SELECT id FROM webhook_job WHERE webhook_id = 'c%llu-%u'",
                                    (unsigned long long)ticket, seq);
}

uint64_t hooks_job(uint64_t receiver, uint64_t ticket, unsigned seq)
{
    return hooks_job_to(receiver, ticket, seq, "https://a.example/hook");
}

void hooks_later(uint64_t id, int64_t us)
{
    support_do("UPDATE webhook_job SET next_due = next_due - INTERVAL %lld MICROSECOND, "
               "hold_until = hold_until - INTERVAL %lld MICROSECOND, created_at = created_at - INTERVAL %lld "
               "MICROSECOND WHERE id = %llu",
               (long long)us, (long long)us, (long long)us, (unsigned long long)id);
}

struct store_hook_claimed hooks_claim(struct store *s, uint64_t receiver, unsigned want)
{
    struct store_hook_claimed out;
    hooks_last = (struct store_hook_claim){
        .receiver = receiver, .want = want, .retries = true, .lease_us = HOOKS_LEASE, .hold_us = HOOKS_HOLD};
    CHECK_INT("token", crypto_random(hooks_last.token, sizeof hooks_last.token), STATUS_OK);
    CHECK_INT("claim", store_hook_claim(s, support_arena, &hooks_last, &out, support_err()), STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    return out;
}

struct store_hook_outcome hooks_outcome(uint64_t id, enum store_hook_verdict verdict)
{
    struct store_hook_outcome o = {.id = id, .verdict = verdict, .duration_ms = 12, .hold_us = HOOKS_HOLD};
    memcpy(o.token, hooks_last.token, sizeof o.token);
    o.http_status = verdict == STORE_HOOK_DELIVERED ? 200 : verdict == STORE_HOOK_GONE ? 410 : 500;
    o.wait_us = 5 * CLOCK_SECOND;
    if (verdict != STORE_HOOK_DELIVERED)
        snprintf(o.error, sizeof o.error, "status %u", o.http_status);
    return o;
}

int hooks_finish_told(struct store *s, struct store_hook_outcome o, const struct store_hook_told *told)
{
    size_t n;
    enum status st = store_hook_finish(s, support_arena, &o, 1, told, told ? 1 : 0, &hooks_woken, &n, support_err());
    CHECK_INT("finish", st, STATUS_OK);
    CHECK_STR("no text", support_err_text(), "");
    return st ? -1 : (int)n;
}

int hooks_finish(struct store *s, struct store_hook_outcome o)
{
    return hooks_finish_told(s, o, NULL);
}

/* The server's account of waits is as old as the last time that nobody had asked for 100 ms. */
void hooks_wait_for_locks(unsigned n)
{
    unsigned tries = 0;
    do
        support_do("DO SLEEP(0.12)");
    while (support_number("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") < n &&
           tries++ < 20);
    CHECK("waits", tries <= 20);
}

const char *hooks_row(const char *columns, uint64_t id)
{
    return support_text("SELECT CONCAT_WS('|', %s) FROM webhook_job WHERE id = %llu", columns, (unsigned long long)id);
}

static bool is(const char *what, uint64_t id)
{
    return support_number("SELECT COUNT(*) FROM webhook_job WHERE id = %llu AND %s", (unsigned long long)id, what) == 1;
}

bool hooks_is_due(uint64_t id)
{
    return is("next_due <= NOW(6)", id);
}

bool hooks_is_put_off(uint64_t id)
{
    return is("lease_token IS NULL AND next_due > NOW(6)", id);
}

bool hooks_is_leased(uint64_t id)
{
    return is("lease_token IS NOT NULL AND next_due > NOW(6)", id);
}
