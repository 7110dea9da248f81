#include "store/statements.h"

#include "store/hook_admin_sql.h"
#include "store/hook_sql.h"
#include "store/sql.h"
#include "store/ticket_store.h"

#define DESK (STORE_BY_WORKER | STORE_BY_ADMIN)
#define ADMIN (STORE_BY_ADMIN | STORE_LAZY)
#define SENDER STORE_BY_SENDER
#define SLOW (ADMIN | STORE_SLOW)

#define INSERT_COMMENT                                                                                                 \
    "INSERT INTO comment (ticket_number, seq, id, content, author, created_at, from_support, internal) "
#define INSERT_EVENT "INSERT INTO ticket_event (ticket_number, seq, event_id, kind, actor, detail, created_at) "
#define INSERT_JOB                                                                                                     \
    "INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, next_due, "      \
    "created_at) "

/* --- Opening a ticket --- */
#define OPEN_VARIABLES                                                                                                 \
    "DECLARE v_number BIGINT UNSIGNED DEFAULT 0; "                                                                     \
    "DECLARE v_id " SQL_CUID " DEFAULT ?; "                                                                            \
    "DECLARE v_partner INT UNSIGNED DEFAULT ?; "                                                                       \
    "DECLARE v_key VARBINARY(520) DEFAULT ?; "                                                                         \
    "DECLARE v_at DATETIME(6) DEFAULT ?; "                                                                             \
    "DECLARE v_job " SQL_CUID " DEFAULT ?; "
/* 1062: the number of this very ticket if it is there (an earlier try's COMMIT
 * came through), else the ticket that holds the request key. */
#define OPEN_EXISTING SQL_BY_REQUEST("v_partner", "v_key")
#define OPEN_ITSELF SQL_NUMBER_BY_ID("INTO v_number ", "v_id")
#define OPEN_TAKEN                                                                                                     \
    "DECLARE EXIT HANDLER FOR 1062 BEGIN ROLLBACK; SET v_number = 0; " OPEN_ITSELF "; "                                \
    "IF v_number <> 0 THEN SELECT 1, v_number; ELSE SELECT 2, 0; " OPEN_EXISTING "; END IF; END; "
#define OPEN_TICKET                                                                                                    \
    "INSERT INTO ticket (id, version, partner_id, request_key, body_hash, status, priority, channel, service_type, "   \
    "channel_reference_id, title, description, category, "                                                             \
    "customer_name, customer_email, customer_phone, customer_identifier, customer_department, customer_language, "     \
    "branch_code, service_name, support_group, sla_hours, tracking_url_base, assignee, "                               \
    "metadata, webhook_url, api_version, "                                                                             \
    "created_at, updated_at, estimated_at, response_deadline, resolution_deadline, "                                   \
    "n_comments, n_attachments, last_public_comment, hook_seq) "                                                       \
    "VALUES (v_id, 1, v_partner, v_key, ?, ?, ?, ?, ?, "                                                               \
    "?, ?, ?, ?, "                                                                                                     \
    "?, ?, ?, ?, ?, ?, "                                                                                               \
    "?, ?, ?, ?, ?, ?, "                                                                                               \
    "?, ?, ?, "                                                                                                        \
    "v_at, v_at, ?, ?, ?, "                                                                                            \
    "1, ?, 1, v_job IS NOT NULL); "                                                                                    \
    "SET v_number = LAST_INSERT_ID(); "
#define OPEN_TICKET_PARAMS                                                                                             \
    "bssss"                                                                                                            \
    "ssss"                                                                                                             \
    "ssssss"                                                                                                           \
    "sssuss"                                                                                                           \
    "sss"                                                                                                              \
    "ttt"                                                                                                              \
    "u"
#define OPEN_COMMENT INSERT_COMMENT "VALUES (v_number, 1, ?, ?, ?, ?, ?, 0); "
#define OPEN_EVENT INSERT_EVENT "VALUES (v_number, 1, ?, 'OPEN', ?, NULL, v_at); "
#define OPEN_JOB                                                                                                       \
    "IF v_job IS NOT NULL THEN " INSERT_JOB                                                                            \
    "VALUES (v_job, v_partner, ?, v_number, 1, ?, ?, CONCAT(?, v_number, ?), NOW(6), v_at); END IF; "
