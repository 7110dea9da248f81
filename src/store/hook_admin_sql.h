/* SQL texts of webhooks for people. Private to store/ and its tests. */
#ifndef STORE_HOOK_ADMIN_SQL_H
#define STORE_HOOK_ADMIN_SQL_H

#include "store/hook_admin.h"
#include "store/hook_sql.h"

/* clang-format off */

/* --- One event. Columns always in this order: hook_list.c reads them. --- */
#define HOOK_ROW_COLUMNS "ususuuuussutttuus"
#define HOOK_ROW_EVENT \
    "j.webhook_id, j.partner_id, p.code, j.receiver, j.ticket_number, j.seq, j.event + 0, "
#define HOOK_ROW_HELD \
    "j.hold_until IS NULL AND (" HOOK_NOBODYS("j.") " OR j.next_due <= NOW(6)) AND EXISTS (SELECT 1" \
    HOOK_HEADS("j.ticket_number", "j.seq", "j.receiver", "NOW(6)") ")"
#define HOOK_ROW_PENDING(BODY) \
    "SELECT 0 AS state, " HOOK_ROW_EVENT "j.url, " BODY ", j.attempts, j.created_at, j.next_due, NULL, " \
    "NOT " HOOK_NOBODYS("j.") " AND j.next_due > NOW(6), " HOOK_ROW_HELD ", NULL FROM webhook_job j "
#define HOOK_ROW_DEAD(BODY) \
    "SELECT 1, " HOOK_ROW_EVENT "j.url, " BODY ", j.attempts, j.created_at, NULL, j.died_at, 0, 0, j.reason " \
    "FROM webhook_dead j "
#define HOOK_ROW_DELIVERED \
    "SELECT 2, " HOOK_ROW_EVENT "NULL, NULL, j.attempt, NULL, NULL, j.created_at, 0, 0, NULL FROM webhook_attempt j "
#define HOOK_ROW_PARTNER "LEFT JOIN partner p ON p.id = j.partner_id "

#define HOOK_FIND \
    HOOK_ROW_PENDING("j.body") HOOK_ROW_PARTNER "WHERE j.webhook_id = ? UNION ALL " \
    HOOK_ROW_DEAD("j.body") HOOK_ROW_PARTNER "WHERE j.webhook_id = ? UNION ALL (" \
    HOOK_ROW_DELIVERED HOOK_ROW_PARTNER "WHERE j.webhook_id = ? AND j.delivered ORDER BY j.attempt DESC LIMIT 1) " \
    "ORDER BY state LIMIT 1"
#define HOOK_ATTEMPTS \
    "SELECT attempt, delivered, http_status, duration_ms, created_at, error, answer FROM webhook_attempt " \
    "WHERE webhook_id = ? ORDER BY created_at, id LIMIT " SQL_NUMBER(STORE_HOOK_LIST_MAX)

/* --- Lists: newest first, along an index. --- */
#define HOOK_SLOWLY "SET STATEMENT max_statement_time = 60 FOR "
#define HOOK_OF_PARTNER "j.partner_id = (SELECT q.id FROM partner q WHERE q.code = ?) "
#define HOOK_OF_ANY "(? IS NULL OR p.code = ?) "
#define HOOK_OF_TICKET HOOK_OF_ANY "AND j.ticket_number = ? "
#define HOOK_ALONG(INDEX) "FORCE INDEX (" INDEX ") " HOOK_ROW_PARTNER "WHERE "
#define HOOK_WITHIN(TIME) "AND j." TIME " >= ? AND j." TIME " < ? "
#define HOOK_BY(ORDER) "ORDER BY " ORDER " DESC LIMIT ?"

#define HOOK_PENDING \
    HOOK_SLOWLY HOOK_ROW_PENDING("NULL") HOOK_ALONG("PRIMARY") HOOK_OF_ANY HOOK_WITHIN("created_at") HOOK_BY("j.id")
#define HOOK_PENDING_OF_TICKET \
    HOOK_SLOWLY HOOK_ROW_PENDING("NULL") HOOK_ALONG("webhook_job_ticket") HOOK_OF_TICKET \
    HOOK_WITHIN("created_at") HOOK_BY("j.ticket_number DESC, j.seq")
#define HOOK_DEAD \
    HOOK_SLOWLY HOOK_ROW_DEAD("NULL") HOOK_ALONG("webhook_dead_died") "TRUE " \
    HOOK_WITHIN("died_at") HOOK_BY("j.died_at")
#define HOOK_DEAD_OF_PARTNER \
    HOOK_SLOWLY HOOK_ROW_DEAD("NULL") HOOK_ALONG("webhook_dead_partner") HOOK_OF_PARTNER \
    HOOK_WITHIN("died_at") HOOK_BY("j.died_at")
#define HOOK_DEAD_OF_TICKET \
    HOOK_SLOWLY HOOK_ROW_DEAD("NULL") HOOK_ALONG("webhook_dead_ticket") HOOK_OF_TICKET \
    HOOK_WITHIN("died_at") HOOK_BY("j.ticket_number DESC, j.seq")
