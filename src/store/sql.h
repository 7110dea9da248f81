/* SQL texts that statements are put together from. Private to store/ and its
 * tests, which EXPLAIN the inner statements of compounds with other operands.
 *
 * Why compounds: BEGIN NOT ATOMIC … END, prepared with parameters, does a whole
 * transaction in one round trip. A `?` can stand only once, so what is needed
 * twice goes through a variable. */
#ifndef STORE_SQL_H
#define STORE_SQL_H

/* Variables compare with columns: they need the columns' collation. */
#define SQL_COLLATE "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
#define SQL_CUID "VARCHAR(25) " SQL_COLLATE

#define SQL_BEGIN "BEGIN NOT ATOMIC "
/* A bound of ours inside a text. */
#define SQL_NUMBER(N) SQL_NUMBER_(N)
#define SQL_NUMBER_(N) #N
/* The first error undoes everything and keeps its own code. */
#define SQL_UNDO "DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; "
/* Joins the transaction that attachments have opened, or starts one. */
#define SQL_START "IF @@in_transaction = 0 THEN START TRANSACTION; END IF; "

/* --- A ticket's columns, always in this order: ticket_row.c reads them. --- */
#define SQL_HEAD SQL_HEAD_OF("p.code", "b.name")
#define SQL_HEAD_OF(PARTNER_CODE, BRANCH_NAME)                                                                         \
    "t.number, t.id, t.version, t.partner_id, " PARTNER_CODE ", t.status, t.priority, t.channel, t.service_type, "     \
    "t.channel_reference_id, t.title, t.branch_code, " BRANCH_NAME ", t.service_name, t.support_group, t.sla_hours, "  \
    "t.tracking_url_base, t.assignee, t.webhook_url, t.created_at, t.updated_at, t.resolved_at, t.closed_at, "         \
    "t.estimated_at, t.response_deadline, t.resolution_deadline, t.first_response_at, t.n_comments, "                  \
    "t.n_attachments, t.hook_seq"
#define SQL_HEAD_COLUMNS "usuusssssssssssusssttttttttuuu"
/* What all who read a ticket are shown of it: each column costs the server and
 * the worker half a microsecond or more, so no reader asks for what it does not show. */
#define SQL_STATE                                                                                                      \
    "t.number, t.status, t.priority, t.assignee, t.created_at, t.updated_at, t.resolved_at, t.closed_at, "             \
    "t.response_deadline, t.resolution_deadline, t.first_response_at"
#define SQL_STATE_COLUMNS                                                                                              \
    "usss"                                                                                                             \
    "ttttttt"
/* A comment's content, author and time. */
#define SQL_SAID_COLUMNS "sst"
/* Newest public comment. */
#define SQL_LAST "c.id, c.content, c.author, c.created_at, c.from_support"
#define SQL_LAST_COLUMNS "ssstu"
#define SQL_REST                                                                                                       \
    "t.description, t.category, t.customer_name, t.customer_email, t.customer_phone, t.customer_identifier, "          \
    "t.customer_department, t.customer_language, t.metadata, t.api_version"
#define SQL_REST_COLUMNS "ssssssssss"

/* Nothing that is shown beside a ticket can make it vanish: all LEFT. Each join
 * costs a reader 20 us of the server's time: only what is shown is joined. */
#define SQL_PARTNER "LEFT JOIN partner p ON p.id = t.partner_id "
#define SQL_BRANCH "LEFT JOIN branch b ON b.code = t.branch_code "
#define SQL_NEWEST_COMMENT "LEFT JOIN comment c ON c.ticket_number = t.number AND c.seq = t.last_public_comment "
#define SQL_BESIDE SQL_PARTNER SQL_BRANCH SQL_NEWEST_COMMENT
/* partner 0 (agents): anybody's. */
#define SQL_OWN "(? = 0 OR t.partner_id = ?)"

/* A ticket as the desk's list and updates read it. */
#define SQL_DESK_COLUMNS SQL_HEAD_COLUMNS SQL_LAST_COLUMNS

