/* Plans of every statement that reads, on 100,000 tickets: nothing scans or
 * sorts a table that grows, and a page costs a page. */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plan.h"
#include "store/sql.h"
#include "store/statements.h"
#include "support.h"

#define TICKETS 100000
#define READS_MAX 4000 /* rows a statement may touch: a page of 200 with what stands beside each */

static unsigned first; /* number of the first ticket */

/* Old tickets are closed, as they are in life; the newest 2 % are still in work. */
static const char *const fill[] = {
    "INSERT INTO partner (code, name, created_at) SELECT CONCAT('B', seq), 'x', NOW(6) FROM seq_1_to_30",
    "SET @from = (SELECT COALESCE(MAX(number), 1407) FROM ticket)",
    "INSERT INTO ticket (number, id, version, partner_id, request_key, body_hash, status, priority, channel, "
    "service_type, "
    "channel_reference_id, title, description, category, customer_name, branch_code, service_name, support_group, "
    "sla_hours, tracking_url_base, assignee, metadata, created_at, updated_at, estimated_at, response_deadline, "
    "resolution_deadline, n_comments, n_attachments, last_public_comment, hook_seq) "
    "SELECT @from + seq, CONCAT('c', LPAD(seq, 24, '0')), 1, 1 + seq % 32, CONCAT('R', seq), REPEAT('h', 32), "
    "IF(seq > 98000, ELT(1 + seq % 3, 'OPEN', 'IN_PROGRESS', 'PENDING'), ELT(1 + seq % 3, 'RESOLVED', 'CLOSED', "
    "'CANCELLED')), 'HIGH', 'WHATSAPP', 'CLAIM', CONCAT('WA-', seq DIV 4), 'title', 'description', 'SERVICE_REQUEST', "
    "'John', '001', 'service', 'group', 4, 'https://x', IF(seq % 5, CONCAT('Agent ', seq % 50), NULL), '{}', "
    "NOW(6) - INTERVAL (100000 - seq) MINUTE, NOW(6), NOW(6), NOW(6), NOW(6), 2, 1, 2, 1 FROM seq_1_to_100000",
    "INSERT INTO comment SELECT number, 1, id, 'received', 'System', created_at, 1, 0 FROM ticket WHERE number > @from",
    "INSERT INTO comment SELECT number, 2, id, 'answer', 'Agent', created_at, 1, 0 FROM ticket WHERE number > @from",
    "INSERT INTO ticket_event SELECT number, 1, id, 'OPEN', 'key:1', NULL, created_at FROM ticket WHERE number > @from",
    "INSERT INTO attachment SELECT CONCAT('a', RIGHT(id, 24)), id, 1, 'f', 'a/b', NULL, 5, 5, REPEAT('h', 32), "
    "created_at "
    "FROM ticket WHERE number > @from",
    "INSERT INTO attachment_chunk SELECT id, 0, 'hello' FROM attachment WHERE id LIKE 'a0%'",
    "INSERT INTO idempotency SELECT partner_id, number, 'k', REPEAT('h', 32), '{}', created_at FROM ticket WHERE "
    "number > @from",
    "INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, next_due, "
    "created_at) "
    "SELECT id, partner_id, partner_id, number, 1, 'TICKET_CREATED', 'https://x', '{}', created_at, created_at FROM "
    "ticket "
    "WHERE number > @from",
    "ANALYZE TABLE partner, ticket, comment, ticket_event, attachment, attachment_chunk, idempotency, webhook_job",
};

static int set_up(void)
{
    plan_start();
    for (size_t i = 0; i < sizeof fill / sizeof *fill; i++)
        plan_run(fill[i]);
    first = (unsigned)support_number("SELECT number FROM ticket WHERE id = 'c%024d'", 1);
    plan_number = first + 49999;
    return first ? 0 : 1;
}

static int tear_down(void)
{
    plan_stop();
    return 0;
}