#define OPEN                                                                                                           \
    SQL_BEGIN OPEN_VARIABLES SQL_UNDO OPEN_TAKEN SQL_START OPEN_TICKET OPEN_COMMENT OPEN_EVENT OPEN_JOB                \
        "COMMIT; SELECT 0, v_number; END"
#define OPEN_PARAMS                                                                                                    \
    "subts" OPEN_TICKET_PARAMS "ssstu"                                                                                 \
    "ss"                                                                                                               \
    "ussbb"

/* Several tickets in one transaction: a commit and a run of the server's are most
 * of what a ticket costs. Whatever is wrong with one undoes all. */
#define OPEN_ONE_OF(N)                                                                                                 \
    "BEGIN " OPEN_VARIABLES OPEN_TICKET OPEN_COMMENT OPEN_EVENT OPEN_JOB "SET v_" #N " = v_number; END; "
#define OPEN_NUMBER(N) "DECLARE v_" #N " BIGINT UNSIGNED DEFAULT 0; "
#define OPEN_TOGETHER(NUMBERS, TICKETS, ANSWER)                                                                        \
    SQL_BEGIN NUMBERS SQL_UNDO SQL_START TICKETS "COMMIT; SELECT " ANSWER "; END"
#define NUMBERS_2 OPEN_NUMBER(1) OPEN_NUMBER(2)
#define NUMBERS_3 NUMBERS_2 OPEN_NUMBER(3)
#define NUMBERS_4 NUMBERS_3 OPEN_NUMBER(4)
#define NUMBERS_5 NUMBERS_4 OPEN_NUMBER(5)
#define NUMBERS_6 NUMBERS_5 OPEN_NUMBER(6)
#define NUMBERS_7 NUMBERS_6 OPEN_NUMBER(7)
#define NUMBERS_8 NUMBERS_7 OPEN_NUMBER(8)
#define TICKETS_2 OPEN_ONE_OF(1) OPEN_ONE_OF(2)
#define TICKETS_3 TICKETS_2 OPEN_ONE_OF(3)
#define TICKETS_4 TICKETS_3 OPEN_ONE_OF(4)
#define TICKETS_5 TICKETS_4 OPEN_ONE_OF(5)
#define TICKETS_6 TICKETS_5 OPEN_ONE_OF(6)
#define TICKETS_7 TICKETS_6 OPEN_ONE_OF(7)
#define TICKETS_8 TICKETS_7 OPEN_ONE_OF(8)
#define PARAMS_2 OPEN_PARAMS OPEN_PARAMS
#define PARAMS_3 PARAMS_2 OPEN_PARAMS
#define PARAMS_4 PARAMS_3 OPEN_PARAMS
#define PARAMS_5 PARAMS_4 OPEN_PARAMS
#define PARAMS_6 PARAMS_5 OPEN_PARAMS
#define PARAMS_7 PARAMS_6 OPEN_PARAMS
#define PARAMS_8 PARAMS_7 OPEN_PARAMS
#define ANSWER_2                                                                                                       \
    "v_1"                                                                                                              \
    ", v_2"
#define ANSWER_3 ANSWER_2 ", v_3"
#define ANSWER_4 ANSWER_3 ", v_4"
#define ANSWER_5 ANSWER_4 ", v_5"
#define ANSWER_6 ANSWER_5 ", v_6"
#define ANSWER_7 ANSWER_6 ", v_7"
#define ANSWER_8 ANSWER_7 ", v_8"
#define OPEN_K(K, LETTERS)                                                                                             \
    {                                                                                                                  \
        "ticket-open-" #K, OPEN_TOGETHER(NUMBERS_##K, TICKETS_##K, ANSWER_##K), PARAMS_##K, LETTERS,                   \
            STORE_BY_WORKER | STORE_LAZY                                                                               \
    }

