/* SQL texts of the sender. Private to store/ and its tests, which EXPLAIN the
 * inner statements with other operands.
 *
 * A job waits, is leased (next_due in the future, with a token) or is put off
 * behind an earlier event of its ticket (the same, without one). Whoever puts a
 * job off holds the lock of the one it waits for; whoever ends a job (delivered,
 * dead) locks it before it looks for what waits: so no wake-up is lost.
 *
 * Only SELECT, SELECT … INTO and INSERT … SELECT read without locking: a SET, IF
 * or UPDATE that selects would lock whatever it looks at, and senders would wait
 * for each other. Hence lists of ids in variables, as JSON. */
#ifndef STORE_HOOK_SQL_H
#define STORE_HOOK_SQL_H

#include "store/hook_store.h"
#include "store/sql.h"

#define HOOK_WADE "2000"    /* due rows passed over in search of what may be taken: retries, what is not too old */
#define HOOK_BATCH "20"     /* due rows looked at together, at least */
#define HOOK_SUCCESS_S "10" /* [s] last_success is no more exact than this */
#define HOOK_LATE_S "10"    /* [s] from taking the time of next_due to its COMMIT, at most: writes' budgets are less */

/* clang-format off */

/* --- Looking: one dive a receiver. --- */
#define HOOK_LOOK(AFTER, LIMIT) \
    "SELECT receiver, MIN(next_due) AS first_due, NOW(6) AS at FROM webhook_job FORCE INDEX (webhook_job_due) WHERE receiver > " AFTER \
    " GROUP BY receiver ORDER BY receiver LIMIT " LIMIT

/* Whose it is and whether it is paused: of a receiver never tried its next job tells. */
#define HOOK_LOOK_BESIDE(LOOK) \
    "SELECT STRAIGHT_JOIN d.receiver, d.first_due, d.at, COALESCE(w.partner_id, (SELECT j.partner_id " \
    "FROM webhook_job j FORCE INDEX (webhook_job_due) WHERE j.receiver = d.receiver ORDER BY j.next_due LIMIT 1)), " \
    "w.next_probe FROM (" LOOK ") d LEFT JOIN webhook_receiver w ON w.receiver = d.receiver ORDER BY d.receiver"

/* What is due to a receiver, oldest first. */
#define HOOK_DUE_WHERE(RECEIVER, FLOOR, NOW) \
    " FROM webhook_job FORCE INDEX (webhook_job_due) WHERE receiver = " RECEIVER \
    " AND next_due >= " FLOOR " AND next_due <= " NOW
#define HOOK_DUE(RECEIVER, FLOOR, NOW, LIMIT) \
    "SELECT id, ticket_number, seq, next_due, attempts, hold_until" HOOK_DUE_WHERE(RECEIVER, FLOOR, NOW) \
    " ORDER BY next_due, id LIMIT " LIMIT

/* What holds an event of a ticket back: earlier ones that have not failed for
 * long, unless they go to another receiver, which is paused. */
#define HOOK_HEADS(TICKET, SEQ, RECEIVER, NOW) \
    " FROM webhook_job h FORCE INDEX (webhook_job_ticket) WHERE h.ticket_number = " TICKET " AND h.seq < " SEQ \
    " AND (h.hold_until IS NULL OR h.hold_until > " NOW ") AND (h.receiver = " RECEIVER \
    " OR NOT EXISTS (SELECT 1 FROM webhook_receiver w WHERE w.receiver = h.receiver AND w.next_probe IS NOT NULL))"
#define HOOK_HEAD(TICKET, SEQ, RECEIVER, NOW) \
    "SELECT h.id" HOOK_HEADS(TICKET, SEQ, RECEIVER, NOW) " ORDER BY h.seq LIMIT 1"

/* Due, and nothing holds it back. What has failed before went ahead then and stays ahead. */
#define HOOK_FREE(RECEIVER, FLOOR, NOW, WADE, RETRIES, WANT) \
    "SELECT d.id, d.next_due FROM (" HOOK_DUE(RECEIVER, FLOOR, NOW, WADE) ") d " \
    "WHERE (" RETRIES " OR d.attempts = 0) AND (d.hold_until IS NOT NULL OR NOT EXISTS " \
    "(SELECT 1" HOOK_HEADS("d.ticket_number", "d.seq", RECEIVER, NOW) ")) ORDER BY d.next_due, d.id LIMIT " WANT