/* Every statement with operands that find something; lists of operands are
 * gone through again and again. NUMBER stands for a ticket in the middle. */
#define NUMBER PLAN_NUMBER
static const struct {
    enum store_stmt id;
    const char *operands[6];
} reading[] = {
    {STORE_TICKET_NUMBER_BY_ID, {"'c000000000000000000050000'"}},
    {STORE_TICKET_BY_REQUEST, {"17", "X'523530303030'"}}, /* R50000 */
    {STORE_TICKET_FILES, {"'c0'", "10"}},
    {STORE_TICKET_STATUS, {NUMBER, "17", "17"}},
    {STORE_TICKET_NEWEST, {"'WA-12500'", "17"}},
    {STORE_TICKET_NEWEST_OF_ANY, {"'WA-12500'"}},
    {STORE_TICKET_FOR_UPDATE, {NUMBER, "17", "17", "17", NUMBER, "X'6B'"}},
    {STORE_EVENT_MINE, {NUMBER, "0", "'c000000000000000000050000'"}},
    {STORE_ATTACHMENT_FIND, {"'a000000000000000000050000'", NUMBER, "17", "17"}},
    {STORE_CHUNK_READ, {"'a000000000000000000050000'", "0"}},
    {STORE_KEY_BY_HASH, {"X'00'"}},
};

static void by_key(void)
{
    static char sql[65536];
    for (size_t i = 0; i < sizeof reading / sizeof *reading; i++) {
        const struct store_statement *d = &store_statements[reading[i].id];
        size_t n = 0;
        while (n < 6 && reading[i].operands[n])
            n++;
        plan_fill(sql, sizeof sql, d->text, reading[i].operands, n);
        if (reading[i].id != STORE_KEY_BY_HASH)
            plan_check(d->name, sql);
        CHECK(d->name, plan_touched(d->name, sql) < 200);
    }
}

static void many_numbers(void)
{
    static char sql[65536];
    static char number[STORE_ASK_MAX][16];
    const char *operands[STORE_ASK_MAX + 2];
    const struct store_statement *d = &store_statements[STORE_TICKET_STATUS_MANY];
    for (unsigned i = 0; i < STORE_ASK_MAX; i++) {
        snprintf(number[i], sizeof number[i], "%u", first + i * 997);
        operands[i] = number[i];
    }
    operands[STORE_ASK_MAX] = operands[STORE_ASK_MAX + 1] = "0";
    plan_fill(sql, sizeof sql, d->text, operands, STORE_ASK_MAX + 2);
    plan_check(d->name, sql);
    CHECK(d->name, plan_touched(d->name, sql) < 10 * STORE_ASK_MAX);
}

/* Eight tickets of as many partners. */
static void together(void)
{
    static char sql[65536];
    static const enum store_stmt ids[] = {STORE_TICKET_SHOWN_TOGETHER, STORE_TICKET_STATUS_TOGETHER};
    static char number[STORE_TOGETHER_MAX][16], partner[STORE_TOGETHER_MAX][16];
    const char *operands[3 * STORE_TOGETHER_MAX];
    for (unsigned i = 0; i < STORE_TOGETHER_MAX; i++) {
        snprintf(number[i], sizeof number[i], "%u", first + i * 997);
        snprintf(partner[i], sizeof partner[i], "%u", 1 + (i * 997 + 1) % 32);
        operands[i] = operands[STORE_TOGETHER_MAX + 2 * i] = number[i];
        operands[STORE_TOGETHER_MAX + 2 * i + 1] = partner[i];
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct store_statement *d = &store_statements[ids[i]];
        plan_fill(sql, sizeof sql, d->text, operands, 3 * STORE_TOGETHER_MAX);
        plan_check(d->name, sql);
        CHECK(d->name, plan_touched(d->name, sql) < 10 * STORE_TOGETHER_MAX);
    }
}