/* --- Updating a ticket --- */
#define UPDATE_VARIABLES                                                                                               \
    "DECLARE v_number BIGINT UNSIGNED DEFAULT ?; "                                                                     \
    "DECLARE v_version BIGINT UNSIGNED DEFAULT ?; "                                                                    \
    "DECLARE v_partner INT UNSIGNED DEFAULT ?; "                                                                       \
    "DECLARE v_event " SQL_CUID " DEFAULT ?; "                                                                         \
    "DECLARE v_at DATETIME(6) DEFAULT ?; "                                                                             \
    "DECLARE v_hook INT UNSIGNED DEFAULT ?; "                                                                          \
    "DECLARE v_comment " SQL_CUID " DEFAULT ?; "                                                                       \
    "DECLARE v_job1 " SQL_CUID " DEFAULT ?; "                                                                          \
    "DECLARE v_job2 " SQL_CUID " DEFAULT ?; "                                                                          \
    "DECLARE v_key VARBINARY(255) DEFAULT ?; "
/* A version that moved, or an Idempotency-Key that is taken (1062), is a
 * conflict (0), unless the event shows that this very update did it (1). */
#define UPDATE_TAKEN "DECLARE EXIT HANDLER FOR 1062 BEGIN ROLLBACK; SELECT 0; END; "
#define UPDATE_TICKET SQL_TICKET_SET("v_at") SQL_TICKET_AT("v_number", "v_version")
#define UPDATE_MINE SQL_EVENT_MINE("v_number", "v_version", "v_event")
#define UPDATE_COMMENT                                                                                                 \
    "IF v_comment IS NOT NULL THEN " INSERT_COMMENT "VALUES (v_number, ?, v_comment, ?, ?, ?, ?, ?); END IF; "
#define UPDATE_EVENT INSERT_EVENT "VALUES (v_number, v_version + 1, v_event, ?, ?, ?, v_at); "
#define UPDATE_JOB(N)                                                                                                  \
    "IF v_job" #N " IS NOT NULL THEN " INSERT_JOB "VALUES (v_job" #N ", v_partner, ?, v_number, v_hook + " #N          \
    ", ?, ?, ?, NOW(6), v_at); END IF; "
#define UPDATE_KEY                                                                                                     \
    "IF v_key IS NOT NULL THEN "                                                                                       \
    "INSERT INTO idempotency (partner_id, ticket_number, idem_key, body_hash, answer, created_at) "                    \
    "VALUES (?, v_number, v_key, ?, ?, v_at); END IF; "
#define UPDATE                                                                                                         \
    SQL_BEGIN UPDATE_VARIABLES SQL_UNDO UPDATE_TAKEN SQL_START UPDATE_TICKET                                           \
        "; IF ROW_COUNT() = 0 THEN ROLLBACK; " UPDATE_MINE "; ELSE " UPDATE_COMMENT UPDATE_EVENT UPDATE_JOB(1)         \
            UPDATE_JOB(2) UPDATE_KEY "COMMIT; SELECT 1; END IF; END"
#define UPDATE_PARAMS                                                                                                  \
    "uuustusssb"                                                                                                       \
    "sstttuuuu"                                                                                                        \
    "usstuu"                                                                                                           \
    "sss"                                                                                                              \
    "ussb"                                                                                                             \
    "ussb"                                                                                                             \
    "ubb"

/* Opens the transaction that the ticket's own statement joins and commits; the
 * first chunk comes along, so a small file costs one round trip. */
#define ATTACHMENT_VARIABLES "DECLARE v_id " SQL_CUID " DEFAULT ?; DECLARE v_size BIGINT UNSIGNED DEFAULT ?; "
#define ATTACHMENT_RECORD                                                                                              \
    "INSERT INTO attachment (id, ticket_id, seq, filename, mime_type, description, size, true_size, sha256, "          \
    "created_at) VALUES (v_id, ?, ?, ?, ?, ?, ?, v_size, ?, ?); "
#define ATTACHMENT_CHUNK                                                                                               \
    "IF v_size <> 0 THEN INSERT INTO attachment_chunk (attachment_id, n, bytes) VALUES (v_id, 0, ?); END IF; "
#define ATTACHMENT SQL_BEGIN ATTACHMENT_VARIABLES SQL_UNDO SQL_START ATTACHMENT_RECORD ATTACHMENT_CHUNK "END"