#define HOOK_LIST(NUMBERS) "CONCAT('[', GROUP_CONCAT(" NUMBERS "), ']')"
#define HOOK_NUMBERS(LIST) "JSON_TABLE(" LIST ", '$[*]' COLUMNS (number BIGINT UNSIGNED PATH '$'))"
#define HOOK_IDS HOOK_NUMBERS("v_ids") " x STRAIGHT_JOIN webhook_job j FORCE INDEX (PRIMARY) ON j.id = x.number"

/* A new job has a token's room from the start: nobody's. */
#define HOOK_NOBODYS(J) "(" J "lease_token IS NULL OR " J "lease_token = 0x00000000000000000000000000000000)"

/* --- Ending jobs, within a transaction --- */
#define HOOK_END_VARIABLES \
    "DECLARE v_ids, v_tickets, v_woken LONGTEXT " SQL_COLLATE "; DECLARE v_reason VARCHAR(200) " SQL_COLLATE "; "

/* The lowest job of each receiver among what is left of these tickets, if it was put off. */
#define HOOK_NEXT(TICKETS, NOW) \
    "SELECT n.ticket_number, MIN(n.seq) AS seq FROM " HOOK_NUMBERS(TICKETS) " x " \
    "STRAIGHT_JOIN webhook_job n FORCE INDEX (webhook_job_ticket) ON n.ticket_number = x.number " \
    "WHERE n.hold_until IS NULL OR n.hold_until > " NOW " GROUP BY n.ticket_number, n.receiver"
#define HOOK_PUT_OFF(TICKETS, NOW) \
    " FROM (" HOOK_NEXT(TICKETS, NOW) ") m STRAIGHT_JOIN webhook_job f FORCE INDEX (webhook_job_ticket) " \
    "ON f.ticket_number = m.ticket_number AND f.seq = m.seq " \
    "WHERE f.hold_until IS NULL AND " HOOK_NOBODYS("f.") " AND f.next_due > " NOW
#define HOOK_WAKE \
    "IF v_tickets IS NOT NULL THEN " \
    "SELECT " HOOK_LIST("f.id") ", " HOOK_LIST("DISTINCT f.receiver") " INTO v_ids, v_woken" \
    HOOK_PUT_OFF("v_tickets", "v_now") "; " \
    "IF v_ids IS NOT NULL THEN " \
    "UPDATE " HOOK_IDS " SET j.next_due = NOW(6) WHERE " HOOK_NOBODYS("j.") "; END IF; END IF; "
#define HOOK_WOKEN "SELECT number FROM " HOOK_NUMBERS("v_woken") " x"

#define HOOK_INTO_DEAD \
    "INSERT IGNORE INTO webhook_dead (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, " \
    "attempts, reason, created_at, died_at) SELECT j.webhook_id, j.partner_id, j.receiver, j.ticket_number, j.seq, " \
    "j.event, j.url, j.body, "
/* Gives up v_ids if they still are as they were found, for v_reason. */
#define HOOK_BURY(STILL) \
    "SELECT " HOOK_LIST("j.id") ", " HOOK_LIST("DISTINCT j.ticket_number") ", COUNT(*) " \
    "INTO v_ids, v_tickets, v_buried FROM " HOOK_IDS " WHERE " STILL " FOR UPDATE; " \
    "IF v_ids IS NOT NULL THEN " \
    HOOK_INTO_DEAD "j.attempts, v_reason, j.created_at, v_now FROM " HOOK_IDS "; " \
    "DELETE j FROM " HOOK_IDS "; " HOOK_WAKE "END IF; "