/* A thousand comments cost a thousand rows, no more. */
static void details(void)
{
    static char sql[65536];
    static const enum store_stmt ids[] = {STORE_TICKET_DETAILS, STORE_TICKET_SHOWN};
    static const char *const operands[] = {NUMBER, "17", "17"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct store_statement *d = &store_statements[ids[i]];
        plan_fill(sql, sizeof sql, d->text, operands, 3);
        plan_check(d->name, sql);
        CHECK(d->name, plan_touched(d->name, sql) < 20);
    }
}

static void page(enum store_stmt id, const char *before, const char *third, const char *fourth, const char *enabled)
{
    static char sql[65536];
    const struct store_statement *d = &store_statements[id];
    const char *operands[40];
    size_t n = 0;
    for (unsigned i = 0; i < TICKET_STATUS__MAX; i++) {
        operands[n++] = enabled[i] == '1' ? "1" : "0";
        operands[n++] = before;
        if (third)
            operands[n++] = third;
        if (fourth)
            operands[n++] = fourth;
        operands[n++] = "201";
    }
    operands[n++] = "201";
    plan_fill(sql, sizeof sql, d->text, operands, n);
    if (!strchr(enabled, '0'))
        plan_check(d->name, sql);
    long long touched = plan_touched(d->name, sql);
    CHECK(d->name, touched < READS_MAX);
    if (touched >= READS_MAX)
        printf("  %s %s %s %s: %lld rows\n", d->name, before, third ? third : "", enabled, touched);
}

static void lists(void)
{
    static const char *const enabled[] = {"111111", "100000", "000010", "011000"};
    static const char *const before[] = {"18446744073709551615", NUMBER};
    for (unsigned b = 0; b < 2; b++)
        for (unsigned e = 0; e < 4; e++) {
            page(STORE_TICKET_LIST, before[b], NULL, NULL, enabled[e]);
            page(STORE_TICKET_LIST_ASSIGNEE, before[b], "'Agent 7'", NULL, enabled[e]);
            page(STORE_TICKET_LIST_ASSIGNEE, before[b], "'Nobody'", NULL, enabled[e]);
            page(STORE_TICKET_LIST_PARTNER, before[b], "'PARTNER001'", NULL, enabled[e]);
            page(STORE_TICKET_LIST_BOTH, before[b], "'Agent 7'", "'PARTNER001'", enabled[e]);
        }
}

/* Statements inside compounds, with values for their variables. */
static void inside_compounds(void)
{
    static char sql[65536];
    static const char *const set[] = {"'OPEN'", "NULL", "NULL", "NULL", "NULL", "2", "1", "2", "2", NUMBER, "1"};
    static const char *const mine[] = {NUMBER, "0", "'c000000000000000000050000'"};
    static const char *const existing[] = {"17", "X'523530303030'"};
    static const char *const id[] = {"'c000000000000000000050000'"};
    plan_fill(sql, sizeof sql, SQL_TICKET_SET("NOW(6)") SQL_TICKET_AT("?", "?"), set, 11);
    plan_check("update", sql);
    plan_fill(sql, sizeof sql, SQL_EVENT_MINE("?", "?", "?"), mine, 3);
    plan_check("its event", sql);
    plan_fill(sql, sizeof sql, SQL_BY_REQUEST("?", "?"), existing, 2);
    plan_check("existing", sql);
    plan_fill(sql, sizeof sql, SQL_NUMBER_BY_ID("", "?"), id, 1);
    plan_check("itself", sql);
}

static void pruning(void)
{
    static char sql[1024];
    static const char *const operands[] = {"'2000-01-01'"};
    plan_fill(sql, sizeof sql, store_statements[STORE_IDEMPOTENCY_PRUNE].text, operands, 1);
    plan_check("prune", sql);
    CHECK("touches what it deletes", plan_touched("prune", sql) < 10);
}