#define KEY_COLUMNS                                                                                                    \
    "k.id, k.partner_id, p.code, p.suspended, p.webhook_url, k.permissions + 0, k.limit_create, k.limit_read, "        \
    "k.limit_update, k.cidrs, k.created_at, k.expires_at, k.revoked_at, p.webhook_hosts FROM api_key k "               \
    "JOIN partner p ON p.id = k.partner_id "
#define KEY_LETTERS "uususuuuusttts"

/* 1062 on the hash: a repeated try's own key. */
#define KEY_ADD_TAKEN "DECLARE EXIT HANDLER FOR 1062 BEGIN ROLLBACK; SELECT id FROM api_key WHERE hash = v_hash; END; "
#define KEY_ADD_ROW                                                                                                    \
    "INSERT INTO api_key (partner_id, hash, permissions, limit_create, limit_read, limit_update, cidrs, created_at, "  \
    "expires_at) SELECT p.id, v_hash, ?, ?, ?, ?, ?, ?, ? FROM partner p WHERE p.code = ?; "
#define KEY_ADD                                                                                                        \
    SQL_BEGIN "DECLARE v_hash BINARY(32) DEFAULT ?; " SQL_UNDO KEY_ADD_TAKEN KEY_ADD_ROW                               \
              "IF ROW_COUNT() = 0 THEN SELECT 0; ELSE SELECT LAST_INSERT_ID(); END IF; END"

/* 1062 on the code: a repeated try's own partner (1) if it has this secret. */
#define PARTNER_ADD_VARIABLES                                                                                          \
    "DECLARE v_code VARCHAR(63) " SQL_COLLATE " DEFAULT ?; DECLARE v_secret VARCHAR(64) " SQL_COLLATE " DEFAULT ?; "
#define PARTNER_ADD_TAKEN                                                                                              \
    "DECLARE EXIT HANDLER FOR 1062 BEGIN ROLLBACK; SELECT COUNT(*) FROM partner p JOIN partner_secret s "              \
    "ON s.partner_id = p.id WHERE p.code = v_code AND s.webhook_secret = v_secret; END; "
#define PARTNER_ADD_ROWS                                                                                               \
    "INSERT INTO partner (code, name, webhook_url, webhook_hosts, suspended, created_at) VALUES (v_code, ?, ?, ?, ?, " \
    "?); "                                                                                                             \
    "INSERT INTO partner_secret (partner_id, webhook_secret) VALUES (LAST_INSERT_ID(), v_secret); "
#define PARTNER_ADD                                                                                                    \
    SQL_BEGIN PARTNER_ADD_VARIABLES SQL_UNDO PARTNER_ADD_TAKEN SQL_START PARTNER_ADD_ROWS "COMMIT; SELECT 1; END"

#define PARTNER_COLUMNS                                                                                                \
    "p.id, p.code, p.name, p.webhook_url, p.suspended, p.created_at, p.webhook_hosts FROM partner p "
#define PARTNER_LETTERS "usssuts"

#define NEWEST SQL_NEWEST("?", "?")
/* Per partner by the index, which has the partner in it; then the newest. */
#define NEWEST_OF_EACH SQL_NEWEST("?", "q.id")
#define NEWEST_OF_ANY                                                                                                  \
    "SELECT n.number FROM partner q JOIN ticket n ON n.number = (" NEWEST_OF_EACH                                      \
    ") ORDER BY n.created_at DESC, n.number DESC LIMIT 1"

/* A row always comes: the replay counts even when the ticket is not there. */
#define FOR_UPDATE                                                                                                     \
    "SELECT " SQL_HEAD_OF(                                                                                             \
        "p.code", "NULL") ", " SQL_LAST ", i.body_hash, i.answer FROM (SELECT 1 AS one) o "                            \
                          "LEFT JOIN ticket t ON t.number = ? AND " SQL_OWN " " SQL_PARTNER SQL_NEWEST_COMMENT         \
                          "LEFT JOIN idempotency i ON i.partner_id = ? AND i.ticket_number = ? AND i.idem_key = ?"