#define SQL_FULL "SELECT " SQL_HEAD ", " SQL_LAST ", " SQL_REST ", t.body_hash FROM ticket t " SQL_BESIDE
#define SQL_FULL_COLUMNS SQL_HEAD_COLUMNS SQL_LAST_COLUMNS SQL_REST_COLUMNS "b"
#define SQL_BY_REQUEST(PARTNER, KEY) SQL_FULL "WHERE t.partner_id = " PARTNER " AND t.request_key = " KEY

/* --- Opening --- */
#define SQL_NUMBER_BY_ID(INTO, ID) "SELECT number " INTO "FROM ticket WHERE id = " ID

/* --- Details: a row a comment, so one statement and one snapshot; what is large
 * comes with the first only (System's, which every ticket has). A UNION of
 * tickets, comments and files took three times as long. --- */
#define SQL_COMMENT "x.id, x.content, x.author, x.created_at, x.from_support"
#define SQL_ONCE(COLUMN) "IF(x.seq > 1, NULL, t." COLUMN ")"
/* clang-format off */
#define SQL_REST_ONCE \
    SQL_ONCE("description") ", " SQL_ONCE("category") ", " SQL_ONCE("customer_name") ", " \
    SQL_ONCE("customer_email") ", " SQL_ONCE("customer_phone") ", " SQL_ONCE("customer_identifier") ", " \
    SQL_ONCE("customer_department") ", " SQL_ONCE("customer_language") ", " SQL_ONCE("metadata") ", " \
    SQL_ONCE("api_version")
/* clang-format on */
#define SQL_DETAILS_COLUMNS SQL_HEAD_COLUMNS "u" SQL_LAST_COLUMNS "u" SQL_REST_COLUMNS
#define SQL_DETAILS                                                                                                    \
    "SELECT " SQL_HEAD ", x.seq, " SQL_COMMENT ", x.internal, " SQL_REST_ONCE " FROM ticket t " SQL_PARTNER SQL_BRANCH \
    "LEFT JOIN comment x ON x.ticket_number = t.number WHERE t.number = ? AND " SQL_OWN
/* What partners are shown, and no more. The branch's name is in the workers' cache. */
#define SQL_SHOWN_COLUMNS                                                                                              \
    SQL_STATE_COLUMNS "sssssuu"                                                                                        \
                      "u" SQL_SAID_COLUMNS "u"                                                                         \
                      "s"
#define SQL_SHOWN_WHERE                                                                                                \
    "SELECT " SQL_STATE                                                                                                \
    ", t.id, t.service_type, t.branch_code, t.service_name, t.support_group, t.n_comments, t.n_attachments, "          \
    "x.seq, x.content, x.author, x.created_at, x.from_support, " SQL_ONCE(                                             \
        "metadata") " FROM ticket t LEFT JOIN comment x ON x.ticket_number = t.number AND x.internal = 0 "             \
                    "WHERE "
#define SQL_SHOWN SQL_SHOWN_WHERE "t.number = ? AND " SQL_OWN
/* Files are only ever added: as many as the ticket had when it was read. */
#define SQL_FILES                                                                                                      \
    "SELECT a.seq, a.id, a.filename, a.mime_type, a.created_at, a.size, a.true_size, a.sha256, a.description "         \
    "FROM attachment a WHERE a.ticket_id = ? AND a.seq <= ?"

/* --- Status questions: neither the partner nor the branch is shown --- */
#define SQL_LIGHT                                                                                                      \
    "SELECT " SQL_STATE ", t.channel_reference_id, c.content, c.author, c.created_at FROM ticket "                     \
    "t " SQL_NEWEST_COMMENT
#define SQL_LIGHT_COLUMNS SQL_STATE_COLUMNS "s" SQL_SAID_COLUMNS
#define SQL_Q10 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
#define SQL_Q100                                                                                                       \
    SQL_Q10 ", " SQL_Q10 ", " SQL_Q10 ", " SQL_Q10 ", " SQL_Q10 ", " SQL_Q10 ", " SQL_Q10 ", " SQL_Q10 ", " SQL_Q10    \
            ", " SQL_Q10