/* No statement that reads a growing table is missing above. */
static void all_are_covered(void)
{
    static const enum store_stmt elsewhere[] = {
        STORE_TICKET_OPEN,
        STORE_TICKET_OPEN_2,
        STORE_TICKET_OPEN_3,
        STORE_TICKET_OPEN_4,
        STORE_TICKET_OPEN_5,
        STORE_TICKET_OPEN_6,
        STORE_TICKET_OPEN_7,
        STORE_TICKET_OPEN_8,
        STORE_TICKET_UPDATE,
        STORE_TICKET_DETAILS,
        STORE_TICKET_SHOWN,
        STORE_TICKET_STATUS_MANY,
        STORE_TICKET_SHOWN_TOGETHER,
        STORE_TICKET_STATUS_TOGETHER,
        STORE_TICKET_LIST,
        STORE_TICKET_LIST_ASSIGNEE,
        STORE_TICKET_LIST_PARTNER,
        STORE_TICKET_LIST_BOTH,
        STORE_ATTACHMENT_ADD,
        STORE_CHUNK_ADD,
        STORE_IDEMPOTENCY_PRUNE,
        /* tables that stay small */
        STORE_KEY_ADD,
        STORE_KEY_REVOKE,
        STORE_KEY_LIST,
        STORE_PARTNER_ADD,
        STORE_PARTNER_FIND,
        STORE_PARTNER_LIST,
        STORE_PARTNER_SUSPEND,
        STORE_PARTNER_SET,
        STORE_SERVICE_LIST,
        STORE_SERVICE_SET,
        STORE_BRANCH_LIST,
        STORE_BRANCH_SET,
        STORE_SECRET_FIND,
        STORE_SECRET_ROTATE,
        /* webhooks: test_hook_explain.c */
        STORE_HOOK_DUE,
        STORE_HOOK_CLAIM,
        STORE_HOOK_FINISH,
        STORE_HOOK_EXPIRE,
        STORE_HOOK_FIND,
        STORE_HOOK_ATTEMPTS,
        STORE_HOOK_PENDING,
        STORE_HOOK_PENDING_OF_TICKET,
        STORE_HOOK_DEAD_ONES,
        STORE_HOOK_DEAD_OF_PARTNER,
        STORE_HOOK_DEAD_OF_TICKET,
        STORE_HOOK_DELIVERED_ONES,
        STORE_HOOK_DELIVERED_OF_PARTNER,
        STORE_HOOK_DELIVERED_OF_TICKET,
        STORE_HOOK_REPLAY_ONE,
        STORE_HOOK_REPLAY,
        STORE_HOOK_CANCEL,
        STORE_HOOK_STATS,
        STORE_HOOK_GONE_LIST,
        STORE_HOOK_GONE_CLEAR,
        STORE_HOOK_RESUME,
    };
    for (unsigned id = 0; id < STORE_STMT__MAX; id++) {
        bool covered = false;
        for (size_t i = 0; i < sizeof reading / sizeof *reading; i++)
            covered = covered || reading[i].id == id;
        for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
            covered = covered || elsewhere[i] == id;
        CHECK(store_statements[id].name, covered);
    }
}

/* The walk is what it claims: an unindexed reading of the same page is found out by the same check. */
static void the_check_can_fail(void)
{
    CHECK("a scan touches everything",
          plan_touched("scan", "SELECT number FROM ticket WHERE customer_name = 'Nobody'") > TICKETS / 2);
}

void init_explain_tests(void)
{
    static const struct suite_test tests[] = {
        {"by key", by_key},
        {"many numbers", many_numbers},
        {"together", together},
        {"details", details},
        {"lists", lists},
        {"inside compounds", inside_compounds},
        {"pruning", pruning},
        {"all are covered", all_are_covered},
        {"the check can fail", the_check_can_fail},
    };
    suite_add("store explain", set_up, tear_down, tests, SUITE_N(tests));
}