#define ATTACHMENT_FIND                                                                                                \
    "SELECT a.id, a.filename, a.mime_type, a.description, a.size, a.true_size, a.sha256, a.created_at "                \
    "FROM ticket t LEFT JOIN attachment a ON a.id = ? AND a.ticket_id = t.id WHERE t.number = ? AND " SQL_OWN

#define SERVICE_SET                                                                                                    \
    "INSERT INTO service (type, sub_type, name, support_group, response_minutes, sla_hours, estimate_hours) "          \
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name), "                                       \
    "support_group = VALUES(support_group), response_minutes = VALUES(response_minutes), "                             \
    "sla_hours = VALUES(sla_hours), estimate_hours = VALUES(estimate_hours)"

const struct store_statement store_statements[STORE_STMT__MAX] = {
    /* tickets */
    [STORE_TICKET_OPEN] = {"ticket-open", OPEN, OPEN_PARAMS, "uu|" SQL_FULL_COLUMNS, DESK},
    [STORE_TICKET_OPEN_2] = OPEN_K(2, "uu"),
    [STORE_TICKET_OPEN_3] = OPEN_K(3, "uuu"),
    [STORE_TICKET_OPEN_4] = OPEN_K(4, "uuuu"),
    [STORE_TICKET_OPEN_5] = OPEN_K(5, "uuuuu"),
    [STORE_TICKET_OPEN_6] = OPEN_K(6, "uuuuuu"),
    [STORE_TICKET_OPEN_7] = OPEN_K(7, "uuuuuuu"),
    [STORE_TICKET_OPEN_8] = OPEN_K(8, "uuuuuuuu"),
    [STORE_TICKET_NUMBER_BY_ID] = {"ticket-number-by-id", SQL_NUMBER_BY_ID("", "?"), "s", "u", DESK | STORE_LAZY},
    [STORE_TICKET_BY_REQUEST] = {"ticket-by-request", SQL_BY_REQUEST("?", "?"), "ub", SQL_FULL_COLUMNS, DESK},
    [STORE_TICKET_DETAILS] = {"ticket-details", SQL_DETAILS, "uuu", SQL_DETAILS_COLUMNS, DESK},
    [STORE_TICKET_SHOWN] = {"ticket-shown", SQL_SHOWN, "uuu", SQL_SHOWN_COLUMNS, DESK},
    [STORE_TICKET_SHOWN_TOGETHER] = {"ticket-shown-together",
                                     SQL_SHOWN_WHERE SQL_OF_EACH
                                     " AND t.n_attachments = 0 AND t.n_comments <= " SQL_NUMBER(
                                         STORE_TOGETHER_COMMENTS),
                                     SQL_OF_EACH_PARAMS, SQL_SHOWN_COLUMNS, STORE_BY_WORKER | STORE_LAZY},
    [STORE_TICKET_FILES] = {"ticket-files", SQL_FILES, "su", "ussstuubs", DESK},
    [STORE_TICKET_STATUS] = {"ticket-status", SQL_LIGHT "WHERE t.number = ? AND " SQL_OWN, "uuu", SQL_LIGHT_COLUMNS,
                             DESK},
    [STORE_TICKET_STATUS_MANY] = {"ticket-status-many", SQL_LIGHT "WHERE t.number IN (" SQL_Q100 ") AND " SQL_OWN,
                                  SQL_U100 "uu", SQL_LIGHT_COLUMNS, DESK | STORE_LAZY},
    [STORE_TICKET_STATUS_TOGETHER] = {"ticket-status-together", SQL_LIGHT "WHERE " SQL_OF_EACH, SQL_OF_EACH_PARAMS,
                                      SQL_LIGHT_COLUMNS, STORE_BY_WORKER | STORE_LAZY},
    [STORE_TICKET_NEWEST] = {"ticket-newest", SQL_LIGHT "WHERE t.number = (" NEWEST ")", "su", SQL_LIGHT_COLUMNS, DESK},
    [STORE_TICKET_NEWEST_OF_ANY] = {"ticket-newest-of-any", SQL_LIGHT "WHERE t.number = (" NEWEST_OF_ANY ")", "s",
                                    SQL_LIGHT_COLUMNS, DESK | STORE_LAZY},
    [STORE_TICKET_LIST] = {"ticket-list", SQL_LIST("ticket_status", ""), SQL_SIX("uuu") "u", SQL_DESK_COLUMNS,
                           DESK | STORE_LAZY},
    [STORE_TICKET_LIST_ASSIGNEE] = {"ticket-list-assignee", SQL_LIST("ticket_assignee", SQL_OF_ASSIGNEE),
                                    SQL_SIX("uusu") "u", SQL_DESK_COLUMNS, DESK | STORE_LAZY},
    [STORE_TICKET_LIST_PARTNER] = {"ticket-list-partner", SQL_LIST("ticket_partner", SQL_OF_PARTNER),
                                   SQL_SIX("uusu") "u", SQL_DESK_COLUMNS, DESK | STORE_LAZY},
    [STORE_TICKET_LIST_BOTH] = {"ticket-list-both", SQL_LIST("ticket_assignee", SQL_OF_ASSIGNEE SQL_OF_PARTNER),
                                SQL_SIX("uussu") "u", SQL_DESK_COLUMNS, DESK | STORE_LAZY},
    [STORE_TICKET_FOR_UPDATE] = {"ticket-for-update", FOR_UPDATE, "uuuuub", SQL_DESK_COLUMNS "bb", DESK},
    [STORE_TICKET_UPDATE] = {"ticket-update", UPDATE, UPDATE_PARAMS, "u", DESK},
    [STORE_EVENT_MINE] = {"event-mine", SQL_EVENT_MINE("?", "?", "?"), "uus", "u", DESK | STORE_LAZY},
    /* attachments */
    [STORE_ATTACHMENT_ADD] = {"attachment-add", ATTACHMENT, "sususssubtb", "", DESK},
    [STORE_CHUNK_ADD] = {"chunk-add", "INSERT INTO attachment_chunk (attachment_id, n, bytes) VALUES (?, ?, ?)", "sub",
                         "", DESK},
    [STORE_ATTACHMENT_FIND] = {"attachment-find", ATTACHMENT_FIND, "suuu", "ssssuubt", DESK},
    [STORE_CHUNK_READ] = {"chunk-read", "SELECT bytes FROM attachment_chunk WHERE attachment_id = ? AND n = ?", "su",
                          "b", DESK},
    /* housekeeping */
    [STORE_IDEMPOTENCY_PRUNE] = {"idempotency-prune",
                                 "DELETE FROM idempotency WHERE created_at < ? ORDER BY created_at LIMIT 1000", "t", "",
                                 ADMIN},
    /* partners and keys */
    [STORE_KEY_BY_HASH] = {"key-by-hash", "SELECT " KEY_COLUMNS "WHERE k.hash = ?", "b", KEY_LETTERS, DESK},
    [STORE_KEY_ADD] = {"key-add", KEY_ADD, "buuuustts", "u", ADMIN},
    [STORE_KEY_REVOKE] = {"key-revoke", "UPDATE api_key SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?", "tu",
                          "", ADMIN},
    [STORE_KEY_LIST] = {"key-list", "SELECT STRAIGHT_JOIN " KEY_COLUMNS "WHERE ? IS NULL OR p.code = ? ORDER BY k.id",
                        "ss", KEY_LETTERS, ADMIN},
    [STORE_PARTNER_ADD] = {"partner-add", PARTNER_ADD, "sssssut", "u", ADMIN},
    [STORE_PARTNER_FIND] = {"partner-find", "SELECT " PARTNER_COLUMNS "WHERE p.code = ?", "s", PARTNER_LETTERS,
                            DESK | STORE_LAZY}, /* workers: the default target of a ticket the desk changes */
    [STORE_PARTNER_LIST] = {"partner-list", "SELECT " PARTNER_COLUMNS "ORDER BY p.id", "", PARTNER_LETTERS, ADMIN},
    [STORE_PARTNER_SUSPEND] = {"partner-suspend", "UPDATE partner SET suspended = ? WHERE code = ?", "us", "", ADMIN},
    [STORE_PARTNER_SET] = {"partner-set",
                           "UPDATE partner SET webhook_url = IF(?, ?, webhook_url), webhook_hosts = IF(?, ?, "
                           "webhook_hosts) WHERE code = ?",
                           "ususs", "", ADMIN},
    /* catalogue */
    [STORE_SERVICE_LIST] = {"service-list",
                            "SELECT id, type, sub_type, name, support_group, response_minutes, sla_hours, "
                            "estimate_hours FROM service ORDER BY id",
                            "", "ussssuuu", DESK},
    [STORE_SERVICE_SET] = {"service-set", SERVICE_SET, "ssssuuu", "", ADMIN},
    [STORE_BRANCH_LIST] = {"branch-list", "SELECT id, code, name FROM branch ORDER BY id", "", "uss", DESK},
    [STORE_BRANCH_SET] = {"branch-set",
                          "INSERT INTO branch (code, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)",
                          "ss", "", ADMIN},
    /* webhooks */
    [STORE_HOOK_DUE] = {"hook-due", HOOK_LOOK_BESIDE(HOOK_LOOK("?", "?")), "uu", "uttut", SENDER},
    [STORE_HOOK_CLAIM] = {"hook-claim", CLAIM, CLAIM_PARAMS, CLAIM_COLUMNS, SENDER},
    [STORE_HOOK_FINISH] = {"hook-finish", FINISH, "ss", "u", SENDER},
    [STORE_HOOK_EXPIRE] = {"hook-expire", EXPIRE, "uu", "u", SENDER},
    [STORE_HOOK_FIND] = {"hook-find", HOOK_FIND, "sss", HOOK_ROW_COLUMNS, ADMIN},
    [STORE_HOOK_ATTEMPTS] = {"hook-attempts", HOOK_ATTEMPTS, "s", "uuuutss", ADMIN},
    [STORE_HOOK_PENDING] = {"hook-pending", HOOK_PENDING, "ssttu", HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_PENDING_OF_TICKET] = {"hook-pending-of-ticket", HOOK_PENDING_OF_TICKET, "ssuttu", HOOK_ROW_COLUMNS,
                                      SLOW},
    [STORE_HOOK_DEAD_ONES] = {"hook-dead", HOOK_DEAD, "ttu", HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_DEAD_OF_PARTNER] = {"hook-dead-of-partner", HOOK_DEAD_OF_PARTNER, "sttu", HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_DEAD_OF_TICKET] = {"hook-dead-of-ticket", HOOK_DEAD_OF_TICKET, "ssuttu", HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_DELIVERED_ONES] = {"hook-delivered", HOOK_DELIVERED, "ttu", HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_DELIVERED_OF_PARTNER] = {"hook-delivered-of-partner", HOOK_DELIVERED_OF_PARTNER, "sttu",
                                         HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_DELIVERED_OF_TICKET] = {"hook-delivered-of-ticket", HOOK_DELIVERED_OF_TICKET, "ssuttu",
                                        HOOK_ROW_COLUMNS, SLOW},
    [STORE_HOOK_REPLAY_ONE] = {"hook-replay-one", REPLAY_ONE, "su", "uu", ADMIN},
    [STORE_HOOK_REPLAY] = {"hook-replay", REPLAY, "sttu", "u", ADMIN},
    [STORE_HOOK_CANCEL] = {"hook-cancel", CANCEL, "ss", "u", ADMIN},
    [STORE_HOOK_STATS] = {"hook-stats", STATS, "ss", "uussuuuututtt", SLOW | STORE_BY_SENDER},
    [STORE_HOOK_GONE_LIST] = {"hook-gone-list", GONE_LIST, "ss", "ssst", ADMIN},
    [STORE_HOOK_GONE_CLEAR] = {"hook-gone-clear", GONE_CLEAR, "ss", "", ADMIN},
    [STORE_HOOK_RESUME] = {"hook-resume", RESUME, "u", "", ADMIN},
    [STORE_SECRET_FIND] = {"secret-find", SECRET_FIND, "s", "sst", ADMIN},
    [STORE_SECRET_ROTATE] = {"secret-rotate", SECRET_ROTATE, "ssu", "u", ADMIN},
};