#define HOOK_DELIVERED \
    HOOK_SLOWLY HOOK_ROW_DELIVERED HOOK_ALONG("PRIMARY") "j.delivered = 1 " HOOK_WITHIN("created_at") HOOK_BY("j.id")
#define HOOK_DELIVERED_OF_PARTNER \
    HOOK_SLOWLY HOOK_ROW_DELIVERED HOOK_ALONG("webhook_attempt_partner") HOOK_OF_PARTNER "AND j.delivered = 1 " \
    HOOK_WITHIN("created_at") HOOK_BY("j.created_at")
#define HOOK_DELIVERED_OF_TICKET \
    HOOK_SLOWLY HOOK_ROW_DELIVERED HOOK_ALONG("webhook_attempt_ticket") HOOK_OF_TICKET "AND j.delivered = 1 " \
    HOOK_WITHIN("created_at") HOOK_BY("j.ticket_number DESC, j.seq")

/* --- Putting right --- */
#define REPLAY_ROWS \
    "INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, attempts, " \
    "next_due, created_at, hold_until, expires_at) SELECT d.webhook_id, d.partner_id, d.receiver, d.ticket_number, " \
    "d.seq, d.event, d.url, d.body, 0, NOW(6), d.created_at, NOW(6), NOW(6) + INTERVAL v_age MICROSECOND FROM "
/* 0: no such event, 1: done, 2: being sent or delivered. */
#define REPLAY_ONE \
    SQL_BEGIN "DECLARE v_webhook " SQL_CUID " DEFAULT ?; DECLARE v_age BIGINT DEFAULT ?; " \
    "DECLARE v_receiver, v_id BIGINT UNSIGNED; DECLARE v_done INT UNSIGNED DEFAULT 0; " SQL_UNDO "START TRANSACTION; " \
    "SELECT MAX(receiver) INTO v_receiver FROM webhook_dead WHERE webhook_id = v_webhook FOR UPDATE; " \
    "IF v_receiver IS NOT NULL THEN " REPLAY_ROWS "webhook_dead d WHERE d.webhook_id = v_webhook; " \
    "DELETE FROM webhook_dead WHERE webhook_id = v_webhook; SET v_done = 1; " \
    "ELSE SELECT MAX(receiver), MAX(id) INTO v_receiver, v_id FROM webhook_job WHERE webhook_id = v_webhook " \
    "FOR UPDATE; IF v_id IS NOT NULL THEN UPDATE webhook_job SET next_due = NOW(6), lease_token = NULL " \
    "WHERE id = v_id AND (" HOOK_NOBODYS("") " OR next_due <= NOW(6)); SET v_done = IF(ROW_COUNT() = 1, 1, 2); " \
    "ELSEIF EXISTS (SELECT 1 FROM webhook_attempt WHERE webhook_id = v_webhook AND delivered) THEN " \
    "SET v_done = 2; END IF; END IF; COMMIT; SELECT v_done, v_receiver; END"

#define REPLAY_DEAD(PARTNER, SINCE, UNTIL) \
    "SELECT webhook_id FROM webhook_dead FORCE INDEX (webhook_dead_partner) WHERE partner_id = " PARTNER \
    " AND died_at >= " SINCE " AND died_at < " UNTIL " ORDER BY died_at LIMIT " SQL_NUMBER(STORE_HOOK_REPLAY_MAX)
#define REPLAY_IDS \
    "JSON_TABLE(v_ids, '$[*]' COLUMNS (id VARCHAR(25) " SQL_COLLATE " PATH '$')) x STRAIGHT_JOIN webhook_dead d " \
    "ON d.webhook_id = x.id"
/* The locks first: of two replays the second finds the rest. */
#define REPLAY \
    SQL_BEGIN "DECLARE v_partner INT UNSIGNED DEFAULT (SELECT id FROM partner WHERE code = ?); " \
    "DECLARE v_since DATETIME(6) DEFAULT ?; DECLARE v_until DATETIME(6) DEFAULT ?; DECLARE v_age BIGINT DEFAULT ?; " \
    "DECLARE v_n INT UNSIGNED DEFAULT 0; DECLARE v_ids LONGTEXT " SQL_COLLATE "; " SQL_UNDO "START TRANSACTION; " \
    "SELECT JSON_ARRAYAGG(f.webhook_id) INTO v_ids FROM (" REPLAY_DEAD("v_partner", "v_since", "v_until") ") f; " \
    "IF v_ids IS NOT NULL THEN SELECT COUNT(*) INTO v_n FROM " REPLAY_IDS " FOR UPDATE; " \
    REPLAY_ROWS REPLAY_IDS "; DELETE d FROM " REPLAY_IDS "; END IF; COMMIT; SELECT v_n; END"