/* --- Claiming --- */
#define CLAIM_VARIABLES \
    "DECLARE v_receiver BIGINT UNSIGNED DEFAULT ?; DECLARE v_token BINARY(16) DEFAULT ?; " \
    "DECLARE v_want INT UNSIGNED DEFAULT ?; DECLARE v_retries BOOLEAN DEFAULT ?; " \
    "DECLARE v_floor DATETIME(6) DEFAULT ?; DECLARE v_lease BIGINT DEFAULT ?; DECLARE v_hold BIGINT DEFAULT ?; " \
    "DECLARE v_again BOOLEAN DEFAULT ?; DECLARE v_now DATETIME(6) DEFAULT NOW(6); " \
    "DECLARE v_until DATETIME(6) DEFAULT v_now + INTERVAL v_lease MICROSECOND; " \
    "DECLARE v_examine INT UNSIGNED DEFAULT v_want + " SQL_NUMBER(STORE_HOOK_EXAMINE_MAX) "; " \
    "DECLARE v_got, v_seen, v_before, v_batch, v_wade, v_gone, v_buried, v_put_off, v_failures, v_holds INT UNSIGNED " \
    "DEFAULT 0; DECLARE v_probe, v_more BOOLEAN DEFAULT FALSE; DECLARE v_paused BIGINT DEFAULT 0; " \
    "DECLARE v_probe_at, v_hold_until, v_head_due, v_first DATETIME(6); " \
    "DECLARE v_from DATETIME(6) DEFAULT v_floor; DECLARE v_head BIGINT UNSIGNED; " HOOK_END_VARIABLES

/* An earlier try of this very claim whose COMMIT came through, or is to come:
 * then what it has leased, which stood in front, is still locked. */
#define CLAIM_MINE \
    "IF v_again THEN SELECT id" HOOK_DUE_WHERE("v_receiver", "v_floor", "v_now") \
    " ORDER BY next_due, id LIMIT 1 INTO v_head FOR UPDATE; " \
    "SELECT COUNT(*), COALESCE(MIN(next_due), v_until) INTO v_got, v_until FROM webhook_job " \
    "FORCE INDEX (webhook_job_due) WHERE receiver = v_receiver AND next_due > v_now " \
    "AND next_due <= v_until + INTERVAL 1 SECOND AND lease_token = v_token; " \
    "SET v_probe = v_got > 0 AND v_probe_at IS NOT NULL; END IF; "

/* A paused receiver: nothing, or the one try of whoever moves its time first. */
#define CLAIM_PAUSE \
    "IF v_probe_at > v_now THEN " \
    "SET v_paused = TIMESTAMPDIFF(MICROSECOND, v_now, v_probe_at), v_want = 0; " \
    "ELSEIF v_probe_at IS NOT NULL THEN " \
    "UPDATE webhook_receiver SET next_probe = v_until WHERE receiver = v_receiver AND next_probe = v_probe_at; " \
    "SET v_probe = ROW_COUNT() = 1, v_want = v_probe, v_paused = IF(v_probe, 0, v_lease); END IF; "

#define CLAIM_GONE \
    "SELECT COUNT(*) INTO v_gone FROM webhook_gone WHERE receiver = v_receiver; IF v_gone > 0 THEN " \
    "SELECT " HOOK_LIST("d.id") " INTO v_ids FROM (" HOOK_DUE("v_receiver", "v_floor", "v_now", "v_examine") ") d " \
    "STRAIGHT_JOIN webhook_job j ON j.id = d.id STRAIGHT_JOIN webhook_gone g ON g.partner_id = j.partner_id " \
    "AND g.url_hash = UNHEX(SHA2(j.url, 256)); " \
    "IF v_ids IS NOT NULL THEN SET v_reason = 'its URL has answered 410 before'; " \
    HOOK_BURY("j.next_due <= v_now") \
    "IF v_buried >= v_examine THEN SET v_want = 0, v_more = TRUE; END IF; END IF; END IF; "

/* What is free, all at once. When that is all that was looked at, nothing due
 * stands before the last of it any more but what purge has not removed yet. */