#define SQL_U10 "uuuuuuuuuu"
#define SQL_U100 SQL_U10 SQL_U10 SQL_U10 SQL_U10 SQL_U10 SQL_U10 SQL_U10 SQL_U10 SQL_U10 SQL_U10
/* Tickets of several callers, each its own partner's only. Pairs in an IN list
 * would say the same, but take the server twice as long. */
#define SQL_Q8 "?, ?, ?, ?, ?, ?, ?, ?"
#define SQL_W8                                                                                                         \
    "WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ? WHEN ? THEN ?"
#define SQL_OF_EACH "t.number IN (" SQL_Q8 ") AND t.partner_id = CASE t.number " SQL_W8 " END"
#define SQL_OF_EACH_PARAMS                                                                                             \
    "uuuuuuuu"                                                                                                         \
    "uuuuuuuuuuuuuuuu"
/* A partner's newest ticket with a reference, by index alone. */
#define SQL_NEWEST(REFERENCE, PARTNER)                                                                                 \
    "SELECT r.number FROM ticket r FORCE INDEX (ticket_reference) WHERE r.channel_reference_id = " REFERENCE           \
    " AND r.partner_id = " PARTNER " ORDER BY r.created_at DESC, r.number DESC LIMIT 1"

/* --- The desk's list: each status is walked along an index, so a page costs a
 * page, however many tickets there are. --- */
#define SQL_WALK(INDEX, STATUS, FILTER)                                                                                \
    "(SELECT w.number FROM ticket w FORCE INDEX (" INDEX ") WHERE ? <> 0 AND w.status = '" STATUS                      \
    "' AND w.number < ?" FILTER " ORDER BY w.number DESC LIMIT ?)"
#define SQL_ALSO(INDEX, STATUS, FILTER) " UNION ALL " SQL_WALK(INDEX, STATUS, FILTER)
#define SQL_WALKS(INDEX, FILTER)                                                                                       \
    SQL_WALK(INDEX, "OPEN", FILTER)                                                                                    \
    SQL_ALSO(INDEX, "IN_PROGRESS", FILTER)                                                                             \
    SQL_ALSO(INDEX, "PENDING", FILTER)                                                                                 \
    SQL_ALSO(INDEX, "RESOLVED", FILTER)                                                                                \
    SQL_ALSO(INDEX, "CLOSED", FILTER)                                                                                  \
    SQL_ALSO(INDEX, "CANCELLED", FILTER)
#define SQL_LIST_FROM "SELECT STRAIGHT_JOIN " SQL_HEAD_OF("p.code", "NULL") ", " SQL_LAST " FROM ("
#define SQL_LIST_ORDER                                                                                                 \
    ") u JOIN ticket t ON t.number = u.number " SQL_PARTNER SQL_NEWEST_COMMENT "ORDER BY u.number DESC LIMIT ?"
#define SQL_LIST(INDEX, FILTER) SQL_LIST_FROM SQL_WALKS(INDEX, FILTER) SQL_LIST_ORDER
#define SQL_OF_ASSIGNEE " AND w.assignee = ?"
#define SQL_OF_PARTNER " AND w.partner_id = (SELECT q.id FROM partner q WHERE q.code = ?)"
#define SQL_SIX(LETTERS) LETTERS LETTERS LETTERS LETTERS LETTERS LETTERS

/* --- Updating --- */
#define SQL_TICKET_SET(AT)                                                                                             \
    "UPDATE ticket SET status = ?, assignee = ?, updated_at = GREATEST(" AT ", updated_at + INTERVAL 1 MICROSECOND), " \
    "resolved_at = ?, closed_at = ?, first_response_at = ?, n_comments = ?, n_attachments = ?, "                       \
    "last_public_comment = COALESCE(?, last_public_comment), hook_seq = ?, version = version + 1 "
#define SQL_TICKET_AT(NUMBER, VERSION) "WHERE number = " NUMBER " AND version = " VERSION
#define SQL_EVENT_MINE(NUMBER, VERSION, EVENT)                                                                         \
    "SELECT COUNT(*) FROM ticket_event WHERE ticket_number = " NUMBER " AND seq = " VERSION " + 1 AND event_id "       \
    "= " EVENT

#endif