/* 0: no such event, 1: done, 2: delivered or dead, 3: dead for this very reason. */
#define CANCEL \
    SQL_BEGIN "DECLARE v_webhook " SQL_CUID " DEFAULT ?; " \
    "DECLARE v_why VARCHAR(200) " SQL_COLLATE " DEFAULT LEFT(?, 200); DECLARE v_now DATETIME(6) DEFAULT NOW(6); " \
    "DECLARE v_buried, v_done INT UNSIGNED DEFAULT 0; " HOOK_END_VARIABLES SQL_UNDO "START TRANSACTION; " \
    "SELECT " HOOK_LIST("id") " INTO v_ids FROM webhook_job WHERE webhook_id = v_webhook; " \
    "IF v_ids IS NOT NULL THEN SET v_reason = v_why; " HOOK_BURY("TRUE") "END IF; SET v_done = v_buried; " \
    "IF v_done = 0 THEN SET v_done = COALESCE(" \
    "(SELECT IF(reason = v_why, 3, 2) FROM webhook_dead WHERE webhook_id = v_webhook), " \
    "(SELECT 2 FROM webhook_attempt WHERE webhook_id = v_webhook AND delivered LIMIT 1), 0); END IF; " \
    "COMMIT; SELECT v_done; END"

/* --- Figures --- */
#define STATS_PENDING \
    "SELECT receiver, partner_id, COUNT(*) AS pending, SUM(next_due <= NOW(6)) AS due, " \
    "SUM(attempts > 0) AS retrying, 0 AS dead, MIN(created_at) AS oldest FROM webhook_job GROUP BY receiver, partner_id"
#define STATS_DEAD \
    "SELECT receiver, partner_id, 0, 0, 0, COUNT(*), NULL FROM webhook_dead GROUP BY receiver, partner_id"
#define STATS_KNOWN "SELECT receiver, partner_id, 0, 0, 0, 0, NULL FROM webhook_receiver"
#define STATS_SUM(COLUMN) "CAST(SUM(u." COLUMN ") AS UNSIGNED) AS " COLUMN
#define STATS \
    HOOK_SLOWLY "SELECT x.receiver, x.partner_id, p.code, w.origin, x.pending, x.due, x.retrying, x.dead, x.oldest, " \
    "w.failures, w.next_probe, w.last_success, w.last_failure FROM (SELECT u.receiver, u.partner_id, " \
    STATS_SUM("pending") ", " STATS_SUM("due") ", " STATS_SUM("retrying") ", " STATS_SUM("dead") ", " \
    "MIN(u.oldest) AS oldest FROM (" STATS_PENDING " UNION ALL " STATS_DEAD " UNION ALL " STATS_KNOWN ") u " \
    "GROUP BY u.receiver, u.partner_id) x LEFT JOIN partner p ON p.id = x.partner_id " \
    "LEFT JOIN webhook_receiver w ON w.receiver = x.receiver AND w.partner_id = x.partner_id " \
    "WHERE ? IS NULL OR p.code = ? ORDER BY p.code, x.receiver"

#define GONE_LIST \
    "SELECT p.code, g.url, g.webhook_id, g.gone_at FROM webhook_gone g LEFT JOIN partner p ON p.id = g.partner_id " \
    "WHERE ? IS NULL OR p.code = ? ORDER BY g.gone_at DESC, g.url LIMIT " SQL_NUMBER(STORE_HOOK_LIST_MAX)
#define GONE_CLEAR \
    "DELETE FROM webhook_gone WHERE partner_id = (SELECT q.id FROM partner q WHERE q.code = ?) " \
    "AND url_hash = UNHEX(SHA2(?, 256))"
#define RESUME \
    "UPDATE webhook_receiver SET next_probe = NULL, failures = 0 WHERE receiver = ? AND next_probe IS NOT NULL"

/* --- Secrets --- */
#define SECRET_FIND \
    "SELECT s.webhook_secret, IF(s.previous_until > NOW(6), s.previous_secret, NULL), " \
    "IF(s.previous_until > NOW(6), s.previous_until, NULL) FROM partner p " \
    "JOIN partner_secret s ON s.partner_id = p.id WHERE p.code = ?"
/* Assignments are made from left to right. */
#define SECRET_ROTATE \
    SQL_BEGIN "DECLARE v_partner INT UNSIGNED DEFAULT (SELECT id FROM partner WHERE code = ?); " \
    "DECLARE v_secret VARCHAR(64) " SQL_COLLATE " DEFAULT ?; DECLARE v_overlap BIGINT DEFAULT ?; " SQL_UNDO \
    "UPDATE partner_secret SET previous_until = NOW(6) + INTERVAL v_overlap MICROSECOND, " \
    "previous_secret = webhook_secret, webhook_secret = v_secret WHERE partner_id = v_partner " \
    "AND webhook_secret <> v_secret; " \
    "SELECT COUNT(*) FROM partner_secret WHERE partner_id = v_partner; END"

/* clang-format on */

#endif