#define CLAIM_LEASE \
    "SET v_wade = IF(v_retries, v_want, " HOOK_WADE "), v_ids = NULL; " \
    "SELECT CONCAT('[', GROUP_CONCAT('[', c.id, ',\"', c.next_due, '\"]' ORDER BY c.next_due, c.id), ']') " \
    "INTO v_ids FROM (" HOOK_FREE("v_receiver", "v_floor", "v_now", "v_wade", "v_retries", "v_want") ") c; " \
    "IF v_ids IS NOT NULL THEN UPDATE JSON_TABLE(v_ids, '$[*]' COLUMNS (n FOR ORDINALITY, " \
    "id BIGINT UNSIGNED PATH '$[0]', due DATETIME(6) PATH '$[1]')) x " \
    "STRAIGHT_JOIN webhook_job j FORCE INDEX (PRIMARY) ON j.id = x.id " \
    "SET j.lease_token = v_token, j.next_due = v_until + INTERVAL x.n MICROSECOND WHERE j.next_due = x.due; " \
    "SET v_got = ROW_COUNT(); IF v_got = v_wade THEN " \
    "SET v_from = JSON_VALUE(v_ids, CONCAT('$[', v_got - 1, '][1]')); END IF; END IF; "

/* The head is locked and looked at again: who ends it comes after us and wakes
 * what we put off, or came before us and it is gone. */
#define CLAIM_FIND_HEAD \
    "REPEAT SET v_head = NULL, v_holds = 0; IF r.hold_until IS NULL THEN " \
    HOOK_HEAD("r.ticket_number", "r.seq", "v_receiver", "v_now") " INTO v_head; END IF; " \
    "IF v_head IS NOT NULL THEN " \
    "SELECT COUNT(*), MAX(hold_until), MAX(next_due) INTO v_holds, v_hold_until, v_head_due " \
    "FROM webhook_job FORCE INDEX (PRIMARY) WHERE id = v_head " \
    "AND (hold_until IS NULL OR hold_until > v_now) FOR UPDATE; END IF; " \
    "UNTIL v_head IS NULL OR v_holds > 0 END REPEAT; "
/* Until the head holds no more; but not long past its lease or its next try: on
 * Galera a lock is one node's own, so that a waking may be missed, and then it
 * is looked at again. */
#define CLAIM_LATER \
    "LEAST(COALESCE(v_hold_until, v_now + INTERVAL GREATEST(v_hold, 1000000) MICROSECOND), " \
    "GREATEST(v_head_due, v_now) + INTERVAL 1 SECOND)"
#define CLAIM_ONE \
    "IF v_head IS NULL THEN " \
    "UPDATE webhook_job SET lease_token = v_token, next_due = v_until + INTERVAL v_got + 1 MICROSECOND " \
    "WHERE id = r.id AND next_due = r.next_due; SET v_got = v_got + ROW_COUNT(); " \
    "ELSE UPDATE webhook_job SET lease_token = NULL, next_due = " CLAIM_LATER " " \
    "WHERE id = r.id AND next_due = r.next_due; SET v_put_off = v_put_off + ROW_COUNT(); END IF; "
/* Whatever was not leased at once, held back or taken by another meanwhile: a
 * batch at a time from the front, which each batch clears. */
#define CLAIM_BATCH \
    "SELECT d.id, d.ticket_number, d.seq, d.next_due, d.hold_until FROM (" \
    HOOK_DUE("v_receiver", "v_floor", "v_now", "v_wade") ") d " \
    "WHERE v_retries OR d.attempts = 0 ORDER BY d.next_due, d.id LIMIT v_batch"
#define CLAIM_REST \
    "SET v_batch = GREATEST(v_want, " HOOK_BATCH "), v_wade = IF(v_retries, v_batch, v_wade); " \
    "rest: WHILE v_got < v_want AND v_seen < v_examine DO SET v_before = v_seen; FOR r IN (" CLAIM_BATCH ") DO " \
    "IF v_got >= v_want THEN LEAVE rest; END IF; SET v_seen = v_seen + 1; " CLAIM_FIND_HEAD CLAIM_ONE \
    "END FOR; IF v_seen < v_before + v_batch THEN LEAVE rest; END IF; END WHILE; "

