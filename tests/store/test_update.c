/* Updating tickets under their version. */
#include "suites.h"

#include <string.h>
#include "support.h"

static struct store *s;
static struct support_update u;
static unsigned char hash[CRYPTO_SHA256_SIZE];

static int set_up(void)
{
    s = support_store(STORE_WORKER);
    support_hash("patch", hash);
    return 0;
}

static int tear_down(void)
{
    store_free(&s);
    arena_reset(support_arena);
    return 0;
}

static enum status update(void)
{
    return store_ticket_update(s, support_arena, &u.update, support_err());
}

static void status_and_comment(void)
{
    uint64_t number = support_open(s);
    unsigned long long n = (unsigned long long)number;
    support_update(s, number, &u);
    u.after.status = TICKET_RESOLVED;
    u.after.updated_at = u.after.resolved_at = u.before.created_at + 5;
    u.after.first_response_at = u.before.created_at + 3;
    u.comment.from_support = true;
    u.update.comment = &u.comment;
    u.update.n_jobs = 2;
    uint64_t trips = store_round_trips(s);
    CHECK_INT("update", update(), STATUS_OK);
    CHECK_INT("trips", store_round_trips(s) - trips, 1);
    CHECK_STR("ticket",
              support_text("SELECT CONCAT_WS('|', status, version, n_comments, last_public_comment, hook_seq, "
                           "resolved_at = updated_at, IFNULL(closed_at, '-'), TIMESTAMPDIFF(MICROSECOND, created_at, "
                           "updated_at), TIMESTAMPDIFF(MICROSECOND, created_at, first_response_at)) FROM ticket "
                           "WHERE number = %llu",
                           n),
              "RESOLVED|2|2|2|3|1|-|5|3");
    CHECK_STR("comment",
              support_text("SELECT CONCAT_WS('|', content, author, from_support, internal, id = '%s') FROM comment "
                           "WHERE ticket_number = %llu AND seq = 2",
                           u.comment.id, n),
              "[Via Omnichannel] Hello|Customer|1|0|1");
    CHECK_STR("event",
              support_text("SELECT CONCAT_WS('|', kind, actor, detail, event_id = '%s') FROM ticket_event "
                           "WHERE ticket_number = %llu AND seq = 2",
                           u.update.event_id, n),
              "STATUS|key:17|{\"to\":\"PENDING\"}|1");
    CHECK_STR("jobs in order",
              support_text("SELECT GROUP_CONCAT(CONCAT_WS(' ', seq, event, body, receiver) ORDER BY seq SEPARATOR '|') "
                           "FROM webhook_job WHERE ticket_number = %llu AND seq > 1",
                           n),
              "2 STATUS_CHANGED {\"event\":1} 7|3 TICKET_RESOLVED {\"event\":1} 7");
}

static void internal_note_and_assignee(void)
{
    uint64_t number = support_open(s);
    unsigned long long n = (unsigned long long)number;
    support_update(s, number, &u);
    u.after = u.before;
    u.after.assignee = SV("Jane Tech");
    u.comment.internal = true;
    u.update.comment = &u.comment;
    u.update.n_jobs = 0;
    CHECK_INT("update", update(), STATUS_OK);
    CHECK_STR(
        "ticket",
        support_text("SELECT CONCAT_WS('|', status, assignee, n_comments, last_public_comment, hook_seq) FROM ticket "
                     "WHERE number = %llu",
                     n),
        "OPEN|Jane Tech|2|1|1");
    CHECK_INT(
        "updatedAt moves even when the clock does not",
        support_number("SELECT TIMESTAMPDIFF(MICROSECOND, created_at, updated_at) FROM ticket WHERE number = %llu", n),
        1);
    support_update(s, number, &u);
    u.after = u.before;
    u.after.assignee = SV_NONE;
    u.after.updated_at = u.before.updated_at - 1000;
    u.update.n_jobs = 0;
    CHECK_INT("unassign, clock stepped back", update(), STATUS_OK);
    CHECK_STR("nobody", support_text("SELECT IFNULL(assignee, '-') FROM ticket WHERE number = %llu", n), "-");
    CHECK_INT("updatedAt moves",
              support_number("SELECT TIMESTAMPDIFF(MICROSECOND, created_at, updated_at) FROM ticket "
                             "WHERE number = %llu",
                             n),
              2);
}

static void version_guards(void)
{
    uint64_t number = support_open(s);
    unsigned long long n = (unsigned long long)number;
    struct support_update late;
    support_update(s, number, &late);
    support_update(s, number, &u);
    CHECK_INT("first", update(), STATUS_OK);
    CHECK_INT("itself again", update(), STATUS_OK);
    CHECK_INT("second", store_ticket_update(s, support_arena, &late.update, support_err()), STATUS_CONFLICT);
    CHECK_STR("no text", support_err_text(), "");
    CHECK_STR(
        "once",
        support_text("SELECT CONCAT_WS('|', version, hook_seq, (SELECT COUNT(*) FROM ticket_event e WHERE "
                     "e.ticket_number = number), (SELECT COUNT(*) FROM webhook_job j WHERE j.ticket_number = number)) "
                     "FROM ticket WHERE number = %llu",
                     n),
        "2|2|2|2");
    support_update(s, number, &late);
    CHECK_INT("read anew", store_ticket_update(s, support_arena, &late.update, support_err()), STATUS_OK);
    CHECK_INT("the first again: its event is there, its version gone by", update(), STATUS_OK);
    late.before.number = 999999999;
    CHECK_INT("no such ticket", store_ticket_update(s, support_arena, &late.update, support_err()), STATUS_CONFLICT);
}

