/* What the migrations leave behind, by the server's own catalogue. */
#include "suites.h"

#include <stdio.h>
#include "support.h"

#define OURS "table_schema = 'omnichannel'"

static void everything_is_explained(void)
{
    CHECK_STR("column without a comment",
              support_text("SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE " OURS
                           " AND column_comment = ''"),
              "(none)");
    CHECK_STR("table without a comment",
              support_text("SELECT table_name FROM information_schema.tables WHERE " OURS " AND table_comment = ''"),
              "(none)");
    CHECK("there are many", support_number("SELECT COUNT(*) FROM information_schema.columns WHERE " OURS) > 100);
}

static void everything_has_a_key(void)
{
    CHECK_STR("table without a primary key",
              support_text("SELECT t.table_name FROM information_schema.tables t LEFT JOIN "
                           "information_schema.table_constraints k ON k.table_schema = t.table_schema AND "
                           "k.table_name = t.table_name AND k.constraint_type = 'PRIMARY KEY' "
                           "WHERE t." OURS " AND k.table_name IS NULL"),
              "(none)");
    CHECK_STR("other engine",
              support_text("SELECT table_name FROM information_schema.tables WHERE " OURS " AND engine <> 'InnoDB'"),
              "(none)");
    CHECK_STR("foreign key",
              support_text("SELECT table_name FROM information_schema.referential_constraints WHERE "
                           "constraint_schema = 'omnichannel'"),
              "(none)");
}

static void text_compares_byte_for_byte(void)
{
    CHECK_STR("other collation",
              support_text("SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE " OURS
                           " AND collation_name <> 'utf8mb4_nopad_bin'"),
              "(none)");
    CHECK_STR("time that ends in 2038 or lacks microseconds",
              support_text("SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE " OURS
                           " AND data_type IN ('timestamp', 'datetime') AND column_type <> 'datetime(6)'"),
              "(none)");
}

static const struct {
    const char *table, *columns;
    int unique;
} indexes[] = {
    {"ticket", "id", 1},
    {"ticket", "partner_id,request_key", 1},
    {"ticket", "channel_reference_id,partner_id,created_at,number", 0},
    {"ticket", "status,number", 0},
    {"ticket", "partner_id,status,number", 0},
    {"ticket", "assignee,status,number", 0},
    {"comment", "ticket_number,seq", 1},
    {"ticket_event", "ticket_number,seq", 1},
    {"attachment", "ticket_id,seq", 0},
    {"attachment_chunk", "attachment_id,n", 1},
    {"idempotency", "partner_id,ticket_number,idem_key", 1},
    {"idempotency", "created_at", 0},
    {"webhook_job", "webhook_id", 1},
    {"webhook_job", "receiver,next_due", 0},
    {"webhook_job", "ticket_number,seq", 0},
    {"webhook_attempt", "webhook_id,attempt", 0},
    {"webhook_attempt", "ticket_number,seq", 0},
    {"webhook_attempt", "partner_id,delivered,created_at", 0},
    {"webhook_dead", "partner_id,died_at", 0},
    {"webhook_dead", "ticket_number,seq", 0},
    {"webhook_dead", "died_at", 0},
    {"webhook_dead", "receiver,partner_id", 0},
    {"webhook_gone", "partner_id,url_hash", 1},
    {"webhook_gone", "receiver", 0},
    {"api_key", "hash", 1},
    {"partner", "code", 1},
    {"service", "type,sub_type", 1},
    {"branch", "code", 1},
};

static void indexes_are_there(void)
{
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
        long long n = support_number("SELECT COUNT(*) FROM (SELECT GROUP_CONCAT(column_name ORDER BY seq_in_index) c "
                                     "FROM information_schema.statistics WHERE " OURS
                                     " AND table_name = '%s' AND non_unique = %d GROUP BY index_name) x WHERE c = '%s'",
                                     indexes[i].table, !indexes[i].unique, indexes[i].columns);
        CHECK_INT(indexes[i].columns, n, 1);
    }
}

static void catalogue_is_complete(void)
{
    for (unsigned t = 0; t < TICKET_SERVICE_TYPE__MAX; t++) {
        const char *name = ticket_service_type_name((enum ticket_service_type)t);
        CHECK_INT(name,
                  support_number("SELECT COUNT(*) FROM service WHERE type = '%s' AND sub_type = '' AND name <> '' AND "
                                 "support_group <> '' AND response_minutes > 0 AND sla_hours > 0 AND "
                                 "response_minutes <= sla_hours * 60 AND sla_hours <= estimate_hours",
                                 name),
                  1);
    }
    CHECK_STR("the reference's example",
              support_text("SELECT CONCAT_WS('|', name, support_group, response_minutes, sla_hours, estimate_hours) "
                           "FROM service WHERE type = 'CLAIM' AND sub_type = 'ATM_CARD_RETAINED'"),
              "ATM Card Services|Transaction Claims Support|60|4|24");
    CHECK_STR("the reference's branch", support_text("SELECT name FROM branch WHERE code = '001'"), "Cabang Utama");
    CHECK_INT("the complaint's branch", support_number("SELECT COUNT(*) FROM branch WHERE code = '002'"), 1);
}

/* The ENUMs hold exactly the words that the program knows, in its order. */
static void check_words(const char *column, const char *(*word)(unsigned), unsigned n)
{
    char want[1024];
    size_t len = 0;
    for (unsigned i = 0; i < n; i++)
        len += (size_t)snprintf(want + len, sizeof want - len, "%s'%s'", i ? "," : "enum(", word(i));
    snprintf(want + len, sizeof want - len, ")");
    CHECK_STR(column,
              support_text("SELECT column_type FROM information_schema.columns WHERE " OURS
                           " AND CONCAT(table_name, '.', column_name) = '%s'",
                           column),
              want);
}

static const char *status_word(unsigned i)
{
    return ticket_status_name((enum ticket_status)i);
}
static const char *priority_word(unsigned i)
{
    return ticket_priority_name((enum ticket_priority)i);
}
static const char *channel_word(unsigned i)
{
    return ticket_channel_name((enum ticket_channel)i);
}
static const char *type_word(unsigned i)
{
    return ticket_service_type_name((enum ticket_service_type)i);
}
static const char *event_word(unsigned i)
{
    return ticket_event_name((enum ticket_event_type)i);
}

static void words_are_the_programs(void)
{
    check_words("ticket.status", status_word, TICKET_STATUS__MAX);
    check_words("ticket.priority", priority_word, TICKET_PRIORITY__MAX);
    check_words("ticket.channel", channel_word, TICKET_CHANNEL__MAX);
    check_words("ticket.service_type", type_word, TICKET_SERVICE_TYPE__MAX);
    check_words("service.type", type_word, TICKET_SERVICE_TYPE__MAX);
    check_words("webhook_job.event", event_word, TICKET_EVENT__MAX);
    check_words("webhook_attempt.event", event_word, TICKET_EVENT__MAX);
    check_words("webhook_dead.event", event_word, TICKET_EVENT__MAX);
}

void init_schema_tests(void)
{
    static const struct suite_test tests[] = {
        {"comments everywhere", everything_is_explained},
        {"primary keys, InnoDB, no foreign keys", everything_has_a_key},
        {"byte-exact text, DATETIME(6)", text_compares_byte_for_byte},
        {"indexes", indexes_are_there},
        {"catalogue and branches", catalogue_is_complete},
        {"enumerated words", words_are_the_programs},
    };
    suite_add("store schema", NULL, NULL, tests, SUITE_N(tests));
}