/* Where the next claim may begin: what stands before has gone, and nobody's
 * transaction can still be open that would put something there. */
#define CLAIM_MORE \
    "SELECT next_due" HOOK_DUE_WHERE("v_receiver", "v_from", "v_now") " ORDER BY next_due LIMIT 1 INTO v_first; " \
    "SET v_more = NOT v_probe AND v_first IS NOT NULL AND (v_got >= v_want OR v_seen + v_buried >= v_examine), " \
    "v_floor = LEAST(COALESCE(v_first, v_now), v_now - INTERVAL " HOOK_LATE_S " SECOND); "

#define CLAIM_JOBS \
    "SELECT j.id, j.webhook_id, j.partner_id, p.code, p.webhook_hosts, j.ticket_number, j.seq, j.event + 0, j.url, " \
    "j.body, j.attempts, j.created_at, s.webhook_secret, IF(s.previous_until > NOW(6), s.previous_secret, NULL) " \
    "FROM webhook_job j FORCE INDEX (webhook_job_due) LEFT JOIN partner p ON p.id = j.partner_id " \
    "LEFT JOIN partner_secret s ON s.partner_id = j.partner_id WHERE j.receiver = v_receiver " \
    "AND j.next_due >= v_until AND j.next_due <= v_until + INTERVAL 1000 MICROSECOND AND j.lease_token = v_token " \
    "ORDER BY j.next_due"

#define CLAIM \
    SQL_BEGIN CLAIM_VARIABLES SQL_UNDO "START TRANSACTION; " \
    "SELECT failures, next_probe INTO v_failures, v_probe_at FROM webhook_receiver WHERE receiver = v_receiver; " \
    CLAIM_MINE \
    "IF v_got = 0 THEN " CLAIM_PAUSE \
    "IF v_want > 0 THEN " CLAIM_GONE "END IF; " \
    "IF v_want > 0 THEN " CLAIM_LEASE CLAIM_REST CLAIM_MORE "END IF; " \
    "IF v_probe AND v_got = 0 THEN UPDATE webhook_receiver SET next_probe = v_probe_at WHERE receiver = v_receiver; " \
    "SET v_probe = FALSE; END IF; END IF; COMMIT; " \
    "SELECT v_failures, v_probe, v_paused, v_more, v_buried, v_put_off, v_floor; " \
    "IF v_got > 0 THEN " CLAIM_JOBS "; END IF; END"
#define CLAIM_PARAMS "ubuutuuu"
#define CLAIM_COLUMNS "uuuuuut|usussuuussutss"

/* --- Finishing: outcomes and what is told of receivers come as JSON, so that a
 * batch of any size is the same few statements; of a delivered one only what it
 * has. Verdicts: enum store_hook_verdict. --- */
#define FINISH_OUTCOMES \
    "JSON_TABLE(v_outcomes, '$[*]' COLUMNS (id BIGINT UNSIGNED PATH '$[0]', token CHAR(32) PATH '$[1]', " \
    "verdict TINYINT UNSIGNED PATH '$[2]', http_status SMALLINT UNSIGNED PATH '$[3]', " \
    "duration_ms INT UNSIGNED PATH '$[4]', answer VARCHAR(200) PATH '$[5]', error VARCHAR(200) PATH '$[6]', " \
    "wait BIGINT PATH '$[7]', hold BIGINT PATH '$[8]')) o STRAIGHT_JOIN webhook_job j FORCE INDEX (PRIMARY) ON j.id = o.id "
#define FINISH_TOLD \
    "JSON_TABLE(v_told, '$[*]' COLUMNS (receiver BIGINT UNSIGNED PATH '$[0]', partner_id INT UNSIGNED PATH '$[1]', " \
    "origin VARCHAR(300) PATH '$[2]', failures INT UNSIGNED PATH '$[3]', succeeded BOOLEAN PATH '$[4]', " \
    "failed BOOLEAN PATH '$[5]', pause BIGINT PATH '$[6]', resumed BOOLEAN PATH '$[7]')) t "