static enum status read_for_update(uint32_t partner, uint64_t number, uint32_t key_partner, const char *key,
                                   struct ticket *t, struct store_replay *replay)
{
    return store_ticket_for_update(s, support_arena, partner, number, key_partner, sv_from(key), hash, t, replay,
                                   support_err());
}

static void idempotency(void)
{
    uint64_t number = support_open(s);
    struct store_replay replay;
    struct ticket t;
    support_update(s, number, &u);
    u.update.key = SV("idem-1");
    memcpy(u.update.body_hash, hash, sizeof hash);
    CHECK_INT("nothing yet", read_for_update(0, number, SUPPORT_PARTNER, "idem-1", &t, &replay), STATUS_OK);
    CHECK("no replay", !replay.found && !replay.same && t.number == number);
    CHECK_INT("update", update(), STATUS_OK);
    uint64_t trips = store_round_trips(s);
    CHECK_INT("read", read_for_update(SUPPORT_PARTNER, number, SUPPORT_PARTNER, "idem-1", &t, &replay), STATUS_OK);
    CHECK_INT("trips", store_round_trips(s) - trips, 1);
    CHECK("replay", replay.found && replay.same);
    CHECK_STR("answer", replay.answer.p, "{\"success\":true}");
    CHECK_INT("version", t.version, 2);
    CHECK_INT("sequence", t.hook_seq, 2);
    hash[0] ^= 1;
    CHECK_INT("other body", read_for_update(SUPPORT_PARTNER, number, SUPPORT_PARTNER, "idem-1", &t, &replay),
              STATUS_OK);
    CHECK("found, not the same", replay.found && !replay.same);
    hash[0] ^= 1;
    CHECK_INT("other partner's ticket", read_for_update(SUPPORT_OTHER, number, SUPPORT_PARTNER, "idem-1", &t, &replay),
              STATUS_NOT_FOUND);
    CHECK("the replay all the same", replay.found && replay.same);
    CHECK_INT("other partner's key", read_for_update(0, number, SUPPORT_OTHER, "idem-1", &t, &replay), STATUS_OK);
    CHECK("none", !replay.found);
    CHECK_INT("other path", read_for_update(0, support_open(s), SUPPORT_PARTNER, "idem-1", &t, &replay), STATUS_OK);
    CHECK("none", !replay.found);
    CHECK_INT("no key", read_for_update(0, number, SUPPORT_PARTNER, NULL, &t, &replay), STATUS_OK);
    CHECK("none", !replay.found);
    support_update(s, number, &u);
    u.update.key = SV("idem-1");
    CHECK_INT("key taken meanwhile", update(), STATUS_CONFLICT);
    CHECK_INT("nothing was written",
              support_number("SELECT version FROM ticket WHERE number = %llu", (unsigned long long)number), 2);
}

static void prune(void)
{
    struct store *admin = support_store(STORE_ADMIN);
    uint64_t n = 0;
    int64_t now = clock_wall_us();
    support_do("INSERT INTO idempotency SELECT 99, seq, 'k', REPEAT('h', 32), 'a', NOW(6) - INTERVAL 2 DAY FROM "
               "seq_1_to_1500");
    support_do("INSERT INTO idempotency SELECT 99, seq, 'k', REPEAT('h', 32), 'a', NOW(6) FROM seq_2001_to_2005");
    CHECK_INT("prune", store_idempotency_prune(admin, now - 24 * 3600 * CLOCK_SECOND, &n, support_err()), STATUS_OK);
    CHECK_INT("bounded", n, 1000);
    CHECK_INT("prune", store_idempotency_prune(admin, now - 24 * 3600 * CLOCK_SECOND, &n, support_err()), STATUS_OK);
    CHECK_INT("the rest", n, 500);
    CHECK_INT("prune", store_idempotency_prune(admin, now - 24 * 3600 * CLOCK_SECOND, &n, support_err()), STATUS_OK);
    CHECK_INT("no more", n, 0);
    CHECK_INT("young ones stay", support_number("SELECT COUNT(*) FROM idempotency WHERE partner_id = 99"), 5);
    support_do("DELETE FROM idempotency WHERE partner_id = 99");
    store_free(&admin);
}

void init_update_tests(void)
{
    static const struct suite_test tests[] = {
        {"status and comment", status_and_comment},
        {"internal note, assignee", internal_note_and_assignee},
        {"the version guards", version_guards},
        {"idempotency", idempotency},
        {"prune", prune},
    };
    suite_add("store update", set_up, tear_down, tests, SUITE_N(tests));
}