#define FINISH_OWN "WHERE j.lease_token = UNHEX(o.token) "
#define FINISH_OVER "o.verdict IN (0, 2, 3)"
#define FINISH_DEAD "o.verdict IN (2, 3)"
#define FINISH_GONE "o.verdict = 3"
#define FINISH_BACK "o.verdict IN (1, 4)"
#define FINISH_VARIABLES \
    "DECLARE v_outcomes LONGTEXT " SQL_COLLATE " DEFAULT ?; DECLARE v_told LONGTEXT " SQL_COLLATE " DEFAULT ?; " \
    "DECLARE v_back, v_dead, v_gone BOOLEAN; DECLARE v_now DATETIME(6) DEFAULT NOW(6); " \
    "DECLARE v_over, v_receivers LONGTEXT " SQL_COLLATE "; " HOOK_END_VARIABLES

/* First of all the locks: see above. */
#define FINISH_LOCK \
    "SELECT GROUP_CONCAT(IF(" FINISH_OVER ", j.id, NULL)), " HOOK_LIST("IF(" FINISH_OVER ", j.ticket_number, NULL)") \
    ", " HOOK_LIST("DISTINCT j.receiver") \
    ", MAX(" FINISH_BACK "), MAX(" FINISH_DEAD "), MAX(" FINISH_GONE ") " \
    "INTO v_over, v_tickets, v_receivers, v_back, v_dead, v_gone FROM " FINISH_OUTCOMES FINISH_OWN "FOR UPDATE; "
#define FINISH_ATTEMPTS \
    "INSERT INTO webhook_attempt (webhook_id, partner_id, receiver, ticket_number, seq, event, attempt, delivered, " \
    "http_status, error, answer, duration_ms, created_at) SELECT j.webhook_id, j.partner_id, j.receiver, " \
    "j.ticket_number, j.seq, j.event, j.attempts + 1, o.verdict = 0, NULLIF(o.http_status, 0), NULLIF(o.error, ''), " \
    "NULLIF(o.answer, ''), o.duration_ms, v_now FROM " FINISH_OUTCOMES FINISH_OWN "AND o.verdict <> 4; "
#define FINISH_DEATHS \
    "IF v_dead THEN " HOOK_INTO_DEAD "j.attempts + 1, o.error, j.created_at, v_now FROM " \
    FINISH_OUTCOMES FINISH_OWN "AND " FINISH_DEAD "; END IF; " \
    "IF v_gone THEN INSERT IGNORE INTO webhook_gone (partner_id, url_hash, url, receiver, webhook_id, gone_at) " \
    "SELECT j.partner_id, UNHEX(SHA2(j.url, 256)), j.url, j.receiver, j.webhook_id, v_now FROM " \
    FINISH_OUTCOMES FINISH_OWN "AND " FINISH_GONE "; END IF; "
/* By their numbers, which are locked and our own: joined with a list the server
 * would first note down all rows and then look each up again. */
#define FINISH_JOBS \
    "IF v_over IS NOT NULL THEN " \
    "EXECUTE IMMEDIATE CONCAT('DELETE j FROM webhook_job j FORCE INDEX (PRIMARY) WHERE j.id IN (', v_over, ')'); " \
    "END IF; " \
    "IF v_back THEN UPDATE " FINISH_OUTCOMES "SET j.attempts = j.attempts + (o.verdict = 1), " \
    "j.next_due = NOW(6) + INTERVAL IF(o.verdict = 1, o.wait, 0) MICROSECOND, " \
    "j.hold_until = IF(o.verdict = 1, COALESCE(j.hold_until, v_now + INTERVAL o.hold MICROSECOND), j.hold_until), " \
    "j.lease_token = NULL " FINISH_OWN "AND " FINISH_BACK "; END IF; "

/* Of receivers that an outcome of our own is about. A row is written only when
 * something changes; another sender's pause ends by an answer to its probe, not by our not knowing of it. */
#define FINISH_RECEIVERS \
    "INSERT INTO webhook_receiver (receiver, partner_id, origin, failures, next_probe, last_success, last_failure, " \
    "failing_since) " \
    "SELECT t.receiver, t.partner_id, t.origin, t.failures, " \
    "IF(t.pause > 0, v_now + INTERVAL t.pause MICROSECOND, NULL), IF(t.succeeded, v_now, NULL), " \
    "IF(t.failed, v_now, NULL), IF(t.failed AND NOT t.succeeded, v_now, NULL) FROM " FINISH_TOLD "STRAIGHT_JOIN " HOOK_NUMBERS("v_receivers") " x " \
    "ON x.number = t.receiver LEFT JOIN webhook_receiver w ON w.receiver = t.receiver " \
    "WHERE w.receiver IS NULL OR t.pause > 0 OR t.failed OR (t.resumed AND w.next_probe IS NOT NULL) OR t.failures <> w.failures OR (t.succeeded AND " \
    "(w.next_probe IS NOT NULL OR w.last_success IS NULL OR " \
    "w.last_success < v_now - INTERVAL " HOOK_SUCCESS_S " SECOND)) ORDER BY t.receiver " \
    "ON DUPLICATE KEY UPDATE origin = COALESCE(NULLIF(VALUES(origin), ''), webhook_receiver.origin), " \
    "failures = IF(VALUES(last_success) IS NULL AND NOT t.resumed, GREATEST(webhook_receiver.failures, VALUES(failures)), " \
    "VALUES(failures)), next_probe = IF(VALUES(next_probe) IS NULL AND VALUES(last_success) IS NULL AND NOT t.resumed, " \
    "webhook_receiver.next_probe, VALUES(next_probe)), " \
    "failing_since = IF(VALUES(last_success) IS NOT NULL OR t.resumed, NULL, " \
    "COALESCE(webhook_receiver.failing_since, VALUES(failing_since))), " \
    "last_success = COALESCE(VALUES(last_success), webhook_receiver.last_success), " \
    "last_failure = COALESCE(VALUES(last_failure), webhook_receiver.last_failure); "
#define FINISH \
    SQL_BEGIN FINISH_VARIABLES SQL_UNDO "START TRANSACTION; " FINISH_LOCK \
    "IF v_receivers IS NOT NULL THEN " FINISH_ATTEMPTS FINISH_DEATHS FINISH_JOBS HOOK_WAKE FINISH_RECEIVERS "END IF; " \
    "COMMIT; IF v_woken IS NOT NULL THEN " HOOK_WOKEN "; END IF; END"

/* --- Expiring --- */
#define EXPIRE_OLD(RECEIVER, NOW, AGE) \
    "SELECT j.id FROM (" HOOK_DUE(RECEIVER, "'1970-01-01'", NOW, HOOK_WADE) ") d " \
    "STRAIGHT_JOIN webhook_job j ON j.id = d.id WHERE j.expires_at < " NOW \
    " OR (j.expires_at IS NULL AND j.created_at < " NOW " - INTERVAL " AGE " MICROSECOND) " \
    "LIMIT " SQL_NUMBER(STORE_HOOK_EXPIRE_MAX)
#define EXPIRE \
    SQL_BEGIN "DECLARE v_receiver BIGINT UNSIGNED DEFAULT ?; DECLARE v_age BIGINT DEFAULT ?; " \
    "DECLARE v_now DATETIME(6) DEFAULT NOW(6); DECLARE v_buried, v_failing INT UNSIGNED DEFAULT 0; " HOOK_END_VARIABLES \
    SQL_UNDO "START TRANSACTION; " \
    "SELECT COUNT(*) INTO v_failing FROM webhook_receiver WHERE receiver = v_receiver " \
    "AND failing_since < v_now - INTERVAL v_age MICROSECOND; IF v_failing > 0 THEN " \
    "SELECT " HOOK_LIST("e.id") " INTO v_ids FROM (" EXPIRE_OLD("v_receiver", "v_now", "v_age") ") e; " \
    "IF v_ids IS NOT NULL THEN SET v_reason = 'too old: its receiver has failed for longer than retries last'; " \
    HOOK_BURY("j.next_due <= v_now") "END IF; END IF; COMMIT; SELECT v_buried; END"

/* clang-format on */

#endif
